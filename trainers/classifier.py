"""The recipe for classification and regression: a generator that takes one optimiser step at a time. Imports neither Qt nor the window.

Asked with None (`next`), it takes a step and yields None or what there is to say; what else there is to say follows at the next
`next`, which takes no step then: a None is always a step, and every event says at which step it stands. Sent a command, it
answers it and takes no step.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from time import perf_counter

from trainers import run_failures
from trainers.answering import answer
from trainers.batches import Samples
from trainers.commands import AnyCommand
from trainers.data_loading import load_data
from trainers.errors import PROCESS_SPENT, RunStopped
from trainers.evaluation import Score
from trainers.events import AnyEvent, EpochReport, RunFailed, RunFinished
from trainers.journal import NonFiniteLoss
from trainers.run_commands import answer_command, save
from trainers.run_resuming import resume
from trainers.torch_network import first_non_finite_layer
from trainers.training_plan import TrainingPlan
from trainers.training_run import TrainingRun
from trainers.training_step import wait_for_steps

__all__ = ["answer", "train"]

Job = Generator[AnyEvent | None, AnyCommand | None, None]

# samples of either set on which the untrained network is scored: the first point must not wait for all
_FIRST_LOOK = 1_000


def train(plan: TrainingPlan) -> Generator[AnyEvent | None, AnyCommand | None, str | None]:
    """Train `plan.network` on `plan.data`. Raises BadInput before the first RunStarted where the plan cannot be.

    Returns PROCESS_SPENT after a fault of the device: CUDA answers no call of that process any more.
    """
    plan, checkpoint = resume(plan)
    run = TrainingRun(plan, (yield from load_data(plan)), checkpoint)
    try:
        yield from _tell(run, run.started())
        if run.step == 0:
            yield from _look_at_untrained(run)
        else:
            yield from _picture(run)
        if run.saved_step != run.step:
            yield from _tell_if_any(run, save(run))
        while run.epoch < run.settings.epochs and not run.is_stopping:
            yield from _steps_of_epoch(run)
            if run.position >= len(run.train):
                yield from _end_epoch(run)
        yield from _finish(run)
    except NonFiniteLoss as fault:
        yield from _fail(run, fault.step, _explain_non_finite(run, fault))
    except RunStopped as fault:
        yield from _fail(run, run.step, fault.sentence)
    except (RuntimeError, MemoryError) as error:
        sentence = run_failures.runtime_sentence(error, run.device.type, run.settings.batch_size)
        if sentence is None:
            raise
        yield from _fail(run, run.step, sentence)
        if run_failures.is_device_fault(error):
            return PROCESS_SPENT
    finally:
        run.close()
    return None


def _steps_of_epoch(run: TrainingRun) -> Job:
    """Optimiser steps until every sample has been seen, or the driver wants to stop."""
    while run.position < len(run.train) and not run.is_stopping:
        if run.has_new_weights:  # set by hand: what is trained again after a failure begins behind them
            yield from _tell_if_any(run, save(run))
        timer = run.begin_step()
        rows = run.next_rows()
        done = run.replayed(rows, timer) or run.taken(rows, timer)
        run.end_step(done, timer)
        # Pictures before the report: a driver that counts steps stands with those of its last one.
        has_told = False
        if run.inside.is_due(perf_counter()):
            has_told = True
            wait_for_steps(run)
            yield from _tell(run, run.inside.take(run.step))
        if run.pictures and run.pictures.is_due(perf_counter()):
            has_told = True
            yield from _picture(run)
        yield from (_tell_if_any if has_told else _tell)(run, run.report())


def _look_at_untrained(run: TrainingRun) -> Job:
    """Epoch 0: what a network knows before it has learned anything."""
    train = yield from _score(run, run.train.first(_FIRST_LOOK), "Untrained network")
    test = yield from _score(run, run.test.first(_FIRST_LOOK), "Untrained network")
    if len(run.test) <= _FIRST_LOOK:
        run.note_test(test)
    yield from _picture(run)
    yield from _tell(run, EpochReport(0, train.loss, train.accuracy, test.loss, test.accuracy))


def _end_epoch(run: TrainingRun) -> Job:
    """The test set, the epoch's report, the checkpoint."""
    journal = run.journal
    test = yield from _score(run, run.test, "Testing")
    run.note_test(test)
    accuracy = journal.right / journal.seen if run.classes else None
    report = EpochReport(run.epoch + 1, journal.loss_sum / journal.seen, accuracy, test.loss, test.accuracy, run.step)
    run.begin_epoch()
    is_last = run.epoch == run.settings.epochs
    if run.pictures and run.pictures.kind and (is_last or run.pictures.is_due(perf_counter())):
        yield from _picture(run)
    elif run.pictures and run.classes:
        yield from _tell(run, run.pictures.take(run.step, ("confusion",)))
    yield from _tell(run, report)
    yield from _tell_if_any(run, run.trouble())
    every = run.settings.checkpoint_every
    if every and run.epoch % every == 0:
        yield from _tell_if_any(run, save(run))


def _finish(run: TrainingRun) -> Job:
    """The last score, picture and checkpoint."""
    if run.tested_step != run.step:
        run.note_test((yield from _score(run, run.test, "Testing")))
        yield from _picture(run)
    if run.inside.is_watched:
        yield from _tell(run, run.inside.take(run.step))
    if run.saved_step != run.step:
        yield from _tell_if_any(run, save(run))
    rate = run.step / run.seconds if run.seconds else 0.0
    yield from _tell(run, RunFinished(run.step, run.test_score.loss, run.test_score.accuracy, rate, run.seconds))


def _tell(run: TrainingRun, event: AnyEvent | None) -> Job:
    """Yield `event`, then answer commands until the driver asks for the next step."""
    command = yield run.recorded(event)
    while command is not None:
        command = yield run.recorded(answer_command(run, command))


def _tell_if_any(run: TrainingRun, event: AnyEvent | None) -> Job:
    """The same, but nothing is yielded where there is no event: a None would stand for a step."""
    if event is not None:
        yield from _tell(run, event)


def _score(run: TrainingRun, samples: Samples, title: str) -> Generator[AnyEvent | None, AnyCommand | None, Score]:
    """Score a set; where that takes long, tell how far it is and answer commands meanwhile."""
    scoring = run.scoring(samples, title)
    while True:
        try:
            progress = next(scoring)
        except StopIteration as end:
            score: Score = end.value
            break
        yield from _tell(run, progress)
    if not score.is_finite:
        raise NonFiniteLoss(run.step)
    return score


def _picture(run: TrainingRun) -> Job:
    """A Snapshot, where pictures are wanted and the data have any."""
    if run.pictures and run.pictures.kind:
        yield from _tell(run, run.pictures.take(run.step))


def _fail(run: TrainingRun, step: int, sentence: str) -> Job:
    """What is known so far, then the last event."""
    with suppress(NonFiniteLoss, RuntimeError):  # the device may be gone
        yield run.recorded(run.report(is_wanted=True))
    yield run.recorded(RunFailed(step, sentence, run.can_resume))


def _explain_non_finite(run: TrainingRun, fault: NonFiniteLoss) -> str:
    inputs = run.normalise(run.train.first(64).inputs) if fault.inputs is None else fault.inputs
    layer = first_non_finite_layer(run.model, inputs)
    modules = dict(run.model.named_children())
    has_lost_weights = layer in modules and not all(bool(p.isfinite().all()) for p in modules[layer].parameters())
    return run_failures.non_finite_sentence(
        fault.step, layer, has_lost_weights, run.settings.learning_rate, bool(run.settings.clip_norm)
    )
