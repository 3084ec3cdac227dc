"""What the view of Maxout computes: who is the largest where, the best lines for a target, the cells of planes. Without widgets."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.activation.maxout import edits
from app.panels.activation.maxout.best_lines import best_difference, best_lines, fits_by_count, measured
from app.panels.activation.maxout.line_scene import TargetWork
from app.panels.activation.maxout.lines import (
    SHAPES,
    Line,
    MoveLine,
    Pull,
    TurnLine,
    kinks,
    name_of,
    slope,
    stretches,
    value,
    where_text,
)
from app.panels.activation.maxout.planes import (
    SURFACES,
    Plane,
    ShiftPlane,
    TiltPlane,
    anchors,
    area,
    cells,
    cone,
    contour_levels,
    contours,
    square,
)
from app.panels.activation.maxout.state import FIRST_PLANES, MaxoutState, from_json, to_json
from app.panels.activation.maxout.targets import TARGETS, Table, table_of
from app.simulation.activation_functions import ACTIVATIONS
from trainers.errors import BadInput

small = st.floats(-5, 5).map(lambda number: round(number, 2))
some_lines = st.lists(st.builds(Line, small, small), min_size=1, max_size=8)
some_planes = st.lists(st.builds(Plane, small, small, small), min_size=1, max_size=8)


# --- lines --------------------------------------------------------------------------------------------------------------


@given(some_lines)
def test_the_stretches_are_where_each_line_is_the_largest(lines: list[Line]) -> None:
    found = stretches(lines)
    assert found[0].start == -math.inf
    assert found[-1].end == math.inf
    for before, after in pairwise(found):
        assert before.end == after.start
        assert lines[before.line].w < lines[after.line].w, "the largest of lines is convex"
    for stretch in found:
        low, high = max(stretch.start, -1e4), min(stretch.end, 1e4)
        if low < high:
            x = 0.5 * (low + high)
            assert lines[stretch.line].at(x) == pytest.approx(max(line.at(x) for line in lines), abs=1e-7)


@given(some_lines, st.floats(-20, 20))
def test_value_and_slope_are_those_of_the_largest(lines: list[Line], x: float) -> None:
    heights = [line.at(x) for line in lines]
    assert float(value(lines, x)) == max(heights)
    if all(abs(x - kink) > 1e-6 for kink in kinks(lines)) and len({line.w for line in lines}) == len(lines):
        assert float(slope(lines, x)) == lines[int(np.argmax(heights))].w


def test_at_a_kink_the_slope_is_the_mean_of_both() -> None:
    assert float(slope(SHAPES["relu"][1], 0.0)) == 0.5
    assert float(slope(SHAPES["abs"][1], 0.0)) == 0.0


def test_a_second_unit_is_taken_away() -> None:
    lines = (Line(1.0, 0.0), Line(0.0, 0.0), Line(0.0, 0.0, True), Line(1.0, -1.0, True))
    x = np.linspace(-3, 3, 61)
    assert np.allclose(value(lines, x), np.clip(x, 0.0, 1.0))
    assert kinks(lines) == (0.0, 1.0)
    assert where_text(lines, 3) == "x > 1"


def test_lines_that_never_win_are_named_and_equal_ones_count_once() -> None:
    lines = (Line(-1.0, 0.0), Line(1.0, 0.0), Line(0.0, -1.0), Line(1.0, 0.0), Line(0.0, 0.0))
    assert where_text(lines, 0) == "x < 0"
    assert where_text(lines, 1) == "x > 0"
    assert [where_text(lines, number) for number in (2, 3)] == ["never the largest"] * 2
    assert where_text(lines, 4) == "never the largest", "at a single point it ties"


def test_functions_of_note_are_called_by_their_names() -> None:
    assert [name_of(lines) for _, lines in SHAPES.values()] == ["ReLU", "|x|", "Leaky ReLU (0.1)", "the identity"]
    assert name_of((Line(0.25, 0.0), Line(1.0, 0.0), Line(0.5, -3.0))) == "Leaky ReLU (0.25)"
    assert name_of((Line(0.0, 0.0), Line(1.0, 0.1))) == ""
    for key in ("relu", "leaky_relu"):
        x = np.linspace(-3, 3, 101)
        assert np.allclose(value(SHAPES[key][1], x), ACTIVATIONS[key].value(x))


def test_a_line_held_in_its_middle_moves_and_at_its_side_turns_about_the_other() -> None:
    line = Line(0.5, 0.2)
    moved = MoveLine(line, 1.0, 0.7).to(1.0, 1.7, Pull())
    assert (moved.w, moved.b) == (0.5, pytest.approx(1.2))
    turned = TurnLine(line, -2.0, 0.1).to(2.0, 3.2, Pull())
    assert turned.w == pytest.approx(1.0)
    assert turned.at(-2.0) == pytest.approx(line.at(-2.0)), "the other side stays"


def test_numbers_of_note_catch_a_line_only_within_reach() -> None:
    near = MoveLine(Line(1.0, 0.3), 0.0, 0.3)
    assert near.to(0.0, 0.04, Pull(0.05)).b == 0.0
    assert near.to(0.0, 0.06, Pull(0.05)).b == pytest.approx(0.06)
    assert near.to(0.0, 0.04, Pull()).b == pytest.approx(0.04)
    turn = TurnLine(Line(0.3, 0.0), 0.0, 0.1)
    assert turn.to(2.0, 0.22, Pull(0.05)).w == 0.1
    assert turn.to(2.0, 0.30, Pull(0.05)).w == pytest.approx(0.15)
    work, state = TargetWork(), MaxoutState(target="x^2")
    caught = near.to(0.0, -0.23, Pull(0.05, work.touching(state)))
    assert caught.b == pytest.approx(-0.25, abs=1e-6), "x - 1/4 touches x²"


# --- the best lines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(1, 9))
def test_of_a_parabola_the_least_error_is_known(count: int) -> None:
    fit = best_lines(table_of("x^2", -3.0, 3.0), count)
    assert fit.error == pytest.approx(36 / (8 * count**2), rel=1e-5)
    assert len(fit.lines) == count


@pytest.mark.parametrize("target", TARGETS[:6], ids=lambda target: target.title)
@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_best_lines_err_as_much_above_as_below_and_in_turn(target: object, count: int) -> None:
    text, low, high = target.text, target.low, target.high  # type: ignore[attr-defined]
    table = table_of(text, low, high)
    fit = best_lines(table, count)
    if text == "|x|":
        assert fit.error == 0.0
        assert {(line.w, line.b) for line in fit.lines} == {(-1.0, 0.0), (1.0, 0.0)}
        return
    off = value(fit.lines, table.x) - table.y
    ends = [low, *kinks(fit.lines), high]
    assert len(ends) == count + 1
    for start, end in pairwise(ends):
        inside = off[(table.x >= start) & (table.x <= end)]
        assert inside.max() == pytest.approx(fit.error, rel=5e-4), "once above in each piece"
    at_ends = value(fit.lines, ends) - np.interp(ends, table.x, table.y)
    assert np.allclose(at_ends, -fit.error, rtol=5e-4), "below at both ends and at every kink: 2k + 1 places in turn"


@given(st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 3)), min_size=3, max_size=3))
def test_no_other_three_lines_do_better(numbers: list[tuple[float, float]]) -> None:
    table = table_of("cosh(x)", -2.5, 2.5)
    fit = best_lines(table, 3)
    others = tuple(Line(round(w, 3), round(b, 3)) for w, b in numbers)
    assert measured(others, table)[0] >= fit.error - 1e-6
    beside = tuple(Line(line.w + 0.02 * w, line.b + 0.02 * b) for line, (w, b) in zip(fit.lines, numbers, strict=True))
    assert measured(beside, table)[0] >= fit.error - 1e-6


def test_the_error_falls_with_the_square_of_the_number_of_lines() -> None:
    errors = [fit.error for fit in fits_by_count(table_of("exp(x)", -3.0, 2.0))]
    assert all(after < before for before, after in pairwise(errors))
    assert errors[3] / errors[7] == pytest.approx(4.0, rel=0.05)


def test_elu_is_convex_with_alpha_1_and_not_with_2() -> None:
    assert table_of("x if x > 0 else exp(x) - 1", -4.0, 4.0).dent[0] == 0.0
    size, place = table_of("x if x > 0 else 2*(exp(x) - 1)", -4.0, 4.0).dent
    assert size > 0.1
    assert place == pytest.approx(0.0, abs=0.02)


def test_one_unit_cannot_bend_downwards_and_the_difference_of_two_can() -> None:
    table = table_of("tanh(x)", -3.0, 3.0)
    size, _ = table.dent
    errors = [fit.error for fit in fits_by_count(table)]
    assert min(errors) > size / 2, "half of the dent, whatever the number of lines"
    assert errors[-1] < size / 2 + 0.002
    both = best_difference(table, 8)
    assert both.error < 0.006
    assert any(line.is_subtracted for line in both.lines)
    assert fits_by_count(table, is_difference=True)[7] == both


def test_the_hull_is_convex_and_below() -> None:
    table = table_of("sin(x)", -3.0, 3.0)
    hull = table.hull
    assert np.all(np.diff(np.diff(hull.y) / np.diff(hull.x)) > -1e-9)
    assert np.all(np.interp(table.x, hull.x, hull.y) <= table.y + 1e-12)
    assert isinstance(hull, Table)


# --- edits --------------------------------------------------------------------------------------------------------------


def test_demonstrations_show_what_they_name() -> None:
    for key, (_, lines) in SHAPES.items():
        assert edits.demonstrated({"target": key}).lines == lines
    shown = edits.demonstrated({"target": "softplus", "pieces": 5})
    assert len(shown.lines) == 5
    assert shown.target == "softplus(x)"
    both = edits.demonstrated({"target": "tanh", "pieces": 3, "second": True})
    assert both.has_second
    assert edits.demonstrated({"surface": "cone"}).planes == cone(8)
    for wrong in (
        {"target": "nonsense("},
        {"surface": "cube"},
        {"pieces": 3, "colour": 1},
        {"target": "x^2", "pieces": 9},
    ):
        with pytest.raises(BadInput):
            edits.demonstrated(wrong)


def test_every_demonstration_is_a_state_that_can_be_read_again() -> None:
    for what in ({}, {"target": "sin", "pieces": 4, "second": True}, {"surface": "pyramid"}, {"target": "elu"}):
        state = edits.demonstrated(what)
        assert from_json(to_json(state)) == state


def test_what_cannot_be_done_is_said_in_a_sentence() -> None:
    work = TargetWork()
    full = MaxoutState(lines=tuple(Line(float(w), 0.0) for w in range(8)))
    with pytest.raises(BadInput, match="8 lines, the most that fit"):
        edits.add_line(full, 0.0, 0.0, work)
    with pytest.raises(BadInput, match="8 planes, the most that fit"):
        edits.add_plane(MaxoutState(inputs=2, planes=cone(8)), 0.0, 0.0)
    last = MaxoutState(lines=(Line(1.0, 0.0), Line(0.0, 0.0, True)))
    with pytest.raises(BadInput, match="second unit"):
        edits.remove_line(last)
    with pytest.raises(BadInput, match="no target"):
        edits.fitted(full, work)
    with pytest.raises(BadInput, match="shorter stretch"):
        edits.fitted(MaxoutState(target="exp(x)", interval=(0.0, 8.0), pieces=8), work)
    with pytest.raises(BadInput, match="parameter a"):
        table_of("a*x", -1.0, 1.0)
    with pytest.raises(BadInput, match="no value"):
        table_of("1/x", -1.0, 1.0)


def test_a_line_added_where_a_target_is_touches_its_slope() -> None:
    state = MaxoutState(target="x^2", lines=())
    added = edits.add_line(state, 1.0, 1.0, TargetWork())
    assert added.lines[0].w == pytest.approx(2.0, abs=1e-2)
    assert added.lines[0].at(1.0) == pytest.approx(1.0, abs=1e-3)


# --- planes -------------------------------------------------------------------------------------------------------------


@given(some_planes)
def test_the_cells_are_where_each_plane_is_the_largest(planes: list[Plane]) -> None:
    outline = square(2.0)
    found = cells(planes, outline)
    assert sum(area(cell) for cell in found) == pytest.approx(area(outline), rel=1e-6)
    for plane, cell in zip(planes, found, strict=True):
        if len(cell):
            heights = np.max([other.over(cell) for other in planes], axis=0)
            assert np.allclose(plane.over(cell), heights, atol=1e-6), "at its corners it is the largest, hence inside"


def test_anchors_lie_in_their_cells_and_those_of_others_where_they_come_nearest() -> None:
    planes = (*FIRST_PLANES, Plane(0.0, 0.0, -3.0))
    outline = square(2.0)
    regions = cells(planes, outline)
    assert not len(regions[4])
    for number, anchor in enumerate(anchors(planes, regions, outline)):
        heights = [plane.at(*anchor) for plane in planes]
        if number < 4:
            assert int(np.argmax(heights)) == number
        else:
            assert heights[4] < max(heights)


def test_contours_are_level_and_in_the_cell() -> None:
    region = cells(FIRST_PLANES, square(2.0))[0]
    levels = contour_levels(-1.0, 3.0)
    assert 8 <= len(levels) <= 13
    found = contours(FIRST_PLANES[0], region, levels)
    assert found
    for level, ends in found:
        assert np.allclose(FIRST_PLANES[0].over(ends), level)


def test_a_plane_moves_sideways_and_tilts_about_its_anchor() -> None:
    plane = Plane(1.0, -0.5, 0.3)
    moved = ShiftPlane(plane, 0.0, 0.0).to(0.5, 1.0)
    assert moved.at(0.5, 1.0) == pytest.approx(plane.at(0.0, 0.0))
    assert (moved.w1, moved.w2) == (plane.w1, plane.w2)
    anchor = anchors((plane,), (square(1.0),), square(1.0))[0]
    tilted = TiltPlane(plane, anchor, 0.1, 0.5).to(anchor.x1, anchor.x2 + 0.6)
    assert (tilted.w1, tilted.w2) == (pytest.approx(0.0, abs=1e-9), pytest.approx(1.0))
    assert tilted.at(*anchor) == pytest.approx(plane.at(*anchor))
    level = TiltPlane(plane, anchor, 0.1, 0.5).to(anchor.x1 + 0.05, anchor.x2)
    assert level.steepness == 0.0, "an arrow drawn in is a level plane"


# --- whatever is done can be undone ---------------------------------------------------------------------------------------

_SENT = ("x^2 + 5000", "10000*x", "x^2 - 3000", "-2e3*x", "1e5 + x", "900*x^2", "1e-5*x", "7", "exp(x)")


@pytest.mark.parametrize("text", _SENT)
@pytest.mark.parametrize("interval", [(-3.0, 3.0), (-100.0, 100.0), (0.0, 1e-3), (99.5, 100.0)])
def test_a_target_gives_a_state_that_can_be_read_back_or_one_sentence(text: str, interval: tuple[float, float]) -> None:
    before = MaxoutState(interval=interval)
    try:
        after = edits.with_target(before, text)
    except BadInput:
        return
    assert from_json(to_json(after)) == after
    home = edits.at_home(after)
    assert from_json(to_json(home)) == home


def test_a_target_beyond_what_a_plot_shows_is_refused_with_its_heights() -> None:
    with pytest.raises(
        BadInput, match=r"^The target's height is 4,997.75 to 5,011.25, but a plot shows −1,000 to 1,000: "
    ):
        edits.with_target(MaxoutState(), "x^2 + 5000")
    with pytest.raises(BadInput, match=r"^The target's slope is 9,999.7 to 10,000.3, "):
        edits.with_target(MaxoutState(), "10000*x")


def test_a_tiny_stretch_from_a_file_goes_home_to_a_range() -> None:
    home = edits.at_home(from_json(to_json(MaxoutState(target="x^2", interval=(0.0, 2e-4)))))
    assert from_json(to_json(home)) == home


_WORK = TargetWork()
_number = st.floats(-100, 100).map(lambda number: round(number, 3))
_place = st.floats(-1000, 1000)
_edits = st.one_of(
    st.tuples(st.just(edits.with_line), st.integers(0, 0), st.builds(Line, _number, _number)),
    st.tuples(st.just(edits.with_plane), st.integers(0, 0), st.builds(Plane, _number, _number, _number)),
    st.tuples(st.just(edits.with_number), st.integers(0, 0), st.integers(0, 1), _number),
    st.tuples(st.just(edits.add_line), _place, _place, st.just(_WORK)),
    st.tuples(st.just(edits.remove_line)),
    st.tuples(st.just(edits.nudge_line), _number, _number),
    st.tuples(st.just(edits.with_second), st.booleans(), st.just(_WORK)),
    st.tuples(st.just(edits.step), st.integers(-3, 3)),
    st.tuples(st.just(edits.with_target), st.sampled_from(("", *_SENT, "tanh(x)", "a*x", "1/x"))),
    st.tuples(st.just(edits.with_interval), _number, _number),
    st.tuples(st.just(edits.fitted), st.just(_WORK)),
    st.tuples(st.just(edits.add_plane), _place, _place),
    st.tuples(st.just(edits.remove_plane)),
    st.tuples(st.just(edits.nudge_plane), _number, _number, _number),
    st.tuples(st.just(edits.at_home)),
    st.tuples(st.just(edits.zoomed), st.floats(0.01, 100)),
)


@given(st.sampled_from([1, 2]), st.lists(_edits, max_size=12))
@settings(max_examples=150, derandomize=True, deadline=None, database=None)
def test_every_edit_gives_a_state_that_can_be_read_back(inputs: int, steps: list[tuple[Any, ...]]) -> None:
    state = MaxoutState(inputs=inputs)
    for edit, *arguments in steps:
        needs = {"with_line": state.lines, "with_plane": state.planes, "nudge_line": state.lines}
        needs |= {"nudge_plane": state.planes, "with_number": state.lines if state.inputs == 1 else state.planes}
        needs |= {"remove_line": state.lines, "remove_plane": state.planes}
        if not needs.get(edit.__name__, True):
            continue  # the hands ask first whether there is one
        try:
            state = edit(state, *arguments)
        except BadInput:
            continue
        assert from_json(to_json(state)) == state, edit.__name__


@pytest.mark.parametrize("key", [*SHAPES, *SURFACES])
def test_every_shape_and_surface_can_be_read_back(key: str) -> None:
    state = edits.with_shape(MaxoutState(inputs=1 if key in SHAPES else 2), key)
    assert from_json(to_json(state)) == state


def test_nothing_is_subtracted_from_no_line() -> None:
    with pytest.raises(BadInput, match="There is no line from which"):
        edits.with_second(MaxoutState(lines=()), True, TargetWork())
