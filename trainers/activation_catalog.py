"""The activation functions of torch.nn: names, parameters with defaults and ranges, torch class and function. Plain data.

One set of keys (`relu`, `leaky_relu`, ...) serves builder, plotter and trainers. Keys are the names in torch.nn.functional.
Imports neither torch nor the window.
"""

from __future__ import annotations

import msgspec

from trainers.layer_kind import ParameterSpec


class TorchActivation(msgspec.Struct, frozen=True):
    """One function, applied to each number by itself (softmax and its kin: along the features of each sample).

    torch_class: in torch.nn; function: how idiomatic code calls it, with {x} for the argument and {name} for a parameter, or
    "" where the class must stand because it holds weights or acts differently in training. operations: elementary ones per
    number, an exponential counted as one. weights: how many it learns (prelu). is_elementwise: False for the softmax family.
    states_all: PyTorch has no defaults for its parameters.
    """

    key: str
    title: str
    torch_class: str
    function: str
    operations: int
    tooltip: str
    parameters: tuple[ParameterSpec, ...] = ()
    weights: int = 0
    is_elementwise: bool = True
    acts_differently_in_training: bool = False
    states_all: bool = False


def _number(name: str, title: str, default: float, tooltip: str, low: float, high: float) -> ParameterSpec:
    return ParameterSpec(name, title, "number", default, tooltip, minimum=low, maximum=high)


_LAMBD = (_number("lambd", "Threshold λ", 0.5, "Numbers closer to 0 than this become 0.", 0.0, 100.0),)
_ALPHA = (_number("alpha", "α", 1.0, "The value that very negative inputs approach is −α.", 1e-3, 100.0),)

