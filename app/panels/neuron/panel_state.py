"""How the neuron panel becomes a NeuronState, and how a NeuronState is put into it, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.panel import StateError
from app.panels.neuron.state import NeuronState, first_probes, read
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel


def state_of(panel: NeuronPanel) -> NeuronState:
    """All that the panel shows. A cell that has lived too long to be lived through again comes back calm."""
    session = panel.session
    lines, is_long = session.script_lines(), session.is_long
    return NeuronState(
        bench=panel.stage.name,
        benches=panel.stage.states(),
        plan=session.plan,
        camera=panel.view.camera_state(),
        probes=tuple(probe.compartment for probe in panel.probes.probes),
        hand=panel.hand.state,
        speed=session.clock.speed,
        has_slow_motion=session.clock.has_slow_motion,
        traces=panel.page.traces.trace_state,
        traces_share=panel.page.traces_share,
        start_plan=session.script.plan if lines and session.script.plan != session.plan else None,
        script=lines,
        shown_ms=0.0 if is_long else session.shown_ms,
        is_playing=session.clock.is_playing and not is_long,
    )


def put_into(panel: NeuronPanel, wanted: NeuronState) -> None:
    """Show `wanted`; StateError, and nothing changed, where a bench or the camera refuses its part."""
    script = read(wanted)
    camera = panel.view.camera_state()
    try:
        panel.view.set_true_scale(wanted.hand.is_true_scale)
        if wanted.camera:
            panel.view.set_camera_state(wanted.camera)
        panel.stage.apply(wanted.benches)
    except BadInput as error:
        panel.view.set_true_scale(panel.hand.state.is_true_scale)
        panel.view.set_camera_state(camera)
        if isinstance(error, StateError):
            raise
        raise StateError(error.sentence, "camera") from error
    if not wanted.camera:
        panel.view.go_to("cell", animated=False)
    panel.probes.set_compartments(wanted.probes or first_probes())
    panel.hand.set_state(wanted.hand)
    panel.hand.has_stimulated = bool(wanted.script)
    panel.edits.put_traces(wanted.traces)
    panel.page.part(wanted.traces_share)
    panel.desk.sweeps.let_go()
    panel.page.traces.follow()
    panel.session.clock.set_speed(wanted.speed)
    panel.session.clock.has_slow_motion = wanted.has_slow_motion
    panel.edits.note_speed_as_given()
    panel.show_bench(wanted.bench)
    if panel.session.state == "cold" and not wanted.script:
        panel.session.change(wanted.plan)
    else:
        panel.session.load(wanted.plan, script, wanted.shown_ms, plays=wanted.is_playing)
    panel.redraw()
