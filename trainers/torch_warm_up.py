"""What a warm torch worker has done before a person presses Train: the imports, one throw-away step, torchvision.

Names torch, so the window never imports it; its name is handed to the worker as "trainers.torch_warm_up:stages".
"""

from __future__ import annotations

import importlib

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
    """One optimiser step of a small convolutional net: it loads what torch loads late (cold, a first step took 7 s).

    Draws nothing from the global random state: a run that comes next has the same numbers with and without a warm-up.
    """
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        net = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(6 * 14 * 14, 10)
        )
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        loss = nn.functional.cross_entropy(net(torch.zeros(8, 1, 28, 28)), torch.zeros(8, dtype=torch.int64))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        loss.item()


def _import_torch() -> None:
    importlib.import_module("torch")
    importlib.import_module("torch._dynamo")  # an optimiser's first step imports it


def _import_trainer() -> None:
    importlib.import_module("trainers.classifier")


def _import_torchvision() -> None:
    importlib.import_module("torchvision")
