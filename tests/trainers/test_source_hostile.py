"""Hostile source is refused in one sentence within a second, and nothing of it runs."""

import contextlib
import sys
import time
from pathlib import Path

import pytest

from trainers.source_network import read_source
from trainers.source_opening import load_source
from trainers.source_text import SourceError, decoded

CLASS = """
import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear({size}, 2)
        {init}

    def forward(self, x):
        {forward}
        return self.fc(x)
"""


def net(init: str = "pass", forward: str = "pass", size: str = "4") -> str:
    return CLASS.format(init=init, forward=forward, size=size)


HOSTILE = {
    "parentheses": net(size="(" * 10_000 + "4" + ")" * 10_000),
    "brackets left open": net(size="(" * 10_000),
    "chained operators": net(size="1" + "+1" * 200_000),
    "chained attributes": net(size="a" + ".b" * 200_000),
    "chained calls": net(size="f" + "()" * 100_000),
    "chained subscripts": net(size="f" + "[0]" * 90_000),
    "chained signs": net(size="-" * 200_000 + "4"),
    "chained not": net(size="not " * 100_000 + "4"),
    "chained lambda": net(size="lambda: " * 50_000 + "4"),
    "chained lambda with arguments": net(size="lambda a, b: " * 40_000 + "4"),
    "chained conditions": net(size="1 if 1 else " * 50_000 + "4"),
    "chained powers": net(size="9" + "**9" * 20_000),
    "chained comparisons": net(size="1" + "<1" * 200_000),
    "chained elif": "x = 1\nif x: pass\n" + "elif x: pass\n" * 50_000,
    "deep indentation": "".join(" " * depth + "if x:\n" for depth in range(900)),
    "formatted text": net(size='f"{' + "1+" * 50_000 + '1}"'),
    "a power of powers": net(size="9**9**9**9"),
    "a huge power": net(size="2**1000000"),
    "a huge float power": net(size="int(10.0**300)"),
    "a huge shift": net(size="1 << 10**9"),
    "a huge literal": net(size="9" * 100_000),
    "a huge hexadecimal literal": net(size="0x" + "f" * 900_000),
    "a huge text": net(init='self.name = "a" * 10**10', forward="x = getattr(self, self.name)(x)"),
    "a huge list": net(init="self.sizes = [4] * 10**9", forward="x = self.sizes[0](x)"),
    "a list that doubles": net(init="a = [1]\n        for i in range(100): a += a", forward="self.b(x)"),
    "a text that doubles": net(init="a = 'a'\n        for i in range(100): a = a + a", forward="self.b(x)"),
    "a number that grows": net(init="a = 9\n        for i in range(1000): a = a * a", forward="self.b(x)"),
    "a loop of a billion": net(forward="for i in range(10**9): x = F.relu(x)"),
    "an empty loop of a billion": net(forward="for i in range(10**9): pass"),
    "a loop in __init__": net(init="for i in range(10**9): pass"),
    "a comprehension of a billion": net(init="self.a = [i for i in range(10**9)]"),
    "nested comprehensions": net(init="self.a = [i for i in range(10**4) for j in range(10**4) if i < 0]"),
    "a list of a billion": net(init="self.a = nn.ModuleList(list(range(10**9)))", forward="x = self.a[0](x)"),
    "a billion numbers taken apart": net(init="a, *b = range(10**9)"),
    "a list zipped with itself": net(init="a = [0] * 9900\n        b = list(zip(*[a] * 9000))"),
    "a loop without end": net(forward="while True: pass"),
    "millions of layers": net(init="self.a = nn.ModuleList([nn.Linear(4, 4) for i in range(3 * 10**6)])"),
    "thousands of layers": net(forward="for i in range(6000): x = F.relu(x)"),
    "a huge width": net(size="10**15"),
    "recursion": net(init="self.forward(1)", forward="x = self.forward(x)"),
    "recursion of functions": "def f(n):\n    return f(n)\n" + net(forward="x = f(x)"),
    "recursion of classes": net(init="self.inner = Net()"),
    "a module within itself": net(init="self.me = self", forward="x = self.me(x)"),
    "a list within itself": net(init="a = []\n        a.append(a)\n        self.a = a", forward="x = self.a[0](x)"),
    "a name of itself": "width = width + 1\n" + net(size="width"),
    "names in a circle": "a = b\nb = a\n" + net(size="a"),
    "a class of itself": "class Net(Net):\n    pass\n",
    "a width for texts": net(init="self.a = '%1000000000d' % 1", forward="x = getattr(self, self.a)(x)"),
    "a format width": net(init="self.a = '{:1000000000}'.format(1)", forward="x = getattr(self, self.a)(x)"),
    "an f-string width": net(init="self.a = f'{1:1000000000}'", forward="x = getattr(self, self.a)(x)"),
    "a search in a billion": net(
        init="self.a = [nn.Linear(4, 4)] if 0.5 in range(10**9) else []", forward="self.a[0](x)"
    ),
    "a sum of a billion": net(size="sum(range(10**9))"),
    "the largest of a billion": net(size="max(*range(10**9))"),
    "lists that double within one another": net(
        init="a = b = [1]\n        for i in range(60): a, b = [a, a], [b, b]\n        self.c = a == b",
        forward="self.c(x)",
    ),
    "keys that double within one another": net(
        init="a = (1,)\n        for i in range(60): a = (a, a)\n        self.c = {1: 2}[a]", forward="self.c(x)"
    ),
    "arguments that double within one another": net(
        init="a = [1]\n        for i in range(60): a = [a, a]\n        self.c = nn.Conv2d(1, 1, 1, padding_mode=a)",
        forward="self.c(x)",
    ),
    "lists beside one another": net(init="self.a = [[1] * 10000 for i in range(10**4)]"),
    "modules used again and again": net(
        init="self.r = nn.ReLU()", forward="for i in range(4000): x = self.r(x)\n        x = y"
    ),
    "statements that depend on one another": net(
        init="a0 = unknown\n        " + "\n        ".join(f"a{i + 1} = f(a{i})" for i in range(20_000)),
        forward="self.b(x)",
    ),
    "many functions with comments": "".join(f"def f{i}(x):\n  return x # Hillock: {{}}\n" for i in range(9_000))
    + net(forward="\n        ".join(f"x = f{i}(x)" for i in range(9_000)) + "\n        x = y"),
    "quotes in backslashes": '\\"' * 300_000,
    "triple quotes in backslashes": '\\"""\n' * 150_000,
    "many classes": "".join(f"class C{i}(nn.Module): pass\n" for i in range(20_000)),
    "null bytes": "class Net:\0 pass",
    "only quotes": '"' * 300_001,
    "open quotes": "'''\n" * 100_001,
    "backslashes": "\\" * 500_000,
    "lines": "\n" * 900_000,
    "short lines": "x=1\n" * 240_000,
    "a long list": "x = [" + "1," * 400_000 + "]",
    "unicode": "\U0001f600" * 200_000,
    "surrogates": "x = '\ud800'\n" + net(forward="x = y"),
    "too much": "#" * 1_000_001,
    "a long row of imports": "import " + ", ".join(f"a{index}" for index in range(90_000)),
    "nothing": "",
    "no Python": "class Net(nn.Module) def",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_source_is_refused_in_a_sentence_within_a_second(what: str) -> None:
    start = time.process_time()  # of this process alone: others share the machine
    with pytest.raises(SourceError) as caught:
        read_source(HOSTILE[what])
    seconds = time.process_time() - start
    sentence = caught.value.sentence
    assert len(sentence.splitlines()) == 1
    assert sentence[-1] in ".?…"
    assert len(sentence) < 600
    assert "sys." not in sentence
    assert seconds < 1


@pytest.mark.parametrize(
    "line",
    [
        "import marker",
        "from marker import x",
        "__import__('marker')",
        "open({path!r}, 'w').close()",
        "exec('''open({path!r}, 'w').close()''')",
        "width = open({path!r}, 'w')",
        "[open(name, 'w') for name in [{path!r}]]",
        "@print(open({path!r}, 'w'))\ndef function(): pass",
        "def function(x=open({path!r}, 'w')): pass",
        "class Other(print(open({path!r}, 'w'))): pass",
        "class Meta(type):\n    def __new__(*args): open({path!r}, 'w')\nclass Other(metaclass=Meta): pass",
        "__build_class__ = print",
    ],
)
@pytest.mark.parametrize("place", ["top", "__init__", "forward"])
def test_nothing_runs(line: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "marker.txt"
    (tmp_path / "marker.py").write_text(f"open({str(marker)!r}, 'w').close()\nx = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    line = line.replace("{path!r}", repr(str(marker)))
    inside = line.replace("\n", "\n        ")
    source = {"top": f"{line}\n{net()}", "__init__": net(init=inside), "forward": net(forward=inside)}[place]
    path = tmp_path / "net.py"
    path.write_text(source)
    with contextlib.suppress(SourceError):
        load_source(str(path))
    compile(source, "net.py", "exec")  # it is Python, so it was refused for what it does, or followed
    assert not marker.exists()
    assert "marker" not in sys.modules


def test_the_marker_would_be_written_if_it_ran(tmp_path: Path) -> None:
    marker = tmp_path / "marker.txt"
    exec(compile(f"open({str(marker)!r}, 'w').close()", "net.py", "exec"), {})
    assert marker.exists()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"# -*- coding: utf-7 -*-\nx = 1", 1),
        (b"\n# vim: set fileencoding=utf-16 :\nx = 1", 1),
        (b"#!/usr/bin/python\n# coding=rot13\n", 1),
        (b"x = 1\n\xff\xfe", 2),
        ("x = 1".encode("utf-16"), 1),
        (b"#" * 1_000_001, None),
    ],
)
def test_encodings_other_than_utf8_are_refused(data: bytes, line: int | None) -> None:
    with pytest.raises(SourceError) as caught:
        decoded(data)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfx = 1", b"# -*- coding: utf-8 -*-\nx = 1", b"# coding: latin\xc3\xa9"[:8]]
)
def test_utf8_is_read_with_and_without_a_mark(data: bytes) -> None:
    assert "\ufeff" not in decoded(data)


def test_every_beginning_of_a_network_is_read_or_refused() -> None:
    whole = net(forward="x = F.relu(self.fc(x).view(-1, 4)) + torch.cat((x, x), dim=1)")
    for length in range(0, len(whole), 3):
        with contextlib.suppress(SourceError):
            read_source(whole[:length])
