"""TrainingSession: a run as the panels see it: start, pause, step, change, stop, and what it tells. Imports no torch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Slot

from app.job_thread import WorkerEnd
from app.run_questions import LOOK_INSIDE, RunQuestions
from app.training_choices import computes_the_same
from trainers.commands import Look, SetValue, Stop
from trainers.events import AnyEvent, RunStarted
from trainers.setting_limits import FIXED
from trainers.training_plan import AnswerPlan, ClassifierSettings, TrainingPlan
from trainers.user_folders import runs_folder as default_runs_folder
from trainers.worker_protocol import JobEnded, Standing

if TYPE_CHECKING:
    from app.earlier_run import EarlierRun
    from app.network_document import NetworkDocument

TRAIN = "trainers.classifier:train"
ANSWER = "trainers.classifier:answer"
WARM_UP = "trainers.torch_warm_up:stages"
_AFTER_A_STEP = ("surface", "predictions")  # a confusion matrix takes the whole test set: not after every batch


class TrainingSession(RunQuestions):
    """One run at a time, in a warm worker. All slots return at once; what they lead to comes by the signals.

    Network, data, seed, device and threads hold for a whole run. A new network or other data end the run that stands, with
    its last checkpoint saved, and the session is idle; seed, device and threads wait for the next run. Every other setting
    changes from the next step on. All of it can be undone on the document's undo stack.
    """

    def __init__(
        self,
        document: NetworkDocument,
        runs_folder: str | os.PathLike[str] | None = None,
        parent: QObject | None = None,
        *,
        train: str = TRAIN,
        answer: str | None = ANSWER,
        warm_up: str | None = WARM_UP,
        look_inside: str = LOOK_INSIDE,
    ) -> None:
        """runs_folder: where checkpoints go, the platform's data folder if None. The last four are for tests."""
        super().__init__(document, os.fspath(runs_folder or default_runs_folder()), warm_up, parent, look_inside)
        self._train, self._answer = train, answer
        self._is_stopping = self._looks_when_standing = False
        self._line.arrived.connect(self._on_items_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        document.graph_changed.connect(self._on_graph_changed)

    @Slot()
    def start(self) -> None:
        """Begin a run, or go on with one that is paused."""
        if self._state not in ("idle", "finished", "failed"):
            self.resume()
        elif self._document.may_train():
            self._begin(self._new_plan(), paused=False)

    @Slot()
    def pause(self) -> None:
        """Hold the run at the end of the step under way."""
        if self._state in ("running", "starting") and not self._is_stopping:
            self._looks_when_standing = True
            self._line.worker.pause()
            if self._state == "running":
                self._set_state("paused")

    @Slot()
    def resume(self) -> None:
        """Go on with a run that is paused or being prepared."""
        if self._state in ("paused", "starting") and not self._is_stopping:
            self._line.worker.resume()
            self.history.run_clock()
            self._looks_when_standing = False
            if self.run is not None:
                self._set_state("running")

    @Slot()
    def toggle(self) -> None:
        """The Space key: train, hold, go on, also with a run that failed where it can: a new one is `reset`'s affair."""
        if self._state in ("running", "starting"):
            self.pause()
        elif self.can_resume:
            self.resume_failed()
        else:
            self.start()

    @Slot()
    @Slot(int)
    def step_batch(self, count: int = 1) -> None:
        """Take `count` optimiser steps, then stand; where there is no run, one is begun for it."""
        if self._may_step():
            self._line.worker.step_by(max(1, count))
            self.history.run_clock()
            self._looks_when_standing = True
            if self._state == "running" or (self._state == "paused" and count > 1):
                self._set_state("paused" if count == 1 else "running")

    @Slot()
    def step_epoch(self) -> None:
        """Run to the end of the epoch, then stand; where there is no run, one is begun for it."""
        if self._may_step():
            self._line.worker.step_epoch()
            self.history.run_clock()
            self._looks_when_standing = True
            if self._state == "paused":
                self._set_state("running")

    @Slot()
    def stop(self) -> None:
        """Save and finish; asked a second time, or before the first step is prepared, the run is abandoned instead."""
        if self._job == 0 or self._state not in ("starting", "running", "paused"):
            return
        if self._is_stopping or self.run is None:
            self._line.worker.cancel()
        else:
            self._line.worker.send_command(Stop())
        self._is_stopping = True

    @property
    def was_stopped(self) -> bool:
        """Whether the run on show ended because somebody stopped it."""
        return self._is_stopping and self._state == "finished"

    @Slot()
    def reset(self) -> None:
        """A new run with the same seed, prepared and standing at step 0; nothing happens where nothing had run."""
        if self.run is not None or self.failure is not None or self._job:
            self._begin(self._new_plan(), paused=True)

    @Slot()
    def resume_failed(self) -> None:
        """Go on from the last checkpoint of the run that failed; what lies beyond it is trained again, to the same numbers."""
        if self.can_resume:
            self._go_on(paused=False)

    def take_up(self, earlier: EarlierRun) -> None:
        """Go on with a run of an earlier session; network, data and settings were chosen as they stand in it."""
        self._drop_run()
        self._record.take_up(self._new_plan(), earlier)
        self._go_on(paused=False)

    @Slot()
    def shutdown(self) -> None:
        """End the worker, within a second even in the middle of a step, and let go of everything."""
        self._job = self._answer_job = 0
        self._line.close()
        self.history.close()

    def _go_on(self, paused: bool) -> None:
        plan, checkpoint = self._record.plan, self._record.checkpoint
        if plan is not None and checkpoint is not None:
            self._begin(msgspec.structs.replace(plan, resume=checkpoint.path), paused=paused)

    def _begin(self, plan: TrainingPlan, paused: bool) -> None:
        self._record.begin(plan)
        worker = self._line.worker
        worker.limit_speed(self._speed)
        self._job = worker.start_job(self._train, plan, paused=paused)
        self._answer_job = 0
        self._is_stopping = False
        self._looks_when_standing = paused
        self._forget_answers()
        self._set_state("starting")

    def _may_step(self) -> bool:
        """Whether a step can be asked for; where no run stands, one is prepared for it, or the one that failed goes on."""
        if self.can_resume:
            self._go_on(paused=True)
        elif self._state in ("idle", "finished", "failed"):
            if not self._document.may_train():
                return False
            self._begin(self._new_plan(), paused=True)
        return not self._is_stopping

    def _drop_run(self) -> None:
        """The run that stands is no longer what is on the table: it saves and ends out of sight."""
        if self._job and not self._is_stopping:
            if self.run is None:
                self._line.worker.cancel()
            else:
                self._line.worker.send_command(Stop())
        elif self._answer_job:
            self._line.worker.cancel()
        self._job = self._answer_job = 0
        self._forget_answers()
        self._record.forget()
        self._set_state("idle")

    def _on_choice_taken(self, name: str, value: Any) -> None:
        if name in ("data", "weights"):
            self._drop_run()
        elif self._job and name not in FIXED:
            self._line.worker.send_command(SetValue(name, value))
        elif name in FIXED:
            self._drop_look()  # another seed, other weights

    @Slot()
    def _on_graph_changed(self) -> None:
        self._drop_look_of_another()
        plan = self._record.plan
        if plan is not None and not computes_the_same(plan.network, self._document.graph):
            self._drop_run()
        self.choice_changed.emit()

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, Any]]) -> None:
        shown: list[AnyEvent] = []
        for job, item in items:
            if job == self._job and job:
                if isinstance(item, Standing):
                    self._note_standing(item)
                elif isinstance(item, JobEnded):
                    self._note_job_ended()
                else:
                    shown.append(item)
                    self._take_in(item)
                    if isinstance(item, RunStarted):
                        self._note_started(item)
                    self._note_answer(item)
            elif job == self._answer_job and job:
                self._take_answer(item, shown)
        if shown:
            self.events_arrived.emit(shown)

    def _note_started(self, event: RunStarted) -> None:
        if event.step > 0:  # resumed with the settings of the checkpoint: what was changed after it holds again
            for name in ClassifierSettings.__struct_fields__:
                value = getattr(self._settings, name)
                if name not in FIXED and event.settings.get(name, value) != value:
                    self._line.worker.send_command(SetValue(name, value))
        if not self._looks_when_standing:
            self._set_state("running")
        self.inside.ask()

    def _note_standing(self, standing: Standing) -> None:
        if standing.number != self._line.worker.last_number or self._state not in ("starting", "running", "paused"):
            return
        self._pad.ask_kept()
        if self._looks_when_standing:
            self._looks_when_standing = False
            self._send(Look(_AFTER_A_STEP))
            self.inside.ask()
        self.history.stop_clock()
        self._set_state("paused")

    def _note_job_ended(self) -> None:
        self._job = 0
        self._pad.forget()
        if self._state in ("starting", "running", "paused"):  # abandoned
            self._forget_answers()
            self._record.forget()
            self._set_state("idle")
        plan, checkpoint = self._record.plan, self._record.checkpoint
        if self._state == "finished" and self._answer is not None and plan is not None and checkpoint is not None:
            self._answer_from(AnswerPlan(checkpoint.path, plan.data, plan.network), self._answer)

    @Slot(object)
    def _on_worker_lost(self, end: WorkerEnd) -> None:
        had_run, self._job, self._answer_job = self._job, 0, 0
        self._forget_answers()
        if end.pid is not None:
            self._record.sweep_up(end.pid)
        if had_run:
            failure = self._record.failure_of_worker(end.sentence)
            self._take_in(failure)
            self.events_arrived.emit([failure])
