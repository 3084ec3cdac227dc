"""NumberRows: one row for each line or plane: its colour, its numbers to type, and a word on where it is the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QToolButton, QWidget

from app.widgets.number_field import NumberField
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme


@dataclass(frozen=True)
class NumberRow:
    """name: what the row is called; color: index of the series; numbers: in the order of the heads; note: at its end."""

    name: str
    color: int
    numbers: tuple[float, ...]
    note: str
    is_faint: bool = False


class NumberRows(QWidget):
    """chosen: a row's number. changed: row, column, value. show_rows tells nobody."""

    chosen = Signal(int)
    changed = Signal(int, int, float)

    def __init__(
        self, theme: Theme, heads: Sequence[tuple[str, str, float]], name: str, parent: QWidget | None = None
    ) -> None:
        """heads: of each number its title, its name for a screen reader, and how large it may be."""
        super().__init__(parent)
        self._theme = theme
        self._heads = tuple(heads)
        self._rows: tuple[NumberRow, ...] = ()
        self._selected = 0
        self._is_following = False
        self.tab_after: QWidget | None = None  # the control before the first row, from which Tab leads into it
        self.buttons: list[QToolButton] = []
        self.fields: list[list[NumberField]] = []
        self.notes: list[QLabel] = []
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._head_labels = []
        for column, (title, _, _) in enumerate(self._heads):
            label = QLabel(title, self)
            label.setObjectName("caption")
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._head_labels.append(label)
            self._grid.addWidget(label, 0, column + 1)
        largest = QLabel("largest for", self)
        largest.setObjectName("caption")
        self._head_labels.append(largest)
        self._grid.addWidget(largest, 0, len(self._heads) + 1)
        self._grid.setColumnStretch(len(self._heads) + 1, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_note_head(self, text: str) -> None:
        """What stands over the notes."""
        self._head_labels[-1].setText(text)

    def show_rows(self, rows: Sequence[NumberRow], selected: int) -> None:
        """Show these; a field in which someone types is left alone."""
        self._is_following = True
        while len(self.buttons) < len(rows):
            self._add_row()
        for label in self._head_labels:
            label.setVisible(bool(rows))
        for number in range(len(self.buttons)):
            is_shown = number < len(rows)
            for widget in (self.buttons[number], *self.fields[number], self.notes[number]):
                if widget.isHidden() == is_shown:
                    widget.setVisible(is_shown)
            if is_shown:
                old = self._rows[number] if number < len(self._rows) else None
                self._show_row(number, rows[number], old)
        self._rows, self._selected = tuple(rows), selected
        if rows:
            self.buttons[min(selected, len(rows) - 1)].setChecked(True)
        self._is_following = False

    def _show_row(self, number: int, row: NumberRow, old: NumberRow | None) -> None:
        button = self.buttons[number]
        if old is None or (old.color, old.is_faint) != (row.color, row.is_faint):
            button.setIcon(self._swatch(row))
        if button.accessibleName() != f"Choose {row.name}":
            button.setAccessibleName(f"Choose {row.name}")
            button.setToolTip(f"{row.name}: choose it, for the keys and its handles")
            for field, (_, title, _) in zip(self.fields[number], self._heads, strict=True):
                field.setAccessibleName(f"{row.name}: {title}")
                field.setToolTip(f"{title} of {row.name}")
        for field, value in zip(self.fields[number], row.numbers, strict=True):
            if field.value() != value:
                field.setValue(value)
        note = self.notes[number]
        if note.text() != row.note:
            note.setText(row.note)

    def _add_row(self) -> None:
        number = len(self.buttons)
        button = QToolButton(self)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._group.addButton(button, number)
        self._grid.addWidget(button, number + 1, 0)
        fields = []
        for column, (_, _, most) in enumerate(self._heads):
            field = NumberField(-most, most, 0.0, step=0.1, parent=self)
            field.setProperty("place", (number, column))
            field.valueChanged.connect(self._on_value_changed)
            field.installEventFilter(self)
            self._grid.addWidget(field, number + 1, column + 1)
            fields.append(field)
        note = QLabel(self)
        note.setWordWrap(True)
        note.setObjectName("caption")
        note.setMinimumWidth(1)  # or the longest note would say how wide the column is
        self._grid.addWidget(note, number + 1, len(self._heads) + 1)
        before = self.fields[-1][-1] if self.fields else self.tab_after
        if before is not None:
            tab_in_order(before, button, *fields)
        self.buttons.append(button)
        self.fields.append(fields)
        self.notes.append(note)
        self._size_row(number)

    def _size_row(self, number: int) -> None:
        theme = self._theme
        self.buttons[number].setIconSize(QSize(theme.px(16), theme.px(16)))
        self.buttons[number].setFixedWidth(theme.px(16) + theme.gap(12))
        for field in self.fields[number]:
            field.setFixedWidth(theme.px(70 if len(self._heads) < 3 else 66 if theme.scale < 1.4 else 59))

    def _swatch(self, row: NumberRow) -> QIcon:
        side = self._theme.px(16)
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color: QColor = self._theme.series(row.color)
        if row.is_faint:
            painter.setPen(color)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
        painter.drawRoundedRect(1, 1, side - 2, side - 2, 3, 3)
        painter.end()
        return QIcon(picture)

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(number)

    @Slot(float)
    def _on_value_changed(self, value: float) -> None:
        sender = self.sender()
        if not self._is_following and isinstance(sender, QWidget):
            number, column = sender.property("place")
            self.changed.emit(number, column, value)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._grid.setHorizontalSpacing(theme.gap(5))
        self._grid.setVerticalSpacing(theme.gap(3))
        for number in range(len(self.buttons)):
            self._size_row(number)
        rows, self._rows = self._rows, ()
        self.show_rows(rows, self._selected)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget) and not self._is_following:
            number = watched.property("place")[0]
            if number != self._selected:
                self.chosen.emit(number)
        return super().eventFilter(watched, event)
