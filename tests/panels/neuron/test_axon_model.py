"""The axon bench on answers of the real model: the figures that the lecture is about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.neuron_session import NeuronSession
from app.panels.neuron.bench import BenchContext
from app.panels.neuron.benches.axon.bench import AxonBench
from app.panels.neuron.benches.axon.recording import PairRecording
from app.panels.neuron.benches.axon.state import AxonState, Stripped, model_options
from app.panels.neuron.benches.axon.words import bare_verdict, live_text, myelinated_verdict, result_text, velocity_text
from app.simulation.biology.models import find_model, run_model
from app.simulation.biology.request_reading import read_request
from app.widgets.theme import Theme

pytestmark = pytest.mark.xdist_group("biology")


def recorded(**fields: Any) -> tuple[PairRecording, AxonState]:
    """What the model answers to a state of the bench."""
    state = AxonState(**fields)
    spec = find_model("axon-pair")
    result = run_model(spec, read_request(spec, model_options(state)))
    return PairRecording(result.values, result.traces), state


def test_velocities_and_their_ratio_are_read_out() -> None:
    recording, state = recorded()
    assert velocity_text(recording, "myelinated", False, 0.0) == "27.3 m/s"
    assert velocity_text(recording, "bare", False, 0.0) == "1.92 m/s"
    assert myelinated_verdict(recording, state) == "14.2 × the bare axon"
    assert result_text(recording) == "14.2 × as fast, 27.3 m/s"


def test_only_the_front_hops_while_some_fifteen_nodes_stay_depolarised() -> None:
    recording, _ = recorded()
    picture = recording.myelinated
    fronts, counts = [], []
    for time in np.arange(0.7, 1.4, 0.01):
        v_mv = recording.frame(float(time)).myelinated
        front = picture.front_mm(v_mv)
        assert front is not None
        fronts.append(int(np.searchsorted(recording.places_mm, front - 1e-6)))
        counts.append(len(picture.active_columns(v_mv)))
    steps = np.diff(fronts)
    assert set(steps.tolist()) <= {0, 1}  # node by node, none left out
    assert 15 <= float(np.median(counts)) <= 18
    assert "front at node" in live_text(picture, recording.frame(0.8).myelinated, 0.8, False)


@pytest.mark.parametrize(
    ("damage", "words"),
    [("thin", "+0.42 ms"), ("bare", "blocked"), ("channels", "+0.79 ms")],
)
def test_damage_slows_blocks_and_is_rescued(damage: Any, words: str) -> None:
    recording, state = recorded(stripped=(Stripped(20, 1, damage),))
    assert myelinated_verdict(recording, state).endswith(words)
    assert recording.intact is not None
    if damage == "bare":
        assert velocity_text(recording, "myelinated", False, 0.0) == "no conduction"


@pytest.mark.parametrize(("apart", "words"), [(1.5, "1 of 2 arrive"), (1.75, "2 of 2 arrive")])
def test_refractory_period(apart: float, words: str) -> None:
    recording, state = recorded(second_ms=apart)
    assert myelinated_verdict(recording, state) == words


def test_two_impulses_under_way_are_counted_each_for_itself() -> None:
    recording, _ = recorded(second_ms=5.0)
    v_mv = recording.frame(14.0).bare
    stretches = recording.bare.stretches_mm(v_mv)
    assert len(stretches) == 2
    wide = sum(end - start for start, end in stretches)
    assert wide < 4.0 < stretches[1][1] - stretches[0][0]
    assert f"{wide:.1f} mm above −40 mV" in live_text(recording.bare, v_mv, 14.0, False)


def test_what_fails_or_is_not_computed_is_said() -> None:
    hot, state = recorded(temperature_C=37.0)
    assert bare_verdict(hot, state).startswith("heat block")
    thin, state = recorded(wraps=5)
    assert myelinated_verdict(thin, state).startswith(("dies out", "no impulse"))
    long, state = recorded(internode_um=3000.0)
    assert bare_verdict(long, state) == "recorded over its first 50 of 120 mm"
    assert velocity_text(long, "bare", False, 0.0) == "1.92 m/s"


def test_a_moment_between_two_rows_lies_on_a_straight_line() -> None:
    recording, _ = recorded()
    rows = recording.bare.voltage_mV
    assert np.array_equal(recording.frame(0.3).bare, rows[15])
    assert np.allclose(recording.frame(0.31).bare, (rows[15] + rows[16]) / 2, atol=1e-4)
    assert np.array_equal(recording.frame(1e9).bare, rows[-1])
    assert np.array_equal(recording.frame(-1.0).bare, rows[0])


def test_a_cold_cell_answers_the_bench_that_wakes_it(theme: Theme, qtbot: QtBot) -> None:
    session = NeuronSession()
    workspace = cast(Any, SimpleNamespace(theme=theme))
    bench = AxonBench(BenchContext(workspace, session, cast(Any, None), cast(Any, None), lambda *_: None))
    qtbot.addWidget(bench)
    bench.set_shown(True)
    try:
        qtbot.waitUntil(lambda: bench.playback.recording is not None, timeout=60_000)
        recording = bench.playback.recording
        assert recording is not None
        assert recording.myelinated.voltage_mV.dtype == np.float32
        assert velocity_text(recording, "myelinated", False, 0.0) == "27.3 m/s"
        assert not bench.is_busy
    finally:
        bench.close_bench()
        session.shutdown()
