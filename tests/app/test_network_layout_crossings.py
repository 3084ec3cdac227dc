"""The drawing of a preset, and of ResNet-152, has no two cards on one another, no wire on a card and no two wires that cross."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pytest

from app.panels.builder.folding import folded
from app.widgets import network_layout
from app.widgets.network_items import card_size
from app.widgets.network_layout import Placement
from app.widgets.network_positions import place_roomily
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import NetworkGraph
from trainers.torchvision_networks import torchvision_network

NEAR = 0.5  # scene units


class Span(NamedTuple):
    """A straight piece of a wire, or a card: whose it is and what it takes."""

    left: float
    top: float
    right: float
    bottom: float
    source: str
    target: str

    @property
    def is_level(self) -> bool:
        return self.bottom - self.top < NEAR


def laid_out(graph: NetworkGraph, aspect: float) -> Placement:
    sizes = {layer.name: card_size(layer) for layer in graph.layers}
    return place_roomily(list(sizes), [(link.source, link.target) for link in graph.links], sizes, aspect)


def cards_of(placement: Placement) -> list[Span]:
    return [
        Span(box.x + NEAR, box.y + NEAR, box.right - NEAR, box.y + box.height - NEAR, name, name)
        for name, box in placement.boxes.items()
    ]


def pieces_of(placement: Placement) -> list[Span]:
    found = []
    for (source, target, _), points in placement.wires.items():
        for (x0, y0), (x1, y1) in pairwise(points):
            assert x0 == x1 or y0 == y1, (source, target)
            found.append(Span(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), source, target))
    return found


def meetings(spans: list[Span]) -> list[tuple[Span, Span]]:
    """All pairs that share a point."""
    found: list[tuple[Span, Span]] = []
    open_spans: list[Span] = []
    for span in sorted(spans):
        open_spans = [other for other in open_spans if other.right >= span.left]
        found += [(other, span) for other in open_spans if other.top <= span.bottom and span.top <= other.bottom]
        open_spans.append(span)
    return found


def is_crossing(a: Span, b: Span) -> bool:
    """Whether two pieces of different wires cross, or run on one another; those of one source part, those of one target meet."""
    if (a.source, a.target) == (b.source, b.target):
        return False
    if a.is_level == b.is_level:  # on one line
        return a.source != b.source and max(a.right - a.left, a.bottom - a.top) > NEAR
    level, steep = (a, b) if a.is_level else (b, a)
    is_inside = (
        level.left + NEAR < steep.left < level.right - NEAR and steep.top + NEAR < level.top < steep.bottom - NEAR
    )
    return is_inside or (a.source != b.source and a.target != b.target)


def faults(placement: Placement) -> list[tuple[Span, Span]]:
    cards, pieces = cards_of(placement), pieces_of(placement)
    known = set(cards)
    found = []
    for a, b in meetings([*cards, *pieces]):
        is_card = (a in known, b in known)
        if any(is_card) or is_crossing(a, b):
            found.append((a, b))
    return found


@pytest.mark.parametrize("aspect", [0.7, 1.2, 2.5])
def test_no_card_overlaps_and_no_wire_crosses_in_any_preset(aspect: float) -> None:
    for name in preset_names():
        assert faults(laid_out(load_preset(name), aspect)) == [], name


def test_no_card_overlaps_and_no_wire_crosses_in_resnet152() -> None:
    graph = torchvision_network("resnet152")
    placement = laid_out(graph, 1.2)
    assert len(placement.boxes) == len(graph.layers) > 500
    assert len(placement.wires) == len(graph.links)
    assert faults(placement) == []


def test_densenet_is_opened_folded_and_so_without_crossings() -> None:
    """Every layer of a dense block feeds all later ones of it: five such layers can no longer be drawn without a crossing."""
    placement = laid_out(folded(torchvision_network("densenet121"), {})[0], 1.2)
    assert len(placement.boxes) < 30
    assert faults(placement) == []


def test_a_card_in_the_way_and_a_crossing_would_be_seen() -> None:
    placement = laid_out(load_preset("resnet18-cifar"), 1.2)
    (source, target, copy), points = next((key, points) for key, points in placement.wires.items() if len(points) == 2)
    box = placement.boxes[source]
    other = next(name for name in placement.boxes if name not in (source, target))
    moved = {**placement.boxes, other: placement.boxes[other]._replace(x=box.x + 5.0, y=box.y)}
    assert faults(placement._replace(boxes=moved))
    (x, y), (_, end) = points[0], points[-1]
    wires = {**placement.wires, (other, "elsewhere", 0): ((x + 20.0, y - 9.0), (x + 20.0, y + 9.0))}
    assert faults(placement._replace(wires=wires))
    assert end == y
    assert copy == 0


def test_one_network_is_drawn_in_one_way() -> None:
    names = list("abcdefgh")
    links = [(pair[0], pair[1]) for pair in ("ab", "ac", "af", "ah", "bc", "bf", "bg", "bh", "cd", "ce")]
    drawn, kept = set(), []
    for number in range(20):
        network_layout._measured.cache_clear()
        network_layout._arranged.cache_clear()
        kept.append([object() for _ in range(number * 7)])  # other places in memory
        placement = place_roomily(names, links, dict.fromkeys(names, (100.0, 80.0)), 1.5)
        drawn.add(tuple(placement.boxes.items()))
    assert len(drawn) == 1
