"""One convolution and one pooling against torch's, for every small window that fits; and their sizes, and what they refuse."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from app.simulation.convolution import Sliding, feature_map, padded, position, refusal
from app.simulation.convolution_kernels import KERNELS, kernel, name_of, resized

PICTURE = np.random.default_rng(5).normal(size=(9, 9))
SLIDINGS = [
    Sliding(*numbers)
    for numbers in (
        *itertools.product((1, 2, 3, 4, 5, 7), (1, 2, 3), (0, 1, 2, 3, 4), (1, 2, 3)),
        *itertools.product(((1, 3), (4, 2), (3, 7)), (2, (1, 3)), (0, (0, 1), (2, 1)), (1, (1, 2), (3, 2))),
    )
]


def weights_of(sliding: Sliding) -> np.ndarray:
    return np.random.default_rng(sliding.sides).normal(size=sliding.sides)


def by_torch(mode: str, sliding: Sliding, weights: np.ndarray, bias: float) -> tuple[np.ndarray, np.ndarray | None]:
    """torch's map, and for max pooling the pixel that each number was taken from."""
    picture = torch.from_numpy(PICTURE)[None, None]
    window = {"stride": sliding.stride, "padding": sliding.padding}
    if mode == "average":
        return F.avg_pool2d(picture, sliding.kernel, count_include_pad=True, **window)[0, 0].numpy(), None
    if mode == "max":
        largest, places = F.max_pool2d(
            picture, sliding.kernel, dilation=sliding.dilation, return_indices=True, **window
        )
        return largest[0, 0].numpy(), places[0, 0].numpy()
    laid = torch.from_numpy(weights.copy())[None, None]
    found = F.conv2d(picture, laid, torch.tensor([bias]).double(), dilation=sliding.dilation, **window)
    return found[0, 0].numpy(), None


