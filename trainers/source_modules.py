"""What a module of torch.nn does to a tensor while PyTorch source is read. Imports neither torch nor the window."""

from __future__ import annotations

import math
from typing import Any

from trainers.layer_catalog import LAYER_KINDS
from trainers.layer_kind import Site, product_text, read_values, what_it_is
from trainers.layer_kinds_activation import softmax_axis
from trainers.network_graph import Layer, Parameter, Shape
from trainers.source_layers import bound
from trainers.source_recorder import FirstMeets, Recorder, SizeMisfit
from trainers.source_text import SourceError
from trainers.source_values import FLAT, Leaf, LeafWeight, Opaque, Special, Tensor, TensorView, described, shown

RECURRENT = ("recurrent", "lstm", "gru")
WHOLE_MAPS = "While training this turns whole maps into 0; it is read as nn.Dropout, which chooses single numbers."


def known_shape(tensor: Tensor) -> Shape:
    """A tensor's shape; raises FirstMeets where it is not known yet."""
    if tensor.shape is None or tensor.shape == FLAT:
        raise FirstMeets("other")
    return tensor.shape


def as_tensor(value: Any, what: str, line: int) -> Tensor:
    """The value, if it is a layer's output."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, TensorView):
        raise SourceError(f"{what} gets part of a layer's output, which is not followed", line, "Use the whole output.")
    if isinstance(value, Opaque):
        raise value.refused(f"{what} gets something unknown", line)
    raise SourceError(f"{what} gets {described(value)} where a layer's output is wanted", line, "Give it what a layer gives.")  # fmt: skip


def applied(recorder: Recorder, leaf: Leaf, positional: list[Any], keywords: dict[str, Any], line: int) -> Any:
    """What a module gives for a tensor: another one, or a pair for recurrent layers and attention."""
    if leaf.has_weights:
        _use_once(recorder, leaf, line)
    if leaf.kind == "self_attention":
        return _attended(recorder, leaf, positional, keywords, line)
    if leaf.kind in RECURRENT and len(positional) == 2 and _is_zero_state(positional[1]):
        positional = positional[:1]  # as it begins without being told to
    if len(positional) != 1 or keywords:
        raise SourceError(
            f"{leaf.path or 'nn.' + leaf.title} takes one input here", line, "Give it one layer's output."
        )
    tensor = as_tensor(positional[0], leaf.path or f"nn.{leaf.title}", line)
    if leaf.title == "Dropout2d":
        recorder.note(leaf.line, WHOLE_MAPS)
    if leaf.title == "Flatten":
        return flattened(recorder, tensor, leaf.extra["start_dim"], leaf.extra["end_dim"], line, leaf)
    if leaf.title == "Unflatten":
        return unflattened(recorder, tensor, leaf.extra["dim"], leaf.extra["unflattened_size"], line, leaf)
    if leaf.kind in RECURRENT:
        sequence = recorder.apply(leaf.kind, leaf.parameters, [tensor], line, leaf)
        hidden = TensorView(sequence, "hidden")
        return (sequence, (hidden, Special.UNUSED) if leaf.kind == "lstm" else hidden)
    if "dim" in leaf.extra:
        check_axis(leaf.kind, tensor, leaf.extra["dim"], line)
    if leaf.extra.get("ceil_mode"):
        check_rounding(leaf.kind, leaf.parameters, tensor, line)
    return recorder.apply(leaf.kind, leaf.parameters, [tensor], line, leaf)


def _is_zero_state(value: Any) -> bool:
    """h0, or (h0, c0), of zeros."""
    parts = value if isinstance(value, tuple) else (value,)
    return all(part is Special.ZEROS or part is None for part in parts)


def _use_once(recorder: Recorder, leaf: Leaf, line: int) -> None:
    if not leaf.path:
        raise SourceError(
            f"nn.{leaf.title} made here would have new weights at each call", line, "Make it in __init__."
        )
    if id(leaf) in recorder.used:
        raise SourceError(f"{leaf.path} is used a second time, but a drawing cannot share weights", line, "Make a second layer.")  # fmt: skip
    recorder.used.add(id(leaf))


def _attended(recorder: Recorder, leaf: Leaf, positional: list[Any], keywords: dict[str, Any], line: int) -> Any:
    names = ("query", "key", "value", "key_padding_mask", "need_weights", "attn_mask", "average_attn_weights", "is_causal")  # fmt: skip
    signature = tuple((name, None) for name in names)
    given = bound(signature, positional, keywords, leaf.path, line)
    query, key, value = (as_tensor(given[name], leaf.path, line) for name in names[:3])
    if not query.index == key.index == value.index:
        raise SourceError(f"{leaf.path} looks at another sequence than its own, which no layer kind does", line, "Give it one sequence three times.")  # fmt: skip
    if given["key_padding_mask"] is not None or given["attn_mask"] not in (None, Special.CAUSAL):
        raise SourceError(f"{leaf.path} has a mask that is not understood", line, "Use nn.Transformer.generate_square_subsequent_mask(steps).")  # fmt: skip
    parameters: dict[str, Parameter] = {**leaf.parameters, "causal": given["attn_mask"] is Special.CAUSAL}
    return recorder.apply("self_attention", parameters, [query], line, leaf), Special.UNUSED


def check_axis(kind: str, tensor: Tensor, dim: Any, line: int) -> None:
    """Softmax and GLU work along the features; another axis is no layer kind."""
    if tensor.shape is None:
        return
    shape = (1,) if tensor.shape == FLAT else tensor.shape
    rank = len(shape) + 1  # with the batch
    if dim is None and kind != "glu":
        dim = 0 if rank == 3 else 1  # as torch.nn.functional chooses
    wanted = softmax_axis(shape) % rank
    if type(dim) is not int or not -rank <= dim < rank or dim % rank != wanted:
        what = "one whole batch" if dim in (0, -rank) else "another axis"
        raise SourceError(f"{kind} along dim={shown(dim)} works on {what}, not on the features of {what_it_is(shape)}", line, f"Write dim={wanted}.")  # fmt: skip


def check_rounding(kind: str, parameters: dict[str, Parameter], tensor: Tensor, line: int) -> None:
    """ceil_mode=True, which no layer kind has, passes where it gives the same size."""
    if tensor.shape is None or len(tensor.shape) != 3:
        return
    values = read_values(LAYER_KINDS[kind], Layer("pool", kind, parameters))
    stride = values["stride"] or values["kernel"]
    for axis, size in enumerate(tensor.shape[1:]):
        reach = values.get("dilation", (1, 1))[axis] * (values["kernel"][axis] - 1) + 1
        room = size + 2 * values["padding"][axis] - reach
        if (
            room >= 0
            and room % stride[axis]
            and (room // stride[axis] + 1) * stride[axis] < size + values["padding"][axis]
        ):
            raise SourceError(
                f"ceil_mode=True rounds {size} up here, to {room // stride[axis] + 2} places, which no layer kind does",
                line,
                "Leave it out, or choose another input shape.",
            )


def flattened(
    recorder: Recorder, tensor: Tensor, start: Any, end: Any, line: int, leaf: Leaf | None = None, whole: str = ""
) -> Tensor:
    """torch.flatten; whole: what is called, where its default merges the batch too."""
    if tensor.shape is not None and tensor.shape != FLAT:
        rank = len(tensor.shape) + 1
        start, end = (axis % rank if type(axis) is int and -rank <= axis < rank else axis for axis in (start, end))
        if end == rank - 1:
            end = -1
    if start == 0 and end == -1 and whole:
        said = f"As PyTorch's {whole} this would merge the batch too; it is read for each sample by itself"
        recorder.note(line, f"{said}, as torch.flatten(x, 1).")
        start = 1
    if start == 1 and end == -1:
        return recorder.apply("flatten", {}, [tensor], line, leaf)
    shape = known_shape(tensor)
    if type(start) is not int or type(end) is not int or not 1 <= start <= (end if end >= 0 else len(shape)):
        raise SourceError("flatten merges samples of the batch here", line, "Write torch.flatten(x, 1).")
    stop = end if end >= 0 else len(shape)
    merged = (*shape[: start - 1], math.prod(shape[start - 1 : stop]), *shape[stop:])
    return tensor if merged == shape else recorder.apply("reshape", {"shape": merged}, [tensor], line, leaf)


def unflattened(
    recorder: Recorder, tensor: Tensor, dim: Any, sizes: Any, line: int, leaf: Leaf | None = None
) -> Tensor:
    """x.unflatten(dim, sizes) as a reshape layer."""
    shape = known_shape(tensor)
    rank = len(shape) + 1
    axis = dim % rank - 1 if type(dim) is int and -rank <= dim < rank else -1
    if axis < 0 or not isinstance(sizes, tuple | list):
        raise SourceError(
            "unflatten wants an axis of the sample and its sizes", line, "Write unflatten(1, (16, 5, 5))."
        )
    inner = filled(list(sizes), shape[axis], line)
    return recorder.apply("reshape", {"shape": (*shape[:axis], *inner, *shape[axis + 1 :])}, [tensor], line, leaf)


def filled(sizes: list[Any], total: int, line: int) -> tuple[int, ...]:
    """Sizes with -1 replaced by what is left of `total`."""
    if not all(type(size) is int and (size > 0 or size == -1) for size in sizes) or sizes.count(-1) > 1:
        raise SourceError(
            "the sizes here are no plain whole numbers", line, "Write for example x.view(-1, 16 * 5 * 5)."
        )
    known = math.prod(size for size in sizes if size > 0)
    if -1 not in sizes:
        return tuple(sizes)
    if total % known:
        raise SizeMisfit(f"{total:,} numbers cannot be split by {known}", line, "Choose sizes that divide it.")
    return tuple(total // known if size == -1 else size for size in sizes)


def with_positions(recorder: Recorder, tensor: Tensor, weight: LeafWeight, line: int) -> Tensor:
    """x + self.table.weight: learnt positions."""
    leaf = weight.leaf
    if leaf.kind != "embedding":
        raise SourceError(f"the weight of nn.{leaf.title} used by itself is no layer kind", line, "Call the layer.")
    _use_once(recorder, leaf, line)
    shape = known_shape(tensor)
    table = (leaf.parameters["vocabulary"], leaf.parameters["features"])
    if table != shape:
        raise SourceError(f"{leaf.path} adds {table[0]}×{table[1]} numbers to {what_it_is(shape)}", line, f"Write nn.Embedding{shape}.")  # fmt: skip
    placed = Leaf("positions", leaf.title, {}, leaf.line)
    placed.path = leaf.path
    leaf.extra["starts as drawn"] = True
    return recorder.apply("positions", {}, [tensor], line, placed)


def laid_flat(recorder: Recorder, tensor: Tensor, count: int, line: int) -> Tensor:
    """x.view(-1, count), which is meant as flatten and checked to be."""
    if tensor.shape is None or tensor.shape == FLAT:
        raise FirstMeets("flat", count)
    total = math.prod(tensor.shape)
    if total != count:
        raised = SizeMisfit(
            f"view(-1, {count}) would mix the samples of a batch, since one has {product_text(tensor.shape)} numbers",
            line,
            f"Write {total} for {count}.",
        )
        raised.direction = 1 if count > total else -1
        raise raised
    return recorder.apply("flatten", {}, [tensor], line)


def last_step(recorder: Recorder, tensor: Tensor, line: int, is_hidden: bool = False) -> Tensor:
    """The state after the last step of a recurrent layer: x[:, -1], or h[-1]."""
    record = recorder.records[tensor.index]
    if record.kind not in RECURRENT or record.parameters.get("output") != "sequence":
        raise SourceError("one step of a sequence is followed behind a recurrent layer alone", line, "Use the mean of the steps.")  # fmt: skip
    if record.parameters["bidirectional"]:
        what = "h[-1] is the backward way alone" if is_hidden else "x[:, -1] is where only one of both ways ends"
        raise SourceError(f"{what}, which no layer kind gives", line, "Join x[:, -1, :n] and x[:, 0, n:] by torch.cat.")
    return _with_last(recorder, tensor, line)


def hidden_state(recorder: Recorder, tensor: Tensor, index: Any, line: int) -> Tensor | TensorView:
    """h[-1] of a recurrent layer; of a bidirectional one h[-2] and h[-1], where both ways end, which torch.cat joins."""
    while isinstance(index, tuple) and index and (len(index) == 1 or index[-1] == slice(None)):
        index = index[0] if len(index) == 1 else index[:-1]
    parameters = recorder.records[tensor.index].parameters
    hidden = parameters.get("hidden")
    if parameters.get("bidirectional") and index in (-2, -1) and isinstance(hidden, int):
        return TensorView(tensor, "forward end" if index == -2 else "backward end", (hidden,))
    if index == -1:
        return last_step(recorder, tensor, line, is_hidden=True)
    raise SourceError("a part of the last state is taken here, which no layer kind gives", line, "Take h[-1].")


def both_ends(recorder: Recorder, forward: TensorView, backward: TensorView, line: int) -> Tensor:
    """torch.cat of x[:, -1, :n] and x[:, 0, n:] of a bidirectional layer."""
    record = recorder.records[forward.tensor.index]
    hidden = record.parameters.get("hidden")
    if (
        record.kind not in RECURRENT
        or not record.parameters["bidirectional"]
        or forward.tensor.index != backward.tensor.index
        or (forward.what, backward.what) != ("forward end", "backward end")
        or forward.sizes != (hidden,)
        or backward.sizes != (hidden,)
    ):
        raise SourceError("these parts of tensors cannot be joined in a drawing", line, "Join whole layers' outputs.")
    return _with_last(recorder, forward.tensor, line)


def _with_last(recorder: Recorder, tensor: Tensor, line: int) -> Tensor:
    record = recorder.records[tensor.index]
    parameters: dict[str, Parameter] = {**record.parameters, "output": "last"}
    source = recorder.records[record.sources[0]].shape
    assert source is not None
    values = read_values(LAYER_KINDS[record.kind], Layer("last", record.kind, parameters))
    shape = LAYER_KINDS[record.kind].rule(Site("", values, (source,))).shape
    return recorder.replace(tensor, record.kind, parameters, shape, line)


def as_maxout(recorder: Recorder, view: TensorView, line: int) -> Tensor:
    """self.lines(x).unflatten(-1, (units, pieces)).amax(dim=-1)."""
    record = recorder.records[view.tensor.index]
    units, pieces = view.sizes
    parameters: dict[str, Parameter] = {"units": units, "pieces": pieces, "bias": record.parameters["bias"]}
    assert view.tensor.shape is not None
    return recorder.replace(view.tensor, "maxout", parameters, (*view.tensor.shape[:-1], units), line)
