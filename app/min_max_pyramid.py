"""Pyramid: least and greatest value of every full block of 16, 256, 4096, ... numbers that have come. numpy; no Qt, no torch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FANOUT = 16


class GrowingArray:
    """float64 numbers one after another; room doubles, so that adding is cheap."""

    def __init__(self, room: int = 64) -> None:
        self._numbers = np.empty(room)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def view(self) -> Floats:
        """All of them, not copied: good until the next `append`."""
        return self._numbers[: self._length]

    def append(self, numbers: Floats) -> None:
        """Add numbers at the end."""
        end = self._length + len(numbers)
        if end > len(self._numbers):
            grown = np.empty(max(end, 2 * len(self._numbers)))
            grown[: self._length] = self.view
            self._numbers = grown
        self._numbers[self._length : end] = numbers
        self._length = end

    def truncate(self, length: int) -> None:
        """Keep the first `length`."""
        self._length = min(self._length, length)


class Pyramid:
    """Takes 2 / 15 of the numbers' own room. NaN counts in no block; a block of nothing else is NaN."""

    def __init__(self) -> None:
        self._levels: list[tuple[GrowingArray, GrowingArray]] = []

    @property
    def rows_in_blocks(self) -> int:
        """How many of the numbers lie in full blocks of 16."""
        return len(self._levels[0][0]) * FANOUT if self._levels else 0

    def extend(self, numbers: Floats) -> None:
        """Take in what has come; `numbers` begins with the first one that lies in no full block yet (`rows_in_blocks`)."""
        low = high = numbers
        level = 0
        while len(low) >= FANOUT:
            if level == len(self._levels):
                self._levels.append((GrowingArray(), GrowingArray()))
            blocks = len(low) // FANOUT
            lows, highs = self._levels[level]
            lows.append(np.fmin.reduce(low[: blocks * FANOUT].reshape(-1, FANOUT), axis=1))
            highs.append(np.fmax.reduce(high[: blocks * FANOUT].reshape(-1, FANOUT), axis=1))
            level += 1
            done = len(self._levels[level][0]) * FANOUT if level < len(self._levels) else 0
            low, high = lows.view[done:], highs.view[done:]

    def truncate(self, rows: int) -> None:
        """Forget what came after the first `rows` numbers."""
        size = FANOUT
        for lows, highs in self._levels:
            lows.truncate(rows // size)
            highs.truncate(rows // size)
            size *= FANOUT

    def level_for(self, size: int) -> tuple[int, Floats, Floats]:
        """(block, minima, maxima) of the largest block of at most `size` numbers of which one is full; block 1: there is none."""
        found = (1, np.empty(0), np.empty(0))
        block = FANOUT
        for lows, highs in self._levels:
            if block <= size and len(lows):
                found = (block, lows.view, highs.view)
            block *= FANOUT
        return found
