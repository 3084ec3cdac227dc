"""PlayedBench: what the benches share whose run is played before one's eyes: a stage with a play row beside a card. Knows no bench."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.panels.neuron.bench import Bench, BenchContext
from app.panels.neuron.bench_controls import ChangeTrail
from app.panels.neuron.play_row import PlayRow
from app.panels.neuron.prediction import PredictionBox


class PlayedBench(Bench):
    """Space plays and pauses. `_trail` makes a person's changes undoable; what the run does by itself it overlooks."""

    say_first = "Say first what you expect; then Play is free."

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._trail = ChangeTrail(self)
        self._is_shown = False
        self.is_playing = False

    def _put_together(
        self, stage: QWidget, card: QWidget, *, play_row: PlayRow, box: PredictionBox, message: QLabel
    ) -> None:
        """Lay both out and connect the play row. message: what says why something cannot be."""
        self.box, self.message = box, message
        gap = self.context.theme.gap
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(8), gap(8), gap(8), gap(8))
        row.setSpacing(gap(16))
        row.addWidget(stage, 1)
        row.addWidget(card)
        play_row.play_pressed.connect(self._on_play_pressed)
        play_row.restart_pressed.connect(self._on_restart_pressed)
        play_row.moved.connect(self._on_moment_dragged)
        play_row.dropped.connect(self.state_changed)

    def _begin(self) -> None:
        """What is there now was nobody's change: the bench is built, or another state has been applied."""
        self.is_playing = False
        self._show_state()
        self._trail.begin()

    # --- what each bench says -----------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        """Everything, after a change that may concern anything."""
        raise NotImplementedError

    def _show_moment(self) -> None:
        """What changes with the moment alone."""
        raise NotImplementedError

    @property
    def _is_at_end(self) -> bool:
        """Whether the last moment is shown: Play then begins anew."""
        raise NotImplementedError

    def _go_to_share(self, share: float) -> None:
        """Show the moment `share` (0 to 1) of the whole, as far as there is one."""
        raise NotImplementedError

    def _go_on(self) -> None:
        """See to it that what is played is there: Play or Pause was pressed, or the bench is shown again."""
        raise NotImplementedError

    # --- playing ------------------------------------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        return self.is_playing

    def act(self) -> bool:
        self._on_play_pressed()
        return True

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._go_on()
        else:
            self.is_playing = False
        self._show_moment()

    @Slot()
    def _on_play_pressed(self) -> None:
        if not self.box.is_ready:
            self.message.setText(self.say_first)
            return
        self.message.setText("")
        if not self.is_playing and self._is_at_end:
            self._go_to_share(0.0)
        self.is_playing = not self.is_playing
        self._go_on()
        self._show_moment()
        self.state_changed.emit()  # the panel's clock wakes

    @Slot()
    def _on_restart_pressed(self) -> None:
        self.is_playing = False
        self._go_to_share(0.0)
        self.state_changed.emit()

    @Slot(float)
    def _on_moment_dragged(self, share: float) -> None:
        self.is_playing = False
        self._go_to_share(share)
