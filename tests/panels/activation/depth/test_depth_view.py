"""The view of depth, used as a person uses it: what is clicked, dragged and typed is what stands on the screen."""

from __future__ import annotations

import pytest
from depth_hands import answered, choose, has_color, picture, point_of, undo
from played_depth import PlayedLab
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from app.panels.activation.depth.presets import PRESETS
from app.panels.activation.depth.slot_look import slot_color
from app.panels.activation.depth.view import DepthView


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
