"""One convolution at work, as a person uses it on the network panel: opened and left, its window dragged, stepped and played."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from convolution_hands import click, drag, middle, page_of, press, undo, with_page_in_front
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from safetensors.numpy import save_file

from app.network_document import NetworkDocument
from app.panel_catalog import build_panel, find_panel
from app.panels.builder.panel import BuilderPanel
from app.training_session import TrainingSession
from app.workspace import Workspace
from trainers.commands import AnyCommand
from trainers.events import CheckpointSaved, NetworkInside


class DeafTraining(TrainingSession):
    """A session without a worker, to which nothing is sent."""

    def __init__(self, document: NetworkDocument) -> None:
        super().__init__(document, "nowhere", document, warm_up=None)

    def _send(self, _command: AnyCommand) -> bool:
        return False


@pytest.fixture
def panel(show: Callable[..., BuilderPanel]) -> BuilderPanel:
    return with_page_in_front(show(1280, 800))


# --- coming and going -----------------------------------------------------------------------------------------------------


def test_the_page_stands_in_place_of_the_drawing_and_escape_leads_back(show: Callable[..., BuilderPanel]) -> None:
    panel = show(1280, 800)
    assert panel.state()["convolution"] is None
    QApplication.sendPostedEvents()  # the palette gets its room
    zoom = panel.board.zoom
    button = next(
        one for one in panel.toolbar.findChildren(QToolButton) if one.accessibleName() == "A convolution at work"
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page = page_of(panel)
    assert (page.isVisible(), panel.room.isVisible(), panel.toolbar.isVisible()) == (True, False, False)
    assert not panel.palette_pane.isVisible()
    panel.convolution.leave()
    assert panel.board.zoom == pytest.approx(zoom, rel=1e-6)
    panel.view.commands.run("at_work")
    panel.resize(1400, 800)
    assert not panel.palette_pane.isVisible()
    press(page.board, Qt.Key.Key_Escape)
    assert (page.isVisible(), panel.room.isVisible(), panel.toolbar.isVisible()) == (False, True, True)
    assert panel.palette_pane.isVisible()
    assert panel.state()["convolution"] is None


def test_opened_by_a_state_the_page_fills_the_panel_and_the_drawing_has_its_room_afterwards(
    workspace: Workspace,
) -> None:
    panel = build_panel(find_panel("builder"), workspace)
    panel.resize(1280, 800)
    panel.apply({"convolution": {"mode": "max", "side": 7}})
    panel.show()
    QApplication.sendPostedEvents()
    assert page_of(panel).geometry() == panel.rect()
    assert page_of(panel).state.map_shape == (3, 3)
    panel.convolution.leave()
    sizes = panel.room.sizes()
    panel.close_panel()
    panel.close()
    assert sizes[0] > 1.3 * sizes[1] > 1.3 * 300


def test_a_chosen_layer_is_taken_as_it_is_and_with_its_trained_kernel(
    show: Callable[..., BuilderPanel], workspace: Workspace, tmp_path: Path
) -> None:
    kernels = np.random.default_rng(1).normal(size=(6, 1, 5, 5)).astype(np.float32)
    save_file({"conv1.weight": kernels, "conv1.bias": np.full(6, 0.25, np.float32)}, tmp_path / "model.safetensors")
    panel = show(1280, 800)
    panel.view.choose_layer("pool1")
    panel.view.commands.run("at_work")
    page = page_of(panel)
    assert (page.state.mode, page.state.sliding.kernel, page.state.sliding.stride) == ("max", 2, 2)
    assert page.bar.origin.text() == "pool1"
    panel.convolution.leave()
    workspace.training.last_saved = (workspace.document.graph, CheckpointSaved(700, str(tmp_path)))  # type: ignore[misc]
    panel.view.choose_layer("conv1")
    menu = panel.view.commands.menu()
    next(action for action in menu.actions() if action.data() == "at_work").trigger()
    menu.deleteLater()
    np.testing.assert_allclose(page.state.kernel, kernels[0, 0], atol=1e-7)
    assert (page.state.bias, page.bar.origin.text()) == (0.25, "conv1, first kernel, step 700")
    undo(panel)
    assert page.state.mode == "max"


def test_a_kernel_follows_its_run_until_it_is_changed_and_again_when_it_is_taken_again(
    show: Callable[..., BuilderPanel], workspace: Workspace
) -> None:
    training = workspace.training = DeafTraining(workspace.document)
    panel = show(1280, 800)
    picture, answer = np.zeros((1, 28, 28), np.float32), np.eye(10, dtype=np.float32)[7]

    def look(step: int) -> np.ndarray:
        """The run tells of this step."""
        kernels = np.random.default_rng(step).normal(size=(6, 1, 5, 5)).astype(np.float32)
        weights = {"conv1.weight": kernels, "conv1.bias": np.full(6, step / 8, np.float32)}
        training.inside.note(NetworkInside(step, 0, 359, picture, answer, weights=weights))
        return kernels[0, 0]

    panel.view.choose_layer("conv1")
    panel.see_at_work()
    page = page_of(panel)
    steps = workspace.document.undo_stack.count()
    assert "conv1" in training.inside.wish.layers
    for step in (8, 12):
        told = look(step)
        np.testing.assert_allclose(page.state.kernel, told, atol=1e-7)
        assert (page.state.bias, page.bar.origin.text()) == (step / 8, f"conv1, first kernel, step {step}")
    assert workspace.document.undo_stack.count() == steps  # what a run does is nobody's deed
    page.controls.kernels.activated.emit(page.controls.kernels.findText("Blur"))
    look(16)
    assert page.state.weights == ((0.04,) * 5,) * 5
    assert page.bar.again.isVisible()
    QTest.mouseClick(page.bar.again, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(page.state.kernel, look(16), atol=1e-7)
    assert not page.bar.again.isVisible()
    newest = look(24)
    np.testing.assert_allclose(page.state.kernel, newest, atol=1e-7)
    undo(panel)
    assert page.state.weights == ((0.04,) * 5,) * 5
    assert page.bar.again.isVisible()
    panel.hide()
    assert "conv1" not in training.inside.wish.layers  # nobody sees it
    panel.show()
    assert "conv1" in training.inside.wish.layers
    panel.set_awake(False)  # behind another panel's tab, where Qt hides nothing
    assert "conv1" not in training.inside.wish.layers
    panel.set_awake(True)
    assert "conv1" in training.inside.wish.layers
    panel.convolution.leave()
    assert "conv1" not in training.inside.wish.layers


def test_space_plays_the_page_in_front_and_otherwise_trains(
    show: Callable[..., BuilderPanel], workspace: Workspace
) -> None:
    toggled: list[bool] = []
    workspace.training.toggle = lambda: toggled.append(True)  # type: ignore[method-assign]
    panel = show(1280, 800)
    panel.act()
    assert toggled == [True]
    panel.convolution.open()
    panel.act()
    assert page_of(panel).state.is_playing
    assert toggled == [True]


def test_a_hidden_page_sleeps_and_goes_on_when_it_is_seen_again(panel: BuilderPanel) -> None:
    page = page_of(panel)
    page.is_clock_by_hand = False
    panel.act()
    assert page._timer.isActive()
    panel.hide()
    assert not page._timer.isActive()
    panel.show()
    assert page._timer.isActive()
    panel.set_awake(False)  # behind another panel's tab
    assert not page._timer.isActive()
    panel.set_awake(True)
    assert page._timer.isActive()
    panel.convolution.leave()
    assert not page._timer.isActive()
    assert not page.state.is_playing


# --- the window -----------------------------------------------------------------------------------------------------------


def test_the_window_is_dragged_over_the_picture_and_sent_by_a_press_on_the_map(panel: BuilderPanel) -> None:
    page = page_of(panel)
    board = page.board
    grid = board.places.input
    drag(board, middle(grid.cell(3, 3)), middle(grid.cell(8, 6)))
    assert (page.state.row, page.state.column) == (7, 5)  # its middle is under the pointer
    drag(board, middle(grid.cell(8, 6)), QPoint(1, 1))
    assert (page.state.row, page.state.column) == (0, 0)
    assert board.places.map is not None
    click(board, board.places.map.cell(11, 2))
    assert (page.state.row, page.state.column) == (11, 2)
    assert page.board.scene.is_filled[11, 2]
    assert panel.workspace.document.undo_stack.count() == 0  # a look is no step to undo


def test_keys_step_count_sweep_and_begin_anew(panel: BuilderPanel) -> None:
    page = page_of(panel)
    for key, place in ((Qt.Key.Key_Right, (4, 6)), (Qt.Key.Key_Down, (5, 6)), (Qt.Key.Key_Left, (5, 5)), (Qt.Key.Key_Up, (4, 5))):  # fmt: skip
        press(page.board, key)
        assert (page.state.row, page.state.column) == place
    press(page.board, Qt.Key.Key_S)
    assert page.state.is_full
    assert page.board.scene.is_filled.all()
    press(page.board, Qt.Key.Key_N)
    assert not page.board.scene.is_filled.any()
    for _ in range(9):
        press(page.board, Qt.Key.Key_T)
    assert page.state.filled == ((0, 1),)
    for key, mode in ((Qt.Key.Key_2, "max"), (Qt.Key.Key_3, "average"), (Qt.Key.Key_1, "convolution")):
        press(page.board, key)
        assert page.state.mode == mode


def test_played_by_its_clock_the_map_fills_place_by_place(panel: BuilderPanel) -> None:
    page = page_of(panel)
    press(page.board, Qt.Key.Key_N)
    panel.act()
    panel.advance(0.25)
    assert page.state.terms in range(1, 9)
    panel.advance(0.25)
    assert page.state.index == 1
    page.bar.speed.setValue(page.bar.speed.maximum())
    panel.advance(1.0)
    assert page.state.filled == ((0, 62),)
    panel.advance(10.0)
    assert page.state.is_full
    assert not page.state.is_playing
    assert page.bar.deeds["play"].isEnabled()


def test_letters_of_the_page_are_kept_from_the_windows_shortcuts(panel: BuilderPanel) -> None:
    page = page_of(panel)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_T, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(page.board, event)
    assert event.isAccepted()
