"""An ONNX file -> NetworkGraph and weights, for operations that are layer kinds here. Nothing is run. Imports onnx, never torch."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trainers.first_weights import Weights
from trainers.network_files import shortened
from trainers.network_graph import NetworkGraph, NetworkInputError, Shape
from trainers.onnx_export import MAX_BYTES, refuse_without_onnx

if TYPE_CHECKING:
    import onnx


class OnnxNetwork(msgspec.Struct, frozen=True):
    """What a file holds. weights: under the names of the layers, as a state dict has them."""

    graph: NetworkGraph
    weights: Weights


def read_onnx(path: str, input_shape: Shape | None = None) -> OnnxNetwork:
    """The network of an ONNX file; raises BadInput in one sentence, naming the node that is no layer kind.

    input_shape: of one sample, where the file leaves it open.
    """
    shown = shortened(path)
    _refuse_what_is_no_file(path, shown)
    refuse_without_onnx()
    from google.protobuf.message import DecodeError

    from trainers.onnx_import_nodes import network_of
    from trainers.onnx_parts import all_tensors, refuse_too_many_numbers

    try:
        model = _parsed(path)
        refuse_too_many_numbers(all_tensors(model.graph))
        return network_of(model, input_shape, Path(path).stem)
    except NetworkInputError as error:
        raise NetworkInputError(f"{shown} cannot be read: {str(error).rstrip('.:')}.", error.fix) from error
    except DecodeError as error:
        raise NetworkInputError(f"{shown} is no whole ONNX file.", "Export it again.") from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:  # torn on purpose
        raise NetworkInputError(f"{shown} is not a model that holds together ({shortened(str(error), 90)}).", "Export it again.") from error  # fmt: skip


def _parsed(path: str) -> onnx.ModelProto:
    """The file's message, its parts counted before any of it is read into memory."""
    import onnx

    from trainers.onnx_parts import refuse_crowded

    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size:  # nothing cannot be mapped
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                    refuse_crowded(mapped)
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NetworkInputError(f"the disk says: {reason}.", "Give another file.") from error
    return onnx.load_model_from_string(data)


def _refuse_what_is_no_file(path: str, shown: str) -> None:
    place = Path(path)
    try:
        if not place.exists():
            raise NetworkInputError(f"There is no file {shown}.", "Give the path of an .onnx file, or a preset's name.")
        if not place.is_file():  # a pipe would wait for ever
            raise NetworkInputError(f"{shown} is not a plain file.", "Give the path of an .onnx file.")
        if place.stat().st_size > MAX_BYTES:
            raise NetworkInputError(f"{shown} is too large; an ONNX file has at most 2 GB.", "Give a smaller one.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else shortened(str(error))
        raise NetworkInputError(f"{shown} cannot be read: {reason}.", "Give the path of an .onnx file.") from error
