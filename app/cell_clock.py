"""CellClock: how fast the biology runs before one's eyes, with slow motion while a spike is in flight. Imports neither Qt nor numba."""

from __future__ import annotations

import math

SLOWEST, FASTEST = 0.2, 1000.0  # ms of biology a second: 1 ms = 5 s, and 1 s = 1 s
SLOW_MOTION = 0.5  # ms a second while a spike is in flight: 1 ms = 2 s
EASE = 0.3  # s in which the speed comes to where it is bound
# name -> (ms of biology a second, what it is for)
SPEED_PRESETS: dict[str, tuple[float, str]] = {
    "axon": (0.2, "an impulse on its way: 1 ms = 5 s"),
    "channels": (0.5, "channels that open and close: 1 ms = 2 s"),
    "summation": (5.0, "potentials that add up: 1 ms = 0.2 s"),
    "pairing": (10.0, "pairs of spikes: 10 ms = 1 s"),
    "real time": (1000.0, "as it is in life: 1 s = 1 s"),
}


def speed_text(ms_per_second: float) -> str:
    """The speed as a person reads it: "1 ms = 0.2 s", "10 ms = 1 s", "1 s = 1 s"."""
    if ms_per_second >= FASTEST * 0.9995:
        return "1 s = 1 s"
    if ms_per_second >= 10.0 * 0.9995:
        return f"{ms_per_second:.3g} ms = 1 s"
    return f"1 ms = {1.0 / ms_per_second:.2g} s"


class CellClock:
    """The speed in force. `turn` takes the seconds that have passed and says how many ms of biology they are.

    speed: what a person chose, ms of biology a second. Slow motion bends it, smoothly, while `is_in_flight`.
    """

    def __init__(self, speed: float = SPEED_PRESETS["summation"][0]) -> None:
        self.is_playing = False
        self.has_slow_motion = True
        self._speed = self._current = speed

    @property
    def speed(self) -> float:
        """What a person chose, ms of biology a second."""
        return self._speed

    @property
    def current(self) -> float:
        """The speed at this moment, ms of biology a second: what is written on the screen."""
        return self._current

    def set_speed(self, speed: float) -> None:
        """Choose a speed; kept within SLOWEST and FASTEST. It holds at once: only slow motion is eased."""
        self._speed = self._current = min(max(speed, SLOWEST), FASTEST)

    def turn(self, seconds: float, is_in_flight: bool = False) -> float:
        """ms of biology that `seconds` of the wall's clock are, 0 while it stands."""
        if not self.is_playing or seconds <= 0:
            return 0.0
        is_slow = self.has_slow_motion and is_in_flight
        bound = min(self._speed, SLOW_MOTION) if is_slow else self._speed
        share = 1.0 - math.exp(-seconds / EASE)  # of the way to `bound`, in octaves: halving takes as long as doubling
        self._current *= (bound / self._current) ** share
        if abs(self._current / bound - 1.0) < 1e-3:
            self._current = bound
        return self._current * seconds
