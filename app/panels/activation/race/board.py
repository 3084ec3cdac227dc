"""RaceBoard: the news, the surfaces, the ranking, and losses and dead units over the steps. Knows no session."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from app.panels.activation.curve_layer import curve_color
from app.panels.activation.race.race_plot import RaceDrawing, RaceLine, RacePlot
from app.panels.activation.race.record import SMOOTHED, RacerChange, RaceRecord, Series, stepped, thinned
from app.panels.activation.race.surface_grid import SurfaceGrid
from app.panels.activation.race.words import (
    MOST_BREVITY,
    SMALLEST_LOSS,
    figure,
    loss_figure,
    names_of,
    news,
    ranking_parts,
    title_of,
)
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_HIGHEST = (
    12.0  # decades of loss that the axis shows at most: one racer on its way to infinity leaves the others their room
)
_SHARE = 0.62  # of the room, that the surfaces take at most
_LEAST_PLOTS = 91  # px of the design: lower, the plots give way to the surfaces
_CALM_PLOTS = 145  # px of the design: lower, the words move into the pictures
_ONE_LINE = 400  # px of the design: a board that is lower says what has happened in one line
_FIRST_LOW = math.log10(0.2)  # of the losses' axis, decades; it begins lower once a loss is
_SLOW = 6  # frames between two changes of the words: five times a second they can be read
_TO_START = "Space starts the race: the same net, points and batches for all, only the activation differs."


class Ranking(QWidget):
    """The racers by loss, in their colours, in as many rows as they need."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.parts: list[tuple[int, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setToolTip("Ranking by the loss over all training points, the least first")
        self.setAccessibleName("Ranking by loss")
        theme.changed.connect(self._fit)

    def show_parts(self, parts: list[tuple[int, str]]) -> None:
        """(racer, words) in their order."""
        if parts != self.parts:
            self.parts = parts
            self._fit()

    def _places(self) -> list[QRectF]:
        theme = self._theme
        metrics = QFontMetricsF(self._font())
        left, top, height = float(theme.gap(8)), 0.0, metrics.height() + 2
        places = []
        for _, words in self.parts:
            width = metrics.horizontalAdvance(words)
            if left + width > self.width() - theme.gap(8) and left > theme.gap(8):
                left, top = float(theme.gap(8)), top + height
            places.append(QRectF(left, top, width + 2, height))
            left += width + theme.gap(20)
        return places

    def _font(self) -> QFont:
        font = self._theme.font("body")
        font.setWeight(self._theme.font("value").weight())
        return font

    @Slot()
    def _fit(self) -> None:
        places = self._places()
        height = round(places[-1].bottom()) if places else 0
        if height != self.height():
            self.setFixedHeight(max(height, 1))
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("panel"))
        painter.setFont(self._font())
        for (racer, words), place in zip(self.parts, self._places(), strict=True):
            painter.setPen(curve_color(self._theme, racer))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)


