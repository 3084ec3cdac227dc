"""What is said of a run in the legend and in the list of runs: network, data, what differs, how well, when. Imports no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.kept_run import KeptRunLine
from app.panels.monitor.setting_row import CHOICE_TEXTS
from trainers.datasets import DATASETS
from trainers.planar_data import PLANAR_DATA
from trainers.setting_limits import setting_limits

_MOST_DIFFERENCES = 3  # in the legend; its tooltip tells all
_DECISIVE = ("optimizer", "learning_rate", "batch_size")
_NO_DIFFERENCE = ("threads", "checkpoint_every")  # of a run's numbers
_PLANAR_TITLES = {"samples": "points", "noise": "noise", "seed": "data seed", "test_share": "test share"}
_OTHER_TITLES = {"augment": "augmented", "label": "label"}


@dataclass(frozen=True)
class LegendEntry:
    """letter: of a kept run, "" for the one that stands; texts: the longest first, for where there is room."""

    letter: str
    texts: tuple[str, ...]
    tooltip: str


def legend_entries(present: KeptRunLine | None, kept: Sequence[tuple[str, KeptRunLine]]) -> list[LegendEntry]:
    """What names each run beside the others on show. present: the run that stands."""
    runs = [*([("", present)] if present is not None else []), *kept]
    traits = [_traits(line) for _, line in runs]
    names = {name for trait in traits for name in trait}
    differing = [name for name in sorted(names) if len({str(trait.get(name)) for trait in traits}) > 1]
    are_one_data = len({data_title(line.data) for _, line in runs}) == 1
    entries: list[LegendEntry] = []
    for (letter, line), trait in zip(runs, traits, strict=True):
        told = [f"{_title(name)} {_value(trait[name])}" for name in _in_order(differing) if name in trait]
        # where all learn the same data, the first entry tells it for all
        name = (line.network,) if are_one_data and entries else _name(line)
        alike = [
            other for (_, other), its in zip(runs, traits, strict=True) if (_name(other), its) == (_name(line), trait)
        ]
        begun = [when(line.started)] if letter and len(alike) > 1 else []
        texts = (" · ".join([*name, *_first(told, most), *begun]) for most in range(_MOST_DIFFERENCES, 0, -1))
        entries.append(LegendEntry(letter, tuple(dict.fromkeys(texts)), _tooltip(letter, line, told)))
    return entries


def _first(told: Sequence[str], most: int) -> list[str]:
    more = len(told) - most
    return [*told[:most], *([f"{more} more"] if more > 0 else [])]


def plan_words(line: KeptRunLine) -> str:
    """How a run was trained, for a list in which runs of one network stand."""
    names = (*_DECISIVE, "epochs", "seed")
    told = [f"{_title(name)} {_value(line.settings[name])}" for name in names if name in line.settings]
    return "\n".join(
        [", ".join(_name(line)), *(part[0].upper() + part[1:] for part in told), f"{line.last_step:,} steps"]
    )


def data_title(data: Mapping[str, Any]) -> str:
    """The title of a data choice."""
    name = str(data.get("name", ""))
    return DATASETS[name].title if name in DATASETS else Path(name).name or name


def score(line: KeptRunLine) -> str:
    """How well it did on the test data at the end of its newest epoch."""
    if line.test_accuracy is not None:
        return f"{100 * line.test_accuracy:.1f} %"
    return "" if line.test_loss is None else f"loss {line.test_loss:.3g}"


def when(started: str, now: datetime | None = None) -> str:
    """Day and time of a moment in ISO 8601; of today the time alone."""
    try:
        moment = datetime.fromisoformat(started).astimezone()
    except ValueError:
        return started
    today = now or datetime.now().astimezone()
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    year = "" if moment.year == today.year else f" {moment.year}"
    return f"{moment.day} {moment:%b}{year}, {moment:%H:%M}"


def _name(line: KeptRunLine) -> tuple[str, str]:
    return line.network, data_title(line.data)


def _traits(line: KeptRunLine) -> dict[str, Any]:
    """What may differ: settings by their names, what concerns the data under "data."."""
    settings = {name: value for name, value in line.settings.items() if name in setting_limits()}
    is_planar = str(line.data.get("name")) in PLANAR_DATA
    wanted = _PLANAR_TITLES if is_planar else _OTHER_TITLES
    data = {f"data.{name}": line.data[name] for name in wanted if line.data.get(name) is not None}
    return {name: value for name, value in settings.items() if name not in _NO_DIFFERENCE} | data


def _in_order(names: Sequence[str]) -> list[str]:
    """What decides most comes first, the data's after the settings, and the length, which the axis shows, last."""
    order = [*_DECISIVE, *(name for name in setting_limits() if name not in (*_DECISIVE, "epochs"))]
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name == "epochs", name))


def _title(name: str) -> str:
    _, _, of_data = name.partition("data.")
    if of_data:
        return (_PLANAR_TITLES | _OTHER_TITLES)[of_data]
    title = setting_limits()[name].title
    return title[0].lower() + title[1:]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return (
        CHOICE_TEXTS.get(value, value)
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _tooltip(letter: str, line: KeptRunLine, told: Sequence[str]) -> str:
    title = f"Run {letter}" if letter else "The present run"
    lines = [f"{title}: {', '.join(_name(line))}", *(part[0].upper() + part[1:] for part in told)]
    if letter:
        ended = f", {score(line)} on the test data" if score(line) else ""
        lines.append(f"Begun {when(line.started)}, {line.last_step:,} steps{ended}")
    return "\n".join(lines)
