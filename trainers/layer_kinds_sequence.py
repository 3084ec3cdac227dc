"""Layer kinds for sequences (steps, features): embedding, positions, recurrent, LSTM, GRU, self-attention. No torch."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from trainers.layer_kind import Call, LayerKind, Misfit, Outcome, ParameterSpec, Reason, Site, stateless, what_it_is
from trainers.network_graph import Shape

# Per recurrent kind: gates, so weight rows per hidden unit; element-wise operations per hidden unit and step.
_GATES = {"recurrent": (1, 7), "lstm": (4, 30), "gru": (3, 25)}
_CLASSES = {"recurrent": "RNN", "lstm": "LSTM", "gru": "GRU"}


def _needs_sequence(site: Site) -> tuple[int, int]:
    if len(site.shape) != 2:
        if len(site.shape) == 3:
            channels, height, width = site.shape
            fix = f"Put a reshape layer in front, for example {channels * height}×{width}: one step a row."
        else:
            fix = "Put a reshape layer in front, or let an embedding lead into it."
        raise Misfit(f"takes sequences (steps×features), but gets {what_it_is(site.shape)}", fix)
    return site.shape[0], site.shape[1]


def _embedding(site: Site) -> Outcome:
    if len(site.shape) != 1:
        raise Misfit(f"takes a row of whole numbers (words), but gets {what_it_is(site.shape)}", "Flatten it first.")
    features = site.values["features"]
    return Outcome((site.shape[0], features), site.values["vocabulary"] * features)


def _embedding_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(f"{output[1]} features") if axis else Reason(through=(0, 0))


def _recurrent(kind: str, site: Site) -> Outcome:
    steps, incoming = _needs_sequence(site)
    values = site.values
    hidden, layers, directions = values["hidden"], values["layers"], 2 if values["bidirectional"] else 1
    gates, operations = _GATES[kind]
    weights = biases = 0
    for layer in range(layers):
        source = incoming if layer == 0 else hidden * directions
        weights += directions * gates * hidden * (source + hidden)
        biases += directions * gates * hidden * 2
    width = hidden * directions
    shape = (steps, width) if values["output"] == "sequence" else (width,)
    work = steps * layers * directions * hidden * operations
    return Outcome(shape, weights + biases if values["bias"] else weights, 2 * steps * weights, work)


def _recurrent_reason(site: Site, output: Shape, axis: int) -> Reason:
    if axis < len(output) - 1:
        return Reason(through=(0, axis))
    hidden = site.values["hidden"]
    return Reason(f"2·{hidden} = {output[axis]}" if site.values["bidirectional"] else f"a hidden size of {hidden}")


def _recurrent_module(kind: str, site: Site) -> Call:
    values = site.values
    keywords: dict[str, Any] = {} if values["layers"] == 1 else {"num_layers": values["layers"]}
    if values.get("nonlinearity", "tanh") != "tanh":
        keywords["nonlinearity"] = values["nonlinearity"]
    if not values["bias"]:
        keywords["bias"] = False
    keywords["batch_first"] = True
    if values["bidirectional"]:
        keywords["bidirectional"] = True
    return Call(_CLASSES[kind], (site.shape[1], values["hidden"]), keywords)


def _self_attention(site: Site) -> Outcome:
    steps, features = _needs_sequence(site)
    heads = site.values["heads"]
    if features % heads:
        divisors = [number for number in range(1, min(features, 1024) + 1) if features % number == 0]
        nearest = sorted(divisors, key=lambda number: abs(number - heads))[:3]
        raise Misfit(
            f"splits {features} features among {heads} heads, which {heads} does not divide",
            f"Set heads to {' or '.join(str(number) for number in sorted(nearest))}.",
            blame=((0, 1),),
        )
    projections = 4 * features * features
    biases = 4 * features if site.values["bias"] else 0
    scores = steps * steps * features  # multiply-adds of queries with keys, and again of weights with values
    return Outcome(
        site.shape,
        projections + biases,
        2 * steps * projections + 4 * scores,
        heads * steps * steps * 5 + (4 * steps * features if biases else 0),
    )


def _self_attention_module(site: Site) -> Call:
    keywords = {} if site.values["bias"] else {"bias": False}
    return Call("MultiheadAttention", (site.shape[1], site.values["heads"]), {**keywords, "batch_first": True})


def _positions(site: Site) -> Outcome:
    steps, features = _needs_sequence(site)
    return Outcome(site.shape, steps * features, 0, steps * features)


def _mean_over_steps(site: Site) -> Outcome:
    steps, features = _needs_sequence(site)
    return Outcome((features,), elementwise_flops=math.prod((steps, features)))


def _recurrent_kind(key: str, title: str, tooltip: str) -> LayerKind:
    nonlinearity = ParameterSpec(
        "nonlinearity", "Nonlinearity", "choice", "tanh", "What bends the sum at every step.", choices=("tanh", "relu")
    )
    return LayerKind(
        key,
        title,
        "sequence",
        tooltip,
        partial(_recurrent, key),
        partial(_recurrent_module, key),
        (
            ParameterSpec(
                "hidden",
                "Hidden size",
                "integer",
                32,
                "Numbers that it carries from one step to the next.",
                minimum=1,
                maximum=65_536,
                required=True,
            ),
            ParameterSpec("layers", "Layers", "integer", 1, "Stacked one on the other.", minimum=1, maximum=64),
            ParameterSpec("bidirectional", "Both ways", "switch", False, "Reads the sequence backwards as well."),
            ParameterSpec(
                "output",
                "Gives",
                "choice",
                "last",
                "Its state at the end alone, or at every step.",
                choices=("last", "sequence"),
            ),
            ParameterSpec("bias", "Bias", "switch", True, "Adds learnt numbers to each gate."),
            *((nonlinearity,) if key == "recurrent" else ()),
        ),
        reason=_recurrent_reason,
    )


SEQUENCE_KINDS = (
    LayerKind(
        "embedding",
        "Embedding",
        "sequence",
        "Looks up a learnt row of numbers for each word, given as whole numbers from 0.",
        _embedding,
        lambda site: Call("Embedding", (site.values["vocabulary"], site.values["features"])),
        (
            ParameterSpec(
                "vocabulary",
                "Vocabulary",
                "integer",
                1000,
                "How many different words there are.",
                minimum=1,
                maximum=10_000_000,
                unit="words",
                required=True,
            ),
            ParameterSpec(
                "features",
                "Features",
                "integer",
                32,
                "Numbers learnt for each word.",
                minimum=1,
                maximum=65_536,
                required=True,
            ),
        ),
        reason=_embedding_reason,
    ),
    LayerKind(
        "positions",
        "Positions",
        "sequence",
        "Adds a learnt row of numbers to each step, so that attention can tell first from last.",
        _positions,
        lambda site: Call("Positions", site.shape),
    ),
    _recurrent_kind(
        "recurrent", "Recurrent", "Reads a sequence step by step and carries a state that it bends at each."
    ),
    _recurrent_kind("lstm", "LSTM", "A recurrent layer with gates and a memory that can last over many steps."),
    _recurrent_kind("gru", "GRU", "A recurrent layer with two gates: simpler than an LSTM, much the same in effect."),
    LayerKind(
        "self_attention",
        "Self-attention",
        "sequence",
        "Lets every step look at all others and take from each as much as it finds fitting.",
        _self_attention,
        _self_attention_module,
        (
            ParameterSpec(
                "heads", "Heads", "integer", 4, "Ways of looking, side by side.", minimum=1, maximum=1024, required=True
            ),
            ParameterSpec("causal", "Causal", "switch", False, "Lets a step see only itself and those before it."),
            ParameterSpec("bias", "Bias", "switch", True, "Adds learnt numbers to its projections."),
        ),
    ),
    LayerKind(
        "mean_over_steps",
        "Mean over steps",
        "sequence",
        "Gives one vector for a whole sequence: the mean of its steps.",
        _mean_over_steps,
        stateless,
        reason=lambda site, output, axis: Reason(through=(0, 1)),
    ),
)