class RaceBoard(QWidget):
    """Shows a RaceRecord; its cards tell what a hand does to a racer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frames = 0
        self._said: tuple[str, ...] = ("",)  # the same news, each shorter than the one before
        self.news = QLabel(self)
        self.news.setWordWrap(True)
        self.news.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.news.setAccessibleName("What has happened")
        self.grid = SurfaceGrid(theme, self)
        self.grid.setMinimumHeight(60)
        self.ranking = Ranking(theme, self)
        self.losses = RacePlot(theme, "training loss", is_log=True, parent=self)
        self.losses.setToolTip(
            "Of each step's batch, the mean of the last 20 steps; the numbers saved are those of every step"
        )
        self.dead = RacePlot(theme, "dead units", is_log=False, parent=self)
        self.plots = QSplitter(Qt.Orientation.Horizontal, self)
        self.plots.setChildrenCollapsible(False)
        self.plots.addWidget(self.losses)
        self.plots.addWidget(self.dead)
        self.plots.setStretchFactor(0, 3)
        self.plots.setStretchFactor(1, 2)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.news)
        self._column.addWidget(self.grid, 1000)  # as much as it may have
        self._column.addWidget(self.ranking)
        self._column.addWidget(self.plots, 1)
        for plot, low, high in ((self.losses, _FIRST_LOW, 0.1), (self.dead, -2.56, 33.28)):
            plot.show_race(RaceDrawing(), 0, low, high)  # empty axes, of the size that they will have
        self.grid.count_changed.connect(self._share_room)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()
        self._say(self._said)

    @Slot()
    def _share_room(self) -> None:
        """Three fifths for the surfaces, or less where they cannot use them; all where that would be too little for anything."""
        theme = self._theme
        lines = 1 if self.height() < theme.px(_ONE_LINE) else 2
        spacing = QFontMetricsF(self.news.font()).lineSpacing()
        self.news.setFixedHeight(round(lines * spacing) + 2)  # whatever is said: pictures must not jump
        whole = self.height() - self.news.height() - theme.gap(10)
        room = whole - self.ranking.height()
        width = self.width() - 2 * theme.gap(8)
        found = self.grid.fit(width, round(_SHARE * room), round(_SHARE * whole))
        left = (whole if found.shape == "over" else room) - found.height
        if theme.px(_LEAST_PLOTS) <= left < theme.px(_CALM_PLOTS) and found.shape != "over":
            found = self.grid.fit(width, 0, round(_SHARE * whole), is_dear=True)
            left = whole - found.height
        self.plots.setVisible(left >= theme.px(_LEAST_PLOTS))
        if left < theme.px(_LEAST_PLOTS):
            found = self.grid.fit(width, room, whole)
        self.ranking.setVisible(found.shape != "over")  # then the room is dear, and place and loss stand in the corners
        self.grid.setMaximumHeight(max(found.height, 60))

    def show_race(
        self,
        record: RaceRecord | None,
        *,
        is_running: bool,
        is_slow: bool = False,
        hint: str = "",
        is_lost: bool = False,
    ) -> None:
        """Draw how it stands. hint: said in place of what has happened; is_lost: as a warning.

        While it runs the words change a few times a second, the pictures at every call; is_slow: all of it at every call.
        """
        self._frames += 1
        if is_lost != (self.news.objectName() == "refusal"):
            self.news.setObjectName("refusal" if is_lost else "")
            self.news.style().polish(self.news)
        is_all_due = is_slow or not is_running
        is_time = is_all_due or self._frames % _SLOW == 0
        self.grid.show_race(record, are_words_due=is_time)
        if record is None:
            self.ranking.show_parts([])
            self._say((hint,))
            return
        if is_time:
            self.ranking.show_parts(ranking_parts(record))
            words = [news(record, brevity) for brevity in range(MOST_BREVITY + 1)]
            self._say((hint,) if hint else words if words[0] or is_running or record.done else (_TO_START,))
            self.grid.describe()
        if is_all_due or self._frames % 2:  # the surfaces come first: each plot is drawn anew every second time
            self._draw_losses(record)
        if is_all_due or not self._frames % 2:
            self._draw_dead(record)

    def _say(self, versions: Sequence[str]) -> None:
        """Say the first of these that has room, or the last."""
        self._said = tuple(versions)
        metrics = QFontMetricsF(self.news.font())
        room = QRectF(0, 0, self.news.width() - 1, 1e6)
        flags = int(Qt.TextFlag.TextWordWrap)
        fitting = (text for text in versions if metrics.boundingRect(room, flags, text).height() <= self.news.height())
        words = next(fitting, versions[-1])
        if words != self.news.text():
            self.news.setText(words)

    def _draw_losses(self, record: RaceRecord) -> None:
        names = names_of(record)
        means = record.means.rows
        steps, drawn = record.curve.rows
        if len(steps) and steps[-1] != len(means):  # the line ends where the race stands
            steps, drawn = np.append(steps, len(means)), np.concatenate([drawn, means[-1:].astype(np.float64)])
        lines = []
        low, high = _FIRST_LOW, 0.0
        most = max(50, self.losses.columns // 3)
        for racer, name in enumerate(names):
            x, y = thinned(steps, drawn[:, racer], most)
            with np.errstate(divide="ignore", invalid="ignore"):
                y = np.log10(np.maximum(y, SMALLEST_LOSS))  # a loss of exactly 0 runs along the lower edge
            finite = y[np.isfinite(y)]
            if len(finite):
                low, high = min(low, float(finite.min())), max(high, float(finite.max()))
            lines.append(RaceLine(x, y, racer, name + _beyond(y), record.frame.diverged[racer] is not None))
        low, high = _calm_low(low), min(math.ceil(2 * high) / 2, _HIGHEST)
        high += max(0.6, 0.1 * (high - low)) if record.changes else 0.1  # room for the words of the marks
        drawing = RaceDrawing(tuple(lines), _marks(record), "", Series(tuple(names), means))
        self.losses.show_race(drawing, record.done, low, high)

    def _draw_dead(self, record: RaceRecord) -> None:
        names = names_of(record)
        dead, dead_steps = record.dead.rows, record.dead_steps.rows[:, 0]
        x, counts = stepped(dead_steps, dead, max(50, self.dead.columns // 2))
        lines = []
        alive: list[str] = []
        for racer in range(len(names)):
            now, is_out = record.dead_now[racer], record.frame.diverged[racer] is not None
            label = "" if is_out or not now else f"{now} {title_of(record.plan.racers[racer])}"
            if not is_out and not now:
                alive.append(names[racer])
            lines.append(RaceLine(x, counts[:, racer], racer, label))
        note = (
            "0 all" if len(alive) == len(names) else "0 others" if len(alive) > 1 else "".join(f"0 {n}" for n in alive)
        )
        series = Series(tuple(names), dead, dead_steps)
        drawing = RaceDrawing(tuple(lines), tuple((step, "") for step, _ in _marks(record)), note, series)
        units = record.units
        self.dead.show_race(drawing, record.done, -0.08 * units, 1.04 * units)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap
        self._column.setContentsMargins(gap(8), 0, gap(8), gap(4))
        self._column.setSpacing(gap(2))
        self.news.setFont(theme.font("body"))
        self._share_room()


def _calm_low(low: float) -> float:
    """The next of 1, 2 and 5 times a power of ten at or below `low`, decades: a range that begins there changes seldom."""
    power = math.floor(low)
    return next(power + math.log10(part) for part in (5, 2, 1) if power + math.log10(part) <= low + 1e-9)


def _beyond(decades: Floats) -> str:
    """What a label says of a line that has left the axis; decades: logarithms of its losses."""
    if not len(decades) or not math.isfinite(decades[-1]):
        return ""
    if decades[-1] > _HIGHEST:
        return f" ↑ {readable(10.0 ** float(decades[-1]), 2)}"
    return f" {loss_figure(0.0)}" if 10.0 ** decades[-1] < 1.001 * SMALLEST_LOSS else ""


def _marks(record: RaceRecord) -> tuple[tuple[float, str], ...]:
    """(step, words) of what was changed on the way; what was changed within a few steps stands together."""
    marks: list[tuple[float, list[str]]] = []
    for change in record.changes:
        if isinstance(change, RacerChange):
            words = f"→ {title_of(change.after)}"
        elif change.after == change.before:
            words = f"rate {figure(change.high if change.high > change.before else change.low)} and back"
        else:
            words = f"rate {figure(change.after)}"
        if marks and change.done - marks[-1][0] < SMOOTHED:
            marks[-1][1].append(words)
        else:
            marks.append((float(change.done), [words]))
    return tuple((step, ", ".join(words) if len(words) < 4 else f"{words[0]}, …, {words[-1]}") for step, words in marks)
