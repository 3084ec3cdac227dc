"""Values that well-known networks use, to be chosen instead of typed, each with where it comes from. Imports no Qt.

LeNet-5: LeCun, Bottou, Bengio and Haffner 1998, Proc. IEEE 86(11); AlexNet: Krizhevsky, Sutskever and Hinton 2012, NIPS 25;
VGG: Simonyan and Zisserman 2014, arXiv:1409.1556; ResNet: He, Zhang, Ren and Sun 2015, arXiv:1512.03385; the Transformer:
Vaswani and others 2017, arXiv:1706.03762.
"""

from __future__ import annotations

from trainers.network_graph import Parameter

Known = tuple[tuple[Parameter, str], ...]

KNOWN: dict[tuple[str, str], Known] = {
    ("input", "shape"): (
        ((1, 28, 28), "MNIST digits"),
        ((1, 32, 32), "the digits of LeNet-5's paper"),
        ((3, 32, 32), "CIFAR pictures"),
        ((3, 224, 224), "ImageNet pictures"),
        ((2,), "points in the plane"),
    ),
    ("conv2d", "channels"): (
        (6, "LeNet-5, first"),
        (16, "LeNet-5, second"),
        (32, ""),
        (64, "VGG and ResNet, first"),
        (96, "AlexNet's paper, first"),
        (128, "VGG and ResNet, second stage"),
        (256, "VGG and ResNet, third stage"),
        (512, "VGG and ResNet, last stage"),
    ),
    ("conv2d", "kernel"): (
        (1, "mixes channels, place by place"),
        (3, "VGG, ResNet"),
        (5, "LeNet-5"),
        (7, "ResNet, first"),
        (11, "AlexNet, first"),
    ),
    ("conv2d", "stride"): ((1, "every place"), (2, "halves height and width"), (4, "AlexNet, first")),
    ("conv2d", "padding"): (
        (0, "shrinks by the kernel less one"),
        (1, "keeps the size of a 3×3 kernel"),
        (2, "keeps the size of a 5×5 kernel"),
        (3, "keeps the size of a 7×7 kernel"),
    ),
    ("max_pool", "kernel"): ((2, "VGG"), (3, "AlexNet, ResNet")),
    ("average_pool", "kernel"): ((2, "LeNet-5's subsampling"), (3, "")),
    ("dense", "units"): (
        (1, "one number"),
        (8, "a small net in the plane"),
        (10, "ten classes"),
        (84, "LeNet-5, second"),
        (120, "LeNet-5, first"),
        (1000, "ImageNet's classes"),
        (4096, "AlexNet, VGG"),
    ),
    ("dropout", "p"): ((0.1, "the Transformer"), (0.25, ""), (0.5, "AlexNet, VGG")),
    ("self_attention", "heads"): ((1, ""), (8, "the Transformer")),
}


def known_values(kind: str, parameter: str) -> Known:
    """Values and where they come from; () where there are none."""
    return KNOWN.get((kind, parameter), ())
