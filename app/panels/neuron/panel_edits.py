"""PanelEdits: every change that a person makes in the neuron panel, put on the undo stack, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Slot

from app.panels.neuron.panel_change import PanelChange
from app.panels.neuron.state import TraceState
from app.panels.neuron.trace_sweeps import Sweep

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel


class PanelEdits(QObject):
    """One for the panel. Things: "plan.<what>", "hand.<fields>", "bench.<name>", "probes", "traces", "sweeps", "speed", "panel"."""

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._traces = TraceState()
        self._speed = (0.0, False)
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
                self._put_sweeps(value)
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

    def choose_sweeps(self, text: str, sweeps: tuple[Sweep, ...]) -> None:
        """These sweeps are laid over the traces from now on."""
        before = self._traces.sweeps
        if sweeps != before:
            self._put_sweeps(sweeps)
            self.push("sweeps", f"{text} ({len(before)} → {len(sweeps)})", before, sweeps)  # each is undone by itself

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
