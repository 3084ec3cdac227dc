"""SpikeSound: a click for each spike of the soma, off until it is asked for, silent where there is no device. Imports miniaudio late.

Opening a device can take a second, and closing one too: both happen in a thread of their own, never in the window's.
"""

from __future__ import annotations

import array
import contextlib
import importlib
import math
import queue
import threading
from collections.abc import Generator
from typing import Any

RATE = 44_100  # samples a second
CLICK_MS = 4.0
MOST_WAITING = 8  # clicks: more would only become a tone that lags behind

Samples = Generator[bytes, int, None]


def click_samples(rate: int = RATE) -> array.array[int]:
    """One click, 16 bit: 1 kHz that dies away within CLICK_MS."""
    count = round(rate * CLICK_MS / 1000)
    return array.array(
        "h", (round(9_000 * math.sin(math.tau * 1_000 * k / rate) * math.exp(-6.0 * k / count)) for k in range(count))
    )


class Clicker:
    """The stream of samples: silence, and a click for each `add`. Used by two threads; the queue is what they share."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._click = click_samples()
        self._place = len(self._click)

    def add(self) -> None:
        """One click more, as soon as the one before is over."""
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put(None)

    def take(self, count: int) -> bytes:
        """The next `count` samples."""
        block = array.array("h", bytes(2 * count))
        at = 0
        while at < count:
            if self._place >= len(self._click):
                try:
                    self._waiting.get_nowait()
                except queue.Empty:
                    break
                self._place = 0
            share = min(count - at, len(self._click) - self._place)
            block[at : at + share] = self._click[self._place : self._place + share]
            at, self._place = at + share, self._place + share
        return block.tobytes()

    def stream(self) -> Samples:
        """As the device asks for it."""
        count = yield b""
        while True:
            count = yield self.take(count)


class SpikeSound:
    """Switch on, click, close. `module`: the library's name, for tests."""

    def __init__(self, module: str = "miniaudio") -> None:
        self._module = module
        self._clicker = Clicker()
        self._thread: threading.Thread | None = None
        self._end = threading.Event()
        self.is_on = False

    def set_on(self, is_on: bool) -> None:
        """Returns at once; there is sound as soon as the device is open."""
        if is_on == self.is_on:
            return
        self.is_on = is_on
        if is_on:
            self._end = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._end,), name="spike-sound", daemon=True)
            self._thread.start()
        else:
            self._end.set()

    def click(self) -> None:
        """One spike."""
        if self.is_on:
            self._clicker.add()

    def close(self, patience: float = 2.0) -> None:
        """Silence, and the device given back."""
        self.set_on(False)
        if self._thread is not None:
            self._thread.join(patience)
            self._thread = None

    def _run(self, end: threading.Event) -> None:
        # whatever a sound system lacks, the lecture goes on without a click
        with contextlib.suppress(Exception):
            library: Any = importlib.import_module(self._module)
            device = library.PlaybackDevice(
                output_format=library.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE, buffersize_msec=40
            )
            stream = self._clicker.stream()
            next(stream)
            device.start(stream)
            end.wait()
            device.close()
