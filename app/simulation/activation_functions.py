"""The activation functions that are drawn: value, first and second derivative, parameters, facts. Imports neither torch nor Qt.

Keys are those of trainers.activation_catalog where there is such a function; values equal PyTorch's (a test asks it), and where
PyTorch gives NaN at an infinity the mathematical limit stands here. NaN in, NaN out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.simulation import activation_kinked as kinked
from app.simulation import activation_maxout as maxout
from app.simulation import activation_smooth as smooth
from app.simulation.activation_parameters import ActivationParameter, Rule, Value, Values, checked, number
from trainers.errors import BadInput

Array = npt.NDArray[np.floating[Any]]
Kernel = Callable[..., Array]
Kernels = tuple[Kernel, Kernel, Kernel]


@dataclass(frozen=True)
class Activation:
    """One function of one number.

    name: its key; torch_name: its torch.nn class with these very parameters, or None where there is none. kernels: value, first
    and second derivative for an array of one precision. rule: what parameters must keep to among themselves.
    """

    name: str
    title: str
    torch_name: str | None
    kernels: Kernels
    parameters: tuple[ActivationParameter, ...] = ()
    rule: Rule | None = None

    def value(self, x: npt.ArrayLike, **parameters: Value) -> Array:
        """f(x): of the shape of x, float32 for float32 and float64 for all else; limits at the infinities, NaN for NaN.

        Raises BadInput for a parameter that is unknown or out of its range.
        """
        return self._of(self.kernels[0], x, parameters)

    def derivative(self, x: npt.ArrayLike, **parameters: Value) -> Array:
        """f'(x), at a kink PyTorch's (`kinks` says which); else as `value`."""
        return self._of(self.kernels[1], x, parameters)

    def second_derivative(self, x: npt.ArrayLike, **parameters: Value) -> Array:
        """f''(x), 0 at a kink; else as `value`."""
        return self._of(self.kernels[2], x, parameters)

    def checked(self, **parameters: Value) -> Values:
        """All parameters with defaults filled in; raises BadInput for one that is unknown or out of its range."""
        return checked(self.title, self.parameters, self.rule, parameters)

    def _of(self, kernel: Kernel, x: npt.ArrayLike, given: Values) -> Array:
        parameters = self.checked(**given)
        points = np.asarray(x)
        if points.dtype != np.float32:
            if points.dtype.kind not in "fiub":
                raise BadInput(f"{self.title} takes real numbers, but was given {points.dtype}.")
            points = points.astype(np.float64, copy=False)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # limits are tested, number by number
            result = np.asarray(kernel(points, **parameters), dtype=points.dtype)
        unknown = np.isnan(points)
        if unknown.any():
            result = np.where(unknown, points, result)
        return result + 0.0  # a copy where the kernel gave x itself; and -0 becomes 0


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


def _gated(gate: Kernel) -> Kernels:
    """x times gate(g): a straight line whose slope the gate sets."""

    def slope(g: float) -> float:
        return float(gate(np.array([g]))[0])

    def value(x: Array, g: float) -> Array:
        return kinked.times(x, slope(g))

    def derivative(x: Array, g: float) -> Array:
        return np.full_like(x, slope(g))

    return value, derivative, kinked.flat


def _exact_gelu(x: Array) -> Array:
    return smooth.gelu(x, "none")


_SLOPE = ((-10.0, 10.0), (-1.0, 1.0))
_ALPHA = number("alpha", "α", 1.0, (1e-3, 100.0), (0.05, 5.0))
_LAMBD = number("lambd", "Threshold λ", 0.5, (0.0, 100.0), (0.0, 3.0))
_G = number("g", "Input g of the gate", 1.0, (-10.0, 10.0), (-6.0, 6.0))


def _line(name: str, title: str, default: float) -> ActivationParameter:
    return number(name, title, default, (-100.0, 100.0), (-3.0, 3.0))


_ALL = (
    Activation("sigmoid", "Sigmoid", "torch.nn.Sigmoid", (smooth.sigmoid, smooth.sigmoid_slope, smooth.sigmoid_bend)),
    Activation("tanh", "tanh", "torch.nn.Tanh", (smooth.tanh, smooth.tanh_slope, smooth.tanh_bend)),
    Activation("relu", "ReLU", "torch.nn.ReLU", (kinked.relu, kinked.relu_slope, kinked.flat)),
    Activation(
        "leaky_relu",
        "Leaky ReLU",
        "torch.nn.LeakyReLU",
        _leaky(lambda negative_slope: negative_slope),
        (number("negative_slope", "Slope below 0", 0.1, *_SLOPE),),
    ),
    Activation(
        "maxout",
        "Maxout",
        None,
        (maxout.value, maxout.slope, kinked.flat),
        (_line("w1", "w₁", 1.0), _line("b1", "b₁", 0.0), _line("w2", "w₂", -0.5), _line("b2", "b₂", 1.0)),
    ),
    Activation("elu", "ELU", "torch.nn.ELU", (kinked.elu, kinked.elu_slope, kinked.elu_bend), (_ALPHA,)),
    Activation(
        "gelu",
        "GELU",
        "torch.nn.GELU",
        (smooth.gelu, smooth.gelu_slope, smooth.gelu_bend),
        (ActivationParameter("approximate", "Approximation", "none", choices=("none", "tanh")),),
    ),
    Activation("silu", "SiLU (swish)", "torch.nn.SiLU", (smooth.silu, smooth.silu_slope, smooth.silu_bend)),
    Activation("mish", "Mish", "torch.nn.Mish", (smooth.mish, smooth.mish_slope, smooth.mish_bend)),
    Activation(
        "softplus",
        "Softplus",
        "torch.nn.Softplus",
        (smooth.softplus, smooth.softplus_slope, smooth.softplus_bend),
        (
            number("beta", "Sharpness β", 1.0, (1e-3, 1e3), (0.1, 10.0)),
            number("threshold", "Linear above", 20.0, (0.0, 1e3), (0.0, 20.0)),
        ),
    ),
    Activation("selu", "SELU", "torch.nn.SELU", (kinked.selu, kinked.selu_slope, kinked.selu_bend)),
    Activation("celu", "CELU", "torch.nn.CELU", (kinked.celu, kinked.celu_slope, kinked.celu_bend), (_ALPHA,)),
    Activation(
        "prelu",
        "PReLU",
        "torch.nn.PReLU",
        _leaky(lambda init: init),
        (number("init", "First slope below 0", 0.25, *_SLOPE),),
    ),
    Activation(
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
    Activation("relu6", "ReLU6", "torch.nn.ReLU6", (kinked.relu6, kinked.relu6_slope, kinked.flat)),
    Activation(
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
    Activation(
        "hardsigmoid",
        "Hardsigmoid",
        "torch.nn.Hardsigmoid",
        (kinked.hardsigmoid, kinked.hardsigmoid_slope, kinked.flat),
    ),
    Activation(
        "hardswish",
        "Hardswish",
        "torch.nn.Hardswish",
        (kinked.hardswish, kinked.hardswish_slope, kinked.hardswish_bend),
    ),
    Activation(
        "softsign", "Softsign", "torch.nn.Softsign", (smooth.softsign, smooth.softsign_slope, smooth.softsign_bend)
    ),
    Activation(
        "logsigmoid",
        "Log-sigmoid",
        "torch.nn.LogSigmoid",
        (smooth.logsigmoid, smooth.logsigmoid_slope, smooth.logsigmoid_bend),
    ),
    Activation(
        "tanhshrink",
        "Tanhshrink",
        "torch.nn.Tanhshrink",
        (smooth.tanhshrink, smooth.tanhshrink_slope, smooth.tanhshrink_bend),
    ),
    Activation(
        "softshrink",
        "Softshrink",
        "torch.nn.Softshrink",
        (kinked.softshrink, kinked.shrink_slope, kinked.flat),
        (_LAMBD,),
    ),
    Activation(
        "hardshrink",
        "Hardshrink",
        "torch.nn.Hardshrink",
        (kinked.hardshrink, kinked.shrink_slope, kinked.flat),
        (_LAMBD,),
    ),
    Activation(
        "threshold",
        "Threshold",
        "torch.nn.Threshold",
        (kinked.threshold, kinked.threshold_slope, kinked.flat),
        (
            number("threshold", "Threshold", 0.0, (-1e3, 1e3), (-3.0, 3.0)),
            number("value", "Otherwise", 0.0, (-1e3, 1e3), (-3.0, 3.0)),
        ),
    ),
    Activation("step", "Step", None, (kinked.step, kinked.flat, kinked.flat)),
    Activation(
        "sine",
        "Sine",
        None,
        (smooth.sine, smooth.sine_slope, smooth.sine_bend),
        (number("omega", "Frequency ω", 1.0, (0.01, 100.0), (0.1, 10.0)),),
    ),
    Activation("identity", "Identity", "torch.nn.Identity", (smooth.identity, smooth.one, smooth.zero)),
    Activation("glu", "GLU", None, _gated(smooth.sigmoid), (_G,)),
    Activation("bilinear", "Bilinear GLU", None, _gated(smooth.identity), (_G,)),
    Activation("reglu", "ReGLU", None, _gated(kinked.relu), (_G,)),
    Activation("geglu", "GEGLU", None, _gated(_exact_gelu), (_G,)),
    Activation("swiglu", "SwiGLU", None, _gated(smooth.silu), (_G,)),
)

ACTIVATIONS: dict[str, Activation] = {activation.name: activation for activation in _ALL}
