"""A large network's figure, painted and written by a worker: 500 layers at 300 dots an inch take 0.4 s. Imports Qt, no torch."""

from __future__ import annotations

import os
from collections.abc import Iterator

from trainers.file_jobs import FileWritten, WritePlan
from trainers.network_files import write_bytes

WRITE_FIGURE = "app.figure_job:write"


def write(plan: WritePlan) -> Iterator[FileWritten | None]:
    """The figure in the form that the plan names: svg, png or pdf. Raises BadInput where it cannot be written."""
    yield None
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # of this process alone
    from PySide6.QtGui import QGuiApplication

    from app.widgets.figure_painter import figure_bytes
    from trainers.network_figure import network_figure

    application = QGuiApplication([])
    write_bytes(figure_bytes(network_figure(plan.network), plan.form), plan.path, plan.token)
    del application
    yield FileWritten()
