"""State dicts that torch.save wrote, read with weights_only: nothing in a file is run. Imports torch."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from trainers.network_files import shortened
from trainers.network_graph import NetworkInputError

_INNER = ("state_dict", "model_state_dict", "model")  # where training scripts keep it beside other things


def read_pickled(path: Path, shown: str) -> dict[str, Any]:
    """The tensors of a file that torch.save wrote, in single precision; raises BadInput. shown: what the file is called."""
    try:
        with warnings.catch_warnings():  # about pickles of other makers, which are refused or read all the same
            warnings.simplefilter("ignore")
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, LookupError, TypeError, AttributeError, UnicodeDecodeError) as error:  # fmt: skip
        first = str(error).strip().splitlines()[:1]
        raise NetworkInputError(
            f"{shown} is no state dict that can be loaded safely ({shortened(first[0] if first else type(error).__name__, 90)}).",
            "Save it with torch.save(model.state_dict(), path).",
        ) from error
    for _ in _INNER:
        inner = next((found[key] for key in _INNER if isinstance(found, Mapping) and isinstance(found.get(key), Mapping)), None)  # fmt: skip
        found = inner if inner is not None else found
    if not isinstance(found, Mapping):
        raise NetworkInputError(f"{shown} holds a {type(found).__name__}, not a state dict.", "Save it with torch.save(model.state_dict(), path).")  # fmt: skip
    tensors = {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
    return {
        name: (value.float() if value.is_floating_point() else value).detach().numpy()
        for name, value in tensors.items()
        if value.layout == torch.strided and not value.is_quantized
    }
