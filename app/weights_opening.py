"""Weights from a file for the network on the table: what fits is what the next run begins with. Imports no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.widgets.message_bar import Message
from trainers.errors import BadInput
from trainers.layer_catalog import analyse

if TYPE_CHECKING:
    from app.workspace import Workspace

_READ_HERE = ".safetensors"
ENDINGS = (_READ_HERE, ".pt", ".pth")


def is_weights(path: str) -> bool:
    """Whether the file holds weights and no network, by its ending."""
    return path.lower().endswith(ENDINGS)


def begin_with_weights(workspace: Workspace, path: str) -> None:
    """Let runs of this network begin with the weights in `path`, undoably, and say what did not match. Raises BadInput.

    A .pt file is looked into by the worker alone, which has torch: what does not fit at all is said when the run begins.
    """
    from trainers.first_weights import weight_shapes
    from trainers.state_dicts import match_weights, read_state_dict

    file = Path(path)
    shapes = weight_shapes(analyse(workspace.document.graph))
    if file.suffix.lower() == _READ_HERE:
        unmatched = match_weights(shapes, read_state_dict(path), path).sentences()
    elif not file.is_file():
        raise BadInput(f"There is no file {path}: give a .safetensors or .pt file.")
    else:
        unmatched = ("They are compared with the network when the training begins.",)
    workspace.training.begin_with(str(file.absolute()))
    told = " ".join([f"The training begins with the weights of {file.name}.", *unmatched])
    workspace.message_posted.emit(Message(told))
