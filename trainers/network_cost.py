"""What a network costs: memory of its numbers, of its training, and how far its last pictures see. Plain arithmetic, no torch.

Counted, in bytes at 4 a number (single precision), one sample unless a batch is named:

- output: what a layer gives, whether or not it has memory of its own (flatten looks at the same numbers in another shape);
- kept: what PyTorch keeps of the way there for the way back (autograd's saved tensors, weights left out). A convolution or
  dense layer keeps what came in, ReLU what went out, max pooling also where each maximum stood (8 bytes), dropout its mask.
  What two layers keep is there once, and nothing is kept in front of the first weight. The rules are what torch 2.14 does on
  the CPU, held against it by a test; on a GPU recurrent layers and attention may keep more.
- training: parameters, one gradient each, the optimiser's numbers, batch norm's running statistics, and what is kept.

Not counted: the gradients of activations while they pass (about twice the largest output), work space of convolutions, memory
that an allocator holds in reserve, the program itself (some 300 MB for torch on the CPU, as much again for CUDA).
"""

from __future__ import annotations

import math

import msgspec

from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis
from trainers.network_graph import NetworkInputError

NUMBER = 4  # bytes
INDEX = 8  # bytes of a whole number that says where a maximum stood

# Copies of all parameters that an optimiser carries from step to step: running means of gradients, of their squares.
OPTIMIZER_COPIES = {"sgd": 0, "rmsprop": 1, "adam": 2, "adamw": 2}
_MOMENTUM_COPIES = {"sgd": 1, "rmsprop": 1, "adam": 0, "adamw": 0}

_VIEWS = ("flatten", "reshape", "identity", "transpose")  # the same memory in another shape
_KEEPS_OUTPUT = ("relu", "sigmoid", "tanh", "softmax", "softmin", "log_softmax", "maxout")
_KEEPS_NOTHING_OF_ITS_INPUT = {
    *_KEEPS_OUTPUT[:-1],
    *_VIEWS,
    *("input", "add", "concatenate", "dropout", "tanhshrink", "positions", "mean_over_steps", "embedding"),
    *("recurrent", "lstm", "gru", "self_attention", "drawn"),
}


class LayerCost(msgspec.Struct, frozen=True):
    """One layer, in bytes: output and kept for one sample, parameters for all. kept: what is there because of this layer alone
    or first (what a later layer keeps of this one's output counts here, where the numbers are made)."""

    output: int
    kept: int
    parameters: int


class NetworkCost(msgspec.Struct, frozen=True):
    """All layers and their sums, in bytes. buffers: numbers that are not learnt but saved, such as running means; kept_once: what
    is kept of a batch, whatever its size (batch norm's means and spreads).

    largest_output: the layer that gives most; receptive_field: height and width of what one number of the last picture-like
    layer (`field_layer`) depends on, in pixels of the input; None where there is none.
    """

    layers: dict[str, LayerCost]
    output: int
    kept: int
    kept_once: int
    parameters: int
    buffers: int
    largest_output: str
    receptive_field: tuple[int, int] | None
    field_layer: str


class TrainingMemory(msgspec.Struct, frozen=True):
    """Memory of training with one batch, in bytes, part by part."""

    parameters: int
    gradients: int
    optimizer: int
    buffers: int
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.parameters + self.gradients + self.optimizer + self.buffers + self.activations


def network_cost(analysis: NetworkAnalysis) -> NetworkCost:
    """The memory of a network and of each of its layers."""
    owner: dict[str, str] = {}  # whose memory it is that a layer gives
    learning: set[str] = set()  # those into whose output a gradient flows
    own: dict[str, int] = {}
    outputs: dict[str, int] = {}
    held: set[str] = set()
    buffers = kept_once = 0
    field_layer = ""
    for name, facts in analysis.layers.items():
        kind, sources = facts.kind, facts.sources
        outputs[name] = NUMBER * math.prod(facts.output_shape)
        owner[name] = owner[sources[0]] if kind in _VIEWS else name
        if facts.receptive_field is not None:
            field_layer = name
        if kind == "batch_norm":
            buffers += (2 * facts.output_shape[0] + 2) * NUMBER  # and a count of batches, which has 8 bytes
        if not facts.parameters and learning.isdisjoint(sources):
            continue
        learning.add(name)
        if kind == "batch_norm":
            kept_once += 2 * facts.output_shape[0] * NUMBER
        extra = _extra(facts)
        if extra:
            own[name] = extra
        if kind in _KEEPS_OUTPUT:
            held.add(owner[name])
        if _keeps_input(facts):
            held.update([owner[source] for source in sources])
    layers = {
        name: LayerCost(output, own.get(name, 0) + (output if name in held else 0), NUMBER * facts.parameters)
        for (name, facts), output in zip(analysis.layers.items(), outputs.values(), strict=True)
    }
    return NetworkCost(
        layers=layers,
        output=sum(outputs.values()),
        kept=sum([cost.kept for cost in layers.values()]),
        kept_once=kept_once,
        parameters=NUMBER * analysis.parameters,
        buffers=buffers,
        largest_output=max(outputs, key=outputs.__getitem__),
        receptive_field=analysis.layers[field_layer].receptive_field if field_layer else None,
        field_layer=field_layer,
    )


