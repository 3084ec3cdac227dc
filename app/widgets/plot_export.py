"""Saves a plot as PNG, SVG or CSV, atomically. SVG by QSvgGenerator: pyqtgraph's own SVG exporter fails on a plain plot."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView

from app.resource_paths import write_atomically
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.widgets.plot_style import StyledPlot


def export(plot: StyledPlot, path: Path) -> None:
    """Write `plot` to `path`; the format is the file's ending. BadInput for another ending or a place that cannot be written."""
    makers = {".png": _png, ".svg": _svg, ".csv": _csv}
    maker = makers.get(path.suffix.lower())
    if maker is None:
        raise BadInput(f"A plot cannot be saved as '{path.suffix}': choose {', '.join(makers)}.")
    try:
        write_atomically(path, maker(plot))
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another folder.") from error


def _png(plot: StyledPlot) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plot.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(plot: StyledPlot) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(plot.size())
    generator.setViewBox(QRectF(plot.rect()))
    generator.setTitle(plot.title)
    views = [plot] if isinstance(plot, QGraphicsView) else plot.findChildren(QGraphicsView)  # or a sheet of plots
    items = [item for view in views for item in view.scene().items()]
    kept = [item for item in items if item.cacheMode() != QGraphicsItem.CacheMode.NoCache]
    modes = [item.cacheMode() for item in kept]
    for item in kept:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)  # a drawing is made of lines and letters, not of pictures
    painter = QPainter(generator)
    plot.render(painter)
    painter.end()
    for item, mode in zip(kept, modes, strict=True):
        item.setCacheMode(mode)
    return bytes(buffer.data().data())


def _csv(plot: StyledPlot) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    x_label, x_unit = plot._labels["bottom"]
    writer.writerow(["curve", f"{x_label} ({x_unit})" if x_unit else x_label, "value"])
    for name, (xs, ys) in plot.curve_data().items():
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            writer.writerow([name, repr(x), repr(y)])
    return text.getvalue().encode()
