"""`hillock simulate`: the biology without the window, one model or a batch of requests. Imports neither Qt nor torch.

numba is imported by the model that needs it, when it runs.
"""

from __future__ import annotations

import json
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import cleandoc
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from app.command_line import Parser
from app.resource_paths import write_atomically
from app.simulation.biology.models import MODELS, ModelSpec, SimulationResult, find_model, run_model
from app.simulation.biology.request_reading import read_request, read_text, request_class, request_fields
from trainers.errors import BadInput, HillockError, RunStopped
from trainers.writable import why_not_writable

DONE, BAD_INPUT = 0, 2
LONGEST_LINE = 16 << 20  # bytes: a request with a million spike times
_LISTED = 8  # values of a list that the summary writes out
_SHARED = ("--csv", "--batch")
_STATUS = "Exit status: 0 done; 2 bad input (in a batch: of any line), one sentence on stderr and nothing written."


def main(argv: Sequence[str]) -> int:
    """Run `hillock simulate` with the arguments after its name; the exit status. Raises BadInput."""
    arguments = list(argv)
    place = _place_of_model(arguments)
    try:
        if place is None:
            return _run_batch_or_refuse(arguments)
        return _run_one(find_model(arguments[place]), arguments[:place] + arguments[place + 1 :])
    except BrokenPipeError:  # `| head` has read enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  until the interpreter ends, which flushes it once more
        return DONE
    except SystemExit as done:  # --help
        return done.code if isinstance(done.code, int) else DONE


def _place_of_model(arguments: list[str]) -> int | None:
    """Where the model's name stands: the first word that is no option, and belongs to none that stand before it."""
    place = 0
    while place < len(arguments):
        word = arguments[place]
        if word in _SHARED:
            place += 2
        elif word.startswith("-"):
            place += 1
        else:
            return place
    return None


def simulate_parser() -> Parser:
    """The parser of `hillock simulate` without a model: --batch, and the list of models."""
    width = max((len(spec.name) for spec in MODELS), default=0) + 2
    lines = "\n".join(f"  {spec.name:<{width}}{spec.summary}" for spec in MODELS)
    parser = Parser(
        "hillock simulate",
        usage="hillock simulate MODEL [options] [--csv FILE] [--json]\n       hillock simulate --batch FILE",
        description="Run a model of a neuron, an axon, a synapse or a learning rule without the window.",
        epilog=f"models (each with its own --help):\n{lines}\n\n{_STATUS}",
    )
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help='read one JSON object a line ("-": from standard input), {"model": "hh", "current": 10}, and print one answer a line',
    )
    return parser


def model_parser(spec: ModelSpec) -> Parser:
    """The parser of `hillock simulate MODEL`: one option a field of its request."""
    documentation = cleandoc(request_class(spec).__doc__ or "")
    parser = Parser(f"hillock simulate {spec.name}", description=f"{spec.summary}\n\n{documentation}", epilog=_STATUS)
    for name, field in request_fields(spec).items():
        explained = (field.description + _default_text(field.default)).replace("%", "%%")
        if field.is_flag:
            parser.add_argument(field.option, dest=f"field_{name}", action="store_const", const=True, help=explained)
            continue
        metavar = (
            "|".join(field.choices) if field.choices else "JSON" if field.is_list_of_lists else _metavar(field.name)
        )
        parser.add_argument(field.option, dest=f"field_{name}", metavar=metavar, help=explained)
    parser.add_argument("--csv", metavar="FILE", help="write the traces into this file; the header names their units")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
    return parser


def _metavar(name: str) -> str:
    return name.rpartition("_")[2].upper()


def _default_text(default: Any) -> str:
    if default is msgspec.NODEFAULT or default is None or isinstance(default, bool):
        return ""
    shown = ",".join(str(item) for item in default) if isinstance(default, tuple) else str(default)
    return f" (default: {shown or 'none'})"


def _run_one(spec: ModelSpec, arguments: list[str]) -> int:
    fields = request_fields(spec)
    options = model_parser(spec).parse_args(_with_negative_values(arguments, {f.option for f in fields.values()}))
    given = {
        name: value if field.is_flag else read_text(field, value)
        for name, field in fields.items()
        if (value := getattr(options, f"field_{name}")) is not None
    }
    request = read_request(spec, given, prefix="--")
    csv = None if options.csv is None else _checked_csv(options.csv)
    result = run_model(spec, request)
    if csv is not None:
        _write_csv(csv, spec, result)
    if options.json:
        _say(_as_line(result.values))
    else:
        _say(_summary(result))
    return DONE


