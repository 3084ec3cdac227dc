"""Text of a formula -> tree: white-listed signs and names, then Python's `ast`, of which a few node types are let through.

Nothing of the text is ever run. `ast` sees only what is written anew from the signs found, short and shallow, so that no text
can make it slow or crash it. Imports neither numpy, torch nor the window.
"""

from __future__ import annotations

import ast

from trainers.formula_tree import ALIASES, OPERATIONS, BadFormula, Name, Node, Number, Operation, is_condition
from trainers.formula_writing import Written, check_and_write

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


def tree_of(text: str) -> tuple[Node, dict[Node, int]]:
    """The tree of a formula, and where in the text each part begins; raises BadFormula.

    Constant parts are not worked out here: see `formula.read_formula`.
    """
    written = check_and_write(text)
    try:
        expression = ast.parse(written.source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        offset = getattr(error, "offset", None) or 1
        position = written.position(offset - 1)
        raise BadFormula(
            f"The formula cannot be read at letter {position + 1}",
            position,
            "put brackets around what belongs together.",
        ) from error
    reader = _Reader(written)
    return reader.number(expression), reader.places


class _Reader:
    """Turns the white-listed nodes of `ast` into ours; anything else is refused."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self.places: dict[Node, int] = {}  # of the first where two parts are alike

    def number(self, node: ast.expr) -> Node:
        """A part where a number is wanted; a condition there counts as 1 or 0."""
        tree = self._any(node)
        self.places.setdefault(tree, self._written.position(node.col_offset))
        return Operation("indicator", (tree,)) if is_condition(tree) else tree

    def _condition(self, node: ast.expr) -> Node:
        tree = self._any(node)
        if not is_condition(tree):
            position = self._written.position(node.col_offset)
            raise BadFormula(
                f"At letter {position + 1} stands a number where a condition is wanted",
                position,
                "compare it, as in x > 0.",
            )
        return tree

    def _any(self, node: ast.expr) -> Node:
        if isinstance(node, ast.Constant) and type(node.value) is float:
            return Number(node.value)
        if isinstance(node, ast.Name):
            return Name(node.id)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return Operation(_BINARY[type(node.op)], (self.number(node.left), self.number(node.right)))
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.BoolOp):
            return self._joined(node)
        if isinstance(node, ast.IfExp):
            return Operation("where", (self._condition(node.test), self.number(node.body), self.number(node.orelse)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self._call(node.func.id, node)
        raise self._refused(node)

    def _unary(self, node: ast.UnaryOp) -> Node:
        if isinstance(node.op, ast.Not):
            return Operation("not", (self._condition(node.operand),))
        operand = self.number(node.operand)
        if isinstance(node.op, ast.UAdd):
            return operand
        if not isinstance(node.op, ast.USub):
            raise self._refused(node)
        return Number(-operand.value) if isinstance(operand, Number) else Operation("negate", (operand,))

    def _comparison(self, node: ast.Compare) -> Node:
        """0 < x < 1 as 0 < x and x < 1."""
        sides = [self.number(side) for side in (node.left, *node.comparators)]
        tree: Node | None = None
        for sign, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if type(sign) not in _COMPARISONS:
                raise self._refused(node)
            one = Operation(_COMPARISONS[type(sign)], (left, right))
            tree = one if tree is None else Operation("and", (tree, one))
        assert tree is not None  # `ast` gives a comparison at least one sign
        return tree

    def _joined(self, node: ast.BoolOp) -> Node:
        name = "and" if isinstance(node.op, ast.And) else "or"
        tree = self._condition(node.values[0])
        for value in node.values[1:]:
            tree = Operation(name, (tree, self._condition(value)))
        return tree

    def _call(self, called: str, node: ast.Call) -> Node:
        name = ALIASES.get(called, called)
        spec = OPERATIONS.get(name)
        position = self._written.position(node.col_offset)
        if spec is None or not spec.is_typed:
            raise self._refused(node)
        count = len(node.args)
        if not spec.least <= count <= spec.most:
            wanted = str(spec.least) if spec.least == spec.most else f"{spec.least} to {spec.most}"
            raise BadFormula(
                f"{called} at letter {position + 1} has {count} argument{'s' if count > 1 else ''}, but takes {wanted}",
                position,
                f"write {spec.example}.",
            )
        if name == "where":
            condition, *rest = node.args
            return Operation(name, (self._condition(condition), *map(self.number, rest)))
        arguments = tuple(map(self.number, node.args))
        if name in ("max", "min"):
            tree = arguments[0]
            for argument in arguments[1:]:
                tree = Operation(name, (tree, argument))
            return tree
        return Operation(name, arguments)

    def _refused(self, node: ast.expr) -> BadFormula:
        position = self._written.position(node.col_offset)
        return BadFormula(
            f"What stands at letter {position + 1} is no part of a formula",
            position,
            "use numbers, x, the signs + - * / ^ and functions.",
        )
