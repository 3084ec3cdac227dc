"""HebbStage: firing and cloud above, three rules below, the clock's row: a state and its paths as they stand at a moment. Asks no model."""

from __future__ import annotations

import msgspec
import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.panels.neuron.benches.hebb import words
from app.panels.neuron.benches.hebb.cloud import CloudPlot
from app.panels.neuron.benches.hebb.firing import Firing, FiringPicture
from app.panels.neuron.benches.hebb.path import WeightPath
from app.panels.neuron.benches.hebb.rule import RuleColumn
from app.panels.neuron.benches.hebb.state import DURATION, MEAN, MOMENTS, RULES, SD, HebbState, category
from app.panels.neuron.play_row import PlayRow
from app.simulation.biology.rate_rules import RateRule
from app.widgets.formula_view import FormulaSetter
from app.widgets.theme import Theme

_NONE = np.zeros((0, 2))
_SEEN = 60  # moments back that the third cell's bars are scaled by


class HebbStage(QWidget):
    """`show_state` after any change of the settings, `show_moment` as the clock goes."""

    def __init__(self, theme: Theme, setter: FormulaSetter) -> None:
        super().__init__()
        self.paths: dict[RateRule, WeightPath] = {}
        self._moments = _NONE
        self._bars = _NONE  # the moments as the firing shows them
        self._turn = 0
        self.firing = FiringPicture(theme)
        self.cloud = CloudPlot(theme)
        self.columns = [RuleColumn(theme, setter) for _ in range(3)]
        self.play_row = PlayRow(theme, "the learning", "ηt = 10.00 of 10")
        self.seed_button = QToolButton()
        self.seed_button.setToolTip("Other moments with the same correlation (another seed)")
        self.seed_button.setAccessibleName("Other moments")
        self.play_row.add_tool(self.seed_button, "dice")
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(theme.gap(16))
        upper.addWidget(self.firing, 66)
        upper.addWidget(self.cloud, 34)
        lower.setSpacing(theme.gap(16))
        for column in self.columns:
            lower.addWidget(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.gap(8))
        whole.addLayout(upper, 1)
        whole.addLayout(lower, 1)
        whole.addWidget(self.play_row)

    def has_paths(self, state: HebbState) -> bool:
        """Whether all three rules have answered for the view of `state`."""
        return all(rule in self.paths and self.paths[rule].view == state.view for rule in RULES[state.view])

    def show_state(self, state: HebbState) -> None:
        """The view, its rules, the firing; the moment is shown apart."""
        self.cloud.set_view(state.view)
        for column, rule in zip(self.columns, RULES[state.view], strict=True):
            column.set_rule(rule)
        if self.has_paths(state):
            self.set_paths(self.paths, state)
        asked, lines = words.said_lines(state)
        for column, rule in zip(self.columns, RULES[state.view], strict=True):
            column.plot.said.show(lines if rule == asked else ())
        self.show_firing_of(state)

    def set_paths(self, paths: dict[RateRule, WeightPath], state: HebbState) -> None:
        """The answers of all three rules to one question."""
        self.paths = paths
        if self.has_paths(state):
            for column, rule in zip(self.columns, RULES[state.view], strict=True):
                column.set_path(paths[rule])

    def show_firing_of(self, state: HebbState) -> None:
        """The moments that `state` stands for."""
        self._moments = state.moments()
        self._bars = (self._moments - MEAN) / SD if state.view == "pair" else self._moments
        dots = msgspec.structs.replace(state, rule="hebb").moments()
        self.cloud.show_moments(dots, is_signed=state.view == "pair")

    def show_moment(self, state: HebbState, *, is_playing: bool, may_play: bool, in_turn: bool = False) -> None:
        """Everything as the models' answers have it at `state.shown`.

        in_turn: a frame while it plays. The firing and one of the four plots are drawn, in turn: all of them took 40 ms.
        """
        passed = state.shown / DURATION * MOMENTS
        ready = self.has_paths(state)
        self._show_firing(state, passed)
        self._turn = (self._turn + 1) % 4
        if not in_turn or self._turn == 3:
            self._show_cloud(state, int(passed + 1e-9), ready=ready)
        for number, column in enumerate(self.columns):
            if not in_turn or self._turn == number:
                column.show_moment(state.shown, is_whole_seen=state.is_revealed)
        moment = f"{state.shown:.2f} of {DURATION:g}"
        text = f"{moment} s" if state.view == "pair" else f"ηt = {moment}"
        self.play_row.show_moment(state.shown / DURATION, text, is_playing=is_playing)
        self.play_row.set_free(may_play)

    def _show_cloud(self, state: HebbState, gone: int, *, ready: bool) -> None:
        self.cloud.show_now(self._moments[max(gone - 1, 0) : gone])
        vectors = {rule: self.paths[rule].at(state.shown) for rule in RULES[state.view]} if ready else {}
        self.cloud.show_vectors(state.start, vectors)
        has_axis = state.view == "inputs" and ready and category(state.correlation) != 1
        self.cloud.show_axis(self.paths["oja"].axis if has_axis else np.zeros(0))
        self.cloud.show_patterns(self.paths["bcm"].patterns if ready and state.rule == "bcm" else _NONE)

    def _show_firing(self, state: HebbState, passed: float) -> None:
        path = self.paths.get(state.rule)
        if path is not None and path.view != state.view:
            path = None
        is_pair, is_bcm = state.view == "pair", state.rule == "bcm"
        sum_text = "" if is_pair else "y = w₁A + w₂B"
        shade_text = "" if is_bcm else "shaded: both up"
        how = "pattern 1 or pattern 2" if is_bcm else words.FIRING[category(state.correlation)]
        self.firing.show_firing(
            Firing(
                bars=self._bars,
                now=passed,
                weights=() if path is None else tuple(path.at(state.shown).tolist()),
                outputs=None if is_pair else self._outputs(path, int(passed + 1e-9)),
                is_shaded=not is_bcm,
                title=f"Firing: {how}",
                note=";  ".join(text for text in (shade_text, sum_text) if text),
            )
        )

    def _outputs(self, path: WeightPath | None, gone: int) -> np.ndarray:
        """What cell C has fired so far, in a scale that holds the newest: the weighted sum of each moment."""
        outputs = np.full(MOMENTS, np.nan)
        if path is not None and gone:
            outputs[:gone] = (path.weights[:gone] * self._moments[:gone]).sum(axis=1)
            outputs /= max(1.0, float(np.nanmax(np.abs(outputs[max(0, gone - _SEEN) : gone]))) / 2.5)
        return outputs
