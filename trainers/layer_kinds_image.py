"""Layer kinds that look at pictures (channels, height, width): convolution, pooling, batch norm. Plain arithmetic, no torch."""

from __future__ import annotations

import math

from trainers.layer_kind import (
    Call,
    LayerKind,
    Misfit,
    Outcome,
    ParameterSpec,
    Reason,
    Site,
    shape_text,
    stateless,
    what_it_is,
)
from trainers.network_graph import Shape

AXES = ("channels", "height", "width")

_KERNEL = ParameterSpec(
    "kernel",
    "Window",
    "pair",
    3,
    "Height and width of the window that slides over the picture.",
    minimum=1,
    maximum=1024,
    unit="pixels",
    required=True,
)
_PADDING = ParameterSpec(
    "padding", "Padding", "pair", 0, "Rows and columns added on each side.", minimum=0, maximum=512, unit="pixels"
)
_DILATION = ParameterSpec(
    "dilation",
    "Dilation",
    "pair",
    1,
    "Distance between two neighbours within the window: 2 leaves a gap of one pixel.",
    minimum=1,
    maximum=512,
    unit="pixels",
)


def needs_picture(site: Site) -> tuple[int, int, int]:
    """The input's (channels, height, width), or Misfit."""
    if len(site.shape) != 3:
        fix = "Put a reshape layer in front that makes channels, height and width of them."
        raise Misfit(f"takes pictures (channels×height×width), but gets {what_it_is(site.shape)}", fix)
    return site.shape[0], site.shape[1], site.shape[2]


def plain(pair: tuple[int, int]) -> int | tuple[int, int]:
    """(3, 3) as 3: how a person writes it."""
    return pair[0] if pair[0] == pair[1] else pair


