"""What a hand does on the cell: one class for each gesture; the view offers each its events. Draws nothing, changes no cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

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

    def follow(self, at: QPointF, slack_px: int) -> None:
        """The hand is at `at` now; it drags once it has left the place of the press by `slack_px`."""
        gap = at - self.start
        self.was_drag = self.was_drag or abs(gap.x()) + abs(gap.y()) >= slack_px
        if self.was_drag:
            self.move(at)

    def move(self, at: QPointF) -> None:
        """The hand drags, and is at `at` now."""
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
        self.from_compartment = view.picture.electrode
        self.compartment = -1
        self.tip = view.scene.instruments.tip(view.picture)
        if view.scene.instruments.is_on_knob(view.picture, at):
            view.hold.begin()
        else:
            view.hold.wait()

    def move(self, at: QPointF) -> None:
        if self.view.hold.is_injecting:
            return  # current flows: the tip stays where it is
        self.view.hold.stop_waiting()
        compartment = self.view.picking.compartment_near(self.tip + (at - self.start), CATCH_PX)
        if compartment is not None:
            self.compartment = compartment
            self.view.set_electrode(compartment)

    def end(self, at: QPointF) -> None:
        self.view.hold.end()
        if self.compartment >= 0:
            self.view.electrode_moved.emit(self.compartment)

    def cancel(self) -> None:
        self.view.hold.end()
        self.view.set_electrode(self.from_compartment)


class MoveProbe(Gesture):
    """Drags a probe's flag onto another place."""

    def __init__(self, view: CellView, at: QPointF, number: int) -> None:
        super().__init__(view, at)
        self.number = number
        self.compartment = -1

    def move(self, at: QPointF) -> None:
        compartment = self.view.picking.compartment_near(at, CATCH_PX)
        if compartment is not None:
            self.compartment = compartment
            self.view.preview_probe(self.number, compartment)

    def end(self, at: QPointF) -> None:
        self.view.preview_probe(-1, -1)
        if self.compartment >= 0:
            self.view.probe_moved.emit(self.number, self.compartment)

    def cancel(self) -> None:
        self.view.preview_probe(-1, -1)


def begin_gesture(view: CellView, at: QPointF, button: Qt.MouseButton, *, adds: bool) -> Gesture | None:
    """The gesture that begins with a press at `at`.

    The right button selects anywhere, the middle one drags the picture anywhere; the left one takes what is there, and on free
    ground it drags the picture, or selects where all of the cell is in sight and there is nothing to drag. adds: to a selection.
    """
    if button == Qt.MouseButton.RightButton:
        return Brush(view, at, adds=adds)
    if button == Qt.MouseButton.MiddleButton:
        return Pan(view, at)
    if button != Qt.MouseButton.LeftButton:
        return None
    instruments, picture = view.scene.instruments, view.picture
    if not picture.is_near:
        if instruments.is_on_electrode(picture, at):
            return MoveElectrode(view, at)
        number = instruments.flag_at(picture, at)
        if number is not None:
            return MoveProbe(view, at, number)
    is_whole = view.camera.view.zoom <= 1.001
    if adds or (is_whole and view.picking.input_at(at) is None):
        return Brush(view, at, adds=adds)
    return Pan(view, at)
