"""HebbCard: what stands beside the Hebb bench's stage: view, prediction, controls, captions, what went wrong. Asks no model."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench import BENCHES
from app.panels.neuron.bench_buttons import Hint
from app.panels.neuron.bench_controls import CardArea, label
from app.panels.neuron.benches.hebb import words
from app.panels.neuron.benches.hebb.controls import HebbControls
from app.panels.neuron.benches.hebb.state import HebbState
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import ChoiceQuestion
from app.widgets.theme import Theme

_WIDTH = 330  # px of the design
_GROWTH = 0.42  # of what the type grows by: a card as wide as its type would leave no stage


class HebbCard(QWidget):
    """`show_state` puts everything there and emits nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._asked = words.question(HebbState()), words.answers("pair")
        self.box = PredictionBox(theme, self._asked[0], ChoiceQuestion(self._asked[1]), subject="The rule")
        self.controls = HebbControls(theme)
        self.caption = label("", "caption")
        self.next = label(_next_text(), "caption")
        self.message = label("", "refusal")
        self.waiting = Hint()
        self.waiting.hide()
        self.reset_button = QPushButton("Reset")
        self.reset_button.setAutoDefault(False)
        self.reset_button.setShortcut(QKeySequence("Ctrl+Backspace"))
        self.reset_button.setToolTip("All as at the beginning, and nothing learned yet (Ctrl+Backspace)")
        gap = theme.gap
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, gap(6), 0)
        inside.setSpacing(gap(6))
        rule = QFrame()
        rule.setObjectName("rule")
        for part in (self.controls.view, self.box, rule, self.controls, self.caption, self.next):
            inside.addWidget(part)
        inside.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(6))
        column.addWidget(CardArea(inner), 1)
        column.addStretch(0)
        column.addWidget(self.waiting)
        column.addWidget(self.message)
        column.addWidget(self.reset_button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_state(self, state: HebbState) -> None:
        """Everything; a question that stays the same keeps its buttons, and the focus on them."""
        self.controls.show_state(state)
        asked = state
        if state.answer is not None and state.asked_correlation is not None:
            key = "pair_correlation" if state.view == "pair" else "inputs_correlation"
            asked = msgspec.structs.replace(state, **{key: state.asked_correlation})
        wanted = words.question(asked), words.answers(state.view)
        if wanted != self._asked:
            has_other_answers = wanted[1] != self._asked[1]
            self.box.set_question(wanted[0], ChoiceQuestion(wanted[1]) if has_other_answers else None)
            self._asked = wanted
        self.box.set_prediction(state.prediction)
        if state.answer is not None:
            self.box.show_result(words.result_text(asked, state.answer), state.answer)
        self.caption.setText(words.caption(state.view, is_revealed=state.is_revealed))
        self.next.setVisible(state.view == "inputs")

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.setFixedWidth(theme.gap(_WIDTH) + round((theme.px(_WIDTH) - theme.gap(_WIDTH)) * _GROWTH))


def _next_text() -> str:
    """Where the weighted sum leads, with the key that goes there."""
    names = [spec.name for spec in BENCHES]
    key = f" (Alt+{names.index('unit') + 1})" if "unit" in names else ""
    return f"What cell C does, y = w₁A + w₂B, is all that an artificial neuron does before its threshold: see the last bench{key}."
