"""What a hand does on the cell: one class for each gesture; the view offers each its events. Draws nothing, changes no cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from app.panels.neuron.cell_view import CellView

CATCH_PX = 60.0  # how far from a compartment an electrode or a probe is let go and still finds it


class Gesture:
    """Something that begins with a press, is moved and ends. `was_drag`: the hand has left the place of the press."""

    def __init__(self, view: CellView, at: QPointF) -> None:
        self.view = view
        self.start = at
        self.last = at
        self.was_drag = False

    def move(self, at: QPointF) -> None:
        """The hand is at `at` now, dragging."""
        self.last = at

    def end(self, at: QPointF) -> None:
        """The hand lets go at `at`."""

    def cancel(self) -> None:
        """The hand is taken away (Escape, another window)."""


class Pan(Gesture):
    """Drags the picture; a press that was no drag is a click on what is there."""

    def move(self, at: QPointF) -> None:
        self.view.pan(at - self.last)
        self.last = at

    def end(self, at: QPointF) -> None:
        if not self.was_drag:
            self.view.click(at)


class Brush(Gesture):
    """A rubber band that selects the synapses in it; `adds`: to those that are selected."""

    def __init__(self, view: CellView, at: QPointF, *, adds: bool) -> None:
        super().__init__(view, at)
        self.adds = adds

    def move(self, at: QPointF) -> None:
        self.last = at
        self.view.show_brush(QRectF(self.start, at).normalized())

    def end(self, at: QPointF) -> None:
        self.view.show_brush(None)
        if not self.was_drag:
            self.view.click(at, adds=self.adds)
        else:
            self.view.select_within(QRectF(self.start, at).normalized(), adds=self.adds)

    def cancel(self) -> None:
        self.view.show_brush(None)


class MoveElectrode(Gesture):
    """Holding the electrode still injects; dragging puts its tip on another place."""

    def __init__(self, view: CellView, at: QPointF) -> None:
        super().__init__(view, at)
        self.compartment = -1

    def move(self, at: QPointF) -> None:
        if self.view.is_injecting:
            return  # current flows: the tip stays where it is
        self.view.stop_waiting()
        compartment = self.view.compartment_near(self.view.electrode_tip + (at - self.start), CATCH_PX)
        if compartment is not None:
            self.compartment = compartment
            self.view.preview_electrode(compartment)

    def end(self, at: QPointF) -> None:
        self.view.stop_injecting()
        if self.compartment >= 0:
            self.view.put_electrode(self.compartment)

    def cancel(self) -> None:
        self.view.stop_injecting()


class MoveProbe(Gesture):
    """Drags a probe's flag onto another place."""

    def __init__(self, view: CellView, at: QPointF, number: int) -> None:
        super().__init__(view, at)
        self.number = number
        self.compartment = -1

    def move(self, at: QPointF) -> None:
        compartment = self.view.compartment_near(at, CATCH_PX)
        if compartment is not None:
            self.compartment = compartment
            self.view.preview_probe(self.number, compartment)

    def end(self, at: QPointF) -> None:
        self.view.preview_probe(-1, -1)
        if self.compartment >= 0:
            self.view.probe_moved.emit(self.number, self.compartment)

    def cancel(self) -> None:
        self.view.preview_probe(-1, -1)
