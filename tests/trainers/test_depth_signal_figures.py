"""Moments, histograms and differences of one station: against double precision, to the ends of single precision."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from trainers.depth_signal_figures import RowFigures, figures_of


@pytest.fixture(params=[False, True], ids=["all numbers", "denormal ones flushed"], autouse=True)
def flushing(request: pytest.FixtureRequest) -> Iterator[None]:
    """As tests have it, and as the worker does."""
    torch.set_flush_denormal(request.param)
    yield
    torch.set_flush_denormal(False)


def drawn(signals: int = 61, units: int = 47) -> Tensor:
    """Units of different means, as behind a layer."""
    chance = torch.Generator().manual_seed(3)
    return torch.randn(signals, units, generator=chance) + torch.randn(units, generator=chance)


@pytest.mark.parametrize("size", [3e-37, 1e-25, 1e-15, 1e-3, 1.0, 1e15, 1e22, 3e37])
def test_moments_and_difference_are_those_of_double_precision(size: float) -> None:
    values = drawn() * size
    array = values.double().numpy()
    row = RowFigures(values)
    assert row.between == pytest.approx(np.sqrt(array.var(0).mean()), rel=1e-6)
    assert row.variance == pytest.approx(array.var(), rel=1e-6)
    assert row.mean == pytest.approx(array.mean(), rel=1e-6)


def test_signals_that_are_all_the_same_differ_by_nothing() -> None:
    for value in (0.0, 0.1, -7.3e9, 1e-30):
        row = RowFigures((torch.arange(40.0) + 1.0).mul(value).expand(30, 40).contiguous())
        assert row.between == 0.0
        assert row.variance == pytest.approx(value**2 * (40**2 - 1) / 12, rel=1e-5)


def test_a_small_difference_about_large_means_keeps_its_digits() -> None:
    values = (1000.0 * torch.arange(1, 33) + 0.01 * drawn(50, 32)).contiguous()
    array = values.double().numpy()
    row = RowFigures(values)
    assert row.between == pytest.approx(np.sqrt(array.var(0).mean()), rel=1e-6)
    assert row.variance == pytest.approx(array.var(), rel=1e-6)


def test_one_unit_that_still_moves_is_not_lost_among_those_that_stand() -> None:
    values = torch.ones(40, 30)
    values[:, 7] = 1e-25 * drawn(40, 1)[:, 0]
    wanted = np.sqrt(values.double().numpy().var(0).mean())
    assert RowFigures(values).between == pytest.approx(wanted, rel=1e-6)


def test_where_a_number_is_none_nothing_is_said_of_the_difference() -> None:
    values = drawn()
    values[3, 4] = np.inf
    row = RowFigures(values)
    rest = values[values.isfinite()].double().numpy()
    assert np.isnan(row.between)
    assert (row.non_finite, row.count) == (1, rest.size)
    assert row.variance == pytest.approx(rest.var(), rel=1e-6)


@pytest.mark.parametrize("size", [1e-33, 1.0, 1e33])
def test_every_number_stands_in_its_bin_however_many_bins(size: float) -> None:
    values = drawn(67, 301)  # an odd number of them
    row = RowFigures(values * size)
    low, high = row.low, row.high
    for bins in (2, 3, 48, 64, 125, 126, 127, 1000):
        wanted, _ = np.histogram((values * size).double().numpy(), bins, (low, high))
        counts = figures_of([row], bins, "layer").counts[0]
        assert counts.sum() == values.numel(), bins
        assert np.abs(np.cumsum(counts) - np.cumsum(wanted)).max() <= 3, bins  # one on an edge may fall to either side
        inside = ((values * size).numpy() >= low / 2) & ((values * size).numpy() <= high / 2)
        part = figures_of([row], bins, (low / 2, high / 2)).counts[0]
        assert part.sum() == inside.sum(), bins