@pytest.mark.parametrize("mode", ["convolution", "max", "average"])
def test_every_window_gives_torchs_map_or_is_refused_as_torch_refuses_it(mode: str) -> None:
    compared = 0
    for sliding in SLIDINGS:
        weights, bias = weights_of(sliding), 0.25
        if refusal(mode, sliding, 9):
            if mode == "average" and sliding.dilation != 1:
                continue  # torch has no such argument
            with pytest.raises(RuntimeError):
                by_torch(mode, sliding, weights, bias)
            continue
        wanted, places = by_torch(mode, sliding, weights, bias)
        found = feature_map(PICTURE, mode, sliding, weights, bias, is_flipped=False, is_rectified=False)
        assert found.shape == sliding.map_shape(9), sliding
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12, err_msg=str(sliding))
        for at in ((0, 0), (found.shape[0] - 1, found.shape[1] // 2)):
            one = position(PICTURE, mode, sliding, weights, bias, at, is_flipped=False, is_rectified=False)
            assert one.outcome == pytest.approx(wanted[at], abs=1e-12), (sliding, at)
            if places is not None and one.winner is not None:
                row, column = (
                    at[axis] * sliding.pair("stride")[axis]
                    + one.winner[axis] * sliding.pair("dilation")[axis]
                    - sliding.pair("padding")[axis]
                    for axis in (0, 1)
                )
                assert row * 9 + column == places[at], (sliding, at)
        compared += 1
    assert compared > 40


def test_a_flipped_kernel_is_convolution_as_mathematics_defines_it() -> None:
    weights = weights_of(Sliding(4))
    found = feature_map(PICTURE, "convolution", Sliding(4), weights, 0.0, is_flipped=True, is_rectified=False)
    spectrum = np.fft.rfft2(PICTURE, (12, 12)) * np.fft.rfft2(
        weights, (12, 12)
    )  # the theorem: it holds for no other order
    np.testing.assert_allclose(found, np.fft.irfft2(spectrum, (12, 12))[3:9, 3:9], atol=1e-12)


def test_the_terms_of_a_position_add_up_and_relu_comes_last() -> None:
    sliding, weights = Sliding(3, 2, 1, 2), weights_of(Sliding(3))
    whole = feature_map(PICTURE, "convolution", sliding, weights, -0.5, is_flipped=True, is_rectified=True)
    for at in np.ndindex(whole.shape):
        one = position(PICTURE, "convolution", sliding, weights, -0.5, at, is_flipped=True, is_rectified=True)
        assert one.weights is not None
        np.testing.assert_array_equal(one.terms, one.pixels * one.weights)
        assert one.total == pytest.approx(one.terms.sum())
        assert one.outcome == pytest.approx(max(one.total - 0.5, 0.0))
        assert one.outcome == pytest.approx(whole[at])
    assert (whole == 0).any()


def test_padding_never_wins_a_max_and_of_equal_pixels_the_first_does() -> None:
    picture = np.full((4, 4), -1.0)
    assert np.isneginf(padded(picture, "max", Sliding(2, 2, 1))[0, 0])
    one = position(
        picture, "max", Sliding(3, 1, 1), np.zeros((3, 3)), 0.0, (0, 0), is_flipped=False, is_rectified=False
    )
    assert (one.outcome, one.winner) == (-1.0, (1, 1))


@pytest.mark.parametrize(
    ("mode", "sliding", "sentence"),
    [
        ("convolution", Sliding(11, 1, 0, 1), "A window of 11×11 does not fit into a picture that is 9 wide: take a smaller kernel, or more padding."),
        ("convolution", Sliding(3, 1, 1, 8), "A window of 3×3, which dilation 8 spreads over 17, does not fit into a picture that is 11 wide even with its padding (9 + 2·1): take a smaller kernel or dilation, or more padding."),
        ("convolution", Sliding((11, 3)), "A window of 11×3 does not fit into a picture that is 9 high: take a smaller kernel, or more padding."),
        ("max", Sliding((4, 2), 2, (1, 2)), "Pooling pads by at most half of its window, 1 left and right for a window of 4×2, but the padding is 2: take a padding of 1 or less, or a larger window."),
        ("average", Sliding(2, 2, 0, (1, 2)), "Average pooling has no dilation in PyTorch, but it is 1 by 2: set the dilation to 1."),
        ("max", Sliding(2, 2, 2, 1), "Pooling pads by at most half of its window, 1 for a window of 2×2, but the padding is 2: take a padding of 1 or less, or a larger window."),
        ("average", Sliding(2, 2, 0, 2), "Average pooling has no dilation in PyTorch, but it is 2: set the dilation to 1."),
    ],
)  # fmt: skip
def test_what_cannot_slide_is_explained_with_its_way_out(mode: str, sliding: Sliding, sentence: str) -> None:
    assert refusal(mode, sliding, 9) == sentence


def test_named_kernels_are_known_at_every_side_and_keep_what_they_do() -> None:
    for side in range(3, 8):
        sliding = Sliding(side, 1, side // 2)
        for one in KERNELS:
            assert name_of(kernel(one.key, (side, side))) == one.key, (one.key, side)
        found = feature_map(PICTURE, "convolution", sliding, kernel("identity", (side, side)), 0, is_flipped=False, is_rectified=False)  # fmt: skip
        np.testing.assert_array_equal(found[:9, :9], PICTURE)
        if side % 2:
            sobel = feature_map(PICTURE, "convolution", sliding, kernel("sobel_x", (side, side)), 0, is_flipped=False, is_rectified=False)  # fmt: skip
            wanted = feature_map(PICTURE, "convolution", Sliding(3, 1, 1), kernel("sobel_x", (3, 3)), 0, is_flipped=False, is_rectified=False)  # fmt: skip
            np.testing.assert_allclose(sobel, wanted, atol=1e-12)
    assert kernel("edge", (5, 5)).sum() == 0
    with pytest.raises(KeyError):
        kernel("gabor", (3, 3))


def test_a_kernel_that_grows_and_shrinks_again_is_the_same() -> None:
    for before, side in itertools.product(range(1, 7), range(1, 9)):
        weights = weights_of(Sliding((before, 8 - before)))
        grown = resized(weights, (side, side + 1))
        assert grown.shape == (side, side + 1)
        if side >= before and side + 1 >= 8 - before:
            np.testing.assert_array_equal(resized(grown, (before, 8 - before)), weights)
