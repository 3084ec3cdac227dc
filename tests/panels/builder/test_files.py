"""Opening and exporting from the network panel: each entry of the menu writes what it says, each file becomes the drawing."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

from app.panels.builder.panel import BuilderPanel
from app.picture_writer import png_bytes
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.events import CheckpointSaved
from trainers.first_weights import first_weights
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph
from trainers.onnx_export import to_onnx
from trainers.state_dicts import read_state_dict

SOURCE = """
class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(28 * 28, 10)

    def forward(self, x):
        return self.fc(torch.flatten(x, 1))
"""


class SavedTraining(QObject):
    """A training of which a checkpoint is left, if any."""

    events_arrived = Signal(list)
    state_changed = Signal(str)
    choice_changed = Signal()
    state = "idle"
    run = None
    last_saved: tuple[NetworkGraph, CheckpointSaved] | None = None


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(lambda _: SavedTraining())


def answer(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))


@pytest.fixture
def ended(workspace: Workspace, qtbot: QtBot) -> Iterator[Callable[[], None]]:
    """Waits until the worker has done what it was at; none is left after the test."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not workspace.files.is_busy, timeout=60_000)

    yield wait
    workspace.files.shutdown()


def test_every_entry_of_the_export_menu_writes_what_it_says(
    show: Callable[..., BuilderPanel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, messages: list[Message],
    ended: Callable[[], None],
) -> None:  # fmt: skip
    panel = show()
    expected = {
        "Drawing as PNG…": ("png", b"\x89PNG"),
        "Drawing as SVG…": ("svg", b"<?xml"),
        "PyTorch source…": ("py", b"# LeNet-5"),
        "ONNX with weights…": ("onnx", b"\x08\x09\x12\x07hillock"),
        "Figure for a paper as PDF…": ("pdf", b"%PDF-"),
        "Figure for a paper as SVG…": ("svg", b"<?xml"),
        "Figure for a paper as PNG…": ("png", b"\x89PNG"),
        "Figure for a paper as TikZ…": ("tex", b"% LeNet-5"),
    }
    actions = [action for action in panel.toolbar.export_menu.actions() if not action.isSeparator()]
    assert [action.text() for action in actions] == list(expected)
    for number, action in enumerate(actions):
        ending, start = expected[action.text()]
        answer(monkeypatch, tmp_path / f"net{number}")
        action.trigger()
        ended()
        assert (tmp_path / f"net{number}.{ending}").read_bytes().startswith(start), action.text()
        assert messages[-1].text.startswith(f"LeNet-5 is saved as net{number}.{ending}"), action.text()
    assert (tmp_path / "net1.svg").read_bytes() != (tmp_path / "net5.svg").read_bytes()


def test_a_picture_is_packed_beside_the_window_and_a_place_that_cannot_be_is_told(
    show: Callable[..., BuilderPanel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, messages: list[Message],
    ended: Callable[[], None],
) -> None:  # fmt: skip
    panel, threads = show(), []

    def packed(image: QImage) -> bytes:
        threads.append(threading.get_ident())
        return png_bytes(image)

    monkeypatch.setattr("app.picture_writer.png_bytes", packed)
    answer(monkeypatch, tmp_path / "net.png")
    panel.files.export("png")
    panel.files.export("png")
    assert messages[-1].text == "Another picture is not written yet: wait a moment."
    ended()
    assert messages[-1].text == "LeNet-5 is saved as net.png."
    assert threads
    assert threading.main_thread().ident not in threads
    answer(monkeypatch, tmp_path / "nowhere" / "net.png")
    panel.files.export("png")
    ended()
    assert (messages[-1].kind, "cannot be written" in messages[-1].text) == ("error", True)


def test_onnx_holds_the_weights_of_the_last_checkpoint_of_this_network(
    show: Callable[..., BuilderPanel], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    messages: list[Message], ended: Callable[[], None],
) -> None:  # fmt: skip
    panel = show()
    answer(monkeypatch, tmp_path / "net.onnx")
    panel.files.export("onnx")
    ended()
    assert messages[-1].text == "LeNet-5 is saved as net.onnx, with the weights of an untrained network."
    weights = first_weights(analyse(load_preset("lenet5")), seed=9)
    save_file(weights, tmp_path / "model.safetensors")
    workspace.training.last_saved = (load_preset("lenet5"), CheckpointSaved(1200, str(tmp_path)))  # type: ignore[misc]
    panel.files.export("onnx")
    ended()
    assert messages[-1].text == "LeNet-5 is saved as net.onnx, with the weights of step 1,200."
    kept = read_state_dict(tmp_path / "net.onnx")
    assert all(np.array_equal(kept[name], value) for name, value in weights.items())
    (tmp_path / "model.safetensors").unlink()
    panel.files.export("onnx")
    ended()
    assert (messages[-1].kind, "There is no file" in messages[-1].text) == ("error", True)


def test_an_onnx_file_and_a_python_file_become_the_drawing_and_save_asks_where(
    show: Callable[..., BuilderPanel], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot,
    ended: Callable[[], None],
) -> None:  # fmt: skip
    panel = show()
    (tmp_path / "xor.onnx").write_bytes(to_onnx(load_preset("xor-mlp")))
    (tmp_path / "small.py").write_text(SOURCE)
    answer(monkeypatch, tmp_path / "xor.onnx")
    panel.toolbar.open_button.click()
    ended()
    assert workspace.document.analysis.parameters == 17
    assert workspace.document.path is None
    panel.files.open_path(str(tmp_path / "small.py"))
    qtbot.waitUntil(lambda: workspace.document.drawing.name == "Small")
    assert workspace.document.analysis.parameters == 7850
    assert workspace.document.path is None
    assert panel.source.text == SOURCE
    assert panel.tabs.currentWidget() is panel.source


def test_a_model_of_torchvision_is_chosen_from_the_list_as_a_preset_is(
    show: Callable[..., BuilderPanel], workspace: Workspace
) -> None:
    panel = show()
    box = panel.toolbar.presets
    title = "ResNet-18, torchvision"
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())
    assert workspace.document.analysis.parameters == 11_689_512
    assert box.currentText() == title
    workspace.document.undo_stack.undo()
    assert box.currentText() == "LeNet-5"


def test_what_cannot_be_opened_is_one_sentence_and_changes_nothing(
    show: Callable[..., BuilderPanel], workspace: Workspace, tmp_path: Path, messages: list[Message],
    ended: Callable[[], None],
) -> None:  # fmt: skip
    panel = show()
    (tmp_path / "torn.json").write_text('{"name": ')
    (tmp_path / "torn.onnx").write_bytes(b"\xff\xff\xff")
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'")
    for name, said in (
        ("torn.json", "not complete JSON"),
        ("torn.onnx", "no whole ONNX file"),
        ("latin.py", "no UTF-8 text"),
        ("gone.json", "There is no file"),
        ("gone.py", "There is no file"),
    ):
        panel.board.file_dropped.emit(str(tmp_path / name))
        ended()
        assert messages[-1].kind == "error"
        assert said in messages[-1].text, name
        assert len(messages[-1].text.splitlines()) == 1
    assert workspace.document.drawing == load_preset("lenet5")
    assert not workspace.document.undo_stack.canUndo()
