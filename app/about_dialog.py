"""AboutDialog: versions, licences and notices. Asks the installed packages' metadata, and imports none of them."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.command_line import hillock_version
from app.resource_paths import resource_path
from app.widgets.theme import Theme

_PACKAGES = {
    "PySide6-Essentials": "Qt for Python",
    "pyqtgraph": "pyqtgraph",
    "numpy": "NumPy",
    "torch": "PyTorch",
    "torchvision": "torchvision",
}


def installed_version(package: str) -> str:
    """The version of `package` as its metadata has it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


class AboutDialog(QDialog):
    """What this is, what it stands on, and under which licences."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("About Hillock")
        title = QLabel("Hillock", self)
        title.setObjectName("title")
        text = QLabel(
            "The first lecture of a deep learning course, come alive. Named after the axon hillock, "
            "where a neuron sums what it hears and decides whether to fire.",
            self,
        )
        text.setWordWrap(True)
        tabs = QTabWidget(self)
        tabs.addTab(self._versions(theme), "Versions")
        tabs.addTab(self._page(theme, "NOTICE", "Notices of work by others"), "Notices")
        tabs.addTab(self._page(theme, "fonts/OFL.txt", "Licence of the typeface"), "Typeface")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.gap(16),) * 4)
        layout.setSpacing(theme.gap(12))
        for widget in (title, text, tabs, buttons):
            layout.addWidget(widget)
        self.resize(theme.px(600), theme.px(440))

    def _versions(self, theme: Theme) -> QWidget:
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(*(theme.gap(16),) * 4)
        grid.setHorizontalSpacing(theme.gap(24))
        rows = {"Hillock": hillock_version(), "Python": platform.python_version()}
        rows |= {title: installed_version(package) for package, title in _PACKAGES.items()}
        rows |= {"System": platform.platform(terse=True), "Licence": "MIT"}
        for row, (name, value) in enumerate(rows.items()):
            caption = QLabel(name, page)
            caption.setObjectName("muted")
            grid.addWidget(caption, row, 0)
            grid.addWidget(QLabel(value, page), row, 1)
        grid.setRowStretch(len(rows), 1)
        grid.setColumnStretch(1, 1)
        return page

    def _page(self, theme: Theme, file: str, name: str) -> QPlainTextEdit:
        page = QPlainTextEdit(self)
        page.setReadOnly(True)
        page.setAccessibleName(name)
        page.setFont(theme.font("code"))
        path = resource_path(file)
        page.setPlainText(path.read_text(encoding="utf-8") if path.exists() else "This text is not installed.")
        return page
