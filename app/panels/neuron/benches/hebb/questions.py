"""RuleQuestions: asks the model of each of three rules, and hands the three answers over together. Knows no widget."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.neuron_session import NeuronSession
from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.hebb.path import WeightPath
from app.panels.neuron.benches.hebb.state import RULES, HebbState
from app.simulation.biology.rate_rules import RateRule
from app.simulation.biology.stage import Answer

_MODEL = "rate-rule"


class RuleQuestions(QObject):
    """`answered`: `paths` are those of one state, all three. waited, refused: as ModelCalls."""

    answered = Signal()
    waited = Signal(bool)
    refused = Signal(str)

    def __init__(self, session: NeuronSession, parent: QObject) -> None:
        super().__init__(parent)
        self.paths: dict[RateRule, WeightPath] = {}
        self._coming: dict[RateRule, WeightPath] = {}
        self._asked: HebbState | None = None
        self._calls = ModelCalls(session, self)
        self._calls.refused.connect(self._on_refused)
        self._calls.waited.connect(self.waited)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return self._calls.is_busy

    def ask(self, state: HebbState) -> None:
        """Ask for what `state` stands for, unless that is there; one set at a time: a dragged slider would pile them up."""
        if self._calls.is_busy or (self._asked is not None and _options(state) == _options(self._asked)):
            return
        self._asked = state
        self._coming = {}
        for rule in RULES[state.view]:
            self._calls.ask(rule, _MODEL, state.options(rule), partial(self._take, rule, state))

    def close(self) -> None:
        """Before the window closes."""
        self._calls.close()

    def _take(self, rule: RateRule, state: HebbState, answer: Answer) -> None:
        self._coming[rule] = WeightPath(rule, state, answer.values, answer.traces)
        if len(self._coming) == len(RULES[state.view]):
            self.paths = self._coming
            self.answered.emit()

    @Slot(str, str)
    def _on_refused(self, _name: str, reason: str) -> None:
        self._asked = None
        self.refused.emit(reason)


def _options(state: HebbState) -> list[dict[str, Any]]:
    return [state.options(rule) for rule in RULES[state.view]]
