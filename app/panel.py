"""Panel: what every dock shows; PanelSpec and PanelCommand: what is declared of it before it is built. Imports no panel."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.workspace import Workspace
from trainers.errors import BadInput

State = dict[str, Any]
Kind = TypeVar("Kind", bound=msgspec.Struct)
_LONGEST = 300  # characters of a sentence that quotes what a file holds


class StateError(BadInput):
    """A panel state that cannot be applied; `key` names the entry concerned, and nothing of it was applied."""

    def __init__(self, sentence: str, key: str) -> None:
        super().__init__(sentence if len(sentence) <= _LONGEST else sentence[: _LONGEST - 2] + "….")
        self.key = key


def explain_misfit(message: str, owner: str) -> StateError:
    """What msgspec says of a state, such as "Expected `int` <= 100 - at `$.curves.smoothing`", with the key named.

    owner: whose state it is, to begin a sentence with: "The monitor".
    """
    place = re.search(r" - at `(?:key` in `)?\$\.?([^`]*)`", message)
    key = place[1] if place else ""
    unknown = re.search(r"unknown field `([^`]*)`", message)
    if unknown:
        key = f"{key}.{unknown[1]}" if key else unknown[1]
        return StateError(f"{owner}'s state has the key {key}, which is unknown.", key)
    what = message[: place.start()] if place else message
    return StateError(f"{key or f'{owner} state'} cannot be applied: {what[0].lower()}{what[1:]}.", key)


def state_from(raw: object, kind: type[Kind], owner: str, newest_schema: int = 1) -> Kind:
    """`raw` as a `kind`; StateError with the key named for anything unknown, out of range or not finite.

    owner: whose state it is, to begin a sentence with: "The monitor". newest_schema: the last that this version reads; a table
    that names none is taken for one of it.
    """
    if not isinstance(raw, dict):
        raise StateError(f"{owner}'s state is a table of keys, not {type(raw).__name__}.", "")
    schema = raw.get("schema", newest_schema)
    if type(schema) is not int or not 1 <= schema <= newest_schema:
        raise StateError(f"{owner}'s state has schema {schema!r}; this Hillock reads 1 to {newest_schema}.", "schema")
    try:
        _check_finite(raw, "")
        return msgspec.convert(raw, kind, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise explain_misfit(str(error), owner) from error


def _check_finite(value: object, key: str) -> None:
    """JSON knows no NaN, but a table made in Python may hold one, and every comparison lets it pass."""
    if isinstance(value, float) and not math.isfinite(value):
        raise StateError(f"{key} is {value}, which is no number that can be shown.", key)
    if isinstance(value, dict):
        for name, entry in value.items():
            _check_finite(entry, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            _check_finite(entry, f"{key}[{index}]")


class PanelSpec(msgspec.Struct, frozen=True):
    """How a panel is declared: its name for ever, its title, and its class as "module:Class", imported when first shown."""

    name: str
    title: str
    panel_class: str
    icon: str  # a name of app.widgets.icons
    description: str  # one sentence: what one does with it
    key: str = ""  # a shortcut that brings it to the front
    commands: str = (
        ""  # "module:function" of what the palette can do with it, see app.panel_commands; read when first asked for
    )
    not_remembered: tuple[str, ...] = ()  # keys of its state that belong to the work on the table, see app.panel_states
    keys: str = ""  # "module:function" of the rows that the key sheet has of it before it is built, see app.panel_keys


@dataclass(frozen=True)
class PanelCommand:
    """One command: its title, one sentence, other words by which it is found, and what it does with its panel once that is built."""

    title: str
    description: str
    keywords: str
    run: Callable[[Any], object]


class Panel(QWidget):
    """Base class. Everything that a panel shows is a function of `state()`; `apply(state)` puts it there, or raises StateError."""

    schema: ClassVar[int] = 1
    state_changed = Signal()
    awake_changed = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.opened_state: State | None = None
        self.is_awake = False

    def state(self) -> State:
        """All that the panel shows, JSON-able, with its `schema` number."""
        raise NotImplementedError

    def apply(self, state: State) -> None:
        """Show `state`. Unknown or out-of-range values raise StateError with the key named; nothing is half applied."""
        raise NotImplementedError

    def reset(self) -> None:
        """The Home key: back to the state that the panel was opened in."""
        if self.opened_state is not None:
            self.apply(self.opened_state)

    def act(self) -> None:
        """The Space key: act on the panel's clock (play or pause)."""

    def key_rows(self) -> list[tuple[str, str]]:
        """Keys that the panel takes itself, without an action: (keys, what they do), for the key sheet; no keys: a heading."""
        return []

    def advance(self, seconds: float) -> None:
        """Turn the panel's own clock on by `seconds` (animations take their clock as an argument; tests and `shot` turn it)."""

    @property
    def is_busy(self) -> bool:
        """Whether what the panel shows is still being computed: a picture waits for it."""
        return False

    def hide_timing(self) -> None:
        """Show nothing that depends on how fast this machine is: a picture that is to be repeatable is about to be taken."""

    def close_panel(self) -> None:
        """Let go of timers, threads and connections, before the window closes."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.set_awake(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.set_awake(False)

    def set_awake(self, is_awake: bool) -> None:
        """Panels that cannot be seen sleep: they take no events' worth of drawing until they are shown again."""
        if is_awake != self.is_awake:
            self.is_awake = is_awake
            self.awake_changed.emit(is_awake)
