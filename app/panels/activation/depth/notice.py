"""DepthNotice: why the board is empty: the worker starts, or has gone. One sentence, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets.theme import Theme

_TICK_MS = 500


class DepthNotice(QFrame):
    """`again_asked`: what was asked is to be asked anew."""

    again_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("card")
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton("Ask again", self)
        self.button.setAutoDefault(False)
        self.button.setToolTip("Start the process anew, and compute what is on show")
        self.button.clicked.connect(self.again_asked)
        layout = QVBoxLayout(self)
        layout.addWidget(self.label)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_time_passed)
        self.hide()

    def show_start(self) -> None:
        """The worker is on its way."""
        if not self._timer.isActive():
            self._clock.start()
            self._timer.start()
        self.button.hide()
        self._on_time_passed()
        self._appear()

    def show_complaint(self, sentence: str) -> None:
        """No answer will come."""
        self._timer.stop()
        self.label.setText(sentence)
        self.button.show()
        self._appear()

    def put_away(self) -> None:
        """There is something to see."""
        self._timer.stop()
        self.hide()

    def place(self) -> None:
        """Into the middle of what it lies on."""
        owner = self.parentWidget()
        if owner is not None:
            width = min(self._theme.px(460), owner.width() - 2 * self._theme.gap(16))
            height = max(self.heightForWidth(width), self.sizeHint().height())
            self.setGeometry((owner.width() - width) // 2, (owner.height() - height) // 2, width, height)

    def _appear(self) -> None:
        self.setAccessibleName(self.label.text())
        self.show()
        self.raise_()
        self.place()

    @Slot()
    def _on_time_passed(self) -> None:
        seconds = self._clock.elapsed() // 1000 if self._clock.isValid() else 0
        self.label.setText(
            "The process that computes is starting: it loads PyTorch, which takes a few seconds the first time"
            f" ({seconds} s so far)."
        )
