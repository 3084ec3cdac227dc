"""Figures of branched and deep networks: boxes from top to bottom, residual ways beside them, repeated parts once with ×n. No Qt."""

from __future__ import annotations

import math

import msgspec

from trainers.figure_shapes import FAINT, INK, PAPER, TINTS, Circle, Line, Shape, Text, rectangle, text_width
from trainers.figure_stages import Stage, shape_words
from trainers.layer_catalog import LAYER_KINDS

_BOX, _GAP, _SIZE = 15.0, 13.0, 7.5
_COLUMN = 560.0  # height of a page's column: what is longer goes on beside it
_LONGEST_PERIOD = 4
_RADIUS = 5.5
_BETWEEN_WAYS = 12.0


class Item(msgspec.Struct, frozen=True):
    """A part of the trunk: one stage; or what lies between a fork and the stage that joins it again.

    ways: of each branch the texts and tints of its boxes, none for a way straight through; whole: text for what is joined too
    densely to be drawn.
    """

    text: str
    tint: str
    shape: str
    ways: tuple[tuple[tuple[str, str], ...], ...] = ()
    whole: str = ""
    is_sum: bool = False

    @property
    def is_forked(self) -> bool:
        return bool(self.ways or self.whole)


def trunk_of(stages: dict[str, Stage]) -> list[Item]:
    """The network as a chain: stages through which everything passes, and what forks between them."""
    order = list(stages)
    place = {name: index for index, name in enumerate(order)}
    furthest = list(range(len(order)))
    for stage in stages.values():
        for source in stage.sources:
            furthest[place[source]] = max(furthest[place[source]], place[stage.name])
    items: list[Item] = []
    reach, before = 0, 0
    for index, name in enumerate(order):
        if reach <= index:  # no link leads past it
            items.append(_item(stages, order[before + 1 : index], stages[name], order[before]))
            before = index
        reach = max(reach, furthest[index])
    return items


def _item(stages: dict[str, Stage], inner: list[str], end: Stage, fork: str) -> Item:
    is_sum = end.kind == "add" and not end.extras
    text = end.text if end.kind != "add" else " · ".join(["add", *end.extras])
    plain = Item(text, end.tint, "" if end.kind == "input" else shape_words(end.shape), is_sum=is_sum)
    if not inner:
        return plain
    ways = _ways(stages, inner, end, fork)
    if ways is None:
        return msgspec.structs.replace(plain, whole=_in_words([stages[name] for name in inner]))
    return msgspec.structs.replace(plain, ways=ways)


