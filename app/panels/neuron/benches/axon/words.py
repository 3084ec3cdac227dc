"""What the axon bench says of a recording at a moment, as sentences and figures. Plain functions; imports no widget."""

from __future__ import annotations

import numpy as np

from app.panels.neuron.benches.axon.recording import AxonPicture, PairRecording
from app.panels.neuron.benches.axon.state import AxonState, Damage, Stripped

WARM_C = 25.0
_LEFT: dict[Damage, str] = {"thin": "2 wraps", "bare": "0 wraps", "channels": "new channels"}


def velocity_text(recording: PairRecording | None, name: str, is_hidden: bool, shown_ms: float) -> str:
    """The measured velocity; is_hidden: it waits for the impulses to have arrived before one's eyes."""
    if recording is None:
        return "–"
    picture = recording.myelinated if name == "myelinated" else recording.bare
    if is_hidden and shown_ms < recording.measured_ms(name):
        return "measuring …" if shown_ms > 0.0 else "? m/s"
    if picture.velocity_m_per_s is None:
        return "no conduction" if not picture.conducts else "–"
    velocity = picture.velocity_m_per_s
    return f"{velocity:.2f} m/s" if velocity < 10.0 else f"{velocity:.1f} m/s"


def ratio_text(ratio: float) -> str:
    """How many times as fast, with three figures."""
    return f"{ratio:.2f}" if ratio < 10.0 else f"{ratio:.1f}"


def live_text(picture: AxonPicture, v_mV: np.ndarray, shown_ms: float, is_owed: bool) -> str:
    """Where the impulse is now; at the beginning, what to do. is_owed: a prediction comes first."""
    active = picture.active_columns(v_mV)
    if shown_ms == 0.0:
        return "at rest: first say what you expect" if is_owed else "at rest: press Space to stimulate it"
    if not len(active):
        return "nothing above −40 mV now"
    if len(picture.node_columns):
        front = int(np.searchsorted(picture.node_columns, active[-1]))
        nodes = "node" if len(active) == 1 else "nodes"
        return f"front at node {front} of 40; {len(active)} {nodes} above −40 mV now"
    wide = sum(end - start for start, end in picture.stretches_mm(v_mV))
    return f"front at {picture.x_mm[active[-1]]:.1f} mm; {wide:.1f} mm above −40 mV now"


def myelinated_verdict(recording: PairRecording, state: AxonState) -> str:
    """What has become of the impulse in the myelinated axon."""
    picture = recording.myelinated
    harmed = f"{_harm(state.stripped)}: " if state.stripped else ""
    if not picture.conducts:
        last = picture.last_reached()
        if last is None or last < 2:
            return f"{harmed}no impulse sets off"
        return f"{harmed}blocked" if harmed else f"dies out at node {last}"
    if state.second_ms is not None:
        return f"{harmed}{picture.spikes_at_end} of 2 arrive"
    if recording.delay_ms is not None:
        sign = "+" if recording.delay_ms >= 0 else "−"
        return f"{harmed}{sign}{abs(recording.delay_ms):.2f} ms"
    return f"{ratio_text(recording.ratio)} × the bare axon" if recording.ratio is not None else "arrives"


def _harm(stretches: tuple[Stripped, ...]) -> str:
    if len(stretches) > 1:
        return f"{sum(stretch.count for stretch in stretches)} internodes in {len(stretches)} places"
    (stripped,) = stretches
    where = f"internode {stripped.first}"
    if stripped.count > 1:
        where = f"internodes {stripped.first}–{stripped.first + stripped.count - 1}"
    return f"{where}, {_LEFT[stripped.damage]}"


def bare_verdict(recording: PairRecording, state: AxonState) -> str:
    """What has become of the impulse in the bare axon."""
    picture = recording.bare
    if not picture.conducts:
        heat = state.temperature_C > WARM_C
        return "heat block: its channels close too soon (Hodgkin & Katz 1949)" if heat else "conduction fails"
    if not recording.is_bare_whole:
        return f"recorded over its first {recording.bare_mm:.0f} of {recording.length_mm:.0f} mm"
    if state.second_ms is not None:
        return f"{picture.spikes_at_end} of 2 arrive"
    return "ion channels all along it"


def result_text(recording: PairRecording) -> str:
    """The answer to the question that was asked before."""
    return ratio_result(recording.ratio, recording.myelinated.velocity_m_per_s)


def ratio_result(ratio: float | None, velocity_m_per_s: float | None) -> str:
    """How many times as fast the myelinated axon is, and how fast that is."""
    if ratio is None or velocity_m_per_s is None:
        return "one of the two does not conduct"
    velocity = f"{velocity_m_per_s:.2f}" if velocity_m_per_s < 10.0 else f"{velocity_m_per_s:.1f}"
    return f"{ratio_text(ratio)} × as fast, {velocity} m/s"