def training_memory(cost: NetworkCost, optimizer: str, batch: int, momentum: float = 0.0) -> TrainingMemory:
    """What training takes with this optimiser ("sgd", "adam", "adamw", "rmsprop") and so many samples a batch."""
    if optimizer not in OPTIMIZER_COPIES:
        raise NetworkInputError(f"There is no optimizer {optimizer!r}.", f"Take {', '.join(OPTIMIZER_COPIES)}.")
    if batch < 1:
        raise NetworkInputError(f"A batch of {batch} samples cannot be.", "Take at least 1.")
    copies = OPTIMIZER_COPIES[optimizer] + (_MOMENTUM_COPIES[optimizer] if momentum > 0 else 0)
    return TrainingMemory(
        parameters=cost.parameters,
        gradients=cost.parameters,
        optimizer=copies * cost.parameters,
        buffers=cost.buffers,
        activations=batch * cost.kept + cost.kept_once,
    )


def bytes_text(count: float) -> str:
    """Bytes as a person reads them, in powers of ten: 244 kB, 1.7 GB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= 0.9995 * size:
            number = count / size
            return f"{number:.3g} {unit}" if number < 999.5 else f"{number:,.0f} {unit}"
    return f"{count:.0f} bytes"


def _keeps_input(facts: LayerFacts) -> bool:
    if facts.kind == "adaptive_average_pool" and facts.values["size"] == (1, 1):
        return False  # torch takes the mean, whose gradient does not depend on what came in
    return facts.kind not in _KEEPS_NOTHING_OF_ITS_INPUT


def _extra(facts: LayerFacts) -> int:
    """Bytes that a layer keeps beside its input and output, one sample."""
    if facts.kind in ("conv2d", "batch_norm", "relu", "add"):  # nearly all layers of a deep network
        return 0
    numbers = math.prod(facts.output_shape)
    match facts.kind:
        case "max_pool" | "adaptive_max_pool":
            return INDEX * numbers
        case "dropout" | "rrelu" | "softsign" | "logsigmoid" | "tanhshrink" | "formula":
            return NUMBER * numbers
        case "maxout":
            return NUMBER * numbers * int(facts.values["pieces"])
        case "layer_norm":
            rows = math.prod(facts.output_shape[:-1]) if len(facts.output_shape) <= 2 else 1
            return 2 * NUMBER * rows
        case "embedding":
            return INDEX * facts.output_shape[0]
        case (
            "self_attention"
        ):  # a copy of what came in, queries, keys, values, what came out of the heads; one sum a row
            return NUMBER * (5 * numbers + int(facts.values["heads"]) * facts.output_shape[0])
        case "drawn":
            return NUMBER * numbers * (len(facts.values["knots"]) // 2 + 3)
        case "recurrent" | "lstm" | "gru":
            return _recurrent_extra(facts)
    return 0


def _recurrent_extra(facts: LayerFacts) -> int:
    """What a recurrent layer keeps: its input, and per step and hidden unit its state, gates and their parts (an estimate)."""
    steps, features = facts.input_shapes[0]
    hidden, layers = facts.values["hidden"], facts.values["layers"]
    directions = 2 if facts.values["bidirectional"] else 1
    per_unit = {"recurrent": 1, "gru": 7, "lstm": 19}[facts.kind]
    between = steps * hidden * directions * (layers - 1)
    return NUMBER * int(steps * features + between + layers * directions * hidden * (steps * per_unit + 1))


def heaviest_layers(analysis: NetworkAnalysis, most: int = 3) -> list[str]:
    """Where the parameters are, a sentence each: 'fc1 (Dense) has 48,120 of 61,706 parameters, 78 %.'"""
    largest = sorted(analysis.layers.values(), key=lambda facts: facts.parameters, reverse=True)[:most]
    return [
        f"{facts.name} ({LAYER_KINDS[facts.kind].title}) has {facts.parameters:,} of {analysis.parameters:,} parameters,"
        f" {100 * facts.parameters / analysis.parameters:.0f} %."
        for facts in largest
        if facts.parameters
    ]
