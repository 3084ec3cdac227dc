"""WeightGlide: weights that go to where they were set instead of jumping there, so that one sees which have changed. Imports no Qt.

It has no clock of its own: whoever draws turns it on.
"""

from __future__ import annotations

GLIDE_S = 0.2


class WeightGlide:
    """`begin` with the weights on show; from then on `on_the_way` leads from them to those that were set, until GLIDE_S have passed."""

    def __init__(self) -> None:
        self._from: tuple[float, ...] = ()
        self._turned = GLIDE_S

    @property
    def is_moving(self) -> bool:
        """Whether it has still some way to go."""
        return self._turned < GLIDE_S

    def begin(self, weights_nS: tuple[float, ...]) -> None:
        """These are on show; others are about to be set."""
        self._from, self._turned = weights_nS, 0.0

    def end(self) -> None:
        """Be there."""
        self._turned = GLIDE_S

    def turn(self, seconds: float) -> bool:
        """Go on by `seconds`; whether that changes anything."""
        was_moving = self.is_moving
        self._turned = min(self._turned + seconds, GLIDE_S)
        return was_moving

    def on_the_way(self, goals_nS: tuple[float, ...]) -> dict[int, float]:
        """By input, the weights (nS) that are not where they were set; quick at first, so that a dragged slider is followed."""
        if not self.is_moving:
            return {}
        left = (1.0 - self._turned / GLIDE_S) ** 3
        pairs = enumerate(zip(self._from, goals_nS, strict=True))
        return {number: goal + left * (start - goal) for number, (start, goal) in pairs if start != goal}