def _slid(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Positions of a window along one axis: floor((size + 2p − d(k − 1) − 1) / s) + 1, as torch.nn.Conv2d documents."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _slid_up(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """As `_slid`, rounded up; a last window that would begin in the padding beyond the picture is left out, as in torch."""
    places = -(-(size + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1
    return places - 1 if (places - 1) * stride >= size + padding else places


def _slid_text(site: Site, size: int, axis: int) -> str:
    values = site.values
    kernel, padding = values["kernel"][axis], values["padding"][axis]
    dilation = values.get("dilation", (1, 1))[axis]
    stride = (values["stride"] or values["kernel"])[axis]
    reach = dilation * (kernel - 1) + 1
    room = size + 2 * padding - reach
    count = (_slid_up if values.get("ceil") else _slid)(size, kernel, stride, padding, dilation)
    text = f"{size} + 2·{padding} − {reach}" if padding else f"{size} − {reach}"
    if stride == 1:
        return f"{text} + 1 = {count}"
    rounded = "" if room % stride == 0 else f", rounded {'down' if count == room // stride + 1 else 'up'},"
    return f"({text})/{stride}{rounded} + 1 = {count}"


def _slide(site: Site) -> tuple[int, int, tuple[int, int, int, int]]:
    """Height and width that a sliding window leaves, and its reach; raises Misfit where it does not fit."""
    _, *sizes = needs_picture(site)
    values = site.values
    kernel, padding = values["kernel"], values["padding"]
    stride = values["stride"] or kernel
    dilation = values.get("dilation", (1, 1))
    for axis in (0, 1):
        reach = dilation[axis] * (kernel[axis] - 1) + 1
        room = sizes[axis] + 2 * padding[axis]
        if reach > room:
            padded = f" ({room} with its padding)" if padding[axis] else ""
            what = f"a window of {shape_text(kernel)}" + (f" that reaches over {reach}" if dilation[axis] > 1 else "")
            raise Misfit(
                f"slides {what} over a picture that is only {sizes[axis]} {('high', 'wide')[axis]}{padded}",
                f"Make its kernel at most {room}, or take away a layer in front that shrinks the picture.",
                blame=((0, axis + 1),),
            )
    slid = _slid_up if values.get("ceil") else _slid
    height = slid(sizes[0], kernel[0], stride[0], padding[0], dilation[0])
    width = slid(sizes[1], kernel[1], stride[1], padding[1], dilation[1])
    reach_height, reach_width = (dilation[axis] * (kernel[axis] - 1) + 1 for axis in (0, 1))
    return height, width, (reach_height, reach_width, stride[0], stride[1])


def _window_reason(site: Site, output: Shape, axis: int) -> Reason:
    if axis == 0:
        return (
            Reason(f"{output[0]} channel{'s' if output[0] != 1 else ''}")
            if "channels" in site.values
            else Reason(through=(0, 0))
        )
    if output[axis] == site.shape[axis]:  # whoever made it that large stands further in front
        return Reason(through=(0, axis))
    return Reason(_slid_text(site, site.shape[axis], axis - 1))


def _conv2d(site: Site) -> Outcome:
    values = site.values
    channels, groups, kernel = values["channels"], values["groups"], values["kernel"]
    incoming = needs_picture(site)[0]
    stated = values["inputs"]
    if stated is not None and stated != incoming:
        raise Misfit(
            f"takes {stated} channel{'' if stated == 1 else 's'}, but gets {what_it_is(site.shape)}, which have {incoming}",
            f"Set {site.name}'s inputs to {incoming}.",
            blame=((0, 0),),
        )
    for what, count, blame in (("its input has", incoming, ((0, 0),)), ("it gives", channels, ())):
        if count % groups:
            divisors = [
                number
                for number in range(1, min(incoming, channels) + 1)
                if not (incoming % number or channels % number)
            ]
            raise Misfit(
                f"splits channels into {groups} groups, but {what} {count}, which {groups} does not divide",
                f"Set groups to {' or '.join(str(number) for number in divisors[-3:])}.",
                blame=blame,
            )
    height, width, reach = _slide(site)
    weights = channels * (incoming // groups) * kernel[0] * kernel[1]
    outputs = channels * height * width
    biases = channels if values["bias"] else 0
    return Outcome(
        (channels, height, width), weights + biases, 2 * weights * height * width, outputs if biases else 0, reach
    )


def _conv2d_module(site: Site) -> Call:
    values = site.values
    keywords = {
        name: plain(values[name])
        for name, default in (("stride", (1, 1)), ("padding", (0, 0)), ("dilation", (1, 1)))
        if values[name] != default
    }
    if values["groups"] != 1:
        keywords["groups"] = values["groups"]
    if not values["bias"]:
        keywords["bias"] = False
    return Call("Conv2d", (site.shape[0], values["channels"], plain(values["kernel"])), keywords)


def _pool(site: Site) -> Outcome:
    kernel, padding = site.values["kernel"], site.values["padding"]
    for axis in (0, 1):
        if 2 * padding[axis] > kernel[axis]:
            raise Misfit(
                f"pads by {padding[axis]}, more than half of its window of {kernel[axis]}",
                f"Set its padding to {kernel[axis] // 2} or less.",
            )
    height, width, reach = _slide(site)
    channels = site.shape[0]
    work = channels * height * width * kernel[0] * kernel[1]
    return Outcome((channels, height, width), elementwise_flops=work, reach=reach)


def _adaptive(site: Site) -> Outcome:
    channels, height, width = needs_picture(site)
    size = site.values["size"]
    for axis, name in ((0, "high"), (1, "wide")):
        if size[axis] > site.shape[axis + 1]:
            raise Misfit(
                f"makes a picture {size[axis]} {name} of one that is only {site.shape[axis + 1]} {name}",
                f"Set its size to {site.shape[axis + 1]} or less.",
                blame=((0, axis + 1),),
            )
    return Outcome((channels, *size), elementwise_flops=channels * height * width)


def _adaptive_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(through=(0, 0)) if axis == 0 else Reason(f"a set size of {output[axis]}")


def _batch_norm(site: Site) -> Outcome:
    if len(site.shape) not in (1, 3):
        raise Misfit(f"takes vectors or pictures, but gets {what_it_is(site.shape)}", "Use layer_norm for sequences.")
    features = site.shape[0]
    return Outcome(site.shape, 2 * features if site.values["affine"] else 0, 0, 2 * math.prod(site.shape))


def _batch_norm_module(site: Site) -> Call:
    keywords = {
        name: site.values[name]
        for name, default in (("eps", 1e-5), ("momentum", 0.1), ("affine", True))
        if site.values[name] != default
    }
    return Call("BatchNorm1d" if len(site.shape) == 1 else "BatchNorm2d", (site.shape[0],), keywords)


_STRIDE = ParameterSpec(
    "stride", "Stride", "pair", 1, "How far the window moves at a time.", minimum=1, maximum=1024, unit="pixels"
)
_POOL_PARAMETERS = (
    ParameterSpec(
        "kernel", "Window", "pair", 2, _KERNEL.tooltip, minimum=1, maximum=1024, unit="pixels", required=True
    ),
    ParameterSpec(
        "stride",
        "Stride",
        "pair",
        None,
        "How far the window moves at a time; left open, by its own size.",
        minimum=1,
        maximum=1024,
        unit="pixels",
        optional=True,
    ),
    _PADDING,
)
_CEIL = ParameterSpec(
    "ceil",
    "Rounds up",
    "switch",
    False,
    "Where windows do not come out even, takes one more that reaches over the edge, instead of leaving the rest out.",
)
_SIZE = (
    ParameterSpec(
        "size",
        "Size",
        "pair",
        1,
        "Height and width that come out, whatever comes in.",
        minimum=1,
        maximum=4096,
        unit="pixels",
        required=True,
    ),
)


IMAGE_KINDS = (
    LayerKind(
        "conv2d",
        "Convolution",
        "weights",
        "Slides small windows of weights over a picture; each makes one channel that shows where its pattern occurs.",
        _conv2d,
        _conv2d_module,
        (
            ParameterSpec(
                "channels",
                "Channels",
                "integer",
                16,
                "How many patterns it looks for: channels that come out.",
                minimum=1,
                maximum=65_536,
                required=True,
            ),
            _KERNEL,
            _STRIDE,
            _PADDING,
            _DILATION,
            ParameterSpec(
                "groups",
                "Groups",
                "integer",
                1,
                "Splits the channels into groups that do not see one another; as many as channels: one window each.",
                minimum=1,
                maximum=65_536,
            ),
            ParameterSpec("bias", "Bias", "switch", True, "Adds one learnt number to each channel."),
            ParameterSpec(
                "inputs",
                "Expected channels",
                "integer",
                None,
                "Channels that it expects, as nn.Conv2d states them; left open, what comes in.",
                minimum=1,
                maximum=65_536,
                optional=True,
            ),
        ),
        reason=_window_reason,
    ),
    LayerKind(
        "max_pool",
        "Max pooling",
        "image",
        "Keeps the largest number in each window: the picture shrinks, small shifts stop mattering.",
        _pool,
        stateless,
        (*_POOL_PARAMETERS, _DILATION, _CEIL),
        reason=_window_reason,
    ),
    LayerKind(
        "average_pool",
        "Average pooling",
        "image",
        "Keeps the mean of each window: the picture shrinks and softens.",
        _pool,
        stateless,
        _POOL_PARAMETERS,
        reason=_window_reason,
    ),
    LayerKind(
        "adaptive_average_pool",
        "Adaptive average pooling",
        "image",
        "Takes means over as large windows as it needs to give a picture of a fixed size.",
        _adaptive,
        stateless,
        _SIZE,
        reason=_adaptive_reason,
    ),
    LayerKind(
        "adaptive_max_pool",
        "Adaptive max pooling",
        "image",
        "Keeps the largest numbers of as large windows as it needs to give a picture of a fixed size.",
        _adaptive,
        stateless,
        _SIZE,
        reason=_adaptive_reason,
    ),
    LayerKind(
        "batch_norm",
        "Batch norm",
        "regularise",
        "Shifts and scales each channel to mean 0 and spread 1 over the batch, then to what it learns.",
        _batch_norm,
        _batch_norm_module,
        (
            ParameterSpec(
                "eps", "ε", "number", 1e-5, "Added to the variance before dividing.", minimum=0.0, maximum=1.0
            ),
            ParameterSpec(
                "momentum",
                "Momentum",
                "number",
                0.1,
                "Weight of the newest batch in the running mean that is used after training.",
                minimum=0.0,
                maximum=1.0,
            ),
            ParameterSpec("affine", "Learns scale", "switch", True, "Learns a scale and a shift for each channel."),
        ),
    ),
)