def _in_words(inner: list[Stage]) -> str:
    """What cannot be drawn side by side: 6 × (conv 1×1, 128 – conv 3×3, 32), each joined to all before it."""
    weighted = [stage for stage in inner if LAYER_KINDS[stage.kind].group == "weights"]
    labels = [stage.label for stage in weighted or inner]
    period = next(size for size in range(1, len(labels) + 1) if labels == labels[:size] * (len(labels) // size))
    joins = sum(stage.kind == "concatenate" for stage in inner)
    told = ", each joined to all before it" if joins > 2 else ""
    if period > _LONGEST_PERIOD:
        return f"{len(labels)} layers{told}"
    return f"{len(labels) // period} × ({' – '.join(labels[:period])}){told}"


def _ways(
    stages: dict[str, Stage], inner: list[str], end: Stage, fork: str
) -> tuple[tuple[tuple[str, str], ...], ...] | None:
    """Each branch as a chain of boxes; None where one is no chain."""
    tails: dict[str, list[str]] = {}  # last stage of a branch so far -> the branch
    for name in inner:
        sources = stages[name].sources
        if sources == (fork,):
            tails[name] = [name]
        elif len(sources) == 1 and sources[0] in tails:
            tails[name] = [*tails.pop(sources[0]), name]
        else:
            return None
    if not set(tails) <= set(end.sources) or not set(end.sources) <= {*tails, fork}:
        return None
    drawn = [tuple((stages[name].text, stages[name].tint) for name in tails[source]) for source in end.sources if source in tails]  # fmt: skip
    drawn.sort(key=len, reverse=True)
    return (*drawn, *((),) * (fork in end.sources))


def blocks(stages: dict[str, Stage]) -> list[Shape]:
    """The whole figure."""
    parts = _folded(trunk_of(stages))
    everything = [item for items, _ in parts for item in items]
    total = sum(height_of(item) + _GAP for item in everything)
    high = total / math.ceil(total / _COLUMN) + 60  # columns of about the same height
    labels = max(text_width(item.shape, _SIZE) for item in everything)
    drawing = _Column(max(_width(item) for item in everything), high, labels)
    for items, count in parts:
        drawing.add(items, count)
    return drawing.shapes


def _folded(items: list[Item]) -> list[tuple[list[Item], int]]:
    """Runs of the same few items, each once with how often it stands there."""
    parts: list[tuple[list[Item], int]] = []
    index = 0
    while index < len(items):
        best = (1, 1)
        for period in range(1, _LONGEST_PERIOD + 1):
            part, count = items[index : index + period], 1
            while items[index + period * count : index + period * (count + 1)] == part:
                count += 1
            if count > 1 and period * (count - 1) > best[0] * (best[1] - 1):
                best = (period, count)
        period, count = best
        parts.append((items[index : index + period], count))
        index += period * count
    return parts


def _width(item: Item) -> float:
    if item.whole:
        return text_width(item.whole, _SIZE) + 14
    widths = [max([text_width(text, _SIZE) for text, _ in way], default=0) + 14 for way in item.ways if way]
    if len(item.ways) == 2 and len(widths) == 1:
        return widths[0] + 2 * (_BETWEEN_WAYS + 8)  # the way straight through runs round on the right
    return max(sum(widths) + _BETWEEN_WAYS * (len(item.ways) - 1), text_width(item.text, _SIZE) + 14)


def height_of(item: Item) -> float:
    """Without the gap above it."""
    join = 2 * _RADIUS if item.is_sum else _BOX
    if not item.is_forked:
        return join
    return max([len(way) for way in item.ways], default=1) * (_BOX + _GAP) + _GAP / 2 + join


class _Column:
    """Draws downwards, and goes on in a column beside it where the page ends."""

    def __init__(self, width: float, high: float, labels: float) -> None:
        """width: of the widest item; high: of a column; labels: room for the shapes beside it."""
        self.shapes: list[Shape] = []
        self._width = max(width, 90.0)
        self._high = high
        self._aside = self._width / 2 + labels + 24
        self._pitch = self._aside + self._width / 2 + 44
        self._middle = 0.0
        self._y = 0.0
        self._last: tuple[float, float] | None = None
        self._shape = ""

    def add(self, items: list[Item], count: int) -> None:
        """A run of items, framed where it stands for several."""
        high = sum(height_of(item) + _GAP for item in items)
        if self._y and self._y + high > self._high:
            self._turn()
        top = self._y + 4
        frame = len(self.shapes)
        for item in items:
            self._draw(item)
        if count > 1:
            left, wide = self._middle - self._width / 2 - 8, self._width + 16
            self.shapes.insert(frame, rectangle(left, top, wide, self._y + 4 - top, TINTS["frame"], FAINT))
            self.shapes.append(
                Text((left - 6 - text_width(f"×{count}", 9), (top + self._y) / 2), f"×{count}", 9, False)
            )

    def _turn(self) -> None:
        """To the top of the next column, by a line around."""
        assert self._last is not None
        x, y = self._last
        aside = self._middle + self._aside
        self._middle += self._pitch
        points = ((x, y), (x, y + _GAP), (aside, y + _GAP), (aside, -_GAP), (self._middle, -_GAP), (self._middle, 0.0))
        self.shapes.append(Line(points))
        self._y, self._last = 0.0, (self._middle, 0.0)

    def _draw(self, item: Item) -> None:
        if self._last is not None:
            self._y += _GAP
        start = self._y
        if item.is_forked:
            start = self._fork(item)
        elif self._last is not None:
            self.shapes.append(Line((self._last, (self._middle, self._y)), has_arrow=True))
        if item.is_sum:
            center = (self._middle, start + _RADIUS)
            self.shapes += [Circle(center, _RADIUS), Text(center, "+", 9)]
            self._y = start + 2 * _RADIUS
        else:
            self._box(self._middle, start, item.text, item.tint)
            self._y = start + _BOX
        if item.shape and item.shape != self._shape:
            self.shapes.append(
                Text((self._middle + self._width / 2 + 16, self._y - _BOX / 2), item.shape, _SIZE, False, FAINT)
            )
        self._shape = item.shape
        self._last = (self._middle, self._y)

    def _fork(self, item: Item) -> float:
        """The ways side by side; returns where the join begins."""
        if item.whole:
            if self._last is not None:
                self.shapes.append(Line((self._last, (self._middle, self._y)), has_arrow=True))
            self._box(self._middle, self._y, item.whole, TINTS["convolution"])
            end = self._y + _BOX + _GAP
            self.shapes.append(Line(((self._middle, end - _GAP), (self._middle, end)), has_arrow=True))
            return end
        above = self._last or (self._middle, self._y)
        rows = max(len(way) for way in item.ways)
        bottom = self._y + rows * (_BOX + _GAP)
        join = bottom + _GAP / 2
        for way, x in zip(item.ways, self._places(item), strict=True):
            y, last = self._y, (x, above[1] + _GAP / 2)
            first: tuple[tuple[float, float], ...] = (above, (above[0], last[1]), last)
            for text, tint in way:
                self.shapes.append(Line((*(first or (last,)), (x, y)), has_arrow=True))
                self._box(x, y, text, tint)
                first, last = (), (x, y + _BOX)
                y += _BOX + _GAP
            self._land(item, first or (last,), x, join)
        return join

    def _land(self, item: Item, begun: tuple[tuple[float, float], ...], x: float, join: float) -> None:
        """The end of a way: from above into the join, or from beside it where it runs round."""
        if abs(x - self._middle) < 1:
            self.shapes.append(Line((*begun, (x, join)), has_arrow=True))
            return
        reach = _RADIUS if item.is_sum else text_width(item.text, _SIZE) / 2 + 7
        y = join + (_RADIUS if item.is_sum else _BOX / 2)
        side = reach if x > self._middle else -reach
        if abs(x - self._middle) <= reach:
            self.shapes.append(Line((*begun, (x, join)), has_arrow=True))
        else:
            self.shapes.append(Line((*begun, (x, y), (self._middle + side, y)), has_arrow=True))

    def _places(self, item: Item) -> list[float]:
        """The middle of each way: two lie so that the longer one is on the trunk, more are spread about it."""
        widths = [
            max([text_width(text, _SIZE) for text, _ in way], default=0) + 14 if way else 4.0 for way in item.ways
        ]
        if len(widths) == 2:
            second = self._middle + widths[0] / 2 + _BETWEEN_WAYS + widths[1] / 2
            is_wide = second + widths[1] / 2 > self._middle + self._width / 2
            shift = (second + widths[1] / 2 - self._middle - self._width / 2) if is_wide else 0.0
            return [self._middle - shift, second - shift] if item.ways[1] else [self._middle, second]
        total = sum(widths) + _BETWEEN_WAYS * (len(widths) - 1)
        places, x = [], self._middle - total / 2
        for width in widths:
            places.append(x + width / 2)
            x += width + _BETWEEN_WAYS
        return places

    def _box(self, x: float, y: float, text: str, tint: str) -> None:
        wide = text_width(text, _SIZE) + 14
        self.shapes += [
            rectangle(x - wide / 2, y, wide, _BOX, tint or PAPER, INK),
            Text((x, y + _BOX / 2), text, _SIZE),
        ]
