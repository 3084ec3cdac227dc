"""Saving what the view of depth shows: a picture, a drawing, or the figures of every layer with all digits."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.panels.activation.depth.board import DepthBoard
from app.panels.activation.depth.board_painter import Drawing
from app.panels.activation.depth.figures import spread
from app.resource_paths import write_atomically
from app.widgets.message_bar import Message
from trainers.errors import BadInput

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Numbers (*.csv)"}
_HEADS = (
    "setting", "description", "layer", "activation mean", "activation standard deviation", "activations not finite",
    "gradient mean", "gradient standard deviation", "gradients not finite", "dead units (share)", "saturated (share)",
)  # fmt: skip


def save_board(owner: QWidget, kind: str, board: DepthBoard) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    if not board.drawing.drawn:
        return Message("Nothing has been computed yet: wait a moment, then save.", "warning")
    name, _ = QFileDialog.getSaveFileName(owner, "Save the board", f"signal_through_depth.{kind}", _FILTERS[kind])
    if not name:
        return None
    path = Path(name).with_suffix(f".{kind}")
    try:
        write_board(path, board)
    except BadInput as error:
        return Message(error.sentence, "warning")
    return Message(f"Saved as {path}.", "info")


def write_board(path: Path, board: DepthBoard) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    makers = {".png": lambda: _png(board), ".svg": lambda: _svg(board), ".csv": lambda: figures_text(board.drawing)}
    try:
        write_atomically(path, makers[path.suffix]())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another folder.") from error


def figures_text(drawing: Drawing) -> bytes:
    """A table: one line for each layer of each setting; layer 0 is the signal itself."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADS)
    for one in drawing.drawn:
        answer = one.answer
        forward, backward = spread(answer.activations), spread(answer.gradients)
        for layer in range(answer.question.layers + 1):
            silence = (
                (repr(float(answer.dead[layer - 1])), repr(float(answer.saturated[layer - 1]))) if layer else ("", "")
            )
            writer.writerow([
                one.slot.upper(), one.title, layer,
                repr(float(answer.activations.mean[layer])), repr(float(forward[layer])), int(answer.activations.non_finite[layer]),
                repr(float(answer.gradients.mean[layer])), repr(float(backward[layer])), int(answer.gradients.non_finite[layer]),
                *silence,
            ])  # fmt: skip
    return text.getvalue().encode()


def _png(board: DepthBoard) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    board.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(board: DepthBoard) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(board.size())
    generator.setViewBox(QRectF(board.rect()))
    generator.setTitle("A signal through depth")
    painter = QPainter(generator)
    board.paint_on(painter)
    painter.end()
    return bytes(buffer.data().data())
