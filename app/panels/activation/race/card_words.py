"""The words of a racer's card, painted: place, line, name, loss, accuracy, dead units. Knows no race."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from app.panels.activation.curve_layer import curve_color, curve_pen_of
from app.widgets.theme import Theme

Shape = Literal[
    "wide", "above", "narrow", "over"
]  # beside the picture; above it; above with hardly any room; in its corners

_LEFT = int(Qt.AlignmentFlag.AlignLeft)
_GROUND = 225  # of 255: how much of a picture the ground of words in its corner hides
_LEAST_BAR = 16.0  # px: a shorter one says nothing


@dataclass(frozen=True)
class CardText:
    """What is said of a racer. place: its rank, 0 for none yet. lines: loss and accuracy, dead units. dead: share; is_bad: worth a warning."""

    index: int
    title: str = ""
    place: int = 0
    lines: tuple[str, str] = ("", "")
    dead: float = 0.0
    is_bad: bool = False
    has_diverged: bool = False


def paint_words(
    painter: QPainter, theme: Theme, text: CardText, place: QRectF, picture: QRectF, shape: Shape, button: float
) -> None:
    """Into `place`. picture: where the surface is; button: px that the menu's button takes of the first line."""
    if shape == "over":
        _paint_corners(painter, theme, text, picture, button)
        return
    font, small = theme.font("heading"), theme.font("small")
    tall, low = QFontMetricsF(font).height(), QFontMetricsF(small).height()
    if shape == "narrow":
        font.setPixelSize(small.pixelSize())
    if shape == "wide":
        place = place.adjusted(0, max(0.0, place.height() - tall - 3 * low - theme.gap(40)) / 2, 0, 0)
    metrics = QFontMetricsF(font)
    rank = f"{text.place}." if text.place else ""
    line = QRectF(place.left(), place.top(), place.width(), tall)
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    painter.drawText(line, _LEFT, rank)
    left = line.left() + (metrics.horizontalAdvance(rank) + theme.gap(4) if rank else 0.0)
    left = _paint_swatch(painter, theme, text.index, QPointF(left, line.center().y()), picture, shape)
    name, _, before = text.title.partition(", ") if shape == "wide" else (text.title, "", "")
    room = max(line.right() - left - (button if shape == "above" else 0.0), 10.0)
    painter.setPen(curve_color(theme, text.index))
    fitted = _fitting(font, name, room, small.pixelSize())
    painter.setFont(fitted)
    own = QFontMetricsF(fitted)
    shown = own.elidedText(name, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QPointF(left, line.top() + metrics.ascent()), shown)  # on the line that the rank stands on
    figures = QRectF(place.left(), line.bottom(), place.width(), 2 * low)
    if before:
        painter.setFont(small)
        painter.drawText(QRectF(left, line.bottom(), room, low), _LEFT, before)
        figures.translate(0, low)
    _paint_figures(painter, theme, text, figures, low, shape)


def _fitting(font: QFont, words: str, room: float, least: int) -> QFont:
    """`font`, as much smaller as it takes for `words` to have room, at the least of `least` px."""
    while QFontMetricsF(font).horizontalAdvance(words) > room and font.pixelSize() > least:
        font = QFont(font)
        font.setPixelSize(font.pixelSize() - 1)
    return font


def _in_short(metrics: QFontMetricsF, words: str, room: float) -> str:
    """Loss and accuracy with as many of their spaces as have room; the loss alone where not even those are enough."""
    versions = (words, words.replace(" %", "%"), words.replace(" %", "%").replace(" · ", " "))
    return next((one for one in versions if metrics.horizontalAdvance(one) <= room), words.partition(" · ")[0])


def _paint_corners(painter: QPainter, theme: Theme, text: CardText, picture: QRectF, button: float) -> None:
    """Place and name above, the figures below, the dead only where there are any; each line on a ground of its own."""
    small = theme.font("small")
    bold = theme.font("heading")
    bold.setPixelSize(small.pixelSize())
    color = curve_color(theme, text.index)
    _paint_swatch(painter, theme, text.index, picture.topLeft(), picture, "over")
    room = picture.width() - button
    name = QFontMetricsF(bold).elidedText(
        f"{text.place}. {text.title}" if text.place else text.title, Qt.TextElideMode.ElideRight, room - theme.gap(6)
    )
    _paint_plate(painter, theme, name, picture.topLeft(), bold, color)
    if text.has_diverged:
        return  # the picture says so itself
    figures = _in_short(QFontMetricsF(small), text.lines[0].replace("loss ", "").replace("test ", ""), picture.width())
    low = QFontMetricsF(small).height()
    place = QPointF(picture.left(), picture.bottom() - low)
    _paint_plate(painter, theme, figures, place, small, theme.color("text"))
    if text.dead:
        color = theme.color("bad" if text.is_bad else "muted")
        _paint_plate(painter, theme, text.lines[1], place - QPointF(0, low), small, color)


def _paint_plate(painter: QPainter, theme: Theme, words: str, place: QPointF, font: QFont, color: QColor) -> None:
    metrics = QFontMetricsF(font)
    ground = theme.color("panel")
    ground.setAlpha(_GROUND)
    box = QRectF(place.x() + 1, place.y(), metrics.horizontalAdvance(words) + theme.gap(6), metrics.height())
    painter.fillRect(box, ground)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(box.adjusted(theme.gap(2), 0, 0, 0), _LEFT, words)


def _paint_swatch(painter: QPainter, theme: Theme, index: int, start: QPointF, picture: QRectF, shape: Shape) -> float:
    """A piece of the racer's line from `start` on, or along the picture's upper edge; where the name begins."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(curve_pen_of(theme, index, max(2.0, theme.line_width)))
    if shape in ("narrow", "over"):
        y = picture.top() - theme.gap(2)
        painter.drawLine(QPointF(picture.left(), y), QPointF(picture.right(), y))
        return start.x()
    painter.drawLine(start, start + QPointF(theme.px(26), 0))
    return start.x() + theme.px(26) + theme.gap(5)


def _paint_figures(painter: QPainter, theme: Theme, text: CardText, place: QRectF, low: float, shape: Shape) -> None:
    """Loss and accuracy; below, the dead beside a bar that they fill."""
    font = theme.font("small")
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    parts = text.lines[0].split(" · ") if shape == "wide" else [text.lines[0]]
    if metrics.horizontalAdvance(parts[0]) > place.width():
        parts = [_in_short(metrics, parts[0].replace("loss ", "").replace("test ", ""), place.width())]
    top = place.top()
    for part in parts:
        painter.drawText(QRectF(place.left(), top, place.width(), low), _LEFT, part)
        top += low
    painter.setPen(theme.color("bad" if text.is_bad or text.has_diverged else "muted"))
    painter.drawText(QRectF(place.left(), top, place.width(), low), _LEFT, text.lines[1])
    left = place.left() + metrics.horizontalAdvance(text.lines[1]) + theme.gap(6)
    width = min(theme.px(64), place.right() - left - 2)
    if width >= _LEAST_BAR and not text.has_diverged:
        bar = QRectF(left, top + low / 2 - theme.px(3), width, theme.px(6))
        painter.fillRect(bar, theme.color("pressed"))
        painter.fillRect(QRectF(bar.left(), bar.top(), width * text.dead, bar.height()), theme.color("bad"))
