"""A CSV with a label column as data: features standardised, text labels as classes, many numbers as regression. No torch, no Qt."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from trainers.data_split import DatasetSpec, DataSplit, choose_test
from trainers.errors import BadInput
from trainers.training_plan import DataChoice

MOST_MEGABYTES = 32.0
MOST_COLUMNS = 4_096
MOST_CLASSES = 1_000
FEWEST_ROWS = 5
_MOST_NUMBER_CLASSES = 20  # whole-number labels with more values than this are a quantity, not a class
_MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none", "-"})
_MISSING_LABELS = _MISSING - {"none", "-"}  # which may well be the names of classes


@dataclass(frozen=True)
class Table:
    """A file as read: `features` float64 (rows, columns), `labels` as text, `lines` the line each row stands on."""

    path: Path
    columns: tuple[str, ...]
    label: str
    features: np.ndarray
    labels: tuple[str, ...]
    lines: tuple[int, ...]
    separator: str


def describe_table(path: Path, choice: DataChoice) -> DatasetSpec:
    """What the CSV at `path` is. Raises BadInput, naming column, line and value, for whatever cannot be trained on."""
    return _spec(path, *_labelled(path, choice))


def load_table(path: Path, choice: DataChoice) -> DataSplit:
    """The CSV at `path`, split by `choice.seed` and `choice.test_share`, standardised with the training part's statistics."""
    table, values, classes = _labelled(path, choice)
    spec = _spec(path, table, values, classes)
    is_test = choose_test(values, choice.test_share, choice.seed, stratified=bool(classes))
    inputs = _standardised(table, ~is_test)
    offset, scale = 0.0, 1.0
    if not classes:
        offset, scale = float(values[~is_test].mean()), float(values[~is_test].std()) or 1.0
        values = ((values - offset) / scale).astype(np.float32)[:, None]
    return DataSplit(
        name=spec.name,
        task=spec.task,
        sample_shape=spec.sample_shape,
        classes=classes,
        train_inputs=inputs[~is_test],
        train_targets=values[~is_test],
        test_inputs=inputs[is_test],
        test_targets=values[is_test],
        target_offset=offset,
        target_scale=scale,
    )


def _spec(path: Path, table: Table, values: np.ndarray, classes: tuple[str, ...]) -> DatasetSpec:
    what = f"{len(classes)} classes" if classes else "a number"
    return DatasetSpec(
        name=str(path),
        title=path.name,
        task="classification" if classes else "regression",
        kind="csv",
        sample_shape=(len(table.columns),),
        classes=classes,
        targets=0 if classes else 1,
        description=f"{len(values)} rows, {len(table.columns)} features, {what} in column {table.label!r}; standardised.",
        source=str(path),
    )


def _labelled(path: Path, choice: DataChoice) -> tuple[Table, np.ndarray, tuple[str, ...]]:
    """The table, its targets (int64 classes or float64 values, (rows,)), and the classes' names (empty for regression)."""
    table = _read(path, choice.label)
    numbers = [_number(label, table.separator) for label in table.labels]
    if any(number is None for number in numbers):
        names = sorted(set(table.labels))
        if len(names) > MOST_CLASSES or len(names) == len(table.labels) > FEWEST_ROWS:
            raise BadInput(
                f"Column {_short(table.label)!r} of {path.name} holds {len(names)} different texts in {len(table.labels)} rows, too many"
                " to be classes: choose another label column (--label NAME)."
            )
        return table, _numbered(table.labels, names), _at_least_two(path, table, names)
    values = np.array(numbers, dtype=np.float64)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise _bad_value(table, table.label, table.lines[row], table.labels[row], "is not a finite number")
    distinct = np.unique(values)
    are_whole = bool((values == np.rint(values)).all())
    if are_whole and len(distinct) <= _MOST_NUMBER_CLASSES and len(distinct) * 2 <= len(values):
        names = [str(int(value)) for value in distinct]
        return table, np.searchsorted(distinct, values).astype(np.int64), _at_least_two(path, table, names)
    return table, values, ()


def _numbered(labels: tuple[str, ...], names: list[str]) -> np.ndarray:
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers[label] for label in labels], dtype=np.int64)


def _at_least_two(path: Path, table: Table, names: list[str]) -> tuple[str, ...]:
    if len(names) < 2:
        raise BadInput(
            f"Every row of {path.name} has {_short(names[0])!r} in column {_short(table.label)!r}: choose a label column with at least two"
            " values (--label NAME)."
        )
    return tuple(names)


def _standardised(table: Table, is_train: np.ndarray) -> np.ndarray:
    """float32 (rows, columns): mean 0 and standard deviation 1 over the training rows; a constant column becomes 0.

    Divided by its largest value first, since the square of 1e200 is no number.
    """
    largest = np.abs(table.features).max(axis=0)
    features = table.features / np.where(largest > 0, largest, 1.0)
    train = features[is_train]
    centred = features - train.mean(axis=0)
    deviation = train.std(axis=0)
    inputs: np.ndarray = (centred / np.where(deviation > 1e-12, deviation, 1.0)).astype(np.float32)
    return inputs


