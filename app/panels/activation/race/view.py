"""RaceView: the same net, points and batches with up to six activations at once, and what the learning rate does to them (L18)."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.panels.activation.race.board import RaceBoard
from app.panels.activation.race.exports import save_race
from app.panels.activation.race.hand import RaceHand
from app.panels.activation.race.link import RaceLink
from app.panels.activation.race.racer_menu import kept_choices
from app.panels.activation.race.side import RaceSide
from app.panels.activation.race.state import RaceState, demonstration, from_json, to_json
from app.panels.activation.race.toolbar import RaceToolbar
from app.panels.activation.state_trail import StateTrail
from app.panels.activation.view import ActivationView, ViewContext, ViewState

_SLOW = 8  # frames between two changes of the pace and the guide's words
_PATIENCE = 1  # s: a race that takes longer to come says so


class RaceView(ActivationView):
    """Side | toolbar over board. Whatever comes within one frame is drawn once, at its end."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.shown = from_json(to_json(RaceState()))
        self.trail = StateTrail(context.push_change, to_json, self.shown)
        self.link = RaceLink(context.workspace.activations, self)
        self.side = RaceSide(theme, self)
        self.toolbar = RaceToolbar(theme, self)
        self.board = RaceBoard(theme, self)
        self.hand = RaceHand(self)
        self._frames = 0
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(0)
        self._frame.timeout.connect(self._draw)
        self._lay_out(self.side, self.toolbar, self.board)
        self._connect()
        self.put(self.shown)
        self._show_settings()
        self._draw()

    def _connect(self) -> None:
        side, toolbar, hand = self.side, self.toolbar, self.hand
        side.guide.asked.connect(hand.go_on_with_guide)
        side.added.connect(hand.add)
        side.changed.connect(hand.set)
        side.moved.connect(hand.move)
        side.data_seed_asked.connect(hand.throw_data_dice)
        side.refused.connect(self.context.workspace.warn)
        toolbar.play_asked.connect(hand.play)
        toolbar.step_asked.connect(hand.step)
        toolbar.reset_asked.connect(hand.reset)
        toolbar.seed_asked.connect(hand.throw_dice)
        toolbar.speed_changed.connect(hand.set_speed)
        toolbar.rate_changed.connect(hand.move_rate)
        toolbar.rate_settled.connect(hand.settle_rate)
        toolbar.rate_held.connect(self.link.hold)
        toolbar.export_asked.connect(self._on_export_asked)
        self.board.grid.change_asked.connect(hand.turn)
        self.board.grid.remove_asked.connect(hand.remove)
        self.link.moved.connect(self.redraw)
        self.link.state_changed.connect(self._on_link_changed)
        self.context.theme.changed.connect(self.redraw)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> ViewState:
        return to_json(self.shown)

    def apply(self, state: ViewState) -> None:
        wanted = from_json(state)
        self.put(wanted, anew=wanted.plays)
        self.trail.begin(self.shown)
        if wanted.plays:
            self.link.set_running(True)

    def start_over(self) -> None:
        self.hand.reset()

    def demonstrate(self, what: dict[str, Any]) -> ViewState:
        plain: ViewState = msgspec.to_builtins(demonstration(what))
        return plain

    def put(self, state: RaceState, *, anew: bool = False) -> None:
        """Show `state`; what it names has been checked. anew: from step 0 on, even where the race could go on."""
        self.shown = from_json(to_json(state))
        self.link.set_speed(state.speed)
        self.link.want(self.shown.plan, anew=anew)
        self._show_settings()
        self.redraw()

    def change(self, **fields: Any) -> None:
        """Show the state with these fields changed; `note` makes a step of it."""
        self.put(msgspec.structs.replace(self.shown, **fields))

    def note(self, text: str) -> None:
        """What has been done since the last step becomes one that can be undone."""
        self.trail.note(self.shown, text)

    # --- what others ask of it ----------------------------------------------------------------------------------------

    def set_shown(self, is_shown: bool) -> None:
        if is_shown:
            self.context.workspace.activations.warm_up()
            self.side.show_kept(kept_choices())
        self.link.set_awake(is_shown)
        self.redraw()

    def act(self) -> None:
        self.hand.play()

    def advance(self, seconds: float) -> None:
        self.link.advance(seconds)

    @property
    def is_busy(self) -> bool:
        return self._frame.isActive() or self.link.is_busy

    def key_rows(self) -> list[tuple[str, str]]:
        return [
            ("Space", "Run or hold the race"),
            ("S", "One step of all racers"),
            ("R", "Back to the start, with the same seed"),
            ("D", "Another seed"),
        ]

    def close_view(self) -> None:
        self._frame.stop()
        self.link.close()

    # --- drawing ------------------------------------------------------------------------------------------------------

    @Slot()
    def redraw(self) -> None:
        """Draw all anew at the end of this frame."""
        if not self._frame.isActive():
            self._frame.start()

    def _show_settings(self) -> None:
        self.side.show_state(self.shown)
        self.toolbar.show_state(self.shown)
        self.side.guide.show_stage(self.shown.guide, self.link.record)

    @Slot()
    def _draw(self) -> None:
        link = self.link
        self._frames += 1
        is_running = link.is_running
        is_slow = not is_running or link.is_held_back or self._frames % _SLOW == 0
        is_late = link.is_waiting and not link.is_first and link.waited > _PATIENCE
        hint = link.complaint or ("A new race is being set up …" if is_late else "")
        is_lost = bool(link.complaint)
        if link.record is None:
            hint = ""  # said where the pictures will be
        self.board.show_race(link.record, is_running=is_running, is_slow=link.is_held_back, hint=hint, is_lost=is_lost)
        self.toolbar.show_record(link.record, is_running=is_running, is_slow=is_slow)
        if is_slow:
            self.side.guide.show_stage(self.shown.guide, link.record)
        self._show_waiting()

    def _show_waiting(self) -> None:
        """Say what is waited for, where it takes long enough to be noticed."""
        link = self.link
        words = ""
        if link.is_waiting and (link.is_first or link.waited > 1):  # a warm worker has begun another race by then
            so_far = f" ({link.waited} s so far)" if link.waited > _PATIENCE else ""
            words = f"The process that computes is starting: it loads PyTorch, which takes a few seconds{so_far}."
        elif link.complaint and link.record is None:
            words = link.complaint
        self.board.grid.show_notice(words, is_busy=bool(words) and link.is_waiting)

    @Slot()
    def _on_link_changed(self) -> None:
        self.toolbar.show_running(is_running=self.link.is_running, is_held_back=self.link.is_held_back)
        self.redraw()

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        message = save_race(self.board, kind, self.link.record)
        if message is not None:
            self.context.workspace.message_posted.emit(message)
