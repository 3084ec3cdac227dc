"""What `hillock train` takes, checked and turned into a plan before torch is imported. Imports neither torch nor Qt."""

from __future__ import annotations

import argparse
import difflib
import os
import re
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from trainers.commands import Scalar
from trainers.data_loading import check_plan
from trainers.devices import refuse_missing_device
from trainers.errors import BadInput
from trainers.first_weights import weight_shapes
from trainers.layer_catalog import analyse
from trainers.network_commands import add_network_options
from trainers.network_graph import NetworkGraph
from trainers.network_opening import open_network, shape_of
from trainers.run_store import CHECKPOINTS, latest_checkpoint
from trainers.setting_limits import SettingLimits, setting_limits, with_setting
from trainers.state_dicts import match_weights, read_state_dict
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan
from trainers.user_folders import runs_folder as default_runs_folder
from trainers.writable import why_not_writable

_DATA_OPTIONS = {
    "samples": ("N", "two-dimensional data: points in all, 20 to 100,000"),
    "noise": ("X", "two-dimensional data: 0 none, 1 all but lost"),
    "test_share": ("X", "the share kept for testing, where the data have no test set of their own"),
    "data_seed": ("N", "seed of the points and of the split"),
}
_DATA_RANGES = {
    "samples": "a whole number from 20 to 100,000",
    "noise": "from 0 to 1",
    "test_share": "above 0 and below 1",
    "data_seed": "a whole number from 0 to 2,147,483,647",
}


class Options(msgspec.Struct, frozen=True):
    """A checked command line. given: the settings that were named; checkpoint: to go on from, None for a new run."""

    plan: TrainingPlan | None  # None: everything comes from the checkpoint
    given: dict[str, Scalar]
    checkpoint: Path | None
    data: dict[str, Any]
    is_json: bool
    runs_folder: Path
    notes: tuple[str, ...] = ()  # what a person should know before it begins


