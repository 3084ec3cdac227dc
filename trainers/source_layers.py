"""What torch.nn's classes are as layer kinds: their arguments as PyTorch documents them -> a Leaf. Imports neither torch nor the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trainers.activation_catalog import ACTIVATIONS
from trainers.network_graph import Parameter
from trainers.source_constants import as_pairs
from trainers.source_text import SourceError
from trainers.source_values import Container, Leaf, described, shown

REQUIRED = object()
Signature = tuple[tuple[str, Any], ...]
Given = dict[str, Any]
_EXTRA = ("device", "dtype")

_POOL = (("kernel_size", REQUIRED), ("stride", None), ("padding", 0))
MAX_POOL: Signature = (*_POOL, ("dilation", 1), ("return_indices", False), ("ceil_mode", False))
MAX_POOL_CALL: Signature = (*_POOL, ("dilation", 1), ("ceil_mode", False), ("return_indices", False))
AVERAGE_POOL: Signature = (*_POOL, ("ceil_mode", False), ("count_include_pad", True), ("divisor_override", None))
_RECURRENT: Signature = (
    ("input_size", REQUIRED),
    ("hidden_size", REQUIRED),
    ("num_layers", 1),
    ("bias", True),
    ("batch_first", False),
    ("dropout", 0.0),
    ("bidirectional", False),
)
_NORM: Signature = (("num_features", REQUIRED), ("eps", 1e-5), ("momentum", 0.1), ("affine", True), ("track_running_stats", True))  # fmt: skip
_SIGNATURES: dict[str, Signature] = {
    "Conv2d": (
        ("in_channels", REQUIRED), ("out_channels", REQUIRED), ("kernel_size", REQUIRED), ("stride", 1), ("padding", 0),
        ("dilation", 1), ("groups", 1), ("bias", True), ("padding_mode", "zeros"),
    ),
    "Linear": (("in_features", REQUIRED), ("out_features", REQUIRED), ("bias", True)),
    "LazyLinear": (("out_features", REQUIRED), ("bias", True)),
    "MaxPool2d": MAX_POOL,
    "AvgPool2d": AVERAGE_POOL,
    "AdaptiveAvgPool2d": (("output_size", REQUIRED),),
    "AdaptiveMaxPool2d": (("output_size", REQUIRED), ("return_indices", False)),
    "BatchNorm1d": _NORM,
    "BatchNorm2d": _NORM,
    "LayerNorm": (("normalized_shape", REQUIRED), ("eps", 1e-5), ("elementwise_affine", True), ("bias", True)),
    "Dropout": (("p", 0.5), ("inplace", False)),
    "Dropout2d": (("p", 0.5), ("inplace", False)),
    "Flatten": (("start_dim", 1), ("end_dim", -1)),
    "Unflatten": (("dim", REQUIRED), ("unflattened_size", REQUIRED)),
    "Embedding": (("num_embeddings", REQUIRED), ("embedding_dim", REQUIRED), ("padding_idx", None)),
    "RNN": (*_RECURRENT[:3], ("nonlinearity", "tanh"), *_RECURRENT[3:]),
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "MultiheadAttention": (
        ("embed_dim", REQUIRED), ("num_heads", REQUIRED), ("dropout", 0.0), ("bias", True), ("add_bias_kv", False),
        ("add_zero_attn", False), ("kdim", None), ("vdim", None), ("batch_first", False),
    ),
    "GLU": (("dim", -1),),
    "PReLU": (("num_parameters", 1), ("init", 0.25)),
}  # fmt: skip
CLASSES = {activation.torch_class: activation.key for activation in ACTIVATIONS.values()}


def bound(signature: Signature, positional: list[Any], keywords: dict[str, Any], what: str, line: int) -> Given:
    """Arguments by name, defaults filled in; raises SourceError for one too many, unknown or missing."""
    names = [name for name, _ in signature]
    if len(positional) > len(names):
        raise SourceError(f"{what} takes at most {len(names)} arguments, but gets {len(positional)}", line, "Take some away.")  # fmt: skip
    given: Given = dict(zip(names, positional, strict=False))
    for name, value in keywords.items():
        if name in _EXTRA:
            continue
        if name not in names:
            raise SourceError(f"{what} has no argument {name[:40]}", line, f"It has {', '.join(names)}.")
        given[name] = value
    for name, default in signature:
        if name not in given:
            if default is REQUIRED:
                raise SourceError(f"{what} does not say its {name}", line, f"Write {name}=….")
            given[name] = default
    return given


def activation_signature(key: str) -> Signature:
    """The arguments of an activation after its input, as in torch.nn and torch.nn.functional."""
    activation = ACTIVATIONS[key]
    if not activation.is_elementwise:
        return (("dim", None), ("_stacklevel", 3))
    last = () if key in ("gelu", "softplus", "softsign", "tanhshrink", "sigmoid", "tanh") else (("inplace", False),)
    return (
        *((spec.name, REQUIRED if activation.states_all else spec.default) for spec in activation.parameters),
        *last,
    )


def parameter(value: Any, name: str, line: int) -> Parameter:
    """A constant that a layer can hold; lists become tuples."""
    if isinstance(value, list | tuple) and value and all(type(one) in (int, float) for one in value):
        return tuple(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise SourceError(f"{name} is {described(value)}, but must be a plain number", line, "Write the number itself.")


def made(title: str, positional: list[Any], keywords: dict[str, Any], line: int) -> Leaf | Container | None:
    """A module of torch.nn by its class's name; None for a class that is no layer kind."""
    if title in ("Sequential", "ModuleList", "ModuleDict"):
        return _container(title, positional, line)
    if title in _MAKERS:
        given = bound(_SIGNATURES[title], positional, keywords, f"nn.{title}", line)
        leaf = _MAKERS[title](given, title, line)
    elif title == "Identity":
        leaf = Leaf("identity", title, {}, line)
    elif title in CLASSES:
        key = CLASSES[title]
        signature = _SIGNATURES["PReLU"] if key == "prelu" else activation_signature(key)
        given = bound(signature, positional, keywords, f"nn.{title}", line)
        leaf = _activation(key, given, title, line)
    else:
        return None
    leaf.has_weights = title in _WEIGHTY
    return leaf


