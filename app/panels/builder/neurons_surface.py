"""NeuronsSurface: the data's points, and over them the answer of a small network or one of its neurons. Imports no torch."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Slot

from app.panels.builder.neurons_chain import NeuronNet
from app.panels.builder.neurons_link import NeuronsLink
from app.panels.builder.neurons_number import spot_words
from app.panels.builder.neurons_output import ANSWER, NeuronsOutput
from app.panels.builder.neurons_values import answer_of, surface_of
from app.widgets.neuron_net_canvas import NeuronNetCanvas
from app.widgets.neuron_net_layout import Spot
from app.widgets.neuron_net_painting import NetValues
from trainers.events import Snapshot
from trainers.planar_data import PLANAR_DATA, make_planar
from trainers.training_plan import DataChoice


class NeuronsSurface(QObject):
    """Fills `output`; what the answer means depends on the data, so that the output neuron's picture is worked out here too."""

    def __init__(self, link: NeuronsLink, canvas: NeuronNetCanvas, output: NeuronsOutput) -> None:
        super().__init__(output)
        self._link = link
        self._canvas = canvas
        self._output = output
        self._data_shown: DataChoice | None = None  # whose points are drawn, which takes 23 ms
        link.pictured.connect(self._on_pictured)

    @property
    def _classes(self) -> tuple[str, ...]:
        return self._link.spec.classes if self._link.spec is not None else ()

    def show_data(self) -> None:
        """The points chosen: those of the made sets are known without a run, those of a table from its run on."""
        data, snapshot = self._link.data, self._link.snapshot
        if data.name in PLANAR_DATA:
            if data != self._data_shown:
                split = make_planar(data)
                self._output.show_points(
                    np.concatenate([split.train_inputs, split.test_inputs]),
                    np.concatenate([split.train_targets, split.test_targets]).reshape(-1),
                    np.repeat([False, True], [len(split.train_inputs), len(split.test_inputs)]),
                    split.classes,
                )
        else:
            if data != self._data_shown:
                self._output.forget_points(self._classes)
            if snapshot is not None:
                self._on_pictured(snapshot)
        self._data_shown = data

    def with_answer(self, net: NeuronNet, values: NetValues) -> NetValues:
        """With the picture of an output neuron that is alone: what it says of the data, as it is drawn large beside."""
        surface = surface_of(net, values, len(self._classes)) if net.output.units == 1 else None
        if surface is None:
            return values
        return values._replace(answer=answer_of(surface, len(self._classes), self._output.plot.largest))

    def show_answer(self, net: NeuronNet) -> None:
        """The answer, or the neuron that is pointed at."""
        values, inside = self._canvas.values, self._link.inside
        extent = inside.extent if inside is not None else None
        spot = self._canvas.pointed if isinstance(self._canvas.pointed, Spot) else self._canvas.chosen
        response = values.responses[spot.column] if isinstance(spot, Spot) else None
        if isinstance(spot, Spot) and response is not None and not _is_answer(net, spot):
            scale = values.scales[spot.column]
            self._output.show_surface(spot_words(net, spot), response[spot.unit], extent, (-scale, scale))
            return
        self._output.show_surface(ANSWER, surface_of(net, values, len(self._classes)), extent)

    @Slot(object)
    def _on_pictured(self, snapshot: Snapshot) -> None:
        points, targets, is_test = snapshot.points, snapshot.point_targets, snapshot.point_is_test
        if (
            self._link.data.name not in PLANAR_DATA
            and points is not None
            and targets is not None
            and is_test is not None
        ):
            self._output.show_points(np.asarray(points), np.asarray(targets), np.asarray(is_test), self._classes)


def _is_answer(net: NeuronNet, spot: Spot) -> bool:
    return spot.column == len(net.columns) and net.output.units == 1
