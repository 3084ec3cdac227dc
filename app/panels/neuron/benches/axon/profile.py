"""ProfilePlot: V along one axon at the moment shown, its nodes, its front, and the shared colour scale beside the axis."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtWidgets import QGraphicsItem, QWidget

from app.panels.neuron.benches.axon.pixels import VoltagePixels
from app.panels.neuron.benches.axon.recording import ACTIVE_MV, AxonPicture
from app.panels.neuron.unit_axis import UnitAxis
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

LOW_MV, HIGH_MV = -95.0, 60.0
_BAR = (-0.022, -0.008)  # the colour scale, as parts of the length beside the axon's start


class ProfilePlot(StyledPlot):
    """The curve V(x). Nodes above -40 mV are dots; a dashed line stands at the front; grey: the axon before it was harmed."""

    def __init__(self, theme: Theme, title: str, pixels: VoltagePixels, parent: QWidget | None = None) -> None:
        axes = {"left": UnitAxis("left", "mV"), "bottom": UnitAxis("bottom", "mm")}
        super().__init__(theme, "place along the axon", "mm", "V", "mV", title=title, parent=parent, axes=axes)
        self.setMouseEnabled(x=False, y=False)
        self.plotItem.layout.setContentsMargins(1, 1, 1, 5)  # pyqtgraph puts the lower label 5 px too low
        self.setMinimumHeight(1)
        self._pixels = pixels
        self._picture: AxonPicture | None = None
        self._v_mV: np.ndarray = np.zeros(0)
        self._length_mm = 1.0
        self._bar = pg.ImageItem(axisOrder="row-major")
        self.addItem(self._bar, ignoreBounds=True)
        self._level = pg.InfiniteLine(ACTIVE_MV, angle=0, movable=False)
        self._front = pg.InfiniteLine(0.0, angle=90, movable=False)
        for line in (self._level, self._front):
            self.addItem(line, ignoreBounds=True)
        self.ghost = self.add_curve("muted", name="before it was harmed", is_dashed=True, width=1.5)
        self.curve = self.add_curve("text", name="V")
        self.dots = pg.ScatterPlotItem(pxMode=True)
        self.addItem(self.dots, ignoreBounds=True)
        self._front.hide()
        self.read_out = self.voltage_text
        self.plotItem.setYRange(LOW_MV, HIGH_MV, padding=0.0)
        self.plotItem.getAxis("left").setTickSpacing(50, 50)
        for side in ("left", "bottom"):
            self.plotItem.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._dress()

    def set_picture(self, picture: AxonPicture, length_mm: float) -> None:
        """Which axon is shown from now on, and how long it is."""
        self._picture = picture
        self.set_length(length_mm)

    def set_length(self, length_mm: float) -> None:
        """How long the axis is."""
        if length_mm != self._length_mm:
            self._length_mm = length_mm
            self.plotItem.setXRange(_BAR[0] * length_mm, length_mm, padding=0.0)
            start, end = (part * length_mm for part in _BAR)
            self._bar.setRect(QRectF(start, LOW_MV, end - start, HIGH_MV - LOW_MV))

    def show_voltage(
        self, v_mV: np.ndarray, front_mm: float | None, ghost: tuple[np.ndarray, np.ndarray] | None = None
    ) -> None:
        """V of one moment in the columns of the picture; ghost: places and V of the axon before it was harmed."""
        picture = self._picture
        assert picture is not None
        self._v_mV = v_mV
        self.curve.setData(picture.x_mm, v_mV)
        if ghost is not None:
            self.ghost.setData(*ghost)
        elif self.ghost.xData is not None and len(self.ghost.xData):
            self.ghost.setData([], [])
        if len(picture.node_columns):
            active = picture.active_columns(v_mV)
            self.dots.setData(picture.x_mm[active], v_mV[active])
        self._front.setVisible(front_mm is not None)
        if front_mm is not None:
            self._front.setPos(front_mm)

    def voltage_text(self, place_mm: float, _y: float = 0.0) -> str:
        """V at a place, at the moment shown."""
        if self._picture is None or not len(self._v_mV) or not 0.0 <= place_mm <= self._length_mm:
            return ""
        v_mV = float(np.interp(place_mm, self._picture.x_mm, self._v_mV))
        return f"{place_mm:.1f} mm   V {v_mV:.1f} mV".replace("-", "−")

    def say(self, place_mm: float) -> None:
        """The read-out for a place that is pointed at elsewhere; a negative one hides it."""
        self._show_text(self.voltage_text(place_mm))

    def span(self) -> tuple[float, float]:
        """Pixels, in this widget, of the axon's start and end."""
        return self.place_of(0.0, 0.0).x(), self.place_of(self._length_mm, 0.0).x()

    def show_place_label(self, is_shown: bool) -> None:
        """Whether "place along the axon" is written under the axis."""
        self._has_place_label = is_shown
        self._dress()

    def _dress(self) -> None:
        theme = self.theme
        axis = self.plotItem.getAxis("bottom")
        is_shown = getattr(self, "_has_place_label", True)
        axis.showLabel(is_shown)
        axis.show_unit(not is_shown)
        axis.setHeight(theme.px(43) if is_shown else theme.px(20))
        self._level.setPen(pg.mkPen(theme.color("muted"), width=1, style=Qt.PenStyle.DotLine))
        self._front.setPen(pg.mkPen(theme.color("text"), width=1, style=Qt.PenStyle.DashLine))
        self.dots.setSize(theme.gap(7))
        self.dots.setBrush(pg.mkBrush(theme.color("positive")))
        self.dots.setPen(pg.mkPen(theme.color("panel"), width=1))
        column = np.linspace(LOW_MV, HIGH_MV, 256)[:, None]
        packed = self._pixels.of(column)
        rgb = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=-1).astype(np.uint8)
        self._bar.setImage(rgb)
        start, end = (part * self._length_mm for part in _BAR)
        self._bar.setRect(QRectF(start, LOW_MV, end - start, HIGH_MV - LOW_MV))

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        if hasattr(self, "_bar"):
            self._dress()
