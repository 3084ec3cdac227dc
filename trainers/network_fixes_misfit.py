"""Fixes for shapes that do not fit: what arrives is taken, brought into shape in front, or made otherwise further back.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from trainers.layer_catalog import LAYER_KINDS, paddings_that_give
from trainers.layer_kind import Site, product_text, shape_text
from trainers.network_edits import change_kind, remove_layers, set_parameters
from trainers.network_fixes_joint import add_drafts, concatenate_drafts
from trainers.network_fixes_place import Draft, Place, inserted
from trainers.network_graph import Arrangement, Link, NetworkGraph, Parameter, Shape

_SIZES = ("units", "channels", "hidden", "features")  # parameters that say how many features a layer gives


def misfit_drafts(place: Place) -> Iterator[Draft]:
    """Drafts for a layer whose shape rule refuses what comes in, the most natural first."""
    drafts = _BY_KIND.get(place.layer.kind)
    if drafts is not None:
        yield from drafts(place)


def _vector(place: Place) -> Iterator[Draft]:
    """Dense and maxout: flatten in front, the inputs that arrive, or another size further back."""
    shape, graph, name = place.shape_of(place.sources[0]), place.graph, place.name
    stated = place.layer.parameters.get("inputs")
    incoming = shape[-1]
    if len(shape) > 2:
        incoming = math.prod(shape)
        flattened = partial(inserted, graph, Link(place.sources[0], name), "flatten")
        if stated is None or stated == incoming:
            yield Draft(f"Put a flatten layer in front of {name} ({product_text(shape)}).", flattened)
            return
        yield Draft(
            f"Put a flatten layer in front of {name} and set its inputs to {incoming:,}.",
            lambda: set_parameters(flattened(), name, {"inputs": incoming}),
        )
        return
    yield _set(place, "inputs", incoming)
    if isinstance(stated, int):
        yield from _paddings(place, stated)
        yield from _more_features(place, place.sources[0], len(shape) - 1, (stated,))


def _paddings(place: Place, wanted: int) -> Iterator[Draft]:
    """Paddings of convolutions in front with which what arrives would fit."""
    facts = place.diagnosis.facts
    wiring = place.diagnosis.wiring
    ahead = (*facts, place.name)
    arranged = Arrangement(ahead, wiring.sources, wiring.layers, wiring.input_name, "")
    for changed, padding in paddings_that_give(wanted, place.name, facts, arranged):
        yield Draft(
            f"Set {changed}'s padding to {padding}.",
            partial(set_parameters, place.graph, changed, {"padding": padding}),
        )


def _more_features(place: Place, source: str, axis: int, sizes: tuple[int, ...]) -> Iterator[Draft]:
    """The layer further back that says how large an axis is, told to make it one of these sizes."""
    maker = _maker(place, source, axis)
    if maker is not None:
        name, key = maker
        for size in sizes:
            yield Draft(f"Set {name}'s {key} to {size:,}.", partial(set_parameters, place.graph, name, {key: size}))


def _maker(place: Place, name: str, axis: int) -> tuple[str, str] | None:
    """The layer and its parameter that give an axis its size, behind those that only pass it on."""
    facts = place.diagnosis.facts
    while True:
        made = facts[name]
        kind = LAYER_KINDS[made.kind]
        key = next((key for key in _SIZES if key in made.values), None)
        feature_axis = 0 if len(made.output_shape) == 3 else len(made.output_shape) - 1
        if key is not None and axis == feature_axis:
            return name, key
        reason = kind.reason(Site(name, made.values, made.input_shapes), made.output_shape, axis)
        if reason.text or reason.through is None:
            return None
        index, axis = reason.through
        name = made.sources[index]


def _convolution(place: Place) -> Iterator[Draft]:
    shape = place.shape_of(place.sources[0])
    if len(shape) != 3:
        yield from _picture_in_front(place, shape)
        return
    stated, groups = place.layer.parameters.get("inputs"), place.layer.parameters.get("groups", 1)
    if stated is not None and stated != shape[0]:
        yield _set(place, "inputs", shape[0])
        if isinstance(stated, int):
            yield from _more_features(place, place.sources[0], 0, (stated,))
            yield Draft(
                f"Put a 1×1 convolution with {stated} channel{'s' * (stated != 1)} in front of {place.name}.",
                partial(inserted, place.graph, Link(place.sources[0], place.name), "conv2d", channels=stated, kernel=1),
            )
    if isinstance(groups, int) and groups > 1:
        channels = place.layer.parameters.get("channels", 1)
        common = math.gcd(shape[0], channels) if isinstance(channels, int) else 1
        divisors = [number for number in range(1, min(common, 4096) + 1) if common % number == 0]
        for number in sorted(divisors, key=lambda number: abs(number - groups))[:3]:
            yield _set(place, "groups", number)
        if groups == shape[0]:
            yield _set(place, "channels", groups)
    yield from _window(place)


def _pooling(place: Place) -> Iterator[Draft]:
    shape = place.shape_of(place.sources[0])
    if len(shape) != 3:
        yield from _picture_in_front(place, shape)
        return
    kernel = _pair(place.layer.parameters.get("kernel", 1))
    yield _set(place, "padding", tuple(size // 2 for size in kernel))
    yield _set(place, "padding", 0)
    yield from _window(place)


def _window(place: Place) -> Iterator[Draft]:
    """A window that is larger than its picture: smaller, padded, or the picture not shrunk in front."""
    parameters, shape = place.layer.parameters, place.shape_of(place.sources[0])
    kernel, padding = _pair(parameters.get("kernel", 1)), _pair(parameters.get("padding", 0))
    dilation = _pair(parameters.get("dilation", 1))
    room = [size + 2 * pad for size, pad in zip(shape[1:], padding, strict=True)]
    reach = [spread * (size - 1) + 1 for size, spread in zip(kernel, dilation, strict=True)]
    if all(one <= other for one, other in zip(reach, room, strict=True)):
        return
    yield _set(place, "kernel", tuple(min(size, space) for size, space in zip(kernel, room, strict=True)))
    if max(dilation) > 1:
        yield _set(place, "dilation", 1)
        yield Draft(
            f"Set {place.name}'s dilation to 1 and its kernel to {min(*kernel, *room)}.",
            partial(set_parameters, place.graph, place.name, {"dilation": 1, "kernel": min(*kernel, *room)}),
        )
    lacking = tuple(max(pad, -(-(far - size) // 2)) for far, size, pad in zip(reach, shape[1:], padding, strict=True))
    yield _set(place, "padding", lacking)
    facts = place.diagnosis.facts
    name = place.sources[0]
    for _ in range(40):
        made = facts[name]
        if made.kind in ("max_pool", "average_pool"):
            yield Draft(f"Remove {name}, which shrinks the picture.", partial(remove_layers, place.graph, [name]))
        if len(made.sources) != 1:
            break
        name = made.sources[0]


def _picture_in_front(place: Place, shape: Shape) -> Iterator[Draft]:
    """What no picture is, arranged as one; a flatten in front that undoes one goes."""
    source, graph = place.sources[0], place.graph
    if place.diagnosis.facts[source].kind == "flatten":
        yield Draft(f"Remove {source} in front of {place.name}.", partial(remove_layers, graph, [source]))
    total = math.prod(shape)
    stated = place.layer.parameters.get("inputs")
    channels = stated if isinstance(stated, int) and not isinstance(stated, bool) and stated > 0 else 1
    arranged: list[Shape] = []
    if total % channels == 0:
        side = math.isqrt(total // channels)
        if side * side * channels == total:
            arranged.append((channels, side, side))
        if len(shape) == 2 and channels == 1:
            arranged.append((1, *shape))
        arranged.append((channels, 1, total // channels))
    arranged.append((total, 1, 1))
    yield from _reshapes(place, dict.fromkeys(arranged))


def _reshapes(place: Place, shapes: Any) -> Iterator[Draft]:
    for shape in shapes:
        yield Draft(
            f"Put a reshape to {shape_text(shape)} in front of {place.name}.",
            partial(inserted, place.graph, Link(place.sources[0], place.name), "reshape", shape=shape),
        )


def _adaptive(place: Place) -> Iterator[Draft]:
    shape = place.shape_of(place.sources[0])
    if len(shape) != 3:
        yield from _picture_in_front(place, shape)
        return
    size = _pair(place.layer.parameters.get("size", 1))
    yield _set(place, "size", tuple(min(one, most) for one, most in zip(size, shape[1:], strict=True)))


def _batch_norm(place: Place) -> Iterator[Draft]:
    yield Draft(f"Make {place.name} a layer norm.", partial(change_kind, place.graph, place.name, "layer_norm"))
    yield _flatten_in_front(place)


def _embedding(place: Place) -> Iterator[Draft]:
    source, shape = place.sources[0], place.shape_of(place.sources[0])
    yield Draft(
        f"Set {source}'s shape to {math.prod(shape):,}.",
        partial(set_parameters, place.graph, source, {"shape": (math.prod(shape),)}),
    )


def _sequence(place: Place) -> Iterator[Draft]:
    """Recurrent layers, attention, positions, mean over steps, transpose: steps and features are wanted."""
    shape = place.shape_of(place.sources[0])
    if len(shape) == 2:
        if place.layer.kind == "self_attention":
            yield from _heads(place, shape[1])
        return
    if len(shape) == 1 and place.diagnosis.facts[place.sources[0]].kind == "flatten":
        yield Draft(
            f"Remove {place.sources[0]} in front of {place.name}.",
            partial(remove_layers, place.graph, [place.sources[0]]),
        )
    total, last = math.prod(shape), shape[-1]
    heads = place.layer.parameters.get("heads")
    arranged = [(total // last, last), (shape[0], total // shape[0])]
    if len(shape) == 1:
        side = math.isqrt(total)
        arranged = [(total // side, side)] if total % side == 0 else []
        arranged += [(total, 1), (1, total)]
    if isinstance(heads, int) and heads > 0 and total % heads == 0:
        arranged.append((total // heads, heads))
    yield from _reshapes(place, dict.fromkeys(arranged))


def _heads(place: Place, features: int) -> Iterator[Draft]:
    heads = place.layer.parameters.get("heads", 1)
    assert isinstance(heads, int)
    divisors = [number for number in range(1, min(features, 1024) + 1) if features % number == 0]
    for number in sorted(divisors, key=lambda number: abs(number - heads))[:2]:
        yield _set(place, "heads", number)
    up = -(-features // heads) * heads
    yield from _more_features(place, place.sources[0], 1, (up,))


def _reshape(place: Place) -> Iterator[Draft]:
    total = math.prod(place.shape_of(place.sources[0]))
    stated = place.layer.parameters.get("shape", ())
    shape = tuple(stated) if isinstance(stated, tuple | list) else (stated,)
    sizes = [size for size in shape if isinstance(size, int)]
    for axis in (*range(1, len(sizes)), 0):
        rest = math.prod(sizes) // sizes[axis]
        if total % rest == 0:
            yield _set(place, "shape", (*sizes[:axis], total // rest, *sizes[axis + 1 :]))
    yield _set(place, "shape", (*(1 for _ in sizes[1:]), total))


def _glu(place: Place) -> Iterator[Draft]:
    shape = place.shape_of(place.sources[0])
    axis = 0 if len(shape) == 3 else len(shape) - 1
    yield from _more_features(place, place.sources[0], axis, (shape[axis] + 1, max(shape[axis] - 1, 2)))


def _bounds(low: str, high: str) -> Callable[[Place], Iterator[Draft]]:
    """Activations between two bounds that stand the wrong way round."""

    def drafts(place: Place) -> Iterator[Draft]:
        values = {spec.name: spec.default for spec in LAYER_KINDS[place.layer.kind].parameters} | place.layer.parameters
        swapped: dict[str, Parameter] = {low: values[high], high: values[low]}
        yield Draft(
            f"Exchange {place.name}'s {low} and {high}.", partial(set_parameters, place.graph, place.name, swapped)
        )

    return drafts


def _default(key: str) -> Callable[[Place], Iterator[Draft]]:
    """What a person wrote and nobody can read, as it was at first."""

    def drafts(place: Place) -> Iterator[Draft]:
        spec = next(spec for spec in LAYER_KINDS[place.layer.kind].parameters if spec.name == key)
        yield Draft(
            f"Begin again with {spec.default if isinstance(spec.default, str) else 'the first curve'}.",
            partial(_begun_again, place.graph, place.name, key, spec.default),
        )

    return drafts


def _begun_again(graph: NetworkGraph, name: str, key: str, default: Parameter) -> NetworkGraph:
    changes: dict[str, Parameter] = {key: default}
    if key == "text":
        changes["constants"] = ""
    return set_parameters(graph, name, changes)


def _flatten_in_front(place: Place) -> Draft:
    return Draft(
        f"Put a flatten layer in front of {place.name}.",
        partial(inserted, place.graph, Link(place.sources[0], place.name), "flatten"),
    )


def _set(place: Place, key: str, value: Parameter) -> Draft:
    """One parameter of the layer itself set to what fits; two numbers that are equal as one."""
    if isinstance(value, tuple) and len(value) == 2 and value[0] == value[1] and key != "shape":
        value = value[0]
    shown = "×".join(map(str, value)) if isinstance(value, tuple) else f"{value:,}"
    return Draft(
        f"Set {place.name}'s {key} to {shown}.", partial(set_parameters, place.graph, place.name, {key: value})
    )


def _pair(value: Parameter) -> tuple[int, int]:
    """A checked pair as two whole numbers."""
    if isinstance(value, tuple | list):
        return int(value[0]), int(value[1])
    return (int(value), int(value)) if isinstance(value, int) else (1, 1)


_BY_KIND: dict[str, Callable[[Place], Iterator[Draft]]] = {
    "dense": _vector,
    "maxout": _vector,
    "conv2d": _convolution,
    "max_pool": _pooling,
    "average_pool": _pooling,
    "adaptive_average_pool": _adaptive,
    "adaptive_max_pool": _adaptive,
    "batch_norm": _batch_norm,
    "embedding": _embedding,
    **dict.fromkeys(
        ("recurrent", "lstm", "gru", "self_attention", "positions", "mean_over_steps", "transpose"), _sequence
    ),
    "reshape": _reshape,
    "glu": _glu,
    "hardtanh": _bounds("min_val", "max_val"),
    "rrelu": _bounds("lower", "upper"),
    "formula": _default("text"),
    "drawn": _default("knots"),
    "add": add_drafts,
    "concatenate": concatenate_drafts,
}
