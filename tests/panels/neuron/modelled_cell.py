"""The played cell's line with real models behind its CallModel, run in the test's own process. Not collected by pytest."""

from __future__ import annotations

from typing import Any

import played_engine
import pytest

from app.simulation.biology import stage
from app.simulation.biology.models import find_model, run_model
from app.simulation.biology.request_reading import read_request
from trainers.errors import BadInput


def bring_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the played cell answers models as the engine does."""
    plain = played_engine.answer

    def answer(cell: Any, command: Any) -> Any:
        if not isinstance(command, stage.CallModel):
            return plain(cell, command)
        try:
            spec = find_model(command.model)
            result = run_model(spec, read_request(spec, command.options))
        except BadInput as error:
            return stage.Refused(cell.step, command.token, error.sentence)
        return stage.Answer(cell.step, command.token, result.values, result.traces)

    monkeypatch.setattr(played_engine, "answer", answer)
