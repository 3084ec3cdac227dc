"""RunQuestions: what is asked of the network that trains, has trained or has not begun: the pad's questions, its inside. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Slot

from app.inside_watch import InsideWatch
from app.pad_questions import PadQuestions
from app.run_watch import RunWatch
from app.training_choices import computes_the_same
from trainers.commands import SetWeight, WatchNetwork
from trainers.events import AnyEvent, NetworkInside, Prediction, RunFailed, Snapshot, ValueRefused
from trainers.training_plan import AnswerPlan, TrainingPlan
from trainers.worker_protocol import Standing

if TYPE_CHECKING:
    from app.network_document import NetworkDocument

LOOK_INSIDE = "trainers.network_inside_job:look_inside"


class RunQuestions(RunWatch):
    """A run answers them itself; one that has ended does by a job over its last checkpoint, one that has not begun by a job over
    the weights that it would begin with."""

    def __init__(
        self, document: NetworkDocument, runs_folder: str, warm_up: str | None, parent: QObject | None, look_inside: str
    ) -> None:
        super().__init__(document, runs_folder, warm_up, parent)
        self._look_inside = look_inside
        self._look_plan: TrainingPlan | None = None  # of the network that has not begun, while it is looked into
        self._greeted = 0  # the answering job that has been told what is wanted
        self._pad = PadQuestions(self._send)
        self.inside = InsideWatch(self._send_wish, self)

    def predict(self, inputs: np.ndarray) -> int:
        """Ask the network about one input, float32 of the sample's shape; the token that its `Prediction` will carry.

        Where there is no run yet, one is prepared, and stands at step 0. While an answer is on its way, of several
        questions only the last is asked.
        """
        self._prepare_run()
        self.inside.note_pad(inputs)
        return self._pad.ask(inputs)

    def set_weight(self, parameter: str, index: tuple[int, ...], value: float) -> None:
        """Change one weight of the network from the next step on; `value_set` or `complained` tells what came of it.

        Where there is no run yet, one is prepared, and stands at step 0.
        """
        self._prepare_run()
        if not self._send(SetWeight(parameter, index, float(value))):
            self.complained.emit("There is no run whose weights could be set: begin one.")

    @Slot()
    def look_inside(self) -> None:
        """Let the network on the table be looked into as it would begin, where none trains or has trained."""
        if self._job or self._answer_job or self._state != "idle" or not self._document.may_train():
            return
        self._look_plan = self._new_plan()
        self._answer_job = self._line.worker.start_job(self._look_inside, self._look_plan, paused=True)

    def _begin(self, plan: TrainingPlan, paused: bool) -> None:
        raise NotImplementedError

    def _prepare_run(self) -> None:
        if self._state == "idle" and self._job == 0:
            self._begin(self._new_plan(), paused=True)

    def _answer_from(self, question: AnswerPlan, answer: str) -> None:
        """A run has ended: its last checkpoint answers from now on."""
        self._answer_job = self._line.worker.start_job(answer, question, paused=True)

    def _forget_answers(self) -> None:
        """No network is there any more that could answer."""
        self._pad.forget()
        self.inside.forget()
        self._look_plan = None

    def _drop_look(self) -> None:
        """What has not begun is no longer what is on the table."""
        if self._look_plan is not None and self._answer_job:
            self._line.worker.cancel()
            self._answer_job = 0
            self._forget_answers()

    def _drop_look_of_another(self) -> None:
        """The same, where that network computes something else than the one on the table."""
        plan = self._look_plan
        if plan is not None and not computes_the_same(plan.network, self._document.graph):
            self._drop_look()

    def _send_wish(self, wish: WatchNetwork) -> bool:
        """A run that is still being prepared hears of it when it has started."""
        return not (self._job and self.run is None) and self._send(wish)

    def _take_answer(self, item: Any, shown: list[AnyEvent]) -> None:
        """What a job says that only answers; what panels are to see of it comes into `shown`."""
        match item:
            case Standing() if self._greeted != self._answer_job:
                self._greeted = self._answer_job
                self.inside.ask()
            case ValueRefused(name="weight"):
                self.complained.emit(item.reason)
            case RunFailed() if self._look_plan is not None:
                self._answer_job, self._look_plan = 0, None
                self.complained.emit(item.reason)
            case Snapshot() | Prediction() | NetworkInside():
                self._note_answer(item)
                self._record.note(item)
                shown.append(item)

    def _note_answer(self, item: AnyEvent) -> None:
        if isinstance(item, Prediction):
            self._pad.note_answer(item.token)
        elif isinstance(item, NetworkInside):
            self.inside.note(item)
