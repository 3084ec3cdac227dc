"""TrainingChoices: which data and settings the next steps take, changed undoably. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.choice_changes import ChoiceChange
from trainers.commands import Scalar
from trainers.network_graph import NetworkGraph
from trainers.setting_limits import setting_limits, with_setting
from trainers.training_plan import ClassifierSettings, DataChoice

if TYPE_CHECKING:
    from app.network_document import NetworkDocument


class FirstWeights(msgspec.Struct, frozen=True):
    """A state dict's file, and the network that it was chosen for: another one begins with weights of its own."""

    path: str
    network: NetworkGraph


class TrainingChoices(QObject):
    """Data and settings as a form shows them; what each change leads to is the session's affair."""

    choice_changed = Signal()  # data, settings or network
    value_refused = Signal(str, str)  # the setting, and why not in one sentence; the shown value is put back

    def __init__(self, document: NetworkDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._data = DataChoice("digits")
        self._settings = ClassifierSettings()
        self._weights: FirstWeights | None = None
        self._last_change: ChoiceChange | None = None

    @property
    def data(self) -> DataChoice:
        """The data chosen."""
        return self._data

    @property
    def settings(self) -> ClassifierSettings:
        """The settings as shown; seed, device and threads are those of the next run."""
        return self._settings

    def set_setting(self, name: str, value: Scalar) -> None:
        """Change a hyperparameter, undoably. Raises BadInput, and changes nothing, where the value cannot be."""
        after = getattr(with_setting(self._settings, name, value), name)
        before = getattr(self._settings, name)
        if after != before:
            text = f"Change {setting_limits()[name].title.lower()}"
            self._push(ChoiceChange(text, name, before, after, self._take_choice))

    @Slot(object)
    def set_data(self, data: DataChoice) -> None:
        """Choose other data, undoably. A run that stands is ended cleanly."""
        if data != self._data:
            self._push(ChoiceChange("Choose data", "data", self._data, data, self._take_choice))

    @property
    def weights(self) -> str | None:
        """The file whose weights the next run begins with; None for weights drawn by its seed."""
        chosen = self._weights
        return chosen.path if chosen is not None and computes_the_same(chosen.network, self._document.graph) else None

    def begin_with(self, path: str) -> None:
        """Let runs of the network on the table begin with a file's weights, undoably. A run that stands is ended cleanly."""
        chosen = FirstWeights(path, self._document.graph)
        self._push(ChoiceChange("Begin with weights", "weights", self._weights, chosen, self._take_choice))

    def put_back(self, name: str, value: Any, reason: str) -> None:
        """The job refused a value: show the one in effect again, take the change off the undo stack, and say why."""
        change = self._last_change
        if change is not None and change.thing == name and change.after == getattr(self._settings, name):
            change.after = value  # redo would only be refused again
            stack = self._document.undo_stack
            if change.before == value and stack.index() > 0 and stack.command(stack.index() - 1) is change:
                change.setObsolete(True)
                stack.undo()
        if getattr(self._settings, name) != value:
            self._settings = msgspec.structs.replace(self._settings, **{name: value})
            self.choice_changed.emit()
        self.value_refused.emit(name, reason)

    def _push(self, change: ChoiceChange) -> None:
        stack = self._document.undo_stack
        self._last_change = change
        stack.push(change)
        top = stack.command(stack.index() - 1) if stack.index() > 0 else None
        self._last_change = top if isinstance(top, ChoiceChange) else None  # where it was merged, the older one stands

    def _take_choice(self, name: str, value: Any) -> None:
        """What an undoable change does and undoes."""
        if name == "data":
            self._data = value
        elif name == "weights":
            self._weights = value
        else:
            self._settings = msgspec.structs.replace(self._settings, **{name: value})
        self._on_choice_taken(name, value)
        self.choice_changed.emit()

    def _on_choice_taken(self, name: str, value: Any) -> None:
        """For the session: tell the run, or end it."""


def computes_the_same(one: NetworkGraph, other: NetworkGraph) -> bool:
    """Whether two graphs differ at most in where the layers are drawn and in what is said about them."""
    return one.links == other.links and [(layer.name, layer.kind, layer.parameters) for layer in one.layers] == [
        (layer.name, layer.kind, layer.parameters) for layer in other.layers
    ]
