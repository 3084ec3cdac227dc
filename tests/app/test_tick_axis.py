"""An axis whose ticks are given: lines through the plot where they stand, their texts beside it."""

import pytest
from PySide6.QtGui import QImage

from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme
from app.widgets.tick_axis import TickAxis


@pytest.fixture
def plot(qtbot) -> StyledPlot:
    plot = StyledPlot(Theme("paper"), "", axes={side: TickAxis(side) for side in ("bottom", "left")})
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.plotItem.getViewBox().setRange(xRange=(0.0, 10.0), yRange=(0.0, 4.0), padding=0.0)
    plot.show()
    return plot


def ground_free(picture: QImage, place: tuple[int, int], reach: tuple[int, int]) -> bool:
    """Whether something is drawn within `reach` about `place`."""
    ground = picture.pixelColor(picture.width() - 2, 2)
    ratio = picture.devicePixelRatio()
    return all(
        picture.pixelColor(round(x * ratio), round(y * ratio)) == ground
        for x in range(place[0] - reach[0], place[0] + reach[0] + 1)
        for y in range(place[1] - reach[1], place[1] + reach[1] + 1)
    )


def test_a_tick_has_a_line_and_a_text(plot: StyledPlot) -> None:
    bottom, left = plot.plotItem.getAxis("bottom"), plot.plotItem.getAxis("left")
    bottom.show_ticks([(5.0, "5"), (25.0, "25")])  # one lies outside of the range
    left.show_ticks([(2.0, "-2")])
    picture = plot.grab().toImage()
    upright, across = plot.place_of(5.0, 1.0).toPoint(), plot.place_of(2.5, 2.0).toPoint()
    assert not ground_free(picture, (upright.x(), upright.y()), (1, 0))
    assert not ground_free(picture, (across.x(), across.y()), (0, 1))
    free = plot.place_of(7.5, 1.0).toPoint()
    assert ground_free(picture, (free.x(), free.y()), (8, 8))
    below = plot.place_of(5.0, 0.0).toPoint()
    assert not ground_free(picture, (below.x(), below.y() + 10), (4, 6))
    beside = plot.place_of(0.0, 2.0).toPoint()
    assert not ground_free(picture, (beside.x() - 10, beside.y()), (6, 4))
    empty = plot.place_of(0.0, 3.0).toPoint()
    assert ground_free(picture, (empty.x() - 10, empty.y()), (6, 4))


def test_texts_can_be_left_out(plot: StyledPlot) -> None:
    bottom = plot.plotItem.getAxis("bottom")
    bottom.show_ticks([(5.0, "5")])
    bottom.setStyle(showValues=False)
    below = plot.place_of(5.0, 0.0).toPoint()
    assert ground_free(plot.grab().toImage(), (below.x(), below.y() + 10), (6, 6))
