"""What the tests of a training session share: whoever listens to one, and waiting for it to settle."""

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from app.training_session import TrainingSession
from trainers.events import AnyEvent, StepReport

MakeSession = Callable[..., TrainingSession]


class Watcher:
    """Everything that a panel hears."""

    def __init__(self, session: TrainingSession) -> None:
        self.events: list[AnyEvent] = []
        self.states: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.session = session
        session.events_arrived.connect(self.events.extend)
        session.state_changed.connect(self.states.append)
        session.value_refused.connect(self._on_value_refused)

    def _on_value_refused(self, name: str, reason: str) -> None:
        self.refusals.append((name, reason))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def losses(self) -> list[tuple[int, float]]:
        return [point for report in self.of(StepReport) for point in report.losses]


def settle(qtbot: QtBot, session: TrainingSession, state: str) -> None:
    """Wait for a state in which nothing more arrives by itself."""
    qtbot.waitUntil(lambda: session.state == state and session.is_sleeping)


def undisturbed(qtbot: QtBot, make_session: MakeSession, epochs: int, **tricks: Any) -> list[tuple[int, float]]:
    session = make_session(**tricks)
    watcher = Watcher(session)
    session.set_setting("epochs", epochs)
    session.start()
    settle(qtbot, session, "finished")
    return watcher.losses()
