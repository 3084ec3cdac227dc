"""Two changes of one text, line by line, brought together where they do not meet. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

Lines = Sequence[str]


def changed_lines(before: Lines, after: Lines) -> list[tuple[int, int, int, int]]:
    """What differs: (first, end) in `before` and (first, end) in `after`, from top to bottom."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    matcher = SequenceMatcher(None, before[start : len(before) - end], after[start : len(after) - end], autojunk=False)
    found = []
    for tag, one, two, three, four in matcher.get_opcodes():
        if tag == "replace" and two - one == four - three:  # line by line: one of them may be somebody else's
            found += [
                (start + one + n, start + one + n + 1, start + three + n, start + three + n + 1)
                for n in range(two - one)
            ]
        elif tag != "equal":
            found.append((start + one, start + two, start + three, start + four))
    return found


def merged(base: Lines, mine: Lines, theirs: Lines, *, keeps_mine: bool = False) -> list[str] | None:
    """`mine` with what `theirs` changed in `base`; where both changed the same lines, None, or mine (keeps_mine)."""
    places = _places(base, mine)
    result: list[str] = []
    done = 0
    for first, end, start, stop in changed_lines(base, theirs):
        place = _place(places, first, end, len(base), len(mine))
        if place is None:
            around = _around(places, first, end, len(mine))
            if keeps_mine or list(mine[around[0] : around[1]]) == list(theirs[start:stop]):
                continue  # both say the same already
            return None
        if place[0] < done:
            return None
        result += [*mine[done : place[0]], *theirs[start:stop]]
        done = place[1]
    return [*result, *mine[done:]]


def _places(base: Lines, mine: Lines) -> dict[int, int]:
    """By line of `base` the line of `mine` that it is still."""
    places: dict[int, int] = {}
    base_at = mine_at = 0
    for first, end, _, stop in [*changed_lines(base, mine), (len(base), len(base), len(mine), len(mine))]:
        while base_at < first:
            places[base_at] = mine_at
            base_at, mine_at = base_at + 1, mine_at + 1
        base_at, mine_at = end, stop
    return places


def _place(places: dict[int, int], first: int, end: int, base_length: int, length: int) -> tuple[int, int] | None:
    """Where lines `first` to `end` of the base stand in the other text, if they stand there untouched and together."""
    if first < end:
        found = [places.get(line) for line in range(first, end)]
        start = found[0]
        if start is None or found != list(range(start, start + end - first)):
            return None
        return start, start + end - first
    before = places.get(first - 1) if first else -1
    after = places.get(first) if first < base_length else length
    if before is not None and after is not None and after != before + 1:
        return None  # the other text has lines of its own just here
    if before is not None:
        return before + 1, before + 1
    return (after, after) if after is not None else None


def _around(places: dict[int, int], first: int, end: int, length: int) -> tuple[int, int]:
    """What stands in the other text between the nearest lines that are still those of the base."""
    before = max((place for line, place in places.items() if line < first), default=-1)
    after = min((place for line, place in places.items() if line >= end), default=length)
    return before + 1, after


def letter_edits(before: str, after: str) -> list[tuple[int, int, str]]:
    """What to write where in `before`, (from, to, text), the last first, so that it becomes `after`: no more than differs."""
    old, new = before.split("\n"), after.split("\n")
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line) + 1)
    edits = []
    for first, end, start, stop in reversed(changed_lines(old, new)):
        wanted = "".join(f"{line}\n" for line in new[start:stop])
        begin, close = starts[first], starts[end]
        if end == len(old):  # the last line has no end of its own
            close -= 1
            wanted = wanted[:-1]
            if first == len(old):
                begin, wanted = close, f"\n{wanted}"
            elif stop == start and begin:
                begin -= 1
        there = before[begin:close]
        same = _alike_at_start(there, wanted)
        rest = _alike_at_start(there[same:][::-1], wanted[same:][::-1])
        edits.append((begin + same, close - rest, wanted[same : len(wanted) - rest]))
    return edits


def _alike_at_start(one: str, other: str) -> int:
    """How many letters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
