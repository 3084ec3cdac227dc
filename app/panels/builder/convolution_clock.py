"""How the window slides by itself: a state and seconds in, the next state out. Knows no timer and no widget."""

from __future__ import annotations

import msgspec

from app.panels.builder.convolution_state import ALL, ConvolutionState, begun_anew, with_filled

SLOW = 4.0  # places a second up to which the terms are counted one by one
_REST = 2  # beats of a term for which the finished sum stands before the window goes on


def toggled(state: ConvolutionState) -> ConvolutionState:
    """Playing, or standing. A map that is full, or the last place, begins anew."""
    if not state.positions:
        return msgspec.structs.replace(state, is_playing=False)
    if state.is_playing:
        return with_filled(msgspec.structs.replace(state, is_playing=False, terms=ALL))
    is_over = state.is_full or (state.index == state.positions - 1 and state.terms == ALL)
    return msgspec.structs.replace(begun_anew(state) if is_over else state, is_playing=True)


def advanced(state: ConvolutionState, phase: float, seconds: float) -> tuple[ConvolutionState, float]:
    """The state `seconds` later, and how much of its place's time is then over (phase, 0 to 1)."""
    if not state.is_playing or not state.positions:
        return state, 0.0
    phase += seconds * state.speed
    steps = int(phase)
    phase -= steps
    if steps:
        state = with_filled(state, steps)
        last = state.positions - 1
        is_over = state.index + steps > last
        row, column = divmod(min(state.index + steps, last), state.map_shape[1])
        state = msgspec.structs.replace(state, row=row, column=column, terms=ALL)
        if is_over:
            return with_filled(msgspec.structs.replace(state, is_playing=False)), 0.0
    count = state.sliding.count
    terms = int(phase * (count + _REST))
    if state.speed > SLOW or count == 1 or terms >= count:
        return with_filled(msgspec.structs.replace(state, terms=ALL)), phase
    return msgspec.structs.replace(state, terms=terms), phase
