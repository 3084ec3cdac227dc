"""What stands at the ends of two spreads: both can be read, also in a row that is too low for one above the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from app.panels.activation.depth.end_words import write_ends
from app.panels.activation.depth.geometry import Row
from app.widgets.theme import Theme


class Writing:
    """A painter that only remembers which words stand where."""

    def __init__(self) -> None:
        self.boxes: dict[str, QRectF] = {}

    def drawText(self, box: QRectF, _flags: int, words: str) -> None:
        self.boxes[words] = QRectF(box)

    def fillRect(self, *_: Any) -> None:
        pass

    def setPen(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("is_backward", [False, True])
@pytest.mark.parametrize("lines_high", [1.5, 4.0])
def test_the_words_of_two_ends_do_not_cover_one_another(qapp: Any, is_backward: bool, lines_high: float) -> None:
    theme = Theme("projector")
    high = lines_high * theme.px(20)
    row = Row("spread", 100.0, 100.0 + high)
    x, near, far = np.linspace(100, 900, 50), np.full(50, 110.0), np.full(50, 98.0 + high)
    end = 100.0 if is_backward else 900.0
    ends = [("a", end, far[0], "A vanishes: 0 at layer 1"), ("b", end, near[0], "B 0.81 at layer 1")]
    writing: Any = Writing()
    write_ends(writing, theme, row, ends, [(x, near), (x, far)], is_backward=is_backward)
    first, second = writing.boxes.values()
    assert not first.intersects(second)
    assert all(box.left() >= 100 and box.right() <= 900 for box in (first, second))
