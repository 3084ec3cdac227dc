"""A run in memory: model, optimiser, batches, settings and where it stands; saving, restoring, measuring. Imports torch."""

from __future__ import annotations

import math
import os
from collections.abc import Generator
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter

import msgspec
import torch
from torch import Tensor, nn

from trainers.batches import Batches, Normaliser, Samples
from trainers.checkpoints import Checkpoint, save_checkpoint, thin_out
from trainers.data_split import DataSplit
from trainers.devices import missing_device
from trainers.errors import BadInput
from trainers.evaluation import Score, evaluate
from trainers.events import AnyEvent, CheckpointSaved, Progress, RunStarted, ValueRefused
from trainers.journal import Journal, StepTimer
from trainers.layer_catalog import analyse
from trainers.network_inside import InsideView
from trainers.optimization import (
    add_l1_gradient,
    adjust_optimizer,
    is_binary,
    learning_rate_at,
    loss_function,
    make_optimizer,
    set_learning_rate,
)
from trainers.pictures import Pictures
from trainers.run_resuming import checkpoint_of, restore_run, take_weights
from trainers.run_store import RunStore, belongs_to_run, checkpoint_name, latest_checkpoint
from trainers.torch_network import build
from trainers.training_plan import ClassifierSettings, TrainingPlan
from trainers.training_step import RecordedStep, StepResult, record_on_gpu, take_step
from trainers.weight_setting import set_weight


