"""NeuronsHands: what a person does to a network opened into neurons, each one step to undo. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Slot

from app.network_document import NetworkDocument
from app.panels.builder.edits import DrawingEdits
from app.panels.builder.neurons_bar import NeuronsBar
from app.panels.builder.neurons_chain import NeuronNet
from app.panels.builder.neurons_edits import with_function, with_hidden_layer, with_units, without_hidden_layer
from app.panels.builder.neurons_field import NumberEntry
from app.panels.builder.neurons_heads import ColumnHead
from app.panels.builder.neurons_link import NeuronsLink
from app.panels.builder.neurons_number import place_of
from app.widgets.neuron_net_canvas import NeuronNetCanvas
from app.widgets.neuron_net_layout import Spot, Wire
from trainers.network_graph import NetworkGraph

Make = Callable[[NetworkGraph, NeuronNet], NetworkGraph]


class NeuronsHands(QObject):
    """Hears buttons, clicks and numbers. net: the network on show."""

    def __init__(
        self,
        document: NetworkDocument,
        edits: DrawingEdits,
        link: NeuronsLink,
        bar: NeuronsBar,
        canvas: NeuronNetCanvas,
        entry: NumberEntry,
    ) -> None:
        super().__init__(canvas)
        self.net: NeuronNet | None = None
        self._document = document
        self._edits = edits
        self._link = link
        self._canvas = canvas
        self._entry = entry
        bar.layers_asked.connect(self._on_layers_asked)
        bar.function_asked.connect(self._on_function_for_all_asked)
        canvas.weight_asked.connect(self._on_number_asked)
        canvas.bias_asked.connect(self._on_number_asked)
        entry.entered.connect(self._on_number_entered)

    def take_head(self, head: ColumnHead) -> None:
        """Hear another column's buttons."""
        head.units_asked.connect(self._on_units_asked)
        head.function_asked.connect(self._on_function_asked)

    def _edit(self, text: str, make: Make) -> None:
        """One step to undo; where it cannot be, it is said why."""
        net = self.net
        if net is not None:
            self._edits.draw(text, lambda: make(self._document.drawing, net))

    @Slot(int)
    def _on_layers_asked(self, way: int) -> None:
        if way > 0:
            self._edit("Add a hidden layer", with_hidden_layer)
        else:
            self._edit("Take a hidden layer away", without_hidden_layer)

    @Slot(int, int)
    def _on_units_asked(self, place: int, units: int) -> None:
        if self.net is not None:
            name = self.net.columns[place].dense
            self._edit(f"Set {name}'s neurons to {units}", lambda graph, net: with_units(graph, net, place, units))

    @Slot(int, str)
    def _on_function_asked(self, place: int, kind: str) -> None:
        self._edit("Choose a function", lambda graph, net: with_function(graph, net.columns[place : place + 1], kind))

    @Slot(str)
    def _on_function_for_all_asked(self, kind: str) -> None:
        self._edit("Choose a function for all", lambda graph, net: with_function(graph, net.hidden, kind))

    @Slot(object)
    def _on_number_asked(self, what: Spot | Wire) -> None:
        if self.net is None:
            return
        values, place = self._canvas.values, place_of(self.net, what)
        value = values.bias(what) if isinstance(what, Spot) else values.weight(what)
        if value is not None:
            at = self._canvas.bias_place(what) if isinstance(what, Spot) else self._canvas.place_of(what)
            self._entry.ask(what, place, value, QPointF(at))

    @Slot(object, float)
    def _on_number_entered(self, what: Spot | Wire, number: float) -> None:
        values = self._canvas.values
        before = values.bias(what) if isinstance(what, Spot) else values.weight(what)
        if self.net is not None and before is not None and number != before:
            self._link.set_number(place_of(self.net, what), before, number)
