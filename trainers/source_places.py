"""Which lines of PyTorch source say a layer, and which layer a place in it means. Plain text; neither torch nor the window."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trainers.network_graph import NetworkGraph
from trainers.source_recorder import SourceLines

_WORD = re.compile(r"\w+")
_LONGEST = 60  # lines of one statement
_CALLS = {
    "average_pool": "avg_pool",
    "adaptive_average_pool": "adaptive_avg_pool",
    "concatenate": "cat",
    "mean_over_steps": "mean",
}


def lines_of(name: str, text: str, lines: Mapping[str, SourceLines]) -> frozenset[int]:
    """The lines (from 1) where a layer is made and used: as they were read, else those that name it."""
    rows = text.split("\n")
    if name in lines:
        found = [line for line in (lines[name].made, lines[name].used) if line is not None]
        return frozenset(line for first in found for line in range(first, _last(first, rows) + 1))
    expression = re.compile(rf"\bself\.{re.escape(name)}\b")
    return frozenset(number for number, line in enumerate(rows, 1) if name and expression.search(line))


def _last(first: int, rows: list[str]) -> int:
    """The last line of what begins in line `first` (from 1): where its brackets are closed."""
    depth = 0
    for line, row in enumerate(rows[first - 1 : first - 1 + _LONGEST], first):
        code = row.partition("#")[0]
        depth += sum(code.count(sign) for sign in "([{") - sum(code.count(sign) for sign in ")]}")
        if depth <= 0:
            return line
    return first


def layer_at(
    line: int, column: int, text: str, graph: NetworkGraph, lines: Mapping[str, SourceLines], chosen: str = ""
) -> str:
    """The layer that is meant by a place (line from 1, column from 0): by the word there, else the last that the line says.

    chosen: stays so where the line says it too and the word says nothing. "" where no layer stands there.
    """
    made = [name for name, place in lines.items() if place.made == line]
    used = [name for name, place in lines.items() if place.used == line]
    there = made or used
    if not there:
        return ""
    words = [(found.start(), found[0]) for found in _WORD.finditer(text)]
    word = next((word for start, word in words if start <= column <= start + len(word)), "")
    if word in there:
        return word
    kinds = {layer.name: layer.kind for layer in graph.layers}
    alike = [name for name in there if word and word.startswith(_CALLS.get(kinds.get(name, "?"), kinds.get(name, "?")))]
    if alike:
        # what runs first stands innermost, so the last of a line's equal words is the first of its layers
        places = [start for start, other in words if other == word]
        at = next(number for number, start in enumerate(places) if start <= column <= start + len(word))
        return alike[max(0, len(alike) - 1 - at)]
    return chosen if chosen in there else there[-1]
