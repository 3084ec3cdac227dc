"""A person's own activation functions by name, typed or drawn, in one JSON file of the data folder. Imports neither torch nor Qt.

A layer that uses one holds its whole definition, so networks and checkpoints need this file no longer.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from trainers.drawn_function import DrawnFunction
from trainers.errors import BadInput
from trainers.formula import Formula
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.layer_kind import read_values
from trainers.layer_kinds_formula import MAX_TITLE, drawn_of, formula_of
from trainers.network_files import MAX_FILE_BYTES, write_bytes
from trainers.network_graph import Layer, Link, NetworkGraph, Parameter, near_matches, suggested_name
from trainers.user_folders import user_data_folder
from trainers.writable import why_not_writable

FILE_NAME = "own-functions.json"
SCHEMA = 1
MAX_FUNCTIONS = 1000


class TornFile(BadInput):
    """The file holds no functions that can be read; `OwnFunctions.set_aside` lets a new one begin."""


class OwnFunction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One function. name: as a person calls it; kind and parameters: as of a layer (without its title)."""

    name: str
    kind: Literal["formula", "drawn"]
    parameters: dict[str, Parameter]

    @property
    def layer_parameters(self) -> dict[str, Parameter]:
        """What a layer of this kind holds: the whole definition, and the name as its title."""
        return {**self.parameters, "title": self.name}

    def function(self) -> tuple[Formula | DrawnFunction, dict[str, float]]:
        """What gives values and derivatives, and the numbers for its parameters; raises BadInput."""
        values = read_values(LAYER_KINDS[self.kind], self._layer())
        return formula_of(values) if self.kind == "formula" else (drawn_of(values), {})

    def check(self) -> None:
        """Raise BadInput unless a network can use it."""
        layer = self._layer()
        layers = (Layer("input", "input", {"shape": (1,)}), layer)
        analyse(NetworkGraph("own", layers, (Link("input", layer.name),)))

    def _layer(self) -> Layer:
        return Layer(suggested_name(self.name, ("input",)), self.kind, self.parameters)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    functions: tuple[OwnFunction, ...]


class OwnFunctions:
    """The catalogue on disk, read anew each time: what another window has added is there, and nothing is held that could go stale."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_data_folder() / FILE_NAME

    def all(self) -> tuple[OwnFunction, ...]:
        """Every function in the order in which they were added; raises BadInput where the file cannot be read, TornFile where
        it can be and says nothing."""
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise BadInput(
                f"{self.path} cannot be read ({error.strerror or error}): give yourself the right to."
            ) from error
        return self._decoded(data)

    def get(self, name: str) -> OwnFunction:
        """The function of this name; raises BadInput naming near ones."""
        functions = self.all()
        return functions[self._place(functions, name)]

    def add(self, function: OwnFunction) -> None:
        """Keep a function; raises BadInput for one that cannot be, or for a name that is taken."""
        _check_name(function.name)
        function.check()

        def edit(functions: list[OwnFunction]) -> None:
            taken = _index(functions, function.name)
            if taken is not None:
                raise BadInput(
                    f"A function of yours is called {functions[taken].name} already:",
                    "choose another name, or forget that one first.",
                )
            if len(functions) >= MAX_FUNCTIONS:
                raise BadInput(f"There are {MAX_FUNCTIONS:,} functions of your own already:", "forget one first.")
            functions.append(function)

        self._change(edit)

    def delete(self, name: str) -> None:
        """Take a function out of the catalogue; networks that use it keep it. Raises BadInput where there is none."""

        def edit(functions: list[OwnFunction]) -> None:
            del functions[self._place(functions, name)]

        self._change(edit)

    def set_aside(self) -> Path:
        """Rename a file that cannot be read, so that a new one can begin, and return its new place; raises BadInput."""
        for number in itertools.count(1):
            aside = self.path.with_name(f"{self.path.stem}.unread-{number}{self.path.suffix}")
            if not aside.exists():
                break
        try:
            return self.path.rename(aside)
        except OSError as error:
            raise BadInput(
                f"{self.path} cannot be renamed ({error.strerror or error}): its folder has to be writable."
            ) from error

    def _decoded(self, data: bytes) -> tuple[OwnFunction, ...]:
        try:
            plain = msgspec.json.decode(data)
            schema = plain.get("schema") if isinstance(plain, dict) else None
            if type(schema) is int and schema > SCHEMA:
                raise BadInput(f"{self.path} was saved by a newer Hillock (schema {schema}):", "update this one.")
            return msgspec.convert(plain, _File).functions
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            raise TornFile(
                f"{self.path} holds no functions that can be read ({_line(str(error))}):",
                "mend it, or set it aside and begin anew.",
            ) from error

    def _change(self, edit: Callable[[list[OwnFunction]], None]) -> None:
        functions = list(self.all())  # a file that cannot be read is never written over
        edit(functions)
        reason = why_not_writable(self.path.parent)
        if reason is not None:
            raise BadInput(
                f"{self.path.parent} takes no files, since {reason}:", "set HILLOCK_DATA_DIR to another folder."
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        plain = msgspec.to_builtins(_File(SCHEMA, tuple(functions)))
        write_bytes(json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n", self.path)

    def _place(self, functions: tuple[OwnFunction, ...] | list[OwnFunction], name: str) -> int:
        place = _index(functions, name)
        if place is None:
            near = near_matches(name, [function.name for function in functions]).strip().replace("Did", "did")
            raise BadInput(
                f"There is no function {_line(name)!r} of your own:", near or "keep one under that name first."
            )
        return place


def _index(functions: tuple[OwnFunction, ...] | list[OwnFunction], name: str) -> int | None:
    """Capitals make no difference."""
    wanted = name.casefold()
    return next((place for place, one in enumerate(functions) if one.name.casefold() == wanted), None)


def _check_name(name: str) -> None:
    """Raise BadInput unless it can stand in a list of names: printable, not a name that Hillock has."""
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > MAX_TITLE:
        raise BadInput(
            f"A function cannot be called {_line(name)!r}:", f"give it 1 to {MAX_TITLE} letters on one line."
        )
    known = {kind.key for kind in LAYER_KINDS.values()} | {kind.title.casefold() for kind in LAYER_KINDS.values()}
    if name.casefold() in known:
        raise BadInput(f"{name} is the name of a layer that Hillock has:", "choose another one.")


def _line(text: str, longest: int = 80) -> str:
    line = "".join(letter if letter.isprintable() else "�" for letter in text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
