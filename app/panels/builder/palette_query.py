"""Finding a layer kind by what is typed: "conv 6 5 padding=2" or "conv 6 5 pad 2" is a convolution with its numbers in their order,
and so is PyTorch's "nn.Conv2d(1, 6, 5, padding=2)". Imports no Qt."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.widgets.command_palette import match_rank
from trainers.layer_catalog import LAYER_KINDS
from trainers.layer_kind import LayerKind, ParameterSpec
from trainers.network_graph import Parameter

# Other words for a kind: how PyTorch, Keras and people call it.
_ALSO = {
    "input": "image sample data",
    "dense": "Linear fully connected fc",
    "conv2d": "conv Conv2d",
    "max_pool": "MaxPool2d max pool subsampling",
    "average_pool": "AvgPool2d mean pool subsampling",
    "adaptive_average_pool": "AdaptiveAvgPool2d global mean pool",
    "adaptive_max_pool": "AdaptiveMaxPool2d global max pool",
    "batch_norm": "BatchNorm2d BatchNorm1d normalise",
    "layer_norm": "LayerNorm normalise",
    "recurrent": "RNN",
    "gru": "GRU",
    "self_attention": "attention MultiheadAttention transformer",
    "embedding": "Embedding words tokens",
    "positions": "position embedding",
    "flatten": "Flatten view",
    "reshape": "Reshape Unflatten view",
    "transpose": "permute",
    "add": "sum residual skip shortcut plus",
    "concatenate": "concat cat join",
    "identity": "Identity nothing",
    "silu": "swish",
}
_COUNTS_INPUTS = {
    "conv2d",
    "dense",
    "batch_norm",
    "layer_norm",
    "recurrent",
    "lstm",
    "gru",
}  # in PyTorch, before all else
_CALL = re.compile(r"\s*(?:self\.\w+\s*=\s*)?(?:(?:torch\.)?nn\.)?(\w+)\s*\((.*?)\)?\s*")
_VALUE = re.compile(r"[-+]?\d[\d.eE×x*,+-]*|\w+=\S*")


class Found(NamedTuple):
    """A kind, and the parameters that were typed behind its name; `unused`: what was typed and is none of its parameters."""

    kind: LayerKind
    parameters: dict[str, Parameter]
    unused: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What was typed, said back: "channels 6, kernel 5; it takes no depth=3"."""
        taken = ", ".join(f"{name} {_shown(value)}" for name, value in self.parameters.items())
        refused = f"it takes no {', '.join(self.unused)}" if self.unused else ""
        return "; ".join(part for part in (taken, refused) if part)


def parts_of(query: str) -> list[str]:
    """Layers that are typed one behind the other, "conv 6 5, relu, dense 10"; commas among numbers and in brackets part nothing."""
    parts = re.split(r",(?![^(]*\))(?=\s*(?:[A-Za-z]|$))", query)
    return [part.strip() for part in parts if part.strip()]


def find(query: str) -> list[Found]:
    """The kinds that the typed words name, the best first; all of them, in the catalogue's order, for nothing typed."""
    call = _CALL.fullmatch(query)
    words, values, waiting = (call[1], _arguments(call[2]), "") if call else _split(query)
    ranked = []
    for number, kind in enumerate(LAYER_KINDS.values()):
        is_word = waiting and not any(_is_called(spec, waiting) for spec in kind.parameters)  # of the kind's own name
        rank = _rank(f"{words} {waiting}" if is_word else words, kind)
        if rank is not None:
            ranked.append((rank, number, kind))
    ranked.sort(key=lambda entry: entry[:2])
    skipped = _COUNTS_INPUTS if call else set()
    return [found_with(kind, _own(values) if kind.key in skipped else values) for _, _, kind in ranked]


