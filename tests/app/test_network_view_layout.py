"""Where layers and wires go: order, folding, branches, broken graphs."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.widgets.network_layout import Placement, neighbour, place
from trainers.network_files import load_preset, preset_names

SIZE = (100.0, 80.0)


def laid_out(names: list[str], links: list[tuple[str, str]], aspect: float = 1.5) -> Placement:
    return place(names, links, dict.fromkeys(names, SIZE), aspect)


def chain(count: int) -> tuple[list[str], list[tuple[str, str]]]:
    names = [f"layer{number}" for number in range(count)]
    return names, list(itertools.pairwise(names))


def test_a_chain_reads_left_to_right() -> None:
    placement = laid_out(*chain(4), aspect=9.0)
    assert placement.rows == (("layer0", "layer1", "layer2", "layer3"),)
    boxes = [placement.boxes[name] for name in placement.rows[0]]
    assert all(left.right < right.x for left, right in itertools.pairwise(boxes))
    assert len({box.center_y for box in boxes}) == 1


@pytest.mark.parametrize(("aspect", "least_rows"), [(20.0, 1), (1.5, 3), (0.5, 5)])
def test_a_chain_is_folded_for_the_room_there_is(aspect: float, least_rows: int) -> None:
    placement = laid_out(*chain(13), aspect=aspect)
    assert len(placement.rows) >= least_rows
    assert placement.width / placement.height == pytest.approx(aspect, rel=0.7)


def test_a_shortcut_runs_above_the_layers_that_it_passes() -> None:
    names, links = chain(5)
    placement = laid_out(names, [*links, ("layer0", "layer4")], aspect=9.0)
    wire = placement.wires["layer0", "layer4", 0]
    passed = [placement.boxes[name] for name in names[1:4]]
    assert min(y for _, y in wire) < min(box.y for box in passed)
    assert wire[-1] == (placement.boxes["layer4"].center_x, placement.boxes["layer4"].y)


def test_a_block_with_a_shortcut_is_never_torn_apart() -> None:
    names, links = chain(30)
    links += [(f"layer{start}", f"layer{start + 4}") for start in range(0, 25, 5)]
    placement = laid_out(names, links, aspect=1.0)
    assert len(placement.rows) > 2
    row_of = {name: number for number, row in enumerate(placement.rows) for name in row}
    for source, target in links:
        if int(target[5:]) - int(source[5:]) == 4:
            assert row_of[source] == row_of[target]


def test_branches_lie_one_above_the_other_and_meet_again() -> None:
    names = ["a", "left", "middle", "right", "join"]
    links = [("a", "left"), ("a", "middle"), ("a", "right"), ("left", "join"), ("middle", "join"), ("right", "join")]
    placement = laid_out(names, links, aspect=9.0)
    branches = [placement.boxes[name] for name in ("left", "middle", "right")]
    assert len({box.x for box in branches}) == 1
    assert len({box.y for box in branches}) == 3
    assert placement.boxes["join"].x > branches[0].right


def test_a_cycle_and_a_loose_layer_are_drawn_all_the_same() -> None:
    placement = laid_out(["a", "b", "c", "alone"], [("a", "b"), ("b", "c"), ("c", "b"), ("c", "nowhere")])
    assert set(placement.boxes) == {"a", "b", "c", "alone"}


def test_nothing_is_laid_out_as_nothing() -> None:
    assert place([], [], {}, 1.5) == Placement({}, {}, (), 0.0, 0.0)


@pytest.mark.parametrize("name", preset_names())
def test_no_two_cards_of_a_preset_overlap(name: str) -> None:
    graph = load_preset(name)
    names = [layer.name for layer in graph.layers]
    placement = laid_out(names, [(link.source, link.target) for link in graph.links])
    assert set(placement.boxes) == set(names)
    assert len(placement.wires) == len(graph.links)
    assert_apart(placement)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_two_cards_of_any_network_overlap(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 16))
    names = [f"n{number}" for number in range(count)]
    links = []
    for number in range(1, count):
        sources = data.draw(st.sets(st.integers(0, number - 1), min_size=1, max_size=3))
        links += [(names[source], names[number]) for source in sorted(sources)]
    placement = laid_out(names, links, data.draw(st.floats(0.3, 4.0)))
    assert set(placement.boxes) == set(names)
    assert len(placement.wires) == len(links)
    assert_apart(placement)
    for source, target in links:  # as the data flow: further right, or in a lower row
        a, b = placement.boxes[source], placement.boxes[target]
        assert b.x > a.right or b.center_y > a.center_y


def assert_apart(placement: Placement) -> None:
    boxes = list(placement.boxes.values())
    for number, a in enumerate(boxes):
        for b in boxes[number + 1 :]:
            assert a.right <= b.x or b.right <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


def test_arrow_keys_follow_the_data_and_the_drawing() -> None:
    placement = laid_out(*chain(6), aspect=1.0)
    assert neighbour(placement, "", 1, 0) == "layer0"
    assert neighbour(placement, "layer0", 1, 0) == "layer1"
    assert neighbour(placement, "layer0", -1, 0) == "layer0"
    assert neighbour(placement, "layer5", 1, 0) == "layer5"
    below = neighbour(placement, "layer0", 0, 1)
    assert placement.boxes[below].y > placement.boxes["layer0"].y
    assert neighbour(placement, below, 0, -1) in placement.rows[0]
