"""What the tests of the race share: a view over a played session, and what a hand does to it. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Callable

from played_race import PlayedRaces
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.panels.activation.panel import ActivationPanel
from app.panels.activation.race.surface_card import SurfaceCard
from app.panels.activation.race.view import RaceView
from app.workspace import Workspace


def play_races(workspace: Workspace) -> PlayedRaces:
    """Put a played session in the place of the workspace's own."""
    races = PlayedRaces()
    races.complained.connect(workspace.warn)
    workspace._activations = races  # type: ignore[assignment]
    return races


def open_race(show: Callable[..., ActivationPanel]) -> ActivationPanel:
    """The panel with the race in front."""
    panel = show()
    panel.show_view("race")
    return panel


def view_of(qtbot: QtBot, panel: ActivationPanel, races: PlayedRaces) -> RaceView:
    """The race's view, once its racers are there."""
    view = panel.front
    assert isinstance(view, RaceView)
    races.answer()
    settle(qtbot, view)
    return view


def settle(qtbot: QtBot, view: RaceView) -> None:
    qtbot.waitUntil(lambda: not view.is_busy)


def undo(panel: ActivationPanel) -> None:
    panel.workspace.document.undo_stack.undo()


def titles(view: RaceView) -> list[str]:
    return [card.text.title for card in view.board.grid.cards]


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
