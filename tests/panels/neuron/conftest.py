"""What the neuron panel's tests share: a workspace whose cell is played without a worker, and a bench's context."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.neuron_session import NeuronSession
from app.panels.neuron.bench import Bench, BenchContext
from app.panels.neuron.cell_view import CellView
from app.simulation.biology import stage
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.network_files import load_preset

sys.path.insert(0, str(Path(__file__).parent))

import played_engine
from bench_hands import open_bench, wait
from bench_models import Changes, ModelSession, context_of
from cell_hands import Heard, shown_cell
from learning_answers import Model, answer_model
from played_axons import PlayedSession
from played_engine import NoMonitor, NoTraining, PlayedLine, come_to_life


@pytest.fixture
def line(qapp: QApplication) -> PlayedLine:
    """The line to the played cell: `sent` holds what was asked of it; `kill()` it."""
    return PlayedLine()


@pytest.fixture
def session(line: PlayedLine) -> Iterator[NeuronSession]:
    """A living cell without a worker."""
    session = NeuronSession(line=line)  # type: ignore[arg-type]
    yield session
    session.shutdown()


@pytest.fixture
def workspace(theme: Theme, session: NeuronSession, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose cell is the played one."""
    document = NetworkDocument(load_preset("lenet5"))
    settings = UserSettings(tmp_path / "settings")
    workspace = Workspace(document, NoTraining(), NoMonitor(), settings, theme, session)  # type: ignore[arg-type]
    yield workspace
    document.close()


@pytest.fixture
def live(qtbot: QtBot, session: NeuronSession) -> NeuronSession:
    """The session with its cell alive."""
    session.start()
    qtbot.waitUntil(lambda: session.state == "ready")
    return session


@pytest.fixture
def context(workspace: Workspace, session: NeuronSession, qtbot: QtBot) -> Any:
    """What a bench receives; its `changes` lists what was made undoable: (text, before, after)."""
    from app.panels.neuron.probes import ProbeList

    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def push_change(text: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        changes.append((text, before, after))

    view = CellView(workspace.theme)
    qtbot.addWidget(view)
    context = BenchContext(workspace, session, view, ProbeList((0, 206, 207)), push_change)
    object.__setattr__(context, "changes", changes)  # for the tests: the real one keeps no list
    return context


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> CellView:
    """The drawn cell on show."""
    return shown_cell(theme, qtbot)


@pytest.fixture
def heard(view: CellView) -> Heard:
    """What `view` says to a hand."""
    return Heard(view)


@pytest.fixture
def learning_bench(context: Any, models: Any, qtbot: QtBot) -> Iterator[Callable[[type[Bench]], Any]]:
    """learning_bench(kind): that bench in front, with all that it asked for; its models are answered in this process."""
    opened: list[Bench] = []

    def build(kind: type[Bench]) -> Bench:
        opened.append(open_bench(kind, context, qtbot))
        wait(opened[-1], qtbot)
        return opened[-1]

    yield build
    for bench in opened:
        bench.close_bench()


@pytest.fixture
def changes() -> Changes:
    """What was made undoable at a bench whose model is played: text, before, after."""
    return []


@pytest.fixture
def model_session(qapp: QApplication) -> ModelSession:
    """A session that runs the models of plasticity when it is told to."""
    return ModelSession()


@pytest.fixture
def model_context(workspace: Workspace, model_session: ModelSession, changes: Changes) -> BenchContext:
    """What a bench without a cell receives, whose models are those of `model_session`."""
    return context_of(workspace, model_session, changes)


@pytest.fixture
def played(qapp: QApplication) -> PlayedSession:
    """The axon bench's session, whose model is played: `pay()` answers what was asked."""
    return PlayedSession()


@pytest.fixture
def axon_bench(workspace: Workspace, played: PlayedSession, changes: Changes, qtbot: QtBot) -> Iterator[Any]:
    """The axon bench in front, with the recording that it begins with."""
    from app.panels.neuron.benches.axon.bench import AxonBench

    bench = open_bench(AxonBench, context_of(workspace, played, changes), qtbot)
    played.pay()
    yield bench
    bench.close_bench()


@pytest.fixture(scope="session")
def one_worker(qapp: QApplication) -> Iterator[NeuronSession]:
    """One worker for all tests that leave it alive (their xdist_group is "biology"): it takes seconds to start."""
    session = NeuronSession()
    come_to_life(session)
    yield session
    session.shutdown()


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[NeuronSession], None]:
    """settle(session): wait until all that was asked for is there."""

    def wait(session: NeuronSession) -> None:
        qtbot.waitUntil(lambda: session.state == "ready" and not session.is_busy, timeout=60_000)

    return wait


@pytest.fixture
def show_panel(qtbot: QtBot, workspace: Workspace) -> Iterator[Callable[..., Any]]:
    """show_panel(width, height, state=None): the neuron panel, alive; its clock is turned by `panel.advance`, not by the wall's."""
    from app.panel_catalog import build_panel, find_panel
    from app.panels.neuron.panel import NeuronPanel

    kept: list[NeuronPanel] = []

    def build(width: int = 1260, height: int = 640, state: dict[str, Any] | None = None) -> NeuronPanel:
        panel = build_panel(find_panel("neuron"), workspace)
        assert isinstance(panel, NeuronPanel)
        qtbot.addWidget(panel)
        kept.append(panel)
        panel.resize(width, height)
        if state is not None:
            panel.apply(state)
        panel.advance(0.0)
        workspace.theme.put_on_stylesheet()
        panel.show()
        qtbot.waitExposed(panel)
        qtbot.waitUntil(lambda: panel.session.state == "ready" and not panel.is_busy)
        return panel

    yield build
    for panel in kept:
        panel.close_panel()


@pytest.fixture
def play(qtbot: QtBot) -> Callable[..., None]:
    """play(panel, seconds): let the panel's clock run so long, and wait until what it shows is computed and drawn."""

    def run(panel: Any, seconds: float) -> None:
        panel.advance(seconds)
        qtbot.waitUntil(lambda: not panel.is_busy)
        qtbot.waitUntil(lambda: not panel.is_waiting_to_draw)

    return run


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Callable[[Model], None]:
    """models(answer): from now on the played worker answers questions to models so."""
    own = played_engine.answer

    def play(answer: Model) -> None:
        def answer_all(cell: Any, command: Any) -> Any:
            return answer(cell, command) if isinstance(command, stage.CallModel) else own(cell, command)

        monkeypatch.setattr(played_engine, "answer", answer_all)

    play(answer_model)
    return play
