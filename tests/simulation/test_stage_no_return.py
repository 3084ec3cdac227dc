"""The living cell's point of no return at a moment: as the model of a fresh cell has it, and the cell stays where it was."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec
import numpy as np
import pytest

from app.simulation.biology import stage
from app.simulation.biology.engine import run
from app.simulation.biology.models_no_return import run_no_return
from app.simulation.biology.requests_summation import NoReturnRequest

Job = Generator[Any, Any, None]
PLAN = stage.StagePlan(delay_ms=0.0)


def started(plan: stage.StagePlan = PLAN) -> Job:
    job: Job = run(plan)
    while not isinstance(next(job), stage.StageStarted):
        pass
    return job


def rise(job: Job, step: int) -> float | None:
    answer = job.send(stage.FindNoReturn(9, step))
    assert isinstance(answer, stage.NoReturn)
    assert (answer.token, answer.at_step) == (9, step)
    return answer.rise_mV


def fired(inputs: int, steps: int, plan: stage.StagePlan = PLAN) -> Job:
    job = started(plan)
    job.send(stage.Fire(1, tuple(range(inputs)), (5.0,) * inputs))
    job.send(stage.Advance(2, steps))
    return job


def test_it_is_that_of_the_model_at_every_moment_of_the_past() -> None:
    job = fired(9, 1500)
    wanted = run_no_return(
        NoReturnRequest(excitation=tuple((float(n), 5.0, 1.0) for n in range(9)), at=(4.0, 5.75, 8.0, 11.0))
    ).values["rise_mV"]
    found = [rise(job, step) for step in (400, 575, 800, 1100)]
    assert found == pytest.approx(wanted, abs=0.11)  # each is looked for to 0.05 mV
    assert found[1] is not None
    assert found[0] is not None
    assert found[1] < found[0] / 2  # it is no fixed line: open inputs bring it near


def test_looking_for_it_changes_nothing() -> None:
    one, other = fired(9, 900), fired(9, 900)
    rise(one, 575)
    rise(one, 900)
    here, there = one.send(stage.Advance(3, 600)), other.send(stage.Advance(3, 600))
    assert here.step == there.step == 1500
    assert np.array_equal(here.voltage_mV, there.voltage_mV)
    assert np.array_equal(here.gates, there.gates)


def test_past_it_the_cell_fires_and_then_nothing_makes_it_fire_for_a_while() -> None:
    job = fired(12, 1600)
    spike = next(each.time_ms for each in _spikes(12) if each.place == "ais")
    assert rise(job, round((spike - 0.3) / 0.01)) == 0.0
    after = [rise(job, round((spike + late) / 0.01)) for late in np.arange(0.05, 1.2, 0.05)]
    firing = after.index(None)
    assert all(one == 0.0 for one in after[:firing])  # the spike itself
    assert all(one is None for one in after[firing : firing + 6])  # refractory
    assert (rise(job, 1600) or 0.0) > 1.0


def test_on_the_way_up_it_fires_as_it_is_at_every_step() -> None:
    """Of this spike the end of the initial segment leads, and is above -10 mV before a place beside it crosses 0 mV."""
    spike = next(each.time_ms for each in _spikes(12) if each.place == "ais")
    job = fired(12, 1600)
    crossing = int(spike / 0.01)
    assert [rise(job, step) for step in range(crossing - 8, crossing + 6)] == [0.0] * 14


def _spikes(inputs: int) -> tuple[stage.Spike, ...]:
    job = started()
    job.send(stage.Fire(1, tuple(range(inputs)), (5.0,) * inputs))
    spikes: tuple[stage.Spike, ...] = job.send(stage.Advance(2, 1600)).spikes
    return spikes


def test_in_the_cold_nothing_is_taken_for_a_spike_while_one_is_ebbing() -> None:
    plan = msgspec.structs.replace(PLAN, temperature_C=6.3)
    job = fired(10, 1600, plan)
    found = [rise(job, step) for step in range(700, 1500, 25)]
    first = found.index(None)
    gone = next(n for n in range(first, len(found)) if found[n] is not None) if found[-1] is not None else len(found)
    assert all(one == 0.0 for one in found[:first])
    assert all(one is None for one in found[first:gone])
    assert gone - first > 8  # 2 ms and more
    assert all(one is not None for one in found[gone:])


def test_the_cell_as_it_is_decides_and_without_sodium_there_is_none() -> None:
    healthy = rise(fired(0, 10), 0)
    weaker = rise(fired(0, 10, msgspec.structs.replace(PLAN, sodium=0.7)), 0)
    assert healthy is not None
    assert weaker is not None
    assert weaker > healthy + 1.0
    assert rise(fired(0, 10, msgspec.structs.replace(PLAN, sodium=0.0)), 0) is None


def test_a_moment_that_is_not_there_is_refused() -> None:
    job = fired(0, 10)
    for step in (-1, 11):
        answer = job.send(stage.FindNoReturn(9, step))
        assert isinstance(answer, stage.Refused)
        assert "go back to step" in answer.reason
