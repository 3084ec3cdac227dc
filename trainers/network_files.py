"""Networks on disk: presets, JSON with a schema number, saving in one stroke. Imports neither torch nor the window."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import math
import os
import secrets
import stat
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from trainers.network_graph import SCHEMA, Group, NetworkGraph, NetworkInputError, near_matches

MAX_FILE_BYTES = 4_000_000  # a thousand layers take 200 kB

PRESETS = (
    "perceptron",
    "xor-mlp",
    "playground",
    "mlp-mnist",
    "lenet5",
    "plain-20",
    "residual-20",
    "transformer-small",
    "vgg-small",
    "resnet18-cifar",
    "alexnet",
)

Migration = Callable[[dict[str, Any]], dict[str, Any]]

# Schema number -> what turns a file of that schema into one of the next. Older files are brought up step by step.
MIGRATIONS: dict[int, Migration] = {
    1: lambda plain: plain,  # 2 has groups as well, which may be left out
}


class NetworkFileError(NetworkInputError):
    """A file that holds no network this version can read: torn, too large, of a newer schema, or not JSON at all."""


def preset_names() -> tuple[str, ...]:
    """The names of the networks that come with Hillock, from the simplest to the largest."""
    return PRESETS


@functools.cache
def load_preset(name: str) -> NetworkGraph:
    """One of the networks that come with Hillock; raises BadInput for a name that is not there."""
    if name not in PRESETS:
        raise _unknown(name)
    return from_json((resources.files("resources") / "networks" / f"{name}.json").read_bytes(), name)


def load_network(reference: str) -> NetworkGraph:
    """The network of a preset's name or a JSON file's path; raises BadInput (or NetworkFileError) in one sentence."""
    if reference in PRESETS:
        return load_preset(reference)
    shown = shortened(reference)
    if reference.lower().endswith((".py", ".pyi", ".ipynb")):
        raise NetworkInputError(f"{shown} is not a saved network.", "Give a .json file, or a .py file with a class.")
    looks_like_path = reference.lower().endswith(".json") or os.sep in reference or "/" in reference
    try:
        is_there = bool(reference) and Path(reference).exists()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        if looks_like_path:
            raise NetworkInputError(
                f"There is no file {shown}.", "Give the path of a saved network, or a preset's name."
            )
        raise _unknown(reference)
    return from_json(file_bytes(Path(reference), shown), shown)


def to_json(graph: NetworkGraph) -> bytes:
    """The graph as indented JSON (UTF-8, a line feed at the end); raises BadInput where a number is not finite."""
    for layer in graph.layers:
        for name, value in layer.parameters.items():
            for number in value if isinstance(value, tuple | list) else (value,):
                if isinstance(number, float) and not math.isfinite(number):
                    raise NetworkInputError(
                        f"{layer.name}'s {name} is {number}, which a file cannot hold.", "Set a finite number."
                    )
        if layer.position is not None and not all(math.isfinite(number) for number in layer.position):
            raise NetworkInputError(f"{layer.name} stands at {layer.position}, which a file cannot hold.", "Move it.")
    plain: dict[str, Any] = {"schema": graph.schema, "name": graph.name}
    plain |= {key: text for key, text in (("title", graph.title), ("comment", graph.comment)) if text}
    lines = [json.dumps(plain, ensure_ascii=False, indent=2)[:-2] + ",", '  "layers": [']
    layers = [_one_line({"name": layer.name, "kind": layer.kind} | _optional(layer)) for layer in graph.layers]
    lines.append(",\n".join(f"    {line}" for line in layers))
    lines += ["  ],", '  "links": [']
    links = [_one_line({"source": link.source, "target": link.target}) for link in graph.links]
    lines.append(",\n".join(f"    {line}" for line in links))
    if graph.groups:
        lines += ["  ],", '  "groups": [']
        lines.append(",\n".join(f"    {_one_line(_plain_group(group))}" for group in graph.groups))
    return "\n".join([*lines, "  ]", "}", ""]).encode()


def from_json(data: bytes, where: str = "The network") -> NetworkGraph:
    """Decode a graph, bringing older schemas up to this one; raises NetworkFileError naming `where` and what is wrong.

    Names, links and sizes are not checked here: `layer_catalog.analyse` does that.
    """
    if len(data) > MAX_FILE_BYTES:
        raise NetworkFileError(
            f"{where} is too large; a network's file has at most {MAX_FILE_BYTES / 1e6:.0f} MB.",
            "Give a saved network.",
        )
    try:
        plain = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))  # the byte order mark of some editors
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NetworkFileError(
            f"{where} is not complete JSON ({shortened(str(error))}).", "Save the network again, or mend the file."
        ) from error
    if not isinstance(plain, dict):
        held = {list: "a list", str: "a text", type(None): "null", bool: "true or false"}.get(type(plain), "a number")
        raise NetworkFileError(f"{where} holds no network but {held}.", "A network is a JSON object.")
    try:
        return msgspec.convert(_migrated(plain, where), NetworkGraph)
    except msgspec.ValidationError as error:
        raise NetworkFileError(f"{where} is not a network: {shortened(str(error))}.") from error


def save_network(graph: NetworkGraph, path: str | os.PathLike[str]) -> None:
    """Write the graph as JSON in one stroke: the file is either the old or the new one. Raises BadInput where it cannot."""
    if str(path).lower().endswith((".py", ".onnx")):  # opened from such a file, it must not be lost to a press of Save
        raise NetworkInputError(
            f"{shortened(str(path))} would be replaced by JSON.", "Choose a name that ends with .json."
        )
    write_bytes(to_json(graph), path)


def write_bytes(data: bytes, path: str | os.PathLike[str], token: str | None = None) -> None:
    """Write a file in one stroke (temporary file, fsync, rename); raises BadInput naming the path and why it cannot be.

    token: in the name of the temporary file, for whoever may have to remove it (`part_of`) after ending this process.
    """
    target = Path(path)
    try:
        if not str(path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        with contextlib.suppress(FileNotFoundError):
            target.stat()  # it refuses links in a ring, which `resolve` lets pass since Python 3.13
        if target.is_dir() or str(path).endswith(("/", os.sep)):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():  # a device or a pipe: there is nothing to replace
            with open(target, "wb", opener=_without_waiting) as file:
                file.write(data)
            return
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _replace(target.resolve(), data, token or secrets.token_hex(4))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else shortened(str(error))
        shown = shortened(str(path)) or "A file without a name"
        raise NetworkInputError(f"{shown} cannot be written: {reason}.", "Choose another place.") from error


def _without_waiting(path: str, flags: int) -> int:
    """Open a device or a pipe; a pipe that nobody reads is refused, where opening it would wait for ever."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(descriptor, True)
    return descriptor


