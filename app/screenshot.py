"""`hillock shot`: draws a panel, or the whole window, off screen into a PNG file. Imports no torch: a worker trains."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app import command_line
from app.arrangements import FIRST
from app.resource_paths import write_atomically
from trainers.errors import BadInput, RunStopped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from app.main_window import MainWindow
    from app.panel import Panel
    from app.workspace import Workspace

WINDOW_STEP = 100  # the training step that `shot window` shows
WAIT = 180.0  # s: how long a cold worker on a slow machine may take
LARGEST_STATE = 4 << 20  # bytes
FAR_AWAY = (30_000, 30_000)  # px: off screen the pointer stands at 0, 0, and what lies there would be drawn as hovered
SETTLE = 300  # ms of quiet in which laid-out widgets and queued pictures come to rest


def main(argv: Sequence[str]) -> int:
    """`hillock shot` with the arguments `argv`; the exit status. BadInput, and nothing written, for what cannot be."""
    options = command_line.shot_parser().parse_args(argv)
    name = command_line.check_panel(options.panel, also=("window",))
    command_line.check_cue(options.cue)
    size = command_line.check_size(options.size)
    theme = command_line.check_theme(options.theme)
    seconds = command_line.check_seconds(options.seconds)
    output = command_line.check_output(options.output)
    state = read_state(options.state, name)
    picture = take_shot(name, size, theme, seconds=seconds, state=state)
    try:
        write_atomically(output, picture)
    except OSError as error:
        raise BadInput(f"{output} cannot be written ({error.strerror}): choose another folder.") from error
    return 0


def read_state(file: str | None, panel: str) -> dict[str, object] | None:
    """The panel state in the JSON file `file`; BadInput where it is torn or no object, or where there is no one panel for it."""
    if file is None:
        return None
    if panel == "window":
        raise BadInput("--state concerns one panel: name it in place of 'window'.")
    try:
        content = _read_state_file(Path(file))
    except OSError as error:
        raise BadInput(f"The state {file} cannot be read ({error.strerror}): give a JSON file.") from error
    if len(content) > LARGEST_STATE:
        raise BadInput(f"The state {file} is larger than {LARGEST_STATE >> 20} MiB: save it from a panel again.")
    try:
        return msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"The state {file} is no JSON object ({error}): save it from a panel again.") from error


def _read_state_file(path: Path) -> bytes:
    """As many bytes as a state may have, and one more. Raises OSError."""
    if path.exists() and not (path.is_file() or path.is_dir()):  # a device or a pipe: it may never end, or never begin
        raise OSError(errno.EINVAL, "it is no plain file")
    with path.open("rb") as file:
        return file.read(LARGEST_STATE + 1)


def take_shot(
    name: str, size: tuple[int, int], theme: str, *, seconds: float = 0.0, state: dict[str, object] | None = None
) -> bytes:
    """Panel `name`, or "window", drawn at `size` pixels in `theme`: the bytes of a PNG file.

    Repeatable: no preferences are read, no display is asked, and what depends on the clock (rates, utilisation) is left out.
    Raises BadInput for a state that the panel refuses, RunStopped where the training did not come to its step.
    """
    import tempfile

    # a screen's own scaling would make another picture
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = "1"
    os.environ["QT_FONT_DPI"] = "96"
    from PySide6.QtGui import QCursor

    from app.user_settings import UserSettings
    from app.widgets.theme import Theme
    from app.window_session import build_application
    from app.workspace_building import build_workspace
    from trainers.training_plan import ClassifierSettings

    keep_quiet()
    gc.disable()  # short-lived, so that nothing need be collected: see app.garbage_collection for why nothing may be
    application = build_application()
    QCursor.setPos(*FAR_AWAY)
    with tempfile.TemporaryDirectory(prefix="hillock-shot-") as folder:
        settings = UserSettings(Path(folder) / "settings")
        look = Theme(theme)
        look.install(application)
        workspace = build_workspace(
            settings,
            look,
            network="lenet5",
            data="digits",
            runs_folder=Path(folder) / "runs",
            classifier=ClassifierSettings(seed=0, device="cpu", threads=1),
        )
        if name == "window":
            return _shoot_window(application, workspace, size, seconds)
        return _shoot_panel(application, workspace, name, size, seconds, state)


def keep_quiet() -> None:
    """The offscreen platform says of each window that it cannot be raised or sized by a manager: no news to anybody."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def pass_on(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if not text.startswith("This plugin does not support"):
            print(text, file=sys.stderr)

    qInstallMessageHandler(pass_on)


