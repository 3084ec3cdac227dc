"""What a warm torch worker has done before a person presses Train: the imports, one throw-away step, torchvision.

Names torch, so the window never imports it; its name is handed to the worker as "trainers.torch_warm_up:stages".
"""

from __future__ import annotations

import importlib
from typing import Literal

import numpy as np

from trainers.warm_up import Stage


def stages() -> list[Stage]:
    """Stages for trainers.warm_up, the most needed first."""
    return [
        ("before", _import_torch),
        ("before", _import_trainer),
        ("step", take_throw_away_step),
        ("beside", _import_torchvision),
    ]


def take_throw_away_step() -> None:
    """Two optimiser steps of LeNet-5 on the CPU, and on the GPU where there is one: they load what torch loads late.

    Cold, a first step took 7 s on a CPU, and on an H200 the first point came after 0.9 to 4.3 s instead of 0.27.
    Draws nothing from the global random state: a run that comes next has the same numbers with and without a warm-up.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        _take_steps("cpu")
        if torch.cuda.is_available():
            _take_steps("cuda")


def _take_steps(device: Literal["cpu", "cuda"]) -> None:
    """As a run takes them: the same layers, memory format, loss and optimiser, and the reading of what it gave."""
    import torch

    from trainers.batches import Normaliser, Samples
    from trainers.network_files import load_network
    from trainers.optimization import loss_function, make_optimizer, probabilities
    from trainers.torch_network import build
    from trainers.training_plan import ClassifierSettings

    model = build(load_network("lenet5")).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = make_optimizer(ClassifierSettings(), list(model.parameters()))
    blank = np.zeros((8, 1, 28, 28), np.uint8)
    samples = Samples.of(blank, np.zeros(8, np.int64), torch.device(device), binary=False)
    normalise = Normaliser.of(samples.inputs)
    rows = torch.arange(8, device=device)
    for _ in range(2):
        inputs = normalise(samples.inputs.index_select(0, rows))
        outputs = model(inputs)
        loss = loss_function("auto", "classification", binary=False)(outputs, samples.targets.index_select(0, rows))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None])
        optimizer.step()
        torch.stack([loss.detach()]).tolist()
    with torch.inference_mode():
        probabilities(model(inputs), binary=False).cpu()


def _import_torch() -> None:
    importlib.import_module("torch")
    importlib.import_module("torch._dynamo")  # an optimiser's first step imports it


def _import_trainer() -> None:
    importlib.import_module("trainers.classifier")


def _import_torchvision() -> None:
    importlib.import_module("torchvision")
