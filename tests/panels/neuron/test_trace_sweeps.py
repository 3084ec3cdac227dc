"""Kept sweeps: laid over the next stimulus, in the file and in the state, forgotten and undone."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.trace_data import Curve
from app.panels.neuron.trace_painter import pieces_within
from app.panels.neuron.trace_sweeps import StimulusFinder

ShowPanel = Callable[..., NeuronPanel]
Play = Callable[[NeuronPanel, float], None]


@pytest.fixture
def panel(show_panel: ShowPanel) -> NeuronPanel:
    """A cell at rest, at an even pace."""
    panel = show_panel()
    panel.session.clock.has_slow_motion = False
    return panel


@pytest.fixture
def stimulate(play: Play, qtbot: QtBot) -> Callable[..., None]:
    """stimulate(panel, count, wait): after `wait` ms of calm in a cell begun anew, so many inputs, and 4 ms of what they do."""

    def run(panel: NeuronPanel, count: int, wait: float = 0.0) -> None:
        panel.session.restart()
        qtbot.waitUntil(lambda: panel.session.state == "ready" and not panel.is_busy)
        panel.session.show_moment(wait)
        qtbot.waitUntil(lambda: not panel.is_busy and not panel.is_waiting_to_draw)
        panel.hand.fire_count(count)
        play(panel, 0.8)
        panel.session.clock.is_playing = False

    return run


Stimulate = Callable[..., None]
Look = Callable[[NeuronPanel, float], None]


@pytest.fixture
def look(qtbot: QtBot) -> Look:
    """look(panel, moment): show that moment, ms, and wait until it is drawn."""

    def show(panel: NeuronPanel, moment: float) -> None:
        panel.session.step(moment - panel.session.shown_ms)
        qtbot.waitUntil(lambda: not panel.is_busy and not panel.is_waiting_to_draw)

    return show


def laid_over(panel: NeuronPanel) -> list[Curve]:
    panel.page.traces.grab()
    return [curve for curve in panel.page.traces.painter.rows[0].curves if curve.is_ghost]


def signs(panel: NeuronPanel) -> list[str]:
    panel.page.traces.grab()
    return [name for _, _, name in panel.page.traces.painter.rows[0].signs]


def test_a_kept_sweep_lies_over_the_next_from_its_first_stimulus_on(panel: NeuronPanel, stimulate: Stimulate) -> None:
    stimulate(panel, 4)
    recording, soma = panel.session.recording, panel.probes.probes[1].compartment
    assert recording is not None
    QTest.keyClick(panel, Qt.Key.Key_K)
    wanted = [float(recording.frame(moment).voltage_mV[soma]) for moment in (0.0, 1.0, 2.5)]
    stimulate(panel, 7, wait=3.0)
    curves = laid_over(panel)
    assert len(curves) == len(panel.probes.probes)
    assert {curve.token for curve in curves} == {f"series_{probe.color % 8}" for probe in panel.probes.probes}
    kept = curves[1]
    found = np.interp([3.0, 4.0, 5.5], kept.times_ms, kept.values)
    assert found == pytest.approx(wanted, abs=0.1)
    assert signs(panel) == ["4 inputs"]


def test_a_kept_spike_keeps_its_height_and_its_slopes(panel: NeuronPanel, stimulate: Stimulate) -> None:
    stimulate(panel, 12)
    recording = panel.session.recording
    assert recording is not None
    QTest.keyClick(panel, Qt.Key.Key_K)
    (sweep,) = panel.page.traces.trace_state.sweeps
    assert len(sweep.times_ms) < 1000
    stimulus = StimulusFinder().find(panel.session.script, panel.session.shown_ms)
    assert stimulus is not None
    for place, row in zip(sweep.probes, sweep.voltage_mV, strict=True):
        times, values = recording.series("voltage_mV", place, 0.0, stimulus.start_ms + sweep.times_ms[-1])
        gap = np.abs(np.interp(times, np.array(sweep.times_ms) + stimulus.start_ms, row) - values)
        assert max(row) == pytest.approx(float(values.max()), abs=0.01)
        assert (gap < 0.3 + 0.03 * np.abs(values + 65.0)).all()


def test_in_a_drawing_for_a_file_no_curve_leaves_its_row(panel: NeuronPanel, stimulate: Stimulate) -> None:
    stimulate(panel, 12)
    QTest.keyClick(panel, Qt.Key.Key_K)
    stimulate(panel, 2)
    panel.page.tools.close_button.toggle()
    drawing = ElementTree.fromstring(panel.export._svg())
    rect = panel.page.traces.painter.rows[0].rect
    lines = [line.get("points", "") for line in drawing.iter("{http://www.w3.org/2000/svg}polyline")]
    assert len(lines) >= 8
    points = np.array([point.split(",") for line in lines for point in line.split()], float)
    assert points[:, 1].min() > rect.top() - 1.0
    assert points[:, 1].max() < rect.bottom() + 1.0


def test_the_close_up_has_room_for_what_is_seen_of_a_kept_spike(
    panel: NeuronPanel, stimulate: Stimulate, look: Look
) -> None:
    stimulate(panel, 12)
    QTest.keyClick(panel, Qt.Key.Key_K)
    stimulate(panel, 2)
    panel.page.tools.close_button.toggle()
    traces = panel.page.traces
    highest = max(curve.values.max() for curve in laid_over(panel))
    assert highest > 20.0
    assert traces.painter.rows[0].high > highest
    traces.follow()
    look(panel, 30.0)  # the window has gone on: the spike is behind it
    for _ in range(120):
        traces.grab()
    assert traces.window_ms[0] > 5.0
    assert traces.painter.rows[0].high < 0.0


def test_a_line_is_cut_where_it_leaves() -> None:
    points = np.array([(0.0, 5.0), (10.0, 5.0), (20.0, 25.0), (30.0, 5.0)])
    first, second = pieces_within(points, QRectF(4.0, 0.0, 100.0, 15.0))
    assert first.tolist() == [[4.0, 5.0], [10.0, 5.0], [15.0, 15.0]]
    assert second.tolist() == [[25.0, 15.0], [30.0, 5.0]]


def test_before_the_next_stimulus_it_is_said_where_they_are(
    panel: NeuronPanel, stimulate: Stimulate, qtbot: QtBot
) -> None:
    stimulate(panel, 4)
    QTest.keyClick(panel, Qt.Key.Key_K)
    panel.session.restart()
    qtbot.waitUntil(lambda: panel.session.state == "ready" and not panel.is_busy and not panel.is_waiting_to_draw)
    assert laid_over(panel) == []
    assert ("1 sweep kept: drawn from the next stimulus on", False) in panel.page.traces.painter.rows[0].notes


def test_every_sweep_is_kept_when_the_next_begins(panel: NeuronPanel, stimulate: Stimulate, play: Play) -> None:
    panel.page.tools.every_sweep_action.trigger()
    for count in (3, 5, 8):
        stimulate(panel, count)
    play(panel, 0.1)
    assert [sweep.name for sweep in panel.page.traces.trace_state.sweeps] == ["3 inputs", "5 inputs"]
    stimulate(panel, 12)
    assert signs(panel) == ["3 inputs", "5 inputs", "8 inputs"]
    peaks = [max(max(row) for row in sweep.voltage_mV) for sweep in panel.page.traces.trace_state.sweeps]
    assert peaks == sorted(peaks)


def test_a_state_that_is_put_there_keeps_nothing_of_what_was(
    panel: NeuronPanel, stimulate: Stimulate, play: Play
) -> None:
    QTest.keyClick(panel, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    assert panel.page.tools.every_sweep_action.isChecked()
    stimulate(panel, 3)
    stimulate(panel, 5)
    kept = panel.state()
    assert len(kept["traces"]["sweeps"]) == 1
    panel.apply(kept)
    play(panel, 0.1)
    assert panel.state()["traces"] == kept["traces"]


def test_a_run_that_is_left_for_another_is_kept_whole(panel: NeuronPanel, stimulate: Stimulate, play: Play) -> None:
    panel.page.tools.every_sweep_action.trigger()
    stimulate(panel, 12)
    panel.session.show_moment(1.0)
    panel.hand.fire((20,))
    play(panel, 0.1)
    (sweep,) = panel.page.traces.trace_state.sweeps
    assert sweep.name == "12 inputs"
    assert max(max(row) for row in sweep.voltage_mV) > 0.0  # the spike, which came after the moment of the branch


@pytest.fixture
def two_stimuli(panel: NeuronPanel, stimulate: Stimulate, play: Play, look: Look) -> None:
    """Every sweep is kept; 3 inputs at 0 ms, 5 at 40 ms, and 4 ms of what they do."""
    panel.page.tools.every_sweep_action.trigger()
    stimulate(panel, 3)
    look(panel, 40.0)
    panel.hand.fire_count(5)
    play(panel, 0.8)
    panel.session.clock.is_playing = False


@pytest.mark.usefixtures("two_stimuli")
def test_going_back_behind_a_stimulus_and_forth_keeps_nothing_twice(panel: NeuronPanel, look: Look) -> None:
    for _ in range(3):
        look(panel, 20.0)
        look(panel, 43.0)
    assert [sweep.name for sweep in panel.page.traces.trace_state.sweeps] == ["3 inputs"]


@pytest.mark.usefixtures("two_stimuli")
def test_nor_in_a_cell_that_a_state_has_brought_back(panel: NeuronPanel, look: Look, play: Play) -> None:
    panel.apply(panel.state())
    play(panel, 0.1)
    for _ in range(3):
        look(panel, 20.0)
        look(panel, 43.0)
    assert [sweep.name for sweep in panel.page.traces.trace_state.sweeps] == ["3 inputs"]


@pytest.mark.usefixtures("two_stimuli")
def test_a_run_that_branches_off_long_after_a_sweep_keeps_it_no_second_time(
    panel: NeuronPanel, look: Look, play: Play
) -> None:
    for count in (7, 9):
        look(panel, 33.0)
        panel.hand.fire_count(count)
        play(panel, 0.8)
        panel.session.clock.is_playing = False
    names = [sweep.name for sweep in panel.page.traces.trace_state.sweeps]
    assert names.count("3 inputs") == 1


@pytest.mark.usefixtures("two_stimuli")
def test_what_is_new_after_a_branch_is_kept(panel: NeuronPanel, look: Look, play: Play) -> None:
    look(panel, 5.0)
    panel.hand.fire_count(2)
    look(panel, 50.0)
    panel.hand.fire_count(4)
    play(panel, 0.2)
    first, second = panel.page.traces.trace_state.sweeps
    assert first.name == "3 inputs"
    assert first.times_ms[-1] == pytest.approx(40.0, abs=0.05)
    assert second.name.endswith("in 4.98 ms")
    assert second.times_ms[-1] == pytest.approx(50.0, abs=0.05)


def test_only_the_last_eight_are_kept(panel: NeuronPanel, stimulate: Stimulate) -> None:
    stimulate(panel, 2)
    for _ in range(10):
        QTest.keyClick(panel, Qt.Key.Key_K)
    assert len(panel.page.traces.trace_state.sweeps) == 8


def test_keeping_and_forgetting_are_undone_one_by_one(panel: NeuronPanel, stimulate: Stimulate) -> None:
    undo = panel.workspace.document.undo_stack
    stimulate(panel, 2)
    QTest.keyClick(panel, Qt.Key.Key_K)
    QTest.keyClick(panel, Qt.Key.Key_K)
    panel.page.tools.forget_sweeps_action.setEnabled(True)
    panel.page.tools.forget_sweeps_action.trigger()
    assert laid_over(panel) == []
    left = []
    for _ in range(3):
        undo.undo()
        left.append(len(panel.page.traces.trace_state.sweeps))
    assert left == [2, 1, 0]


def test_beyond_eight_each_is_undone_by_itself_and_brings_back_what_it_pushed_out(
    panel: NeuronPanel, stimulate: Stimulate
) -> None:
    names = []
    for count in range(1, 11):
        stimulate(panel, count)
        QTest.keyClick(panel, Qt.Key.Key_K)
        names.append(panel.page.traces.trace_state.sweeps[-1].name)
    undo = panel.workspace.document.undo_stack
    for newest in (10, 9, 8, 7):
        assert [sweep.name for sweep in panel.page.traces.trace_state.sweeps] == names[max(newest - 8, 0) : newest]
        undo.undo()
    for _ in range(4):
        undo.redo()
    assert [sweep.name for sweep in panel.page.traces.trace_state.sweeps] == names[2:]


def test_undoing_touches_no_sweep_that_was_kept_by_itself_since(
    panel: NeuronPanel, stimulate: Stimulate, play: Play
) -> None:
    undo = panel.workspace.document.undo_stack

    def kept() -> list[str]:
        return [sweep.name for sweep in panel.page.traces.trace_state.sweeps]

    stimulate(panel, 2)
    QTest.keyClick(panel, Qt.Key.Key_K)
    panel.page.tools.every_sweep_action.trigger()
    for count in (3, 5, 7):
        stimulate(panel, count)
    play(panel, 0.1)
    assert kept() == ["2 inputs", "3 inputs", "5 inputs"]
    undo.undo()  # every sweep is kept
    undo.undo()
    assert kept() == ["3 inputs", "5 inputs"]
    undo.redo()
    assert kept() == ["3 inputs", "5 inputs", "2 inputs"]
    panel.desk.sweeps.forget()
    assert kept() == []
    undo.undo()
    assert kept() == ["3 inputs", "5 inputs", "2 inputs"]


def test_with_nothing_to_keep_it_says_what_to_do(panel: NeuronPanel) -> None:
    told: list[Any] = []
    panel.workspace.message_posted.connect(told.append)
    QTest.keyClick(panel, Qt.Key.Key_K)
    assert panel.page.traces.trace_state.sweeps == ()
    assert "fire inputs or inject current" in told[0].text


def test_they_are_in_the_state_and_in_the_files(panel: NeuronPanel, stimulate: Stimulate, tmp_path: Path) -> None:
    QTest.keyClick(panel, Qt.Key.Key_T)  # the point of no return is a curve as well
    stimulate(panel, 4)
    before = panel.export._svg().count(b"<polyline")
    QTest.keyClick(panel, Qt.Key.Key_K)
    assert panel.export._svg().count(b"<polyline") == before + 4
    panel.export.save("csv", tmp_path / "p.csv")
    rows = list(csv.reader((tmp_path / "p.csv").read_text().splitlines()))
    soma = rows[0].index("sweep 1, 4 inputs: V Soma (mV)")
    assert rows[0][soma - 2] == "sweep 1, 4 inputs: time after the first stimulus (ms)"
    (sweep,) = panel.page.traces.trace_state.sweeps
    column = [float(row[soma]) for row in rows[1:] if row[soma]]
    assert column == pytest.approx(sweep.voltage_mV[1], rel=1e-5)
    kept = panel.state()
    panel.desk.sweeps.forget()
    panel.apply(kept)
    assert panel.page.traces.trace_state.sweeps == (sweep,)
    assert panel.state()["traces"] == kept["traces"]


def test_a_sweep_that_cannot_be_is_refused_by_its_key(panel: NeuronPanel, stimulate: Stimulate) -> None:
    stimulate(panel, 4)
    QTest.keyClick(panel, Qt.Key.Key_K)
    for field, value, trouble in (
        ("times_ms", [3.0, 2.0, 1.0], "one potential for each probe"),
        ("probes", [0, 1, 2, 4000], "beyond"),
        ("voltage_mV", [], "one potential"),
    ):
        broken = panel.state()
        broken["traces"]["sweeps"][0][field] = value
        with pytest.raises(StateError, match=trouble) as told:
            panel.apply(broken)
        assert told.value.key == "traces.sweeps[0]"
