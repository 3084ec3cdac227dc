"""What happened in the steps since the last report, kept on the device and read at most 30 times a second. Imports torch."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from trainers.events import StepReport
from trainers.optimization import predicted_classes

REPORT_SECONDS = 1 / 30  # each read of a loss makes the CPU wait for a GPU
TIMING_SECONDS = 0.25  # between the timed steps on a GPU: each waits four times, and is taken as it stands
_MOST_KEPT = 2_000_000  # numbers of outputs kept for the accuracies before they are read early (8 MB)


class NonFiniteLoss(Exception):
    """The loss of `step` is NaN or infinity."""

    def __init__(self, step: int, inputs: Tensor | None = None) -> None:
        super().__init__(f"the loss of step {step} is not finite")
        self.step = step
        self.inputs = inputs  # of that step, where it was noticed at once


class StepTimer:
    """Seconds spent on each phase of one step; on a GPU it waits for the work, so only sampled steps carry one."""

    def __init__(self, device: torch.device) -> None:
        self._waits = device.type == "cuda"
        self.seconds: dict[str, float] = {}
        self._last = self._now()

    def lap(self, phase: str) -> None:
        """The phase that ends here."""
        now = self._now()
        self.seconds[phase] = now - self._last
        self._last = now

    def _now(self) -> float:
        if self._waits:
            torch.cuda.synchronize()
        return perf_counter()


class Journal:
    """Collects steps, hands out StepReports, and keeps the sums of the epoch under way.

    The sums are added in the order of the steps, in double precision: how the losses were grouped, which depends on time,
    does not show in them.
    """

    def __init__(self, device: torch.device, classes: bool, binary: bool) -> None:
        self._device = device
        self._classes = classes
        self._binary = binary
        self._losses: list[Tensor] = []  # on the device, as are the next two
        self._outputs: list[Tensor] = []
        self._targets: list[Tensor] = []
        self._sizes: list[int] = []
        self._kept = 0
        self._steps_read = 0
        self._read: list[tuple[int, float]] = []  # read from the device, not yet reported
        self._accuracies: list[float] = []
        self._samples_read = 0
        self._norm: Tensor | None = None
        self._phases: dict[str, float] = {}
        self._last_read = -math.inf
        self._next_timing: float | None = None
        self._seconds_read = 0.0
        self.loss_sum = 0.0
        self.right = 0
        self.seen = 0

    def resume_at(self, step: int, seconds: float) -> None:
        """Go on counting from a checkpoint."""
        self._steps_read = step
        self._seconds_read = seconds

    def begin_epoch(self) -> None:
        """Forget the sums: a new epoch."""
        self.loss_sum, self.right, self.seen = 0.0, 0, 0

    @property
    def wants_norm(self) -> bool:
        """Whether the next step's gradient is to be measured: that of the first of every report."""
        return not self._losses and not self._read

    def wants_timing(self, now: float) -> bool:
        """Whether the next step is to be timed: the first of every report; on a GPU, where a timed step waits, now and then.

        There the first steps are not: they load what is still missing on the card, and took 50 times as long as others.
        """
        if not self.wants_norm:
            return False
        if self._device.type != "cuda":
            return True
        is_due = self._next_timing is not None and now >= self._next_timing
        if is_due or self._next_timing is None:
            self._next_timing = now + TIMING_SECONDS
        return is_due

    def note(self, loss: Tensor, outputs: Tensor, targets: Tensor) -> None:
        """One step done. Nothing is read from the device here."""
        self._sizes.append(targets.shape[0])
        self._losses.append(loss.detach())
        if self._classes:
            self._outputs.append(outputs.detach())
            self._targets.append(targets)
            self._kept += outputs.numel()

    def note_measures(self, norm: Tensor | None, timer: StepTimer | None) -> None:
        """Gradient norm and phases of a step, where it has them; a report tells the first it gets."""
        if self._norm is None:
            self._norm = norm
        if timer is not None:
            self._phases = timer.seconds

    def is_due(self, now: float) -> bool:
        """Whether it is time for a report."""
        return now - self._last_read >= REPORT_SECONDS or self._kept > _MOST_KEPT

    @property
    def has_news(self) -> bool:
        """Whether a step has been taken since the last report."""
        return bool(self._losses or self._read)

    def absorb(self) -> None:
        """Read everything kept from the device and add it to the sums; a loss that is not finite ends the reading there.

        Raises NonFiniteLoss for it; what came before it is there for the report.
        """
        if not self._losses:
            return
        losses = torch.stack(self._losses).float().tolist()
        rights = self._right_counts() if self._classes else [0] * len(losses)
        sizes = self._sizes[-len(losses) :]
        first = self._steps_read
        bad = next((number for number, loss in enumerate(losses) if not math.isfinite(loss)), None)
        good = losses if bad is None else losses[:bad]
        for number, loss in enumerate(good):
            self.loss_sum += loss * sizes[number]
            self.right += rights[number]
            self.seen += sizes[number]
            self._read.append((first + number + 1, loss))
            self._samples_read += sizes[number]
            if self._classes:
                self._accuracies.append(rights[number] / sizes[number])
        self._steps_read = first + len(good)
        self._losses, self._outputs, self._targets, self._sizes, self._kept = [], [], [], [], 0
        if bad is not None:
            raise NonFiniteLoss(self._steps_read + 1)

    def report(self, epoch: int, learning_rate: float, seconds: float) -> StepReport | None:
        """Everything since the last report, None where there is nothing. seconds: of training in all, pauses left out."""
        if not self._read:
            return None
        elapsed = seconds - self._seconds_read
        event = StepReport(
            step=self._steps_read,
            epoch=epoch,
            losses=tuple(self._read),
            learning_rate=learning_rate,
            gradient_norm=None if self._norm is None else _finite(float(self._norm)),
            samples_per_second=self._samples_read / elapsed if elapsed > 0 else 0.0,
            phases=self._phases,
            accuracies=tuple(self._accuracies),
            device_memory=self._device_memory(),
        )
        self._read, self._accuracies, self._samples_read = [], [], 0
        self._norm = None
        self._phases = {}
        self._seconds_read = seconds
        self._last_read = perf_counter()
        return event

    def _right_counts(self) -> list[int]:
        """Right answers in each batch; all batches are compared at once, which is cheaper than one by one."""
        predicted = predicted_classes(torch.cat(self._outputs), self._binary)
        hits = (predicted == torch.cat(self._targets)).cpu().numpy()
        starts = np.cumsum([0, *self._sizes[:-1]])
        return [int(count) for count in np.add.reduceat(hits, starts, dtype=np.int64)]

    def _device_memory(self) -> int | None:
        if self._device.type == "cuda":
            return int(torch.cuda.memory_allocated())
        if self._device.type == "mps":
            return int(torch.mps.current_allocated_memory())
        return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
