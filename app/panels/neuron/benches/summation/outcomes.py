"""What one's own runs have shown: at how many inputs the cell fires, and the number line on which that is drawn. Asks no cell."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.summation.plan import MOST_INPUTS, TRIALS, SumCondition, SumRun, Trials
from app.widgets.theme import Theme


class Outcomes:
    """What the runs of a state have shown, by condition."""

    def __init__(self, runs: Sequence[SumRun] = ()) -> None:
        self._runs: dict[SumCondition, dict[int, bool]] = {}
        for run in runs:
            self._runs.setdefault(run.condition, {})[run.inputs] = run.fires

    def of(self, condition: SumCondition) -> dict[int, bool]:
        """The runs under `condition`."""
        return self._runs.get(condition, {})

    def bracket(self, condition: SumCondition) -> tuple[int | None, int | None]:
        """The most inputs that failed, and the fewest that fired."""
        runs = self.of(condition)
        failed = [inputs for inputs, fires in runs.items() if not fires]
        fired = [inputs for inputs, fires in runs.items() if fires]
        return max(failed, default=None), min(fired, default=None)

    def needed(self, condition: SumCondition) -> str:
        """How many inputs it takes, once the runs have shown it: "10", or "more than 20"; "" before."""
        most, fewest = self.bracket(condition)
        if fewest is not None and (fewest == 1 or most == fewest - 1):
            return str(fewest)
        return f"more than {MOST_INPUTS}" if fewest is None and most == MOST_INPUTS else ""

    def sentence(self, condition: SumCondition) -> str:
        """The counter: "9 inputs: no, 10: fires"."""
        most, fewest = self.bracket(condition)
        if most is None and fewest is None:
            return "No outcome yet."
        if fewest is None:
            return f"{_inputs(most or 0)}: no. Try more." if most != MOST_INPUTS else f"{most} inputs: no, not even so."
        if most is None:
            return f"{_inputs(fewest)}: fires." + (" Try fewer." if fewest > 1 else "")
        end = "" if most == fewest - 1 else " Try between."
        return f"{_inputs(most)}: no, {fewest}: fires.{end}"


def sentence_of_trials(trials: Sequence[Trials]) -> str:
    """What a sweep by chance has shown: how often which number fires, and how far the peaks of a number that fades spread."""
    some = next((one for one in trials if one.fired), None)
    if some is None:
        return f"By chance, {TRIALS} runs of each number: none has fired."
    said = f"By chance, {TRIALS} runs of each number: {_inputs(some.inputs)} fired in {some.fired}"
    always = next((one.inputs for one in trials if all(two.fired == TRIALS for two in trials[one.inputs - 1 :])), None)
    said += f", {always} and more in all." if always is not None else f", {MOST_INPUTS} in {trials[-1].fired}."
    faded = next((one for one in reversed(trials) if one.fired == 0 and len(one.faded_mV) > 1), None)
    if faded is not None:
        mean, spread = statistics.mean(faded.faded_mV), statistics.stdev(faded.faded_mV)
        said += f" {_inputs(faded.inputs)}: {mean:.1f} ± {spread:.1f} mV (mean ± SD)."
    return said


def _inputs(count: int) -> str:
    return f"{count} input" if count == 1 else f"{count} inputs"


class NumberLine(QWidget):
    """1 to 20 inputs: a filled disc above where the cell fired, a ring where it did not, a triangle at what was predicted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._runs: dict[int, bool] = {}
        self._chosen = 1
        self._said: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Your runs: a filled disc fired, a ring did not; the triangle is your prediction")
        theme.changed.connect(self._on_theme_changed)

    def show_runs(self, runs: dict[int, bool], chosen: int, said: float | None) -> None:
        """runs: inputs -> fired; chosen: the number that stands at the slider; said: the prediction."""
        if (runs, chosen, said) != (self._runs, self._chosen, self._said):
            self._runs, self._chosen, self._said = dict(runs), chosen, said
            told = [f"{inputs} {'fired' if fires else 'did not fire'}" for inputs, fires in sorted(runs.items())]
            self.setAccessibleName(f"Runs: {', '.join(told) or 'none'}")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(260), self._theme.px(48))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(150), self._theme.px(48))

    def place_of(self, inputs: float) -> float:
        """The x of a number, px."""
        margin = self._theme.px(14)
        return margin + (self.width() - 2 * margin) * (inputs - 1) / (MOST_INPUTS - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.font("small")
        painter.setFont(font)
        line = theme.px(22)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(self.place_of(1), line), QPointF(self.place_of(MOST_INPUTS), line))
        metrics = QFontMetricsF(font)
        for inputs in range(1, MOST_INPUTS + 1):
            x = self.place_of(inputs)
            is_named = inputs in (1, 5, 10, 15, 20)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QPointF(x, line), QPointF(x, line + theme.px(6 if is_named else 3)))
            if is_named:
                painter.setPen(theme.color("muted"))
                text = str(inputs)
                width = metrics.horizontalAdvance(text)
                painter.drawText(QPointF(x - width / 2, line + theme.px(8) + metrics.ascent()), text)
        self._paint_chosen(painter, line)
        for inputs, fires in self._runs.items():
            self._paint_run(painter, QPointF(self.place_of(inputs), line - theme.px(11)), fires)
        if self._said is not None and 1 <= self._said <= MOST_INPUTS:
            self._paint_said(painter, self.place_of(self._said), line)

    def _paint_chosen(self, painter: QPainter, line: float) -> None:
        theme = self._theme
        x, half = self.place_of(self._chosen), theme.px(8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("selection"))
        painter.drawRoundedRect(QRectF(x - half, 0, 2 * half, line), 4, 4)

    def _paint_run(self, painter: QPainter, place: QPointF, fires: bool) -> None:
        theme = self._theme
        radius = theme.px(5)
        painter.setPen(QPen(theme.color("positive" if fires else "muted"), max(1.5, theme.line_width * 0.8)))
        painter.setBrush(theme.color("positive") if fires else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, radius, radius)

    def _paint_said(self, painter: QPainter, x: float, line: float) -> None:
        theme = self._theme
        size = theme.px(6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("series_3"))
        painter.drawPolygon(
            [QPointF(x, line - 1), QPointF(x - size, line - 1 - 1.3 * size), QPointF(x + size, line - 1 - 1.3 * size)]
        )

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
