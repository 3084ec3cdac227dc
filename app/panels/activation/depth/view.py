"""DepthView: a signal through many layers and a gradient back, of two settings over one another (L18)."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.panels.activation.depth.answers import DepthAnswers
from app.panels.activation.depth.board import DepthBoard
from app.panels.activation.depth.demonstration import demonstrated
from app.panels.activation.depth.drawing import Drawing, Drawn
from app.panels.activation.depth.exports import save_board
from app.panels.activation.depth.layer_card import LayerCard
from app.panels.activation.depth.notice import DepthNotice
from app.panels.activation.depth.presets import PRESETS
from app.panels.activation.depth.side import DepthSide
from app.panels.activation.depth.state import SLOTS, DepthState, Setting, check, from_json, to_json
from app.panels.activation.depth.state import Slot as Place
from app.panels.activation.depth.toolbar import DepthToolbar
from app.panels.activation.state_trail import StateTrail
from app.panels.activation.view import ActivationView, ViewContext, ViewState
from trainers.errors import BadInput
from trainers.own_functions import OwnFunctions


class DepthView(ActivationView):
    """Side | toolbar over board | card of a layer. Whatever comes within one frame is drawn once, at its end."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = DepthState()
        self._trail = StateTrail(context.push_change, to_json, self._state)
        self._is_shown = False
        self._is_side_due = True  # whether the controls are to be put where the state has them
        self._told = Drawing()  # what the toolbar tells of
        self.side = DepthSide(theme, self)
        self.toolbar = DepthToolbar(theme, self)
        self.board = DepthBoard(theme, self)
        self.card = LayerCard(theme, self)
        self.notice = DepthNotice(theme, self.board)
        self.answers = DepthAnswers(context.workspace, self)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)  # the window's own while there is no card
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.setEnabled(False)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(0)
        self._frame.timeout.connect(self._draw)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.board, 1)
        row.addWidget(self.card)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addLayout(row, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.side)
        layout.addLayout(column, 1)
        self._connect()
        self._draw()

    def _connect(self) -> None:
        side, toolbar = self.side, self.toolbar
        side.fields_changed.connect(self._on_fields_changed)
        side.settled.connect(self._note)
        side.shown_asked.connect(self._on_shown_asked)
        side.edited_asked.connect(self._on_edited_asked)
        side.setting.changed.connect(self._on_setting_changed)
        toolbar.preset_asked.connect(self._on_preset_asked)
        toolbar.home_asked.connect(self._on_home_asked)
        toolbar.export_asked.connect(self._on_export_asked)
        self.board.layer_chosen.connect(self._on_layer_chosen)
        self.card.closed.connect(self._on_card_closed)
        self._escape.activated.connect(self._on_card_closed)
        self.notice.again_asked.connect(self.answers.ask_again)
        self.answers.changed.connect(self._redraw_board)
        self.answers.waited.connect(self.board.set_busy)
        self.context.theme.changed.connect(self._on_theme_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> ViewState:
        return to_json(self._state)

    def apply(self, state: ViewState) -> None:
        self._put(from_json(state))
        self._trail.begin(self._state)

    def demonstrate(self, what: dict[str, Any]) -> ViewState:
        return to_json(demonstrated(what))

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self.answers.warm_up()
            self._offer_own()
        self._ask()
        self._redraw()

    def _offer_own(self) -> None:
        """A person's own functions, as they stand in their file now; without them where it cannot be read: the view of curves says why."""
        try:
            self.side.setting.show_own(OwnFunctions().all())
        except BadInput:
            self.side.setting.show_own(())

    def _put(self, state: DepthState) -> None:
        """Show `state`; what it names has been checked."""
        self._state = state
        self.side.accept()
        self._ask()
        self._redraw()

    def _take(self, place: str, state: DepthState) -> None:
        """What a person asks for, if it can be; else all stays as it is, and why is said at `place`, see DepthSide.refuse."""
        try:
            check(state)
        except BadInput as refusal:
            self.side.refuse(place, refusal.sentence, self._state)
            self._redraw()
        else:
            self._put(state)

    def _ask(self) -> None:
        state = self._state
        self.answers.want({slot: state.question(slot) for slot in state.shown} if self._is_shown else {})

    def _change(self, **fields: Any) -> None:
        self._take(next(iter(fields)), msgspec.structs.replace(self._state, **fields))

    @Slot(str)
    def _note(self, text: str) -> None:
        """What has been done since the last step becomes one that can be undone."""
        self._trail.note(self._state, text)
        self._redraw()  # a control whose last value was refused goes back

    def _overlook(self, **fields: Any) -> None:
        """A look at the same thing: part of the state, but no step of its own."""
        self._change(**fields)
        self._trail.overlook(**fields)
        self.state_changed.emit()

    # --- drawing ------------------------------------------------------------------------------------------------------

    @Slot()
    def _redraw(self) -> None:
        self._is_side_due = True
        self._redraw_board()

    @Slot()
    def _redraw_board(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._told = Drawing()  # its words have colours
        self._redraw()

    @Slot()
    def _draw(self) -> None:
        state = self._state
        drawing = Drawing(tuple(self._drawn()), state.scale, state.saturation)
        if self._is_side_due:
            self._is_side_due = False
            self.side.show_state(state)
        self.board.show_drawing(drawing, state.chosen_layer)
        if not drawing.shows_what(self._told):
            self._told = drawing
            self.toolbar.show_drawing(drawing)
            self.board.setAccessibleDescription(self.toolbar.spoken(drawing))
        layer = state.chosen_layer
        has_card = layer is not None and bool(drawing.drawn)
        self.card.setVisible(has_card)
        self._escape.setEnabled(has_card)
        if has_card and layer is not None:
            self.card.setFixedWidth(self._card_width())
            self.card.show_layer(drawing, layer)
        if self.answers.complaint:
            self.notice.show_complaint(self.answers.complaint)
        elif self.answers.is_starting:
            self.notice.show_start()
        else:
            self.notice.put_away()

    def _drawn(self) -> list[Drawn]:
        found = []
        for slot in self._state.shown:
            answer = self.answers.of(slot)
            if answer is not None:
                question = answer.question
                setting = Setting(question.activation, question.initialisation, question.gain, question.deviation)
                found.append(Drawn(slot, setting.title, answer))
        return found

    def _card_width(self) -> int:
        """A third of what the side leaves: the board comes first."""
        return max((self.width() - self.side.width()) // 3, self.context.theme.gap(240))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    @property
    def is_busy(self) -> bool:
        return self._frame.isActive() or (self._is_shown and self.answers.is_busy)

    def key_rows(self) -> list[tuple[str, str]]:
        return [
            (f"1 … {len(PRESETS)}", "A well-known setting, into A or B"),
            ("A  B", "Let the controls set A or B"),
            ("Shift+A  Shift+B", "Draw A or B, or leave it out"),
            ("Y", "Each layer on its own scale"),
            ("R", "Other weights and another signal"),
            ("←  →", "Histograms of the layer before or after (on the board)"),
            ("Esc", "Close the histograms of a layer"),
            ("0", "Back to the first comparison"),
        ]

    def close_view(self) -> None:
        self._frame.stop()
        self.answers.close()
        self.notice.put_away()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(dict)
    def _on_fields_changed(self, fields: dict[str, Any]) -> None:
        self._change(**fields)

    @Slot(object)
    def _on_setting_changed(self, setting: object) -> None:
        self._take("setting", self._state.with_setting(self._state.edited, cast(Setting, setting)))

    @Slot(int)
    def _on_preset_asked(self, number: int) -> None:
        preset = PRESETS[number]
        self._put(self._state.with_setting(self._state.edited, preset.setting))
        self._note(f"{preset.title}, as {self._state.edited.upper()}")

    @Slot(str, bool)
    def _on_shown_asked(self, slot: Place, is_wanted: bool) -> None:
        shown = tuple(one for one in SLOTS if (is_wanted if one == slot else one in self._state.shown))
        if shown:
            self._change(shown=shown)
            self._note(f"{'Draw' if is_wanted else 'Leave out'} {slot.upper()}")

    @Slot(str)
    def _on_edited_asked(self, slot: Place) -> None:
        self._overlook(edited=slot)

    @Slot(object)
    def _on_layer_chosen(self, layer: int | None) -> None:
        self._overlook(layer=layer)

    @Slot()
    def _on_card_closed(self) -> None:
        self._overlook(layer=None)

    @Slot()
    def _on_home_asked(self) -> None:
        self._put(DepthState())
        self._note("Back to the first comparison")

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        message = save_board(self, kind, self.board)
        if message is not None:
            self.context.workspace.message_posted.emit(message)
