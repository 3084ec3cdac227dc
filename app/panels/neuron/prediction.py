"""PredictionBox: a question that is answered before an experiment runs, and what the experiment then said beside it. Knows no bench.

A bench keeps `box.prediction` in its state, lets Run be pressed while `box.is_ready`, and calls `box.show_result(...)` when the
simulation has answered. Both stay visible until a person predicts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.neuron.prediction_sketch import COLUMNS, SketchLayer
from app.widgets.icons import icon
from app.widgets.number_field import NumberField
from app.widgets.theme import Theme

_ROW_LETTERS = 30  # answers with more letters than this stand below one another
_Finite = Annotated[float, Meta(ge=-1e12, le=1e12)]


class Prediction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person has said, as a field of a bench's state. All None: nothing yet.

    first: whether Run waits for a prediction. choice: index of an answer; number; curve: points, x rising.
    """

    first: bool = True
    choice: Annotated[int, Meta(ge=0, le=15)] | None = None
    number: _Finite | None = None
    curve: Annotated[tuple[tuple[_Finite, _Finite], ...], Meta(max_length=COLUMNS)] | None = None


@dataclass(frozen=True)
class ChoiceQuestion:
    """One of some answers."""

    answers: tuple[str, ...]


@dataclass(frozen=True)
class NumberQuestion:
    """A number from minimum to maximum; the field stands at `start` until it is changed."""

    minimum: float
    maximum: float
    start: float
    unit: str = ""
    is_whole: bool = True


@dataclass(frozen=True)
class SketchQuestion:
    """A curve drawn with the mouse over a plot of the bench."""

    layer: SketchLayer


Question = ChoiceQuestion | NumberQuestion | SketchQuestion


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
        self._layer: SketchLayer | None = None
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
        self._answer = QWidget()
        self._buttons = QButtonGroup(self)
        self._buttons.setExclusive(True)
        self.field: NumberField | None = None
        self._build_answer()
        head = QHBoxLayout()
        head.addWidget(self.switch)
        head.addStretch(1)
        head.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addLayout(head)
        for part in (self.question, self._answer, self.verdict):
            column.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)  # a verdict of three lines is cut by the height that one line hints at
        self.setSizePolicy(policy)
        self.switch.toggled.connect(self._on_switch_toggled)
        self.again.clicked.connect(self._on_again_asked)
        theme.changed.connect(self._on_theme_changed)
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

    def set_prediction(self, prediction: Prediction) -> None:
        """Show `prediction` (its part that answers this question); emits nothing. The result shown before is taken away."""
        self._said = _fitting(prediction, self.kind)
        self._result, self._right = "", None
        self._show()

    def set_question(self, question: str, kind: Question | None = None) -> None:
        """Ask something else (another mode of the bench); what was said is forgotten. kind: as before where None."""
        self.question.setText(question)
        if kind is not None:
            self.kind = kind
            self._build_answer()
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

    def clear_result(self) -> None:
        """The experiment is about to run again: what was said stays, the result goes."""
        self.show_result("")

    @property
    def said_text(self) -> str:
        """What has been said, in words; "" where nothing has."""
        return _in_words(self._said, self.kind)

    # --- building -----------------------------------------------------------------------------------------------------

    def _build_answer(self) -> None:
        """The means to answer this kind of question, in place of those before."""
        for button in self._buttons.buttons():
            self._buttons.removeButton(button)
        if self._layer is not None:
            self._layer.drawn.disconnect(self._on_curve_drawn)
            self._layer.set_armed(False)
            self._layer = None
        fresh = QWidget()
        is_row = isinstance(self.kind, ChoiceQuestion) and sum(map(len, self.kind.answers)) <= _ROW_LETTERS
        layout: QHBoxLayout | QVBoxLayout
        layout = QHBoxLayout(fresh) if is_row or isinstance(self.kind, NumberQuestion) else QVBoxLayout(fresh)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._theme.gap(6))
        self.field = None
        if isinstance(self.kind, ChoiceQuestion):
            self._add_answers(layout, self.kind.answers)
        elif isinstance(self.kind, NumberQuestion):
            self._add_field(layout, self.kind)
        else:
            hint = QLabel("Draw it with the mouse over the plot, from left to right.")
            hint.setObjectName("muted")
            hint.setWordWrap(True)
            layout.addWidget(hint)
            self._layer = self.kind.layer
            self._layer.drawn.connect(self._on_curve_drawn)
        own = self.layout()
        if own is not None:
            own.replaceWidget(self._answer, fresh)
            self._answer.hide()
            self._answer.deleteLater()
        self._answer = fresh

    def _add_answers(self, layout: QHBoxLayout | QVBoxLayout, answers: Sequence[str]) -> None:
        for number, answer in enumerate(answers):
            button = _answer_button(answer)
            button.clicked.connect(self._on_answer_clicked)
            self._buttons.addButton(button, number)
            layout.addWidget(button)

    def _add_field(self, layout: QHBoxLayout | QVBoxLayout, kind: NumberQuestion) -> None:
        self.field, say = _number_field(kind), _say_button()
        layout.addWidget(self.field, 1)
        layout.addWidget(say)
        say.clicked.connect(self._on_number_said)
        self.field.lineEdit().returnPressed.connect(self._on_number_said)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_switch_toggled(self, is_on: bool) -> None:
        if is_on != self._said.first:
            self._said = msgspec.structs.replace(self._said, first=is_on)
            self._tell()

    @Slot()
    def _on_again_asked(self) -> None:
        self._said = Prediction(self._said.first)
        self._result, self._right = "", None
        self._tell()

    @Slot()
    def _on_answer_clicked(self) -> None:
        number = self._buttons.checkedId()
        if self._result:
            self._show()
        elif number != self._said.choice:
            self._said = msgspec.structs.replace(self._said, choice=number)
            self._tell()

    @Slot()
    def _on_number_said(self) -> None:
        if self.field is not None:
            self.field.interpretText()
            self._said = msgspec.structs.replace(self._said, number=self.field.value())
            self._tell()

    @Slot()
    def _on_curve_drawn(self) -> None:
        if isinstance(self.kind, SketchQuestion) and self.kind.layer is self.sender():
            layer = self.kind.layer
            self._said = msgspec.structs.replace(self._said, curve=layer.points if layer.is_enough else None)
            self._tell(keeps_sketch=True)

    def _tell(self, *, keeps_sketch: bool = False) -> None:
        self._show(keeps_sketch=keeps_sketch)
        self.changed.emit()

    # --- showing ------------------------------------------------------------------------------------------------------

    @property
    def verdict_text(self) -> str:
        """The sentence under the question."""
        if self._result:
            mine = f"You said: {self.said_text}. " if self.is_answered else ""
            return f"{mine}{self.subject}: {self._result}."
        if self.is_answered:
            return f"You said: {self.said_text}." + ("" if self._is_under_way else " Now run it.")
        return ""

    def _show(self, *, keeps_sketch: bool = False) -> None:
        is_over = bool(self._result)
        self.switch.blockSignals(True)
        self.switch.setChecked(self._said.first)
        self.switch.blockSignals(False)
        is_shown = self._said.first or self.is_answered
        self.question.setVisible(is_shown)
        is_open = isinstance(self.kind, ChoiceQuestion) or not (self.is_answered or is_over)
        self._answer.setVisible(is_shown and is_open)
        self._lock(is_over)
        self.again.setVisible(self.is_answered)
        self.verdict.setText(self.verdict_text)
        self.verdict.setVisible(is_shown and bool(self.verdict_text))
        self._show_answer(keeps_sketch=keeps_sketch)

    def _lock(self, is_over: bool) -> None:
        """What was said stands as it was said once the result is there; greyed out it could not be read from the back row."""
        self._answer.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, is_over)
        for button in self._buttons.buttons():
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus if is_over else Qt.FocusPolicy.TabFocus)

    def _show_answer(self, *, keeps_sketch: bool) -> None:
        kind = self.kind
        if isinstance(kind, ChoiceQuestion):
            self._buttons.setExclusive(False)
            for button in self._buttons.buttons():
                self._show_choice(button, self._buttons.id(button))
            self._buttons.setExclusive(True)
        elif isinstance(kind, NumberQuestion):
            if self.field is not None and self._said.number is not None:
                self.field.setValue(self._said.number)
        else:
            kind.layer.set_armed(self._said.first and not self._result)
            if not keeps_sketch:
                kind.layer.set_points(self._said.curve or ())

    def _show_choice(self, button: QAbstractButton, number: int) -> None:
        button.setChecked(number == self._said.choice)
        is_right = number == self._right
        button.setIcon(icon(self._theme, "check") if is_right else QIcon())
        suffix = ", what happened" if is_right else ""
        button.setAccessibleName(f"Predict: {button.text()}{suffix}")

    @Slot()
    def _on_theme_changed(self) -> None:
        self._show(keeps_sketch=True)


