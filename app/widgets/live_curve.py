"""LiveCurve: a curve that is given new data many times a second and seldom another range. Knows no panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Floats = npt.NDArray[np.float64]


class LiveCurve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Drawn as a pg.PlotDataItem is, which takes 0.9 ms for new data and 0.4 ms a painting to look at all of them again.

    It claims the whole view for itself instead of the data's own box, and is given data that are ready to be drawn: as many
    as there are pixels. Gaps stand where y is not finite.
    """

    _place: QRectF | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._given: tuple[Floats, Floats] = (np.empty(0), np.empty(0))
        self._is_log = False

    def show_data(self, x: Floats, y: Floats) -> None:
        """Draw these, float64 (n,) each, in the units of the data also where the axis is logarithmic."""
        self._given = x, y
        if self._is_log:
            with np.errstate(divide="ignore", invalid="ignore"):
                y = np.log10(y)
        is_whole = bool(np.isfinite(y).all())
        self.opts["connect"] = "all" if is_whole else "finite"
        self.opts["skipFiniteCheck"] = is_whole
        self.xData, self.yData = x, y
        self.path = None
        self._lineSegmentsRendered = False
        self._boundsCache = [None, None]
        view = self.getViewBox()
        if view is not None and any(view.state["autoRange"]):  # "Fit to data" was asked for
            self.informViewBoundsChanged()
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.xData is None or not len(self.xData):
            return
        pen = self.opts["pen"]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(self.opts["antialias"]))
        painter.setPen(pen)
        if self._shouldUseDrawLineSegments(pen):
            painter.drawLines(*self._getLineSegments())
        else:
            painter.drawPath(self.getPath())

    def getOriginalDataset(self) -> tuple[Floats, Floats]:
        """What was given."""
        return self._given

    def setLogMode(self, _x_mode: bool, y_mode: bool) -> None:
        """Called by the plot that it is in."""
        if y_mode != self._is_log:
            self._is_log = y_mode
            self.show_data(*self._given)

    def invalidateBounds(self) -> None:
        """Called by pyqtgraph when the view has changed."""
        super().invalidateBounds()
        self._place = None

    def boundingRect(self) -> QRectF:
        if self._place is None:
            view = self.getViewBox()
            if view is None:
                return QRectF()
            self._place = QRectF(view.viewRect())
        return self._place
