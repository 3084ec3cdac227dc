"""CellNotice: one sentence over the cell: that it wakes up, what to do first, or that it has died. Knows no session."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.widgets.theme import Theme

_DENDRITES = 0.42  # of the width: they and the electrode stand left of there


class CellNotice(QFrame):
    """Stands at its parent's upper edge, above the axon. `button` is there only while the cell is dead."""

    moved = Signal(object)  # QRectF where it stands now, None where it is hidden: no name may stand there

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._room = parent
        self.setObjectName("card")
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton("Start the cell again", self)
        self.button.setObjectName("primary")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self.button)
        self.hide()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def text(self) -> str:
        """The sentence on show, or ""."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, *, has_button: bool = False) -> None:
        """Show `text`; "" shows nothing."""
        if text == self.text and has_button != self.button.isHidden():
            return
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not has_button)
        self.button.setVisible(has_button)
        self.setVisible(bool(text))
        self.place()
        if not text:
            self.moved.emit(None)

    def place(self) -> None:
        """Stand where it belongs; its parent calls this when it has another size."""
        parent = self._room
        margin = self._theme.gap(16)
        has_button = not self.button.isHidden()
        room = 1.0 if has_button else 1.0 - _DENDRITES  # a dead cell may be covered
        most = min(
            round(room * parent.width()) - (2 if has_button else 1) * margin, self._theme.px(440 if has_button else 320)
        )
        metrics = self._text.fontMetrics()
        wanted = metrics.horizontalAdvance(self._text.text()) + 3 * margin
        if has_button:
            wanted += self.button.sizeHint().width() + margin
        width = max(min(wanted, most), 40)
        height = self._row.totalHeightForWidth(width) if self._row.hasHeightForWidth() else self.sizeHint().height()
        # above the axon: dendrites and electrode are at the left, the bar of voltages is at the lower edge
        left = min(max(0.6 * parent.width() - width / 2, _DENDRITES * parent.width()), parent.width() - width - margin)
        self.setGeometry(max(round(left), margin), margin, width, height)
        self.raise_()
        if not self.isHidden():
            self.moved.emit(QRectF(self.geometry()))

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(8)
        self._row.setContentsMargins(2 * gap, gap, 2 * gap, gap)
        self._text.setFont(self._theme.font("value"))
        self.place()
