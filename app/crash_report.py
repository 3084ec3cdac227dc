"""Crash reports: both excepthooks write a log into the platform's log folder and tell the person once. Restored afterwards."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.resource_paths import log_folder, write_atomically
from app.widgets.theme import Theme

_KEPT = 20


def newest_report(folder: Path | None = None) -> Path | None:
    """The last report that was written, if there is one."""
    reports = sorted((folder or log_folder()).glob("crash-*.txt"))
    return reports[-1] if reports else None


def report_text(kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str) -> str:
    """What a report says: versions, thread, traceback."""
    from PySide6 import __version__ as pyside_version

    head = f"Hillock on Python {platform.python_version()}, PySide6 {pyside_version}, {platform.platform()}\nthread: {thread}\n\n"
    return head + "".join(traceback.format_exception(kind, error, trace))


class CrashReporter(QObject):
    """While installed, every exception that nobody caught becomes a file and one `reported(path, sentence)`; no file: path is ""."""

    reported = Signal(str, str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or log_folder()
        self._before: tuple[Callable[..., object], Callable[..., object]] | None = None
        self._is_reporting = threading.Lock()
        self._told: set[str] = set()

    def install(self) -> None:
        """Take both hooks over, remembering those before."""
        if self._before is None:
            self._before = (sys.excepthook, threading.excepthook)
            sys.excepthook = self._on_exception
            threading.excepthook = self._on_thread_exception

    def restore(self) -> None:
        """Give both hooks back."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt) and self._before is not None:
            self._before[0](kind, error, trace)
            return
        self.report(kind, error, trace, threading.current_thread().name)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread else "unknown"
            self.report(args.exc_type, args.exc_value, args.exc_traceback, name)

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str
    ) -> Path | None:
        """Write the report and tell of it; the same fault, again and again, is written and told once. None where it was told, or not kept."""
        if not self._is_reporting.acquire(blocking=False):
            return None  # reporting itself went wrong, or another thread reports: never a second dialog, never a loop
        try:
            text = report_text(kind, error, trace, thread)
            print(text, file=sys.stderr)
            fault = "".join(traceback.format_exception(kind, error, trace)[-2:])
            if fault in self._told:
                return None
            self._told.add(fault)
            path = self._folder / f"crash-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
            sentence = f"Something went wrong inside Hillock ({kind.__name__}). You can go on working."
            try:
                write_atomically(path, text.encode())
                for old in sorted(self._folder.glob("crash-*.txt"))[:-_KEPT]:
                    old.unlink(missing_ok=True)
            except OSError as trouble:
                unkept = f"The report could not be written to {path}: {trouble.strerror}."
                print(unkept, file=sys.stderr)
                self.reported.emit("", f"{sentence} {unkept}")
                return None
            self.reported.emit(str(path), sentence)
            return path
        finally:
            self._is_reporting.release()


class ReportDialog(QDialog):
    """Shows one report, to read, to copy, and to find in its folder."""

    def __init__(self, theme: Theme, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crash_report")
        self.setWindowTitle("Crash report")
        self._path = path
        title = QLabel("Something went wrong inside Hillock.", self)
        title.setObjectName("title")
        where = QLabel(
            "You can go on working. Versions, file paths and what the fault itself names: that is all the report has, "
            f"and it is sent nowhere. It is kept in {path}.",
            self,
        )
        where.setWordWrap(True)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Report")
        self.text.setFont(theme.font("code"))
        try:
            self.text.setPlainText(path.read_text(encoding="utf-8"))
        except OSError as error:
            self.text.setPlainText(f"The report cannot be read: {error.strerror}.")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip("Put the report on the clipboard")
        folder = buttons.addButton("Open folder", QDialogButtonBox.ButtonRole.ActionRole)
        folder.setToolTip("Show the folder in which the last twenty reports are kept")
        self.copy_button.clicked.connect(self._on_copy_asked)
        folder.clicked.connect(self._on_folder_asked)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.gap(16),) * 4)
        layout.setSpacing(theme.gap(8))
        for widget in (title, where, self.text, buttons):
            layout.addWidget(widget)
        self.resize(theme.px(720), theme.px(420))
        self.setWindowModality(Qt.WindowModality.NonModal)

    @Slot()
    def _on_copy_asked(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText("Copied")

    @Slot()
    def _on_folder_asked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
