"""Saves a plot as PNG, SVG or CSV, atomically. SVG by QSvgGenerator: pyqtgraph's own SVG exporter fails on a plain plot."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRectF
from PySide6.QtGui import QPaintEngine, QPainter
from PySide6.QtWidgets import QFileDialog, QGraphicsItem, QGraphicsView, QWidget

from app.resource_paths import write_atomically
from app.widgets.message_bar import Message
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.widgets.plot_style import StyledPlot


FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Numbers (*.csv)"}


def export(plot: StyledPlot, path: Path) -> None:
    """Write `plot` to `path`; the format is the file's ending. BadInput for another ending or a place that cannot be written."""
    export_widget(plot, path, plot.title, lambda: curves_table(plot))


def export_widget(
    widget: QWidget,
    path: Path,
    title: str,
    table: Callable[[], bytes],
    paint: Callable[[QPainter], None] | None = None,
) -> None:
    """Write what `widget` shows to `path`: .png, .svg, or as .csv what `table` gives. BadInput as `export`.

    paint: draws it without its controls, where it has any.
    """
    makers = {".png": lambda: _png(widget), ".svg": lambda: _svg(widget, title, paint), ".csv": table}
    maker = makers.get(path.suffix.lower())
    if maker is None:
        raise BadInput(f"A plot cannot be saved as '{path.suffix}': choose {', '.join(makers)}.")
    try:
        write_atomically(path, maker())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another folder.") from error


def ask_and_export(owner: QWidget, kind: str, caption: str, stem: str, write: Callable[[Path], None]) -> Message | None:
    """Ask where, and let `write` do it; what to tell a person, None where they thought better of it.

    kind: png, svg or csv; stem: the name that is offered, without its ending.
    """
    name, _ = QFileDialog.getSaveFileName(owner, caption, f"{stem}.{kind}", FILTERS[kind])
    if not name:
        return None
    path = Path(name).with_suffix(f".{kind}")
    try:
        write(path)
    except BadInput as error:
        return Message(error.sentence, "warning")
    return Message(f"Saved as {path}.", "info")


def table_text(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV; numbers that are not text yet with all their digits."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _png(widget: QWidget) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(widget: QWidget, title: str, paint: Callable[[QPainter], None] | None) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRectF(widget.rect()))
    generator.setTitle(title)
    views = [widget] if isinstance(widget, QGraphicsView) else widget.findChildren(QGraphicsView)
    kept = [
        (item, item.cacheMode())
        for view in views
        for item in view.scene().items()
        if item.cacheMode() != QGraphicsItem.CacheMode.NoCache
    ]
    grounds = [(view, view.cacheMode()) for view in views]
    for view, _ in grounds:
        view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
    for item, _ in kept:  # a drawing is made of lines and letters, not of pictures
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    painter = QPainter(generator)
    if paint is not None:
        paint(painter)
    elif isinstance(widget, QGraphicsView):
        widget.render(painter)
    else:
        widget.render(painter, QPoint())
    painter.end()
    for item, mode in kept:
        item.setCacheMode(mode)
    for view, ground in grounds:
        view.setCacheMode(ground)
    return bytes(buffer.data().data())


def is_drawing(painter: QPainter) -> bool:
    """Whether what is painted becomes a drawing, in which a picture of something would be coarse."""
    return painter.paintEngine().type() == QPaintEngine.Type.SVG


def curves_table(plot: StyledPlot) -> bytes:
    """Every curve's points: its name, x and y, with all digits."""
    x_label, x_unit = plot._labels["bottom"]
    rows: list[list[str]] = [["curve", f"{x_label} ({x_unit})" if x_unit else x_label, "value"]]
    for name, (xs, ys) in plot.curve_data().items():
        rows += [[name, repr(x), repr(y)] for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    return table_text(rows)
