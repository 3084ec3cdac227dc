"""DepthAnswers: what the activation lab's worker says of the settings on show; of what is asked while it is busy, the newest."""

from __future__ import annotations

from typing import cast

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.panels.activation.depth.state import SLOTS
from app.panels.activation.depth.state import Slot as Place
from app.workspace import Workspace
from trainers.activation_lab import DepthAnswer, DepthQuestion
from trainers.activation_lab_checks import checked_question
from trainers.errors import BadInput

BUSY_AFTER_MS = 200
_MOST_KEPT = 64  # answers: some 60 KB each


class DepthAnswers(QObject):
    """`changed`: an answer, or why there is none. `waited`: True when nothing has come for 200 ms, False when all is there."""

    changed = Signal()
    waited = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_connected = False
        self._wanted: dict[Place, bytes] = {}
        self._questions: dict[Place, DepthQuestion] = {}
        self._owed: dict[Place, int] = {}  # token of the newest question of a place that has no answer yet
        self._asked: dict[int, tuple[Place, bytes]] = {}
        self._kept: dict[bytes, DepthAnswer] = {}
        self._newest: dict[Place, DepthAnswer] = {}
        self._has_answered = False
        self._complaints: dict[Place, str] = {}  # why a place has no answer
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(BUSY_AFTER_MS)
        self._patience.timeout.connect(self._on_patience_ended)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return bool(self._owed)

    @property
    def is_starting(self) -> bool:
        """Whether the worker has still to give its first answer."""
        return self.is_busy and not self._has_answered

    @property
    def complaint(self) -> str:
        """Why something that is wanted has no answer, in one sentence; "" where nothing has failed."""
        return next((self._complaints[place] for place in SLOTS if place in self._complaints), "")

    def of(self, place: Place) -> DepthAnswer | None:
        """The answer for `place`; the last that came where the one wanted has still to come."""
        return self._newest.get(place) if place in self._wanted else None

    def warm_up(self) -> None:
        """Let the worker start, before something is asked."""
        self._workspace.activations.warm_up()

    def want(self, questions: dict[Place, DepthQuestion]) -> None:
        """What is wanted from now on; nothing of other places."""
        for place in SLOTS:
            question = questions.get(place)
            if question is None:
                self._wanted.pop(place, None)
                self._questions.pop(place, None)
                self._owed.pop(place, None)
                self._complaints.pop(place, None)
                continue
            key = msgspec.json.encode(question)
            if self._wanted.get(place) != key:
                self._wanted[place] = key
                self._questions[place] = question
                self._look_for(place, question, key)
        self._note_owed()

    def ask_again(self) -> None:
        """After a complaint: everything that is wanted and not there."""
        for place, question in self._questions.items():
            self._look_for(place, question, self._wanted[place])
        self._note_owed()
        self.changed.emit()

    def close(self) -> None:
        """Before the window closes."""
        self._owed.clear()
        self._patience.stop()

    def _look_for(self, place: Place, question: DepthQuestion, key: bytes) -> None:
        self._owed.pop(place, None)
        self._complaints.pop(place, None)
        kept = self._kept.get(key)
        if kept is not None:
            self._newest[place] = kept
            return
        try:
            checked_question(question)
        except BadInput as refusal:
            self._refuse(place, refusal.sentence)
            return
        session = self._workspace.activations
        if session.worker_pid is None:
            self._has_answered = False
        if not self._is_connected:
            session.depth_answered.connect(self._on_answered)
            session.depth_failed.connect(self._on_failed)
            self._is_connected = True
        token = session.ask_depth(question, place)
        if token:
            self._owed[place] = token
            self._asked[token] = place, key

    def _refuse(self, place: Place, sentence: str) -> None:
        """What stood there was the answer to something else."""
        self._complaints[place] = sentence
        self._newest.pop(place, None)

    def _note_owed(self) -> None:
        if not self._owed:
            self._patience.stop()
            self.waited.emit(False)
        elif not self._patience.isActive():
            self._patience.start()

    @Slot(object)
    def _on_answered(self, item: object) -> None:
        answer = cast(DepthAnswer, item)
        place, key = self._asked.pop(answer.token, (None, b""))
        if place is None:
            return
        for token in [token for token, (other, _) in self._asked.items() if other == place and token < answer.token]:
            del self._asked[token]  # passed over for a newer one
        self._has_answered = True
        self._kept.pop(key, None)
        self._kept[key] = answer
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        if place not in self._owed:
            return  # something else is on show by now
        self._newest[place] = answer  # also an older one: a hand that drags sees how it goes on
        if self._owed[place] == answer.token:
            del self._owed[place]
        self._patience.stop()
        self._note_owed()
        self.changed.emit()

    @Slot(int, str)
    def _on_failed(self, token: int, reason: str) -> None:
        place, _ = self._asked.pop(token, (None, b""))
        if place is None or self._owed.get(place) != token:
            return
        del self._owed[place]
        self._has_answered = self._workspace.activations.worker_pid is not None
        if self._has_answered:
            self._refuse(place, reason)
        else:  # it has gone, the next one starts afresh; what was there can still be looked at
            self._complaints[place] = reason
        self._note_owed()
        self.changed.emit()

    @Slot()
    def _on_patience_ended(self) -> None:
        if self._owed:
            self.waited.emit(True)
