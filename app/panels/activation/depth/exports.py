"""Saving what the view of depth shows: a picture, a drawing, or the figures of every layer with all digits."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.panels.activation.depth.board import DepthBoard
from app.panels.activation.depth.drawing import Drawing
from app.panels.activation.depth.figures import spread
from app.widgets.message_bar import Message
from app.widgets.plot_export import ask_and_export, export_widget, table_text

_HEADS = (
    "setting", "description", "layer", "activation mean", "activation standard deviation", "activations not finite",
    "difference between signals", "gradient mean", "gradient standard deviation", "gradients not finite", "dead units (share)", "saturated (share)",
)  # fmt: skip


def save_board(owner: QWidget, kind: str, board: DepthBoard) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    if not board.drawing.drawn:
        return Message("Nothing has been computed yet: wait a moment, then save.", "warning")
    return ask_and_export(owner, kind, "Save the board", "signal_through_depth", partial(write_board, board=board))


def write_board(path: Path, board: DepthBoard) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    export_widget(board, path, "A signal through depth", lambda: figures_text(board.drawing), board.paint_on)


def figures_text(drawing: Drawing) -> bytes:
    """A table: one line for each layer of each setting; layer 0 is the signal itself."""
    rows: list[tuple[object, ...]] = [_HEADS]
    for one in drawing.drawn:
        answer = one.answer
        forward, backward = spread(answer.activations), spread(answer.gradients)
        for layer in range(answer.question.layers + 1):
            silence = (
                (repr(float(answer.dead[layer - 1])), repr(float(answer.saturated[layer - 1]))) if layer else ("", "")
            )
            rows.append((
                one.slot.upper(), one.title, layer,
                repr(float(answer.activations.mean[layer])), repr(float(forward[layer])), int(answer.activations.non_finite[layer]),
                repr(float(answer.between[layer])),
                repr(float(answer.gradients.mean[layer])), repr(float(backward[layer])), int(answer.gradients.non_finite[layer]),
                *silence,
            ))  # fmt: skip
    return table_text(rows)
