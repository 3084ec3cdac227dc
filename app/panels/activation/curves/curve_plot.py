"""CurvePlot: one plot of the board, value or derivative, with a probe that one drags. Knows no function."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from app.panels.activation.curve_layer import CurveLayer, Drawing
from app.panels.activation.curves.state import NARROWEST, WIDEST
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

_NEAR = 7.0  # px: so near the probe a press takes it
_STILL = 4.0  # px: a press that moved no farther was a click


class CurvePlot(StyledPlot):
    """Drag to move the view, turn the wheel to zoom, drag the probe's line or click to place it."""

    probe_moved = Signal(float)
    probe_settled = Signal()
    range_moved = Signal()  # by a person
    stroke_drawn = Signal(object)  # float64 (n, 2), in data coordinates
    pen_changed = Signal(bool)  # taken or let go

    _has_x_axis: bool | None = None  # None: not asked yet

    def __init__(self, theme: Theme, y_label: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, "x", "", y_label, "", title=title, parent=parent)
        box = self.plotItem.vb
        box.setLimits(xMin=-WIDEST, xMax=WIDEST, yMin=-WIDEST, yMax=WIDEST, minXRange=NARROWEST, minYRange=NARROWEST)
        self.layer = CurveLayer(theme, box)
        self._probe: float | None = None
        self._is_probe_held = False
        self.keep_axes()
        self._press: QPointF | None = None
        self._has_pen = False
        self._stroke: list[tuple[float, float]] = []
        self.setMouseTracking(True)
        box.sigResized.connect(self._on_box_changed)
        box.sigRangeChanged.connect(self._on_box_changed)
        box.sigRangeChangedManually.connect(self._on_range_moved)

    def show_drawing(self, drawing: Drawing) -> None:
        """Draw this from now on."""
        self._probe = drawing.probe[0] if drawing.probe is not None else None
        self.layer.show_drawing(drawing)

    def set_ranges(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this part of the plane."""
        self.plotItem.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The part of the plane on show: x, y."""
        (x_low, x_high), (y_low, y_high) = self.plotItem.vb.viewRange()
        return (float(x_low), float(x_high)), (float(y_low), float(y_high))

    def curve_data(self) -> dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
        return {curve.label: (curve.x, curve.y) for curve in self.layer.drawing.curves}

    def show_x_axis(self, is_shown: bool) -> None:
        """The lowest of several plots has the numbers of the axis they share."""
        if is_shown == self._has_x_axis:
            return
        self._has_x_axis = is_shown
        axis = self.plotItem.getAxis("bottom")
        axis.setStyle(showValues=is_shown)
        axis.showLabel(is_shown)
        axis.setHeight(None if is_shown else self.theme.gap(6))

    # --- the hand -----------------------------------------------------------------------------------------------------

    def set_pen(self, is_taken: bool) -> None:
        """Draw instead of move; what was begun is let go."""
        is_new = is_taken != self._has_pen
        self._has_pen = is_taken
        if is_taken:
            self.setFocus()
        self._stroke = []
        self.layer.show_stroke(None)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor if is_taken else Qt.CursorShape.ArrowCursor)
        if is_new:
            self.pen_changed.emit(is_taken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._has_pen:
            self.set_pen(False)
        else:
            super().keyPressEvent(event)

    def _draw_on(self, place: QPointF) -> None:
        point = self.plotItem.vb.mapSceneToView(self.mapToScene(place.toPoint()))
        x_range, y_range = self.ranges()
        self._stroke.append((_rounded(point.x(), x_range), _rounded(point.y(), y_range)))
        self.layer.show_stroke(np.array(self._stroke))

    def _pixel_of_probe(self) -> float | None:
        return None if self._probe is None else self.place_of(self._probe, 0.0).x()

    def _is_near_probe(self, place: QPointF) -> bool:
        pixel = self._pixel_of_probe()
        return pixel is not None and abs(place.x() - pixel) <= _NEAR

    def _x_at(self, place: QPointF) -> float:
        x = self.plotItem.vb.mapSceneToView(self.mapToScene(place.toPoint())).x()
        (low, high), _ = self.ranges()
        step = 10.0 ** np.floor(np.log10((high - low) / 500))  # what a pixel means, rounded to a number one can say
        return float(round(x / step) * step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press = event.position()
        if self._has_pen and event.button() == Qt.MouseButton.LeftButton:
            self._stroke = []
            self._draw_on(event.position())
            event.accept()
            return
        if event.button() == Qt.MouseButton.LeftButton and self._is_near_probe(event.position()):
            self._is_probe_held = True
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._has_pen:
            if event.buttons() & Qt.MouseButton.LeftButton:
                self._draw_on(event.position())
            event.accept()
            return
        if self._is_probe_held:
            self.probe_moved.emit(self._x_at(event.position()))
            event.accept()
            return
        is_near = self._is_near_probe(event.position())
        self.viewport().setCursor(Qt.CursorShape.SizeHorCursor if is_near else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._has_pen and self._stroke:
            stroke = np.array(self._stroke)
            self.set_pen(False)
            self.stroke_drawn.emit(stroke)
            event.accept()
            return
        press, self._press = self._press, None
        was_held, self._is_probe_held = self._is_probe_held, False
        if was_held:
            self.probe_settled.emit()
            event.accept()
            return
        super().mouseReleaseEvent(event)
        is_click = press is not None and (event.position() - press).manhattanLength() <= _STILL
        inside = self.plotItem.vb.sceneBoundingRect().contains(self.mapToScene(event.position().toPoint()))
        if is_click and inside and event.button() == Qt.MouseButton.LeftButton:
            self.probe_moved.emit(self._x_at(event.position()))
            self.probe_settled.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()  # which gives every axis its label and the room for it
        is_shown, self._has_x_axis = self._has_x_axis, None
        if is_shown is not None:
            self.show_x_axis(is_shown)

    @Slot()
    def _on_box_changed(self) -> None:
        self.layer.prepareGeometryChange()
        self.layer.update()

    @Slot()
    def _on_range_moved(self) -> None:
        self.range_moved.emit()


def _rounded(value: float, span: tuple[float, float]) -> float:
    """To a tenth of a pixel: a hand is no surer, and the code that is made of it can be read."""
    return round(value, 4 - math.ceil(math.log10(span[1] - span[0])))
