"""Saving what the view of Maxout shows: a picture, a drawing, or the numbers of its function and of every line or plane."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.panels.activation.maxout.lines import kinks, slope, unit, value
from app.panels.activation.maxout.state import MaxoutState
from app.resource_paths import write_atomically
from app.widgets.message_bar import Message
from trainers.errors import BadInput

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Values (*.csv)"}
_SAMPLES = 801
_GRID = 81


def save_maxout(owner: QWidget, kind: str, state: MaxoutState, board: QWidget) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    name, _ = QFileDialog.getSaveFileName(owner, "Save Maxout", f"maxout.{kind}", _FILTERS[kind])
    if not name:
        return None
    path = Path(name).with_suffix(f".{kind}")
    try:
        write_maxout(path, state, board)
    except BadInput as error:
        return Message(error.sentence, "warning")
    return Message(f"Saved as {path}.", "info")


def write_maxout(path: Path, state: MaxoutState, board: QWidget) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    makers = {".png": lambda: _png(board), ".svg": lambda: _svg(board), ".csv": lambda: values_text(state)}
    try:
        write_atomically(path, makers[path.suffix]())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another folder.") from error


def values_text(state: MaxoutState) -> bytes:
    """A table with all digits: x, f, its slope and every line at samples and kinks; or x1, x2, f and every plane on a grid."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in _line_rows(state) if state.inputs == 1 else _plane_rows(state):
        writer.writerow(row)
    return text.getvalue().encode()


def _line_rows(state: MaxoutState) -> list[list[str]]:
    names = []
    for number, line in enumerate(state.lines):
        own = unit(state.lines, line.is_subtracted).index(number) + 1
        which = "second unit, line" if line.is_subtracted else "line"
        names.append(f"{which} {own}: {line.w!r} x + {line.b!r}")
    low, high = state.x
    x = np.unique(np.concatenate((np.linspace(low, high, _SAMPLES), [k for k in kinks(state.lines) if low < k < high])))
    columns = [x, value(state.lines, x), slope(state.lines, x), *(line.w * x + line.b for line in state.lines)]
    return [["x", "f", "f'", *names], *([repr(float(one)) for one in row] for row in zip(*columns, strict=True))]


def _plane_rows(state: MaxoutState) -> list[list[str]]:
    names = [f"plane {n}: {p.w1!r} x1 + {p.w2!r} x2 + {p.b!r}" for n, p in enumerate(state.planes, 1)]
    side = np.linspace(-state.half, state.half, _GRID)
    points = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    heights = np.array([plane.over(points) for plane in state.planes]).reshape(len(state.planes), -1)
    largest = heights.max(0) if len(heights) else np.zeros(len(points))
    columns = [points[:, 0], points[:, 1], largest, *heights]
    return [["x1", "x2", "f", *names], *([repr(float(one)) for one in row] for row in zip(*columns, strict=True))]


def _png(board: QWidget) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    board.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(board: QWidget) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(board.size())
    generator.setViewBox(QRectF(board.rect()))
    generator.setTitle("Maxout")
    painter = QPainter(generator)
    board.render(painter, QPoint())
    painter.end()
    return bytes(buffer.data().data())
