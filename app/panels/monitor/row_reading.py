"""The words in the corner of a row of curves: its title and its values, each in its colour. Painted by hand; knows no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme

Words = list[tuple[str, str, bool]]  # text, colour token, whether it is the title


_SPARE = 24  # px of the design by which it stays wider than its words


class RowReading(QWidget):
    """One line of words, which end at its right edge.

    A label with rich text took 1.5 ms for each new figure; this takes a tenth of that. It does not grow narrower for a figure
    less: the strip of the curves that came to light beside it was a painting of its own, with all that Qt looks at for one.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words: Words = []
        self._needed = 0  # px that the words take
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def text(self) -> str:
        """All words."""
        return "  ".join(text for text, _, _ in self._words)

    @property
    def words(self) -> Words:
        """What it says, and how."""
        return list(self._words)

    def show_words(self, words: Words) -> None:
        """Say `words`, in their order."""
        if words != self._words:
            self._words = words
            self._fit()
            self.update()

    def _fit(self) -> None:
        gap = self._theme.gap(4)
        width = sum(self._metrics(is_title).horizontalAdvance(text) for text, _, is_title in self._words)
        between = self._gap_between() * max(0, len(self._words) - 1)
        self._needed = round(width + between) + 2 * gap + 1
        is_wide_enough = self._needed <= self.width() <= self._needed + self._theme.px(_SPARE)
        self.resize(self.width() if is_wide_enough else self._needed, round(self._metrics(False).height()) + 1)

    def _gap_between(self) -> float:
        return 2.0 * self._metrics(False).horizontalAdvance(" ")

    def _metrics(self, is_title: bool) -> QFontMetricsF:
        return self._title_metrics if is_title else self._plain_metrics

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        at, base = float(self.width() - self._needed + self._theme.gap(4)), self._plain_metrics.ascent() + 0.5
        for text, token, is_title in self._words:
            painter.setFont(self._title_font if is_title else self._plain_font)
            painter.setPen(self._theme.color(token))
            painter.drawText(round(at), round(base), text)
            at += self._metrics(is_title).horizontalAdvance(text) + self._gap_between()
        painter.end()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._plain_font = self._theme.font("small")
        self._title_font = QFont(self._plain_font)
        self._title_font.setWeight(QFont.Weight.DemiBold)
        self._plain_metrics, self._title_metrics = QFontMetricsF(self._plain_font), QFontMetricsF(self._title_font)
        self._fit()
        self.update()
