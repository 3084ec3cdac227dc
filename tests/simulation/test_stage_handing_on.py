"""What the living cell's bouton hands on to the next cell."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from app.simulation.biology import stage
from app.simulation.biology.engine import run
from app.simulation.biology.synapse import AMPA, double_exponential

Job = Generator[Any, Any, None]


def started(plan: stage.StagePlan) -> Job:
    job: Job = run(plan)
    while not isinstance(next(job), stage.StageStarted):
        pass
    return job


def advance(job: Job, steps: int) -> stage.Recording:
    answer = job.send(stage.Advance(1, steps))
    assert isinstance(answer, stage.Recording)
    return answer


def test_the_bouton_hands_on_its_spikes_through_a_synapse_of_its_own() -> None:
    plan = stage.StagePlan()
    job = started(plan)
    job.send(stage.Fire(2, tuple(range(12))))
    recording = advance(job, 1500)
    (spike_ms,) = (spike.time_ms for spike in recording.spikes if spike.place == "bouton")
    assert recording.handed_on == (stage.Arrival(stage.TERMINAL, spike_ms, spike_ms + 0.5, 5, stage.NEXT_CELL_NS),)
    expected = double_exponential(recording.steps * plan.dt_ms - spike_ms - 0.5, AMPA.rise_ms, AMPA.decay_ms)
    assert recording.next_cell_nS == pytest.approx(
        stage.NEXT_CELL_NS * expected, abs=6e-3
    )  # within half a step of its onset


def test_the_boutons_vesicles_fuse_by_chance_where_all_release_is() -> None:
    job = started(stage.StagePlan(release="quantal", seed=3))
    for number in range(8):
        job.send(stage.Fire(2, tuple(range(30)), (12.0 * number,) * 30))
    whole = advance(job, 5000).handed_on, advance(job, 5000).handed_on
    vesicles = [arrival.vesicles for arrival in (*whole[0], *whole[1])]
    assert len(vesicles) >= 6
    assert len(set(vesicles)) > 1
    assert all(arrival.weight_nS == arrival.vesicles / 2 for arrival in (*whole[0], *whole[1]))
    job.send(stage.Rewind(9, 5000))
    assert advance(job, 5000).handed_on == whole[1]
