"""Source that means harm is refused and never run; a file that is trusted is traced after a question, in a process of its own."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from source_hands import LECTURE, Settle, paste, units, with_source_in_front

from app.panels.builder.panel import BuilderPanel
from app.panels.builder.source_work import Wish, answer
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph


@pytest.fixture
def panel(show: Callable[..., BuilderPanel], settle: Settle) -> BuilderPanel:
    return with_source_in_front(show(), settle)


# --- source that means harm ---------------------------------------------------------------------------------------------


def test_nothing_of_a_source_runs(panel: BuilderPanel, workspace: Workspace, settle: Settle, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    harm = f"open({str(marker)!r}, 'w').close()"
    (tmp_path / "sideways.py").write_text(harm + "\n", encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        source = LECTURE.replace(
            "class", f"import sideways\nimport os\n{harm}\nos.system({f'touch {marker}'!r})\n\n\nclass"
        )
        source = source.replace("(84, 10)", f"(84, [10, {harm}][0])").replace("        x = flatten", f"        {harm}\n        x = flatten")  # fmt: skip
        paste(panel, source)
        settle(panel)
    finally:
        sys.path.remove(str(tmp_path))
    assert not marker.exists()
    assert "sideways" not in sys.modules
    assert workspace.document.graph == load_preset("lenet5")
    assert any(remark.tone == "bad" for line in range(1, 40) if (remark := panel.source.edit.remark_at(line)))


def test_hostile_source_is_refused_in_a_sentence_and_soon() -> None:
    hostile = {
        "powers": LECTURE.replace("(84, 10)", "(84, 9**9**9**9)"),
        "literal": LECTURE.replace("(84, 10)", f"(84, {'9' * 100_000})"),
        "brackets": LECTURE.replace("(84, 10)", "(84, " + "(" * 10_000 + "10" + ")" * 10_000 + ")"),
        "operators": LECTURE.replace("(84, 10)", "(84, 1" + "+1" * 200_000 + ")"),
        "attributes": LECTURE.replace("(84, 10)", "(84, a" + ".b" * 200_000 + ")"),
        "a loop": LECTURE.replace("        x = flatten", "        while True: pass\n        x = flatten"),
        "a list": LECTURE.replace("(84, 10)", "(84, len([0] * 10**12))"),
        "size": LECTURE + "#" * 1_000_001,
    }
    drawn: NetworkGraph = load_preset("lenet5")
    for name, source in hostile.items():
        begun = time.process_time()
        done = answer(Wish(source, drawn, drawn_shape=(1, 28, 28)))
        assert time.process_time() - begun < 1.0, name
        assert done.graph is None, name
        assert done.refused.endswith("."), name
        assert len(done.refused) < 300, name
        assert "\n" not in done.refused, name


# --- a trusted file -----------------------------------------------------------------------------------------------------


def test_a_file_that_is_trusted_runs_after_a_question_in_a_process_of_its_own(
    panel: BuilderPanel, workspace: Workspace, settle: Settle, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file, marker = tmp_path / "net.py", tmp_path / "ran"
    (tmp_path / "widths_elsewhere.py").write_text("WIDTH = 9\n", encoding="utf-8")
    head = f"import torch.nn.functional as F\nfrom torch import flatten, nn\nfrom widths_elsewhere import WIDTH\nopen({str(marker)!r}, 'w').close()\n"
    source = head + LECTURE.replace("flatten(x)", "flatten(x, 1)").replace("84", "WIDTH")
    file.write_text(source, encoding="utf-8")
    answers: list[QMessageBox.ButtonRole] = []
    asked: list[str] = []

    def clicked(box: QMessageBox) -> object:
        asked.append(f"{box.text()} {box.informativeText()}")
        return next(button for button in box.buttons() if box.buttonRole(button) == answers[-1])

    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    monkeypatch.setattr(QMessageBox, "clickedButton", clicked)
    panel.source.open_path(str(file))
    settle(panel)
    button = panel.source.sayings.trace_button
    assert button.isVisible()
    answers.append(QMessageBox.ButtonRole.RejectRole)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert "Run net.py to trace its class LeNet?" in asked[0]
    assert not marker.exists()
    answers.append(QMessageBox.ButtonRole.AcceptRole)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert marker.exists()
    assert units(workspace, "fc2") == 9
    assert "# Traced from net.py by torch.fx" in panel.source.text
    assert not button.isVisible()


def test_tracing_that_never_ends_is_stopped_by_hand_or_by_its_limit_and_a_killed_one_is_told(
    panel: BuilderPanel, settle: Settle, tmp_path: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, messages: list[Message],
) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "app"))
    pane, tracer, file = panel.source, panel.source.tracer, tmp_path / "net.py"
    file.write_text("from torch import nn\n" + LECTURE.replace("84", "WIDTH"), encoding="utf-8")
    pane.open_path(str(file))
    settle(panel)
    button, before = pane.sayings.trace_button, pane.sayings.text
    monkeypatch.setattr(tracer, "ask", lambda path, name: tracer.trace(path, name) or True)
    tracer._job = "waiting_jobs:never"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tracer.is_busy
    assert button.text() == "Stop tracing"
    assert "runs in a process of its own" in pane.sayings.text
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not tracer.is_busy
    assert (button.text(), pane.sayings.text) == ("Trace it…", before)
    tracer._limit_s = 0.05
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(messages))
    assert messages[-1].text.startswith("Tracing net.py took longer than 0.05 s, so it was ended. ")
    tracer._limit_s, tracer._job = 60, "waiting_jobs:die"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(messages) > 1)
    assert messages[-1].text.startswith("The process for tracing was killed: ")
    assert button.text() == "Trace it…"
