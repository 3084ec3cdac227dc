"""Layer kinds made of a person's own functions: a typed formula, and a curve drawn by hand. The layer holds the whole definition.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import functools
import math

from trainers.drawn_function import BadKnots, DrawnFunction, drawn_function, knots_of_numbers
from trainers.errors import BadInput
from trainers.formula import BadFormula, Formula, read_constants, read_formula, with_numbers
from trainers.formula_text import plain_text
from trainers.formula_tree import Number, cost, parts
from trainers.formula_writing import MAX_LETTERS
from trainers.layer_kind import LayerKind, Misfit, Outcome, ParameterSpec, Site, Values, stateless

MAX_TITLE = 40
_TITLE = ParameterSpec(
    "title",
    "Name",
    "text",
    "",
    "What a person calls the function; the calculation does not depend on it.",
    maximum=MAX_TITLE,
)


def formula_of(values: Values) -> tuple[Formula, dict[str, float]]:
    """A layer's formula and the numbers for its parameters; raises BadInput (BadFormula for the text itself)."""
    formula = read_formula(values["text"])
    return formula, formula.numbers(read_constants(values["constants"]))


def drawn_of(values: Values) -> DrawnFunction:
    """A layer's hand-drawn function; raises BadKnots."""
    return drawn_function(knots_of_numbers(values["knots"]))


def _formula(site: Site) -> Outcome:
    try:
        operations = _operations(site.values["text"], site.values["constants"])
    except BadFormula as error:
        raise Misfit(f"cannot use its formula: {error.problem}", error.fix) from error
    except BadInput as error:
        raise Misfit(f"cannot use its constants: {str(error).rstrip(':.')}", error.fix) from error
    return Outcome(site.shape, elementwise_flops=operations * math.prod(site.shape))


@functools.lru_cache(
    maxsize=512
)  # a network is analysed at every edit, and finding the part to blame takes a millisecond
def _operations(text: str, constants: str) -> int:
    """Elementary operations for each number; raises BadInput, also where constants leave a part without a finite value."""
    formula, numbers = formula_of({"text": text, "constants": constants})
    for part in parts(formula.tree):
        folded = with_numbers(part, numbers)
        if isinstance(folded, Number) and not math.isfinite(folded.value):
            told = ", ".join(f"{name} = {number:g}" for name, number in numbers.items())
            raise BadInput(f"{plain_text(part)} has no finite value with {told}:", "change them.")
    return cost(formula.bound(**numbers))


def _drawn(site: Site) -> Outcome:
    try:
        function = drawn_of(site.values)
    except BadKnots as error:
        raise Misfit(f"cannot use its curve: {error.problem}", error.fix) from error
    search = math.ceil(math.log2(len(function.knots) + 1))  # comparisons that find the piece
    return Outcome(site.shape, elementwise_flops=(search + 7) * math.prod(site.shape))


FORMULA_KINDS = (
    LayerKind(
        "formula",
        "Formula",
        "activation",
        "Applies a function that a person has typed to each number.",
        _formula,
        stateless,
        (
            ParameterSpec(
                "text",
                "Formula",
                "text",
                "x*sigmoid(x)",
                "A function of x, such as x*sigmoid(a*x), max(0, x) or x if x > 0 else a*(exp(x) - 1).",
                maximum=MAX_LETTERS,
                required=True,
            ),
            ParameterSpec(
                "constants",
                "Constants",
                "text",
                "",
                "Numbers for the free parameters, as in a = 0.5, b = 2; what is not named is 1.",
                maximum=400,
            ),
            _TITLE,
        ),
        is_elementwise=True,
    ),
    LayerKind(
        "drawn",
        "Drawn curve",
        "activation",
        "Applies a curve that a person has drawn to each number, straight on beyond its ends.",
        _drawn,
        stateless,
        (
            ParameterSpec(
                "knots",
                "Knots",
                "numbers",
                (-3.0, 0.0, -1.0, 0.0, 0.0, 0.2, 1.0, 1.0, 3.0, 3.0),
                "x and y of the points that the curve goes through, in turn, from left to right.",
                minimum=-1e6,
                maximum=1e6,
                required=True,
            ),
            _TITLE,
        ),
        is_elementwise=True,
    ),
)
