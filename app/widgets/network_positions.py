"""Where wires go between cards that a person has placed, and where a card goes that nobody has. Plain arithmetic; imports no Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from app.widgets.network_layout import GAP, LANE_GAP, Box, Edge, Placement, Point, place

STUB = 14.0  # a wire leaves and enters a card at least so far level
ROOMY = 30.0  # how much wider than cards their columns are where shapes stand on the wires
_STRIP = 64.0  # scene units
_CLEAR = 14.0  # between a card and a wire that passes it

Sizes = Mapping[str, tuple[float, float]]
Wires = dict[tuple[str, str, int], tuple[Point, ...]]


def place_roomily(names: Sequence[str], links: Sequence[Edge], sizes: Sizes, aspect: float) -> Placement:
    """As `place`, with room between the columns for a shape on each wire."""
    return place(names, links, sizes, aspect, ROOMY)


def place_by_hand(
    names: Sequence[str],
    links: Sequence[Edge],
    sizes: Sizes,
    positions: Mapping[str, Point],
    before: Placement | None = None,
) -> Placement:
    """Cards at `positions` (their top left corners, scene units), those without one beside what feeds them.

    before: what this gave before an edit; wires that the edit leaves alone are taken over.
    """
    boxes = _filled(names, links, sizes, positions)
    right = max((box.right for box in boxes.values()), default=0.0)
    bottom = max((box.y + box.height for box in boxes.values()), default=0.0)
    return Placement(boxes, route(boxes, links, before), _rows(boxes), right, bottom)


def free_place(boxes: Iterable[Box], wished: Box) -> Box:
    """`wished`, moved down until it lies on none of `boxes`."""
    others = list(boxes)
    while True:
        hit = next((other for other in others if _overlaps(other, wished)), None)
        if hit is None:
            return wished
        wished = wished._replace(y=hit.y + hit.height + LANE_GAP)


def nearest_free(boxes: Iterable[Box], moved: Sequence[Box]) -> Point:
    """How far right and down `moved` has to go, all together, so that none of it lies on one of `boxes`: the shortest way that
    leads straight right, left, down or up; (0, 0) where all is free."""
    others, ways = list(boxes), []
    for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        x = y = 0.0
        while (more := _way_out(others, moved, x, y, step)) > 0.0:
            x, y = x + step[0] * more, y + step[1] * more
        ways.append((x, y))
    return min(ways, key=lambda way: abs(way[0]) + abs(way[1]))


def _way_out(others: Sequence[Box], moved: Sequence[Box], x: float, y: float, step: tuple[int, int]) -> float:
    """How far on in the direction of `step` until the first overlap found is none any more; 0 where there is none."""
    for box in moved:
        here = box._replace(x=box.x + x, y=box.y + y)
        hit = next((other for other in others if _overlaps(other, here)), None)
        if hit is not None:
            if step[0]:
                return hit.right + GAP - here.x if step[0] > 0 else here.right + GAP - hit.x
            return hit.y + hit.height + LANE_GAP - here.y if step[1] > 0 else here.y + here.height + LANE_GAP - hit.y
    return 0.0


def make_room(boxes: Mapping[str, Box], new: Box, gap: float = GAP + ROOMY) -> dict[str, Point]:
    """Places of the cards that must move right so that `new` fits in its row, each by no more than it takes."""
    row = sorted(
        (box.x, name)
        for name, box in boxes.items()
        if box.y < new.y + new.height and new.y < box.y + box.height and box.right > new.x
    )
    moved: dict[str, Point] = {}
    edge = new.right
    for x, name in row:
        if x >= edge + gap - 0.5:
            break
        moved[name] = (edge + gap, boxes[name].y)
        edge += gap + boxes[name].width
    return moved


def _overlaps(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.y + b.height and b.y < a.y + a.height


def _filled(
    names: Sequence[str], links: Sequence[Edge], sizes: Sizes, positions: Mapping[str, Point]
) -> dict[str, Box]:
    boxes = {name: Box._make((*positions[name], *sizes[name])) for name in names if name in positions}
    waiting = [name for name in names if name not in positions]
    if not waiting:
        return boxes
    sources: dict[str, list[str]] = {}
    targets: dict[str, list[str]] = {}
    for source, target in links:
        sources.setdefault(target, []).append(source)
        targets.setdefault(source, []).append(target)
    while waiting:
        name = next((name for name in waiting if any(other in boxes for other in sources.get(name, ()))), waiting[0])
        waiting.remove(name)
        width, height = sizes[name]
        before = [boxes[other] for other in sources.get(name, ()) if other in boxes]
        after = [boxes[other] for other in targets.get(name, ()) if other in boxes]
        if before:
            last = max(before, key=lambda box: box.right)
            wished = Box(last.right + GAP + ROOMY, last.center_y - height / 2, width, height)
        elif after:
            first = min(after, key=lambda box: box.x)
            wished = Box(first.x - GAP - ROOMY - width, first.center_y - height / 2, width, height)
        else:
            below = max((box.y + box.height for box in boxes.values()), default=-LANE_GAP)
            wished = Box(min((box.x for box in boxes.values()), default=0.0), below + LANE_GAP, width, height)
        boxes[name] = free_place(boxes.values(), wished)
    return {name: boxes[name] for name in names}


def _rows(boxes: Mapping[str, Box]) -> tuple[tuple[str, ...], ...]:
    """Cards whose middles lie in one another's height, from top to bottom, each row from left to right."""
    rows: list[list[str]] = []
    edge = float("-inf")
    for name, box in sorted(boxes.items(), key=lambda item: item[1].center_y):
        if box.center_y > edge or not rows:
            rows.append([])
            edge = box.y + box.height
        rows[-1].append(name)
    return tuple(tuple(sorted(row, key=lambda name: boxes[name].x)) for row in rows)


