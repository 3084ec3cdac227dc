"""NeuronsNotice: a strip above the neurons: why they have no numbers, and the points that would do at one click."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.widgets.small_controls import ThemedLabel
from app.widgets.theme import Theme
from trainers.planar_data import PLANAR_DATA


class NeuronsNotice(QWidget):
    """Hidden where there is nothing to say."""

    data_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = ""
        self.setObjectName("neurons_notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = ThemedLabel(theme, "", "body", "text", wraps=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.take = QPushButton(self)
        self.take.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.take.clicked.connect(self._on_take_clicked)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.take)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def say(self, words: str, data: str = "") -> None:
        """data: the name of points that the network could learn, offered beside the words; "" for none."""
        self._name = data
        self.words.setText(words)
        self.take.setVisible(bool(data))
        if data:
            title = PLANAR_DATA[data].title
            self.take.setText(f"Learn {title[0].lower()}{title[1:]}")
            self.take.setToolTip(f"Let the network learn these points: {PLANAR_DATA[data].description}")
        self.setVisible(bool(words))

    @Slot()
    def _on_take_clicked(self) -> None:
        self.data_asked.emit(self._name)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme, gap = self._theme, self._theme.gap(8)
        self._row.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self.take.setFont(theme.font("body"))
        self.setStyleSheet(
            f"#neurons_notice {{ background: {theme.hex('raised')}; border-left: 4px solid {theme.hex('accent')}; }}"
            f" #neurons_notice QLabel {{ color: {theme.hex('text')}; }}"  # a sheet undoes the label's own palette
        )
