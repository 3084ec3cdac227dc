"""What the competition bench says in words: what the weights have come to, how far and how fast the run is. Imports no widget."""

from __future__ import annotations

import math

from app.panels.neuron.benches.competition.film import Film, Moment
from app.panels.neuron.benches.competition.state import PACES, SYNAPSES, CompetitionState

QUESTION = "1,000 synapses, their weights spread evenly: what will this histogram look like after the run?"
_SOURCE = "(Song, Miller & Abbott 2000, Nat Neurosci 3:919)."
_MODEL = (
    "Inputs fire at random and independently. Each pair of spikes moves a weight by timing alone: input before output up, "
    "after it down, and down a little more (A\u2212/A+)"
)
_LESSON = (  # it would answer the question
    "Synapses that happen to help fire the cell grow and help more; the others fade, and the cell regulates its own rate"
)
_PREPARING = "The cell is being prepared: the first time takes some seconds …"


def caption(*, is_revealed: bool) -> str:
    """The model, and once it may be seen what comes of it."""
    return f"{_MODEL}. {_LESSON} {_SOURCE}" if is_revealed else f"{_MODEL} {_SOURCE}"


def verdict(moment: Moment) -> str:
    """What the weights have come to: "two heaps: 27 % below 0.1, 22 % above 0.9"."""
    low, high = round(100 * moment.weak), round(100 * moment.strong)
    middle = int(moment.histogram[6:14].sum()) / SYNAPSES
    if moment.weak > 0.15 and moment.strong > 0.15 and middle < 0.3:
        heaps = "two heaps"
    elif moment.strong > 0.4:
        heaps = "most of them strong"
    elif moment.weak > 0.4 and moment.strong < 0.15:
        heaps = "most of them weak"
    elif moment.weak > 0.15 or moment.strong > 0.15:
        heaps = "pushed towards the ends"
    else:
        heaps = "still spread out"
    return f"{heaps}: {low} % below 0.1, {high} % above 0.9"


def speed_text(film: Film) -> str:
    """How fast the computation is: "200 s in 1.1 s"; "–" before there is anything."""
    if not film.moments or film.computed_s <= 0:
        return "–"
    return f"{film.last_s:.0f} s in {film.computed_s:.1f} s"


def progress_text(film: Film, state: CompetitionState, *, is_playing: bool) -> str:
    """How far it is and how long it will take before one's eyes."""
    if film.is_running and not film.moments:
        return _PREPARING
    if state.is_over:
        return f"All {state.seconds} s have run."
    if state.reached_s == 0 and not is_playing:
        return ""
    where = f"{state.reached_s:.0f} of {state.seconds} s"
    if not is_playing:
        return f"{where}, paused"
    return f"{where}, {time_left(film, state):.0f} s left"


def time_left(film: Film, state: CompetitionState) -> float:
    """Seconds before one's eyes until the run is over: those of the pace, or of the computation where that is slower."""
    at_pace = (state.seconds - state.reached_s) / PACES[state.pace]
    rate = film.last_s / film.computed_s if film.computed_s > 0 else math.inf
    return max(at_pace, (state.seconds - film.last_s) / rate if rate > 0 else 0.0)
