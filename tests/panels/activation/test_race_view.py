"""The view of the race, used as a person uses it; the race is played by the test, so nothing takes time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from played_race import PlayedRaces
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.panel import ActivationPanel
from app.panels.activation.race.exports import write_race
from app.panels.activation.race.state import KILLING_RATE
from app.panels.activation.race.surface_card import SurfaceCard
from app.panels.activation.race.view import RaceView
from app.workspace import Workspace
from trainers.errors import BadInput

Show = Callable[..., ActivationPanel]


@pytest.fixture
def races(workspace: Workspace) -> PlayedRaces:
    races = PlayedRaces()
    races.complained.connect(workspace.warn)
    workspace._activations = races  # type: ignore[assignment]
    return races


@pytest.fixture
def messages(workspace: Workspace) -> list[str]:
    said: list[str] = []
    workspace.message_posted.connect(lambda message: said.append(message.text))
    return said


@pytest.fixture
def panel(races: PlayedRaces, show: Show) -> ActivationPanel:
    panel = show()
    panel.show_view("race")
    return panel


@pytest.fixture
def view(panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot) -> Iterator[RaceView]:
    view = panel.front
    assert isinstance(view, RaceView)
    races.answer()
    settle(qtbot, view)
    yield view
    view.close_view()


def settle(qtbot: QtBot, view: RaceView) -> None:
    qtbot.waitUntil(lambda: not view.is_busy)


def undo(panel: ActivationPanel) -> None:
    panel.workspace.document.undo_stack.undo()


def titles(view: RaceView) -> list[str]:
    return [card.title for card in view.board.grid.cards]


def choose(card: SurfaceCard, words: str) -> None:
    """Choose an entry of a card's menu (offscreen, a menu that pops up complains that it cannot have the keyboard)."""
    menu = card.build_menu()
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()
    menu.close()


def drag_rate(qtbot: QtBot, view: RaceView, share: float) -> None:
    """Take the slider's handle and let it go at `share` of its width."""
    slider = view.toolbar.rate.slider
    width, middle = slider.width(), slider.height() // 2
    start = QPoint(round(14 / 2 + (width - 14) * slider.value() / slider.maximum()), middle)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(slider, QPoint(round((start.x() + share * width) / 2), middle))
    qtbot.mouseMove(slider, QPoint(round(share * width), middle))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(share * width), middle))


def picture(view: RaceView, racer: int = 0) -> QImage:
    return view.board.grid.cards[racer].grab().toImage()


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
    assert view.board.grid.cards[2].lines[1] == "16 of 32 dead"
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
    assert card.title == "Leaky ReLU, was ReLU"
    assert card.lines[1] == "0 of 32 dead"
    assert "dead 16 before, 0 after: 16 revived" in view.board.news.text()
    assert view.toolbar.steps.text() == "48"  # it went on where it was
    undo(panel)
    races.answer()
    settle(qtbot, view)
    assert card.title == "ReLU"


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


