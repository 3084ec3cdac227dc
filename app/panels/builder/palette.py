"""LayerPalette: every kind of layer, by group and by a search; pressed, typed or dragged onto the canvas. Knows no network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.builder.palette_drop import kind_data
from app.panels.builder.palette_query import Found, find, parts_of
from app.widgets.layer_style import family_of
from app.widgets.network_glyphs import draw_mark, draw_volume
from app.widgets.theme import Theme
from trainers.layer_catalog import LAYER_KINDS
from trainers.layer_kind import LayerKind
from trainers.network_graph import Shape

USUAL = ("input", "conv2d", "relu", "max_pool", "flatten", "dense", "dropout", "batch_norm", "add")
GROUPS = {
    "weights": "Weights",
    "image": "Pictures",
    "shape": "Shape",
    "merge": "Branches meet",
    "regularise": "Regularise",
    "sequence": "Sequences",
    "activation": "Activations",
}
_KIND = Qt.ItemDataRole.UserRole
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_FINE = 3  # times smaller than on a card: its lines, too, or a column would be lines alone
_SAMPLES: dict[str, Shape] = {
    "input": (24, 48, 48),
    "convolution": (24, 24, 24),
    "dense": (4096,),
    "recurrent": (12, 200),
    "attention": (12, 200),
}


class KindList(QListWidget):
    """The kinds as a list from which one drags, and which Return takes an entry of as well."""

    taken = Signal()  # Return on the entry that has the keyboard
    typed = Signal(str)  # letters, which begin a search
    left = Signal()  # Esc

    _is_second = False  # of a double click

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text().isprintable() and event.text().strip() and not event.modifiers() & ~_SHIFT:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_second = False
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One layer, not two, for those who press twice."""
        self._is_second = True
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._is_second:
            super().mouseReleaseEvent(event)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        return kind_data(items[0].data(_KIND)) if items else QMimeData()


