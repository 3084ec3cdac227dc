"""LivingCurve: how often the simulated cell fires for a current, asked of the neuron's worker and laid over the functions (L17).

The curve comes from runs of the Hodgkin-Huxley membrane of `hillock simulate fi --cell hh`; nothing of it is drawn by hand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from app.simulation.biology.stage import Answer, Refused
from app.workspace import Workspace

Floats = npt.NDArray[np.float64]

CURRENT_PER_X = 20.0  # uA/cm2 that one unit on the x axis stands for
RATE_PER_Y = 100.0  # Hz that one unit on the y axis stands for
CURRENTS = tuple(
    np.concatenate((np.arange(0.0, 5.0, 2.5), np.arange(5.0, 10.0, 0.5), np.arange(10.0, 100.1, 5.0))).tolist()
)
SCALE_WORDS = f"1 on the x axis is {CURRENT_PER_X:g} µA/cm², 1 on the y axis {RATE_PER_Y:g} Hz. A spike is a rise through 0 mV: too much current, and they no longer reach it."


class LivingCurve(QObject):
    """One question on its way at a time; the newest that waits is asked next. `changed`: there is a curve, or none, or a complaint."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._wanted: float | None = None
        self._asked: float | None = None
        self._token: int | None = None
        self._kept: dict[float, tuple[Floats, Floats]] = {}  # x and y in the units of the value plot
        self._is_connected = False
        self.complaint = ""

    @property
    def curve(self) -> tuple[Floats, Floats] | None:
        """x and y in the units of the value plot, for the conductance that is wanted, else the last that came; the same arrays
        as long as they stand. None where nothing is wanted."""
        if self._wanted is None:
            return None
        return self._kept.get(self._wanted) or next(reversed(self._kept.values()), None)

    @property
    def is_silent(self) -> bool:
        """Whether the curve on show is 0 throughout."""
        curve = self.curve
        return curve is not None and not curve[1].any()

    @property
    def is_busy(self) -> bool:
        """Whether the curve of the conductance that is wanted has still to come."""
        return self._wanted is not None and self._wanted not in self._kept and not self.complaint

    def want(self, sodium: float | None) -> None:
        """The factor on the sodium conductance that is wanted from now on; None: no curve."""
        if sodium == self._wanted:
            return
        self._wanted = sodium
        self.complaint = ""
        self._ask()
        self.changed.emit()

    def _ask(self) -> None:
        wanted = self._wanted
        if wanted is None or wanted in self._kept or self._token is not None:
            return
        session = self._workspace.neuron
        if not self._is_connected:
            session.answered.connect(self._on_answered)
            self._is_connected = True
        self._asked = wanted
        self._token = session.call(
            "fi", {"cell": "hh", "currents": list(CURRENTS), "duration": 1000.0, "sodium": wanted}
        )

    @Slot(int, object)
    def _on_answered(self, token: int, item: object) -> None:
        if token != self._token or self._asked is None:
            return
        self._token = None
        if isinstance(item, Answer):
            self._kept.pop(self._asked, None)
            rates = np.asarray(item.values["rates_Hz"], np.float64)
            self._kept[self._asked] = np.asarray(CURRENTS) / CURRENT_PER_X, rates / RATE_PER_Y
        elif isinstance(item, Refused) and self._asked == self._wanted:
            self.complaint = item.reason
        if not self.complaint:
            self._ask()
        self.changed.emit()
