"""The living cell's session: time, stimuli, branches, and a worker that dies; the cell is played, so nothing takes time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.cell_script import read_script
from app.neuron_session import NeuronSession, with_weight
from app.simulation.biology.stage import Advance, Answer, Fire, Refused, Rewind, StagePlan, Withdraw
from app.stage_link import STARTED_ANEW

sys.path.insert(0, str(Path(__file__).parent.parent / "panels" / "neuron"))

from played_engine import PlayedLine

FRAME = 1 / 60


@pytest.fixture
def line() -> PlayedLine:
    return PlayedLine()


@pytest.fixture
def session(qtbot: QtBot, line: PlayedLine) -> Iterator[NeuronSession]:
    session = NeuronSession(line=line)  # type: ignore[arg-type]
    yield session
    session.shutdown()


@pytest.fixture
def live(qtbot: QtBot, session: NeuronSession) -> NeuronSession:
    session.start()
    qtbot.waitUntil(lambda: session.state == "ready")
    return session


def run_for(qtbot: QtBot, session: NeuronSession, seconds: float) -> None:
    session.advance(seconds)
    qtbot.waitUntil(lambda: not session.is_busy)


def picture(session: NeuronSession, time_ms: float) -> bytes:
    assert session.recording is not None
    frame = session.recording.frame(time_ms)
    return frame.voltage_mV.tobytes() + frame.conductance_nS.tobytes()


def sent(line: PlayedLine, kind: type) -> list[object]:
    return [command for command in line.sent if isinstance(command, kind)]


def test_asks_for_no_more_than_its_clock_shows(qtbot: QtBot, live: NeuronSession, line: PlayedLine) -> None:
    live.clock.set_speed(5.0)
    live.toggle()
    run_for(qtbot, live, 1.0)
    assert live.shown_ms == pytest.approx(5.0, abs=0.2)
    assert live.last_ms - live.shown_ms < 0.3
    live.toggle()
    asked = len(line.sent)
    live.tick(FRAME)
    QCoreApplication.processEvents()
    assert len(line.sent) == asked  # who stands asks for nothing


def test_what_a_frame_wants_is_asked_for_behind_its_painting(
    qtbot: QtBot, live: NeuronSession, line: PlayedLine
) -> None:
    live.toggle()
    asked = len(sent(line, Advance))
    live.tick(FRAME)
    assert len(sent(line, Advance)) == asked  # the answer would come into the middle of the frame
    qtbot.waitUntil(lambda: len(sent(line, Advance)) == asked + 1)


@pytest.mark.parametrize("way", ["restart", "stimulus", "shutdown"])
def test_what_a_frame_wanted_is_not_asked_of_another_run(
    qtbot: QtBot, live: NeuronSession, line: PlayedLine, way: str
) -> None:
    live.toggle()
    run_for(qtbot, live, 0.5)
    if way == "stimulus":
        live.step(-live.shown_ms / 2)
        live.toggle()
    live.tick(FRAME)
    asked = len(sent(line, Advance))
    {"restart": live.restart, "stimulus": lambda: live.fire((0,)), "shutdown": live.shutdown}[way]()
    assert not live._painted.is_asked
    QCoreApplication.processEvents()
    if way == "shutdown":
        assert len(sent(line, Advance)) == asked


def test_nine_inputs_fail_and_ten_fire(qtbot: QtBot, live: NeuronSession) -> None:
    for count, spikes in ((9, 0), (10, 1)):
        live.restart()
        qtbot.waitUntil(lambda: live.state == "ready")
        live.fire(tuple(range(count)))
        run_for(qtbot, live, 2.0)
        assert len(live.spikes_ms) == spikes


def test_a_stimulus_in_the_past_branches_and_leaves_a_ghost(
    qtbot: QtBot, live: NeuronSession, line: PlayedLine
) -> None:
    live.clock.has_slow_motion = False
    live.fire(tuple(range(10)))
    run_for(qtbot, live, 2.0)
    assert live.recording is not None
    assert len(live.spikes_ms) == 1
    live.step(-live.shown_ms + 1.0)
    live.fire((0, 1))
    assert live.branch_ms == pytest.approx(1.0)
    assert len(live.recording.ghosts) == 1
    run_for(qtbot, live, 0.5)
    rewinds = sent(line, Rewind)
    assert [rewind.step for rewind in rewinds] == [100]  # type: ignore[attr-defined]
    assert live.last_ms < 5.0
    ghost = live.recording.ghosts[0]
    assert ghost.times_ms[0] == pytest.approx(1.0, abs=0.06)
    assert ghost.times_ms[-1] > 9.0


def test_going_back_and_forth_shows_the_same(qtbot: QtBot, live: NeuronSession) -> None:
    live.fire(tuple(range(12)))
    run_for(qtbot, live, 1.5)
    seen = [picture(live, time) for time in np.arange(0.0, live.last_ms, 0.37)]
    live.show_moment(0.5)
    live.go_live()
    assert [picture(live, time) for time in np.arange(0.0, live.last_ms, 0.37)] == seen


def test_a_current_ends_when_it_is_withdrawn_even_before_it_was_accepted(
    qtbot: QtBot, live: NeuronSession, line: PlayedLine
) -> None:
    token = live.inject(0, 2.0)
    live.withdraw(token)
    run_for(qtbot, live, 0.5)
    assert len(sent(line, Withdraw)) == 1
    frame = live.frame()
    assert frame is not None
    assert frame.current_nA == 0.0
    live.withdraw(token)  # a second time it means nothing
    assert len(sent(line, Withdraw)) == 1


def test_refusals_are_told_and_forgotten(qtbot: QtBot, live: NeuronSession) -> None:
    with qtbot.waitSignal(live.complained) as told:
        live.fire((99,))
    assert told.args == ["There is no such input: the cell has 30."]
    assert live.script_lines() == ()


def test_a_model_answers_or_refuses_by_its_token(qtbot: QtBot, live: NeuronSession) -> None:
    got: dict[int, object] = {}
    live.answered.connect(got.__setitem__)
    good, bad = live.call("fi", {"cell": "lif"}), live.call("nothing", {})
    qtbot.waitUntil(lambda: len(got) == 2)
    answer, refusal = got[good], got[bad]
    assert isinstance(answer, Answer)
    assert answer.values == {"model": "fi", "cell": "lif"}
    assert isinstance(refusal, Refused)
    assert "nothing" in refusal.reason


def test_a_cell_started_anew_still_answers_what_was_asked_before(
    qtbot: QtBot, live: NeuronSession, line: PlayedLine
) -> None:
    got: dict[int, object] = {}
    live.answered.connect(got.__setitem__)
    line.answers_models = False
    token, run = live.call("fi", {"cell": "lif"}), live.start_training("competition", {})
    line.answers_models = True
    live.restart()
    qtbot.waitUntil(lambda: live.state == "ready" and token in got)
    assert isinstance(got[token], Answer)
    refusal = got[run]  # its parts would come twice
    assert isinstance(refusal, Refused)
    assert refusal.reason == STARTED_ANEW


def test_a_dead_worker_answers_what_it_owes_and_the_recording_stays(
    qtbot: QtBot, live: NeuronSession, line: PlayedLine
) -> None:
    live.fire(tuple(range(10)))
    run_for(qtbot, live, 1.0)
    got: list[object] = []
    live.answered.connect(lambda _token, answer: got.append(answer))
    line.is_held = True
    live.call("fi", {})
    with qtbot.waitSignal(live.failed) as told:
        line.kill()
    assert told.args == ["The cell's process was killed."]
    assert isinstance(got[0], Refused)
    assert live.state == "failed"
    assert not live.clock.is_playing
    frame = live.frame()
    assert frame is not None
    assert frame.time_ms == live.shown_ms


def test_recovery_brings_back_the_same_cell_to_the_bit(qtbot: QtBot, session: NeuronSession, line: PlayedLine) -> None:
    def live_through(dies: bool) -> list[bytes]:
        session.restart()
        qtbot.waitUntil(lambda: session.state == "ready")
        session.clock.set_speed(5.0)
        session.fire(tuple(range(7)))
        run_for(qtbot, session, 0.4)
        token = session.inject(3, 0.5)
        run_for(qtbot, session, 0.4)
        session.withdraw(token)
        session.change(with_weight(session.plan, (0, 1), 2.5))
        run_for(qtbot, session, 0.2)
        if dies:
            before = [picture(session, time) for time in np.arange(0.0, session.last_ms, 0.1)]
            shown = session.shown_ms
            line.kill()
            session.recover()
            qtbot.waitUntil(lambda: session.state == "ready")
            assert [picture(session, time) for time in np.arange(0.0, session.last_ms, 0.1)] == before
            assert session.shown_ms == shown
            session.toggle()
        session.fire(tuple(range(12)))
        run_for(qtbot, session, 1.0)
        session.plan = StagePlan()
        return [picture(session, time) for time in np.arange(0.0, session.last_ms, 0.1)]

    undisturbed = live_through(dies=False)
    assert live_through(dies=True) == undisturbed


def test_what_was_asked_while_it_recovers_is_done_after(qtbot: QtBot, live: NeuronSession, line: PlayedLine) -> None:
    live.fire((0,))
    run_for(qtbot, live, 0.5)
    line.kill()
    live.fire(tuple(range(11)))  # brings it back first
    assert live.state == "starting"
    qtbot.waitUntil(lambda: live.state == "ready")
    run_for(qtbot, live, 1.0)
    assert len(live.spikes_ms) == 1
    assert [len(command.inputs) for command in sent(line, Fire)] == [1, 1, 11]  # type: ignore[attr-defined]


def test_a_script_brings_the_cell_back_in_another_session(qtbot: QtBot, live: NeuronSession, line: PlayedLine) -> None:
    live.fire(tuple(range(10)))
    run_for(qtbot, live, 0.3)
    token = live.inject(5, -0.3)
    run_for(qtbot, live, 0.3)
    live.withdraw(token)
    live.change(msgspec.structs.replace(live.plan, temperature_C=6.3))
    run_for(qtbot, live, 1.0)
    live.step(-0.5)
    lines, shown = live.script_lines(), live.shown_ms
    assert [type(line).__name__ for line in lines] == ["FireLine", "InjectLine", "WithdrawLine", "ChangeLine"]
    other = NeuronSession(line=PlayedLine())  # type: ignore[arg-type]
    other.load(live.plan, read_script(StagePlan(), lines), shown, plays=False)
    qtbot.waitUntil(lambda: other.state == "ready" and not other.is_busy)
    assert other.shown_ms == shown
    assert other.plan == live.plan
    assert picture(other, shown) == picture(live, shown)
    assert other.script_lines() == lines
    other.shutdown()


def test_a_script_that_cannot_be_is_refused() -> None:
    raw = [{"type": "fire", "at_ms": 5.0, "inputs": [1]}, {"type": "withdraw", "at_ms": 6.0, "current": 0}]
    from app.cell_script import ScriptLine

    with pytest.raises(ValueError, match="line 1 ends current 0"):
        read_script(StagePlan(), msgspec.convert(raw, tuple[ScriptLine, ...]))
    backwards = [{"type": "fire", "at_ms": 5.0, "inputs": [1]}, {"type": "fire", "at_ms": 4.0, "inputs": [1]}]
    with pytest.raises(ValueError, match="before the line above"):
        read_script(StagePlan(), msgspec.convert(backwards, tuple[ScriptLine, ...]))


def test_nonsense_moments_are_kept_within_what_can_be_shown(qtbot: QtBot, live: NeuronSession) -> None:
    live.show_moment(float("nan"))
    live.show_moment(-5.0)
    assert live.shown_ms == 0.0
    live.step(0.1)
    qtbot.waitUntil(lambda: not live.is_busy)
    assert live.shown_ms == pytest.approx(0.1)
    assert not live.clock.is_playing


def test_dragging_a_slider_while_it_stands_is_one_change(qtbot: QtBot, live: NeuronSession) -> None:
    for weight in (1.1, 1.4, 2.0):
        live.change(with_weight(live.plan, (4,), weight))
    assert len(live.script_lines()) == 1
    assert live.script.last_plan.weights_nS[4] == 2.0
