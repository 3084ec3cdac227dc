"""One optimiser step, read from top to bottom; on a GPU it is recorded once and replayed. Imports torch, never Qt or the window."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from trainers.journal import NonFiniteLoss, StepTimer

if TYPE_CHECKING:
    from trainers.training_run import TrainingRun

LONG_STEP_S = 0.02  # a step that keeps a GPU busy for so long gains nothing from a record, which costs memory
_STEPS_BEFORE = 12  # taken before one is recorded: the first load libraries and make the optimiser's state
_PAUSE_S = 0.3  # after a setting was changed: a slider that is dragged changes it many times a second


class StepResult(NamedTuple):
    """What a step gave, cut off from its graph. loss: (); outputs: (batch, outputs); norm: () of the gradient before clipping."""

    loss: Tensor
    outputs: Tensor
    targets: Tensor
    norm: Tensor | None


Step = Callable[[Tensor], StepResult]
Record = Callable[[Callable[[], StepResult]], Callable[[], StepResult]]


def take_step(run: TrainingRun, rows: Tensor, timer: StepTimer | None, is_measured: bool) -> StepResult:
    """Train on the samples `rows` (int64, on the device). Raises NonFiniteLoss where every step's loss is looked at."""
    inputs, targets = run.batches.take(rows)
    if timer:
        timer.lap("data")

    outputs = run.forward(inputs)
    loss = run.loss_function(outputs, targets)
    if run.checks_every_step and not math.isfinite(loss.item()):
        raise NonFiniteLoss(run.step + 1, inputs)
    if timer:
        timer.lap("forward")

    run.forget_gradients()
    run.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
    if timer:
        timer.lap("backward")

    norm = run.tame_gradients(is_measured)
    run.scaler.step(run.optimizer)
    run.scaler.update()
    if timer:
        timer.lap("optimizer")
    return StepResult(loss.detach(), outputs.detach(), targets, norm)


def wait_for_steps(run: TrainingRun) -> None:
    """Until the GPU has done the steps that it was given: their time, not that of the look that is taken next."""
    if run.device.type == "cuda":
        began = perf_counter()
        torch.cuda.synchronize()
        run.seconds += perf_counter() - began


class RecordedStep:
    """Replays the step of a whole batch with one call, once it has been recorded; everything else is taken as it stands.

    A small network's step is some fifty calls to the GPU, which take longer to make than to do. Its record is a CUDA graph
    (docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs): numbers that stand in a tensor, such as the learning rate, may
    change between replays; a changed setting, which does not, throws the record away.
    """

    def __init__(self, record: Record | None, parameters: Sequence[nn.Parameter]) -> None:
        """record: None where nothing is to be recorded: on a CPU, or with a step that asks the host for something."""
        self._record = self._may_record = record
        self._parameters = parameters
        self._rows: Tensor | None = None
        self._replay: Callable[[], StepResult] | None = None
        self._gradients: list[Tensor | None] = []
        self._are_gradients_foreign = False
        self._taken = 0
        self._wait_until = 0.0

    def forget(self) -> None:
        """A setting has changed: the record no longer holds."""
        self._record = self._may_record  # another batch size may be short enough, or fit into memory
        self._rows, self._replay, self._gradients = None, None, []
        self._taken, self._wait_until = 0, perf_counter() + _PAUSE_S

    def note_taken(self, timer: StepTimer | None) -> None:
        """A step was taken as it stands."""
        self._taken += 1
        self._are_gradients_foreign = True
        if timer is not None and self._taken > 1 and sum(timer.seconds.values()) > LONG_STEP_S:
            self._record = None

    def take(self, rows: Tensor, is_whole: bool, step: Step) -> StepResult | None:
        """The step on `rows`, replayed; None where it must be taken as it stands. is_whole: rows are as many as a batch has."""
        if not is_whole or self._record is None or (self._replay is None and not self._is_due()):
            return None
        if self._replay is None and not self._try_to_record(self._record, rows, step):
            return None
        assert self._rows is not None
        assert self._replay is not None
        self._rows.copy_(rows)
        result = self._replay()
        if self._are_gradients_foreign:
            # Of a step taken in between: who looks at gradients must find those of the replay.
            for parameter, gradient in zip(self._parameters, self._gradients, strict=True):
                parameter.grad = gradient
            self._are_gradients_foreign = False
        norm = None if result.norm is None else result.norm.clone()
        return StepResult(result.loss.clone(), result.outputs.clone(), result.targets.clone(), norm)

    def _is_due(self) -> bool:
        return self._taken >= _STEPS_BEFORE and perf_counter() >= self._wait_until

    def _try_to_record(self, record: Record, rows: Tensor, step: Step) -> bool:
        """Whether it could be recorded; a network with a layer that asks the host for something cannot, and trains on without."""
        still = rows.clone()
        try:
            self._replay = record(lambda: step(still))
        except RuntimeError:
            self._record = None
            return False
        self._rows = still
        self._gradients = [parameter.grad for parameter in self._parameters]
        return True


def record_on_gpu(step: Callable[[], StepResult]) -> Callable[[], StepResult]:
    """A CUDA graph of `step`, which is not done yet: the first replay does it. Raises RuntimeError where it cannot be recorded."""
    # Steps that are not replayed are meant: the first ones, the last batch of an epoch, those whose phases are timed.
    warnings.filterwarnings("ignore", message="This instance was constructed with capturable=True")
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        result = step()

    def replay() -> StepResult:
        graph.replay()
        return result

    return replay
