"""What a look into the network says of one layer, as pictures and bars for its card. Builds data; knows neither scene nor panel."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from app.widgets.layer_style import FAMILIES, family_of
from app.widgets.network_inside import Picture, gray_image
from app.widgets.network_inside_items import Bar, LayerInside
from app.widgets.number_words import readable
from trainers.events import NetworkInside
from trainers.network_graph import Layer

GRADIENT_ENDS = (-6, 2)  # powers of ten at the ends of a bar
SIZE_ENDS = (-4, 2)


def layer_inside(event: NetworkInside, layer: Layer, classes: tuple[str, ...], is_last: bool) -> LayerInside:
    """One layer's part of `event`. classes: names of the data's classes; is_last: its output is the network's."""
    if layer.kind == "input":
        return _input_inside(event, classes)
    output = event.activations.get(layer.name)
    name = _main_parameter(event.weights, layer.name)
    return LayerInside(
        output=_picture(
            _output_title(output, event.whole_shapes.get(layer.name)), output, event.whole_shapes.get(layer.name)
        ),
        weights=_picture("weights", event.weights.get(name), event.whole_shapes.get(name)),
        gradient=_picture("gradient", event.gradients.get(name), event.whole_shapes.get(name)),
        bars=_bars(event, layer),
        labels=classes if is_last and output is not None and output.shape == (len(classes),) else (),
    )


def wanted_text(event: NetworkInside, classes: tuple[str, ...]) -> str:
    """What the sample is: its class or its value, "" where it was drawn."""
    if event.wanted is None:
        return ""
    if classes and 0 <= int(event.wanted) < len(classes):
        return classes[int(event.wanted)]
    return f"{event.wanted:.3g}"


def answer_text(event: NetworkInside, classes: tuple[str, ...]) -> str:
    """What the network says to it."""
    if not event.outputs.size:
        return ""
    if not np.isfinite(event.outputs).all():
        return "no number any more: it has diverged"
    if not classes or len(event.outputs) != len(classes):
        return ", ".join(f"{value:.3g}" for value in event.outputs[:3].tolist())
    said = int(event.outputs.argmax())
    return f"{classes[said]}, {100.0 * event.outputs[said]:.0f}\N{NO-BREAK SPACE}% sure"


def _input_inside(event: NetworkInside, classes: tuple[str, ...]) -> LayerInside:
    words = wanted_text(event, classes)
    if event.inputs.ndim == 3:
        return LayerInside(image=gray_image(event.inputs), words=words)
    return LayerInside(output=Picture("input", event.inputs), words=words)


def _output_title(output: np.ndarray | None, whole: tuple[int, ...] | None) -> str:
    """What the outputs are, and whether only some of a map's pixels were sent."""
    if output is None or whole is None or output.ndim != 3:
        return "output"
    step = math.ceil(max(whole[1:]) / max(output.shape[1:]))
    return "output" if step == 1 else f"output, 1 of {step}×{step} pixels"


def _picture(title: str, numbers: np.ndarray | None, whole: tuple[int, ...] | None) -> Picture | None:
    if numbers is None or not numbers.size:
        return None
    return Picture(title, numbers, whole[0] if whole else None)


def _main_parameter(weights: Mapping[str, np.ndarray], layer: str) -> str:
    """The layer's matrix or kernels before its biases."""
    own = [name for name in weights if name.startswith(f"{layer}.")]
    return next((name for name in own if weights[name].ndim > 1), own[0] if own else "")


def _bars(event: NetworkInside, layer: Layer) -> tuple[Bar, ...]:
    bars = []
    norm = event.gradient_norms.get(layer.name)
    if norm is not None:
        bars.append(Bar(_share(norm, GRADIENT_ENDS), f"gradient {readable(norm, 2, least=0.0)}", "accent"))
    summary = event.summaries.get(layer.name)
    if summary is not None:
        _, size, still = summary
        bars.append(Bar(_share(size, SIZE_ENDS), f"mean size {size:.2g}", "muted"))
        if family_of(layer.kind) is FAMILIES["activation"]:
            bars.append(Bar(still, f"{100.0 * still:.0f}\N{NO-BREAK SPACE}% at rest", "warning"))
    return tuple(bars)


def _share(value: float, ends: tuple[int, int]) -> float:
    """Where a magnitude stands between two powers of ten."""
    if not math.isfinite(value):
        return 1.0
    return (math.log10(value) - ends[0]) / (ends[1] - ends[0]) if value > 0 else 0.0
