"""How each kind of layer is told from the others in a drawing: its family, colour token, short name and numbers. Imports no Qt."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from trainers.network_graph import Layer, Shape


class Family(NamedTuple):
    """A family of layers: its title for a person, its colour, and whether its card is slim (it shapes what flows, but has few or no weights)."""

    title: str
    color: str  # token of app.widgets.theme
    is_slim: bool


# Not series_0 and series_1: blue and orange mean negative and positive everywhere else.
FAMILIES: dict[str, Family] = {
    "input": Family("Input", "muted", False),
    "convolution": Family("Convolution", "series_5", False),
    "dense": Family("Dense", "series_3", False),
    "activation": Family("Activation", "series_2", True),
    "pooling": Family("Pooling", "series_4", True),
    "normalisation": Family("Normalisation", "series_7", True),
    "regularisation": Family("Regularisation", "series_7", True),
    "recurrent": Family("Recurrent", "series_6", False),
    "attention": Family("Attention", "series_6", False),
    "shape": Family("Shape", "muted", True),
    "merge": Family("Merge", "accent", True),
    "group": Family("Group", "accent", False),
    "other": Family("Layer", "muted", False),
}

_FAMILY_OF = {
    "input": "input",
    "group": "group",
    "conv2d": "convolution",
    "dense": "dense",
    "maxout": "dense",
    "max_pool": "pooling",
    "average_pool": "pooling",
    "adaptive_average_pool": "pooling",
    "adaptive_max_pool": "pooling",
    "batch_norm": "normalisation",
    "layer_norm": "normalisation",
    "dropout": "regularisation",
    "flatten": "shape",
    "reshape": "shape",
    "transpose": "shape",
    "mean_over_steps": "shape",
    "add": "merge",
    "concatenate": "merge",
    "embedding": "recurrent",
    "positions": "recurrent",
    "recurrent": "recurrent",
    "lstm": "recurrent",
    "gru": "recurrent",
    "self_attention": "attention",
}
_SHORT = {
    "conv2d": "conv",
    "max_pool": "max",
    "average_pool": "mean",
    "adaptive_average_pool": "mean to",
    "adaptive_max_pool": "max to",
    "batch_norm": "norm",
    "mean_over_steps": "mean",
    "concatenate": "concat",
    "recurrent": "RNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "self_attention": "attention",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "leaky ReLU",
    "prelu": "PReLU",
    "rrelu": "RReLU",
    "elu": "ELU",
    "celu": "CELU",
    "selu": "SELU",
    "gelu": "GELU",
    "glu": "GLU",
    "silu": "SiLU",
}


def family_of(kind: str) -> Family:
    """The family of a layer kind; what no other family names is an activation, as most kinds are."""
    return FAMILIES[_FAMILY_OF.get(kind, "activation")]


@lru_cache(maxsize=4096)
def shape_text(shape: Shape | None) -> str:
    """A shape as it is written on screen: 6×28×28; "?" where there is none."""
    return "×".join(str(size) for size in shape) if shape else "?"


def count_text(count: float) -> str:
    """A whole number with thousands separated: 61,706."""
    return f"{int(count):,}"


def counted(count: int, thing: str) -> str:
    """ "1 layer", "13 layers"."""
    return f"{count_text(count)} {thing}{'' if count == 1 else 's'}"


def short_count(count: float) -> str:
    """A count for a card: 61,706 stays, 61,100,840 becomes 61.1 M."""
    for limit, unit in ((1e9, "G"), (1e6, "M")):
        if count >= 0.9995 * limit:
            return f"{count / limit:.3g} {unit}"
    return count_text(count)


def flops_text(flops: float) -> str:
    """Floating-point operations of one sample's forward pass, with the unit: 833 kFLOP."""
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(flops) >= limit:
            return f"{flops / limit:.3g}\N{NO-BREAK SPACE}{unit}FLOP"
    return f"{int(flops)}\N{NO-BREAK SPACE}FLOP"


def pair_text(value: Any) -> str:
    """ "5×5" for 5 or (5, 5): a window as a person writes it."""
    height, width = value if isinstance(value, tuple | list) else (value, value)
    return f"{height}×{width}"


def short_label(layer: Layer) -> str:
    """What a layer does, in a word or two: "conv 5×5", "max 2×2", "ReLU", "dropout 0.5"."""
    word = _SHORT.get(layer.kind, layer.kind.replace("_", " "))
    given = layer.parameters
    if layer.kind == "group":
        return counted(int(str(given.get("layers", 0))), "layer")
    window = given.get("kernel", given.get("size"))
    if window is not None:
        word = f"{word} {pair_text(window)}"
    if layer.kind == "conv2d" and given.get("stride") not in (None, 1, (1, 1)):
        stride = given["stride"]
        word += f" /{stride[0] if isinstance(stride, tuple) else stride}"
    if layer.kind == "dropout":
        word += f" {given.get('p', 0.5):g}"
    return word
