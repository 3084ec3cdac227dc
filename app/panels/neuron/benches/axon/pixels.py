"""Voltages as pixels, fast: the shared scale's colours in a table of a quarter of a millivolt. Draws nothing."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from app.panels.neuron.voltage_colors import VoltageColors, level

_LOWEST_MV, _HIGHEST_MV, _PER_MV = -110.0, 70.0, 4.0  # the scale's asinh of a whole picture would take 4 ms


class VoltagePixels:
    """Colours of arrays of voltages in the theme's scale; `refresh` after the scale has changed."""

    def __init__(self, colors: VoltageColors) -> None:
        self._scale = colors
        self._levels = level(np.arange(_LOWEST_MV, _HIGHEST_MV + 0.5 / _PER_MV, 1.0 / _PER_MV))
        self.refresh()

    def refresh(self) -> None:
        """Take the scale's colours anew."""
        red, green, blue = np.rint(self._scale.table * 255).astype(np.uint32).T
        self._packed = (np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue)[self._levels]

    def of(self, v_mV: np.ndarray) -> np.ndarray:
        """0xffRRGGBB of each voltage, uint32 in the shape of v_mV."""
        at = np.rint((v_mV - _LOWEST_MV) * _PER_MV)
        packed: np.ndarray = self._packed[np.clip(at, 0, len(self._packed) - 1).astype(np.intp)]
        return packed

    def image(self, v_mV: np.ndarray) -> QImage:
        """A picture of v_mV (height, width), its first row on top; it owns its pixels."""
        pixels = np.ascontiguousarray(self.of(v_mV))
        height, width = pixels.shape
        return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
