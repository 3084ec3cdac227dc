"""What the window's tests share: a workspace of its own folder, and a window that is closed again."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for clipped_text; the suite's folders are no packages


@pytest.fixture
def build_window(qapp, qtbot, tmp_path: Path) -> Iterator[Callable[..., object]]:
    """`build_window(theme="paper", width=1280, height=800, show=True)` gives a MainWindow over a workspace in tmp_path."""
    from PySide6.QtWidgets import QWidget
    from shiboken6 import isValid

    from app.main_window import MainWindow
    from app.user_settings import UserSettings
    from app.widgets.theme import Theme
    from app.workspace_building import build_workspace

    windows: list[QWidget] = []
    look = Theme("paper")

    def build(theme: str = "paper", width: int = 1280, height: int = 800, show: bool = True, **details) -> MainWindow:
        look.set_name(theme)
        look.install(qapp, may_wait=True)  # in the order in which the real window is opened
        workspace = build_workspace(UserSettings(tmp_path / "settings"), look, runs_folder=tmp_path / "runs", **details)
        window = MainWindow(workspace)
        windows.append(window)
        window.resize(width, height)
        if show:
            window.arrange("train")
        look.put_on_stylesheet()
        if show:
            window.show()
            qtbot.waitExposed(window)
        return window

    yield build
    window = None
    while windows:
        window = windows.pop()
        if isValid(window):
            window.workspace.document.undo_stack.setClean()
            window.close()
            window.deleteLater()
    del window
    qapp.setStyleSheet("")
