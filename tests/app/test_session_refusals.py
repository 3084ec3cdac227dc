"""What a run refuses that is no setting: nothing is put back, and a person hears of it where it matters."""

import pytest
from session_tools import MakeSession, Watcher

from trainers.events import ValueRefused


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
