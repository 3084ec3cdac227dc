"""The strip that draws how large the gradient is from the first layer to the last, the network before it dashed. Knows no session."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.widgets.number_words import power, readable
from app.widgets.theme import Theme

WAIT = "Train, or look inside: here stands how large the gradient of each layer's weights is."
_ENDS = (-12, 6)  # powers of ten beyond which a gradient is drawn at the edge


class GradientProfile(NamedTuple):
    """title: of the network; norms: (layer, norm of its weights' gradient), from the first layer to the last. samples: as
    NetworkInside's gradient_samples."""

    title: str
    norms: tuple[tuple[str, float], ...]
    samples: int | None = None

    @property
    def words(self) -> str:
        """The title, and what the gradients are of where it is not the step taken last."""
        return self.title if self.samples is None else f"{self.title}, over {self.samples} training samples"


class GradientStrip(QWidget):
    """Depth along, from the first layer to the last however many there are; the norm up, logarithmic."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now: GradientProfile | None = None
        self._before: GradientProfile | None = None
        self.setAccessibleName("Gradient through depth")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(116))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(116))

    def words(self) -> str:
        """What it says above the lines."""
        if self._now is None and self._before is None:
            return WAIT
        shown = [profile.words for profile in (self._now,) if profile is not None]
        shown += [f"dashed: {self._title_before()}"] if self._before is not None else []
        return f"Gradient through depth · {' · '.join(shown)}"

    def _title_before(self) -> str:
        """Of the network before, told apart from the one that was made of it."""
        before = self._before
        if before is None:
            return ""
        is_changed = self._now is not None and self._now.title == before.title
        return before._replace(title=f"{before.title} before its change").words if is_changed else before.words

    def show_profiles(self, now: GradientProfile | None, before: GradientProfile | None) -> None:
        """Draw these."""
        self._now, self._before = now, before
        told = [f"{layer} {readable(norm, 2, least=0.0)}" for layer, norm in now.norms] if now is not None else []
        self.setAccessibleDescription(", ".join([self.words(), *told]))
        self.update()

    def text_at(self, x: float) -> str:
        """The layers at `x` px, each with its norm."""
        room, told = self._room(), []
        for profile in (self._now, self._before):
            if profile is not None and profile.norms:
                title = self._title_before() if profile is self._before else profile.words
                share = min(max((x - room.left()) / max(1.0, room.width()), 0.0), 1.0)
                layer, norm = profile.norms[round(share * (len(profile.norms) - 1))]
                told.append(f"{title}, {layer}: {readable(norm, 2, least=0.0)}")
        return "\n".join(told)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.text_at(event.pos().x()), self)
            return True
        return super().event(event)

    def _room(self) -> QRectF:
        gap, line = self._theme.gap(8), QFontMetricsF(self._theme.font("small")).height()
        left = self._theme.px(38)
        return QRectF(
            left, line + gap, max(1.0, self.width() - left - 2 * gap), max(1.0, self.height() - 2.3 * line - gap)
        )

    def _decades(self) -> tuple[int, int]:
        """The powers of ten between which all norms lie, at least two apart."""
        profiles = (profile for profile in (self._now, self._before) if profile is not None)
        powers = [_power(norm) for profile in profiles for _, norm in profile.norms]
        if not powers:
            return -2, 0
        low, high = math.floor(min(powers)), math.ceil(max(powers))
        return (low, high) if high - low >= 2 else (high - 2, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, room, (low, high) = self._theme, self._room(), self._decades()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.setFont(theme.font("small"))
        metrics = QFontMetricsF(theme.font("small"))
        painter.setPen(theme.color("muted"))
        words, wide = self.words(), self.width() - 2 * theme.gap(8)
        if metrics.horizontalAdvance(words) > wide:
            words = words.replace("Gradient through depth", "Gradient")
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(QPointF(theme.gap(8), metrics.ascent() + theme.gap(2)), words)
        stride = max(1, math.ceil((high - low) * 1.3 * metrics.height() / room.height()))
        for exponent in range(low, high + 1):
            y = room.bottom() - (exponent - low) / (high - low) * room.height()
            painter.setPen(QPen(theme.color("grid"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            if (exponent - low) % stride == 0:
                painter.setPen(theme.color("muted"))
                place = QRectF(0, y - metrics.height() / 2, room.left() - theme.gap(4), metrics.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, power(exponent))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for profile, token, is_dashed in ((self._before, "series_0", True), (self._now, "accent", False)):
            if profile is not None:
                self._paint_profile(painter, profile, token, is_dashed, room, (low, high))
        self._paint_names(painter, room, metrics)
        painter.end()

    def _paint_names(self, painter: QPainter, room: QRectF, metrics: QFontMetricsF) -> None:
        """The layers below their points, as many as there is room for, the first and the last before all others."""
        shown = self._now or self._before
        if shown is None:
            return
        last = len(shown.norms) - 1
        painter.setPen(self._theme.color("muted"))
        taken: list[tuple[float, float]] = []
        for number in sorted(range(last + 1), key=lambda one: one not in (0, last)):
            name = shown.norms[number][0]
            wide = metrics.horizontalAdvance(name)
            middle = room.left() + number / max(1, last) * room.width()
            left = max(min(middle - wide / 2, self.width() - wide - 2), room.left() - self._theme.gap(4))
            if all(left > end or left + wide < begin for begin, end in taken):
                taken.append((left - 0.5 * metrics.height(), left + wide + 0.5 * metrics.height()))
                top = room.bottom() + 0.25 * metrics.height()
                painter.drawText(QRectF(left, top, wide + 1, metrics.height()), Qt.AlignmentFlag.AlignLeft, name)

    def _paint_profile(
        self,
        painter: QPainter,
        profile: GradientProfile,
        token: str,
        is_dashed: bool,
        room: QRectF,
        decades: tuple[int, int],
    ) -> None:
        theme, (low, high) = self._theme, decades
        last = max(1, len(profile.norms) - 1)
        points = [
            QPointF(
                room.left() + number / last * room.width(),
                room.bottom() - (_power(norm) - low) / (high - low) * room.height(),
            )
            for number, (_, norm) in enumerate(profile.norms)
        ]
        pen = QPen(theme.color(token), (0.7 if is_dashed else 1.0) * theme.line_width)
        if is_dashed:
            pen.setDashPattern([6, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(theme.color("panel" if is_dashed else token))
        size = max(2.0, 2.0 * theme.scale)
        for point in points:
            painter.drawEllipse(point, size, size)


def _power(norm: float) -> float:
    """The power of ten that a norm is, at the edges for what is none, not finite or beyond them."""
    if not math.isfinite(norm):
        return float(_ENDS[1])
    return float(min(max(math.log10(norm), _ENDS[0]), _ENDS[1])) if norm > 0 else float(_ENDS[0])
