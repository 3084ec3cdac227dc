"""The click of a spike: what is played, that nothing waits for a device, and silence where there is none."""

from __future__ import annotations

import array
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.spike_sound import MOST_WAITING, Clicker, SpikeSound, click_samples


class PlayedDevice:
    """Stands in for a sound device."""

    opened: threading.Event
    may_open: threading.Event
    devices: list[PlayedDevice]

    def __init__(self, **_options: Any) -> None:
        self.stream: Any = None
        self.is_closed = False
        type(self).may_open.wait(5)
        type(self).devices.append(self)

    def start(self, stream: Any) -> None:
        self.stream = stream
        type(self).opened.set()

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[PlayedDevice]]:
    PlayedDevice.opened, PlayedDevice.may_open, PlayedDevice.devices = threading.Event(), threading.Event(), []
    library = types.ModuleType("played_sound")
    library.PlaybackDevice = PlayedDevice  # type: ignore[attr-defined]
    library.SampleFormat = types.SimpleNamespace(SIGNED16=2)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "played_sound", library)
    yield PlayedDevice
    PlayedDevice.may_open.set()


def loudest(block: bytes) -> int:
    return max(abs(sample) for sample in array.array("h", block))


def test_silence_until_a_click_and_again_after_it() -> None:
    clicker = Clicker()
    assert loudest(clicker.take(500)) == 0
    clicker.add()
    assert loudest(clicker.take(500)) > 1000
    assert loudest(clicker.take(500)) == 0


def test_a_storm_of_spikes_does_not_lag_behind() -> None:
    clicker = Clicker()
    for _ in range(1000):
        clicker.add()
    clicker.take(len(click_samples()) * MOST_WAITING)
    assert loudest(clicker.take(500)) == 0


def test_a_click_may_lie_across_two_blocks() -> None:
    clicker = Clicker()
    clicker.add()
    pieces = b"".join(clicker.take(37) for _ in range(10))
    assert pieces[: 2 * len(click_samples())] == click_samples().tobytes()


def test_switching_on_waits_for_no_device(device: type[PlayedDevice]) -> None:
    sound = SpikeSound("played_sound")
    sound.set_on(True)  # returns though the device does not open
    sound.click()
    assert not device.opened.is_set()
    device.may_open.set()
    assert device.opened.wait(5)
    assert loudest(device.devices[0].stream.send(500)) > 1000
    sound.close()
    assert device.devices[0].is_closed


def test_without_a_library_or_device_it_is_silent() -> None:
    sound = SpikeSound("no_such_library_anywhere")
    sound.set_on(True)
    sound.click()
    sound.close()


def test_off_until_it_is_asked_for_and_one_click_a_spike(
    show_panel: Callable[..., NeuronPanel], play: Callable[[NeuronPanel, float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show_panel()
    assert not panel.sound.is_on
    clicks: list[int] = []
    monkeypatch.setattr(panel.sound, "click", lambda: clicks.append(1))
    panel.hand.fire_count(12)
    play(panel, 2.5)
    assert len(clicks) == len(panel.session.spikes_ms) == 1
