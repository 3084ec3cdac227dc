"""KeySheet: every key of the window and its panels on one sheet. Knows texts only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.widgets.theme import Theme

KeyGroups = dict[str, list[tuple[str, str]]]


class KeySheet(QDialog):
    """Groups of (keys, what they do), in two columns; a row without keys heads those that follow. Esc closes it."""

    def __init__(self, theme: Theme, groups: KeyGroups, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("key_sheet")
        self.setWindowTitle("Keys")
        self._theme = theme
        columns = [QVBoxLayout(), QVBoxLayout()]
        lengths = [0, 0]
        for title, rows in groups.items():
            column = lengths.index(min(lengths))
            lengths[column] += len(rows) + 2
            columns[column].addWidget(self._group(title, rows))
        body = QWidget(self)
        across = QHBoxLayout(body)
        across.setSpacing(theme.gap(32))
        across.setContentsMargins(*(theme.gap(16),) * 4)
        for column_layout in columns:
            column_layout.setSpacing(theme.gap(16))
            column_layout.addStretch(1)
            across.addLayout(column_layout)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        area.setAccessibleName("Keys by group")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        hint = body.sizeHint()
        room = parent.size()
        self.resize(
            min(hint.width() + theme.px(24), room.width()), min(hint.height() + theme.px(8), room.height() - 40)
        )

    def _group(self, title: str, rows: list[tuple[str, str]]) -> QWidget:
        group = QWidget(self)
        grid = QGridLayout(group)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self._theme.gap(12))
        grid.setVerticalSpacing(self._theme.gap(4))
        heading = QLabel(title, group)
        heading.setObjectName("heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        for number, (keys, text) in enumerate(rows, start=1):
            if not keys:
                part = QLabel(text, group)
                part.setObjectName("muted")
                grid.addWidget(part, number, 0, 1, 2)
                continue
            key = QLabel(keys, group)
            key.setObjectName("key")
            what = QLabel(text, group)
            what.setWordWrap(True)
            what.setMinimumWidth(self._theme.px(220))
            grid.addWidget(key, number, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(what, number, 1)
        grid.setColumnStretch(1, 1)
        return group
