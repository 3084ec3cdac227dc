"""The settings form: what a person enters is in force at once or refused at its field, can be undone, and becomes PyTorch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.panels.monitor.pytorch_lines import snippet
from app.panels.monitor.setting_row import stepped
from trainers import datasets
from trainers.events import ValueSet
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset
from trainers.setting_limits import setting_limits
from trainers.training_plan import ClassifierSettings

Enter = Callable[[Any, str], None]


def test_every_setting_has_a_field_a_tooltip_and_a_line(panel: Any) -> None:
    panel.form.set_advanced(True)
    assert set(panel.form.rows) == set(ClassifierSettings.__struct_fields__)
    for name, row in panel.form.rows.items():
        limits = setting_limits()[name]
        assert limits.title in row.title.text()
        assert limits.unit in row.title.text()
        assert limits.range_text in row.editor.toolTip()
        assert row.editor.accessibleName() == limits.title
        assert row.line


def test_a_line_is_as_high_as_its_text_also_after_the_panel_was_narrower(panel: Any, qtbot: QtBot) -> None:
    code = panel.form.rows["batch_size"].code
    before, size = code.height(), panel.size()
    panel.resize(560, size.height())
    qtbot.waitUntil(lambda: code.height() > before, timeout=5000)
    panel.resize(size)
    qtbot.waitUntil(lambda: code.height() == before, timeout=5000)


def test_a_number_is_in_force_at_once_and_can_be_undone(
    panel: Any, training: Any, workspace: Any, enter: Enter
) -> None:
    row = panel.form.rows["batch_size"]
    enter(row.editor, "128")
    assert training.settings.batch_size == 128
    assert "batch_size=128" in row.code.text().replace("\u200b", "")
    workspace.document.undo_stack.undo()
    assert training.settings.batch_size == 64
    assert row.editor.text() == "64"


def test_a_row_says_since_which_step_the_run_has_its_value(panel: Any, training: Any, enter: Enter) -> None:
    training.start_run()
    row = panel.form.rows["learning_rate"]
    enter(row.editor, "0.01")
    assert "since" not in row.code.text(), "said before the run had it"
    training.play(ValueSet(1204, "learning_rate", 0.01))
    assert row.code.text().replace("\u200b", "") == "lr=0.01\u2002# since\u00a0step\u00a01,204"
    enter(row.editor, "0.02")
    training.play(ValueSet(1250, "learning_rate", 0.015))
    assert "since" not in row.code.text(), "an answer to what is no longer shown was taken for one to what is"
    training.play(ValueSet(1260, "learning_rate", 0.02))
    assert "since" in row.code.text()
    row.copy_button.click()
    assert QGuiApplication.clipboard().text() == "lr=0.02"
    training.start_run()
    assert "since" not in row.code.text(), "the next run has it from its first step on"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("learning_rate", "-1", "Learning rate must be above 0 and at most 100, not -1"),
        ("batch_size", "3.5", "Batch size must be a whole number"),
        ("epochs", "many", "not many"),
        ("weight_decay", "1e9", "Weight decay (L2) must be at least 0 and at most 10"),
        ("seed", "", "not nothing"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    panel: Any, training: Any, enter: Enter, name: str, text: str, sentence: str
) -> None:
    before = training.settings
    panel.form.set_advanced(True)
    row = panel.form.rows[name]
    if not text:
        row.editor.setText("x")
        row.editor.setModified(True)
    enter(row.editor, text or " ")
    assert sentence in row.refusal.text()
    assert row.refusal.isVisible()
    assert training.settings == before
    enter(row.editor, "1")
    assert not row.refusal.isVisible()


def test_escape_puts_what_is_in_force_back_into_a_refused_field(panel: Any, enter: Enter, qtbot: Any) -> None:
    row = panel.form.rows["batch_size"]
    enter(row.editor, "1e9")
    assert row.refusal.isVisible()
    qtbot.keyClick(row.editor, Qt.Key.Key_Escape)
    assert (row.editor.text(), row.refusal.isVisible()) == ("64", False)


def test_a_value_that_the_run_refuses_says_why_at_its_field(panel: Any, training: Any) -> None:
    training.put_back("loss", "auto", "The loss mse compares numbers, but these data have classes.")
    row = panel.form.rows["loss"]
    assert panel.form.is_advanced  # unfolded, or nobody would see it
    assert "compares numbers" in row.refusal.text()


def test_the_slider_of_the_learning_rate_is_logarithmic(panel: Any, training: Any, workspace: Any) -> None:
    row = panel.form.rows["learning_rate"]
    assert row.slider.value() == pytest.approx(300, abs=1)  # 1e-6 to 10 in 700 notches
    row.slider.setValue(500)
    assert training.settings.learning_rate == pytest.approx(0.1)
    assert row.editor.text() == "0.1"
    row.slider.setValue(400)
    workspace.document.undo_stack.undo()  # one gesture, one step
    assert training.settings.learning_rate == 0.001
    assert row.slider.value() == pytest.approx(300, abs=1)


def test_arrow_keys_step_a_field(panel: Any, training: Any) -> None:
    editor = panel.form.rows["learning_rate"].editor
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert training.settings.learning_rate == 0.002
    QTest.keyClick(editor, Qt.Key.Key_Down)
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert training.settings.learning_rate == 0.0005


def test_steps_stay_inside_the_range() -> None:
    limits = setting_limits()
    assert stepped(1, -1, limits["batch_size"]) == 1
    assert stepped(65_536, 1, limits["batch_size"]) == 65_536
    assert stepped(100.0, 1, limits["learning_rate"]) == 100.0
    assert stepped(0.0, 1, limits["weight_decay"]) == 1e-4
    assert stepped(0.9, 1, limits["momentum"]) == 0.9


def test_a_choice_and_its_line(panel: Any, training: Any) -> None:
    row = panel.form.rows["optimizer"]
    assert isinstance(row.editor, QComboBox)
    row.editor.setCurrentIndex(row.editor.findData("sgd"))
    row.editor.activated.emit(row.editor.currentIndex())
    assert training.settings.optimizer == "sgd"
    assert row.line == "optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)"
    row.copy_button.click()
    assert QGuiApplication.clipboard().text() == row.line


def test_seldom_changed_settings_are_folded_away(panel: Any) -> None:
    assert "momentum" not in panel.form.rows
    panel.form.fold_button.click()
    assert panel.form.rows["momentum"].isVisible()
    assert panel.state()["advanced"] is True


def test_space_typed_into_the_panel_trains(panel: Any, training: Any) -> None:
    panel.act()
    assert training.calls == ["toggle"]


def test_copy_all_gives_a_whole_program(panel: Any, workspace: Any) -> None:
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    panel.form.copy_all_button.click()
    text = QGuiApplication.clipboard().text()
    compile(text, "copied", "exec")
    assert "class LeNet5(nn.Module)" in text
    assert "torch.optim.Adam(model.parameters(), lr=0.001)" in text
    assert "clipboard" in messages[0].text


PROGRAMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "playground",
        "circle",
        {"epochs": 1, "l1": 0.01, "clip_norm": 1.0, "schedule": "one_cycle", "amp": True, "checkpoint_every": 0},
    ),
    ("playground", "hills", {"epochs": 1, "optimizer": "rmsprop", "schedule": "step", "checkpoint_every": 0}),
    ("mlp-mnist", "digits", {"epochs": 1, "optimizer": "adamw", "schedule": "cosine", "checkpoint_every": 0}),
)


def test_the_programs_run(tmp_path: Path) -> None:
    """Each by itself, as the main program; one after the other, because importing torch takes longer than all of them."""
    import msgspec

    for number, (network, data, changes) in enumerate(PROGRAMS):
        graph = load_preset(network)
        settings = msgspec.structs.replace(ClassifierSettings(), device="cpu", threads=1, **changes)
        text = snippet(graph, settings, datasets.DATASETS[data], analyse(graph).output_shape[0])
        (tmp_path / f"{number}.py").write_text(text)
    run_all = (
        "import runpy, sys\nfor name in sys.argv[1:]: runpy.run_path(name, run_name='__main__'); print('ended', name)"
    )
    names = [f"{number}.py" for number in range(len(PROGRAMS))]
    done = subprocess.run(
        [sys.executable, "-c", run_all, *names], capture_output=True, text=True, cwd=tmp_path, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    parts = done.stdout.split("ended ")
    assert len(parts) == len(PROGRAMS) + 1
    for part in parts[:-1]:
        assert "epoch 1: loss" in part
