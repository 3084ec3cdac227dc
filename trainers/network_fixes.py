"""What a click could make of a problem in a drawing; each fix that is offered has been tried. Imports neither torch nor the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from trainers.network_diagnosis import Diagnosis, Problem, diagnose
from trainers.network_fixes_layer import kind_drafts, links_drafts, parameter_drafts, size_drafts
from trainers.network_fixes_misfit import misfit_drafts
from trainers.network_fixes_place import Draft, Place, problems_left, taken_away
from trainers.network_fixes_wiring import (
    crowded_drafts,
    group_drafts,
    loose_drafts,
    name_drafts,
    no_input_drafts,
    other_end_drafts,
    second_input_drafts,
    stray_drafts,
    twin_drafts,
)
from trainers.network_graph import NetworkGraph, NetworkInputError

MOST_FIXES = 4
MOST_TRIALS = 24  # each costs a diagnosis of what it changes: two milliseconds in a network of 500 layers
_LAYERS_TIMES_TRIALS = 15_000  # larger networks get fewer trials, so that an edit is never held up by looking for fixes


class Fix(msgspec.Struct, frozen=True):
    """What one click makes of the drawing, in an imperative sentence, and the whole graph that comes of it."""

    text: str
    graph: NetworkGraph


def fixes_of(
    graph: NetworkGraph, problem: Problem, diagnosis: Diagnosis | None = None, *, most: int = MOST_FIXES
) -> tuple[Fix, ...]:
    """The fixes of one of the drawing's problems, those first that leave the fewest problems; () where there is none.

    Each has been tried: the problem is gone from its place, and a layer that did not fit is worked out, if it is still there.
    (What could not be seen before may come to light: behind a parameter out of range, say, a shape that does not fit.)
    diagnosis: of `graph`, if it is at hand.
    """
    diagnosis = diagnose(graph, diagnosis)
    trials = max(4, min(MOST_TRIALS, _LAYERS_TIMES_TRIALS // max(len(graph.layers), 1)))
    tried: list[tuple[int, Fix]] = []
    seen: list[NetworkGraph] = []
    for trial, draft in enumerate(_drafts(Place(graph, problem, diagnosis))):
        if trial >= trials or sum(left == 0 for left, _ in tried) >= most:
            break
        try:
            changed = draft.make()
        except NetworkInputError:
            continue
        if changed in seen:
            continue
        seen.append(changed)
        left = problems_left(changed, problem, diagnosis)
        if left is not None:
            tried.append((left, Fix(draft.text, changed)))
    last_resort = [pair for pair in tried if pair[1].text.startswith("Take ")]
    others = [pair for pair in tried if not pair[1].text.startswith("Take ")]
    ranked = sorted(others, key=lambda pair: pair[0])[: most - bool(last_resort)] + last_resort[:1]
    return tuple(fix for _, fix in ranked)


def _drafts(place: Place) -> Iterator[Draft]:
    rule = _RULES.get(place.problem.rule)
    return iter(rule(place)) if rule is not None else iter(())


def _misfit_drafts(place: Place) -> Iterator[Draft]:
    yield from misfit_drafts(place)
    yield taken_away(place)


_RULES: dict[str, Callable[[Place], Iterable[Draft]]] = {
    "empty": no_input_drafts,
    "no input": no_input_drafts,
    "stray": stray_drafts,
    "into input": stray_drafts,
    "circle": stray_drafts,
    "loose": loose_drafts,
    "second input": second_input_drafts,
    "other end": other_end_drafts,
    "crowded": crowded_drafts,
    "twin": twin_drafts,
    "name": name_drafts,
    "group": group_drafts,
    "kind": kind_drafts,
    "parameter": parameter_drafts,
    "links": links_drafts,
    "misfit": _misfit_drafts,
    "size": size_drafts,
}
