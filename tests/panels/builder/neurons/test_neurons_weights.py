"""A weight is set by hand, by mouse and by keys, and taken back."""

from __future__ import annotations

from neurons_person import Person, PlayedTraining
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from app.widgets.message_bar import Message
from app.widgets.neuron_net_layout import Spot, Wire
from trainers.commands import WatchNetwork
from trainers.first_weights import first_weights
from trainers.network_files import load_preset


def test_a_weight_is_set_by_hand_and_taken_back(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("xor-mlp"))
    training.go("running")
    weights = first_weights(person.document.analysis)
    weights["hidden.weight"][2, 1], weights["hidden.bias"][0] = 0.5, -0.25
    training.show(step=7, weights=weights)
    canvas, stack = person.view.canvas, person.document.undo_stack
    line = Wire(1, 2, 1)
    at = QPointF(*canvas.layout_shown.wire_point(line, 0.8))
    person.point(at)
    assert canvas.pointed == line
    person.click(at)
    assert person.view.entry.words.text() == "hidden.weight[2, 1]"
    person.type_number("9", Qt.Key.Key_Escape)
    assert not person.view.entry.isVisible()
    assert training.weights_set == []
    person.click(at)
    person.type_number("2.5", Qt.Key.Key_Return)
    assert training.weights_set == [("hidden.weight", (2, 1), 2.5)]
    assert stack.undoText() == "Set hidden.weight[2, 1]"
    stack.undo()
    stack.redo()
    assert [value for _, _, value in training.weights_set] == [2.5, 0.5, 2.5]

    person.click(canvas.bias_place(Spot(1, 0)))
    person.type_number("1", Qt.Key.Key_Return)
    assert training.weights_set[-1] == ("hidden.bias", (0,), 1.0)


def test_a_weight_is_chosen_and_set_by_keys(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("xor-mlp"))
    training.go("paused")
    training.show()
    canvas = person.view.canvas
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Period, Qt.Key.Key_Period):
        QTest.keyClick(canvas, key)
    assert canvas.chosen == Wire(1, 1, 1)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    person.type_number("-1e-3", Qt.Key.Key_Enter)
    assert training.weights_set == [("hidden.weight", (1, 1), -0.001)]
    asked = len(training.sent)
    training.value_set.emit("hidden.weight[1, 1]", -0.001)
    assert isinstance(training.sent[asked], WatchNetwork)  # it stands: no step would show what was set
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.chosen is None


def test_before_the_first_step_a_run_is_prepared_and_after_the_last_one_a_weight_stands(
    person: Person, training: PlayedTraining, messages: list[Message]
) -> None:
    person.open(load_preset("xor-mlp"))
    training.show()
    at = person.view.canvas.place_of(Wire(2, 0, 3))
    person.click(at)
    person.type_number("1.5", Qt.Key.Key_Return)
    assert training.state == "paused"
    assert training.weights_set == [("output.weight", (0, 3), 1.5)]
    training.show()
    training.reset_run()
    person.document.undo_stack.undo()
    assert messages[-1].text == "That weight was set in a run that is no longer there."
    assert len(training.weights_set) == 1

    training.go("finished")
    training.show(step=9)
    steps = person.document.undo_stack.index()
    person.click(at)
    person.type_number("4", Qt.Key.Key_Return)
    assert messages[-1].text.startswith("This run has ended")
    assert person.document.undo_stack.index() == steps
