"""Checkpoints: written whole or not at all, read strictly."""

import errno
import os
import stat
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import save_file
from training_tools import drive, of_kind, plan_for

from trainers import checkpoints
from trainers.checkpoints import (
    MOST_KEPT,
    load_checkpoint,
    optimizer_tensors,
    read_state,
    restore_model,
    restore_optimizer,
    save_checkpoint,
    thin_out,
)
from trainers.errors import BadInput
from trainers.events import CheckpointSaved
from trainers.network_files import load_network
from trainers.torch_network import build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The last checkpoint of a short run."""
    return Path(of_kind(drive(plan_for(epochs=1, runs=tmp_path)), CheckpointSaved)[-1].path)


def test_a_checkpoint_is_three_files_and_no_pickle(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.safetensors",
        "optimizer.safetensors",
        "state.json",
    ]
    checkpoint = load_checkpoint(folder)
    assert checkpoint.state.step == 10
    assert (checkpoint.state.epoch, checkpoint.state.position) == (1, 0)
    assert set(checkpoint.generators) == {"torch", "order", "augment"}
    assert all(tensor.dtype == torch.uint8 for tensor in checkpoint.generators.values())
    model = build(load_network("playground"))
    restore_model(model, checkpoint, folder)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, checkpoint.model[name])


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.safetensors", "state.json"])
@pytest.mark.parametrize("fault", ["missing", "torn", "flipped", "empty"])
def test_a_torn_checkpoint_is_refused_in_a_sentence(folder: Path, name: str, fault: str) -> None:
    file = folder / name
    content = file.read_bytes()
    if fault == "missing":
        file.unlink()
    elif fault == "torn":
        file.write_bytes(content[: len(content) // 2])
    elif fault == "empty":
        file.write_bytes(b"")
    else:
        at = content.index(b'"schema"') if name == "state.json" else len(content) - 3
        file.write_bytes(content[:at] + b"\xff" + content[at + 1 :])
    with pytest.raises(BadInput) as refused:
        load_checkpoint(folder)
    assert str(folder) in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_nan_weights_are_refused(folder: Path) -> None:
    checkpoint = load_checkpoint(folder)
    checkpoint.model["hidden1.weight"][0, 0] = float("nan")
    save_checkpoint(folder, checkpoint)
    with pytest.raises(BadInput, match=r"NaN or infinity in hidden1\.weight"):
        load_checkpoint(folder)


def test_another_networks_weights_are_refused_and_change_nothing(folder: Path) -> None:
    checkpoint = load_checkpoint(folder)
    model = build(load_network("xor-mlp"))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(BadInput, match="belongs to another network"):
        restore_model(model, checkpoint, folder)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    wider = build(load_network("playground"))
    checkpoint.model["hidden1.weight"] = torch.zeros(5, 2)
    with pytest.raises(BadInput, match=r"hidden1\.weight as 5x2 \(float32\), the network has 4x2"):
        restore_model(wider, checkpoint, folder)


def test_weights_of_another_type_or_of_more_layers_are_refused(folder: Path) -> None:
    model = build(load_network("playground"))
    checkpoint = load_checkpoint(folder)
    checkpoint.model["hidden1.weight"] = checkpoint.model["hidden1.weight"].double()
    with pytest.raises(BadInput, match=r"hidden1\.weight as 4x2 \(float64\), the network has 4x2 \(float32\)"):
        restore_model(model, checkpoint, folder)
    checkpoint = load_checkpoint(folder)
    checkpoint.model["hidden9.weight"] = torch.zeros(1)
    with pytest.raises(BadInput, match=r"has, beyond what the network needs, hidden9\.weight"):
        restore_model(model, checkpoint, folder)


def test_an_optimiser_state_without_a_place_is_refused(folder: Path) -> None:
    model = build(load_network("playground"))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    checkpoint = load_checkpoint(folder)
    for name in ("99.momentum_buffer", "x.momentum_buffer", "-1.momentum_buffer", "0.momentum_buffer"):
        checkpoint.optimizer.clear()
        checkpoint.optimizer[name] = torch.zeros(7, 7)
        with pytest.raises(BadInput, match=f"holds an optimiser state {name} that this network has no place for"):
            restore_optimizer(optimizer, checkpoint, folder)
        assert optimizer_tensors(optimizer) == {}


def test_an_optimisers_state_lies_in_memory_as_its_parameter_does(folder: Path) -> None:
    weights = torch.nn.Parameter(torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last))
    optimizer = torch.optim.SGD([weights], lr=0.1, momentum=0.9)
    checkpoint = load_checkpoint(folder)
    kept = torch.randn(2, 3, 4, 4)
    checkpoint.optimizer.clear()
    checkpoint.optimizer["0.momentum_buffer"] = kept
    restore_optimizer(optimizer, checkpoint, folder)
    restored = optimizer.state[weights]["momentum_buffer"]
    assert torch.equal(restored, kept)
    assert restored.stride() == weights.stride() != kept.stride()


def test_the_same_step_once_more_takes_the_place_of_the_older_one_and_is_on_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = load_checkpoint(folder)
    again = msgspec.structs.replace(checkpoint, state=msgspec.structs.replace(checkpoint.state, seconds=77.0))
    neighbours = sorted(path.name for path in folder.parent.iterdir())
    flushed: list[bool] = []
    flush = os.fsync

    def note(handle: int) -> None:
        flushed.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        flush(handle)

    monkeypatch.setattr(os, "fsync", note)
    save_checkpoint(folder, again)
    assert load_checkpoint(folder).state.seconds == 77.0
    assert sorted(path.name for path in folder.parent.iterdir()) == neighbours
    assert flushed == [False, False, False, *([True] if os.name == "posix" else [])], "three files, then their folder"


def test_a_foreign_file_is_refused(folder: Path) -> None:
    save_file({"anything": torch.zeros(3)}, folder / "model.safetensors")
    with pytest.raises(BadInput, match="not what was written"):
        load_checkpoint(folder)
    (folder / "state.json").write_text('{"a":' * 100_000)
    with pytest.raises(BadInput, match="torn or foreign"):
        read_state(folder)
    with pytest.raises(BadInput, match="is no checkpoint"):
        read_state(folder.parent)


def test_a_newer_schema_is_refused(folder: Path) -> None:
    file = folder / "state.json"
    text = file.read_text()
    assert text.rstrip().endswith('"schema": 1\n}')
    file.write_text(text.rstrip().removesuffix('"schema": 1\n}') + '"schema": 2\n}')
    with pytest.raises(BadInput, match="schema 2"):
        load_checkpoint(folder)


@pytest.mark.parametrize("moment", ["write", "rename"])
def test_a_disk_that_fails_leaves_the_old_checkpoint_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    checkpoint = load_checkpoint(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    neighbours = sorted(path.name for path in folder.parent.iterdir())

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if moment == "write":
            patch.setattr(os, "fsync", fail)
        else:
            patch.setattr(checkpoints, "_flush_folder", fail)
            patch.setattr(Path, "rename", _failing_rename(Path.rename))
        with pytest.raises(OSError, match="No space"):
            save_checkpoint(folder, checkpoint)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(path.name for path in folder.parent.iterdir()) == neighbours


def _failing_rename(rename: Any) -> Any:
    def fail(path: Path, target: Path) -> Any:
        if "unfinished" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(path, target)

    return fail


def test_a_long_run_keeps_few_checkpoints_the_newest_close_together(tmp_path: Path) -> None:
    saved = of_kind(drive(plan_for(epochs=300, runs=tmp_path, batch_size=200)), CheckpointSaved)
    assert len(saved) == 301
    kept = sorted(Path(saved[-1].path).parent.iterdir())
    assert MOST_KEPT // 2 <= len(kept) <= MOST_KEPT, "and no remains of those that are gone"
    assert [str(folder) for folder in (kept[0], *kept[-2:])] == [saved[number].path for number in (0, -2, -1)]
    steps = [read_state(folder).step for folder in kept]
    gaps = [after - before for before, after in pairwise(steps)]
    assert gaps[1:-2] == sorted(gaps[1:-2], reverse=True), "the farther apart, the longer ago"
    for folder in kept:
        load_checkpoint(folder)


def test_large_checkpoints_are_fewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_MOST_BYTES", 300_000)
    saved = of_kind(drive(plan_for(epochs=40, runs=tmp_path, batch_size=200)), CheckpointSaved)
    folder = Path(saved[-1].path)
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert 4 <= len(list(folder.parent.iterdir())) <= 300_000 // size < 40
    monkeypatch.setattr(checkpoints, "_MOST_BYTES", 1)
    for _ in range(6):
        thin_out(folder)
    assert len(list(folder.parent.iterdir())) == 4, "a few stay in any case"


def test_what_cannot_be_removed_stays_and_the_run_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(200):
        (folder.parent / f"step-{10_000 + number:09d}").mkdir()

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "rename", refuse)
    thin_out(folder)
    assert len(list(folder.parent.iterdir())) == 202
    thin_out(folder.parent / "nothing")


def test_a_run_taken_up_at_an_earlier_checkpoint_keeps_what_it_saves(folder: Path) -> None:
    """Those beyond it lie in the folder still: by their steps the new ones would not be among the last."""
    first = folder.parent / "step-000000000"
    for number in range(200):
        later = folder.parent / f"step-{10_000 + number:09d}"
        later.mkdir()
        os.utime(later, ns=(number, number))
    os.utime(first, ns=(-1, -1))
    before = folder.with_name(f"step-{read_state(folder).step + 1:09d}")
    folder.rename(before)  # saved behind all of them, and then the newest
    save_checkpoint(folder, load_checkpoint(before))
    for _ in range(8):
        thin_out(folder)
    kept = sorted(path.name for path in folder.parent.iterdir())
    assert {first.name, before.name, folder.name} < set(kept)
    assert len(kept) <= MOST_KEPT
    load_checkpoint(folder)
