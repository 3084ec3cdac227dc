"""Opens the window and stays until it is closed: application, settings, theme, workspace, crash reports. Imports no panel."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from app.crash_report import CrashReporter
from app.garbage_collection import WindowCollector
from app.main_window import MainWindow
from app.panel import Panel
from app.panel_dock import PanelDock
from app.user_settings import UserSettings
from app.widgets.message_bar import Message
from app.widgets.theme import Theme
from app.workspace_building import build_workspace
from trainers.network_files import preset_names
from trainers.user_folders import runs_folder


class WindowSession(QObject):
    """What ties the window to the process: the crash reporter, and what waits for the first paint."""

    def __init__(self, window: MainWindow, reporter: CrashReporter) -> None:
        super().__init__()
        self._window = window
        self._reporter = reporter
        self._held_back: list[PanelDock] = []
        # queued: the fault may have come up in the middle of a painting, where showing anything crashes Qt
        reporter.reported.connect(self._on_crash_reported, Qt.ConnectionType.QueuedConnection)
        window.painted.connect(self._on_window_painted)
        training = window.workspace.training
        training.worker_warmed.connect(self._on_training_warmed)
        self.collector = WindowCollector(
            lambda: training.state not in ("starting", "running") and not window.workspace.is_cell_playing, self
        )

    @Slot()
    def _on_window_painted(self) -> None:
        # the worker imports torch: it may begin once there is something to look at
        QTimer.singleShot(0, self._window.workspace.training.warm_up)
        QTimer.singleShot(0, self._window.workspace.hardware.start)
        QTimer.singleShot(0, self._show_floating)

    def hold_floating_back(self) -> None:
        """Panels that float come to the screen after the window: a window manager lets no other lie above it for good."""
        self._held_back = [dock for dock in self._window.docks.values() if dock.isFloating() and not dock.isHidden()]
        for dock in self._held_back:
            dock.hide()

    @Slot()
    def _show_floating(self) -> None:
        for dock in self._held_back:
            dock.show()
        self._held_back.clear()

    @Slot(object)
    def _on_training_warmed(self, _warmed: object) -> None:
        self._window.workspace.training.worker_warmed.disconnect(self._on_training_warmed)
        self._window.workspace.neuron.warm_up()  # one after the other: there are two cores to share

    @Slot(str, str)
    def _on_crash_reported(self, path: str, sentence: str) -> None:
        show = self._window.commands.show_last_report
        message = Message(sentence, "error", "Show report", show) if path else Message(sentence, "error")
        self._window.workspace.message_posted.emit(message)


# kB of axes and grids that are kept as pictures: at 1920 x 1080 two plots need 13 MB, and Qt's 10 would paint them in every frame
_KEPT_PICTURES_KB = 40 * 1024


def build_application() -> QApplication:
    """The one QApplication, named for the platform's folders and the desktop."""
    QApplication.setApplicationName("hillock")
    QApplication.setApplicationDisplayName("Hillock")
    QApplication.setDesktopFileName("hillock")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QPixmapCache.setCacheLimit(_KEPT_PICTURES_KB)
    return application


def open_window(options: argparse.Namespace) -> int:
    """Open the window as `options` of the command line ask, and stay until it is closed; the exit status."""
    application = build_application()
    settings = UserSettings()
    theme = Theme("projector" if options.present else options.theme or settings.values.theme, settings.values.zoom)
    theme.install(application, may_wait=True)
    is_network = (
        options.file is not None and not Path(options.file).is_dir() and not options.file.lower().endswith(".csv")
    )
    workspace = build_workspace(
        settings, theme, network=options.file if is_network else None, runs_folder=runs_folder()
    )
    _ = workspace.document.analysis  # NetworkError for what cannot be, before anything is remembered of it
    if is_network and Path(options.file).is_file() and options.file not in preset_names():
        if options.file.lower().endswith(".json"):  # Save writes JSON, so for other files it asks where
            workspace.document.set_path(str(Path(options.file).absolute()))
        settings.add_recent_file(str(Path(options.file).absolute()))
    window = MainWindow(workspace)
    reporter = CrashReporter()
    reporter.install()
    session = WindowSession(window, reporter)
    session.collector.start()
    try:
        if options.file is not None and not is_network:
            workspace.files.choose_data(options.file)  # what it refuses is said on stderr, and the window stays shut
        _arrange(window, session, options)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        return application.exec()
    finally:
        session.collector.stop()
        reporter.restore()
        session.deleteLater()


def _arrange(window: MainWindow, session: WindowSession, options: argparse.Namespace) -> None:
    window.open_remembered()
    if options.present:
        window.is_presentation = True
        window.run_actions.leave_remote_keys()
        window.arrange("lecture")
    session.hold_floating_back()
    window.workspace.theme.put_on_stylesheet()
    if options.present:
        window.showFullScreen()
        window.actions_by_name["full_screen"].setChecked(True)
    else:
        window.show()
    panel = window.show_panel(options.panel) if options.panel else _first_panel(window)
    if panel is not None:
        panel.setFocus()


def _first_panel(window: MainWindow) -> Panel | None:
    """The panel with the keys in a window that opens: one that lies in it, where one does, or its Train button had them."""
    seen = [dock for dock in window.docks.values() if dock.panel is not None and dock.panel.is_awake]
    lying = [dock.panel for dock in seen if not dock.isFloating()]
    front = window.front_panel()
    return front if front in lying or not lying else lying[0]
