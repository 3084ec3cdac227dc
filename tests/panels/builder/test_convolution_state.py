"""One convolution as data: what each deed makes of the state, how it plays, what is refused. No widget is built."""

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QRectF

from app.panel import StateError
from app.panels.builder.convolution_clock import advanced, toggled
from app.panels.builder.convolution_numbers import (
    coarse_text,
    number_text,
    read_number,
    short_text,
    sum_text,
    weight_text,
)
from app.panels.builder.convolution_opening import of_layer
from app.panels.builder.convolution_pictures import TITLES, PictureShelf
from app.panels.builder.convolution_places import Shape, arrange
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_state import (
    ALL,
    ConvolutionState,
    at,
    begun_anew,
    changed,
    check,
    looking_as,
    next_term,
    settled,
    stepped,
    swept,
    with_kernel,
    with_link,
    with_weight,
    with_window,
)
from app.panels.builder.convolution_words import pytorch_line, size_formula
from app.panels.builder.state import BuilderState, from_json, to_json
from app.simulation.convolution import Sliding
from trainers.network_graph import Layer

BEGIN = ConvolutionState()


def test_numbers_are_short_and_read_as_people_write_them() -> None:
    assert [number_text(value) for value in (0.35, -2.0, -0.001, 1234.5, -np.inf)] == [
        "0.35",
        "−2",
        "0",
        "1.23e+03",
        "−∞",
    ]
    assert [short_text(value) for value in (0.35, -0.4, 1.5, 0.0)] == [".35", "−.4", "1.5", "0"]
    assert [coarse_text(value) for value in (0.35, -2.07, -0.04)] == [".3", "−2.1", "0"]
    assert [weight_text(value) for value in (1 / 9, -1 / 25, 0.5, 0.123)] == ["1/9", "−0.04", "0.5", "0.12"]
    assert [read_number(text) for text in ("0,5", "−1", "1/8", "2e1", "", "x", "1/0", "inf")] == [
        0.5,
        -1.0,
        0.125,
        20.0,
        *[None] * 4,
    ]
    assert sum_text([0.5, -1.0, 0.0]) == "0.5 − 1 + 0"


def test_a_kernel_that_is_made_smaller_on_the_way_loses_nothing_until_the_hand_rests() -> None:
    own = with_weight(BEGIN, 0, 0, 7.0)
    assert with_window(own, "kernel", 1).weights == ((0.0,),)
    assert with_window(own, "kernel", 3) == own
    blur = with_kernel(BEGIN, "blur")
    assert with_window(blur, "kernel", 5).weights == ((0.04,) * 5,) * 5
    tiny = with_window(BEGIN, "kernel", 1)
    assert with_kernel(tiny, "emboss").sliding.kernel == 3


def test_a_flipped_kernel_is_edited_where_it_lies() -> None:
    flipped = with_weight(changed(BEGIN, is_flipped=True), 0, 2, 9.0)
    assert flipped.weights[2][0] == 9.0
    assert with_weight(BEGIN, 0, 2, 1e9).weights[0][2] == 100.0


