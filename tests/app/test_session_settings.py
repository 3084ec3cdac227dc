"""Settings, data and networks changed while a run stands: what reaches it, what waits, what ends it, what is undone."""

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from session_tools import MakeSession, Watcher, settle

from app.training_session import TrainingSession
from trainers.errors import BadInput
from trainers.events import RunStarted
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice


def test_a_setting_reaches_the_run_and_can_be_undone(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    session.step_batch(2)
    settle(qtbot, session, "paused")
    with qtbot.waitSignal(session.value_set) as heard:
        session.set_setting("learning_rate", 0.5)
    assert heard.args == ["learning_rate", 0.5]
    session.set_setting("learning_rate", 0.25)
    stack = session._document.undo_stack
    assert stack.count() == 1, "changes of one setting that follow one another are one"
    assert stack.undoText() == "Change learning rate"
    with qtbot.waitSignal(session.value_set, check_params_cb=lambda name, value: value == 0.001):
        stack.undo()
    assert session.settings.learning_rate == 0.001
    with qtbot.waitSignal(session.value_set, check_params_cb=lambda name, value: value == 0.25):
        stack.redo()
    assert session.settings.learning_rate == 0.25


def test_changes_of_two_settings_are_undone_one_by_one(make_session: MakeSession) -> None:
    session = make_session()
    session.set_setting("learning_rate", 0.5)
    session.set_setting("batch_size", 16)
    session.set_setting("learning_rate", 0.1)
    stack = session._document.undo_stack
    seen = [(session.settings.learning_rate, session.settings.batch_size)]
    while stack.canUndo():
        stack.undo()
        seen.append((session.settings.learning_rate, session.settings.batch_size))
    assert seen == [(0.1, 16), (0.5, 16), (0.5, 64), (0.001, 64)]


@pytest.mark.parametrize(
    ("name", "value"), [("learning_rate", -1.0), ("epochs", 0), ("optimizer", "magic"), ("hue", 1)]
)
def test_a_value_that_cannot_be_is_refused_in_a_sentence(make_session: MakeSession, name: str, value: Any) -> None:
    session = make_session()
    before = session.settings
    with pytest.raises(BadInput, match=r".+\."):
        session.set_setting(name, value)
    assert session.settings == before
    assert session._document.undo_stack.count() == 0


def test_a_value_that_the_job_refuses_is_put_back_with_its_reason(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(refuses="momentum")
    watcher = Watcher(session)
    session.step_batch()
    settle(qtbot, session, "paused")
    session.set_setting("learning_rate", 0.5)
    session.set_setting("momentum", 0.1)
    assert session.settings.momentum == 0.1
    qtbot.waitUntil(lambda: bool(watcher.refusals))
    assert watcher.refusals == [("momentum", "momentum cannot be changed here.")]
    assert session.settings.momentum == 0.9
    assert session._document.undo_stack.undoText() == "Change learning rate", "there is nothing to undo about it"


def test_seed_and_threads_wait_for_the_next_run(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    watcher = Watcher(session)
    session.step_batch()
    settle(qtbot, session, "paused")
    session.set_setting("seed", 5)
    session.set_setting("threads", 1)
    settle(qtbot, session, "paused")
    assert session.state == "paused"
    session.reset()
    settle(qtbot, session, "paused")
    assert [(run.settings["seed"], run.threads) for run in watcher.of(RunStarted)][-1] == (5, 1)


@pytest.mark.parametrize("what", ["data", "network"])
def test_another_network_or_data_end_the_run_cleanly(
    qtbot: QtBot, make_session: MakeSession, make_network: Callable[..., NetworkGraph], what: str
) -> None:
    session = make_session(step_seconds=0.002)
    watcher = Watcher(session)
    session.set_setting("epochs", 1000)
    session.start()
    qtbot.waitUntil(lambda: len(watcher.losses()) > 15)
    if what == "data":
        session.set_data(DataChoice("moons"))
    else:
        other = make_network()
        layers = (other.layers[0], type(other.layers[1])("line", "dense", {"units": 2}))
        session._document.set_graph(type(other)("wider", layers, other.links, comment=other.comment))
    assert session.state == "idle"
    assert session.history.count("loss") == 0
    settle(qtbot, session, "idle")
    saved = sorted(int(path.name.partition("-")[2]) for path in _runs(session).glob("run-0/*"))
    assert saved[-1] % 10 or saved[-1] > 10, f"its end was saved: {saved}"
    events = len(watcher.events)
    session._document.undo_stack.undo()
    assert session.state == "idle"
    assert len(watcher.events) == events, "nothing of the old run is heard any more"
    session.set_setting("epochs", 1)
    session.start()
    settle(qtbot, session, "finished")


def _runs(session: TrainingSession) -> Any:
    from pathlib import Path

    return Path(session._runs_folder)


def test_moving_a_layer_in_the_drawing_does_not_end_the_run(
    qtbot: QtBot, make_session: MakeSession, make_network: Callable[..., NetworkGraph]
) -> None:
    session = make_session()
    session.step_batch()
    settle(qtbot, session, "paused")
    graph = make_network()
    moved = tuple(type(layer)(layer.name, layer.kind, layer.parameters, (9.0, 9.0)) for layer in graph.layers)
    session._document.set_graph(type(graph)(graph.name, moved, graph.links, comment=graph.comment))
    assert session.state == "paused"
