"""For the benchmarks: the real window off screen in a folder of its own, and what waits for it and watches its paints."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter, sleep, thread_time

HOME = Path(tempfile.mkdtemp(prefix="hillock-benchmark-"))
for _name in ("DATA", "CONFIG", "CACHE", "STATE"):
    os.environ[f"XDG_{_name}_HOME"] = str(HOME / _name.lower())
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer  # noqa: E402 - the folders come first
from PySide6.QtWidgets import QWidget  # noqa: E402

from app.garbage_collection import WindowCollector  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.training_session import TrainingSession  # noqa: E402
from app.user_settings import UserSettings  # noqa: E402
from app.widgets.theme import Theme  # noqa: E402
from app.window_session import build_application  # noqa: E402
from app.workspace_building import build_workspace  # noqa: E402
from trainers.training_plan import ClassifierSettings, DataChoice  # noqa: E402


def open_window(network: str, data: str, data_dir: str | None, settings: ClassifierSettings) -> MainWindow:
    """The window at 1280 x 800 with the Train arrangement, shown, its worker warming up."""
    application = build_application()
    theme = Theme("paper")
    theme.install(application)
    workspace = build_workspace(
        UserSettings(HOME / "settings"),
        theme,
        network=network,
        data=data,
        runs_folder=HOME / "runs",
        classifier=settings,
    )
    if data_dir is not None:
        workspace.training.set_data(DataChoice(data, directory=data_dir))
    window = MainWindow(workspace, may_remember=False)
    window.resize(1280, 800)
    window.arrange("train")
    window.show()
    collect_garbage_as_the_app_does(workspace.training, window)
    return window


def collect_garbage_as_the_app_does(session: TrainingSession, window: MainWindow) -> None:
    """The window's own collection, see app.window_session."""
    workspace = window.workspace
    WindowCollector(
        lambda: session.state not in ("starting", "running") and not workspace.is_cell_playing, window
    ).start()


def warm_up(session: TrainingSession) -> None:
    """Start the worker and wait until it is warm."""
    warmed: list[object] = []
    session.worker_warmed.connect(warmed.append)
    session.warm_up()
    turn_until(lambda: bool(warmed), 120)


def turn_until(is_done: Callable[[], bool], seconds: float = 60) -> None:
    """Run the event loop until `is_done`; SystemExit after `seconds`. It sleeps between events, as the app's own loop does."""
    loop, waker, end = QEventLoop(), QTimer(), perf_counter() + seconds
    waker.start(20)  # so that `is_done` is asked where nothing else happens
    while not is_done():
        if perf_counter() > end:
            raise SystemExit(f"nothing came within {seconds} s")
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    waker.stop()


class Paints(QObject):
    """When the widgets were painted that it watches, and what the thread had used of the processor by then, both in s."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.times: list[float] = []
        self.own: list[float] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(perf_counter())
            self.own.append(thread_time())
        return False


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine_lateness(cost_ms: float, seconds: float) -> dict[str, float]:
    """Intervals (ms) between the ends of a plain computation of `cost_ms`, begun 60 times a second for `seconds`: p99, max.

    No Qt: what this machine allows a window at most whose frames cost as much. A virtual machine whose host takes the
    processor away, which no clock of the guest shows, comes late here too.
    """
    turns = _turns_of(cost_ms)
    ends: list[float] = []
    began = due = perf_counter()
    while due - began < seconds:
        sleep(max(0.0, due - perf_counter()))
        _compute(turns)
        ends.append(perf_counter())
        due = max(due + 1 / 60, ends[-1])  # frames that are missed are left out, as a timer leaves them out
    gaps = [1e3 * (later - earlier) for earlier, later in pairwise(ends)]
    return {"p99": round(percentile(gaps, 0.99), 2), "max": round(max(gaps), 2)}


def _turns_of(cost_ms: float) -> int:
    """Turns of `_compute` that take `cost_ms` undisturbed: by the fastest of 20 tries."""
    fastest = float("inf")
    for _ in range(20):
        began = perf_counter()
        _compute(10_000)
        fastest = min(fastest, perf_counter() - began)
    return max(1, round(10_000 * cost_ms / (1e3 * fastest)))


def _compute(turns: int) -> int:
    total = 0
    for turn in range(turns):
        total += turn
    return total


def until_painted_after(paints: Paints, has_happened: Callable[[], bool]) -> float:
    """When (perf_counter, s) the first paint comes that follows on what was waited for."""
    turn_until(has_happened)
    painted = len(paints.times)
    turn_until(lambda: len(paints.times) > painted, 5)
    return perf_counter()


def put_away(window: MainWindow) -> None:
    """Close `window` without being asked whether to save."""
    window.workspace.document.undo_stack.setClean()
    window.close()
    window.deleteLater()
