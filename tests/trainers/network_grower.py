"""Networks that grow at random: one of a seed and a smaller size is the beginning of the larger one. Not collected by pytest."""

import math
import random
from itertools import accumulate

import numpy as np
import torch
from formula_trees import grown

from trainers.activation_catalog import ACTIVATIONS
from trainers.formula import BadFormula, read_constants, read_formula
from trainers.formula_text import plain_text
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_graph import Layer, Link, NetworkGraph, Shape

LAYERS = 30
ANY_RANK = {
    "identity",
    "glu",
    "dropout",
    "layer_norm",
    "flatten",
    "reshape",
    "add",
    "concatenate",
    "formula",
    "drawn",
    *ACTIVATIONS,
}
RANKS = {
    1: {"dense", "maxout", "batch_norm"},
    2: {"dense", "maxout", "recurrent", "lstm", "gru", "self_attention", "positions", "mean_over_steps", "transpose"},
    3: {"conv2d", "max_pool", "average_pool", "adaptive_average_pool", "adaptive_max_pool", "batch_norm"},
}
DECK = sorted(set(LAYER_KINDS) - {"input", "embedding"})


class Grower:
    """Grows a network layer by layer along a main line, with ways round that come back to it."""

    def __init__(self, seed: int, size: int) -> None:
        self.draw = random.Random(seed)
        self.size = size
        self.layers: list[Layer] = []
        self.links: list[Link] = []
        self.shapes: dict[str, Shape] = {}
        self.tip = ""
        self.own_formulas = 0

    def graph(self) -> NetworkGraph:
        draw = self.draw
        first = draw.choice([(draw.randint(1, 12),), (draw.randint(1, 6), draw.randint(1, 8)), self.picture()])
        starts_with_words = draw.random() < 0.2
        first = (draw.randint(1, 6),) if starts_with_words else first
        self.add("input", (), first, shape=first)
        if starts_with_words:
            features = draw.randint(1, 8)
            self.add("embedding", (self.tip,), (*first, features), vocabulary=draw.randint(1, 9), features=features)
        deck: list[str] = []
        while self.room > 0:
            deck = deck or draw.sample(DECK, len(DECK))
            self.play(deck.pop())
        return NetworkGraph("random", tuple(self.layers), tuple(self.links), "Random", "Grown by a test.")

    @property
    def room(self) -> int:
        return self.size - len(self.layers)

    @property
    def shape(self) -> Shape:
        return self.shapes[self.tip]

    def picture(self) -> Shape:
        return (self.draw.randint(1, 6), self.draw.randint(1, 9), self.draw.randint(1, 9))

    def add(self, kind: str, sources: tuple[str, ...], output: Shape, /, **parameters: object) -> str:
        self.tip = f"{kind}_{len(self.layers)}"
        self.layers.append(Layer(self.tip, kind, parameters))  # type: ignore[arg-type]
        self.links += [Link(source, self.tip) for source in sources]
        self.shapes[self.tip] = output
        return self.tip

    def on(self, kind: str, output: Shape, /, **parameters: object) -> None:
        self.add(kind, (self.tip,), output, **parameters)

    def play(self, kind: str) -> None:
        """Add a layer of this kind, with a reshape or flatten in front where the shape asks for one."""
        rank = len(self.shape)
        if kind not in ANY_RANK and kind not in RANKS[rank]:
            wanted = self.draw.choice([rank for rank, kinds in RANKS.items() if kind in kinds])
            self.to_rank(wanted)
        if self.room > 0:
            getattr(self, f"grow_{kind}", lambda: self.grow_plain(kind))()

    def to_rank(self, rank: int) -> None:
        total = math.prod(self.shape)
        if rank == 1:
            self.on("flatten", (total,))
            return
        sizes = [size for size in range(1, 10) if total % size == 0]
        one = self.draw.choice(sizes)
        rest = total // one
        if rank == 2:
            self.on("reshape", (one, rest), shape=(one, rest))
            return
        two = self.draw.choice([size for size in range(1, 10) if rest % size == 0])
        self.on("reshape", (rest // two, one, two), shape=(rest // two, one, two))

    # One method per kind that needs more than a name.

    def grow_plain(self, kind: str) -> None:
        """Activations and others that keep the shape."""
        parameters = {}
        for spec in LAYER_KINDS[kind].parameters:
            if spec.type == "number" and spec.name not in (
                "lower",
                "upper",
                "min_val",
                "max_val",
                "p",
                "momentum",
                "eps",
            ):
                parameters[spec.name] = self.draw.choice([spec.default, 0.25, 1.5])
            elif spec.type == "switch" and self.draw.random() < 0.3:
                parameters[spec.name] = not spec.default
            elif spec.type == "choice":
                parameters[spec.name] = self.draw.choice(spec.choices)
        self.on(kind, self.shape, **parameters)

    def grow_dense(self) -> None:
        units = self.draw.randint(1, 12)
        stated = {"inputs": self.shape[-1]} if self.draw.random() < 0.3 else {}
        self.on("dense", (*self.shape[:-1], units), units=units, bias=self.draw.random() < 0.7, **stated)

    def grow_maxout(self) -> None:
        units = self.draw.randint(1, 8)
        self.on("maxout", (*self.shape[:-1], units), units=units, pieces=self.draw.randint(1, 4))

    def grow_conv2d(self) -> None:
        draw, (channels, height, width) = self.draw, self.shape
        groups = draw.choice([number for number in range(1, channels + 1) if channels % number == 0])
        outputs = groups * draw.randint(1, 3)
        padding = (draw.randint(0, 2), draw.randint(0, 2))
        kernel = tuple(
            draw.randint(1, min(4, size + 2 * pad)) for size, pad in zip((height, width), padding, strict=True)
        )
        dilation = tuple(
            draw.randint(1, 2) if 2 * (k - 1) + 1 <= size + 2 * pad else 1
            for k, size, pad in zip(kernel, (height, width), padding, strict=True)
        )
        stride = (draw.randint(1, 2), draw.randint(1, 3))
        given = {"kernel": kernel, "padding": padding, "dilation": dilation, "stride": stride, "groups": groups}
        self.measured("conv2d", channels=outputs, bias=draw.random() < 0.7, **given)

    def measured(self, kind: str, **parameters: object) -> None:
        """A layer whose output shape torch itself tells, on the CPU."""
        self.add(kind, (self.tip,), (), **parameters)
        *_, height, width = self.shapes[self.layers[-2].name]
        k, p = parameters["kernel"], parameters["padding"]
        s, d = parameters["stride"] or k, parameters.get("dilation", (1, 1))
        plane = torch.zeros(1, 1, height, width)
        assert isinstance(k, tuple)
        height, width = torch.nn.functional.conv2d(plane, torch.zeros(1, 1, *k), stride=s, padding=p, dilation=d).shape[
            2:
        ]  # type: ignore[arg-type]
        channels = parameters.get("channels", self.shapes[self.layers[-2].name][0])
        self.shapes[self.tip] = (channels, height, width)  # type: ignore[assignment]

    def grow_pool(self, kind: str) -> None:
        sizes = self.shape[1:]
        kernel = tuple(self.draw.randint(1, min(3, size)) for size in sizes)
        padding = tuple(self.draw.randint(0, size // 2) for size in kernel)
        stride = self.draw.choice([None, (1, 1), (2, 1)])
        spread = {"dilation": (1, 1)} if kind == "max_pool" else {}
        self.measured(kind, kernel=kernel, padding=padding, stride=stride, **spread)

    def grow_max_pool(self) -> None:
        self.grow_pool("max_pool")

    def grow_average_pool(self) -> None:
        self.grow_pool("average_pool")

    def grow_adaptive_average_pool(self, kind: str = "adaptive_average_pool") -> None:
        size = tuple(self.draw.randint(1, size) for size in self.shape[1:])
        self.on(kind, (self.shape[0], *size), size=size)

    def grow_adaptive_max_pool(self) -> None:
        self.grow_adaptive_average_pool("adaptive_max_pool")

    def grow_dropout(self) -> None:
        self.on("dropout", self.shape, p=self.draw.choice([0.0, 0.1, 0.5]))

    def grow_flatten(self) -> None:
        self.on("flatten", (math.prod(self.shape),))

    def grow_reshape(self) -> None:
        self.to_rank(self.draw.choice((2, 3)))

    def grow_transpose(self) -> None:
        self.on("transpose", self.shape[::-1])

    def grow_mean_over_steps(self) -> None:
        self.on("mean_over_steps", self.shape[1:])

    def grow_formula(self) -> None:
        """A random one that is finite where numbers mostly lie, lest what comes behind it be all NaN; else a leaky ReLU."""
        text = plain_text(grown(self.draw, self.draw.randint(2, 12)))
        constants = "a = 0.25"
        try:
            formula = read_formula(text)
            constants = ", ".join(f"{one.name} = {self.draw.choice((0.5, 2.0))}" for one in formula.parameters)
            values = formula.value(np.linspace(-20, 20, 401), **read_constants(constants))
            is_tame = bool((np.abs(values) < 100).all())  # NaN is not
        except BadFormula:
            is_tame = False
        if not is_tame:
            text, constants = "x if x > 0 else a*x", "a = 0.25"
        self.own_formulas += is_tame
        self.on("formula", self.shape, text=text, constants=constants)

    def grow_drawn(self) -> None:
        steps = [self.draw.uniform(0.1, 1) for _ in range(self.draw.randint(2, 12))]
        knots = [(x - 3, self.draw.uniform(-2, 2)) for x in accumulate(steps)]
        self.on("drawn", self.shape, knots=tuple(number for knot in knots for number in knot))

    def grow_glu(self) -> None:
        axis = 0 if len(self.shape) == 3 else len(self.shape) - 1
        if self.shape[axis] % 2:
            self.joined_to(self.tip, axis)
        if self.room > 0 and self.shape[axis] % 2 == 0:
            self.on("glu", (*self.shape[:axis], self.shape[axis] // 2, *self.shape[axis + 1 :]))

    def grow_recurrent(self, kind: str = "recurrent") -> None:
        draw, hidden = self.draw, self.draw.randint(1, 6)
        both, output = draw.random() < 0.4, draw.choice(("last", "sequence"))
        width = hidden * 2 if both else hidden
        shape = (width,) if output == "last" else (self.shape[0], width)
        extra = {"nonlinearity": draw.choice(("tanh", "relu"))} if kind == "recurrent" else {}
        extra |= {"layers": draw.randint(1, 2), "bias": draw.random() < 0.7}
        self.on(kind, shape, hidden=hidden, bidirectional=both, output=output, **extra)

    def grow_lstm(self) -> None:
        self.grow_recurrent("lstm")

    def grow_gru(self) -> None:
        self.grow_recurrent("gru")

    def grow_self_attention(self) -> None:
        heads = self.draw.choice([number for number in range(1, 7) if self.shape[1] % number == 0])
        self.on("self_attention", self.shape, heads=heads, causal=self.draw.random() < 0.5)

    def grow_add(self) -> None:
        """Close a way round: from any earlier layer of the same shape, or from here through a layer that keeps it."""
        alike = [name for name, shape in self.shapes.items() if shape == self.shape and name != self.tip]
        if not alike and self.room > 1:
            alike = [self.tip]
            self.grow_plain(self.draw.choice(sorted(ACTIVATIONS)))
        if alike:
            others = self.draw.sample(alike, min(len(alike), self.draw.randint(1, 2)))
            self.add("add", (self.tip, *others), self.shape)

    def grow_concatenate(self) -> None:
        axis = self.draw.randrange(len(self.shape))
        rest = (*self.shape[:axis], *self.shape[axis + 1 :])
        fitting = [
            name
            for name, shape in self.shapes.items()
            if len(shape) == len(self.shape) and (*shape[:axis], *shape[axis + 1 :]) == rest
        ]
        self.joined_to(self.draw.choice(fitting), axis)

    def joined_to(self, other: str, axis: int) -> None:
        total = self.shape[axis] + self.shapes[other][axis]
        if total > 64:  # else features double and double again
            return
        self.add("concatenate", (self.tip, other), (*self.shape[:axis], total, *self.shape[axis + 1 :]), axis=axis)
