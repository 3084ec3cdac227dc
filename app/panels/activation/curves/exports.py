"""Saving what the view of curves shows: a picture, a drawing, or the values of every function with both derivatives."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.panels.activation.curves.board import CurveBoard, labels_of
from app.panels.activation.curves.state import ROWS
from app.panels.activation.functions import PlottedFunction
from app.widgets.message_bar import Message
from app.widgets.plot_export import ask_and_export, export_widget, table_text

_MARKS = {"value": "f", "derivative": "f'", "second_derivative": "f''"}


def save_curves(owner: QWidget, kind: str, functions: tuple[PlottedFunction, ...], board: CurveBoard) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    write = partial(write_curves, functions=functions, board=board)
    return ask_and_export(owner, kind, "Save the curves", "activation_functions", write)


def write_curves(path: Path, functions: tuple[PlottedFunction, ...], board: CurveBoard) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    export_widget(board, path, "Activation functions", lambda: values_text(functions, board))


def values_text(functions: tuple[PlottedFunction, ...], board: CurveBoard) -> bytes:
    """A table: x, then value and both derivatives of every function, at every sample, with all digits."""
    heads = ["x", *(f"{label} {_MARKS[row]}" for label in labels_of(functions) for row in ROWS)]
    columns = [board.samples.x, *(board.samples.of(function, row) for function in functions for row in ROWS)]
    return table_text([heads, *([repr(float(one)) for one in row] for row in zip(*columns, strict=True))])
