"""The view of the race, used as a person uses it; the race is played by the test, so nothing takes time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from played_race import PlayedRaces
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from race_hands import choose, drag_rate, open_race, picture, settle, titles, undo, view_of

from app.panels.activation.panel import ActivationPanel
from app.panels.activation.race.state import KILLING_RATE
from app.panels.activation.race.view import RaceView
from app.workspace import Workspace


@pytest.fixture
def panel(races: PlayedRaces, show: Callable[..., ActivationPanel]) -> ActivationPanel:
    return open_race(show)


@pytest.fixture
def view(panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot) -> RaceView:
    return view_of(qtbot, panel, races)


# --- the first look -----------------------------------------------------------------------------------------------------


def test_the_lecture_races_once_it_is_there(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    assert titles(view) == ["Sigmoid", "tanh", "ReLU", "Leaky ReLU", "Maxout", "ELU"]
    assert view.toolbar.steps.text() == "0"
    assert "Space starts the race" in view.board.news.text()
    qtbot.mouseClick(view.toolbar.play_button, Qt.MouseButton.LeftButton)
    races.run(240)
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "240"
    qtbot.mouseClick(view.toolbar.play_button, Qt.MouseButton.LeftButton)
    races.run(240)  # it stands
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "240"
    assert [racer for racer, _ in view.board.ranking.parts] == [5, 4, 3, 2, 1, 0]
    assert view.board.ranking.parts[0][1] == "1. ELU  0.0266"


def test_beside_a_training_a_race_says_why_it_is_slow(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    hint = view.toolbar.hint
    races.note_training("running")
    settle(qtbot, view)
    assert hint.text() == ""  # it stands
    qtbot.mouseClick(view.toolbar.play_button, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert hint.text() == "Slow beside the training"
    races.run(8)
    settle(qtbot, view)
    assert view.toolbar.pace.text() == "240", "with so few pictures the pace is told with each"
    races.note_training("paused")
    settle(qtbot, view)
    assert hint.text() == ""


def test_in_a_hall_six_racers_leave_the_plots_their_room(
    races: PlayedRaces, show: Callable[..., ActivationPanel], workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.theme.set_name("projector")
    panel = show(1280, 630)  # what the window of 1280 x 800 leaves it
    panel.show_view("race")
    view = view_of(qtbot, panel, races)
    view.act()
    races.run(40)
    view.act()
    settle(qtbot, view)
    board = view.board
    assert len(titles(view)) == 6
    assert board.losses.isVisible()
    assert board.losses.plotItem.vb.height() > 3 * board.losses.fontMetrics().height()
    assert not board.ranking.isVisible(), "place and loss stand in the pictures"


def test_while_torch_loads_it_says_so_and_counts(panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot) -> None:
    view = panel.front
    assert isinstance(view, RaceView)
    qtbot.waitUntil(view.board.grid.notice.isVisible)
    assert view.is_busy
    assert races.was_warmed
    for _ in range(4):
        view.link._on_second_passed()
    qtbot.waitUntil(lambda: "4 s so far" in view.board.grid.notice.text())
    races.answer()
    settle(qtbot, view)
    assert not view.board.grid.notice.isVisible()
    assert not view.board.grid.bar.isVisible()


def test_space_in_the_panel_runs_and_holds(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    panel.act()
    assert races.race_state == "running"
    assert view.toolbar.play_button.accessibleName() == "Hold the race"
    panel.act()
    assert races.race_state == "standing"


def test_what_one_paints_is_orange_on_the_right(view: RaceView) -> None:
    image = picture(view)
    card = view.board.grid.cards[0]
    place = card._picture_place()
    left = image.pixelColor(round(place.left() + 4), round(place.bottom() - 4))
    right = image.pixelColor(round(place.right() - 4), round(place.bottom() - 4))
    assert left.blue() > left.red()
    assert right.red() > right.blue()


# --- the learning rate that kills ---------------------------------------------------------------------------------------


def test_dragging_the_rate_up_kills_relus_and_the_words_say_so(
    view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    view.act()
    races.run(100)
    drag_rate(qtbot, view, 0.8)
    assert races.race_plan is not None
    assert races.race_plan.learning_rate > 0.3
    assert races.race_state == "running"  # it went on meanwhile
    races.run(16)
    view.act()
    settle(qtbot, view)
    assert view.board.grid.cards[2].text.lines[1] == "16 of 32 dead"
    assert "ReLU 16 of 32 units (all of hidden layer 1" in view.board.news.text()
    assert len(races.started) == 1  # no new race


def test_a_drag_is_one_step_and_undo_acts_on_the_race(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    races_before = len(races.started)
    drag_rate(qtbot, view, 0.8)
    races.answer()
    assert panel.workspace.document.undo_stack.count() == 1
    undo(panel)
    races.answer()
    assert races.race_plan is not None
    assert races.race_plan.learning_rate == 0.02
    assert view.toolbar.rate.value() == 0.02
    assert len(races.started) == races_before


def test_turning_a_dead_relu_into_leaky_revives_it(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    view.hand.move_rate(1.0)
    view.act()
    races.run(40)
    choose(view.board.grid.cards[2], "Turn into Leaky ReLU")
    races.run(8)
    view.act()
    settle(qtbot, view)
    card = view.board.grid.cards[2]
    assert card.text.title == "Leaky ReLU, was ReLU"
    assert card.text.lines[1] == "0 of 32 dead"
    assert "dead 16 before, 0 after: 16 revived" in view.board.news.text()
    assert view.toolbar.steps.text() == "48"  # it went on where it was
    undo(panel)
    races.answer()
    settle(qtbot, view)
    assert card.text.title == "ReLU"


def test_who_diverged_stays_blank_and_cannot_be_turned(
    view: RaceView, races: PlayedRaces, qtbot: QtBot, messages: list[str]
) -> None:
    view.hand.move_rate(500.0)
    view.act()
    races.run(8)
    view.act()
    settle(qtbot, view)
    assert "ELU diverged at step 1: begin anew" in view.board.news.text()
    assert view.board.grid.cards[5].has_diverged
    assert view.board.ranking.parts[-1][1] == "6. ELU  diverged at 1"
    choose(view.board.grid.cards[5], "Turn into Leaky ReLU")
    assert messages == ["ELU diverged at step 1, its weights are no numbers any more: reset the race (R)."]
    assert view.shown.racers[5].kind == "elu"


def test_four_clicks_kill_and_revive(panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    button, said = view.side.guide.button, view.side.guide.text

    def click(words: str, steps: int) -> str:
        """What the card of the first racer says of the dead after that click and so many steps."""
        assert button.text().endswith(words)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        races.run(steps)
        view.act()
        settle(qtbot, view)
        return view.board.grid.cards[0].text.lines[1]

    assert click("Train both", 200) == "0 of 32 dead"
    assert titles(view) == ["ReLU", "Leaky ReLU"]
    assert click("Learning rate up to 0.5", 80) == "16 of 32 dead"
    assert view.toolbar.rate.value() == KILLING_RATE
    assert "ReLU: 16 of 32 units dead" in said.text()
    assert click("Learning rate back to 0.01", 80) == "16 of 32 dead"
    assert view.toolbar.rate.value() == 0.01
    assert titles(view) == ["ReLU", "Leaky ReLU"]
    assert "16 dead then, 16 now" in said.text()
    plan = races.race_plan
    assert click("Turn ReLU into Leaky ReLU", 80) == "0 of 32 dead"
    assert plan is not None
    assert races.race_plan is not None
    changed = {name for name in plan.__struct_fields__ if getattr(plan, name) != getattr(races.race_plan, name)}
    assert changed == {"racers"}  # nothing else can have revived them
    assert "Same weights, same rate: 16 dead before, 0 dead now" in said.text()
    assert view.toolbar.steps.text() == "440"
    assert panel.workspace.document.undo_stack.count() == 4
    qtbot.mouseClick(view.toolbar.reset_button, Qt.MouseButton.LeftButton)
    races.answer()
    settle(qtbot, view)
    assert said.text().startswith(
        "The race has begun anew since: 0 of 32 units dead"
    )  # nothing was revived in this one


# --- what the words and the plots say -----------------------------------------------------------------------------------


def type_rate(qtbot: QtBot, view: RaceView, text: str) -> None:
    field = view.toolbar.rate.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_rate_typed_in_a_pause_does_not_take_the_deaths_of_the_one_before(
    view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    view.act()
    races.run(100)
    type_rate(qtbot, view, "1000")
    races.run(24)
    view.act()
    type_rate(qtbot, view, "0.0001")
    view.act()
    races.run(8)
    view.act()
    settle(qtbot, view)
    assert view.board.news.text().startswith("Learning rate down from 1,000 to 0.0001 at step 124")
    assert "died since" not in view.board.news.text()
    marks = view.board.losses.layer.drawing.marks
    assert marks == ((100.0, "rate 1,000"), (124.0, "rate 0.0001"))


def test_a_slow_drag_while_it_runs_is_one_change_up_to_a_pause(
    view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    view.act()
    races.run(100)
    slider = view.toolbar.rate.slider
    slider.setSliderDown(True)
    for notch in (600, 650, 700):
        slider.setValue(notch)
        races.run(200)
    record = view.link.record
    assert record is not None
    assert [change.done for change in record.changes] == [100]
    view.act()
    view.act()
    slider.setValue(800)
    races.run(8)
    slider.setSliderDown(False)
    assert [change.done for change in record.changes] == [100, 700]


@pytest.mark.parametrize("theme_name", ["paper", "projector"])
def test_the_news_are_never_cut(
    view: RaceView, panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot, theme_name: str
) -> None:
    panel.workspace.theme.set_name(theme_name)
    view.apply({**view.state(), "racers": [{"kind": "relu"}] * 6})
    races.answer()
    view.hand.move_rate(1000.0)
    view.act()
    races.run(40)
    view.act()
    settle(qtbot, view)
    for width in (1920, 1280, 700):
        panel.resize(width, 800)
        news = view.board.news
        assert "died since" in news.text()
        assert news.heightForWidth(news.width()) <= news.height()


def test_losses_beyond_the_axis_are_told_apart(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    races.loss[:] = [3e8, 6e9, 1.0, 4e20, 1e-30, 0.5]
    view.act()
    races.run(40)
    view.act()
    settle(qtbot, view)
    plot = view.board.losses
    low, high = plot.plotItem.vb.viewRange()[1]
    lines = plot.layer.drawing.lines
    for racer in (0, 1, 2, 5):
        assert low <= lines[racer].y.min()
        assert lines[racer].y.max() < high
    assert lines[3].label == "Leaky ReLU ↑ 3·10²⁰"
    assert lines[4].label == "Maxout < 10⁻⁷"
    assert lines[0].label == "Sigmoid"


def test_the_only_one_without_dead_units_is_named(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.side.guide.button, Qt.MouseButton.LeftButton)
    view.hand.move_rate(1.0)
    races.run(8)
    view.act()
    settle(qtbot, view)
    drawing = view.board.dead.layer.drawing
    assert [line.label for line in drawing.lines] == ["8 ReLU", ""]
    assert drawing.note == "0 Leaky ReLU"


def test_no_racer_has_a_place_before_the_first_step(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    assert view.board.ranking.parts[0] == (0, "Sigmoid  1.0000")
    assert [card.text.place for card in view.board.grid.cards] == [0] * 6
    assert "place" not in view.board.grid.cards[0].accessibleDescription()
    view.hand.step()
    races.answer()
    settle(qtbot, view)
    assert sorted(card.text.place for card in view.board.grid.cards) == [1, 2, 3, 4, 5, 6]
