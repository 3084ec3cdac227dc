"""The input's shape as a file says it itself, by an example that it gives the network. Plain Python; nothing is run."""

from __future__ import annotations

import ast

from trainers.network_graph import Shape

_SAMPLES = ("torch.zeros", "torch.randn", "torch.rand", "torch.ones")


def example_in(tree: ast.Module) -> tuple[Shape, int] | None:
    """The shape of one sample of `torch.zeros(1, 1, 28, 28)` outside classes and functions, and its line."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _dotted(node.func) in _SAMPLES:
                shape = _sizes(node.args)
                if shape is not None:
                    return shape, node.lineno
    return None


def _dotted(node: ast.expr) -> str:
    return (
        f"{node.value.id}.{node.attr}" if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""
    )


def _sizes(nodes: list[ast.expr]) -> Shape | None:
    """(1, 28, 28) of the arguments 64, 1, 28, 28."""
    if len(nodes) == 1 and isinstance(nodes[0], ast.Tuple | ast.List):
        nodes = nodes[0].elts
    sizes = [node.value if isinstance(node, ast.Constant) else None for node in nodes]
    if not 2 <= len(sizes) <= 5 or not all(type(size) is int and 0 < size <= 10_000_000 for size in sizes):
        return None
    return tuple(size for size in sizes[1:] if isinstance(size, int))
