"""PredictedAxons: what a prediction is compared with: the axons as they were when it was made, whatever has been set since. Draws nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.neuron_session import NeuronSession
from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.axon.recording import PairRecording
from app.panels.neuron.benches.axon.state import Axons, AxonState, axons_of, velocity_options
from app.panels.neuron.benches.axon.words import ratio_result, result_text
from app.simulation.biology.stage import Answer


class PredictedAxons(QObject):
    """`result` says it as soon as it is known; `came`: it has become known, or there is again somebody to ask."""

    came = Signal()
    refused = Signal(str)

    def __init__(self, session: NeuronSession, parent: QObject) -> None:
        super().__init__(parent)
        self._calls = ModelCalls(session, self)
        self._session = session
        # later: a session that starts anew first gives up what it owes, and only then says so
        self._calls.refused.connect(self._on_refused, Qt.ConnectionType.QueuedConnection)
        session.state_changed.connect(self._on_state_changed)
        self._known: tuple[Axons, str] | None = None
        self._asked: Axons | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return self._calls.is_busy

    def result(self, state: AxonState, recording: PairRecording | None, recorded: AxonState | None) -> str:
        """The result for the axons that the prediction of `state` was made for; "" until it is known.

        recording: the newest, of the axons of `recorded`; for others the model is asked.
        """
        if recording is None or recorded is None:
            return ""
        wanted = state.predicted if state.predicted is not None else axons_of(state)
        if axons_of(recorded) == wanted:
            self._known = (wanted, result_text(recording))
        elif self._known is None or self._known[0] != wanted:
            if self._asked != wanted:
                self._asked = wanted
                self._calls.ask("predicted", "axon-pair", velocity_options(wanted), self._take_answer)
            return ""
        _, text = self._known
        return text if axons_of(state) == wanted else f"{text} (as they were set then)"

    def close(self) -> None:
        """Before the window closes."""
        self._asked = None
        self._calls.close()

    def _take_answer(self, answer: Answer) -> None:
        assert self._asked is not None
        ratio, velocity = answer.values["ratio"], answer.values["velocity_m_per_s"]["myelinated"]
        self._known, self._asked = (self._asked, ratio_result(ratio, velocity)), None
        self.came.emit()

    @Slot(str, str)
    def _on_refused(self, _name: str, reason: str) -> None:
        """The same question to the same cell would be refused again: it is not asked until there is another cell."""
        if self._session.state == "ready":
            self.refused.emit(reason)

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state == "ready" and self._asked is not None and not self._calls.is_busy:
            self._asked = None
            self.came.emit()
