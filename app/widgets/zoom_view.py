"""ZoomView: a QGraphicsView that zooms about the pointer, pans by dragging and fits what it shows. Knows nothing of networks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsScene, QGraphicsView, QWidget

ZOOM_RANGE = (0.02, 6.0)  # screen pixels per scene unit
STEP = 1.25


class ZoomView(QGraphicsView):
    """A scene to move through. While `is_fitted`, the whole scene is kept in sight when the view changes its size."""

    zoomed = Signal(float)
    moved = Signal()  # what is in sight has changed: once a step, in both directions together
    pressed_at = Signal(QPoint)  # a click that was no drag, viewport pixels

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_fitted = True
        self._fitted: tuple[float, QRectF, QRect] | None = None  # zoom, scene and room that are on show
        self.largest_zoom = ZOOM_RANGE[1]
        self.largest_fit = 1.6  # what is small is not blown up to fill a wall
        self._pressed: QPoint | None = None
        self._is_moving = False
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 96)
        self.horizontalScrollBar().valueChanged.connect(self._on_bar_turned)
        self.verticalScrollBar().valueChanged.connect(self._on_bar_turned)

    @property
    def zoom(self) -> float:
        """Screen pixels per scene unit."""
        return self.transform().m11()

    @Slot()
    def fit(self) -> None:
        """Show the whole scene, and go on doing so."""
        self.is_fitted = True
        self.arrange()

    def area(self) -> QRectF:
        """What is to be seen of the scene when all of it is."""
        return self.sceneRect()

    def arrange(self) -> None:
        """Lay out for the room there is (subclasses), and fit."""
        area, room = self.area(), self.viewport().rect()
        if not self.is_fitted or area.isEmpty() or room.isEmpty():
            return
        scale = min((room.width() - 2) / area.width(), (room.height() - 2) / area.height(), self.largest_fit)
        if (scale, area, room) == self._fitted:
            return  # as it stands: setting it again would paint everything anew
        self._fitted = (scale, area, room)
        with self._as_one_move():
            self.resetTransform()
            self.scale(scale, scale)
            self.centerOn(area.center())
        self.zoomed.emit(scale)

    @Slot()
    def zoom_in(self) -> None:
        """A step nearer, about the middle."""
        self.zoom_about(STEP, QPointF(self.viewport().rect().center()))

    @Slot()
    def zoom_out(self) -> None:
        """A step farther, about the middle."""
        self.zoom_about(1 / STEP, QPointF(self.viewport().rect().center()))

    def zoom_about(self, factor: float, at: QPointF) -> None:
        """Zoom by `factor` so that what is drawn at `at` (viewport pixels) stays there."""
        factor = min(max(self.zoom * factor, ZOOM_RANGE[0]), self.largest_zoom) / self.zoom
        if factor == 1.0:
            return
        self._leave_fit()
        under = self.viewportTransform().inverted()[0].map(at)
        with self._as_one_move():
            self.scale(factor, factor)
            moved = self.viewportTransform().map(under)
            self._scroll(round(moved.x() - at.x()), round(moved.y() - at.y()))
        self.zoomed.emit(self.zoom)

    def pan(self, by: QPoint) -> None:
        """Pull the scene along by so many pixels."""
        self._leave_fit()
        with self._as_one_move():
            self._scroll(-by.x(), -by.y())

    def _scroll(self, across: int, down: int) -> None:
        for bar, distance in ((self.horizontalScrollBar(), across), (self.verticalScrollBar(), down)):
            bar.setValue(bar.value() + distance)

    @contextmanager
    def _as_one_move(self) -> Iterator[None]:
        """Both scroll bars first, then `moved`: were something placed on the view between them, Qt would paint all of it
        anew instead of shifting what is painted already (14 ms for 3)."""
        was_moving, self._is_moving = self._is_moving, True
        before = self.viewportTransform()
        try:
            yield
        finally:
            self._is_moving = was_moving
        if not was_moving and self.viewportTransform() != before:
            self.moved.emit()

    @Slot()
    def _on_bar_turned(self) -> None:
        if not self._is_moving:
            self.moved.emit()

    def _leave_fit(self) -> None:
        self.is_fitted, self._fitted = False, None

    def look_at(self, zoom: float, x: float, y: float) -> None:
        """Stand at `zoom` with the scene's point (x, y) in the middle."""
        self._leave_fit()
        with self._as_one_move():
            self.resetTransform()
            self.scale(zoom, zoom)
            self.centerOn(x, y)
            at, half = self.viewportTransform().map(QPointF(x, y)), self._half()
            self._scroll(round(at.x() - half.x()), round(at.y() - half.y()))  # Qt's own rounding strays by a pixel
        self.zoomed.emit(zoom)

    def middle(self) -> QPointF:
        """The scene's point in the middle: `look_at` there changes nothing."""
        return self.viewportTransform().inverted()[0].map(self._half())

    def _half(self) -> QPointF:
        room = self.viewport().size()
        return QPointF(room.width() / 2, room.height() / 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_fitted:
            self.arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            self.zoom_about(1.0015**turned, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        was, self._pressed = self._pressed, None
        if was is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if (at - was).manhattanLength() < QApplication.startDragDistance():
            self.pressed_at.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        slot = {
            Qt.Key.Key_F: self.fit,
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
        }.get(Qt.Key(event.key()))
        if slot is None or event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            event.ignore()
        else:
            slot()
