"""Source for the tests of reading, and how it is held against what the same source does when it runs."""

import textwrap
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import flatten, nn

from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph, Shape
from trainers.pytorch_source import to_source
from trainers.source_network import SourceNetwork, read_source
from trainers.source_text import SourceError
from trainers.torch_network import build

LENET = "\n" + (Path(__file__).parents[1] / "lecture_lenet.txt").read_text(encoding="utf-8")  # as on the slide

BLOCKS = '''
def conv3x3(inputs, outputs, stride=1):
    """3x3 convolution with padding"""
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)


class Block(nn.Module):
    expansion: int = 2

    def __init__(self, inputs: int, width: int, stride: int = 1, norm=nn.BatchNorm2d) -> None:
        super(Block, self).__init__()
        self.conv1 = conv3x3(inputs, width, stride)
        self.bn1 = norm(width)
        self.conv2 = conv3x3(width, width * self.expansion)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != width * Block.expansion:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, width * self.expansion, 1, stride=stride), norm(width * 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.conv2(out)
        out += self.shortcut(x)
        return F.relu(out)


class Net(nn.Module):
    widths = [4, 8]

    def __init__(self, block=Block, classes=10):
        super().__init__()
        self.inputs = 3
        self.layer1 = self._make(block, self.widths[0], 2)
        self.layer2 = self._make(block, self.widths[-1], 1, stride=2)
        self.fc = nn.Linear(self.widths[1] * block.expansion, classes)

    def _make(self, block, width, count, *, stride=1):
        layers = []
        for s in [stride] + [1] * (count - 1):
            layers.append(block(self.inputs, width, s))
            self.inputs = width * block.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.layer2(self.layer1(x))
        x = F.avg_pool2d(x, 4)
        return self.fc(x.view(x.size(0), -1))


if __name__ == "__main__":
    Net().cuda()
'''
HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom collections import OrderedDict\n\n"


def module(init: str = "", forward: str = "return x", before: str = "") -> str:
    """Source of a class Net with these statements."""
    inits = textwrap.indent(textwrap.dedent(init).strip() or "pass", " " * 8)
    forwards = textwrap.indent(textwrap.dedent(forward).strip(), " " * 8)
    return (
        f"{HEAD}{textwrap.dedent(before)}\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"{inits}\n\n    def forward(self, x):\n{forwards}\n"
    )


def executed(source: str, name: str = "Net") -> Any:
    """What runs the very source, in this process: of these tests' own sources alone."""
    namespace: dict[str, Any] = {"__name__": "source", "nn": nn, "F": F, "torch": torch, "flatten": flatten}
    exec(compile(source, "source.py", "exec"), namespace)
    return namespace[name]()


def check_answers_alike(source: str, shape: Shape, name: str = "Net") -> SourceNetwork:
    """The network read from the source answers as the source does when it runs, with the same weights in the same order."""
    read = read_source(source, shape)
    torch.manual_seed(1)
    original, built = executed(source, name).eval(), build(read.graph).eval()
    theirs = original.state_dict()
    weights = {key: theirs[_matching(key, theirs)] for key in built.state_dict()}
    assert len(weights) == len(theirs)
    built.load_state_dict(weights)
    inputs = torch.randn(2, *shape)
    with torch.no_grad():
        torch.testing.assert_close(built(inputs), original(inputs), rtol=1e-6, atol=1e-6)
    again = read_source(to_source(read.graph)).graph
    assert analyse(again).parameters == analyse(read.graph).parameters
    return read


def _matching(key: str, theirs: dict[str, Any]) -> str:
    """layer1_0_conv1.weight is layer1.0.conv1.weight."""
    return next(one for one in theirs if one.replace(".", "_") == key.replace(".", "_"))


def names(graph: NetworkGraph) -> list[str]:
    return [layer.name for layer in graph.layers]


def said(source: str, shape: Shape | None = (3, 8, 8)) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_source(source, shape)
    assert len(caught.value.sentence.splitlines()) == 1
    return caught.value
