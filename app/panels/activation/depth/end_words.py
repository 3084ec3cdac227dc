"""Writes what has become of a spread beside the end of its curve, where it covers least. Knows no answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.panels.activation.depth.geometry import Row, free_place
from app.panels.activation.depth.slot_look import slot_color
from app.panels.activation.depth.state import Slot
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]
End = tuple[Slot, float, float, str]  # whose; x and y where its curve ends, px; the words


def write_ends(
    painter: QPainter,
    theme: Theme,
    row: Row,
    ends: list[End],
    lines: list[tuple[Floats, Floats]],
    *,
    is_backward: bool,
) -> None:
    """What has become of each, beside the end of its curve: where no curve runs through it, and no other words stand. There are two
    at most."""
    metrics = QFontMetricsF(theme.font("small"))
    height = metrics.height()
    taken: list[QRectF] = []
    whole = row.top + 1, row.bottom - 1
    placed: list[tuple[bool, End, tuple[float, float]]] = []
    for number, end in enumerate(sorted(ends, key=lambda end: end[2])):
        # the upper one above its curve, the lower one below: whose is whose
        side = (whole[0], end[2] - 2) if number == 0 else (end[2] + 2, whole[1])
        has_side = len(ends) > 1 and side[1] - side[0] >= height
        placed.append((has_side, end, side if has_side else whole))
    for _, (slot, x, y, words), bounds in sorted(placed, key=lambda one: not one[0]):  # who can go anywhere gives way
        width = metrics.horizontalAdvance(words) + 8
        left = x + theme.gap(8) if is_backward else x - width - theme.gap(8)
        around = [(one.left(), one.top(), one.right(), one.bottom()) for one in taken]
        left, top = free_place((left, y), (width, height), bounds, lines, around)
        box = QRectF(left, top, width, height)
        met = next((other for other in taken if box.intersects(other)), None)
        if met is not None:  # the row has no room for both, one above the other
            left = met.right() + theme.gap(8) if is_backward else met.left() - theme.gap(8) - width
            box.moveTo(*free_place((left, y), (width, height), whole, lines, ()))
        taken.append(box)
        ground = theme.color("panel")
        ground.setAlpha(225)
        painter.fillRect(box, ground)
        painter.setPen(slot_color(theme, slot))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
