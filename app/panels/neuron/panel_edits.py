"""PanelEdits: every change that a person makes in the neuron panel, put on the undo stack, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from PySide6.QtCore import QObject, Slot

from app.panel_change import PanelChange
from app.panels.neuron.state import TraceState
from app.panels.neuron.trace_sweeps import MOST_SWEEPS, Sweep

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel


class SweepChange(NamedTuple):
    """What a step does to the kept sweeps, whatever has been kept since by itself: some go, some come first or last again."""

    gone: tuple[Sweep, ...] = ()
    first: tuple[Sweep, ...] = ()
    last: tuple[Sweep, ...] = ()

    def on(self, sweeps: tuple[Sweep, ...]) -> tuple[Sweep, ...]:
        """`sweeps` after it: at most MOST_SWEEPS, the newest."""
        left = list(sweeps)
        for sweep in reversed(self.gone):
            if sweep in left:
                del left[len(left) - 1 - left[::-1].index(sweep)]  # of equal ones the newest
        return (*self.first, *left, *self.last)[-MOST_SWEEPS:]


class PanelEdits(QObject):
    """One for the panel. Things: "plan.<what>", "hand.<fields>", "bench.<name>", "probes", "traces", "sweeps.<n>", "speed", "panel"."""

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._traces = TraceState()
        self._speed = (0.0, False)
        self._sweep_changes = 0
        self.note_speed_as_given()

    def push(self, thing: str, text: str, before: object, after: object) -> None:
        """Put on the undo stack what has just been done to `thing`."""
        change = PanelChange(text, f"neuron.{thing}", before, after, self._take)
        self._panel.workspace.document.undo_stack.push(change)
        self._panel.state_changed.emit()

    def _take(self, thing: str, value: Any) -> None:
        """Undo or redo: `value` is to stand."""
        panel = self._panel
        kind, _, name = thing.removeprefix("neuron.").partition(".")
        match kind:
            case "plan":
                panel.session.change(value)
            case "hand":
                panel.hand.set_state(value)
            case "bench":
                panel.show_bench(name)
                panel.stage.built(name).apply(value)
            case "probes":
                panel.probes.set_compartments(value)
            case "traces":
                self.put_traces(msgspec.structs.replace(value, sweeps=self._traces.sweeps))
            case "sweeps":
                self._put_sweeps(value.on(self._traces.sweeps))
            case "panel":
                panel.apply(value)
            case "speed":
                panel.session.clock.set_speed(value[0])
                panel.session.clock.has_slow_motion = value[1]
                self._speed = value
        panel.redraw()
        panel.state_changed.emit()

    @Slot(str, str, object, object)
    def push_bench(self, name: str, text: str, before: object, after: object) -> None:
        """A bench's change."""
        self.push(f"bench.{name}", text, before, after)

    @Slot(int, int)
    def move_probe(self, number: int, compartment: int) -> None:
        """A probe was let go elsewhere."""
        after = [probe.compartment for probe in self._panel.probes.probes]
        after[number] = compartment
        self.choose_probes("Move a probe", tuple(after))

    @Slot(str, object)
    def choose_probes(self, text: str, compartments: tuple[int, ...]) -> None:
        """Probes stand on these places from now on."""
        probes = self._panel.probes
        before = tuple(probe.compartment for probe in probes.probes)
        probes.set_compartments(compartments)
        if compartments != before:
            self.push("probes", text, before, compartments)

    @Slot()
    def note_zoom(self) -> None:
        """The traces show a longer or shorter span."""
        self._change_traces(self._panel.page.traces.trace_state, "Zoom the traces")

    @Slot(object)
    def choose_rows(self, state: TraceState) -> None:
        """Other rows, or another range."""
        now = self._traces
        after = msgspec.structs.replace(state, span_ms=now.span_ms, sweeps=now.sweeps)
        self._change_traces(after, "Choose traces")

    def keep_sweep(self, sweep: Sweep) -> None:
        """This sweep is laid over the traces from now on; the oldest goes where there are too many."""
        before = self._traces.sweeps
        pushed_out = before[: max(len(before) + 1 - MOST_SWEEPS, 0)]
        back, forth = SweepChange((sweep,), first=pushed_out), SweepChange(pushed_out, last=(sweep,))
        self._change_sweeps("Keep a sweep", back, forth)

    def forget_sweeps(self) -> None:
        """No sweep is laid over the traces any more."""
        before = self._traces.sweeps
        if before:
            self._change_sweeps("Forget the sweeps", SweepChange(first=before), SweepChange(before))

    def _change_sweeps(self, text: str, back: SweepChange, forth: SweepChange) -> None:
        before = self._traces.sweeps
        self._put_sweeps(forth.on(before))
        self._sweep_changes += 1  # each is undone by itself: changes of one thing that bear one name would become one
        title = f"{text} ({len(before)} → {len(self._traces.sweeps)})"
        self.push(f"sweeps.{self._sweep_changes}", title, back, forth)

    def _put_sweeps(self, sweeps: tuple[Sweep, ...]) -> None:
        self.put_traces(msgspec.structs.replace(self._traces, sweeps=sweeps))

    def _change_traces(self, state: TraceState, text: str) -> None:
        before = self._traces
        if state != before:
            self.put_traces(state)
            self.push("traces", text, before, state)

    def put_traces(self, state: TraceState) -> None:
        """Show the traces so; nothing is undoable."""
        self._traces = state
        self._panel.page.traces.set_trace_state(state)
        self._panel.redraw()

    def note_speed_as_given(self) -> None:
        """The speed in force is nobody's change."""
        clock = self._panel.session.clock
        self._speed = (clock.speed, clock.has_slow_motion)

    @Slot()
    def note_speed(self) -> None:
        """A person chose another speed, or switched slow motion."""
        before = self._speed
        self.note_speed_as_given()
        if before != self._speed:
            self.push("speed", "Change the speed", before, self._speed)
        self._panel.redraw()
