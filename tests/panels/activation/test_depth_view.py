"""The view of depth, used as a person uses it: what is clicked, dragged and typed is what stands on the screen."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from played_depth import PlayedLab
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.depth.exports import write_board
from app.panels.activation.depth.figures import spread
from app.panels.activation.depth.presets import PRESETS
from app.panels.activation.depth.slot_look import slot_color
from app.panels.activation.depth.view import DepthView
from app.panels.activation.panel import ActivationPanel
from app.simulation.activation_functions import ACTIVATIONS
from app.workspace import Workspace
from trainers.activation_lab import DepthQuestion
from trainers.activation_lab_checks import LEAST_OMEGA, MOST_OMEGA
from trainers.errors import BadInput

Show = Callable[..., ActivationPanel]


@pytest.fixture
def lab(workspace: Workspace) -> PlayedLab:
    lab = PlayedLab()
    workspace._activations = lab  # type: ignore[assignment]
    return lab


@pytest.fixture
def view(show: Show, lab: PlayedLab, qtbot: QtBot) -> DepthView:
    """The view in front with its first answers; narrow layers, so that they come at once."""
    panel = show()
    panel.apply({"schema": 1, "view": "depth", "views": {"depth": {"width": 32, "signals": 32}}})
    view = panel.front
    assert isinstance(view, DepthView)
    answered(qtbot, view, lab)
    return view


def answered(qtbot: QtBot, view: DepthView, lab: PlayedLab) -> None:
    """All that was asked is answered and drawn."""
    lab.answer()
    qtbot.waitUntil(lambda: not view.is_busy)


def undo(view: DepthView) -> Any:
    return view.context.workspace.document.undo_stack


def picture(view: DepthView) -> QImage:
    return view.board.grab().toImage()


def has_color(image: QImage, color: QColor) -> bool:
    return any(
        image.pixelColor(x, y).rgb() == color.rgb()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )


def point_of(view: DepthView, station: int, row: str = "spread") -> QPoint:
    frame = view.board.frame()
    place = frame.row(row)  # type: ignore[arg-type]
    return QPoint(round(frame.center(station)), round((place.top + place.bottom) / 2))


# --- what is seen -------------------------------------------------------------------------------------------------------


def test_it_opens_with_one_that_dies_and_one_that_lives(view: DepthView) -> None:
    a, b = view.toolbar.verdicts["a"], view.toolbar.verdicts["b"]
    assert "A Sigmoid, N(0, 0.01): Dies." in a.text()
    assert "B ReLU, He: Lives." in b.text()
    assert "After 20 layers" in a.text()
    image = picture(view)
    assert has_color(image, slot_color(view.context.theme, "a"))
    assert has_color(image, slot_color(view.context.theme, "b"))


def test_two_clicks_show_how_it_dies_and_how_it_lives(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.toolbar.presets[0], Qt.MouseButton.LeftButton)
    answered(qtbot, view, lab)
    assert "Dies" in view.toolbar.verdicts["a"].text()
    qtbot.mouseClick(view.toolbar.presets[1], Qt.MouseButton.LeftButton)
    answered(qtbot, view, lab)
    assert "A ReLU, He: Lives" in view.toolbar.verdicts["a"].text()


@pytest.mark.parametrize("number", range(len(PRESETS)))
def test_a_preset_is_one_step_and_one_step_back(view: DepthView, lab: PlayedLab, qtbot: QtBot, number: int) -> None:
    before = view.state()
    view.toolbar.presets[number].click()
    answered(qtbot, view, lab)
    assert PRESETS[number].setting.title in view.toolbar.verdicts["a"].text()
    if view.state() != before:
        undo(view).undo()
        assert view.state() == before


def test_a_preset_goes_into_the_one_that_is_edited(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.side.names["b"], Qt.MouseButton.LeftButton)
    view.toolbar.presets[3].click()
    answered(qtbot, view, lab)
    assert "A Sigmoid" in view.toolbar.verdicts["a"].text()
    assert "B SELU, LeCun" in view.toolbar.verdicts["b"].text()
    assert view.side.names["b"].text() == "B  SELU, LeCun"
    assert view.side.setting.picker.currentText() == "SELU"


def test_one_alone_and_both_again(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.boxes["b"].click()
    answered(qtbot, view, lab)
    assert not view.toolbar.verdicts["b"].isVisible()
    assert not has_color(picture(view), slot_color(view.context.theme, "b"))
    assert not view.side.boxes["a"].isEnabled()  # something is always on show
    view.side.boxes["b"].click()
    answered(qtbot, view, lab)
    assert view.toolbar.verdicts["b"].isVisible()


def test_the_depth_slider_asks_for_both_and_draws_as_many_layers(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.layers.field.setValue(50)
    assert {(slot, question.layers) for _, slot, question in lab.asked} == {("a", 50), ("b", 50)}
    answered(qtbot, view, lab)
    assert view.board.frame().layers == 50
    assert "After 50 layers" in view.toolbar.verdicts["a"].text()
    undo(view).undo()
    answered(qtbot, view, lab)
    assert view.side.layers.value() == 20
    assert view.board.frame().layers == 20


def test_while_a_hand_drags_only_the_newest_waits_and_each_answer_is_seen(
    view: DepthView, lab: PlayedLab, qtbot: QtBot
) -> None:
    slider = view.side.setting.deviation.slider
    steps = undo(view).count()
    slider.setSliderDown(True)
    for notch in (400, 450, 500, 550, 600):
        slider.setValue(notch)
    assert [slot for _, slot, _ in lab.asked] == ["a", "a"]  # the first under way, the last waiting
    lab.answer_one()
    qtbot.waitUntil(lambda: not view._frame.isActive())
    assert view.is_busy
    assert f"N(0, {lab.history[-1].deviation:g})" not in view.toolbar.verdicts["a"].text()
    answered(qtbot, view, lab)
    assert f"N(0, {view.side.setting.deviation.value():g})" in view.toolbar.verdicts["a"].text()
    slider.setSliderDown(False)
    assert undo(view).count() == steps + 1
    undo(view).undo()
    qtbot.waitUntil(lambda: view.side.setting.deviation.value() == 0.01)


def test_what_was_answered_before_is_not_asked_again(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.toolbar.presets[2].click()
    answered(qtbot, view, lab)
    undo(view).undo()
    assert lab.asked == []
    qtbot.waitUntil(lambda: "Sigmoid" in view.toolbar.verdicts["a"].text())


def test_only_what_concerns_a_setting_can_be_turned(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    box = view.side.setting
    assert box.deviation.isVisible()
    assert not box.gain.isVisible()
    choose(box.initialisation, "Xavier")
    answered(qtbot, view, lab)
    assert box.gain.isVisible()
    assert not box.deviation.isVisible()
    box.gain.field.setValue(2.0)
    answered(qtbot, view, lab)
    assert "Xavier × 2" in view.toolbar.verdicts["a"].text()
    assert "N(0, 0.354)" in box.note.text()  # 2 times the root of 1/32


def choose(box: QComboBox, text: str) -> None:
    index = box.findText(text)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_an_activation_is_found_by_a_part_of_its_name(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    picker = view.side.setting.picker
    completer = picker.completer()
    assert completer is not None
    completer.setCompletionPrefix("softs")
    found = [completer.completionModel().index(row, 0).data() for row in range(completer.completionCount())]
    assert found == ["Softsign", "Softshrink"] or set(found) == {"Softsign", "Softshrink"}
    choose(picker, "ELU")
    answered(qtbot, view, lab)
    assert "A ELU" in view.toolbar.verdicts["a"].text()
    slider = view.side.setting.parameters.sliders["alpha"]
    slider.field.setValue(0.5)
    answered(qtbot, view, lab)
    assert lab.history[-1].activation.parameters == {"alpha": 0.5}


def test_what_is_typed_and_is_no_name_goes_again(view: DepthView, qtbot: QtBot) -> None:
    picker = view.side.setting.picker
    line = picker.lineEdit()
    assert line is not None
    line.setText("nonsense")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert picker.currentText() == "Sigmoid"
    assert view.state()["a"]["activation"]["kind"] == "sigmoid"


def test_what_is_being_typed_stays_when_an_answer_comes(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.layers.field.setValue(9)
    line = view.side.setting.picker.lineEdit()
    assert line is not None
    view.window().activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.setText("so")
    answered(qtbot, view, lab)
    assert line.text() == "so"


def test_scrolling_past_a_choice_chooses_nothing(view: DepthView, lab: PlayedLab) -> None:
    asked = len(lab.history)
    for box in (view.side.setting.picker, view.side.setting.initialisation):
        place = QPointF(box.rect().center())
        wheel = QWheelEvent(
            place, box.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, wheel)
    assert len(lab.history) == asked


def test_a_screen_reader_hears_the_verdicts(view: DepthView) -> None:
    spoken = view.board.accessibleDescription()
    assert "A Sigmoid, N(0, 0.01): Dies. After 20 layers" in spoken
    assert "B ReLU, He: Lives." in spoken


def test_maxout_has_pieces_and_leaky_relu_the_lectures_slope(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    choose(view.side.setting.picker, "Maxout")
    lab.asked.clear()  # the played lab knows no Maxout of many inputs
    qtbot.waitUntil(view.side.setting.pieces.isVisible)
    assert not view.side.setting.parameters.isVisible()
    view.side.setting.pieces.field.setValue(4)
    assert lab.history[-1].activation.parameters == {"pieces": 4}
    qtbot.waitUntil(lambda: view.side.names["a"].text().startswith("A  Maxout of 4"))
    choose(view.side.setting.picker, "Leaky ReLU")
    qtbot.waitUntil(lambda: "negative_slope" in view.side.setting.parameters.sliders)
    assert view.side.setting.parameters.sliders["negative_slope"].value() == 0.1


def test_noise_or_digits_seed_and_threshold(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    side = view.side
    side.sources["digits"].click()
    assert lab.history[-1].source == "digits"
    qtbot.waitUntil(lambda: "784 inputs" in side.setting.note.text())
    side.dice.click()
    seed = lab.history[-1].seed
    qtbot.waitUntil(lambda: side.seed.value() == seed)
    side.saturation.setValue(0.2)
    assert lab.history[-1].saturation == 0.2
    answered(qtbot, view, lab)
    for _ in range(3):
        undo(view).undo()
    assert (view.state()["source"], view.state()["seed"], view.state()["saturation"]) == ("signal", 0, 0.01)


def test_each_layer_on_its_own_scale_is_drawn_otherwise_and_asks_nothing(
    view: DepthView, lab: PlayedLab, qtbot: QtBot
) -> None:
    before = picture(view)
    view.side.own_box.click()
    answered(qtbot, view, lab)
    assert lab.asked == []
    assert picture(view) != before
    undo(view).undo()
    qtbot.waitUntil(lambda: not view.is_busy)
    assert picture(view) == before


# --- the pointer --------------------------------------------------------------------------------------------------------


def test_under_the_pointer_stand_the_numbers_of_the_layer(view: DepthView, qtbot: QtBot) -> None:
    qtbot.mouseMove(view.board, point_of(view, 7))
    read_out = view.board.read_out
    assert read_out.isVisible()
    assert "Layer 7" in read_out.text()
    for word in ("mean", "spread", "dead units", "saturated", "gradient: spread"):
        assert word in read_out.text()
    qtbot.mouseMove(view.board, point_of(view, 0))
    assert "The signal itself" in read_out.text()
    qtbot.mouseMove(view.board, QPoint(2, 2))
    assert not read_out.isVisible()


def test_a_click_shows_a_layers_histograms_large(view: DepthView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.board, Qt.MouseButton.LeftButton, pos=point_of(view, 5))
    qtbot.waitUntil(view.card.isVisible)
    assert view.card.title.text() == "Layer 5"
    shares = view.card.forward.curve_data()
    assert set(shares) == {"A", "B"}
    for _, percents in shares.values():
        assert percents.sum() == pytest.approx(100)
    qtbot.mouseMove(view.card.forward.viewport(), QPoint(150, 100))
    view.board.setFocus()
    qtbot.keyClick(view.board, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: view.card.title.text() == "Layer 6")
    qtbot.keyClick(view.board, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not view.card.isVisible())


def test_fewer_layers_than_the_one_that_is_large_show_the_last(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.board, Qt.MouseButton.LeftButton, pos=point_of(view, 18))
    view.side.layers.field.setValue(6)
    answered(qtbot, view, lab)
    assert view.card.title.text() == "Layer 6"


# --- waiting, refusals, loss --------------------------------------------------------------------------------------------


def test_before_the_first_answer_it_says_what_it_waits_for(show: Show, lab: PlayedLab, qtbot: QtBot) -> None:
    panel = show()
    panel.show_view("depth")
    view = panel.front
    assert isinstance(view, DepthView)
    qtbot.waitUntil(view.notice.isVisible)
    assert lab.was_warmed
    assert "loads PyTorch" in view.notice.label.text()
    assert panel.is_busy  # a picture waits for it
    lab.answer()
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert not view.notice.isVisible()


def test_an_answer_that_takes_long_is_said_to_be_computed(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.layers.field.setValue(30)
    assert not view.board.busy.isVisible()
    qtbot.waitUntil(view.board.busy.isVisible, timeout=2000)
    answered(qtbot, view, lab)
    assert not view.board.busy.isVisible()


def test_a_worker_that_dies_is_told_with_a_way_on(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.layers.field.setValue(30)
    lab.lose("The process of the activation panel was killed.")
    qtbot.waitUntil(view.notice.isVisible)
    assert view.notice.label.text() == "The process of the activation panel was killed."
    assert not view.is_busy
    assert len(view.board.drawing.drawn) == 2  # what was there can still be looked at
    qtbot.mouseClick(view.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "loads PyTorch" in view.notice.label.text())
    lab.worker_pid = 2
    answered(qtbot, view, lab)
    assert not view.notice.isVisible()
    assert "After 30 layers" in view.toolbar.verdicts["a"].text()


def test_out_of_sight_it_asks_nothing(show: Show, lab: PlayedLab, qtbot: QtBot) -> None:
    panel = show()
    panel.built("depth")
    panel.built("depth").apply({"layers": 7})
    assert lab.history == []
    panel.show_view("depth")
    view = panel.front
    assert {question.layers for question in lab.history} == {7}
    panel.show_view("curves")
    lab.answer()
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert not view.is_busy


LARGEST = {
    "a": {"activation": {"kind": "maxout", "parameters": {"pieces": 2}}}, "layers": 50, "width": 512, "signals": 1024, "shown": ["a"],
}  # fmt: skip


def test_more_pieces_than_there_is_memory_for_are_refused_beneath_their_slider(
    view: DepthView, lab: PlayedLab, qtbot: QtBot
) -> None:
    view.apply(LARGEST)
    lab.asked.clear()
    before, steps, box = view.state(), undo(view).count(), view.side.setting
    qtbot.waitUntil(box.pieces.isVisible)
    box.pieces.field.setValue(4)
    assert box.refusal.isVisible()
    assert "4 pieces are too much for 1,024 signals" in box.refusal.text()
    assert (view.state(), undo(view).count(), lab.asked) == (before, steps, [])
    qtbot.waitUntil(lambda: box.pieces.value() == 2)
    assert box.refusal.isVisible()
    view.side.signals.field.setValue(100)
    assert not box.refusal.isVisible()
    box.pieces.field.setValue(4)
    assert view.state()["a"]["activation"]["parameters"] == {"pieces": 4}
    lab.asked.clear()
    for _ in range(2):
        undo(view).undo()
    assert view.state() == before
    lab.asked.clear()


@pytest.mark.parametrize("field", ["layers", "width", "signals"])
def test_a_slider_stops_at_the_last_value_that_can_be(
    view: DepthView, lab: PlayedLab, qtbot: QtBot, field: str
) -> None:
    largest = {**LARGEST, "a": {"activation": {"kind": "maxout", "parameters": {"pieces": 4}}}, field: 9}
    view.apply(largest)
    lab.asked.clear()
    side = view.side
    slider = {"layers": side.layers, "width": side.width_slider, "signals": side.signals}[field]
    qtbot.waitUntil(lambda: slider.value() == 9)
    steps = undo(view).count()
    slider.slider.setSliderDown(True)
    for notch in range(0, slider.slider.maximum() + 1, 20):
        slider.slider.setValue(notch)
    assert side.refusals[field].isVisible()
    assert "take fewer signals" in side.refusals[field].text()
    slider.slider.setSliderDown(False)
    reached = view.state()[field]
    assert 9 < reached < slider.slider.maximum()
    assert undo(view).count() == steps + 1
    assert undo(view).undoText() == f"Set {field} to {reached}"
    qtbot.waitUntil(lambda: slider.value() == reached)
    undo(view).undo()
    assert view.state()[field] == 9
    assert not side.refusals[field].isVisible()
    undo(view).redo()
    assert view.state()[field] == reached
    lab.asked.clear()


def test_a_parameter_that_cannot_be_is_refused_and_goes_back(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    choose(view.side.setting.picker, "Hardtanh")
    answered(qtbot, view, lab)
    box = view.side.setting.parameters
    asked = len(lab.history)
    box.sliders["min_val"].field.setValue(1.5)
    assert "min_val" in box._complaint.text()
    assert box._complaint.isVisible()
    qtbot.waitUntil(lambda: box.sliders["min_val"].value() == -1.0)
    assert box._complaint.isVisible()  # time to read it
    assert len(lab.history) == asked
    box.sliders["min_val"].field.setValue(-2.0)
    assert not box._complaint.isVisible()
    assert lab.history[-1].activation.parameters["min_val"] == -2.0


def test_sine_has_a_frequency_to_turn(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    choose(view.side.setting.picker, "Sine")
    answered(qtbot, view, lab)
    box = view.side.setting.parameters
    box.sliders["omega"].field.setValue(3.0)
    answered(qtbot, view, lab)
    assert not box._complaint.isVisible()
    assert lab.history[-1].activation.parameters == {"omega": 3.0}
    omega = next(one for one in ACTIVATIONS["sine"].parameters if one.name == "omega")
    assert (omega.minimum, omega.maximum) == (LEAST_OMEGA, MOST_OMEGA)


def test_what_one_place_is_refused_stands_until_it_is_answered_there(
    view: DepthView, lab: PlayedLab, qtbot: QtBot
) -> None:
    answers = view.answers
    bad, good = DepthQuestion(width=4), DepthQuestion(width=16, signals=16)
    answers.want({"a": bad, "b": good})
    assert answers.complaint == "The width must be from 8 to 512, not 4."
    assert answers.of("a") is None, "it would be the answer to something else"
    lab.answer()
    assert answers.complaint == "The width must be from 8 to 512, not 4."
    assert answers.of("b") is not None
    answers.want({"a": good, "b": good})
    assert answers.complaint == ""


def test_a_question_that_the_worker_refuses_leaves_nothing_older_there(
    view: DepthView, lab: PlayedLab, qtbot: QtBot
) -> None:
    view.side.layers.field.setValue(30)
    token = next(token for token, slot, _ in lab.asked if slot == "a")
    lab.asked = [one for one in lab.asked if one[0] != token]
    lab.depth_failed.emit(token, "It cannot be.")
    answered(qtbot, view, lab)
    assert view.notice.isVisible()
    assert view.notice.label.text() == "It cannot be."
    assert [drawn.slot for drawn in view.board.drawing.drawn] == ["b"]


# --- keys -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def active(view: DepthView, qtbot: QtBot) -> DepthView:
    """Keys go to it."""
    view.window().activateWindow()
    view.board.setFocus()
    qtbot.waitUntil(view.board.hasFocus)
    return view


def test_a_and_b_still_choose_after_their_names_have_changed(active: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view = active
    for key, slot in ((Qt.Key.Key_B, "b"), (Qt.Key.Key_A, "a"), (Qt.Key.Key_B, "b")):
        view.toolbar.presets[2 + (slot == "a")].click()
        answered(qtbot, view, lab)
        qtbot.keyClick(view.board, key)
        assert view.state()["edited"] == slot
    for name in view.side.names.values():
        assert name.shortcut().isEmpty(), "the panel has taken it: in the whole window it would be a key of others too"


class LeftOver(QObject):
    """Notes the Escapes that nobody below the window took."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.count = 0
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self.count += event.key() == Qt.Key.Key_Escape
        return super().eventFilter(watched, event)


