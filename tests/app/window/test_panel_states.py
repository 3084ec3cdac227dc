"""What the panels show outlives the window: kept at closing, put back at opening, and one bad entry spoils no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.panel import Panel, PanelSpec, State, StateError
from app.panel_states import PanelStates

SPEC = PanelSpec("tally", "Tally", "", "", "", not_remembered=("work", "view.range"))


class Tally(Panel):
    """Counts; refuses what is below 0."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # it asks nothing of a workspace
        self.shown: State = {"count": 0, "work": "mine", "view": {"range": None, "rows": 1}}
        self.opened_state = self.state()

    def state(self) -> State:
        return dict(self.shown)

    def apply(self, state: State) -> None:
        if state["count"] < 0:
            raise StateError("count is below 0.", "count")
        self.shown = dict(state)


@pytest.fixture
def tally(qtbot: QtBot) -> Callable[[], Tally]:
    def build() -> Tally:
        panel = Tally()
        qtbot.addWidget(panel)
        return panel

    return build


def test_a_panel_shows_what_it_showed_but_not_the_work_that_was_on_the_table(
    tally: Callable[[], Tally], tmp_path: Path
) -> None:
    file = tmp_path / "panels.json"
    before = tally()
    before.shown = {"count": 3, "work": "old", "view": {"range": [0, 9], "rows": 2}}
    PanelStates(file).keep([(SPEC, before)])
    states, after = PanelStates(file), tally()
    assert states.give_back(after, SPEC) == ""
    assert after.shown == {"count": 3, "work": "mine", "view": {"rows": 2}}
    after.reset()
    assert after.shown["count"] == 0, "Home is the panel as it opens without a past"
    states.keep([])  # this time it was not opened
    assert PanelStates(file).give_back(again := tally(), SPEC) == ""
    assert again.shown["count"] == 3


def test_nothing_is_written_of_panels_that_stand_as_they_open(tally: Callable[[], Tally], tmp_path: Path) -> None:
    file = tmp_path / "panels.json"
    PanelStates(file).keep([(SPEC, tally())])
    assert not file.exists()


def test_what_cannot_be_shown_any_more_is_one_sentence_and_spoils_no_other(
    tally: Callable[[], Tally], tmp_path: Path
) -> None:
    file = tmp_path / "panels.json"
    file.write_text(json.dumps({"tally": {"count": -1}, "other": {"count": 5}, "gone": {}}))
    states, panel = PanelStates(file), tally()
    sentence = states.give_back(panel, SPEC)
    assert sentence == "Tally opens afresh: what it showed last cannot be shown any more. count is below 0."
    assert panel.shown == panel.opened_state
    other = tally()
    assert states.give_back(other, PanelSpec("other", "Other", "", "", "")) == ""
    assert other.shown["count"] == 5


def test_a_torn_file_is_put_aside_and_a_folder_that_takes_none_is_told_of(
    tally: Callable[[], Tally], tmp_path: Path
) -> None:
    file = tmp_path / "panels.json"
    for torn in (b'{"tally": {"cou', b"[1]", b"\xff\xfe"):
        file.write_bytes(torn)
        states = PanelStates(file)
        assert states.trouble is not None
        assert (tmp_path / "panels.torn.json").read_bytes() == torn
        assert states.give_back(tally(), SPEC) == ""
    (tmp_path / "file").write_text("no folder")
    nowhere = PanelStates(tmp_path / "file" / "panels.json")
    panel = tally()
    panel.shown = {**panel.shown, "count": 1}
    nowhere.trouble = None
    nowhere.keep([(SPEC, panel)])
    assert nowhere.trouble is not None
    assert nowhere.trouble.endswith(".")


def test_the_next_window_shows_the_activation_panel_as_it_was_left(
    build_window: Callable[..., Any], qtbot: QtBot
) -> None:
    first = build_window()
    panel = first.show_panel("activation")
    fresh = panel.state()
    panel.curves.apply({**panel.curves.state(), "selected": 3})
    panel.show_view("maxout")
    left = panel.state()
    first.close()
    file = first.workspace.settings.panel_states_file
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "hardware": {"gpu": -1}}))
    second = build_window()
    again = second.show_panel("activation")
    assert again.state() == left
    assert again.opened_state == fresh
    assert second.workspace.document.undo_stack.isClean()
    assert second.message_bar.current is None
    second.show_panel("hardware")
    assert second.message_bar.current is not None
    assert second.message_bar.current.text.startswith("Hardware opens afresh: ")
