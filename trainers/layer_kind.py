"""What a layer kind is: its parameters, shape rule, counts and PyTorch line, and how given parameters are checked.

Plain Python: knows neither torch nor any one kind of layer (those are in layer_kinds_*.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NoReturn, cast

import msgspec

from trainers.network_graph import Layer, NetworkError, Parameter, Shape, near_matches

Values = dict[str, Any]
Group = Literal["input", "weights", "image", "sequence", "shape", "regularise", "activation", "merge"]
Type = Literal["integer", "number", "switch", "choice", "pair", "shape", "text", "numbers"]

MAX_ELEMENTS = 2**27  # numbers that one layer may give for one sample: 512 MB in single precision


class ParameterSpec(msgspec.Struct, frozen=True):
    """One parameter of a layer kind, with what a form shows and a file may hold.

    type: "pair" is one whole number for both axes, or two (height, width); "shape" is one to four whole numbers;
    "text" has at most `maximum` letters; "numbers" is a list of them. minimum and maximum include their ends. optional: None is a value, and means what the tooltip says. required: a file must state
    it (a new layer in the builder starts with `default`).
    """

    name: str
    title: str
    type: Type
    default: Parameter
    tooltip: str
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()
    unit: str = ""
    optional: bool = False
    required: bool = False

    @property
    def range_text(self) -> str:
        """The values that are allowed, in words: "from 1 to 512", "relu or tanh"."""
        if self.type == "choice":
            return " or ".join(self.choices)
        if self.type == "switch":
            return "true or false"
        if self.type == "text":
            return f"of at most {self.maximum:g} letters"
        low, high = (f"{bound:,.10g}" for bound in (self.minimum, self.maximum))
        if math.isinf(self.maximum):
            return "any finite number" if math.isinf(self.minimum) else f"at least {low}"
        return f"from {low} to {high}"


class Site(msgspec.Struct):
    """Where a shape rule works: one layer, its checked values (pairs as two numbers), and the shapes that come in."""

    name: str
    values: Values
    inputs: tuple[Shape, ...]

    @property
    def shape(self) -> Shape:
        """The first, mostly only, input shape."""
        return self.inputs[0]


class Outcome(msgspec.Struct):
    """What a layer does to one sample.

    flops: 2 per multiply-add of convolutions, dense, attention and recurrent layers, as torch.utils.flop_counter counts
    (biases left out); elementwise_flops: everything else, an exponential counted as one operation.
    reach: (kernel height, width, stride height, width) of a window that slides, dilation included.
    """

    shape: Shape
    parameters: int = 0
    flops: int = 0
    elementwise_flops: int = 0
    reach: tuple[int, int, int, int] | None = None


class Reason(msgspec.Struct):
    """Why one axis of an output has its size. text: the arithmetic ("" passes on); through: (input, axis) to ask next."""

    text: str = ""
    through: tuple[int, int] | None = None


class Call(msgspec.Struct):
    """How PyTorch builds or applies a layer: `name(*positional, **keywords)`; name in torch.nn, or one of torch_network's."""

    name: str
    positional: tuple[Any, ...] = ()
    keywords: dict[str, Any] = {}


