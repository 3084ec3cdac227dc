"""GlidingCanvas: a drawn network whose cards glide to their new places. Its clock can be turned by hand; knows no panel, edits nothing."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QTimer, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.widgets.glide import Glide
from app.widgets.network_canvas import NetworkCanvas
from app.widgets.network_layout import Point
from app.widgets.theme import Theme

MOST_GLIDING = 150  # cards: more of them cannot be moved within a frame
_FRAME = 16  # ms
Key = tuple[str, str, int]


class GlidingCanvas(NetworkCanvas):
    """What the placement changes is on its way for a moment; `settle` lets it arrive at once."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._glide: Glide | None = None  # the base class moves items while it is being built
        self._lerped: dict[Key, tuple[tuple[Point, ...], tuple[Point, ...]]] = {}
        self.is_clock_by_hand = False
        self._clock = QElapsedTimer()
        super().__init__(theme, parent)
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME)
        self._frames.timeout.connect(self._on_frame_due)

    def _lay_wires(self) -> None:
        super()._lay_wires()
        for key, (before, _) in self._lerped.items():
            if key in self._wires:
                self._wires[key].show_wire(before, self._shape_from(key[0]))

    def move_items(self) -> None:
        boxes = self._placement.boxes
        if len(boxes) > MOST_GLIDING:
            self._glide, self._lerped = None, {}
            super().move_items()
            return
        before = {name: (item.pos().x(), item.pos().y()) for name, item in self._layers.items() if name in boxes}
        known = {name: place for name, place in before.items() if self._layers[name].has_place}
        glide = Glide(known, {name: (box.x, box.y) for name, box in boxes.items()})
        is_seen = self.isVisible() and len(glide.names) > 0
        for name, box in boxes.items():
            if not is_seen or name not in glide.names:
                self._layers[name].move_to(box)
        self._glide = glide if is_seen else None
        self._lerped = {}
        if is_seen:
            self._lerped = {
                key: (self._wires[key].points, points)
                for key, points in self._placement.wires.items()
                if key in self._wires and len(self._wires[key].points) == len(points)
            }
            if not self.is_clock_by_hand:
                self._clock.start()
                self._frames.start()

    def advance(self, seconds: float) -> None:
        """Turn the clock of what glides on."""
        if self._glide is None:
            self._frames.stop()
            return
        for name, (x, y) in self._glide.advance(seconds).items():
            if name in self._layers:
                self._layers[name].put(x, y)
        share = min(self._glide.share, 1.0)
        for key, (before, after) in self._lerped.items():
            if key in self._wires:
                points = tuple(
                    (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                    for (x0, y0), (x1, y1) in zip(before, after, strict=True)
                )
                self._wires[key].show_wire(points, self._shape_from(key[0]))
        if self._glide.is_over:
            self.settle()

    def settle(self) -> None:
        """Let everything that glides be where it belongs."""
        self._frames.stop()
        self._glide = None
        self._lerped = {}
        for name, box in self._placement.boxes.items():
            self._layers[name].move_to(box)
        self._lay_wires()

    @Slot()
    def _on_frame_due(self) -> None:
        self.advance(self._clock.restart() / 1000)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room that has changed lays the cards out anew at once: nobody edited them, and there is nothing to follow."""
        super().resizeEvent(event)
        if self._glide is not None:
            self.settle()

    def paint_whole(self, painter: QPainter, target: QRectF) -> None:
        self.settle()
        super().paint_whole(painter, target)
