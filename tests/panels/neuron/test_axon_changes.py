"""What becomes of the axon bench's state: it comes back, is undone, refused, reset, asked for again. The model is played."""

from __future__ import annotations

from typing import Any

import pytest
from axon_hands import FREE, click_internode, picture
from bench_models import Changes, context_of
from played_axons import PlayedSession
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.neuron.benches.axon.bench import AxonBench
from app.workspace import Workspace


@pytest.fixture
def free(axon_bench: AxonBench, played: PlayedSession) -> AxonBench:
    axon_bench.apply(FREE)
    played.pay()
    return axon_bench


def test_state_goes_out_and_comes_back(free: AxonBench, played: PlayedSession) -> None:
    wanted = {
        **free.state(),
        "diameter_um": 12.0,
        "wraps": 60,
        "stripped": ({"first": 3, "count": 2, "damage": "channels"}, {"first": 20, "count": 1, "damage": "thin"}),
        "second_ms": 2.5,
        "brush": "bare",
        "view": "runs",
        "shown_ms": 1.26,
        "speed": 0.5,
    }
    free.apply(wanted)
    played.pay()
    assert free.state() == wanted
    assert free.playback.shown_ms == 1.26
    assert free.controls.sliders["diameter_um"].value() == 12.0
    before = picture(free)
    free.apply(FREE)
    played.pay()
    assert picture(free) != before
    free.apply(wanted)
    played.pay()
    assert picture(free) == before


NONSENSE: list[tuple[Any, str]] = [
    ({"diameter_um": 0}, "diameter_um"),
    ({"wraps": 2.5}, "wraps"),
    ({"temperature_C": float("nan")}, "temperature_C"),
    ({"stripped": [{"first": 39, "count": 2}]}, "stripped[0].count"),
    ({"stripped": [{"first": 40}]}, "stripped[0].first"),
    ({"colour": "red"}, "colour"),
    ({"schema": 3}, "schema"),
    ({"prediction": {"number": "many"}}, "prediction.number"),
    ([], ""),
]


def test_nonsense_is_refused_with_the_key_named_and_nothing_changes(free: AxonBench) -> None:
    before = free.state()
    for state, key in NONSENSE:
        with pytest.raises(StateError) as caught:
            free.apply(state)
        assert caught.value.key == key
        assert free.state() == before, state


def test_changes_can_be_undone(free: AxonBench, played: PlayedSession, changes: Changes, qtbot: QtBot) -> None:
    free.playback.show_moment(0.8)
    click_internode(qtbot, free, 20)
    played.pay()
    free.playback.show_moment(1.1)
    free.controls.sliders["wraps"].field.setValue(50)
    played.pay()
    assert [text for text, _, _ in changes] == ["Take myelin", "Wraps of myelin 50"]
    _, before, after = changes[-1]
    assert (before["wraps"], after["wraps"]) == (100, 50)
    assert before["shown_ms"] == after["shown_ms"] == 1.1  # undo changes the axon, not the moment
    free.apply(before)
    played.pay()
    assert free.state()["wraps"] == 100
    assert free.playback.shown_ms == 1.1
    free.apply(changes[0][1])
    played.pay()
    assert free.state()["stripped"] == ()


def test_refusal_is_shown_and_the_old_recording_stays(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    recording = free.playback.recording
    free.controls.sliders["wraps"].field.setValue(7)
    played.refuse("The cell's process was ended.")
    qtbot.waitUntil(free.card.message.isVisible)
    assert free.card.message.text() == "The cell's process was ended."
    assert free.playback.recording is recording
    assert not free.is_busy
    free.controls.sliders["wraps"].field.setValue(8)
    played.pay()
    assert not free.card.message.isVisible()
    assert free.playback.recording is not recording


def test_a_question_lost_with_the_cell_is_asked_again(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    free.controls.sliders["wraps"].field.setValue(7)
    before = len(played.asked)
    played.start_anew()
    qtbot.waitUntil(lambda: free.is_busy)
    assert not free.card.message.isVisible()
    played.become_ready()
    qtbot.waitUntil(lambda: len(played.asked) == before + 1)
    assert played.asked[-1]["wraps"] == 7
    played.pay()
    assert not free.is_busy


def test_reset_is_calm_and_forgets_runs(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    free.controls.sliders["wraps"].field.setValue(7)
    played.pay()
    free.playback.show_moment(2.0)
    qtbot.mouseClick(free.card.reset_button, Qt.MouseButton.LeftButton)
    played.pay()
    assert free.state()["wraps"] == 100
    assert len(free.state()["runs"]) <= 1
    assert free.playback.shown_ms == 0.0


def test_a_bench_that_is_not_shown_asks_nothing(workspace: Workspace, played: PlayedSession, qtbot: QtBot) -> None:
    bench = AxonBench(context_of(workspace, played, []))
    qtbot.addWidget(bench)
    bench.apply({"wraps": 20})
    assert not played.asked
    bench.set_shown(True)
    assert played.asked[-1]["wraps"] == 20
    bench.close_bench()