class _Parser(argparse.ArgumentParser):
    """argparse with one sentence for what it refuses."""

    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        if unknown:
            options = [word for action in self._actions for word in action.option_strings]
            near = difflib.get_close_matches(unknown[1], options, n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else "see hillock train --help."
            raise BadInput(f"hillock train knows no option {unknown[1]}: {hint}")
        raise BadInput(f"{message[0].upper()}{message[1:]}: see hillock train --help.")


def parse(argv: list[str]) -> Options:
    """Check `argv` as far as can be without torch. Raises BadInput: one sentence."""
    options = _parser().parse_args(_join_negative_numbers(argv))
    given = {
        name: _scalar(getattr(options, name), limits)
        for name, limits in setting_limits().items()
        if getattr(options, name) is not None
    }
    settings = ClassifierSettings()
    for name, value in given.items():
        settings = with_setting(settings, name, value)
    given = {name: getattr(settings, name) for name in given}
    refuse_missing_device(settings.device)
    runs_folder = Path(options.runs_dir) if options.runs_dir else default_runs_folder()
    refuse_unwritable(runs_folder)
    data = _data_fields(options)
    if options.resume is not None:
        if options.network or options.data or options.input:
            raise BadInput("A resumed run has its network and its data already: leave NETWORK and --data away.")
        if options.weights:
            raise BadInput("A resumed run has its weights already: leave --weights away.")
        return Options(None, given, _checkpoint(options.resume, runs_folder), data, options.json, runs_folder)
    if not options.network or not options.data:
        missing = "a NETWORK, such as lenet5" if not options.network else "--data, such as --data digits"
        raise BadInput(f"hillock train needs {missing}: see hillock train --help.")
    choice = _data_choice(options.data, data)
    opened = open_network(options.network, shape_of(options.input))
    plan = TrainingPlan(opened.graph, choice, settings, str(runs_folder), weights=options.weights)
    check_plan(plan)
    notes = (*opened.said(), *(unmatched(opened.graph, options.weights) if options.weights else ()))
    return Options(plan, given, None, data, options.json, runs_folder, notes)


def unmatched(graph: NetworkGraph, path: str) -> tuple[str, ...]:
    """What of the weights in a file does not go with the network, as sentences; raises BadInput where none do."""
    return match_weights(weight_shapes(analyse(graph)), read_state_dict(path), path).sentences()


def refuse_unwritable(folder: Path) -> None:
    """Raise BadInput where `folder` is no folder that could be written or made."""
    reason = why_not_writable(folder)
    if reason is not None:
        raise BadInput(f"Runs cannot be kept in {folder}: {reason}; name another folder with --runs-dir.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "hillock train",
        allow_abbrev=False,
        description="Train a network without the window: a progress bar, or with --json one event a line.",
        epilog="Ctrl+C saves a checkpoint and ends. Exit status: 0 done; 1 the run failed (numbers no longer finite, out of"
        " memory) or could not be kept (a full disk); 2 bad input, nothing written; 130 interrupted, after saving.",
    )
    add = parser.add_argument
    add_network_options(parser, nargs="?")
    add(
        "--weights",
        metavar="FILE",
        help="begin with the weights of a state dict (.safetensors, .pt, or a checkpoint's folder), matched by name and shape",
    )
    add(
        "--data",
        metavar="NAME",
        help="a data set's name (digits, circle, mnist, ...), a folder of images by class, or a CSV",
    )
    for name, limits in setting_limits().items():
        flag = f"--{name.replace('_', '-')}"
        text = f"{limits.tooltip} {limits.range_text}; default {limits.default}.".replace("%", "%%")
        if limits.kind == "bool":
            add(flag, dest=name, action="store_const", const=True, help=limits.tooltip)
        else:
            add(
                flag,
                dest=name,
                metavar="NAME" if limits.kind == "choice" else "N" if limits.kind == "int" else "X",
                help=text,
            )
    add(
        "--data-dir",
        metavar="DIR",
        help="the folder with fetched data, instead of `data` in the data folder (HILLOCK_DATA_DIR, or the platform's)",
    )
    add("--label", metavar="NAME", help="CSV: the column with the label; the last one if not given")
    add("--download", action="store_true", help="fetch the data if they are not there")
    add("--augment", action="store_true", help="images: small shifts and turns of what is trained on")
    for name, (metavar, text) in _DATA_OPTIONS.items():
        add(f"--{name.replace('_', '-')}", dest=name, metavar=metavar, help=text)
    add(
        "--runs-dir", metavar="DIR", help="where checkpoints and metrics are kept, instead of `runs` in the data folder"
    )
    add(
        "--resume",
        metavar="RUN",
        help="go on from a checkpoint's folder, a run's folder, or a run's name; options given change its settings",
    )
    add("--json", action="store_true", help="one event a line as JSON, and nothing else on the standard output")
    return parser


def _join_negative_numbers(argv: list[str]) -> list[str]:
    """`--noise -1e3` as `--noise=-1e3`: argparse takes such a number for an option, and would not say what is wrong with it."""
    joined: list[str] = []
    for word in argv:
        is_number = re.fullmatch(r"-(\d[\d.]*(e[+-]?\d+)?|\.\d+|inf|nan)", word, re.IGNORECASE)
        if is_number and joined and joined[-1].startswith("--") and "=" not in joined[-1]:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _scalar(text: Any, limits: SettingLimits) -> Scalar:
    """An option's text as its setting takes it; what is no number is left as it is, and refused with the range."""
    if limits.kind not in ("int", "float"):
        return text  # type: ignore[no-any-return]
    return _number(str(text))


def _number(text: str) -> Scalar:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _data_fields(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of DataChoice that were named, checked."""
    fields: dict[str, Any] = {}
    for option in _DATA_OPTIONS:
        text = getattr(options, option)
        if text is None:
            continue
        name = "seed" if option == "data_seed" else option
        try:
            choice = msgspec.convert({"name": "circle", name: _number(text)}, DataChoice)
        except msgspec.ValidationError as error:
            raise BadInput(f"--{option.replace('_', '-')} must be {_DATA_RANGES[option]}, not {text}.") from error
        value = getattr(choice, name)
        if value != value:  # NaN passes every comparison that msgspec makes
            raise BadInput(f"--{option.replace('_', '-')} must be {_DATA_RANGES[option]}, not {text}.")
        fields[name] = value
    if options.data_dir is not None:
        fields["directory"] = options.data_dir
    if options.label is not None:
        fields["label"] = options.label
    if options.download:
        fields["download"] = True
    if options.augment:
        fields["augment"] = True
    return fields


def _data_choice(name: str, fields: dict[str, Any]) -> DataChoice:
    return DataChoice(name=name, **fields)


def _checkpoint(text: str, runs_folder: Path) -> Path:
    """A checkpoint's folder from itself, from a run's folder or from a run's name."""
    for folder in (Path(text), runs_folder / text):
        # Path.is_file raises where a name is too long, and where its folder may not be looked into
        if os.path.isfile(folder / "state.json"):
            return folder
        if os.path.isdir(folder / CHECKPOINTS):
            latest = latest_checkpoint(folder)
            if latest is None:
                raise BadInput(f"The run {folder} has no whole checkpoint to go on from.")
            return latest
    raise BadInput(f"{text or repr(text)} is neither a checkpoint, nor a run's folder, nor a run in {runs_folder}.")
