"""Checkpoints: a folder with weights and optimiser state as safetensors and the rest as JSON, written whole or not at all.

Imports torch and safetensors, never pickle, Qt or the window.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import zlib
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from trainers.errors import BadInput
from trainers.network_graph import NetworkGraph
from trainers.training_plan import ClassifierSettings, DataChoice

SCHEMA = 1
MODEL_FILE, OPTIMIZER_FILE, STATE_FILE = "model.safetensors", "optimizer.safetensors", "state.json"
_GENERATOR = "generator."
MOST_KEPT = 128  # checkpoints of one run
_MOST_BYTES = 4 << 30  # of them
_LEAST_KEPT = 4


class CheckpointState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is no tensor. position: samples of the epoch already seen; sums: of the epoch under way; seconds: of training.

    checksums: CRC-32 of the two tensor files, by name. tested_step and test: the last evaluation on the test set.
    """

    network: NetworkGraph
    data: DataChoice
    settings: ClassifierSettings
    run: str
    step: int
    epoch: int
    position: int
    train_samples: int
    test_samples: int
    loss_sum: float
    right: int
    seen: int
    seconds: float
    tested_step: int
    test_loss: float
    test_accuracy: float | None
    checksums: dict[str, int] = {}
    schema: int = SCHEMA


class Checkpoint(msgspec.Struct, frozen=True):
    """A checkpoint in memory: tensors by name, on the CPU. optimizer: "number of the parameter.name" -> tensor."""

    state: CheckpointState
    model: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    generators: dict[str, Tensor]  # states of the random generators, uint8


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write `folder`: first under another name, flushed to the disk, then renamed. Raises OSError, and leaves nothing half done."""
    generators = {_GENERATOR + name: value for name, value in checkpoint.generators.items()}
    contents = {
        MODEL_FILE: save_tensors(_plain(checkpoint.model)),
        OPTIMIZER_FILE: save_tensors(_plain({**checkpoint.optimizer, **generators})),
    }
    sums = {name: zlib.crc32(content) for name, content in contents.items()}
    contents[STATE_FILE] = msgspec.json.format(
        msgspec.json.encode(msgspec.structs.replace(checkpoint.state, checksums=sums)), indent=1
    )
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
    replaced = folder.with_name(f".{folder.name}.{os.getpid()}.replaced")
    try:
        unfinished.mkdir(parents=True)
        for name, content in contents.items():
            _write(unfinished / name, content)
        if folder.exists():  # a run that was resumed comes past the same step again
            folder.rename(replaced)
        unfinished.rename(folder)
        _flush_folder(folder.parent)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if replaced.exists() and not folder.exists():
            replaced.rename(folder)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def thin_out(newest: Path) -> None:
    """Where `newest` and the run's other checkpoints are more than MOST_KEPT, or more than 4 GB by its size, remove every second one.

    The first that was made stays, and the last two; so a long run keeps them the farther apart, the longer ago they were made: not
    the higher their steps, of which those beyond `newest` are left over where a run was taken up at an earlier one. What cannot be
    removed stays: nothing is raised.
    """
    with contextlib.suppress(OSError):
        others = [folder for folder in newest.parent.glob("step-*") if folder != newest]
        size = sum(file.stat().st_size for file in newest.iterdir())
        if len(others) < min(MOST_KEPT, max(_LEAST_KEPT, _MOST_BYTES // max(1, size))):
            return
        others.sort(key=lambda folder: (folder.stat().st_mtime_ns, folder.name))
        for folder in others[1:-1:2]:
            leaving = folder.with_name(f".{folder.name}.{os.getpid()}.replaced")
            folder.rename(leaving)  # at once: nobody finds half of it
            shutil.rmtree(leaving, ignore_errors=True)


def read_state(folder: Path) -> CheckpointState:
    """The part that is no tensor: enough to know which run it is. Raises BadInput."""
    try:
        state = msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=CheckpointState)
    except OSError as error:
        raise BadInput(f"{folder} is no checkpoint: {STATE_FILE} cannot be read ({error.strerror}).") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"The checkpoint {folder} is torn or foreign: {STATE_FILE}: {error}.") from error
    if state.schema != SCHEMA:
        raise BadInput(f"The checkpoint {folder} has schema {state.schema}; this version of Hillock reads {SCHEMA}.")
    return state


def load_checkpoint(folder: Path) -> Checkpoint:
    """Read a checkpoint whole. Raises BadInput where a file is missing, torn, foreign, or holds NaN or infinity."""
    state = read_state(folder)
    model = _read_tensors(folder, MODEL_FILE, state)
    for name, tensor in model.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise BadInput(f"The checkpoint {folder} holds NaN or infinity in {name}: take an earlier one.")
    both = _read_tensors(folder, OPTIMIZER_FILE, state)
    generators = {name.removeprefix(_GENERATOR): value for name, value in both.items() if name.startswith(_GENERATOR)}
    optimizer = {name: value for name, value in both.items() if not name.startswith(_GENERATOR)}
    return Checkpoint(state, model, optimizer, generators)


def restore_model(model: torch.nn.Module, checkpoint: Checkpoint, folder: Path) -> None:
    """Put the weights into the model; every name, shape and type has to agree. Raises BadInput, and then changes nothing."""
    wanted = model.state_dict()
    for name in sorted(wanted.keys() | checkpoint.model.keys()):
        if name not in checkpoint.model or name not in wanted:
            where = "lacks" if name in wanted else "has, beyond what the network needs,"
            raise BadInput(f"The checkpoint {folder} {where} {name}: it belongs to another network.")
        ours, theirs = wanted[name], checkpoint.model[name]
        if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
            raise BadInput(
                f"The checkpoint {folder} holds {name} as {_kind(theirs)}, the network has {_kind(ours)}:"
                " it belongs to another network."
            )
    model.load_state_dict(checkpoint.model)


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimiser's state as "number of the parameter.name" -> tensor; what else it has is in the settings."""
    state = optimizer.state_dict()["state"]
    return {
        f"{index}.{key}": value for index, entry in state.items() for key, value in entry.items() if value is not None
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, checkpoint: Checkpoint, folder: Path) -> None:
    """Put the optimiser's state back. Raises BadInput where it does not belong to these parameters."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    entries: dict[int, dict[str, Tensor]] = {}
    for name, value in checkpoint.optimizer.items():
        number, _, key = name.partition(".")
        index = int(number) if number.isdecimal() else -1
        if not 0 <= index < len(parameters) or value.shape not in (parameters[index].shape, torch.Size([])):
            raise BadInput(
                f"The checkpoint {folder} holds an optimiser state {name} that this network has no place for."
            )
        entries.setdefault(index, {})[key] = _laid_out_as(parameters[index].detach(), value)
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": entries, "param_groups": groups})


def _laid_out_as(parameter: Tensor, value: Tensor) -> Tensor:
    """`value` in the parameter's order in memory (channels last, say): the fused optimisers walk both side by side."""
    if value.shape != parameter.shape:
        return value
    return torch.empty_like(parameter, dtype=value.dtype, device="cpu").copy_(value)


def _read_tensors(folder: Path, name: str, state: CheckpointState) -> dict[str, Tensor]:
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise BadInput(f"The checkpoint {folder} lacks {name} ({error.strerror}).") from error
    if zlib.crc32(content) != state.checksums.get(name):
        raise BadInput(f"The checkpoint {folder} is torn: {name} is not what was written (its checksum differs).")
    try:
        tensors: dict[str, Tensor] = load_tensors(content)
    except SafetensorError as error:
        raise BadInput(f"The checkpoint {folder} is torn or foreign: {name}: {error}.") from error
    return tensors


def _plain(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """On the CPU, each with memory of its own: safetensors takes no views."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def _kind(tensor: Tensor) -> str:
    return f"{'x'.join(map(str, tensor.shape)) or 'one number'} ({str(tensor.dtype).removeprefix('torch.')})"


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename last; Windows cannot open a folder and needs no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
