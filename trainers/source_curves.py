"""Typed formulas and drawn curves as functions that stand before the class, and how such a function is known again.

Text only: the function is compared with what would be written, never run. Imports neither torch nor the window.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from trainers.errors import BadInput
from trainers.formula_source import drawn_source, formula_source
from trainers.formula_text import number_text
from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis
from trainers.layer_kind import Values, read_values
from trainers.layer_kinds_formula import drawn_of, formula_of
from trainers.network_graph import Layer, Parameter
from trainers.source_text import tokens

OWN_KINDS = ("formula", "drawn")
_KEPT = "Hillock: "  # begins the comments that hold the layer's parameters
_WIDTH = 72


def function_names(analysis: NetworkAnalysis, others: Collection[str]) -> dict[str, str]:
    """For each layer with a formula or drawn curve a name that nothing else has; one for all that do the same."""
    taken = {*analysis.order, *others}
    alike: dict[Any, str] = {}
    for facts in analysis.layers.values():
        if facts.kind in OWN_KINDS:
            key = (facts.kind, *facts.values.values())
            if key not in alike:
                name = f"{facts.name}_curve"
                while name in taken:
                    name += "_"
                taken.add(name)
                alike[key] = name
    return {
        facts.name: alike[(facts.kind, *facts.values.values())]
        for facts in analysis.layers.values()
        if facts.kind in OWN_KINDS
    }


def own_functions(analysis: NetworkAnalysis, names: dict[str, str]) -> str:
    """The functions that stand before the class."""
    written: dict[str, str] = {}
    for layer, name in names.items():
        facts = analysis.layers[layer]
        if name not in written:
            written[name] = _own_function(facts, name)
    return "".join(f"{text}\n\n" for text in written.values())


def _own_function(facts: LayerFacts, name: str) -> str:
    title = one_line(facts.values["title"])
    before = f"{title}: " if title else ""
    if facts.kind == "drawn":
        function = drawn_of(facts.values)
        note = f"{before}drawn by hand, a smooth curve through {len(function.knots)} knots."
        return _with_comment(drawn_source(name, function, note), facts)
    formula, numbers = formula_of(facts.values)
    told = ", ".join(f"{parameter} = {number_text(number)}" for parameter, number in numbers.items())
    note = f"{before}{formula.plain}{f' with {told}' if told else ''}"
    return _with_comment(formula_source(name, formula.bound(**numbers), note), facts)


def _with_comment(function: str, facts: LayerFacts) -> str:
    """With a comment that holds the layer's parameters in full, as the drawing has them."""
    plain = {name: value for name, value in facts.values.items() if value != ""}
    first, _, rest = function.partition("\n")
    text = json.dumps({"kind": facts.kind, **plain}, separators=(",", ":")).replace("  ", " \\u0020")
    comment = ""
    while text:
        end = min(len(text), _WIDTH)
        while 0 < end < len(text) and " " in text[end - 1 : end + 1]:  # else an editor could take the space away
            end -= 1
        comment, text = f"{comment}    # {_KEPT}{text[:end]}\n", text[end:]
    return f"{first}\n{comment}{rest}"


def known_again(name: str, function: str, comments: Collection[str]) -> tuple[str, dict[str, Parameter]] | None:
    """Kind and parameters of the layer that a function was written for; None if it does anything else by now."""
    parameters = _kept("".join(comment.partition(_KEPT)[2] for comment in comments))
    if parameters is None:
        return None
    kind = str(parameters.pop("kind"))
    written = _written(name, kind, parameters)
    return (kind, parameters) if written is not None and list(tokens(written)) == list(tokens(function)) else None


def _kept(text: str) -> dict[str, Parameter] | None:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(plain, dict) or plain.get("kind") not in OWN_KINDS:
        return None
    return {str(name): tuple(value) if isinstance(value, list) else value for name, value in plain.items()}


def _written(name: str, kind: str, parameters: dict[str, Parameter]) -> str | None:
    """The function that is written for these parameters."""
    try:
        values: Values = read_values(LAYER_KINDS[kind], Layer(name, kind, parameters))
        if kind == "drawn":
            return drawn_source(name, drawn_of(values), "")
        formula, numbers = formula_of(values)
        return formula_source(name, formula.bound(**numbers), "")
    except BadInput:
        return None


def one_line(text: str) -> str:
    """Text without line ends and control characters."""
    return " ".join("".join(letter if letter.isprintable() or letter.isspace() else " " for letter in text).split())
