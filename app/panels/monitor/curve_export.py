"""The sheet that holds the rows of curves, and saving it as picture, drawing or table. Formats are plot_export's affair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.widgets import plot_export

if TYPE_CHECKING:
    from app.panels.monitor.curves import CurvesView
    from app.widgets.plot_style import StyledPlot
    from app.widgets.theme import Theme

_FILTERS = {"png": "Picture (*.png)", "svg": "Drawing (*.svg)", "csv": "Numbers (*.csv)"}


class CurveSheet(QWidget):
    """All rows as one picture."""

    title = "Curves of the run"

    def __init__(self, theme: Theme, view: CurvesView) -> None:
        super().__init__()
        self._view = view
        self._labels = {"bottom": ("step", ""), "left": ("value", "")}

    def curve_data(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Every series of the run at every step, not only what is drawn: x steps, y values."""
        return self._view.all_series()

    def save(self, path: Path) -> None:
        """Write to `path`; raises BadInput where it cannot be written."""
        plot_export.export(cast("StyledPlot", self), path)

    @Slot(str)
    def ask_and_save(self, kind: str) -> None:
        """Ask for a file, and write it."""
        path, _ = QFileDialog.getSaveFileName(self, "Save curves", f"curves.{kind}", _FILTERS[kind])
        if path:
            self.save(Path(path).with_suffix(f".{kind}"))
