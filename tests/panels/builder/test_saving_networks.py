"""Networks are saved, opened, refused and exported from the network panel."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from builder_person import center_of, choose
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.panels.builder.panel import BuilderPanel
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.network_files import load_network, load_preset, to_json


def answer_dialog(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))


def test_a_network_is_saved_and_opened_again(
    show: Callable[..., BuilderPanel], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    messages: list[Message],
) -> None:  # fmt: skip
    panel = show()
    file = tmp_path / "mine.json"
    answer_dialog(monkeypatch, tmp_path / "mine")  # the ending is added
    panel.toolbar.save_button.click()
    assert load_network(str(file)) == load_preset("lenet5")
    assert messages[-1].text == "LeNet-5 is saved as mine.json."
    choose(panel.toolbar.presets, "AlexNet")
    answer_dialog(monkeypatch, file)
    panel.toolbar.open_button.click()
    assert workspace.document.graph == load_preset("lenet5")
    assert workspace.document.path == str(file)
    assert str(file) in workspace.settings.values.recent_files


@pytest.mark.parametrize(
    ("content", "said"),
    [(b'{"name": "torn', "not complete JSON"), (b"[1, 2]", "holds no network"), (b'{"schema": 99}', "newer Hillock")],
)
def test_a_file_that_holds_no_network_is_refused_in_a_sentence(
    show: Callable[..., BuilderPanel], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    messages: list[Message], content: bytes, said: str,
) -> None:  # fmt: skip
    panel = show()
    (tmp_path / "bad.json").write_bytes(content)
    answer_dialog(monkeypatch, tmp_path / "bad.json")
    panel.toolbar.open_button.click()
    assert messages[-1].kind == "error"
    assert said in messages[-1].text
    assert workspace.document.graph == load_preset("lenet5")


def test_a_network_that_cannot_be_is_shown_with_its_fault_and_one_can_go_back(
    show: Callable[..., BuilderPanel], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    messages: list[Message],
) -> None:  # fmt: skip
    panel = show()
    plain = json.loads(to_json(load_preset("lenet5")))
    next(layer for layer in plain["layers"] if layer["name"] == "fc1")["parameters"]["inputs"] = 256
    (tmp_path / "wrong.json").write_text(json.dumps(plain), encoding="utf-8")
    answer_dialog(monkeypatch, tmp_path / "wrong.json")
    panel.toolbar.open_button.click()
    assert panel.view.problem.isVisible()
    assert "256" in panel.view.problem.sentence.text()
    assert panel.view.canvas.layer_item("fc1").is_faulty
    assert workspace.document.graph == load_preset("lenet5")
    canvas = panel.view.canvas
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=center_of(canvas, "conv1"))  # no harm done
    message = messages[-1]
    assert message.action_text == "Back to the network before"
    assert message.action is not None
    message.action()
    assert not panel.view.problem.isVisible()
    panel.toolbar.open_button.click()
    assert panel.view.problem.isVisible()
    (tmp_path / "right.json").write_bytes(to_json(load_preset("lenet5")))
    answer_dialog(monkeypatch, tmp_path / "right.json")
    panel.toolbar.open_button.click()  # what is on the table already
    assert not panel.view.problem.isVisible()
    assert "61,706" in panel.view.totals.text()


@pytest.mark.parametrize(
    ("entry", "suffix", "start"), [(0, ".png", b"\x89PNG"), (1, ".svg", b"<?xml"), (2, ".py", b"# LeNet-5")]
)
def test_drawing_and_source_are_exported(
    show: Callable[..., BuilderPanel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, messages: list[Message],
    qtbot: QtBot, entry: int, suffix: str, start: bytes,
) -> None:  # fmt: skip
    panel = show()
    answer_dialog(monkeypatch, tmp_path / f"net{suffix}")
    [action for action in panel.toolbar.export_menu.actions() if not action.isSeparator()][entry].trigger()
    qtbot.waitUntil(lambda: bool(messages))  # a picture is packed in a thread
    assert (tmp_path / f"net{suffix}").read_bytes().startswith(start)
    assert messages[-1].text == f"LeNet-5 is saved as net{suffix}."


def test_a_place_that_cannot_be_written_is_said(
    show: Callable[..., BuilderPanel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, messages: list[Message],
    qtbot: QtBot,
) -> None:  # fmt: skip
    panel = show()
    (tmp_path / "file").write_text("no folder")
    for count, form in enumerate(("png", "svg", "py"), start=1):
        answer_dialog(monkeypatch, tmp_path / "file" / f"net.{form}")
        panel.files.export(form)
        qtbot.waitUntil(lambda wanted=count: len(messages) == wanted)
        assert messages[-1].kind == "error"
        assert "cannot be written" in messages[-1].text
    panel.files.save_file()
    assert "cannot be written" in messages[-1].text


def test_a_dialog_that_is_closed_changes_nothing(
    show: Callable[..., BuilderPanel], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, messages: list[Message]
) -> None:
    panel = show()
    answer_dialog(monkeypatch, "")
    panel.files.open_file()
    panel.files.save_file()
    panel.files.export("png")
    assert messages == []
    assert workspace.document.graph == load_preset("lenet5")
