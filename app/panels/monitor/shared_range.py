"""The range along x that all rows of the curves share, and who decides on it. Knows no session, no tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.panels.monitor.curve_scale import round_up

if TYPE_CHECKING:
    from app.panels.monitor.curve_rows import CurveRow

_LEAST = {"steps": 10.0, "epochs": 1.0, "seconds": 1.0}


class SharedRange:
    """`bounds` hold for all rows; each takes them over when it is drawn: all at once took 30 ms of one frame."""

    def __init__(self, rows: dict[str, CurveRow]) -> None:
        """rows: those that there are, and that are still to come."""
        self._rows = rows
        self.bounds = (0.0, 10.0)
        self.is_following = True  # the end of the run, and no person's hand, decides
        self.is_setting = False  # a row's range changes because it is given one

    def give(self, row: CurveRow) -> None:
        """Let `row` have it, where it has another."""
        box = row.plotItem.getViewBox()
        if tuple(box.viewRange()[0]) != self.bounds:
            self.is_setting = True
            box.setXRange(*self.bounds, padding=0.0)
            self.is_setting = False

    def show(self, low: float, high: float) -> None:
        """Show low..high on all rows at once, for now (pyqtgraph's own links shift a range by parts of a pixel)."""
        self.is_setting = True
        for row in self._rows.values():
            row.plotItem.getViewBox().setXRange(low, high, padding=0.0)
        self.is_setting = False

    def follow(self, end: float, kind: str) -> bool:
        """Make room for a run that has come to `end` on the axis `kind`; whether the range is another one now."""
        before = self.bounds
        self.bounds = (0.0, round_up(max(end * 1.06, _LEAST[kind])))  # direct labels stand in what is left
        return self.bounds != before
