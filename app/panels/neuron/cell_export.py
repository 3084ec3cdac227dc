"""CellExport: saves what the neuron panel shows: traces as PNG, SVG, CSV, the cell's last moments as GIF, its parameters as text.

Pillow is imported when the first film is made.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QObject, QRectF, Slot
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QFileDialog

from app.panels.neuron.cell_film import CellFilm
from app.panels.neuron.trace_data import probe_table
from app.panels.neuron.trace_no_return import hangs_on
from app.panels.neuron.trace_sweeps import sweep_columns
from app.resource_paths import write_atomically
from app.simulation.biology.stage import StagePlan
from app.widgets.message_bar import Message

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel
    from app.panels.neuron.traces import TracesView

FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Numbers (*.csv)", "gif": "Film (*.gif)"}
FILM_SECONDS = 4.0


class CellExport(QObject):
    """Asks for a file and writes it; says in the message bar what came of it."""

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.film: CellFilm | None = None

    @Slot(str)
    def start(self, kind: str) -> None:
        """Save or copy as `kind` (a key of trace_tools.EXPORTS) says."""
        if kind == "text":
            QGuiApplication.clipboard().setText(parameters_text(self._panel.session.plan, self._panel.session.shown_ms))
            self._tell("The cell's parameters are on the clipboard.")
            return
        name = {"csv": "probes.csv", "gif": "cell.gif"}.get(kind, f"traces.{kind}")
        path, _ = QFileDialog.getSaveFileName(self._panel, "Save", name, FILTERS[kind])
        if path:
            self.save(kind, Path(path).with_suffix(f".{kind}"))

    def save(self, kind: str, path: Path) -> None:
        """Write `kind` to `path`; what goes wrong is said in the message bar."""
        makers: dict[str, Callable[[], bytes]] = {"png": self._png, "svg": self._svg, "csv": self._csv}
        if self._panel.session.recording is None:
            self._tell("There is nothing to save yet: the cell has not come to life.", "warning")
        elif kind == "gif":
            self._start_film(path)
        else:
            self._write(path, makers[kind]())

    def cancel(self) -> None:
        """Give up a film that is being made."""
        if self.film is not None:
            self.film.cancel()
            self.film = None

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_atomically(path, content)
        except OSError as error:
            self._tell(f"{path} cannot be written ({error.strerror}): choose another folder.", "warning")
        else:
            self._tell(f"Saved as {path}.")

    def _tell(self, text: str, kind: str = "info") -> None:
        self._panel.workspace.message_posted.emit(Message(text, kind))  # type: ignore[arg-type]  # one of Kind

    # --- traces -------------------------------------------------------------------------------------------------------

    @property
    def _traces(self) -> TracesView:
        return self._panel.page.traces

    def _png(self) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._traces.grab().save(buffer, "PNG")
        return bytes(buffer.data().data())

    def _svg(self) -> bytes:
        from PySide6.QtSvg import QSvgGenerator

        size = self._traces.size()
        buffer = QBuffer()
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
        generator.setTitle("Traces of the living cell")
        painter = QPainter(generator)
        self._traces.paint(painter, size, is_vector=True)
        painter.end()
        return bytes(buffer.data().data())

    def _csv(self) -> bytes:
        recording = self._panel.session.recording
        assert recording is not None
        probes = tuple((probe.compartment, probe.color) for probe in self._panel.probes.probes)
        headings, table = probe_table(recording, self._panel.view.guide, probes)
        state, names = self._traces.trace_state, self._panel.view.guide.names
        columns = sweep_columns(state.sweeps, names)
        place = hangs_on(self._panel.view.guide.morphology, tuple(compartment for compartment, _ in probes))
        if state.has_no_return and place is not None:
            columns += self._traces.rows.rises.columns(recording, place, names[place])
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([*headings, *(heading for heading, _ in columns)])
        rows = io.StringIO()
        np.savetxt(rows, table, fmt=["%.4f", *["%.6g"] * (table.shape[1] - 1)], delimiter=",")
        empty = "," * (table.shape[1] - 1)
        beside = zip_longest(*(values for _, values in columns))  # rows of their own: they have their own moments
        for left, right in zip_longest(rows.getvalue().splitlines(), beside):
            cells = ["" if value is None else f"{value:g}" for value in right or (None,) * len(columns)]
            text.write(",".join([left or empty, *cells]) + "\n")
        return text.getvalue().encode()

    # --- the film -----------------------------------------------------------------------------------------------------

    def _start_film(self, path: Path) -> None:
        self.cancel()
        session = self._panel.session
        assert session.recording is not None
        end = session.shown_ms
        begin = max(session.first_ms, end - FILM_SECONDS * session.clock.speed)
        is_true = self._panel.hand.state.is_true_scale
        self.film = CellFilm(self._panel.view, session.recording, session.shown_plan, (begin, end), is_true, self)
        self.film.progressed.connect(self._on_film_progressed)
        self.film.finished.connect(self._on_film_finished)
        self.film.failed.connect(self._on_film_failed)
        self.film.begin(path)

    @Slot(int, int)
    def _on_film_progressed(self, done: int, total: int) -> None:
        notice = self._panel.page.notice
        notice.say(f"Making the film: picture {done} of {total} (Esc gives it up)")

    @Slot(object)
    def _on_film_finished(self, path: Path) -> None:
        self.film = None
        self._panel.page.notice.say("")
        self._tell(f"Saved as {path}.")

    @Slot(str)
    def _on_film_failed(self, sentence: str) -> None:
        self.film = None
        self._panel.page.notice.say("")
        self._tell(sentence, "warning")


def parameters_text(plan: StagePlan, shown_ms: float) -> str:
    """The cell as text: one parameter a line, with its unit."""
    units = {
        "weights_nS": "nS, each input",
        "receptors": "each input",
        "wraps": "of each internode",
        "sodium": "times the measured density",
        "potassium": "times the measured density",
        "temperature_C": "degC",
        "delay_ms": "ms",
        "release": "",
        "seed": "",
        "dt_ms": "ms",
    }
    lines = ["The lecture neuron: Hodgkin-Huxley and cable, 333 compartments"]
    for name, value in msgspec.structs.asdict(plan).items():
        shown = _runs(value) if isinstance(value, tuple) else f"{value}"
        lines.append(f"{name} = {shown}" + (f"  ({units[name]})" if units[name] else ""))
    lines.append(f"shown at {shown_ms:.2f} ms")
    return "\n".join(lines) + "\n"


def _runs(values: tuple[object, ...]) -> str:
    """ "30 x 1.0", "4 x 2.0, 26 x 1.0": equal neighbours are counted."""
    runs: list[tuple[object, int]] = []
    for value in values:
        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
    return ", ".join(f"{count} x {value}" if count > 1 else f"{value}" for value, count in runs)
