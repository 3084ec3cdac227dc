"""RaceLink: what the view asks of the session for its race, and what has come of it. Paints nothing, imports no torch.

A race that is being set up is waited for: of several wishes meanwhile only the last is asked. While a hand turns the clock
(`advance`) the race takes portions of steps that depend on nothing but their number, so that two pictures of it are alike.
"""

from __future__ import annotations

import math
from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.activation_session import STEPS_PER_SECOND, ActivationSession
from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.state import needs_new_race
from trainers.activation_lab import (
    FRAMES_PER_SECOND,
    AnyRaceEvent,
    LearningRateSet,
    RaceFrame,
    RacePlan,
    RacerChanged,
    RaceStarted,
)

_MOST_PORTIONS = 400  # of one advance: each waits for its answer


class Gestures:
    """Which changes of the learning rate a hand makes in one go, in the order in which they are asked for and come."""

    def __init__(self) -> None:
        self._number = 0
        self._is_held = False
        self._asked: deque[int] = deque()

    def end(self) -> None:
        """What comes next is another one."""
        self._number += 1

    def hold(self, is_held: bool) -> None:
        """A hand has taken the learning rate, or lets go of it."""
        self._is_held = is_held
        self.end()

    def ask(self) -> None:
        """A change is asked for."""
        if not self._is_held:
            self.end()
        self._asked.append(self._number)

    def answered(self) -> int:
        """The oldest that was asked for has come: the number of its gesture, 0 where nobody asked."""
        return self._asked.popleft() if self._asked else 0

    def forget(self) -> None:
        """None of those that were asked for will come."""
        self._asked.clear()


