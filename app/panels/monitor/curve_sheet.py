"""The sheet that the rows of curves lie on, and saving it as picture, drawing or table. Formats are plot_export's affair."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Slot
from PySide6.QtGui import QPainter, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QFileDialog, QMessageBox, QVBoxLayout, QWidget

from app.panels.monitor.row_specs import ROWS
from app.panels.monitor.run_legend import RunLegend
from app.widgets import plot_export
from app.widgets.small_controls import ThemedLabel
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.panels.monitor.curve_rows import CurveRow
    from app.panels.monitor.curve_subject import CurveSubject
    from app.widgets.plot_style import StyledPlot
    from app.widgets.theme import Theme

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Numbers (*.csv)"}


class CurveSheet(QWidget):
    """All rows as one picture."""

    title = "Curves of the run"

    def __init__(self, theme: Theme, subject: CurveSubject) -> None:
        super().__init__()
        self._theme = theme
        self._subject = subject
        self._labels = {"bottom": ("step", ""), "left": ("value", "")}
        self.rows: dict[str, CurveRow] = {}
        self.x_title = ThemedLabel(theme, "step", "small", "muted")
        self.x_title.setParent(self)
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(0)
        self.legend = RunLegend(theme)
        self._stack.addWidget(self.legend)

    def add_row(self, key: str, row: CurveRow) -> None:
        """Put `row` where its place is among those that lie here."""
        above = [other for other in ROWS if other in self.rows and list(ROWS).index(other) < list(ROWS).index(key)]
        self._stack.insertWidget(1 + len(above), row, ROWS[key].height)
        self.rows[key] = row

    def show_rows(self, shown: list[str]) -> None:
        """Show these, the last one with the axis that all share."""
        for key, row in self.rows.items():
            row.setVisible(key in shown)
            row.show_time_axis(bool(shown) and key == shown[-1])
        self._place_title()

    def show_x_title(self, title: str) -> None:
        """What the axis that all rows share counts."""
        self.x_title.setText(title)
        self._place_title()

    def _place_title(self) -> None:
        self.x_title.adjustSize()
        self.x_title.move(self._theme.gap(4), self.height() - self.x_title.height() - 1)
        self.x_title.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_title()  # a sheet that comes to light has its height only after its rows were chosen

    def curve_data(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Every series of the run, and of kept ones under their letters, at every step, not only what is drawn: x steps, y values."""
        names = [line.series for row in ROWS.values() for line in row.lines]
        found = {name: self._subject.history.rows(name) for name in names}
        for laid, title in zip(self._subject.laid, self.legend.kept_names(), strict=True):
            found |= {f"{title}: {name}": laid.run.rows(name) for name in names}
        return {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in found.items() if len(x)}

    def render(self, painter: QPainter) -> None:  # type: ignore[override]
        """All rows as vectors (QWidget's own way would paint them as one picture of pixels)."""
        for row in self.rows.values():
            if not row.isVisibleTo(self):
                continue
            place = row.geometry()
            row.render(painter, QRectF(place), row.viewport().rect())
            words = "&nbsp; ".join(
                f'<span style="color: {self._theme.hex(token)}; font-weight: {600 if is_title else 400}">{escape(text)}</span>'
                for text, token, is_title in row.reading.words
            )
            self._write(painter, words, row.reading.pos() + place.topLeft())
        self._write(painter, self.x_title.text(), self.x_title.pos())
        painter.save()
        painter.translate(self.legend.pos())
        self.legend.paint_entries(painter)
        painter.restore()

    def _write(self, painter: QPainter, text: str, at: QPoint) -> None:
        words = QTextDocument()
        words.setDefaultFont(self._theme.font("small"))
        words.setDocumentMargin(0)
        words.setHtml(f'<span style="color: {self._theme.hex("text")}">{text}</span>')
        painter.save()
        painter.translate(at)
        words.drawContents(painter)
        painter.restore()

    def save(self, path: Path) -> None:
        """Write to `path`; raises BadInput where it cannot be written."""
        table = partial(plot_export.curves_table, cast("StyledPlot", self))
        self.legend.set_for_picture(True)
        try:
            plot_export.export_widget(self, path, self.title, table, self.render)
        finally:
            self.legend.set_for_picture(False)

    @Slot(str)
    def ask_and_save(self, kind: str) -> None:
        """Ask for a file, and write it."""
        path, _ = QFileDialog.getSaveFileName(self, "Save curves", f"curves.{kind}", _FILTERS[kind])
        if path:
            try:
                self.save(Path(path).with_suffix(f".{kind}"))
            except BadInput as error:
                QMessageBox.warning(self, "Save curves", error.sentence)
