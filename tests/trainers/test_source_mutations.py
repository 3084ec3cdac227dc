"""Source with words, signs and lines changed by chance: read, or refused in one sentence, and never anything else."""

import ast
import contextlib
import copy
import os
import random
import re

from source_tools import BLOCKS, HEAD, LENET, module

from trainers.layer_catalog import analyse
from trainers.network_files import load_preset
from trainers.pytorch_source import to_source
from trainers.source_network import read_source
from trainers.source_text import SourceError

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "300"))
SEQUENCES = module(
    "self.r = nn.LSTM(4, 6, bidirectional=True, batch_first=True)\nself.a = nn.MultiheadAttention(4, 2, batch_first=True)\nself.e = nn.Embedding(6, 4)\nself.l = nn.ModuleDict({'a': nn.Linear(12, 4)})",
    "y, _ = self.a(x, x, x)\nx = x + y + self.e.weight\nx, (h, c) = self.r(x)\nx = torch.cat((x[:, -1, :6], x[:, 0, 6:]), dim=1)\nfor name, layer in self.l.items():\n    x = layer(x) if name == 'a' else x\nreturn F.log_softmax(x.unflatten(-1, (2, 2)).amax(dim=-1), dim=1)",
)  # fmt: skip
WORDS = re.compile(r"\w+|\s+|.")


def mutated(draw: random.Random, text: str, words: list[str]) -> str:
    """The text with one or two words changed, moved, doubled or left out."""
    parts = WORDS.findall(text)
    for _ in range(draw.randint(1, 2)):
        place = draw.randrange(len(parts))
        what = draw.randrange(5)
        if what == 0:
            del parts[place]
        elif what == 1:
            parts.insert(place, draw.choice(words))
        elif what == 2:
            other = draw.randrange(len(parts))
            parts[place], parts[other] = parts[other], parts[place]
        else:
            parts[place] = draw.choice(words)
    return "".join(parts)


def grafted(draw: random.Random, tree: ast.Module, others: list[ast.expr]) -> str:
    """The source with one to three expressions replaced by others: Python all the same."""
    tree = copy.deepcopy(tree)
    for _ in range(draw.randint(1, 3)):
        places = [
            (node, field, index)
            for node in ast.walk(tree)
            for field, value in ast.iter_fields(node)
            for index, one in enumerate(value if isinstance(value, list) else [value])
            if isinstance(one, ast.expr) and isinstance(getattr(one, "ctx", ast.Load()), ast.Load)
        ]
        node, field, index = draw.choice(places)
        new = copy.deepcopy(draw.choice(others))
        if isinstance(getattr(node, field), list):
            getattr(node, field)[index] = new
        else:
            setattr(node, field, new)
    return ast.unparse(tree)


def test_source_with_other_expressions_is_read_or_refused() -> None:
    sources = [HEAD + LENET, HEAD + BLOCKS, SEQUENCES]
    shapes = [(1, 28, 28), (3, 8, 8), (6, 4)]
    trees = [ast.parse(source) for source in sources]
    others = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.expr)]
    others = [node for node in others if isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and not isinstance(node, ast.Starred | ast.Slice)]  # fmt: skip
    odd = "0 -1 2.5 None True [] () {} '' x.shape x.size(0) self self.training x[:,-1] lambda:0 [1,[2]] 'a'*3 x+x nn F.relu range(3) h h[-1] self.e.weight super()"
    others += [ast.parse(text, mode="eval").body for text in odd.split(" ")] * 4
    draw = random.Random(8)
    read, python = 0, 0
    for number in range(EXAMPLES):
        index = draw.randrange(len(sources))
        text = grafted(draw, trees[index], others)
        with contextlib.suppress(SyntaxError):
            ast.parse(text)
            python += 1
        with contextlib.suppress(SourceError):
            analyse(read_source(text, shapes[index] if number % 2 else None).graph)
            read += 1
    assert python > 0.95 * EXAMPLES
    assert 0.02 * EXAMPLES < read < 0.9 * EXAMPLES


def test_changed_source_is_read_or_refused() -> None:
    sources = [HEAD + LENET, HEAD + BLOCKS, SEQUENCES, to_source(load_preset("resnet18-cifar"))]
    shapes = [(1, 28, 28), (3, 8, 8), (6, 4), (3, 32, 32)]
    for source, shape in zip(sources, shapes, strict=True):
        assert analyse(read_source(source, shape).graph).parameters > 0
    words = sorted({word for source in sources for word in WORDS.findall(source) if word.strip()})
    words += [
        "0",
        "-1",
        "2.5",
        "None",
        "True",
        "[]",
        "()",
        "{}",
        "''",
        "x",
        "self",
        "nn",
        "*",
        "**",
        "lambda: 0",
        "nn.Module",
    ]
    draw = random.Random(7)
    read = 0
    for number in range(EXAMPLES):
        index = draw.randrange(len(sources))
        text = mutated(draw, sources[index], words)
        with contextlib.suppress(SourceError):
            analyse(read_source(text, shapes[index] if number % 2 else None).graph)
            read += 1
    assert 0.02 * EXAMPLES < read < 0.9 * EXAMPLES
