"""Ink: strokes on a square, as points from 0 to 1, and a raster of them. No widgets in here."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

PEN = 0.085  # of the square's side: what a felt pen makes of a digit as large as the pad
RASTER = 140  # pixels along a side of the raster: five for each of the network's 28
MOST_POINTS = 20_000  # of one drawing: a minute of scribbling; more would make redrawing slow

Stroke = list[tuple[float, float]]


class Ink:
    """What is on the pad: strokes in the order in which they were drawn, over a picture (a test digit) or over nothing."""

    def __init__(self) -> None:
        self.strokes: list[Stroke] = []
        self.picture: np.ndarray | None = None  # float32 (28, 28), 0 to 1

    @property
    def is_empty(self) -> bool:
        """Neither a stroke nor a picture."""
        return not self.strokes and self.picture is None

    @property
    def points(self) -> int:
        """Points in all strokes."""
        return sum(len(stroke) for stroke in self.strokes)

    def begin(self, x: float, y: float) -> None:
        """Put the pen down at (x, y), 0 to 1 from the upper left."""
        if self.points < MOST_POINTS:
            self.strokes.append([(_inside(x), _inside(y))])

    def go_on(self, x: float, y: float) -> None:
        """Draw on to (x, y)."""
        if self.strokes and self.points < MOST_POINTS:
            self.strokes[-1].append((_inside(x), _inside(y)))

    def undo(self) -> bool:
        """Take the last stroke back, or the picture when there is none; False where nothing was there."""
        if self.strokes:
            self.strokes.pop()
            return True
        had_picture = self.picture is not None
        self.picture = None
        return had_picture

    def clear(self) -> None:
        """Take all of it away."""
        self.strokes = []
        self.picture = None

    def path(self, side: float) -> QPainterPath:
        """The strokes as a path on a square of `side` pixels; a point alone becomes a dot."""
        path = QPainterPath()
        for stroke in self.strokes:
            path.moveTo(QPointF(stroke[0][0] * side, stroke[0][1] * side))
            for x, y in stroke[1:] or stroke:
                path.lineTo(QPointF(x * side + (0.01 if len(stroke) == 1 else 0.0), y * side))
        return path

    def raster(self) -> np.ndarray:
        """float32 (RASTER, RASTER), 0 no ink to 1 full ink: strokes over the picture."""
        image = QImage(RASTER, RASTER, QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ink_pen(Qt.GlobalColor.white, RASTER))
        painter.drawPath(self.path(RASTER))
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(RASTER, image.bytesPerLine())[:, :RASTER]
        ink = rows.astype(np.float32) / 255.0
        if self.picture is not None:
            times = RASTER // self.picture.shape[0]
            ink = np.maximum(ink, np.kron(self.picture, np.ones((times, times), np.float32)))
        return ink


def ink_pen(color: QColor | Qt.GlobalColor, side: float) -> QPen:
    """The pen for a square of `side` pixels."""
    pen = QPen(color)
    pen.setWidthF(PEN * side)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _inside(value: float) -> float:
    return min(1.0, max(0.0, float(value)))
