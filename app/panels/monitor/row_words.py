"""Where the words of a row of curves stand: title and values in a corner, names at the ends of the lines. Knows no data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QFont

from app.panels.monitor.laid_run import TOKENS
from app.panels.monitor.row_reading import RowReading, Words

if TYPE_CHECKING:
    from app.panels.monitor.row_lines import Drawn
    from app.panels.monitor.row_specs import RowSpec
    from app.widgets.plot_style import StyledPlot


class RowWords:
    """The words of `plot`: they give way to the curves and to each other."""

    def __init__(self, plot: StyledPlot, spec: RowSpec) -> None:
        self._plot = plot
        self._spec = spec
        self.reads_below = spec.reads_below
        self.reading = RowReading(plot.theme, plot)
        self._names: dict[str, pg.TextItem] = {}
        self._letters: dict[str, pg.TextItem] = {}  # of kept runs
        for line in spec.lines:
            if line.label:
                self._names[line.series] = self._add_name(line.label)
        plot.plotItem.getViewBox().sigResized.connect(self._place)

    def _add_name(self, name: str) -> pg.TextItem:
        text = pg.TextItem(f"\u2002{name}", anchor=(0.0, 0.5))  # a space keeps it off the marker
        text.setZValue(10)
        text.textItem.document().setDocumentMargin(0.0)  # a ground no larger than the letters
        text.hide()
        self._plot.addItem(text, ignoreBounds=True)
        return text

    def restyle(self) -> None:
        """Take over the theme's colours and type."""
        theme = self._plot.theme
        for line in self._spec.lines:
            if line.series in self._names:
                self._names[line.series].setColor(theme.color(line.token))
                self._names[line.series].setFont(theme.font("small"))
        for letter in self._letters:
            self._restyle_letter(letter)

    def _restyle_letter(self, letter: str) -> None:
        font = QFont(self._plot.theme.font("small"))
        font.setWeight(QFont.Weight.DemiBold)
        self._letters[letter].setColor(self._plot.theme.color(TOKENS[letter]))
        self._letters[letter].setFont(font)

    def show_words(self, words: Words) -> None:
        """Write `words` into the corner."""
        self.reading.show_words(words)
        self._place()

    def _place(self, *_: object) -> None:
        """Into the corner, wherever that is by now: axes in a new type take their room after a drawing."""
        box = self._plot.plotItem.getViewBox().sceneBoundingRect()
        top = box.bottom() - self.reading.height() - 1 if self.reads_below else box.top() + 1
        self.reading.move(round(box.right()) - self.reading.width() - 1, round(top))

    def choose_corner(self, lines: list[Drawn], own: list[Drawn], is_log: bool) -> None:
        """The words move to the other corner where they would lie on the newest end of a line, and that one is free.

        Where both lie on one, they leave free the lines of the run that stands, `own`.
        """
        if not self._choose_corner(lines, is_log) and len(own) < len(lines):
            self._choose_corner(own, is_log)

    def _choose_corner(self, drawn: list[Drawn], is_log: bool) -> bool:
        """Whether one of the two corners is free of `drawn`; the words stand there then."""
        box = self._plot.plotItem.getViewBox()
        (left, right), (bottom, top) = box.viewRange()
        covered = right - (self.reading.width() + 4) * (right - left) / max(1.0, box.width())
        height = self.reading.height() * (top - bottom) / max(1.0, box.height())
        lowest, highest = math.inf, -math.inf
        for line in drawn:
            first = int(np.searchsorted(line.x, covered))
            low, high = _on_axis(line.y_min[first:], is_log), _on_axis(line.y_max[first:], is_log)
            if len(low) and len(high):
                lowest, highest = min(lowest, float(low.min())), max(highest, float(high.max()))
        is_free_above, is_free_below = highest < top - height, lowest > bottom + height
        if is_free_above != is_free_below:
            self.reads_below = is_free_below
        return bool(is_free_above or is_free_below)

    def place_labels(
        self, ends: dict[str, tuple[float, float]], kept_ends: dict[str, tuple[float, float]], is_log: bool
    ) -> None:
        """Names at the ends of the lines, pushed apart where they would lie on each other, and off the corner's words.

        ends: by series; kept_ends: of kept runs, by letter, for which a small row has no room.
        """
        if not self._spec.is_large:
            kept_ends = {}
        for letter in kept_ends:
            if letter not in self._letters:
                self._letters[letter] = self._add_name(letter)
                self._restyle_letter(letter)
        self._ground_names(bool(kept_ends))
        texts = [*self._names.items(), *self._letters.items()]
        for key, text in texts:
            text.setVisible(key in ends or key in kept_ends)
        box = self._plot.plotItem.getViewBox()
        (left, right), _ = box.viewRange()
        near = 4.0 * self._plot.theme.font("small").pixelSize() * (right - left) / max(1.0, box.width())
        end = max((x for series, (x, _) in ends.items() if series in self._names), default=-math.inf)
        columns = {end: [(self._names[series], y) for series, (_, y) in ends.items() if series in self._names]}
        for letter, (x, y) in kept_ends.items():
            column = next((at for at in columns if abs(at - x) < near), x)
            columns.setdefault(column, []).append((self._letters[letter], y))
        for x, column_texts in columns.items():
            self._place_column(x, column_texts, is_log)

    def _ground_names(self, is_over_lines: bool) -> None:
        """Names stand on a ground of their own where lines of kept runs go on below them: struck through they were hard to read."""
        fill = pg.mkBrush(self._plot.theme.color("panel") if is_over_lines else None)
        for text in self._names.values():
            if text.fill != fill:
                text.fill = fill
                text.update()

    def _place_column(self, x: float, texts: list[tuple[pg.TextItem, float]], is_log: bool) -> None:
        """One below the other at `x`: at its own end one would lie on the longer line."""
        box = self._plot.plotItem.getViewBox()
        bottom, top = box.viewRange()[1]
        unit = (top - bottom) / max(1.0, box.height())  # of the axis, for a pixel
        line = self._plot.theme.font("small").pixelSize() * 1.15 * unit
        corner = self.reading.height() * unit
        bottom, top = (bottom + corner, top) if self.reads_below else (bottom, top - corner)
        placed = []
        for number, (_, end) in enumerate(texts):
            y = math.log10(end) if is_log and end > 0 else end
            placed.append((min(max(y, bottom + line / 2), top - line / 2) if math.isfinite(y) else bottom, number))
        placed.sort()
        places, at = [], -math.inf
        for y, _ in placed:
            at = max(y, at + line)
            places.append(at)
        at = top + line / 2
        for place, (_, number) in zip(reversed(places), reversed(placed), strict=True):
            at = min(place, at - line)
            texts[number][0].setPos(x, at)


def _on_axis(values: np.ndarray, is_log: bool) -> np.ndarray:
    """Finite values as the axis counts them."""
    values = values[np.isfinite(values) & ((values > 0) | (not is_log))]
    return np.log10(values) if is_log else values
