"""torchvision's models as NetworkGraphs, by name, without torchvision: plain Python. Weights are never fetched.

Layers that hold weights are called as torchvision calls its modules, with _ for each dot: `layer1.0.conv1` is
`layer1_0_conv1`, so that its state dicts match by name (see state_dicts). Architectures: Krizhevsky 2014 (arXiv:1404.5997),
Simonyan and Zisserman 2014 (1409.1556), He et al. 2015 (1512.03385), Iandola et al. 2016 (1602.07360), Huang et al. 2016
(1608.06993), Sandler et al. 2018 (1801.04381), in the form that torchvision 0.29 documents. Tests hold them against it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from itertools import pairwise

from trainers.network_drafting import NetworkDraft
from trainers.network_graph import NetworkGraph, NetworkInputError, Shape, near_matches

PREFIX = "torchvision:"
PICTURE: Shape = (3, 224, 224)
CLASSES = 1000


def torchvision_names() -> tuple[str, ...]:
    """What can follow `torchvision:`."""
    return tuple(_MODELS)


def torchvision_titles() -> dict[str, str]:
    """What can follow `torchvision:`, with its title for a person."""
    return {name: title for name, (title, _, _) in _MODELS.items()}


@functools.cache
def torchvision_network(name: str, shape: Shape | None = None) -> NetworkGraph:
    """The model `name` for pictures of `shape` (channels, height, width; 3×224×224); raises BadInput for other names."""
    if name not in _MODELS:
        near = near_matches(name, _MODELS).strip()
        fix = near or f"Known are {', '.join(_MODELS)}."
        raise NetworkInputError(f"There is no torchvision model {name[:60]!r} here.", fix)
    title, paper, write = _MODELS[name]
    draft = NetworkDraft("image", shape or PICTURE)
    write(draft)
    comment = f"{title} as torchvision has it; the paper: {paper}. Its weights can be read from a state dict of torchvision's."
    return draft.graph(network_name(name), title, comment)


def network_name(name: str) -> str:
    """What the graph of model `name` is called: torchvision-resnet50."""
    return f"torchvision-{name.replace('_', '-')}"


def _convolve(
    draft: NetworkDraft, name: str, incoming: int, channels: int, kernel: int, *after: str, **more: int | bool
) -> str:
    return draft.put(name, "conv2d", *after, channels=channels, kernel=kernel, inputs=incoming, **more)


def _dense(draft: NetworkDraft, name: str, incoming: int, units: int) -> None:
    draft.put(name, "dense", units=units, inputs=incoming)


def _vgg_like_head(draft: NetworkDraft, incoming: int, dropout_first: bool) -> None:
    """Three dense layers with dropout, in AlexNet in front of the first two, in VGG behind them."""
    sizes = (incoming, 4096, 4096, CLASSES)
    steps = ("dropout", "dense", "relu") if dropout_first else ("dense", "relu", "dropout")
    place = 0
    for index, (before, units) in enumerate(pairwise(sizes)):
        for kind in steps if index < 2 else ("dense",):
            if kind == "dense":
                _dense(draft, f"classifier_{place}", before, units)
            else:
                draft.put(f"classifier_{place}", kind)
            place += 1


def _alexnet(draft: NetworkDraft) -> None:
    _convolve(draft, "features_0", 3, 64, 11, stride=4, padding=2)
    draft.put("features_1", "relu")
    draft.put("features_2", "max_pool", kernel=3, stride=2)
    _convolve(draft, "features_3", 64, 192, 5, padding=2)
    draft.put("features_4", "relu")
    draft.put("features_5", "max_pool", kernel=3, stride=2)
    for place, incoming, channels in ((6, 192, 384), (8, 384, 256), (10, 256, 256)):
        _convolve(draft, f"features_{place}", incoming, channels, 3, padding=1)
        draft.put(f"features_{place + 1}", "relu")
    draft.put("features_12", "max_pool", kernel=3, stride=2)
    draft.put("avgpool", "adaptive_average_pool", size=6)
    draft.put("flatten", "flatten")
    _vgg_like_head(draft, 256 * 6 * 6, dropout_first=True)


def _vgg(convolutions: tuple[int, ...], has_norm: bool, draft: NetworkDraft) -> None:
    """convolutions: how many there are in each of the five stages, between which pictures shrink to half."""
    place, incoming = 0, 3
    for count, channels in zip(convolutions, (64, 128, 256, 512, 512), strict=True):
        for _ in range(count):
            _convolve(draft, f"features_{place}", incoming, channels, 3, padding=1)
            if has_norm:
                draft.put(f"features_{place + 1}", "batch_norm")
            place += 2 if has_norm else 1
            draft.put(f"features_{place}", "relu")
            place, incoming = place + 1, channels
        draft.put(f"features_{place}", "max_pool", kernel=2, stride=2)
        place += 1
    draft.put("avgpool", "adaptive_average_pool", size=7)
    draft.put("flatten", "flatten")
    _vgg_like_head(draft, 512 * 7 * 7, dropout_first=False)


def _resnet(blocks: tuple[int, ...], has_bottlenecks: bool, draft: NetworkDraft) -> None:
    _convolve(draft, "conv1", 3, 64, 7, stride=2, padding=3, bias=False)
    draft.put("bn1", "batch_norm")
    draft.put("relu", "relu")
    draft.put("maxpool", "max_pool", kernel=3, stride=2, padding=1)
    incoming = 64
    for stage, count in enumerate(blocks):
        for index in range(count):
            stride = 2 if stage > 0 and index == 0 else 1
            write = _bottleneck if has_bottlenecks else _basic_block
            name, begun = f"layer{stage + 1}_{index}", draft.size
            incoming = write(draft, name, incoming, 64 << stage, stride)
            draft.group(name, f"Residual block {stage + 1}.{index + 1}", begun)
    draft.put("avgpool", "adaptive_average_pool", size=1)
    draft.put("flatten", "flatten")
    _dense(draft, "fc", incoming, CLASSES)


def _basic_block(draft: NetworkDraft, name: str, incoming: int, channels: int, stride: int) -> int:
    entry = draft.last
    _convolve(draft, f"{name}_conv1", incoming, channels, 3, stride=stride, padding=1, bias=False)
    draft.put(f"{name}_bn1", "batch_norm")
    draft.put(f"{name}_relu1", "relu")
    _convolve(draft, f"{name}_conv2", channels, channels, 3, padding=1, bias=False)
    way = draft.put(f"{name}_bn2", "batch_norm")
    _join(draft, name, way, entry, incoming, channels, stride, 2)
    return channels


def _bottleneck(draft: NetworkDraft, name: str, incoming: int, width: int, stride: int) -> int:
    entry, channels = draft.last, 4 * width
    _convolve(draft, f"{name}_conv1", incoming, width, 1, bias=False)
    draft.put(f"{name}_bn1", "batch_norm")
    draft.put(f"{name}_relu1", "relu")
    _convolve(draft, f"{name}_conv2", width, width, 3, stride=stride, padding=1, bias=False)
    draft.put(f"{name}_bn2", "batch_norm")
    draft.put(f"{name}_relu2", "relu")
    _convolve(draft, f"{name}_conv3", width, channels, 1, bias=False)
    way = draft.put(f"{name}_bn3", "batch_norm")
    _join(draft, name, way, entry, incoming, channels, stride, 3)
    return channels


def _join(
    draft: NetworkDraft, name: str, way: str, entry: str, incoming: int, channels: int, stride: int, number: int
) -> None:
    """The way round a residual block: as it is, or a 1×1 convolution where sizes differ; the sum; ReLU `number`."""
    if stride != 1 or incoming != channels:
        _convolve(draft, f"{name}_downsample_0", incoming, channels, 1, entry, stride=stride, bias=False)
        entry = draft.put(f"{name}_downsample_1", "batch_norm")
    draft.put(f"{name}_add", "add", way, entry)
    draft.put(f"{name}_relu{number}", "relu")


def _squeezenet(channels: int, kernel: int, plan: tuple[tuple[int, int] | None, ...], draft: NetworkDraft) -> None:
    """plan: (squeeze, expand) of each fire module, None for a pooling layer."""
    _convolve(draft, "features_0", 3, channels, kernel, stride=2)
    draft.put("features_1", "relu")
    for place, step in enumerate(plan, start=2):
        if step is None:
            draft.put(f"features_{place}", "max_pool", kernel=3, stride=2, ceil=True)
        else:
            begun = draft.size
            channels = _fire(draft, f"features_{place}", channels, *step)
            draft.group(f"features_{place}", f"Fire module {place}", begun)
    draft.put("classifier_0", "dropout")
    _convolve(draft, "classifier_1", channels, CLASSES, 1)
    draft.put("classifier_2", "relu")
    draft.put("classifier_3", "adaptive_average_pool", size=1)
    draft.put("flatten", "flatten")


def _fire(draft: NetworkDraft, name: str, incoming: int, squeeze: int, expand: int) -> int:
    _convolve(draft, f"{name}_squeeze", incoming, squeeze, 1)
    entry = draft.put(f"{name}_squeeze_activation", "relu")
    ways = []
    for kernel in (1, 3):
        part = f"{name}_expand{kernel}x{kernel}"
        _convolve(draft, part, squeeze, expand, kernel, entry, **({"padding": 1} if kernel == 3 else {}))
        ways.append(draft.put(f"{part}_activation", "relu"))
    draft.put(f"{name}_concatenate", "concatenate", *ways)
    return 2 * expand


def _mobilenet_v2(draft: NetworkDraft) -> None:
    _convolve_norm_relu6(draft, "features_0", 3, 32, 3, stride=2, padding=1)
    incoming, place = 32, 1
    for expansion, channels, count, first_stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for index in range(count):
            stride = first_stride if index == 0 else 1
            begun = draft.size
            _inverted_residual(draft, f"features_{place}", incoming, channels, stride, expansion)
            draft.group(f"features_{place}", f"Inverted residual {place}", begun)
            incoming, place = channels, place + 1
    _convolve_norm_relu6(draft, f"features_{place}", incoming, 1280, 1)
    draft.put("avgpool", "adaptive_average_pool", size=1)
    draft.put("flatten", "flatten")
    draft.put("classifier_0", "dropout", p=0.2)
    _dense(draft, "classifier_1", 1280, CLASSES)


def _convolve_norm_relu6(
    draft: NetworkDraft, name: str, incoming: int, channels: int, kernel: int, **more: int
) -> None:
    _convolve(draft, f"{name}_0", incoming, channels, kernel, bias=False, **more)
    draft.put(f"{name}_1", "batch_norm")
    draft.put(f"{name}_2", "relu6")


def _inverted_residual(
    draft: NetworkDraft, name: str, incoming: int, channels: int, stride: int, expansion: int
) -> None:
    entry, wide, place = draft.last, incoming * expansion, 0
    if expansion != 1:
        _convolve_norm_relu6(draft, f"{name}_conv_{place}", incoming, wide, 1)
        place += 1
    _convolve_norm_relu6(draft, f"{name}_conv_{place}", wide, wide, 3, stride=stride, padding=1, groups=wide)
    _convolve(draft, f"{name}_conv_{place + 1}", wide, channels, 1, bias=False)
    way = draft.put(f"{name}_conv_{place + 2}", "batch_norm")
    if stride == 1 and incoming == channels:
        draft.put(f"{name}_add", "add", entry, way)


def _densenet121(draft: NetworkDraft) -> None:
    _convolve(draft, "features_conv0", 3, 64, 7, stride=2, padding=3, bias=False)
    draft.put("features_norm0", "batch_norm")
    draft.put("features_relu0", "relu")
    draft.put("features_pool0", "max_pool", kernel=3, stride=2, padding=1)
    channels = 64
    for block, count in enumerate((6, 12, 24, 16), start=1):
        begun = draft.size
        channels = _dense_block(draft, f"features_denseblock{block}", channels, count)
        # folded: wires from every layer to every later one cannot be drawn in a plane without 20,000 crossings
        draft.group(f"features_denseblock{block}", f"Dense block {block}", begun, is_folded=True)
        if block < 4:
            name = f"features_transition{block}"
            draft.put(f"{name}_norm", "batch_norm")
            draft.put(f"{name}_relu", "relu")
            _convolve(draft, f"{name}_conv", channels, channels // 2, 1, bias=False)
            draft.put(f"{name}_pool", "average_pool", kernel=2, stride=2)
            channels //= 2
    draft.put("features_norm5", "batch_norm")
    draft.put("relu", "relu")
    draft.put("avgpool", "adaptive_average_pool", size=1)
    draft.put("flatten", "flatten")
    _dense(draft, "classifier", channels, CLASSES)


def _dense_block(draft: NetworkDraft, block: str, channels: int, count: int) -> int:
    """Each layer sees what came in and all that the ones before it have added: 32 channels a layer."""
    seen = [draft.last]
    for number in range(1, count + 1):
        name = f"{block}_denselayer{number}"
        if number > 1:
            draft.put(f"{name}_concatenate", "concatenate", *seen)
        draft.put(f"{name}_norm1", "batch_norm")
        draft.put(f"{name}_relu1", "relu")
        _convolve(draft, f"{name}_conv1", channels, 128, 1, bias=False)
        draft.put(f"{name}_norm2", "batch_norm")
        draft.put(f"{name}_relu2", "relu")
        seen.append(_convolve(draft, f"{name}_conv2", 128, 32, 3, padding=1, bias=False))
        channels += 32
    draft.put(f"{block}_concatenate", "concatenate", *seen)
    return channels


_FIRES_1_0 = (None, (16, 64), (16, 64), (32, 128), None, (32, 128), (48, 192), (48, 192), (64, 256), None, (64, 256))
_FIRES_1_1 = (None, (16, 64), (16, 64), None, (32, 128), (32, 128), None, (48, 192), (48, 192), (64, 256), (64, 256))
_VGG = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
_RESNET = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}

_MODELS: dict[str, tuple[str, str, Callable[[NetworkDraft], None]]] = {
    "alexnet": ("AlexNet (one column)", "Krizhevsky 2014, arXiv:1404.5997", _alexnet),
    **{
        f"vgg{depth}{'_bn' * has_norm}": (
            f"VGG-{depth}{' with batch norm' * has_norm}",
            "Simonyan and Zisserman 2014, arXiv:1409.1556",
            partial(_vgg, stages, has_norm),
        )
        for depth, stages in _VGG.items()
        for has_norm in (False, True)
    },
    **{
        f"resnet{depth}": (
            f"ResNet-{depth}",
            "He, Zhang, Ren and Sun 2015, arXiv:1512.03385",
            partial(_resnet, blocks, depth >= 50),
        )
        for depth, blocks in _RESNET.items()
    },
    "squeezenet1_0": ("SqueezeNet 1.0", "Iandola et al. 2016, arXiv:1602.07360", partial(_squeezenet, 96, 7, _FIRES_1_0)),
    "squeezenet1_1": ("SqueezeNet 1.1", "Iandola et al. 2016, arXiv:1602.07360", partial(_squeezenet, 64, 3, _FIRES_1_1)),
    "mobilenet_v2": ("MobileNet V2", "Sandler et al. 2018, arXiv:1801.04381", _mobilenet_v2),
    "densenet121": ("DenseNet-121", "Huang, Liu, van der Maaten and Weinberger 2016, arXiv:1608.06993", _densenet121),
}  # fmt: skip
