"""AxonStrip: an axon as anatomy, coloured by its voltage: sheath of wraps, gaps at the nodes, front of the impulse. Runs nothing.

The sheath is drawn once into a picture; a frame is one row of colours, that picture over it, and a few marks.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.axon.pixels import VoltagePixels
from app.panels.neuron.benches.axon.sheath import StripGeometry, draw_sheath
from app.panels.neuron.benches.axon.state import INTERNODES, AxonState
from app.widgets.theme import Theme

NODE_UM = 2.0
_THICKEST = 18  # px of the design, a sheath of the most wraps
_USUAL_ROW = 250  # px of the design, height of the row that it stands in


class AxonStrip(QWidget):
    """One axon from left to right; the pixel range of its length is given by `set_span`, so that it stands under its profile.

    is_myelinated: with internodes, which can be clicked, dragged over, or chosen by arrow keys and Enter: `stripped` says
    from which to which. pointed: the place under the pointer in mm, or a negative number when it has left.
    """

    stripped = Signal(int, int)  # first, last internode
    pointed = Signal(float)

    def __init__(
        self, theme: Theme, pixels: VoltagePixels, *, is_myelinated: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixels = pixels
        self.is_myelinated = is_myelinated
        self._state = AxonState()
        self._span = (0.0, 1.0)
        self._room = 1.0
        self._x_mm: np.ndarray = np.zeros(0)
        self._v_mV: np.ndarray = np.zeros(0)
        self._active: list[tuple[float, float]] = []
        self._intact_front: float | None = None
        self._is_stimulated = False
        self._sheath: QPixmap | None = None
        self.chosen: int | None = None  # internode under the pointer or the keys
        self._pressed: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if is_myelinated:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setAccessibleName("Myelinated axon: 40 internodes; arrow keys choose one, Enter strips it")
            self.setToolTip("Click an internode to take its myelin; click it again to give it back; drag for several")
        else:
            self.setAccessibleName("Bare axon")
            self.setToolTip("A bare axon of the same diameter, with ion channels along all of it")
        theme.changed.connect(self._on_theme_changed)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def set_state(self, state: AxonState) -> None:
        """Which sheath is drawn."""
        self._state = state
        self._sheath = None
        self.update()

    def set_span(self, left: float, right: float) -> None:
        """Pixels of the axon's start and end."""
        if (left, right) != self._span:
            self._span = (left, right)
            self._sheath = None
            self.update()

    def show_voltage(
        self,
        x_mm: np.ndarray,
        v_mV: np.ndarray,
        active: list[tuple[float, float]],
        *,
        intact_front: float | None = None,
        is_stimulated: bool = False,
    ) -> None:
        """V at one moment. active: first and last place (mm) of each impulse; intact_front: where the unharmed axon's is."""
        self._x_mm, self._v_mV, self._active = x_mm, v_mV, active
        self._intact_front, self._is_stimulated = intact_front, is_stimulated
        self.update()

    @property
    def length_mm(self) -> float:
        """Of the axon."""
        return (INTERNODES * self._state.internode_um + (INTERNODES + 1) * NODE_UM) * 1e-3

    def x_of(self, place_mm: float) -> float:
        """Pixel of a place."""
        left, right = self._span
        return left + (right - left) * place_mm / self.length_mm

    @property
    def geometry_now(self) -> StripGeometry:
        """Where its parts are drawn."""
        gap, room = self._theme.gap, self._room
        return StripGeometry(
            left=self._span[0],
            right=self._span[1],
            middle=room * (gap(14) + gap(_THICKEST if self.is_myelinated else 4)),
            core=room * (gap(12) + gap(10) * self._state.diameter_um / 20.0),
            thickest=room * gap(_THICKEST),
            is_myelinated=self.is_myelinated,
        )

    def set_room(self, height: float) -> None:
        """How high the row is that it stands in, px: there is a larger strip in a larger row."""
        room = round(min(max(height / self._theme.gap(_USUAL_ROW), 1.0), 2.0), 2)
        if room != self._room:
            self._room = room
            self._sheath = None
            self.updateGeometry()
            self.update()

    def internode_at(self, at: QPointF) -> int | None:
        """The internode at a pixel, None beside them."""
        left, right = self._span
        share = (at.x() - left) / max(right - left, 1.0)
        if not self.is_myelinated or not 0.0 <= share < 1.0:
            return None
        return int(share * INTERNODES)

    def sizeHint(self) -> QSize:
        return QSize(300, round(2 * self.geometry_now.middle + self._theme.gap(14)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        self._draw_core(painter)
        if self._sheath is None:
            self._sheath = self._drawn_sheath()
        painter.drawPixmap(0, 0, self._sheath)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_chosen(painter)
        self._draw_impulse(painter)
        self._draw_electrode(painter)

    def _draw_core(self, painter: QPainter) -> None:
        left, right = self._span
        shape = self.geometry_now
        box = QRectF(left, shape.middle - shape.core / 2, right - left, shape.core)
        if not len(self._v_mV):
            painter.fillRect(box, self._theme.color("hairline"))
            return
        pixels = max(round(right - left), 1)
        at = (np.arange(pixels) + 0.5) / pixels * self.length_mm
        painter.drawImage(box, self._pixels.image(np.interp(at, self._x_mm, self._v_mV)[None, :]))

    def _drawn_sheath(self) -> QPixmap:
        """All that stands still: the membrane's edges, the myelin, what has been taken of it."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_sheath(painter, self._theme, self._state, self.geometry_now)
        painter.end()
        return picture

    def _draw_chosen(self, painter: QPainter) -> None:
        if self.chosen is None or not self.is_myelinated:
            return
        first, last = self.chosen, self._pressed if self._pressed is not None else self.chosen
        first, last = min(first, last), max(first, last)
        shape = self.geometry_now
        box = shape.internode_rect(first).united(shape.internode_rect(last)).adjusted(-1, -2, 1, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("focus"), 2.0))
        painter.drawRoundedRect(box, 3, 3)

    def _draw_impulse(self, painter: QPainter) -> None:
        """A bar under what is above -40 mV, with a triangle at its front; hollow: where the intact axon's front is."""
        y = 2 * self.geometry_now.middle + self._theme.gap(4)
        side = float(self._theme.gap(6))
        ink = self._theme.color("text")
        if self._intact_front is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 1.2))
            painter.drawPolygon(_triangle(self.x_of(self._intact_front), y, side))
        for stretch in self._active:
            start, front = (self.x_of(place) for place in stretch)
            painter.setPen(QPen(ink, 2.0))
            painter.drawLine(QPointF(start, y), QPointF(front, y))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawPolygon(_triangle(front, y, side))

    def _draw_electrode(self, painter: QPainter) -> None:
        """A pipette at the start, filled while its current flows."""
        x, tip = self._span[0], self.geometry_now.middle
        painter.setPen(QPen(self._theme.color("text"), 1.4))
        painter.setBrush(self._theme.color("positive") if self._is_stimulated else QColor(Qt.GlobalColor.transparent))
        wide, long = self._theme.gap(4), self._theme.gap(15)
        painter.drawPolygon(QPolygonF([QPointF(x, tip), QPointF(x - long, tip - 2 * wide), QPointF(x - long, tip + 0)]))

    # --- what a person does -------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self.internode_at(event.position())
            self._choose(self._pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self.internode_at(event.position())
        if self._pressed is None or number is not None:
            self._choose(number)
        left, right = self._span
        share = (event.position().x() - left) / max(right - left, 1.0)
        self.pointed.emit(share * self.length_mm if 0.0 <= share <= 1.0 else -1.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None and self.chosen is not None:
            first, last = sorted((self._pressed, self.chosen))
            self._pressed = None
            self.stripped.emit(first, last)
        self._pressed = None

    def leaveEvent(self, _event: QEvent) -> None:
        self.pointed.emit(-1.0)
        if self._pressed is None:
            self._choose(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if self.is_myelinated and step is not None:
            start = self.chosen if self.chosen is not None else INTERNODES // 2 - step
            self._choose(min(max(start + step, 0), INTERNODES - 1))
        elif self.is_myelinated and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.stripped.emit(self.chosen, self.chosen)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._choose(None)
        super().focusOutEvent(event)

    def _choose(self, number: int | None) -> None:
        if number != self.chosen:
            self.chosen = number
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._sheath = None
        super().resizeEvent(event)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._sheath = None
        self.updateGeometry()
        self.update()


def _triangle(x: float, top: float, side: float) -> QPolygonF:
    """A triangle that points up at x."""
    return QPolygonF(
        [
            QPointF(x, top - side * 0.6),
            QPointF(x - side * 0.6, top + side * 0.6),
            QPointF(x + side * 0.6, top + side * 0.6),
        ]
    )
