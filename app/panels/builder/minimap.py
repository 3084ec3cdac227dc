"""MiniMap: the whole drawing, small, in a corner of the canvas while a part of it is out of sight. Edits nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.panels.builder.board import DrawingBoard
from app.widgets.layer_style import family_of
from app.widgets.theme import Theme

_SIZE = (170, 108)  # px at scale 1
_MOST_AT_ONCE = 150  # cards: a picture of more of them is made after the canvas has shown an edit
_REST = 50  # ms
_LEAST_ROOM = 3  # times its size, or it would hide more than it shows


class MiniMap(QWidget):
    """Drag in it to look elsewhere."""

    def __init__(self, theme: Theme, board: DrawingBoard) -> None:
        super().__init__(board.viewport())
        self._theme = theme
        self._board = board
        self.is_wanted = True
        self._pixmap = QPixmap()
        self._key: tuple[object, ...] | None = None  # what the pixmap shows
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.catch_up)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # what lies under it need not be painted
        self.setAccessibleName("Map of the whole network")
        self.setToolTip("The whole network; drag to look elsewhere (M hides it)")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        board.moved.connect(self.place)
        board.selection_changed.connect(self.place)  # it shows what is chosen
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
        if self.isHidden():
            self._key = None  # what it showed when it was last seen is no picture to come back with
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
        painter.drawPixmap(0, 0, self._picture())
        scale, origin = self._scale()
        seen = self._board.mapToScene(self._board.viewport().rect()).boundingRect()
        painter.setPen(QPen(self._theme.color("text"), 1.5))
        frame = QRectF(seen.topLeft() * scale + origin, seen.size() * scale)
        painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -2, -2)))

    def _picture(self) -> QPixmap:
        """The drawing without what is in sight, painted anew only when it has changed: panning asks for it at each step."""
        board = self._board
        key = (board.placement, board.cards, board.cards.name, self._theme.name, board.chosen, self.size())
        if self._key is not None and all(
            now is then or (n > 1 and now == then) for n, (now, then) in enumerate(zip(key, self._key, strict=True))
        ):
            return self._pixmap
        may_wait = len(self._board.cards.layers) > _MOST_AT_ONCE and self._pixmap.size() == self.size()
        if may_wait and self._key is not None and self._key[2:4] == key[2:4]:
            if not self._rest.isActive():
                self._rest.start()
            return self._pixmap
        return self._painted(key)

    @Slot()
    def catch_up(self) -> None:
        """Show the drawing as it is now, and wait for nothing."""
        self._rest.stop()
        self._key = None
        self.update()

    def _painted(self, key: tuple[object, ...]) -> QPixmap:
        self._key = key
        self._pixmap = QPixmap(self.size())
        self._pixmap.fill(self._theme.color("raised"))
        painter = QPainter(self._pixmap)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        scale, origin = self._scale()
        kinds = {layer.name: layer.kind for layer in self._board.cards.layers}
        colors = {kind: self._theme.color(family_of(kind).color) for kind in set(kinds.values())}
        accent, chosen = self._theme.color("accent"), self._board.chosen
        left, top = origin.x(), origin.y()
        for name, (x, y, width, height) in self._board.placement.boxes.items():
            place = QRectF(x * scale + left, y * scale + top, max(2.0, width * scale), max(2.0, height * scale))
            painter.fillRect(place, accent if name in chosen else colors[kinds[name]])
        painter.end()
        return self._pixmap

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position().toPoint())

    def _look(self, at: QPoint) -> None:
        scale, origin = self._scale()
        point = (QPointF(at) - origin) / scale
        self._board.look_at(self._board.zoom, point.x(), point.y())
