"""The table of a network's layers, sorted as the data flow: name, kind, output shape, parameters and FLOPs with their shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from app.panels.builder.layer_cell import LayerCell
from app.widgets.layer_style import count_text, family_of, shape_text
from app.widgets.theme import Theme
from trainers.layer_catalog import LAYER_KINDS, LayerFacts
from trainers.network_graph import NetworkGraph

_Index = QModelIndex | QPersistentModelIndex
HEADERS = ("Layer", "Kind", "Output", "Parameters", "FLOPs")
_TOOLTIPS = (
    "The layer's name; it becomes the attribute in PyTorch.",
    "What kind of layer it is.",
    "Shape of what comes out, for one sample.",
    "Numbers that it learns; the bar is its share of the network's.",
    "Multiplications and additions for one sample's way forward; element-wise work is left out; the bar is its share.",
)
_NO_INDEX = QModelIndex()
SHARE = Qt.ItemDataRole.UserRole  # of the network's whole, 0 to 1, where a column has one
_COUNTED = {3: "parameters", 4: "FLOPs"}
_SEEN = 0.003  # of a total: with a smaller change no other layer's bar is seen to change


class Row(NamedTuple):
    """A layer, and what is known of it."""

    name: str
    kind: str
    facts: LayerFacts | None


def rows_of(graph: NetworkGraph, order: Sequence[str], facts: Mapping[str, LayerFacts]) -> tuple[Row, ...]:
    """The layers in `order`, then those that are not in it."""
    kinds = {layer.name: layer.kind for layer in graph.layers}
    names = [name for name in order if name in kinds]
    names += [name for name in kinds if name not in set(names)] if len(names) < len(kinds) else []
    return tuple(Row(name, kinds[name], facts.get(name)) for name in names)


def _texts(row: Row) -> tuple[str, ...]:
    """The cells of a layer's row."""
    kind, facts = LAYER_KINDS.get(row.kind), row.facts
    title = kind.title if kind is not None else row.kind
    if facts is None:
        return row.name, title, "?", "?", "?"
    return (
        row.name,
        title,
        shape_text(facts.output_shape),
        count_text(facts.parameters) if facts.parameters else "–",
        count_text(facts.flops) if facts.flops else "–",
    )


def _count(row: Row, column: int) -> int:
    """What is counted of a layer in a column; 0 where it is not known."""
    if row.facts is None:
        return 0
    return row.facts.parameters if column == 3 else row.facts.flops


class LayerModel(QAbstractTableModel):
    """One row a layer."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: tuple[Row, ...] = ()
        self.texts: list[tuple[str, ...]] = []
        self._totals = {3: 0, 4: 0}

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show `rows`; the same layers keep the selection."""
        before, self._totals = self._totals, {column: sum([_count(row, column) for row in rows]) for column in _COUNTED}
        is_share_new = any(abs(total - before[column]) > _SEEN * total for column, total in self._totals.items())
        if [row.name for row in rows] == [row.name for row in self.rows]:
            changed = [
                number
                for number, (new, old) in enumerate(zip(rows, self.rows, strict=True))
                if new.facts is not old.facts or new.kind != old.kind
            ]
            self.rows = rows
            for number in changed:
                self.texts[number] = _texts(rows[number])
            if changed:
                first, last = (0, len(rows) - 1) if is_share_new else (changed[0], changed[-1])
                self.dataChanged.emit(self.index(first, 0), self.index(last, len(HEADERS) - 1))
            return
        self.beginResetModel()
        self.rows, self.texts = rows, [_texts(row) for row in rows]
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.texts[index.row()][index.column()]
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._swatch(family_of(row.kind).color)
        if role == SHARE and index.column() in _COUNTED:
            return self.share(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), index.column())
        return None

    def share(self, row: int, column: int) -> float:
        """What a layer has of the network's whole, 0 to 1; 0 in a column that counts nothing."""
        total = self._totals.get(column, 0)
        return _count(self.rows[row], column) / total if total else 0.0

    def token(self, row: int) -> str:
        """The colour of the layer's family."""
        return family_of(self.rows[row].kind).color

    def _tip(self, number: int, column: int) -> str:
        row, total = self.rows[number], self._totals.get(column, 0)
        title = self.texts[number][1]
        whole = ""
        if total and row.facts is not None:
            share = 100 * _count(row, column) / total
            whole = f" {share:.3g} % of the network's {count_text(total)} {_COUNTED[column]}."
        return f"{row.name} ({title}): press to see it in the drawing and read all about it.{whole}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADERS[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return _TOOLTIPS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section >= 2 else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _swatch(self, token: str) -> QPixmap:
        pixmap = QPixmap(self._theme.px(4), self._theme.px(14))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.fillRect(pixmap.rect(), self._theme.color(token))
        painter.end()
        return pixmap


class LayerTable(QTableView):
    """Choose a row, choose a layer. Columns that do not fit are left out, the least telling first; nothing is cut."""

    layer_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._needed = [0] * len(HEADERS)
        self._widths: dict[str, int] = {}  # of texts in its font
        self.layers = LayerModel(theme, self)
        self.setModel(self.layers)
        self.setItemDelegate(LayerCell(theme, self.layers, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setAccessibleName("Layers in the order in which the data flow")
        self.setToolTip("Every layer in the order in which the data flow; press one to see it in the drawing.")
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these layers."""
        before = list(self.layers.texts)
        self.layers.show_rows(rows)
        if self.layers.texts != before:
            self._measure()
            self._share_room()

    def choose_layer(self, name: str) -> None:
        """Select a layer's row; "" for none."""
        row = next((number for number, one in enumerate(self.layers.rows) if one.name == name), -1)
        selection = self.selectionModel()
        if row < 0:
            selection.clear()
        elif row != self.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(self.layers.index(row, 0), flags)
            self.scrollTo(self.layers.index(row, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._widths = {}
        self._measure()  # only now has the header the font that it is drawn in
        self._share_room()

    def _share_room(self) -> None:
        """Give each column what its texts need, leave out columns that do not fit, share what is left."""
        needed = self._needed
        shown = set(range(len(HEADERS)))
        room = self.viewport().width()
        for column in (1, 4):
            if sum(needed[number] for number in shown) > room:
                shown.discard(column)
        spare = max(0, room - sum(needed[number] for number in shown)) // len(shown)
        for column in range(len(HEADERS)):
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, needed[column] + spare)

    def _measure(self) -> None:
        """What each column needs for its longest text (Qt's own hint looks only at the rows in sight)."""
        metrics, header = QFontMetrics(self.font()), self.horizontalHeader().fontMetrics()
        pad = self._theme.gap(20)
        self._needed = []
        for column in range(len(HEADERS)):
            texts = {row[column] for row in self.layers.texts}
            for text in texts - self._widths.keys():
                self._widths[text] = metrics.horizontalAdvance(text)
            widest = max((self._widths[text] for text in texts), default=0)
            widest = max(widest, header.horizontalAdvance(HEADERS[column]))
            self._needed.append(widest + pad + (self._theme.px(10) if column == 0 else 0))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.layer_chosen.emit(self.layers.rows[current.row()].name if current.isValid() else "")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.font("small"))
        self.verticalHeader().setDefaultSectionSize(self._theme.px(22))
        self.setStyleSheet(
            f"QTableView::item {{ padding: 0 {self._theme.gap(6)}px; }}"
            f" QHeaderView {{ font-size: {self._theme.font('small').pixelSize()}px; }}"
        )
        self._widths = {}
        self._measure()
        self._share_room()
