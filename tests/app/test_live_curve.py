"""A curve that has grown is painted at its end alone, and then looks as if all of it had been painted."""

from __future__ import annotations

from collections.abc import Iterable
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


@pytest.mark.parametrize("width", [1.0, 3.0])
def test_a_curve_that_has_grown_is_painted_at_its_end(plot: StyledPlot, width: float) -> None:
    curve = plot.add_live_curve("accent", width=width)
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
    dashed: LiveCurve = plot.add_live_curve("muted", is_dashed=True)
    for curve in (solid, dashed):
        curve.show_data(*numbers(400))
    painted = Watched(plot)
    painted.share()
    solid.show_data(STEPS[:400], numbers(400)[1] + 0.1)
    assert painted.share() > 0.6
    solid.show_data(STEPS[:400][::-1].copy(), numbers(400)[1])  # as no run goes, but a curve may
    assert painted.share() > 0.6
    solid.show_data(*numbers(402))
    assert painted.share() > 0.6
    dashed.show_data(*numbers(402))  # its dashes are counted from its beginning
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
