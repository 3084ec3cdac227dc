"""MapPlot: the planes from above, to be moved and tilted. Tells what a hand does; changes nothing itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.panels.activation.maxout.line_plot import STEP
from app.panels.activation.maxout.map_layer import LEAST_ARROW, MapLayer, SurfaceScene, per_unit, tip
from app.panels.activation.maxout.pixel_layer import RangedPlot
from app.panels.activation.maxout.planes import Plane, ShiftPlane, TiltPlane
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_NEAR = 12.0  # px


class MapPlot(RangedPlot):
    """dragged: number, Plane, while a hand drags; dropped: what was done. zoomed: factor on what is on show.

    The other signals as LinePlot's; nudged: change of w1, w2, b.
    """

    dragged = Signal(int, object)
    dropped = Signal(str)
    chosen = Signal(int)
    added = Signal(float, float)
    add_asked = Signal()
    remove_asked = Signal()
    stepped = Signal(int)
    nudged = Signal(float, float, float)
    zoomed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "x₁", "x₂", "Maxout of two inputs", parent)
        self.plotItem.vb.setAspectLocked(True)
        self.plotItem.vb.setMouseEnabled(False, False)
        self.layer = MapLayer(theme, self.plotItem.vb)
        self._held: tuple[int, ShiftPlane | TiltPlane] | None = None
        self._has_moved = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.read_out = self._read

    def show_scene(self, scene: SurfaceScene) -> None:
        """Draw this from now on; the anchor of a plane that is held stays where it was taken."""
        if self._held is not None and self.layer.frozen is not None:
            number, anchor = self.layer.frozen
            kept = list(scene.anchors)
            if number < len(kept):
                kept[number] = anchor
                scene = replace(scene, anchors=tuple(kept))
        if scene.half != self.layer.scene_shown.half or not self.layer.scene_shown.regions:
            self.set_ranges((-scene.half, scene.half), (-scene.half, scene.half))
        if scene is not self.layer.scene_shown:  # the solid is turned, say
            self.layer.show_scene(scene)

    @property
    def is_held(self) -> bool:
        """Whether a hand holds a plane."""
        return self._held is not None

    def curve_data(self) -> dict[str, tuple[Floats, Floats]]:
        scene = self.layer.scene_shown
        return {f"border of plane {n + 1}": (r[:, 0], r[:, 1]) for n, r in enumerate(scene.regions) if len(r)}

    def _read(self, x1: float, x2: float) -> str:
        scene = self.layer.scene_shown
        return scene.read_out(x1, x2)

    # --- what lies under the hand ---------------------------------------------------------------------------------------

    def plane_at(self, place: QPointF) -> tuple[int, str] | None:
        """The plane whose handle is at a place in the widget's pixels, and which: "anchor" or "tip"."""
        scene = self.layer.scene_shown
        found: list[tuple[float, bool, int, str]] = []
        for number in range(len(scene.planes)):
            for part, data in (("tip", tip(scene, number)), ("anchor", scene.anchors[number])):
                spot = self.place_of(*data)
                distance = math.dist((spot.x(), spot.y()), (place.x(), place.y()))
                if distance <= _NEAR:
                    found.append((distance, number != scene.selected, number, part))
        return min(found)[2:] if found else None

    def cell_at(self, x1: float, x2: float) -> int | None:
        """The plane that is the largest there."""
        planes = self.layer.scene_shown.planes
        return int(np.argmax([plane.at(x1, x2) for plane in planes])) if planes else None

    # --- mouse ----------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_inside(event.position()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            scene = self.layer.scene_shown
            found = self.plane_at(event.position())
            x1, x2 = self.data_at(event.position())
            if found is None:
                number = self.cell_at(x1, x2)
                if number is not None:
                    self.chosen.emit(number)
            else:
                number, part = found
                plane, anchor = scene.planes[number], scene.anchors[number]
                gesture = (
                    ShiftPlane(plane, x1, x2)
                    if part == "anchor"
                    else TiltPlane(plane, anchor, LEAST_ARROW * scene.half, per_unit(scene, number))
                )
                self._held = number, gesture
                self._has_moved = False
                if part == "tip":
                    self.layer.frozen = number, anchor
                self.chosen.emit(number)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            number, gesture = self._held
            self._has_moved = True
            plane = gesture.to(*self.data_at(event.position()))
            self.dragged.emit(number, Plane(round(plane.w1, 3), round(plane.w2, 3), round(plane.b, 3)))
            event.accept()
            return
        is_over = self.is_inside(event.position()) and self.plane_at(event.position()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held = self._held, None
        self.layer.frozen = None
        if held is None:
            super().mouseReleaseEvent(event)
            return
        if self._has_moved:
            self.dropped.emit(held[1].words)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_inside(event.position()):
            if self.plane_at(event.position()) is None:
                self.added.emit(*self.data_at(event.position()))
            else:
                self.mousePressEvent(event)
            event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoomed.emit(0.87**notches)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.viewport().unsetCursor()
        super().leaveEvent(event)

    # --- keys -----------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEP * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        is_height = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        nudges = {
            Qt.Key.Key_Up: (0.0, 0.0, step) if is_height else (0.0, step, 0.0),
            Qt.Key.Key_Down: (0.0, 0.0, -step) if is_height else (0.0, -step, 0.0),
            Qt.Key.Key_Right: (step, 0.0, 0.0),
            Qt.Key.Key_Left: (-step, 0.0, 0.0),
        }
        key = Qt.Key(event.key())
        if key in nudges:
            self.nudged.emit(*nudges[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.stepped.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Insert:
            self.add_asked.emit()
        else:
            event.ignore()
