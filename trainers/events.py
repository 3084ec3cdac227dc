"""What a job yields: frozen structs of floats, tuples, strings and numpy arrays; never a tensor, never a callback. Plain data.

Metrics (RunStarted, StepReport, EpochReport, CheckpointSaved, RunFinished, RunFailed) are never dropped or merged; display
frames (`Snapshot`, `NetworkInside`, and only the newest of each kind) may be.
"""

from __future__ import annotations

import msgspec
import numpy as np

from trainers.commands import Scalar


class Event(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of all events; the class's name stands under `type` in JSON."""


class RunStarted(Event, frozen=True, tag=True):
    """First event of every run, also of a resumed one."""

    run: str  # the run's id: the name of its folder, or "" where nothing is kept
    network: str  # the graph's name
    data: str  # catalogue name or path
    settings: dict[str, Scalar]
    device: str  # "cpu", "cuda", "mps"
    threads: int
    parameters: int  # number of trainable parameters
    step: int = 0  # the step the run goes on from (0 for a new one)
    epoch: int = 0
    train_samples: int = 0
    test_samples: int = 0
    classes: tuple[str, ...] = ()  # empty for regression


class StepReport(Event, frozen=True, tag=True):
    """Every (step, loss) since the last report, read from the device at most 30 times a second.

    step: optimiser steps done; epoch: 0-based epoch under way; accuracies: share of right answers in each batch of `losses`,
    in their order (empty for regression); learning_rate: of the last step; gradient_norm: L2 norm over all parameters,
    before clipping, None where not sampled; samples_per_second: since the last report; phases: mean seconds per sampled step
    under "data", "forward", "backward", "optimizer" (empty where not sampled); device_memory: bytes (None where unknown).
    """

    step: int
    epoch: int
    losses: tuple[tuple[int, float], ...]
    learning_rate: float
    gradient_norm: float | None
    samples_per_second: float
    phases: dict[str, float]
    accuracies: tuple[float, ...] = ()
    device_memory: int | None = None


class EpochReport(Event, frozen=True, tag=True):
    """End of an epoch (1-based `epoch`); epoch 0 is the untrained network, scored on at most 1,000 samples of either set.

    Train figures are means over the epoch's steps, as the network stood then. Accuracies are shares, None for regression.
    """

    epoch: int
    train_loss: float
    train_accuracy: float | None
    test_loss: float
    test_accuracy: float | None
    step: int = 0


class Snapshot(Event, frozen=True, tag=True):
    """Pictures of the network as it stands at `step`; None where not asked for or not meant for this data.

    surface: float32 (rows, columns) network output over `surface_extent` (x_min, x_max, y_min, y_max), row 0 at y_min:
      for two classes P(class 1); for more classes (classes, rows, columns) probabilities; for regression the value.
    sample_index: int32 (n,) into the test set; predicted, wanted: int32 (n,); confidence: float32 (n,) of the prediction;
      images: uint8 (n, channels, height, width), sent once a run, None later.
    confusion: int64 (classes, classes), row wanted, column predicted, over the whole test set at `confusion_step`.
    points: float32 (n, 2); point_targets: float32 (n,); point_is_test: bool (n,): 2-D data, sent once a run, None later.
    """

    step: int
    surface: np.ndarray | None = None
    surface_extent: tuple[float, float, float, float] | None = None
    sample_index: np.ndarray | None = None
    predicted: np.ndarray | None = None
    wanted: np.ndarray | None = None
    confidence: np.ndarray | None = None
    images: np.ndarray | None = None
    confusion: np.ndarray | None = None
    confusion_step: int | None = None
    points: np.ndarray | None = None
    point_targets: np.ndarray | None = None
    point_is_test: np.ndarray | None = None


class NetworkInside(Event, frozen=True, tag=True):
    """What is within the network after `step`, for one sample; only what was asked for by `WatchNetwork`, all of it float32.

    sample: its number in the test set of `samples`, None where it was drawn; inputs: the sample in the data's own range (images
    0 to 1); wanted: its class or value, None where it was drawn or is many numbers; outputs: what the network says to it, as in
    `Prediction`. weights, gradients: by parameter as in the state dict, gradients as the optimiser took them in the last step
    (none before the first). gradient_norms: L2, of every layer with parameters. gradient_samples: None, or where no step has left
    any (before a run, and after it), the number of training samples, from the first one on, over whose mean loss they were found, in
    training mode. activations: by layer, its output for the sample
    without the batch, in evaluation mode. summaries: by layer (mean, mean of magnitudes, share that rests or is saturated).
    responses: by layer (neurons, rows, columns) over `extent` (x_min, x_max, y_min, y_max), row 0 at y_min.
    whole_shapes: of what was too large, by parameter or layer: the first rows and channels are sent, maps are thinned.
    """

    step: int
    sample: int | None
    samples: int
    inputs: np.ndarray
    outputs: np.ndarray
    wanted: float | None = None
    weights: dict[str, np.ndarray] = {}
    gradients: dict[str, np.ndarray] = {}
    gradient_norms: dict[str, float] = {}
    gradient_samples: int | None = None
    activations: dict[str, np.ndarray] = {}
    summaries: dict[str, tuple[float, float, float]] = {}
    responses: dict[str, np.ndarray] = {}
    extent: tuple[float, float, float, float] | None = None
    whole_shapes: dict[str, tuple[int, ...]] = {}


class Prediction(Event, frozen=True, tag=True):
    """Answer to `Predict`. outputs: float32 (classes,) probabilities, or (outputs,) values for regression."""

    step: int
    token: int
    outputs: np.ndarray


class ValueSet(Event, frozen=True, tag=True):
    """A `SetValue` is in effect from the step after `step` on."""

    step: int
    name: str
    value: Scalar


class ValueRefused(Event, frozen=True, tag=True):
    """A `SetValue` that cannot be; `reason` is one sentence, and nothing changed. Also, under the name "checkpoint", "metrics"
    or "inputs", what else could not be done while the run goes on."""

    step: int
    name: str
    reason: str


class CheckpointSaved(Event, frozen=True, tag=True):
    """The checkpoint folder `path` is complete on disk."""

    step: int
    path: str


class RunFinished(Event, frozen=True, tag=True):
    """Last event of a run that reached its end or was stopped. steps_per_second and seconds: training alone, pauses left out."""

    step: int
    test_loss: float
    test_accuracy: float | None
    steps_per_second: float
    seconds: float


class RunFailed(Event, frozen=True, tag=True):
    """Last event of a run that could not go on. `reason` is one sentence; `can_resume`: a checkpoint is there to go on from."""

    step: int
    reason: str
    can_resume: bool


class Progress(Event, frozen=True, tag=True):
    """How far a long preparation (a download, decoding) has come. done, total in `unit`; total None where unknown."""

    title: str
    done: float
    total: float | None
    unit: str


AnyEvent = (
    RunStarted
    | StepReport
    | EpochReport
    | Snapshot
    | NetworkInside
    | Prediction
    | ValueSet
    | ValueRefused
    | CheckpointSaved
    | RunFinished
    | RunFailed
    | Progress
)
