"""Loss functions, optimisers and learning-rate schedules by their names in the settings. Imports torch, never Qt or the window."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from trainers.errors import BadInput
from trainers.training_plan import ClassifierSettings

LossFunction = Callable[[Tensor, Tensor], Tensor]


def is_binary(task: str, outputs: int, classes: int) -> bool:
    """One output for two classes: its logistic function is the probability of class 1."""
    return task == "classification" and outputs == 1 and classes == 2


def loss_function(name: str, task: str, binary: bool) -> LossFunction:
    """The mean loss over a batch, from outputs (batch, outputs) and targets. BadInput where name and task do not go together."""
    if task == "classification":
        if name not in ("auto", "cross_entropy"):
            raise BadInput(
                f"The loss {name} compares numbers, but these data have classes: take cross_entropy or auto."
            )
        if binary:
            return _binary_cross_entropy
        return _cross_entropy
    if name == "cross_entropy":
        raise BadInput(
            "The loss cross_entropy compares classes, but these data have numbers: take mse, l1, huber or auto."
        )
    regressions: dict[str, LossFunction] = {"mse": F.mse_loss, "l1": F.l1_loss, "huber": F.huber_loss}
    return regressions["mse" if name == "auto" else name]


def _cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(outputs, targets)


def _binary_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(outputs.view(-1), targets)


def predicted_classes(outputs: Tensor, binary: bool) -> Tensor:
    """int64 (batch,): the most probable class."""
    return (outputs.view(-1) > 0).long() if binary else outputs.argmax(1)


def probabilities(outputs: Tensor, binary: bool) -> Tensor:
    """float32 (batch, classes)."""
    if binary:
        positive = torch.sigmoid(outputs.view(-1))
        return torch.stack([1 - positive, positive], dim=1)
    return torch.softmax(outputs, dim=1)


def make_optimizer(settings: ClassifierSettings, parameters: Sequence[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimiser of the settings. The fused forms took a third less time for toy networks (measured on the CPU).

    On a GPU the learning rate and the counts of steps stand in tensors there: a recorded step reads them at each replay.
    """
    device = parameters[0].device
    fused = True if device.type in ("cpu", "cuda", "mps") else None
    on_gpu = device.type == "cuda"
    rate: float | Tensor = torch.tensor(settings.learning_rate, device=device) if on_gpu else settings.learning_rate
    decay, momentum = settings.weight_decay, settings.momentum
    match settings.optimizer:
        case "sgd":
            return torch.optim.SGD(parameters, lr=rate, momentum=momentum, weight_decay=decay, fused=fused)
        case "adam":
            return torch.optim.Adam(parameters, lr=rate, weight_decay=decay, fused=fused, capturable=on_gpu)
        case "adamw":
            return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay, fused=fused, capturable=on_gpu)
        case "rmsprop":
            return torch.optim.RMSprop(parameters, lr=rate, momentum=momentum, weight_decay=decay, capturable=on_gpu)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """The learning rate of the next step."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def adjust_optimizer(optimizer: torch.optim.Optimizer, settings: ClassifierSettings) -> None:
    """Bring changed settings into a running optimiser (the learning rate comes with every step)."""
    for group in optimizer.param_groups:
        group["weight_decay"] = settings.weight_decay
        if "momentum" in group:
            group["momentum"] = settings.momentum
    if settings.optimizer == "rmsprop" and settings.momentum > 0:
        # RMSprop makes this buffer at its first step only, and only if it has momentum
        for state in optimizer.state.values():
            state.setdefault("momentum_buffer", torch.zeros_like(state["square_avg"]))


def learning_rate_at(settings: ClassifierSettings, share: float) -> float:
    """The learning rate when `share` (0 to 1) of the run's samples have been seen.

    A function of the place in the run alone, so that a resumed run has nothing to remember. step: a tenth after each third;
    exponential: down to a hundredth; cosine: down to 0; one_cycle: up from a 25th over the first 30 %, then down to almost
    nothing, both as half a cosine (Smith 2018, arXiv:1803.09820, with PyTorch's choice of the numbers).
    """
    rate = settings.learning_rate
    match settings.schedule:
        case "constant":
            return rate
        case "step":
            return rate * (1.0, 0.1, 0.01)[min(int(share * 3), 2)]
        case "exponential":
            return rate * math.pow(0.01, share)
        case "cosine":
            return rate * _between(1.0, 0.0, share)
        case "one_cycle":
            if share < 0.3:
                return rate * _between(1 / 25, 1.0, share / 0.3)
            return rate * _between(1.0, 1 / 250_000, (share - 0.3) / 0.7)


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine from start to end."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))


def add_l1_gradient(parameters: Sequence[nn.Parameter], strength: float) -> None:
    """What the penalty strength * sum |w| adds to the gradients; its gradient is the sign, so it needs no backward pass."""
    for parameter in parameters:
        if parameter.grad is not None:
            parameter.grad.add_(parameter.detach().sign(), alpha=strength)
