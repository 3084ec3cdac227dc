"""Writes the board of "One convolution" to a file: as a picture, as a drawing, or its numbers. Draws nothing itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.panels.builder.convolution_scene import Scene
from app.widgets.message_bar import Message
from app.widgets.plot_export import ask_and_export, export_widget, table_text

if TYPE_CHECKING:
    from app.panels.builder.convolution_board import ConvolutionBoard


def save_board(board: ConvolutionBoard, kind: str, scene: Scene) -> Message | None:
    """Ask where, and write. kind: png, svg or csv."""
    return ask_and_export(board, kind, "Save the board", "convolution", partial(_write, board, scene))


def _write(board: ConvolutionBoard, scene: Scene, path: Path) -> None:
    export_widget(board, path, "One convolution", partial(numbers_table, scene), board.paint)


def numbers_table(scene: Scene) -> bytes:
    """Input, kernel and map as rows: name, row, column (counted from 1), value."""
    rows: list[list[object]] = [["what", "row", "column", "value"]]
    grids = [("input", scene.picture)]
    if scene.state.mode == "convolution":
        grids.append(("kernel", scene.state.kernel))
    if scene.map is not None:
        grids.append(("map", scene.map))
    for name, values in grids:
        for row, line in enumerate(values.tolist()):
            rows += [[name, row + 1, column + 1, repr(value)] for column, value in enumerate(line)]
    return table_text(rows)
