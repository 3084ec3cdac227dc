"""EventQueue: a bounded line between two threads in which pictures merge and metrics never do. Imports neither torch nor Qt."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

import msgspec
import numpy as np

from trainers.events import NetworkInside, Snapshot, StepReport


def merge_snapshots(older: Snapshot | None, newer: Snapshot) -> Snapshot:
    """The newest of each field: what is None in `newer` is taken from `older`."""
    if older is None:
        return newer
    kept = {name: getattr(older, name) for name in Snapshot.__struct_fields__ if getattr(newer, name) is None}
    return msgspec.structs.replace(newer, **{name: value for name, value in kept.items() if value is not None})


def size_of(item: Any) -> int:
    """About how many bytes an event takes on its way."""
    if isinstance(item, StepReport):
        return 200 + 24 * len(item.losses)
    if isinstance(item, msgspec.Struct):
        values = [getattr(item, name) for name in item.__struct_fields__]
        held = [value for table in values if isinstance(table, dict) for value in table.values()]
        return 200 + sum(value.nbytes for value in (*values, *held) if isinstance(value, np.ndarray))
    return 200


class EventQueue:
    """First in, first out, at most about `limit` bytes of events. Of one job's Snapshots that wait only the newest stays,
    with what older ones held beyond it, and only the newest NetworkInside.

    A putter waits while the line is full, so that a window that is stuck holds up a training only then, and nothing is lost.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._line: deque[list[Any]] = deque()  # [job, item, size]; job None: a hole where a picture was
        self._bytes = 0
        self._pictures: dict[type, list[Any]] = {}  # the one of each kind that waits
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._line)

    def put(self, job: int, item: Any) -> None:
        """Add an event (or a reply that keeps its place among them). Does nothing once the line is closed."""
        with self._changed:
            waiting = self._pictures.get(type(item))
            takes_its_place = waiting is not None and waiting[0] == job
            if not takes_its_place and self._bytes >= self._limit:
                self._changed.wait_for(lambda: self._bytes < self._limit or self._is_closed)
            if self._is_closed:
                return
            if waiting is not None and takes_its_place:
                if isinstance(item, Snapshot):
                    item = merge_snapshots(waiting[1], item)
                self._bytes -= waiting[2]
                waiting[:] = (None, None, 0)
            entry = [job, item, size_of(item)]
            self._line.append(entry)
            self._bytes += entry[2]
            if isinstance(item, Snapshot | NetworkInside):
                self._pictures[type(item)] = entry

    def take(self, most_bytes: int) -> list[tuple[int, Any]]:
        """What has waited longest, up to about `most_bytes`; nothing where nothing waits."""
        with self._changed:
            taken: list[tuple[int, Any]] = []
            total = 0
            while self._line and total < most_bytes:
                entry = self._line.popleft()
                if self._pictures.get(type(entry[1])) is entry:
                    del self._pictures[type(entry[1])]
                if entry[0] is not None:
                    taken.append((entry[0], entry[1]))
                    total += entry[2]
            self._bytes -= total
            if taken:
                self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Let everybody go who waits; what still stands in the line can be taken."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
