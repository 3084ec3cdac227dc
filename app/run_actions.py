"""RunActions: what one can do with a run, as actions for the toolbar, the Run menu and the palette. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.widgets.icons import icon
from app.workspace import Workspace

# name -> (text, key, icon, tooltip)
_ACTIONS: dict[str, tuple[str, str, str, str]] = {
    "reset": ("Start again", "F4", "reset", "Back to step 0: the same network, the same seed, all curves cleared"),
    "train": ("Train", "F5", "play", "Train the network on the data, and watch the curves grow"),
    "one_batch": ("One batch", "F6", "batch", "Take one optimiser step on one batch, then pause"),
    "one_epoch": ("One epoch", "F7", "epoch", "Train on every sample once, then pause"),
    "stop": ("Stop", "F8", "stop", "End the run and save the network as it stands"),
}
_PAUSE = ("Pause", "pause", "Pause the training after this step; nothing is lost")
_RESUME = "Go on from the last checkpoint; what lay beyond it is trained again, to the same numbers"


class RunActions(QObject):
    """Reset, train or pause, one batch, one epoch, stop: enabled as the training's state allows.

    train_symbol: the icon of what "train" would do now, for who draws it on a ground of its own.
    """

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._theme = workspace.theme
        self.actions: dict[str, QAction] = {}
        training = workspace.training
        slots = {
            "reset": training.reset,
            "train": training.toggle,
            "one_batch": self._on_one_batch_asked,
            "one_epoch": training.step_epoch,
            "stop": training.stop,
        }
        for name, (text, key, symbol, tip) in _ACTIONS.items():
            action = QAction(icon(self._theme, symbol), text, self)
            action.setObjectName(name)
            action.setShortcut(key)
            action.setToolTip(f"{tip} ({key})")
            action.setStatusTip(tip)
            action.triggered.connect(slots[name])
            self.actions[name] = action
        training.state_changed.connect(self._on_state_changed)
        self._on_state_changed(training.state)

    def leave_remote_keys(self) -> None:
        """Give up F5, which a presenter's remote sends to begin a slide show: it would start a training or pause it."""
        self.actions["train"].setShortcut("")
        self._on_state_changed(self._workspace.training.state)

    @Slot()
    def _on_one_batch_asked(self) -> None:
        self._workspace.training.step_batch(1)

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        is_busy = state in ("running", "starting")
        train = self.actions["train"]
        text, symbol, tip = _PAUSE if is_busy else (_ACTIONS["train"][0], "play", _ACTIONS["train"][3])
        if state == "paused":
            text = "Go on"
        elif self._workspace.training.can_resume:
            text, tip = "Resume", _RESUME
        train.setText(text)
        train.setStatusTip(tip)
        self.train_symbol = symbol
        train.setIcon(icon(self._theme, symbol))
        key = train.shortcut().toString()
        train.setToolTip(f"{tip} (Space or {key})" if key else f"{tip} (Space)")
        self.actions["stop"].setEnabled(state in ("running", "paused", "starting"))
        self.actions["reset"].setEnabled(state != "idle")
        self.actions["one_batch"].setEnabled(state != "starting")
        self.actions["one_epoch"].setEnabled(state != "starting")
