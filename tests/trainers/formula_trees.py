"""Random formulas for the tests: trees of every operation. A seed and a size make one, so that a failure shrinks to a small one."""

import random

from hypothesis import strategies as st

from trainers.formula_tree import OPERATIONS, Name, Node, Number, Operation, is_condition

NAMES = ("a", "beta", "w1")
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
CONDITIONS = (*COMPARISONS, "and", "or", "not")
OTHERS = tuple(name for name in OPERATIONS if name not in CONDITIONS)


def leaf(draw: random.Random) -> Node:
    if draw.random() < 0.6:
        return Name("x")
    if draw.random() < 0.4:
        return Name(draw.choice(NAMES))
    return Number(draw.choice((0.0, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0, -0.5, -1.0, -2.0)))


def condition(draw: random.Random, size: int) -> Node:
    name = draw.choice(CONDITIONS)
    if name == "not":
        return Operation(name, (condition(draw, size - 1),))
    if name in ("and", "or"):
        return Operation(name, (condition(draw, size // 2), condition(draw, size // 2)))
    return Operation(name, (grown(draw, size // 2), grown(draw, size // 2)))


def grown(draw: random.Random, size: int) -> Node:
    """A tree of about `size` parts."""
    if size <= 1:
        return leaf(draw)
    name = draw.choice(OTHERS)
    rest = size - 1
    match name:
        case "where":
            return Operation(name, (condition(draw, rest // 3), grown(draw, rest // 3), grown(draw, rest // 3)))
        case "indicator":
            return Operation(name, (condition(draw, rest),))
        case "clip":
            low, high = draw.choice(((-1.0, 1.0), (0.0, 2.0), (-0.5, 3.0)))
            return Operation(name, (grown(draw, rest), Number(low), Number(high)))
        case "negate":
            inner = grown(draw, rest)  # a minus before a number belongs to the number
            return Number(-inner.value) if isinstance(inner, Number) else Operation(name, (inner,))
    if OPERATIONS[name].least == 1:
        return Operation(name, (grown(draw, rest),))
    left = draw.randint(1, max(1, rest - 1))
    return Operation(name, (grown(draw, left), grown(draw, rest - left)))


def tree_of(seed: int, size: int) -> Node:
    tree = grown(random.Random(seed), size)
    assert not is_condition(tree)
    return tree


trees: st.SearchStrategy[Node] = st.builds(tree_of, st.integers(0, 2**32), st.integers(2, 16))


def constants(seed: int) -> dict[str, float]:
    draw = random.Random(seed)
    return {name: draw.choice((0.3, 1.0, 2.0, -0.7)) for name in NAMES}
