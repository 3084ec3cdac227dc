"""CurvesView: functions laid over one another, their derivatives, a probe, zones and the living cell's curve (L18, L17)."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.panels.activation.curves.about import AboutCard
from app.panels.activation.curves.board import CurveBoard
from app.panels.activation.curves.exports import save_curves
from app.panels.activation.curves.hand import CurvesHand
from app.panels.activation.curves.living_curve import LivingCurve
from app.panels.activation.curves.side import CurvesSide
from app.panels.activation.curves.state import CurvesState, Row, Span, from_json, to_json
from app.panels.activation.curves.toolbar import CurvesToolbar
from app.panels.activation.functions import PlottedFunction, resolve
from app.panels.activation.panel_commands import CURVE_ROWS
from app.panels.activation.state_trail import StateTrail
from app.panels.activation.view import ActivationView, ViewContext, ViewState
from trainers.activation_lab import ActivationChoice


class CurvesView(ActivationView):
    """Side | toolbar over board. Whatever comes within one frame is drawn once, at its end."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.shown = CurvesState()
        self.functions: tuple[PlottedFunction, ...] = ()
        self.is_held = False  # a parameter is being dragged: names of curves stay where they are
        self.trail = StateTrail(context.push_change, to_json, self.shown)
        self.side = CurvesSide(theme, context.formulas, self)
        self.about = AboutCard(theme, self)
        self.toolbar = CurvesToolbar(theme, self)
        self.board = CurveBoard(theme, self)
        self.hand = CurvesHand(self)
        self.living = LivingCurve(context.workspace, self)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(0)
        self._frame.timeout.connect(self._draw)
        self._lay_out(self.side, self.toolbar, self.board, self.about)
        self._connect()
        self.hand.show_own()
        self._put(self.shown)
        self._draw()

    def _connect(self) -> None:
        side, board = self.side, self.board
        side.added.connect(self.hand.add_named)
        side.entry.entered.connect(self.hand.add)
        side.entry.draw_asked.connect(self.hand.take_pen)
        side.own.keep_asked.connect(self.hand.keep)
        side.own.forget_asked.connect(self.hand.forget)
        side.table.chosen.connect(self._on_chosen)
        side.table.remove_asked.connect(self.hand.remove)
        side.remove_button.clicked.connect(self.hand.remove)
        side.copy_button.clicked.connect(self.hand.duplicate)
        side.parameters.changed.connect(self.hand.change_parameter)
        side.parameters.settled.connect(self.hand.settle_parameter)
        side.zones_changed.connect(self._on_zones_changed)
        side.living_changed.connect(self._on_living_changed)
        side.living_settled.connect(self._on_living_settled)
        self.toolbar.rows_changed.connect(self._on_rows_changed)
        self.toolbar.home_asked.connect(self._on_home_asked)
        self.toolbar.export_asked.connect(self._on_export_asked)
        self.toolbar.page_asked.connect(self._on_page_asked)
        self.about.demonstration_asked.connect(self.context.demonstrate)
        self.about.use_asked.connect(self.hand.use)
        board.chosen.connect(self._on_chosen)
        board.pen_changed.connect(side.entry.show_pen)
        board.pen_changed.connect(self.toolbar.show_pen)
        board.stroke_drawn.connect(self.hand.take_stroke)
        board.probe_moved.connect(self._on_probe_moved)
        board.probe_settled.connect(self._on_probe_settled)
        board.ranges_moved.connect(self._on_ranges_moved)
        self.living.changed.connect(self.redraw)
        self.context.theme.changed.connect(self.redraw)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> ViewState:
        return to_json(self.shown)

    def apply(self, state: ViewState) -> None:
        self._put(from_json(state))
        self.trail.begin(self.shown)

    def demonstrate(self, what: dict[str, Any]) -> ViewState:
        given = what.get("parameters", {})
        chosen = tuple(ActivationChoice(str(kind), given.get(kind, {})) for kind in what.get("functions", ()))
        rows = tuple(row for row in get_args(Row) if row == "value" or what.get(row))
        low, high = what.get("range", CurvesState().x)
        return to_json(
            CurvesState(
                functions=chosen or CurvesState().functions,
                rows=rows,
                x=(float(low), float(high)),
                probe=what.get("probe", 1.0),
                threshold=what.get("threshold", 0.05),
                has_page=self.shown.has_page,
            )
        )

    def _put(self, state: CurvesState) -> None:
        """Show `state`; what it names has been checked."""
        if state.functions != self.shown.functions or len(self.functions) != len(state.functions):
            kept = {id(function.choice): function for function in self.functions}
            self.functions = tuple(kept.get(id(choice)) or resolve(choice) for choice in state.functions)
        self.shown = state
        self.living.want(state.sodium)
        self.redraw()

    def change(self, **fields: Any) -> None:
        """Show the state with these fields changed; `note` makes a step of it."""
        self._put(msgspec.structs.replace(self.shown, **fields))

    def note(self, text: str, *, merges: bool = False) -> None:
        """What has been done since the last step becomes one that can be undone."""
        self.trail.note(self.shown, text, merges=merges)

    # --- drawing ------------------------------------------------------------------------------------------------------

    @Slot()
    def redraw(self) -> None:
        """Draw all anew at the end of this frame."""
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _draw(self) -> None:
        state, functions = self.shown, self.functions
        self.toolbar.show_state(state)
        self.side.show_state(state, functions, self.board.samples, is_held=self.is_held)
        self.side.show_living(self.living)
        self.board.show_state(state, functions, self.living.curve, keeps_names=self.is_held)
        self.about.setVisible(state.has_page)
        if state.has_page:
            self.about.setFixedWidth(self._page_width())
            self.about.show_function(self.selected)

    def _page_width(self) -> int:
        """A third of the view at most: the plots come first."""
        return min(self.context.theme.px(340), max(self.width() // 3, 260))

    @property
    def is_busy(self) -> bool:
        return self._frame.isActive() or self.living.is_busy or self.side.is_waiting

    def key_rows(self) -> list[tuple[str, str]]:
        return list(CURVE_ROWS)

    def close_view(self) -> None:
        self._frame.stop()
        self.side.rest()

    # --- what a person does -------------------------------------------------------------------------------------------

    @property
    def selected(self) -> PlottedFunction | None:
        """The chosen function."""
        return self.functions[self.shown.selected] if self.functions else None

    def set_shown(self, is_shown: bool) -> None:
        if is_shown:
            self.hand.show_own()

    def turn_page(self, by: int) -> bool:
        """The next function of the list, or the one before."""
        number = self.shown.selected + by
        if not 0 <= number < len(self.functions):
            return False
        self._on_chosen(number)
        return True

    @Slot(int)
    def _on_chosen(self, number: int) -> None:
        self.change(selected=number)
        self.trail.overlook(selected=min(number, max(0, len(self.trail.noted.functions) - 1)))
        self.state_changed.emit()

    @Slot(bool, float)
    def _on_zones_changed(self, is_on: bool, threshold: float) -> None:
        self.change(has_zones=is_on, threshold=threshold)
        self.note("Mark saturated zones")

    @Slot(bool)
    def _on_page_asked(self, is_wanted: bool) -> None:
        self.change(has_page=is_wanted)
        self.trail.overlook(has_page=is_wanted)
        self.state_changed.emit()

    @Slot(object)
    def _on_living_changed(self, sodium: float | None) -> None:
        self.change(sodium=sodium)

    @Slot()
    def _on_living_settled(self) -> None:
        self.note("Change the living cell's curve")

    @Slot(object)
    def _on_rows_changed(self, rows: tuple[Row, ...]) -> None:
        self.change(rows=rows)
        self.note("Show other rows")

    @Slot()
    def _on_home_asked(self) -> None:
        home = CurvesState()
        self.change(x=home.x, y={})
        self.note("Whole view of the axes")

    @Slot(float)
    def _on_probe_moved(self, x: float) -> None:
        self.change(probe=x)

    @Slot()
    def _on_probe_settled(self) -> None:
        self.note("Move the probe")

    @Slot(object, object)
    def _on_ranges_moved(self, x: Span, y: dict[Row, Span]) -> None:
        self.change(x=x, y={**self.shown.y, **y})
        self.note("Move the view", merges=True)

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        message = save_curves(self, kind, self.functions, self.board)
        if message is not None:
            self.context.workspace.message_posted.emit(message)