def found_with(kind: LayerKind, values: list[str]) -> Found:
    """The kind with `values`: bare numbers in the order of its parameters, the others by the beginning of their names or titles."""
    bare = [spec for spec in kind.parameters if spec.type in ("integer", "number", "pair", "shape", "choice")]
    given: dict[str, Parameter] = {}
    if bare and bare[0].type == "shape":
        sizes = [number for value in values if "=" not in value for number in _numbers(value)]
        if sizes:
            given[bare[0].name] = tuple(int(size) for size in sizes)
        return Found(kind, given, tuple(value for value in values if "=" in value))
    unused = []
    for value in values:
        name, is_named, text = value.rpartition("=")
        if is_named:
            spec = next((spec for spec in kind.parameters if _is_called(spec, name.casefold())), None)
        else:
            spec = next((spec for spec in bare if spec.name not in given), None)
        if spec is None:
            unused.append(value)
        elif text:
            given[spec.name] = _read(spec, text)
    return Found(kind, given, tuple(unused))


def _is_called(spec: ParameterSpec, name: str) -> bool:
    name = name.removesuffix("_size").removeprefix("out_")  # PyTorch's kernel_size, out_channels
    return spec.name.startswith(name) or spec.title.casefold().startswith(name)


def _arguments(text: str) -> list[str]:
    """What stands between the brackets of PyTorch: "1, 6, (3, 5), padding=2" as typed values."""
    pairs = re.sub(r"\(\s*(\d+)\s*,\s*(\d+)\s*\)?", r"\1×\2", text)
    return [part for part in re.sub(r"\s*=\s*", "=", pairs).replace(",", " ").split() if part]


def _own(values: list[str]) -> list[str]:
    """Without the first bare number: how many inputs there are, the drawing knows."""
    first = next((number for number, value in enumerate(values) if "=" not in value), len(values))
    return values[:first] + values[first + 1 :]


def _split(query: str) -> tuple[str, list[str], str]:
    """The words, the values, and a name that still waits for its value: "pad" in "conv 6 5 pad"."""
    words: list[str] = []
    values: list[str] = []
    name = ""
    for part in query.split():
        if _VALUE.fullmatch(part) is not None and words:
            values.append(f"{name}={part}" if name and "=" not in part else part)
            name = ""
        elif values and not name and part.isalpha():
            name = part
        else:
            words.append(part)
    return " ".join(words), values, name.casefold()


def _rank(words: str, kind: LayerKind) -> tuple[int, int] | None:
    """How well: the key or the whole title first, then beginnings, then what else it is called; shorter titles before longer."""
    if not words:
        return 0, 0
    plain = words.casefold()
    if plain in (kind.key, kind.title.casefold()) or plain in _ALSO.get(kind.key, "").casefold().split():
        return 0, len(kind.title)
    best: int | None = None
    for penalty, text in ((1, kind.title), (1, kind.key.replace("_", " ")), (3, _ALSO.get(kind.key, ""))):
        rank = match_rank(words, text) if text else None
        if rank is not None and rank < 3:
            best = min(rank + penalty, best if best is not None else 99)
    return (best, len(kind.title)) if best is not None else None


def _read(spec: ParameterSpec, text: str) -> Parameter:
    """The typed value; whether the kind allows it is for the edit to say."""
    if spec.type == "switch":
        return text.casefold() in ("yes", "true", "on", "1")
    if spec.type in ("choice", "text"):
        return text
    numbers = _numbers(text)
    if not numbers:
        return text
    if spec.type in ("pair", "shape") and len(numbers) > 1:
        return tuple(numbers)
    return numbers[0]


def _numbers(text: str) -> list[int | float]:
    found: list[int | float] = []
    for part in re.split(r"[×x*,]", text):
        try:
            number = float(part)
        except ValueError:
            continue
        found.append(int(number) if number.is_integer() and "e" not in part.lower() and "." not in part else number)
    return found


def _shown(value: Parameter) -> str:
    return "×".join(str(size) for size in value) if isinstance(value, tuple) else str(value)
