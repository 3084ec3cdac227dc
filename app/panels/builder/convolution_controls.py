"""What stands below the board of "One convolution": the picture, the window's numbers, the kernel. Changes no state itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.panels.builder.convolution_pictures import TITLES
from app.panels.builder.convolution_sliders import WindowSliders
from app.panels.builder.convolution_state import LARGEST, ConvolutionState
from app.simulation.convolution_kernels import KERNELS
from app.widgets.ink_canvas import InkCanvas
from app.widgets.small_controls import Switch, text_button
from app.widgets.steady_box import SteadyBox
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_NO_LIMIT = 16_777_215  # Qt's QWIDGETSIZE_MAX


class ConvolutionControls(QScrollArea):
    """picture_asked: the key of a picture; side_asked: pixels along it; kernel_asked: a named kernel; bias_moved, bias_settled; flip_asked, relu_asked; digit_asked: another digit."""

    picture_asked = Signal(str)
    digit_asked = Signal()
    side_asked = Signal(int)
    kernel_asked = Signal(str)
    bias_moved = Signal(float)
    bias_settled = Signal()
    flip_asked = Signal(bool)
    relu_asked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Picture, window and kernel")
        self.setWidgetResizable(True)
        self._content = QWidget(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._content)
        self._parts = (QHBoxLayout(), QHBoxLayout())  # pad and pictures; kernel and bias
        self._is_stacked = False
        self.pad = InkCanvas(
            theme,
            "Draw here",
            "Draw with the mouse, a finger or a pen: the window slides over what you draw.\nBackspace takes the last stroke back, Delete clears.",
            "Draw a picture; with the keyboard, choose one from the list beside it.",
        )
        self.pictures = SteadyBox(self)
        self.pictures.setAccessibleName("Picture")
        self.pictures.setToolTip("What lies on the pad; you can draw over it")
        for key, title in TITLES.items():
            self.pictures.addItem(title, key)
        self.pictures.activated.connect(self._on_picture_chosen)
        self.digit_button = text_button("Another digit (D)", "The next of the bundled test digits (D)", "Another digit")
        self.digit_button.clicked.connect(self.digit_asked)
        self.clear_button = text_button("Clear", "Empties the pad")
        self.clear_button.clicked.connect(self.pad.clear)
        self.undo_button = text_button("Undo stroke", "Takes the last stroke back")
        self.undo_button.clicked.connect(self.pad.undo)
        self.sides = Switch(
            theme,
            [(str(side), f"{side}×{side}", f"{side} pixels along the picture") for side in (7, 14, 28)],
            "Pixels",
        )
        self.sides.chosen.connect(self._on_side_chosen)
        self.window_numbers = WindowSliders(theme, self)
        self.kernels = SteadyBox(self)
        self.kernels.setAccessibleName("Kernel")
        self.kernels.setToolTip("Kernels that have a name; each number can be changed where it stands (K)")
        for one in KERNELS:
            self.kernels.addItem(one.title, one.key)
            self.kernels.setItemData(self.kernels.count() - 1, one.what, Qt.ItemDataRole.ToolTipRole)
        self.kernels.activated.connect(self._on_kernel_chosen)
        self.what = QLabel(self)
        self.what.setObjectName("small")
        self.what.setWordWrap(True)
        self.what.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bias = ValueSlider(theme, "Bias", -3.0, 3.0, 0.0, step=0.1, typed=(-LARGEST, LARGEST), tooltip="Added to the sum of the products")  # fmt: skip
        self.bias.value_changed.connect(self.bias_moved)
        self.bias.value_settled.connect(self._on_bias_settled)
        self.flip = QCheckBox("Flip kernel (F)", self)
        self.flip.setToolTip("Turn the kernel by 180°, as convolution is defined in mathematics (F)")
        self.flip.clicked.connect(self.flip_asked)
        self.relu = QCheckBox("ReLU after (R)", self)
        self.relu.setToolTip("Let negative numbers of the map be 0 (R)")
        self.relu.clicked.connect(self.relu_asked)
        self._build()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build(self) -> None:
        for widget in (self.pictures, self.kernels, self.flip, self.relu):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from the window's clock
        beside = QVBoxLayout()
        beside.addWidget(self.pictures)
        beside.addWidget(self.sides)
        beside.addWidget(self.digit_button)
        buttons = QHBoxLayout()
        buttons.addWidget(self.clear_button)
        buttons.addWidget(self.undo_button)
        buttons.addStretch(1)
        beside.addLayout(buttons)
        beside.addStretch(1)
        self._beside = beside
        chosen = QVBoxLayout()
        chosen.addWidget(self.kernels)
        chosen.addWidget(self.what)
        chosen.addStretch(1)
        last = QVBoxLayout()
        last.addWidget(self.bias)
        last.addWidget(self.flip)
        last.addWidget(self.relu)
        last.addStretch(1)
        self._columns = (chosen, last)
        drawn, weighed = self._parts
        drawn.addWidget(self.pad)
        drawn.addLayout(beside)
        weighed.addLayout(chosen, 1)
        weighed.addLayout(last, 1)
        self._row.addLayout(drawn)
        self._row.addWidget(self.window_numbers, 3)
        self._row.addLayout(weighed, 4)
        self.setWidget(self._content)

    def set_stacked(self, is_stacked: bool) -> None:
        """One below the other, in a column that scrolls, or side by side."""
        if is_stacked != self._is_stacked:
            self._is_stacked = is_stacked
            down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            self._row.setDirection(down if is_stacked else across)
            self._fit()

    def _fit(self) -> None:
        """As high as what stands side by side; as wide as what stands one below the other."""
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(needed if self._is_stacked else off)
        self.setHorizontalScrollBarPolicy(off if self._is_stacked else needed)
        self._row.activate()
        hint = self._content.minimumSizeHint()
        bar = self.horizontalScrollBar().sizeHint().height()
        if self._is_stacked:
            self.setMinimumHeight(0)
            self.setMaximumHeight(_NO_LIMIT)
            self.setFixedWidth(hint.width() + bar)
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_NO_LIMIT)
            self.setFixedHeight(self._content.sizeHint().expandedTo(self.pad.size()).height() + bar // 2)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_state(self, state: ConvolutionState) -> None:
        """Show what `state` says; emits nothing."""
        self.pictures.setCurrentIndex(self.pictures.findData(state.picture))
        self.sides.set_choice(str(state.side))
        self.clear_button.setEnabled(bool(state.strokes) or state.picture != "blank")
        self.undo_button.setEnabled(bool(state.strokes))
        self.window_numbers.show_state(state)
        is_weighed = state.mode == "convolution"
        for widget in (self.kernels, self.what, self.bias, self.flip):
            widget.setEnabled(is_weighed)
        self._show_kernel(state)
        if self.bias.value() != state.bias:
            self.bias.set_value(state.bias)
        self.flip.setChecked(state.is_flipped)
        self.relu.setChecked(state.is_rectified)

    def _show_kernel(self, state: ConvolutionState) -> None:
        key = state.kernel_name
        own = self.kernels.findData("")
        if key and own >= 0:
            self.kernels.removeItem(own)
        elif not key and own < 0:
            self.kernels.insertItem(0, "Numbers of your own", "")
        self.kernels.setCurrentIndex(self.kernels.findData(key))
        what = next((one.what for one in KERNELS if one.key == key), "Each number can be changed where it stands.")
        self.what.setText(what if state.mode == "convolution" else "Pooling has no kernel: nothing is learned in it.")

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_picture_chosen(self, index: int) -> None:
        self.picture_asked.emit(self.pictures.itemData(index))

    @Slot(str)
    def _on_side_chosen(self, side: str) -> None:
        self.side_asked.emit(int(side))

    @Slot(int)
    def _on_kernel_chosen(self, index: int) -> None:
        if self.kernels.itemData(index):
            self.kernel_asked.emit(self.kernels.itemData(index))

    @Slot(float)
    def _on_bias_settled(self, _value: float) -> None:
        self.bias_settled.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap(8)
        self._row.setContentsMargins(gap, gap, gap, gap)
        self._row.setSpacing(theme.gap(12))
        self._beside.setSpacing(theme.gap(4))
        for column in self._columns:
            column.setSpacing(theme.gap(6))
        side = round(theme.px(136) * (1.0 if theme.scale < 1.4 else 0.85))
        self.pad.setFixedSize(side, side)
        for button in (self.digit_button, self.clear_button, self.undo_button):
            button.setFont(theme.font("small"))
        self.bias.setMinimumWidth(theme.px(112))
        self.bias.field.setFixedWidth(theme.px(72))
        self.kernels.setMinimumWidth(theme.px(98))
        for part in self._parts:
            part.setSpacing(theme.gap(12))
        self._fit()
