"""Axes that are kept as pictures look like those that are painted anew, whatever size the plot had before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Size = tuple[int, int]
LAST = (400, 290)


def plot_of(qtbot: QtBot, size: Size) -> StyledPlot:
    plot = StyledPlot(Theme("paper"), "step", y_label="dead units")
    plot.read_out = lambda _x, _y: ""  # the pointer may stand over one of two plots
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # one of two plots would have a frame where a stylesheet is on
    plot.keep_axes()
    plot.leave_room()
    qtbot.addWidget(plot)
    plot.plotItem.vb.setRange(xRange=(0, 50), yRange=(-1, 33), padding=0)
    plot.resize(*size)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def last_picture(plot: StyledPlot) -> QImage:
    plot.resize(*LAST)
    plot.plotItem.vb.setRange(yRange=(-1.28, 33.28), padding=0)
    return plot.grab().toImage()


@pytest.mark.parametrize(
    "sizes", [((30, 220), (400, 220)), ((20, 100), (400, 220)), ((60, 20), (400, 220)), ((400, 500),)]
)
def test_a_plot_that_grew_has_the_axes_of_its_size(qtbot: QtBot, qapp: QApplication, sizes: tuple[Size, ...]) -> None:
    plot = plot_of(qtbot, sizes[0])
    plot.grab()
    for size in sizes[1:]:
        plot.resize(*size)
        plot.grab()
    assert last_picture(plot) == last_picture(plot_of(qtbot, LAST))
