"""For every test: folders of its own, no clock that decides, nothing left behind. Imports Qt only where a test has done so."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from pytestqt.qtbot import QtBot

_HOME = Path(tempfile.mkdtemp(prefix="hillock-tests-"))


def _move_in(home: Path) -> None:
    """Settings, data, caches and temporary files of the suite lie in one folder, which goes with it."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["HILLOCK_TESTS_HOME"] = str(home)
    for name in ("data", "config", "cache", "state"):
        (home / name).mkdir()
        os.environ[f"XDG_{name.upper()}_HOME"] = str(home / name)
        os.environ[f"HILLOCK_{name.upper()}_DIR"] = str(home / name / "hillock")
    # kernels are compiled once for all processes of the suite, in the folder of the first: 12 s for the cell's alone
    shared = Path(os.environ.setdefault("HILLOCK_TESTS_KERNELS", str(home / "kernels")))
    shared.mkdir(parents=True, exist_ok=True)
    (home / "cache" / "hillock").mkdir()
    (home / "cache" / "hillock" / "kernels").symlink_to(shared)
    (home / "tmp").mkdir()
    os.environ["TMPDIR"] = str(home / "tmp")
    tempfile.tempdir = str(home / "tmp")


_move_in(_HOME)
sys.path.insert(0, str(Path(__file__).parent))  # importlib mode adds no folder to the path
from process_tree import command_of, is_alive, processes_below  # noqa: E402

gc.disable()  # as in the window: a collection in a background thread would destroy Qt objects there (app.garbage_collection)
settings.register_profile(  # what a test does not set itself: the same examples each time, and no clock that judges them
    "suite",
    derandomize="HILLOCK_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")
if "HILLOCK_EXAMPLES" not in os.environ and hasattr(providers, "_get_local_constants"):
    # numbers in the sources of what happens to be imported are tried as well: other examples after other tests
    providers._get_local_constants = lambda: providers._local_constants
_SEED = 1
_PATIENCE_MS = 60_000  # a cold worker takes seconds to start, and ten times that on a loaded machine
_TURN_S = 0.02
_FAR_AWAY = (30_000, 30_000)  # px
_FULL_COLLECTION_EVERY = 40  # tests
_THAW_EVERY = 1500  # tests, once in each of two processes: it costs some 5 s, of 1.8 GB that were imported and compiled


@pytest.fixture(autouse=True)
def garbage_collected_in_this_thread() -> Iterator[None]:
    """What Python's own collection would have done meanwhile, done between two tests.

    What survives a full collection is frozen: looking at all that was ever imported again took 2.5 s each time. It is done
    before a test, when nothing of the one before is held any longer that would be frozen as well.
    """
    number = next(_TESTS)
    if number % _THAW_EVERY == 0:
        gc.unfreeze()
    if number % _FULL_COLLECTION_EVERY == 0:
        gc.collect()
        gc.freeze()
    yield
    _forget_changes()
    gc.collect(1)


@pytest.fixture(autouse=True)
def no_button_held() -> Iterator[None]:
    """QTest's double click never lets the button go: in the tests after it, every move of the pointer was a drag."""
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        if widgets.QApplication.mouseButtons() & button:
            QTest.mouseRelease(widgets.QWidget(), button)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The same commit is tested in the same order, with the same random numbers; --randomly-seed=N tries another."""
    if getattr(config.option, "randomly_seed", None) == "default":
        config.option.randomly_seed = _SEED


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take long comes first: at the end one process would work on it while the other has nothing left to do."""
    items.sort(key=lambda item: -_time_allowed(item))


def _time_allowed(item: pytest.Item) -> float:
    """The seconds of its own timeout, 0 where it has none."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker is not None and marker.args else 0.0


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Leaks are looked for only after a test that has passed: a failed one says enough."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[_HAS_PASSED] = report.passed


_HAS_PASSED: pytest.StashKey[bool] = pytest.StashKey()


class PatientBot(QtBot):
    """Waits as long as a loaded machine may need: what does not come fails the test, however long nobody waited for it."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = _PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = _PATIENCE_MS, **named: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **named)

    def waitExposed(self, widget: Any, *, timeout: int = _PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = _PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


class Turns:
    """Counts how often a thread that does nothing else has slept 20 ms: a clock that stands where the machine gives nobody time."""

    def __init__(self) -> None:
        self._count = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="turns", daemon=True)

    def _run(self) -> None:
        while not self._is_over.wait(_TURN_S):
            self._count += 1

    @property
    def seconds(self) -> float:
        """At most those on the wall; as many on a machine that has nothing else to do."""
        return self._count * _TURN_S

    def __enter__(self) -> Turns:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()


@pytest.fixture
def count_turns() -> Callable[[], Turns]:
    """`with count_turns() as turns:` what must not take long; then `assert turns.seconds < 1`."""
    return Turns


@pytest.fixture(autouse=True)
def drawn_alike_at_any_moment() -> None:
    """A button that comes where the test before left the pointer is drawn as hovered; a text cursor blinks once a second."""
    qt_gui, widgets = sys.modules.get("PySide6.QtGui"), sys.modules.get("PySide6.QtWidgets")
    if qt_gui is None or widgets is None or widgets.QApplication.instance() is None:
        return
    qt_gui.QCursor.setPos(*_FAR_AWAY)
    if widgets.QApplication.cursorFlashTime():
        widgets.QApplication.setCursorFlashTime(0)


