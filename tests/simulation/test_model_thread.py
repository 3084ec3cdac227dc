"""Models that run beside the cell: in order, none lost, none run that nobody waits for."""

from __future__ import annotations

import threading

import pytest

from app.simulation.biology import model_thread
from app.simulation.biology.model_thread import ModelThread
from app.simulation.biology.models import MODELS, SimulationResult
from trainers.errors import BadInput

SPEC, REQUEST = MODELS[0], object()


class Gate:
    """Stands in for `run_model`: each model waits until it may end, and says that it began."""

    def __init__(self) -> None:
        self.may_end = threading.Semaphore(0)
        self.has_begun = threading.Semaphore(0)
        self.runs = 0

    def run(self, _spec: object, _request: object) -> SimulationResult:
        self.runs += 1
        self.has_begun.release()
        assert self.may_end.acquire(timeout=20)
        if self.runs == 2:
            raise BadInput("The second is refused: ask for another.")
        return SimulationResult({"run": self.runs}, {})


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(model_thread, "run_model", gate.run)
    return gate


def test_outcomes_come_in_the_order_of_the_questions_refusals_among_them(gate: Gate) -> None:
    models = ModelThread()
    for token in (4, 5, 6):
        models.ask(token, SPEC, REQUEST)  # type: ignore[arg-type]
    assert models.take(0.0) is None, "none is over"
    gate.may_end.release(3)
    outcomes = [models.take(20.0) for _ in range(3)]
    assert [outcome[0] for outcome in outcomes if outcome] == [4, 5, 6]
    assert [type(outcome[1]).__name__ for outcome in outcomes if outcome] == [
        "SimulationResult",
        "BadInput",
        "SimulationResult",
    ]
    assert models.take(0.0) is None, "none is owed"
    models.close()


def test_after_closing_none_of_those_that_waited_is_run(gate: Gate) -> None:
    models = ModelThread()
    for token in range(20):
        models.ask(token, SPEC, REQUEST)  # type: ignore[arg-type]
    assert gate.has_begun.acquire(timeout=20)
    models.close()
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "models" and thread.is_alive()][-1:]
    gate.may_end.release(20)
    thread.join(20)
    assert not thread.is_alive()
    assert gate.runs == 1
