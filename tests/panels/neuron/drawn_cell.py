"""Moments of a cell that are easy to foresee, for what draws it: an impulse on its way, a potential in a dendrite. Not collected by pytest."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from app.cell_recording import CellFrame
from app.panels.neuron.cell_reading import CellGuide
from app.panels.neuron.cell_view import CellView
from app.simulation.biology.membrane import steady_gates
from app.simulation.biology.stage import INPUTS

GUIDE = CellGuide()
CELL = GUIDE.morphology
NODES = tuple(CELL.compartment(f"node {number}") for number in range(20))


def frame(
    time_ms: float = 10.0,
    *,
    spike_at: float | None = None,
    conductance: dict[int, float] | None = None,
    handed_nS: float = 0.0,
) -> CellFrame:
    """A moment. spike_at: where the front is, in compartments counted from the hillock; None: rest. conductance: nS by input.

    handed_nS: open in the next cell.
    """
    voltage = np.full(CELL.compartments, -65.0, np.float32)
    if spike_at is not None:
        axon = np.arange(CELL.compartment("hillock"), CELL.compartments)
        gone = spike_at - (axon - axon[0])
        voltage[axon] += 100.0 * np.where(gone >= 0, np.exp(-((gone / 60.0) ** 2)), np.exp(-((gone / 9.0) ** 2)))
    gates = np.stack(steady_gates(voltage[GUIDE.active].astype(float)), axis=1).astype(np.float32)
    open_nS = np.zeros(INPUTS, np.float32)
    for number, value in (conductance or {}).items():
        open_nS[number] = value
    return CellFrame(time_ms, voltage, gates, open_nS, -64.0, 0.0, handed_nS)


def pixels(view: CellView) -> np.ndarray:
    """What the view shows. uint8 (height, width, 3)"""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].copy()


def grey(picture: np.ndarray) -> np.ndarray:
    """Its luminance, 0 to 255. (height, width)"""
    return np.asarray(picture @ np.array([0.2126, 0.7152, 0.0722]))
