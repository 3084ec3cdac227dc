"""ReadOut: a captioned figure that changes many times a second without moving its neighbours. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.widgets.grounded_label import GroundedLabel
from app.widgets.theme import Theme


class ReadOut(QWidget):
    """A small caption over a value. Its width is that of `widest`: a label of fixed size asks nobody for a new layout.

    A value that needs more (the epochs of a run of 100,000) gets it, and keeps it.
    """

    def __init__(
        self,
        theme: Theme,
        caption: str,
        widest: str,
        tooltip: str,
        parent: QWidget | None = None,
        *,
        ground: str = "panel",
    ) -> None:
        """ground: token of the colour that it stands on."""
        super().__init__(parent)
        self._theme = theme
        self._widest = [widest]  # by number of characters; a longer text may be the narrower one: 3·10⁻⁵
        self._caption = QLabel(caption, self)
        self._value = GroundedLabel(theme, ground, "–", self)
        self._caption.setObjectName("caption")
        self._value.setObjectName("value")
        self._value.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setBuddy(self._value)
        self._value.setAccessibleName(caption)
        self.setToolTip(tooltip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._caption)
        layout.addWidget(self._value)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_text(self, text: str) -> None:
        """Show `text`; nothing is drawn where it is shown already."""
        if text != self._value.text():
            self._value.setText(text)
            if len(text) > len(self._widest[-1]):
                self._widest.append(text)
                self._on_theme_changed()

    @property
    def figure(self) -> QWidget:
        """What is painted when the figure changes."""
        return self._value

    def text(self) -> str:
        """The figure on show."""
        return self._value.text()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        value, caption = QFontMetricsF(theme.font("value")), QFontMetricsF(theme.font("small"))
        texts = max(value.horizontalAdvance(text) for text in self._widest)
        width = max(texts, caption.horizontalAdvance(self._caption.text()))
        self._value.setFixedSize(round(width) + 4, round(value.height()) + 1)
        self._caption.setFixedSize(round(width) + 4, round(caption.height()) + 1)