def _with_negative_values(arguments: list[str], names: set[str]) -> list[str]:
    """`--current -1e-3` as `--current=-1e-3`: argparse takes some negative numbers, and all lists of them, for options."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] in names and word[:1] == "-" and word[1:2] in tuple("0123456789.in"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _run_batch_or_refuse(arguments: list[str]) -> int:
    options = simulate_parser().parse_args(arguments)
    if options.batch is None:
        raise BadInput(
            f"hillock simulate wants a model: one of {', '.join(spec.name for spec in MODELS)}; or --batch FILE."
        )
    with _opened(options.batch) as file:
        status = DONE
        while line := file.readline(LONGEST_LINE + 1):
            if line.isspace():
                continue
            try:
                answer = _as_line(_answer(line))
            except HillockError as error:
                answer = _as_line({"error": error.sentence})
                status = BAD_INPUT
            _say(answer)
            if len(line) > LONGEST_LINE:  # where the next request begins cannot be told
                break
        return status


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(name, "rb")  # noqa: SIM115
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BadInput(
            f"{name or repr(name)} cannot be read ({reason}): give a file with one request a line, or -."
        ) from None
    with file:
        yield file


def _answer(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise BadInput(f"A request is longer than {LONGEST_LINE >> 20} MB, and the rest is not read: write one a line.")
    try:
        asked = msgspec.json.decode(line.removeprefix(BOM_UTF8))  # some editors begin a file with it
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInput(f'The line is not JSON ({error}): write an object such as {{"model": "hh"}}.') from None
    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str):
        raise BadInput('A request is an object with a "model": {"model": "hh", "current": 10}.')
    spec = find_model(asked.pop("model").replace("_", "-"))
    return run_model(spec, read_request(spec, asked)).values


def _as_line(values: dict[str, Any]) -> str:
    return json.dumps(_plain(values), allow_nan=False)  # in ASCII, whatever the output's encoding


def _plain(value: Any) -> Any:
    """`value` of JSON's own kinds; None for what is not a number."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    elif isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _say(line: str) -> None:
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  until the interpreter ends, which flushes it once more
        raise RunStopped(
            f"The answer cannot be written ({error.strerror}): make room, or write it elsewhere."
        ) from error


def _summary(result: SimulationResult) -> str:
    width = max((len(key) for key in result.values), default=0)
    return "\n".join(f"{key:<{width}}  {_in_words(value)}" for key, value in _plain(result.values).items())


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(item)}" for key, item in value.items())
    if isinstance(value, list):
        shown = ", ".join(_in_words(item) for item in value[:_LISTED])
        rest = f", ... ({len(value)} in all)" if len(value) > _LISTED else ""
        return f"{shown}{rest}" if value else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "-" if value is None else str(value)


def _checked_csv(text: str) -> Path:
    """A file that can be written; BadInput otherwise. Nothing is written here."""
    path = Path(os.path.realpath(text))
    if os.path.lexists(path) and not path.is_file():  # a folder, or a device that a rename would replace
        raise BadInput(f"{text or repr(text)} is no plain file: give the name of a CSV file.")
    if not path.parent.is_dir():
        raise BadInput(f"The folder {path.parent} does not exist: make it first, or choose another one.")
    reason = why_not_writable(path if not os.path.lexists(path) else path.parent)
    if reason is None and os.path.lexists(path) and not os.access(path, os.W_OK):
        reason = "it may not be replaced"
    if reason is not None:
        raise BadInput(f"{text} cannot be written ({reason}): choose a folder that you may write to.")
    return path


def _write_csv(path: Path, spec: ModelSpec, result: SimulationResult) -> None:
    if not result.traces:
        raise BadInput(f"{spec.name} has no traces to write: leave out --csv.")
    columns = [np.asarray(column, dtype=float).tolist() for column in result.traces.values()]
    lines = [",".join(result.traces)]
    lines += [",".join("" if item != item else f"{item:.10g}" for item in row) for row in zip(*columns, strict=True)]
    try:
        write_atomically(path, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): choose another file.") from error
