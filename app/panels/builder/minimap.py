"""MiniMap: the whole drawing, small, in a corner of the canvas while a part of it is out of sight. Edits nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.panels.builder.board import DrawingBoard
from app.widgets.layer_style import family_of
from app.widgets.theme import Theme

_SIZE = (170, 108)  # px at scale 1
_LEAST_ROOM = 3  # times its size, or it would hide more than it shows


class MiniMap(QWidget):
    """Drag in it to look elsewhere."""

    def __init__(self, theme: Theme, board: DrawingBoard) -> None:
        super().__init__(board.viewport())
        self._theme = theme
        self._board = board
        self.is_wanted = True
        self.setAccessibleName("Map of the whole network")
        self.setToolTip("The whole network; drag to look elsewhere (M hides it)")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        board.zoomed.connect(self.place)
        board.horizontalScrollBar().valueChanged.connect(self.place)
        board.verticalScrollBar().valueChanged.connect(self.place)
        theme.changed.connect(self.place)
        self.hide()

    @Slot()
    def toggle(self) -> None:
        """Show it where it is of use, or never."""
        self.is_wanted = not self.is_wanted
        self.place()

    @Slot()
    def place(self) -> None:
        """Stand in the lower right corner, where there is room and something is out of sight."""
        room = self._board.viewport().rect()
        width, height = self._theme.px(_SIZE[0]), self._theme.px(_SIZE[1])
        has_room = room.width() >= 2 * width and room.height() >= _LEAST_ROOM * height
        seen = self._board.mapToScene(room).boundingRect()
        whole = self._board.area()
        is_useful = not seen.contains(whole.adjusted(20, 20, -20, -20)) and len(self._board.drawing.layers) > 1
        self.setVisible(self.is_wanted and has_room and is_useful)
        if not self.isHidden():
            gap = self._theme.gap(8)
            self.setGeometry(room.right() - width - gap, room.bottom() - height - gap, width, height)
            self.raise_()
            self.update()

    def _scale(self) -> tuple[float, QPointF]:
        """Its pixels per scene unit, and where the scene's origin lies."""
        area, inner = self._board.area(), QRectF(self.rect()).adjusted(5, 5, -5, -5)
        scale = min(inner.width() / max(area.width(), 1.0), inner.height() / max(area.height(), 1.0))
        return scale, inner.center() - area.center() * scale

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        scale, origin = self._scale()
        painter.setPen(Qt.PenStyle.NoPen)
        kinds = {layer.name: layer.kind for layer in self._board.cards.layers}
        chosen = self._board.chosen
        for name, box in self._board.placement.boxes.items():
            token = "accent" if name in chosen else family_of(kinds.get(name, "")).color
            width, height = max(2.0, box.width * scale), max(2.0, box.height * scale)
            painter.fillRect(
                QRectF(box.x * scale + origin.x(), box.y * scale + origin.y(), width, height), self._theme.color(token)
            )
        seen = self._board.mapToScene(self._board.viewport().rect()).boundingRect()
        painter.setPen(QPen(self._theme.color("text"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = QRectF(seen.topLeft() * scale + origin, seen.size() * scale)
        painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -2, -2)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position().toPoint())

    def _look(self, at: QPoint) -> None:
        scale, origin = self._scale()
        point = (QPointF(at) - origin) / scale
        self._board.look_at(self._board.zoom, point.x(), point.y())
