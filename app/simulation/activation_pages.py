"""A page per activation function: what it is for, what it costs, where it fails. Imports neither torch nor Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Demonstration = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence, and the demonstration that shows it: plain data which the panel applies."""

    text: str
    demonstration: Demonstration


@dataclass(frozen=True, slots=True)
class Page:
    """purpose: what it is for; cost: what it takes to compute; failure: where it fails; each a few claims."""

    purpose: tuple[Claim, ...]
    cost: tuple[Claim, ...]
    failure: tuple[Claim, ...]


PAGES: dict[str, Page] = {}
