"""NeuronsBar: what stands above the neurons: back to the layers, layers more and fewer, a function for all, the points to learn."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from app.panels.builder.neurons_chain import MOST_LAYERS, NeuronNet
from app.panels.builder.neurons_edits import FUNCTIONS
from app.panels.builder.neurons_heads import function_title
from app.widgets.icons import icon
from app.widgets.small_controls import ThemedLabel
from app.widgets.steady_box import SteadyBox
from app.widgets.theme import Theme
from trainers.planar_data import PLANAR_DATA

_MIXED = "mixed"
_NONE = "no hidden layer"


class NeuronsBar(QWidget):
    """Says what is asked for; the view does it."""

    layers_asked = Signal(int)  # 1 more, -1 fewer
    function_asked = Signal(str)
    data_asked = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.back = self._button("builder", "Back to the layers", "Show the network as layers again (N)")
        self.back.clicked.connect(self.left)
        self.fewer = self._button(
            "minus", "One hidden layer fewer", "Take the last hidden layer away (Undo brings it back)"
        )
        self.fewer.clicked.connect(self._on_fewer_clicked)
        self.more = self._button("plus", "One hidden layer more", "Put a hidden layer of two neurons before the output")
        self.more.clicked.connect(self._on_more_clicked)
        self.layers = ThemedLabel(theme, "", "body")
        self.function_label = ThemedLabel(theme, "Function", "small", "muted")
        self.function = self._box("Function of all hidden layers", "What bends the sums of all hidden layers")
        for kind in FUNCTIONS:
            self.function.addItem(function_title(kind), kind)
        self.function.activated.connect(self._on_function_chosen)
        self.data_label = ThemedLabel(theme, "Data", "small", "muted")
        self.data = self._box("Data", "The points that the network learns; a run that stands is ended and kept")
        for name, spec in PLANAR_DATA.items():
            self.data.addItem(spec.title, name)
        self.data.activated.connect(self._on_data_chosen)
        self._row = QHBoxLayout(self)
        for widget in (self.back, self.fewer, self.layers, self.more):
            self._row.addWidget(widget)
        for label, box in ((self.function_label, self.function), (self.data_label, self.data)):
            self._row.addWidget(label)
            self._row.addWidget(box, 1)
        self._row.addStretch(0)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_net(self, net: NeuronNet | None) -> None:
        """As many layers, and their function; None: nothing that could be changed."""
        for widget in (self.fewer, self.more, self.layers, self.function):
            widget.setVisible(net is not None)
        self.data.setVisible(net is not None and net.is_planar)
        self._fit()
        if net is None:
            return
        count = len(net.hidden)
        self.layers.setText(f"{count} hidden layer{'s'[: count != 1]}")
        self.fewer.setEnabled(count > 0)
        self.more.setEnabled(len(net.columns) < MOST_LAYERS)
        kinds = {column.kind for column in net.hidden}
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        self._stand_at(
            self.function,
            kind if kind in FUNCTIONS else None,
            function_title(kind) if kind else _MIXED if kinds else _NONE,
        )
        self.function.setEnabled(count > 0)

    def show_data(self, name: str, title: str) -> None:
        """The data chosen; those that are no points have an entry of their own."""
        self._stand_at(self.data, name if name in PLANAR_DATA else None, title)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where what is chosen could not be read whole beside the words for it, those are left out."""
        boxes = [box for box in (self.function, self.data) if not box.isHidden()]
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        fixed = [widget for widget in (self.back, self.fewer, self.layers, self.more) if not widget.isHidden()]
        labels = [self.function_label, self.data_label][: len(boxes)]
        needed = margins.left() + margins.right() + sum(widget.sizeHint().width() + gap for widget in (*fixed, *labels))
        for box in boxes:
            wide = box.fontMetrics().horizontalAdvance(box.currentText()) + self._theme.px(48)
            self._row.setStretchFactor(box, wide)
            needed += wide + gap
        for label, box in ((self.function_label, self.function), (self.data_label, self.data)):
            label.setVisible(needed <= self.width() and not box.isHidden())
        most = self._theme.px(200)
        short = self.function.fontMetrics().horizontalAdvance(self.function.currentText()) + self._theme.px(64)
        # a short word leaves its room to the data, whose name was cut on a projector
        self.function.setMaximumWidth(min(most, short) if needed > self.width() else most)

    @staticmethod
    def _stand_at(box: SteadyBox, what: str | None, other: str) -> None:
        """Let a list stand at an entry, or, where it has none for what is chosen, at one more that says `other`."""
        last = box.count() - 1
        has_other = box.itemData(last) is None
        if what is not None:
            if has_other:
                box.removeItem(last)
            box.setCurrentIndex(box.findData(what))
            return
        if not has_other:
            box.addItem(other, None)
            last += 1
        box.setItemText(last, other)
        box.setCurrentIndex(last)

    def _button(self, glyph: str, name: str, tooltip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, glyph))
        button.setAccessibleName(name)
        button.setToolTip(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _box(self, name: str, tooltip: str) -> SteadyBox:
        box = SteadyBox(self)
        box.setAccessibleName(name)
        box.setToolTip(tooltip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setSizeAdjustPolicy(SteadyBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(5)
        box.setMaximumWidth(self._theme.px(200))
        return box

    @Slot()
    def _on_fewer_clicked(self) -> None:
        self.layers_asked.emit(-1)

    @Slot()
    def _on_more_clicked(self) -> None:
        self.layers_asked.emit(1)

    @Slot(int)
    def _on_function_chosen(self, index: int) -> None:
        kind = self.function.itemData(index)
        if kind is not None:
            self.function_asked.emit(kind)

    @Slot(int)
    def _on_data_chosen(self, index: int) -> None:
        name = self.data.itemData(index)
        if name:
            self.data_asked.emit(name)

    @Slot()
    def _on_theme_changed(self) -> None:
        gap, side = self._theme.gap(8), self._theme.px(16)
        self._row.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self._row.setSpacing(self._theme.gap(6))
        for button in (self.back, self.fewer, self.more):
            button.setIconSize(QSize(side, side))
        for box in (self.function, self.data):
            box.setMaximumWidth(self._theme.px(200))
