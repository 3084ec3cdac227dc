"""What the window and the activation lab's job say to each other: questions about depth, a race, commands, events. Plain data.

The job is `trainers.activation_lab_job:run(LabPlan)`: one worker answers questions about depth and drives a race, in turn.
Imports neither torch nor Qt. Ranges are checked by trainers.activation_lab_checks, which says what is wrong in one sentence.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from trainers.network_graph import Parameter

MOST_LAYERS = 50
MOST_WIDTH = 512
MOST_SIGNALS = 1024
MOST_RACERS = 6
FRAMES_PER_SECOND = 30  # of a race that runs
SURFACE_SIDE = 48  # points of a race's decision surfaces in each direction

Initialisation = Literal["xavier", "he", "lecun", "orthogonal", "normal"]
INITIALISATIONS: tuple[Initialisation, ...] = ("xavier", "he", "lecun", "orthogonal", "normal")
Span = Literal["layer", "shared"] | tuple[float, float]


class ActivationChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An activation and its parameters, as in a network's layer: kind is a key of LAYER_KINDS whose function is element-wise
    (those of activation_catalog, identity, what is typed or drawn), or "step" (1 from 0 on, else 0; its gradient is 0), "sine"
    (parameter omega: sin omega x), or "maxout" (parameter pieces, 2 to 4).

    What is left out takes its default; the slope of leaky_relu is then 0.1, as in the lecture. prelu begins with its `init` and
    learns in a race only; rrelu has the mean of its slopes, in both views, so that nothing is left to chance.
    """

    kind: str
    parameters: dict[str, Parameter] = {}


# --- depth --------------------------------------------------------------------------------------------------------------


class DepthQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a signal on its way through `layers` dense layers of `width` units, and of a gradient on its way back.

    source: "signal", numbers of mean 0 and variance 1, as many as the layers are wide; "digits": the first of the bundled digits,
    standardised over all their pixels, 784 numbers each, so that the first layer has 784 inputs. signals: how many of them.
    initialisation, as torch.nn.init draws it, with biases 0: "xavier" (Glorot normal: gain · √(2/(fan_in + fan_out))), "he"
    (√(2/fan_in)), "lecun" (√(1/fan_in)), "orthogonal" (times gain), "normal" (standard deviation `deviation`). gain concerns xavier
    and orthogonal alone. saturation: a number is saturated where |f'| is below it. bins: of each histogram. The spans are what the
    histograms reach over: "layer" (each layer from its least to its greatest number), "shared" (the same for all), or (low, high).
    weight_gradients: whether their norms are wanted too; that takes half as long again.
    """

    activation: ActivationChoice = ActivationChoice("tanh")
    initialisation: Initialisation = "xavier"
    gain: float = 1.0
    deviation: float = 0.05
    layers: int = 20
    width: int = 256
    signals: int = 256
    source: Literal["signal", "digits"] = "signal"
    seed: int = 0
    saturation: float = 0.01
    bins: int = 64
    activation_span: Span = "layer"
    gradient_span: Span = "layer"
    weight_gradients: bool = False


class LayerFigures(msgspec.Struct, frozen=True):
    """Numbers at each station: row 0 is the signal itself, row l the output of layer l (layers + 1 rows), over all units and signals.

    counts: int32 (rows, bins); spans: float64 (rows, 2), the lower edge of the first bin and the upper edge of the last, both
    inside; what lies outside is in no bin. mean, variance (over all, divided by their number): float64 (rows,), exact below and
    above what single precision can square; NaN where no number is finite. non_finite: int64 (rows,), how many numbers are NaN
    or infinite; they are left out of all else.
    """

    counts: np.ndarray
    spans: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    non_finite: np.ndarray


class LabCommand(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what the window sends. `token` comes back with the answer."""

    token: int


