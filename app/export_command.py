"""`hillock export`: what trainers.network_commands writes, and figures, which Qt draws off screen. Imports Qt for figures alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from app.qt_loading import function_named, with_qt

if TYPE_CHECKING:
    from trainers.figure_shapes import Figure


def main(argv: Sequence[str]) -> int:
    """Run `hillock export` with the arguments after its name; the exit status."""
    # by name: the command reads weights, so it names torch, which the window's process never imports
    return cast(int, function_named("trainers.network_commands:export")(argv, draw_figure))


def draw_figure(figure: Figure, form: str) -> bytes:
    """The figure as SVG, PNG or PDF, without a display. Raises BadInput where Qt lacks a library of the system."""
    figure_bytes = with_qt("app.widgets.figure_painter:figure_bytes")
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance()
    if application is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_SCALE_FACTOR"] = "1"
        os.environ["QT_FONT_DPI"] = "96"
        application = QGuiApplication(["hillock"])  # lives until the figure is painted
    return cast(bytes, figure_bytes(figure, form))
