"""An estimate of how long one training step takes on a machine that was measured. Plain arithmetic; imports neither torch nor the window.

Each layer takes the longer of its arithmetic and of moving its numbers (the roofline of Williams, Waterman and Patterson, CACM
2009), three times over: there, and back to its input and to its weights; no gradient goes to the picture itself. To it comes
what calling a layer costs. Not counted: loading and mixing data, the loss, drawing. Real steps lie within a factor of about two.
"""

from __future__ import annotations

import math

import msgspec

from trainers.layer_catalog import LayerFacts, NetworkAnalysis
from trainers.machine_speed import MachineSpeed
from trainers.network_cost import NUMBER

_THIN, _THICK = 25, 576  # multiply-adds a number of the two convolutions that were measured
# Numbers read and written for each parameter at a step of an optimiser: w and g read, w written, and what it carries as well.
_OPTIMIZER_TRAFFIC = {"sgd": 3, "rmsprop": 5, "adam": 7, "adamw": 7}
_WINDOW_PASSES = 4  # pooling's windows are walked in plain loops, some four times as long as its numbers take to move
_NEAR = 16e6  # bytes of one pass that caches may still hold
_FREE = ("input", "flatten", "reshape", "identity", "transpose")


class StepTime(msgspec.Struct, frozen=True):
    """Seconds of one step with one batch: arithmetic, moving numbers, calling layers, and the optimiser. layers: each one's."""

    batch: int
    arithmetic: float
    moving: float
    calling: float
    optimizer: float
    layers: dict[str, float]

    @property
    def seconds(self) -> float:
        """The whole step."""
        return self.arithmetic + self.moving + self.calling + self.optimizer

    @property
    def samples_per_second(self) -> float:
        """Samples trained a second."""
        return self.batch / self.seconds

    @property
    def bound_by(self) -> str:
        """What most of the step goes to: "arithmetic", "moving numbers", "calling layers" or "the optimiser"."""
        parts = {
            "arithmetic": self.arithmetic,
            "moving numbers": self.moving,
            "calling layers": self.calling,
            "the optimiser": self.optimizer,
        }
        return max(parts, key=lambda part: parts[part])


def step_time(analysis: NetworkAnalysis, speed: MachineSpeed, batch: int, optimizer: str = "adam") -> StepTime:
    """The estimate for one step with a batch of so many samples."""
    arithmetic = moving = calling = 0.0
    layers: dict[str, float] = {}
    learns: dict[str, bool] = {}  # whether a gradient flows back into what a layer gives
    for name, facts in analysis.layers.items():
        has_learning_source = any(learns[source] for source in facts.sources)
        learns[name] = has_learning_source or facts.parameters > 0
        if facts.kind in _FREE:
            layers[name] = 0.0
            continue
        passes = 3 if has_learning_source else 2
        working = passes * batch * facts.flops / _rate(facts, speed)
        carried = passes * _carrying(_traffic(facts, batch), speed)
        if working >= carried:
            arithmetic += working
        else:
            moving += carried
        calling += speed.operation
        layers[name] = max(working, carried) + speed.operation
    calling += speed.step
    updates = _OPTIMIZER_TRAFFIC.get(optimizer, 7) * _carrying(NUMBER * analysis.parameters, speed)
    return StepTime(batch, arithmetic, moving, calling, updates, layers)


def _rate(facts: LayerFacts, speed: MachineSpeed) -> float:
    """FLOP/s of a layer; between the two convolutions that were measured along a straight line of logarithms."""
    if facts.kind != "conv2d":
        return speed.product
    channels, kernel = facts.input_shapes[0][0] // facts.values["groups"], facts.values["kernel"]
    depth = min(max(channels * math.prod(kernel), _THIN), _THICK)
    share = math.log(depth / _THIN) / math.log(_THICK / _THIN)
    return math.exp((1 - share) * math.log(speed.thin_convolution) + share * math.log(speed.convolution))


def _carrying(count: float, speed: MachineSpeed) -> float:
    """Seconds that so many bytes take."""
    return count / (speed.streaming if count < _NEAR else speed.far_streaming)


def _traffic(facts: LayerFacts, batch: int) -> float:
    """Bytes in, out and of weights for one pass."""
    numbers = math.prod(facts.output_shape) + sum(math.prod(shape) for shape in facts.input_shapes)
    slow = _WINDOW_PASSES if facts.kind in ("max_pool", "average_pool") else 1
    return NUMBER * (slow * batch * numbers + facts.parameters)