def test_three_clicks_kill_and_revive(panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    button = view.side.guide.button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    races.run(200)
    settle(qtbot, view)
    assert titles(view) == ["ReLU", "Leaky ReLU"]
    assert view.board.grid.cards[0].lines[1] == "0 of 32 dead"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view.toolbar.rate.value() == KILLING_RATE
    races.run(80)
    view.act()
    settle(qtbot, view)
    assert view.board.grid.cards[0].lines[1] == "16 of 32 dead"
    assert "ReLU: 16 of 32 units dead" in view.side.guide.text.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    races.run(80)
    view.act()
    settle(qtbot, view)
    assert view.board.grid.cards[0].lines[1] == "0 of 32 dead"
    assert "16 dead before, 0 dead now" in view.side.guide.text.text()
    assert view.toolbar.steps.text() == "360"
    assert panel.workspace.document.undo_stack.count() == 3


# --- racers and settings ------------------------------------------------------------------------------------------------


def test_racers_come_and_go(view: RaceView, races: PlayedRaces, qtbot: QtBot, messages: list[str]) -> None:
    assert not view.side.picker.isEnabled()  # six race
    for _ in range(4):
        choose(view.board.grid.cards[0], "Remove")
        races.answer()
        settle(qtbot, view)
    assert titles(view) == ["Maxout", "ELU"]
    view.hand.remove(0)
    assert messages == ["A race needs 2 activations: add another one first."]
    place = view.side.picker.findText("GELU")
    view.side.picker.setCurrentIndex(place)
    view.side.picker.activated.emit(place)
    races.answer()
    settle(qtbot, view)
    assert titles(view) == ["Maxout", "ELU", "GELU"]
    assert view.toolbar.steps.text() == "0"


def test_other_points_begin_a_new_race_that_waits(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    view.act()
    races.run(40)
    place = view.side.data.findData("moons")
    view.side.data.setCurrentIndex(place)
    view.side.data.activated.emit(place)
    races.answer()
    settle(qtbot, view)
    assert races.started[-1].data == "moons"
    assert races.race_state == "standing"
    assert view.toolbar.steps.text() == "0"


def test_of_a_drag_of_the_noise_only_the_last_waits(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    before = len(races.started)
    for noise in (0.2, 0.3, 0.4, 0.5):  # nothing is answered meanwhile
        view.hand.move({"noise": noise})
    assert len(races.started) == before + 1
    races.answer()
    settle(qtbot, view)
    assert len(races.started) == before + 2
    assert races.started[-1].noise == 0.5


def test_reset_keeps_the_seed_and_the_dice_change_it(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    view.hand.step()
    races.answer()
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "1"
    qtbot.mouseClick(view.toolbar.reset_button, Qt.MouseButton.LeftButton)
    races.answer()
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "0"
    assert races.started[-1] == races.started[0]
    qtbot.mouseClick(view.toolbar.dice_button, Qt.MouseButton.LeftButton)
    races.answer()
    assert races.started[-1].seed == 1
    assert view.side.seed.value() == 1


def test_home_goes_back_to_the_start(panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    panel.opened_state = panel.state()
    view.act()
    races.run(40)
    panel.reset()
    races.answer()
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "0"
    assert races.race_state == "standing"


def test_a_wheel_over_the_column_changes_nothing(view: RaceView, races: PlayedRaces) -> None:
    box = view.side.data
    middle = QPointF(box.rect().center())
    turn = QWheelEvent(
        middle, box.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert box.currentData() == "spiral"
    assert len(races.started) == 1


@pytest.mark.parametrize("text", ["", "16, x", "0", "1000", "1 2 3 4 5 6 7 8 9"])
def test_widths_that_are_none_are_refused_in_one_sentence(
    view: RaceView, qtbot: QtBot, messages: list[str], text: str
) -> None:
    view.side.hidden.setText(text)
    view.side.hidden.editingFinished.emit()
    assert messages[-1].endswith("names no hidden layers: give 1 to 8 widths from 1 to 128, such as 16, 16.")
    assert view.side.hidden.text() == "16, 16"


def test_widths_that_are_typed_make_another_net(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    view.side.hidden.selectAll()
    qtbot.keyClicks(view.side.hidden, "8 8 4")
    qtbot.keyClick(view.side.hidden, Qt.Key.Key_Return)
    races.answer()
    settle(qtbot, view)
    assert races.started[-1].hidden == (8, 8, 4)
    assert view.board.grid.cards[2].lines[1] == "0 of 20 dead"


# --- what else can happen -----------------------------------------------------------------------------------------------


def test_a_hidden_view_holds_its_race_and_goes_on(panel: ActivationPanel, view: RaceView, races: PlayedRaces) -> None:
    view.act()
    races.run(16)
    panel.show_view("curves")
    assert races.race_state == "standing"
    panel.show_view("race")
    assert races.race_state == "running"
    assert len(races.started) == 1


def test_a_lost_worker_is_one_sentence_and_space_begins_anew(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot, messages: list[str]
) -> None:
    view.act()
    races.run(16)
    races.lose()
    settle(qtbot, view)
    assert messages == ["The process of the activation panel was killed."]
    assert view.board.news.text() == "The process of the activation panel was killed. Space begins the race anew."
    assert not view.is_busy
    panel.act()
    races.run(24)
    view.act()
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "24"
    assert "killed" not in view.board.news.text()


def test_the_hand_turns_the_clock_in_equal_portions(view: RaceView, races: PlayedRaces, qtbot: QtBot) -> None:
    view.advance(0.0)
    view.advance(1.0)
    assert view.is_busy
    races.answer()
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "240"
    assert view.link.record is not None
    assert view.link.record.dead_steps.rows[:, 0].tolist() == [float(step) for step in range(0, 241, 8)]
    assert races.race_state == "standing"


def test_a_demonstration_plays_and_can_be_undone(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    panel.demonstrate({"view": "race", "activations": ["relu", "leaky_relu"], "learning_rate": 1.0})
    races.run(24)
    settle(qtbot, view)
    assert titles(view) == ["ReLU", "Leaky ReLU"]
    assert races.race_state == "running"
    assert view.state()["plays"] is False
    view.act()
    settle(qtbot, view)
    assert view.board.grid.cards[0].lines[1] == "16 of 32 dead"
    undo(panel)
    races.answer()
    settle(qtbot, view)
    assert len(titles(view)) == 6


def test_a_refused_state_leaves_all_as_it_was(panel: ActivationPanel, view: RaceView, races: PlayedRaces) -> None:
    state = panel.state()
    with pytest.raises(StateError) as refusal:
        panel.apply({**state, "views": {"race": {**view.state(), "noise": 2.0}}})
    assert refusal.value.key == "views.race.noise"
    assert panel.state() == state
    assert len(races.started) == 1


@pytest.mark.parametrize("theme_name", ["paper", "night", "projector"])
def test_pictures_and_words_find_their_place_in_every_theme(
    view: RaceView, panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot, theme_name: str
) -> None:
    panel.workspace.theme.set_name(theme_name)
    for width, height in ((1280, 800), (1920, 1080), (900, 600)):
        panel.resize(width, height)
        for count in (6, 3, 2):
            view.apply({**view.state(), "racers": [{"kind": "relu"}] * count})
            races.answer()
            settle(qtbot, view)
            cards = view.board.grid.cards
            assert len(cards) == count
            for card in cards:
                place = card._picture_place()
                assert card.rect().contains(place.toRect())
                assert place.width() == place.height()
                assert place.width() > (60 if width > 1000 else 16)


def test_saving_a_picture_a_drawing_and_the_losses(
    view: RaceView, races: PlayedRaces, qtbot: QtBot, tmp_path: Path
) -> None:
    view.advance(0.5)
    races.answer()
    settle(qtbot, view)
    record = view.link.record
    assert record is not None
    for kind in ("png", "svg", "csv"):
        write_race(tmp_path / f"race.{kind}", view.board, record)
    assert QImage(str(tmp_path / "race.png")).width() == view.board.width()
    assert "Leaky ReLU" in (tmp_path / "race.svg").read_text()
    assert len((tmp_path / "race.csv").read_text().splitlines()) == 121
    with pytest.raises(BadInput):
        write_race(tmp_path / "race.csv" / "race.csv", view.board, record)  # a file is no folder


def test_every_control_has_a_name_and_says_what_it_does(view: RaceView) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider

    for kind in (QAbstractButton, QComboBox, QLineEdit, QSlider):
        for control in view.findChildren(kind):
            if control.isVisible() and control.objectName() != "qt_spinbox_lineedit":
                named: Any = control
                assert named.accessibleName() or getattr(named, "text", str)(), named
