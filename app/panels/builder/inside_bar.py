"""The line below the canvas that says what is drawn within the layers, and of which sample. Says what is asked for; does nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpinBox, QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.quiet_room import QuietRoom
from app.widgets.theme import Theme

_MOST_SAMPLES = 10_000_000
_BETWEEN = " · "  # the sentence's parts


class InsideBar(QWidget):
    """A sentence, cut where it has no room (its tooltip has all of it), the sample's number, and the pad's drawing in its place."""

    toggled = Signal(bool)
    sample_chosen = Signal(int)
    drawn_toggled = Signal(bool)
    look_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sentence = ""
        self._more: list[QToolButton] = []
        self.eye = QToolButton(self)
        self.eye.setIcon(icon(theme, "inside"))
        self.eye.setCheckable(True)
        self.eye.setChecked(True)
        self.eye.setAccessibleName("Look inside")
        self.eye.setToolTip("Draw on each layer what is within it while it trains, the more the nearer one looks (I)")
        self.eye.clicked.connect(self.toggled)
        self.label = QLabel(self)
        self._room = QuietRoom(self.label, self)
        self._room.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._room.fitted.connect(self._cut)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setAccessibleName("What is drawn within the layers")
        self.look_button = QPushButton(self)
        self.look_button.setText("Look inside")
        self.look_button.setAccessibleName("Look inside the network that has not begun")
        self.look_button.setToolTip("Show the network within as it would begin, with the weights that the seed draws")
        self.look_button.clicked.connect(self.look_asked)
        self.sample = QSpinBox(self)
        self.sample.setRange(0, _MOST_SAMPLES)
        self.sample.setWrapping(True)
        self.sample.setKeyboardTracking(False)
        self.sample.setPrefix("test ")
        self.sample.setAccessibleName("Test sample that goes through the network")
        self.sample.setToolTip(
            "The test sample whose way through the network is drawn (comma and full stop: back and on)"
        )
        self.sample.valueChanged.connect(self.sample_chosen)
        self.pad_button = QToolButton(self)
        self.pad_button.setIcon(icon(theme, "pen"))
        self.pad_button.setCheckable(True)
        self.pad_button.setAccessibleName("What is drawn on the pad")
        self.pad_button.setToolTip("Send what is drawn on the monitor's pad through the network, in the sample's place")
        self.pad_button.clicked.connect(self.drawn_toggled)
        for button in (self.eye, self.look_button, self.pad_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.eye)
        self._row.addWidget(self._room, 1)
        for widget in (self.look_button, self.sample, self.pad_button):
            self._row.addWidget(widget)
        self.show_choice(0, 0, has_drawing=False, is_drawn=False)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def add_button(self, button: QToolButton) -> None:
        """Another button at its end, where there is room for it beside the sentence, or while it is checked."""
        self._more.append(button)
        button.toggled.connect(self._fit_more)
        button.hide()
        self._row.addWidget(button)
        self._fit_more()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_more()

    @Slot()
    def _fit_more(self) -> None:
        own = (self.eye, self.pad_button, max(self.look_button, self.sample, key=lambda one: one.sizeHint().width()))
        needed = sum(one.sizeHint().width() for one in (*own, *self._more)) + self._theme.px(120)
        for button in self._more:
            button.setVisible(self.width() >= needed or button.isChecked())

    @property
    def sentence(self) -> str:
        """What it says, whole."""
        return self._sentence

    def say(self, sentence: str, more: str, *, may_look: bool) -> None:
        """Say what is drawn; more: what the tooltip adds; may_look: nothing trains, but the network can be looked into."""
        if may_look != self.look_button.isVisibleTo(self):
            self.look_button.setVisible(may_look)
        if sentence != self._sentence:
            self._sentence = sentence
            self.label.setToolTip(f"{sentence}.\n{more}" if more else sentence)
            self.label.setAccessibleDescription(sentence)
            self._cut()

    def show_on(self, is_on: bool) -> None:
        """Let the eye say whether what is within is drawn."""
        self.eye.setChecked(is_on)

    def show_choice(self, sample: int, samples: int, *, has_drawing: bool, is_drawn: bool) -> None:
        """Show which sample it is, of how many (0: not known yet), and whether the drawing goes in its place."""
        last = samples - 1 if samples else _MOST_SAMPLES
        if (sample, last) != (self.sample.value(), self.sample.maximum()):  # set again, it asks for a new layout
            self.sample.blockSignals(True)
            self.sample.setMaximum(last)
            self.sample.setValue(sample)
            self.sample.blockSignals(False)
        self.sample.setVisible(samples > 0)
        self.sample.setEnabled(not is_drawn)
        self.pad_button.setVisible(has_drawing)
        self.pad_button.setChecked(is_drawn)

    @Slot()
    def _cut(self) -> None:
        """As many of its parts as there is room for, from the first on."""
        metrics, room, parts = (
            QFontMetrics(self.label.font()),
            max(self.label.width(), 40),
            self._sentence.split(_BETWEEN),
        )
        while len(parts) > 1 and metrics.horizontalAdvance(_BETWEEN.join(parts)) > room:
            parts.pop()
        self.label.setText(metrics.elidedText(_BETWEEN.join(parts), Qt.TextElideMode.ElideRight, room))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.label.setFont(theme.font("small"))
        self.sample.setFont(theme.font("small"))
        self.sample.lineEdit().setFont(theme.font("small"))  # hidden, it keeps the size of the theme before
        self.look_button.setFont(theme.font("small"))
        self._row.setContentsMargins(theme.gap(8), theme.gap(2), theme.gap(8), 0)
        self._row.setSpacing(theme.gap(8))
        for button in (self.eye, self.pad_button):
            button.setIconSize(QSize(theme.px(16), theme.px(16)))
        self._fit_more()
        self._cut()
        self._room.fit()
