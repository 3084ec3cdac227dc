"""A plane of points, with the network's answer over it as a surface where there is one. Panels share it; asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.widgets.color_mixing import mixed, rgb
from app.widgets.plot_style import StyledPlot
from app.widgets.small_controls import ThemedLabel
from trainers.planar_data import EXTENT

if TYPE_CHECKING:
    from app.widgets.theme import Theme

MOST_POINTS = 3_000  # drawn; a redraw of more costs over 4 ms
_SHADES = 256


class ColorBar(QWidget):
    """The scale of a surface: its lowest value below, its highest on top."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.low, self.high = "0", "1"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Colour scale")
        theme.changed.connect(self.updateGeometry)

    def set_ends(self, low: str, high: str, what: str) -> None:
        """Texts at both ends; `what`: the quantity, for the tooltip and a screen reader."""
        if (low, high) != (self.low, self.high):
            self.low, self.high = low, high
            self.updateGeometry()
            self.update()
        self.setToolTip(f"{what}: from {low} (below) to {high} (on top)")
        self.setAccessibleDescription(self.toolTip())

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._theme.font("small"))
        text = max(metrics.horizontalAdvance(self.low), metrics.horizontalAdvance(self.high))
        return QSize(round(max(text, self._theme.px(14))) + 4, self._theme.px(80))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        line = QFontMetricsF(theme.font("small")).height()
        bar = QRectF((self.width() - theme.px(12)) / 2.0, line + 2, theme.px(12), self.height() - 2 * line - 4)
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for position, token in ((0.0, "negative"), (0.5, "neutral"), (1.0, "positive")):
            gradient.setColorAt(position, theme.color(token))
        painter.fillRect(bar, gradient)
        painter.setPen(theme.color("border"))
        painter.drawRect(bar)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignCenter, self.high)
        painter.drawText(QRectF(0, self.height() - line, self.width(), line), Qt.AlignmentFlag.AlignCenter, self.low)


