"""A small network opened into neurons and built by its buttons."""

from __future__ import annotations

import msgspec
import pytest
from neurons_person import Person, PlayedTraining, turn_wheel
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.builder.neurons_chain import neuron_net
from app.panels.builder.neurons_edits import with_function, with_hidden_layer, with_units
from app.panels.builder.neurons_room import OPENING_ZOOM
from app.widgets.message_bar import Message
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset
from trainers.training_plan import DataChoice

# --- building -----------------------------------------------------------------------------------------------------------


def test_one_builds_2_4_2_1_from_a_perceptron_by_its_buttons_and_takes_it_back(person: Person) -> None:
    begun = load_preset("perceptron")
    person.open(begun)
    steps = person.document.undo_stack.index()
    view = person.view
    assert view.bar.layers.text() == "0 hidden layers"
    for _ in range(2):
        person.press(view.bar.more)
    for _ in range(2):
        person.press(view.heads[0].more)
    assert person.widths() == (2, 4, 2, 1)
    assert view.bar.layers.text() == "2 hidden layers"
    assert [head.title.text() for head in view.heads] == ["4", "2", "output"]
    assert not view.heads[2].more.isVisible()
    kinds = [layer.kind for layer in person.document.graph.layers]
    assert kinds == ["input", "dense", "tanh", "dense", "tanh", "dense"]
    assert person.document.undo_stack.index() == steps + 4

    view.heads[0]._menu.actions()[0].trigger()
    assert [column.kind for column in neuron_net(person.document.analysis).hidden] == ["relu", "tanh"]
    assert view.bar.function.currentText() == "mixed"
    view.bar.function.setCurrentIndex(view.bar.function.findData("relu"))
    view.bar.function.activated.emit(view.bar.function.currentIndex())
    assert [layer.name for layer in person.document.graph.layers if layer.kind == "relu"] == ["relu1", "relu2"]

    person.press(view.heads[1].fewer)
    assert not view.heads[1].fewer.isEnabled()
    person.press(view.bar.fewer)
    assert person.widths() == (2, 4, 1)
    while person.document.undo_stack.index() > steps:
        person.document.undo_stack.undo()
    assert person.document.graph == begun
    assert view.bar.layers.text() == "0 hidden layers"


def test_the_edits_leave_a_network_whatever_stood_in_its_way() -> None:
    graph = load_preset("perceptron")
    for _ in range(7):
        graph = with_hidden_layer(graph, neuron_net(analyse(graph)))
    stated = msgspec.structs.replace(graph, layers=tuple(
        msgspec.structs.replace(layer, parameters={**layer.parameters, "inputs": 2}) if layer.kind == "dense" else layer
        for layer in graph.layers
    ))  # fmt: skip
    net = neuron_net(analyse(stated))
    assert len(net.columns) == 8
    wider = with_units(stated, net, 3, 16)
    assert neuron_net(analyse(wider)).widths == (2, 2, 2, 2, 16, 2, 2, 2, 1)
    for kind in ("relu", "", "sigmoid"):
        wider = with_function(wider, neuron_net(analyse(wider)).hidden, kind)
        assert {column.kind for column in neuron_net(analyse(wider)).hidden} == {kind}


# --- opening ------------------------------------------------------------------------------------------------------------


def test_only_a_small_network_opens_and_what_is_wrong_with_another_is_said(
    person: Person, messages: list[Message], qtbot: QtBot
) -> None:
    panel = person.panel
    assert not panel.toolbar.neurons_button.isVisible()
    QTest.keyClick(panel.board, Qt.Key.Key_N)
    assert not panel.neurons.is_open
    assert "cannot be opened into neurons: conv1 (Convolution)" in messages[-1].text
    person.document.set_graph(load_preset("xor-mlp"))
    person.press(panel.toolbar.neurons_button)
    assert panel.neurons.is_open
    assert panel.toolbar.neurons_button.isChecked()
    assert not panel.palette_pane.isVisible()
    person.document.set_graph(load_preset("lenet5"))  # its layers are shown: there is nothing else to see of it
    assert not panel.neurons.is_open
    assert not panel.toolbar.neurons_button.isVisible()
    assert panel.view.isVisible()


def test_one_comes_in_by_zooming_in_and_out_by_the_wheel(person: Person) -> None:
    person.document.set_graph(load_preset("xor-mlp"))
    board, room = person.panel.board, person.panel.neurons
    for _ in range(20):
        if board.zoom >= OPENING_ZOOM:
            break
        assert not room.is_open
        board.zoom_in()
    assert room.is_open
    turn_wheel(person.view.canvas, -120)
    assert room.is_open  # one notch may be an accident
    turn_wheel(person.view.output.plot.plot.viewport(), -120)
    assert not room.is_open
    assert board.zoom < OPENING_ZOOM


def test_the_state_holds_neurons_and_refuses_what_cannot_be(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("playground"))
    person.view.output.borders.setChecked(True)
    state = person.panel.state()
    assert state["neurons"] == {"borders": True, "data": "xor"}
    person.view.bar.back.click()
    training.set_data(DataChoice("spiral"))
    assert person.panel.state()["neurons"] is None
    person.panel.apply(state)
    assert person.panel.neurons.is_open
    assert training.data.name == "xor"
    with pytest.raises(StateError) as refusal:
        person.panel.apply({**state, "network": "lenet5"})
    assert refusal.value.key == "neurons"
    with pytest.raises(StateError) as refusal:
        person.panel.apply({**state, "neurons": {"data": "moonlight"}})
    assert refusal.value.key == "neurons.data"
    assert person.panel.state() == state
