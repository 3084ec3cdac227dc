"""What can be predicted (a choice, a number, a curve), and the means to say it: a widget for each kind. Knows no bench and no result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.prediction_sketch import COLUMNS, Points, SketchLayer
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
    """A curve drawn with the mouse over a plot of the bench. in_words: what a person has drawn, to be said beside the result."""

    layer: SketchLayer
    in_words: Callable[[Points], str] | None = None


Question = ChoiceQuestion | NumberQuestion | SketchQuestion


class AnswerMeans(QWidget):
    """The base. `said` carries what a person has answered, as a field of Prediction: ("choice", 2).

    stays_open: it is shown with what was said; the others go once something has been said. field: of a number, to be typed in.
    """

    said = Signal(str, object)
    stays_open = False
    field: NumberField | None = None

    def fitting(self, said: Prediction) -> Prediction:
        """The part of `said` that answers this question."""
        raise NotImplementedError

    def in_words(self, said: Prediction) -> str:
        """`said` in words; "" where nothing has been said."""
        raise NotImplementedError

    def show_answer(self, said: Prediction, *, is_over: bool, right: int | None) -> None:
        """Show what has been said. is_over: the result is there, nothing more can be said; right: which of the answers it was."""
        raise NotImplementedError

    def forget(self) -> None:
        """What was begun, and is no answer yet, goes: another state is put there, or it is asked again."""

    def let_go(self) -> None:
        """Another question is asked from now on."""


class ChoiceMeans(AnswerMeans):
    """A button for each answer."""

    stays_open = True

    def __init__(self, theme: Theme, question: ChoiceQuestion) -> None:
        super().__init__()
        self._theme = theme
        self._answers = question.answers
        self._choice: int | None = None
        self._group = QButtonGroup(self)
        is_row = sum(map(len, question.answers)) <= _ROW_LETTERS
        layout: QHBoxLayout | QVBoxLayout = QHBoxLayout(self) if is_row else QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.gap(6))
        self._buttons = [_plain_button(answer, f"Say that it will be: {answer}") for answer in question.answers]
        for number, button in enumerate(self._buttons):
            button.setCheckable(True)
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.idClicked.connect(self._on_answer_clicked)

    def fitting(self, said: Prediction) -> Prediction:
        is_one = said.choice is not None and said.choice < len(self._answers)
        return Prediction(said.first, choice=said.choice if is_one else None)

    def in_words(self, said: Prediction) -> str:
        return "" if said.choice is None else self._answers[said.choice]

    def show_answer(self, said: Prediction, *, is_over: bool, right: int | None) -> None:
        self._choice = said.choice
        self._group.setExclusive(False)
        for number, button in enumerate(self._buttons):
            is_right = number == right
            button.setChecked(number == said.choice)
            button.setIcon(icon(self._theme, "check") if is_right else QIcon())
            suffix = ", what happened" if is_right else ""
            button.setAccessibleName(f"Predict: {button.text()}{suffix}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus if is_over else Qt.FocusPolicy.TabFocus)
        self._group.setExclusive(True)

    @Slot(int)
    def _on_answer_clicked(self, number: int) -> None:
        if number != self._choice:
            self.said.emit("choice", number)


class NumberMeans(AnswerMeans):
    """A field, and the button that makes its number the prediction."""

    def __init__(self, theme: Theme, question: NumberQuestion) -> None:
        super().__init__()
        self._unit = question.unit
        self.field = NumberField(
            question.minimum, question.maximum, question.start, unit=question.unit, is_whole=question.is_whole
        )
        self.field.setAccessibleName("Your prediction")
        self.field.setToolTip("What you expect; Enter or Predict makes it your prediction")
        say = _plain_button("Predict", "Make this number your prediction")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.gap(6))
        layout.addWidget(self.field, 1)
        layout.addWidget(say)
        say.clicked.connect(self._on_number_said)
        self.field.lineEdit().returnPressed.connect(self._on_number_said)

    def fitting(self, said: Prediction) -> Prediction:
        return Prediction(said.first, number=said.number)

    def in_words(self, said: Prediction) -> str:
        return "" if said.number is None else f"{said.number:.6g} {self._unit}".rstrip()

    def show_answer(self, said: Prediction, *, is_over: bool, right: int | None) -> None:
        if self.field is not None and said.number is not None:
            self.field.setValue(said.number)

    @Slot()
    def _on_number_said(self) -> None:
        if self.field is not None:
            self.field.interpretText()
            self.said.emit("number", self.field.value())


_DRAW = "Draw it with the mouse over the plot, from left to right."
_DRAW_ON = "Draw on: your curve is to span at least half of the axis."


class SketchMeans(AnswerMeans):
    """The plot's own layer; here only the words that say so."""

    def __init__(self, theme: Theme, question: SketchQuestion) -> None:
        super().__init__()
        self._layer = question.layer
        self._in_words = question.in_words
        self._is_own_stroke = False
        self.hint = QLabel(_DRAW)
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.hint)
        self._layer.drawn.connect(self._on_curve_drawn)

    def fitting(self, said: Prediction) -> Prediction:
        return Prediction(said.first, curve=said.curve)

    def in_words(self, said: Prediction) -> str:
        if said.curve is None:
            return ""
        return "the dashed curve" if self._in_words is None else self._in_words(said.curve)

    def show_answer(self, said: Prediction, *, is_over: bool, right: int | None) -> None:
        is_armed = said.first and not is_over
        self._layer.set_armed(is_armed)
        is_begun = is_armed and said.curve is None and not self._layer.is_enough  # a stroke that can be drawn on
        self.hint.setText(_DRAW_ON if is_begun and self._layer.points else _DRAW)
        if not (self._is_own_stroke or is_begun) and (said.curve or ()) != self._layer.points:
            self._layer.set_points(said.curve or ())

    def forget(self) -> None:
        if not self._is_own_stroke:
            self._layer.set_points(())

    def let_go(self) -> None:
        self._layer.drawn.disconnect(self._on_curve_drawn)
        self._layer.set_armed(False)

    @Slot()
    def _on_curve_drawn(self) -> None:
        """A stroke that is not yet a curve stays on screen, to be drawn on."""
        self._is_own_stroke = True
        self.said.emit("curve", self._layer.points if self._layer.is_enough else None)
        self.hint.setText(_DRAW if self._layer.is_enough else _DRAW_ON)
        self._is_own_stroke = False


def means_for(theme: Theme, question: Question) -> AnswerMeans:
    """The widget that answers this kind of question."""
    if isinstance(question, ChoiceQuestion):
        return ChoiceMeans(theme, question)
    if isinstance(question, NumberQuestion):
        return NumberMeans(theme, question)
    return SketchMeans(theme, question)


def _plain_button(text: str, tip: str) -> QPushButton:
    """No click gives it the focus: it would take the Space that runs the bench."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