class RaceLink(QObject):
    """moved: there is something new to draw. record: the race on show, None before the first one.

    complaint: why there is no race any more, in one sentence; "" while there is one. waited: seconds that a race has been waited for.
    """

    moved = Signal()
    state_changed = Signal()  # running, waiting, lost, held back

    def __init__(self, session: ActivationSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.record: RaceRecord | None = None
        self.complaint = ""
        self.waited = 0
        self.is_waiting = False
        self._plan: RacePlan | None = None  # that shall be on show
        self._asked: RacePlan | None = None  # that the worker has, or was asked for; None: no race
        self.is_awake = False  # the view is on show
        self._resumes = False  # as soon as there is a race, and the view is on show
        self._unanswered = 0
        self._gestures = Gestures()
        self._is_clocked = False
        self._speed = session.steps_per_second
        self._owed = 0.0  # steps that the hand's clock has still to take
        self._target: int | None = None
        self._portion = 1
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._on_second_passed)
        session.race_moved.connect(self._on_race_moved)
        session.race_state_changed.connect(self._on_session_changed)
        session.held_back_changed.connect(self._on_session_changed)
        session.complained.connect(self._on_complained)
        session.race_lost.connect(self._on_race_lost)

    # --- what is on show ----------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether steps are being taken, or will be as soon as there is a race."""
        return self._resumes if self.is_waiting or not self.is_awake else self._session.race_state == "running"

    @property
    def is_busy(self) -> bool:
        """Whether something that was asked for has not come yet."""
        return self.is_awake and (self.is_waiting or self._unanswered > 0 or self._owed >= 1)

    @property
    def is_held_back(self) -> bool:
        """Whether a training has the machine, beside which a race is slow."""
        return self._session.is_held_back

    @property
    def is_first(self) -> bool:
        """Whether no race has been on show yet: the worker may have to load its libraries."""
        return self.record is None

    # --- what is asked ------------------------------------------------------------------------------------------------

    def set_awake(self, is_awake: bool) -> None:
        """A view that nobody sees holds its race, and goes on with it when it is seen again."""
        if is_awake == self.is_awake:
            return
        if not is_awake:
            self._resumes = self.is_running
            self.is_awake = False
            if self._session.race_state == "running":
                self._session.set_running(False)
            return
        self.is_awake = True
        if self._asked is None and self._plan is not None:
            self._begin()
        elif self._plan is not None:
            self.want(self._plan)
        if not self.is_waiting:
            self._go_on()

    def want(self, plan: RacePlan, *, anew: bool = False) -> None:
        """`plan` shall be on show: changed where it can be while the race goes on, from the beginning otherwise or if `anew`."""
        self._plan = plan
        if not self.is_awake:
            if anew or self._asked is None or needs_new_race(self._asked, plan):
                self._asked, self._resumes = None, False
            return
        before = self._asked
        has_begun = self.record is not None and self.record.done > 0
        if anew or before is None or needs_new_race(before, plan) or (before.racers != plan.racers and not has_begun):
            self._begin()
            return
        self._asked = plan
        if plan.learning_rate != before.learning_rate:
            self._unanswered += 1
            self._gestures.ask()
            self._session.set_learning_rate(plan.learning_rate)
        for index, (old, new) in enumerate(zip(before.racers, plan.racers, strict=True)):
            if old != new:
                self._unanswered += 1
                self._session.change_racer(index, new)

    @Slot(bool)
    def hold(self, is_held: bool) -> None:
        """A hand has taken the learning rate, or lets go of it: what it asks for meanwhile is one change, up to a pause."""
        self._gestures.hold(is_held)

    def set_running(self, is_running: bool) -> None:
        """Run or stand; a race that was lost begins anew."""
        self._gestures.end()
        self._let_go_of_clock()
        self._resumes = is_running
        if self._asked is None and self._plan is not None and self.is_awake:
            self._begin()
        elif self.is_awake and not self.is_waiting:
            self._session.set_running(is_running)
        self.state_changed.emit()

    def step(self) -> None:
        """One step of all, then stand."""
        self._gestures.end()
        self._let_go_of_clock()
        self._resumes = False
        if self.is_awake and self._asked is None and self._plan is not None:
            self._begin()
        elif self.is_awake and not self.is_waiting:
            self._session.step_race(1)

    def set_speed(self, steps_per_second: float) -> None:
        """At most so many steps a second, 0: as many as there can be."""
        self._speed = steps_per_second
        if not self._is_clocked and steps_per_second != self._session.steps_per_second:
            self._session.set_speed(steps_per_second)

    def advance(self, seconds: float) -> None:
        """Take the steps of `seconds` of the race's own clock, in portions of the same size every time."""
        rate = self._speed or STEPS_PER_SECOND
        if not self._is_clocked:
            if self._session.race_state == "running":
                self._session.set_running(False)
            self._session.set_speed(0.0)  # the hand's clock need not wait for the real one
        self._is_clocked, self._resumes = True, False
        self._owed += seconds * rate
        self._portion = max(round(rate / FRAMES_PER_SECOND), math.ceil(self._owed / _MOST_PORTIONS), 1)
        if self.is_awake and not self.is_waiting:
            self._go_on()

    def _let_go_of_clock(self) -> None:
        """What a person does now happens in real time again."""
        self._owed, self._target = 0.0, None
        if self._is_clocked:
            self._is_clocked = False
            self._session.set_speed(self._speed)

    def close(self) -> None:
        """Let go of the timer, and ask for nothing any more: the worker may have been ended already."""
        self._seconds.stop()
        self.is_awake = False

    # --- how it goes on -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Ask for the race that shall be on show; one that is on its way is waited for first."""
        assert self._plan is not None
        if self.is_waiting:
            return
        if self._asked is not None and not self._is_clocked:
            self._resumes = False  # another race waits for its start
        self._asked = self._plan
        self.complaint = ""
        self._unanswered, self._target = 0, None
        self._gestures.forget()
        self.is_waiting, self.waited = True, 0
        self._seconds.start()
        self._session.start_race(self._plan)
        self.state_changed.emit()

    def _go_on(self) -> None:
        """After a race has come, or the view has: run, or take the next portion that is owed."""
        if self._is_clocked:
            if self._owed >= 1 and self._target is None and self.record is not None and self._asked is not None:
                portion = min(int(self._owed), self._portion)
                self._target = self.record.done + portion
                self._session.step_race(portion)
        elif self._resumes and self._session.race_state != "running" and self._asked is not None:
            self._session.set_running(True)

    @Slot(list)
    def _on_race_moved(self, events: list[AnyRaceEvent]) -> None:
        for event in events:
            if isinstance(event, RaceStarted):
                self.record = RaceRecord(event)
                self.is_waiting = False
                self._seconds.stop()
            elif self.record is not None:
                self._take(self.record, event)
        if any(isinstance(event, RaceStarted) for event in events):
            self.state_changed.emit()
            if self._plan is not None and self._plan != self._asked:
                resumes = self._resumes  # as it was wished when this plan was
                self.want(self._plan)
                self._resumes = resumes
        if self.is_awake and not self.is_waiting:
            self._go_on_after(events)
        self.moved.emit()

    def _go_on_after(self, events: list[AnyRaceEvent]) -> None:
        if self._is_clocked or any(isinstance(event, RaceStarted) for event in events):
            self._go_on()

    def _take(self, record: RaceRecord, event: AnyRaceEvent) -> None:
        is_kept = not self._is_clocked or self._target is None or event.done == self._target
        gesture = self._gestures.answered() if isinstance(event, LearningRateSet) else 0
        record.take(event, is_kept=is_kept, gesture=gesture)
        if isinstance(event, LearningRateSet | RacerChanged):
            self._unanswered = max(0, self._unanswered - 1)
        elif isinstance(event, RaceFrame) and self._target is not None and event.done >= self._target:
            self._owed -= self._portion if self._owed >= self._portion else int(self._owed)
            self._target = None

    @Slot(str)
    @Slot(bool)
    def _on_session_changed(self, _news: object) -> None:
        self.state_changed.emit()

    @Slot(str)
    def _on_complained(self, sentence: str) -> None:
        """Something was refused: nothing that is waited for comes any more."""
        self._unanswered = 0
        if self.is_waiting and self._session.race_state == "none":
            self._lose(sentence)

    @Slot(str)
    def _on_race_lost(self, sentence: str) -> None:
        self._lose(sentence)

    def _lose(self, sentence: str) -> None:
        self._asked = None
        self.is_waiting = self._resumes = False
        self._unanswered, self._owed, self._target = 0, 0.0, None
        self._seconds.stop()
        self._gestures.forget()
        self.complaint = f"{sentence.removesuffix('.')}; Space begins the race anew."
        self.state_changed.emit()
        self.moved.emit()

    @Slot()
    def _on_second_passed(self) -> None:
        self.waited += 1
        self.state_changed.emit()
