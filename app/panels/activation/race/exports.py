"""Saving a race: a picture or a drawing of the board, or the losses of every step. Knows no session."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QGraphicsItem, QGraphicsView, QWidget

from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.words import names_of
from app.resource_paths import write_atomically
from app.widgets.message_bar import Message
from trainers.errors import BadInput

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Losses (*.csv)"}


def save_race(board: QWidget, kind: str, record: RaceRecord | None) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    if record is None:
        return Message("There is no race to save yet: wait until the racers are on show.", "warning")
    name, _ = QFileDialog.getSaveFileName(board, "Save the race", f"activation_race.{kind}", _FILTERS[kind])
    if not name:
        return None
    path = Path(name).with_suffix(f".{kind}")
    try:
        write_race(path, board, record)
    except BadInput as error:
        return Message(error.sentence, "warning")
    return Message(f"Saved as {path}.", "info")


def write_race(path: Path, board: QWidget, record: RaceRecord) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    makers = {".png": lambda: _png(board), ".svg": lambda: _svg(board), ".csv": lambda: losses_text(record)}
    try:
        write_atomically(path, makers[path.suffix]())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another folder.") from error


def losses_text(record: RaceRecord) -> bytes:
    """A table: step, then every racer's loss on that step's batch; empty from where it diverged."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *names_of(record)])
    for number, row in enumerate(record.losses.rows.tolist(), 1):
        writer.writerow([number, *("" if loss != loss else repr(loss) for loss in row)])
    return text.getvalue().encode()


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
    generator.setTitle("A race of activation functions")
    kept = [
        item
        for view in board.findChildren(QGraphicsView)
        for item in view.scene().items()
        if item.cacheMode() != QGraphicsItem.CacheMode.NoCache
    ]
    modes = [item.cacheMode() for item in kept]
    for item in kept:  # a drawing is made of lines and letters, not of pictures
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    painter = QPainter(generator)
    board.render(painter, QPoint())
    painter.end()
    for item, mode in zip(kept, modes, strict=True):
        item.setCacheMode(mode)
    return bytes(buffer.data().data())