class Misfit(Exception):
    """Raised by a shape rule: the problem, which (input, axis) sizes it should trace back, and what could be done.

    wanted: (input, shape) that would have fitted; with it the catalogue looks for a padding that gives it.
    """

    def __init__(
        self,
        problem: str,
        fix: str | None = None,
        blame: tuple[tuple[int, int], ...] = (),
        wanted: int | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix
        self.blame = blame
        self.wanted = wanted


def _pass_on(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(through=(0, axis))


def stateless(site: Site) -> None:
    """`LayerKind.module` of kinds that hold neither weights nor state."""
    return


class LayerKind(msgspec.Struct, frozen=True):
    """One kind of layer. key: as in files; tooltip: what it does to what passes through; inputs: least and most links into it.

    rule: the shape rule and counts, raising Misfit; reason: why an axis has its size; module: the torch.nn class that holds
    its weights or state (None for layers without); is_elementwise: each output depends on the input in its own place alone.
    """

    key: str
    title: str
    group: Group
    tooltip: str
    rule: Callable[[Site], Outcome]
    module: Callable[[Site], Call | None]
    parameters: tuple[ParameterSpec, ...] = ()
    inputs: tuple[int, int] = (1, 1)
    reason: Callable[[Site, Shape, int], Reason] = _pass_on
    is_elementwise: bool = False


def shape_text(shape: Shape) -> str:
    """(16, 5, 5) as 16×5×5; a vector's (10,) as 10."""
    return "×".join(str(size) for size in shape)


def product_text(shape: Shape) -> str:
    """(16, 5, 5) as '16·5·5 = 400'; (10,) as '10'."""
    total = math.prod(shape)
    return f"{'·'.join(str(size) for size in shape)} = {total}" if len(shape) > 1 else str(total)


def what_it_is(shape: Shape) -> str:
    """A shape in words: 'pictures of 1×28×28', 'vectors of 10 numbers', 'sequences of 7 steps of 12 numbers'."""
    if len(shape) == 1:
        return f"vectors of {shape[0]} numbers"
    if len(shape) == 2:
        return f"sequences of {shape[0]} steps of {shape[1]} numbers"
    if len(shape) == 3:
        return f"pictures of {shape_text(shape)}"
    return f"blocks of {shape_text(shape)}"


def read_values(kind: LayerKind, layer: Layer) -> Values:
    """The layer's parameters checked against its kind's, defaults filled in, pairs as two numbers; raises NetworkError."""
    given = layer.parameters
    values: Values = {}
    known = 0
    for spec in kind.parameters:
        name = spec.name
        if name in given:
            known += 1
            values[name] = _checked(spec, given[name], layer.name)
        elif spec.required:
            raise NetworkError(
                f"{layer.name} ({kind.title}) does not say its {name}.",
                layer=layer.name,
                fix=f"Set {name}, for example to {_shown(spec.default)}.",
            )
        else:
            default = spec.default
            values[name] = (default, default) if spec.type == "pair" and isinstance(default, int) else default
    if known != len(given):
        _refuse_unknown(kind, layer)
    return values


def checked_parameter(kind: LayerKind, layer: str, name: str, value: Parameter) -> Any:
    """One parameter of a layer, checked and in the form that rules work with; raises NetworkError."""
    spec = next((spec for spec in kind.parameters if spec.name == name), None)
    if spec is None:
        _refuse_unknown(kind, Layer(layer, kind.key, {name: value}))
    return _checked(spec, value, layer)


def _refuse_unknown(kind: LayerKind, layer: Layer) -> NoReturn:
    names = [spec.name for spec in kind.parameters]
    unknown = next(name for name in layer.parameters if name not in names)
    has = f"It has {', '.join(names)}." if names else "It has none."
    raise NetworkError(
        f"{layer.name} ({kind.title}) has no parameter {unknown[:64]!r}.",
        layer=layer.name,
        fix=near_matches(unknown, names).strip() or has,
    )


def _checked(spec: ParameterSpec, value: Parameter, layer: str) -> Any:
    """One value in the form that rules work with; raises NetworkError naming layer, parameter, value and range."""
    if value is None and spec.optional:
        return None
    if spec.type == "integer":
        if type(value) is int and spec.minimum <= value <= spec.maximum:
            return value
    elif spec.type == "number":
        if type(value) in (int, float) and spec.minimum <= value <= spec.maximum:  # type: ignore[operator]  # NaN fails here
            return float(value)  # type: ignore[arg-type]
    elif spec.type == "switch":
        if isinstance(value, bool):
            return value
    elif spec.type in ("choice", "text"):
        if isinstance(value, str) and (value in spec.choices if spec.choices else len(value) <= spec.maximum):
            return value
    elif spec.type == "numbers":
        return _checked_numbers(spec, value, layer)
    else:
        return _checked_sizes(spec, value, layer)
    raise _out_of_range(spec, value, layer)


def _checked_numbers(spec: ParameterSpec, value: Parameter, layer: str) -> tuple[float, ...]:
    if not isinstance(value, tuple | list):
        raise _out_of_range(spec, value, layer)
    for number in value:
        if type(number) not in (int, float) or not spec.minimum <= number <= spec.maximum:  # NaN fails here
            raise _out_of_range(spec, number, layer)
    return tuple(map(float, value))


def _checked_sizes(spec: ParameterSpec, value: Parameter, layer: str) -> tuple[int, ...]:
    if type(value) is int:
        sizes: tuple[int | float, ...] = (value, value) if spec.type == "pair" else (value,)
    elif isinstance(value, tuple | list):
        sizes = tuple(value)
    else:
        raise _out_of_range(spec, value, layer)
    if not (len(sizes) == 2 if spec.type == "pair" else 1 <= len(sizes) <= 4):
        raise _out_of_range(spec, value, layer)
    for size in sizes:
        if type(size) is not int or not spec.minimum <= size <= spec.maximum:
            raise _out_of_range(spec, value, layer)
    return cast(tuple[int, ...], sizes)


def _out_of_range(spec: ParameterSpec, value: object, layer: str) -> NetworkError:
    words = {
        "integer": "a whole number ",
        "number": "a number ",
        "switch": "",
        "choice": "",
        "pair": "one whole number or two, each ",
        "shape": "one to four whole numbers, each ",
        "text": "a text ",
        "numbers": "a list of numbers, each ",
    }
    none = " (or null)" if spec.optional else ""
    fix = near_matches(value, spec.choices).strip() if isinstance(value, str) and spec.choices else ""
    return NetworkError(
        f"{layer}'s {spec.name} is {_shown(value)}, but it must be {words[spec.type]}{spec.range_text}{none}.",
        layer=layer,
        fix=fix or None,
    )


def _shown(value: object) -> str:
    """A value as JSON writes it, cut where it is too long to read."""
    if isinstance(value, bool | None):
        text = {True: "true", False: "false", None: "null"}[value]
    else:
        text = repr(list(value) if isinstance(value, tuple) else value)
    return text if len(text) <= 60 else text[:57] + "…"
