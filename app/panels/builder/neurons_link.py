"""NeuronsLink: what the training tells of a small network's neurons, and the weights set in it by hand. Imports no torch."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.data_fitting import why_not
from app.panels.builder.neurons_chain import NeuronNet
from app.panels.builder.neurons_number import NumberPlace
from app.panels.builder.neurons_values import watched_layers
from app.panels.builder.neurons_weight_change import WeightChange
from app.training_recipes import settings_with
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.datasets import DatasetSpec, describe, is_described
from trainers.errors import BadInput
from trainers.events import EpochReport, NetworkInside, Snapshot
from trainers.planar_data import PLANAR_DATA
from trainers.training_plan import DataChoice

_WHO = "neurons"
_REST = 150  # ms without another edit, after which the weights of the start are asked for
_ENDED = "This run has ended and is kept as it was: start again, then weights can be set by hand."
_GONE = "That weight was set in a run that is no longer there."


class NeuronsLink(QObject):
    """Watches while it is told of a network. `inside` is the newest look, also of a run that has just been started anew; None
    where the data do not fit."""

    looked = Signal()  # other numbers
    data_changed = Signal()  # other data, or whether they fit
    pictured = Signal(object)  # Snapshot
    settled = Signal(bool)  # an epoch has ended (False), or the training stands (True)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._training = workspace.training
        self.net: NeuronNet | None = None
        self.inside: NetworkInside | None = None
        self.spec: DatasetSpec | None = None  # of the data chosen, where it is known
        self.misfit = ""  # why network and data do not go together, in one sentence
        self._run = 0  # counts the networks that came and went, for what is undone
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.look)
        training = self._training
        training.inside.looked.connect(self._on_looked)
        training.inside.forgotten.connect(self._on_forgotten)
        training.events_arrived.connect(self._on_events_arrived)
        training.state_changed.connect(self._on_state_changed)
        training.choice_changed.connect(self._on_choice_changed)
        training.value_set.connect(self._on_value_set)

    @property
    def data(self) -> DataChoice:
        """What the network learns from."""
        return self._training.data

    @property
    def state(self) -> str:
        """Of the training, see TrainingSession.state_changed."""
        return self._training.state

    @property
    def is_standing(self) -> bool:
        """Whether no step is under way, so that what is seen now stays."""
        return self.state not in ("starting", "running")

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest of each picture of the run."""
        return self._training.last_snapshot

    def watch(self, net: NeuronNet | None) -> None:
        """From now on tell of this network; None: sleep."""
        is_other = net != self.net
        self.net = net
        if net is None:
            self._rest.stop()
            self._training.inside.want(_WHO)
            return
        if is_other:
            self.inside = None
        self._training.inside.want(_WHO, watched_layers(net), responses=net.is_planar)
        newest = self._training.inside.newest
        if newest is not None and self._is_of_net(newest):
            self.inside = newest
        self._check_fit()
        self._rest.start()

    @Slot()
    def look(self) -> None:
        """Have the weights told with which the network would begin, where no run stands."""
        self._rest.stop()
        if self.net is not None and not self.misfit:
            self._training.look_inside()

    def fitting_points(self) -> str:
        """Where network and data do not go together: the first points that it could learn, "" where none fit."""
        if not self.misfit or self.net is None or not self.net.is_planar:
            return ""
        for name in ("xor", *PLANAR_DATA):
            if not why_not(PLANAR_DATA[name], self._workspace.document.analysis):
                return name
        return ""

    def set_data(self, name: str) -> None:
        """Learn from other points, with the settings that suit them: one step to undo."""
        if name == self.data.name:
            return
        training, data = self._training, msgspec.structs.replace(self.data, name=name)
        stack = self._workspace.document.undo_stack
        changes = settings_with(data, training.data, training.settings)
        stack.beginMacro(f"Choose {PLANAR_DATA[name].title}")
        try:
            training.set_data(data)
            for setting, value in changes.items():
                training.set_setting(setting, value)
        finally:
            stack.endMacro()
        if changes:
            notes = ", ".join(f"{setting.replace('_', ' ')} {value:g}" for setting, value in changes.items())
            text = f"With {PLANAR_DATA[name].title} came {notes}."
            self._workspace.message_posted.emit(Message(text, "info", "Undo", stack.undo))

    def set_number(self, place: NumberPlace, before: float, after: float) -> bool:
        """Set a weight by hand, undoably; where no run stands, one is prepared for it, at step 0, with the
        weights on show. False where it cannot be."""
        if self.state in ("finished", "failed"):
            self._workspace.warn(_ENDED)
            return False
        if not self._workspace.document.may_train():
            return False
        self._training.set_weight(place.parameter, place.index, after)  # a run that it prepares has another number
        change = WeightChange(place, before, after, self._run, self._take, is_done=True)
        self._workspace.document.undo_stack.push(change)
        return True

    def _take(self, place: NumberPlace, value: float, run: int) -> bool:
        if run != self._run or self.state in ("idle", "finished", "failed"):
            self._workspace.warn(_GONE)
            return False
        self._training.set_weight(place.parameter, place.index, value)
        return True

    def _check_fit(self) -> None:
        was = (self.spec, self.misfit)
        self.spec, self.misfit = None, ""
        try:
            if is_described(self.data):  # else a worker reads them first
                self.spec = describe(self.data)
                self.misfit = why_not(self.spec, self._workspace.document.analysis)
        except BadInput as error:
            self.misfit = error.sentence
        if self.misfit:
            self.inside = None  # what it had said of other data is no answer to these
        if (self.spec, self.misfit) != was:
            self.data_changed.emit()

    def _is_of_net(self, inside: NetworkInside) -> bool:
        """Whether it tells of these neurons, and not of another network whose layers have the same names."""
        if self.net is None:
            return False
        shapes = [
            inside.weights[name].shape if name in inside.weights else None
            for name in map("{0.dense}.weight".format, self.net.columns)
        ]
        return shapes == [(after, before) for before, after in pairwise(self.net.widths)]

    @Slot(object)
    def _on_looked(self, inside: NetworkInside) -> None:
        if self._is_of_net(inside):
            self.inside = inside
            self._workspace.turns.ask(self, "look", self.looked.emit)

    @Slot()
    def _on_forgotten(self) -> None:
        """Another run, or none: what it showed stays in sight until the next look, or lines would blink whenever one presses Train."""
        self._run += 1
        if self.net is not None:
            self._rest.start()

    @Slot(list)
    def _on_events_arrived(self, events: list[object]) -> None:
        if self.net is None:
            return
        for event in events:
            if isinstance(event, Snapshot):
                self.pictured.emit(event)
            elif isinstance(event, EpochReport):
                self.settled.emit(False)

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if self.net is None:
            return
        if state == "idle":
            self._rest.start()
        elif state in ("paused", "finished", "failed"):
            self.settled.emit(True)

    @Slot(str, object)
    def _on_value_set(self, name: str, _value: object) -> None:
        """A weight stands as it was set: where no step follows that would show it, it is looked for."""
        if self.net is not None and name.endswith("]") and self.state == "paused":
            self._training.inside.ask()

    @Slot()
    def _on_choice_changed(self) -> None:
        if self.net is not None:
            self._check_fit()
            self._rest.start()
            self.data_changed.emit()
