"""What a run refuses that is no setting: nothing is put back, and a person hears of it where it matters."""

import msgspec
import pytest
from session_tools import MakeSession, Watcher

from trainers.events import CheckpointSaved, ValueRefused


@pytest.mark.parametrize(("name", "told"), [("checkpoint", ["The disk is full."]), ("inputs", [])])
def test_a_refusal_of_something_that_is_no_setting_puts_nothing_back(
    make_session: MakeSession, name: str, told: list[str]
) -> None:
    session = make_session()
    watcher = Watcher(session)
    complaints: list[str] = []
    session.complained.connect(complaints.append)
    before = session.settings
    session._take_in(ValueRefused(3, name, "The disk is full."))
    assert (session.settings, watcher.refusals, complaints) == (before, [], told)
    session._take_in(ValueRefused(4, name, "The disk is full, still."))
    assert complaints == told, "once is enough"
    session._take_in(CheckpointSaved(5, "step-5"))
    session._take_in(ValueRefused(6, name, "The disk is full."))
    assert complaints == 2 * told, "it had taken one since"


def test_a_drawing_that_is_no_network_is_not_trained_and_the_reason_is_told(make_session: MakeSession) -> None:
    session = make_session()
    document = session._document
    told: list[str] = []
    document.training_refused.connect(told.append)
    cut = msgspec.structs.replace(document.drawing, links=document.drawing.links[1:])
    document.draw("Cut", cut)
    for begin in (session.start, session.step_batch, session.step_epoch):
        begin()
        assert session.state == "idle"
    assert len(told) == 3
    assert told[0].startswith("The drawing cannot be trained yet: ")
    document.undo_stack.undo()
    assert not document.is_faulty
    assert document.may_train()
