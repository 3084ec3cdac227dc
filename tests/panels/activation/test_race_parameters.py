"""The parameters of a racer, set in the middle of the race; the race is played by the test, so nothing takes time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from played_race import PlayedRaces
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from race_hands import open_race, settle, titles, undo, view_of

from app.panels.activation.panel import ActivationPanel
from app.panels.activation.race.racer_parameters import RacerParameters
from trainers.activation_lab import ActivationChoice


def test_a_racers_parameters_are_set_from_its_menu_and_its_name_tells_them(
    show: Callable[..., ActivationPanel], races: PlayedRaces, qtbot: QtBot
) -> None:
    panel = open_race(show)
    view = view_of(qtbot, panel, races)
    messages: list[str] = []
    panel.workspace.message_posted.connect(lambda message: messages.append(message.text))
    view.act()
    races.run(40)
    view.act()
    settle(qtbot, view)
    place = titles(view).index("Leaky ReLU")
    card = view.board.grid.cards[place]
    menu = card.build_menu()
    entry = menu.actions()[0]
    assert isinstance(entry, RacerParameters)
    slider = entry.box.sliders["negative_slope"]
    assert slider.value() == pytest.approx(0.1), "the lecture's own"
    slider.field.selectAll()
    qtbot.keyClicks(slider.field, "0.3")
    qtbot.keyClick(slider.field, Qt.Key.Key_Return)
    menu.close()
    races.answer()
    settle(qtbot, view)
    assert view.shown.racers[place] == ActivationChoice("leaky_relu", {"negative_slope": 0.3})
    assert len(races.started) == 1, "its weights are kept: the race goes on"
    assert titles(view)[place] == "Leaky ReLU 0.3"
    assert "Leaky ReLU became Leaky ReLU 0.3 at step 40" in view.board.news.text()
    assert panel.workspace.document.undo_stack.undoText() == "Set Leaky ReLU 0.3"
    undo(panel)
    races.answer()
    settle(qtbot, view)
    assert titles(view)[place] == "Leaky ReLU"
    assert messages == []
    for name in ("ReLU", "Maxout"):
        without = view.board.grid.cards[titles(view).index(name)].build_menu()
        assert not isinstance(without.actions()[0], RacerParameters), "it has none"
        without.close()
