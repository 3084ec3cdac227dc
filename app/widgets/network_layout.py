"""Where each layer and each wire of a drawn network goes: left to right, folded onto rows. Plain arithmetic; imports no Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.widgets.network_lanes import lanes_of

GAP = 26.0  # between two columns of cards
LANE_GAP = 16.0  # between two branches
SKIP_LANE = 22.0  # height of a branch that holds only a wire
ROW_GAP = 34.0  # between two rows; the wire from one to the next runs in it

Point = tuple[float, float]
Edge = tuple[str, str]


class Box(NamedTuple):
    """A card's place in scene units, (x, y) its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def center_x(self) -> float:
        return self.x + self.width / 2

    @property
    def center_y(self) -> float:
        return self.y + self.height / 2


class Placement(NamedTuple):
    """boxes by layer; wires by (source, target, number among equals): corner points of an orthogonal line; rows of layers."""

    boxes: dict[str, Box]
    wires: dict[tuple[str, str, int], tuple[Point, ...]]
    rows: tuple[tuple[str, ...], ...]
    width: float
    height: float


class _Block(NamedTuple):
    """Layers between two places where a single wire crosses. cards: (name, right, down, width, height), column by column, from
    the block's left edge and the middle of its main line; long_wires: how far down wires run that pass a column."""

    cards: tuple[tuple[str, float, float, float, float], ...]
    long_wires: dict[Edge, float]
    width: float
    above: float
    below: float


def place(
    names: Sequence[str],
    links: Sequence[Edge],
    sizes: Mapping[str, tuple[float, float]],
    aspect: float,
    more: float = 0.0,
) -> Placement:
    """Lay out a network for a window whose width is `aspect` times its height; sizes: (width, height) of each card; more:
    scene units by which columns are wider than their cards, beside the gap.

    Every layer stands right of all it hears from in its row; rows are broken only where one single wire crosses, so that
    a residual block is never torn apart. Broken graphs (cycles, loose ends) are laid out as well as they can be.
    """
    known = set(names)
    edges = [(a, b) for a, b in links if a in known and b in known and a != b]
    ranks = _ranks(names, edges)
    blocks = [_sized(block, sizes, more) for block in _blocks(names, edges, ranks)]
    rows = _fold(blocks, aspect)
    return _coordinates(rows, edges, more)


