"""Cells of one compartment against what was published of them, and against closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from app.simulation.biology.integrate_and_fire import potential_mv
from app.simulation.biology.membrane import temperature_factor
from app.simulation.biology.models import find_model, run_model
from app.simulation.biology.models_firing import firing_rate_hz
from app.simulation.biology.point_kernel import simulate_cell, simulate_cells
from app.simulation.biology.request_reading import read_request
from app.simulation.biology.step_count import count_steps, step_currents
from app.simulation.biology.traces import downward_crossings_ms, highest, upward_crossings_ms
from trainers.errors import BadInput


def simulate(model: str, **options: Any) -> dict[str, Any]:
    spec = find_model(model)
    return run_model(spec, read_request(spec, options)).values


# Hodgkin-Huxley: the numbers are those of the equations of 1952 (NEURON 9.0.2, variable steps, error 1e-9)
@pytest.mark.parametrize(
    ("current", "count", "first_ms", "last_ms"),
    [(2.2, 0, None, None), (2.24, 1, 9.2494, 9.2494), (2.3, 1, 7.23065, 7.23065), (10.0, 7, 1.90098, 90.0179)],
)
def test_a_long_pulse_fires_once_above_the_rheobase_and_for_ever_well_above_it(
    current, count, first_ms, last_ms
) -> None:
    found = simulate("hh", current=current)
    spikes = found["spikes_ms"]
    assert len(spikes) == len(found["peaks_mV"]) == len(found["widths_ms"]) == count
    if count:
        assert spikes[0] == pytest.approx(first_ms, abs=0.002)
        assert spikes[-1] == pytest.approx(last_ms, abs=0.002)


def test_firing_begins_at_55_hz_between_6_and_6_5_and_is_blocked_above_65() -> None:
    rates = simulate("fi", cell="hh", currents=[0, 6, 6.5, 10, 100])["rates_Hz"]
    assert rates[0] == rates[1] == rates[4] == 0.0
    assert rates[2] == pytest.approx(55.06, abs=0.05)
    assert rates[3] == pytest.approx(68.32, abs=0.05)


def test_release_from_hyperpolarisation_fires_a_rebound_spike() -> None:
    spikes = simulate("hh", current=-10, start=5, stop=105, duration=150)["spikes_ms"]
    assert len(spikes) == 1
    assert 105.0 < spikes[0] < 115.0


def test_warmth_narrows_the_spike() -> None:
    widths = [
        simulate("hh", pulses=[[1, 0.5, 60]], temperature=celsius, duration=20)["widths_ms"][0]
        for celsius in (6.3, 18.5)
    ]
    assert widths == pytest.approx([1.20, 0.307], abs=0.01)
    assert temperature_factor(16.3) == pytest.approx(3.0)


def test_the_cell_is_refractory_and_then_more_excitable() -> None:
    def fires_again(after_ms: float, amplitude: float) -> bool:
        pulses = [[1, 0.5, 60], [1 + after_ms, 0.5, amplitude]]
        return len(simulate("hh", pulses=pulses, duration=40)["spikes_ms"]) == 2

    alone = next(
        a
        for a in np.arange(10.0, 20.0, 0.25).tolist()
        if simulate("hh", pulses=[[1, 0.5, a]], duration=20)["spikes_ms"]
    )
    assert not fires_again(5, 3 * alone)
    assert not fires_again(10, alone)
    assert fires_again(10, 3 * alone)
    assert fires_again(20, 0.9 * alone)


def test_an_edge_within_a_step_counts_for_its_part() -> None:
    coarse = simulate("hh", pulses=[[1.0037, 0.5011, 60]], duration=10, dt=0.01)["spikes_ms"][0]
    shifted = simulate("hh", pulses=[[1.0, 0.5011, 60]], duration=10, dt=0.01)["spikes_ms"][0]
    assert coarse - shifted == pytest.approx(0.0037, abs=2e-5)
    assert step_currents(4, 0.5, [(0.25, 1.1, 2.0)]) == pytest.approx([1.0, 2.0, 0.4, 0.0])
    assert step_currents(4, 0.1, [(0.3, math.inf, 1.0)]).tolist() == [0.0, 0.0, 0.0, 1.0]


def test_the_error_falls_with_the_square_of_the_step() -> None:
    def first_spike(dt: float) -> float:
        v = simulate_cell(np.full(round(10 / dt), 10.0), dt)[2][:, 0]
        return float(upward_crossings_ms(np.arange(len(v)) * dt, v)[0])

    exact = first_spike(0.000625)
    errors = [abs(first_spike(dt) - exact) for dt in (0.04, 0.02)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.2)


def test_many_cells_do_what_each_does_alone_and_the_same_again_bit_for_bit() -> None:
    currents = np.linspace(-10.0, 120.0, 300)
    spikes, state = simulate_cells(currents, 30.0)
    for cell in (0, 57, 256, 299):
        alone, last, _ = simulate_cell(np.full(3000, currents[cell]), keeps_trace=False)
        assert spikes[cell] == alone
        assert state[:, cell] == pytest.approx(last, abs=1e-8)
    again, same = simulate_cells(currents, 30.0)
    assert again.tolist() == spikes.tolist()
    assert same.tobytes() == state.tobytes()
    assert spikes.sum() > 300


@pytest.mark.parametrize("current", [-1e6, 1e6])
def test_an_absurd_current_ends_in_numbers(current: float) -> None:
    _, state, _ = simulate_cell(np.full(2000, current))
    assert np.all(np.isfinite(state))
    assert np.all((state[1:] >= 0.0) & (state[1:] <= 1.0))


# leaky integrate-and-fire
@pytest.mark.parametrize("current", [0.0, 1.5, 1.500001, 2.0, 5.0])
def test_integrate_and_fire_fires_when_the_formula_says(current: float) -> None:
    found = simulate("lif", current=current, duration=2000)
    if current <= 1.5:
        assert found == {"spikes_ms": [], "analytic_rate_Hz": 0.0}
        return
    first = 20.0 * math.log(10 * current / (10 * current - 15))
    expected = first + (first + 2.0) * np.arange(len(found["spikes_ms"]))
    assert found["spikes_ms"] == pytest.approx(expected.tolist(), abs=1e-8)
    assert expected[-1] <= 2000 < expected[-1] + first + 2.0
    assert found["analytic_rate_Hz"] == pytest.approx(1000.0 / (first + 2.0), abs=1e-9)
    assert simulate("lif", current=current, duration=2000, dt=0.9)["spikes_ms"] == found["spikes_ms"]


def test_the_potential_obeys_its_equation_between_spikes_and_rests_after_one() -> None:
    times = np.arange(0.0, 60.0, 0.001)
    v = potential_mv(times, 2.0)
    assert v.max() <= -50.0
    inside = (times > 1.0) & (times < 26.0)
    assert np.gradient(v, times)[inside] == pytest.approx((-(v + 65.0) + 20.0)[inside] / 20.0, abs=1e-6)
    assert np.all(v[(times > 27.73) & (times < 29.72)] == -65.0)


def test_rates_are_counted_over_the_last_500_ms() -> None:
    assert firing_rate_hz([100, 600, 700, 800], 1000.0) == pytest.approx(10.0)
    assert firing_rate_hz([100, 200, 800], 1000.0) == 0.0
    rates = simulate("fi", cell="lif", currents=[1, 2, 5])
    assert rates["rates_Hz"] == pytest.approx(rates["analytic_rates_Hz"], abs=1e-9)


# Izhikevich 2003, figure 2: a step of 10 at 20 ms, seen for 280 ms
@pytest.mark.parametrize(("kind", "count"), [("RS", 7), ("FS", 39), ("IB", 11), ("LTS", 24)])
def test_izhikevichs_cells_fire_as_often_as_a_converged_run(kind: str, count: int) -> None:
    for dt in (0.01, 0.005):
        assert len(simulate("izhikevich", type=kind, current=10, start=20, duration=300, dt=dt)["spikes_ms"]) == count


def test_izhikevichs_cells_rest_burst_and_chatter() -> None:
    assert simulate("izhikevich", type="RS", current=0)["spikes_ms"] == []
    gaps = np.diff(simulate("izhikevich", type="CH", current=10, start=20)["spikes_ms"])
    assert gaps[:5].max() < 4.0 < 30.0 < gaps.max()
    adapting = np.diff(simulate("izhikevich", type="RS", current=10, start=20)["spikes_ms"])
    assert adapting[0] < 0.6 * adapting[-1]


# what is read off a trace
def test_crossings_are_interpolated_and_a_top_lies_between_samples() -> None:
    times = np.array([0.0, 1.0, 2.0, 3.0])
    assert upward_crossings_ms(times, np.array([-1.0, 3.0, 0.0, -2.0])).tolist() == [0.25]
    assert downward_crossings_ms(times, np.array([-1.0, 3.0, 1.0, -1.0])).tolist() == [2.5]
    sampled = np.arange(0.0, 5.0)
    assert highest(sampled, 3.0 - (sampled - 2.3) ** 2) == pytest.approx((2.3, 3.0))
    assert highest(sampled, sampled) == (4.0, 4.0)
    assert highest(sampled, np.ones(5)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("duration", "dt"), [(1e12, 0.01), (1.0, 1e-300), (math.nan, 0.1), (1.0, math.nan), (1.0, 0.0)]
)
def test_the_work_is_bounded(duration: float, dt: float) -> None:
    with pytest.raises(BadInput):
        count_steps(duration, dt)