_WEIGHTY = (
    "Conv2d", "Linear", "LazyLinear", "BatchNorm1d", "BatchNorm2d", "LayerNorm", "Embedding", "RNN", "LSTM", "GRU", "MultiheadAttention", "PReLU",
)  # fmt: skip


def _container(kind: str, positional: list[Any], line: int) -> Container:
    if len(positional) == 1 and isinstance(positional[0], dict):
        children = {str(name): child for name, child in as_pairs(positional[0], line)}
    elif kind == "ModuleList":
        given = positional[0] if positional else []
        modules = list(given.children.values()) if isinstance(given, Container) else given
        if not isinstance(modules, list | tuple):
            raise SourceError(f"nn.ModuleList gets {described(given)}", line, "Give it a list of modules.")
        children = {str(index): child for index, child in enumerate(modules)}
    elif kind == "ModuleDict" and positional:
        children = {str(name): child for name, child in as_pairs(positional[0], line)}
    else:
        children = {str(index): child for index, child in enumerate(positional)}
    return Container(kind, children, line)


def _activation(key: str, given: Given, title: str, line: int) -> Leaf:
    if key == "prelu" and given["num_parameters"] != 1:
        raise SourceError("nn.PReLU with a slope for each channel is no layer kind", line, "Give it one slope.")
    specs = ACTIVATIONS[key].parameters
    leaf = Leaf(key, title, {spec.name: parameter(given[spec.name], spec.name, line) for spec in specs}, line)
    if "dim" in given:
        leaf.extra["dim"] = given["dim"]
    return leaf


def refuse(given: Given, line: int, what: str, **usual: Any) -> None:
    """Raise SourceError where an argument that no layer kind has is not as usual."""
    for name, value in usual.items():
        if given[name] != value:
            raise SourceError(
                f"{what} with {name}={shown(given[name])} is no layer kind here", line, f"Leave {name} out."
            )


def _conv2d(given: Given, title: str, line: int) -> Leaf:
    refuse(given, line, "nn.Conv2d", padding_mode="zeros")
    padding = given["padding"]
    if padding == "valid":
        padding = 0
    elif padding == "same":
        padding = _same_padding(given, line)
    values = {
        "channels": given["out_channels"],
        "kernel": given["kernel_size"],
        "stride": given["stride"],
        "padding": padding,
        "dilation": given["dilation"],
        "groups": given["groups"],
        "bias": given["bias"],
        "inputs": given["in_channels"],
    }
    return Leaf("conv2d", title, {name: parameter(value, name, line) for name, value in values.items()}, line)