def test_height_and_width_are_changed_together_until_they_are_taken_apart() -> None:
    assert with_window(BEGIN, "stride", 2).sliding == Sliding(3, 2)
    apart = with_window(with_link(BEGIN, False), "kernel", 5, 1)
    check(apart)
    assert (apart.sliding.sides, apart.map_shape, apart.kernel.shape, apart.kernel_name) == ((3, 5), (12, 10), (3, 5), "sobel_x")  # fmt: skip
    assert (apart.row, apart.column, at(apart, 99, 99).index) == (4, 5, 119)
    apart = with_window(with_window(apart, "padding", 1, 0), "stride", 3, 1)
    assert pytorch_line(apart) == "nn.Conv2d(1, 1, (3, 5), stride=(1, 3), padding=(1, 0), dilation=1)"
    latex, words = size_formula(apart)
    assert (latex.count("= 14"), latex.count("= 4"), words.endswith("= 14 down; 14 + 2·0 − 1·(5 − 1) − 1, divided by 3, + 1 = 4 across")) == (1, 1, True)  # fmt: skip
    assert from_json(to_json(BuilderState(convolution=apart))).convolution == apart
    together = with_link(apart, True)
    check(together)
    assert (together.sliding, together.kernel.shape, together.map_shape) == (Sliding(3, 1, 1), (3, 3), (14, 14))
    assert looking_as(apart, together).sliding == apart.sliding  # undone
    pair = from_json({"convolution": {"windows": {"convolution": {"kernel": [1, 7]}}}}).convolution
    assert pair is not None
    assert (settled(pair).kernel.shape, pair.sliding.is_linked) == ((1, 7), False)
    with pytest.raises(StateError, match=r"padding is 12, but goes from 0 to 11"):
        check(from_json({"convolution": {"windows": {"max": {"padding": [0, 12]}}}}).convolution or BEGIN)


def test_a_full_map_stays_full_and_a_window_that_does_not_fit_loses_nothing() -> None:
    full = swept(BEGIN)
    assert with_window(full, "padding", 1).filled == ((0, 196),)
    beyond = with_window(BEGIN, "dilation", 8)
    assert (beyond.positions, beyond.refusal[:21]) == (0, "A window of 3×3, whic")
    back = with_window(beyond, "dilation", 1)
    assert back == BEGIN
    coarse = with_window(BEGIN, "stride", 4)
    assert (coarse.map_shape[0], coarse.row, coarse.column, coarse.filled) == (3, 2, 2, ((0, 9),))


def test_each_mode_remembers_its_own_window() -> None:
    pooled = with_window(changed(BEGIN, mode="max"), "kernel", 4)
    assert (pooled.sliding.kernel, pooled.sliding.stride, pooled.weights) == (4, 2, BEGIN.weights)
    assert changed(pooled, mode="convolution").sliding == BEGIN.sliding


def test_steps_stay_within_the_map_and_leave_their_numbers_there() -> None:
    assert stepped(at(BEGIN, 0, 0), -1).index == 0
    last = stepped(at(BEGIN, 11, 11), 5)
    assert (last.index, last.filled) == (143, ((0, 54), (143, 144)))
    assert at(BEGIN, 99, -4).filled == ((0, 54), (132, 133))
    assert (BEGIN.index, stepped(BEGIN, 1).filled) == (53, ((0, 55),))


def test_terms_are_counted_one_by_one_and_then_the_number_stands_in_the_map() -> None:
    state = begun_anew(BEGIN)
    pixels = PictureShelf().pixels(state)
    for counted in range(9):
        scene = Scene(state, pixels, "")
        assert (scene.shown_terms, scene.is_filled.any()) == (counted, False)
        assert scene.here is not None
        assert scene.so_far == pytest.approx(scene.here.terms.ravel()[:counted].sum())
        state = next_term(state)
    assert (state.terms, state.filled) == (ALL, ((0, 1),))
    assert (next_term(state).index, next_term(state).terms) == (1, 1)
    assert next_term(at(BEGIN, 11, 11)).index == 143


def test_playing_slowly_counts_terms_and_fast_it_fills_the_map_to_its_end() -> None:
    state, phase = toggled(changed(begun_anew(BEGIN), speed=1.0)), 0.0
    seen = set()
    for _ in range(100):
        state, phase = advanced(state, phase, 0.01)
        seen.add(state.terms)
    assert seen == {*range(9), ALL}
    assert state.index in (0, 1)
    state, phase = advanced(changed(state, speed=60.0), 0.0, 0.5)
    assert state.filled[0][1] - state.filled[0][0] >= 30
    state, phase = advanced(state, phase, 100.0)
    assert (state.is_playing, state.index, state.is_full, phase) == (False, 143, True, 0.0)
    again = toggled(state)
    assert (again.is_playing, again.index, again.filled) == (True, 0, ())
    paused = toggled(again)
    assert (paused.is_playing, paused.terms, paused.filled) == (False, ALL, ((0, 1),))
    assert not toggled(with_window(BEGIN, "dilation", 8)).is_playing


