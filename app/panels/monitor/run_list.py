"""The list from which kept runs are chosen to lie beside the present one: newest first, searched by typing. Knows no session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.kept_run import KeptRunLine
from app.panels.monitor.laid_run import LETTERS
from app.panels.monitor.run_words import data_title, plan_words, score, when
from app.widgets.command_palette import match_rank
from app.widgets.small_controls import ThemedLabel

if TYPE_CHECKING:
    from app.widgets.theme import Theme

FEW = 8  # runs among which nobody has to search
READING = "Looking for runs…"
NONE_YET = "No run is kept yet. Train one, then train another, and lay the first one behind it here."
NONE_FITS = "No run fits. Try another word."
HINT = f"Up to {len(LETTERS)} runs lie behind the present one. Tick the present one, and it stays when the next begins."
ALL_TAKEN = f"{len(LETTERS)} runs are all that can be told apart: untick one first."


class RunList(QFrame):
    """Opens under a button, closes at a click elsewhere. `toggled` tells a run's name and title: ticked or unticked."""

    toggled = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self._lines: tuple[KeptRunLine, ...] = ()
        self._letters: dict[str, str] = {}
        self._present = ""
        self._items: list[QTreeWidgetItem] = []
        self._button: QWidget | None = None  # under which it is open
        self.setObjectName("run_list")
        self.setAccessibleName("Runs to compare")
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Type a part of a network's or data's name")
        self.line.setAccessibleName("Search runs")
        self.list = QTreeWidget(self)
        self.list.setAccessibleName("Runs, newest first")
        self.list.setHeaderLabels(["Network", "Data", "Test", "Begun"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.hint = ThemedLabel(theme, READING, "small", "muted", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.gap(8),) * 4)
        column.setSpacing(theme.gap(6))
        for widget in (self.line, self.list, self.hint):
            column.addWidget(widget)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(self._on_item_clicked)
        for widget in (self.line, self.list):
            widget.installEventFilter(self)

    def open_under(self, button: QWidget) -> None:
        """Show it below `button`, or above it where there is no room; what it lists comes by `show_runs`."""
        self._lines = ()
        self.line.clear()
        self._fill()
        self.hint.setText(READING)
        self._button = button
        self._place()
        self.show()
        self.list.setFocus()

    def _place(self) -> None:
        """As high as its rows need, up to so many that they are searched rather than looked through."""
        theme, button = self._theme, self._button
        if button is None:
            return
        window, screen = button.window(), button.screen().availableGeometry()
        width = min(theme.px(560), screen.width() - 16)
        row = self.fontMetrics().height() + theme.gap(10)
        searching = row + theme.gap(16) if len(self._lines) > FEW else 0
        rows = 1 + max(2, min(len(self._lines), FEW))
        height = min(rows * row + searching + theme.gap(34) + 2 * self.fontMetrics().height(), screen.height() - 16)
        corner = button.mapToGlobal(QPoint(0, button.height()))
        y = corner.y()
        if y + height > screen.bottom():
            y = max(screen.top(), corner.y() - button.height() - height)
        x = min(max(screen.left() + 8, corner.x()), screen.right() - width - 8)
        right = window.mapToGlobal(QPoint(window.width(), 0)).x()
        self.resize(width, height)
        self.move(min(x, max(screen.left(), right - width)), y)

    def show_runs(self, lines: tuple[KeptRunLine, ...], letters: dict[str, str], present: str) -> None:
        """letters: of the runs that are ticked, by their names; present: the name of the run that stands."""
        is_new = lines != self._lines
        self._lines, self._letters, self._present = lines, letters, present
        self.line.setVisible(len(lines) > FEW)
        if is_new:
            self._fill()
            self._place()
        else:
            self._tick()

    def show_trouble(self, sentence: str) -> None:
        """Why there is no list."""
        self._lines = ()
        self._fill()
        self.hint.setText(sentence)

    def titles(self) -> list[str]:
        """The networks on the list, from the top."""
        return [item.text(0) for item in self._items]

    @Slot()
    def _fill(self) -> None:
        self._items = []
        self.list.clear()
        query = self.line.text() if not self.line.isHidden() else ""
        for line in self._lines:
            begun = "present run" if line.run == self._present else when(line.started)
            words = [line.network, data_title(line.data), score(line), begun]
            if match_rank(query, f"{words[0]} {words[1]} {when(line.started)}") in (0, 1, 2):
                item = QTreeWidgetItem(words)
                item.setData(0, Qt.ItemDataRole.UserRole, line.run)
                for column in range(len(words)):
                    item.setToolTip(column, plan_words(line))
                item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setSizeHint(0, QSize(0, self.list.fontMetrics().height() + self._theme.gap(10)))
                self._items.append(item)
        self.list.addTopLevelItems(self._items)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        if self._items:
            self.list.setCurrentItem(self._items[0])
        self._tick()

    def _tick(self) -> None:
        are_all_taken = len(self._letters) >= len(LETTERS)
        for item in self._items:
            letter = self._letters.get(item.data(0, Qt.ItemDataRole.UserRole))
            item.setCheckState(0, Qt.CheckState.Checked if letter else Qt.CheckState.Unchecked)
            item.setDisabled(are_all_taken and letter is None)
        if not self._lines:
            self.hint.setText(NONE_YET)
        elif not self._items:
            self.hint.setText(NONE_FITS)
        else:
            self.hint.setText(ALL_TAKEN if are_all_taken else HINT)

    @Slot(QTreeWidgetItem, int)
    def _on_item_clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        if not item.isDisabled():
            self.toggled.emit(str(item.data(0, Qt.ItemDataRole.UserRole)), item.text(0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            item = self.list.currentItem()
            key = event.key()
            is_choice = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (
                key == Qt.Key.Key_Space and watched is self.list
            )
            if is_choice:
                if item is not None:
                    self._on_item_clicked(item, 0)
                return True
            if watched is self.line and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.setFocus()
                return False
            if watched is self.list and event.text().isprintable() and event.text() and not self.line.isHidden():
                self.line.setFocus()
                self.line.insert(event.text())
                return True
        return super().eventFilter(watched, event)
