"""What a person sees of the neuron panel when its worker dies: one sentence in one place, and the cell as it was."""

from __future__ import annotations

from typing import Any

import pytest
from panel_hands import Play, ShowPanel, drawn, image
from played_engine import PlayedLine
from pytestqt.qtbot import QtBot

from app.widgets.message_bar import MessageBar
from app.workspace import Workspace


def test_a_worker_that_dies_is_told_and_brought_back(
    show_panel: ShowPanel, play: Play, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    panel = show_panel()
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    panel.hand.fire_count(12)
    play(panel, 0.6)
    seen = image(panel)
    line.kill()
    drawn(qtbot, panel)
    assert messages == []  # it is said once: over the cell
    assert panel.page.notice.text == "The cell's process was killed. What it did can still be looked at."
    assert not panel.page.notice.button.isHidden()
    assert image(panel)[: 4 * 100] == seen[: 4 * 100]
    shown = panel.session.shown_ms
    panel.page.notice.button.click()
    qtbot.waitUntil(lambda: panel.session.state == "ready")
    assert panel.session.shown_ms == shown
    panel.act()
    play(panel, 0.5)
    assert len(panel.session.spikes_ms) == 1
    assert panel.page.notice.button.isHidden()


def test_that_a_long_life_is_not_lived_through_again_is_said_before_the_button_is_pressed(
    show_panel: ShowPanel, line: PlayedLine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    monkeypatch.setattr("app.cell_life.LONGEST_MS", -1.0)
    line.kill()
    drawn(qtbot, panel)
    assert panel.page.notice.text.endswith("started again, it begins at rest.")
    panel.page.notice.button.click()
    qtbot.waitUntil(lambda: panel.session.state == "ready")
    assert panel.session.shown_ms == 0.0


def test_the_message_of_a_dead_worker_goes_when_another_has_started(
    show_panel: ShowPanel, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    bar = MessageBar(workspace.theme, panel)
    workspace.message_posted.connect(bar.post)
    workspace.message_withdrawn.connect(bar.withdraw)
    panel.hide()  # another panel is looked at
    line.kill()
    assert bar.current is not None
    assert "killed" in bar.current.text
    assert bar.current.action_text == "Start the cell again"
    panel.session.call("fi", {"cell": "lif"})  # as a bench does when Run is pressed
    assert bar.current is None


def test_what_the_message_bar_said_of_a_dead_worker_goes_where_the_cell_is_seen(
    show_panel: ShowPanel, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    bar = MessageBar(workspace.theme)
    qtbot.addWidget(bar)
    workspace.message_posted.connect(bar.post)
    workspace.message_withdrawn.connect(bar.withdraw)
    panel.hide()
    line.kill()
    assert bar.current is not None
    panel.show()
    qtbot.waitUntil(lambda: bar.current is None)
    assert "killed" in panel.page.notice.text


def test_a_bench_that_waits_says_alone_that_the_worker_died(
    show_panel: ShowPanel, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    line.answers_models = False
    panel = show_panel()
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    panel.show_bench("axon")
    bench: Any = panel.stage.front
    qtbot.waitUntil(lambda: bench.is_busy)
    line.kill()
    qtbot.waitUntil(lambda: "killed" in bench.card.message.text())
    assert messages == []
