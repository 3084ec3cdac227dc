"""What the `hillock` command takes: options, their checks, and the sentence for what it does not take. Imports no Qt."""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

from app.resource_paths import resource_path
from trainers.errors import BadInput
from trainers.writable import why_not_writable

COMMANDS = {
    "train": "train a network without the window",
    "inspect": "list a network's layers, shapes, parameters and FLOPs",
    "export": "write a network as PyTorch source, ONNX, JSON or a figure",
    "simulate": "run a model of a neuron, a synapse or a learning rule",
    "shot": "draw a panel, or the whole window, into a PNG file",
    "doctor": "check that everything is ready for class",
}
# as in panel_catalog, which needs Qt; a test holds them together
PANEL_NAMES = ("monitor", "builder", "hardware", "neuron", "activation")
THEME_NAMES = ("paper", "night", "projector")
SIZE_RANGE = (320, 7680)
LONGEST_SHOT = 600.0  # s


def hillock_version() -> str:
    """The installed version, or that of the source tree."""
    from importlib.metadata import PackageNotFoundError, version  # 10 ms that the window need not wait for

    try:
        return version("hillock")
    except PackageNotFoundError:
        return "0.1.0 (source tree)"


class Parser(argparse.ArgumentParser):
    """argparse with one sentence for what it refuses, and no prefixes of options taken for options."""

    def __init__(self, program: str, **details: str) -> None:
        super().__init__(program, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **details)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        unknown = re.search(r"unrecognized arguments: (\S+)", message)
        if unknown:
            options = [option for action in self._actions for option in action.option_strings]
            near = _nearest(unknown[1].partition("=")[0], options)
            what = "option" if unknown[1].startswith("-") else "argument"
            raise BadInput(f"{self.prog} knows no {what} '{unknown[1]}'{near}: see {self.prog} --help.")
        message = message[0].upper() + message[1:]
        raise BadInput(f"{message}: see {self.prog} --help.")


def _nearest(word: str, words: list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, words, n=2, cutoff=0.5)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def window_parser() -> Parser:
    """The parser of the window's own options."""
    lines = "\n".join(f"  hillock {name:<9}{text}" for name, text in COMMANDS.items())
    parser = Parser(
        "hillock",
        description="Open the window: build a network and watch it learn.",
        epilog=f"commands (each with its own --help):\n{lines}\n\nExit status: 0 done, 1 failed, 2 bad input, 130 interrupted.",
    )
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="a saved network (.json), a Python file with an nn.Module class in it, torchvision:NAME, data (.csv, a folder of"
        " images by class), or a preset's name",
    )
    parser.add_argument("--panel", metavar="NAME", help=f"bring this panel to the front: {_listed(PANEL_NAMES)}")
    parser.add_argument("--cue", metavar="ID", help="open at this cue of a lecture (none is there yet)")
    parser.add_argument("--present", action="store_true", help="full screen, projector theme, lecture arrangement")
    parser.add_argument("--theme", metavar="NAME", help=f"{_listed(THEME_NAMES)}, or system")
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    return parser  # fmt: skip


def shot_parser() -> Parser:
    """The parser of `hillock shot`."""
    parser = Parser(
        "hillock shot",
        description="Draw a panel, or the whole window, off screen into a PNG file.\n"
        "`hillock shot window` shows lenet5 training on digits with seed 0 at step 100.",
    )
    parser.add_argument("panel", metavar="PANEL", help=f"{_listed(PANEL_NAMES)}, or window")
    parser.add_argument("--cue", metavar="ID", help="at this cue of a lecture (none is there yet)")
    parser.add_argument("--state", metavar="FILE", help="put the panel into this state first (JSON)")
    parser.add_argument("--size", metavar="WxH", default="1280x800", help="in pixels (default: %(default)s)")
    parser.add_argument(
        "--theme", metavar="NAME", default="paper", help=f"{_listed(THEME_NAMES)} (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds", metavar="S", default="0", help="after S seconds of the panel's own clock (default: 0)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the PNG file to write")
    return parser


def doctor_parser() -> Parser:
    """The parser of `hillock doctor`."""
    parser = Parser(
        "hillock doctor",
        description="Check that everything is ready for class: Qt, torch, devices, data, disk, each exhibit run once:\n"
        "every panel drawn, a network trained a few steps, the nerve cell stimulated with 9 inputs and with 10.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON object")
    return parser


def check_panel(name: str, also: tuple[str, ...] = ()) -> str:
    """`name`, where a panel is called so; BadInput otherwise."""
    names = (*PANEL_NAMES, *also)
    if name not in names:
        raise BadInput(f"There is no panel '{name}'{_nearest(name, names)}: choose one of {_listed(names)}.")
    return name


def check_theme(name: str, also: tuple[str, ...] = ()) -> str:
    """`name`, where a theme is called so; BadInput otherwise."""
    names = (*THEME_NAMES, *also)
    if name not in names:
        raise BadInput(f"There is no theme '{name}'{_nearest(name, names)}: choose one of {_listed(names)}.")
    return name


