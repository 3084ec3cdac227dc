"""The Cell bench's card: what its controls do to the cell, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from bench_hands import type_in
from played_engine import PlayedLine
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.neuron_session import with_weight
from app.panels.neuron.benches.cell.presets import PRESETS, changed_by_hand, put
from app.panels.neuron.panel import NeuronPanel
from app.simulation.biology.stage import Fire, Inject, StagePlan, Withdraw

Play = Callable[[NeuronPanel, float], None]


@pytest.fixture
def panel(show_panel: Callable[..., NeuronPanel]) -> NeuronPanel:
    return show_panel()


@pytest.fixture
def card(panel: NeuronPanel) -> Any:
    return panel.stage.front


def sent(line: PlayedLine, kind: type) -> list[Any]:
    return [command for command in line.sent if isinstance(command, kind)]


def test_scrolling_past_a_box_chooses_nothing(panel: NeuronPanel, card: Any) -> None:
    for box in (card.synapses.receptor, card.membrane.preset):
        before = panel.session.plan
        middle = QPointF(box.rect().center())
        wheel = QWheelEvent(
            middle, box.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, wheel)
        assert box.currentIndex() == 0
        assert panel.session.plan == before


@pytest.mark.qt_log_ignore("plugin does not support")
def test_choosing_a_condition_leaves_the_keys_to_the_panel(panel: NeuronPanel, card: Any, line: PlayedLine) -> None:
    box = card.membrane.preset
    panel.setFocus()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert box.currentText() == "Multiple sclerosis"
    assert panel.hasFocus()
    QTest.keyClick(panel, Qt.Key.Key_9)
    assert len(sent(line, Fire)[-1].inputs) == 9


@pytest.mark.qt_log_ignore("plugin does not support")
def test_the_list_of_conditions_shows_them_all(card: Any) -> None:
    box = card.membrane.preset
    box.showPopup()
    last = box.view().visualRect(box.model().index(len(PRESETS) - 1, 0))
    assert last.bottom() <= box.view().viewport().height()
    box.hidePopup()


def test_so_many_at_once_or_spread(panel: NeuronPanel, card: Any, line: PlayedLine) -> None:
    card.fire.count.field.setValue(15)
    assert card.fire.fire_button.text() == "Fire 15"
    card.fire.fire_button.click()
    card.fire.spread.field.setValue(2.0)
    card.fire.fire_button.click()
    at_once, spread = sent(line, Fire)
    assert len(at_once.inputs) == 15
    assert at_once.times_ms is None
    assert spread.times_ms[-1] - spread.times_ms[0] == pytest.approx(2.0)
    assert len(set(spread.times_ms)) == 15


def test_the_group_is_marked_weighed_and_fired_together(panel: NeuronPanel, card: Any, line: PlayedLine) -> None:
    assert not card.fire.group_button.isEnabled()
    panel.view.inputs_selected.emit((2, 5, 9))
    assert card.fire.group_button.text() == "Fire group (3)"
    card.synapses.weight.field.setValue(3.0)
    assert [panel.session.plan.weights_nS[number] for number in (2, 5, 9, 0)] == [3.0, 3.0, 3.0, 1.0]
    card.synapses.receptor.activated.emit(card.synapses.receptor.findData("gaba_a"))
    assert panel.session.plan.receptors[5] == "gaba_a"
    assert panel.session.plan.receptors[0] == "ampa"
    card.fire.group_button.click()
    assert sent(line, Fire)[0].inputs == (2, 5, 9)


def test_weights_that_differ_are_mixed_until_one_is_set(panel: NeuronPanel, card: Any) -> None:
    weight, plan = card.synapses.weight, panel.session.plan
    panel.hand.change_plan("weights", "Give", with_weight(plan, tuple(range(8)), 0.719739))
    given = panel.session.plan
    assert weight.field.text() == ""
    assert weight.field.lineEdit().placeholderText() == "mixed"
    assert weight.slider.value() == pytest.approx(1000 * 0.925264 / 10.0, abs=1)
    weight.field.setFocus()
    QTest.keyClick(weight.field, Qt.Key.Key_Return)
    weight.field.clearFocus()
    assert panel.session.plan == given
    assert weight.field.text() == ""
    panel.hand.mark((0, 1))
    assert weight.field.text() == "0.72 nS"
    assert weight.title() == "Weight of 2"
    panel.hand.mark(())
    assert weight.field.text() == ""
    type_in(weight.field, 1.5)
    assert panel.session.plan.weights_nS == (1.5,) * 30
    assert weight.field.text() == "1.5 nS"


def test_the_mean_itself_can_be_given_to_weights_that_differ(panel: NeuronPanel, card: Any) -> None:
    panel.hand.change_plan("weights", "Give", with_weight(panel.session.plan, tuple(range(15)), 2.0))
    type_in(card.synapses.weight.field, 1.5)
    assert panel.session.plan.weights_nS == (1.5,) * 30


def test_receptors_that_differ_are_mixed(panel: NeuronPanel, card: Any) -> None:
    plan = panel.session.plan
    mixed = msgspec.structs.replace(plan, receptors=("gaba_a", *plan.receptors[1:]))
    panel.hand.change_plan("receptors", "Change receptors", mixed)
    box = card.synapses.receptor
    assert (box.currentText(), box.placeholderText()) == ("", "mixed")
    panel.hand.mark((0,))
    assert box.currentText() == "Inhibitory (GABA-A)"


def test_a_condition_changed_by_hand_says_so(panel: NeuronPanel, card: Any) -> None:
    membrane = card.membrane
    assert membrane.sentence.text() == PRESETS[0].sentence
    membrane.temperature.field.setValue(25.0)
    membrane.sodium.field.setValue(0.5)
    assert membrane.sentence.text() == "Changed by hand: temperature 18.5 → 25 °C, sodium channels × 1 → 0.5."
    membrane.temperature.field.setValue(18.5)
    membrane.sodium.field.setValue(1.0)
    assert membrane.sentence.text() == PRESETS[0].sentence
    panel.hand.change_plan("weights", "Change weights", with_weight(panel.session.plan, (3,), 2.0))
    assert membrane.sentence.text() == "Changed by hand: weights."


@pytest.mark.parametrize("preset", [preset.name for preset in PRESETS])
def test_a_condition_as_it_is_put_is_not_changed_by_hand(preset: str) -> None:
    plan = put(preset, StagePlan())
    assert changed_by_hand(preset, plan) == ()
    other = msgspec.structs.replace(plan, wraps=(7, *plan.wraps[1:]), potassium=0.3)
    was = {"tea": "0", "epilepsy": "0.5"}.get(preset, "1")
    assert changed_by_hand(preset, other) == (f"potassium channels × {was} → 0.3", "myelin of internode 1")


def test_the_bars_say_the_number_under_the_pointer_and_select(panel: NeuronPanel, card: Any) -> None:
    bars = card.synapses.bars
    x = round(bars._left() + 7.5 * bars._step())
    QTest.mouseMove(bars, QPoint(x, 40))
    assert bars.text == "Input 8: 1.00 nS, AMPA"
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(x, 40))
    assert panel.hand.state.marked == (7,)
    assert panel.view.picture.marked == (7,)


def test_holding_the_button_injects_until_it_is_let_go(
    panel: NeuronPanel, card: Any, line: PlayedLine, play: Play
) -> None:
    card.electrode.amplitude.field.setValue(1.5)
    QTest.mousePress(card.electrode.inject_button, Qt.MouseButton.LeftButton)
    play(panel, 0.3)
    QTest.mouseRelease(card.electrode.inject_button, Qt.MouseButton.LeftButton)
    play(panel, 0.1)
    inject = sent(line, Inject)[0]
    assert (inject.amplitude_nA, inject.duration_ms) == (1.5, None)
    assert len(sent(line, Withdraw)) == 1


def test_a_pulse_has_its_duration(panel: NeuronPanel, card: Any, line: PlayedLine) -> None:
    card.electrode.pulse.click()
    card.electrode.duration.field.setValue(2.5)
    QTest.mouseClick(card.electrode.inject_button, Qt.MouseButton.LeftButton)
    assert sent(line, Inject)[0].duration_ms == 2.5
    assert sent(line, Withdraw) == []


def test_the_electrode_moves_and_says_where_it_is(panel: NeuronPanel, card: Any) -> None:
    bouton = panel.view.guide.morphology.compartment("bouton")
    panel.view.electrode_moved.emit(bouton)
    assert card.electrode.place.text().startswith("At: Axon terminal (bouton).")
    assert panel.state()["hand"]["electrode"] == bouton


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_each_condition_names_what_it_changes(preset: Any) -> None:
    before = StagePlan()
    after = put(preset.name, before)
    names = {
        "sodium": "Sodium conductance",
        "potassium": "Potassium conductance",
        "temperature_C": "Temperature",
        "wraps": "wraps",
    }
    for field, word in names.items():
        changes = getattr(after, field) != getattr(before, field)
        assert changes == (word in preset.sentence and preset.name != "healthy"), field


def test_jumps_bring_the_camera_there(panel: NeuronPanel, card: Any, play: Play) -> None:
    before = panel.view.camera_state()
    button = next(one for one in card.look.findChildren(QPushButton) if one.text() == "Membrane")
    button.click()
    play(panel, 3.0)
    assert panel.view.camera_state() != before
    assert panel.view.camera.view.zoom > 10


def test_the_badge_opens_the_equations_with_live_numbers(
    panel: NeuronPanel, card: Any, play: Play, qtbot: QtBot
) -> None:
    card.badge.click()
    dialog = card._dialog
    qtbot.waitExposed(dialog)
    assert "V = −65.0 mV" in dialog.text
    assert "dt = 0.01 ms" in dialog.text
    assert "gK n⁴" in dialog.formulas["potassium"].accessibleName()
    qtbot.waitUntil(lambda: not any(formula.is_waiting for formula in dialog.formulas.values()))
    assert all(formula.sizeHint().width() > 60 for formula in dialog.formulas.values())  # set, not written out
    panel.hand.fire_count(12)
    play(panel, 0.6)
    frame = panel.session.frame()
    assert frame is not None
    assert f"at {frame.time_ms:.2f} ms" in dialog.text
    dialog.close()


def test_the_card_shows_the_plan_of_the_moment_shown(panel: NeuronPanel, card: Any, play: Play) -> None:
    panel.hand.fire_count(3)
    play(panel, 1.0)
    card.membrane.temperature.field.setValue(6.3)
    play(panel, 1.0)
    panel.session.show_moment(1.0)
    assert card.membrane.temperature.value() == 18.5
    panel.session.go_live()
    assert card.membrane.temperature.value() == 6.3
    panel.session.show_moment(1.0)
    panel.hand.fire_count(1)  # another run begins, in which it was never cold
    assert panel.session.plan.temperature_C == 18.5
    assert card.membrane.temperature.value() == 18.5
