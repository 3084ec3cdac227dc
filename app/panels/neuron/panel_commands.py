"""What Ctrl+K can do with the neuron panel: its benches, the places of the cell, saving. Imports no view: it is read before the panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.panel import PanelCommand
from app.panels.neuron.bench import BENCHES

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel

_BENCH_WORDS = {
    "cell": "living fire inject current",
    "summation": "inputs temporal spatial together",
    "axon": "myelin conduction speed saltatory node",
    "plasticity": "potentiation depression LTP LTD synapse learning",
    "timing": "STDP synapse learning plasticity",
    "excitability": "rate current f-I curve",
    "hebb": "Oja BCM learning rule synapse weights",
    "competition": "STDP synapses plasticity",
    "unit": "perceptron sum weights threshold",
}
# place -> (how it is called in a sentence, other words for it)
PLACE_WORDS = {
    "cell": ("the whole cell", "camera overview zoom"),
    "dendrites": ("the dendrites", "camera branches inputs"),
    "soma": ("the soma", "camera cell body"),
    "hillock": ("the axon hillock", "camera initial segment"),
    "axon": ("the axon", "camera myelin"),
    "node": ("a node of Ranvier", "camera axon myelin"),
    "terminal": ("the axon's terminal and its synapse", "camera bouton next cell vesicle transmitter"),
    "membrane": ("the membrane", "camera channels lipid"),
    "channel": ("an ion channel", "camera gate sodium potassium"),
    "synapse": ("a synapse", "camera cleft vesicle transmitter receptor"),
}
EXPORT_WORDS = {
    "png": "save the traces as a picture (PNG)",
    "svg": "save the traces as a drawing (SVG)",
    "csv": "save the probes as numbers (CSV)",
    "gif": "save the cell's last moments as a film (GIF)",
    "text": "copy the cell's parameters as text",
}


def neuron_keys() -> list[tuple[str, str]]:
    """The keys that the living cell takes: (keys, what they do)."""
    from app.panels.neuron.panel_keys import KEY_ROWS

    return list(KEY_ROWS)


def neuron_commands() -> tuple[PanelCommand, ...]:
    """All of them, in the order of the panel: benches, places, the clock and the traces, saving."""
    benches = [
        PanelCommand(f"Neuron: {spec.title}", spec.description, _BENCH_WORDS.get(spec.name, ""), partial(_open, number))
        for number, spec in enumerate(BENCHES)
    ]
    places = [
        PanelCommand(f"Neuron: look at {words}", f"The camera travels to {words}", others, partial(_look, place))
        for place, (words, others) in PLACE_WORDS.items()
    ]
    deeds = [
        PanelCommand("Neuron: slow motion around spikes", "Slow down where a spike comes", "speed clock", _slow_down),
        PanelCommand("Neuron: newest moment", "Show the cell as it is now", "live end clock", _go_live),
        PanelCommand("Neuron: labels", "Show or hide the names of the parts", "captions", _toggle_labels),
        PanelCommand("Neuron: point of no return", "Show in the traces where it lies", "threshold", _toggle_no_return),
        PanelCommand("Neuron: keep this sweep", "Lay the traces over the next", "compare trace", _keep_sweep),
    ]
    exports = [
        PanelCommand(f"Neuron: {words}", "Of the living cell", "export file", partial(_export, kind))
        for kind, words in EXPORT_WORDS.items()
    ]
    return (*benches, *places, *deeds, *exports)


def _open(number: int, panel: NeuronPanel) -> None:
    panel.strip.setCurrentIndex(number)


def _show_cell(panel: NeuronPanel) -> None:
    """A bench that has the whole panel makes way."""
    if not panel.has_cell:
        _open(0, panel)


def _look(place: str, panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.view.go_to(place)


def _slow_down(panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.clock_bar.toggle_slow_motion()


def _go_live(panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.session.go_live()


def _toggle_labels(panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.hand.change("Labels", has_labels=not panel.hand.state.has_labels)


def _toggle_no_return(panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.page.tools.no_return_action.toggle()


def _keep_sweep(panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.desk.sweeps.keep()


def _export(kind: str, panel: NeuronPanel) -> None:
    _show_cell(panel)
    panel.export.start(kind)
