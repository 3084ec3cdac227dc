"""The point of no return: looked for in the model, held against the model run the plain way."""

from __future__ import annotations

import pytest

from app.simulation.biology.lecture_neuron import crossing_places, lecture_neuron
from app.simulation.biology.models_no_return import run_no_return
from app.simulation.biology.models_summation import stimulated_run, wanted_events
from app.simulation.biology.requests_summation import NoReturnRequest
from trainers.errors import BadInput


def events(inputs: int) -> tuple[tuple[float, ...], ...]:
    return tuple((float(place), 5.0, 1.0) for place in range(inputs))


def fires_when_raised(inputs: int, moment_ms: float, rise_mv: float) -> bool:
    """A cell run to `moment_ms`, raised, and run on for 20 ms."""
    cell = lecture_neuron()
    run = stimulated_run(cell, wanted_events(events(inputs), ()), NoReturnRequest())
    run.watch([crossing_places(cell)["bouton"]])
    run.advance(round(moment_ms / 0.01))
    run.raise_mv(rise_mv)
    run.advance(2000)
    return bool(run.crossings())


@pytest.mark.parametrize("moment", [0.0, 6.0, 7.5, 11.0])
def test_the_cell_fires_from_there_on_and_not_from_below(moment: float) -> None:
    (rise,) = run_no_return(NoReturnRequest(excitation=events(9), at=(moment,))).values["rise_mV"]
    assert fires_when_raised(9, moment, rise + 0.01)
    assert not fires_when_raised(9, moment, rise - 0.1)


def test_it_is_no_fixed_potential() -> None:
    """Low while inputs still drive the cell, higher once potassium channels have opened: at one soma, within 4 ms."""
    answer = run_no_return(NoReturnRequest(excitation=events(9), at=(4.0, 5.75, 8.0))).values
    levels = [soma + rise for soma, rise in zip(answer["soma_mV"], answer["rise_mV"], strict=True)]
    assert levels[1] < levels[0] - 2.0
    assert levels[2] > levels[0] + 2.0


def test_ten_inputs_are_past_it_and_a_cell_that_has_fired_has_none() -> None:
    answer = run_no_return(NoReturnRequest(excitation=events(10), at=(6.0, 8.7, 12.0))).values
    assert answer["rise_mV"][0] == 0.0
    assert answer["rise_mV"][1] is None
    assert 4.0 < answer["rise_mV"][2] < 8.0
    assert answer["fired"] == [False, True, True]


def test_moments_stand_in_their_order() -> None:
    with pytest.raises(BadInput, match="order"):
        run_no_return(NoReturnRequest(at=(3.0, 2.0)))
