"""RunsPlot: the velocities of one's own runs over what was varied. Knows only the bench's state."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.panels.neuron.benches.axon.state import AxonState, MeasuredRun, Swept
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

AXES: dict[Swept, tuple[str, str]] = {
    "diameter_um": ("diameter", "µm"),
    "internode_um": ("internode", "µm"),
    "wraps": ("wraps", ""),
    "temperature_C": ("temperature", "°C"),
}


class RunsPlot(StyledPlot):
    """Filled dots, joined: runs that differ from what is set in the varied quantity alone; hollow ones: all others.

    A run without conduction is a cross at 0.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, "internode", "µm", "velocity", "m/s", title=f"Runs of the {name} axon", parent=parent)
        self._name = name
        self._state = AxonState()
        self.setToolTip(
            "Each run that you make with whole axons is a point; the quantity that you moved last is the axis"
        )
        self.setMouseEnabled(x=False, y=False)
        self.plotItem.layout.setContentsMargins(1, 1, 1, 5)  # pyqtgraph puts the lower label 5 px too low
        self.curve = self.add_curve("accent", name="runs", width=1.5)
        self.points = pg.ScatterPlotItem(pxMode=True)
        self.addItem(self.points)
        self.plotItem.getAxis("bottom").setStyle(autoExpandTextSpace=False)

    def show_runs(self, state: AxonState) -> None:
        """Show the runs of `state` over what it names as varied."""
        self._state = state
        label, unit = AXES[state.swept]
        if self._labels["bottom"] != (label, unit):
            self._labels["bottom"] = (label, unit)
            self._write_labels()
        theme = self.theme
        joined: list[tuple[float, float]] = []
        spots = []
        for run in state.runs:
            velocity = run.myelinated if self._name == "myelinated" else run.bare
            is_joined = _differs_only_in(run, state, state.swept)
            at = (float(getattr(run, state.swept)), velocity or 0.0)
            if is_joined:
                joined.append(at)
            token = "accent" if is_joined else "muted"
            spots.append(
                {
                    "pos": at,
                    "size": theme.gap(9),
                    "symbol": "x" if velocity is None else "o",
                    "pen": pg.mkPen(theme.color(token), width=1.5),
                    "brush": pg.mkBrush(theme.color("accent" if is_joined else "panel")),
                }
            )
        self.points.setData(spots)
        joined.sort()
        self.curve.setData([x for x, _ in joined], [y for _, y in joined])
        self._fit(spots)

    def _fit(self, spots: list[dict[str, object]]) -> None:
        places = [spot["pos"] for spot in spots]
        xs = [place[0] for place in places if isinstance(place, tuple)] or [0.0, 1.0]
        ys = [place[1] for place in places if isinstance(place, tuple)] or [1.0]
        wide = max(max(xs) - min(xs), 0.1 * max(xs), 1e-9)
        self.plotItem.setRange(
            xRange=(min(xs) - 0.08 * wide, max(xs) + 0.08 * wide), yRange=(0.0, 1.15 * max(*ys, 0.1)), padding=0.0
        )

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        if hasattr(self, "points"):
            self.show_runs(self._state)


def _differs_only_in(run: MeasuredRun, state: AxonState, swept: Swept) -> bool:
    """Whether all but the varied quantity is as it is set."""
    return all(getattr(run, name) == getattr(state, name) for name in AXES if name != swept)
