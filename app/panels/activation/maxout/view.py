"""MaxoutView: lines and planes that one drags, the largest of them, and what it can become (L18)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.panels.activation.maxout import edits
from app.panels.activation.maxout.board import MaxoutBoard
from app.panels.activation.maxout.exports import save_maxout
from app.panels.activation.maxout.hands import PieceHand, TargetHand
from app.panels.activation.maxout.line_plot import LinePlot, StairPlot
from app.panels.activation.maxout.line_scene import LineScene, scene_of
from app.panels.activation.maxout.lines import stretches
from app.panels.activation.maxout.map_layer import SurfaceScene, surface_of
from app.panels.activation.maxout.model import MaxoutModel
from app.panels.activation.maxout.side import MaxoutSide
from app.panels.activation.maxout.state import from_json, to_json
from app.panels.activation.maxout.toolbar import MaxoutToolbar
from app.panels.activation.view import ActivationView, ViewContext, ViewState
from trainers.errors import BadInput

_AMONG = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")  # what a Maxout is laid over


class MaxoutView(ActivationView):
    """Side | toolbar over board. Whatever comes within one frame is drawn once, at its end."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.model = MaxoutModel(context, self)
        self._surface: tuple[object, SurfaceScene] | None = None
        self.side = MaxoutSide(theme, self)
        self.toolbar = MaxoutToolbar(theme, self)
        self.board = MaxoutBoard(theme, context.formulas, self)
        self.hand = PieceHand(self.model, self)
        self.target_hand = TargetHand(self.model, self.side.target)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(0)
        self._frame.timeout.connect(self._draw)
        self._lay_out(self.side, self.toolbar, self.board)
        self._connect()
        self._draw()

    def _connect(self) -> None:
        side, board, hand = self.side, self.board, self.hand
        self.model.changed.connect(self._redraw)
        self.model.noted.connect(self.state_changed)
        self.context.theme.changed.connect(self._redraw)
        side.chosen.connect(hand.choose)
        side.number_changed.connect(hand.type_number)
        side.add_asked.connect(hand.add_in_the_middle)
        side.remove_asked.connect(hand.remove)
        side.shape_asked.connect(hand.become)
        side.second_asked.connect(hand.subtract)
        side.overlay_asked.connect(self._on_overlay_asked)
        self.toolbar.inputs_wanted.connect(self._on_inputs_wanted)
        self.toolbar.snapping_wanted.connect(self._on_snapping_wanted)
        self.toolbar.home_asked.connect(self._on_home_asked)
        self.toolbar.export_asked.connect(self._on_export_asked)
        for plot in (board.lines, board.map):
            plot.chosen.connect(hand.choose)
            plot.added.connect(hand.add)
            plot.add_asked.connect(hand.add_in_the_middle)
            plot.remove_asked.connect(hand.remove)
            plot.stepped.connect(hand.step)
            plot.dropped.connect(hand.drop)
        board.lines.dragged.connect(hand.drag_line)
        board.lines.nudged.connect(hand.nudge_line)
        board.map.dragged.connect(hand.drag_plane)
        board.map.nudged.connect(hand.nudge_plane)
        board.map.zoomed.connect(self._on_zoomed)
        board.solid.chosen.connect(hand.choose)
        board.solid.turned.connect(self._on_turned)
        board.solid.turn_ended.connect(self._on_turn_ended)
        for ranged in (board.lines, board.stairs):
            ranged.range_moved.connect(self._on_range_moved)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> ViewState:
        return to_json(self.model.state)

    def apply(self, state: ViewState) -> None:
        self.model.take(from_json(state))
        self.side.target.complain("")

    def demonstrate(self, what: dict[str, Any]) -> ViewState:
        try:
            return to_json(edits.demonstrated(what))
        except BadInput as error:
            raise ValueError(error.sentence) from error

    # --- drawing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _redraw(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _draw(self) -> None:
        state, work = self.model.state, self.model.work
        self.toolbar.show_state(state)
        if state.inputs == 1:
            scene = scene_of(state, work)
            self.board.show_lines(state, scene, work.touching(state))
            self.side.show_lines(state, scene, work, is_held=self.board.lines.is_held)
        else:
            surface = self._surface_now()
            self.board.show_planes(state, surface)
            self.side.show_planes(state, surface)

    def _surface_now(self) -> SurfaceScene:
        """The surface, worked out anew only where its planes are others: turning it changes nothing of it."""
        state = self.model.state
        key = (state.planes, state.selected_plane, state.half)
        if self._surface is None or self._surface[0] != key:
            self._surface = key, surface_of(*key)
        return self._surface[1]

    @property
    def scene(self) -> LineScene:
        """What is drawn of the lines."""
        return self.board.lines.layer.scene_shown

    @property
    def is_busy(self) -> bool:
        return self._frame.isActive() or self.board.is_waiting

    def key_rows(self) -> list[tuple[str, str]]:
        rows = [("1  2", "One input, two inputs"), ("0", "The whole view"), ("Page Up, Page Down", "Choose another")]
        rows += [("Insert", "Add one in the middle"), ("Delete", "Remove the chosen one")]
        if self.model.state.inputs == 1:
            rows += [
                ("↑ ↓", "Move the chosen line (Shift: ten times as far)"),
                ("← →", "Turn it"),
                ("S", "Snap or not"),
            ]
            return [*rows, ("Alt with the mouse", "Drag without snapping")]
        return [*rows, ("← → ↑ ↓", "Tilt the chosen plane, or turn the solid"), ("Ctrl+↑ ↓", "Lift or lower the plane")]

    def close_view(self) -> None:
        self._frame.stop()
        self.board.close_board()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_overlay_asked(self) -> None:
        """Of two lines, or of the two that ever are the largest."""
        lines = self.model.state.lines
        won = [lines[stretch.line] for stretch in stretches(lines)]
        if len(won) == 2:
            one, two = won
            numbers = {"w1": one.w, "b1": one.b, "w2": two.w, "b2": two.b}
            what = {"functions": ["maxout", *_AMONG], "parameters": {"maxout": numbers}, "derivative": True}
            self.context.demonstrate({"view": "curves", **what})

    @Slot(int)
    def _on_inputs_wanted(self, inputs: int) -> None:
        self._model_field("Two inputs" if inputs == 2 else "One input", inputs=inputs)

    @Slot(bool)
    def _on_snapping_wanted(self, is_on: bool) -> None:
        self._model_field("Snap" if is_on else "Do not snap", is_snapping=is_on)

    def _model_field(self, text: str, **fields: Any) -> None:
        self.model.put(edits.changed(self.model.state, **fields))
        self.model.note(text)

    @Slot()
    def _on_home_asked(self) -> None:
        self.model.do("Whole view", edits.at_home)

    @Slot(float)
    def _on_zoomed(self, factor: float) -> None:
        self.model.do("Zoom", edits.zoomed, factor, merges=True)

    @Slot(float, float)
    def _on_turned(self, azimuth: float, elevation: float) -> None:
        self.model.put(edits.changed(self.model.state, azimuth=azimuth, elevation=elevation))

    @Slot()
    def _on_turn_ended(self) -> None:
        self.model.note("Turn the solid", merges=True)

    @Slot()
    def _on_range_moved(self) -> None:
        plot = self.sender()
        if not self.board.is_following and isinstance(plot, LinePlot | StairPlot):
            x, y = plot.ranges()
            field = "y" if plot is self.board.lines else "slope_y"
            self.model.put(edits.changed(self.model.state, x=x, **{field: y}))
            self.model.note("Move the view", merges=True)

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        message = save_maxout(self, kind, self.model.state, self.board)
        if message is not None:
            self.context.workspace.message_posted.emit(message)
