"""LayerCard: the two histograms of one layer, large and with axes. Computes nothing but shares."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.panels.activation.depth.board import station_title
from app.panels.activation.depth.drawing import Drawing
from app.panels.activation.depth.figures import percent, short
from app.panels.activation.depth.slot_look import slot_color, slot_pen
from app.panels.activation.depth.state import SLOTS
from app.panels.activation.depth.state import Slot as Place
from app.widgets.icons import icon
from app.widgets.number_words import power
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme
from trainers.activation_lab import LayerFigures

Floats = npt.NDArray[np.float64]

_TOWER = 4.0  # a bin that is so many times as full as the next is cut off, or nothing else would be seen


class LayerPlot(StyledPlot):
    """The histograms of A and B at one station, in per cent of all numbers, laid over one another."""

    def __init__(self, theme: Theme, what: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, what, "", "share of numbers", "%", title=what, parent=parent)
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self._steps: dict[Place, pg.PlotCurveItem] = {}
        self._shares: dict[Place, tuple[Floats, Floats]] = {}
        for slot in SLOTS:
            item = pg.PlotCurveItem(fillLevel=0)
            self.addItem(item)
            self._steps[slot] = item
        self.read_out = self._words_at
        self.note = ""
        self._what = what

    def show_station(self, histograms: dict[Place, tuple[LayerFigures, int]]) -> None:
        """figures and station of each setting on show."""
        self._shares = {}
        scale = self._name_axis(list(histograms.values()))
        for slot, item in self._steps.items():
            shares = _shares(*histograms[slot], scale) if slot in histograms else None
            item.setVisible(shares is not None)
            if shares is not None:
                self._shares[slot] = shares
                item.setData(np.repeat(shares[0], 2), np.pad(np.repeat(shares[1], 2), 1))
                fill = QColor(slot_color(self.theme, slot))
                fill.setAlpha(70 if slot == "a" else 25)
                pen = slot_pen(self.theme, slot)
                pen.setCosmetic(True)
                item.setPen(pen)
                item.setBrush(fill)
        self._fit()

    def curve_data(self) -> dict[str, tuple[Floats, Floats]]:
        return {
            slot.upper(): (0.5 * (edges[1:] + edges[:-1]), shares) for slot, (edges, shares) in self._shares.items()
        }

    def _name_axis(self, histograms: list[tuple[LayerFigures, int]]) -> float:
        """The power of ten in which x is given, so that its numbers stay short."""
        largest = max((float(np.abs(figures.spans[station]).max()) for figures, station in histograms), default=1.0)
        exponent = math.floor(math.log10(largest)) if largest > 0 and math.isfinite(largest) else 0
        exponent = 0 if -2 <= exponent <= 3 else exponent
        self._labels["bottom"] = (self._what, power(exponent) if exponent else "")
        self._write_labels()
        return float(10.0**exponent)

    def _fit(self) -> None:
        """The whole x axis; a bin that towers over all others is cut off, and said."""
        self.note = ""
        if not self._shares:
            return
        low = min(float(edges[0]) for edges, _ in self._shares.values())
        high = max(float(edges[-1]) for edges, _ in self._shares.values())
        top = 0.0
        for slot, (edges, shares) in self._shares.items():
            order = np.argsort(shares)
            tallest, second = float(shares[order[-1]]), float(shares[order[-2]])
            if second > 0 and tallest > _TOWER * second:
                self.note += f"{slot.upper()}: {percent(tallest / 100)} in one bin at {short(float(edges[order[-1]]))}, cut off. "
                tallest = 1.6 * second
            top = max(top, tallest)
        self.plotItem.vb.setRange(xRange=(low, high), yRange=(0.0, max(top, 1e-9)), padding=0.02, disableAutoRange=True)

    def _words_at(self, x: float, _y: float) -> str:
        words = []
        for slot, (edges, shares) in self._shares.items():
            number = int(np.searchsorted(edges, x, side="right")) - 1
            if 0 <= number < len(shares):
                words.append(
                    f"{slot.upper()}: {percent(float(shares[number]) / 100)} from {edges[number]:.3g} to {edges[number + 1]:.3g}"
                )
        return "   ".join(words)


def _shares(figures: LayerFigures, station: int, scale: float) -> tuple[Floats, Floats] | None:
    """Edges of the bins over `scale`, and per cent of the finite numbers in each; None where there is none."""
    counts = figures.counts[station]
    if not counts.any():
        return None
    low, high = figures.spans[station]
    return np.linspace(low / scale, high / scale, len(counts) + 1), 100.0 * counts / counts.sum()


class LayerCard(QFrame):
    """`closed`: it is to go away."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Drawing, int] | None = None
        self.setAccessibleName("Histograms of one layer")
        self.title = QLabel(self)
        self.title.setObjectName("heading")
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon(theme, "close"))
        self.close_button.setToolTip("Close the histograms of this layer (Esc)")
        self.close_button.setAccessibleName("Close the histograms of this layer")
        self.close_button.clicked.connect(self.closed)
        self.forward = LayerPlot(theme, "activation", self)
        self.backward = LayerPlot(theme, "gradient", self)
        self.notes = (QLabel(self), QLabel(self))
        for note in self.notes:
            note.setObjectName("caption")
            note.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self._layout.addLayout(head)
        for plot, note in zip((self.forward, self.backward), self.notes, strict=True):
            self._layout.addWidget(plot, 1)
            self._layout.addWidget(note)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_layer(self, drawing: Drawing, station: int) -> None:
        """The histograms of `station` of everything in `drawing`."""
        if self._shown is not None and self._shown[1] == station:
            old = [(one.slot, one.answer) for one in self._shown[0].drawn]
            new = [(one.slot, one.answer) for one in drawing.drawn]
            if len(old) == len(new) and all(a[0] == b[0] and a[1] is b[1] for a, b in zip(old, new, strict=True)):
                return
        self._shown = drawing, station
        self.title.setText(station_title(station))
        there = [one for one in drawing.drawn if station <= one.answer.question.layers]
        self.forward.show_station({one.slot: (one.answer.activations, station) for one in there})
        self.backward.show_station({one.slot: (one.answer.gradients, station) for one in there})
        for plot, note in zip((self.forward, self.backward), self.notes, strict=True):
            note.setText(plot.note)
            note.setVisible(bool(plot.note))

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(8)
        self._layout.setContentsMargins(gap, gap, gap, gap)
        self._layout.setSpacing(self._theme.gap(4))
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_layer(*shown)
