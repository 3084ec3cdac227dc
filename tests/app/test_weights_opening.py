"""Weights opened in the window: what the next run of this network begins with, and no other network's."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file
from session_tools import MakeSession, settle

from app.training_session import TrainingSession
from app.weights_opening import begin_with_weights
from app.widgets.message_bar import Message
from trainers.errors import BadInput
from trainers.first_weights import first_weights
from trainers.layer_catalog import analyse


class Said(list[str]):
    """Where messages go."""

    def emit(self, message: Message) -> None:
        self.append(message.text)


class Table:
    """What of a workspace is asked: the network, the training, and where messages go.

    In no ring with itself: the collector would free changes on the undo stack that the stack frees as well.
    """

    def __init__(self, session: TrainingSession) -> None:
        self.training, self.document = session, session._document
        self.message_posted = self.said = Said()


def test_the_next_run_begins_with_the_weights_until_another_network_is_chosen(
    qtbot: QtBot, make_session: MakeSession, make_network: object, tmp_path: Path
) -> None:
    session = make_session()
    table = Table(session)
    weights = first_weights(analyse(table.document.graph))
    save_file({**weights, "other.bias": np.zeros(2, np.float32)}, tmp_path / "w.safetensors")
    begin_with_weights(table, str(tmp_path / "w.safetensors"))  # type: ignore[arg-type]
    assert table.said == [
        "The training begins with the weights of w.safetensors. In the file, but not in the network: other.bias."
    ]
    assert session.weights == str(tmp_path / "w.safetensors")
    session.step_batch()
    settle(qtbot, session, "paused")
    assert session._record.plan is not None
    assert session._record.plan.weights == session.weights
    stack = table.document.undo_stack
    stack.undo()
    assert (session.weights, session.state) == (None, "idle")
    stack.redo()
    table.document.set_graph(make_network("another", bad_data=True), "Choose")  # type: ignore[operator]
    assert session.weights == str(tmp_path / "w.safetensors"), "only its comment is another"


def test_another_network_begins_with_its_own_weights(make_session: MakeSession, tmp_path: Path) -> None:
    from trainers.network_files import load_preset

    session = make_session()
    (tmp_path / "w.pt").write_bytes(b"looked into by the worker")
    begin_with_weights(Table(session), str(tmp_path / "w.pt"))  # type: ignore[arg-type]
    assert session.weights is not None
    session._document.set_graph(load_preset("xor-mlp"), "Choose")
    assert session.weights is None
    session._document.undo_stack.undo()
    assert session.weights == str(tmp_path / "w.pt")


def test_what_does_not_fit_is_refused_and_nothing_is_changed(make_session: MakeSession, tmp_path: Path) -> None:
    session = make_session()
    save_file({"elsewhere": np.zeros(3, np.float32)}, tmp_path / "w.safetensors")
    for name, said in (("w.safetensors", "fits the network"), ("gone.pt", "no file"), ("gone.safetensors", "no file")):
        with pytest.raises(BadInput, match=said):
            begin_with_weights(Table(session), str(tmp_path / name))  # type: ignore[arg-type]
    assert session.weights is None
    assert not session._document.undo_stack.canUndo()
