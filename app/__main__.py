"""The `hillock` command: parse, then hand over to the window or to a command. Imports Qt only for window, shot and doctor."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

from app.qt_loading import function_named, with_qt
from trainers.errors import BadInput, HillockError
from trainers.whole_output import with_whole_output

# command -> the function that runs it; those of trainers are reached by name and never pull torch in here
_COMMANDS = {
    "train": "trainers.train_command:main",
    "inspect": "trainers.network_commands:inspect",
    "export": "app.export_command:main",
    "simulate": "app.simulate_command:main",
    "shot": "app.screenshot:main",
    "doctor": "app.doctor:main",
}

_NEED_NO_QT = (
    "numpy",
    "trainers.network_files",
    "trainers.layer_catalog",
    "trainers.datasets",
    "trainers.setting_limits",
    "trainers.worker_protocol",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (without the program's name); the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--worker"]:
        return _status(function_named("trainers.worker:main")())
    try:
        if arguments and arguments[0] in _COMMANDS:
            name = _COMMANDS[arguments[0]]
            command = (with_qt if name.startswith("app.") else function_named)(name)
            return with_whole_output(lambda: _status(command(arguments[1:])))
        return _open_window(arguments)
    except BadInput as error:
        print(_short(error.sentence), file=sys.stderr)
        return 2
    except HillockError as error:
        print(_short(error.sentence), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _status(result: object) -> int:
    return result if isinstance(result, int) else 0


def _open_window(arguments: list[str]) -> int:
    from app import command_line

    options = command_line.window_parser().parse_args(arguments)
    if options.version:
        return with_whole_output(lambda: _say(f"hillock {command_line.hillock_version()}"))
    if options.panel is not None:
        command_line.check_panel(options.panel)
    if options.theme is not None:
        command_line.check_theme(options.theme, also=("system",))
    command_line.check_cue(options.cue)
    if options.file is not None:
        command_line.check_file(options.file)
    command_line.check_display()
    gc.disable()  # nothing is cast off while the window is built; from then on app.garbage_collection sees to it
    _import_ahead()
    return _status(with_qt("app.window_session:open_window")(options))


def _say(line: str) -> int:
    print(line)
    return 0


def _import_ahead() -> None:
    """What is needed anyway, in the order that costs least.

    PySide reads the source of every module that is imported after it (0.2 ms each), so that what needs no Qt comes first; and
    pyqtgraph imports CUDA's bindings, where PyTorch has brought them, for a widget that is not used here (30 ms, and a driver).
    """
    for name in _NEED_NO_QT:
        import_module(name)
    if "pyqtgraph" not in sys.modules and "cuda" not in sys.modules:
        sys.modules["cuda"] = None  # type: ignore[assignment]  # for Python: not to be found
        try:
            with_qt("pyqtgraph:mkPen")
        finally:
            del sys.modules["cuda"]


def _short(sentence: str) -> str:
    """At most four lines."""
    lines = sentence.strip().splitlines()
    return "\n".join(lines[:4])


if __name__ == "__main__":
    sys.exit(main())
