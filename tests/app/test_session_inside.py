"""What is within the network is told while it trains, where it stands, after its end, and before its beginning."""

from collections.abc import Callable

import msgspec
from pytestqt.qtbot import QtBot
from session_tools import MakeSession, Watcher, settle

from app.training_session import TrainingSession
from trainers.events import NetworkInside
from trainers.network_graph import NetworkGraph


def weights_told(session: TrainingSession) -> list[float]:
    newest = session.inside.newest
    assert newest is not None
    return [round(value, 3) for value in newest.weights["line.weight"][0].tolist()]


def wait_for_look(qtbot: QtBot, session: TrainingSession) -> NetworkInside:
    qtbot.waitUntil(lambda: session.inside.newest is not None and session.is_sleeping)
    assert session.inside.newest is not None
    return session.inside.newest


def test_what_is_wanted_is_asked_of_whatever_network_there_is(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(answer="numpy_jobs:answer")
    watcher = Watcher(session)
    session.inside.want("a panel", ("line",))
    session.inside.choose_sample(3)
    assert session.is_sleeping  # nothing was begun for it
    session.look_inside()
    assert wait_for_look(qtbot, session).step == 0
    assert weights_told(session) == [0, 0, 0, 0]
    assert session.state == "idle"
    session.inside.choose_sample(-1)  # counted round: the test set is known by now
    qtbot.waitUntil(lambda: session.inside.newest is not None and session.inside.newest.sample == 63)

    session.step_batch(3)
    settle(qtbot, session, "paused")
    assert wait_for_look(qtbot, session).step == 3
    assert session.inside.newest is not None
    assert session.inside.newest.sample == 63
    session.set_weight("line.weight", (0, 2), 8.5)
    session.inside.want("another", ("line",), responses=True)
    qtbot.waitUntil(lambda: weights_told(session)[2] == 8.5)

    session.stop()
    settle(qtbot, session, "finished")
    qtbot.waitUntil(lambda: session.is_sleeping and weights_told(session)[2] == 8.5)
    last = session.inside.newest
    assert last is not None
    known = msgspec.structs.replace(last, gradients={"line.weight": last.inputs}, gradient_norms={"line": 1.0})
    session.inside.note(known)
    session.inside.choose_sample(2)  # the checkpoint holds no gradients: those of its step stay
    qtbot.waitUntil(lambda: session.inside.newest is not None and session.inside.newest.sample == 2)
    assert session.inside.newest.gradient_norms == {"line": 1.0}
    session.inside.want("a panel")
    session.inside.want("another")
    told = len(watcher.of(NetworkInside))
    session.look()
    settle(qtbot, session, "finished")
    assert len(watcher.of(NetworkInside)) == told

    forgotten = []
    session.inside.forgotten.connect(lambda: forgotten.append(True))
    session.set_data(msgspec.structs.replace(session.data, seed=9))
    assert session.inside.newest is None
    assert forgotten


def test_a_network_that_is_changed_or_cannot_be_looked_into_is_let_go(
    qtbot: QtBot, make_session: MakeSession, make_network: Callable[..., NetworkGraph]
) -> None:
    session = make_session()
    session.inside.want("a panel", ("line",))
    session.look_inside()
    wait_for_look(qtbot, session)
    session.set_setting("seed", 4)  # other weights
    assert session.inside.newest is None
    session.look_inside()
    wait_for_look(qtbot, session)
    heard: list[str] = []
    session.complained.connect(heard.append)
    broken = make_network("other", bad_data=True)
    session._document.set_graph(
        msgspec.structs.replace(broken, layers=(*broken.layers[:1], msgspec.structs.replace(broken.layers[1], parameters={"units": 2})))
    )  # fmt: skip
    assert session.inside.newest is None
    session.look_inside()
    qtbot.waitUntil(lambda: bool(heard))
    assert "moonlight" in heard[0]
    settle(qtbot, session, "idle")
