"""The played cell's line with real models behind its CallModel, run in the test's own process. Not collected by pytest."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import played_engine
import pytest

from app.simulation.biology import stage
from app.simulation.biology.models import SimulationResult, find_model, run_model
from app.simulation.biology.request_reading import read_request
from trainers.errors import BadInput


@lru_cache(maxsize=256)
def computed(model: str, options: bytes) -> SimulationResult:
    """The model's answer; the same question is computed once in a session of tests."""
    spec = find_model(model)
    return run_model(spec, read_request(spec, msgspec.json.decode(options)))


def bring_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the played cell answers models as the engine does."""
    plain = played_engine.answer

    def answer(cell: Any, command: Any) -> Any:
        if not isinstance(command, stage.CallModel):
            return plain(cell, command)
        try:
            result = computed(command.model, msgspec.json.encode(command.options))
        except BadInput as error:
            return stage.Refused(cell.step, command.token, error.sentence)
        return stage.Answer(cell.step, command.token, result.values, result.traces)

    monkeypatch.setattr(played_engine, "answer", answer)
