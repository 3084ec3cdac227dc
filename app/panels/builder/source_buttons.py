"""What can be done with the whole source: copy, paste, open, save; in as many rows as the room asks for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.widgets.icons import icon
from app.widgets.theme import Theme


class SourceButtons(QWidget):
    """Buttons from left to right, in a further row where there is no room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = 1
        self.copy_button = self._button("Copy", "copy", "Copy the whole source, to paste it into an editor")
        self.paste_button = self._button(
            "Paste", "", "Let the source on the clipboard take the place of what stands here"
        )
        self.open_button = self._button(
            "Open…", "open", "Open a Python file; its class becomes the drawing, nothing of it is run"
        )
        self.save_button = self._button("Save…", "save", "Save the source as it stands here as a Python file")
        self._buttons = (self.copy_button, self.paste_button, self.open_button, self.save_button)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _button(self, text: str, glyph: str, tooltip: str) -> QPushButton:
        button = QPushButton(text, self)
        if glyph:
            button.setIcon(icon(self._theme, glyph))
        button.setToolTip(tooltip)
        button.setAccessibleName(f"{text.rstrip('…')} the PyTorch source")
        return button

    def _places(self, width: int) -> list[tuple[int, int]]:
        """For each button its row and where it begins."""
        places: list[tuple[int, int]] = []
        row = left = 0
        for button in self._buttons:
            wide = button.sizeHint().width()
            if left and left + wide > width:
                row, left = row + 1, 0
            places.append((row, left))
            left += wide + self._theme.gap(6)
        return places

    def _height(self, rows: int) -> int:
        return rows * self._buttons[0].sizeHint().height() + (rows - 1) * self._theme.gap(4)

    def heightForWidth(self, width: int) -> int:
        return self._height(self._places(width)[-1][0] + 1)

    def sizeHint(self) -> QSize:
        gaps = (len(self._buttons) - 1) * self._theme.gap(6)
        return QSize(sum(button.sizeHint().width() for button in self._buttons) + gaps, self._height(self._rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(max(button.sizeHint().width() for button in self._buttons), self._height(1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Put the buttons where there is room for them, also after a change of their type."""
        size = self._theme.px(16)
        for button in self._buttons:
            button.setIconSize(QSize(size, size))
        places = self._places(self.width())
        for button, (row, left) in zip(self._buttons, places, strict=True):
            button.resize(button.sizeHint())
            button.move(left, row * (button.height() + self._theme.gap(4)))
        if self._rows != places[-1][0] + 1:
            self._rows = places[-1][0] + 1
            self.updateGeometry()
