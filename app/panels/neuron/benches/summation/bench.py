"""Summation: how many inputs must come together, how close in time, and where, before the living cell fires (V8). Drives the cell."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.cell_script import CellScript
from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.bench_controls import ChangeTrail, label, retitle
from app.panels.neuron.benches.summation.controls import SummationControls
from app.panels.neuron.benches.summation.outcomes import NumberLine, Outcomes, sentence_of_trials
from app.panels.neuron.benches.summation.plan import (
    FIRST_MS,
    INHIBITION_LEAD_MS,
    MOST_INPUTS,
    TRIALS,
    SummationState,
    SumRun,
    Trials,
    cell_plan,
    end_ms,
    inhibitory_places,
    places,
    read_state,
    spike_times_ms,
    with_synapses_of,
)
from app.panels.neuron.benches.summation.plot import SummationPlot
from app.panels.neuron.benches.summation.questions import SumQuestions
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import NumberQuestion
from app.simulation.biology.stage import Fire, Inject, StagePlan

SOMA = 0  # its compartment in the lecture neuron's morphology
_QUESTION = "How many inputs must fire together?"
_FIRES = "It fires: the spike has reached the axon terminal."
_CAPTION = (
    "Dotted: stood the whole cell that high at that moment, it would fire by itself. That point moves with the channels' "
    "gates: it is no fixed line (Platkiewicz & Brette 2010). Dashed: every input alone, added up. On one dendrite the real sum falls short, since the driving force shrinks "
    "(Rall 1967); near threshold it rises above, since sodium channels begin to open."
)


class SummationBench(Bench):
    """The card beside the cell: what fires, Run, both sums, and the number line that one's own runs fill."""

    keeps_cell = True

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = SummationState()
        self._trail = ChangeTrail(self)
        self._running: tuple[SummationState, StagePlan] | None = None  # as they were when the run began
        self._plan_before: StagePlan | None = None
        self.outcomes = Outcomes()  # of the runs in the state
        self.box = PredictionBox(theme, _QUESTION, NumberQuestion(1, MOST_INPUTS, 5))
        self.controls = SummationControls(theme)
        self.run_button = QPushButton()
        self.run_button.setObjectName("primary")
        self.run_button.setShortcut(QKeySequence("Ctrl+Return"))
        self.run_button.setToolTip(
            "Put the cell to rest, fire these inputs, and watch them travel and add up (Ctrl+Return)"
        )
        self.sweep_button = QPushButton("Sweep")
        self.sweep_button.setToolTip(
            f"1, 2, … {MOST_INPUTS} inputs, each in a fresh cell at rest: all curves over one another; "
            f"{TRIALS} runs of each where release is by chance"
        )
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Forget all runs; the cell at rest, the sliders as at the beginning")
        self.hint = label("", "muted")
        self.plot = SummationPlot(theme)
        self.questions = SumQuestions(context.session, self.plot, self)
        self.counter = label("", "heading")
        self.line = NumberLine(theme)
        self._build()
        self._connect()
        self._show_state()
        self._trail.begin()

    # --- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        gap = self.context.theme.gap
        buttons = QHBoxLayout()
        buttons.setSpacing(gap(8))
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.sweep_button)
        buttons.addWidget(self.reset_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(8), gap(4), gap(8), gap(8))
        column.setSpacing(gap(6))
        self.setMinimumWidth(gap(304))
        column.addWidget(self.box)
        column.addWidget(self.controls.inputs)
        column.addLayout(buttons)
        for part in (self.hint, self.counter, self.line):
            column.addWidget(part)
        column.addWidget(self.plot, 1)
        column.addWidget(self.controls)
        column.addWidget(label(_CAPTION, "caption"))

    def _connect(self) -> None:
        self.controls.changed.connect(self._read_controls)
        self.controls.settled.connect(self._on_control_settled)
        self.box.changed.connect(self._on_prediction_made)
        self.run_button.clicked.connect(self._on_run_asked)
        self.reset_button.clicked.connect(self._on_reset_asked)
        self.sweep_button.clicked.connect(self._on_sweep_asked)
        self.questions.refused.connect(self._say)
        self.questions.swept.connect(self._on_swept)
        self.questions.tried.connect(self._on_tried)
        self.questions.sweep_ended.connect(self._on_sweep_ended)
        session = self.context.session
        session.frame_changed.connect(self._on_frame_changed)
        session.branched.connect(self._on_cell_left)
        session.plan_changed.connect(self._show_outcomes)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        plain: dict[str, Any] = msgspec.to_builtins(self._state)
        return plain

    def apply(self, state: BenchState) -> None:
        self._state = read_state(state)
        if not self._state.runs:
            self.plot.forget()  # the curves of runs that never were would give the answer away
        self._show_state()
        self._trail.begin()

    def begin_anew(self) -> None:
        self._calm()
        self.plot.forget()
        self._show_outcomes()

    def _show_state(self) -> None:
        state = self._state
        self.controls.show_state(state)
        self.box.set_prediction(state.prediction)
        self._show_outcomes()

    @Slot()
    def _read_controls(self) -> None:
        self._state = msgspec.structs.replace(self.controls.state(self.box.prediction), runs=self._state.runs)
        self._show_outcomes()

    @Slot()
    def _show_outcomes(self) -> None:
        state = self._state
        under = state.condition(self.context.session.plan)
        self.outcomes = Outcomes(state.runs)
        self.line.show_runs(self.outcomes.of(under), state.inputs, state.prediction.number)
        self.counter.setText(self.outcomes.sentence(under))
        self.box.show_result(self.outcomes.needed(under))
        retitle(self.run_button, f"Run: fire {state.inputs} input{'s' if state.inputs > 1 else ''}")
        self.run_button.setEnabled(self.box.is_ready)
        self.sweep_button.setEnabled(self.box.is_ready)
        self.counter.setVisible(self.box.is_ready)  # before, there is nothing to count and little room
        if self._running is None:
            self.hint.setText("" if self.box.is_ready else "Predict first: then Run.")
            self.hint.setVisible(not self.box.is_ready)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_control_settled(self, what: str) -> None:
        self._read_controls()
        self._trail.note(what)

    @Slot()
    def _on_prediction_made(self) -> None:
        self._read_controls()
        self._trail.note("Predict")

    @Slot()
    def _on_reset_asked(self) -> None:
        self._state = SummationState(
            prediction=msgspec.structs.replace(SummationState().prediction, first=self.box.predict_first)
        )
        self.begin_anew()
        self._show_state()
        self._trail.note("Reset the summation bench")
        if self.context.session.state != "cold":
            self.context.session.restart()

    @Slot()
    def _on_run_asked(self) -> None:
        """The cell at rest at 0 ms, then these inputs; what the model says each does alone comes beside it."""
        state, session = self._state, self.context.session
        if self._plan_before is None:
            self._plan_before = session.plan
        session.change(cell_plan(state, session.plan))
        if session.state != "cold":
            session.restart()
        quiet = inhibitory_places(state)
        if quiet:
            session.fire(quiet, (FIRST_MS - INHIBITION_LEAD_MS,) * len(quiet))
        session.fire(places(state), spike_times_ms(state))
        self._running = (state, session.plan)
        self.plot.begin(end_ms(state))
        self.questions.ask_alone(state)
        self._say("The inputs travel to the soma and add up …")

    @Slot()
    def _on_sweep_asked(self) -> None:
        self._calm()
        self.questions.sweep(self._state)

    # --- what comes ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_swept(self, run: SumRun) -> None:
        self._note_run(run)
        self._say(f"{run.inputs} of {MOST_INPUTS} inputs, each time a fresh cell …")

    @Slot(object)
    def _on_tried(self, trials: Trials) -> None:
        self._say(f"{trials.inputs} of {MOST_INPUTS} inputs: {trials.fired} of {TRIALS} runs fired …")

    @Slot()
    def _on_sweep_ended(self) -> None:
        if self.questions.tries:  # by chance: no number fires or fails for good, so none is noted
            self._say(sentence_of_trials(self.questions.tries))
            return
        self._trail.note("Sweep the number of inputs")
        self._say("Grey: these fade. Orange: these fire, and all spikes are about as high: all or none.")

    @Slot()
    def _on_frame_changed(self) -> None:
        """The curve grows with the moment shown; the run is over when the impulse has arrived, or cannot come any more."""
        session = self.context.session
        if self._running is None or session.recording is None:
            return
        now = session.shown_ms
        times, voltage = session.recording.series("voltage_mV", SOMA, 0.0, now)
        seen = times <= now + 1e-9
        self.plot.set_real(times[seen], voltage[seen])
        fires = any(spike.place == "bouton" and spike.time_ms <= now for spike in session.recording.spikes)
        state, plan = self._running
        if fires or now >= end_ms(state):
            self._finish(state, plan, fires)

    def _note_run(self, run: SumRun) -> None:
        self._state = self._state.with_run(run)
        self._show_outcomes()

    def _finish(self, state: SummationState, plan: StagePlan, fires: bool) -> None:
        self._running = None
        if not _has_acted_alone(state, plan, self.context.session.script):
            self._say("Something else acted on the cell as well: this run does not count.")
            return
        self._note_run(SumRun(state.inputs, fires, state.condition(plan)))
        self._trail.note(f"Run {state.inputs} inputs")
        self.questions.ask_after(state)
        self._say(_FIRES if fires else f"It does not fire: {self.plot.peak_mv:.1f} mV, and it fades.")

    @Slot()
    def _on_cell_left(self) -> None:
        """A person went back and did something else: what comes now is another run."""
        if self._running is not None:
            self._calm()
            self._say("The run was left for another: press Run for a whole one.")

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))

    def _calm(self) -> None:
        self._running = None
        self.questions.forget()
        self._say("")

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return self.questions.is_busy

    def set_shown(self, is_shown: bool) -> None:
        """Elsewhere the cell has its own synapses back."""
        if not is_shown:
            self._calm()
            if self._plan_before is not None:
                before, self._plan_before = self._plan_before, None
                self.context.session.change(with_synapses_of(before, self.context.session.plan))
        self._show_outcomes()

    def close_bench(self) -> None:
        self.questions.close()


def _has_acted_alone(state: SummationState, plan: StagePlan, script: CellScript) -> bool:
    """Whether nothing but this run has stimulated the cell, which has been as `plan` says all the time."""
    stimuli = sum(isinstance(entry.command, Fire | Inject) for entry in script.entries)
    is_alone = stimuli == (2 if inhibitory_places(state) else 1)
    return is_alone and all(kept == plan for _, kept in script.plans())
