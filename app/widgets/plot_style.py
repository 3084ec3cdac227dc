"""StyledPlot: every plot of the app; themed, axes with units, a read-out under the pointer, export. Knows no panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QGraphicsItem, QLabel, QMenu, QWidget

from app.widgets.live_curve import LiveCurve
from app.widgets.theme import Theme
from trainers.errors import BadInput

ReadOut = Callable[[float, float], str]


def curve_pen(theme: Theme, token: str, *, is_dashed: bool = False, width: float | None = None) -> QPen:
    """A pen for a curve in the theme's colour `token` and of its line width (3 px and opaque on the projector)."""
    style = Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine
    pen: QPen = pg.mkPen(theme.color(token), width=width if width is not None else theme.line_width, style=style)
    return pen


class _Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Figures below zero have a minus, as everywhere else in the window, not a hyphen."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        texts = super().tickStrings(values, scale, spacing)
        # 1, not 1.0, beside 1.05 from the finer ticks
        plain = [text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text for text in texts]
        return [text.replace("-", "−") for text in plain]


class StyledPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A plot in the theme's dress. Curves added through `add_curve` follow the theme; others see to `theme.changed` themselves.

    `read_out` may be replaced by a function of the pointer's place in data coordinates; an empty text hides the read-out.
    """

    def __init__(
        self,
        theme: Theme,
        x_label: str,
        x_unit: str = "",
        y_label: str = "",
        y_unit: str = "",
        *,
        title: str = "",
        parent: QWidget | None = None,
        axes: dict[str, pg.AxisItem] | None = None,
    ) -> None:
        """axes: those on the left and at the bottom, where they are not to choose their ticks themselves."""
        axes = axes or {side: _Axis(side) for side in ("left", "bottom")}
        super().__init__(parent=parent, background=None, enableMenu=False, axisItems=axes)
        self.viewport().setAttribute(
            Qt.WidgetAttribute.WA_OpaquePaintEvent
        )  # or each frame paints all that lies behind
        self.theme = theme
        self.title = title or y_label
        self._labels = {"bottom": (x_label, x_unit), "left": (y_label, y_unit)}
        self._curves: list[tuple[pg.PlotDataItem | LiveCurve, str, bool, float | None]] = []
        self.read_out: ReadOut = self._place_text
        menu = self.plotItem.ctrlMenu  # a window of its own until it has a parent: it would outlive the plot
        menu.setParent(self, menu.windowFlags())
        self.plotItem.hideButtons()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.setAccessibleName(f"Plot of {self.title}" if self.title else "Plot")
        self._read_out_label = QLabel(self)
        self._read_out_label.setObjectName("read_out")
        self._read_out_label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._read_out_label.hide()
        self.scene().sigMouseMoved.connect(self._on_pointer_moved)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- curves and axes ----------------------------------------------------------------------------------------------

    def add_curve(
        self, token: str, *, name: str = "", is_dashed: bool = False, width: float | None = None
    ) -> pg.PlotDataItem:
        """A curve in the theme's colour `token` (also after a change of theme), drawn from a min/max pyramid by its owner."""
        curve = pg.PlotDataItem(name=name or None, pen=curve_pen(self.theme, token, is_dashed=is_dashed, width=width))
        curve.setSkipFiniteCheck(False)
        self.addItem(curve)
        self._curves.append((curve, token, is_dashed, width))
        return curve

    def add_live_curve(
        self, token: str, *, name: str = "", is_dashed: bool = False, width: float | None = None
    ) -> LiveCurve:
        """As `add_curve`, for data that change many times a second."""
        curve = LiveCurve(name=name or None, pen=curve_pen(self.theme, token, is_dashed=is_dashed, width=width))
        self.addItem(curve)
        self._curves.append((curve, token, is_dashed, width))
        return curve

    def place_of(self, x: float, y: float) -> QPointF:
        """Where the data point (x, y) is drawn, in this widget's pixels (for tests and for pointing at things)."""
        scene = self.plotItem.vb.mapViewToScene(QPointF(x, y))
        return QPointF(self.mapFromScene(scene))

    def _write_labels(self) -> None:
        style = {"color": self.theme.hex("muted"), "font-size": f"{self.theme.font('small').pixelSize()}px"}
        for side, (label, unit) in self._labels.items():
            axis = self.plotItem.getAxis(side)
            if axis.autoSIPrefix:  # a second time it would scale by the prefix that it is to leave out
                axis.enableAutoSIPrefix(False)
            text = f"{label} ({unit})" if unit else label
            axis.setLabel(text or None, **style)
            axis.showLabel(bool(text))

    def keep_axes(self) -> None:
        """Axes and grid are painted once and kept as pictures: for a plot whose curves move in a range that stands."""
        self.plotItem.vb.sigResized.connect(self._on_kept_axes_resized)
        self._on_kept_axes_resized()

    @Slot()
    def _on_kept_axes_resized(self) -> None:
        """Throw the pictures away: where one has grown, Qt may paint no more than the strip that is new, once the plot was narrower than its axis."""
        for side in ("bottom", "left"):
            for mode in (QGraphicsItem.CacheMode.NoCache, QGraphicsItem.CacheMode.DeviceCoordinateCache):
                self.plotItem.getAxis(side).setCacheMode(mode)

    def leave_room(self) -> None:
        """Room for the last figure of the axis, and for the letters of its name that reach below the line."""
        gap = self.theme.gap
        self.plotItem.layout.setContentsMargins(0, gap(2), gap(14), gap(5))

    # --- read-out -----------------------------------------------------------------------------------------------------

    def _place_text(self, x: float, y: float) -> str:
        parts = []
        for value, (label, unit) in ((x, self._labels["bottom"]), (y, self._labels["left"])):
            parts.append(" ".join(part for part in (label, f"{value:.4g}", unit) if part))
        return "   ".join(parts)

    @Slot(object)
    def _on_pointer_moved(self, position: QPointF) -> None:
        view_box = self.plotItem.vb
        if not view_box.sceneBoundingRect().contains(position):
            self._read_out_label.hide()
            return
        point = view_box.mapSceneToView(position)
        text = self.read_out(self._undo_log(point.x(), "x"), self._undo_log(point.y(), "y"))
        self._show_text(text)

    def _show_text(self, text: str) -> None:
        """Say `text` in the upper right corner until the pointer moves on; "" hides it."""
        self._read_out_label.setText(text)
        self._read_out_label.setVisible(bool(text))
        self._read_out_label.adjustSize()
        self._place_read_out(self.plotItem.vb.sceneBoundingRect().right())

    def _undo_log(self, value: float, axis: str) -> float:
        is_log = self.plotItem.ctrl.logXCheck.isChecked() if axis == "x" else self.plotItem.ctrl.logYCheck.isChecked()
        return float(10.0 ** min(value, 300.0)) if is_log else float(value)

    def _place_read_out(self, right: float) -> None:
        gap = self.theme.gap(4)
        top = self.plotItem.vb.sceneBoundingRect().top()
        self._read_out_label.move(round(right) - self._read_out_label.width() - gap, round(top) + gap)

    def leaveEvent(self, event: QEvent) -> None:
        self._read_out_label.hide()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_read_out_label"):
            self._read_out_label.hide()

    # --- theme --------------------------------------------------------------------------------------------------------

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.theme
        self.setBackground(theme.color("panel"))
        font = theme.font("small")
        for side in ("bottom", "left"):
            axis = self.plotItem.getAxis(side)
            axis.setPen(pg.mkPen(theme.color("border"), width=1))
            axis.setTextPen(pg.mkPen(theme.color("muted")))
            axis.setTickFont(font)
            axis.setStyle(tickLength=-theme.gap(4), tickTextOffset=theme.gap(4), hideOverlappingLabels=True)
        self.plotItem.getAxis("left").setWidth(theme.px(44) + (theme.px(18) if self._labels["left"][0] else 0))
        self.plotItem.getAxis("bottom").setHeight(theme.px(22) + (theme.px(20) if self._labels["bottom"][0] else 0))
        self.plotItem.showGrid(x=True, y=True, alpha=0.16 if theme.name != "projector" else 0.28)
        self._write_labels()
        for curve, token, is_dashed, width in self._curves:
            curve.setPen(curve_pen(theme, token, is_dashed=is_dashed, width=width))
        self._read_out_label.setFont(theme.font("small"))
        self._read_out_label.setStyleSheet(
            f"background: {theme.hex('raised')}; color: {theme.hex('text')}; border: 1px solid {theme.hex('hairline')};"
            f" border-radius: 4px; padding: {theme.gap(2)}px {theme.gap(6)}px;"
        )

    # --- menu and export ----------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.build_menu().popup(event.globalPos())

    def build_menu(self) -> QMenu:
        """The plot's menu: fit, export. Owned by the plot, gone when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, slot in (
            ("Fit to data", self._on_fit_asked),
            ("Save picture as PNG…", self._on_png_asked),
            ("Save drawing as SVG…", self._on_svg_asked),
            ("Save numbers as CSV…", self._on_csv_asked),
        ):
            action = QAction(text, menu)
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    def curve_data(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """What curves and points show, by name: x and y, each float64 (n,), without the logarithm of a log axis."""
        series = {}
        for number, item in enumerate(self.plotItem.listDataItems()):
            is_curve = isinstance(item, pg.PlotDataItem | LiveCurve)
            x, y = item.getOriginalDataset() if is_curve else item.getData()
            if x is not None and len(x):
                series[item.name() or f"curve {number + 1}"] = (np.asarray(x, float), np.asarray(y, float))
        return series

    @Slot()
    def _on_fit_asked(self) -> None:
        self.plotItem.enableAutoRange()

    @Slot()
    def _on_png_asked(self) -> None:
        self._export("png", "Picture (*.png)")

    @Slot()
    def _on_svg_asked(self) -> None:
        self._export("svg", "Drawing (*.svg)")

    @Slot()
    def _on_csv_asked(self) -> None:
        self._export("csv", "Numbers (*.csv)")

    def _export(self, kind: str, file_filter: str) -> None:
        from app.widgets import plot_export

        name = f"{self.title or 'plot'}.{kind}".replace(" ", "_").lower()
        path, _ = QFileDialog.getSaveFileName(self, "Save plot", name, file_filter)
        if path:
            try:
                plot_export.export(self, Path(path).with_suffix(f".{kind}"))
            except BadInput as error:
                self._show_text(error.sentence)
