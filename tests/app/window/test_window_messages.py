"""What the window says of a run that failed, and what it does with a file that is dropped on it."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton

from app.main_window import MainWindow
from app.widgets.message_bar import Message
from trainers.events import RunFailed


def test_a_run_that_failed_offers_to_resume(build_window, qtbot, monkeypatch) -> None:
    window = build_window()
    resumed = []
    monkeypatch.setattr(type(window.workspace.training), "resume_failed", lambda self: resumed.append(1))
    window.workspace.training.failed.emit(RunFailed(120, "The training process was killed.", True))
    bar = window.message_bar
    assert bar.isVisible()
    assert window.rect().contains(bar.geometry())
    buttons = [button for button in bar.findChildren(QPushButton) if button.isVisible()]
    assert [button.text() for button in buttons] == ["Resume"]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert resumed == [1]
    assert not bar.isVisible()


def test_a_file_dropped_on_the_window_is_opened(build_window, tmp_path) -> None:
    from trainers.network_files import load_preset, save_network

    window = build_window()
    path = tmp_path / "mine.json"
    save_network(load_preset("playground"), path)
    drop(window, path)
    assert window.workspace.document.graph.name == "playground"
    assert str(path) in window.workspace.settings.values.recent_files
    window.workspace.document.undo_stack.undo()
    assert window.workspace.document.graph.name == "lenet5"


def test_a_torn_file_is_refused_in_the_message_bar_and_nothing_changes(build_window, tmp_path) -> None:
    window = build_window()
    path = tmp_path / "torn.json"
    path.write_text('{"name": ')
    drop(window, path)
    assert window.message_bar.current.kind == "error"
    assert "torn.json" in window.message_bar.current.text
    assert window.workspace.document.graph.name == "lenet5"


def test_a_dropped_table_becomes_the_data(build_window, tmp_path) -> None:
    window = build_window()
    path = tmp_path / "flowers.csv"
    path.write_text("a,b,kind\n" + "\n".join(f"{i},{i % 5},{i % 2}" for i in range(60)))
    drop(window, path)
    assert window.workspace.training.data.name == str(path)


def drop(window: MainWindow, path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = QPointF(QPoint(100, 100))
    event = QDropEvent(place, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)


@pytest.mark.parametrize("theme", ["paper", "projector"])
def test_a_message_covers_no_panel_no_menu_and_no_read_out(build_window, theme: str) -> None:
    window = build_window()
    window.workspace.theme.set_name(theme)
    window.resize(1280, 800)
    text = "Playground 2-4-2-1 came with Circle, learning rate 0.02, batch size 32, epochs 600."
    window.workspace.message_posted.emit(Message(text, "info", "Undo", window.update))
    bar, menus = window.message_bar, window.menuBar()
    place = bar.geometry()
    assert bar.isVisible()
    assert window.rect().contains(place)
    for action in menus.actions():
        assert not place.intersects(menus.actionGeometry(action).translated(menus.pos()))
    panels = [dock for dock in window.docks.values() if dock.isVisible()]
    assert panels
    assert not any(place.intersects(dock.geometry()) for dock in panels)
    for words in window.findChildren(QLabel):
        if words.isVisible() and words.text() and not bar.isAncestorOf(words):
            assert not place.intersects(words.rect().translated(words.mapTo(window, QPoint())))
