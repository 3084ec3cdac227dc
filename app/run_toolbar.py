"""RunToolbar: the run's controls, its speed and its read-outs, on top of the window. Knows no panel."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from app.data_fitting import known_spec, why_not
from app.run_actions import RunActions
from app.widgets.icons import icon
from app.widgets.number_words import readable
from app.widgets.read_out import ReadOut
from app.workspace import Workspace
from trainers.datasets import DATASETS, DatasetSpec
from trainers.events import EpochReport, RunFinished, RunStarted, StepReport

SPEEDS: tuple[tuple[str, float], ...] = (
    ("Full speed", 0.0),
    ("100 steps/s", 100.0),
    ("20 steps/s", 20.0),
    ("5 steps/s", 5.0),
    ("1 step/s", 1.0),
)
PACE_MS = 100  # figures that change more often can be read by nobody, and cost a twentieth of a core
_DEVICES = {"cpu": "CPU", "cuda": "GPU", "mps": "GPU", "auto": "Auto"}


def grouped(number: float) -> str:
    """12345.6 as "12,346", as every count in the window is written."""
    return f"{number:,.0f}"


def loss_text(loss: float) -> str:
    """A loss to four places; as a power of ten where these would show 0.0000, or more figures than there is room for."""
    return readable(loss, 1) if 0 < abs(loss) < 0.00005 or 10_000 <= abs(loss) < math.inf else f"{loss:.4f}"


class RunToolbar(QToolBar):
    """reset | train, pause | one batch | one epoch | stop | speed | epoch, step, loss, accuracy, samples per second, device."""

    def __init__(self, workspace: Workspace, actions: RunActions, parent: QWidget) -> None:
        super().__init__("Run", parent)
        self.setObjectName("run_toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._workspace = workspace
        self._theme = theme = workspace.theme
        self.addActions(list(actions.actions.values()))
        self._train_button = self.widgetForAction(actions.actions["train"])
        self._train_button.setObjectName("primary")
        self._actions = actions
        actions.actions["train"].changed.connect(self._on_train_changed)
        self._on_train_changed()
        for name, action in actions.actions.items():
            self._name_button(self.widgetForAction(action), name)
        self.addSeparator()
        self.speed_box = QComboBox(self)
        # with a click's focus, Space opened it again and did not train
        self.speed_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed_box.setAccessibleName("Speed")
        self.speed_box.setToolTip("How fast the training goes: slow it down to watch single steps")
        for text, steps in SPEEDS:
            self.speed_box.addItem(text, steps)
        self.speed_box.currentIndexChanged.connect(self._on_speed_chosen)
        self.addWidget(self.speed_box)
        self._spacer = QWidget(self)
        self._spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(self._spacer)
        figure = partial(ReadOut, theme, ground="window")
        self.read_outs = {
            "epoch": figure("Epoch", "100/100", "Epochs done, of the number in the settings"),
            "step": figure("Step", "1\u202f000\u202f000", "Optimiser steps since the run began"),
            "loss": figure("Loss", "0.0000", "Loss of the newest batch"),
            "accuracy": figure("Accuracy", "100.0 %", "Share of test samples that the network gets right, at the last epoch's end"),
            "samples_per_second": figure("Samples/s", "999\u202f999", "Training samples that pass through the network in a second"),
            "device": figure("Device", "CPU × 64", "The device that trains, and its number of threads"),
            "seed": figure("Seed", "2147483647"[:6], "Same seed, same start, same order of samples"),
        }  # fmt: skip
        self.read_outs["samples_per_second"].setProperty("is_timing", True)
        for read_out in self.read_outs.values():
            self.addWidget(read_out)
        self._news: dict[str, str] = {}  # figures to come
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._on_pace_over)
        training = workspace.training
        training.events_arrived.connect(self._on_events_arrived)
        training.state_changed.connect(self._on_state_changed)
        training.choice_changed.connect(self._on_choice_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_choice_changed()

    @staticmethod
    def _name_button(button: QWidget, name: str) -> None:
        # a button that keeps the focus after a click would answer the next Space in place of the panel
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name.replace("_", " "))
        if isinstance(button, QToolButton) and name == "train":
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    @Slot()
    def _on_train_changed(self) -> None:
        """The action's icon is for the menu and the palette: on the button's ground it would hardly be seen."""
        button = self._train_button
        if isinstance(button, QToolButton):
            button.setIcon(icon(self._theme, self._actions.train_symbol, "accent_text"))

    @Slot(int)
    def _on_speed_chosen(self, index: int) -> None:
        self._workspace.training.speed = float(self.speed_box.itemData(index))

    @Slot(list)
    def _on_events_arrived(self, events: list[object]) -> None:
        news = self._news
        for event in events:
            match event:
                case StepReport():
                    if event.losses:
                        news["loss"] = loss_text(event.losses[-1][1])
                    news["step"] = grouped(event.step)
                    if event.samples_per_second > 0:
                        news["samples_per_second"] = grouped(event.samples_per_second)
                case EpochReport():
                    news["epoch"] = self._epoch_text(event.epoch)
                    if event.test_accuracy is not None:
                        news["accuracy"] = f"{100 * event.test_accuracy:.1f} %"
                case RunStarted():
                    news.clear()
                    self._show_start(event)
                case RunFinished():
                    news["step"] = grouped(event.step)
                    if event.test_accuracy is not None:
                        news["accuracy"] = f"{100 * event.test_accuracy:.1f} %"
        if self._workspace.training.state != "running" or not self._pace.isActive():
            self._on_pace_over()

    @Slot()
    def _on_pace_over(self) -> None:
        """Show what has come since the last time."""
        if self._news:
            for name, text in self._news.items():
                self.read_outs[name].show_text(text)
            self._news.clear()
            self._pace.start()

    def _show_start(self, event: RunStarted) -> None:
        name = _DEVICES.get(event.device, event.device)
        self.read_outs["device"].show_text(f"{name} × {event.threads}" if event.device == "cpu" else name)
        self.read_outs["seed"].show_text(str(event.settings.get("seed", "–")))
        self.read_outs["step"].show_text(grouped(event.step))
        self.read_outs["epoch"].show_text(self._epoch_text(event.epoch))
        for name in ("loss", "samples_per_second"):
            self.read_outs[name].show_text("–")
        known = self._workspace.training.history.last("test_accuracy")  # of a run that goes on
        self.read_outs["accuracy"].show_text("–" if known is None or math.isnan(known) else f"{100 * known:.1f} %")

    def _epoch_text(self, epoch: int) -> str:
        return f"{epoch}/{self._workspace.training.settings.epochs}"

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state != "running":
            self._on_pace_over()
        if state == "idle":
            for name in ("epoch", "step", "loss", "accuracy", "samples_per_second"):
                self.read_outs[name].show_text("–")

    @Slot()
    def _on_choice_changed(self) -> None:
        training = self._workspace.training
        if training.run is None or training.state == "idle":
            self.read_outs["seed"].show_text(str(training.settings.seed))
            self.read_outs["device"].show_text(_DEVICES.get(training.settings.device, training.settings.device))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setIconSize(QSize(self._theme.px(20), self._theme.px(20)))
        metrics = QFontMetrics(self._theme.font("body"))
        widest = max(metrics.horizontalAdvance(text) for text in ("Train", "Pause", "Go on", "Resume"))
        self._train_button.setMinimumWidth(widest + self._theme.px(20) + self._theme.gap(32))
        for read_out in self.read_outs.values():
            read_out.setContentsMargins(self._theme.gap(6), 0, 0, 0)


def status_sentence(workspace: Workspace) -> str:
    """What goes on, in one sentence for the status bar. It names no key: Space is another clock's in some panels."""
    training = workspace.training
    network = workspace.document.graph.title or workspace.document.graph.name
    spec = known_spec(training.data)
    data = _within_a_sentence(spec) if spec is not None else Path(training.data.name).name
    what = f"{network} on {data}"
    ready = "The drawing is no network yet: until it is, Train waits." if workspace.document.is_faulty else ""
    misfit = ""
    if not ready and spec is not None and why_not(spec, workspace.document.analysis):
        misfit = f"{network} does not fit {data}: choose other data, or another network."
    return {
        "idle": ready or misfit or f"Ready: Train teaches {what}.",
        "starting": f"Preparing {what} …",
        "running": f"Training {what}.",
        "paused": f"Paused: {what}.",
        "finished": f"{'Stopped' if training.was_stopped else 'Finished'}: {what}. Train starts a new run.",
        "failed": misfit or f"Failed: {what}. {_after_a_failure(training.can_resume)}",
    }[training.state]


def _within_a_sentence(spec: DatasetSpec) -> str:
    """Handwritten digits begin small there; MNIST, CIFAR-10 and a file's name do not."""
    title = spec.title
    return title[:1].lower() + title[1:] if spec.name in DATASETS and title[1:2].islower() else title


def _after_a_failure(can_resume: bool) -> str:
    return "Resume goes on from its last checkpoint." if can_resume else "Train starts a new run."


class StateLabel(QLabel):
    """The status bar's sentence, which follows the training and the document."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setObjectName("muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        workspace.training.state_changed.connect(self._on_something_changed)
        workspace.training.choice_changed.connect(self._on_something_changed)
        workspace.document.drawing_changed.connect(self._on_something_changed)
        self._on_something_changed()

    @Slot()
    def _on_something_changed(self) -> None:
        self.setText(status_sentence(self._workspace))
