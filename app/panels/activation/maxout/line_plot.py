"""LinePlot and StairPlot: the lines, to be dragged, and the slope beneath. Tell what a hand does; change nothing themselves."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from app.panels.activation.maxout.held_plot import HeldPlot
from app.panels.activation.maxout.line_layer import LineLayer, StairLayer, handles, visible
from app.panels.activation.maxout.line_scene import LineScene
from app.panels.activation.maxout.lines import Line, MoveLine, Pull, TurnLine, rounded, slope
from app.panels.activation.maxout.pixel_layer import RangedPlot
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_NEAR = 8.0  # px: so near a line a press takes it
_CATCH = 6.0  # px: so far a value of note reaches
_SIDE = 0.25  # of the visible part at either end: there it is turned, between them moved

_HINT_CURSORS = {"start": Qt.CursorShape.PointingHandCursor, "end": Qt.CursorShape.PointingHandCursor}


class LinePlot(HeldPlot):
    """dragged: number, Line, while a hand drags. nudged: change of w, of b, by keys. The other signals as HeldPlot's."""

    dragged = Signal(int, object)
    nudged = Signal(float, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "x", "f(x)", "Maxout", parent)
        self.layer = LineLayer(theme, self.plotItem.vb)
        self.is_snapping = True
        self.touching: object = None
        self._held: tuple[int, MoveLine | TurnLine] | None = None
        self.setToolTip("")
        self.read_out = self._read

    def show_scene(self, scene: LineScene) -> None:
        """Draw this from now on."""
        self.layer.show_scene(scene)

    def curve_data(self) -> dict[str, tuple[Floats, Floats]]:
        scene = self.layer.scene_shown
        return {"Maxout": (scene.corners_x, scene.corners_y)}

    def _read(self, x: float, _y: float) -> str:
        return self.layer.scene_shown.read_out(x)

    # --- what lies under the hand ---------------------------------------------------------------------------------------

    def line_at(self, place: QPointF) -> tuple[int, str] | None:
        """The line at a place in the widget's pixels, and the part: "start", "middle" or "end"."""
        scene = self.layer.scene_shown
        frame = self.layer.frame()
        local = self.plotItem.vb.mapFromScene(self.mapToScene(place.toPoint()))
        order = sorted(range(len(scene.lines)), key=lambda number: number != scene.selected)
        for number in order:  # the handles of the chosen one lie over all lines
            if number == scene.selected:
                for part, handle in zip(("start", "middle", "end"), handles(frame, scene, number), strict=False):
                    if math.dist((handle.x(), handle.y()), (local.x(), local.y())) <= _NEAR + 1:
                        return number, part
        best: tuple[float, int] | None = None
        for number in order:
            line = scene.lines[number]
            x = (local.x() - frame.x0) / frame.xs
            down = frame.y0 + frame.ys * line.at(x) - local.y()
            tilt = frame.ys * line.w / frame.xs
            distance = abs(down) / math.hypot(1.0, tilt)
            if distance <= _NEAR and (best is None or distance < best[0] - 0.5):
                best = distance, number
        if best is None:
            return None
        span = visible(frame, scene, best[1])
        if span is None:
            return None
        share = ((local.x() - frame.x0) / frame.xs - span[0]) / (span[1] - span[0])
        return best[1], "start" if share < _SIDE else "end" if share > 1 - _SIDE else "middle"

    def _gesture(self, number: int, part: str, place: QPointF) -> MoveLine | TurnLine:
        scene, frame = self.layer.scene_shown, self.layer.frame()
        line = scene.lines[number]
        x, y = self.data_at(place)
        span = visible(frame, scene, number)
        if part == "middle" or span is None:
            return MoveLine(line, x, y)
        low, high, _, _ = frame.view()
        pivot = span[1] - 0.06 * (span[1] - span[0]) if part == "start" else span[0] + 0.06 * (span[1] - span[0])
        return TurnLine(line, pivot, 0.02 * (high - low))

    def _pull(self, event: QMouseEvent) -> Pull:
        if not self.is_snapping or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return Pull()
        return Pull(_CATCH / abs(self.layer.frame().ys), self.touching)

    # --- mouse ----------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_inside(event.position()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            found = self.line_at(event.position())
            if found is not None:
                self._held = found[0], self._take_hold(self._gesture(*found, event.position()))
                self.layer.held = found[0]
                self.chosen.emit(found[0])
                event.accept()
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            number, gesture = self._held
            self._has_moved = True
            line = rounded(gesture.to(*self.data_at(event.position()), self._pull(event)), self._grain())
            self.dragged.emit(number, line)
            self._show_text(_line_text(line))
            event.accept()
            return
        found = self.line_at(event.position()) if self.is_inside(event.position()) else None
        self._hover(found[0] if found else None)
        cursor = Qt.CursorShape.ArrowCursor
        if found is not None:
            cursor = _HINT_CURSORS.get(found[1], Qt.CursorShape.SizeVerCursor)
        self.viewport().setCursor(cursor)
        super().mouseMoveEvent(event)

    def _let_go(self) -> None:
        self._held = self.layer.held = None

    def _is_over_piece(self, place: QPointF) -> bool:
        return self.line_at(place) is not None

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def _hover(self, number: int | None) -> None:
        if number != self.layer.hovered:
            self.layer.hovered = number
            self.layer.update()

    def _grain(self) -> float:
        """What a pixel means, rounded down to a number that one can say."""
        return 10.0 ** math.floor(math.log10(1.0 / abs(self.layer.frame().ys)))

    # --- keys -----------------------------------------------------------------------------------------------------------

    def _nudge(self, key: Qt.Key, step: float, *, is_control: bool) -> bool:
        nudges = {
            Qt.Key.Key_Up: (0.0, step),
            Qt.Key.Key_Down: (0.0, -step),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Left: (-step, 0.0),
        }
        if key in nudges:
            self.nudged.emit(*nudges[key])
        return key in nudges


class StairPlot(RangedPlot):
    """The slope of the largest line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "x", "f′(x)", "Slope of Maxout", parent)
        self.layer = StairLayer(theme, self.plotItem.vb)
        self.read_out = self._read

    def show_scene(self, scene: LineScene) -> None:
        """Draw this from now on."""
        self.layer.show_scene(scene)

    def curve_data(self) -> dict[str, tuple[Floats, Floats]]:
        scene = self.layer.scene_shown
        x = scene.corners_x
        return {"slope": (x, slope(scene.lines, x))}

    def _read(self, x: float, _y: float) -> str:
        scene = self.layer.scene_shown
        return f"x = {readable(x)}   f′ = {readable(float(slope(scene.lines, x)))}" if scene.lines else ""


def _line_text(line: Line) -> str:
    return f"w = {readable(line.w)}   b = {readable(line.b)}"
