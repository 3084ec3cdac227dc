"""What a network costs, in rows of a heading and a text, for whoever shows it. Imports neither torch nor the window."""

from __future__ import annotations

from trainers.errors import BadInput
from trainers.known_networks import beside_text, standing_text
from trainers.layer_catalog import NetworkAnalysis
from trainers.layer_kind import shape_text
from trainers.linear_regions import regions_at_least, regions_at_most
from trainers.machine_speed import MachineSpeed
from trainers.network_cost import LayerCost, NetworkCost, bytes_text, heaviest_layers, training_memory
from trainers.region_network import hidden_widths
from trainers.step_time import step_time

Rows = list[tuple[str, str]]


def network_cost_rows(analysis: NetworkAnalysis, cost: NetworkCost) -> Rows:
    """Memory of the numbers, where the parameters lie, how far it sees, where it stands, and how it may fold a plane."""
    largest = cost.layers[cost.largest_output]
    rows = [
        ("Parameters take", bytes_text(cost.parameters)),
        (
            "Activations",
            f"{bytes_text(cost.output)} per sample, most of one layer in {cost.largest_output} ({bytes_text(largest.output)});"
            f" {bytes_text(cost.kept)} are kept for the way back",
        ),
    ]
    heaviest = heaviest_layers(analysis, 1)
    if heaviest and len(analysis.layers) > 2:
        rows.append(("Most parameters", heaviest[0]))
    if cost.receptive_field is not None and cost.field_layer != analysis.input_name:
        seen, whole = cost.receptive_field, analysis.input_shape[1:]
        all_of_it = ", all of it and beyond its rim" if seen[0] >= whole[0] and seen[1] >= whole[1] else ""
        text = f"one number of {cost.field_layer} sees {shape_text(seen)} of {shape_text(whole)} pixels{all_of_it}"
        rows.append(("Receptive field", text))
    rows.append(("Beside others", standing_text(analysis.parameters)))
    if analysis.parameters:
        rows.append(("Parameters, FLOPs", beside_text(analysis.parameters, analysis.flops)))
    rows += _region_rows(analysis)
    return rows


def training_cost_rows(
    analysis: NetworkAnalysis,
    cost: NetworkCost,
    *,
    optimizer: str,
    batch: int,
    momentum: float = 0.0,
    speed: MachineSpeed | None = None,
) -> Rows:
    """Memory of training with these settings, part by part, and the time of a step where this machine was measured."""
    memory = training_memory(cost, optimizer, batch, momentum)
    parts = {
        "parameters": memory.parameters,
        "gradients": memory.gradients,
        "optimiser": memory.optimizer,
        "running statistics": memory.buffers,
        f"activations of {batch:,}": memory.activations,
    }
    told = " + ".join(f"{bytes_text(size)} {part}" for part, size in parts.items() if size)
    rows = [("Training takes", f"{bytes_text(memory.total)}: {told}")]
    if speed is not None:
        time = step_time(analysis, speed, batch, optimizer)
        rows.append(
            (
                "One step",
                f"about {seconds_text(time.seconds)} on this machine ({time.samples_per_second:,.0f} samples a second), most of it"
                f" for {time.bound_by}",
            )
        )
    return rows


def layer_cost_rows(cost: LayerCost) -> Rows:
    """Memory of one layer."""
    kept = f", {bytes_text(cost.kept)} kept for the way back" if cost.kept else ", nothing kept for the way back"
    rows = [("Memory", f"{bytes_text(cost.output)} per sample{kept}")]
    if cost.parameters:
        rows.append(("Parameters take", bytes_text(cost.parameters)))
    return rows


def seconds_text(seconds: float) -> str:
    """Two figures of a time, as an estimate deserves: 0.58 ms, 7.9 ms, 120 ms, 2.6 s."""
    number, unit = (seconds, "s") if seconds >= 0.9995 else (1e3 * seconds, "ms")
    text = f"{number:.2g}"
    return f"{float(text):,.0f} {unit}" if "e" in text else f"{text} {unit}"


def _region_rows(analysis: NetworkAnalysis) -> Rows:
    """How many linear regions such a network of two inputs can have; no row for any other."""
    try:
        widths = hidden_widths(analysis)
        least = regions_at_least(2, widths)
    except BadInput:
        return []
    most = regions_at_most(2, widths)
    text = f"{least:,}" if least == most else f"{least:,} or more (Montúfar et al. 2014), never more than {most:,}"
    return [("Linear regions", f"the best of its kind has {text}")]
