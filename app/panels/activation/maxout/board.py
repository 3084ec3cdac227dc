"""MaxoutBoard: formula over lines and staircase, or over map and solid. Shows a state; computes nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.panels.activation.maxout.formulas import formula_of
from app.panels.activation.maxout.line_plot import LinePlot, StairPlot
from app.panels.activation.maxout.line_scene import LineScene
from app.panels.activation.maxout.map_layer import SurfaceScene
from app.panels.activation.maxout.map_plot import MapPlot
from app.panels.activation.maxout.solid_view import SolidView
from app.panels.activation.maxout.state import MaxoutState
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.theme import Theme


class MaxoutBoard(QWidget):
    """The plots tell themselves what a hand does; who owns the board listens to them."""

    def __init__(self, theme: Theme, setter: FormulaSetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.formula = FormulaView(theme, setter, parent=self)
        self.lines = LinePlot(theme, self)
        self.stairs = StairPlot(theme, self)
        self.map = MapPlot(theme, self)
        self.solid = SolidView(theme, self)
        self.pages = QStackedWidget(self)
        self._add_page(Qt.Orientation.Vertical, ((self.lines, 3), (self.stairs, 1)))
        self._add_page(Qt.Orientation.Horizontal, ((self.map, 1), (self.solid, 1)))
        self._formula = ("", "")
        self._rest = QTimer(
            self
        )  # setting a formula in its thread takes half of this one's time from a hand that drags
        self._rest.setSingleShot(True)
        self._rest.setInterval(120)
        self._rest.timeout.connect(self._on_rested)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.formula)
        self._layout.addWidget(self.pages, 1)
        self.is_following = False
        self.lines.hide_x_axis()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _add_page(self, direction: Qt.Orientation, parts: Sequence[tuple[QWidget, int]]) -> None:
        splitter = QSplitter(direction, self)
        splitter.setChildrenCollapsible(False)
        for index, (part, share) in enumerate(parts):
            splitter.addWidget(part)
            splitter.setStretchFactor(index, share)
        splitter.setSizes([1000 * share for _, share in parts])
        self.pages.addWidget(splitter)

    def show_lines(self, state: MaxoutState, scene: LineScene, touching: object) -> None:
        """One input. touching: see Pull."""
        self.pages.setCurrentIndex(0)
        self._show_formula(state, self.lines.is_held)
        self.is_following = True
        self.lines.is_snapping, self.lines.touching = state.is_snapping, touching
        self.lines.set_ranges(state.x, state.y)
        self.stairs.set_ranges(state.x, state.slope_y)
        self.is_following = False
        self.lines.show_scene(scene)
        self.stairs.show_scene(scene)

    def show_planes(self, state: MaxoutState, scene: SurfaceScene) -> None:
        """Two inputs."""
        self.pages.setCurrentIndex(1)
        self._show_formula(state, self.map.is_held)
        self.is_following = True
        self.map.show_scene(scene)
        self.is_following = False
        self.solid.show_scene(scene, state.azimuth, state.elevation)

    def _show_formula(self, state: MaxoutState, is_held: bool) -> None:
        self._formula = formula_of(state)
        if is_held:
            self._rest.start()
        else:
            self._rest.stop()
            self._on_rested()

    @property
    def is_waiting(self) -> bool:
        """Whether the formula is still to be set."""
        return self._rest.isActive() or self.formula.is_waiting

    def close_board(self) -> None:
        """Let go of the timer."""
        self._rest.stop()

    @Slot()
    def _on_rested(self) -> None:
        self.formula.show_formula(*self._formula)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._layout.setContentsMargins(self._theme.gap(8), 0, 0, 0)
        self.lines.hide_x_axis()  # the plot's own change of theme shows it again
