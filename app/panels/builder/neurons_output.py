"""NeuronsOutput: the network's answer over the plane with the data's points, a neuron enlarged, and the linear regions."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from app.panels.builder.neurons_regions import RegionCount
from app.widgets.planar_plot import PlanarPlot
from app.widgets.small_controls import ThemedLabel
from app.widgets.theme import Theme

ANSWER = "The network's answer"


class NeuronsOutput(QWidget):
    """Shows what it is told; the regions it asks of `regions`."""

    borders_wished = Signal(bool)
    wheel_turned = Signal(int)  # over the plot, which does not zoom: as QWheelEvent.angleDelta().y()

    def __init__(self, theme: Theme, regions: RegionCount, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._regions = regions
        self._is_flat = False
        self.title = ThemedLabel(theme, ANSWER, "heading", wraps=True)
        self.plot = PlanarPlot(theme, ANSWER)
        self.plot.setMinimumSize(theme.px(180), theme.px(150))
        self.plot.plot.viewport().installEventFilter(self)
        self.why = ThemedLabel(theme, "", "small", "muted", wraps=True)
        self.borders = QCheckBox("Region borders", self)
        self.borders.setToolTip(
            "Draw where the network bends: on each region in between, its output is one plane (ReLU networks of two inputs)"
        )
        self.borders.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.borders.toggled.connect(self._on_borders_toggled)
        self.told = ThemedLabel(theme, "", "small", "text", wraps=True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told.setAccessibleName("Linear regions")
        for label in (self.title, self.why, self.told):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.plot, 1000)
        self._column.addWidget(self.why)
        self._column.addWidget(self.borders)
        self._column.addWidget(self.told)
        self._column.addStretch(1)
        regions.changed.connect(self._on_regions_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_regions_changed()

    def show_reason(self, why: str, *, has_plane: bool) -> None:
        """Why there is nothing to see, "" where there is; has_plane: whether the network has two inputs at all."""
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.plot.setVisible(has_plane)
        self.title.setVisible(has_plane)

    def show_points(
        self, points: np.ndarray, targets: np.ndarray, is_test: np.ndarray, classes: tuple[str, ...]
    ) -> None:
        """The data's points, see PlanarPlot."""
        self.plot.set_points(points, targets, is_test, classes)

    def forget_points(self, classes: tuple[str, ...]) -> None:
        """No points are known."""
        self.plot.forget_points(classes)

    def show_surface(
        self,
        title: str,
        surface: np.ndarray | None,
        extent: tuple[float, float, float, float] | None,
        levels: tuple[float, float] | None = None,
    ) -> None:
        """The answer, or a neuron's values with their levels."""
        self.title.setText(title)
        self.plot.set_surface(surface, extent, levels)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            self.wheel_turned.emit(event.angleDelta().y())
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._square()

    def set_flat(self, is_flat: bool) -> None:
        """Whether it stands below the neurons, and leaves the height to them."""
        if is_flat != self._is_flat:
            self._is_flat = is_flat
            self._square()

    def _square(self) -> None:
        """A plane is square: what is left of the height stays below the words."""
        theme = self._theme
        self.plot.setMaximumHeight(theme.px(200) if self._is_flat else max(self.width(), theme.px(160)) + theme.px(24))

    @Slot()
    def _on_regions_changed(self) -> None:
        regions = self._regions
        self.borders.setEnabled(regions.may_count)
        self.told.setText(regions.sentence())
        self.told.set_token("text" if regions.may_count else "muted")
        self._draw_borders()

    @Slot(bool)
    def _on_borders_toggled(self, is_on: bool) -> None:
        self._draw_borders()
        self.borders_wished.emit(is_on)

    def _draw_borders(self) -> None:
        is_drawn = self.borders.isChecked() and self._regions.may_count
        self.plot.set_borders(self._regions.borders if is_drawn else None)

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(8)
        self._column.setContentsMargins(gap // 2, gap // 2, gap, gap // 2)
        self._column.setSpacing(self._theme.gap(4))
        self.borders.setFont(self._theme.font("small"))
        self.plot.setMinimumSize(self._theme.px(160), self._theme.px(130))
        self._square()