def route(boxes: Mapping[str, Box], links: Sequence[Edge], before: Placement | None = None) -> Wires:
    """Corner points of every wire, by (source, target, number among equals); links to what has no box are left out.

    before: cards and wires as they were routed here; wires between cards that stay, in whose way none came or went, are kept.
    """
    inputs = Counter(target for _, target in links)
    copies: dict[Edge, int] = {}
    wires: Wires = {}
    untold: list[tuple[str, str, int]] = []
    kept = _kept_wires(boxes, inputs, before) if before is not None else {}
    for link in links:
        source, target = link
        if source not in boxes or target not in boxes or source == target:
            continue
        copy = copies[link] = copies.get(link, -1) + 1
        key = (source, target, copy)
        points = wires[key] = kept.get(key, ())
        if not points:
            untold.append(key)
    strips = _strips(boxes, {int(boxes[source].center_y // _STRIP) for source, _, _ in untold})
    lefts = {strip: [box.x for box in row] for strip, row in strips.items()}
    widest = max((box.width for box in boxes.values()), default=0.0)
    for key in untold:
        a, b = boxes[key[0]], boxes[key[1]]
        strip = int(a.center_y // _STRIP)
        low = bisect_left(lefts[strip], min(a.right, b.x) - widest)
        high = bisect_left(lefts[strip], max(a.right, b.x))
        between = [box for box in strips[strip][low:high] if box is not a and box is not b]
        wires[key] = _wire(a, b, between, inputs[key[1]] > 1, key[2])
    return wires


def _strips(boxes: Mapping[str, Box], wanted: Collection[int]) -> dict[int, list[Box]]:
    """Cards by the level strips that they reach into, from left to right: few lie in a wire's way."""
    strips: dict[int, list[Box]] = {strip: [] for strip in wanted}
    for box in sorted(boxes.values()):
        for strip in range(int(box.y // _STRIP), int((box.y + box.height) // _STRIP) + 1):
            if strip in strips:
                strips[strip].append(box)
    return strips


def _kept_wires(boxes: Mapping[str, Box], inputs: Mapping[str, int], before: Placement) -> Wires:
    """Those of the wires before that would be routed alike now."""
    then = before.boxes
    stay = {name for name, box in boxes.items() if then.get(name) == box}
    # what stands elsewhere, came or went, by the strips that it reaches into, then and now
    moved: dict[int, list[Box]] = {}
    for box in (*(then[name] for name in then.keys() - stay), *(boxes[name] for name in boxes.keys() - stay)):
        for strip in range(int(box.y // _STRIP), int((box.y + box.height) // _STRIP) + 1):
            moved.setdefault(strip, []).append(box)
    merging = Counter(target for _, target, _ in before.wires)
    other = {target for target in stay if (inputs.get(target, 0) > 1) != (merging.get(target, 0) > 1)}
    kept: Wires = {}
    for key, points in before.wires.items():
        source, target, _ = key
        if source not in stay or target not in stay or target in other:
            continue
        (x, y, width, height), end = boxes[source], boxes[target][0]
        way = moved.get(int((y + height / 2) // _STRIP))
        if way is None or end < x + width + STUB or not any(box.x < end and box.right > x + width for box in way):
            kept[key] = points
    return kept


def _wire(a: Box, b: Box, between: Sequence[Box], is_merge: bool, copy: int) -> tuple[Point, ...]:
    start, end = (a.right, a.center_y), (b.x, b.center_y)
    if b.x < a.right + STUB:
        return _back(a, b, start, end)
    is_level = abs(a.center_y - b.center_y) <= 0.5
    middle = (a.right + b.x) / 2 if b.x - a.right < 4 * STUB else b.x - 2 * STUB
    crossed = [
        box for box in between
        if box.right > a.right and box.x < middle + 1 and box.y - 2 < a.center_y < box.y + box.height + 2
    ]  # fmt: skip
    if copy or crossed:
        return _over(a, b, crossed, is_merge, copy)
    if is_level:
        return (start, end)
    return (start, (middle, a.center_y), (middle, b.center_y), end)


def _over(a: Box, b: Box, crossed: Sequence[Box], is_merge: bool, copy: int) -> tuple[Point, ...]:
    """Above the cards in the way, then down into the target: on its top where several wires meet, else at its left."""
    y = min([box.y for box in crossed] + [a.y, b.y]) - _CLEAR - 10.0 * copy
    out = a.right + STUB
    if is_merge:
        return ((a.right, a.center_y), (out, a.center_y), (out, y), (b.center_x, y), (b.center_x, b.y))
    into = b.x - STUB
    return ((a.right, a.center_y), (out, a.center_y), (out, y), (into, y), (into, b.center_y), (b.x, b.center_y))


def _back(a: Box, b: Box, start: Point, end: Point) -> tuple[Point, ...]:
    """Out to the right, through the gap between the two, and in from the left: a line that begins a new row."""
    if b.y >= a.y + a.height:
        y = (a.y + a.height + b.y) / 2
    elif a.y >= b.y + b.height:
        y = (b.y + b.height + a.y) / 2
    else:
        y = max(a.y + a.height, b.y + b.height) + _CLEAR
    out, into = a.right + STUB, b.x - STUB
    return (start, (out, a.center_y), (out, y), (into, y), (into, b.center_y), end)
