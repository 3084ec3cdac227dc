"""Bench: the base of every experiment in the neuron panel, and what it receives. Knows no bench; BENCHES names them as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QWidget

if TYPE_CHECKING:
    from app.neuron_session import NeuronSession
    from app.panels.neuron.cell_hand import CellHand
    from app.panels.neuron.cell_view import CellView
    from app.panels.neuron.probes import ProbeList
    from app.widgets.theme import Theme
    from app.workspace import Workspace

BenchState = dict[str, Any]


@dataclass(frozen=True)
class BenchContext:
    """What a bench may use: the living cell, the view that draws it, the probes, the theme, and a way to make a change undoable.

    push_change(text, before, after): puts one step on the undo stack, from one state of the bench to another; both were and
    will be given to `Bench.apply`. hand: fires, injects and changes the living cell, undoably.
    """

    workspace: Workspace
    session: NeuronSession
    cell_view: CellView
    probes: ProbeList
    push_change: Callable[[str, BenchState, BenchState], None]
    hand: CellHand | None = None

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        return self.workspace.theme


class Bench(QWidget):
    """One experiment. Everything it shows is a function of `state()` and of what the simulation has answered.

    keeps_cell: the cell, its traces and its clock stay in view and the bench is a card beside them; otherwise the bench has the
    whole panel, and the cell stands meanwhile unless keeps_clock: then its clock stays below. A bench that is not shown does
    nothing.
    """

    keeps_cell: ClassVar[bool] = False
    keeps_clock: ClassVar[bool] = False
    state_changed = Signal()

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

    def state(self) -> BenchState:
        """All that a person has set here, JSON-able."""
        raise NotImplementedError

    def apply(self, state: BenchState) -> None:
        """Put `state` there; StateError with the key named for what is unknown or out of range, and nothing half applied."""
        raise NotImplementedError

    def begin_anew(self) -> None:
        """The Home key, after the first state was applied: let go of results that are no part of the state."""

    def set_shown(self, is_shown: bool) -> None:
        """The bench comes to the front, or leaves it (then it lets go of what runs)."""

    def act(self) -> bool:
        """The Space key: play, pause or run what this bench plays; False where that is the cell's clock."""
        return False

    def tick(self, seconds: float) -> None:
        """One drawn frame: turn the bench's own clock on by `seconds`."""

    @property
    def is_moving(self) -> bool:
        """Whether `tick` has something to do: the panel's clock stands still where nothing moves."""
        return type(self).tick is not Bench.tick

    @property
    def is_busy(self) -> bool:
        """Whether something that it asked for has not come yet."""
        return False

    def close_bench(self) -> None:
        """Let go of timers and connections, before the window closes."""


class BenchSpec(msgspec.Struct, frozen=True):
    """A bench as data: its name for ever, its title, the exhibits of the lecture that it serves, one sentence, its class."""

    name: str
    title: str
    exhibits: tuple[str, ...]
    description: str
    bench_class: str


_HERE = "app.panels.neuron.benches"
BENCHES: tuple[BenchSpec, ...] = (
    BenchSpec("cell", "Cell", ("L09", "L10"), "Explore the living cell: fire its inputs, push current into it, look closer.", f"{_HERE}.cell.bench:CellBench"),
    BenchSpec("summation", "Summation", ("L11",), "How many inputs must come together, and how close in time, before the cell fires?", f"{_HERE}.summation.bench:SummationBench"),
    BenchSpec("axon", "Axon", ("L12",), "An impulse in a myelinated and in a bare axon, on one clock.", f"{_HERE}.axon.bench:AxonBench"),
    BenchSpec("plasticity", "Plasticity", ("L13",), "Stimulate often or seldom: the same input then counts for more, or for less.", f"{_HERE}.plasticity.bench:PlasticityBench"),
    BenchSpec("timing", "Spike timing", ("L16",), "Drag two spikes in time: which came first decides.", f"{_HERE}.timing.bench:TimingBench"),
    BenchSpec("excitability", "Excitability", ("L17",), "How often does a cell fire for how much current?", f"{_HERE}.excitability.bench:ExcitabilityBench"),
    BenchSpec("hebb", "Hebb", ("L15",), "Two inputs that fire together, or not: three rules, three fates of their weights.", f"{_HERE}.hebb.bench:HebbBench"),
    BenchSpec("competition", "Competition", ("L15", "L16"), "A thousand plastic synapses compete for the timing of one cell.", f"{_HERE}.competition.bench:CompetitionBench"),
    BenchSpec("unit", "Artificial neuron", ("L17",), "The living cell becomes sum, weights and threshold, under the same sliders.", f"{_HERE}.unit.bench:UnitBench"),
)  # fmt: skip


def bench_names() -> tuple[str, ...]:
    """The names of all benches, for ever the same."""
    return tuple(spec.name for spec in BENCHES)


def build_bench(spec: BenchSpec, context: BenchContext) -> Bench:
    """Import the bench's class and build it. No click on a button takes the focus: the next Space is the bench's."""
    module, _, name = spec.bench_class.partition(":")
    bench: Bench = getattr(import_module(module), name)(context)
    bench.setObjectName(f"bench_{spec.name}")
    bench.setAccessibleName(spec.title)
    bench.setAccessibleDescription(spec.description)
    for button in bench.findChildren(QAbstractButton):
        if button.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return bench
