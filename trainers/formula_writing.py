"""The signs of a typed formula checked one after the other and written anew for Python's `ast`: each refusal has its place.

Plain Python: imports neither numpy, torch nor the window.
"""

from __future__ import annotations

import re

import msgspec

from trainers.formula_signs import Sign, signs
from trainers.formula_tree import ALIASES, CONSTANTS, GREEK, OPERATIONS, BadFormula
from trainers.network_graph import near_matches

MAX_LETTERS = 200
MAX_NESTING = 20  # brackets within brackets, signs before signs
MAX_PARAMETERS = 8

FUNCTIONS = frozenset(name for name, spec in OPERATIONS.items() if spec.is_typed) | frozenset(ALIASES)
WORDS = "slope|scale|shift|gain|bias|width|threshold|low|high|leak|negative_slope|temperature"

_PARAMETER = re.compile(rf"(?:[A-Za-z]|{GREEK}|{WORDS})_?\d{{0,3}}", re.ASCII)
_BINARY = frozenset(("+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"))
_WORDS = frozenset(("if", "else", "and", "or", "not"))
_NOT_FOLLOWS = frozenset(("", "(", ",", "|", "if", "else", "and", "or", "not"))


class Written(msgspec.Struct, frozen=True):
    """The formula written anew. places: (offset in source, position in the typed text) of each sign."""

    source: str
    places: tuple[tuple[int, int], ...]

    def position(self, offset: int) -> int:
        """Where in the typed text the sign at or before `offset` stands."""
        return max((typed for start, typed in self.places if start <= offset), default=0)


class _Open(msgspec.Struct):
    """A bracket or bar that waits for its end. kind: call, group or bar ("" outside of all); ifs: of those without else."""

    kind: str
    position: int
    ifs: list[int] = []


def check_and_write(text: str) -> Written:
    """The formula's signs, each allowed where it stands, as source for `ast`; raises BadFormula."""
    if not isinstance(text, str):
        raise BadFormula(f"A formula is a text, not {type(text).__name__}", 0, "write one such as x*sigmoid(x).")
    if len(text) > MAX_LETTERS:
        raise BadFormula(
            f"The formula has {len(text):,} letters, {MAX_LETTERS} are allowed", MAX_LETTERS, "write it shorter."
        )
    writer = _Writer()
    for sign in signs(text):
        writer.take(sign)
    return writer.written(text)