@pytest.fixture(autouse=True)
def one_thread_for_torch() -> None:
    """Whatever the test before set: sums are the same to the last bit, and no product waits for a core that another test has."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def drawn_without_waiting_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows the news is drawn as it comes (app.widgets.frame_turns): a test looks at once."""
    turns = sys.modules.get("app.widgets.frame_turns")
    if turns is not None:
        monkeypatch.setattr(turns, "GAP_MS", 0)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    """Fails a test that a thread, QThread, active QTimer, child process, top-level window or temporary file outlives.

    End what you started: `session.shutdown()`, `thread.wait()`, `timer.stop()`, `qtbot.addWidget(window)`.
    """
    before = _Belongings()
    yield
    _forget_changes()
    if not request.node.stash.get(_HAS_PASSED, False):
        _SPARED.extend(thing for name, thing in _running_qt_objects(before.since) if name.startswith("the running"))
        return
    left = before.left()
    turns = float(os.environ.get("HILLOCK_LEAK_PATIENCE", "3")) / _TURN_S  # what is to end waits for its turn too
    generation = 1  # where the test's own objects are; all that was ever imported is looked at only if that is no help
    while left and turns > 0:  # what is ending may take a moment
        _let_qt_delete()
        gc.collect(generation)
        left = before.left()
        if left:
            threading.Event().wait(_TURN_S)
            turns -= 1
        generation = 2
    if left:
        pytest.fail(f"{request.node.name} left behind: {'; '.join(left)}", pytrace=False)


class _Belongings:
    """What there is at one moment."""

    def __init__(self) -> None:
        _watch_qt()
        _watch_documents()
        self._threads = {thread.ident for thread in threading.enumerate()}
        self._children = processes_below(os.getpid())
        self._windows = set(_windows())
        self._files = set(_temporary_files())
        self.since = next(_COUNTER)

    def left(self) -> list[str]:
        """What is there now and was not then."""
        found = [
            f"the thread {thread.name}"
            for thread in threading.enumerate()
            if thread.ident not in self._threads and not isinstance(thread, threading._DummyThread)
        ]
        found += [
            f"the process {pid} ({command_of(pid)})"
            for pid in processes_below(os.getpid()) - self._children
            if is_alive(pid)
        ]
        found += [f"the window {name}" for key, name in _windows().items() if key not in self._windows]
        found += [f"the file {name}" for name in _temporary_files() if name not in self._files]
        found += [name for name, _ in _running_qt_objects(self.since)]
        return found


def _temporary_files() -> list[str]:
    return [path.name for path in (_HOME / "tmp").iterdir() if path.name.startswith(("hillock", ".hillock"))]


# -- Qt, once it is there ---------------------------------------------------------------------------------------------

_SPARED: list[
    Any
] = []  # of failed tests: a thread that is collected while it runs ends the process, and the failure is not told
_STARTED: dict[int, tuple[Any, int]] = {}  # id of a QTimer or QThread -> (weak reference, when it was first started)


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_COUNTER, _TESTS = _count(), _count()


_DOCUMENTS: weakref.WeakSet[Any] = weakref.WeakSet()


def _forget_changes() -> None:
    """As the window does when it is closed: an undo stack that is left to the collector frees its changes twice, and crashes."""
    from_app = sys.modules.get("app.network_document")
    if from_app is None:
        return
    from shiboken6 import isValid

    for document in list(_DOCUMENTS):
        if isValid(document) and isValid(document.undo_stack):
            document.close()


def _watch_documents() -> None:
    """Note every document that is made."""
    from_app = sys.modules.get("app.network_document")
    if from_app is None or hasattr(from_app.NetworkDocument, "hillock_watched"):
        return
    begin = from_app.NetworkDocument.__init__

    def begin_and_note(self: Any, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        _DOCUMENTS.add(self)

    from_app.NetworkDocument.__init__ = begin_and_note
    from_app.NetworkDocument.hillock_watched = True


def _watch_qt() -> None:
    """Note every QTimer and QThread that is started from Python."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None or hasattr(core.QTimer, "hillock_watched"):
        return
    for kind in (core.QTimer, core.QThread):
        kind.start = _noting(kind.start)
    core.QTimer.hillock_watched = True


def _noting(start: Callable[..., None]) -> Callable[..., None]:
    def start_and_note(self: Any, *arguments: Any) -> None:
        known = _STARTED.get(id(self))
        if known is None or known[0]() is not self:
            _STARTED[id(self)] = (weakref.ref(self), next(_COUNTER))
        start(self, *arguments)

    return start_and_note


def _running_qt_objects(since: int) -> list[tuple[str, Any]]:
    """What was started after `since` and runs: what to call it, and the timer or thread."""
    if "PySide6.QtCore" not in sys.modules:
        return []
    from PySide6.QtCore import QThread, QTimer
    from shiboken6 import isValid

    found = []
    for key, (reference, number) in list(_STARTED.items()):
        thing = reference()
        if thing is None or not isValid(thing):
            del _STARTED[key]
        elif number > since:
            parent = type(thing.parent()).__name__ if thing.parent() is not None else "nobody"
            if isinstance(thing, QTimer) and thing.isActive():
                found.append((f"an active QTimer of {parent}", thing))
            elif isinstance(thing, QThread) and thing.isRunning():
                found.append((f"the running {type(thing).__name__} {thing.objectName()}", thing))
    return found


def _windows() -> dict[int, str]:
    """Top-level windows by address; what Qt keeps for itself (tips, the lists of combo boxes) is left out."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    from shiboken6 import getCppPointer

    return {
        getCppPointer(window)[0]: f"{window.metaObject().className()} {window.objectName()}".strip()
        for window in widgets.QApplication.topLevelWidgets()
        if window.parent() is None and window.metaObject().className() not in ("QTipLabel", "QComboBoxPrivateContainer")
    }


def _let_qt_delete() -> None:
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        core.QCoreApplication.processEvents()
