"""The kept runs in one row of curves: their lines behind those of the run that stands, where they end, what they say at a place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen

from app.panels.monitor.kept_picture import KeptCurve, KeptPicture
from app.panels.monitor.laid_run import DASHES, TOKENS, LaidRun
from app.panels.monitor.row_lines import MOST_MARKERS, Drawn, columns_of
from app.panels.monitor.row_specs import Line, RowSpec, short_figure

if TYPE_CHECKING:
    from app.widgets.plot_style import StyledPlot
    from app.widgets.theme import Theme


class RowKept:
    """Draws `laid` into a plot: of what is noisy the running mean alone, of what comes once an epoch a ring for each."""

    def __init__(self, plot: StyledPlot, spec: RowSpec) -> None:
        self._plot = plot
        self._spec = spec
        self._laid: tuple[LaidRun, ...] = ()
        self._kind = "steps"
        self._picture: KeptPicture | None = None
        self._drawn: dict[tuple[str, str], Drawn] = {}  # by letter and series
        self._drawn_of: tuple[object, ...] = ()

    def take(self, laid: tuple[LaidRun, ...], kind: str) -> None:
        """Draw these from now on, on the time axis `kind`."""
        self._laid, self._kind = laid, kind

    def draw(self, x_range: tuple[float, float], pixels: int, width: int, is_log: bool) -> list[Drawn]:
        """Draw what lies in `x_range`, as the lines of the run are; what is drawn already is left as it is."""
        wanted = (self._laid, self._kind, x_range, pixels, width, is_log)
        if wanted != self._drawn_of:
            self._drawn_of = wanted
            self._draw(x_range, pixels, width, is_log)
        return list(self._drawn.values())

    def _draw(self, x_range: tuple[float, float], pixels: int, width: int, is_log: bool) -> None:
        self._drawn = {}
        curves = []
        for laid in self._laid:
            for line in self._spec.lines:
                drawn = self._columns(laid, line, x_range, pixels, width, is_log)
                if drawn is not None:
                    self._drawn[laid.letter, line.series] = drawn
                    curves.append(self._curve(laid, line, drawn, is_log))
        if self._picture is None and curves:
            self._picture = KeptPicture(self._plot.theme.color("panel"), 0.0)
            self._picture.setZValue(0.5)  # behind every line of the run itself
            self._plot.addItem(self._picture, ignoreBounds=True)
        if self._picture is not None:
            theme = self._plot.theme
            self._picture.show_curves(curves, theme.color("panel"), max(5.0, 5.0 * theme.scale))

    def _columns(
        self, laid: LaidRun, line: Line, x_range: tuple[float, float], pixels: int, width: int, is_log: bool
    ) -> Drawn | None:
        axis = laid.axis(self._kind)
        if axis is None:
            return None
        first, last = (float(step) for step in axis.steps(np.array(x_range)))
        x, low, high = laid.run.window(line.series, first, last, pixels)
        if not len(x) or not np.isfinite(high).any():
            return None
        if line.kind == "raw":
            ends = (laid.run.index_of(line.series, float(end) - 0.5) for end in (x[0], x[-1]))
            low = high = laid.run.means(line.series, columns_of(x, *ends), width)
        return Drawn.of(axis.values(x), low * self._spec.factor, high * self._spec.factor, is_log)

    def _curve(self, laid: LaidRun, line: Line, drawn: Drawn, is_log: bool) -> KeptCurve:
        x, y = drawn.zigzag()
        if is_log:
            with np.errstate(divide="ignore", invalid="ignore"):
                y = np.where(y > 0, np.log10(y), np.nan)
        return KeptCurve(
            x, y, kept_pen(self._plot.theme, laid.letter), line.kind == "points" and len(x) <= MOST_MARKERS
        )

    def restyle(self) -> None:
        """Take over the theme's colours and sizes, the next time that it is drawn."""
        self._drawn_of = ()

    def ends(self) -> dict[str, tuple[float, float]]:
        """Where each run's lines end, by its letter: on the last of the row's lines that it has."""
        return {letter: drawn.end for (letter, _), drawn in self._drawn.items()}

    def values(self, at: float, width: int) -> dict[str, dict[str, float]]:
        """What each run says at `at` on the time axis, by its letter and the series; nothing beyond its end."""
        found: dict[str, dict[str, float]] = {}
        for laid in self._laid:
            axis = laid.axis(self._kind)
            if axis is None or at > laid.end(self._kind) + 1e-9:
                continue
            step = float(axis.steps(np.array([at]))[0])
            for line in self._spec.lines:
                value = _value(laid, line, step, width)
                if value is not None:
                    found.setdefault(laid.letter, {})[line.series] = value * self._spec.factor
        return found

    def words(self, values: dict[str, dict[str, float]]) -> list[tuple[str, str, bool]]:
        """`values` as words for the row's corner: A 0.51 / 0.48."""
        tokens = {laid.letter: laid.token for laid in self._laid}
        return [
            (f"{letter} {' / '.join(short_figure(value) for value in series.values())}", tokens[letter], False)
            for letter, series in values.items()
        ]


def _value(laid: LaidRun, line: Line, step: float, width: int) -> float | None:
    """The newest value at `step`, averaged as it is drawn; None where there is none."""
    index = laid.run.index_of(line.series, step + 0.5) - 1  # steps are whole numbers
    if not 0 <= index < laid.run.count(line.series):  # before its first point nothing is known
        return None
    value = float(laid.run.rows(line.series, index, index + 1)[1][0])
    if not math.isfinite(value):
        return None
    return float(laid.run.means(line.series, np.array([index]), width)[0]) if line.kind == "raw" else value


def kept_pen(theme: Theme, letter: str) -> QPen:
    """The pen of a kept run's lines: its dash, thinner than those of the run that stands."""
    width = 0.7 * theme.line_width
    pen: QPen = pg.mkPen(theme.color(TOKENS[letter]), width=width)
    pen.setDashPattern([part * max(1.0, 1.5 / width) for part in DASHES[letter]])
    return pen
