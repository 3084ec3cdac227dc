"""Saving what the view of curves shows: a picture, a drawing, or the values of every function with both derivatives."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.panels.activation.curves.board import CurveBoard, labels_of
from app.panels.activation.curves.state import ROWS, CurvesState
from app.panels.activation.functions import PlottedFunction
from app.resource_paths import write_atomically
from app.widgets.message_bar import Message
from trainers.errors import BadInput

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Values (*.csv)"}
_MARKS = {"value": "f", "derivative": "f'", "second_derivative": "f''"}


def save_curves(
    owner: QWidget, kind: str, state: CurvesState, functions: tuple[PlottedFunction, ...], board: CurveBoard
) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    name, _ = QFileDialog.getSaveFileName(owner, "Save the curves", f"activation_functions.{kind}", _FILTERS[kind])
    if not name:
        return None
    path = Path(name).with_suffix(f".{kind}")
    try:
        write_curves(path, state, functions, board)
    except BadInput as error:
        return Message(error.sentence, "warning")
    return Message(f"Saved as {path}.", "info")


def write_curves(path: Path, state: CurvesState, functions: tuple[PlottedFunction, ...], board: CurveBoard) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    makers = {".png": lambda: _png(board), ".svg": lambda: _svg(board), ".csv": lambda: values_text(functions, board)}
    try:
        write_atomically(path, makers[path.suffix]())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another folder.") from error


def values_text(functions: tuple[PlottedFunction, ...], board: CurveBoard) -> bytes:
    """A table: x, then value and both derivatives of every function, at every sample, with all digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    labels = labels_of(functions)
    writer.writerow(["x", *(f"{label} {_MARKS[row]}" for label in labels for row in ROWS)])
    columns = [board.samples.of(function, row) for function in functions for row in ROWS]
    for number, x in enumerate(board.samples.x.tolist()):
        writer.writerow([repr(x), *(repr(float(column[number])) for column in columns)])
    return text.getvalue().encode()


def _png(board: CurveBoard) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    board.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(board: CurveBoard) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(board.size())
    generator.setViewBox(QRectF(board.rect()))
    generator.setTitle("Activation functions")
    painter = QPainter(generator)
    board.render(painter, QPoint())
    painter.end()
    return bytes(buffer.data().data())
