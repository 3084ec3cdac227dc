"""The traces: what they say is what was recorded; decimation keeps the peaks; rows, span, close-up, ghosts, files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panels.neuron.cell_reading import currents
from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.trace_data import decimate
from app.panels.neuron.trace_painter import nice_steps, number_text
from app.workspace import Workspace

ShowPanel = Callable[..., NeuronPanel]
Play = Callable[[NeuronPanel, float], None]


@pytest.fixture
def panel(show_panel: ShowPanel, play: Play) -> NeuronPanel:
    """A cell that has fired and stands."""
    panel = show_panel()
    panel.hand.fire_count(12)
    play(panel, 1.5)
    panel.act()
    play(panel, 0.1)
    return panel


def test_decimation_keeps_every_peak_and_its_place() -> None:
    times = np.linspace(0.0, 100.0, 50_001)
    values = np.sin(times)
    values[12_345], values[40_000] = 40.0, -90.0
    x, y = decimate(times, values, 0.0, 100.0, 500)
    assert len(x) <= 2 * 501
    assert y.max() == 40.0
    assert y.min() == -90.0
    assert abs(x[int(y.argmax())] - times[12_345]) <= 100.0 / 500
    same = decimate(times[:100], values[:100], 0.0, 1.0, 500)
    assert same[0] is not None
    assert len(same[0]) == 100


def test_axes_have_round_places_and_true_minus_signs() -> None:
    assert nice_steps(-90.0, 50.0, 4) == [-50.0, 0.0, 50.0]
    assert nice_steps(0.0, 1.0, 5) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert nice_steps(3.0, 3.0, 5) == []
    assert number_text(-64.96) == "−65.0"
    assert number_text(-0.01) == "0.0"


def test_the_line_of_names_says_what_was_recorded(panel: NeuronPanel) -> None:
    traces, session = panel.page.traces, panel.session
    traces.grab()
    frame = session.frame()
    assert frame is not None
    for entry, probe in zip(traces.painter.legend, panel.probes.probes, strict=True):
        assert f"{number_text(float(frame.voltage_mV[probe.compartment]))} mV" in entry.text
    assert len(traces.painter.legend) == 4
    assert [entry.mark for entry in traces.painter.legend] == ["1", "2", "3", "4"]


def test_the_pointer_reads_the_moment_under_it(panel: NeuronPanel) -> None:
    traces = panel.page.traces
    traces.grab()
    x = round(traces.painter.x(2.0))
    QTest.mouseMove(traces, QPoint(x, traces.height() // 2))
    assert traces.painter.pointer_ms == pytest.approx(2.0, abs=0.05)
    at = traces.painter.pointer_ms
    assert at is not None
    traces.grab()
    recording = panel.session.recording
    assert recording is not None
    wanted = recording.frame(at).voltage_mV[panel.probes.probes[1].compartment]
    assert f"{number_text(float(wanted))} mV" in traces.painter.legend[1].text


def test_a_click_on_a_moment_shows_it(panel: NeuronPanel) -> None:
    traces = panel.page.traces
    traces.grab()
    x = round(traces.painter.x(1.0))
    QTest.mouseMove(traces, QPoint(x, 60))
    QTest.mouseClick(traces, Qt.MouseButton.LeftButton, pos=QPoint(x, 60))
    assert panel.session.shown_ms == pytest.approx(1.0, abs=0.05)


def test_the_wheel_changes_the_span_and_dragging_the_window(panel: NeuronPanel) -> None:
    traces = panel.page.traces
    traces.grab()
    before = traces.trace_state.span_ms
    middle = QPointF(traces.width() / 2, 60)
    wheel = QWheelEvent(
        middle, traces.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    traces.wheelEvent(wheel)
    assert traces.trace_state.span_ms == pytest.approx(0.8 * before)
    assert panel.state()["traces"]["span_ms"] == pytest.approx(0.8 * before)
    QTest.mousePress(traces, Qt.MouseButton.LeftButton, pos=QPoint(400, 60))
    QTest.mouseMove(traces, QPoint(300, 60))
    QTest.mouseRelease(traces, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    assert not traces.is_following
    assert traces.window_ms[0] > 0.0
    QTest.keyClick(traces, Qt.Key.Key_F)
    assert traces.is_following


def test_the_window_scrolls_with_the_moment_shown(panel: NeuronPanel, play: Play) -> None:
    traces = panel.page.traces
    assert traces.window_ms[0] == 0.0
    panel.session.clock.set_speed(100.0)
    panel.act()
    play(panel, 1.0)
    low, high = traces.window_ms
    assert low > 0.0
    assert low < panel.session.shown_ms < high


@pytest.mark.parametrize("row", ["gates", "currents", "synapses", "electrode", "next"])
def test_each_row_can_be_chosen_and_drawn(panel: NeuronPanel, row: str) -> None:
    panel.page.tools.row_actions[row].trigger()
    panel.page.traces.grab()
    shown = {picture.key: picture for picture in panel.page.traces.painter.rows}
    assert list(shown) == ["voltage", row]
    assert all(len(curve.values) > 1 for curve in shown[row].curves)
    assert shown[row].curves


def test_the_last_row_cannot_be_taken_away(panel: NeuronPanel) -> None:
    panel.page.tools.row_actions["voltage"].trigger()
    assert panel.page.traces.trace_state.rows == ("voltage",)
    assert panel.page.tools.row_actions["voltage"].isChecked()


def test_currents_are_those_of_the_reading(panel: NeuronPanel) -> None:
    panel.page.tools.row_actions["currents"].trigger()
    panel.page.traces.grab()
    row = panel.page.traces.painter.rows[1]
    frame = panel.session.recording.frame(1.0)  # type: ignore[union-attr]
    soma = panel.probes.probes[1].compartment
    wanted = currents(frame, soma, panel.view.guide, panel.session.plan)
    for curve, value in zip(row.curves, wanted, strict=True):
        assert float(np.interp(1.0, curve.times_ms, curve.values)) == pytest.approx(value, rel=0.02, abs=0.02)


def test_close_up_fits_small_potentials(show_panel: ShowPanel, play: Play) -> None:
    panel = show_panel()
    panel.hand.fire_count(2)
    play(panel, 1.0)
    QTest.keyClick(panel, Qt.Key.Key_C)
    panel.page.traces.grab()
    row = panel.page.traces.painter.rows[0]
    assert row.high - row.low < 20.0
    most = max(float(curve.values.max()) for curve in row.curves)
    assert row.low < -65.0 < most < row.high


def test_a_run_that_was_left_is_a_grey_ghost(panel: NeuronPanel, play: Play) -> None:
    panel.session.show_moment(0.5)
    panel.hand.fire_count(1)
    play(panel, 0.2)
    panel.page.traces.grab()
    curves = panel.page.traces.painter.rows[0].curves
    ghosts = [curve for curve in curves if curve.is_ghost]
    assert len(ghosts) == len(panel.probes.probes)
    assert max(float(ghost.values.max()) for ghost in ghosts) > 0.0  # it had fired
    assert all(float(curve.values.max()) < -40.0 for curve in curves if not curve.is_ghost)


def test_probes_as_numbers_have_units_and_the_recorded_values(panel: NeuronPanel, tmp_path: Path) -> None:
    path = tmp_path / "probes.csv"
    panel.export.save("csv", path)
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0][:3] == ["time (ms)", "V Dendrite 1, 239 µm from the soma (mV)", "V Soma (mV)"]
    assert rows[0][5:7] == ["electrodes (nA)", "next cell (mV)"]
    beside = (n for n, heading in enumerate(rows[0]) if heading.startswith("Point of no return"))
    recorded = next(beside, len(rows[0]))  # columns that are there only where it was found by now
    table = np.array([row[:recorded] for row in rows[1:]], float)
    recording = panel.session.recording
    assert recording is not None
    assert len(table) == len(recording)
    assert table[:, 2] == pytest.approx(recording.series("voltage_mV", 0, 0.0, 1e9)[1], abs=1e-3)


def test_pictures_are_written_and_say_so(panel: NeuronPanel, tmp_path: Path, workspace: Workspace) -> None:
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    for kind, begins in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        panel.export.save(kind, tmp_path / f"t.{kind}")
        assert (tmp_path / f"t.{kind}").read_bytes().startswith(begins)
    drawing = (tmp_path / "t.svg").read_text()
    assert "polyline" in drawing
    panel.export.save("csv", tmp_path / "t.png" / "t.csv")
    assert len(messages) == 3
    assert "cannot be written" in messages[-1].text


def test_the_film_of_the_last_moments(panel: NeuronPanel, tmp_path: Path, qtbot: QtBot) -> None:
    from PIL import Image

    path = tmp_path / "cell.gif"
    panel.export.save("gif", path)
    assert panel.export.film is not None
    with qtbot.waitSignal(panel.export.film.finished, timeout=60_000):
        pass
    with Image.open(path) as film:
        assert film.n_frames > 10  # type: ignore[attr-defined]  # pictures that are alike are merged
        assert film.width <= 720
        assert (
            film.height > panel.view.height() * film.width / panel.view.width() + 10
        )  # below it: the moment, the speed
        seen = np.asarray(film.convert("RGB"), int).reshape(-1, 3)
        for token in ("accent", "series_2"):  # the electrode, a flag: small, and in their own colours
            color = panel.workspace.theme.color(token)
            gap = np.abs(seen - (color.red(), color.green(), color.blue())).max(axis=1)
            assert gap.min() <= 8
        lines = []
        for number in (0, film.n_frames - 1):  # type: ignore[attr-defined]
            film.seek(number)
            lines.append(np.asarray(film.convert("L"))[-20:])
        assert (lines[0] != lines[1]).any()  # another moment is written there


def test_a_film_can_be_given_up(panel: NeuronPanel, tmp_path: Path, qtbot: QtBot) -> None:
    panel.export.save("gif", tmp_path / "cell.gif")
    film = panel.export.film
    assert film is not None
    with qtbot.waitSignal(film.progressed):
        pass
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.export.film is None
    assert not (tmp_path / "cell.gif").exists()


def test_parameters_as_text(panel: NeuronPanel, qapp: Any) -> None:
    panel.page.tools.export_actions["text"].trigger()
    text = qapp.clipboard().text()
    assert "temperature_C = 18.5  (degC)" in text
    assert "weights_nS = 30 x 1.0" in text
