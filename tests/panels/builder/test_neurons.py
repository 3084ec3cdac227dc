"""A small network opened into neurons: built by its buttons, seen while it trains, a weight set by hand; its linear regions."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, pairwise

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.panel import StateError
from app.panels.builder.neurons_chain import neuron_net
from app.panels.builder.neurons_edits import with_function, with_hidden_layer, with_units
from app.panels.builder.neurons_room import OPENING_ZOOM
from app.panels.builder.neurons_view import NeuronsView
from app.panels.builder.panel import BuilderPanel
from app.training_session import TrainingSession
from app.widgets.message_bar import Message
from app.widgets.neuron_net_layout import NeuronLayout, Spot, Wire
from app.widgets.neuron_net_telling import tell_neuron
from app.widgets.theme import THEME_NAMES, Theme
from app.workspace import Workspace
from trainers.commands import AnyCommand, SetWeight, WatchNetwork
from trainers.events import EpochReport, NetworkInside
from trainers.first_weights import first_weights
from trainers.layer_catalog import analyse
from trainers.linear_regions import DenseLayer, Rectangle
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph
from trainers.regions_job import RegionsCounted, count, question
from trainers.training_plan import DataChoice, TrainingPlan

EXTENT = (-6.0, 6.0, -6.0, 6.0)


class PlayedTraining(TrainingSession):
    """A session without a worker: it keeps what is asked of it; `show` tells what a network has within."""

    def __init__(self, document: NetworkDocument) -> None:
        super().__init__(document, "nowhere", document, warm_up=None)
        self.sent: list[AnyCommand] = []
        self.looks = 0
        self.document = document

    def _send(self, command: AnyCommand) -> bool:
        is_there = self._state in ("running", "paused", "finished")
        if is_there:
            self.sent.append(command)
        return is_there

    def _begin(self, plan: TrainingPlan, paused: bool) -> None:
        self._forget_answers()
        self.go("paused" if paused else "running")

    def look_inside(self) -> None:
        self.looks += 1

    def reset_run(self) -> None:
        self._begin(self._new_plan(), paused=True)

    def go(self, state: str) -> None:
        self._set_state(state)

    def show(self, step: int = 0, weights: dict[str, np.ndarray] | None = None, value: float = 0.0) -> None:
        """Tell of the network on the table; value: of every neuron behind the inputs, everywhere."""
        analysis = analyse(self.document.graph)
        inputs = math.prod(analysis.input_shape)
        weights = first_weights(analysis) if weights is None else weights
        side = np.linspace(-6, 6, 32, dtype=np.float32)
        across, up = np.meshgrid(side, side)
        responses = {analysis.input_name: np.stack([across, up])} if inputs == 2 else {}
        if inputs == 2:
            for name, facts in analysis.layers.items():
                if name != analysis.input_name:
                    responses[name] = np.full((*facts.output_shape, 32, 32), value, np.float32)
        self.inside.note(
            NetworkInside(step, 0, 1, np.zeros(inputs, np.float32), np.zeros(1, np.float32), weights=weights,
                          responses=responses, extent=EXTENT if inputs == 2 else None,
                          activations={} if inputs == 2 else {
                              name: np.full(facts.output_shape, value, np.float32)
                              for name, facts in analysis.layers.items() if len(facts.output_shape) == 1
                          })
        )  # fmt: skip

    @property
    def weights_set(self) -> list[tuple[str, tuple[int, ...], float]]:
        return [(one.parameter, one.index, one.value) for one in self.sent if isinstance(one, SetWeight)]


class CountedAtOnce(QObject):
    """The counting of regions without its worker: the same job, in this process."""

    counted = Signal(object)
    refused = Signal(int, str)
    is_counting = False

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.asked = 0

    def ask(self, layers: tuple[DenseLayer, ...], rectangle: Rectangle) -> int:
        self.asked += 1
        self.layers, self.rectangle = layers, rectangle
        return self.asked

    def answer(self) -> None:
        (answer,) = count(question(self.asked, self.layers, self.rectangle))
        assert isinstance(answer, RegionsCounted)
        self.counted.emit(answer)

    def shutdown(self) -> None:
        """There is nothing to end."""


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    workspace = make_workspace(PlayedTraining)
    workspace._regions = CountedAtOnce(workspace)  # type: ignore[assignment]
    workspace.training.set_data(DataChoice("xor"))
    return workspace


@pytest.fixture
def training(workspace: Workspace) -> PlayedTraining:
    assert isinstance(workspace.training, PlayedTraining)
    return workspace.training


@pytest.fixture
def regions(workspace: Workspace) -> CountedAtOnce:
    assert isinstance(workspace.regions, CountedAtOnce)
    return workspace.regions


class Person:
    """In front of the neurons of a network."""

    def __init__(self, panel: BuilderPanel) -> None:
        self.panel = panel
        self.document = panel.workspace.document

    @property
    def view(self) -> NeuronsView:
        view = self.panel.neurons.neurons
        assert view is not None
        return view

    def open(self, graph: NetworkGraph) -> None:
        self.document.set_graph(graph)
        QTest.keyClick(self.panel.board, Qt.Key.Key_N)
        assert self.panel.neurons.is_open

    def press(self, button: QToolButton) -> None:
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def point(self, at: QPointF) -> None:
        none, left = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        place = self.view.canvas.mapToGlobal(at)
        QApplication.sendEvent(self.view.canvas, QMouseEvent(QEvent.Type.MouseMove, at, place, none, none, left))

    def click(self, at: QPointF) -> None:
        QTest.mouseClick(self.view.canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())

    def type_number(self, text: str, key: Qt.Key) -> None:
        field = self.view.entry.field
        assert field.isVisible()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, key)

    def picture(self) -> QImage:
        return self.view.canvas.grab().toImage()

    def widths(self) -> tuple[int, ...]:
        return neuron_net(self.document.analysis).widths


@pytest.fixture
def person(show: Callable[..., BuilderPanel]) -> Person:
    return Person(show(1280, 800))


def relu_net() -> NetworkGraph:
    graph = load_preset("playground")
    return with_function(graph, neuron_net(analyse(graph)).hidden, "relu")


def turn_wheel(widget: QWidget, angle: int) -> None:
    """One notch over the middle of a widget."""
    at, none, no_key = QPointF(widget.rect().center()), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    place = QPointF(widget.mapToGlobal(at))
    QApplication.sendEvent(widget, QWheelEvent(at, place, QPoint(), QPoint(0, angle), none, no_key, phase, False))


def warmth(color: QColor) -> int:
    """Above 0 for orange, below for blue."""
    return color.red() - color.blue()


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


# --- what is seen -------------------------------------------------------------------------------------------------------


def test_lines_pictures_and_biases_are_seen_as_they_are_told(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("playground"))
    canvas = person.view.canvas
    asked = training.inside.wish
    assert set(asked.layers) == {layer.name for layer in person.document.graph.layers}
    assert asked.responses
    assert asked.per_second >= 10
    weights = {name: np.zeros_like(one) for name, one in first_weights(person.document.analysis).items()}
    weights["hidden2.weight"][0, 0], weights["hidden2.weight"][1, 3] = 2.0, -2.0
    weights["hidden2.weight"][0, 2] = 0.4
    training.show(step=3, weights=weights, value=1.0)
    picture = person.picture()

    def ink(wire: Wire) -> list[int]:
        """How warm each pixel across the line is, where it is not the ground."""
        at = canvas.place_of(wire).toPoint()
        column = [picture.pixelColor(at + QPoint(0, offset)) for offset in range(-8, 9)]
        return [warmth(color) for color in column if abs(warmth(color)) > 60]

    strong, weak = ink(Wire(2, 0, 0)), ink(Wire(2, 0, 2))
    assert min(strong) > 0
    assert len(strong) > len(weak)
    assert max(ink(Wire(2, 1, 3))) < 0
    for spot, is_warm in ((Spot(1, 1), True), (Spot(2, 0), True)):
        assert (warmth(picture.pixelColor(canvas.place_of(spot).toPoint())) > 60) == is_warm
    left = canvas.place_of(Spot(0, 0)).toPoint()
    reach = round(canvas.layout_shown.side / 3)
    assert (
        warmth(picture.pixelColor(left - QPoint(reach, 0)))
        < -60
        < 60
        < warmth(picture.pixelColor(left + QPoint(reach, 0)))
    )
    training.show(step=4, weights=weights, value=-1.0)
    assert warmth(person.picture().pixelColor(canvas.place_of(Spot(1, 1)).toPoint())) < -60
    assert "the thickest line is a weight of 2" in person.view.legend.text()


def test_on_a_projector_a_neurons_numbers_do_not_cover_each_other(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("xor-mlp"))
    training.show(value=0.25)
    theme, values = Theme("projector"), person.view.canvas.values
    layout = NeuronLayout((2, 4, 1), 390, 420, top=90)  # as in half of a window of 1280x800
    painter = QPainter(picture := QImage(390, 420, QImage.Format.Format_RGB32))
    for unit in range(4):
        chips = tell_neuron(painter, theme, layout, values, Spot(1, unit), QRectF(picture.rect()))
        assert len(chips) == 3
        assert not any(one.intersects(other) for one, other in combinations(chips, 2)), unit
    painter.end()


def test_a_neuron_that_is_pointed_at_is_enlarged_with_its_numbers(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("playground"))
    training.show(value=0.25)
    view = person.view
    before = person.picture()
    person.point(view.canvas.place_of(Spot(1, 2)))
    assert view.output.title.text() == "Hidden: neuron 3 of hidden1, behind tanh"
    assert view.output.plot.reading(1.0, 2.0).endswith("0.250")
    assert person.picture() != before
    person.point(QPointF(2, view.canvas.height() - 2))
    assert view.output.title.text() == "The network's answer"
    assert view.output.plot.reading(1.0, 2.0).endswith("orange 56 %")  # 1 / (1 + e^-0.25)


def test_the_output_neurons_picture_is_the_answer_beside_it(person: Person, training: PlayedTraining) -> None:
    """Also after another choice of data was taken back: a value of the plane, a class, and pictures that do not fit at all."""

    def colors(classes: tuple[str, ...]) -> tuple[int, int]:
        """How warm the output neuron and the answer are."""
        view = person.view
        picture = view.canvas.grab().toImage()
        last = len(view.canvas.layout_shown.counts) - 1
        assert view.output.plot.classes == classes
        image = view.output.plot.image
        image.render()
        return (
            warmth(picture.pixelColor(view.canvas.place_of(Spot(last, 0)).toPoint())),
            warmth(QColor(image.qimage.pixel(8, 8))),
        )

    def is_near(pair: tuple[int, int]) -> bool:
        return abs(pair[0] - pair[1]) < 12

    person.open(load_preset("playground"))
    training.show(value=0.25)
    assert is_near(colors(("blue", "orange")))
    view, stack = person.view, person.document.undo_stack
    stack.clear()
    training.set_data(DataChoice("digits"))
    assert view.output.plot.classes == tuple("0123456789")
    assert not view.output.plot.image.isVisible()
    assert view.canvas.values.responses[-1] is None
    stack.undo()
    training.set_data(DataChoice("plane"))
    training.show(value=-0.5)
    assert is_near(pair := colors(()))
    assert pair[0] < -30
    stack.undo()
    training.show(value=2.0)
    assert is_near(pair := colors(("blue", "orange")))
    assert pair[0] > 60


def test_inputs_other_than_two_have_no_pictures_and_that_is_said(person: Person, training: PlayedTraining) -> None:
    training.set_data(DataChoice("digits"))
    person.open(load_preset("mlp-mnist"))
    training.show(step=1, value=0.8)
    view = person.view
    assert "its value for test sample 0" in view.legend.text()
    assert warmth(person.picture().pixelColor(view.canvas.place_of(Spot(2, 4)).toPoint())) > 60
    assert "784 inputs" in view.output.why.text()
    assert not view.output.plot.isVisible()
    assert view.canvas.values.weights[1] is None  # 784 lines into each neuron are one bundle
    assert view.canvas.values.weight(Wire(2, 3, 5)) is not None
    assert not view.output.borders.isEnabled()
    assert view.output.told.text().startswith("Linear regions: Regions are counted in a plane")
    assert person.picture().size() == view.canvas.size()


def test_data_that_do_not_fit_are_said_and_chosen_anew(person: Person, training: PlayedTraining, theme: Theme) -> None:
    training.set_data(DataChoice("digits"))
    person.open(load_preset("xor-mlp"))
    view = person.view
    assert "The network takes" in view.notice.words.text()
    assert view.notice.take.text() == "Learn exclusive or"
    theme.set_name("night")
    words = view.notice.words.grab().toImage()
    lightest = max(words.pixelColor(x, y).lightness() for x in range(200) for y in range(words.height()))
    assert lightest > 180  # read on a dark ground
    assert training.looks == 0
    view.bar.data.setCurrentIndex(view.bar.data.findData("circle"))
    view.bar.data.activated.emit(view.bar.data.currentIndex())
    assert training.data.name == "circle"
    assert "The network takes" not in view.notice.words.text()
    assert (training.settings.epochs, training.settings.learning_rate) == (
        600,
        0.02,
    )  # ten epochs would be over at once
    person.document.undo_stack.undo()
    assert (training.data.name, training.settings.epochs) == ("digits", 10)
    QTest.mouseClick(view.notice.take, Qt.MouseButton.LeftButton)
    assert training.data.name == "xor"
    view.link.look()
    assert training.looks == 1
    training.show()
    assert not view.notice.isVisible()


def test_nothing_is_asked_while_nobody_looks(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("xor-mlp"))
    assert training.inside.wish.layers
    person.view.bar.back.click()
    assert not training.inside.wish.responses
    training.go("running")
    person.press(person.panel.toolbar.neurons_button)
    assert any(isinstance(one, WatchNetwork) and one.responses for one in training.sent)
    person.panel.set_awake(False)  # behind another panel's tab, where Qt hides nothing
    assert not training.inside.wish.responses
    person.panel.set_awake(True)
    assert training.inside.wish.responses


# --- a weight by hand ---------------------------------------------------------------------------------------------------


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


# --- linear regions -----------------------------------------------------------------------------------------------------


def test_regions_are_counted_beside_the_bound_and_drawn(
    person: Person, training: PlayedTraining, regions: CountedAtOnce
) -> None:
    person.open(relu_net())
    view = person.view
    training.show(step=0)
    regions.answer()
    counted = view.regions.count
    assert counted is not None
    assert view.output.told.text().startswith(f"{counted} linear region")
    assert "in the square from −6 to 6, before training" in view.output.told.text()
    assert "hidden layers 4-2 has 16 or more (Montúfar" in view.output.told.text()
    assert f"{counted} in the square" in person.panel.facts.toPlainText()
    assert person.panel.facts.toPlainText().count("Linear regions") == 1
    assert len(view.output.plot.borders.xData) == 0
    view.output.borders.click()
    assert len(view.output.plot.borders.xData) == 2 * len(view.regions.borders) > 0

    training.go("running")
    training.show(step=5)
    asked = regions.asked
    training.show(step=6)  # within half a second of the last count
    assert regions.asked == asked
    view.regions._pause.stop()
    view.regions._pause.timeout.emit()
    regions.answer()
    assert "at step 6" in view.output.told.text()

    regions.refused.emit(regions.asked, "never asked")
    training.go("paused")
    training.show(step=7)
    regions.refused.emit(regions.asked, "Layer 1 has weights that are not finite: start the training again.")
    assert "not finite" in view.output.told.text()
    training.show(step=8)
    regions.answer()
    assert "at step 8" in view.output.told.text()
    person.view.bar.back.click()
    assert "in the square" not in person.panel.facts.toPlainText()


def test_a_count_that_is_dear_waits_until_the_training_stands(
    person: Person, training: PlayedTraining, regions: CountedAtOnce
) -> None:
    person.open(relu_net())
    training.go("running")
    training.show(step=1)
    person.view.regions._pause.stop()
    training.show(step=2)
    assert regions.asked == 1  # not again before it is answered
    regions.counted.emit(RegionsCounted(regions.asked, 7, np.zeros((0, 4), np.float32), 3.0))
    assert person.view.output.told.text().startswith("7 linear regions")
    training.show(step=3)
    assert regions.asked == 1
    training.events_arrived.emit([EpochReport(1, 0.1, 1.0, 0.1, 1.0, 3)])
    assert regions.asked == 2
    regions.counted.emit(RegionsCounted(2, 8, np.zeros((0, 4), np.float32), 3.0))
    training.show(step=4)
    training.events_arrived.emit([EpochReport(2, 0.1, 1.0, 0.1, 1.0, 4)])
    assert regions.asked == 2  # epochs may be short
    training.go("paused")
    assert regions.asked == 3
    regions.counted.emit(RegionsCounted(3, 9, np.zeros((0, 4), np.float32), 3.0))
    training.show(step=5)  # the look at the step where it stands
    assert regions.asked == 4


def test_what_bends_otherwise_has_no_regions(person: Person, training: PlayedTraining, regions: CountedAtOnce) -> None:
    person.open(load_preset("playground"))
    training.show()
    assert regions.asked == 0
    assert not person.view.output.borders.isEnabled()
    assert "tanh1 (tanh) does not leave the plane in flat pieces" in person.view.output.told.text()


# --- looks --------------------------------------------------------------------------------------------------------------


def test_columns_of_any_size_stand_apart_inside_the_room() -> None:
    for widths in ((2, 1), (2, 4, 2, 1), (2, *(16,) * 7, 1), (16, 16, 10)):
        for size in ((380.0, 260.0), (900.0, 640.0)):
            layout = NeuronLayout(widths, *size, top=60.0, bottom=10.0)
            for column, number in enumerate(widths):
                places = [layout.center(Spot(column, unit)) for unit in range(number)]
                assert all(y - layout.side / 2 >= 60 and y + layout.side / 2 <= size[1] - 9 for _, y in places), widths
                assert all(other[1] - one[1] >= layout.side for one, other in pairwise(places)), widths
                assert all(layout.neuron_at(*place) == Spot(column, unit) for unit, place in enumerate(places)), widths
            assert layout.column_pitch > layout.side
            for wire in layout.wires[:: max(1, len(layout.wires) // 40)]:
                found = layout.wire_at(*layout.wire_point(wire, 0.97), reach=4.0)
                assert found is not None, (widths, size, wire)
                assert found.column == wire.column, (widths, size, wire)


def test_no_button_is_cut_in_any_theme_and_size(
    person: Person, theme: Theme, training: PlayedTraining, qtbot: QtBot
) -> None:
    person.open(load_preset("playground"))
    training.show(value=0.5)
    view = person.view
    for name in THEME_NAMES:
        theme.set_name(name)
        for size in ((1280, 800), (1920, 1080), (560, 800)):
            person.panel.resize(*size)
            fits = lambda: view.legend.height() >= view.legend.heightForWidth(view.legend.width()) - 1  # noqa: E731
            qtbot.waitUntil(fits)
            for head in view.heads:
                place = head.geometry()
                assert view.canvas.rect().contains(place), (name, size)
                assert place.bottom() <= view.canvas.place_of(Spot(1, 0)).y() - view.canvas.layout_shown.side / 2
            assert all(not one.geometry().intersects(other.geometry()) for one, other in pairwise(view.heads))
            assert view.output.plot.height() >= theme.px(120), (name, size)
            assert view.canvas.layout_shown.side >= theme.px(12), (name, size)
