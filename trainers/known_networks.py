"""Where a network stands among some that a lecture names: published counts, with their source. Plain data; no torch, no window."""

from __future__ import annotations

import msgspec


class KnownNetwork(msgspec.Struct, frozen=True):
    """A published network. parameters: learnt numbers; flops: of one sample on the way there, 2 a multiply-add; sample: what
    that is; source: where both are written or what they follow from."""

    name: str
    year: int
    parameters: int
    flops: int
    sample: str
    source: str


KNOWN_NETWORKS = (
    KnownNetwork(
        "LeNet-5",
        1998,
        60_000,
        681_816,
        "a picture of 1×32×32",
        "LeCun, Bottou, Bengio and Haffner 1998, section II.B: 340,908 connections, 60,000 free parameters",
    ),
    KnownNetwork(
        "AlexNet",
        2012,
        61_100_840,
        1_428_000_000,
        "a picture of 3×224×224",
        "torchvision's AlexNet_Weights (0.714 billion multiply-adds); Krizhevsky, Sutskever and Hinton 2012 say 60 million",
    ),
    KnownNetwork(
        "ResNet-50",
        2015,
        25_557_032,
        8_178_000_000,
        "a picture of 3×224×224",
        "torchvision's ResNet50_Weights (4.089 billion multiply-adds); He, Zhang, Ren and Sun 2015, arXiv:1512.03385, table 1,"
        " counted 3.8 billion with the stride in the first convolution of a block",
    ),
    KnownNetwork(
        "GPT-2",
        2019,
        1_542_000_000,
        3_180_000_000_000,
        "1,024 tokens",
        "Radford et al. 2019, table 2 (1542M: 48 layers of 1,600); FLOPs by Kaplan et al. 2020, arXiv:2001.08361, table 1:"
        " 2·12·48·1600² + 2·48·1024·1600 a token",
    ),
)


def beside_text(parameters: int, flops: int) -> str:
    """How many times the parameters and the FLOPs of each known network a network with these counts has, the oldest first."""
    return "; ".join(
        f"{known.name} {_share(parameters / known.parameters)} and {_share(flops / known.flops)}"
        for known in KNOWN_NETWORKS
    )


def standing_text(parameters: int) -> str:
    """One sentence: between which of the known networks these parameters lie, and how far from the nearest."""
    if parameters < 1:
        return "Nothing in it learns."
    ordered = sorted(KNOWN_NETWORKS, key=lambda known: known.parameters)
    nearest = min(ordered, key=lambda known: max(parameters / known.parameters, known.parameters / parameters))
    ratio = parameters / nearest.parameters
    if 0.95 <= ratio <= 1.05:
        beside = f"about as many parameters as {nearest.name} ({nearest.year})"
    elif ratio > 1:
        beside = f"{_times(ratio)} the parameters of {nearest.name} ({nearest.year})"
    else:
        beside = f"1/{_whole(1 / ratio)} of the parameters of {nearest.name} ({nearest.year})"
    return f"It has {beside}."


def _share(ratio: float) -> str:
    """12 times, 1.0 times, 0.17 times, 1/8,300; nothing has no share."""
    if ratio <= 0:
        return "none"
    return f"1/{_whole(1 / ratio)}" if ratio < 0.1 else f"{ratio:.2f} times" if ratio < 0.95 else _times(ratio)


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:,.0f} times"


def _whole(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"
