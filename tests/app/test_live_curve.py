"""A curve that has grown is painted at its end alone, and then looks as if all of it had been painted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.live_curve import LiveCurve
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

STEPS = np.arange(600.0)
LEVEL = 0.13


class Watched(QObject):
    """How much of a plot is painted."""

    def __init__(self, plot: StyledPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._area = 0
        plot.viewport().installEventFilter(self)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._area += sum(part.width() * part.height() for part in cast(Iterable[QRect], event.region()))
        return False

    def share(self) -> float:
        """Of its area, since the last question."""
        QApplication.processEvents()
        area, self._area = self._area, 0
        return float(area / (self._plot.viewport().width() * self._plot.viewport().height()))


@pytest.fixture
def plot(qtbot: QtBot) -> StyledPlot:
    plot = StyledPlot(Theme("paper"), "step", y_label="loss")
    qtbot.addWidget(plot)
    plot.plotItem.showGrid(x=False, y=False)  # it lies over the curves
    plot.resize(500, 200)
    plot.plotItem.vb.setRange(xRange=(0.0, 600.0), yRange=(-2.0, 2.0), padding=0.0)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def numbers(count: int, *, ends_at: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """The first `count` points, the last of which may still change, with a gap on the way."""
    y = np.sin(STEPS[:count] / 7.0) * np.cos(STEPS[:count] / 90.0)
    y[200:204] = np.nan
    y[-1] += ends_at
    return STEPS[:count].copy(), y


def on_screen(plot: StyledPlot) -> QImage:
    return QImage(plot.screen().grabWindow(plot.winId()).toImage())


@pytest.mark.parametrize(("width", "is_dashed"), [(1.0, False), (3.0, False), (2.0, True)])
def test_a_curve_that_has_grown_is_painted_at_its_end(plot: StyledPlot, width: float, is_dashed: bool) -> None:
    curve = plot.add_live_curve("accent", width=width, is_dashed=is_dashed)
    curve.show_data(*numbers(400))
    painted = Watched(plot)
    painted.share()
    for count in range(402, 482, 8):
        curve.show_data(*numbers(count, ends_at=0.6))
        assert 0.0 < painted.share() < 0.45
        seen = on_screen(plot)
        plot.viewport().repaint()
        assert painted.share() == pytest.approx(1.0)
        assert on_screen(plot) == seen


def test_a_curve_that_is_another_one_is_painted_as_a_whole(plot: StyledPlot) -> None:
    solid: LiveCurve = plot.add_live_curve("accent")
    solid.show_data(*numbers(400))
    painted = Watched(plot)
    painted.share()
    solid.show_data(STEPS[:400], numbers(400)[1] + 0.1)
    assert painted.share() > 0.6
    solid.show_data(STEPS[:400][::-1].copy(), numbers(400)[1])  # as no run goes, but a curve may
    assert painted.share() > 0.6
    solid.show_data(*numbers(402))
    assert painted.share() > 0.6
    seen = on_screen(plot)
    plot.viewport().repaint()
    assert on_screen(plot) == seen
    plot.plotItem.vb.setXRange(0.0, 500.0, padding=0.0)
    assert painted.share() > 0.6
    painted.share()  # pyqtgraph moves what it holds while it is painted, and paints it again
    solid.show_data(*numbers(410))
    assert painted.share() < 0.45
    solid.show_data(np.empty(0), np.empty(0))
    assert painted.share() > 0.6


def dashes(plot: StyledPlot, curve: LiveCurve, at: float) -> list[int]:
    """The columns of pixels, counted from the left end of the axis, in which the curve is drawn at the height `at`."""
    ink, picture = curve.opts["pen"].color(), plot.grab().toImage()
    left, right = (plot.place_of(x, at).toPoint() for x in (0.0, 600.0))
    ratio = picture.devicePixelRatio()
    seen = [picture.pixelColor(round(x * ratio), round(left.y() * ratio)) for x in range(left.x(), right.x())]
    return [number for number, color in enumerate(seen) if color == ink]


def gaps(plot: StyledPlot, curve: LiveCurve) -> list[int]:
    """The last column of each dash of a level curve."""
    return [one for one, other in pairwise(dashes(plot, curve, LEVEL)) if other > one + 1]


def test_dashes_go_along_with_their_data(plot: StyledPlot) -> None:
    curve: LiveCurve = plot.add_live_curve("accent", is_dashed=True, width=2.0)
    level, pixel = np.full(len(STEPS), LEVEL), 600.0 / plot.plotItem.vb.width()
    curve.show_data(STEPS, level)
    before = gaps(plot, curve)
    assert 20 < len(before) < 60
    curve.dash_origin = 5 * pixel
    curve.show_data(STEPS + 5 * pixel, level)
    after = gaps(plot, curve)
    assert all(any(abs(gap + 5 - other) <= 1 for other in after) for gap in before[:-1])
    peak = level.copy()
    peak[round((before[10] + 2.5) * pixel)] = 1.5
    curve.dash_origin = 0.0
    curve.show_data(STEPS, peak)
    assert dashes(plot, curve, 0.7)


def test_a_dashed_curve_that_goes_back_is_dashed_too(plot: StyledPlot) -> None:
    curve: LiveCurve = plot.add_live_curve("accent", is_dashed=True, width=2.0)
    curve.show_data(STEPS[::-1].copy(), np.full(len(STEPS), LEVEL))
    drawn = dashes(plot, curve, LEVEL)
    assert 0.5 < len(drawn) / plot.plotItem.vb.width() < 0.95
