"""How the unit bench is laid out: card, drawing above curve, square above table. Asks no cell and decides nothing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.panels.neuron.bench_controls import CardArea, ChoiceRow, label
from app.panels.neuron.benches.unit.controls import UnitControls
from app.panels.neuron.benches.unit.curve import BridgeCurve
from app.panels.neuron.benches.unit.drawing import UnitDrawing
from app.panels.neuron.benches.unit.square import InputSquare
from app.panels.neuron.benches.unit.table import TruthTable
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import NumberQuestion
from app.panels.neuron.yielding_row import YieldingRow
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.theme import Theme

NOTCHES = 100
_LOW_PX = (380, 340)  # of the design: in a lower page source and formula would have the table cut
_QUESTION = "AND, OR, NOT, XOR: how many of the four can one unit be?"


class UnitPage(QWidget):
    """All that is seen of the bench; whoever owns it connects and fills it."""

    def __init__(self, theme: Theme, setter: FormulaSetter, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.box = PredictionBox(theme, _QUESTION, NumberQuestion(0, 4, 2), subject="One unit")
        self.controls = UnitControls(theme)
        self.drawing = UnitDrawing(theme)
        self.square = InputSquare(theme)
        self.table = TruthTable(theme)
        self.formula = FormulaView(theme, setter)
        self.curves = {"hh": BridgeCurve(theme, "hh"), "lif": BridgeCurve(theme, "lif")}
        self.curve_choice = ChoiceRow(theme, "f-I curve of", (
            ("hh", "Hodgkin–Huxley", "The squid axon's membrane beside ReLU and sigmoid"),
            ("lif", "LIF", "A leaky integrate-and-fire cell beside ReLU and sigmoid"),
        ))  # fmt: skip
        self._build()
        theme.changed.connect(self._fit_card)

    def _build(self) -> None:
        gap = self._theme.gap
        self.run_button = QPushButton("Ask the living cell")
        self.run_button.setObjectName("primary")
        self.run_button.setShortcut(QKeySequence("Ctrl+Return"))
        self.run_button.setToolTip(
            "The truth table in the cell on stage, with the same weights as synapses, row by row (Ctrl+Return)"
        )
        self.fire_button = QPushButton("Fire these inputs")
        self.fire_button.setToolTip(
            "Put the cell to rest, give it these weights as synapses, and fire the inputs that are 1 (Ctrl+Shift+Return)"
        )
        self.fire_button.setShortcut(QKeySequence("Ctrl+Shift+Return"))
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Weights, inputs and gates as at the beginning")
        self.morph_button = QPushButton()
        self.morph_button.setToolTip("Watch each part of the cell become a part of the unit, or back (Space)")
        self.morph_slider = QSlider(Qt.Orientation.Horizontal)
        self.morph_slider.setRange(0, NOTCHES)
        self.morph_slider.setAccessibleName("From the living cell to the unit")
        self.morph_slider.setToolTip("Left the living cell, right the unit that is made of it")
        self.message = label("", "value")
        self.cell_message = label("", "muted")
        self._build_card(gap)
        morph = YieldingRow(gap(8))
        morph.add(_end("cell"), yields=True)
        morph.add(self.morph_slider, 1)
        morph.add(_end("unit"), yields=True)
        morph.add(self.morph_button)
        choice = YieldingRow(gap(8))
        choice.add(self.curve_choice.title, yields=True)
        choice.add(self.curve_choice, 1)
        self.curve_stack = QStackedWidget()
        for curve in self.curves.values():
            self.curve_stack.addWidget(curve)
        centre = QVBoxLayout()
        centre.setSpacing(gap(6))
        centre.addWidget(self.drawing, 5)
        centre.addWidget(morph)
        centre.addWidget(choice)
        centre.addWidget(self.curve_stack, 4)
        right = QVBoxLayout()
        right.setSpacing(gap(6))
        right.addWidget(self.square, 1)
        right.addWidget(self.formula)
        self.source = label("McCulloch & Pitts 1943", "caption")
        right.addWidget(self.source)
        right.addWidget(self.table)
        right.addWidget(self.message)
        right.addWidget(self.cell_message)
        grid = QGridLayout(self)
        grid.setContentsMargins(gap(8), gap(8), gap(8), gap(8))
        grid.setHorizontalSpacing(gap(12))
        grid.addWidget(self.card, 0, 0)
        grid.addLayout(centre, 0, 1)
        grid.addLayout(right, 0, 2)
        grid.setColumnStretch(1, 5)
        grid.setColumnStretch(2, 3)
        self._fit_card()

    def _build_card(self, gap: Any) -> None:
        inner = QWidget()
        upper = QVBoxLayout(inner)
        upper.setContentsMargins(0, 0, gap(6), 0)
        upper.setSpacing(gap(4))
        upper.addWidget(self.box)
        upper.addWidget(self.controls)
        buttons = QHBoxLayout()
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.reset_button)
        self.card = QWidget()
        column = QVBoxLayout(self.card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(6))
        column.addWidget(CardArea(inner), 100)
        column.addWidget(self.fire_button)
        column.addLayout(buttons)
        column.addStretch(1)

    @Slot()
    def _fit_card(self) -> None:
        theme = self._theme
        self.card.setFixedWidth(theme.px(76) + theme.gap(214))
        self.square.setMinimumWidth(theme.px(100) + theme.gap(190))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low page does without the formula, which the drawing shows, so that the table is whole."""
        super().resizeEvent(event)
        for part, least in ((self.source, _LOW_PX[0]), (self.formula, _LOW_PX[1])):
            part.setVisible(self.height() >= self._theme.px(least))

    def show_morph(self, morph: float, heading: float) -> None:
        """The slider stands at `morph`; heading: where the drawing is on its way to."""
        self.morph_slider.blockSignals(True)
        self.morph_slider.setValue(round(morph * NOTCHES))
        self.morph_slider.blockSignals(False)
        self.morph_button.setText("Back to the cell" if heading > 0.5 else "Turn into a unit")

    def say_goal(self, text: str, *, is_small: bool) -> None:
        """How far the gate is; small where it is an explanation."""
        self.message.setText(text)
        self.message.setObjectName("caption" if is_small else "value")
        self.message.style().polish(self.message)


def _end(text: str) -> QLabel:
    """What an end of the slider is called; it does not wrap, so that the row knows how wide it is."""
    made = label(text, "muted")
    made.setWordWrap(False)
    return made
