"""The stimulus that a moment follows: where it begins, what it is called, when the next one comes."""

from __future__ import annotations

import math

import pytest

from app.cell_script import CellScript
from app.panels.neuron.trace_sweeps import StimulusFinder
from app.simulation.biology.stage import Fire, Inject, StagePlan


def test_stimuli_that_follow_soon_are_one_and_those_after_a_pause_another() -> None:
    script = CellScript(StagePlan())
    finder = StimulusFinder()
    assert finder.find(script, 5.0) is None
    script.note(100, Fire(1, (0, 1), None))
    script.note(300, Inject(2, 0, 0.5, 1.0))
    script.note(300, Fire(3, (4, 5), (3.0, 7.0)))
    script.note(9_000, Fire(4, (7,), None))
    assert finder.find(script, 0.5) is None
    assert finder.find(script, 1.0) == (1.0, "2 inputs", 90.0)
    assert finder.find(script, 20.0) == (1.0, "4 inputs in 6 ms, 0.5 nA", 90.0)
    assert finder.find(script, 95.0) == (90.0, "1 input", math.inf)
    script.cut(300)
    assert finder.find(script, 95.0) == (1.0, "4 inputs in 6 ms, 0.5 nA", math.inf)


@pytest.mark.parametrize(
    ("commands", "name"),
    [
        ([Inject(1, 0, 0.5, 1.0), Inject(2, 0, 2.0, 1.0)], "0.5 nA, 2 nA"),
        ([Inject(1, 0, 0.5, 1.0), Inject(2, 0, 0.5, 1.0)], "0.5 nA × 2"),
        ([Inject(n, 0, -0.1 * n, 1.0) for n in range(1, 9)], "8 currents of -0.8 to -0.1 nA"),
        ([Fire(1, (0, 1, 2)), Fire(2, (0, 1, 2))], "6 spikes at 3 inputs"),
        ([Fire(1, (0, 1)), Fire(2, (2, 3))], "4 inputs"),
        ([Fire(1, (5, 5), (1.0, 4.0))], "2 spikes at 1 input in 3 ms"),
    ],
)
def test_a_stimulus_is_called_what_it_was(commands: list[Fire | Inject], name: str) -> None:
    script = CellScript(StagePlan())
    for command in commands:
        script.note(100, command)
    stimulus = StimulusFinder().find(script, 10.0)
    assert stimulus is not None
    assert stimulus.name == name
