"""DepthQuestions: what was asked about depth and is not answered yet, one question of each slot on its way. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable

from trainers.activation_lab import AskDepth


class DepthQuestions:
    """A hand drags faster than depth is computed: while a slot's question is out, only the newest other one is kept for it.

    send: hands a question to the job.
    """

    def __init__(self, send: Callable[[AskDepth], None]) -> None:
        self._send = send
        self._out: dict[str, AskDepth] = {}
        self._kept: dict[str, AskDepth] = {}

    def ask(self, slot: str, asked: AskDepth) -> None:
        """Ask now, or as soon as the slot's question that is out is answered."""
        if slot in self._out:
            self._kept[slot] = asked
        else:
            self._out[slot] = asked
            self._send(asked)

    def note_answered(self, token: int) -> bool:
        """Whether `token` was out; then what its slot has kept is asked."""
        slot = next((slot for slot, asked in self._out.items() if asked.token == token), None)
        if slot is None:
            return False
        del self._out[slot]
        if slot in self._kept:
            self.ask(slot, self._kept.pop(slot))
        return True

    def forget(self) -> list[int]:
        """There is nobody any more who could answer: the tokens that stay without an answer."""
        owed = [asked.token for asked in (*self._out.values(), *self._kept.values())]
        self._out.clear()
        self._kept.clear()
        return owed
