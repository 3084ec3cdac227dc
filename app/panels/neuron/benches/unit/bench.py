"""The artificial neuron: the cell on stage turns into sum, weights and threshold; gates set by hand; an f-I curve beside ReLU (L17)."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.panels.neuron.bench import BenchContext, BenchState
from app.panels.neuron.benches.excitability.state import curve_question
from app.panels.neuron.benches.unit.answers import CellAnswers
from app.panels.neuron.benches.unit.living import LivingRun, LivingUnit
from app.panels.neuron.benches.unit.logic import (
    Goal,
    UnitState,
    body,
    cell_options,
    is_met,
    read_state,
    row_x,
    rows,
)
from app.panels.neuron.benches.unit.page import UnitPage
from app.panels.neuron.benches.unit.turning import Turning
from app.panels.neuron.benches.unit.words import goal_text
from app.panels.neuron.model_bench import ModelBench
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.stage import Answer, StagePlan
from app.widgets.formula_view import FormulaSetter

_FORMULA = r"y=f\left(w_1x_1+w_2x_2+w_3x_3+b\right)"
_HEALTHY = body(StagePlan())
_GATES: tuple[Goal, ...] = ("and", "or", "not")


class UnitBench(ModelBench):
    """Card | the drawing above the f-I curve | the square of inputs above the truth table. The cell's clock stays below them."""

    keeps_clock = True

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._state = UnitState()
        self._answers = CellAnswers()
        self._curves: set[str] = set()  # the cells whose curve is there
        self._setter = FormulaSetter(self)
        self._living = LivingUnit(context.session, self)
        self._body = body(context.session.plan)
        self.page = UnitPage(context.theme, self._setter, self)
        self._turning = Turning(self.page, context.workspace.settings, self)
        self.page.formula.show_formula(_FORMULA, "y = f(w₁ x₁ + w₂ x₂ + w₃ x₃ + b)")
        self._fill(self.page)
        self._connect()
        self._begin()

    # --- wiring -------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        page = self.page
        page.controls.changed.connect(self._on_control_changed)
        page.controls.settled.connect(self._on_control_settled)
        page.box.changed.connect(self._on_prediction_made)
        page.drawing.input_clicked.connect(self._on_input_clicked)
        page.square.point_moved.connect(self._on_point_moved)
        page.square.point_settled.connect(self._on_point_settled)
        page.curve_choice.chosen.connect(self._on_curve_chosen)
        page.run_button.clicked.connect(self._on_run_asked)
        page.reset_button.clicked.connect(self._on_reset_asked)
        page.fire_button.clicked.connect(self._on_fire_asked)
        self._living.ended.connect(self._on_run_ended)
        self._living.left.connect(self._show_all)
        self.context.session.frame_changed.connect(self._show_frame)
        self.context.session.plan_changed.connect(self._on_plan_changed)
        self._turning.begun.connect(self.state_changed)  # wakes the panel's clock
        self._turning.moved.connect(self._on_turned)
        self._turning.settled.connect(self._on_turn_settled)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        plain: dict[str, Any] = msgspec.to_builtins(self._state)
        return plain

    def apply(self, state: BenchState) -> None:
        self._put(read_state(state))
        self._turning.stop()
        self._begin()

    def _put(self, state: UnitState) -> None:
        """`state` in force; what the cell said of other weights is forgotten, a gate that is met is remembered."""
        if _asked(state) != _asked(self._state):
            self._forget_cell()
        if state.goal in _GATES and is_met(state) and state.goal not in state.met:
            state = msgspec.structs.replace(state, met=(*state.met, state.goal))
        self._state = state

    def _forget_cell(self) -> None:
        self._answers.forget()
        for row in ((0, 0), (0, 1), (1, 0), (1, 1)):
            self._calls.forget(f"row {row}")

    def _show_state(self) -> None:
        state = self._state
        self.page.controls.show_state(state)
        self.page.box.set_prediction(state.prediction)
        self.page.curve_choice.set_choice(state.cell)
        self.page.curve_stack.setCurrentWidget(self.page.curves[state.cell])
        self._turning.show(state.morph)
        self._want_curve()
        self._show_all()

    @Slot()
    def _show_all(self) -> None:
        state = self._state
        shows_way_out = state.goal == "xor" and self.page.box.is_ready
        self.page.drawing.show_state(state, state.morph)
        self.page.square.show_state(state, shows_way_out)
        self.page.table.show_state(state, self._answers.fires)
        self.page.controls.show_met(state.met)
        self.page.run_button.setEnabled(self.page.box.is_ready)
        self.page.fire_button.setEnabled(self.page.box.is_ready)
        if shows_way_out:
            self.page.box.show_result("3, all but XOR")
        self._say()

    def _say(self) -> None:
        is_ready = self.page.box.is_ready
        self.page.say_goal(goal_text(self._state, is_ready), is_small=self._state.goal == "xor" and is_ready)
        said = self._answers.text(
            self._state,
            is_ready=is_ready,
            is_healthy=self._body == _HEALTHY,
            is_on_the_way=self._living.is_on_the_way,
        )
        self.page.cell_message.setText(said)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_control_changed(self) -> None:
        self._put(self.page.controls.taken_into(self._state))
        self._show_all()

    @Slot(str)
    def _on_control_settled(self, what: str) -> None:
        self._on_control_changed()
        self._trail.note(what)

    @Slot()
    def _on_prediction_made(self) -> None:
        self._put(msgspec.structs.replace(self._state, prediction=self.page.box.prediction))
        self.page.controls.said.show_number(self._state.prediction.number)
        self._show_all()
        self._trail.note("Predict")

    @Slot(int)
    def _on_input_clicked(self, number: int) -> None:
        name = ("x1", "x2", "x3")[number]
        value = 0.0 if self._state.x[number] >= 0.5 else 1.0
        self._put(msgspec.structs.replace(self._state, **{name: value}))
        self._show_all()
        self._trail.note("Switch an input")

    @Slot(float, float)
    def _on_point_moved(self, x1: float, x2: float) -> None:
        self._put(msgspec.structs.replace(self._state, x1=x1, x2=x2))
        self._show_all()

    @Slot()
    def _on_point_settled(self) -> None:
        self._trail.note("Move the inputs")

    @Slot(str)
    def _on_curve_chosen(self, cell: str) -> None:
        self._put(msgspec.structs.replace(self._state, cell="hh" if cell == "hh" else "lif"))
        self._show_state()
        self._trail.note("Choose a cell")

    @Slot()
    def _on_reset_asked(self) -> None:
        self._put(UnitState(prediction=Prediction(self.page.box.predict_first)))
        self._turning.stop()
        self._show_state()
        self._trail.note("Reset the artificial neuron")

    @Slot()
    def _on_run_asked(self) -> None:
        self._forget_cell()
        for row in rows(self._state):
            self._answers.owed += 1
            take = partial(self._take_row, row)
            options = cell_options(self._state, row_x(self._state, row), self.context.session.plan)
            self._calls.ask(f"row {row}", "summation", options, take)
        self._show_all()

    @Slot()
    def _on_fire_asked(self) -> None:
        self._answers.run = None
        self._living.fire(self._state)
        self._show_all()

    @Slot(float)
    def _on_turned(self, morph: float) -> None:
        self._state = msgspec.structs.replace(self._state, morph=morph)
        self.page.drawing.show_state(self._state, morph)

    @Slot()
    def _on_turn_settled(self) -> None:
        self._trail.note("Turn the cell into a unit" if self._state.morph > 0.5 else "Back to the cell")

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _want_curve(self) -> None:
        cell = self._state.cell
        if self._is_shown and cell not in self._curves:
            self._calls.ask(f"curve {cell}", *curve_question(cell, 1.0), partial(self._take_curve, cell))

    def _take_curve(self, cell: str, answer: Answer) -> None:
        currents = curve_question("hh" if cell == "hh" else "lif", 1.0)[1]["currents"]
        self._curves.add(cell)
        self.page.curves[cell].show_curve(currents, answer.values["rates_Hz"])

    @Slot(object)
    def _on_run_ended(self, run: LivingRun) -> None:
        self._answers.take_run(run, self._state)
        self._show_all()

    @Slot()
    def _show_frame(self) -> None:
        session = self.context.session
        if self._is_shown:
            arrivals = session.recording.arrivals if session.recording is not None else ()
            self.page.drawing.show_frame(session.frame(), arrivals, session.shown_plan)

    @Slot()
    def _on_plan_changed(self) -> None:
        """What another cell said counts no more."""
        if body(self.context.session.plan) != self._body:
            self._body = body(self.context.session.plan)
            self._forget_cell()
            self._show_all()

    def _take_row(self, row: tuple[int, int], answer: Answer) -> None:
        self._answers.take_row(row, bool(answer.values["fires"]))
        self._show_all()

    @Slot(str, str)
    def _on_model_refused(self, _name: str, reason: str) -> None:
        self._answers.owed = 0
        self.page.cell_message.setText(reason)

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        return self._turning.is_moving

    @property
    def is_busy(self) -> bool:
        return super().is_busy or (self._is_shown and self._setter.is_busy)

    def act(self) -> bool:
        """Space: the cell's clock while a run is on its way, else from cell to unit and back."""
        if self._living.is_playing:
            return False
        self._turning.turn()
        return True

    def tick(self, seconds: float) -> None:
        self._turning.tick(seconds)

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._show_state()
            self._show_frame()
        else:
            self._turning.stop()
            self._answers.owed = 0
            self._calls.forget()
            self._living.leave()

    def close_bench(self) -> None:
        super().close_bench()
        self._setter.close()


def _asked(state: UnitState) -> tuple[Any, ...]:
    """What the living cell's answers hang on."""
    return (state.weights, state.bias, state.x3, state.goal)
