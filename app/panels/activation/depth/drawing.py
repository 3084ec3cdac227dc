"""What the board of depth shows: answers, how they are scaled, what stands above each row and where its axes lie. Paints nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QFontMetricsF

from app.panels.activation.depth.figures import spread
from app.panels.activation.depth.geometry import (
    Axis,
    Frame,
    RowName,
    common_range,
    decade_range,
    linear_axis,
    plan,
)
from app.panels.activation.depth.state import Scale, Slot
from app.widgets.theme import Theme
from trainers.activation_lab import DepthAnswer, LayerFigures

Floats = npt.NDArray[np.float64]

_AROUND = 0.15  # powers of ten beyond the outermost


@dataclass(frozen=True)
class Drawn:
    """One setting on show."""

    slot: Slot
    title: str
    answer: DepthAnswer


@dataclass(frozen=True)
class Drawing:
    """All that the board shows."""

    drawn: tuple[Drawn, ...] = ()
    scale: Scale = "shared"
    saturation: float = 0.01

    @property
    def layers(self) -> int:
        """Of the deepest on show."""
        return max((one.answer.question.layers for one in self.drawn), default=1)

    def shows_what(self, other: Drawing) -> bool:
        """Whether both show the very same answers in the same way."""
        return (
            self.scale == other.scale
            and self.saturation == other.saturation
            and len(self.drawn) == len(other.drawn)
            and all(
                new.answer is old.answer and new.slot == old.slot
                for new, old in zip(self.drawn, other.drawn, strict=True)
            )
        )


def frame_of(theme: Theme, size: tuple[float, float], layers: int) -> Frame:
    """Where everything lies on a board of `size` px."""
    small = QFontMetricsF(theme.font("small"))
    margins = (
        small.horizontalAdvance("10⁻³⁸") + theme.gap(14),
        float(theme.gap(12)),
        small.height() + theme.gap(10),
    )
    return plan(size, margins, small.height() + theme.gap(6), layers)


def headings(drawing: Drawing) -> dict[RowName, str]:
    """What stands above each row."""
    scale = "one scale" if drawing.scale == "shared" else "each layer on its own scale"
    crossed = {
        is_backward: "; crossed out: no number left" if _has_overflown(drawing, is_backward=is_backward) else ""
        for is_backward in (False, True)
    }
    return {
        "activations": f"Forward →  activations, {scale}{crossed[False]}",
        "spread": "Forward →  spread of all numbers; thin: what the signals differ by",
        "gradients": f"← Backward  gradients, {scale}{crossed[True]}",
        "gradient_spread": "← Backward  spread of the gradient",
        "silence": f"Dead units (solid) and saturated numbers (hatched, |f′| < {drawing.saturation:g})",
    }


def _has_overflown(drawing: Drawing, *, is_backward: bool) -> bool:
    """Whether some station has no finite number at all."""
    return any(
        not (one.answer.gradients if is_backward else one.answer.activations).counts.any(1).all()
        for one in drawing.drawn
    )


def figures_of(one: Drawn, *, is_backward: bool) -> LayerFigures:
    """Of one direction."""
    return one.answer.gradients if is_backward else one.answer.activations


def axes_of(frame: Frame, drawing: Drawing) -> dict[RowName, Axis]:
    """The vertical axis of every row: numbers, powers of ten of a spread, a share."""
    axes: dict[RowName, Axis] = {"silence": linear_axis(frame.row("silence"), 0.0, 1.0)}
    rows: tuple[tuple[bool, RowName, RowName], ...] = (
        (False, "activations", "spread"),
        (True, "gradients", "gradient_spread"),
    )
    for is_backward, numbers, spreads in rows:
        figures = [figures_of(one, is_backward=is_backward) for one in drawing.drawn]
        low, high = (-1.05, 1.05) if drawing.scale == "own" else common_range(figures, -1 if is_backward else 0)
        axes[numbers] = linear_axis(frame.row(numbers), low, high)
        curves = [spread(one) for one in figures]
        between: list[Floats] = [] if is_backward else [one.answer.between for one in drawing.drawn]
        lowest, highest = decade_range([*curves, *between])
        axes[spreads] = linear_axis(frame.row(spreads), lowest - _AROUND, highest + _AROUND)
    return axes