class LayerPalette(QFrame):
    """Type, arrow keys, Return; or press an entry; or drag it. Return leaves the line ready for the next layer."""

    kind_chosen = Signal(str, dict)  # key, parameters
    left = Signal()  # Esc

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._found: list[Found] = []
        self._pictures: dict[str, QPixmap] = {}  # by kind, as the theme wants them
        self._best: dict[str, Found | None] = {}  # by what was typed
        self._chain: list[Found] = []  # layers that were typed one behind the other
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("conv 6 5, relu, dense 10 …")
        self.search.setAccessibleName("Find a layer kind")
        self.search.setToolTip(
            "Type a kind's name and its numbers in their order, such as conv 6 5 padding=2; Return puts it behind the chosen layer."
            " Several, with commas between them, follow one another."
        )
        self.search.setMaxLength(1_000)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_text_changed)
        self.search.returnPressed.connect(self._on_return_pressed)
        self.search.installEventFilter(self)
        self.kinds = KindList(self)
        self.kinds.setDragEnabled(True)
        self.kinds.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.kinds.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.kinds.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.kinds.setAccessibleName("Layer kinds")
        self.kinds.setToolTip(
            "Press a kind to put it behind the chosen layer, or drag it onto the canvas or onto a wire."
        )
        self.kinds.setMinimumHeight(60)
        self.kinds.setWordWrap(True)  # a searched kind says its numbers in a line of its own
        self.kinds.itemClicked.connect(self._on_item_clicked)
        self.kinds.taken.connect(self._on_taken)
        self.kinds.typed.connect(self._on_typed)
        self.kinds.left.connect(self.left)
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self._layout = QVBoxLayout(self)
        for part, stretch in ((self.search, 0), (self.kinds, 1), (self.hint, 0)):
            self._layout.addWidget(part, stretch)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def begin_search(self) -> None:
        """Take the keyboard, for a new search."""
        self.search.clear()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def say_where(self, text: str) -> None:
        """Say where the next layer goes."""
        self.hint.setText(text)

    def _fill(self) -> None:
        self.kinds.clear()
        parts = parts_of(self.search.text())
        self._chain = []
        if len(parts) > 1:
            self._fill_chain(parts)
            return
        self._found = find(parts[0] if parts else "")
        if parts:
            for found in self._found:
                self._add(found.kind, found.told)
            if self._found:
                self.kinds.setCurrentRow(0)
            else:
                self._add_heading("No kind is called so")
            return
        self._add_heading("Usual")
        for key in USUAL:
            self._add(LAYER_KINDS[key])
        for group, title in GROUPS.items():
            self._add_heading(title)
            for kind in LAYER_KINDS.values():
                if kind.group == group:
                    self._add(kind)

    def _fill_chain(self, parts: list[str]) -> None:
        """Several layers were typed: those that fit best, in their order; nothing is added while one of them is unknown."""
        before = self._best  # all but the last are as they were a letter ago
        self._best = {part: before[part] if part in before else next(iter(find(part)), None) for part in parts}
        unknown = next((part for part in parts if self._best[part] is None), "")
        self._found = self._chain = [] if unknown else [found for part in parts if (found := self._best[part])]
        self._add_heading(f"No kind is called {unknown[:40]}" if unknown else f"Return adds these {len(parts)}")
        for found in self._chain:
            self._add(found.kind, found.told)

    def _add(self, kind: LayerKind, told: str = "") -> None:
        if kind.key not in self._pictures:
            self._pictures[kind.key] = self._picture(kind.key)
        item = QListWidgetItem(self._pictures[kind.key], f"{kind.title}\n{told}" if told else kind.title)
        item.setData(_KIND, kind.key)
        item.setToolTip(f"{kind.title}: {kind.tooltip}")
        self.kinds.addItem(item)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(self._theme.color("muted"))
        self.kinds.addItem(item)

    def _picture(self, kind: str) -> QPixmap:
        side = self._theme.px(20)
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        family = family_of(kind)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(1.5, 1.5, side - 3, side - 3)
        color = self._theme.color(family.color)
        if family.is_slim:
            draw_mark(painter, area, kind, family.title, color)
        else:
            shape = _SAMPLES.get(family.title.lower(), (64,))
            painter.scale(1 / _FINE, 1 / _FINE)
            large = QRectF(area.topLeft() * _FINE, area.size() * _FINE)
            draw_volume(painter, large, shape, color, self._theme.color("panel"))
        painter.end()
        return pixmap

    def _choose(self, row: int) -> None:
        item = self.kinds.item(row)
        kind = item.data(_KIND) if item is not None else None
        if kind:
            found = next((found for found in self._found if found.kind.key == kind), None)
            self.kind_chosen.emit(kind, dict(found.parameters) if found is not None else {})

    def eventFilter(self, watched: object, event: object) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.ShortcutOverride:
            undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            return undoes and not self.search.text()  # an empty field has nothing to take back: the drawing has
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key == Qt.Key.Key_Escape:
                self.search.clear()
                self.left.emit()
                return True
        return False

    def _step(self, by: int) -> None:
        row = self.kinds.currentRow() + by
        while 0 <= row < self.kinds.count() and not self.kinds.item(row).data(_KIND):
            row += by
        if 0 <= row < self.kinds.count():
            self.kinds.setCurrentRow(row)

    @Slot()
    def _on_text_changed(self) -> None:
        self._fill()

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.begin_search()
        self.search.setText(text)

    @Slot()
    def _on_taken(self) -> None:
        self._choose(self.kinds.currentRow())

    @Slot()
    def _on_return_pressed(self) -> None:
        if self._chain:
            for found in self._chain:
                self.kind_chosen.emit(found.kind.key, dict(found.parameters))
            self.search.clear()
        elif self.kinds.currentRow() >= 0:
            self._choose(self.kinds.currentRow())
            self.search.clear()

    @Slot(QListWidgetItem)
    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._choose(self.kinds.row(item))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme, gap = self._theme, self._theme.gap(4)
        self._layout.setContentsMargins(gap, gap, 0, gap)
        self._layout.setSpacing(gap)
        self.setFixedWidth(theme.px(198))
        for part in (self.search, self.kinds):
            part.setFont(theme.font("small"))
        self.hint.setFont(theme.font("small"))
        self._pictures.clear()
        self.kinds.setIconSize(QSize(theme.px(20), theme.px(20)))
        self._fill()
