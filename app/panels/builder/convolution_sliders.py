"""The window's numbers on the page "One convolution": kernel, stride, padding, dilation, and the link of height and width.

Changes no state itself.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QWidget

from app.panels.builder.convolution_state import LIMITS, ConvolutionState
from app.widgets.icons import icon
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_NUMBERS: tuple[tuple[str, str, str, str], ...] = (
    ("kernel", "Kernel", "k", "Pixels along the window, without its holes"),
    ("stride", "Stride", "s", "How far the window goes from place to place"),
    ("padding", "Padding", "p", "Rows and columns laid around the picture, on each side"),
    ("dilation", "Dilation", "d", "From a pixel under the window to the next: 2 leaves a hole of one pixel"),
)
_AXES = (("↕", "height"), ("↔", "width"))


class WindowNumber(QWidget):
    """One number of the window: one slider for both axes, or one for its height and one for its width.

    moved: (name, value, axis) while a gesture goes on, axis None for both; settled: what was changed, in words, after it.
    """

    moved = Signal(str, int, object)
    settled = Signal(str)

    def __init__(self, theme: Theme, name: str, word: str, letter: str, tip: str) -> None:
        super().__init__()
        self.name = name
        least, most = LIMITS[name]
        self.both = ValueSlider(theme, f"{word} {letter}", least, most, least, is_whole=True, tooltip=tip, parent=self)
        self.apart = tuple(
            ValueSlider(theme, f"{letter}{arrow}", least, most, least, is_whole=True, tooltip=f"{tip}; its {side} alone", parent=self)
            for arrow, side in _AXES
        )  # fmt: skip
        self._axes: dict[ValueSlider, tuple[int | None, str]] = {self.both: (None, word)}
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        for slider, (axis, (_, side)) in zip(self.apart, enumerate(_AXES), strict=True):
            self._axes[slider] = (axis, f"{word}, {side}")
            slider.field.setAccessibleName(f"{word}, {side}")
            slider.slider.setAccessibleName(f"{word}, {side}, slider")
            slider.hide()
        for slider in self._axes:
            self.row.addWidget(slider)
            slider.value_changed.connect(self._on_moved)
            slider.value_settled.connect(self._on_settled)

    def show_state(self, state: ConvolutionState) -> None:
        """Show what `state` says; emits nothing."""
        is_linked, pair = state.sliding.is_linked, state.sliding.pair(self.name)
        for slider, (axis, _) in self._axes.items():
            slider.setVisible(is_linked == (axis is None))
            if slider.value() != pair[axis or 0]:
                slider.set_value(pair[axis or 0])

    @Slot(float)
    def _on_moved(self, value: float) -> None:
        slider = self.sender()
        if isinstance(slider, ValueSlider):
            self.moved.emit(self.name, round(value), self._axes[slider][0])

    @Slot(float)
    def _on_settled(self, _value: float) -> None:
        slider = self.sender()
        if isinstance(slider, ValueSlider):
            self.settled.emit(self._axes[slider][1])


class WindowSliders(QWidget):
    """All four, and the button that links height and width. link_asked: whether they shall be changed together."""

    moved = Signal(str, int, object)
    settled = Signal(str)
    link_asked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.numbers: dict[str, WindowNumber] = {}
        for index, (name, word, letter, tip) in enumerate(_NUMBERS):
            number = WindowNumber(theme, name, word, letter, tip)
            number.moved.connect(self.moved)
            number.settled.connect(self.settled)
            self.numbers[name] = number
            self.grid.addWidget(number, index // 2, 2 * (index % 2))
        self.link = QToolButton(self)
        self.link.setCheckable(True)
        self.link.setChecked(True)
        self.link.setToolTip("Height and width together, or each by itself (L)")
        self.link.setAccessibleName("Height and width together")
        self.link.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from the window's clock
        self.link.clicked.connect(self.link_asked)
        self.link.toggled.connect(self._dress_link)
        self.grid.addWidget(self.link, 0, 1, 2, 1, Qt.AlignmentFlag.AlignCenter)
        self.grid.setColumnStretch(0, 1)
        self.grid.setColumnStretch(2, 1)
        self.grid.setRowStretch(2, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_state(self, state: ConvolutionState) -> None:
        """Show what `state` says; emits nothing."""
        for number in self.numbers.values():
            number.show_state(state)
        self.numbers["dilation"].setEnabled(state.mode != "average" or state.sliding.dilation != 1)
        self.link.setChecked(state.sliding.is_linked)

    @Slot()
    def _dress_link(self) -> None:
        self.link.setIcon(icon(self._theme, "linked" if self.link.isChecked() else "unlinked"))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.grid.setHorizontalSpacing(theme.gap(4))
        self.grid.setVerticalSpacing(theme.gap(8))
        for number in self.numbers.values():
            number.row.setSpacing(theme.gap(6))
            number.both.setMinimumWidth(theme.px(136))
            number.both.field.setFixedWidth(theme.px(54))
            for slider in number.apart:
                slider.field.setFixedWidth(theme.px(42))
        side = theme.px(16)
        self.link.setIconSize(QSize(side, side))
        self._dress_link()
