"""The window collects its own garbage, in its own thread."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from pytestqt.qtbot import QtBot

from app import garbage_collection
from app.garbage_collection import WindowCollector


class Cycle:
    """Refers to itself, so that only the collector frees it; notes the thread that does."""

    def __init__(self, freed_in: list[int]) -> None:
        self.me = self
        self._freed_in = freed_in

    def __del__(self) -> None:
        self._freed_in.append(threading.get_ident())


def allocate_in_a_thread() -> None:
    """Enough new containers to set off Python's own collection many times."""
    thread = threading.Thread(target=lambda: [[] for _ in range(200_000)])
    thread.start()
    thread.join()


@pytest.fixture
def collector(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> WindowCollector:
    monkeypatch.setattr(garbage_collection, "INTERVAL_MS", 10)
    return WindowCollector(lambda: True)


def test_a_cycle_is_freed_in_the_windows_thread_only(qtbot: QtBot, collector: WindowCollector) -> None:
    freed_in: list[int] = []
    gc.enable()
    try:
        Cycle(freed_in)
        allocate_in_a_thread()
        assert freed_in
        assert freed_in[0] != threading.get_ident()  # what Python does by itself
        freed_in.clear()

        collector.start()
        Cycle(freed_in)
        allocate_in_a_thread()
        assert not freed_in
        qtbot.waitUntil(lambda: bool(freed_in))
        assert freed_in == [threading.get_ident()]
    finally:
        collector.stop()
        assert gc.isenabled()
        gc.disable()


def test_old_garbage_waits_for_a_calm_moment(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage_collection, "INTERVAL_MS", 5)
    monkeypatch.setattr(garbage_collection, "FULL_EVERY", 12)
    calm = threading.Event()
    collector = WindowCollector(calm.is_set)
    old = Cycle([])
    gc.collect()
    gc.collect()  # it is of the oldest generation now
    ghost = weakref.ref(old)
    del old
    collector.start()
    try:
        qtbot.wait(200)
        assert ghost() is not None
        calm.set()
        qtbot.waitUntil(lambda: ghost() is None)
    finally:
        collector.stop()
