"""The line of names above the curves: each probe's number, its place and what is read there. Knows no cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.widgets.theme import Theme


@dataclass(frozen=True)
class Legend:
    """One entry of the line of names above the curves: the probe's number, its colour, its place, what is read there."""

    mark: str
    token: str
    name: str
    value: str = ""

    @property
    def text(self) -> str:
        """All that it says."""
        return f"{self.name}  {self.value}" if self.value else self.name


def draw_legend(painter: QPainter, theme: Theme, entries: Sequence[Legend], left: float, width: float) -> None:
    """Draw the line between `left` and `width`, px; places without their names and units where room is short."""
    font = theme.font("small")
    metrics = QFontMetricsF(font)
    x, side = left, metrics.height() * 0.9
    extra = side + theme.gap(25)
    room = width - left - theme.px(8)
    said = (
        [entry.text for entry in entries],
        [entry.value or entry.name for entry in entries],  # the flag on the cell tells where that is
        [entry.value.partition(" ")[0] or entry.name for entry in entries],  # and the axis in which unit
    )
    fits = (texts for texts in said if sum(metrics.horizontalAdvance(text) + extra for text in texts) <= room)
    share = room / max(len(entries), 1)
    texts = next(fits, [metrics.elidedText(text, Qt.TextElideMode.ElideRight, share - extra) for text in said[-1]])
    for entry, text in zip(entries, texts, strict=True):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(entry.token))
        disc = QRectF(x, theme.gap(3), side, side)
        painter.drawEllipse(disc)
        painter.setPen(QPen(theme.color("panel")))
        painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), entry.mark)
        painter.setPen(QPen(theme.color("text")))
        painter.drawText(QPointF(x + side + theme.gap(5), theme.gap(3) + metrics.ascent()), text)
        x += side + theme.gap(5) + metrics.horizontalAdvance(text) + theme.gap(20)
