"""Least and greatest values by blocks, cut and grown again, and the x of a curve's buckets, against brute force."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from app.curve_track import CurveTrack
from app.min_max_pyramid import FANOUT, Pyramid


@pytest.mark.parametrize("kept", [0, 15, 16, 255, 256, 300, 4095, 4096, 5000, 9000])
def test_a_pyramid_that_was_cut_knows_the_full_blocks_that_are_left(kept: int) -> None:
    random = np.random.default_rng(kept)
    numbers = random.normal(size=5000)
    pyramid = Pyramid()
    pyramid.extend(numbers)
    pyramid.truncate(kept)
    numbers = numbers[:kept]
    for more in (0, 700, 3500):
        numbers = np.concatenate([numbers, random.normal(size=more)])
        pyramid.extend(numbers[pyramid.rows_in_blocks :])
        for block in (FANOUT, FANOUT**2, FANOUT**3):
            full = len(numbers) // block
            if not full:
                continue
            size, low, high = pyramid.level_for(block)
            assert (size, len(low), len(high)) == (block, full, full)
            rows = numbers[: full * block].reshape(full, block)
            np.testing.assert_array_equal(low, rows.min(axis=1))
            np.testing.assert_array_equal(high, rows.max(axis=1))


@pytest.mark.parametrize("pixels", [4, 7, 30, 90, 130, 260])
def test_a_bucket_stands_at_a_row_in_its_middle(pixels: int) -> None:
    """In the middle itself where buckets are small and in the two that are cut off; else within 16 rows of it."""
    x = np.cumsum(np.random.default_rng(pixels).uniform(0.5, 2.0, 1000))
    with contextlib.closing(CurveTrack(("y",), chunk=64)) as track:
        track.extend(x, x)
        first, last = 13, 986
        at = track.window("y", float(x[first]), float(x[last]), pixels)[0]
    size = next(2**k for k in range(20) if last // 2**k - first // 2**k + 1 <= pixels)
    edges = np.clip(np.arange(first // size, last // size + 2) * size, first, last + 1)
    middles = (edges[:-1] + edges[1:] - 1) // 2
    rows = np.searchsorted(x, at)
    np.testing.assert_array_equal(x[rows], at)
    np.testing.assert_array_equal(rows[[0, -1]], middles[[0, -1]])
    assert np.abs(rows - middles).max() < (FANOUT if size >= FANOUT else 1)
