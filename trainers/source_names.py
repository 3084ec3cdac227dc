"""Names in PyTorch source: of the class, and of layers that stand there as calls without a name, for writer and reader alike.

Plain text; imports neither torch nor the window.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from trainers.network_graph import MAX_NAME_LENGTH, NetworkError, NetworkGraph, Shape, check_name, suggested_name

_STEMS = {
    "max_pool": "pool",
    "average_pool": "pool",
    "adaptive_average_pool": "pool",
    "adaptive_max_pool": "pool",
    "mean_over_steps": "mean",
    "concatenate": "concat",
    "formula": "curve",
    "drawn": "curve",
}
_NAMED = re.compile(r"\bnamed (\w+(?:, \w+)*)\s*$")


def default_names(calls: Sequence[tuple[str, str]], taken: Iterable[str]) -> list[str]:
    """relu1, relu2, flatten, ... for calls (prefix, kind) in the order in which they run: a number where there are several."""
    stems = [f"{prefix}_{_STEMS.get(kind, kind)}" if prefix else _STEMS.get(kind, kind) for prefix, kind in calls]
    totals, seen = Counter(stems), Counter[str]()
    namer = Namer(taken)
    names = []
    for stem in stems:
        seen[stem] += 1
        names.append(namer.name(stem if totals[stem] == 1 else f"{stem}{seen[stem]}"))
    return names


class Namer:
    """Gives each layer a name of its own, close to the one that is wanted."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def name(self, wanted: str) -> str:
        """The name itself where a layer can have it, else one like it: relu_2 where there is a relu."""
        base = valid_name(wanted)
        name, number = base, self._next.get(base, 2)
        while name in self._taken:
            name, number = f"{base[: MAX_NAME_LENGTH - 5]}_{number}", number + 1
        self._next[base] = number
        self._taken.add(name)
        return name


def valid_name(wanted: str) -> str:
    """The name itself where a layer can have it, else one close to it."""
    try:
        check_name(wanted)
    except NetworkError:
        return suggested_name(wanted)
    return wanted


def block_of(module: str) -> str:
    """block1_1 for the module block1_1_conv1: calls behind it are named after it. Nothing for conv1 or shortcut_conv."""
    block = module.rpartition("_")[0]
    return block if block[-1:].isdigit() else ""


def default_input_name(shape: Shape) -> str:
    """What the input layer is called where nothing else is said."""
    return "image" if len(shape) == 3 else "input"


def named_comment(names: Sequence[str]) -> str:
    """The comment that tells the reader what the calls of a statement are called."""
    return f"named {', '.join(names)}"


def names_in_comment(comment: str) -> tuple[str, ...]:
    """The names that `named_comment` put there; none in a comment that says something else."""
    found = _NAMED.search(comment[:5_000])
    return tuple(found[1].split(", ")) if found else ()


def class_name(graph: NetworkGraph) -> str:
    """LeNet5 of the title LeNet-5, else of the name; always a class name that hides nothing."""
    for text in (graph.title, graph.name):
        words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in text).split()
        name = "".join(word[0].upper() + word[1:] for word in words)
        if name and name[0].isalpha() and len(name) <= 40:
            return f"{name}Network" if name in ("F", "True", "False", "None") else name
    return "Network"
