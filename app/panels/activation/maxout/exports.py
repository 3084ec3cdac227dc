"""Saving what the view of Maxout shows: a picture, a drawing, or the numbers of its function and of every line or plane."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QWidget

from app.panels.activation.maxout.lines import kinks, slope, unit, value
from app.panels.activation.maxout.state import MaxoutState
from app.widgets.message_bar import Message
from app.widgets.plot_export import ask_and_export, export_widget, table_text

_SAMPLES = 801
_GRID = 81


def save_maxout(owner: QWidget, kind: str, state: MaxoutState, board: QWidget) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    return ask_and_export(owner, kind, "Save Maxout", "maxout", partial(write_maxout, state=state, board=board))


def write_maxout(path: Path, state: MaxoutState, board: QWidget) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    export_widget(board, path, "Maxout", lambda: values_text(state))


def values_text(state: MaxoutState) -> bytes:
    """A table with all digits: x, f, its slope and every line at samples and kinks; or x1, x2, f and every plane on a grid."""
    return table_text(_line_rows(state) if state.inputs == 1 else _plane_rows(state))


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
