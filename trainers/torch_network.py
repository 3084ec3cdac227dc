"""NetworkGraph -> torch.nn.Module, and finding the layer that first gave NaN or infinity. Imports torch, never the window.

A module's children are named as the graph's layers, so its state_dict has the same keys as the exported PyTorch source.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, cast

import torch
from torch import Tensor, nn

from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis, analyse
from trainers.layer_kind import Call, Site
from trainers.layer_kinds_formula import drawn_of, formula_of
from trainers.network_graph import NetworkGraph
from trainers.torch_formula import DrawnModule, FormulaModule

RECURRENT = ("recurrent", "lstm", "gru")


class ChainNetwork(nn.Sequential):
    """Layers one after the other: runs exactly as nn.Sequential does. input_name: the graph's input layer."""

    def __init__(self, layers: OrderedDict[str, nn.Module], input_name: str) -> None:
        super().__init__(layers)
        self.input_name = input_name

    def walk(self, inputs: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Each layer's name and its output for a batch, in running order."""
        values = inputs
        for name, module in self._modules.items():
            values = module(values)
            yield name, values


class BranchedNetwork(nn.Module):
    """Layers with branches. wiring: for each layer in order its name, its sources, and the values not needed after it."""

    def __init__(
        self,
        layers: OrderedDict[str, nn.Module],
        input_name: str,
        wiring: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...],
    ) -> None:
        super().__init__()
        for name, module in layers.items():
            self.add_module(name, module)
        self.input_name = input_name
        self.wiring = wiring

    def forward(self, inputs: Tensor) -> Tensor:
        """The output of the last layer for a batch."""
        result = inputs
        for _, result in self.walk(inputs):  # noqa: B007 - the last one counts
            pass
        return result

    def walk(self, inputs: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Each layer's name and its output for a batch, in running order; each value is let go as soon as no layer needs it."""
        values = {self.input_name: inputs}
        modules = cast(dict[str, nn.Module], self._modules)
        for name, sources, finished in self.wiring:
            result = values[name] = modules[name](*[values[source] for source in sources])
            for done in finished:
                del values[done]
            yield name, result


class Reshape(nn.Module):
    """Arranges each sample's numbers in `shape`."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, ...) -> (batch, *shape)."""
        return inputs.reshape(-1, *self.shape)


class Transpose(nn.Module):
    """Exchanges steps and features."""

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, steps, features) -> (batch, features, steps)."""
        return inputs.transpose(1, 2)


class MeanOverSteps(nn.Module):
    """The mean of a sequence's steps."""

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, steps, features) -> (batch, features)."""
        return inputs.mean(dim=1)


class Add(nn.Module):
    """The sum of all inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Tensors of one shape -> their sum."""
        total = inputs[0] + inputs[1]
        for one in inputs[2:]:
            total = total + one
        return total


class Concatenate(nn.Module):
    """All inputs side by side along `dim` (of the batch)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Tensors alike but in `dim` -> one tensor."""
        return torch.cat(inputs, dim=self.dim)


class Maxout(nn.Linear):
    """Each unit gives the largest of several weighted sums (Goodfellow et al. 2013, arXiv:1302.4389)."""

    def __init__(self, in_features: int, out_features: int, pieces: int, bias: bool = True) -> None:
        super().__init__(in_features, out_features * pieces, bias=bias)
        self.pieces = pieces

    def forward(self, input: Tensor) -> Tensor:
        """(..., in_features) -> (..., out_features)."""
        lines = super().forward(input)
        return lines.reshape(*lines.shape[:-1], -1, self.pieces).amax(dim=-1)


class Positions(nn.Embedding):
    """A learnt row of numbers added to each step, small at first."""

    def __init__(self, steps: int, features: int) -> None:
        super().__init__(steps, features)
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, input: Tensor) -> Tensor:
        """(batch, steps, features) -> the same."""
        return input + self.weight


class WordEmbedding(nn.Embedding):
    """nn.Embedding that also takes whole numbers in a float tensor, as data sets hold them."""

    def forward(self, input: Tensor) -> Tensor:
        """(batch, steps) -> (batch, steps, features)."""
        return super().forward(input.long())


class SelfAttention(nn.MultiheadAttention):
    """Queries, keys and values all of the same sequence (Vaswani et al. 2017, arXiv:1706.03762)."""

    def __init__(self, *positional: Any, causal: bool, **keywords: Any) -> None:
        super().__init__(*positional, **keywords)
        self.causal = causal

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]  # one input instead of three
        """(batch, steps, features) -> the same."""
        mask = None
        if self.causal:
            steps = inputs.shape[1]
            mask = torch.ones(steps, steps, dtype=torch.bool, device=inputs.device).triu(1)
        attended, _ = super().forward(inputs, inputs, inputs, need_weights=False, attn_mask=mask)
        return attended


class _OneOutput:
    """Makes a recurrent layer give one tensor: every step's state, or the last of each direction."""

    gives_sequence: bool
    bidirectional: bool
    hidden_size: int

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, steps, features) -> (batch, steps, width), or (batch, width)."""
        states, _ = super().forward(inputs)  # type: ignore[misc]  # of the torch.nn class beside it
        if self.gives_sequence:
            return cast(Tensor, states)
        if not self.bidirectional:
            return cast(Tensor, states[:, -1])
        return torch.cat((states[:, -1, : self.hidden_size], states[:, 0, self.hidden_size :]), dim=1)


class RecurrentLayer(_OneOutput, nn.RNN):  # type: ignore[misc]  # one input, one output
    """nn.RNN with one output."""


class LSTMLayer(_OneOutput, nn.LSTM):  # type: ignore[misc]  # one input, one output
    """nn.LSTM with one output."""


class GRULayer(_OneOutput, nn.GRU):  # type: ignore[misc]  # one input, one output
    """nn.GRU with one output."""


_OWN: dict[str, Callable[..., nn.Module]] = {
    "Maxout": Maxout,
    "Positions": Positions,
    "Embedding": WordEmbedding,
    "RNN": RecurrentLayer,
    "LSTM": LSTMLayer,
    "GRU": GRULayer,
}


def _formula(facts: LayerFacts) -> FormulaModule:
    formula, numbers = formula_of(facts.values)
    return FormulaModule(formula, **numbers)


_STATELESS: dict[str, Callable[[LayerFacts], nn.Module]] = {
    "flatten": lambda facts: nn.Flatten(),
    "identity": lambda facts: nn.Identity(),
    "reshape": lambda facts: Reshape(facts.output_shape),
    "transpose": lambda facts: Transpose(),
    "mean_over_steps": lambda facts: MeanOverSteps(),
    "add": lambda facts: Add(),
    "concatenate": lambda facts: Concatenate(facts.values["axis"] + 1),
    "max_pool": lambda facts: nn.MaxPool2d(
        facts.values["kernel"],
        facts.values["stride"],
        facts.values["padding"],
        facts.values["dilation"],
        ceil_mode=facts.values["ceil"],
    ),
    "average_pool": lambda facts: nn.AvgPool2d(facts.values["kernel"], facts.values["stride"], facts.values["padding"]),
    "adaptive_average_pool": lambda facts: nn.AdaptiveAvgPool2d(facts.values["size"]),
    "formula": _formula,
    "drawn": lambda facts: DrawnModule(drawn_of(facts.values)),
    "adaptive_max_pool": lambda facts: nn.AdaptiveMaxPool2d(facts.values["size"]),
}


def build(graph: NetworkGraph) -> nn.Module:
    """The network as a module: input (batch, *input_shape), output (batch, *output_shape); raises NetworkError.

    Weights are drawn layer by layer in running order, as the equivalent hand-written class would draw them from one seed.
    Takes the memory of its parameters; under `torch.device("meta")` it takes none.
    """
    analysis = analyse(graph)
    modules = OrderedDict(
        (name, _module(facts)) for name, facts in analysis.layers.items() if name != analysis.input_name
    )
    if _is_chain(analysis):
        return ChainNetwork(modules, analysis.input_name)
    return BranchedNetwork(modules, analysis.input_name, _wiring(analysis))


def walk(network: nn.Module, inputs: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Each layer's name and its output for a batch, in running order, of a network that `build` made; no hook is called."""
    assert isinstance(network, ChainNetwork | BranchedNetwork)
    return network.walk(inputs)


