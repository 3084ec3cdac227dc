"""What the view of depth says while it waits, where something is refused, and when its worker is lost."""

from __future__ import annotations

import pytest
from depth_hands import LARGEST, Show, answered, choose, undo
from played_depth import PlayedLab
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.depth.view import DepthView
from app.simulation.activation_functions import ACTIVATIONS
from trainers.activation_lab import DepthQuestion
from trainers.activation_lab_checks import LEAST_OMEGA, MOST_OMEGA


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
    qtbot.waitUntil(view.board.busy.isVisible)
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
