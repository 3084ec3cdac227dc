"""UnitAxis: an axis that has its unit at a figure, where there is no room for its name. Knows no plot."""

from __future__ import annotations

import pyqtgraph as pg


class UnitAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Figures with a true minus; the second of the coarse ones bears the unit where `show_unit` asks for it."""

    def __init__(self, orientation: str, unit: str) -> None:
        super().__init__(orientation)
        self._unit = unit
        self._has_unit = False

    def show_unit(self, is_shown: bool) -> None:
        """Whether a figure bears the unit; then the finer figures stay away, or each row of them would have one."""
        if is_shown != self._has_unit:
            self._has_unit = is_shown
            self.setStyle(maxTextLevel=0 if is_shown else 2)
            self.picture = None
            self.update()

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        texts = [text.replace("-", "−") for text in super().tickStrings(values, scale, spacing)]
        if self._has_unit and texts:
            number = min(1, len(texts) - 1)
            texts[number] = f"{texts[number]} {self._unit}"
        return texts
