"""Racers, settings, states and accidents of the race; the race is played by the test, so nothing takes time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from played_race import PlayedRaces
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from race_hands import choose, open_race, settle, titles, undo, view_of

from app.panel import StateError
from app.panels.activation.panel import ActivationPanel
from app.panels.activation.race.exports import write_race
from app.panels.activation.race.view import RaceView
from trainers.activation_lab import ActivationChoice
from trainers.errors import BadInput
from trainers.own_functions import OwnFunction, OwnFunctions


@pytest.fixture
def panel(races: PlayedRaces, show: Callable[..., ActivationPanel]) -> ActivationPanel:
    return open_race(show)


@pytest.fixture
def view(panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot) -> RaceView:
    return view_of(qtbot, panel, races)


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


def test_functions_of_ones_own_race_too(
    panel: ActivationPanel,
    view: RaceView,
    races: PlayedRaces,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("HILLOCK_DATA_DIR", str(tmp_path))
    knots = {"knots": (-2.0, 0.0, 0.0, 0.0, 2.0, 2.0)}
    panel.show_view("curves")
    OwnFunctions().add(OwnFunction("My swish", "formula", {"text": "x * sigmoid(b*x)", "constants": "b = 1.5"}))
    OwnFunctions().add(OwnFunction("Drawn by me", "drawn", knots))
    panel.show_view("race")
    assert [view.side.picker.itemText(n) for n in range(view.side.picker.count())][-2:] == ["My swish", "Drawn by me"]
    view.hand.step()
    races.answer()
    settle(qtbot, view)
    card = view.board.grid.cards[0]
    menu = card.build_menu()
    others = next(action.menu() for action in menu.actions() if action.text() == "Turn into …")
    next(action for action in others.actions() if action.text() == "My swish").trigger()
    menu.close()
    races.answer()
    settle(qtbot, view)
    assert card.text.title == "My swish, was Sigmoid"
    assert races.race_plan is not None
    assert races.race_plan.racers[0].kind == "formula"
    view.hand.remove(1)
    place = view.side.picker.findText("Drawn by me")
    view.side.picker.setCurrentIndex(place)
    view.side.picker.activated.emit(place)
    races.answer()
    settle(qtbot, view)
    assert titles(view)[-1] == "Drawn by me"
    panel.show_view("curves")
    OwnFunctions().delete("My swish")
    panel.show_view("race")
    assert view.side.picker.findText("My swish") < 0
    assert view.side.picker.findText("Drawn by me") > 0


def test_a_kept_function_that_cannot_race_is_refused_in_one_sentence(
    view: RaceView, races: PlayedRaces, messages: list[str]
) -> None:
    view.hand.turn(0, ActivationChoice("formula", {"text": "x +", "title": "Torn"}))
    assert len(messages) == 1
    assert view.shown.racers[0].kind == "sigmoid"


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


def test_what_leaves_the_race_as_it_is_does_not_begin_it_anew(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot
) -> None:
    view.act()
    races.run(40)
    view.act()
    settle(qtbot, view)
    panel.built("maxout")
    state = panel.state()
    with pytest.raises(StateError):  # the race's part is put there and back again
        panel.apply({**state, "views": {**state["views"], "maxout": {"pieces": 99}}})
    panel.demonstrate({"view": "curves", "functions": ["gelu"]})
    undo(panel)
    panel.show_view("race")
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "40"
    assert len(races.started) == 1


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
    assert view.board.grid.cards[2].text.lines[1] == "0 of 20 dead"


# --- what else can happen -----------------------------------------------------------------------------------------------


def test_a_hidden_view_holds_its_race_and_goes_on(panel: ActivationPanel, view: RaceView, races: PlayedRaces) -> None:
    view.act()
    races.run(16)
    panel.show_view("curves")
    assert races.race_state == "standing"
    panel.show_view("race")
    assert races.race_state == "running"
    assert len(races.started) == 1


def test_a_lost_worker_is_said_once_and_space_begins_anew(
    panel: ActivationPanel, view: RaceView, races: PlayedRaces, qtbot: QtBot, messages: list[str]
) -> None:
    view.act()
    races.run(16)
    races.lose()
    settle(qtbot, view)
    assert messages == [], "the board says it: twice would be once too often"
    assert view.board.news.text() == "The process of the activation panel was killed; Space begins the race anew."
    assert not view.is_busy
    panel.act()
    races.run(24)
    view.act()
    settle(qtbot, view)
    assert view.toolbar.steps.text() == "24"
    assert "killed" not in view.board.news.text()


def test_what_is_clicked_while_torch_loads_runs_as_soon_as_it_can(
    panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot
) -> None:
    view = panel.front
    assert isinstance(view, RaceView)
    qtbot.mouseClick(view.side.guide.button, Qt.MouseButton.LeftButton)
    races.answer()
    races.run(24)
    view.act()
    settle(qtbot, view)
    assert titles(view) == ["ReLU", "Leaky ReLU"]
    assert view.toolbar.steps.text() == "24"


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
    assert view.board.grid.cards[0].text.lines[1] == "16 of 32 dead"
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


@pytest.mark.parametrize(
    ("theme_name", "size", "least", "shape"),
    [
        ("projector", (1280, 800), 165, "over"),  # 143 in a row of six
        ("projector", (1100, 700), 130, "over"),  # 80 with the words beside
        ("paper", (1280, 800), 170, "wide"),  # large enough as it is
        ("projector", (1920, 1080), 240, "above"),
    ],
)
def test_where_room_is_dear_the_words_move_into_the_corners(
    view: RaceView,
    panel: ActivationPanel,
    races: PlayedRaces,
    qtbot: QtBot,
    theme_name: str,
    size: tuple[int, int],
    least: int,
    shape: str,
) -> None:
    panel.workspace.theme.set_name(theme_name)
    panel.resize(*size)
    view.hand.move_rate(0.5)  # kills ReLUs
    view.hand.step()
    races.answer()
    settle(qtbot, view)
    card = view.board.grid.cards[2]
    assert card.shape == shape
    assert card._picture_place().width() >= least
    assert view.board.ranking.isVisible() == (shape != "over")
    assert view.board.grid.height() < 0.7 * view.board.height()
    image = card.grab().toImage()
    ink = panel.workspace.theme.color("text").rgb()
    inked = [y for y in range(image.height()) for x in range(image.width() // 2) if image.pixel(x, y) == ink]
    is_in_picture = max(inked) > card._picture_place().bottom() - 30 if shape == "over" else True
    assert inked
    assert is_in_picture  # its loss and accuracy


def test_in_a_low_dock_the_surfaces_have_all_the_room(
    view: RaceView, panel: ActivationPanel, races: PlayedRaces, qtbot: QtBot
) -> None:
    panel.resize(1280, 800)
    assert view.board.losses.isVisible()
    panel.resize(1280, 380)
    qtbot.waitUntil(lambda: view.board.grid.cards[0]._picture_place().width() > 80)
    assert not view.board.losses.isVisible()
    panel.resize(1280, 800)
    qtbot.waitUntil(view.board.losses.isVisible)


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
