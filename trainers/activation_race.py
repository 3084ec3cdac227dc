"""A race: the same network, points and batches with up to six activations, as one training. Imports torch, never Qt or the window."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from trainers.activation_lab import (
    FRAMES_PER_SECOND,
    SURFACE_SIDE,
    ActivationChoice,
    LearningRateSet,
    RaceFrame,
    RacePlan,
    RacerChanged,
    RaceStarted,
)
from trainers.activation_lab_checks import check_learning_rate, checked_race, checked_racer
from trainers.activation_race_network import StackedNetwork, StackedOptimizer
from trainers.batches import Batches, Normaliser, Samples
from trainers.errors import BadInput
from trainers.planar_data import EXTENT, make_planar
from trainers.training_plan import DataChoice

_IN_ADVANCE = 1 / 16  # of a frame's time: it comes after the step that was under way when it was due


class Race:
    """All that a race is. Raises BadInput where the plan cannot be."""

    def __init__(self, token: int, plan: RacePlan) -> None:
        self._token = token
        self._plan = plan = checked_race(plan)
        self._split = make_planar(DataChoice(plan.data, samples=plan.samples, noise=plan.noise, seed=plan.data_seed))
        self._is_binary = bool(self._split.classes)
        train, test = (
            Samples(torch.from_numpy(inputs), torch.from_numpy(targets).float().view(-1))
            for inputs, targets in (
                (self._split.train_inputs, self._split.train_targets),
                (self._split.test_inputs, self._split.test_targets),
            )
        )
        self._batches = Batches(train, Normaliser(), plan.seed, augment=False)
        self._position = 0
        self._looked_at = torch.cat([train.inputs, test.inputs, _grid()])
        self._targets = torch.cat([train.targets, test.targets])
        self._train_count = len(train)
        self._network = StackedNetwork(plan, train.inputs.shape[1])
        self._optimizer = StackedOptimizer(plan)
        self._done = 0
        self._losses: list[list[float]] = []  # since the last frame
        self._diverged: list[int | None] = [None] * len(plan.racers)
        self._frame_seconds = 0.0
        self._due = self._told = perf_counter()
        self.set_frames(FRAMES_PER_SECOND)

    def started(self) -> RaceStarted:
        """The first event."""
        train, test = self._split.train_inputs, self._split.test_inputs
        return RaceStarted(
            race=self._token,
            done=self._done,
            plan=self._plan,
            points=np.concatenate([train, test]),
            targets=self._targets.numpy(),
            is_test=np.arange(len(train) + len(test)) >= len(train),
            classes=self._split.classes,
            extent=(-EXTENT, EXTENT, -EXTENT, EXTENT),
            parameters=tuple(self._network.count(racer) for racer in range(len(self._plan.racers))),
            first=self._frame(),
        )

    def take_step(self) -> RaceFrame | None:
        """One optimiser step for all; the frame, where it is time for one."""
        inputs, targets = self._next_batch()
        outputs = self._network(inputs)
        losses = self._losses_of(outputs, targets)
        parameters = self._network.parameters()
        gradients = torch.autograd.grad(losses.sum(), parameters, allow_unused=True)
        self._optimizer.step(parameters, list(gradients))
        self._done += 1
        self._note(losses.tolist())
        now = perf_counter()
        if now < self._due:
            return None
        self._due = max(self._due + self._frame_seconds, now)  # a late frame does not make the next ones late
        return self._frame()

    def report(self) -> RaceFrame | None:
        """The frame that is still owed when the race stands: None where the last one was of this step."""
        return self._frame() if self._losses else None

    def set_frames(self, frames_per_second: float) -> None:
        """From the next one on."""
        self._frame_seconds = (1 - _IN_ADVANCE) / frames_per_second
        self._due = min(self._due, perf_counter() + self._frame_seconds)

    def set_learning_rate(self, value: float) -> LearningRateSet:
        """From the next step on. Raises BadInput."""
        check_learning_rate(value)
        self._optimizer.learning_rate = value
        return LearningRateSet(self._token, self._done, value)

    def change_racer(self, index: int, choice: ActivationChoice) -> RacerChanged:
        """From the next step on. Raises BadInput."""
        count = len(self._plan.racers)
        if not 0 <= index < count:
            raise BadInput(f"There is no racer {index + 1}: there are {count}.")
        choice = checked_racer(choice)
        if self._diverged[index] is not None:
            raise BadInput(
                f"Racer {index + 1} diverged at step {self._diverged[index]:,}, its weights are no numbers any more: reset the race."
            )
        before = self._dead()[index]
        self._network.change(index, choice)
        after = self._dead()[index]
        return RacerChanged(self._token, self._done, index, choice, tuple(before.tolist()), tuple(after.tolist()))

    def _dead(self) -> Tensor:
        return self._network.look(self._looked_at[: self._train_count], self._train_count)[1]

    def _next_batch(self) -> tuple[Tensor, Tensor]:
        size = self._plan.batch_size or self._train_count
        if self._position >= self._train_count:
            self._batches.begin_epoch()
            self._position = 0
        batch = self._batches.take(self._batches.rows(self._position, size))
        self._position += size
        return batch

    def _losses_of(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """(racers, n) and (n,) -> (racers,), the mean of each racer's own."""
        wanted = targets.expand_as(outputs)
        each = F.binary_cross_entropy_with_logits if self._is_binary else F.mse_loss
        return each(outputs, wanted, reduction="none").mean(dim=1)

    def _note(self, losses: list[float]) -> None:
        for racer, loss in enumerate(losses):
            if self._diverged[racer] is None and not math.isfinite(loss):
                self._diverged[racer] = self._done
            if self._diverged[racer] is not None:
                losses[racer] = math.nan
        self._losses.append(losses)

    def _frame(self) -> RaceFrame:
        now = perf_counter()
        outputs, dead = self._network.look(self._looked_at, self._train_count)
        sizes = [self._train_count, len(self._targets) - self._train_count]
        train, test, grid = torch.split(outputs, [*sizes, SURFACE_SIDE**2], 1)
        train_targets, test_targets = torch.split(self._targets, sizes)
        losses, self._losses = self._losses, []
        rate = len(losses) / (now - self._told) if losses else 0.0
        self._told = now
        racers = len(self._plan.racers)
        surfaces = grid.sigmoid() if self._is_binary else grid
        return RaceFrame(
            race=self._token,
            done=self._done,
            learning_rate=self._optimizer.learning_rate,
            losses=np.array(losses, np.float32).reshape(-1, racers),
            surfaces=surfaces.reshape(racers, SURFACE_SIDE, SURFACE_SIDE).numpy(),
            train_loss=self._losses_of(train, train_targets).double().numpy(),
            train_accuracy=self._accuracies(train, train_targets),
            test_loss=self._losses_of(test, test_targets).double().numpy(),
            test_accuracy=self._accuracies(test, test_targets),
            dead=dead.numpy(),
            diverged=tuple(self._diverged),
            steps_per_second=rate,
        )

    def _accuracies(self, outputs: Tensor, targets: Tensor) -> np.ndarray:
        if not self._is_binary:
            return np.full(len(outputs), np.nan)
        right: np.ndarray = ((outputs > 0) == (targets > 0.5)).double().mean(1).numpy()
        right[[step is not None for step in self._diverged]] = np.nan
        return right


def _grid() -> Tensor:
    """float32 (SURFACE_SIDE ** 2, 2), row 0 at y_min."""
    line = torch.linspace(-EXTENT, EXTENT, SURFACE_SIDE)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x.reshape(-1), y.reshape(-1)], dim=1)