def _ranks(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Column of each layer: the longest way to it. Links that close a cycle count for nothing."""
    waiting = dict.fromkeys(names, 0)
    following: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        waiting[target] += 1
        following[source].append(target)
    ranks: dict[str, int] = {}
    ready = [name for name in names if not waiting[name]]
    latest = dict.fromkeys(names, 0)
    unasked = iter(names)
    while True:
        for name in ready:  # it grows on the way
            if name in ranks:
                continue
            rank = ranks[name] = latest[name]
            for target in following[name]:
                waiting[target] -= 1
                if target not in ranks:
                    if latest[target] <= rank:
                        latest[target] = rank + 1
                    if not waiting[target]:
                        ready.append(target)
        if len(ranks) == len(waiting):
            return ranks
        ready = [next(name for name in unasked if name not in ranks)]  # a cycle: go on with the first that is left


def _blocks(
    names: Sequence[str], edges: Sequence[Edge], ranks: dict[str, int]
) -> list[tuple[list[list[str]], list[Edge]]]:
    """Cut the columns wherever at most one wire crosses: (columns of names, wires inside)."""
    count = max(ranks.values(), default=-1) + 1
    columns: list[list[str]] = [[] for _ in range(count)]
    for name in names:
        columns[ranks[name]].append(name)
    change = [0] * (count + 1)
    for source, target in edges:
        begin, end = ranks[source], ranks[target]
        if begin < end:
            change[begin] += 1
            change[end] -= 1
    blocks: list[tuple[list[list[str]], list[Edge]]] = []
    block_of: dict[str, int] = {}
    crossing, current = 0, []
    for rank in range(count):
        current.append(columns[rank])
        for name in columns[rank]:
            block_of[name] = len(blocks)
        crossing += change[rank]
        if crossing <= 1:
            blocks.append((current, []))
            current = []
    for edge in edges:
        block = block_of[edge[0]]
        if block == block_of[edge[1]]:
            blocks[block][1].append(edge)
    return blocks


def _sized(block: tuple[list[list[str]], list[Edge]], sizes: Mapping[str, tuple[float, float]], more: float) -> _Block:
    columns, edges = block
    cards = tuple([sizes[name] for column in columns for name in column])
    return _arranged(tuple([tuple(column) for column in columns]), tuple(edges), cards, more)


@lru_cache(maxsize=2048)
def _arranged(
    columns: tuple[tuple[str, ...], ...], edges: tuple[Edge, ...], sizes: tuple[tuple[float, float], ...], more: float
) -> _Block:
    """A block of these layers; sizes: of their cards, column by column. An edit leaves all but one as they were: kept."""
    names = [name for column in columns for name in column]
    index = {name: number for number, name in enumerate(names)}
    ends = [0, *accumulate(len(column) for column in columns)]
    cards = tuple([sizes[start:end] for start, end in pairwise(ends)])
    lanes, long_lanes, tops, width, above, below = _measured(cards, tuple([(index[a], index[b]) for a, b in edges]))
    placed, left = [], 0.0
    for column, start in zip(cards, ends, strict=False):
        column_width = max([width for width, _ in column]) + more
        for number, (card_width, height) in enumerate(column, start):
            right, down = left + (column_width - card_width) / 2, tops[lanes[number]] - height / 2
            placed.append((names[number], right, down, card_width, height))
        left += column_width + GAP
    long = {(names[a], names[b]): tops[lane] for (a, b), lane in long_lanes.items()}
    return _Block(tuple(placed), long, width + more * len(columns), above, below)


@lru_cache(maxsize=512)
def _measured(
    cards: tuple[tuple[tuple[float, float], ...], ...], edges: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, ...], dict[tuple[int, int], int], dict[int, float], float, float, float]:
    """Lanes of a block's layers and of its long wires, its `tops`, width, above and below; cards: sizes, column by column.

    Blocks repeat under other names: answers are kept.
    """
    lanes, long_lanes = lanes_of(tuple([len(column) for column in cards]), edges)
    heights: dict[int, float] = dict.fromkeys(long_lanes.values(), SKIP_LANE)
    for lane, (_, height) in zip(lanes, [size for column in cards for size in column], strict=True):
        heights[lane] = max(heights.get(lane, 0.0), height)
    heights.setdefault(0, SKIP_LANE)
    tops = {0: 0.0}
    for step in (1, -1):
        lane, y = 0, 0.0
        while any((other - lane) * step > 0 for other in heights):
            y += step * (heights.get(lane, 0.0) / 2 + heights.get(lane + step, 0.0) / 2 + LANE_GAP)
            lane += step
            tops[lane] = y
    width = sum(max(width for width, _ in column) for column in cards) + GAP * (len(cards) - 1)
    above = max(heights[lane] / 2 - tops[lane] for lane in heights)
    below = max(heights[lane] / 2 + tops[lane] for lane in heights)
    return lanes, long_lanes, tops, width, above, below


def _fold(blocks: list[_Block], aspect: float) -> list[list[_Block]]:
    """Break the blocks into rows so that all of it, fitted into the window, comes out as large as possible."""
    if not blocks:
        return []
    ends = [0.0, *accumulate(block.width + GAP for block in blocks)]  # of blocks in one endless row, each with its gap
    widest = max(block.width for block in blocks)
    height = max(block.above for block in blocks) + max(block.below for block in blocks)
    best, best_scale = [len(blocks)], 0.0
    for count in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 35):
        if count > len(blocks):
            break
        breaks = _balanced(ends, widest, count)
        width = max(ends[end] - ends[start] for start, end in pairwise([0, *breaks])) - GAP
        rows = len(breaks)
        width += 2 * GAP if rows > 1 else 0.0
        scale = min(aspect / width, 1.0 / (rows * height + (rows - 1) * ROW_GAP))
        if scale > best_scale * 1.02:
            best, best_scale = breaks, scale
    return [blocks[start:end] for start, end in pairwise([0, *best])]


def _balanced(ends: list[float], widest: float, count: int) -> list[int]:
    """Ends of at most `count` rows whose widest is about as narrow as can be."""
    low, high = widest, ends[-1]
    breaks = _wrapped(ends, high)
    for _ in range(9):
        middle = (low + high) / 2
        tried = _wrapped(ends, middle)
        if len(tried) <= count:
            high, breaks = middle, tried
        else:
            low = middle
    return breaks


def _wrapped(ends: list[float], limit: float) -> list[int]:
    """Where rows end that are at most `limit` wide, or hold a single block."""
    breaks: list[int] = []
    start, last = 0, len(ends) - 1
    while start < last:
        end = bisect_right(ends, ends[start] + limit + GAP, start + 1) - 1
        start = end if end > start else start + 1
        breaks.append(start)
    return breaks


def _coordinates(rows: list[list[_Block]], edges: Sequence[Edge], more: float) -> Placement:
    boxes: dict[str, Box] = {}
    row_of: dict[str, int] = {}
    lane_y: dict[Edge, float] = {}
    gutters: list[float] = []
    names_by_row: list[tuple[str, ...]] = []
    box = Box._make
    y, total_width = 0.0, 0.0
    for number, row in enumerate(rows):
        base = y + max(block.above for block in row)
        x = GAP if len(rows) > 1 else 0.0
        for block in row:
            for edge, down in block.long_wires.items():
                lane_y[edge] = base + down
            for name, right, down, width, height in block.cards:
                boxes[name] = box((x + right, base + down, width, height))
            x += block.width + GAP
        total_width = max(total_width, x if len(rows) > 1 else x - GAP)
        y = base + max(block.below for block in row)
        gutters.append(y + ROW_GAP / 2)
        y += ROW_GAP
        names_by_row.append(tuple([card[0] for block in row for card in block.cards]))
        row_of.update(dict.fromkeys(names_by_row[-1], number))
    wires: dict[tuple[str, str, int], tuple[Point, ...]] = {}
    inputs = Counter(target for _, target in edges)
    copies: dict[Edge, int] = {}
    reach = (GAP + more) / 2  # from a card to the middle of the gap beside it
    for edge in edges:
        source, target = edge
        copy = copies[edge] = copies.get(edge, -1) + 1
        a, b = boxes[source], boxes[target]
        here, start = row_of[source], a[1] + a[3] / 2
        if here != row_of[target]:
            wires[source, target, copy] = _next_row(a, b, gutters[min(here, row_of[target])], reach)
        elif start == b[1] + b[3] / 2 and not copy and edge not in lane_y:  # by far the most
            wires[source, target, copy] = ((a[0] + a[2], start), (b[0], start))
        else:
            wires[source, target, copy] = _in_row(a, b, lane_y.get(edge), reach, copy, inputs[target] > 1)
    return Placement(boxes, wires, tuple(names_by_row), total_width, max(0.0, y - ROW_GAP))


def _next_row(a: Box, b: Box, gutter: float, reach: float) -> tuple[Point, ...]:
    (out, start), (back, end) = (a.right + reach, a.center_y), (b.x - reach, b.center_y)
    return (a.right, start), (out, start), (out, gutter), (back, gutter), (back, end), (b.x, end)


def _in_row(a: Box, b: Box, lane_y: float | None, reach: float, copy: int, is_merge: bool) -> tuple[Point, ...]:
    (x, top, width, height), (b_x, b_top, b_width, b_height) = a, b  # the properties took half of the time
    right, start, end = x + width, top + height / 2, b_top + b_height / 2
    y = start if lane_y is None else lane_y
    if copy:
        y -= 10.0 * copy + height / 2
    elif y == start == end:
        return (right, start), (b_x, end)
    points: tuple[Point, ...] = ((right, start),)
    if abs(y - start) > 0.5:
        fork = right + reach
        points = (*points, (fork, start), (fork, y))
    if abs(y - end) <= 0.5:
        return (*points, (b_x, end))
    if is_merge:
        middle = b_x + b_width / 2
        return (*points, (middle, y), (middle, b_top if y < end else b_top + b_height))
    turn = b_x - reach
    return (*points, (turn, y), (turn, end), (b_x, end))


def neighbour(placement: Placement, current: str, across: int, down: int) -> str:
    """The layer that an arrow key leads to: left and right as the data flow, up and down to what is drawn there.

    Without a current layer it is the first; at an end it is the current one. "" for an empty drawing.
    """
    order = [name for row in placement.rows for name in row]
    if current not in placement.boxes:
        return order[0] if order else ""
    if across:
        return order[min(max(order.index(current) + across, 0), len(order) - 1)]
    here = placement.boxes[current]
    best, best_distance = current, float("inf")
    for name, box in placement.boxes.items():
        rise = (box.center_y - here.center_y) * down
        distance = rise + 2 * abs(box.center_x - here.center_x)
        if rise > 8 and distance < best_distance:
            best, best_distance = name, distance
    return best
