"""One number of a network's parameters changed by hand. Imports torch, never Qt or the window."""

from __future__ import annotations

import math

import torch
from torch import nn

from trainers.errors import BadInput


def set_weight(model: nn.Module, name: str, index: tuple[int, ...], value: float) -> float:
    """Change it where it stands; the value as the parameter's type keeps it. Raises BadInput, and then changes nothing.

    name: as in the state dict; index: one number for each of its axes, from 0.
    """
    parameter = dict(model.named_parameters()).get(name)
    if parameter is None:
        raise BadInput(
            f"The network has no parameter {name}: its weights are named as in the state dict, fc1.weight say."
        )
    shape = tuple(parameter.shape)
    if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise BadInput(f"{name} has the shape {shape}: there is no number at {index} in it.")
    if not math.isfinite(value) or abs(value) > torch.finfo(parameter.dtype).max:
        raise BadInput(f"{name} cannot be {value}: take a finite number.")
    with torch.no_grad():
        parameter[index] = value
        return float(parameter[index])