_ALL = (
    TorchActivation("relu", "ReLU", "ReLU", "F.relu({x})", 1, "Keeps what is positive and turns the rest into 0."),
    TorchActivation(
        "leaky_relu",
        "Leaky ReLU",
        "LeakyReLU",
        "F.leaky_relu({x}, {negative_slope})",
        2,
        "Keeps what is positive and lets a small share of the negative through, so that no unit falls silent for good.",
        (_number("negative_slope", "Slope below 0", 0.01, "The share of a negative input that passes.", -10.0, 10.0),),
    ),
    TorchActivation(
        "prelu",
        "PReLU",
        "PReLU",
        "",
        2,
        "A leaky ReLU that learns its slope below 0.",
        (_number("init", "First slope below 0", 0.25, "The slope that training begins with.", -10.0, 10.0),),
        weights=1,
    ),
    TorchActivation(
        "rrelu",
        "RReLU",
        "RReLU",
        "",
        2,
        "A leaky ReLU whose slope below 0 is drawn anew at every step of training, and is the mean afterwards.",
        (
            _number("lower", "Smallest slope", 0.125, "The least slope that may be drawn.", 0.0, 10.0),
            _number("upper", "Largest slope", 1 / 3, "The greatest slope that may be drawn.", 0.0, 10.0),
        ),
        acts_differently_in_training=True,
    ),
    TorchActivation("relu6", "ReLU6", "ReLU6", "F.relu6({x})", 2, "A ReLU that goes no higher than 6."),
    TorchActivation(
        "elu", "ELU", "ELU", "F.elu({x}, {alpha})", 3, "Keeps what is positive; below 0 it bends to −α.", _ALPHA
    ),
    TorchActivation(
        "celu", "CELU", "CELU", "F.celu({x}, {alpha})", 4, "An ELU without a kink at 0, whatever α.", _ALPHA
    ),
    TorchActivation("selu", "SELU", "SELU", "F.selu({x})", 4, "An ELU scaled so that mean and spread keep themselves."),
    TorchActivation(
        "gelu",
        "GELU",
        "GELU",
        "F.gelu({x}, approximate={approximate})",
        4,
        "Weighs each number by how likely a normal one is smaller: a smooth ReLU, as transformers use it.",
        (
            ParameterSpec(
                "approximate",
                "Approximation",
                "choice",
                "none",
                "none is exact; tanh is the faster formula of GPT-2.",
                choices=("none", "tanh"),
            ),
        ),
    ),
    TorchActivation(
        "silu", "SiLU (swish)", "SiLU", "F.silu({x})", 5, "x times its own sigmoid: smooth, with a dip below 0."
    ),
    TorchActivation("mish", "Mish", "Mish", "F.mish({x})", 5, "x times tanh(softplus(x)): smooth, with a dip below 0."),
    TorchActivation("sigmoid", "Sigmoid", "Sigmoid", "torch.sigmoid({x})", 4, "Squeezes every number between 0 and 1."),
    TorchActivation("tanh", "tanh", "Tanh", "torch.tanh({x})", 5, "Squeezes every number between −1 and 1."),
    TorchActivation(
        "softplus",
        "Softplus",
        "Softplus",
        "F.softplus({x}, {beta}, {threshold})",
        4,
        "A ReLU with a rounded corner.",
        (
            _number("beta", "Sharpness β", 1.0, "The larger, the closer to a ReLU.", 1e-3, 1e3),
            _number("threshold", "Linear above", 20.0, "Above this (times β) it is taken as x itself.", 0.0, 1e3),
        ),
    ),
    TorchActivation("softsign", "Softsign", "Softsign", "F.softsign({x})", 3, "x / (1 + |x|): a slower tanh."),
    TorchActivation("logsigmoid", "Log-sigmoid", "LogSigmoid", "F.logsigmoid({x})", 4, "The logarithm of the sigmoid."),
    TorchActivation("tanhshrink", "Tanhshrink", "Tanhshrink", "F.tanhshrink({x})", 6, "x − tanh(x): flat around 0."),
    TorchActivation(
        "hardtanh",
        "Hardtanh",
        "Hardtanh",
        "F.hardtanh({x}, {min_val}, {max_val})",
        2,
        "Straight between two bounds, and flat beyond them.",
        (
            _number("min_val", "Lower bound", -1.0, "Nothing comes out below this.", -1e3, 1e3),
            _number("max_val", "Upper bound", 1.0, "Nothing comes out above this.", -1e3, 1e3),
        ),
    ),
    TorchActivation(
        "hardsigmoid", "Hardsigmoid", "Hardsigmoid", "F.hardsigmoid({x})", 4, "A sigmoid made of three lines."
    ),
    TorchActivation("hardswish", "Hardswish", "Hardswish", "F.hardswish({x})", 5, "x times its hardsigmoid."),
    TorchActivation(
        "hardshrink",
        "Hardshrink",
        "Hardshrink",
        "F.hardshrink({x}, {lambd})",
        2,
        "Turns what is close to 0 into 0 and keeps the rest as it is.",
        _LAMBD,
    ),
    TorchActivation(
        "softshrink",
        "Softshrink",
        "Softshrink",
        "F.softshrink({x}, {lambd})",
        3,
        "Pulls every number towards 0 by λ, and no further.",
        _LAMBD,
    ),
    TorchActivation(
        "threshold",
        "Threshold",
        "Threshold",
        "F.threshold({x}, {threshold}, {value})",
        1,
        "Keeps what is above a threshold and replaces the rest.",
        (
            _number("threshold", "Threshold", 0.0, "Above it a number passes as it is.", -1e3, 1e3),
            _number("value", "Otherwise", 0.0, "What stands in for all other numbers.", -1e3, 1e3),
        ),
        states_all=True,
    ),
    TorchActivation(
        "softmax",
        "Softmax",
        "Softmax",
        "F.softmax({x}, dim={dim})",
        4,
        "Turns a sample's numbers into shares that sum to 1. (The loss for classes already contains it.)",
        is_elementwise=False,
    ),
    TorchActivation(
        "log_softmax",
        "Log-softmax",
        "LogSoftmax",
        "F.log_softmax({x}, dim={dim})",
        4,
        "The logarithm of softmax.",
        is_elementwise=False,
    ),
    TorchActivation(
        "softmin",
        "Softmin",
        "Softmin",
        "F.softmin({x}, dim={dim})",
        5,
        "Softmax of the negated numbers: the smallest takes the largest share.",
        is_elementwise=False,
    ),
)

ACTIVATIONS: dict[str, TorchActivation] = {activation.key: activation for activation in _ALL}
