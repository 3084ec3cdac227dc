"""The neuron panel on the real engine in a real worker: first movement, conditions, a killed worker, closing in mid-spike."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import held_models
import psutil
import pytest
from played_engine import NoMonitor, NoTraining, come_to_life
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.neuron_session import NeuronSession
from app.panels.neuron.benches.cell.presets import put
from app.panels.neuron.panel import NeuronPanel
from app.simulation.biology.stage import Answer, StagePlan
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.network_files import load_preset

pytestmark = [pytest.mark.xdist_group("biology"), pytest.mark.timeout(300)]
COLD = 180_000  # ms: kernels are compiled once for the suite, on a machine that does other things too


@pytest.fixture
def real(one_worker: NeuronSession) -> NeuronSession:
    """A calm, healthy cell."""
    one_worker.plan = StagePlan()
    come_to_life(one_worker)
    one_worker.clock.set_speed(5.0)
    return one_worker


@pytest.fixture
def mortal(qtbot: QtBot) -> Iterator[NeuronSession]:
    """A cell with a worker of its own."""
    session = NeuronSession()
    come_to_life(session)
    yield session
    session.shutdown()


def show(qtbot: QtBot, theme: Theme, session: NeuronSession, folder: Path) -> NeuronPanel:
    document = NetworkDocument(load_preset("lenet5"))
    workspace = Workspace(document, NoTraining(), NoMonitor(), UserSettings(folder), theme, session)  # type: ignore[arg-type]
    document.setParent(workspace)
    panel = NeuronPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(1260, 640)
    theme.put_on_stylesheet()
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def run_for(qtbot: QtBot, session: NeuronSession, seconds: float) -> None:
    session.advance(seconds)
    qtbot.waitUntil(lambda: not session.is_busy, timeout=60_000)


def test_inputs_that_fire_move_what_is_drawn(qtbot: QtBot, theme: Theme, real: NeuronSession, tmp_path: Path) -> None:
    """How soon, tests/benchmarks/first_movement.py measures: no test fails on a clock."""
    panel = show(qtbot, theme, real, tmp_path)
    before, picture = real.shown_ms, panel.view.grab().toImage()
    panel.hand.fire_count(12)
    qtbot.waitUntil(lambda: real.shown_ms > before + 1.0 and not panel.is_waiting_to_draw)
    assert panel.view.grab().toImage() != picture
    real.clock.is_playing = False
    panel.close_panel()


def test_nine_fail_ten_fire_and_conditions_do_as_they_say(qtbot: QtBot, real: NeuronSession) -> None:
    real.clock.set_speed(100.0)
    real.clock.has_slow_motion = False
    outcomes: dict[str, tuple[int, int]] = {}
    for name, preset, count in (
        ("nine", "healthy", 9),
        ("ten", "healthy", 10),
        ("anaesthetic", "anaesthetic", 20),
        ("ms", "ms", 12),
        ("cold", "cold", 12),
        ("epilepsy", "epilepsy", 1),
    ):
        real.change(put(preset, StagePlan()))
        real.restart()
        qtbot.waitUntil(lambda: real.state == "ready")
        real.fire(tuple(range(count)))
        run_for(qtbot, real, 0.4)
        assert real.recording is not None
        places = [spike.place for spike in real.recording.spikes]
        outcomes[name] = (places.count("soma"), places.count("bouton"))
    epileptic = outcomes.pop("epilepsy")
    assert outcomes == {"nine": (0, 0), "ten": (1, 1), "anaesthetic": (0, 0), "ms": (1, 0), "cold": (1, 1)}
    assert epileptic[0] > 4


def test_a_killed_worker_is_replaced_and_nothing_is_lost(qtbot: QtBot, mortal: NeuronSession) -> None:
    mortal.clock.set_speed(20.0)
    mortal.fire(tuple(range(6)))
    run_for(qtbot, mortal, 0.2)
    token = mortal.inject(0, 0.3)
    run_for(qtbot, mortal, 0.1)
    mortal.withdraw(token)
    mortal.fire(tuple(range(12)))
    run_for(qtbot, mortal, 0.1)
    shown = mortal.shown_ms
    assert mortal.worker_pid is not None
    with qtbot.waitSignal(mortal.failed) as told:
        os.kill(mortal.worker_pid, signal.SIGKILL)
    assert "killed" in told.args[0]
    mortal.recover()
    qtbot.waitUntil(lambda: mortal.state == "ready", timeout=COLD)
    assert mortal.shown_ms == shown
    mortal.show_moment(40.0)
    qtbot.waitUntil(lambda: not mortal.is_busy)
    assert mortal.recording is not None
    went_on = mortal.recording.frame(mortal.last_ms)
    spikes = list(mortal.recording.spikes)
    mortal.load(mortal.plan, mortal.script, 40.0, plays=False)  # the same life in one piece
    qtbot.waitUntil(lambda: mortal.state == "ready" and not mortal.is_busy)
    undisturbed = mortal.recording.frame(mortal.last_ms)
    assert undisturbed.time_ms == went_on.time_ms
    assert undisturbed.voltage_mV.tobytes() == went_on.voltage_mV.tobytes()
    assert undisturbed.gates.tobytes() == went_on.gates.tobytes()
    assert mortal.recording.spikes == spikes
    assert len(mortal.spikes_ms) == 1


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where the first model of a worker with the engine of held_models knocks, and waits until it is hung up on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60.0)
        monkeypatch.setenv("PYTHONPATH", str(Path(held_models.__file__).parent))
        monkeypatch.setenv(held_models.PORT, str(server.getsockname()[1]))
        yield server


@pytest.fixture
def held(gate: socket.socket) -> Iterator[NeuronSession]:
    """A cell whose models wait at the gate."""
    session = NeuronSession(engine=held_models.ENGINE)
    come_to_life(session)
    session.clock.set_speed(5.0)
    yield session
    session.shutdown()


def test_a_playing_cell_is_not_held_up_by_models_and_is_the_same(
    qtbot: QtBot, held: NeuronSession, gate: socket.socket
) -> None:
    answers: dict[int, object] = {}
    held.answered.connect(answers.__setitem__)
    held.fire(tuple(range(12)))
    asked = [held.call("axon-pair", {"diameter": 5.0 + number}) for number in range(8)]
    held.clock.is_playing = True
    held.clock.has_slow_motion = False

    def play(is_over: Callable[[], bool]) -> None:
        def is_played() -> bool:
            held.tick(1 / 60)
            return is_over()

        qtbot.waitUntil(is_played, timeout=60_000)

    play(lambda: held.shown_ms >= 5.0)
    model, _ = gate.accept()  # it has been running all the while
    assert not answers
    model.close()
    play(lambda: len(answers) == len(asked) and held.shown_ms >= 8.0)
    assert list(answers) == asked
    assert all(isinstance(answer, Answer) for answer in answers.values())
    qtbot.waitUntil(lambda: not held.is_busy, timeout=60_000)
    beside = held.recording
    assert beside is not None
    spikes = [spike for spike in beside.spikes if spike.time_ms <= 8.0]
    frames = [beside.frame(moment).voltage_mV for moment in (4.0, 7.5)]
    come_to_life(held)
    held.fire(tuple(range(12)))
    run_for(qtbot, held, 1.8)
    assert held.recording is not None
    assert [spike for spike in held.recording.spikes if spike.time_ms <= 8.0] == spikes
    for moment, frame in zip((4.0, 7.5), frames, strict=True):
        assert held.recording.frame(moment).voltage_mV == pytest.approx(frame, abs=0.1)  # between two rows


def test_closing_in_mid_spike_leaves_nothing(
    qtbot: QtBot, count_turns: Callable[[], Any], theme: Theme, mortal: NeuronSession, tmp_path: Path
) -> None:
    panel = show(qtbot, theme, mortal, tmp_path)
    panel.hand.fire_count(14)
    qtbot.waitUntil(mortal.is_spike_in_flight)
    pid = mortal.worker_pid
    assert pid is not None
    with count_turns() as turns:
        mortal.shutdown()
        panel.close_panel()
        panel.close()
    assert turns.seconds < 1
    assert not psutil.pid_exists(pid)


def test_nonsense_gets_one_sentence(qtbot: QtBot, real: NeuronSession) -> None:
    told: list[str] = []
    real.complained.connect(told.append)
    real.fire((99,))
    real.fire((0,), (-5.0,))
    real.fire((0,), (float("nan"),))
    real.inject(9_999, 1.0)
    real.inject(0, float("nan"))
    real.inject(0, 1.0, -1.0)
    qtbot.waitUntil(lambda: len(told) == 6)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in told)
    assert real.script_lines() == ()
    run_for(qtbot, real, 0.1)
    assert real.state == "ready"