def test_undo_leaves_the_window_where_it_is() -> None:
    now = at(with_kernel(BEGIN, "blur"), 9, 9)
    undone = looking_as(BEGIN, now)
    assert (undone.weights, undone.row, undone.column, undone.filled) == (BEGIN.weights, 9, 9, now.filled)


def test_every_picture_has_its_pixels_in_hundredths_and_a_stroke_lies_over_it() -> None:
    shelf = PictureShelf()
    for picture in TITLES:
        for side in (7, 14, 28):
            state = changed(BEGIN, picture=picture, side=side)
            pixels = shelf.pixels(state)
            assert pixels.shape == (side, side), picture
            assert np.array_equal(pixels, np.round(pixels, 2))
            assert (pixels.max() > 0) == (picture != "blank"), picture
            drawn = shelf.pixels(changed(state, strokes=(((0.1, 0.1), (0.9, 0.9)),)))
            assert drawn[side // 2, side // 2] > 0.3, (picture, side)
    assert shelf.title(BEGIN) == "a 7"


def test_one_scale_holds_for_all_that_is_drawn() -> None:
    shelf = PictureShelf()
    for state in (BEGIN, with_kernel(BEGIN, "edge"), changed(BEGIN, mode="max"), changed(BEGIN, bias=-40.0)):
        scene = Scene(state, shelf.pixels(state), "")
        assert scene.map is not None
        largest = max(float(np.abs(scene.map).max()), float(scene.picture.max()))
        assert scene.strength(largest) <= 1.0
        assert scene.limit >= largest
        assert scene.limit <= 2 * max(largest, float(np.abs(state.kernel).max()), 1.0)


def test_formula_and_pytorch_line_say_this_case() -> None:
    state = with_window(with_window(BEGIN, "stride", 2), "padding", 1)
    latex, words = size_formula(state)
    assert r"\frac{14 + 2\cdot1 - 1\cdot(3-1) - 1}{2}" in latex
    assert latex.endswith("= 7")
    assert "= 7" in words
    assert pytorch_line(state) == "nn.Conv2d(1, 1, 3, stride=2, padding=1, dilation=1)"
    assert pytorch_line(changed(state, mode="max")) == "nn.MaxPool2d(2, stride=2, padding=0, dilation=1)"
    assert pytorch_line(changed(state, mode="average")) == "nn.AvgPool2d(2, stride=2, padding=0)"
    assert "no place" in size_formula(with_window(BEGIN, "dilation", 8))[0]


def test_a_layer_is_shown_with_its_window_and_its_trained_kernel() -> None:
    layer = Layer("conv1", "conv2d", {"channels": 6, "kernel": 5, "padding": 2})
    shown = of_layer(BEGIN, layer, None)
    check(shown)
    assert (shown.sliding.kernel, shown.sliding.padding, shown.kernel_name, shown.origin) == (5, 2, "sobel_x", "conv1")
    weights = np.arange(25.0).reshape(5, 5) / 25
    trained = of_layer(BEGIN, layer, (weights, 0.5, 1200))
    np.testing.assert_array_equal(trained.kernel, weights)
    assert (trained.bias, trained.origin) == (0.5, "conv1, first kernel, step 1,200")
    assert with_weight(trained, 0, 0, 1.0).origin == ""
    wide = of_layer(BEGIN, Layer("wide", "conv2d", {"channels": 1, "kernel": (1, 7), "stride": (2, 1), "padding": (0, 3)}), (weights[:1, :3], 0.0, 3))  # fmt: skip
    assert (wide.sliding, wide.origin) == (
        Sliding((1, 7), (2, 1), (0, 3), is_linked=False),
        "wide, first kernel, step 3",
    )
    up = of_layer(BEGIN, Layer("up", "max_pool", {"kernel": 3, "stride": 2, "ceil": True}), None)
    assert up.origin == "up, as near as this page comes to it"
    pool = of_layer(BEGIN, Layer("pool", "max_pool", {"kernel": 3}), None)
    assert (pool.mode, pool.sliding.kernel, pool.sliding.stride) == ("max", 3, 3)
    odd = of_layer(BEGIN, Layer("odd", "conv2d", {"channels": 1, "kernel": (1, 19), "dilation": 2}), None)
    check(odd)
    assert (odd.sliding.kernel, odd.side, odd.origin) == ((1, 11), 28, "odd, as near as this page comes to it")


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"row": 12}, "convolution.row"),
        ({"filled": [[5, 3]]}, "convolution.filled"),
        ({"filled": [[0, 145]]}, "convolution.filled"),
        ({"weights": [[1.0, 2.0]]}, "convolution.weights"),
        ({"windows": {"max": {"kernel": 12}}}, "convolution.windows.max.kernel"),
        ({"windows": {"convolution": {"stride": 0}}}, "convolution.windows.convolution.stride"),
        ({"mode": "median"}, "convolution.mode"),
        ({"strokes": [[[0.5, 1.5]]]}, "convolution.strokes[0][0][1]"),
        ({"speed": 0.0}, "convolution.speed"),
        ({"windows": {"convolution": {"kernels": 3}}}, "convolution.windows.convolution.kernels"),
    ],
)
def test_a_state_that_cannot_be_names_its_key(fields: dict[str, object], key: str) -> None:
    def read() -> None:
        found = from_json({"convolution": fields}).convolution
        assert found is not None
        check(settled(found))

    with pytest.raises(StateError) as refused:
        read()
    assert refused.value.key == key


