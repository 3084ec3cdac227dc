"""What the drawing pad asks the network, again and again while it learns. Knows the session, no widget but the pad."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from app.panels.monitor.drawing_pad import DrawingPad
    from app.training_session import TrainingSession

ASK_AGAIN = 0.1  # s: while the network learns, a drawing is asked about this often


class PadTalk(QObject):
    """Hands the drawing to the session. now: seconds of any clock."""

    def __init__(self, training: TrainingSession, pad: DrawingPad, now: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._training = training
        self._pad = pad
        self._now = now
        self._last_asked = 0.0

    @Slot(object)
    def ask(self, inputs: np.ndarray) -> None:
        """What does the network say to this?"""
        self._last_asked = self._now()
        self._training.predict(inputs)

    def ask_again(self) -> None:
        """The network has learned: what does it say to the drawing now?"""
        pad = self._pad
        if pad.isVisible() and pad.seen.pixels is not None and self._now() - self._last_asked >= ASK_AGAIN:
            pad.ask()
