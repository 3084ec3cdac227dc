"""A racer's decision surface as pictures: values to colours, the line where the classes part, the points. Knows no widget."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from app.widgets.theme import Theme
from trainers.activation_lab import RaceStarted

_SHADES = 85
_LEVELS = 3  # of the line's ink: none, half, full; shades and levels together are the 256 colours of a picture
_GROUND = 0.4  # share of the panel's colour in the surface's: points must stand out from it
_SURE = 1e-6  # nearer to 0 or 1 all probabilities count as alike
LARGEST = 256  # px: a picture larger than that is scaled up
MOST_POINTS = 1_500  # drawn; more hide the surface


def _rgb(color: QColor) -> npt.NDArray[np.float64]:
    return np.array([color.red(), color.green(), color.blue()], np.float64)


def color_table(theme: Theme) -> list[int]:
    """Colours for the values 0 to 1, then the same under half of the line's ink, then under all of it; as QImage takes them."""
    shades = theme.diverging.getLookupTable(0.0, 1.0, _SHADES).astype(float)[:, :3]
    ground, ink = (_rgb(theme.color(token)) for token in ("panel", "text"))
    pale = (1 - _GROUND) * shades + _GROUND * ground
    colors = np.concatenate([pale + (ink - pale) * level / (_LEVELS - 1) for level in range(_LEVELS)])
    return [0xFF000000 | (int(r) << 16) | (int(g) << 8) | int(b) for r, g, b in colors.round()]


@lru_cache(maxsize=16)
def _places(pixels: int, side: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """For each pixel's centre the point of the grid below it, and how far it is to the next; the grid's ends are the edges."""
    places = (np.arange(pixels) + 0.5) / pixels * (side - 1)
    below = np.minimum(places.astype(np.intp), side - 2)
    return below, (places - below).astype(np.float32)


def finer_logits(surface: npt.NDArray[np.float32], pixels: int) -> npt.NDArray[np.float32]:
    """(pixels, pixels), row 0 on top: log(P / (1 - P)) between the points of the grid, where it bends less than P itself.

    Not by matrix products: for these numpy wakes threads on every core, and the race's worker needs one.
    """
    sure = np.clip(np.nan_to_num(surface, nan=0.5), _SURE, 1 - _SURE)
    logits = np.log(sure / (1 - sure)).astype(np.float32)
    below, share = _places(pixels, surface.shape[0])
    rows = logits[below] + (logits[below + 1] - logits[below]) * share[:, None]
    steps = np.diff(rows, axis=1)
    fine: npt.NDArray[np.float32] = (rows[:, below] + steps[:, below] * share)[::-1]
    return fine


def surface_image(surface: npt.NDArray[np.float32], colors: list[int], pixels: int) -> QImage:
    """P(class 1), (side, side), row 0 at y_min, as a square picture with y upwards and a line where P is a half."""
    fine = finer_logits(surface, pixels)
    shades = (1 / (1 + np.exp(-fine)) * (_SHADES - 1) + 0.5).astype(np.uint8)
    away = np.abs(fine[1:-1, 1:-1])
    slope = np.maximum(np.abs(fine[1:-1, 2:] - fine[1:-1, :-2]), np.abs(fine[2:, 1:-1] - fine[:-2, 1:-1])) / 2
    shades[1:-1, 1:-1] += _SHADES * ((away < 1.3 * slope).view(np.uint8) + (away < 0.7 * slope).view(np.uint8))
    shades = np.ascontiguousarray(shades)
    image = QImage(shades.data, pixels, pixels, pixels, QImage.Format.Format_Indexed8)
    image.setColorTable(colors)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the array may go


def draw_surface(painter: QPainter, image: QImage, place: QRectF) -> None:
    """`image` over `place`, scaled smoothly where it is smaller."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() != round(place.width()))
    painter.drawImage(place, image)


def points_layer(started: RaceStarted, theme: Theme, side: int, ratio: float) -> QPixmap:
    """The data as a see-through picture of `side` px: class 1 as discs, class 0 as squares, test points hollow."""
    layer = QPixmap(round(side * ratio), round(side * ratio))
    layer.setDevicePixelRatio(ratio)
    layer.fill(Qt.GlobalColor.transparent)
    painter = QPainter(layer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    stride = max(1, -(-len(started.points) // MOST_POINTS))
    x0, x1, y0, y1 = started.extent
    x = (started.points[::stride, 0] - x0) / (x1 - x0) * side
    y = side - (started.points[::stride, 1] - y0) / (y1 - y0) * side
    radius = max(1.5, min(side / 110, 4.5)) * (1.25 if theme.name == "projector" else 1.0)
    outline = min(1.0, max(0.5, side / 300))
    kinds = started.targets[::stride] > 0.5
    hollow = started.is_test[::stride]
    for is_one, token in ((False, "negative"), (True, "positive")):
        for is_hollow in (False, True):
            chosen = np.flatnonzero((kinds == is_one) & (hollow == is_hollow))
            color, ground = theme.color(token), theme.color("panel")
            painter.setPen(QPen(color if is_hollow else ground, (1.5 if is_hollow else 0.9) * outline))
            painter.setBrush(ground if is_hollow else color)
            for px, py in zip(x[chosen].tolist(), y[chosen].tolist(), strict=True):
                if is_one:
                    painter.drawEllipse(QPointF(px, py), radius, radius)
                else:
                    painter.drawRect(QRectF(px - 0.88 * radius, py - 0.88 * radius, 1.76 * radius, 1.76 * radius))
    painter.end()
    return layer


def cross(center: QPointF, size: float) -> list[QPointF]:
    """Two strokes, as four points for drawLines."""
    return [center + QPointF(dx * size, dy * size) for dx, dy in ((-1, -1), (1, 1), (-1, 1), (1, -1))]
