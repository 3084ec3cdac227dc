"""CameraRest: when a camera has come to rest, puts together what stands still, a layer at a time. Knows no widget but the one it serves.

All of it in the first full frame took 30 to 80 ms at 1920 x 1080; meanwhile the picture is drawn quickly, as on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal, Slot

REST_MS = 140  # after a hand has last moved the camera
NEXT_MS = 4  # from one layer to the next: a frame can come between


class CameraRest(QObject):
    """`layers` begins anew where the camera stands: each step of it builds one layer. `ended`: all are there."""

    ended = Signal()

    def __init__(self, layers: Callable[[], Iterator[None]], parent: QObject) -> None:
        super().__init__(parent)
        self._layers = layers
        self._left: Iterator[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)

    @property
    def is_waiting(self) -> bool:
        """Whether it has not ended yet."""
        return self._timer.isActive()

    def wait(self) -> None:
        """A hand moves the camera: it rests when nothing more comes for a while."""
        self._left = None
        self._timer.start(REST_MS)

    def begin(self) -> None:
        """The camera stands."""
        self._left = self._layers()
        self._timer.start(NEXT_MS)

    def stop(self) -> None:
        """Nothing is to be put together."""
        self._left = None
        self._timer.stop()

    def finish(self) -> None:
        """Be there now, where it waits: the first full frame builds what is missing."""
        if self.is_waiting:
            self.stop()
            self.ended.emit()

    @Slot()
    def _on_due(self) -> None:
        if self._left is None:
            self._left = self._layers()
        try:
            next(self._left)
        except StopIteration:
            self._left = None
            self.ended.emit()
        else:
            self._timer.start(NEXT_MS)
