"""Colours as numbers: their channels, and mixtures that stay opaque (painting with alpha costs more). Knows no theme."""

from __future__ import annotations

from PySide6.QtGui import QColor


def rgb(color: QColor) -> tuple[int, int, int]:
    """Red, green, blue, 0 to 255."""
    return color.red(), color.green(), color.blue()


def mixed(ground: QColor, ink: QColor, share: float) -> QColor:
    """`share` of `ink` (0 to 1) on `ground`."""
    return QColor(*(round(a + (b - a) * share) for a, b in zip(rgb(ground), rgb(ink), strict=True)))
