"""InsideWatch: who wants to see what of the network's inside, asked of its job once for all, and the newest answer. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal

from trainers.commands import WatchNetwork
from trainers.events import NetworkInside

PER_SECOND = 12.0  # looks asked for while it trains


class InsideWatch(QObject):
    """Panels say by `want` what they show just now; the job hears one wish, and only when it has changed."""

    looked = Signal(object)  # NetworkInside: the newest look
    forgotten = Signal()  # the network that was looked into is no longer there
    sample_changed = Signal()  # another sample, or something drawn, goes through the network

    def __init__(self, send: Callable[[WatchNetwork], bool], parent: QObject | None = None) -> None:
        """send: hands a wish to the job, False where there is none that can take it."""
        super().__init__(parent)
        self._send = send
        self._wishes: dict[str, WatchNetwork] = {}
        self._asked: WatchNetwork | None = None
        self.sample = 0
        self.drawn: np.ndarray | None = None  # what goes through the network in the sample's place
        self.pad: np.ndarray | None = None  # what was last drawn on the pad
        self.newest: NetworkInside | None = None

    def want(
        self,
        who: str,
        layers: tuple[str, ...] = (),
        *,
        outputs: tuple[str, ...] = (),
        strips: tuple[str, ...] = (),
        responses: bool = False,
    ) -> None:
        """From now on `who` shows these layers, outputs and strips, see WatchNetwork; nothing, where all three are empty."""
        self._wishes[who] = WatchNetwork(layers, responses=responses, outputs=outputs, strips=strips)
        if self._wishes[who].is_empty:
            del self._wishes[who]
        self._ask_if_new()

    def choose_sample(self, number: int) -> None:
        """Send another sample of the test set through the network; numbers are counted round."""
        newest = self.newest
        number = number % newest.samples if newest is not None and newest.samples else max(0, number)
        if number != self.sample or self.drawn is not None:
            self.sample, self.drawn = number, None
            self.sample_changed.emit()
            self._ask_if_new()

    def show_drawn(self, inputs: np.ndarray | None) -> None:
        """Send what was drawn, float32 of the sample's shape, through the network; None: the sample again."""
        if inputs is None and self.drawn is None:
            return
        self.drawn = None if inputs is None else np.ascontiguousarray(inputs, dtype=np.float32)
        self.sample_changed.emit()
        self._ask_if_new()

    def note_pad(self, inputs: np.ndarray) -> None:
        """Something was drawn on the pad: it goes through the network where the last drawing did."""
        self.pad = np.ascontiguousarray(inputs, dtype=np.float32)
        if self.drawn is not None:
            self.show_drawn(self.pad)

    @property
    def wish(self) -> WatchNetwork:
        """What all want together."""
        wishes = self._wishes.values()
        layers = dict.fromkeys(name for wish in wishes for name in wish.layers)
        outputs = dict.fromkeys(name for wish in wishes for name in wish.outputs if name not in layers)
        strips = dict.fromkeys(name for wish in wishes for name in wish.strips if name not in {**layers, **outputs})
        has_responses = any(wish.responses for wish in wishes)
        return WatchNetwork(
            tuple(layers), self.sample, has_responses, PER_SECOND, tuple(outputs), tuple(strips), self.drawn
        )

    def ask(self) -> None:
        """A job can answer: tell it what is wanted, also where another was told the same."""
        wish = self.wish
        if (self._asked is not None or not wish.is_empty) and self._send(wish):
            self._asked = None if wish.is_empty else wish

    def note(self, event: NetworkInside) -> None:
        """The network has been looked into. The run's last look and those into its checkpoint are of one step: the gradients
        of that step, which no checkpoint holds, stay."""
        before = self.newest
        has_step = before is not None and bool(before.gradient_norms) and before.gradient_samples is None
        lacks_step = event.gradient_samples is not None or not event.gradient_norms
        if before is not None and has_step and lacks_step and before.step == event.step:
            event = msgspec.structs.replace(
                event, gradients=before.gradients, gradient_norms=before.gradient_norms, gradient_samples=None
            )
        self.newest = event
        self.looked.emit(event)

    def forget(self) -> None:
        """The network is another one, or none: what was seen of it holds no longer."""
        self._asked = self.drawn = self.pad = None
        if self.newest is not None:
            self.newest = None
            self.forgotten.emit()

    def _ask_if_new(self) -> None:
        if self._asked is None or not _are_the_same(self.wish, self._asked):
            self.ask()


def _are_the_same(one: WatchNetwork, other: WatchNetwork) -> bool:
    if one.inputs is not other.inputs:
        return False
    return msgspec.structs.replace(one, inputs=None) == msgspec.structs.replace(other, inputs=None)