class _Writer:
    """Takes sign after sign, knowing whether a number or a sign between numbers must come next."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._places: list[tuple[int, int]] = []
        self._open = [_Open("", 0)]
        self._before: Sign | None = None
        self._wants_number = True
        self._function: Sign | None = None  # named, and its bracket has yet to come
        self._signs_in_a_row = 0
        self._parameters: set[str] = set()

    def take(self, sign: Sign) -> None:
        """Check one sign against what stands before it, and write it."""
        if self._function is not None and sign.text != "(":
            raise self._lone_function(self._function)
        if self._wants_number:
            self._take_number(sign)
        else:
            self._take_between(sign)
        self._before = sign

    def written(self, text: str) -> Written:
        """All of it, where it may end; raises BadFormula where something is missing."""
        end = len(text)
        if self._before is None:
            raise BadFormula("The formula is empty", 0, "write one such as x*sigmoid(x).")
        if self._function is not None:
            raise self._lone_function(self._function)
        if self._wants_number:
            before = self._before
            raise BadFormula(
                f"After {before.shown} at letter {before.position + 1} something is missing",
                end,
                "write what belongs there.",
            )
        last = self._open[-1]
        self._refuse_open_if(last)
        if last.kind:
            what, mend = ("bar", "|") if last.kind == "bar" else ("bracket", ")")
            raise BadFormula(
                f"The {what} at letter {last.position + 1} is not closed", last.position, f"add a {mend} where it ends."
            )
        return Written("".join(self._text), tuple(self._places))

    def _write(self, text: str, sign: Sign) -> None:
        self._places.append((self._length, sign.position))
        self._text.append(f"{text} ")
        self._length += len(text) + 1

    # -- where a number must come -----------------------------------------------------------------------------------

    def _take_number(self, sign: Sign) -> None:
        text = sign.text
        if text in ("+", "-", "not"):
            self._signs_in_a_row += 1
            if self._signs_in_a_row > MAX_NESTING:
                raise self._too_deep(sign)
            if text == "not" and (self._before.text if self._before else "") not in _NOT_FOLLOWS:
                raise BadFormula(
                    f"not at letter {sign.position + 1} stands behind {self._shown_before()}",
                    sign.position,
                    "put brackets around it.",
                )
            self._write(text, sign)
            return
        self._signs_in_a_row = 0
        if text in ("(", "|"):
            kind = "bar" if text == "|" else "group" if self._function is None else "call"
            self._write("abs (" if kind == "bar" else "(", sign)
            self._push(kind, sign)
            self._function = None
        elif sign.kind == "number":
            self._write(text, sign)
            self._wants_number = False
        elif sign.kind == "word" and text not in _WORDS:
            self._take_name(sign)
        else:
            raise self._missing_before(sign)

    def _take_name(self, sign: Sign) -> None:
        name = self._known(sign)
        self._write(name, sign)
        if name in FUNCTIONS:
            self._function = Sign(sign.kind, name, sign.shown, sign.position)
            return
        self._wants_number = False

    def _known(self, sign: Sign) -> str:
        """The name as the tree has it; raises BadFormula where it is none."""
        name = sign.text
        if name in ("x", *CONSTANTS):
            return name
        if name.lower() in FUNCTIONS:
            return name.lower()
        if _PARAMETER.fullmatch(name) and name != "X":
            self._parameters.add(name)
            if len(self._parameters) > MAX_PARAMETERS:
                raise BadFormula(
                    f"{name} at letter {sign.position + 1} is one free parameter more than the {MAX_PARAMETERS} that are allowed",
                    sign.position,
                    "write numbers for some of them.",
                )
            return name
        shown = name if len(name) <= 24 else f"{name[:20]}…"
        hints = {"X": "write x.", "lambda": "write lam.", "Pi": "write pi.", "PI": "write pi."}
        infinite = "write a finite number." if name.lower() in ("inf", "infinity", "nan") else ""
        near = near_matches(name, (*FUNCTIONS, *CONSTANTS)).strip()
        fix = hints.get(name) or infinite or (f"{near[0].lower()}{near[1:]}" if near else "")
        raise BadFormula(
            f"{shown} at letter {sign.position + 1} is not a name that formulas know",
            sign.position,
            fix or "take x, a function such as tanh(x), or one letter for a free parameter.",
        )

    def _push(self, kind: str, sign: Sign) -> None:
        if len(self._open) > MAX_NESTING:
            raise self._too_deep(sign)
        self._open.append(_Open(kind, sign.position, []))

    # -- where a sign between numbers must come ---------------------------------------------------------------------

    def _take_between(self, sign: Sign) -> None:
        text = sign.text
        if text in _BINARY:
            self._write(text, sign)
            self._wants_number = True
        elif text == "if":
            self._take_if(sign)
        elif text == "else":
            self._take_else(sign)
        elif text == ",":
            self._take_comma(sign)
        elif text == ")" or (text == "|" and self._open[-1].kind == "bar"):
            self._close(sign)
        else:
            raise self._sign_missing(sign)

    def _take_if(self, sign: Sign) -> None:
        waiting = self._open[-1].ifs
        if len(waiting) >= MAX_NESTING:
            raise self._too_deep(sign)
        waiting.append(sign.position)
        self._write("if", sign)
        self._wants_number = True

    def _take_else(self, sign: Sign) -> None:
        waiting = self._open[-1].ifs
        if not waiting:
            raise BadFormula(
                f"else at letter {sign.position + 1} has no if before it", sign.position, "write a if x > 0 else b."
            )
        waiting.pop()
        self._write("else", sign)
        self._wants_number = True

    def _take_comma(self, sign: Sign) -> None:
        last = self._open[-1]
        self._refuse_open_if(last)
        if last.kind != "call":
            raise BadFormula(
                f"The comma at letter {sign.position + 1} stands in no function's brackets",
                sign.position,
                "write a point in numbers such as 0.5.",
            )
        self._write(",", sign)
        self._wants_number = True

    def _close(self, sign: Sign) -> None:
        last = self._open[-1]
        if not last.kind:
            raise BadFormula(
                f"The bracket at letter {sign.position + 1} closes none", sign.position, "take it away, or open one."
            )
        self._refuse_open_if(last)
        if last.kind == "bar" and sign.text == ")":
            raise BadFormula(
                f"The bar at letter {last.position + 1} is not closed before the bracket at letter {sign.position + 1}",
                last.position,
                "add a | where it ends.",
            )
        self._open.pop()
        self._write(")", sign)

    # -- sentences --------------------------------------------------------------------------------------------------

    def _refuse_open_if(self, frame: _Open) -> None:
        if frame.ifs:
            place = frame.ifs[-1]
            raise BadFormula(
                f"if at letter {place + 1} has no else", place, "say what holds otherwise, as in x if x > 0 else 0."
            )

    def _shown_before(self) -> str:
        return self._before.shown if self._before is not None else "nothing"

    def _lone_function(self, function: Sign) -> BadFormula:
        example = OPERATIONS[ALIASES.get(function.text, function.text)].example
        return BadFormula(
            f"{function.shown} at letter {function.position + 1} needs brackets", function.position, f"write {example}."
        )

    def _missing_before(self, sign: Sign) -> BadFormula:
        before = f"{self._before.shown} and " if self._before is not None else ""
        where = f"Between {before}{sign.shown}" if before else f"Before {sign.shown}"
        return BadFormula(
            f"{where} at letter {sign.position + 1} something is missing", sign.position, "write what belongs there."
        )

    def _sign_missing(self, sign: Sign) -> BadFormula:
        before = self._shown_before()
        joined = (
            f"{before}*{sign.shown}"
            if len(before) + len(sign.shown) <= 30 and sign.text != "not"
            else "a * between them"
        )
        return BadFormula(
            f"Between {before[:20]} and {sign.shown[:20]} at letter {sign.position + 1} a sign is missing",
            sign.position,
            f"write {joined}.",
        )

    def _too_deep(self, sign: Sign) -> BadFormula:
        return BadFormula(
            f"From letter {sign.position + 1} on the formula is nested more than {MAX_NESTING} deep",
            sign.position,
            "write it flatter.",
        )
