"""What the view of depth says in words and where it draws: numbers, verdicts, axes, outlines, dashes; states from JSON. No worker."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from played_depth import answer_to

from app.panel import StateError
from app.panels.activation.depth import geometry
from app.panels.activation.depth.demonstration import demonstrated
from app.panels.activation.depth.figures import (
    end_of,
    fate,
    percent,
    short,
    spread,
    station_rows,
    verdict,
)
from app.panels.activation.depth.presets import PRESETS
from app.panels.activation.depth.state import DepthState, Setting, from_json, to_json
from app.widgets.number_words import power
from trainers.activation_lab import ActivationChoice, DepthAnswer, DepthQuestion, Initialisation
from trainers.activation_lab_checks import usable_kinds


def answer(kind: str, initialisation: Initialisation, layers: int = 12, deviation: float = 0.01) -> DepthAnswer:
    return answer_to(
        DepthQuestion(
            ActivationChoice(kind), initialisation, layers=layers, width=64, signals=64, bins=48, deviation=deviation
        )
    )


# --- words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (0.46, "0.46"),
        (3.21, "3.2"),
        (123.4, "123"),
        (0.0031, "0.0031"),
        (1e-9, "10⁻⁹"),
        (2.2e-12, "2·10⁻¹²"),
        (9.97e-4, "0.001"),
        (-4.5, "−4.5"),
        (999.6, "10³"),
        (float("nan"), "not finite"),
    ],
)
def test_a_number_is_written_as_one_says_it(value: float, words: str) -> None:
    assert short(value) == words


@given(st.floats(1e-44, 1e38))
def test_a_number_in_words_is_within_a_half_of_its_last_digit(value: float) -> None:
    lowered = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    mantissa, _, exponent = short(value).rpartition("10")
    raised = exponent.translate(lowered)
    is_power = exponent != raised
    read = float(mantissa.rstrip("·") or 1) * 10.0 ** int(raised) if is_power else float(short(value))
    assert read == pytest.approx(value, rel=0.5)


def test_shares_that_are_hardly_nothing_or_hardly_all_are_not_rounded_away() -> None:
    assert [percent(share) for share in (0, 0.001, 0.36, 0.999, 1)] == ["0 %", "< 1 %", "36 %", "> 99 %", "100 %"]
    assert power(-12) == "10⁻¹²"


def test_a_sigmoid_with_small_weights_dies_and_the_sentence_has_the_numbers() -> None:
    found = answer("sigmoid", "normal", layers=4)
    sizes = spread(found.gradients)
    assert fate(found) == "Dies"
    words = verdict(found)
    ratio = found.between[-1] / found.between[0]
    assert ratio < 1e-4, "units differ by 0.02, but not for one signal from another"
    assert words.startswith(f"After 4 layers the signals differ by {short(ratio)} of what came in; ")
    assert f"a gradient arrives {short(sizes[1] / sizes[-1])} as large." in words
    assert end_of(found, is_backward=True) == (1, f"vanishes: {short(sizes[1] / sizes[-1])} at layer 1")


def test_relu_with_he_lives() -> None:
    found = answer("relu", "he")
    assert fate(found) == "Lives"
    assert "vanishes" not in end_of(found, is_backward=True)[1]


def test_too_large_weights_overflow_and_the_layer_is_named() -> None:
    found = answer("relu", "normal", layers=50, deviation=30.0)
    first = int(np.flatnonzero(found.activations.non_finite)[0])
    assert fate(found) == "Explodes"
    assert verdict(found).startswith(f"From layer {first} on, numbers are too large for single precision")
    assert end_of(found, is_backward=False) == (first - 1, f"overflows at layer {first}")


def test_a_step_lets_no_gradient_pass_and_it_is_said_why() -> None:
    words = verdict(answer("step", "xavier", layers=5))
    assert "no gradient arrives: from layer 4 down it is 0, no unit of layer 5 has a slope" in words


def test_one_layer_is_not_spoken_of_as_many() -> None:
    words = verdict(answer("tanh", "xavier", layers=1))
    assert words.startswith("After 1 layer the signals differ by 0.")
    assert "a gradient has no other layer to cross" in words


def test_a_station_tells_its_numbers() -> None:
    found = answer("relu", "he")
    rows = dict(station_rows(found, 3))
    assert rows["mean"] == short(found.activations.mean[3])
    assert rows["dead units"] == percent(found.dead[2])
    assert rows["saturated"] == percent(found.saturated[2])
    assert "dead units" not in dict(station_rows(found, 0))


# --- places -------------------------------------------------------------------------------------------------------------


def frame(layers: int) -> geometry.Frame:
    return geometry.plan((900.0, 640.0), (60.0, 12.0, 24.0), 18.0, layers)


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_the_station_under_the_pointer_is_the_one_drawn_there(layers: int, share: float) -> None:
    place = frame(layers)
    x = place.left + share * (place.right - place.left)
    station = place.station_at(x)
    assert station is not None
    assert abs(place.center(station) - x) <= place.pitch / 2 + 1e-6
    assert place.station_at(place.left - 1) is None
    assert place.station_at(place.right + 1) is None


def test_rows_lie_below_one_another_and_inside_the_board() -> None:
    rows = frame(20).rows
    assert all(above.bottom < below.top for above, below in pairwise(rows))
    assert rows[-1].bottom <= 640 - 24 + 1e-6


@given(st.lists(st.floats(1e-38, 1e38), min_size=1, max_size=20))
def test_a_logarithmic_axis_holds_all_that_is_drawn_on_it(values: list[float]) -> None:
    low, high = geometry.decade_range([np.array(values)])
    assert low - 1e-6 <= math.log10(min(values))
    assert math.log10(max(values)) <= high + 1e-6
    assert high - low >= 3
    ticks = geometry.decade_ticks(low, high, 5)
    assert 0 in ticks
    assert len(ticks) <= 8


def test_a_logarithmic_axis_survives_that_nothing_is_positive() -> None:
    low, high = geometry.decade_range([np.zeros(3), np.full(3, np.nan)])
    assert low < high


def test_an_outline_is_as_high_as_its_numbers_and_as_wide_as_its_fullest_bin() -> None:
    found = answer("tanh", "xavier")
    place = frame(12)
    row = place.row("activations")
    axis = geometry.linear_axis(row, -5.0, 5.0)
    shapes, bottoms, tops = geometry.outlines(found.activations, place, axis, row, (6.0, 0.0), is_own=False)
    for station in (0, 5, 12):
        low, high = found.activations.spans[station]
        assert bottoms[station] == pytest.approx(axis.place(np.array(low)))
        assert tops[station] == pytest.approx(axis.place(np.array(high)))
        assert shapes[station][:, 0].min() == pytest.approx(place.center(station) - 6.0)
        assert shapes[station][:, 0].max() == pytest.approx(place.center(station))


def test_a_layer_without_a_finite_number_has_no_outline() -> None:
    found = answer("relu", "normal", layers=50, deviation=30.0)
    place = frame(50)
    row = place.row("activations")
    shapes, _, _ = geometry.outlines(
        found.activations, place, geometry.linear_axis(row, -5, 5), row, (4.0, 4.0), is_own=False
    )
    assert len(shapes[0])
    assert not len(shapes[50])
    assert all(np.isfinite(shape).all() for shape in shapes)


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=12),
    st.tuples(st.floats(2, 20), st.floats(1, 10)),
)
def test_dashes_lie_on_the_line_and_leave_the_gaps_out(heights: list[float], pattern: tuple[float, float]) -> None:
    x, y = np.arange(len(heights)) * 30.0, np.array(heights)
    pieces = geometry.dashes(x, y, pattern)
    ends = pieces.reshape(-1, 2)
    assert np.allclose(np.interp(ends[:, 0], x, y), ends[:, 1], atol=1e-6)
    way = np.hypot(np.diff(x), np.diff(y)).sum()
    drawn = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum()
    period = sum(pattern)
    assert drawn == pytest.approx(way // period * pattern[0] + min(way % period, pattern[0]), abs=1e-3)


def test_words_do_not_cover_one_another() -> None:
    x = np.linspace(0, 300, 10)
    lines = [(x, np.full(10, 40.0)), (x, np.full(10, 44.0))]
    first = geometry.free_place((100, 40), (80, 16), (0, 90), lines, [])
    second = geometry.free_place((100, 44), (80, 16), (0, 90), lines, [(*first, first[0] + 80, first[1] + 16)])
    assert abs(first[1] - second[1]) >= 16
    assert all(top + 16 <= 40 or top >= 44 for _, top in (first, second))


# --- states -------------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([kind for kind in usable_kinds() if kind not in ("formula", "drawn")]),
    st.integers(1, 50),
    st.sampled_from(["shared", "own"]),
    st.one_of(st.none(), st.integers(0, 50)),
)
def test_a_state_is_what_it_was_after_a_way_through_json(kind: str, layers: int, scale: Any, layer: int | None) -> None:
    state = DepthState(a=Setting(ActivationChoice(kind)), layers=layers, scale=scale, layer=layer)
    assert from_json(to_json(state)) == state
    assert state.chosen_layer is None or 0 <= state.chosen_layer <= layers


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"layers": 51}, "layers"),
        ({"width": 4}, "width"),
        ({"shown": []}, "shown"),
        ({"shown": ["a", "a"]}, "shown"),
        ({"a": {"activation": {"kind": "softmax"}}}, "a.activation"),
        ({"b": {"activation": {"kind": "elu", "parameters": {"alpha": "x"}}}}, "b.activation"),
        ({"b": {"gain": -1}}, "b.gain"),
        ({"depth": 3}, "depth"),
        ({"scale": "log"}, "scale"),
    ],
)
def test_a_state_that_cannot_be_is_refused_with_its_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(StateError) as refused:
        from_json(change)
    assert refused.value.key == key


def test_a_demonstration_sets_one_or_two() -> None:
    one = demonstrated({"activation": "sigmoid", "initialisation": "xavier", "layers": 20})
    assert one.shown == ("a",)
    assert one.a == Setting(ActivationChoice("sigmoid"), "xavier")
    two = demonstrated({
        "activation": {"kind": "leaky_relu", "parameters": {"negative_slope": 0.3}},
        "initialisation": "normal", "s": 0.02, "layers": 50,
        "against": {"activation": "relu", "initialisation": "he"},
    })  # fmt: skip
    assert two.shown == ("a", "b")
    assert two.a.deviation == 0.02
    assert two.b.activation.kind == "relu"
    assert two.b.initialisation == "he"


@pytest.mark.parametrize("what", [{"activaton": "relu"}, {"activation": "none"}, {"against": "relu"}, {"layers": 99}])
def test_a_demonstration_of_what_is_not_there_is_refused(what: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[.?]$"):
        demonstrated(what)


def test_presets_are_states_that_can_be() -> None:
    for preset in PRESETS:
        state = DepthState().with_setting("a", preset.setting)
        assert from_json(to_json(state)) == state