def _same_padding(given: Given, line: int) -> tuple[int, ...]:
    sizes = []
    for axis in (0, 1):
        kernel, dilation = (
            value[axis] if isinstance(value, list | tuple) and len(value) == 2 else value
            for value in (given["kernel_size"], given["dilation"])
        )
        if type(kernel) is not int or type(dilation) is not int or dilation * (kernel - 1) % 2:
            raise SourceError("padding='same' pads the two sides unlike here", line, "Choose an odd kernel_size.")
        sizes.append(dilation * (kernel - 1) // 2)
    return tuple(sizes)


def _linear(given: Given, title: str, line: int) -> Leaf:
    values = {"units": given["out_features"], "bias": given["bias"]}
    if "in_features" in given:
        values["inputs"] = given["in_features"]
    return Leaf("dense", title, {name: parameter(value, name, line) for name, value in values.items()}, line)


def pool(given: Given, kind: str, line: int) -> tuple[dict[str, Parameter], bool]:
    """The parameters of a pooling layer, and whether it rounds its size up in a way that no layer kind does."""
    what = "max pooling" if kind == "max_pool" else "average pooling"
    if kind == "max_pool":
        refuse(given, line, what, return_indices=False)
    else:
        refuse(given, line, what, divisor_override=None)
        if given["padding"] not in (0, (0, 0), [0, 0]):
            refuse(given, line, what, count_include_pad=True)
    names = {"kernel": "kernel_size", "stride": "stride", "padding": "padding"}
    names |= {"dilation": "dilation"} if kind == "max_pool" else {}
    values = {name: parameter(given[theirs], theirs, line) for name, theirs in names.items()}
    rounds_up = bool(given["ceil_mode"])
    if kind == "max_pool":
        return (values | {"ceil": True} if rounds_up else values), False
    return values, rounds_up


def _pool(given: Given, title: str, line: int) -> Leaf:
    kind = "max_pool" if title == "MaxPool2d" else "average_pool"
    values, rounds_up = pool(given, kind, line)
    leaf = Leaf(kind, title, values, line)
    leaf.extra["ceil_mode"] = rounds_up
    return leaf


def _adaptive(given: Given, title: str, line: int) -> Leaf:
    kind = "adaptive_average_pool" if title == "AdaptiveAvgPool2d" else "adaptive_max_pool"
    return Leaf(kind, title, {"size": parameter(given["output_size"], "output_size", line)}, line)


def _batch_norm(given: Given, title: str, line: int) -> Leaf:
    refuse(given, line, f"nn.{title}", track_running_stats=True)
    values = {name: parameter(given[name], name, line) for name in ("eps", "momentum", "affine")}
    return Leaf("batch_norm", title, values, line, (3 if title == "BatchNorm2d" else 1, given["num_features"]))


def _layer_norm(given: Given, title: str, line: int) -> Leaf:
    refuse(given, line, "nn.LayerNorm", bias=True)
    shape = parameter(given["normalized_shape"], "normalized_shape", line)
    stated = shape if isinstance(shape, tuple) else (shape,)
    values = {"eps": parameter(given["eps"], "eps", line), "affine": bool(given["elementwise_affine"])}
    return Leaf("layer_norm", title, values, line, stated)


def _dropout(given: Given, title: str, line: int) -> Leaf:
    return Leaf("dropout", title, {"p": parameter(given["p"], "p", line)}, line)


def _reshaping(given: Given, title: str, line: int) -> Leaf:
    """Which layer it is depends on the shape that comes in: see source_calls."""
    leaf = Leaf("flatten" if title == "Flatten" else "reshape", title, {}, line)
    leaf.extra = dict(given)
    return leaf


def _embedding(given: Given, title: str, line: int) -> Leaf:
    refuse(given, line, "nn.Embedding", padding_idx=None)
    values = {"vocabulary": given["num_embeddings"], "features": given["embedding_dim"]}
    return Leaf("embedding", title, {name: parameter(value, name, line) for name, value in values.items()}, line)


def _recurrent(given: Given, title: str, line: int) -> Leaf:
    refuse(given, line, f"nn.{title}", dropout=0.0)
    if given["batch_first"] is not True:
        raise SourceError(f"nn.{title} without batch_first=True takes steps before samples", line, "Write batch_first=True.")  # fmt: skip
    values = {
        "hidden": given["hidden_size"],
        "layers": given["num_layers"],
        "bias": given["bias"],
        "bidirectional": given["bidirectional"],
        "output": "sequence",
    }
    if title == "RNN":
        values["nonlinearity"] = given["nonlinearity"]
    kind = {"RNN": "recurrent", "LSTM": "lstm", "GRU": "gru"}[title]
    values = {name: parameter(value, name, line) for name, value in values.items()}
    return Leaf(kind, title, values, line, (given["input_size"],))


def _attention(given: Given, title: str, line: int) -> Leaf:
    refuse(given, line, "nn.MultiheadAttention", dropout=0.0, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None)  # fmt: skip
    if given["batch_first"] is not True:
        raise SourceError("nn.MultiheadAttention without batch_first=True takes steps before samples", line, "Write batch_first=True.")  # fmt: skip
    values = {"heads": parameter(given["num_heads"], "num_heads", line), "bias": bool(given["bias"])}
    return Leaf("self_attention", title, values, line, (given["embed_dim"],))


def _glu(given: Given, title: str, line: int) -> Leaf:
    leaf = Leaf("glu", title, {}, line)
    leaf.extra["dim"] = given["dim"]
    return leaf


_MAKERS: dict[str, Callable[[Given, str, int], Leaf]] = {
    "Conv2d": _conv2d,
    "Linear": _linear,
    "LazyLinear": _linear,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "AdaptiveAvgPool2d": _adaptive,
    "AdaptiveMaxPool2d": _adaptive,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "LayerNorm": _layer_norm,
    "Dropout": _dropout,
    "Dropout2d": _dropout,
    "Flatten": _reshaping,
    "Unflatten": _reshaping,
    "Embedding": _embedding,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "MultiheadAttention": _attention,
    "GLU": _glu,
}
