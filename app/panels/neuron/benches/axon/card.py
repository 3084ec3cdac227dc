"""AxonCard: the axon bench's card: the question asked first, the controls, a message, and Reset. Asks no model."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.panels.neuron.bench_buttons import Hint
from app.panels.neuron.bench_controls import label
from app.panels.neuron.benches.axon.controls import AxonControls
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import NumberQuestion
from app.widgets.theme import Theme

_WIDTH = 320  # px of the design
_QUESTION = "How many times as fast is the impulse in the myelinated axon?"
_CAPTION = (
    "The sheath keeps charge from leaking away and leaves little to charge, so that a node excites the next one sooner. "
    "Only the front hops: some 15 nodes stay depolarised at once (FitzHugh 1962; Brill et al. 1977)."
)


class AxonCard(QWidget):
    """box, controls, message and reset_button are the bench's to listen to; what does not fit in height scrolls."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        question = NumberQuestion(0.01, 1000.0, 1.0, unit="×", is_whole=False)
        self.box = PredictionBox(theme, _QUESTION, question, subject="The axons")
        self.controls = AxonControls(theme)
        self.message = label("", "refusal")
        self.waiting = Hint()
        self.waiting.hide()
        self.message.hide()
        self.reset_button = QPushButton("Reset")
        self.reset_button.setAutoDefault(False)
        self.reset_button.setToolTip("Whole axons at rest, all as at the beginning; your runs are forgotten")
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, theme.gap(6), 0)
        inside.setSpacing(theme.gap(6))
        rule = QFrame()
        rule.setObjectName("rule")
        for part in (self.box, rule, self.controls, label(_CAPTION, "caption")):
            inside.addWidget(part)
        inside.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Controls")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addWidget(area, 1)
        column.addWidget(self.waiting)
        column.addWidget(self.message)
        column.addWidget(self.reset_button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def say(self, sentence: str) -> None:
        """A sentence above Reset; "" takes it away."""
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        narrow, wide = theme.gap(_WIDTH), theme.px(_WIDTH)
        self.setFixedWidth(
            round(narrow + 0.45 * (wide - narrow))
        )  # type 1.5 times larger needs less than that in width
