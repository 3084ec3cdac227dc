"""State dicts that torch.save wrote, read with weights_only: nothing in a file is run. Imports torch.

weights_only bounds what runs, not what is unpacked: declared sizes are looked at first, and after loading no number is touched
before it is known how many there are.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import torch

from trainers.network_files import shortened
from trainers.network_graph import NetworkInputError

MOST_BYTES = 2**31  # unpacked, and in single precision
MOST_PICKLED = 4_000_000  # bytes of the table of tensors: 20,000 of them; objects take some 80 times the room
_TABLES = 5  # pickles in a row before the numbers begin, in files as torch wrote them up to 1.5
_SAVE_IT = "Save it with torch.save(model.state_dict(), path)."
_INNER = ("state_dict", "model_state_dict", "model")  # where training scripts keep it beside other things


def read_pickled(path: Path, shown: str) -> dict[str, Any]:
    """The tensors of a file that torch.save wrote, in single precision; raises BadInput. shown: what the file is called."""
    try:
        _refuse_bombs(path, shown)
        with warnings.catch_warnings():  # about pickles of other makers, which are refused or read all the same
            warnings.simplefilter("ignore")
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (zipfile.BadZipFile, NotImplementedError, pickle.UnpicklingError, RuntimeError, EOFError, LookupError, TypeError, AttributeError, UnicodeDecodeError) as error:  # fmt: skip
        first = str(error).strip().splitlines()[:1]
        raise NetworkInputError(
            f"{shown} is no state dict that can be loaded safely ({shortened(first[0] if first else type(error).__name__, 90)}).",
            _SAVE_IT,
        ) from error
    for _ in _INNER:
        inner = next((found[key] for key in _INNER if isinstance(found, Mapping) and isinstance(found.get(key), Mapping)), None)  # fmt: skip
        found = inner if inner is not None else found
    if not isinstance(found, Mapping):
        raise NetworkInputError(f"{shown} holds a {type(found).__name__}, not a state dict.", _SAVE_IT)
    tensors = {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
    if 4 * sum(value.numel() for value in tensors.values()) > MOST_BYTES:  # strides of 0 make many of one
        raise NetworkInputError(f"{shown} unpacks to more than the 2 GB that are read.", "Give a smaller state dict.")
    return {
        name: (value.float() if value.is_floating_point() else value).detach().numpy()
        for name, value in tensors.items()
        if value.layout == torch.strided and not value.is_quantized
    }


def _refuse_bombs(path: Path, shown: str) -> None:
    """Raise BadInput where the file declares more than may be unpacked, or would make bytes of nothing."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            entries = parts.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise NetworkInputError(
                    f"{shown} unpacks to more than the 2 GB that are read.", "Give a smaller state dict."
                )
            for entry in entries:
                if entry.filename.endswith(".pkl"):
                    with parts.open(entry) as file:
                        _refuse_pickle_bombs(file, shown, tables=1)
    else:
        with path.open("rb") as file:
            _refuse_pickle_bombs(file, shown, tables=_TABLES)


def _refuse_pickle_bombs(file: IO[bytes], shown: str, *, tables: int) -> None:
    """Look through the first pickles of a file, which are not loaded: bytearray(10**10) is 50 bytes there."""
    head = io.BytesIO(file.read(MOST_PICKLED))
    names: list[str] = []
    try:
        for _ in range(tables):
            names += [str(argument) for code, argument, _ in pickletools.genops(head) if code.name == "GLOBAL"]
    except ValueError as error:
        is_long = head.getbuffer().nbytes == MOST_PICKLED
        what = "it lists more than can be tensors" if is_long else "it is no whole file of torch.save"
        raise NetworkInputError(f"{shown} is no state dict that can be loaded safely ({what}).", _SAVE_IT) from error
    if any(name.endswith(" bytearray") for name in names):
        raise NetworkInputError(f"{shown} makes bytes, not tensors.", _SAVE_IT)
