"""ElectrodeHold: when a hand on the electrode means current: at once on its button, after a moment on its glass. Draws nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

HOLD_MS = 220  # the glass held still for so long; a hand that moves before means to drag


class ElectrodeHold(QObject):
    """Emits `began` and `ended`; never one of them twice."""

    began = Signal()
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_injecting = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(HOLD_MS)
        self._timer.timeout.connect(self.begin)

    def wait(self) -> None:
        """A hand is on the glass."""
        self._timer.start()

    def stop_waiting(self) -> None:
        """The hand moves."""
        self._timer.stop()

    @Slot()
    def begin(self) -> None:
        """Current flows from now on."""
        if not self.is_injecting:
            self.is_injecting = True
            self.began.emit()

    def end(self) -> None:
        """The hand has let go."""
        self._timer.stop()
        if self.is_injecting:
            self.is_injecting = False
            self.ended.emit()
