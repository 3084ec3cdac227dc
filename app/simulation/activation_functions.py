"""The activation functions that are drawn: value, first and second derivative, parameters, facts. Imports neither torch nor Qt.

Keys are those of trainers.activation_catalog where there is such a function; values equal PyTorch's (a test asks it), and where
PyTorch gives NaN at an infinity the mathematical limit stands here. NaN in, NaN out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.simulation import activation_kinked as kinked
from app.simulation import activation_maxout as maxout
from app.simulation import activation_smooth as smooth
from app.simulation.activation_facts import FACTS, Facts, gated
from app.simulation.activation_formulas import FORMULAS
from app.simulation.activation_kind import Activation, Array, Kernel, Kernels
from app.simulation.activation_origins import ORIGINS
from app.simulation.activation_pages import PAGES
from app.simulation.activation_parameters import ActivationParameter, Rule, number

__all__ = ["ACTIVATIONS", "Activation"]


def _lower_first(lower: float, upper: float) -> str | None:
    if lower <= upper:
        return None
    return f"RReLU's lower is {lower:g}, but it must be at most its upper, {upper:g}."


def _bounds_in_order(min_val: float, max_val: float) -> str | None:
    if min_val < max_val:
        return None
    return f"Hardtanh's min_val is {min_val:g}, but it must be less than its max_val, {max_val:g}."


def _leaky(slope_of: Callable[..., float]) -> Kernels:
    """The three kernels of a function that is x above 0 and slope_of(**parameters) x below."""

    def value(x: Array, **parameters: float) -> Array:
        return kinked.leaky(x, slope_of(**parameters))

    def derivative(x: Array, **parameters: float) -> Array:
        return kinked.leaky_slope(x, slope_of(**parameters))

    return value, derivative, kinked.flat


def _slope_of(gate: Kernel) -> Callable[[float], float]:
    def slope(g: float) -> float:
        return float(gate(np.array([g]))[0])

    return slope


def _gated(gate: Kernel) -> Kernels:
    """x times gate(g): a straight line whose slope the gate sets."""
    slope = _slope_of(gate)

    def value(x: Array, g: float) -> Array:
        return kinked.times(x, slope(g))

    def derivative(x: Array, g: float) -> Array:
        return np.full_like(x, slope(g))

    return value, derivative, kinked.flat


def _activation(
    name: str,
    title: str,
    torch_name: str | None,
    kernels: Kernels,
    parameters: tuple[ActivationParameter, ...] = (),
    rule: Rule | None = None,
    facts: Facts | None = None,
) -> Activation:
    return Activation(
        name,
        title,
        torch_name,
        kernels,
        parameters,
        rule,
        facts or FACTS[name],
        ORIGINS[name],
        FORMULAS[name],
        PAGES[name],
    )


def _glu(name: str, title: str, gate: Kernel) -> Activation:
    facts = gated(_slope_of(gate))
    return _activation(name, title, None, _gated(gate), (_G,), facts=facts)


def _exact_gelu(x: Array) -> Array:
    return smooth.gelu(x, "none")


_SLOPE = ((-10.0, 10.0), (-1.0, 1.0))
_ALPHA = number("alpha", "α", 1.0, (1e-3, 100.0), (0.05, 5.0))
_LAMBD = number("lambd", "Threshold λ", 0.5, (0.0, 100.0), (0.0, 3.0))
_G = number("g", "Input g of the gate", 1.0, (-10.0, 10.0), (-6.0, 6.0))


def _line(name: str, title: str, default: float) -> ActivationParameter:
    return number(name, title, default, (-100.0, 100.0), (-3.0, 3.0))


_ALL = (
    _activation("sigmoid", "Sigmoid", "torch.nn.Sigmoid", (smooth.sigmoid, smooth.sigmoid_slope, smooth.sigmoid_bend)),
    _activation("tanh", "tanh", "torch.nn.Tanh", (smooth.tanh, smooth.tanh_slope, smooth.tanh_bend)),
    _activation("relu", "ReLU", "torch.nn.ReLU", (kinked.relu, kinked.relu_slope, kinked.flat)),
    _activation(
        "leaky_relu",
        "Leaky ReLU",
        "torch.nn.LeakyReLU",
        _leaky(lambda negative_slope: negative_slope),
        (number("negative_slope", "Slope below 0", 0.1, *_SLOPE),),
    ),
    _activation(
        "maxout",
        "Maxout",
        None,
        (maxout.value, maxout.slope, kinked.flat),
        (_line("w1", "w₁", 1.0), _line("b1", "b₁", 0.0), _line("w2", "w₂", -0.5), _line("b2", "b₂", 1.0)),
    ),
    _activation("elu", "ELU", "torch.nn.ELU", (kinked.elu, kinked.elu_slope, kinked.elu_bend), (_ALPHA,)),
    _activation(
        "gelu",
        "GELU",
        "torch.nn.GELU",
        (smooth.gelu, smooth.gelu_slope, smooth.gelu_bend),
        (ActivationParameter("approximate", "Approximation", "none", choices=("none", "tanh")),),
    ),
    _activation("silu", "SiLU (swish)", "torch.nn.SiLU", (smooth.silu, smooth.silu_slope, smooth.silu_bend)),
    _activation("mish", "Mish", "torch.nn.Mish", (smooth.mish, smooth.mish_slope, smooth.mish_bend)),
    _activation(
        "softplus",
        "Softplus",
        "torch.nn.Softplus",
        (smooth.softplus, smooth.softplus_slope, smooth.softplus_bend),
        (
            number("beta", "Sharpness β", 1.0, (1e-3, 1e3), (0.1, 10.0)),
            number("threshold", "Linear above", 20.0, (0.0, 1e3), (0.0, 20.0)),
        ),
    ),
    _activation("selu", "SELU", "torch.nn.SELU", (kinked.selu, kinked.selu_slope, kinked.selu_bend)),
    _activation("celu", "CELU", "torch.nn.CELU", (kinked.celu, kinked.celu_slope, kinked.celu_bend), (_ALPHA,)),
    _activation(
        "prelu",
        "PReLU",
        "torch.nn.PReLU",
        _leaky(lambda init: init),
        (number("init", "First slope below 0", 0.25, *_SLOPE),),
    ),
    _activation(
        "rrelu",
        "RReLU",
        "torch.nn.RReLU",
        _leaky(lambda lower, upper: (lower + upper) / 2),
        (
            number("lower", "Smallest slope", 0.125, (0.0, 10.0), (0.0, 1.0)),
            number("upper", "Largest slope", 1 / 3, (0.0, 10.0), (0.0, 1.0)),
        ),
        _lower_first,
    ),
    _activation("relu6", "ReLU6", "torch.nn.ReLU6", (kinked.relu6, kinked.relu6_slope, kinked.flat)),
    _activation(
        "hardtanh",
        "Hardtanh",
        "torch.nn.Hardtanh",
        (kinked.hardtanh, kinked.hardtanh_slope, kinked.flat),
        (
            number("min_val", "Lower bound", -1.0, (-1e3, 1e3), (-6.0, 6.0)),
            number("max_val", "Upper bound", 1.0, (-1e3, 1e3), (-6.0, 6.0)),
        ),
        _bounds_in_order,
    ),
    _activation(
        "hardsigmoid",
        "Hardsigmoid",
        "torch.nn.Hardsigmoid",
        (kinked.hardsigmoid, kinked.hardsigmoid_slope, kinked.flat),
    ),
    _activation(
        "hardswish",
        "Hardswish",
        "torch.nn.Hardswish",
        (kinked.hardswish, kinked.hardswish_slope, kinked.hardswish_bend),
    ),
    _activation(
        "softsign", "Softsign", "torch.nn.Softsign", (smooth.softsign, smooth.softsign_slope, smooth.softsign_bend)
    ),
    _activation(
        "logsigmoid",
        "Log-sigmoid",
        "torch.nn.LogSigmoid",
        (smooth.logsigmoid, smooth.logsigmoid_slope, smooth.logsigmoid_bend),
    ),
    _activation(
        "tanhshrink",
        "Tanhshrink",
        "torch.nn.Tanhshrink",
        (smooth.tanhshrink, smooth.tanhshrink_slope, smooth.tanhshrink_bend),
    ),
    _activation(
        "softshrink",
        "Softshrink",
        "torch.nn.Softshrink",
        (kinked.softshrink, kinked.shrink_slope, kinked.flat),
        (_LAMBD,),
    ),
    _activation(
        "hardshrink",
        "Hardshrink",
        "torch.nn.Hardshrink",
        (kinked.hardshrink, kinked.shrink_slope, kinked.flat),
        (_LAMBD,),
    ),
    _activation(
        "threshold",
        "Threshold",
        "torch.nn.Threshold",
        (kinked.threshold, kinked.threshold_slope, kinked.flat),
        (
            number("threshold", "Threshold", 0.0, (-1e3, 1e3), (-3.0, 3.0)),
            number("value", "Otherwise", 0.0, (-1e3, 1e3), (-3.0, 3.0)),
        ),
    ),
    _activation("step", "Step", None, (kinked.step, kinked.flat, kinked.flat)),
    _activation(
        "sine",
        "Sine",
        None,
        (smooth.sine, smooth.sine_slope, smooth.sine_bend),
        (number("omega", "Frequency ω", 1.0, (0.01, 100.0), (0.1, 10.0)),),
    ),
    _activation("identity", "Identity", "torch.nn.Identity", (smooth.identity, smooth.one, smooth.zero)),
    _glu("glu", "GLU", smooth.sigmoid),
    _glu("bilinear", "Bilinear GLU", smooth.identity),
    _glu("reglu", "ReGLU", kinked.relu),
    _glu("geglu", "GEGLU", _exact_gelu),
    _glu("swiglu", "SwiGLU", smooth.silu),
)

ACTIVATIONS: dict[str, Activation] = {activation.name: activation for activation in _ALL}
