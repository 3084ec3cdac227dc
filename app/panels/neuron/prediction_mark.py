"""PredictionMark: an answer that a person has chosen, drawn into the plot that will answer it. Knows no bench."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot

from app.panels.neuron.prediction_sketch import YOUR_COLOR, Points
from app.widgets.plot_style import StyledPlot

_PAPER_ALPHA = 0.8


class PredictionMark:
    """A dashed line in the colour of every prediction, with "you: stronger" at its end. It stays when the outcome comes."""

    def __init__(self, plot: StyledPlot) -> None:
        self._plot = plot
        self._line = plot.add_curve(
            YOUR_COLOR, name="your prediction", is_dashed=True, width=plot.theme.line_width + 0.5
        )
        self._place: tuple[float, float, float] | None = None
        self._words = pg.TextItem()
        self._words.setZValue(6)
        self._words.hide()
        plot.addItem(self._words, ignoreBounds=True)
        plot.plotItem.vb.sigResized.connect(self._place_words)
        plot.theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show(self, points: Points, said: str = "", *, reach: float = 0.0) -> None:
        """The line through `points` (NaN: a gap) in the plot's units; none: nothing.

        said: the answer, to stand at the last point ("": no words); reach: how far the line goes to both sides of it.
        """
        x, y = np.array(points or np.zeros((0, 2)), float).T
        self._line.setData(x, y, connect="finite")
        self._place = (*points[-1], reach) if points and said else None
        self._words.setVisible(self._place is not None)
        self._words.setText(f"you: {said}" if said else "")
        self._place_words()

    @Slot()
    def _place_words(self) -> None:
        """Right of the line, or where there is no room left of it."""
        if self._place is None:
            return
        x, y, reach = self._place
        box = self._plot.plotItem.vb
        low, high = box.viewRange()[0]
        wide = self._words.boundingRect().width() / max(box.width(), 1.0) * (high - low)
        is_right = x + reach + wide <= high
        self._words.setAnchor((0.0 if is_right else 1.0, 0.5))
        self._words.setPos(x + reach if is_right else x - reach, y)

    @property
    def text(self) -> str:
        """What is to be read in the plot; "" where nothing is."""
        return str(self._words.toPlainText()) if self._words.isVisible() else ""

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self._plot.theme
        paper = theme.color("panel")
        paper.setAlphaF(_PAPER_ALPHA)
        self._words.fill = pg.mkBrush(paper)
        self._words.setFont(theme.font("small"))
        self._words.setColor(theme.color(YOUR_COLOR))
        self._place_words()