def test_escape_is_the_cards_while_there_is_one_and_else_the_windows(active: DepthView, qtbot: QtBot) -> None:
    view = active
    left_over = LeftOver(view.window())
    view.side.seed.setFocus()  # beside the board, which has arrows and Escape of its own
    around = view.toolbar
    qtbot.mouseClick(view.board, Qt.MouseButton.LeftButton, pos=point_of(view, 5))
    qtbot.waitUntil(view.card.isVisible)
    qtbot.keyClick(around, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not view.card.isVisible())
    assert left_over.count == 0
    qtbot.keyClick(around, Qt.Key.Key_Escape)
    qtbot.keyClick(view.board, Qt.Key.Key_Escape)
    assert left_over.count == 2


# --- states -------------------------------------------------------------------------------------------------------------


def test_home_and_back(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.toolbar.presets[4].click()
    view.toolbar.home_button.click()
    answered(qtbot, view, lab)
    assert view.state()["a"]["activation"]["kind"] == "sigmoid"
    assert view.state()["width"] == 256
    undo(view).undo()
    assert view.state()["a"]["deviation"] == 1.0


def test_a_state_that_cannot_be_leaves_everything_as_it_was(view: DepthView) -> None:
    before = view.state()
    with pytest.raises(StateError, match="softmax"):
        view.apply({"a": {"activation": {"kind": "softmax"}}})
    assert view.state() == before


def test_a_demonstration_comes_to_the_front(show: Show, lab: PlayedLab, qtbot: QtBot) -> None:
    panel = show()
    panel.demonstrate({
        "view": "depth", "activation": "sigmoid", "initialisation": "xavier", "layers": 10, "width": 32, "signals": 16,
        "against": {"activation": "relu", "initialisation": "he"},
    })  # fmt: skip
    view = panel.front
    assert isinstance(view, DepthView)
    answered(qtbot, view, lab)
    assert "A Sigmoid, Xavier" in view.toolbar.verdicts["a"].text()
    assert "B ReLU, He" in view.toolbar.verdicts["b"].text()
    undo(view).undo()
    assert panel.name == "curves"


def test_saved_numbers_are_those_of_the_answers(view: DepthView, tmp_path: Path) -> None:
    write_board(tmp_path / "depth.csv", view.board)
    rows = list(csv.DictReader((tmp_path / "depth.csv").read_text().splitlines()))
    assert len(rows) == 2 * 21
    answer = view.answers.of("b")
    assert answer is not None
    row = next(row for row in rows if row["setting"] == "B" and row["layer"] == "20")
    assert float(row["activation standard deviation"]) == spread(answer.activations)[20]
    assert float(row["dead units (share)"]) == answer.dead[19]


@pytest.mark.parametrize(("name", "head"), [("depth.png", b"\x89PNG"), ("depth.svg", b"<?xml")])
def test_a_picture_and_a_drawing_are_saved(view: DepthView, tmp_path: Path, name: str, head: bytes) -> None:
    write_board(tmp_path / name, view.board)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(head)
    if name.endswith("svg"):
        assert b"vanishes" in content


def test_a_place_that_cannot_be_written_is_told(view: DepthView, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadInput, match="choose another folder"):
        write_board(tmp_path / "file" / "depth.png", view.board)


def test_saving_from_the_menu_asks_where(
    view: DepthView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    told: list[Any] = []
    view.context.workspace.message_posted.connect(told.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "board"), ""))
    menu = view.toolbar.export_button.menu()
    menu.actions()[2].trigger()
    assert (tmp_path / "board.csv").exists()
    assert told[0].text.startswith("Saved as")


def test_every_control_says_what_it_does(view: DepthView) -> None:
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    for control in (control for kind in kinds for control in view.findChildren(kind)):
        if (
            not control.isVisibleTo(view)
            or control.objectName().startswith("qt_")
            or "ScrollBar" in type(control).__name__
        ):
            continue
        has_tip = any(widget.toolTip() for widget in (control, control.parentWidget()) if widget is not None)
        assert has_tip, control
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text, control


@pytest.mark.parametrize("theme_name", ["night", "projector"])
def test_other_themes_draw_everything(view: DepthView, qtbot: QtBot, theme_name: str) -> None:
    view.context.theme.set_name(theme_name)
    qtbot.waitUntil(lambda: not view.is_busy)
    image = picture(view)
    assert has_color(image, slot_color(view.context.theme, "a"))
    assert has_color(image, view.context.theme.color("panel"))


def test_a_board_with_fifty_layers_has_room_for_each(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.layers.field.setValue(50)
    answered(qtbot, view, lab)
    frame = view.board.frame()
    assert frame.pitch >= 10
    assert math.isclose(frame.center(50) + frame.pitch / 2, frame.right)
