"""CurveTrack: columns of numbers over one growing x, drawn from a min/max pyramid, the older part on disk. numpy; no Qt, no torch.

In memory stay the pyramid, every 16th x and the newest rows; full chunks lie in a temporary file without a name.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Literal

import numpy as np
import numpy.typing as npt

from app.min_max_pyramid import FANOUT, Floats, GrowingArray, Pyramid

CHUNK = 1 << 16  # rows in a chunk: 1.5 MB of x and two columns in memory at most
_FIRST_ROWS = 256


class CurveTrack:
    """x (never falling) and named columns of equal length. folder: where the older rows go, the platform's choice if None."""

    def __init__(self, columns: tuple[str, ...], folder: Path | None = None, chunk: int = CHUNK) -> None:
        self.columns = columns
        self._folder = folder
        self._chunk = chunk
        self._file: IO[bytes] | None = None
        self._reset()

    def _reset(self) -> None:
        self._stored: list[Floats] = []  # full chunks, (1 + columns, chunk) each, mapped from the file
        self._starts: list[float] = []  # first x of each stored chunk
        self._tail = np.empty((1 + len(self.columns), min(_FIRST_ROWS, self._chunk)))
        self._tail_rows = 0
        self._pyramids = {name: Pyramid() for name in self.columns}
        self._every_16th_x = GrowingArray()

    def __len__(self) -> int:
        return len(self._stored) * self._chunk + self._tail_rows

    def extend(self, x: npt.ArrayLike, *columns: npt.ArrayLike) -> None:
        """Add rows: x and one array a column, in the order of `columns`. An x below the last one is raised to it."""
        rows = np.array(np.broadcast_arrays(*(np.atleast_1d(np.asarray(part, np.float64)) for part in (x, *columns))))
        if not rows.shape[1]:
            return
        rows[0] = np.maximum.accumulate(np.maximum(rows[0], self.last_x))
        while rows.shape[1]:
            room = self._chunk - self._tail_rows
            part, rows = rows[:, :room], rows[:, room:]
            end = self._tail_rows + part.shape[1]
            if end > self._tail.shape[1]:
                self._make_room(end)
            self._tail[:, self._tail_rows : end] = part
            self._tail_rows = end
            self._update_pyramids()
            if end == self._chunk:
                self._store_tail()

    def append(self, x: float, *values: float) -> None:
        """Add one row, as `extend` does, in a tenth of its time: most tracks get a row at a time, a hundred a second in all."""
        end = self._tail_rows
        if end == self._tail.shape[1]:
            self._make_room(end + 1)
        self._tail[1:, end] = values
        self._tail[0, end] = max(x, self.last_x)
        self._tail_rows = end + 1
        if len(self) % FANOUT <= 1:  # a block of the pyramids is full, or its first x has come
            self._update_pyramids()
        if self._tail_rows == self._chunk:
            self._store_tail()

    def _make_room(self, rows: int) -> None:
        """Room for `rows` in memory, and for as many again as there are."""
        grown = np.empty((len(self._tail), min(self._chunk, max(rows, 2 * self._tail.shape[1]))))
        grown[:, : self._tail_rows] = self._tail[:, : self._tail_rows]
        self._tail = grown

    @property
    def last_x(self) -> float:
        """x of the newest row; minus infinity where there is none."""
        if self._tail_rows:
            return float(self._tail[0, self._tail_rows - 1])
        return float(self._stored[-1][0, -1]) if self._stored else -np.inf

    def rows(self, name: str, start: int = 0, end: int | None = None) -> tuple[Floats, Floats]:
        """(x, column) of the rows from `start` up to `end`, copied."""
        row = 1 + self.columns.index(name)
        end = len(self) if end is None else min(end, len(self))
        parts = [part[[0, row]] for part in self._parts(max(0, start), end)]
        both = np.concatenate(parts, axis=1) if parts else np.empty((2, 0))
        return both[0], both[1]

    def picked(self, name: str, numbers: npt.NDArray[np.int64]) -> Floats:
        """The column's values, float64 (n,), in the rows `numbers`, (n,), each below the length: of what lies on disk no more is read."""
        return self._picked(1 + self.columns.index(name), numbers)

    def picked_x(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """x of the rows `numbers`, as `picked` has a column's values."""
        return self._picked(0, numbers)

    def _picked(self, row: int, numbers: npt.NDArray[np.int64]) -> Floats:
        chunks = numbers // self._chunk
        values = np.empty(len(numbers))
        for chunk in np.unique(chunks):
            source = self._stored[chunk] if chunk < len(self._stored) else self._tail
            is_here = chunks == chunk
            values[is_here] = source[row, numbers[is_here] - chunk * self._chunk]
        return values

    def window(self, name: str, x0: float, x1: float, pixels: int) -> tuple[Floats, Floats, Floats]:
        """(x, y_min, y_max) of the rows with x0 <= x <= x1 in at most `pixels` buckets; x: of a row in the middle of its bucket.

        The buckets hold equally many rows but for the first and the last, and together every row exactly once. NaN counts
        in none; a bucket of nothing else is NaN.
        """
        start, end = self.index_of(x0, "left"), self.index_of(x1, "right")
        if end <= start:
            return np.empty(0), np.empty(0), np.empty(0)
        size = 1
        while _buckets(start, end, size) > max(1, pixels):
            size *= 2
        if size == 1:
            x, y = self.rows(name, start, end)
            return x, y, y.copy()
        edges = np.arange(start // size, (end - 1) // size + 2) * size
        edges[0], edges[-1] = start, end
        low, high = self._extremes(name, edges, size)
        return self._middles(edges, size), low, high

    def index_of(self, x: float, side: Literal["left", "right"]) -> int:
        """First row with an x of at least (side "left") or above ("right") `x`."""
        chunk = int(np.searchsorted(self._starts, x, side)) - 1
        for number in range(max(0, chunk), len(self._stored)):
            part = self._stored[number][0]
            if (part[-1] >= x) if side == "left" else (part[-1] > x):
                return number * self._chunk + int(np.searchsorted(part, x, side))
        tail = self._tail[0, : self._tail_rows]
        return len(self._stored) * self._chunk + int(np.searchsorted(tail, x, side))

    def drop_after(self, x: float) -> None:
        """Forget the rows with an x above `x`."""
        keep = self.index_of(x, "right")
        number, rest = divmod(keep, self._chunk)
        if number < len(self._stored):
            self._tail = np.array(self._stored[number])
            del self._stored[number:], self._starts[number:]
        self._tail_rows = rest
        for pyramid in self._pyramids.values():
            pyramid.truncate(keep)
        self._every_16th_x.truncate(-(-keep // FANOUT))

    def clear(self) -> None:
        """Forget all rows."""
        self._reset()
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Let go of the file; it has no name, or loses it now."""
        self.clear()

    # -- inside -----------------------------------------------------------------------------------------------------------

    def _parts(self, start: int, end: int) -> list[Floats]:
        parts = []
        while start < end:
            number, offset = divmod(start, self._chunk)
            stop = min(end - number * self._chunk, self._chunk)
            source = self._stored[number] if number < len(self._stored) else self._tail
            parts.append(source[:, offset:stop])
            start = number * self._chunk + stop
        return parts

    def _update_pyramids(self) -> None:
        base = len(self._stored) * self._chunk
        for row, name in enumerate(self.columns, start=1):
            pyramid = self._pyramids[name]
            pyramid.extend(self._tail[row, pyramid.rows_in_blocks - base : self._tail_rows])
        self._every_16th_x.append(self._tail[0, len(self._every_16th_x) * FANOUT - base : self._tail_rows : FANOUT])

    def _store_tail(self) -> None:
        number = len(self._stored)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="hillock-curves-", dir=self._folder)  # noqa: SIM115 - closed in clear()
            size = self._tail.nbytes
            self._file.seek(number * size)
            self._file.write(self._tail.tobytes())
            self._file.flush()
            stored: Floats = np.memmap(self._file, np.float64, "r", number * size, self._tail.shape)
        except OSError:  # a full disk: the rows then stay in memory
            stored = self._tail
        self._stored.append(stored)
        self._starts.append(float(self._tail[0, 0]))
        self._tail = np.empty((1 + len(self.columns), min(_FIRST_ROWS, self._chunk)))
        self._tail_rows = 0

    def _middles(self, edges: npt.NDArray[np.int64], size: int) -> Floats:
        """x in the middle of each bucket; of the inner ones from memory: fetching 1,500 pages from disk is 6 MB and 1 ms."""
        middles = (edges[:-1] + edges[1:] - 1) // 2
        if size < FANOUT:
            inside: Floats = self.rows(self.columns[0], int(edges[0]), int(edges[-1]))[0]
            picked: Floats = np.take(inside, middles - edges[0])
            return picked
        x: Floats = self._every_16th_x.view[middles // FANOUT]
        for end in (0, -1):  # a bucket that is cut off may lie within 16 rows
            row = int(middles[end])
            x[end] = self._parts(row, row + 1)[0][0, 0]
        return x

    def _extremes(self, name: str, edges: npt.NDArray[np.int64], size: int) -> tuple[Floats, Floats]:
        """Least and greatest value in each bucket. All but the first and the last are whole blocks of a level."""
        block, low, high = self._pyramids[name].level_for(size)
        if block == 1:
            y = self.rows(name, int(edges[0]), int(edges[-1]))[1]
            starts = edges[:-1] - edges[0]
            return np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
        first, last = int(edges[1]) // block, int(edges[-2]) // block
        lows = np.fmin.reduce(low[first:last].reshape(-1, size // block), axis=1)
        highs = np.fmax.reduce(high[first:last].reshape(-1, size // block), axis=1)
        ends = [self._extremes_of(name, int(edges[0]), int(edges[1]), block)]
        if len(edges) > 2:
            ends.append(self._extremes_of(name, int(edges[-2]), int(edges[-1]), block))
        low_ends, high_ends = zip(*ends, strict=True)
        return (
            np.concatenate([low_ends[:1], lows, low_ends[1:]]),
            np.concatenate([high_ends[:1], highs, high_ends[1:]]),
        )

    def _extremes_of(self, name: str, start: int, end: int, block: int) -> tuple[float, float]:
        """Of the rows from `start` up to `end`: whole blocks from the level, the rest from the rows themselves."""
        _, low, high = self._pyramids[name].level_for(block)
        first, last = -(-start // block), min(end // block, len(low))
        if last <= first:
            first = last = end // block
            rest = self.rows(name, start, end)[1]
        else:
            rest = np.concatenate([self.rows(name, start, first * block)[1], self.rows(name, last * block, end)[1]])
        return (
            float(np.fmin.reduce(np.concatenate([low[first:last], rest]))),
            float(np.fmax.reduce(np.concatenate([high[first:last], rest]))),
        )


def _buckets(start: int, end: int, size: int) -> int:
    return (end - 1) // size - start // size + 1
