"""What the curves are of: the run that stands and those laid beside it, on one time axis. Knows no widget."""

from __future__ import annotations

import math

import numpy as np

from app.panels.monitor.curve_scale import STEPS, History, TimeAxis
from app.panels.monitor.laid_run import LaidRun
from app.panels.monitor.row_specs import ROWS, has_data


class CurveSubject:
    """`look` brings it up to date. axis: of the run that stands; end: how far the longest of all goes on it, last_step its step."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.laid: tuple[LaidRun, ...] = ()
        self.kind = "steps"
        self.axis = TimeAxis.of("steps", history, 0.0)
        self.last_step = self.end = self.end_step = 0.0

    @property
    def is_any(self) -> bool:
        """Whether there is anything to draw."""
        return has_data(ROWS["loss"], self.history) or any(has_data(ROWS["loss"], laid.run) for laid in self.laid)

    def filled(self) -> set[str]:
        """The rows for which there is a number."""
        histories = (self.history, *(laid.run for laid in self.laid))
        return {key for key in ROWS if any(has_data(ROWS[key], history) for history in histories)}

    def look(self) -> None:
        """See how far the run has come."""
        self.last_step = float(self.history.last_step)
        self.axis = self._axis()
        ends = [self.place_of(self.last_step), *(laid.end(self.kind) for laid in self.laid)]
        self.end = max(end for end in ends if math.isfinite(end))
        self.end_step = float(self.axis.steps(np.array([self.end]))[0])

    def place_of(self, step: float) -> float:
        """Where a step of the run that stands lies on the axis."""
        return float(self.axis.values(np.array([step]))[0])

    def _axis(self) -> TimeAxis:
        """The run's own; where its steps cannot be told in that unit yet, they are taken to be as those of a kept run."""
        axis = TimeAxis.of(self.kind, self.history, self.last_step)
        if self.kind == "steps" or axis is not STEPS:
            return axis
        return next((kept for laid in self.laid if (kept := laid.axis(self.kind)) is not None), axis)
