"""The line above the page "One convolution": back, mode, play and steps, speed, export. Says what is asked for, does nothing."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from app.panels.builder.convolution_state import FASTEST, SLOWEST, ConvolutionState
from app.panels.builder.convolution_words import MODES
from app.widgets.icons import icon
from app.widgets.small_controls import Switch, open_menu_by
from app.widgets.theme import Theme

EXPORTS = {"png": "Board as PNG…", "svg": "Board as SVG…", "csv": "Numbers as CSV…"}
# what is asked for: name, icon, tooltip, words for a screen reader
_DEEDS: tuple[tuple[str, str, str, str], ...] = (
    ("anew", "reset", "Empty the map and go back to the first place (N)", "Begin anew"),
    ("back", "back", "One place back (←)", "One place back"),
    ("play", "play", "Let the window slide, or stand (Space)", "Play or pause"),
    ("on", "batch", "One place on (→)", "One place on"),
    ("term", "plus", "Count one term more (T)", "One term more"),
    ("sweep", "epoch", "Fill the whole map at once (S)", "Sweep all"),
)
_NOTCHES = 200


class ConvolutionBar(QWidget):
    """deed_asked: a name of _DEEDS."""

    back_asked = Signal()
    mode_asked = Signal(str)
    deed_asked = Signal(str)
    speed_asked = Signal(float)
    export_asked = Signal(str)
    again_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_playing = False
        self.back = self._button("arrow_left", "Back to the drawing of the network (Esc)", "Back to the network")
        self.back.setText("Network")
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.back.clicked.connect(self.back_asked)
        self.mode = Switch(theme, MODES, "What the window does")
        self.mode.chosen.connect(self.mode_asked)
        self.origin = QLabel(self)
        self.origin.setObjectName("muted")
        self.origin.setAccessibleName("Layer on show")
        self.origin.setTextFormat(Qt.TextFormat.PlainText)
        self.origin.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.again = self._button("reset", "", "Take the layer's kernel again")
        self.again.setText("Take again")
        self.again.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.again.clicked.connect(self.again_asked)
        self.again.hide()
        self.deeds: dict[str, QToolButton] = {}
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        self._rows.addLayout(self._first, 1)
        self._rows.addLayout(self._second)
        self._first.addWidget(self.back)
        self._first.addWidget(self.mode)
        self._first.addWidget(self.again)
        self._first.addWidget(self.origin, 1)
        for name, glyph, tip, words in _DEEDS:
            button = self._button(glyph, tip, words)
            button.setProperty("deed", name)
            button.clicked.connect(self._on_deed_clicked)
            self.deeds[name] = button
            self._second.addWidget(button)
        self.deeds["play"].setObjectName("primary")
        for name in ("back", "on", "term"):
            self.deeds[name].setAutoRepeat(True)
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(0, _NOTCHES)
        self.speed.setAccessibleName("Speed, slider")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setToolTip("Places a second: slow enough, and the terms are counted one by one")
        self.speed.valueChanged.connect(self._on_speed_moved)
        self.speed_label = QLabel(self)
        self.speed_label.setAccessibleName("Speed")
        self.speed_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.export = self._button("export", "Save the board as a picture or a drawing, or its numbers", "Save")
        menu = QMenu(self)
        for kind, text in EXPORTS.items():
            menu.addAction(text).setData(kind)
        menu.triggered.connect(self._on_export_chosen)
        open_menu_by(self.export, menu)
        for widget in (self.speed, self.speed_label, self.export):
            self._second.addWidget(widget)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _button(self, glyph: str, tip: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, glyph))
        button.setToolTip(tip)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space and the arrows from the page
        return button

    def show_state(self, state: ConvolutionState) -> None:
        """Show what `state` says."""
        self.mode.set_choice(state.mode)
        self.origin.setToolTip(state.origin)
        self._fit_origin()
        if state.is_playing != self._is_playing:
            self._is_playing = state.is_playing
            token = "accent_text" if self.deeds["play"].isEnabled() else "text"
            self.deeds["play"].setIcon(icon(self._theme, "pause" if state.is_playing else "play", token))
        for button in self.deeds.values():
            button.setEnabled(state.positions > 0)
        self.speed.blockSignals(True)
        self.speed.setValue(round(math.log(state.speed / SLOWEST) / math.log(FASTEST / SLOWEST) * _NOTCHES))
        self.speed.blockSignals(False)
        self.speed_label.setText(f"{state.speed:.2g} places/s")

    def offer_again(self, layer: str) -> None:
        """Offer the kernel of `layer` as its training has it now; "" where there is none, or it is on show."""
        self.again.setToolTip(f"Take the kernel of {layer} as it is in the training now, and follow it")
        if self.again.isHidden() == bool(layer):
            self.again.setVisible(bool(layer))
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the longer of the two rows; one row where there is room for both."""
        margins = self._rows.contentsMargins()
        one, other = self._first.minimumSize(), self._second.minimumSize()
        height = max(one.height(), other.height())
        if self._rows.direction() != QBoxLayout.Direction.LeftToRight:
            height += min(one.height(), other.height()) + self._rows.spacing()
        width = max(one.width(), other.width()) + margins.left() + margins.right()
        return QSize(width, height + margins.top() + margins.bottom())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = self._first.minimumSize().width() + self._second.minimumSize().width() + self._theme.gap(24)
        across = QBoxLayout.Direction.LeftToRight
        direction = across if event.size().width() >= needed else QBoxLayout.Direction.TopToBottom
        if direction != self._rows.direction():
            self._rows.setDirection(direction)
            self.updateGeometry()
        self._rows.activate()
        self._fit_origin()

    def _fit_origin(self) -> None:
        text, room = self.origin.toolTip(), self.origin.width()
        self.origin.setText(self.origin.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))

    @Slot()
    def _on_deed_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.deed_asked.emit(str(button.property("deed")))

    @Slot(int)
    def _on_speed_moved(self, notch: int) -> None:
        self.speed_asked.emit(float(f"{SLOWEST * (FASTEST / SLOWEST) ** (notch / _NOTCHES):.2g}"))

    @Slot(QAction)
    def _on_export_chosen(self, action: QAction) -> None:
        self.export_asked.emit(action.data())

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap, size = theme.gap(8), theme.px(18)
        self._rows.setContentsMargins(gap, gap, gap, gap // 2)
        for row in (self._rows, self._first, self._second):
            row.setSpacing(theme.gap(4))
        for button in self.findChildren(QToolButton):
            button.setIconSize(QSize(size, size))
        self.deeds["play"].setIcon(icon(theme, "pause" if self._is_playing else "play", "accent_text"))
        self.speed.setFixedWidth(theme.gap(110))
        self.speed_label.setFixedWidth(theme.px(92))
        for named in (self.back, self.again):
            named.setFont(theme.font("body"))
