"""PairQuestions: asks the model for a recording of what is set, one question at a time. Draws nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.neuron_session import NeuronSession
from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.axon.recording import PairRecording
from app.panels.neuron.benches.axon.state import AxonState, model_options
from app.simulation.biology.stage import Answer


class PairQuestions(QObject):
    """`want` the axons of a state; `answered` brings their recording and the state that it was made with.

    A dragged slider wants more than the model can compute: of what is wanted while a question is open, the last is asked next.
    """

    answered = Signal(object, object)  # PairRecording, AxonState
    refused = Signal(str)
    waited = Signal(bool)

    def __init__(self, session: NeuronSession, parent: QObject) -> None:
        super().__init__(parent)
        self.recorded: AxonState | None = None  # what the newest recording was made with
        self._asked: AxonState | None = None
        self._wanted: AxonState | None = None
        self._calls = ModelCalls(session, self)
        self._session = session
        # later: a session that starts anew first gives up what it owes, and only then says so
        self._calls.refused.connect(self._on_refused, Qt.ConnectionType.QueuedConnection)
        session.state_changed.connect(self._on_state_changed)
        self._calls.waited.connect(self.waited)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return self._calls.is_busy or (self._wanted is not None and self._session.state == "starting")

    def has(self, state: AxonState) -> bool:
        """Whether the newest recording is of these axons."""
        return self.recorded is not None and model_options(state) == model_options(self.recorded)

    def want(self, state: AxonState) -> None:
        """Bring the axons of `state`, unless they are there."""
        self._wanted = state
        if not self._calls.is_busy:
            self._ask()

    def close(self) -> None:
        """Before the window closes."""
        self._wanted = None
        self._calls.close()

    def _ask(self) -> None:
        state = self._wanted
        self._wanted = None
        if state is None or self.has(state):
            return
        self._asked = state
        self._calls.ask("pair", "axon-pair", model_options(state), self._take_answer)

    def _take_answer(self, answer: Answer) -> None:
        assert self._asked is not None
        self.recorded = self._asked
        self.answered.emit(PairRecording(answer.values, answer.traces), self.recorded)
        self._ask()

    @Slot(str, str)
    def _on_refused(self, _name: str, reason: str) -> None:
        if self._wanted is None:
            self._wanted = self._asked
        if self._session.state != "starting":  # else it is asked again as soon as there is somebody to ask
            self.refused.emit(reason)
            if self._wanted is not self._asked:
                self._ask()

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state == "ready" and not self._calls.is_busy:
            self._ask()
