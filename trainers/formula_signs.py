"""The numbers, words and signs that a typed formula is cut into; letters that no formula has are refused with their place.

Plain Python: imports neither numpy, torch nor the window.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator

import msgspec

from trainers.formula_tree import BadFormula

LARGEST = 1e30  # of a typed number: its products with others still fit single precision

_LETTERS = {
    "−": "-",  # the minus of typesetting
    "–": "-",
    "·": "*",
    "×": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "π": "pi",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "λ": "lam",
    "μ": "mu",
    "σ": "sigma",
    "τ": "tau",
    "θ": "theta",
    "ω": "omega",
}
_POWERS = {"²": "2", "³": "3"}
_SIGN = re.compile(
    r"(?P<space>[ \t]+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|//|[-+*/^<>(),|])",
    re.ASCII,
)
_TOLD = {
    "'": ("A quotation mark", "a formula holds no text."),
    '"': ("A quotation mark", "a formula holds no text."),
    "=": ("A single =", "write == to compare, and only the right side of y = f(x)."),
    ".": ("A point without a number", "write a number such as 0.5; names have no parts."),
    "[": ("A square bracket", "write round ones."),
    "]": ("A square bracket", "write round ones."),
    "{": ("A curly bracket", "write round ones."),
    "}": ("A curly bracket", "write round ones."),
    "%": ("A per cent sign", "write 0.01*x for one per cent."),
    "!": ("An exclamation mark", "write != for unequal; factorials are not known."),
    "_": ("An underscore", "names begin with a letter."),
    "∞": ("Infinity", "write a finite number."),
    "\n": ("A new line", "write the formula on one line."),
    "\r": ("A new line", "write the formula on one line."),
}


class Sign(msgspec.Struct, frozen=True):
    """One sign. kind: number, word or sign; text: as written anew; shown: as typed; position: of its first letter."""

    kind: str
    text: str
    shown: str
    position: int


def signs(text: str) -> Iterator[Sign]:
    """The signs one after the other; raises BadFormula at a letter that no formula has."""
    position = 0
    while position < len(text):
        letter = text[position]
        if letter in _POWERS:
            yield Sign("sign", "**", letter, position)
            yield Sign("number", f"{_POWERS[letter]}.0", letter, position)
            position += 1
            continue
        if letter in _LETTERS:
            new = _LETTERS[letter]
            yield Sign("word" if new.isalpha() else "sign", new, letter, position)
            position += 1
            continue
        match = _SIGN.match(text, position)
        if match is None or match[0].startswith("_") or match[0] == "//":
            raise _no_sign(text, position)
        if match.lastgroup == "number":
            yield Sign("number", _number(match[0], position), match[0], position)
        elif match.lastgroup != "space":
            found = "**" if match[0] == "^" else match[0]
            yield Sign(str(match.lastgroup), found, match[0], position)
        position = match.end()


def _number(typed: str, position: int) -> str:
    value = float(typed)
    if not math.isfinite(value) or value > LARGEST:
        shown = typed if len(typed) <= 20 else f"{typed[:12]}…"
        raise BadFormula(
            f"{shown} at letter {position + 1} is too large a number", position, f"stay below {LARGEST:g}."
        )
    return repr(value)


def _no_sign(text: str, position: int) -> BadFormula:
    letter = text[position]
    if text.startswith("//", position):
        return BadFormula(f"// at letter {position + 1} is no sign of a formula", position, "write / to divide.")
    what, fix = _TOLD.get(letter, ("", ""))
    if not what:
        name = unicodedata.name(letter, f"number {ord(letter)}").lower()
        shown = f"{letter} " if letter.isprintable() and not letter.isspace() else ""
        plain = unicodedata.normalize("NFKD", letter)[0]
        what, fix = f"The letter {shown}({name})", "write a plain letter, number or sign from the keyboard."
        if plain != letter and plain.isascii() and plain.isalnum():
            fix = f"write a plain {plain}."
    return BadFormula(f"{what} at letter {position + 1} belongs in no formula", position, fix)
