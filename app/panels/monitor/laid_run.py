"""LaidRun: a kept run under the letter, colour and dash by which it is told from others. Plain data; imports no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from app.panels.monitor.curve_scale import TimeAxis

if TYPE_CHECKING:
    from app.kept_run import KeptRun

Letter = Literal["A", "B", "C", "D"]
LETTERS: tuple[Letter, ...] = ("A", "B", "C", "D")
# colours that no series of the run itself has; each dash, in line widths, is another one also in grey
TOKENS: dict[str, str] = {"A": "series_0", "B": "series_1", "C": "series_6", "D": "series_7"}
DASHES: dict[str, tuple[float, ...]] = {"A": (6, 3), "B": (2, 2), "C": (7, 2.5, 2, 2.5), "D": (4, 2, 1.5, 2, 1.5, 2)}


@dataclass(frozen=True, eq=False)
class LaidRun:
    """`run` on the curves' time axes; they do not change, since it does not."""

    letter: str
    run: KeptRun
    _axes: dict[str, TimeAxis] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Its colour in the theme."""
        return TOKENS[self.letter]

    def axis(self, kind: str) -> TimeAxis | None:
        """Its time axis `kind`; None where its steps cannot be told in that unit."""
        if kind not in self._axes:
            self._axes[kind] = TimeAxis.of(kind, self.run, float(self.run.last_step))
        axis = self._axes[kind]
        is_told = kind == "steps" or (self.run.has_seconds if kind == "seconds" else axis.is_known)
        return axis if is_told else None

    def end(self, kind: str) -> float:
        """How far it goes on the axis `kind`; minus infinity where that is not known."""
        axis = self.axis(kind)
        return -math.inf if axis is None else float(axis.values(np.array([self.run.last_step]))[0])