def check_cue(identifier: str | None) -> None:
    """Refuse every cue: no lecture is built in yet."""
    if identifier is not None:
        raise BadInput(f"There is no cue '{identifier}': this version brings no lecture with cues.")


def check_size(text: str) -> tuple[int, int]:
    """ "1280x800" as (1280, 800); BadInput for anything else, or for what is too small or too large."""
    match = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", text)
    low, high = SIZE_RANGE
    if match is None or not all(low <= int(side) <= high for side in match.groups()):
        raise BadInput(
            f"'{text}' is no size: write WIDTHxHEIGHT in pixels, each from {low} to {high}, such as 1280x800."
        )
    return int(match[1]), int(match[2])


def check_seconds(text: str) -> float:
    """Seconds of a panel's clock; BadInput for what is no such number."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds <= LONGEST_SHOT:
        raise BadInput(f"'{text}' is no number of seconds: write one from 0 to {LONGEST_SHOT:.0f}.")
    return seconds


def check_output(text: str) -> Path:
    """A PNG file that can be written; BadInput otherwise. Nothing is written here."""
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise BadInput(f"'{text}' is no PNG file: give a name that ends in .png.")
    if os.path.isdir(path):  # Path.is_dir raises for a name that is too long
        raise BadInput(f"{text} is a folder: give the name of a file in it.")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise BadInput(f"The folder {folder} does not exist: make it first, or choose another one.")
    reason = why_not_writable(path if not os.path.lexists(path) else folder)
    if reason is None and os.path.lexists(path) and not os.access(path, os.W_OK):
        reason = "it may not be replaced"
    if reason is not None:
        raise BadInput(f"{text} cannot be written ({reason}): choose a folder that you may write to.")
    return path


def check_file(text: str) -> str:
    """What the window opens: a file or folder that exists, a preset's name, torchvision:NAME; BadInput otherwise."""
    if text.startswith("torchvision:") or os.path.exists(text):
        return text
    if re.fullmatch(r".+\.py:\w+", text, re.IGNORECASE) and os.path.exists(text.rpartition(":")[0]):
        return text  # one class of several
    presets = tuple(sorted(path.stem for path in resource_path("networks").glob("*.json")))
    if text in presets:
        return text
    near = _nearest(text, [*COMMANDS, *presets])
    looks_like_file = "/" in text or "." in text
    if looks_like_file:
        raise BadInput(f"There is no file '{text}'{near}: give a saved network, a CSV, or a folder of images.")
    raise BadInput(f"'{text}' is neither a command nor a file{near}: the commands are {', '.join(COMMANDS)}.")


def check_display() -> None:
    """BadInput where a window cannot be opened on this Linux machine: Qt itself would abort without a sentence."""
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]
    if platform not in ("", "xcb"):
        _check_platform(platform)
        return
    if not platform and _wayland_answers():
        return
    display = os.environ.get("DISPLAY", "")
    if not display:
        raise BadInput("There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are empty): use `hillock train`, or `hillock shot window -o FILE.png`.")  # fmt: skip
    if not _answers(display):
        raise BadInput(f"The display '{display}' does not answer: log in to a desktop, or use `hillock train`.")
    try:
        import ctypes

        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError:
        raise BadInput("Qt needs the system library libxcb-cursor: on Debian or Ubuntu, `sudo apt install libxcb-cursor0`.") from None  # fmt: skip


def _check_platform(name: str) -> None:
    """BadInput for a QT_QPA_PLATFORM that this Qt does not bring, or a Wayland that does not answer."""
    from importlib.util import find_spec

    found = find_spec("PySide6")
    folders = found.submodule_search_locations if found and found.submodule_search_locations else []
    names = sorted(path.stem[4:] for folder in folders for path in Path(folder).glob("Qt/plugins/platforms/libq*.so"))
    if names and not any(plugin.startswith(name) for plugin in names):
        raise BadInput(f"Qt has no platform '{name}' (QT_QPA_PLATFORM): take one of {_listed(tuple(names))}, or leave it unset.")  # fmt: skip
    if name.startswith("wayland") and not _wayland_answers():
        raise BadInput("No Wayland display answers (QT_QPA_PLATFORM, WAYLAND_DISPLAY): log in to a desktop, or use `hillock train`.")  # fmt: skip


def _wayland_answers() -> bool:
    """Whether somebody listens at the socket that WAYLAND_DISPLAY names."""
    import socket

    name = os.environ.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            return probe.connect_ex(os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), name)) == 0
        except OSError:  # a path too long for a socket
            return False


def _answers(display: str) -> bool:
    """Whether somebody listens at an X display: its socket under /tmp, or its port."""
    import socket

    match = re.fullmatch(r"(?:unix)?([^:/]*)?:(\d+)(?:\.\d+)?", display)
    if match is None:
        return ":" in display  # a form that only Qt understands: let it try; without a colon it is none
    host, number = match[1], int(match[2])
    try:
        if host:
            socket.create_connection((host, 6000 + number), timeout=2.0).close()
            return True
        for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(2.0)
                if probe.connect_ex(address) == 0:
                    return True
    except OSError:
        pass
    return False