def _fitting(prediction: Prediction, kind: Question) -> Prediction:
    """The part of `prediction` that answers this kind of question."""
    choice = prediction.choice
    if not isinstance(kind, ChoiceQuestion) or (choice is not None and choice >= len(kind.answers)):
        choice = None
    return Prediction(
        prediction.first,
        choice,
        prediction.number if isinstance(kind, NumberQuestion) else None,
        prediction.curve if isinstance(kind, SketchQuestion) else None,
    )


def _in_words(said: Prediction, kind: Question) -> str:
    if isinstance(kind, ChoiceQuestion) and said.choice is not None:
        return kind.answers[said.choice]
    if isinstance(kind, NumberQuestion) and said.number is not None:
        return f"{said.number:.6g} {kind.unit}".rstrip()
    return "the dashed curve" if said.curve is not None else ""


def _answer_button(answer: str) -> QPushButton:
    button = QPushButton(answer)
    button.setCheckable(True)
    button.setAutoDefault(False)
    button.setFocusPolicy(
        Qt.FocusPolicy.TabFocus
    )  # one that kept the focus of a click would take the Space that runs it
    button.setToolTip(f"Say that it will be: {answer}")
    button.setAccessibleName(f"Predict: {answer}")
    return button


def _number_field(kind: NumberQuestion) -> NumberField:
    field = NumberField(kind.minimum, kind.maximum, kind.start, unit=kind.unit, is_whole=kind.is_whole)
    field.setAccessibleName("Your prediction")
    field.setToolTip("What you expect; Enter or Predict makes it your prediction")
    return field


def _say_button() -> QPushButton:
    say = QPushButton("Predict")
    say.setToolTip("Make this number your prediction")
    say.setAutoDefault(False)
    say.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return say
