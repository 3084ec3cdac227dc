"""All facts of one layer in words and arithmetic: what comes in, what goes out and why, its parameters, its work. Imports no Qt."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from app.widgets.layer_style import count_text, counted, flops_text, pair_text, shape_text
from trainers.layer_catalog import LAYER_KINDS
from trainers.layer_kind import LayerKind, ParameterSpec, Site, Values, read_values
from trainers.network_graph import Layer, NetworkError, Shape

if TYPE_CHECKING:
    from trainers.layer_catalog import LayerFacts

_GATES = {"recurrent": 1, "lstm": 4, "gru": 3}
_AXES = {1: ("features",), 2: ("steps", "features"), 3: ("channels", "height", "width")}


def layer_facts(layer: Layer, facts: LayerFacts | None) -> list[tuple[str, str]]:
    """(heading, text) of everything known about a layer, in the order in which one asks."""
    kind = LAYER_KINDS.get(layer.kind)
    if kind is None:
        return [("Kind", layer.kind)]
    rows = [("Kind", kind.title), ("What it does", kind.tooltip)]
    settings = _settings(kind, facts.values if facts is not None else _values(kind, layer))
    if settings:
        rows.append(("Settings", settings))
    if facts is None:
        return rows
    if facts.input_shapes:
        rows.append(("Input", _incoming(facts.input_shapes, facts.sources)))
    rows.append(("Output", shape_text(facts.output_shape) + _elements(facts.output_shape)))
    reasons = shape_reasons(layer, facts)
    if reasons:
        rows.append(("Why", "\n".join(reasons)))
    rows.append(("Parameters", parameter_arithmetic(layer, facts)))
    rows.append(("FLOPs", flop_arithmetic(layer, facts)))
    if facts.receptive_field is not None and layer.kind != "input":
        rows.append(("Receptive field", f"{shape_text(facts.receptive_field)} pixels of the input"))
    return rows


def layer_lines(layer: Layer, facts: LayerFacts | None) -> str:
    """What is particular to a layer in a few lines, for a card over the drawing."""
    kind = LAYER_KINDS.get(layer.kind)
    lines = [f"{layer.name}: {kind.title if kind else layer.kind}"]
    if facts is not None:
        taken = " and ".join(shape_text(shape) for shape in facts.input_shapes)
        lines.append(f"{taken} → {shape_text(facts.output_shape)}" if taken else shape_text(facts.output_shape))
        lines += shape_reasons(layer, facts)
        if facts.parameters:
            lines.append(f"{parameter_arithmetic(layer, facts)} parameters")
        if facts.flops:
            lines.append(f"{count_text(facts.flops)} FLOP")
    return "\n".join(lines)


def layer_html(layer: Layer, facts: LayerFacts | None) -> str:
    """The facts as rich text for a tooltip."""
    rows = layer_facts(layer, facts)
    cells = "".join(
        f"<tr><td style='padding-right:10px'>{escape(head)}</td><td>{escape(text).replace(chr(10), '<br>')}</td></tr>"
        for head, text in rows
    )
    return f"<b>{escape(layer.name)}</b><table>{cells}</table>"


def layer_sentence(layer: Layer, facts: LayerFacts | None) -> str:
    """One sentence for a screen reader: "conv1, Convolution, gives 6×28×28, 156 parameters."."""
    kind = LAYER_KINDS.get(layer.kind)
    text = f"{layer.name}, {kind.title if kind else layer.kind}"
    if facts is None:
        return f"{text}."
    return f"{text}, gives {shape_text(facts.output_shape)}, {counted(facts.parameters, 'parameter')}."


def wire_sentence(source: str, target: str, facts: LayerFacts | None) -> str:
    """What flows on a link: "6×28×28 from conv1 to relu1: 4,704 numbers for each sample."."""
    if facts is None:
        return f"From {source} to {target}."
    numbers = count_text(math.prod(facts.output_shape))
    return f"{shape_text(facts.output_shape)} from {source} to {target}: {numbers} numbers for each sample."


def shape_reasons(layer: Layer, facts: LayerFacts) -> list[str]:
    """Why each axis of the output has its size, as arithmetic: "height 28 − 5 + 1 = 24"; empty where the shape passes."""
    kind = LAYER_KINDS[layer.kind]
    if layer.kind == "mean_over_steps":  # what is left has the size that it had; what is gone is no axis of the output
        return [f"one vector: the mean of {counted(facts.input_shapes[0][0], 'step')}"]
    site = Site(layer.name, facts.values, facts.input_shapes)
    names = _AXES.get(len(facts.output_shape), tuple(f"axis {n}" for n in range(len(facts.output_shape))))
    texts = [kind.reason(site, facts.output_shape, axis).text for axis in range(len(facts.output_shape))]
    if len(texts) == 3 and texts[1] and texts[1] == texts[2]:
        names, texts = (names[0], "height and width"), texts[:2]
    return [text if text.endswith(name) else f"{name}: {text}" for name, text in zip(names, texts, strict=True) if text]


def parameter_arithmetic(layer: Layer, facts: LayerFacts) -> str:
    """The parameters and how they come about: "6·1·5·5 + 6 = 156"."""
    if not facts.parameters:
        return "none: there is nothing to learn here"
    sum_text = _parameter_sum(layer.kind, facts.values, facts)
    total = count_text(facts.parameters)
    return f"{sum_text} = {total}" if sum_text and sum_text != total else total


def flop_arithmetic(layer: Layer, facts: LayerFacts) -> str:
    """The work for one sample's way forward; the factor 2 is a multiplication and an addition."""
    parts = []
    if facts.flops:
        product = _flop_product(layer.kind, facts.values, facts)
        parts.append(f"{product} = {count_text(facts.flops)}" if product else count_text(facts.flops))
    if facts.elementwise_flops:
        parts.append(f"{count_text(facts.elementwise_flops)} element-wise")
    return ", and ".join(parts) or "none"


