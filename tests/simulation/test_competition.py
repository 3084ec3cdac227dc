"""Competing synapses: the kernel against plain Python, slices against one piece, the published outcome."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.simulation.biology.competition import Competition, competition_slices
from app.simulation.biology.models import find_model, run_model
from app.simulation.biology.requests_plasticity import CompetitionRequest
from trainers.errors import BadInput

MASK = 2**64 - 1


class PlainCompetition:
    """The same cell by plain sums: every synapse's spikes are kept, no trace is."""

    def __init__(self, cell):
        self.weights = cell.weights.tolist()
        self.counter = int(cell._counter[0])
        self.next_ms = float(cell._state[4])
        self.per_ms = len(self.weights) * 15.0 * 1e-3
        self.pre = [[] for _ in self.weights]
        self.post = []
        self.arrivals = []
        self.v = -74.0

    def uniform(self):
        self.counter = (self.counter + 0x9E3779B97F4A7C15) & MASK
        z = self.counter
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53

    def conductance_area(self, start, end):
        """Integral of g over the step, from every arrival there ever was."""
        area = 0.0
        for t, size in self.arrivals:
            begin = max(t, start)
            area += size * 5.0 * (math.exp((t - begin) / 5.0) - math.exp((t - end) / 5.0))
        return area

    def run(self, steps):
        for k in range(steps):
            start, end = k * 0.1, (k + 1) * 0.1
            while self.next_ms < end:
                t = self.next_ms
                i = int(self.uniform() * len(self.weights))
                self.arrivals.append((t, 0.01 * self.weights[i]))
                self.weights[i] = max(0.0, self.weights[i] - 0.0105 * sum(math.exp((s - t) / 20.0) for s in self.post))
                self.pre[i].append(t)
                self.next_ms = t - math.log(1.0 - self.uniform()) / self.per_ms
            g = self.conductance_area(start, end) / 0.1
            settled = (-74.0 + 0.0 * g) / (1.0 + g)
            self.v = settled + (self.v - settled) * math.exp(-(1.0 + g) * 0.1 / 10.0)
            self.arrivals = [(t, size) for t, size in self.arrivals if end - t < 250.0]
            if self.v > -54.0:
                self.v = -60.0
                for i, train in enumerate(self.pre):
                    self.weights[i] = min(1.0, self.weights[i] + 0.01 * sum(math.exp((s - end) / 20.0) for s in train))
                self.post.append(end)


def test_the_kernel_is_the_model_as_written_out_by_plain_sums():
    cell = Competition(synapses=1000, seed=4)
    plain = PlainCompetition(cell)
    cell.advance(0.3)
    plain.run(3000)
    assert len(plain.post) >= 5
    np.testing.assert_allclose(cell.spikes_ms, plain.post, rtol=0, atol=1e-9)
    np.testing.assert_allclose(cell.weights, plain.weights, rtol=0, atol=1e-10)


def test_slices_give_the_bits_of_one_piece_and_seeds_differ():
    whole, sliced, other = Competition(seed=7), Competition(seed=7), Competition(seed=8)
    whole.advance(3.0)
    for seconds in (0.0001, 0.9999, 0.5, 1.2345, 0.2655):
        sliced.advance(seconds)
    other.advance(3.0)
    assert sliced.seconds == whole.seconds == 3.0
    np.testing.assert_array_equal(whole.weights, sliced.weights)
    assert not np.array_equal(whole.weights, other.weights)


@pytest.mark.parametrize("seed", [0, 1])
def test_in_200_seconds_weights_become_bimodal_and_the_rate_regulates_itself(seed):
    cell = Competition(seed=seed)
    assert cell.weights.mean() == pytest.approx(0.50, abs=0.03)
    assert cell.weights.std() == pytest.approx(0.29, abs=0.01)
    early = cell.advance(10.0)
    cell.advance(170.0)
    late = cell.advance(20.0)
    assert 28 < early < 50
    assert 14 < late < 23
    assert cell.weights.mean() == pytest.approx(0.47, abs=0.015)
    assert cell.weights.std() == pytest.approx(0.37, abs=0.015)
    counts = cell.histogram()
    assert counts.sum() == 1000
    assert counts[:2].sum() > 200
    assert counts[-2:].sum() > 200
    assert counts[9:11].sum() < 80


def test_without_depression_every_synapse_grows_strong():
    cell = Competition(seed=0, depression=0.0)
    cell.advance(20.0)
    assert cell.weights.min() > 0.9


def test_the_model_answers_what_its_last_slice_showed():
    request = CompetitionRequest(seconds=2.5, slice=1.0, seed=3)
    shown = list(competition_slices(request))
    assert [done for done, _ in shown] == pytest.approx([1 / 3, 2 / 3, 1.0])
    result = run_model(find_model("competition"), request)
    assert result.values == shown[-1][1].values
    assert result.values["seconds"] == 2.5
    assert result.traces["t_s"].tolist() == [0.0, 1.0, 2.0, 2.5]
    assert math.isnan(result.traces["rate_Hz"][0])
    assert sum(result.values["histogram"]) == 1000
    assert result.values["rate_Hz"] == len(result.values["spikes_ms"]) / 0.5


def test_nonsense_is_refused_in_a_sentence():
    for make in (
        lambda: Competition(synapses=10**9),
        lambda: Competition(rate_Hz=math.nan),
        lambda: Competition(depression=-1.0),
        lambda: Competition().advance(0.0),
    ):
        with pytest.raises(BadInput, match=r"outside|cannot"):
            make()
