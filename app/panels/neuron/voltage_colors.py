"""The one scale of membrane voltage: colour and height by asinh((V + 65)/5). Knows no panel.

Both sides of rest run evenly in OKLab (Ottosson 2020), from a neutral through amber to the theme's orange for what is
depolarised, to its blue for what is hyperpolarised; lightness alone tells how far, so that the scale survives in grey.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QBrush, QColor, QLinearGradient

if TYPE_CHECKING:
    from app.widgets.theme import Theme

REST_MV, KNEE_MV = -65.0, 5.0
LOWEST_MV, HIGHEST_MV = -90.0, 50.0  # what lies beyond has the colour of the end
LEVELS = 1024
RIBBON_ALPHA = 190
HALO_OPACITY = 0.42
TICKS_MV = (-80, -70, -65, -60, -50, -30, 0, 40)
_LOW = math.asinh((LOWEST_MV - REST_MV) / KNEE_MV)
_HIGH = math.asinh((HIGHEST_MV - REST_MV) / KNEE_MV)
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def stretch(v_mv: np.ndarray | float) -> np.ndarray:
    """asinh((V + 65)/5): 0 at rest, 0.2 for 1 mV, 3.8 at +50 mV."""
    return np.arcsinh((np.asarray(v_mv, np.float64) - REST_MV) / KNEE_MV)


def height(v_mv: np.ndarray | float) -> np.ndarray:
    """How high a ribbon stands: 0 at rest, 1 at +50 mV, negative below rest; the same stretch as the colours."""
    return np.asarray(np.clip(stretch(v_mv), _LOW, _HIGH) / _HIGH)


def level(v_mv: np.ndarray | float) -> np.ndarray:
    """Number of the colour, 0 to LEVELS - 1 (int array)."""
    share = (np.clip(stretch(v_mv), _LOW, _HIGH) - _LOW) / (_HIGH - _LOW)
    return np.asarray(np.rint(share * (LEVELS - 1)).astype(np.intp))


def oklab(rgb: np.ndarray) -> np.ndarray:
    """sRGB 0..1 (..., 3) to OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T)


def _srgb(lab: np.ndarray) -> np.ndarray:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = np.clip(linear, 0.0, 1.0)
    return np.asarray(
        np.clip(np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055), 0.0, 1.0)
    )


def _arm(neutral: np.ndarray, end: np.ndarray, warmth: float) -> np.ndarray:
    """From `neutral` to `end` (OKLab) at an even pace, its hue coming `warmth` rad from ahead. (257, 3)"""
    share = np.linspace(0.0, 1.0, 2001)
    chroma_end, hue_end = math.hypot(end[1], end[2]), math.atan2(end[2], end[1])
    chroma = chroma_end * (1.0 - (1.0 - share) ** 2.4) * (1.0 + 0.12 * np.sin(math.pi * share))
    hue = hue_end + warmth * (1.0 - share)
    lab = np.stack(
        [
            neutral[0] + (end[0] - neutral[0]) * share,
            neutral[1] * (1 - share) ** 3 + chroma * np.cos(hue),
            neutral[2] * (1 - share) ** 3 + chroma * np.sin(hue),
        ],
        axis=1,
    )
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(lab, axis=0), axis=1))])
    even = np.linspace(0.0, steps[-1], 257)
    return np.stack([np.interp(even, steps, lab[:, axis]) for axis in range(3)], axis=1)


class VoltageColors:
    """The scale in the colours of a theme; `refresh` after the theme has changed."""

    steps = 16  # of the edge of a halo, between nothing and its own colour

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Build the table anew."""
        theme = self._theme
        ground = _rgb(theme.color("panel"))
        neutral = oklab(ground + (_rgb(theme.color("hairline")) - ground) * (1.0 if theme.is_dark else 0.75))
        up, down = oklab(_rgb(theme.color("positive"))), oklab(_rgb(theme.color("negative")))
        self.table = self._table(neutral, up, down, -0.55 if theme.is_dark else 0.5)
        self.colors = [QColor(*(int(part) for part in row)) for row in np.rint(self.table * 255)]
        self.brushes = [QBrush(color) for color in self.colors]
        self.glows = [_with_alpha(color, RIBBON_ALPHA) for color in self.colors]
        self.body_table = _over(_rgb(theme.color("panel")), self.table, np.ones(1))[:, 0]
        shares = np.linspace(0.0, HALO_OPACITY, self.steps + 1)
        self.halo_table = _over(_rgb(theme.color("panel")), self.table, shares).ravel()
        self.ground = int(theme.color("panel").rgb())

    @staticmethod
    def _table(neutral: np.ndarray, up: np.ndarray, down: np.ndarray, warmth: float) -> np.ndarray:
        c = np.linspace(_LOW, _HIGH, LEVELS)
        warm, cold = _arm(neutral, up, warmth), _arm(neutral, down, 0.0)
        at = np.linspace(0.0, 1.0, 257)
        lab = np.empty((LEVELS, 3))
        for axis in range(3):
            lab[:, axis] = np.where(
                c >= 0, np.interp(c / _HIGH, at, warm[:, axis]), np.interp(c / _LOW, at, cold[:, axis])
            )
        return _srgb(lab)

    def color(self, v_mv: float) -> QColor:
        """The colour of `v_mv`."""
        return self.colors[int(level(v_mv))]

    def gradient(self, x0: float, y0: float, x1: float, y1: float) -> QLinearGradient:
        """The whole scale from its lowest end at (x0, y0) to its highest, for a colour bar."""
        gradient = QLinearGradient(x0, y0, x1, y1)
        for number in range(33):
            gradient.setColorAt(number / 32, self.colors[round(number / 32 * (LEVELS - 1))])
        return gradient


def place_on_bar(v_mv: float) -> float:
    """Where `v_mv` stands on a colour bar: 0 at its lowest end, 1 at its highest."""
    return float((np.clip(stretch(v_mv), _LOW, _HIGH) - _LOW) / (_HIGH - _LOW))


def _rgb(color: QColor) -> np.ndarray:
    return np.array([color.redF(), color.greenF(), color.blueF()])


def _with_alpha(color: QColor, alpha: int) -> QColor:
    copy = QColor(color)
    copy.setAlpha(alpha)
    return copy


def _over(ground: np.ndarray, table: np.ndarray, alphas: np.ndarray) -> np.ndarray:
    """Colours (n, 3) laid over `ground` (3,) at each opacity (k,), as opaque pixels. uint32 (n, k)"""
    mixed = ground + (table[:, None, :] - ground) * alphas[None, :, None]
    parts = np.rint(mixed * 255).astype(np.uint32)
    return np.ascontiguousarray(np.uint32(0xFF000000) | (parts[..., 0] << 16) | (parts[..., 1] << 8) | parts[..., 2])