def part_of(target: Path, token: str) -> Path:
    """The file beside `target` (resolved) that is written before it takes its place."""
    return target.with_name(f".{target.name[:40]}.{token}.part")


def _replace(target: Path, data: bytes, token: str) -> None:
    temporary = part_of(target, token)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def file_bytes(path: Path, shown: str, fix: str = "Give the path of a saved .json network.") -> bytes:
    """What a plain file holds, up to one byte more than may be; raises BadInput. shown: how it is called in a sentence."""
    try:
        if path.is_dir():
            raise NetworkInputError(f"{shown} is a folder, not a network.", fix)
        if not path.is_file():  # a pipe would wait for ever
            raise NetworkInputError(f"{shown} is not a plain file.", fix)
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise NetworkInputError(f"{shown} cannot be read: {error.strerror or error}.") from error


def _migrated(plain: dict[str, Any], where: str) -> dict[str, Any]:
    """The decoded file in the present schema."""
    schema = plain.get("schema", SCHEMA)
    if type(schema) is not int or schema < 1:
        raise NetworkFileError(f"{where} has the schema {shortened(repr(schema))}, which is no schema number.")
    if schema > SCHEMA:
        raise NetworkFileError(
            f"{where} was saved by a newer Hillock (schema {schema}; this one reads up to {SCHEMA}).", "Update Hillock."
        )
    while schema < SCHEMA:
        try:
            plain = MIGRATIONS[schema](plain)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise NetworkFileError(
                f"{where} is not a network of schema {schema}.", "Save it again where it opens."
            ) from error
        schema += 1
        plain["schema"] = schema
    return plain


def _optional(layer: Any) -> dict[str, Any]:
    """A layer's parameters and position, where it has any."""
    extra: dict[str, Any] = {"parameters": layer.parameters} if layer.parameters else {}
    return extra | ({"position": layer.position} if layer.position is not None else {})


def _plain_group(group: Group) -> dict[str, Any]:
    plain: dict[str, Any] = {"name": group.name, "layers": group.layers}
    return plain | ({"title": group.title} if group.title else {}) | ({"is_folded": True} if group.is_folded else {})


def _one_line(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _unknown(reference: str) -> NetworkInputError:
    fix = near_matches(reference, PRESETS).strip() or _presets_text()
    return NetworkInputError(f"There is no network called {shortened(reference)!r}.", fix)


def _presets_text() -> str:
    return f"Presets are {', '.join(PRESETS)}."


def shortened(text: str, longest: int = 120) -> str:
    """One line without control characters, cut where it is too long to read."""
    line = "".join(letter if letter.isprintable() else "�" for letter in text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