def test_a_state_may_leave_out_what_has_to_fit() -> None:
    for fields, positions in (
        ({"mode": "max"}, 49),
        ({"side": 7}, 25),
        ({"windows": {"convolution": {"kernel": 5, "padding": 2}}}, 196),
        ({"windows": {"convolution": {"dilation": 8}}}, 0),
    ):
        found = from_json({"convolution": fields}).convolution
        assert found is not None
        found = settled(found)
        check(found)
        assert (found.positions, found.mode) == (positions, fields.get("mode", "convolution")), fields
        assert found.filled[0][0] == 0
    assert settled(BEGIN) == BEGIN
    moved = at(BEGIN, 11, 0)
    assert settled(moved) is moved
    placed = from_json({"convolution": {"side": 7, "row": 1, "column": 2}}).convolution
    assert placed is not None
    assert settled(placed).filled == ((0, 8),)


def test_the_state_is_the_same_after_json() -> None:
    state = with_weight(changed(BEGIN, strokes=(((0.25, 0.5), (0.75, 0.5)),), is_flipped=True, bias=0.1), 1, 1, 1 / 9)
    state = msgspec.structs.replace(state, speed=7.5, is_open=False)
    assert from_json(to_json(BuilderState(convolution=state))).convolution == state


def test_on_a_projector_of_1280_pixels_every_grid_has_room_for_its_numbers() -> None:
    """The board beside the controls is 788 x 552 px there, small type 22: beside the arithmetic the input had cells of 14 px."""
    board = QRectF(0, 0, 788, 552)
    shape = Shape(padded=(14, 14), map=(12, 12), kernel=(3, 3), has_kernel=True)
    places = arrange(board.width(), board.height(), 22.0, shape)
    assert places.window is not None
    assert places.kernel is not None
    assert places.terms is not None
    assert places.map is not None
    assert places.input.width >= 20
    assert places.map.width >= 22
    assert min(places.window.width, places.kernel.width, places.terms.width) >= 34
    parts = [places.input.rect, places.map.rect, places.window.rect, places.kernel.rect, places.terms.rect, places.sum]
    for number, part in enumerate([*parts, places.legend]):
        assert board.contains(part)
        assert not any(part.intersects(other) for other in parts[:number])