class TrainingRun:
    """Everything that the recipe in trainers.classifier works with. Raises BadInput, with nothing written, if it cannot be."""

    def __init__(self, plan: TrainingPlan, split: DataSplit, resumed: Checkpoint | None = None) -> None:
        """resumed: the checkpoint to go on from; `plan` is then what run_resuming.resumed_plan made of it."""
        self.plan = plan
        self.settings: ClassifierSettings = plan.settings
        self.device = choose_device(plan.settings.device)
        torch.set_num_threads(plan.settings.threads or available_cores())
        torch.manual_seed(plan.settings.seed)
        self.model: nn.Module = build(plan.network)
        if plan.weights is not None and resumed is None:
            take_weights(self.model, plan.weights)
        self.model.to(self.device)
        self._move_to_data(split)
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        if not self.parameters:
            raise BadInput(
                f"The network {plan.network.title or plan.network.name} has no weights to train: add a dense or convolution layer."
            )
        self.optimizer = make_optimizer(self.settings, self.parameters)
        self.step, self.epoch, self.position = 0, 0, 0
        self.seconds = 0.0
        self.tested_step, self.test_score = -1, Score(float("nan"), None)
        self.saved_step = -1
        self.is_stopping = self._has_complained = self.has_new_weights = False
        self.learning_rate = self.settings.learning_rate
        self.chance = torch.get_rng_state()
        self._half = _half_precision(self.device)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.settings.amp and self._half is torch.float16)
        self.checks_every_step = self.device.type == "cpu"  # elsewhere reading a loss makes everything wait
        self.step_record = self._new_record()
        self.store: RunStore | None = None
        if resumed:
            restore_run(self, resumed, Path(str(plan.resume)))
        if plan.runs_folder and resumed and belongs_to_run(Path(str(plan.resume))):
            self.store = RunStore.reopen(Path(str(plan.resume)), self.step)
            self.saved_step = self.step
        elif plan.runs_folder:
            self.store = RunStore.create(plan)

    def _move_to_data(self, split: DataSplit) -> None:
        """The data on the device, and what follows from them: loss, normalisation, batches, pictures."""
        outputs = self._outputs()
        self.classes = split.classes
        self.binary = is_binary(split.task, outputs, len(split.classes))
        self.task = split.task
        self.train = Samples.of(split.train_inputs, split.train_targets, self.device, self.binary)
        self.test = Samples.of(split.test_inputs, split.test_targets, self.device, self.binary)
        self.normalise = Normaliser.of(self.train.inputs)
        if self.normalise.is_image:
            self.model.to(memory_format=torch.channels_last)
        self.loss_function = loss_function(self.settings.loss, self.task, self.binary)
        self.batches = Batches(self.train, self.normalise, self.settings.seed, self.plan.data.augment)
        self.journal = Journal(self.device, bool(self.classes), self.binary)
        self.pictures = (
            Pictures(self.model, self.train, self.test, self.normalise, len(self.classes), self.binary)
            if self.plan.pictures
            else None
        )
        self.inside = InsideView(self.model, self.train, self.test, self.normalise, len(self.classes), self.binary)
        self._needs_pairs = any(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in self.model.modules())
        if self._needs_pairs:
            self.refuse_batch_of_one(self.settings)

    def _outputs(self) -> int:
        """Numbers that the network gives for one sample."""
        return math.prod(analyse(self.plan.network).output_shape)

    def started(self) -> RunStarted:
        """The first event."""
        return RunStarted(
            run=self.store.run if self.store else "",
            network=self.plan.network.name,
            data=self.plan.data.name,
            settings=msgspec.structs.asdict(self.settings),
            device=self.device.type,
            threads=torch.get_num_threads(),
            parameters=sum(parameter.numel() for parameter in self.parameters),
            step=self.step,
            epoch=self.epoch,
            train_samples=len(self.train),
            test_samples=len(self.test),
            classes=self.classes,
        )

    # One step, in the order of the recipe.

    def begin_step(self) -> StepTimer | None:
        """Set this step's learning rate; a timer where the step is one of those measured."""
        self._step_began = perf_counter()
        share = (self.epoch * len(self.train) + self.position) / (self.settings.epochs * len(self.train))
        self.learning_rate = learning_rate_at(self.settings, share)
        set_learning_rate(self.optimizer, self.learning_rate)
        return StepTimer(self.device) if self.journal.wants_timing(self._step_began) else None

    def next_rows(self) -> Tensor:
        """The next samples of the epoch. One sample alone is never left over for a batch normalisation."""
        count = min(self.settings.batch_size, len(self.train) - self.position)
        if self._needs_pairs and len(self.train) - self.position - count == 1:
            count += 1
        self._count = count
        return self.batches.rows(self.position, count)

    def replayed(self, rows: Tensor, timer: StepTimer | None) -> StepResult | None:
        """The step, replayed from its record; None where it has to be taken as it stands, as one whose phases are timed."""
        if timer is not None:
            return None
        return self.step_record.take(rows, self._count == self.settings.batch_size, self._measured_step)

    def taken(self, rows: Tensor, timer: StepTimer | None) -> StepResult:
        """The step, taken as it stands."""
        done = take_step(self, rows, timer, self.journal.wants_norm)
        self.step_record.note_taken(timer)
        return done

    def _measured_step(self, rows: Tensor) -> StepResult:
        return take_step(self, rows, None, is_measured=True)

    def forward(self, inputs: Tensor) -> Tensor:
        """The network's outputs in training, its chance (dropout) drawn from the run's own generator: nobody else's draws
        between two steps change it. The swap costs 1.2 microseconds."""
        torch.set_rng_state(self.chance)
        with torch.autocast(self.device.type, self._half) if self.settings.amp and self._half else nullcontext():
            outputs: Tensor = self.model(inputs)
        self.chance = torch.get_rng_state()
        return outputs.float()

    def forget_gradients(self) -> None:
        """As optimizer.zero_grad(), without its profiling marks: they took a twentieth of a toy network's step."""
        for parameter in self.parameters:
            parameter.grad = None

    def tame_gradients(self, is_measured: bool) -> Tensor | None:
        """L1 penalty and clipping; the L2 norm of the gradient before clipping where it was clipped or is measured."""
        settings = self.settings
        if self.scaler.is_enabled():
            self.scaler.unscale_(self.optimizer)
        if settings.l1:
            add_l1_gradient(self.parameters, settings.l1)
        if settings.clip_norm:
            return nn.utils.clip_grad_norm_(self.parameters, settings.clip_norm)
        if is_measured:
            return nn.utils.get_total_norm(
                [parameter.grad for parameter in self.parameters if parameter.grad is not None]
            )
        return None

    def end_step(self, done: StepResult, timer: StepTimer | None) -> None:
        """Count the step and note what it gave."""
        self.step += 1
        self.position += self._count
        self.journal.note(done.loss, done.outputs, done.targets)
        self.journal.note_measures(done.norm, timer)
        self.seconds += perf_counter() - self._step_began

    def report(self, is_wanted: bool = False) -> AnyEvent | None:
        """A StepReport where one is due or wanted (and at every epoch's end), else None."""
        if not self.journal.has_news:
            return None
        if is_wanted or self.position >= len(self.train) or self.journal.is_due(perf_counter()):
            began = perf_counter()
            self.journal.absorb()  # on a GPU this waits for the steps, so it counts as theirs
            self.seconds += perf_counter() - began
            return self.journal.report(self.epoch, self.learning_rate, self.seconds)
        return None

    # Between steps.

    def begin_epoch(self) -> None:
        """All samples have been seen: on to the next order."""
        self.epoch += 1
        self.position = 0
        self.journal.begin_epoch()
        self.batches.begin_epoch()

    def scoring(self, samples: Samples, title: str) -> Generator[Progress, None, Score]:
        """Loss and accuracy over a whole set."""
        return evaluate(self.model, samples, self.normalise, self.loss_function, len(self.classes), self.binary, title)

    def recorded(self, event: AnyEvent | None) -> AnyEvent | None:
        """The event itself, after its metrics have been kept."""
        if event is not None and self.store is not None:
            self.store.record(event, self.plan)
        return event

    def trouble(self) -> ValueRefused | None:
        """Once, where the metrics cannot be kept: the sentence for a person. The run goes on."""
        if self.store is None or self.store.trouble is None or self._has_complained:
            return None
        self._has_complained = True
        return ValueRefused(self.step, "metrics", self.store.trouble)

    def note_test(self, score: Score) -> None:
        """Keep the test set's score for the last event and the pictures."""
        self.tested_step, self.test_score = self.step, score
        if self.pictures:
            self.pictures.note_confusion(self.step, score.confusion)

    def change(self, settings: ClassifierSettings) -> None:
        """Take over settings that have been checked."""
        old, self.settings = self.settings, settings
        self.step_record.forget()
        self.loss_function = loss_function(settings.loss, self.task, self.binary)
        if settings.optimizer != old.optimizer:
            self.optimizer = make_optimizer(settings, self.parameters)
        else:
            adjust_optimizer(self.optimizer, settings)
        if settings.amp != old.amp and self._half is torch.float16:
            self.scaler = torch.amp.GradScaler(self.device.type, enabled=settings.amp)
            self.step_record = self._new_record()

    def _new_record(self) -> RecordedStep:
        """Loss scaling and augmentation ask the host in every step: with them none is recorded."""
        may_record = self.device.type == "cuda" and not self.scaler.is_enabled() and not self.batches.augment
        return RecordedStep(record_on_gpu if may_record else None, self.parameters)

    def set_weight(self, name: str, index: tuple[int, ...], value: float) -> float:
        """Change one number of a parameter; the value as it is kept. Raises BadInput. The score and the checkpoint of this step
        no longer hold."""
        kept = set_weight(self.model, name, index, value)
        self.saved_step = self.tested_step = -1
        self.has_new_weights = True
        return kept

    def refuse_batch_of_one(self, settings: ClassifierSettings) -> None:
        """Raise BadInput where a batch normalisation would get one sample alone."""
        if self._needs_pairs and (settings.batch_size < 2 or len(self.train) < 2):
            raise BadInput("Batch normalisation needs at least 2 samples in a batch: take a larger batch size.")

    @property
    def can_resume(self) -> bool:
        """Whether a checkpoint is there to go on from."""
        return self.store is not None and latest_checkpoint(self.store.folder) is not None

    def save(self) -> CheckpointSaved | None:
        """Write a checkpoint; None where nothing is kept. Raises OSError, and then earlier ones stay as they are; else see thin_out."""
        self.has_new_weights = False
        if self.store is None:
            return None
        self.journal.absorb()
        folder = self.store.checkpoints / checkpoint_name(self.step)
        save_checkpoint(folder, checkpoint_of(self))
        thin_out(folder)
        self.saved_step = self.step
        return CheckpointSaved(self.step, str(folder))

    def close(self) -> None:
        """Let go of the run's files."""
        if self.store:
            self.store.close()


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choose_device(name: str) -> torch.device:
    """The device of the settings; auto takes the best there is. Raises BadInput for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if there[kind])
    if not there[name]:
        has = " and ".join(kind for kind, is_there in there.items() if is_there)
        raise missing_device(name, f"PyTorch finds {has} on this machine")
    return torch.device(name)


def _half_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type for mixed precision: bfloat16 needs no loss scaling, older GPUs have float16 only; None on a CPU."""
    if device.type != "cuda":
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
