"""The point of no return in the traces: where it stands, when it is looked for, and what is said while it is not known."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from played_engine import PlayedLine
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.trace_painter import RowPicture
from app.simulation.biology.stage import FindNoReturn

ShowPanel = Callable[..., NeuronPanel]
Play = Callable[[NeuronPanel, float], None]
Rest = Callable[[NeuronPanel], None]


@pytest.fixture
def rest(qtbot: QtBot) -> Rest:
    """rest(panel): wait until all that it looks for is found and drawn."""

    def wait(panel: NeuronPanel) -> None:
        qtbot.waitUntil(lambda: not panel.is_busy and not panel.is_waiting_to_draw)

    return wait


@pytest.fixture
def panel(show_panel: ShowPanel, play: Play, rest: Rest) -> NeuronPanel:
    """Nine inputs have come, and the cell stands 1 ms later."""
    panel = show_panel()
    panel.session.clock.has_slow_motion = False
    panel.hand.fire_count(9)
    play(panel, 0.2)
    panel.act()
    play(panel, 0.1)
    rest(panel)
    return panel


def row(panel: NeuronPanel) -> RowPicture:
    panel.page.traces.grab()
    return panel.page.traces.painter.rows[0]


def sought(line: PlayedLine) -> list[int]:
    return [command.step for command in line.sent if isinstance(command, FindNoReturn)]


def test_it_stands_above_the_soma_by_what_the_engine_found(panel: NeuronPanel) -> None:
    recording = panel.session.recording
    assert recording is not None
    assert panel.session.shown_ms == pytest.approx(1.0, abs=0.05)
    mark = row(panel).mark
    assert mark is not None
    moment, stands, goal = mark
    soma = panel.view.guide.morphology.compartment("soma")
    assert moment == pytest.approx(panel.session.shown_ms, abs=0.05)
    assert stands == pytest.approx(float(recording.frame(moment).voltage_mV[soma]), abs=0.01)
    assert goal == pytest.approx(stands + 1.0)  # nine of the ten that are enough
    assert row(panel).notes == [("Point of no return: 1.0 mV higher", True)]


def test_it_is_a_curve_and_no_line(panel: NeuronPanel) -> None:
    curves = [curve for curve in row(panel).curves if curve.is_dotted]
    assert curves
    highest, lowest = max(c.values.max() for c in curves), min(c.values.min() for c in curves)
    assert highest - lowest > 0.5
    assert all(curve.values.min() > -65.0 for curve in curves)


def test_nothing_is_looked_for_while_the_cell_plays(panel: NeuronPanel, play: Play, line: PlayedLine) -> None:
    panel.act()
    before = len(sought(line))
    play(panel, 0.5)
    assert len(sought(line)) == before


def test_while_it_plays_the_newest_one_that_is_known_stands_with_its_time(panel: NeuronPanel, play: Play) -> None:
    paused_at = panel.session.shown_ms
    panel.act()
    play(panel, 0.2)
    assert panel.session.shown_ms > paused_at + 0.5
    mark = row(panel).mark
    assert mark is not None
    assert paused_at - 0.006 <= mark[0] < paused_at + 0.2  # the engine was a little ahead
    assert row(panel).notes == [(f"Point of no return at {mark[0]:.2f} ms: 1.0 mV higher", True)]
    play(panel, 9.0)  # what was known is out of sight
    assert row(panel).mark is None
    assert row(panel).notes == [("Point of no return: pause to see it", True)]


def test_it_is_in_the_table_of_the_traces(panel: NeuronPanel, rest: Rest, tmp_path: Path) -> None:
    panel.export.save("csv", tmp_path / "t.csv")
    heading, *rows = csv.reader((tmp_path / "t.csv").read_text().splitlines())
    titles = ["Point of no return: time (ms)", "Point of no return: above V (mV, 0: passed)"]
    assert heading[-3:] == [*titles, "Point of no return: at Soma (mV)"]
    told = [tuple(float(cell) for cell in row[-3:]) for row in rows if row[-1]]
    known = panel.desk.no_return.rises.known
    assert [(round(time / 0.01), rise) for time, rise, _ in told] == sorted(known.items())
    recording = panel.session.recording
    assert recording is not None
    soma = panel.view.guide.morphology.compartment("soma")
    for time, rise, level in told:
        assert level - rise == pytest.approx(float(recording.frame(time).voltage_mV[soma]), abs=0.01)
    QTest.keyClick(panel, Qt.Key.Key_T)
    panel.export.save("csv", tmp_path / "t.csv")
    assert "no return" not in (tmp_path / "t.csv").read_text()


def test_while_it_is_computed_that_is_said_and_the_cell_goes_on(
    show_panel: ShowPanel, play: Play, line: PlayedLine, qtbot: QtBot
) -> None:
    panel = show_panel()
    line.is_held = True
    panel.session.step(4.0)
    line.release()
    line.is_held = True
    qtbot.waitUntil(lambda: panel.desk.no_return.is_busy and not panel.is_waiting_to_draw)
    assert row(panel).notes == [("Point of no return: being computed …", True)]
    assert len(sought(line)) - len(set(sought(line))) == 0
    asked = len(sought(line))
    line.release()
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert len(sought(line)) > asked
    assert row(panel).mark is not None


def test_scrubbing_looks_for_the_moment_shown_first(panel: NeuronPanel, line: PlayedLine, rest: Rest) -> None:
    before = len(sought(line))
    panel.session.step(-0.37)
    rest(panel)
    assert sought(line)[before] == round(panel.session.shown_ms / 0.01)
    mark = row(panel).mark
    assert mark is not None
    assert mark[0] == pytest.approx(panel.session.shown_ms, abs=0.006)


def test_a_worker_that_dies_meanwhile_leaves_nothing_waiting_and_the_next_is_asked(
    panel: NeuronPanel, line: PlayedLine, rest: Rest, qtbot: QtBot
) -> None:
    line.is_held = True
    panel.session.step(-0.37)
    qtbot.waitUntil(lambda: panel.desk.no_return.is_busy and not panel.is_waiting_to_draw)
    assert row(panel).notes == [("Point of no return: being computed …", True)]
    asked = len(sought(line))
    line.kill()
    qtbot.waitUntil(lambda: not panel.is_waiting_to_draw)
    assert not panel.is_busy
    assert row(panel).notes == []
    line.is_held = False
    panel.session.recover()
    rest(panel)
    assert len(sought(line)) > asked
    mark = row(panel).mark
    assert mark is not None
    assert mark[0] == pytest.approx(panel.session.shown_ms, abs=0.006)


def test_past_it_and_out_of_reach_are_said(show_panel: ShowPanel, play: Play, rest: Rest) -> None:
    panel = show_panel()
    panel.session.clock.has_slow_motion = False
    panel.hand.fire_count(9)
    panel.hand.fire((9, 10))
    play(panel, 0.2)
    panel.act()
    play(panel, 0.1)
    rest(panel)
    assert row(panel).notes == [("Point of no return passed: it fires by itself", True)]
    panel.session.step(1.5)
    rest(panel)
    assert row(panel).notes == [("Point of no return: out of reach", True)]


def test_it_looks_the_same_whatever_was_looked_at_meanwhile(panel: NeuronPanel, rest: Rest) -> None:
    traces = panel.page.traces
    moment = panel.session.shown_ms
    before = traces.grab().toImage()
    known = len(panel.desk.no_return.rises.known)
    for step in (-0.37, -0.21, 0.11):
        panel.session.step(step)
        rest(panel)
    traces.zoom(0.4)
    rest(panel)
    traces.zoom(2.5)
    panel.session.step(moment - panel.session.shown_ms)
    rest(panel)
    assert len(panel.desk.no_return.rises.known) > known
    assert traces.grab().toImage() == before


def test_it_is_looked_for_where_the_window_is_dragged_to(panel: NeuronPanel, rest: Rest) -> None:
    panel.session.step(40.0)
    rest(panel)
    traces = panel.page.traces
    traces.grab()
    begin = traces.window_ms[0]
    QTest.mousePress(traces, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    QTest.mouseMove(traces, QPoint(600, 60))
    QTest.mouseRelease(traces, Qt.MouseButton.LeftButton, pos=QPoint(600, 60))
    low = traces.window_ms[0]
    assert low < begin - 2.0
    rest(panel)
    first = min(curve.times_ms.min() for curve in row(panel).curves if curve.is_dotted)
    assert first == pytest.approx(low, abs=0.01)


def test_another_run_from_here_forgets_what_came_later(panel: NeuronPanel, rest: Rest) -> None:
    seeker = panel.desk.no_return
    assert max(seeker.rises.known) > 60
    panel.session.show_moment(0.5)
    panel.hand.fire((20,))
    assert max(seeker.rises.known, default=0) < 50
    panel.session.restart()
    rest(panel)
    assert set(seeker.rises.known) <= {0, 1, 2, 3}


def test_its_key_takes_it_away_undoably_and_it_is_in_the_state(panel: NeuronPanel, rest: Rest) -> None:
    assert panel.state()["traces"]["has_no_return"] is True
    QTest.keyClick(panel, Qt.Key.Key_T)
    assert panel.state()["traces"]["has_no_return"] is False
    assert row(panel).mark is None
    assert row(panel).notes == []
    assert not [curve for curve in row(panel).curves if curve.is_dotted]
    panel.workspace.document.undo_stack.undo()
    assert panel.state()["traces"]["has_no_return"] is True
    rest(panel)
    assert panel.page.tools.no_return_action.isChecked()


def test_the_line_of_the_moment_leaves_out_its_words(panel: NeuronPanel) -> None:
    voltage = row(panel)
    painter = panel.page.traces.painter
    first, *_ = painter.upright(voltage.rect.right() - 1.0)
    assert first[0] > voltage.rect.top()
    assert painter.upright(voltage.rect.left()) == [(voltage.rect.top(), painter.rows[-1].rect.bottom())]
