"""In front of the neurons of a network: what is played below them, and what a hand does there. Not collected by pytest."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from app.network_document import NetworkDocument
from app.panels.builder.neurons_chain import neuron_net
from app.panels.builder.neurons_edits import with_function
from app.panels.builder.neurons_view import NeuronsView
from app.panels.builder.panel import BuilderPanel
from app.training_session import TrainingSession
from trainers.commands import AnyCommand, SetWeight
from trainers.events import NetworkInside
from trainers.first_weights import first_weights
from trainers.layer_catalog import analyse
from trainers.linear_regions import DenseLayer, Rectangle
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph
from trainers.regions_job import RegionsCounted, count, question
from trainers.training_plan import TrainingPlan

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
