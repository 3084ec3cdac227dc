"""PredictionBox: a question that is answered before an experiment runs, and what the experiment then said beside it. Knows no bench.

A bench keeps `box.prediction` in its state, lets Run be pressed while `box.is_ready`, and calls `box.show_result(...)` when the
simulation has answered. Both stay visible until a person predicts again.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.neuron.prediction_means import (
    Prediction,
    Question,
    means_for,
)
from app.widgets.number_field import NumberField
from app.widgets.theme import Theme


class PredictionBox(QWidget):
    """A switch "Predict first", the question, the means to answer it, and afterwards "You said: 8. The cell: 10."

    subject: who answers, as a person reads it ("The cell", "The axon"). `changed` follows what a person does here, never
    `set_prediction`.
    """

    changed = Signal()

    def __init__(
        self, theme: Theme, question: str, kind: Question, *, subject: str = "The cell", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kind = kind
        self.subject = subject
        self._said = Prediction()
        self._result = ""
        self._right: int | None = None
        self._is_under_way = False
        self.setAccessibleName("Prediction")
        self.switch = QCheckBox("Predict first")
        self.switch.setChecked(True)
        self.switch.setToolTip("Run waits until you have said what you expect; off: free play")
        self.switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again = QToolButton()
        self.again.setText("Predict again")
        self.again.setToolTip("Forget this prediction, and make another")
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        room = self.again.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # or the card would jump under the hand that predicts
        self.again.setSizePolicy(room)
        self.question = QLabel(question)
        self.question.setObjectName("heading")
        self.question.setWordWrap(True)
        self.verdict = QLabel()
        self.verdict.setObjectName("value")
        self.verdict.setWordWrap(True)
        self._means = means_for(theme, kind)
        self._means.said.connect(self._on_said)
        head = QHBoxLayout()
        head.addWidget(self.switch)
        head.addStretch(1)
        head.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addLayout(head)
        for part in (self.question, self._means, self.verdict):
            column.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)  # a verdict of three lines is cut by the height that one line hints at
        self.setSizePolicy(policy)
        self.switch.toggled.connect(self._on_switch_toggled)
        self.again.clicked.connect(self._on_again_asked)
        theme.changed.connect(self._show)
        self._show()

    # --- what a bench reads and sets ----------------------------------------------------------------------------------

    @property
    def prediction(self) -> Prediction:
        """What has been said, and whether Run waits for it."""
        return self._said

    @property
    def predict_first(self) -> bool:
        """Whether Run waits for a prediction."""
        return self._said.first

    @property
    def is_answered(self) -> bool:
        """Whether a prediction stands."""
        return (self._said.choice, self._said.number, self._said.curve) != (None, None, None)

    @property
    def is_ready(self) -> bool:
        """Whether the experiment may run."""
        return self.is_answered or not self.predict_first

    @property
    def field(self) -> NumberField | None:
        """Where a number is typed in; None where the answer is none."""
        return self._means.field

    def set_prediction(self, prediction: Prediction) -> None:
        """Show `prediction` (its part that answers this question); emits nothing. The result shown before is taken away."""
        self._said = self._means.fitting(prediction)
        self._means.forget()
        self._result, self._right = "", None
        self._show()

    def set_question(self, question: str, kind: Question | None = None) -> None:
        """Ask something else (another mode of the bench); what was said is forgotten. kind: as before where None."""
        self.question.setText(question)
        if kind is not None:
            self.kind = kind
            self._change_means()
        self.set_prediction(Prediction(self._said.first))

    def show_result(self, text: str, right: int | None = None) -> None:
        """What the simulation said, put into words by the bench ("10"). right: the answer that it gave, of a choice."""
        self._result, self._right = text, right
        self._show()

    def set_under_way(self, is_under_way: bool) -> None:
        """Whether the experiment has begun: then nobody is told to run it."""
        if is_under_way != self._is_under_way:
            self._is_under_way = is_under_way
            self.verdict.setText(self.verdict_text)

    @property
    def said_text(self) -> str:
        """What has been said, in words; "" where nothing has."""
        return self._means.in_words(self._said)

    @property
    def verdict_text(self) -> str:
        """The sentence under the question."""
        if self._result:
            mine = f"You said: {self.said_text}. " if self.is_answered else ""
            return f"{mine}{self.subject}: {self._result}."
        if self.is_answered:
            return f"You said: {self.said_text}." + ("" if self._is_under_way else " Now run it.")
        return ""

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_switch_toggled(self, is_on: bool) -> None:
        if is_on != self._said.first:
            self._said = msgspec.structs.replace(self._said, first=is_on)
            self._tell()

    @Slot()
    def _on_again_asked(self) -> None:
        self._said = Prediction(self._said.first)
        self._means.forget()
        self._result, self._right = "", None
        self._tell()

    @Slot(str, object)
    def _on_said(self, field: str, answer: object) -> None:
        """Something was answered; once the result is there, what was said stands."""
        if not self._result:
            self._said = msgspec.structs.replace(self._said, **{field: answer})
            self._tell()
        else:
            self._show()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    # --- showing ------------------------------------------------------------------------------------------------------

    def _change_means(self) -> None:
        """The means to answer this kind of question, in place of those before."""
        before, self._means = self._means, means_for(self._theme, self.kind)
        before.let_go()
        before.said.disconnect(self._on_said)
        self._means.said.connect(self._on_said)
        own = self.layout()
        if own is not None:
            own.replaceWidget(before, self._means)
        before.hide()
        before.deleteLater()

    @Slot()
    def _show(self) -> None:
        is_over = bool(self._result)
        self.switch.blockSignals(True)
        self.switch.setChecked(self._said.first)
        self.switch.blockSignals(False)
        is_shown = self._said.first or self.is_answered
        self.question.setVisible(is_shown)
        is_open = self._means.stays_open or not (self.is_answered or is_over)
        self._means.setVisible(is_shown and is_open)
        # greyed out, what was said could not be read from the back row
        self._means.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, is_over)
        self._means.show_answer(self._said, is_over=is_over, right=self._right)
        self.again.setVisible(self.is_answered)
        self.verdict.setText(self.verdict_text)
        self.verdict.setVisible(is_shown and bool(self.verdict_text))
