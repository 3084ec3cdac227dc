"""What torch.*, torch.nn.functional.* and the methods of tensors are as layers while PyTorch source is read. No torch, no window."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from trainers.activation_catalog import ACTIVATIONS
from trainers.layer_kind import what_it_is
from trainers.network_graph import MAX_INPUTS
from trainers.source_layers import AVERAGE_POOL, MAX_POOL_CALL, REQUIRED, activation_signature, bound, parameter, pool
from trainers.source_modules import (
    WHOLE_MAPS,
    as_maxout,
    as_tensor,
    both_ends,
    check_axis,
    check_rounding,
    filled,
    flattened,
    known_shape,
    laid_flat,
    last_step,
    unflattened,
    with_positions,
)
from trainers.source_recorder import FirstMeets, Recorder
from trainers.source_text import SourceError
from trainers.source_values import FLAT, LeafWeight, Special, Tensor, TensorShape, TensorView, described, shown

Given = list[Any]
Named = dict[str, Any]
_PASSED = ("contiguous", "clone", "float", "long", "to", "cuda", "cpu", "half", "double", "type_as", "requires_grad_")
_F = "torch.nn.functional"
_FUNCTIONAL = ("glu", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d")
_TORCH = (
    "relu", "sigmoid", "tanh", "softmax", "log_softmax", "selu", "celu", "hardshrink", "threshold", "flatten", "reshape", "squeeze",
    "unsqueeze", "transpose", "permute", "swapaxes", "mean", "amax", "cat", "concat", "concatenate", "add", "unflatten",
)  # fmt: skip
_NO_FUNCTION = ("prelu", "rrelu")  # in torch.nn.functional these want weights, or draw numbers


def function(recorder: Recorder, path: str, given: Given, named: Named, line: int) -> Any:
    """torch.relu(x), F.max_pool2d(x, 2) ...; raises SourceError for one that is not understood."""
    name = path.rpartition(".")[2].removesuffix("_")
    first = named.pop("input", None) or named.pop("tensors", None)
    if first is not None:
        given = [first, *given]
    if path.startswith("torch.nn.functional.") and name in ("dropout", "dropout2d"):
        return _dropout(recorder, f"F.{name}", given, named, line)
    work = _WORK.get(name)
    key = name if name in ACTIVATIONS and name not in _NO_FUNCTION else None
    space = path.rpartition(".")[0]
    is_there = name in _TORCH if space == "torch" else space == _F and (key is not None or name in _FUNCTIONAL)
    if not given or not is_there:
        raise SourceError(f"{path.replace('torch.nn.functional', 'F')} is not understood", line, "Use a function that has a layer kind.")  # fmt: skip
    if work is not None:
        return work(recorder, given[0], given[1:], named, line)
    return _activation(recorder, name, given, named, line)


def method(recorder: Recorder, receiver: Any, name: str, given: Given, named: Named, line: int) -> Any:
    """x.view(-1, 400), x.relu() ...; raises SourceError for one that is not understood."""
    if isinstance(receiver, TensorView):
        return _of_view(recorder, receiver, name, given, named, line)
    if name == "size":
        shape = TensorShape(receiver)
        return size_of(shape, given[0], line) if given else shape
    if name in ("dim", "ndimension"):
        return len(known_shape(receiver)) + 1
    if name in _PASSED:
        return receiver
    plain = name.removesuffix("_")
    work = _METHODS.get(plain) or _WORK.get(plain)
    if work is not None:
        return work(recorder, receiver, given, named, line)
    if plain in ACTIVATIONS and plain not in _NO_FUNCTION:
        return _activation(recorder, plain, [receiver, *given], named, line)
    raise SourceError(f"the tensor method {name[:40]} is not understood", line, "Use one that has a layer kind.")


def size_of(shape: TensorShape, axis: Any, line: int) -> Any:
    """x.size(axis): the batch, or a number."""
    if axis == 0:
        return Special.BATCH
    sizes = (Special.BATCH, *known_shape(shape.tensor))
    if isinstance(axis, slice) or (type(axis) is int and -len(sizes) <= axis < len(sizes)):
        return sizes[axis]
    raise SourceError(f"{what_it_is(known_shape(shape.tensor))} have no axis {shown(axis)}", line, "Count from 1; 0 is the batch.")  # fmt: skip


def added(recorder: Recorder, values: list[Any], line: int) -> Tensor:
    """a + b + c as one layer; x + table.weight as positions."""
    if len(values) == 2:
        for one, other in ((values[0], values[1]), (values[1], values[0])):
            if isinstance(other, LeafWeight):
                return with_positions(recorder, as_tensor(one, "+", line), other, line)
    for value in values:
        if isinstance(value, int | float):
            raise SourceError(f"adding {value:g} to a layer's output is no layer kind", line, "Leave it out, or use a formula layer.")  # fmt: skip
    if len(values) > MAX_INPUTS:
        raise SourceError(
            f"{len(values)} outputs are added, at most {MAX_INPUTS} are allowed", line, "Add them in steps."
        )
    tensors = [as_tensor(value, "+", line) for value in values]
    if any(tensor.shape is None for tensor in tensors):
        raise FirstMeets("other")
    return recorder.apply("add", {}, tensors, line)


def subscripted(recorder: Recorder, tensor: Tensor, index: Any, line: int) -> Any:
    """x[:, -1] behind a recurrent layer; anything else is not followed."""
    whole = slice(None)
    places = list(index) if isinstance(index, tuple) else [index]
    while len(places) > 2 and places[-1] == whole:
        places.pop()
    if len(places) == 2 and places[0] == whole and places[1] == -1:
        return last_step(recorder, tensor, line)
    if len(places) == 3 and places[0] == whole and isinstance(places[2], slice):
        part = places[2]
        if places[1] == -1 and part.start in (None, 0) and type(part.stop) is int and part.step is None:
            return TensorView(tensor, "forward end", (part.stop,))
        if places[1] == 0 and type(part.start) is int and part.stop is None and part.step is None:
            return TensorView(tensor, "backward end", (part.start,))
    raise SourceError(
        "a part of a layer's output is taken here, which no layer kind does", line, "Use the whole output."
    )


def _of_view(recorder: Recorder, view: TensorView, name: str, given: Given, named: Named, line: int) -> Any:
    if view.what == "pieces" and name in ("amax", "max") and (given or [named.get("dim")])[0] in (-1,):
        tensor = as_maxout(recorder, view, line)
        return tensor if name == "amax" else (tensor, Special.UNUSED)
    if view.what == "hidden" and name == "squeeze" and given == [0]:
        return last_step(recorder, view.tensor, line, is_hidden=True)
    raise SourceError(f"{name[:40]} of a part of a layer's output is not followed", line, "Use the whole output.")


def _activation(recorder: Recorder, name: str, given: Given, named: Named, line: int) -> Tensor:
    tensor = as_tensor(given[0], name, line)
    if name == "glu":
        dim = bound((("dim", -1),), given[1:], named, "F.glu", line)["dim"]
        check_axis("glu", tensor, dim, line)
        return recorder.apply("glu", {}, [tensor], line)
    values = bound(activation_signature(name), given[1:], named, f"F.{name}", line)
    if "dim" in values:
        check_axis(name, tensor, values["dim"], line)
    specs = ACTIVATIONS[name].parameters
    given_parameters = {spec.name: parameter(values[spec.name], spec.name, line) for spec in specs}
    return recorder.apply(name, given_parameters, [tensor], line)


def _dropout(recorder: Recorder, what: str, given: Given, named: Named, line: int) -> Tensor:
    signature = (("input", REQUIRED), ("p", 0.5), ("training", None), ("inplace", False))
    values = bound(signature, given, named, what, line)
    tensor = as_tensor(values["input"], what, line)
    if values["training"] is False:
        return tensor
    if what == "F.dropout2d":
        recorder.note(line, WHOLE_MAPS)
    if values["training"] is not Special.TRAINING:
        recorder.note(line, "Without training=self.training this also turns numbers into 0 after training; it is read as nn.Dropout.")  # fmt: skip
    return recorder.apply("dropout", {"p": parameter(values["p"], "p", line)}, [tensor], line)


def _pool(kind: str) -> Callable[..., Tensor]:
    def work(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
        tensor = as_tensor(value, "pooling", line)
        signature = MAX_POOL_CALL if kind == "max_pool" else AVERAGE_POOL
        parameters, rounds_up = pool(bound(signature, given, named, "the pooling", line), kind, line)
        if rounds_up:
            check_rounding(kind, parameters, tensor, line)
        return recorder.apply(kind, parameters, [tensor], line)

    return work


def _adaptive(kind: str) -> Callable[..., Tensor]:
    def work(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
        size = bound((("output_size", REQUIRED),), given, named, "the pooling", line)["output_size"]
        return recorder.apply(kind, {"size": parameter(size, "output_size", line)}, [as_tensor(value, "pooling", line)], line)  # fmt: skip

    return work


def _flatten_function(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    values = bound((("start_dim", 0), ("end_dim", -1)), given, named, "flatten", line)
    tensor = as_tensor(value, "flatten", line)
    return flattened(recorder, tensor, values["start_dim"], values["end_dim"], line, whole="flatten(x)")


def _flatten_method(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    values = bound((("start_dim", 0), ("end_dim", -1)), given, named, "flatten", line)
    return flattened(recorder, value, values["start_dim"], values["end_dim"], line, whole="x.flatten()")


def _reshape(name: str) -> Callable[..., Tensor]:
    def work(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
        tensor = as_tensor(value, name, line)
        if named:
            given = [*given, *named.values()]
        sizes = list(given[0]) if len(given) == 1 and isinstance(given[0], tuple | list) else list(given)
        if len(sizes) < 2 or sizes[0] not in (-1, Special.BATCH):
            raise SourceError(f"{name} does not keep the samples of a batch apart here", line, f"Write x.{name}(x.size(0), …).")  # fmt: skip
        if Special.BATCH in sizes[1:]:
            raise SourceError(f"{name} names the batch size twice", line, "Name it first alone.")
        rest = sizes[1:]
        if rest == [-1]:
            if sizes[0] == -1:
                raise SourceError(f"{name}(-1, -1) says no size at all", line, f"Write x.{name}(x.size(0), -1).")
            return recorder.apply("flatten", {}, [tensor], line)
        if len(rest) == 1 and name == "view" and type(rest[0]) is int:
            return laid_flat(recorder, tensor, rest[0], line)
        if -1 in rest:
            rest = list(filled(rest, math.prod(known_shape(tensor)), line))
        shape = filled(rest, 0, line)
        return recorder.apply("reshape", {"shape": shape}, [tensor], line)

    return work


def _squeezed(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    tensor = as_tensor(value, "squeeze", line)
    shape = known_shape(tensor)
    dim = bound((("dim", None),), given, named, "squeeze", line)["dim"]
    rank = len(shape) + 1
    if dim is None:
        recorder.note(line, "squeeze() would drop the batch as well where it has one sample; it is read for each sample by itself.")  # fmt: skip
        kept = tuple(size for size in shape if size != 1) or (1,)
    elif type(dim) is int and -rank <= dim < rank and dim % rank:
        axis = dim % rank - 1
        kept = shape if shape[axis] != 1 or len(shape) == 1 else (*shape[:axis], *shape[axis + 1 :])
    else:
        raise SourceError("squeeze of the batch is not understood", line, "Name an axis of the sample.")
    return tensor if kept == shape else recorder.apply("reshape", {"shape": kept}, [tensor], line)


def _unsqueezed(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    tensor = as_tensor(value, "unsqueeze", line)
    shape = known_shape(tensor)
    dim = bound((("dim", REQUIRED),), given, named, "unsqueeze", line)["dim"]
    rank = len(shape) + 2
    axis = dim % rank - 1 if type(dim) is int and -rank <= dim < rank else -1
    if axis < 0:
        raise SourceError("unsqueeze in front of the batch is not understood", line, "Name an axis behind it.")
    return recorder.apply("reshape", {"shape": (*shape[:axis], 1, *shape[axis:])}, [tensor], line)


def _exchanged(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    tensor = as_tensor(value, "transpose", line)
    axes = list(given[0]) if len(given) == 1 and isinstance(given[0], tuple | list) else [*given, *named.values()]
    rank = len(known_shape(tensor)) + 1
    places = [axis % rank if type(axis) is int else -1 for axis in axes]
    if rank == 3 and (sorted(places) == [1, 2] or places == [0, 2, 1]):
        return recorder.apply("transpose", {}, [tensor], line)
    if places == list(range(rank)):
        return tensor
    raise SourceError("only steps and features of a sequence can be exchanged", line, "Write x.transpose(1, 2).")


def _reduced(kind: str) -> Callable[..., Tensor]:
    """x.mean((2, 3)) and x.amax((2, 3)): a picture's channels by one number each; x.mean(1): a sequence's steps."""

    def work(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
        tensor = as_tensor(value, "mean", line)
        values = bound((("dim", None), ("keepdim", False)), given, named, "this", line)
        if tensor.shape is None or tensor.shape == FLAT:
            raise FirstMeets("other")
        rank = len(tensor.shape) + 1
        dims = values["dim"] if isinstance(values["dim"], tuple | list) else [values["dim"]]
        places = sorted(dim % rank for dim in dims if type(dim) is int)
        if places == [2, 3] and rank == 4:
            pooled = recorder.apply(kind, {"size": 1}, [tensor], line)
            return pooled if values["keepdim"] is True else recorder.apply("flatten", {}, [pooled], line)
        if places == [1] and rank == 3 and kind == "adaptive_average_pool" and not values["keepdim"]:
            return recorder.apply("mean_over_steps", {}, [tensor], line)
        raise SourceError(f"over these axes of {what_it_is(tensor.shape)} no layer kind works", line, "Take dim=(2, 3) of pictures or dim=1 of sequences.")  # fmt: skip

    return work


def _concatenated(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    values = bound((("dim", named.pop("axis", 0)),), given, named, "torch.cat", line)
    if not isinstance(value, tuple | list) or not value:
        raise SourceError(f"torch.cat gets {described(value)}", line, "Give it a tuple of layers' outputs.")
    dim = values["dim"]
    if len(value) == 2 and all(isinstance(one, TensorView) for one in value) and type(dim) is int and dim in (1, -1):
        return both_ends(recorder, value[0], value[1], line)
    if len(value) > MAX_INPUTS:
        raise SourceError(
            f"{len(value)} outputs are joined, at most {MAX_INPUTS} are allowed", line, "Join them in steps."
        )
    tensors = [as_tensor(one, "torch.cat", line) for one in value]
    rank = len(known_shape(tensors[0])) + 1
    if type(dim) is not int or not -rank <= dim < rank or dim % rank == 0:
        raise SourceError(f"torch.cat along dim={shown(dim)} joins samples of the batch", line, "Write dim=1.")
    if len(tensors) == 1:
        return tensors[0]
    return recorder.apply("concatenate", {"axis": dim % rank - 1}, tensors, line)


def _sum(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Tensor:
    other = bound((("other", REQUIRED), ("alpha", 1)), given, named, "add", line)
    if other["alpha"] != 1:
        raise SourceError("adding with alpha is no layer kind", line, "Leave alpha out.")
    return added(recorder, [value, other["other"]], line)


def _unflatten(recorder: Recorder, value: Any, given: Given, named: Named, line: int) -> Any:
    values = bound((("dim", REQUIRED), ("sizes", REQUIRED)), given, named, "unflatten", line)
    tensor = as_tensor(value, "unflatten", line)
    record = recorder.records[tensor.index]
    sizes = values["sizes"]
    if record.kind == "dense" and values["dim"] == -1 and isinstance(sizes, tuple | list) and len(sizes) == 2:
        known_shape(tensor)
        if math.prod(filled(list(sizes), 1, line)) == record.parameters["units"]:
            return TensorView(tensor, "pieces", tuple(sizes))
    return unflattened(recorder, tensor, values["dim"], sizes, line)


_WORK: dict[str, Callable[..., Any]] = {
    "max_pool2d": _pool("max_pool"),
    "avg_pool2d": _pool("average_pool"),
    "adaptive_avg_pool2d": _adaptive("adaptive_average_pool"),
    "adaptive_max_pool2d": _adaptive("adaptive_max_pool"),
    "flatten": _flatten_function,
    "reshape": _reshape("reshape"),
    "squeeze": _squeezed,
    "unsqueeze": _unsqueezed,
    "transpose": _exchanged,
    "permute": _exchanged,
    "swapaxes": _exchanged,
    "mean": _reduced("adaptive_average_pool"),
    "amax": _reduced("adaptive_max_pool"),
    "cat": _concatenated,
    "concat": _concatenated,
    "concatenate": _concatenated,
    "add": _sum,
    "unflatten": _unflatten,
}
_METHODS: dict[str, Callable[..., Any]] = {"view": _reshape("view"), "flatten": _flatten_method}
