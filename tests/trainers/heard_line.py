"""The line that a driver under test speaks into. Not collected by pytest."""

import time
from typing import Any

from trainers.event_queue import EventQueue


class HeardLine(EventQueue):
    """Whatever is put has been heard at once. waited_after: the last that was said each time the driver waited for that."""

    def __init__(self) -> None:
        super().__init__(1 << 24)
        self._last: Any = None
        self.waited_after: list[Any] = []

    def put(self, job: int, item: Any) -> None:
        self._last = item
        super().put(job, item)

    def wait_until_passed_on(self, timeout: float) -> bool:
        self.waited_after.append(self._last)
        return True

    def hear(self, seconds: float) -> list[tuple[int, Any]]:
        """What was said, once there is something, within `seconds` at most."""
        end = time.monotonic() + seconds
        while not (taken := self.take(1 << 20)) and not self._is_closed and time.monotonic() < end:
            time.sleep(0.001)
        return taken or self.take(1 << 20)
