"""Where everything lies on the board of "One convolution", for a size: input, window, kernel, products, sum, map. Paints nothing."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

_FEW = 9  # terms up to which the sum is written out
_WORDS = 11.0  # lines of small type: how wide the words are at the right of the grids


class Grid(NamedTuple):
    """Cells of one size; left and top of the first, in px."""

    left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int

    @property
    def rect(self) -> QRectF:
        """All cells."""
        return QRectF(self.left, self.top, self.width * self.columns, self.height * self.rows)

    def cell(self, row: float, column: float) -> QRectF:
        """One cell; halves are allowed."""
        return QRectF(self.left + column * self.width, self.top + row * self.height, self.width, self.height)

    def span(self, row: int, column: int, rows: int, columns: int) -> QRectF:
        """A block of cells."""
        return QRectF(
            self.left + column * self.width, self.top + row * self.height, columns * self.width, rows * self.height
        )

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """(row, column) of the cell under `point`."""
        if not self.rect.contains(point):
            return None
        row, column = int((point.y() - self.top) / self.height), int((point.x() - self.left) / self.width)
        return min(row, self.rows - 1), min(column, self.columns - 1)


class Places(NamedTuple):
    """map, window, kernel, terms: None where there is nothing of the kind. map_area: where the map is, or why there is none.
    has_terms: there is room for the sum written out; line: height of a small line of type; is_wide: input, arithmetic and map
    stand side by side."""

    input: Grid
    map: Grid | None
    map_area: QRectF
    window: Grid | None
    kernel: Grid | None
    terms: Grid | None
    sum: QRectF
    has_terms: bool
    legend: QRectF
    line: float
    is_wide: bool


class Shape(NamedTuple):
    """What is to be placed, as (rows, columns): the padded input, the map (0: none), the kernel; has_kernel: in a convolution."""

    padded: tuple[int, ...]
    map: tuple[int, ...]
    kernel: tuple[int, ...]
    has_kernel: bool


def arrange(width: float, height: float, line: float, shape: Shape) -> Places:
    """Places on a board of width by height px, with small type `line` px high."""
    gap, title = line, line * 1.7
    legend = QRectF(gap, height - line * 1.9, width - 2 * gap, line * 1.6)
    room = max(legend.top() - title - 0.4 * gap, 40.0)
    least, share = (15.0, 0.27) if shape.has_kernel else (10.0, 0.2)
    middle = min(max(share * width, least * line), 0.36 * width)
    beside = max(min(room, (width - middle - 5 * gap) / 2), 20.0)
    above = max(min((width - 3 * gap) / 2, max(room * 0.55, room - 8 * line)), 20.0)
    # where the input's numbers could not be read beside the arithmetic, and they could above it, they stand above it
    is_wide = width >= 1.3 * height and (beside >= line * max(shape.padded) or beside >= above)
    if is_wide:
        side = beside
        spare = max(width - 2 * side - middle - 4 * gap, 0.0)
        middle += min(spare, 0.12 * width)
        left = max((width - 2 * side - middle - 2 * gap) / 2, gap)
        top = title + max(0.0, (room - side) * 0.4)
        mid = QRectF(left + side + gap, title - line * 0.3, middle, room + line * 0.3)
        right = mid.right() + gap
    else:
        side = above
        left, right = gap, width - gap - side
        top = title
        mid = QRectF(gap, top + side + 0.6 * line, width - 2 * gap, max(room - side - line, 40.0))
    area = QRectF(right, top, side, side)
    long, short = 7.2 * line, 4.2 * line
    has_terms = math.prod(shape.kernel) <= _FEW and max(_cells(mid, line, shape.kernel, long)) >= 1.5 * line
    told = 5.0 * line if not shape.has_kernel else long if has_terms else short
    row = 0.0 if is_wide else _row_cell(mid, line, shape)
    is_row = row > max(_cells(mid, line, shape.kernel, told))
    has_terms = has_terms and not is_row
    window, kernel, terms, words = _in_a_row(mid, line, shape, row) if is_row else _middle(mid, line, shape, told)
    return Places(
        input=_grid(QRectF(left, top, side, side), shape.padded),
        map=_grid(area, shape.map) if all(shape.map) else None,
        map_area=area,
        window=window,
        kernel=kernel,
        terms=terms,
        sum=words,
        has_terms=has_terms,
        legend=legend,
        line=line,
        is_wide=is_wide,
    )


def _grid(area: QRectF, shape: tuple[int, ...]) -> Grid:
    """Square cells, as many as `shape` (rows, columns), in the middle of `area`; whole pixels where a cell has some."""
    rows, columns = shape
    cell = min(area.width() / columns, area.height() / rows)
    if cell >= 4:
        cell = float(int(cell))
    left = round(area.center().x() - cell * columns / 2)
    return Grid(left, round(area.top() + (area.height() - cell * rows) / 2), cell, cell, rows, columns)


def _cells(area: QRectF, line: float, shape: tuple[int, ...], told: float) -> tuple[float, float]:
    """How large a cell of the kernel becomes in `area` with the products below it, and with all three beside each other.

    told: how high the words below are.
    """
    rows, columns = shape
    sign, title = 1.6 * line, 1.4 * line
    room = area.height() - told - 2 * title - 0.6 * line
    below = min((area.width() - sign) / 2 / columns, 0.56 * room / rows, 4.6 * line)
    beside = min((area.width() - 2 * sign) / 3 / columns, (area.height() - title - told) / rows, 4.6 * line)
    return below, beside


def _row_cell(area: QRectF, line: float, shape: Shape) -> float:
    """How large a cell becomes in `area` with all grids in one row and the words at their right."""
    (rows, columns), grids = shape.kernel, 3 if shape.has_kernel else 1
    room = area.width() - _WORDS * line - 1.6 * line * grids
    return max(min(room / grids / columns, (area.height() - 1.6 * line) / rows, 4.6 * line), 0.0)


def _in_a_row(
    area: QRectF, line: float, shape: Shape, cell: float
) -> tuple[Grid | None, Grid | None, Grid | None, QRectF]:
    """Window, kernel, products with cells of that size, and at their right the words: where there is little height."""
    (rows, columns), has_map = shape.kernel, all(shape.map)
    wide, high, step = cell * columns, cell * rows, cell * columns + 1.6 * line
    count = 3 if shape.has_kernel else 1
    left = area.left() + max(area.width() - count * step - _WORDS * line, 0.0) / 2
    spots = [QRectF(left + number * step, area.top() + 1.4 * line, wide, high) for number in range(count)]
    grids = [_grid(spot, shape.kernel) for spot in spots]
    told = 4.2 * line
    words = QRectF(left + count * step, spots[0].center().y() - 0.45 * told, _WORDS * line, told)
    window, kernel, terms = (*grids, None, None)[:3]
    return window if has_map else None, kernel, terms if has_map else None, words


def _middle(
    area: QRectF, line: float, shape: Shape, told: float
) -> tuple[Grid | None, Grid | None, Grid | None, QRectF]:
    """Window, kernel, products and the words, `told` high, within `area`."""
    (rows, columns), title = shape.kernel, 1.4 * line
    least = 12.0 / max(rows, columns)
    has_map = all(shape.map)
    if not shape.has_kernel:
        cell = max(min(area.width() * 0.72 / columns, (area.height() - title - told) / rows, 5.2 * line), least)
        wide, high = cell * columns, cell * rows
        top = area.top() + max(title, 0.4 * (area.height() - high - told))
        window = _grid(QRectF(area.center().x() - wide / 2, top, wide, high), shape.kernel)
        return window if has_map else None, None, None, QRectF(area.left(), window.rect.bottom() + line, area.width(), told)  # fmt: skip
    sign = 1.6 * line
    room = area.height() - told - 2 * title - 0.6 * line
    below, beside = (max(one, least) for one in _cells(area, line, shape.kernel, told))
    wide, high = max(below, beside) * columns, max(below, beside) * rows
    if beside > below:  # all three beside each other are larger
        first = area.center().x() - 1.5 * wide - sign
        spots = [QRectF(first + n * (wide + sign), area.top() + title, wide, high) for n in range(3)]
        grids = [_grid(spot, shape.kernel) for spot in spots]
        words = QRectF(area.left(), spots[0].bottom() + 0.4 * line, area.width(), told)
        return grids[0] if has_map else None, grids[1], grids[2] if has_map else None, words
    first = area.center().x() - wide - sign / 2
    spare = max(area.height() - high - min(room - high, 3.8 * line * rows) - 2 * title - 0.6 * line - told, 0.0)
    above = area.top() + title + 0.4 * spare
    window = _grid(QRectF(first, above, wide, high), shape.kernel)
    kernel = _grid(QRectF(first + wide + sign, above, wide, high), shape.kernel)
    across = float(int(min(area.width(), max(2 * wide + sign, 5.6 * line * columns), 9 * line * columns) / columns))
    down = float(max(int(min(room - high, 3.8 * line * rows) / rows), 4))
    top = round(kernel.rect.bottom() + title + 0.3 * line)
    terms = Grid(round(area.center().x() - across * columns / 2), top, across, down, rows, columns)
    words = QRectF(area.left(), terms.rect.bottom() + 0.5 * line, area.width(), told)
    return window if has_map else None, kernel, terms if has_map else None, words