def _read(path: Path, label: str | None) -> Table:
    rows, separator = _rows(path)
    if not rows:
        raise BadInput(f"{path.name} is empty: a CSV needs a line of column names and at least {FEWEST_ROWS} rows.")
    width = len(rows[0][1])
    if width < 2:
        raise BadInput(f"{path.name} has a single column: it needs at least one feature and a label, parted by commas.")
    if width > MOST_COLUMNS:
        raise BadInput(f"{path.name} has {width} columns: at most {MOST_COLUMNS} can be trained on.")
    for line, cells in rows:
        if len(cells) != width:
            raise BadInput(
                f"Line {line} of {path.name} has {len(cells)} fields, but the first line has {width}: mend it."
            )
    header = _header(rows, label, separator)
    body = rows if header is None else rows[1:]
    columns = header or [f"column {number}" for number in range(1, width + 1)]
    if len(body) < FEWEST_ROWS:
        raise BadInput(
            f"{path.name} has {len(body)} row{'s'[: len(body) != 1]} of data: at least {FEWEST_ROWS} are needed."
        )
    position = _label_position(path, columns, label)
    names = tuple(name for number, name in enumerate(columns) if number != position)
    lines = tuple(line for line, _ in body)
    labels = tuple(cells[position].strip() for _, cells in body)
    table = Table(path, names, columns[position], np.empty((len(body), width - 1)), labels, lines, separator)
    _fill(table, [[cell for number, cell in enumerate(cells) if number != position] for _, cells in body])
    return table


def _fill(table: Table, cells: list[list[str]]) -> None:
    """Turn the cells into numbers; the first that is none is refused with its column, line and value."""
    for row, (line, texts) in enumerate(zip(table.lines, cells, strict=True)):
        if table.labels[row].lower() in _MISSING_LABELS:
            raise _bad_value(table, table.label, line, table.labels[row], "is missing")
        for column, text in enumerate(texts):
            number = _number(text, table.separator)
            if number is None or not math.isfinite(number):
                what = "is missing" if text.strip().lower() in _MISSING else "is not a number"
                raise _bad_value(table, table.columns[column], line, text.strip(), what)
            table.features[row, column] = number


def _bad_value(table: Table, column: str, line: int, value: str, what: str) -> BadInput:
    shown, name = _short(value), _short(column)
    if what == "is missing":
        fix = "fill it in, or delete the line."
    elif column == table.label:
        fix = "mend it, or choose another label column (--label NAME)."
    else:
        fix = f"turn the column into numbers or delete it, or make it the label (--label {name!r})."
    return BadInput(f"Column {name!r} of {table.path.name} has {shown!r} in line {line}, which {what}:", fix=fix)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _rows(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """Every line that is not blank as (line number, cells), and the separator. Reads UTF-8 with or without a mark."""
    try:
        megabytes = path.stat().st_size / 1e6
        if megabytes > MOST_MEGABYTES:
            raise BadInput(
                f"{path.name} has {megabytes:.0f} MB: a CSV of at most {MOST_MEGABYTES:.0f} MB can be read; cut it."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text (byte {error.start}): save it as a CSV in UTF-8.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}).") from error
    if "\0" in text:
        raise BadInput(f"{path.name} holds zero bytes, so it is not a CSV: save it as a CSV in UTF-8.")
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells))
    except csv.Error as error:
        raise BadInput(
            f"Line {reader.line_num} of {path.name} is not CSV ({error}): look for a stray quote."
        ) from error
    return rows, separator


def _separator(text: str) -> str:
    """Comma, semicolon or tab: whichever the first line that is not blank has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _number(text: str, separator: str) -> float | None:
    """The number in a cell, None where there is none. With semicolons a comma is a decimal point, as in much of Europe."""
    text = text.strip()
    if separator == ";" and "." not in text:
        text = text.replace(",", ".")
    if "_" in text or text.lower() in _MISSING:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _header(rows: list[tuple[int, list[str]]], label: str | None, separator: str) -> list[str] | None:
    """The column names, None where the first line is already data: every feature in it a number, its label like the others."""
    names = [" ".join(cell.split()) for cell in rows[0][1]]
    if label is not None and label in names:
        return names
    are_numbers = [_number(name, separator) is not None for name in names]
    if not all(are_numbers[:-1]):
        return names
    others_are_numbers = all(_number(cells[-1], separator) is not None for _, cells in rows[1:])
    return names if not are_numbers[-1] and others_are_numbers else None


def _label_position(path: Path, columns: list[str], label: str | None) -> int:
    if label is None:
        return len(columns) - 1
    if columns.count(label) > 1:
        raise BadInput(f"{path.name} has {columns.count(label)} columns named {label!r}: rename all but one.")
    if label in columns:
        return columns.index(label)
    near = get_close_matches(label, columns, n=3, cutoff=0.5)
    shown = [_short(name) for name in near or columns[:8]]
    shown += ["..."] if not near and len(columns) > 8 else []
    hint = "did you mean" if near else "there are"
    raise BadInput(f"{path.name} has no column {_short(label)!r}: {hint} {', '.join(shown)}{'?' if near else '.'}")
