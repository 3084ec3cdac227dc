"""PlayRow: restart, play, a slider through what has been computed, the moment in words. Knows no bench."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.theme import Theme

NOTCHES = 1000


class PlayRow(QWidget):
    """Emits what a person asks for; shows what it is told. moved: the share (0 to 1) of the whole that shall be shown.

    dropped: the handle has been let go, or a key has moved it. widest: the longest text that the moment has.
    """

    play_pressed = Signal()
    restart_pressed = Signal()
    moved = Signal(float)
    dropped = Signal()

    def __init__(self, theme: Theme, what: str, widest: str) -> None:
        super().__init__()
        self._theme = theme
        self._widest = widest
        self._tools: list[QAbstractButton] = []
        self.restart_button = self._button("reset", f"Back to the start of {what}", "Restart")
        self.play_button = self._button("play", "Play or pause (Space)", "Play or pause")
        self.play_button.setObjectName("primary")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, NOTCHES)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(50)
        self.slider.setAccessibleName(f"Moment of {what}")
        self.slider.setToolTip(f"Drag to any moment of {what}")
        self.label = QLabel()
        self.label.setAccessibleName("Moment shown")
        self._row = QHBoxLayout(self)
        for widget in (self.restart_button, self.play_button):
            self._row.addWidget(widget)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restart_button.clicked.connect(self.restart_pressed)
        self.play_button.clicked.connect(self.play_pressed)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(self.dropped)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_moment(self, share: float, text: str, *, is_playing: bool) -> None:
        """Put everything there; emits nothing."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * NOTCHES))
        self.slider.blockSignals(False)
        if text != self.label.text():
            self.label.setText(text)
        if self.play_button.property("plays") != is_playing:
            self.play_button.setProperty("plays", is_playing)
            self.play_button.setIcon(icon(self._theme, "pause" if is_playing else "play", "accent_text"))

    def add_tool(self, button: QAbstractButton, symbol: str) -> None:
        """Put another small control before the moment; symbol: its icon, which follows the theme, or "" for its text alone."""
        button.setProperty("symbol", symbol)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tools.append(button)
        self._row.insertWidget(self._row.count() - 1, button)
        self._on_theme_changed()

    def set_free(self, is_free: bool) -> None:
        """Whether play and slider may be used."""
        self.play_button.setEnabled(is_free)
        self.slider.setEnabled(is_free)

    def _button(self, symbol: str, tip: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("symbol", symbol)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot(int)
    def _on_slider_moved(self, notch: int) -> None:
        self.moved.emit(notch / NOTCHES)
        if not self.slider.isSliderDown():
            self.dropped.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.gap(6))
        side = theme.px(16)
        for tool in (self.restart_button, *self._tools):
            if tool.property("symbol"):
                tool.setIcon(icon(theme, str(tool.property("symbol"))))
        plays = bool(self.play_button.property("plays"))
        self.play_button.setIcon(icon(theme, "pause" if plays else "play", "accent_text"))
        for button in (self.restart_button, self.play_button, *self._tools):
            button.setIconSize(QSize(side, side))
        self.label.setFont(theme.font("value"))
        metrics = self.label.fontMetrics()  # of fixed size: it changes every frame, and asks nobody for a new layout
        self.label.setFixedSize(metrics.horizontalAdvance(self._widest) + theme.gap(8), metrics.height() + 2)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
