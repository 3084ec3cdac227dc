"""Glide: things on their way from where they were to where they belong. Its clock is an argument; imports no Qt."""

from __future__ import annotations

from collections.abc import Mapping

Place = tuple[float, float]
SECONDS = 0.22  # long enough to follow, too short to wait for


class Glide:
    """Places on their way, by name; slow at both ends."""

    def __init__(self, before: Mapping[str, Place], after: Mapping[str, Place], seconds: float = SECONDS) -> None:
        self._ways = {
            name: (before[name], place) for name, place in after.items() if name in before and before[name] != place
        }
        self._seconds = seconds
        self._passed = 0.0

    @property
    def names(self) -> set[str]:
        """What moves."""
        return set(self._ways)

    @property
    def is_over(self) -> bool:
        """Whether all have arrived."""
        return self._passed >= self._seconds or not self._ways

    @property
    def share(self) -> float:
        """How much of the way is behind them, 0 to 1."""
        way = min(self._passed / self._seconds, 1.0)
        return way * way * (3.0 - 2.0 * way)

    def advance(self, seconds: float) -> dict[str, Place]:
        """Turn the clock on by `seconds`: where everything is now."""
        self._passed += seconds
        share = self.share
        return {
            name: (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for name, ((x0, y0), (x1, y1)) in self._ways.items()
        }