class PlanarPlot(QWidget):
    """Points over a plane: training points filled, test points outlined; class by colour and by shape."""

    def __init__(self, theme: Theme, name: str, is_preview: bool = False) -> None:
        """is_preview: small, without the numbers at the axes."""
        super().__init__()
        self._theme = theme
        self._is_preview = is_preview
        self.plot = StyledPlot(theme, "" if is_preview else "x₁", "", "" if is_preview else "x₂", "", title=name)
        self.plot.setAccessibleName(name)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.image.setZValue(-10)
        self.image.hide()
        self.plot.addItem(self.image)
        self._scatters: list[pg.ScatterPlotItem] = []
        self.bar = ColorBar(theme)
        self.bar.hide()
        self.borders = pg.PlotCurveItem(connect="pairs")
        self.borders.setZValue(3)
        self.plot.addItem(self.borders)
        self.legend = ThemedLabel(theme, "", "small", "muted", wraps=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.plot.read_out = self.reading
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._points: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self.classes: tuple[str, ...] = ()
        self._surface: np.ndarray | None = None
        self._extent = (-EXTENT, EXTENT, -EXTENT, EXTENT)
        self._scale = 1.0  # of regression values: the largest target's size
        self._levels: tuple[float, float] | None = None
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.plot, 1)
        row.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row, 1)
        column.addWidget(self.legend)
        view = self.plot.getPlotItem().getViewBox()
        view.setMouseEnabled(x=False, y=False)
        view.setAspectLocked(True)
        self._fit()
        theme.changed.connect(self._on_theme_changed)
        self._restyle()

    def set_points(
        self, points: np.ndarray, targets: np.ndarray, is_test: np.ndarray, classes: tuple[str, ...]
    ) -> None:
        """points: (n, 2); targets: (n,) class numbers, or values where `classes` is empty; is_test: bool (n,)."""
        self.classes = classes
        self._points = (
            np.asarray(points, np.float64),
            np.asarray(targets, np.float64).ravel(),
            np.asarray(is_test, bool),
        )
        if not classes and len(targets):
            self._scale = float(max(1e-6, np.max(np.abs(targets))))
        self._draw_points()
        self._tell()

    def forget_points(self, classes: tuple[str, ...]) -> None:
        """The data's points are not known; `classes` as for `set_points`."""
        self.classes, self._points, self._scale = classes, None, 1.0
        self._draw_points()
        self._tell()
        self._tell_scale()

    @property
    def largest(self) -> float:
        """The size of the largest target, where targets are values: what is drawn in full colour."""
        return self._scale

    def set_surface(
        self,
        surface: np.ndarray | None,
        extent: tuple[float, float, float, float] | None,
        levels: tuple[float, float] | None = None,
    ) -> None:
        """surface: as in events.Snapshot, row 0 at y_min; None takes it away. levels: of values that are no answer to the data,
        those drawn in full blue and orange."""
        self._surface = surface
        if levels != self._levels:
            self._levels = levels
            self._tell_scale()
        self.image.setVisible(surface is not None)
        is_diverging = surface is not None and surface.ndim == 2
        if self.bar.isHidden() == is_diverging:
            self.bar.setVisible(is_diverging)
            self._tell()
        if surface is None:
            return
        if extent is not None and extent != self._extent:
            self._extent = extent
            self._fit()
        if surface.ndim == 2:
            of_answer = (0.0, 1.0) if self.classes else (-self._scale, self._scale)
            self.image.setImage(surface, autoLevels=False, levels=levels or of_answer)
        else:
            self.image.setImage(self._blend(surface), autoLevels=False, levels=(0, 255))
        x0, x1, y0, y1 = self._extent
        self.image.setRect(QRectF(x0, y0, x1 - x0, y1 - y0))

    def set_borders(self, borders: np.ndarray | None) -> None:
        """Straight lines over the surface, (lines, 4): x, y of both ends; None takes them away."""
        points = np.zeros((0, 2)) if borders is None else np.asarray(borders, np.float64).reshape(-1, 2)
        self.borders.setData(points[:, 0], points[:, 1])

    def reading(self, x: float, y: float) -> str:
        """What the surface says at (x, y), in words; "" outside of it."""
        x0, x1, y0, y1 = self._extent
        place = f"x₁ {x:.2f}, x₂ {y:.2f}"
        if not (x0 <= x <= x1 and y0 <= y <= y1) or self._surface is None:
            return place if self._surface is None else ""
        rows, columns = self._surface.shape[-2:]
        row = min(rows - 1, int((y - y0) / (y1 - y0) * rows))
        column = min(columns - 1, int((x - x0) / (x1 - x0) * columns))
        if self._surface.ndim == 3:
            shares = self._surface[:, row, column]
            best = int(np.argmax(shares))
            return f"{place}: {self._name(best)} {100.0 * shares[best]:.0f} %"
        value = float(self._surface[row, column])
        if not self.classes or self._levels is not None:
            return f"{place}: {value:.3f}"
        share, best = (value, 1) if value >= 0.5 else (1.0 - value, 0)
        return f"{place}: {self._name(best)} {100.0 * share:.0f} %"

    def _name(self, number: int) -> str:
        return self.classes[number] if number < len(self.classes) else f"class {number}"

    def _blend(self, shares: np.ndarray) -> np.ndarray:
        """Probabilities (classes, rows, columns) as colours uint8 (rows, columns, 3): class colours mixed on the panel's."""
        colors = np.array([rgb(self._theme.series(index)) for index in range(len(shares))], np.float32)
        paper = np.array(rgb(self._theme.color("panel")), np.float32)
        mixed = np.tensordot(np.moveaxis(np.asarray(shares, np.float32), 0, -1), colors, 1)
        return np.clip(0.55 * mixed + 0.45 * paper, 0, 255).astype(np.uint8)

    def _fit(self) -> None:
        x0, x1, y0, y1 = self._extent
        self.plot.getPlotItem().getViewBox().setRange(QRectF(x0, y0, x1 - x0, y1 - y0), padding=0.0)

    def _draw_points(self) -> None:
        for item in self._scatters:
            self.plot.removeItem(item)
        self._scatters = []
        if self._points is None:
            return
        points, targets, is_test = self._points
        stride = max(1, -(-len(points) // MOST_POINTS))
        points, targets, is_test = points[::stride], targets[::stride], is_test[::stride]
        for kind, symbol in enumerate(("o", "s", "t", "d", "star", "p", "h", "+") if self.classes else ("o",)):
            for test in (False, True):
                chosen = (is_test == test) & ((targets == kind) if self.classes else True)
                if chosen.any():
                    self._scatters.append(self._scatter(points[chosen], targets[chosen], kind, symbol, test))

    def _scatter(
        self, at: np.ndarray, targets: np.ndarray, kind: int, symbol: str, is_test: bool
    ) -> pg.ScatterPlotItem:
        theme = self._theme
        size = max(5.0, (5.0 if self._is_preview else 6.5) * theme.scale)
        if self.classes:
            color = self._token(kind)
            brush = pg.mkBrush(theme.color("panel")) if is_test else pg.mkBrush(color)
            pen = pg.mkPen(color if is_test else theme.color("panel"), width=2.0 if is_test else 1.0)
        else:
            shades = theme.diverging.map((targets / self._scale + 1.0) / 2.0, mode="qcolor")
            if is_test:  # a value near zero has the ground's colour: an outline needs some ink of its own
                pen = [pg.mkPen(mixed(shade, theme.color("text"), 0.33), width=2.0) for shade in shades]
                brush = [pg.mkBrush(theme.color("panel"))] * len(shades)
            else:
                pen = [pg.mkPen(theme.color("muted"), width=1.0)] * len(shades)
                brush = [pg.mkBrush(shade) for shade in shades]
        item = pg.ScatterPlotItem(x=at[:, 0], y=at[:, 1], symbol=symbol, size=size, brush=brush, pen=pen, pxMode=True)
        item.setZValue(5 if is_test else 4)
        self.plot.addItem(item)
        return item

    def _token(self, kind: int) -> QColor:
        """The colour of a class: blue and orange for two of them."""
        return self._theme.color(("negative", "positive")[kind]) if len(self.classes) == 2 else self._theme.series(kind)

    def _tell(self) -> None:
        """Legend and colour bar in words."""
        if self._points is None:
            self.legend.setText("")
            return
        shapes = "●■▲◆★"
        marks = [
            f'<span style="color: {self._token(kind).name()}">{shapes[kind % 5]}</span> {name}'
            for kind, name in enumerate(self.classes)
        ]
        names = "&nbsp; ".join(marks) if marks else "colour: target"
        points, _, is_test = self._points
        count, tests = len(points), int(is_test.sum())
        shown = f", {MOST_POINTS:,} at most drawn" if count > MOST_POINTS else ""
        of = "" if self._is_preview else f"{count - tests:,} "
        what = f"filled: {of}train, outlined: {'' if self._is_preview else f'{tests:,} '}test"
        self.legend.setText(f"{names}&nbsp; {what}{shown}")
        self._tell_scale()

    def _tell_scale(self) -> None:
        if self._levels is not None:
            self.bar.set_ends(f"{self._levels[0]:.2g}", f"{self._levels[1]:.2g}", "The neuron's value")
        elif len(self.classes) == 2:
            self.bar.set_ends(self.classes[0], self.classes[1], "The network's answer")
        elif not self.classes:
            self.bar.set_ends(f"{-self._scale:.2g}", f"{self._scale:.2g}", "The network's answer")

    def _restyle(self) -> None:
        self.image.setLookupTable(self._theme.diverging.getLookupTable(0.0, 1.0, _SHADES))
        self.image.setOpacity(0.8)
        self.borders.setPen(pg.mkPen(self._theme.color("text"), width=max(1.0, self._theme.line_width / 2)))
        self.plot.plotItem.showGrid(x=False, y=False)  # it would lie over the surface, and costs 2 ms a frame
        if self._is_preview:
            for side in ("left", "bottom"):
                self.plot.plotItem.hideAxis(side)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._restyle()
        self._draw_points()
        self._tell()
        if self._surface is not None and self._surface.ndim == 3:
            self.set_surface(self._surface, self._extent)
