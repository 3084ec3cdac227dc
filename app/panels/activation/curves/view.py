"""CurvesView: functions laid over one another, their derivatives, a probe, zones and the living cell's curve (L18, L17)."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.panels.activation.curves.about import AboutCard
from app.panels.activation.curves.board import CurveBoard
from app.panels.activation.curves.exports import save_curves
from app.panels.activation.curves.living_curve import LivingCurve
from app.panels.activation.curves.side import CurvesSide
from app.panels.activation.curves.state import MOST_FUNCTIONS, CurvesState, Row, Span, from_json, to_json
from app.panels.activation.curves.toolbar import CurvesToolbar
from app.panels.activation.functions import PlottedFunction, drawn_choice, resolve
from app.panels.activation.network_use import use_in_network
from app.panels.activation.view import ActivationView, ViewContext, ViewState
from trainers.activation_lab import ActivationChoice
from trainers.drawn_function import BadKnots, reduce_stroke
from trainers.errors import BadInput


class CurvesView(ActivationView):
    """Side | toolbar over board. Whatever comes within one frame is drawn once, at its end."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = CurvesState()
        self._functions: tuple[PlottedFunction, ...] = ()
        self._is_held = False  # a parameter is being dragged: names of curves stay where they are
        self._noted = self._state  # as it stood after the last step that can be undone
        self.side = CurvesSide(theme, context.formulas, self)
        self.about = AboutCard(theme, self)
        self.toolbar = CurvesToolbar(theme, self)
        self.board = CurveBoard(theme, self)
        self.living = LivingCurve(context.workspace, self)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(0)
        self._frame.timeout.connect(self._draw)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.board, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.side)
        layout.addLayout(column, 1)
        layout.addWidget(self.about)
        self._connect()
        self._put(self._state)
        self._draw()

    def _connect(self) -> None:
        side, board = self.side, self.board
        side.added.connect(self._on_added)
        side.entry.entered.connect(self.add)
        side.entry.draw_asked.connect(board.set_pen)
        side.table.chosen.connect(self._on_chosen)
        side.table.remove_asked.connect(self._on_remove_asked)
        side.remove_button.clicked.connect(self._on_remove_asked)
        side.copy_button.clicked.connect(self._on_copy_asked)
        side.parameters.changed.connect(self._on_parameter_changed)
        side.parameters.settled.connect(self._on_parameter_settled)
        side.zones_changed.connect(self._on_zones_changed)
        side.living_changed.connect(self._on_living_changed)
        side.living_settled.connect(self._on_living_settled)
        self.toolbar.rows_changed.connect(self._on_rows_changed)
        self.toolbar.home_asked.connect(self._on_home_asked)
        self.toolbar.export_asked.connect(self._on_export_asked)
        self.toolbar.page_asked.connect(self._on_page_asked)
        self.about.demonstration_asked.connect(self.context.demonstrate)
        self.about.use_asked.connect(self._on_use_asked)
        board.chosen.connect(self._on_chosen)
        board.stroke_drawn.connect(self._on_stroke_drawn)
        board.probe_moved.connect(self._on_probe_moved)
        board.probe_settled.connect(self._on_probe_settled)
        board.ranges_moved.connect(self._on_ranges_moved)
        self.living.changed.connect(self._redraw)
        self.context.theme.changed.connect(self._redraw)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> ViewState:
        return to_json(self._state)

    def apply(self, state: ViewState) -> None:
        self._put(from_json(state))
        self._noted = self._state

    def demonstrate(self, what: dict[str, Any]) -> ViewState:
        kinds = what.get("functions", ())
        chosen = tuple(
            ActivationChoice(kind) if isinstance(kind, str) else msgspec.convert(kind, ActivationChoice)
            for kind in kinds
        )
        rows = tuple(row for row in get_args(Row) if row == "value" or what.get(row))
        low, high = what.get("range", CurvesState().x)
        return to_json(
            CurvesState(
                functions=chosen or CurvesState().functions,
                rows=rows,
                x=(float(low), float(high)),
                probe=what.get("probe", 1.0),
                threshold=what.get("threshold", 0.05),
            )
        )

    def _put(self, state: CurvesState) -> None:
        """Show `state`; what it names has been checked."""
        if state.functions != self._state.functions or len(self._functions) != len(state.functions):
            kept = {id(function.choice): function for function in self._functions}
            self._functions = tuple(kept.get(id(choice)) or resolve(choice) for choice in state.functions)
        self._state = state
        self.living.want(state.sodium)
        self._redraw()

    def _change(self, **fields: Any) -> None:
        self._put(msgspec.structs.replace(self._state, **fields))

    def _note(self, text: str) -> None:
        """What has been done since the last step becomes one that can be undone."""
        if self._state != self._noted:
            before, self._noted = self._noted, self._state
            self.context.push_change(text, to_json(before), to_json(self._state))

    # --- drawing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _redraw(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _draw(self) -> None:
        state, functions = self._state, self._functions
        self.toolbar.show_state(state)
        self.side.show_state(state, functions)
        self.side.show_living(self.living)
        self.board.show_state(state, functions, self.living.curve, keeps_names=self._is_held)
        self.about.setVisible(state.has_page)
        if state.has_page:
            self.about.setFixedWidth(self._page_width())
            self.about.show_function(self._selected)

    def _page_width(self) -> int:
        """A third of the view at most: the plots come first."""
        return min(self.context.theme.px(340), max(self.width() // 3, 260))

    @property
    def is_busy(self) -> bool:
        return self._frame.isActive() or self.living.is_busy

    def key_rows(self) -> list[tuple[str, str]]:
        return [
            ("1  2  3", "Value, derivative, second derivative"),
            ("0", "The whole view of the axes"),
            ("P", "About the chosen function"),
            ("Ctrl+D", "Duplicate the chosen function"),
            ("Delete", "Remove the chosen function"),
        ]

    def close_view(self) -> None:
        self._frame.stop()

    # --- what a person does -------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> PlottedFunction | None:
        return self._functions[self._state.selected] if self._functions else None

    @Slot(str)
    def _on_added(self, key: str) -> None:
        self.add(ActivationChoice(key))

    @Slot(object)
    def add(self, choice: ActivationChoice) -> None:
        """Lay one more function over the others, and choose it."""
        functions = self._state.functions
        if len(functions) >= MOST_FUNCTIONS:
            self.context.workspace.warn(f"{MOST_FUNCTIONS} functions are on show, the most that fit: remove one first.")
            return
        function = resolve(choice)
        self._change(functions=(*functions, choice), selected=len(functions))
        self._note(f"Add {function.title}")

    @Slot()
    def _on_remove_asked(self) -> None:
        selected = self._selected
        if selected is None:
            return
        number = self._state.selected
        functions = self._state.functions[:number] + self._state.functions[number + 1 :]
        self._change(functions=functions, selected=max(0, min(number, len(functions) - 1)))
        self._note(f"Remove {selected.title}")

    @Slot()
    def _on_copy_asked(self) -> None:
        if self._selected is not None:
            self.add(self._selected.choice)

    @Slot(int)
    def _on_chosen(self, number: int) -> None:
        self._change(selected=number)
        self._noted = msgspec.structs.replace(self._noted, selected=min(number, max(0, len(self._noted.functions) - 1)))
        self.state_changed.emit()

    @Slot(str, object)
    def _on_parameter_changed(self, name: str, value: object) -> None:
        selected = self._selected
        if selected is None:
            return
        number = self._state.selected
        choice = selected.with_number(name, value)
        try:
            resolve(choice)
        except BadInput as error:
            self.side.parameters.complain(error.sentence)
            return
        self.side.parameters.complain("")
        self._is_held = True
        functions = list(self._state.functions)
        functions[number] = choice
        self._change(functions=tuple(functions))

    @Slot()
    def _on_parameter_settled(self) -> None:
        if self._selected is not None:
            self._is_held = False
            self._note(f"Change {self._selected.title}")
            self._redraw()

    @Slot(bool, float)
    def _on_zones_changed(self, is_on: bool, threshold: float) -> None:
        self._change(has_zones=is_on, threshold=threshold)
        self._note("Mark saturated zones")

    @Slot(bool)
    def _on_page_asked(self, is_wanted: bool) -> None:
        self._change(has_page=is_wanted)
        self._noted = msgspec.structs.replace(self._noted, has_page=is_wanted)
        self.state_changed.emit()

    @Slot()
    def _on_use_asked(self) -> None:
        if self._selected is not None:
            use_in_network(self.context.workspace, self._selected)

    @Slot(object)
    def _on_stroke_drawn(self, points: object) -> None:
        """A line has been drawn by hand; the pen is let go."""
        self.side.entry.stop_drawing()
        self.board.set_pen(False)
        try:
            function = reduce_stroke(points)  # type: ignore[arg-type]
        except BadKnots as error:
            self.side.entry.say(error.sentence)
            return
        self.side.entry.say("")
        self.add(drawn_choice(function))

    @Slot(object)
    def _on_living_changed(self, sodium: float | None) -> None:
        self._change(sodium=sodium)

    @Slot()
    def _on_living_settled(self) -> None:
        self._note("Change the living cell's curve")

    @Slot(object)
    def _on_rows_changed(self, rows: tuple[Row, ...]) -> None:
        self._change(rows=rows)
        self._note("Show other rows")

    @Slot()
    def _on_home_asked(self) -> None:
        home = CurvesState()
        self._change(x=home.x, y={})
        self._note("Whole view of the axes")

    @Slot(float)
    def _on_probe_moved(self, x: float) -> None:
        self._change(probe=x)

    @Slot()
    def _on_probe_settled(self) -> None:
        self._note("Move the probe")

    @Slot(object, object)
    def _on_ranges_moved(self, x: Span, y: dict[Row, Span]) -> None:
        self._change(x=x, y={**self._state.y, **y})
        self._note("Move the view")

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        message = save_curves(self, kind, self._state, self._functions, self.board)
        if message is not None:
            self.context.workspace.message_posted.emit(message)
