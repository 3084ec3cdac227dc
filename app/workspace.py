"""Workspace: the one object that a panel receives. Built in __main__ (or by a test) and handed down; no singletons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.table_watch import TableWatch
from app.widgets.frame_turns import FrameTurns
from app.widgets.message_bar import Message

if TYPE_CHECKING:
    from app.activation_session import ActivationSession
    from app.document_files import DocumentFiles
    from app.hardware_monitor import HardwareMonitor
    from app.machine_measurement import MachineMeasurement
    from app.network_document import NetworkDocument
    from app.neuron_session import NeuronSession
    from app.region_counting import RegionCounting
    from app.training_session import TrainingSession
    from app.user_settings import UserSettings
    from app.widgets.theme import Theme


class Workspace(QObject):
    """What panels share: the document, the training, the hardware, the settings, the theme; and how to tell a person something."""

    message_posted = Signal(object)  # app.widgets.message_bar.Message
    message_withdrawn = Signal(object)  # the same Message: what it says is over

    def __init__(
        self,
        document: NetworkDocument,
        training: TrainingSession,
        hardware: HardwareMonitor,
        settings: UserSettings,
        theme: Theme,
        neuron: NeuronSession | None = None,
    ) -> None:
        super().__init__()
        self.document = document
        self.training = training
        self.hardware = hardware
        self.settings = settings
        self.theme = theme
        self.turns = FrameTurns(self)
        self._neuron = neuron
        self._activations: ActivationSession | None = None
        self._machine: MachineMeasurement | None = None
        self._files: DocumentFiles | None = None
        self._regions: RegionCounting | None = None
        document.training_refused.connect(self.warn)
        TableWatch(self)
        if neuron is not None:
            neuron.complained.connect(self.warn)

    @property
    def neuron(self) -> NeuronSession:
        """The living cell, made when a panel first asks for it, unless one was given."""
        if self._neuron is None:
            from app.neuron_session import NeuronSession

            self._neuron = NeuronSession(self)
            self._neuron.complained.connect(self.warn)
        return self._neuron

    @property
    def activations(self) -> ActivationSession:
        """What computes depth and races for the activation panel, made when it is first asked for; its worker starts later still."""
        if self._activations is None:
            from app.activation_session import ActivationSession

            self._activations = ActivationSession(self)
            self._activations.complained.connect(self.warn)
            self.training.state_changed.connect(self._activations.note_training)
            self._activations.note_training(self.training.state)
        return self._activations

    @property
    def machine(self) -> MachineMeasurement:
        """How fast this machine trains, made when it is first asked for; its worker starts only where a person asks to measure."""
        if self._machine is None:
            from app.machine_measurement import MachineMeasurement

            self._machine = MachineMeasurement(self)
            self._machine.complained.connect(self.warn)
        return self._machine

    @property
    def regions(self) -> RegionCounting:
        """What counts linear regions, made when it is first asked for; its worker starts with the first question."""
        if self._regions is None:
            from app.region_counting import RegionCounting

            self._regions = RegionCounting(self)
        return self._regions

    @property
    def files(self) -> DocumentFiles:
        """What opens and saves the network on the table, made when it is first asked for."""
        if self._files is None:
            from app.document_files import DocumentFiles

            self._files = DocumentFiles(self.document, self.training, self.settings, self)
            self._files.said.connect(self.message_posted)
            self._files.withdrawn.connect(self.message_withdrawn)
        return self._files

    @property
    def is_cell_playing(self) -> bool:
        """Whether the living cell's clock runs."""
        return self._neuron is not None and self._neuron.clock.is_playing

    def shut_down_jobs(self) -> None:
        """End every worker and the hardware's thread, and wait until they are gone."""
        self.training.shutdown()
        if self._neuron is not None:
            self._neuron.shutdown()
        if self._activations is not None:
            self._activations.shutdown()
        if self._machine is not None:
            self._machine.shutdown()
        if self._files is not None:
            self._files.shutdown()
        if self._regions is not None:
            self._regions.shutdown()
        self.hardware.shutdown()

    @Slot(str)
    def warn(self, sentence: str) -> None:
        """Tell a person of something that went wrong while the work goes on."""
        self.message_posted.emit(Message(sentence, "warning"))
