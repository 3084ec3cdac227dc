"""ProbeList: the places at which the cell's traces are taken, each with its colour. Imports no view."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

MOST_PROBES = 8


class Probe(msgspec.Struct, frozen=True):
    """One probe: the compartment that it sits on (index in the lecture neuron's morphology), and its colour's number."""

    compartment: int
    color: int  # of Theme.series


class ProbeList(QObject):
    """The probes in their order. `changed` follows every change."""

    changed = Signal()

    def __init__(self, compartments: tuple[int, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._probes = tuple(Probe(compartment, number) for number, compartment in enumerate(compartments))

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes as they stand."""
        return self._probes

    def set_compartments(self, compartments: tuple[int, ...]) -> None:
        """Probes on `compartments`, coloured in their order."""
        probes = tuple(Probe(compartment, number) for number, compartment in enumerate(compartments[:MOST_PROBES]))
        if probes != self._probes:
            self._probes = probes
            self.changed.emit()
