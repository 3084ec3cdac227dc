"""The sheet that holds the rows of curves, and saving it as picture, drawing or table. Formats are plot_export's affair."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Slot
from PySide6.QtGui import QPainter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.widgets import plot_export
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.panels.monitor.curve_board import CurveBoard
    from app.widgets.plot_style import StyledPlot
    from app.widgets.theme import Theme

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Numbers (*.csv)"}


class CurveSheet(QWidget):
    """All rows as one picture."""

    title = "Curves of the run"

    def __init__(self, theme: Theme, view: CurveBoard) -> None:
        super().__init__()
        self._theme = theme
        self._view = view
        self._labels = {"bottom": ("step", ""), "left": ("value", "")}

    def curve_data(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Every series of the run at every step, not only what is drawn: x steps, y values."""
        return self._view.all_series()

    def render(self, painter: QPainter) -> None:  # type: ignore[override]
        """All rows as vectors (QWidget's own way would paint them as one picture of pixels)."""
        for row in self._view.rows.values():
            if not row.isVisibleTo(self):
                continue
            place = row.geometry()
            row.render(painter, QRectF(place), row.viewport().rect())
            words = "&nbsp; ".join(
                f'<span style="color: {self._theme.hex(token)}; font-weight: {600 if is_title else 400}">{escape(text)}</span>'
                for text, token, is_title in row.reading.words
            )
            self._write(painter, words, row.reading.pos() + place.topLeft())
        self._write(painter, self._view.x_title.text(), self._view.x_title.pos())

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
        plot_export.export(cast("StyledPlot", self), path)

    @Slot(str)
    def ask_and_save(self, kind: str) -> None:
        """Ask for a file, and write it."""
        path, _ = QFileDialog.getSaveFileName(self, "Save curves", f"curves.{kind}", _FILTERS[kind])
        if path:
            try:
                self.save(Path(path).with_suffix(f".{kind}"))
            except BadInput as error:
                QMessageBox.warning(self, "Save curves", error.sentence)