def first_non_finite_layer(module: nn.Module, inputs: Tensor) -> str | None:
    """Name of the first layer whose output for `inputs` holds NaN or infinity; None where all are finite.

    The input layer's name (or "input") where the inputs themselves are not finite. Runs the module once without gradients,
    as it stands (training or not); running statistics of batch norm are put back.
    """
    if inputs.is_floating_point() and not bool(torch.isfinite(inputs).all()):
        return str(getattr(module, "input_name", "input"))
    found: list[str] = []

    def watch(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def look(layer: nn.Module, given: tuple[Any, ...], output: Any) -> None:
            if not found and isinstance(output, Tensor) and not bool(torch.isfinite(output).all()):
                found.append(name)

        return look

    kept = [(buffer, buffer.clone()) for buffer in module.buffers()]
    hooks = [child.register_forward_hook(watch(name)) for name, child in module.named_children()]
    try:
        with torch.no_grad():
            module(inputs)
            for buffer, before in kept:
                buffer.copy_(before)
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else None


def _module(facts: LayerFacts) -> nn.Module:
    site = Site(facts.name, facts.values, facts.input_shapes)
    call = LAYER_KINDS[facts.kind].module(site)
    if call is None:
        return _STATELESS[facts.kind](facts)
    if facts.kind == "self_attention":
        return SelfAttention(*call.positional, causal=facts.values["causal"], **call.keywords)
    module = _called(call)
    if isinstance(module, _OneOutput):
        module.gives_sequence = facts.values["output"] == "sequence"
    return cast(nn.Module, module)


def _called(call: Call) -> Any:
    maker = _OWN.get(call.name) or getattr(nn, call.name)
    return maker(*call.positional, **call.keywords)


def _is_chain(analysis: NetworkAnalysis) -> bool:
    before = analysis.input_name
    for name in analysis.order[1:]:
        if analysis.layers[name].sources != (before,):
            return False
        before = name
    return True


def _wiring(analysis: NetworkAnalysis) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    last_use = {source: name for name in analysis.order for source in analysis.layers[name].sources}
    steps = []
    for name in analysis.order[1:]:
        sources = analysis.layers[name].sources
        finished = tuple(dict.fromkeys(source for source in sources if last_use[source] == name))
        steps.append((name, sources, finished))
    return tuple(steps)
