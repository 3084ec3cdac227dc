"""Shapes, and what is wrong, of a network of 500 layers: all of it, and after one edit. Prints one JSON line.

    python tests/benchmarks/network_diagnosis.py [--repetitions 40]

The network is ResNet-152 (He, Zhang, Ren and Sun 2015, arXiv:1512.03385) at 3×224×224: 516 layers. `shapes_ms`: `analyse`, all of
it; `whole_ms`: `diagnose`, all of it; `edits`: for each of some edits the median and the longest time of `diagnose` after it,
from the diagnosis before; `ratio`: the middle one of their medians to the whole; `cost_ms`: memory of all layers; `fixes_ms`: all
fixes of an addition that no longer fits, each tried; `regions`: seconds and cells of the linear regions of three random nets of
two inputs.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from trainers.layer_catalog import analyse
from trainers.linear_regions import DenseLayer, linear_regions
from trainers.network_cost import network_cost
from trainers.network_diagnosis import diagnose
from trainers.network_edits import (
    add_layer,
    connect,
    insert_on_link,
    move_layers,
    remove_layers,
    rename_layer,
    set_parameters,
)
from trainers.network_fixes import fixes_of
from trainers.network_graph import Layer, Link, NetworkGraph, Parameter

NAME, SHAPES_BUDGET_MS, EDIT_BUDGET_MS = "network_diagnosis", 20.0, 4.0
_STAGES = ((3, 64), (8, 128), (36, 256), (3, 512))  # blocks and channels of ResNet-152


class Builder:
    """Appends layer after layer."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.links: list[Link] = []
        self.tip = ""

    def add(self, name: str, kind: str, *sources: str, **parameters: Parameter) -> str:
        """Adds a layer behind the last one, or behind others."""
        feeding = sources or ((self.tip,) if self.tip else ())
        self.layers.append(Layer(name, kind, parameters))
        self.links += [Link(source, name) for source in feeding]
        self.tip = name
        return name

    def convolution(self, name: str, source: str, channels: int, kernel: int, stride: int = 1) -> str:
        """A convolution that keeps the size but for its stride, and its batch norm."""
        self.add(f"{name}_conv", "conv2d", source, channels=channels, kernel=kernel, stride=stride, padding=kernel // 2, bias=False)  # fmt: skip
        return self.add(f"{name}_norm", "batch_norm")


def resnet152() -> NetworkGraph:
    """ResNet-152 with the stride in the middle convolution of a block, as torchvision has it."""
    net = Builder()
    net.add("image", "input", shape=(3, 224, 224))
    net.convolution("stem", net.tip, 64, 7, 2)
    net.add("stem_relu", "relu")
    net.add("stem_pool", "max_pool", kernel=3, stride=2, padding=1)
    for stage, (blocks, width) in enumerate(_STAGES, start=1):
        for block in range(blocks):
            name, start = f"stage{stage}_{block}", net.tip
            stride = 2 if stage > 1 and block == 0 else 1
            for place, (channels, kernel, step) in enumerate(((width, 1, 1), (width, 3, stride), (4 * width, 1, 1))):
                net.convolution(f"{name}_{place}", net.tip, channels, kernel, step)
                if place < 2:
                    net.add(f"{name}_{place}_relu", "relu")
            end = net.tip
            way_round = net.convolution(f"{name}_way", start, 4 * width, 1, stride) if block == 0 else start
            net.add(f"{name}_add", "add", end, way_round)
            net.add(f"{name}_relu", "relu")
    net.add("average", "adaptive_average_pool", size=1)
    net.add("flatten", "flatten")
    net.add("fc", "dense", units=1000)
    return NetworkGraph("resnet152", tuple(net.layers), tuple(net.links))


def edits(graph: NetworkGraph) -> dict[str, NetworkGraph]:
    """What a person may do to it."""
    return {
        "move": move_layers(graph, {"stage3_20_1_conv": (1.0, 2.0)}),
        "units": set_parameters(graph, "fc", {"units": 10}),
        "no padding": set_parameters(graph, "stage3_20_1_conv", {"padding": 0}),
        "add": add_layer(graph, "relu", after="stage3_20_relu")[0],
        "put in": insert_on_link(graph, graph.links[250], "dropout")[0],
        "take out": remove_layers(graph, ["stage3_20_1_relu"]),
        "rename": rename_layer(graph, "stage2_3_0_conv", "other"),
        "circle": connect(graph, "stage3_20_relu", "stage2_2_0_conv", replace=True),
        "first kernel": set_parameters(graph, "stem_conv", {"kernel": 9, "padding": 4}),  # every field of view changes
    }


def timed(work: Callable[[], object], repetitions: int) -> tuple[float, float]:
    """Median and longest, in milliseconds."""
    taken = []
    for _ in range(repetitions):
        began = perf_counter()
        work()
        taken.append(1e3 * (perf_counter() - began))
    return median(taken), max(taken)


def random_net(widths: tuple[int, ...]) -> list[DenseLayer]:
    """Weights as He et al. 2015 (arXiv:1502.01852) start them, biases of spread 0.5."""
    draw = np.random.default_rng(1)
    layers, inputs = [], 2
    for width in widths:
        weights = draw.normal(size=(width, inputs)) * math.sqrt(2 / inputs)
        layers.append(DenseLayer(weights, 0.5 * draw.normal(size=width)))
        inputs = width
    return [*layers, DenseLayer(draw.normal(size=(1, inputs)), np.zeros(1), None)]


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=40)
    repetitions = parser.parse_args().repetitions
    graph = resnet152()
    before = diagnose(graph)
    whole, _ = timed(lambda: diagnose(graph), repetitions)
    after = {}
    for what, edited in edits(graph).items():
        after[what] = [
            round(figure, 2) for figure in timed(lambda edited=edited: diagnose(edited, before), repetitions)
        ]
    broken = diagnose(set_parameters(graph, "stage3_20_1_conv", {"padding": 0}), before)
    fixes, _ = timed(lambda: fixes_of(broken.graph, broken.problems[0], broken), 10)
    regions = {}
    for widths in ((8, 8), (16, 16), (32, 32, 32, 32)):
        began = perf_counter()
        found = linear_regions(random_net(widths), (-6.0, 6.0, -6.0, 6.0))
        regions["-".join(map(str, widths))] = [round(perf_counter() - began, 3), len(found.cells)]
    assert before.analysis is not None
    analysis = before.analysis
    shapes, _ = timed(lambda: analyse(graph), repetitions)
    value = median(figures[0] for figures in after.values())
    is_ok = value <= EDIT_BUDGET_MS and shapes <= SHAPES_BUDGET_MS
    line = {
        "name": NAME,
        "value": value,
        "budget": EDIT_BUDGET_MS,
        "ok": is_ok,
        "unit": "ms after an edit, the middle one of nine",
        "layers": len(graph.layers),
        "shapes_ms": round(shapes, 2),
        "shapes_budget_ms": SHAPES_BUDGET_MS,
        "whole_ms": round(whole, 2),
        "edits": after,
        "ratio": round(value / whole, 2),
        "cost_ms": round(timed(lambda: network_cost(analysis), repetitions)[0], 2),
        "fixes_ms": round(fixes, 1),
        "regions": regions,
    }
    print(json.dumps(line))
    return 0 if is_ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
