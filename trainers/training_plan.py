"""TrainingPlan: everything that decides a run's numbers, as one JSON-able struct. Plain msgspec; imports no torch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from trainers.network_graph import NetworkGraph

SCHEMA = 1


def _about(title: str, pytorch: str, tooltip: str, unit: str = "", **limits: Any) -> Meta:
    """Meta with what a form shows: title, unit, tooltip, and the PyTorch line, with {value} where the value goes."""
    return Meta(title=title, description=tooltip, extra={"unit": unit, "pytorch": pytorch}, **limits)


class DataChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which data, and how they are made or read. Fields that do not concern a data set are ignored by it."""

    name: str  # a catalogue name, or the path of a folder of images or of a CSV
    directory: str | None = None  # where downloaded data lie; None: user_folders.fetched_data_folder()
    label: str | None = None  # CSV: the label column; None: the last one
    download: bool = False  # whether somebody agreed to fetch it
    samples: Annotated[int, Meta(ge=20, le=100_000)] = 500  # two-dimensional data: points in all
    noise: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.1  # two-dimensional data: 0 none, 1 all but lost
    test_share: Annotated[float, Meta(gt=0.0, lt=1.0)] = 0.2
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0  # of the points and of the split (never of `digits`, MNIST ...)
    augment: bool = False  # images: small shifts and turns, on tensors


class ClassifierSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hyperparameters of trainers.classifier; every one but seed, device, threads changes while it runs."""

    epochs: Annotated[
        int,
        _about(
            "Epochs",
            "for epoch in range({value}):",
            "How often the network sees every training sample.",
            ge=1,
            le=100_000,
        ),
    ] = 10
    batch_size: Annotated[
        int,
        _about(
            "Batch size",
            "DataLoader(train, batch_size={value}, shuffle=True)",
            "Samples per optimiser step.",
            unit="samples",
            ge=1,
            le=65_536,
        ),
    ] = 64
    learning_rate: Annotated[
        float, _about("Learning rate", "lr={value}", "How far one step goes along the gradient.", gt=0.0, le=100.0)
    ] = 1e-3
    optimizer: Annotated[
        Literal["sgd", "adam", "adamw", "rmsprop"],
        _about(
            "Optimiser",
            "torch.optim.{value}(model.parameters(), lr={learning_rate})",
            "The rule that turns gradients into steps.",
        ),
    ] = "adam"
    momentum: Annotated[
        float, _about("Momentum", "momentum={value}", "How much of the last step SGD and RMSprop keep.", ge=0.0, lt=1.0)
    ] = 0.9
    schedule: Annotated[
        Literal["constant", "step", "cosine", "one_cycle", "exponential"],
        _about("Schedule", "{value}", "How the learning rate changes over the run."),
    ] = "cosine"  # LeNet-5, 10 epochs of 9,997 MNIST digits: 0.980 of the test digits right, constant 0.977; three seeds' means
    weight_decay: Annotated[
        float,
        _about(
            "Weight decay (L2)",
            "weight_decay={value}",
            "Pulls every weight towards zero, in proportion to it.",
            ge=0.0,
            le=10.0,
        ),
    ] = 0.0
    l1: Annotated[
        float,
        _about(
            "L1 penalty",
            "loss = loss + {value} * sum(p.abs().sum() for p in model.parameters())",
            "Pulls every weight towards zero by the same amount: many become zero.",
            ge=0.0,
            le=10.0,
        ),
    ] = 0.0
    clip_norm: Annotated[
        float,
        _about(
            "Gradient clipping",
            "torch.nn.utils.clip_grad_norm_(model.parameters(), {value})",
            "Longest gradient that a step may use; 0 does not clip.",
            ge=0.0,
            le=1e6,
        ),
    ] = 0.0
    loss: Annotated[
        Literal["auto", "cross_entropy", "mse", "l1", "huber"],
        _about(
            "Loss",
            "{value}",
            "What is made small; auto takes cross-entropy for classes and the squared error for numbers.",
        ),
    ] = "auto"
    seed: Annotated[
        int,
        _about(
            "Seed", "torch.manual_seed({value})", "Same seed, same start, same order of samples.", ge=0, le=2**31 - 1
        ),
    ] = 0
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"], _about("Device", 'model.to("{value}")', "Where the arithmetic is done.")
    ] = "auto"
    threads: Annotated[
        int,
        _about(
            "CPU threads",
            "torch.set_num_threads({value})",
            "Cores that PyTorch uses; 0 leaves one for the window, or takes all without one.",
            ge=0,
            le=256,
        ),
    ] = 0
    amp: Annotated[
        bool,
        _about(
            "Mixed precision",
            'torch.autocast("cuda", enabled={value})',
            "Half precision where it is safe: faster on a GPU, no use on a CPU.",
        ),
    ] = False
    checkpoint_every: Annotated[
        int,
        _about(
            "Checkpoint every",
            "torch.save(model.state_dict(), path)",
            "Epochs between two checkpoints; 0 keeps only the first and the last. Of more than 128 every second older one goes.",
            unit="epochs",
            ge=0,
            le=100_000,
        ),
    ] = 1


class TrainingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `trainers.classifier:train` takes. The thread count in it is the one used: the driver fills in `settings.threads`.

    runs_folder: where the run's folder and runs.sqlite go; None keeps nothing on disk. resume: a checkpoint folder to go on
    from. weights: a state dict's file to begin with, matched by name and shape; ignored on resuming. pictures: whether Snapshots are made (the headless command needs none).
    """

    network: NetworkGraph
    data: DataChoice
    settings: ClassifierSettings = ClassifierSettings()
    runs_folder: str | None = None
    resume: str | None = None
    pictures: bool = False
    weights: str | None = None
    schema: int = SCHEMA


class AnswerPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `trainers.classifier:answer` takes: a finished run's checkpoint folder, its data and its network."""

    checkpoint: str
    data: DataChoice
    network: NetworkGraph
    schema: int = SCHEMA
