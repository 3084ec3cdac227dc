"""FunctionTable: the functions on show, with their line, and what each gives at the probe. Knows no plot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.panels.activation.curve_layer import curve_pen_of
from app.panels.activation.curves.board import labels_of
from app.panels.activation.curves.samples import Samples
from app.panels.activation.curves.state import ROWS, CurvesState, Row
from app.panels.activation.functions import PlottedFunction
from app.panels.activation.side_column import LARGE
from app.widgets.number_words import readable
from app.widgets.theme import Theme

_HEADS = ("Function", "f", "f′", "f″")


class FunctionTable(QTableWidget):
    """One row each. `chosen`: a row's number; `remove_asked`: the chosen row is to go (Delete)."""

    chosen = Signal(int)
    remove_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADS), parent)
        self._theme = theme
        self._is_following = False
        self._labels: list[str] = []
        self._written: list[dict[Row, float] | None] = []  # of each row, what stands there
        self._is_overlaid = True  # each curve with a line of its own
        self._is_narrow = False
        self.setHorizontalHeaderLabels(_HEADS)
        self.setAccessibleName("Functions on show")
        self.setToolTip("Choose a function: its parameters, tangent and saturated zones are shown (Delete removes it)")
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, side in enumerate((Qt.AlignmentFlag.AlignLeft, *3 * (Qt.AlignmentFlag.AlignRight,))):
            self.horizontalHeaderItem(column).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)  # type: ignore[union-attr]
        self.currentCellChanged.connect(self._on_current_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_state(self, state: CurvesState, functions: tuple[PlottedFunction, ...], samples: Samples) -> None:
        """Show `functions` and their values at the probe; tells nobody."""
        self._is_following = True
        self._show_columns("second_derivative" in state.rows)
        labels = labels_of(functions)
        if (labels, state.is_overlaid) != (self._labels, self._is_overlaid) or self.rowCount() != len(functions):
            self._is_overlaid = state.is_overlaid
            self._fill(labels)
        for number, function in enumerate(functions):
            values = samples.at(function, state.probe) if state.probe is not None else None
            if self._written[number] == values:
                continue
            self._written[number] = values
            for column, row in enumerate(ROWS, 1):
                text = "" if values is None else _short_text(values[row]) if self._is_narrow else _text(values[row])
                _write(self.item(number, column), text)
        _write(self.horizontalHeaderItem(0), f"At x = {state.probe:g}" if state.probe is not None else "Function")
        if functions and self.currentRow() != state.selected:
            self.setCurrentCell(state.selected, 0)
        self._is_following = False

    def _show_columns(self, has_second: bool) -> None:
        """With the second derivative or without."""
        if has_second == self.isColumnHidden(3):
            self.setColumnHidden(3, not has_second)
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Three columns of numbers in the type of a hall have a figure less each, or no name beside them could be read."""
        theme = self._theme
        self._is_narrow = theme.scale >= LARGE and not self.isColumnHidden(3)
        width = QFontMetrics(self.font()).horizontalAdvance("−0.00") + theme.gap(8) if self._is_narrow else theme.px(54)
        for column in (1, 2, 3):
            self.setColumnWidth(column, width)
        self.setIconSize(QSize(theme.px(18 if self._is_narrow else 30), theme.px(14)))
        self._fill(self._labels)

    def _fill(self, labels: list[str]) -> None:
        self._labels = labels
        self._written = [None] * len(labels)
        self.setRowCount(len(labels))
        for number, label in enumerate(labels):
            name = QTableWidgetItem(label)
            if self._is_overlaid:
                name.setIcon(self._swatch(number))
            name.setToolTip(label)
            self.setItem(number, 0, name)
            for column in (1, 2, 3):
                item = QTableWidgetItem("")
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(number, column, item)
        self._size_rows()

    def _swatch(self, number: int) -> QIcon:
        """A piece of the curve's line."""
        theme = self._theme
        width, height = self.iconSize().width(), self.iconSize().height()
        picture = QPixmap(width, height)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(curve_pen_of(theme, number, max(2.0, theme.line_width)))
        painter.drawLine(QPointF(0, height / 2), QPointF(width, height / 2))
        painter.end()
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)
        return icon

    def _size_rows(self) -> None:
        theme = self._theme
        for number in range(self.rowCount()):
            self.setRowHeight(number, theme.px(26))
        height = self.horizontalHeader().sizeHint().height() + theme.px(26) * min(max(self.rowCount(), 3), 8) + 4
        self.setMinimumHeight(min(height, theme.px(26) * 5))
        self.setMaximumHeight(height if self.rowCount() <= 8 else 16_777_215)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self.maximumHeight() if self.rowCount() <= 8 else self._theme.px(26) * 12)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._size_rows()  # only now has the header its dress, and in it another height

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)

    @Slot(int, int, int, int)
    def _on_current_changed(self, row: int, _column: int, _old_row: int, _old_column: int) -> None:
        if not self._is_following and row >= 0:
            self.chosen.emit(row)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.setFont(theme.font("body"))
        self._fit_columns()


def _write(item: QTableWidgetItem | None, text: str) -> None:
    if item is not None and item.text() != text:
        item.setText(text)


def _short_text(value: float) -> str:
    """Three figures, at most two of them behind the point."""
    if 0.01 <= abs(value) < 100:
        return f"{value:.{2 if abs(value) < 9.995 else 1}f}".replace("-", "−")
    return readable(value, 1, least=0.0)


def _text(value: float) -> str:
    """Three places behind the point, one under another, where that says it."""
    if 0.001 <= abs(value) < 1000:
        return f"{value:.3f}".replace("-", "−")
    return readable(value, 2, least=0.0)
