"""Random networks of up to 30 layers: the catalogue's arithmetic and the exported source held against torch.

Hypothesis draws a seed and a size; a network of one seed and a smaller size is the beginning of the larger one, so a failure
shrinks to the fewest layers. HILLOCK_EXAMPLES sets another number of examples.
"""

import os
from collections import Counter

import msgspec
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_grower import LAYERS, Grower
from torch.utils.flop_counter import FlopCounterMode

from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_files import from_json, to_json
from trainers.network_graph import NetworkGraph, Shape
from trainers.pytorch_source import to_source
from trainers.torch_network import build

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "200"))


def sample_of(graph: NetworkGraph, shape: Shape, device: str) -> torch.Tensor:
    """Two samples; whole numbers where words are looked up."""
    if any(layer.kind == "embedding" for layer in graph.layers):
        return torch.zeros(2, *shape, dtype=torch.long, device=device)
    return torch.randn(2, *shape, device=device)


def branches(graph: NetworkGraph) -> bool:
    return max(Counter(link.source for link in graph.links).values(), default=0) > 1


def check_against_torch(graph: NetworkGraph, grown: dict[str, Shape]) -> None:
    """Shapes, parameters and FLOPs of every layer, here and on torch's meta device."""
    analysis = analyse(graph)
    assert {name: facts.output_shape for name, facts in analysis.layers.items()} == grown
    with torch.device("meta"):
        module = build(graph)
    seen: dict[str, Shape] = {}
    for name, child in module.named_children():
        child.register_forward_hook(lambda _, __, output, name=name: seen.__setitem__(name, tuple(output.shape[1:])))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        output = module(sample_of(graph, analysis.input_shape, "meta"))
    assert tuple(output.shape) == (2, *analysis.output_shape)
    counted = counter.get_flop_counts()
    for name, child in module.named_children():
        facts = analysis.layers[name]
        assert seen[name] == facts.output_shape, name
        assert sum(weight.numel() for weight in child.parameters()) == facts.parameters, name
        assert sum(counted.get(f"{type(module).__name__}.{name}", {}).values()) == 2 * facts.flops, name
    assert sum(weight.numel() for weight in module.parameters()) == analysis.parameters == analysis.trainable
    assert counter.get_total_flops() == 2 * analysis.flops


def check_source(graph: NetworkGraph) -> None:
    """The exported class, run in a fresh namespace with the same weights, answers as the built module does."""
    analysis = analyse(graph)
    torch.manual_seed(1)
    module = build(graph).eval()
    namespace: dict[str, object] = {"__name__": "exported"}
    source = to_source(graph)
    exec(compile(source, "exported.py", "exec"), namespace)
    torch.manual_seed(1)
    exported = namespace["Random"]()  # type: ignore[operator]
    for name, weights in module.state_dict().items():
        assert torch.equal(exported.state_dict()[name], weights), f"{name} starts otherwise\n{source}"
    exported.load_state_dict(
        {name: weights + 0.01 * torch.randn_like(weights.float()) for name, weights in module.state_dict().items()}
    )
    module.load_state_dict(exported.state_dict())
    inputs = sample_of(graph, analysis.input_shape, "cpu")
    with torch.no_grad():
        expected, answered = module(inputs), exported.eval()(inputs)
    torch.testing.assert_close(
        answered, expected, rtol=1e-6, atol=1e-6, equal_nan=True, msg=lambda text: f"{text}\n{source}"
    )


@pytest.mark.timeout(300)
def test_random_networks_count_and_export_as_torch_does() -> None:
    kinds: Counter[str] = Counter()
    features: Counter[str] = Counter()
    sizes: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize="HILLOCK_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32), size=st.integers(6, LAYERS))
    def holds(seed: int, size: int) -> None:
        grower = Grower(seed, size)
        graph = grower.graph()
        present = {layer.kind for layer in graph.layers}
        kinds.update(present)
        sizes.append(len(graph.layers))
        features["branches"] += branches(graph)
        features["residual"] += "add" in present
        features["concatenation"] += "concatenate" in present
        features["random formula"] += grower.own_formulas > 0
        features["recurrent"] += bool(present & {"recurrent", "lstm", "gru"})
        check_against_torch(graph, grower.shapes)
        check_source(graph)
        assert from_json(to_json(graph)) == msgspec.json.decode(to_json(graph), type=NetworkGraph)
        assert analyse(from_json(to_json(graph))) == analyse(graph)

    holds()
    examples = len(sizes)
    shares = {kind: kinds[kind] / examples for kind in LAYER_KINDS}
    rare = {kind: share for kind, share in shares.items() if share < 0.05}
    assert not rare, f"kinds in fewer than 5 % of {examples} examples: {rare}"
    assert all(
        features[what] >= 0.1 * examples
        for what in ("branches", "residual", "concatenation", "recurrent", "random formula")
    ), features
    assert max(sizes) == LAYERS
    assert sum(sizes) / examples > 12
