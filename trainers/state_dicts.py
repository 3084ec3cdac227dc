"""State dicts on disk (safetensors, .pt, ONNX, a checkpoint's folder): read, and matched to a network by name and shape.

Imports no torch, unless a .pt file is read: that needs torch's own reader, which is told to load tensors and nothing else.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from trainers.errors import BadInput
from trainers.first_weights import Weights
from trainers.layer_kind import shape_text
from trainers.network_files import shortened
from trainers.network_graph import NetworkInputError, Shape

_CHECKPOINT_FILE = "model.safetensors"
_PICKLED = (".pt", ".pth", ".bin")
_SHOWN = 5
MOST_BYTES = 2**31  # of a state dict in single precision, and of its file: as much as an ONNX file holds


class MatchedWeights(msgspec.Struct, frozen=True):
    """What of a state dict a network takes. weights: under the network's names, single precision.

    lacking: names that the file has nothing for, which keep their first weights; beyond: names in the file that nothing takes;
    misshapen: "conv1.weight is 6×1×5×5 here, 6×3×5×5 in the file".
    """

    weights: Weights
    lacking: tuple[str, ...]
    beyond: tuple[str, ...]
    misshapen: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """What was not matched, for a person; nothing where all was."""
        said = []
        if self.misshapen:
            said.append(f"Of another shape, so not taken: {_listed(self.misshapen)}.")
        if self.lacking:
            said.append(f"Not in the file, so as at first: {_listed(self.lacking)}.")
        if self.beyond:
            said.append(f"In the file, but not in the network: {_listed(self.beyond)}.")
        return tuple(said)


def read_state_dict(path: str | os.PathLike[str]) -> Weights:
    """The tensors of a .safetensors, .pt or .onnx file, or of a checkpoint's folder, by name; raises BadInput in one sentence."""
    place = Path(path)
    shown = shortened(str(path))
    if place.suffix.lower() == ".onnx":
        from trainers.onnx_import import read_onnx

        return read_onnx(str(path)).weights
    try:
        if place.is_dir():
            place = place / _CHECKPOINT_FILE
            shown = f"{shown}{os.sep}{_CHECKPOINT_FILE}"
        if not place.exists():
            raise NetworkInputError(f"There is no file {shown}.", "Give a .safetensors or .pt file, or a checkpoint's folder.")  # fmt: skip
        if not place.is_file():  # a pipe would wait for ever
            raise NetworkInputError(f"{shown} is not a plain file.", "Give a .safetensors or .pt file.")
        if place.stat().st_size > MOST_BYTES:
            raise NetworkInputError(f"{shown} is larger than the 2 GB that are read.", "Give a smaller state dict.")
        with open(place, "rb"):  # one that may not be read is missing to safetensors
            pass
        if place.suffix.lower() in _PICKLED:
            tensors = import_module("trainers.pickled_weights").read_pickled(place, shown)  # by name: it imports torch
        else:
            tensors = _safetensors(place, shown)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else shortened(str(error))
        raise NetworkInputError(f"{shown} cannot be read: {reason}.") from error
    if not tensors:
        raise NetworkInputError(f"{shown} holds no weights.", "Give a state dict: names with tensors.")
    if 4 * sum(value.size for value in tensors.values()) > MOST_BYTES:
        raise NetworkInputError(f"{shown} holds more numbers than the 2 GB of single precision that are read.", "Give a smaller state dict.")  # fmt: skip
    return {name: _in_single_precision(name, value, shown) for name, value in tensors.items()}


def match_weights(wanted: Mapping[str, Shape], given: Weights, where: str) -> MatchedWeights:
    """What of `given` (out of the file `where`) fits `wanted` by name and shape; raises BadInput where nothing does.

    Names may differ as torchvision's do from ours: dots for underscores, a prefix that all of them share, and, where it leaves
    no doubt, any dot or underscore.
    """
    pairs = _paired(tuple(wanted), tuple(given))
    weights: Weights = {}
    misshapen = []
    for name, theirs in pairs.items():
        if given[theirs].shape == wanted[name]:
            weights[name] = given[theirs]
        else:
            here, there = (shape_text(shape) or "one number" for shape in (wanted[name], given[theirs].shape))
            misshapen.append(f"{name} is {here} here, {there} in the file")
    lacking = tuple(name for name in wanted if name not in pairs and not name.endswith(".num_batches_tracked"))
    taken = set(pairs.values())
    beyond = tuple(shortened(name, 80) for name in given if name not in taken)
    matched = MatchedWeights(weights, lacking, beyond, tuple(misshapen))
    if not weights:
        what = " ".join(matched.sentences()[:1]).rstrip(".")
        raise NetworkInputError(f"Nothing of {shortened(where)} fits the network: {what}.", "Give its own weights.")
    return matched


def _paired(wanted: tuple[str, ...], given: tuple[str, ...]) -> dict[str, str]:
    """Our name -> the file's."""
    prefix = _shared_prefix(given) if not set(wanted) & set(given) else ""
    pairs: dict[str, str] = {}
    alike: tuple[Callable[[str], str], ...] = (_as_it_is, _with_underscores, _with_neither)
    for key in alike:
        ours = _unique((key(name), name) for name in wanted if name not in pairs)
        taken = set(pairs.values())
        theirs = _unique((key(name.removeprefix(prefix)), name) for name in given if name not in taken)
        pairs |= {ours[same]: theirs[same] for same in ours if same in theirs}
    return pairs


def _shared_prefix(names: tuple[str, ...]) -> str:
    """ "module." of names that all begin so, as data-parallel training leaves them."""
    first, dot, _ = names[0].partition(".")
    return f"{first}." if dot and len(names) > 1 and all(name.startswith(f"{first}.") for name in names) else ""


def _unique(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key -> name, for keys that only one name has."""
    listed = list(named)
    counts = Counter(key for key, _ in listed)
    return {key: name for key, name in listed if counts[key] == 1}


def _as_it_is(name: str) -> str:
    return name


def _with_underscores(name: str) -> str:
    return name.replace(".", "_")


def _with_neither(name: str) -> str:
    return name.replace(".", "").replace("_", "")


def _listed(texts: tuple[str, ...]) -> str:
    rest = len(texts) - _SHOWN
    return ", ".join(texts[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _safetensors(path: Path, shown: str) -> Weights:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        found: Weights = load_file(path)
    except SafetensorError as error:
        raise NetworkInputError(f"{shown} is no whole safetensors file ({shortened(str(error))}).") from error
    except (KeyError, TypeError, AttributeError) as error:  # a type that numpy has not, such as bfloat16
        raise NetworkInputError(f"{shown} holds numbers of a kind that is not read ({shortened(str(error))}).", "Save them in single precision.") from error  # fmt: skip
    return found


def _in_single_precision(name: str, value: Any, shown: str) -> Any:
    if value.dtype.kind == "f":
        value = np.asarray(value, np.float32)
        if not np.isfinite(value).all():
            raise BadInput(f"{shown} holds NaN or infinity in {shortened(name, 80)}: take other weights.")
    return value