class LabEvent(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what the job yields. None of them bears a `step`: a driver that counts must not run ahead of a race begun anew."""


class AskDepth(LabCommand, frozen=True, tag=True):
    """Answered by `DepthAnswer` or `LabRefused`."""

    question: DepthQuestion


class DepthAnswer(LabEvent, frozen=True, tag=True):
    """activations: what goes forward. gradients: of a loss whose gradient at the last layer's output is drawn with mean 0 and
    variance 1: row l is the gradient with respect to the numbers of row l of the activations, so the last row is what was put in.

    between: float64 (layers + 1,), how far the signals differ at each station: the root of the variance over the signals, in the mean
    over the units (what units differ by whatever the signal is no part of it); NaN where a number is not finite.
    dead: float64 (layers,), share of units whose derivative is 0 for every signal, so that no gradient reaches their weights
    (a ReLU: silent for all; a step: always; Maxout: never). saturated: float64 (layers,), share of numbers with |f'| below the
    question's threshold (Maxout: none, one of its lines always passes). weight_gradient_norms: float64 (layers,), Frobenius norm of the
    gradient of each layer's weights, summed over the signals; None where not asked for. seconds: that the worker took.
    """

    token: int
    question: DepthQuestion
    activations: LayerFigures
    gradients: LayerFigures
    between: np.ndarray
    dead: np.ndarray
    saturated: np.ndarray
    weight_gradient_norms: np.ndarray | None
    seconds: float


# --- race ---------------------------------------------------------------------------------------------------------------


class RacePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to six networks that differ in their activation alone: same points, same first weights, same batches, one training.

    data: a two-dimensional set of trainers.planar_data; samples, noise, data_seed: as in DataChoice (a fifth is the test set).
    hidden: width of each hidden layer; one output follows. initialisation: as in DepthQuestion, gain 1; "normal" has deviation
    0.5; biases begin at 0. Maxout has two pieces here: its first has the weights that all others have. batch_size: 0 takes all
    training points in each step. momentum: of SGD. seed: of weights and batches.
    """

    racers: tuple[ActivationChoice, ...]
    data: str = "spiral"
    samples: int = 500
    noise: float = 0.1
    data_seed: int = 0
    hidden: tuple[int, ...] = (16, 16)
    initialisation: Initialisation = "he"
    optimizer: Literal["sgd", "adam"] = "sgd"
    learning_rate: float = 0.05
    momentum: float = 0.9
    batch_size: int = 64
    seed: int = 0


class StartRace(LabCommand, frozen=True, tag=True):
    """A race at step 0, in place of the one before; its steps are taken while the driver lets the job run.

    Answered by `RaceStarted`, whose `race` is this token, or by `LabRefused`.
    """

    plan: RacePlan


class SetLearningRate(LabCommand, frozen=True, tag=True):
    """From the next step on. Answered by `LearningRateSet` or `LabRefused`."""

    learning_rate: float


class ChangeRacer(LabCommand, frozen=True, tag=True):
    """Another activation for racer `index` from the next step on: weights, momentum and losses go on as they are.

    Answered by `RacerChanged` or `LabRefused` (also where it has diverged: its weights are no numbers any more).
    """

    index: int
    activation: ActivationChoice


class SetFrames(LabCommand, frozen=True, tag=True):
    """How often a race that runs shows itself, this one and those that follow. Not answered."""

    frames_per_second: float


class RaceEvent(LabEvent, frozen=True, tag=True):
    """race: the token of its StartRace; done: optimiser steps taken so far."""

    race: int
    done: int


class RaceFrame(RaceEvent, frozen=True, tag=True):
    """How the racers stand at step `done`, about 30 times a second (see SetFrames) while they run, and whenever they stand.

    losses: float32 (steps, racers), of every step since the last frame, each on its own batch before the step; the first row is
    step `done` - steps + 1; NaN from the step at which a racer diverged. The losses of all frames in turn are those of all steps.
    surfaces: float32 (racers, side, side), P(class 1), or the value for a regression, over `RaceStarted.extent`, row 0 at y_min.
    train_loss, train_accuracy, test_loss, test_accuracy: float64 (racers,), over the whole sets; accuracies are NaN for a regression.
    dead: int32 (racers, hidden layers), units whose derivative is 0 for every training point: no gradient reaches their weights,
    whatever the loss. (Where the derivative is not 0 a unit counts as alive, even if all units behind it are dead.)
    diverged: for each racer the step whose loss was the first that is not finite, or None; it stays out of the race from there on.
    steps_per_second: since the last frame, 0 for the first one.
    """

    learning_rate: float
    losses: np.ndarray
    surfaces: np.ndarray
    train_loss: np.ndarray
    train_accuracy: np.ndarray
    test_loss: np.ndarray
    test_accuracy: np.ndarray
    dead: np.ndarray
    diverged: tuple[int | None, ...]
    steps_per_second: float


class RaceStarted(RaceEvent, frozen=True, tag=True):
    """First event of a race. first: its frame at step 0, without losses.

    points: float32 (n, 2); targets: float32 (n,), class 0 or 1, or the value; is_test: bool (n,). classes: their names, empty for a
    regression. extent: x_min, x_max, y_min, y_max of the surfaces, whose outermost points lie on it. parameters: numbers that each
    racer trains.
    """

    plan: RacePlan
    points: np.ndarray
    targets: np.ndarray
    is_test: np.ndarray
    classes: tuple[str, ...]
    extent: tuple[float, float, float, float]
    parameters: tuple[int, ...]
    first: RaceFrame


class LearningRateSet(RaceEvent, frozen=True, tag=True):
    """In effect from the step after `done` on."""

    learning_rate: float


class RacerChanged(RaceEvent, frozen=True, tag=True):
    """In effect from the step after `done` on. dead_before, dead_after: as in a frame, of this racer, (hidden layers,)."""

    index: int
    activation: ActivationChoice
    dead_before: tuple[int, ...]
    dead_after: tuple[int, ...]


# --- the job ------------------------------------------------------------------------------------------------------------


class LabPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """threads, depth_threads: that torch takes for a race, for a question about depth. niceness: how far a race gives way to others, as in `nice`; 0: not at all. flushes_denormals:
    whether numbers below 1.2e-38 count as 0 (in all threads of the job)."""

    threads: int = 1
    depth_threads: int = 1
    niceness: int = 0
    flushes_denormals: bool = False


class LabStarted(LabEvent, frozen=True, tag=True):
    """First event."""

    threads: int


class LabRefused(LabEvent, frozen=True, tag=True):
    """A command that cannot be; `reason` is one sentence, and nothing changed."""

    token: int
    reason: str


AnyLabCommand = AskDepth | StartRace | SetLearningRate | ChangeRacer | SetFrames
AnyRaceEvent = RaceStarted | RaceFrame | LearningRateSet | RacerChanged
AnyLabEvent = LabStarted | DepthAnswer | LabRefused | AnyRaceEvent