def _shoot_window(application: QApplication, workspace: Workspace, size: tuple[int, int], seconds: float) -> bytes:
    from app.main_window import MainWindow

    workspace.theme.install(application, may_wait=True)  # in the order in which the real window is opened
    window = MainWindow(workspace, may_remember=False)
    try:
        window.resize(*size)
        window.arrange(FIRST)
        workspace.theme.put_on_stylesheet()
        window.show()
        _turn(application, SETTLE)
        _show_repeatable_rows(window)
        train_to(application, workspace, WINDOW_STEP)
        panel = window.front_panel()
        if panel is not None and seconds:
            panel.advance(seconds)
        return _picture(application, window, workspace)
    finally:
        close(window)


def _shoot_panel(
    application: QApplication,
    workspace: Workspace,
    name: str,
    size: tuple[int, int],
    seconds: float,
    state: dict[str, object] | None,
) -> bytes:
    from app.panel_catalog import build_panel, find_panel

    panel: Panel = build_panel(find_panel(name), workspace)
    try:
        panel.resize(*size)
        if state is not None:
            panel.apply(state)
        panel.advance(0.0)  # from now on its clock is turned by hand: two pictures of one state are alike
        panel.show()
        _settle(application, panel)
        if seconds:
            panel.advance(seconds)
            _settle(application, panel)
        return _picture(application, panel, workspace)
    finally:
        workspace.shut_down_jobs()
        panel.close_panel()
        panel.close()
        workspace.document.close()


def _settle(application: QApplication, panel: Panel) -> None:
    """Wait until all that the panel has asked a worker for is there."""
    wait_until(application, lambda: not panel.is_busy, WAIT, "What the panel shows was not computed")


def train_to(application: QApplication, workspace: Workspace, step: int, wait: float = WAIT) -> None:
    """Train to `step` and stand there with the pictures of that step. RunStopped where that fails, or takes over `wait` seconds."""
    training = workspace.training
    training.step_batch(step)
    wait_until(application, lambda: _has_come_to(workspace, step), wait, f"The training did not come to step {step}")
    training.look(("surface", "predictions", "confusion"))
    wait_until(application, lambda: _has_pictures_of(workspace, step), wait, f"No picture of step {step} came")
    _turn(application, SETTLE)


def _has_come_to(workspace: Workspace, step: int) -> bool:
    training = workspace.training
    if training.failure is not None:
        raise RunStopped(training.failure.reason)
    xs, _ = training.history.series("loss")
    return training.state in ("paused", "finished") and len(xs) >= step


def _has_pictures_of(workspace: Workspace, step: int) -> bool:
    snapshot = workspace.training.last_snapshot
    return workspace.training.failure is not None or (snapshot is not None and snapshot.step >= step)


def wait_until(application: QApplication, is_done: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Run the event loop until `is_done`; RunStopped with `complaint` after `seconds`."""
    from PySide6.QtCore import QDeadlineTimer

    deadline = QDeadlineTimer(round(seconds * 1000))
    while not is_done():
        if deadline.hasExpired():
            raise RunStopped(f"{complaint} within {seconds:.0f} s: try again when the machine is less busy.")
        _turn(application, 20)


def _turn(application: QApplication, milliseconds: int) -> None:
    """Let the event loop run for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop(application)
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _picture(application: QApplication, widget: QWidget, workspace: Workspace) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice

    _turn(application, SETTLE)
    workspace.hardware.shutdown()
    _leave_out_the_clock(widget)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _show_repeatable_rows(window: MainWindow) -> None:
    """Loss and accuracy are drawn step for step; the rest is sampled when a report is made, so by the clock."""
    panel = window.docks["monitor"].panel
    if panel is not None:
        state = panel.state()
        panel.apply({**state, "curves": {**state["curves"], "rows": ["loss", "accuracy"]}})


def _leave_out_the_clock(widget: QWidget) -> None:
    """Rates differ from run to run: a picture that is to be repeatable shows none."""
    from app.panel import Panel
    from app.widgets.read_out import ReadOut

    for panel in (widget, *widget.findChildren(Panel)):
        if isinstance(panel, Panel):
            panel.hide_timing()
    for read_out in widget.findChildren(ReadOut):
        if read_out.property("is_timing"):
            read_out.show_text("–")


def close(window: MainWindow) -> None:
    """Close `window`; its network has no file, so nothing is asked."""
    window.close()
    window.deleteLater()
