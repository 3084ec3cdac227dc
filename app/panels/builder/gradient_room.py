"""GradientRoom: the gradient through depth below the canvas, of what trains and of the network that trained before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton

from app.inside_watch import InsideWatch
from app.panel import Panel
from app.panels.builder.gradient_strip import GradientProfile, GradientStrip
from app.panels.builder.inside_bar import InsideBar
from app.run_questions import RunQuestions
from app.training_choices import computes_the_same
from app.widgets.icons import icon
from app.widgets.layer_style import FAMILIES, family_of
from app.widgets.tab_order import tab_in_order
from app.workspace import Workspace
from trainers.events import NetworkInside

if TYPE_CHECKING:
    from app.panels.builder.building_view import BuildingView
    from trainers.network_graph import NetworkGraph

WHO = "gradient strip"


class GradientRoom(QObject):
    """A button in the line below the canvas shows the strip; while it is shown, looks into the network are asked for."""

    changed = Signal()  # the strip was shown or put away

    def __init__(self, workspace: Workspace, view: BuildingView, bar: InsideBar, panel: Panel) -> None:
        super().__init__(panel)
        self._panel, self._theme = panel, workspace.theme
        self._document, self._turns = workspace.document, workspace.turns
        training = workspace.training
        known = isinstance(training, RunQuestions)  # a stand-in cannot be asked
        self._watch: InsideWatch | None = training.inside if known else None
        self._now: GradientProfile | None = None
        self._last: GradientProfile | None = None  # what was drawn until the network was let go
        self._before: GradientProfile | None = None  # of another network
        self._drawn: NetworkGraph | None = None  # whose profile was drawn last
        self.strip = GradientStrip(self._theme, view)
        self.strip.hide()
        layout = view.layout()
        assert layout is not None
        layout.insertWidget(1, self.strip)  # type: ignore[attr-defined]  # a QVBoxLayout
        self.button = QToolButton(bar)
        self.button.setIcon(icon(self._theme, "curves"))
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setAccessibleName("Gradient through depth")
        self.button.setToolTip(
            "Draws how large the gradient of each layer's weights is, from the first layer to the last, beside the network before (G)"
        )
        self.button.clicked.connect(self.show_strip)
        view.commands.gradients_asked.connect(self._on_asked)
        bar.add_button(self.button)
        tab_in_order(view.board, bar, *view.zoom_buttons)  # from top to bottom
        if self._watch is not None:
            self._watch.looked.connect(self._on_looked)
            self._watch.forgotten.connect(self._on_forgotten)
        panel.awake_changed.connect(self._follow)
        self._theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def is_shown(self) -> bool:
        """Whether the strip is on show."""
        return self.button.isChecked()

    @Slot(bool)
    def show_strip(self, is_shown: bool) -> None:
        """Show the strip, or put it away."""
        self.button.setChecked(is_shown)
        if is_shown == self.strip.isHidden():
            self.strip.setVisible(is_shown)
            self._follow()
            self.changed.emit()

    @Slot()
    def _on_asked(self) -> None:
        self.show_strip(not self.is_shown)

    def close(self) -> None:
        """Ask for nothing any more."""
        self._turns.forget(self)
        if self._watch is not None:
            self._watch.want(WHO)

    @Slot()
    def _follow(self) -> None:
        if self._watch is None:
            return
        is_wanted = self.is_shown and self._panel.is_awake
        self._watch.want(WHO, strips=self._document.analysis.order[:1] if is_wanted else ())
        if is_wanted and self._watch.newest is not None:
            self._on_looked(self._watch.newest)

    @Slot(object)
    def _on_looked(self, _event: NetworkInside) -> None:
        if self.is_shown and self._panel.is_awake:
            self._turns.ask(self, "gradients", self._show_newest)

    def _show_newest(self) -> None:
        event = self._watch.newest if self._watch is not None else None
        if event is None or not event.gradient_norms:
            return
        graph = self._document.graph
        kinds = {layer.name: layer.kind for layer in graph.layers}
        norms = tuple(
            (name, event.gradient_norms[name])
            for name in self._document.analysis.order
            if name in event.gradient_norms and family_of(kinds[name]) is not FAMILIES["normalisation"]
        )
        if norms:
            now = GradientProfile(graph.title or graph.name, norms, event.gradient_samples)
            last = self._now or self._last
            if self._drawn is not None and not computes_the_same(self._drawn, graph):
                self._before = last
            self._now, self._last, self._drawn = now, None, graph
            self.strip.show_profiles(self._now, self._before)

    @Slot()
    def _on_forgotten(self) -> None:
        """Another network, or the same one anew: until it is looked into, what was drawn stays, dashed."""
        if self._now is not None:
            self._last, self._now = self._now, None
            self.strip.show_profiles(None, self._last)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.button.setIconSize(QSize(self._theme.px(16), self._theme.px(16)))
