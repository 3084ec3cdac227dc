"""Saving a race: a picture or a drawing of the board, or the losses of every step. Knows no session."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.words import names_of
from app.widgets.message_bar import Message
from app.widgets.plot_export import ask_and_export, export_widget, table_text


def save_race(board: QWidget, kind: str, record: RaceRecord | None) -> Message | None:
    """Ask where, and save; what to tell a person, None where they thought better of it."""
    if record is None:
        return Message("There is no race to save yet: wait until the racers are on show.", "warning")
    write = partial(write_race, board=board, record=record)
    return ask_and_export(board, kind, "Save the race", "activation_race", write)


def write_race(path: Path, board: QWidget, record: RaceRecord) -> None:
    """Write to `path`, by its ending: .png, .svg or .csv. BadInput where it cannot be written."""
    export_widget(board, path, "A race of activation functions", lambda: losses_text(record))


def losses_text(record: RaceRecord) -> bytes:
    """A table: step, then every racer's loss on that step's batch; empty from where it diverged."""
    rows: list[list[object]] = [["step", *names_of(record)]]
    for number, row in enumerate(record.losses.rows.tolist(), 1):
        rows.append([number, *("" if loss != loss else repr(loss) for loss in row)])
    return table_text(rows)
