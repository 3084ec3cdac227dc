"""Small controls that panels share: headings, flat buttons, a switch of exclusive buttons. Knows no data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme


class ThemedLabel(QLabel):
    """A label in one of the theme's type roles and colours; it follows both."""

    def __init__(
        self, theme: Theme, text: str = "", role: str = "body", token: str = "text", wraps: bool = False
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self._role = role
        self._token = token
        self.setWordWrap(wraps)
        self.setTextFormat(Qt.TextFormat.PlainText)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_token(self, token: str) -> None:
        """Another colour of the theme."""
        if token != self._token:
            self._token = token
            self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.font(self._role))
        palette = self.palette()  # a stylesheet of its own for each label would cost a millisecond each
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._token))
        self.setPalette(palette)


def text_button(
    text: str, tooltip: str, name: str = "", key: str | QKeySequence.StandardKey = "", is_checkable: bool = False
) -> QToolButton:
    """A flat button with a text, a tooltip (its key is added), and a name for a screen reader."""
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name or text)
    button.setAccessibleDescription(tooltip)
    button.setCheckable(is_checkable)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    # a clicked button that kept the focus would take the next Space from the panel
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if key:
        sequence = QKeySequence(key)
        button.setShortcut(sequence)
        tooltip = f"{tooltip} ({sequence.toString(QKeySequence.SequenceFormat.NativeText)})"
    button.setToolTip(tooltip)
    return button


def open_menu_by(button: QToolButton, menu: QMenu) -> None:
    """A press of `button` opens `menu`, after which it looks at rest: for a pointer that leaves over a menu Qt sends it no event."""
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    menu.aboutToHide.connect(partial(_look_at_rest, button))


def _look_at_rest(button: QToolButton) -> None:
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    button.update()


class Switch(QWidget):
    """A row of exclusive buttons, each with a key for its choice; arrow keys move along it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, choices: Sequence[tuple[str, str, str]], name: str) -> None:
        """choices: (key, text, tooltip) of each; name: what is chosen, for a screen reader."""
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys = [key for key, _, _ in choices]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (_, text, tooltip) in enumerate(choices):
            button = text_button(text, tooltip, f"{name}: {text}", is_checkable=True)
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_button_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def choice(self) -> str:
        """Key of the button that is down."""
        return self._keys[self._group.checkedId()]

    def set_choice(self, key: str) -> None:
        """Press the button of `key`, without a signal."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def button(self, key: str) -> QToolButton:
        """The button of one choice."""
        button = self._group.button(self._keys.index(key))
        assert isinstance(button, QToolButton)
        return button

    def set_offered(self, key: str, is_offered: bool) -> None:
        """Show or hide one choice."""
        self.button(key).setVisible(is_offered)

    @Slot(int)
    def _on_button_clicked(self, index: int) -> None:
        self.chosen.emit(self._keys[index])

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in self._group.buttons():
            button.setFont(self._theme.font("small"))
