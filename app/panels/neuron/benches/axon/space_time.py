"""SpaceTimePlot: V(x, t) of one axon as a picture that builds up as the clock runs; the slope of the impulse is its velocity."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.panels.neuron.benches.axon.pixels import VoltagePixels
from app.panels.neuron.benches.axon.recording import AxonPicture
from app.panels.neuron.unit_axis import UnitAxis
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

_WIDE, _HIGH = 640, 240  # pixels of a picture; a finer one could not be told from it on the panel


class _Revealed(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """A picture over (0, 0) to (end_ms, length_mm), shown as far as `shown_ms`, and on it a line of the measured velocity.

    The line is no curve of the plot: pyqtgraph takes 0.4 ms to take in two points.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slope: tuple[float, float] | None = None  # ms at which the line starts, velocity in mm/ms
        self.pen = QPen()
        self.image: QImage | None = None
        self.end_ms = self.length_mm = 1.0
        self.shown_ms = 0.0

    def set_image(self, image: QImage | None, end_ms: float, length_mm: float) -> None:
        self.prepareGeometryChange()
        self.image, self.end_ms, self.length_mm = image, end_ms, length_mm
        self.update()

    def show_until(self, shown_ms: float) -> None:
        """Only what changes is drawn anew."""
        low, high = sorted((self.columns(self.shown_ms), self.columns(shown_ms)))
        self.shown_ms = shown_ms
        if high > low:
            column = self.end_ms / _WIDE
            self.update(QRectF((low - 1) * column, 0.0, (high - low + 2) * column, self.length_mm))

    def columns(self, shown_ms: float) -> int:
        """How many columns of the picture lie before `shown_ms`."""
        return min(int(shown_ms / self.end_ms * _WIDE + 1e-6), _WIDE)

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, 0.0, self.end_ms, self.length_mm)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        columns = self.columns(self.shown_ms)
        if self.image is None or not columns:
            return
        shown = QRectF(0.0, 0.0, columns * self.end_ms / _WIDE, self.length_mm)
        painter.drawImage(shown, self.image, QRectF(0.0, 0.0, columns, _HIGH))
        if self.slope is not None:
            start, velocity = self.slope
            painter.setClipRect(shown)
            painter.setPen(self.pen)
            painter.drawLine(QPointF(start, 0.0), QPointF(start + self.length_mm / velocity, self.length_mm))


class SpaceTimePlot(StyledPlot):
    """Time to the right, place upwards: the steeper the trace, the faster the impulse. A dashed line has the measured slope."""

    def __init__(self, theme: Theme, title: str, pixels: VoltagePixels, parent: QWidget | None = None) -> None:
        axes = {"left": UnitAxis("left", "mm"), "bottom": UnitAxis("bottom", "ms")}
        super().__init__(theme, "time", "ms", "place", "mm", title=title, parent=parent, axes=axes)
        self.setToolTip("Colour: V at each place and time, as far as the clock has come; the steeper, the faster")
        self.setMouseEnabled(x=False, y=False)
        self.plotItem.layout.setContentsMargins(1, 1, 1, 5)  # pyqtgraph puts the lower label 5 px too low
        self._pixels = pixels
        self._picture: AxonPicture | None = None
        self._times_ms: np.ndarray = np.zeros(0)
        self._revealed = _Revealed()
        self.addItem(self._revealed, ignoreBounds=True)
        self._end_mm = 0.0
        self._dress_line()
        self.read_out = self._voltage_text
        for side in ("left", "bottom"):
            axis = self.plotItem.getAxis(side)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            axis.setStyle(showValues=False)  # until there is a picture: 0 to 1 would say nothing

    def set_recording(
        self,
        picture: AxonPicture,
        times_ms: np.ndarray,
        length_mm: float,
        places_mm: np.ndarray,
        *,
        has_slope: bool = True,
    ) -> None:
        """Another recording; what was revealed stays revealed. has_slope: one velocity holds all along the axon."""
        self._picture, self._times_ms, self._end_mm = picture, times_ms, length_mm
        end_ms = float(times_ms[-1])
        for side in ("left", "bottom"):
            self.plotItem.getAxis(side).setStyle(showValues=True)
        self._revealed.set_image(self._drawn(), end_ms, length_mm)
        self.plotItem.setRange(xRange=(0.0, end_ms), yRange=(0.0, length_mm), padding=0.0)
        reached = [
            (time, place)
            for time, place in zip(picture.arrivals_ms, places_mm.tolist(), strict=True)
            if time is not None
        ]
        velocity = picture.velocity_m_per_s
        self._revealed.slope = None
        if velocity is not None and has_slope and reached:
            time, place = reached[len(reached) // 2]
            self._revealed.slope = (time - place / velocity, velocity)

    def show_until(self, shown_ms: float) -> None:
        """Reveal the picture up to `shown_ms`."""
        self._revealed.show_until(shown_ms)

    def show_time_label(self, is_shown: bool) -> None:
        """Whether "time" is written under the axis."""
        axis = self.plotItem.getAxis("bottom")
        axis.showLabel(is_shown)
        axis.show_unit(not is_shown)
        axis.setHeight(self.theme.px(43 if is_shown else 20))
        self._has_time_label = is_shown

    @property
    def revealed_columns(self) -> int:
        """How many of the picture's columns are on show."""
        return self._revealed.columns(self._revealed.shown_ms)

    def _drawn(self) -> QImage:
        picture = self._picture
        assert picture is not None
        rows = np.minimum(
            np.rint((np.arange(_WIDE) + 0.5) / _WIDE * (len(self._times_ms) - 1)).astype(int), len(self._times_ms) - 1
        )
        place = (np.arange(_HIGH) + 0.5) / _HIGH * self._end_mm
        right = np.clip(np.searchsorted(picture.x_mm, place), 1, len(picture.x_mm) - 1)
        span = picture.x_mm[right] - picture.x_mm[right - 1]
        share = np.clip((place - picture.x_mm[right - 1]) / span, 0.0, 1.0).astype(np.float32)
        chosen = picture.voltage_mV[rows]
        v_mV = chosen[:, right - 1] * (1 - share) + chosen[:, right] * share
        return self._pixels.image(v_mV.T)

    def _voltage_text(self, time_ms: float, place_mm: float) -> str:
        """V under the pointer, of what has been revealed."""
        picture = self._picture
        if picture is None or not 0.0 <= time_ms <= self._revealed.shown_ms or not 0.0 <= place_mm <= self._end_mm:
            return ""
        row = min(round(time_ms / float(self._times_ms[1])), len(self._times_ms) - 1)
        v_mV = float(np.interp(place_mm, picture.x_mm, picture.voltage_mV[row]))
        return f"{self._times_ms[row]:.2f} ms   {place_mm:.1f} mm   V {v_mV:.1f} mV".replace("-", "−")

    def _dress_line(self) -> None:
        if hasattr(self, "_revealed"):
            self._revealed.pen = pg.mkPen(self.theme.color("text"), width=1.5, style=Qt.PenStyle.DashLine)

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self.show_time_label(getattr(self, "_has_time_label", True))
        self._dress_line()
        if getattr(self, "_picture", None) is not None:
            self._revealed.set_image(self._drawn(), self._revealed.end_ms, self._revealed.length_mm)
