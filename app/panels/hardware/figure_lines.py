"""The small figures beside a curve, a line each, with a piece of their own curve before them. Painted by hand; knows no sample."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme


class FigureLine(NamedTuple):
    """One line; mark: what stands before the text in the colour `token`, as in a legend, "" for nothing."""

    text: str
    mark: str = ""
    token: str = "text"


class FigureLines(QWidget):
    """Lines that change ten times a second. A label with rich text takes 1.5 ms for each of its texts."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[FigureLine, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or all that lies behind is painted with each figure
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def text(self) -> str:
        """All lines."""
        return "\n".join(f"{line.mark} {line.text}".strip() for line in self._lines)

    def show_lines(self, lines: tuple[FigureLine, ...]) -> None:
        """Write `lines`; nothing is drawn where they stand already."""
        if lines == self._lines:
            return
        is_as_high = len(lines) == len(self._lines)
        self._lines = lines
        if not is_as_high:
            self._fit()
        self.update()

    def set_width(self, width: int) -> None:
        """Pixels that it takes, whatever it says."""
        self._width = width
        self._fit()

    def _fit(self) -> None:
        self.setFixedSize(self._width, len(self._lines) * self._spacing)
        self.setVisible(bool(self._lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("panel"))
        painter.setFont(self._font)
        base = self._metrics.ascent()
        for line in self._lines:
            at = 0.0
            if line.mark:
                painter.setPen(self._theme.color(line.token))
                painter.drawText(QPointF(at, base), line.mark)
                at += self._metrics.horizontalAdvance(f"{line.mark} ")
            painter.setPen(self._theme.color("text"))
            painter.drawText(QPointF(at, base), line.text)
            base += self._spacing
        painter.end()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._font = self._theme.font("small")
        self._metrics = QFontMetricsF(self._font)
        self._spacing = math.ceil(self._metrics.height())  # lines at whole pixels
        self._width = self.width()
        self._fit()
        self.update()
