"""`python -m trainers`: the commands that need no window, where the `hillock` command is not installed. Imports neither torch nor Qt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from trainers.errors import BadInput, HillockError
from trainers.whole_output import with_whole_output

_COMMANDS = {
    "train": "trainers.train_command:main",
    "inspect": "trainers.network_commands:inspect",
    "export": "trainers.network_commands:export",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments[0] if arguments else ""
    if name in ("-h", "--help"):
        print(f"usage: python -m trainers {{{','.join(_COMMANDS)}}} ...\n\nEach command has its own --help.")
        return 0
    if name not in _COMMANDS:
        what = f"no command {name!r}" if name else "a command is missing"
        print(
            f"{what.capitalize() if not name else 'There is ' + what}: there are {', '.join(_COMMANDS)}.",
            file=sys.stderr,
        )
        return 2
    module, _, function = _COMMANDS[name].partition(":")
    try:
        command = getattr(import_module(module), function)
        return with_whole_output(lambda: int(command(arguments[1:])))
    except BadInput as error:
        print(error.sentence, file=sys.stderr)
        return 2
    except HillockError as error:
        print(error.sentence, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
