"""Damaged networks: whatever a file holds is either refused in one sentence, or torch builds and runs it as analysed."""

import json
import os
import random
from typing import Any

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainers.errors import BadInput
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_files import from_json, load_preset, to_json
from trainers.pytorch_source import to_source
from trainers.torch_network import build

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "300"))
PRESETS = ("lenet5", "xor-mlp", "vgg-small", "resnet18-cifar", "playground", "mlp-mnist")
BASES = [json.loads(to_json(load_preset(name))) for name in PRESETS]
for base in BASES:
    for one in base["layers"]:  # what it states of its inputs would refuse nearly every change
        one.get("parameters", {}).pop("inputs", None)
ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    2,
    3,
    7,
    0.5,
    1e308,
    2**70,
    "",
    "relu",
    [],
    [1],
    [2, 3],
    [1, 2, 3, 4, 5],
    [0.5],
    {},
    "x*(a + 1",
    "max(0, x) + 9^9^9",
    "x if x > 0 else a*x",
    [0, 0, 1, 1, 2, 0.5],
    [0, 0, 0, 1],
]
SIZES = [1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 8, 16, 100, 512, 1024, 65_536, 1_000_000, [1, 3], [3, 1], [512, 1]]


def damaged(seed: int, wounds: int) -> Any:
    """A preset's JSON with `wounds` changes: values, kinds, names, layers and links."""
    draw = random.Random(seed)
    plain = json.loads(json.dumps(draw.choice(BASES)))
    for _ in range(wounds):
        layers, links = plain["layers"], plain["links"]
        layer = draw.choice(layers) if layers else {"name": "x", "kind": "relu"}
        match draw.choice(
            (
                "size",
                "size",
                "size",
                "size",
                "skip",
                "kind",
                "odd",
                "kind",
                "kind",
                "name",
                "drop layer",
                "cut",
                "link",
                "skip",
                "top",
            )
        ):
            case "size" | "odd" as what:
                specs = getattr(LAYER_KINDS.get(str(layer.get("kind"))), "parameters", ())
                name = draw.choice([spec.name for spec in specs]) if specs and draw.random() < 0.95 else "colour"
                layer.setdefault("parameters", {})[name] = draw.choice(SIZES if what == "size" else ODD)
            case "kind":
                kind = LAYER_KINDS[draw.choice(sorted(LAYER_KINDS))]
                defaults = {spec.name: spec.default for spec in kind.parameters}
                layer |= {"kind": kind.key, "parameters": defaults} if draw.random() < 0.9 else {"kind": "Relu"}
            case "name":
                layer["name"] = draw.choice(["train", "a b", "class", "fc1", "x", "é", ""])
            case "drop layer" if layers:
                layers.remove(draw.choice(layers))
            case "cut" if links:
                links.remove(draw.choice(links))
            case "link" if layers:
                links.append({"source": draw.choice(layers)["name"], "target": draw.choice(layers)["name"]})
            case "skip" if len(links) > 2:  # take a layer out of a chain and close the gap
                place = draw.randrange(len(links) - 1)
                one, two = links[place], links[place + 1]
                if one["target"] == two["source"]:
                    layers[:] = [other for other in layers if other["name"] != one["target"]]
                    links[place : place + 2] = [{"source": one["source"], "target": two["target"]}]
            case "top":
                plain[draw.choice(["schema", "name", "layers", "links", "title"])] = draw.choice([1, "text", 0.5, None])
                break
            case _:
                pass
    return plain


def test_damaged_networks_are_refused_or_run_as_analysed() -> None:
    ends: dict[str, int] = {"refused": 0, "run": 0}

    @settings(
        max_examples=EXAMPLES,
        derandomize="HILLOCK_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32), wounds=st.integers(1, 3))
    def holds(seed: int, wounds: int) -> None:
        try:
            graph = from_json(json.dumps(damaged(seed, wounds)).encode())
            analysis = analyse(graph)
        except BadInput as error:
            ends["refused"] += 1
            sentence = error.sentence
            assert "\n" not in sentence
            assert sentence[-1] in ".?"
            assert len(sentence) < 600
            return
        ends["run"] += 1
        with torch.device("meta"):
            module = build(graph)
            output = module(torch.zeros(2, *analysis.input_shape))
        assert tuple(output.shape) == (2, *analysis.output_shape)
        assert sum(weight.numel() for weight in module.parameters()) == analysis.parameters
        compile(to_source(graph), "exported.py", "exec")

    holds()
    assert min(ends.values()) > 0.1 * EXAMPLES, ends


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=200), st.integers(0, 2000))
def test_bytes_of_any_kind_are_refused_or_read(noise: bytes, place: int) -> None:
    whole = to_json(load_preset("lenet5"))
    for data in (noise, whole[:place] + noise + whole[place + len(noise) :]):
        refusal = ""
        try:
            analyse(from_json(data))
        except BadInput as error:
            refusal = error.sentence
        assert "\n" not in refusal