def _parameter_sum(kind: str, values: Values, facts: LayerFacts) -> str:
    taken, given = facts.input_shapes[0], facts.output_shape
    if kind == "conv2d":
        height, width = values["kernel"]
        weights = f"{values['channels']}·{taken[0] // values['groups']}·{height}·{width}"
        return f"{weights} + {values['channels']}" if values["bias"] else weights
    if kind == "dense":
        return f"{values['units']}·{taken[-1]}" + (f" + {values['units']}" if values["bias"] else "")
    if kind == "maxout":
        lines = f"{values['pieces']}·{values['units']}"
        return f"{lines}·{taken[-1]}" + (f" + {lines}" if values["bias"] else "")
    if kind == "embedding":
        return f"{values['vocabulary']}·{values['features']}"
    if kind == "positions":
        return f"{given[0]}·{given[1]}"
    if kind == "self_attention":
        return f"4·{taken[1]}·{taken[1]}" + (f" + 4·{taken[1]}" if values["bias"] else "")
    if kind in _GATES:
        return _recurrent_sum(kind, values, taken[1])
    if kind == "batch_norm" or (kind == "layer_norm" and facts.parameters % 2 == 0):
        return f"2·{facts.parameters // 2}"
    return ""


def _recurrent_sum(kind: str, values: Values, incoming: int) -> str:
    hidden, directions = values["hidden"], 2 if values["bidirectional"] else 1
    ways = "2·" if directions == 2 else ""
    parts = []
    for number in range(values["layers"]):
        source = incoming if number == 0 else hidden * directions
        biases = " + 2" if values["bias"] else ""
        parts.append(f"{ways}{_GATES[kind]}·{hidden}·({source} + {hidden}{biases})")
    return " + ".join(parts) if len(parts) <= 3 else ""


def _flop_product(kind: str, values: Values, facts: LayerFacts) -> str:
    taken, given = facts.input_shapes[0], facts.output_shape
    if kind == "conv2d":
        height, width = values["kernel"]
        window = f"{taken[0] // values['groups']}·{height}·{width}"
        return f"2·{window}·{given[0]}·{given[1]}·{given[2]}"
    if kind == "dense":
        rows = "".join(f"{size}·" for size in given[:-1])
        return f"2·{rows}{taken[-1]}·{given[-1]}"
    if kind == "maxout":
        rows = "".join(f"{size}·" for size in given[:-1])
        return f"2·{rows}{taken[-1]}·{values['pieces']}·{values['units']}"
    if kind == "self_attention":
        steps, features = taken
        return f"2·{steps}·4·{features}·{features} + 4·{steps}·{steps}·{features}"
    return ""


def _incoming(shapes: tuple[Shape, ...], sources: tuple[str, ...]) -> str:
    if len(sources) != len(shapes):
        return " and ".join(shape_text(shape) for shape in shapes)
    return " and ".join(f"{shape_text(shape)} from {source}" for shape, source in zip(shapes, sources, strict=True))


def _elements(shape: Shape) -> str:
    return f", {count_text(math.prod(shape))} numbers" if len(shape) > 1 else ""


def _settings(kind: LayerKind, values: Values) -> str:
    """The parameters that differ from their defaults or must be stated, as a person says them."""
    parts = []
    for spec in kind.parameters:
        value = values.get(spec.name)
        default = (
            (spec.default, spec.default) if spec.type == "pair" and isinstance(spec.default, int) else spec.default
        )
        if spec.required or value != default:
            parts.append(f"{spec.title.lower()} {_value_text(spec, value)}")
    return ", ".join(parts)


def _value_text(spec: ParameterSpec, value: Any) -> str:
    if spec.type == "pair" and value is not None:
        return pair_text(value)
    if spec.type == "shape":
        return shape_text(tuple(value))
    if spec.type == "numbers" and isinstance(value, tuple | list):
        return f"of {len(value)} numbers"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count_text(value) if value >= 10_000 else str(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _values(kind: LayerKind, layer: Layer) -> Values:
    """The layer's values with defaults filled in; of a broken layer, what it says itself."""
    try:
        return read_values(kind, layer)
    except NetworkError:
        return dict(layer.parameters)


def totals_sentences(title: str, layers: int, parameters: int, flops: int) -> tuple[str, ...]:
    """The strip under a drawing, from "LeNet-5 · 13 layers · 61,706 parameters · 833 kFLOP per sample" to "61,706 parameters"."""
    work = f" · {flops_text(flops)} per sample" if flops else ""
    count, cards = counted(parameters, "parameter"), counted(layers, "layer")
    return f"{title} · {cards} · {count}{work}", f"{cards} · {count}", count
