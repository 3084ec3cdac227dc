"""Requests for the models from what a person wrote: options of a command line, or one JSON object. Imports neither Qt nor numba.

What a model takes is its request's fields: the type with its bounds (`msgspec.Meta`), the description, the default. A list may be
written as text, "0,2,5"; a list of lists as JSON.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from app.simulation.biology.models import ModelRequest, ModelSpec, load
from trainers.errors import BadInput

_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a word",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
_EXPECTED = re.compile(r"Expected `([^`]+)`(?: of (length))?(?: (>=|<=|>|<) ([-+.\w]+))?")
_LONGEST_SHOWN = 60


class RequestField(msgspec.Struct, frozen=True):
    """One option of a model. `default` is msgspec.NODEFAULT where it must be given; `choices` are all that there are, or ()."""

    name: str
    type: Any
    description: str
    default: Any
    is_flag: bool
    is_list: bool
    is_list_of_lists: bool
    is_list_of_whole: bool
    is_number: bool
    choices: tuple[str, ...]

    @property
    def option(self) -> str:
        """As it is written on a command line."""
        return "--" + self.name.replace("_", "-")


def request_class(spec: ModelSpec) -> type[ModelRequest]:
    """The class of the requests of `spec`."""
    found: type[ModelRequest] = load(spec.request)
    return found


def request_fields(spec: ModelSpec) -> dict[str, RequestField]:
    """The options of `spec` by the names of their fields."""
    struct = request_class(spec)
    hints = get_type_hints(struct, include_extras=True)
    return {field.name: _describe(field, hints[field.name]) for field in msgspec.structs.fields(struct)}


def _describe(field: msgspec.structs.FieldInfo, hint: Any) -> RequestField:
    kinds, description = _plain_types(hint)
    items = [item for kind in kinds if get_origin(kind) in (tuple, list) for item in get_args(kind) if item is not ...]
    within = [kind for item in items for kind in _plain_types(item)[0]]
    nested = any(get_origin(kind) in (tuple, list) for kind in within)
    return RequestField(
        name=field.name,
        type=hint,
        description=description,
        default=field.default,
        is_flag=kinds == [bool],
        is_list=bool(items) and str not in kinds,
        is_list_of_lists=nested,
        is_list_of_whole=int in within and float not in within,
        is_number=bool(kinds) and all(kind in (int, float) for kind in kinds),
        choices=tuple(choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)),
    )


def _plain_types(hint: Any) -> tuple[list[Any], str]:
    """The members of a union but None, without their annotations, and the description that stood at one of them."""
    if get_origin(hint) is Annotated:
        kinds, description = _plain_types(get_args(hint)[0])
        said = [meta.description for meta in hint.__metadata__ if isinstance(meta, msgspec.Meta) and meta.description]
        return kinds, said[0] if said else description
    if get_origin(hint) in (Union, types.UnionType):
        parts = [_plain_types(part) for part in get_args(hint) if part is not type(None)]
        return [kind for kinds, _ in parts for kind in kinds], next((text for _, text in parts if text), "")
    return [hint], ""


def read_request(spec: ModelSpec, options: Mapping[str, Any], prefix: str = "") -> ModelRequest:
    """The request that `options` (names with "-" or "_") ask of `spec`; names in errors begin with `prefix`. Raises BadInput."""
    fields = request_fields(spec)
    values: dict[str, Any] = {}
    for written, value in options.items():
        name = written.replace("-", "_")
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=2, cutoff=0.5)
            hint = f" (did you mean {' or '.join(near)}?)" if near else ""
            raise BadInput(
                f"{spec.name} has no option {_shown(written)}{hint}: it takes {', '.join(fields) or 'none'}."
            )
        if name in values:
            raise BadInput(f"'{name}' is given twice: give it once.")
        values[name] = _converted(fields[name], value, prefix + _spelled(name, prefix))
    for name, field in fields.items():
        if field.default is msgspec.NODEFAULT and name not in values:
            wanted = f"{prefix}{_spelled(name, prefix)}"
            raise BadInput(f"{spec.name} needs {wanted}: {field.description or 'give it a value'}.")
    return request_class(spec)(**values)


def read_text(field: RequestField, text: str) -> Any:
    """What `text`, written after an option, stands for; BadInput where it can be none of it."""
    if field.is_list_of_lists or (field.is_list and text.lstrip().startswith("[")):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            wanted = "[[5, 1, 10], [20, 1, 10]]" if field.is_list_of_lists else "[0, 2, 5]"
            raise BadInput(f"{field.option} takes a JSON list such as {wanted}, and not {_shown(text)}.") from None
    if field.is_list:
        return [_number_or_word(part.strip()) for part in text.split(",")] if text.strip() else []
    return _number_or_word(text) if field.is_number else text


def _spelled(name: str, prefix: str) -> str:
    return name.replace("_", "-") if prefix else name


def _number_or_word(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def _converted(field: RequestField, value: Any, label: str) -> Any:
    if isinstance(value, str) and field.is_list:
        value = read_text(field, value)
    elif field.is_list and isinstance(value, (int, float)) and not isinstance(value, bool):
        value = [value]
    value = _as_whole(field, value)
    if not _is_finite(value):
        raise BadInput(f"{label} must be finite, and is {_shown(value)}: write numbers only.")
    try:
        return msgspec.convert(value, type=field.type)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadInput(_refusal(field, str(error), value, label)) from None


def _as_whole(field: RequestField, value: Any) -> Any:
    """10.0 as 10, and so in a list, where whole numbers are wanted and others are not."""
    if isinstance(value, list) and field.is_list:
        return [int(item) if _is_whole(item) and field.is_list_of_whole else item for item in value]
    return int(value) if _is_whole(value) and _plain_types(field.type)[0] == [int] else value


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (list, tuple)):
        return all(_is_finite(item) for item in value)
    return True


def _refusal(field: RequestField, said: str, value: Any, label: str) -> str:
    if field.choices:
        return f"{label} cannot be {_shown(value)}: choose one of {', '.join(field.choices)}."
    match = _EXPECTED.match(said)
    if match is None:
        return f"{label} cannot be {_shown(value)} ({said.partition(' - at ')[0]}): see `hillock simulate --help`."
    what, length, sign, bound = match.groups()
    wanted = " or ".join(_WORDS.get(word.strip(), word.strip()) for word in what.split("|"))
    if sign:
        signs = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
        wanted += f" {signs[sign]} {bound} {'items' if length else ''}".rstrip()
    within = " - at `$[" in said
    return f"{label} must be {f'a list with, at each place, {wanted}' if within else wanted}, and is {_shown(value)}."


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, float)) else json.dumps(value, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
