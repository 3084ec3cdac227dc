"""Files opened and written beside the window: what lasts is done by a worker, told and cancelled, and no half is left."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file
from session_tools import MakeSession, settle

from app.document_files import DocumentFiles
from app.training_session import TrainingSession
from app.user_settings import UserSettings
from app.widgets.message_bar import Message
from trainers.datasets import describe, is_described
from trainers.first_weights import first_weights
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, to_json
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.onnx_export import to_onnx
from trainers.training_plan import DataChoice

PATIENCE_MS = 60_000


class Desk:
    """Files over a session, and what they say."""

    def __init__(self, qtbot: QtBot, session: TrainingSession, folder: Path) -> None:
        self.qtbot, self.session, self.document = qtbot, session, session._document
        self.files = DocumentFiles(self.document, session, UserSettings(folder / "settings"))
        self.said: list[Message] = []
        self.withdrawn: list[Message] = []
        self.files.said.connect(self.said.append)
        self.files.withdrawn.connect(self.withdrawn.append)

    def open(self, path: Path) -> str:
        """Open a file and wait: the last sentence."""
        self.files.open_path(str(path))
        self.qtbot.waitUntil(lambda: not self.files.is_busy, timeout=PATIENCE_MS)
        return self.said[-1].text if self.said else ""


@pytest.fixture
def desk(qtbot: QtBot, make_session: MakeSession, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, make_session(), tmp_path)
    yield desk
    desk.files.shutdown()


@pytest.fixture
def not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this may happen in the window's process: the worker has the functions as they are."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("in the window's process")

    for name in ("onnx_import.read_onnx", "onnx_export.to_onnx", "state_dicts.read_state_dict"):
        monkeypatch.setattr(f"trainers.{name}", fail)


# --- weights ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("not_here")
def test_the_next_run_begins_with_the_weights_until_another_network_is_chosen(
    qtbot: QtBot, desk: Desk, make_network: Callable[..., NetworkGraph], tmp_path: Path
) -> None:
    session = desk.session
    weights = first_weights(analyse(desk.document.graph))
    file = tmp_path / "w.safetensors"
    save_file({**weights, "other.bias": np.zeros(2, np.float32)}, file)
    assert desk.open(file) == (
        "The training begins with the weights of w.safetensors. In the file, but not in the network: other.bias."
    )
    assert session.weights == str(file)
    session.step_batch()
    settle(qtbot, session, "paused")
    assert session._record.plan is not None
    assert session._record.plan.weights == session.weights
    stack = desk.document.undo_stack
    stack.undo()
    assert (session.weights, session.state) == (None, "idle")
    stack.redo()
    desk.document.set_graph(make_network("another", bad_data=True), "Choose")
    assert session.weights == str(file), "only its comment is another"
    desk.document.set_graph(load_preset("xor-mlp"), "Choose")
    assert session.weights is None
    stack.undo()
    assert session.weights == str(file)


@pytest.mark.usefixtures("not_here")
def test_weights_that_torch_saved_are_compared_as_well_and_what_does_not_fit_is_refused(
    desk: Desk, tmp_path: Path
) -> None:
    shapes = first_weights(analyse(desk.document.graph))
    torch.save({name: torch.from_numpy(value) for name, value in shapes.items()}, tmp_path / "w.pt")
    assert desk.open(tmp_path / "w.pt") == "The training begins with the weights of w.pt."
    desk.document.undo_stack.undo()
    save_file({"elsewhere": np.zeros(3, np.float32)}, tmp_path / "w.safetensors")
    for name, said in (("w.safetensors", "fits the network"), ("gone.pt", "There is no file")):
        assert said in desk.open(tmp_path / name)
        assert desk.said[-1].kind == "error"
    assert desk.session.weights is None
    assert not desk.document.undo_stack.canUndo()


def test_weights_of_a_network_that_changed_meanwhile_are_not_taken(desk: Desk, tmp_path: Path) -> None:
    save_file(first_weights(analyse(desk.document.graph)), tmp_path / "w.safetensors")
    desk.files.open_path(str(tmp_path / "w.safetensors"))
    desk.document.set_graph(load_preset("xor-mlp"), "Choose")
    desk.qtbot.waitUntil(lambda: not desk.files.is_busy, timeout=PATIENCE_MS)
    assert desk.said[-1].text.startswith("The network was changed while w.safetensors was read")
    assert desk.session.weights is None


# --- networks -----------------------------------------------------------------------------------------------------------


def test_a_picture_or_a_text_is_told_to_be_neither_network_nor_data(desk: Desk, tmp_path: Path) -> None:
    before = desk.document.graph
    for name in ("cat.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"\x89PNG not a network")
        said = desk.open(tmp_path / name)
        assert said.startswith(f"{name} is nothing that can be opened")
        assert "JSON is malformed" not in said
    assert desk.document.graph == before
    (tmp_path / "net.txt").write_bytes(to_json(load_preset("xor-mlp")))
    desk.open(tmp_path / "net.txt")
    assert desk.document.graph == load_preset("xor-mlp"), "a network under another ending is one still"


@pytest.mark.usefixtures("not_here")
def test_onnx_is_written_and_read_elsewhere(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.document.set_graph(load_preset("xor-mlp"), "Choose")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "xor"), ""))
    desk.files.export("onnx", None)  # type: ignore[arg-type]
    desk.qtbot.waitUntil(lambda: not desk.files.is_busy, timeout=PATIENCE_MS)
    assert desk.said[-1].text.endswith("is saved as xor.onnx, with the weights of an untrained network.")
    desk.document.set_graph(load_preset("lenet5"), "Choose")
    desk.open(tmp_path / "xor.onnx")
    assert desk.document.analysis.parameters == 17
    assert desk.document.undo_stack.undoText() == "Open xor.onnx"
    assert {path.name for path in tmp_path.iterdir()} == {"settings", "xor.onnx"}


def test_a_large_network_is_read_and_its_figure_painted_by_a_worker(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = [Layer("input", "input", {"shape": (4,)}), *(Layer(f"act{number}", "relu") for number in range(70))]
    links = [Link(one.name, other.name) for one, other in itertools.pairwise(layers)]
    (tmp_path / "deep.json").write_bytes(to_json(NetworkGraph("deep", tuple(layers), tuple(links))))
    monkeypatch.setattr("app.document_files._QUICK_BYTES", 1000)
    monkeypatch.setattr("app.document_files.open_network", None)
    desk.open(tmp_path / "deep.json")
    assert len(desk.document.graph.layers) == 71
    assert desk.document.path == str(tmp_path / "deep.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "deep"), ""))
    monkeypatch.setattr("app.widgets.figure_painter.figure_bytes", None)
    desk.files.export("figure-png", None)  # type: ignore[arg-type]
    desk.qtbot.waitUntil(lambda: not desk.files.is_busy, timeout=PATIENCE_MS)
    assert desk.said[-1].text == "deep is saved as deep.png."
    assert (tmp_path / "deep.png").read_bytes().startswith(b"\x89PNG")


def test_a_large_table_is_read_by_a_worker_and_then_known(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "flowers.csv"
    file.write_text("a,b,kind\n" + "\n".join(f"{i},{i % 5},{i % 2}" for i in range(60)), encoding="utf-8")
    monkeypatch.setattr("trainers.datasets.QUICK_TABLE", 5)
    monkeypatch.setattr("trainers.table_data.describe_table", None)
    known: list[DataChoice] = []
    desk.files.table_known.connect(known.append)
    desk.open(file)
    assert known == [DataChoice(str(file))]
    assert desk.session.data.name == str(file)
    assert describe(desk.session.data).sample_shape == (2,)
    desk.document.undo_stack.undo()
    file.write_text("a,kind\n", encoding="utf-8")  # another file under its name
    assert not is_described(DataChoice(str(file), label="kind"))
    assert "flowers.csv" in desk.open(tmp_path / "flowers.csv")
    assert desk.said[-1].kind == "error"
    assert desk.session.data.name == "digits"


# --- what lasts ---------------------------------------------------------------------------------------------------------


def test_what_lasts_is_told_with_a_way_to_cancel_it_and_one_file_at_a_time(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.document_files.OPEN", "waiting_jobs:never")
    (tmp_path / "net.onnx").write_bytes(to_onnx(load_preset("xor-mlp")))
    before = desk.document.graph
    desk.files.open_path(str(tmp_path / "net.onnx"))
    desk.qtbot.waitUntil(lambda: bool(desk.said), timeout=PATIENCE_MS)  # this thread is free meanwhile
    told = desk.said[-1]
    assert (told.text, told.kind, told.action_text) == ("Reading net.onnx…", "info", "Cancel")
    desk.files.open_path(str(tmp_path / "net.onnx"))
    assert desk.said[-1].text == "Reading net.onnx is not done yet: wait for it, or cancel it."
    assert told.action is not None
    told.action()
    assert desk.withdrawn == [told]
    assert desk.said[-1].text == "Reading net.onnx was cancelled; nothing is changed."
    assert not desk.files.is_busy
    assert desk.document.graph is before
    monkeypatch.setattr("app.document_files.OPEN", "waiting_jobs:die")
    assert desk.open(tmp_path / "net.onnx").startswith("The process for files was killed: ")
    assert desk.said[-1].kind == "error"


def test_of_a_file_whose_writing_is_cancelled_nothing_is_left(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.document_files.WRITE_ONNX", "waiting_jobs:half")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net.onnx"), ""))
    (tmp_path / "net.onnx").write_bytes(b"as it was")
    for ending in (desk.files.cancel, desk.files.shutdown):
        desk.files.export("onnx", None)  # type: ignore[arg-type]
        desk.qtbot.waitUntil(lambda: bool(list(tmp_path.glob(".net.onnx.*.part"))), timeout=PATIENCE_MS)
        ending()
        desk.qtbot.waitUntil(lambda: not list(tmp_path.glob(".net.onnx.*")), timeout=PATIENCE_MS)
        assert (tmp_path / "net.onnx").read_bytes() == b"as it was"
