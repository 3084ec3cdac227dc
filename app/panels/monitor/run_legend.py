"""The legend over the curves: a line's sample and the name of each run on show; a kept one is removed by its cross. Knows no data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QToolTip, QWidget

from app.panels.monitor.laid_run import TOKENS
from app.panels.monitor.row_kept import kept_pen
from app.panels.monitor.run_words import LegendEntry
from app.widgets.icons import icon

if TYPE_CHECKING:
    from app.widgets.theme import Theme

_SAMPLE = 32  # px of line that show a dash


class RunLegend(QWidget):
    """Entries side by side, in as many lines as they need. `removed` tells the letter of the one whose cross was pressed."""

    removed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: list[LegendEntry] = []
        self._shown: list[str] = []  # what of each there is room for
        self._places: list[QRect] = []
        self._crosses: dict[str, QToolButton] = {}
        self._most = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Runs on show")
        self.hide()
        theme.changed.connect(self._on_theme_changed)

    def texts(self) -> list[str]:
        """What it says of each run, its letter first."""
        shown = zip(self._entries, self._shown, strict=True)
        return [" ".join(part for part in (entry.letter, text) if part) for entry, text in shown]

    def kept_names(self) -> list[str]:
        """Of the kept runs, with all that differs, however little room there is."""
        return [f"{entry.letter} {entry.texts[0]}" for entry in self._entries if entry.letter]

    def cross(self, letter: str) -> QToolButton:
        """The button that removes a kept run."""
        return self._crosses[letter]

    def show_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Say these; nothing where there is no kept run."""
        entries = list(entries) if any(entry.letter for entry in entries) else []
        if entries == self._entries:
            return
        self._entries = entries
        letters = [entry.letter for entry in entries if entry.letter]
        for letter in [letter for letter in self._crosses if letter not in letters]:
            cross = self._crosses.pop(letter)
            cross.hide()
            cross.deleteLater()
        for letter in letters:
            if letter not in self._crosses:
                self._crosses[letter] = self._new_cross(letter)
        for entry in entries:
            if entry.letter:
                self._crosses[entry.letter].setToolTip(f"Takes run {entry.letter} off the curves")
                self._crosses[entry.letter].setAccessibleName(f"Take run {entry.letter} off: {entry.texts[0]}")
        self.setVisible(bool(entries))
        self.fit(self.width(), self._most)
        self.update()

    def _new_cross(self, letter: str) -> QToolButton:
        cross = QToolButton(self)
        cross.setObjectName("legend_cross")
        cross.setProperty("letter", letter)
        cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space belongs to the panel
        cross.clicked.connect(self._on_cross_clicked)
        self._dress(cross)
        cross.show()
        return cross

    def _dress(self, cross: QToolButton) -> None:
        side = self._line_height()
        cross.setIcon(icon(self._theme, "close", "muted"))
        cross.setIconSize(QSize(side - 6, side - 6))
        cross.resize(side, side)

    # --- places -------------------------------------------------------------------------------------------------------

    def fit(self, width: int, most: int) -> int:
        """Lay the entries out in `width` px, with as many words as find room in a height of `most`; the height that they take."""
        self._most = most
        longest = max((len(entry.texts) for entry in self._entries), default=1)
        for level in range(longest):
            self._shown = [entry.texts[min(level, len(entry.texts) - 1)] for entry in self._entries]
            self._places, height = self._flow(width)
            if height <= most:
                break
        for entry, place in zip(self._entries, self._places, strict=True):
            if entry.letter:
                self._crosses[entry.letter].move(place.right() + 1 - place.height(), place.y())
        self.setAccessibleDescription("; ".join(self.texts()))
        if height != self.height():
            self.setFixedHeight(height)
        return height

    def _flow(self, width: int) -> tuple[list[QRect], int]:
        line, gap = self._line_height(), self._theme.gap(16)
        x = y = 0
        places = []
        for entry, text in zip(self._entries, self._shown, strict=True):
            wide = min(self._width(entry.letter, text), max(1, width))
            if x and x + wide > width:
                x, y = 0, y + line
            places.append(QRect(x, y, wide, line))
            x += wide + gap
        return places, y + line + self._theme.gap(4) if places else 0

    def _line_height(self) -> int:
        return round(QFontMetricsF(self._theme.font("small")).height()) + 2

    def _width(self, letter: str, text: str) -> int:
        gap = self._theme.gap(6)
        wide = self._theme.px(_SAMPLE) + gap + QFontMetricsF(self._theme.font("small")).horizontalAdvance(text)
        if letter:
            wide += QFontMetricsF(self._bold()).horizontalAdvance(letter) + gap + self._line_height() + 2
        return math.ceil(wide + 1)

    def _bold(self) -> QFont:
        font = QFont(self._theme.font("small"))
        font.setWeight(QFont.Weight.DemiBold)
        return font

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))  # a picture that is saved has no panel below
        self.paint_entries(painter)
        painter.end()

    def paint_entries(self, painter: QPainter) -> None:
        """Samples and names, without the crosses: also into a picture or a drawing that is saved."""
        theme, gap = self._theme, self._theme.gap(6)
        metrics = QFontMetricsF(theme.font("small"))
        for entry, text, place in zip(self._entries, self._shown, self._places, strict=True):
            middle, base = place.y() + place.height() / 2.0, place.y() + 1 + metrics.ascent()
            x = float(place.x())
            self._paint_sample(painter, entry.letter, QPointF(x, middle))
            x += theme.px(_SAMPLE) + gap
            if entry.letter:
                painter.setFont(self._bold())
                painter.setPen(theme.color(TOKENS[entry.letter]))
                painter.drawText(QPointF(x, base), entry.letter)
                x += QFontMetricsF(self._bold()).horizontalAdvance(entry.letter) + gap
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text"))
            room = place.right() - x - (place.height() if entry.letter else 0) + 1
            painter.drawText(QPointF(x, base), metrics.elidedText(text, Qt.TextElideMode.ElideRight, room + 1))

    def _paint_sample(self, painter: QPainter, letter: str, at: QPointF) -> None:
        """A kept run's dash; of the one that stands the line of its training and the marked one of its test."""
        theme, length = self._theme, float(self._theme.px(_SAMPLE))
        if letter:
            painter.setPen(kept_pen(theme, letter))
            painter.drawLine(QLineF(at, at + QPointF(length, 0.0)))
            return
        middle, end = at + QPointF(length / 2, 0.0), at + QPointF(length, 0.0)
        for token, line in (("train", QLineF(at, middle)), ("test", QLineF(middle, end))):
            painter.setPen(QPen(theme.color(token), theme.line_width))
            painter.drawLine(line)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("test"))
        size = max(5.0, 5.0 * theme.scale) / 2.0
        painter.drawEllipse(at + QPointF(0.75 * length, 0.0), size, size)
        painter.restore()

    def set_for_picture(self, is_for_picture: bool) -> None:
        """A picture that is saved has no crosses."""
        for cross in self._crosses.values():
            cross.setVisible(not is_for_picture)

    # --- events -------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tooltip_at(event.pos()), self)
            return True
        return super().event(event)

    def _tooltip_at(self, at: QPoint) -> str:
        found = (entry.tooltip for entry, place in zip(self._entries, self._places, strict=True) if place.contains(at))
        return next(found, "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self.width(), self._most)

    @Slot()
    def _on_cross_clicked(self) -> None:
        cross = self.sender()
        if isinstance(cross, QToolButton):
            self.removed.emit(str(cross.property("letter")))

    @Slot()
    def _on_theme_changed(self) -> None:
        for cross in self._crosses.values():
            self._dress(cross)
        self.fit(self.width(), self._most)
        self.update()
