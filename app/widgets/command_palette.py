"""CommandPalette: find any action by typing a part of its name. Knows actions only."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.widgets.theme import Theme

KEYWORDS = "keywords"  # property of an action: other words by which it is found


def match_rank(query: str, text: str) -> int | None:
    """How well `query` fits `text`, 0 best; None where it does not: its words must all begin words, or be found, in it."""
    query, text = query.casefold().strip(), text.casefold()
    if not query or text.startswith(query):
        return 0
    words = text.replace(":", " ").split()
    if all(any(word.startswith(part) for word in words) for part in query.split()):
        return 1
    if all(part in text for part in query.split()):
        return 2
    letters = iter(text)
    return 3 if all(letter in letters for letter in query if letter != " ") else None


def action_title(action: QAction) -> str:
    """The text of `action` as a person reads it."""
    return action.text().replace("&", "").replace("…", "")


def _action_rank(query: str, action: QAction) -> int | None:
    """The title counts first, above all where it is the query; then, by whole beginnings of words, what else is said of it."""
    if action_title(action).casefold() == query.casefold().strip():
        return -1
    rank = match_rank(query, action_title(action))
    others = f"{action.property(KEYWORDS) or ''} {action_title(action)} {action.statusTip()}"
    if rank in (0, 1, 2):
        return rank
    if match_rank(query, others) in (0, 1):
        return 3
    return None if rank is None else 4  # letters here and there


class CommandPalette(QDialog):
    """A line to type in over a list: arrows choose, Enter does it, Esc leaves. Gone once closed."""

    def __init__(self, theme: Theme, actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("commands")
        self.setWindowTitle("Commands")
        self._theme = theme
        self._actions = actions
        self._givers: list[QObject] = []  # who has the keyboard until this has it
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Type what you want to do")
        self.line.setAccessibleName("Command")
        self.list = QListWidget(self)
        self.list.setAccessibleName("Commands that fit")
        self.list.setIconSize(QSize(theme.px(18), theme.px(18)))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing = QLabel("No command fits. Try another word.", self)
        self._nothing.setObjectName("hint")
        self._nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.gap(8),) * 4)
        layout.setSpacing(theme.gap(8))
        for widget in (self.line, self.list, self._nothing):
            layout.addWidget(widget)
        self.line.textChanged.connect(self._on_text_changed)
        self.line.returnPressed.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_item_activated)
        self.list.itemClicked.connect(self._on_item_activated)
        self.line.installEventFilter(self)
        self._on_text_changed("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of `window`."""
        width = min(self._theme.px(560), window.width() - 2 * self._theme.gap(16))
        self.resize(width, min(self._theme.px(420), window.height() * 2 // 3))
        self._listen_to(window.focusWidget(), QGuiApplication.focusObject(), QGuiApplication.focusWindow())
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + self._theme.gap(64))
        self.show()
        self.line.setFocus()

    def _listen_to(self, *givers: QObject | None) -> None:
        """Take the keys that still go to them: until the desktop hands the keyboard over, what is typed would edit the drawing."""
        for giver in self._givers:
            if isValid(giver):
                giver.removeEventFilter(self)
        self._givers = [giver for giver in dict.fromkeys(givers) if giver is not None]
        for giver in self._givers:
            giver.installEventFilter(self)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.WindowActivate, QEvent.Type.Hide):
            self._listen_to()
        return super().event(event)

    def titles(self) -> list[str]:
        """What is on the list, best fit first."""
        return [self.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(self.list.count())]

    @Slot(str)
    def _on_text_changed(self, query: str) -> None:
        self.list.clear()
        ranked = []
        for order, action in enumerate(self._actions):
            rank = _action_rank(query, action)
            if rank is not None and action_title(action):
                ranked.append((not action.isEnabled(), rank, order, action))
        for _, _, _, action in sorted(ranked, key=lambda entry: entry[:3]):
            self._add_row(action)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(ranked))
        self._nothing.setVisible(not ranked)

    def _add_row(self, action: QAction) -> None:
        item = QListWidgetItem(action.icon(), action_title(action))
        item.setData(Qt.ItemDataRole.UserRole, action)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, action_title(action))
        item.setToolTip(action.statusTip())
        if not action.isEnabled():
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(0, self.list.fontMetrics().height() + self._theme.gap(12)))
        self.list.addItem(item)
        key = action.shortcut().toString()
        if key:  # a row of widgets for each of 180 commands took 160 ms a letter
            row = QWidget()
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, self._theme.gap(2), self._theme.gap(8), self._theme.gap(2))
            layout.addStretch(1)
            label = QLabel(key, row)
            label.setObjectName("key")
            layout.addWidget(label)
            self.list.setItemWidget(item, row)

    @Slot()
    def _on_chosen(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._on_item_activated(item)

    @Slot(QListWidgetItem)
    def _on_item_activated(self, item: QListWidgetItem) -> None:
        action: QAction = item.data(Qt.ItemDataRole.UserRole)
        if action.isEnabled():
            self.close()
            action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched in self._givers:
            event.accept()  # no shortcut either
            if event.type() == QEvent.Type.KeyPress:
                QCoreApplication.sendEvent(self.line, event.clone())
            return True
        if event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            step = steps.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)
