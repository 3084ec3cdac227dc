"""A session that runs the models of plasticity in this process, when it is told to. Not collected by pytest."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.panels.neuron.bench import BenchContext
from app.simulation.biology.models import SimulationResult, find_model, run_model
from app.simulation.biology.request_reading import read_request
from app.simulation.biology.stage import Answer, Refused, Slice
from app.workspace import Workspace
from trainers.errors import BadInput

Changes = list[tuple[str, dict[str, Any], dict[str, Any]]]  # what was made undoable: text, before, after


def context_of(workspace: Workspace, session: object, changes: Changes) -> BenchContext:
    """What a bench without a cell receives."""

    def push_change(text: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        changes.append((text, before, after))

    return BenchContext(workspace, session, None, None, push_change)  # type: ignore[arg-type]


_COMPUTED: dict[tuple[str, bytes], SimulationResult] = {}


def computed(model: str, options: dict[str, Any]) -> SimulationResult:
    """What the model answers: computed once for all tests, that a bench asks the same at its opening."""
    key = (model, msgspec.json.encode(options, order="sorted"))
    if key not in _COMPUTED:
        _COMPUTED[key] = run_model(find_model(model), read_request(find_model(model), options))
    return copy.deepcopy(_COMPUTED[key])


class ModelSession(QObject):
    """`answer()` answers every call that was made; `slice(values, done)` sends one slice of the long run."""

    answered = Signal(int, object)
    sliced = Signal(int, object)
    state_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.state = "ready"
        self.calls: list[tuple[int, str, dict[str, Any]]] = []
        self.trainings: list[tuple[int, str, dict[str, Any]]] = []
        self.stops = 0
        self._token = 0

    def call(self, model: str, options: dict[str, Any]) -> int:
        self._token += 1
        self.calls.append((self._token, model, options))
        return self._token

    def start_training(self, model: str, options: dict[str, Any]) -> int:
        self._token += 1
        self.trainings.append((self._token, model, options))
        return self._token

    def stop_training(self) -> None:
        self.stops += 1

    def answer(self) -> None:
        """Answer what was asked, also what is asked meanwhile."""
        while self.calls:
            token, model, options = self.calls.pop(0)
            try:
                result = computed(model, options)
            except BadInput as error:
                self.answered.emit(token, Refused(0, token, error.sentence))
            else:
                self.answered.emit(token, Answer(0, token, result.values, result.traces))

    def refuse(self, reason: str) -> None:
        """Refuse all that was asked, and the long run."""
        owed = [token for token, _, _ in self.calls] + [token for token, _, _ in self.trainings[-1:]]
        self.calls.clear()
        for token in owed:
            self.answered.emit(token, Refused(0, token, reason))

    def slice(self, values: dict[str, Any], done: float) -> None:
        """One slice of the long run that was begun last."""
        token = self.trainings[-1][0]
        self.sliced.emit(token, Slice(0, token, done, values, {}, is_last=done >= 1.0))
