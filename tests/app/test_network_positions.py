"""Where wires run between cards that a person has placed, and where a card goes that nobody has."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.widgets.network_layout import Box
from app.widgets.network_positions import free_place, make_room, place_by_hand, place_roomily

SIZE = (100.0, 80.0)


def placed(links: list[tuple[str, str]], **places: tuple[float, float]) -> tuple[dict[str, Box], dict]:  # type: ignore[type-arg]
    names = sorted({*places, *(name for link in links for name in link)})
    placement = place_by_hand(names, links, dict.fromkeys(names, SIZE), places)
    return placement.boxes, placement.wires


def test_cards_stand_where_they_were_put_and_a_new_one_beside_what_feeds_it() -> None:
    boxes, wires = placed([("a", "b"), ("b", "c")], a=(0.0, 0.0), b=(200.0, 40.0))
    assert boxes["a"] == Box(0.0, 0.0, *SIZE)
    assert boxes["b"] == Box(200.0, 40.0, *SIZE)
    assert boxes["c"].x > boxes["b"].right
    assert boxes["c"].center_y == boxes["b"].center_y
    assert wires["b", "c", 0] == ((boxes["b"].right, 80.0), (boxes["c"].x, 80.0))


def test_a_wire_goes_over_a_card_that_is_in_its_way() -> None:
    boxes, wires = placed([("a", "c"), ("a", "b"), ("b", "c")], a=(0.0, 0.0), b=(200.0, 0.0), c=(400.0, 0.0))
    over = wires["a", "c", 0]
    assert min(y for _, y in over) < boxes["b"].y
    assert over[-1] == (boxes["c"].center_x, boxes["c"].y)  # where several wires meet


def test_a_wire_to_a_row_below_runs_between_the_rows() -> None:
    boxes, wires = placed([("a", "b")], a=(500.0, 0.0), b=(0.0, 200.0))
    (first, *inner, last) = wires["a", "b", 0]
    assert first == (boxes["a"].right, 40.0)
    assert last == (0.0, 240.0)
    assert {y for _, y in inner} >= {140.0}


def test_what_stands_in_the_row_makes_room_and_no_more() -> None:
    boxes = {"a": Box(0, 0, *SIZE), "b": Box(120, 0, *SIZE), "c": Box(600, 0, *SIZE), "below": Box(120, 300, *SIZE)}
    moved = make_room(boxes, Box(130, 10, *SIZE), gap=20)
    assert moved == {"b": (250.0, 0.0)}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), max_size=12))
def test_a_free_place_is_free(corners: list[tuple[int, int]]) -> None:
    boxes = [Box(x, y, *SIZE) for x, y in corners]
    found = free_place(boxes, Box(0, 0, *SIZE))
    assert found.x == 0
    for box in boxes:
        assert (
            box.right <= found.x
            or found.right <= box.x
            or box.y + box.height <= found.y
            or found.y + found.height <= box.y
        )


def test_the_roomy_layout_leaves_room_for_a_shape_on_each_wire() -> None:
    names = ["a", "b", "c"]
    placement = place_roomily(names, [("a", "b"), ("b", "c")], dict.fromkeys(names, SIZE), 9.0)
    for source, target in (("a", "b"), ("b", "c")):
        a, b = placement.boxes[source], placement.boxes[target]
        assert b.x - a.right >= 50
        assert placement.wires[source, target, 0] == ((a.right, a.center_y), (b.x, b.center_y))
        assert (a.width, a.height) == SIZE


PLACES = st.tuples(st.integers(-6, 6), st.integers(-3, 3)).map(lambda at: (at[0] * 75.0, at[1] * 55.0))
CARDS = st.dictionaries(st.sampled_from("abcdefghij"), PLACES, min_size=2, max_size=9)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_wires_that_are_kept_from_before_an_edit_run_as_if_all_were_routed_anew(data: st.DataObject) -> None:
    before = None
    for _ in range(3):
        places = data.draw(CARDS)
        if before is not None:  # most stay where they are, and as they are linked
            kept = {name: box[:2] for name, box in before.boxes.items() if data.draw(st.booleans())}
            places = {**places, **kept}
        names = list(places)
        links = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=12))
        links += [key[:2] for key in before.wires if set(key[:2]) <= set(names)] if before is not None else []
        sizes = {name: (100.0 if name < "f" else 70.0, 80.0) for name in names}
        fresh = place_by_hand(names, links, sizes, places)
        before = place_by_hand(names, links, sizes, places, before)
        assert before == fresh
        assert list(before.wires) == list(fresh.wires)
