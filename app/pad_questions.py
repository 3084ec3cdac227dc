"""PadQuestions: what the drawing pad asks of the network, one question on its way at a time. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainers.commands import Predict


class PadQuestions:
    """A hand draws faster than a slow network answers: while one question is out, only the newest other one is kept.

    send: hands a Predict to the job, False where there is none.
    """

    def __init__(self, send: Callable[[Predict], bool]) -> None:
        self._send = send
        self._token = 0
        self._out: int | None = None
        self._kept: Predict | None = None

    def ask(self, inputs: np.ndarray) -> int:
        """Ask now, or as soon as the question that is out is answered; the token of the answer."""
        self._token += 1
        question = Predict(self._token, np.ascontiguousarray(inputs, dtype=np.float32))
        if self._out is None:
            self._ask(question)
        else:
            self._kept = question
        return self._token

    def note_answer(self, token: int) -> None:
        """The answer to `token` has come."""
        if token == self._out:
            self.ask_kept()

    def ask_kept(self) -> None:
        """Whatever was out will not be answered any more, or is answered: ask what was kept."""
        self._out = None
        kept, self._kept = self._kept, None
        if kept is not None:
            self._ask(kept)

    def forget(self) -> None:
        """There is no network any more that could answer."""
        self._out = self._kept = None

    def _ask(self, question: Predict) -> None:
        if self._send(question):
            self._out = question.token
