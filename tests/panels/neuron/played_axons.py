"""Answers of the model `axon-pair` that are quick to make and easy to foresee: a bump that travels at a given velocity. No test."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.simulation.biology.stage import Answer, Refused

NODES = 41
START_MS = 0.1
FAST, SLOW = 25.0, 2.0  # m/s
LATE_MS = 0.5  # behind the intact axon, where an internode is thin


def bump(x_mm: np.ndarray, times_ms: np.ndarray, velocity: float, stops_mm: float = np.inf) -> np.ndarray:
    """-65 mV, and 100 mV above it at the place where the impulse is; (times, places)."""
    at = np.minimum((times_ms[:, None] - START_MS) * velocity, stops_mm)
    wide = velocity * 0.3
    is_there = (times_ms[:, None] >= START_MS) & ((times_ms[:, None] - START_MS) * velocity < stops_mm + 3 * wide)
    return -65.0 + 100.0 * np.exp(-(((x_mm[None, :] - at) / wide) ** 2)) * is_there


def answer(token: int, options: dict[str, Any]) -> Answer:
    """What the played model says to `options`."""
    pitch = options["internode"] * 1e-3
    places = np.arange(NODES) * pitch
    length = float(places[-1])
    end = length / SLOW + 1.0
    times = np.arange(0.0, end, 0.02)
    fast = FAST * options["diameter"] / 10.0
    strips = options["strips"]
    stops = min((places[strip[0]] for strip in strips if strip[2] == 0 and len(strip) == 3), default=np.inf)
    late = LATE_MS * len(strips)
    x_fast = np.linspace(0.0, length, 4 * 40 + 1)
    x_slow = np.linspace(0.0, length, 101)
    arrivals = [
        START_MS + place / fast + LATE_MS * sum(number > strip[0] for strip in strips)
        for number, place in enumerate(places)
    ]
    reached: list[float | None] = [
        time if place <= stops else None for time, place in zip(arrivals, places, strict=True)
    ]
    conducts = reached[-1] is not None
    apart = options.get("second_stimulus")
    values: dict[str, Any] = {
        "velocity_m_per_s": {"myelinated": fast if conducts else None, "bare": SLOW},
        "ratio": fast / SLOW if conducts else None,
        "arrivals_ms": {"myelinated": reached, "bare": (START_MS + places / SLOW).tolist()},
        "conducts": {"myelinated": conducts, "bare": True},
        "spikes_at_end": {"myelinated": (2 if apart and apart > 1.6 else 1) if conducts else 0, "bare": 1},
        "places_mm": places.tolist(),
        "bare_mm": length,
    }
    traces: dict[str, np.ndarray] = {
        "t_ms": times,
        "myelinated_x_mm": x_fast,
        "myelinated_mV": bump(x_fast, times, fast, stops).astype(np.float32),
        "bare_x_mm": x_slow,
        "bare_mV": bump(x_slow, times, SLOW).astype(np.float32),
    }
    if strips:
        values["intact_arrivals_ms"] = (START_MS + places / fast).tolist()
        values["delay_ms"] = late if conducts else None
        traces["intact_x_mm"] = x_fast
        traces["intact_mV"] = bump(x_fast, times, fast).astype(np.float32)
    return Answer(step=0, token=token, values=values, traces=traces)


class PlayedSession(QObject):
    """What a bench needs of the session: `call` notes a question, `pay` answers all that are open."""

    answered = Signal(int, object)
    state_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.state = "ready"
        self.asked: list[dict[str, Any]] = []
        self._open: list[tuple[int, dict[str, Any]]] = []

    def call(self, model: str, options: dict[str, Any]) -> int:
        """A token; nothing is answered yet."""
        assert model == "axon-pair"
        self.asked.append(options)
        self._open.append((len(self.asked), options))
        return len(self.asked)

    def pay(self) -> None:
        """Answer everything, also what is asked upon an answer."""
        while self._open:
            token, options = self._open.pop(0)
            self.answered.emit(token, answer(token, options))

    def start_anew(self) -> None:
        """As the session does: gives up what it owes, starts, is ready."""
        self.refuse("The cell was started anew.")
        self.state = "starting"
        self.state_changed.emit("starting")

    def become_ready(self) -> None:
        """The new cell is there."""
        self.state = "ready"
        self.state_changed.emit("ready")

    def refuse(self, reason: str) -> None:
        """Refuse what is open."""
        while self._open:
            token, _ = self._open.pop(0)
            self.answered.emit(token, Refused(step=0, token=token, reason=reason))
