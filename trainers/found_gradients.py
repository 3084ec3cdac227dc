"""Gradients where no step has left any: before a run, and after it. Imports torch, never Qt or the window."""

from __future__ import annotations

import torch
from torch import nn

from trainers.batches import Normaliser, Samples
from trainers.optimization import LossFunction

MOST_SAMPLES, LEAST_SAMPLES = 64, 2  # batch norm needs two
_MOST_FLOPS = 2e9  # of their way forward: a few tenths of a second with the way back


def samples_for(flops: float) -> int:
    """How many training samples are taken for a network of `flops` per sample, so that nobody waits."""
    return int(min(max(_MOST_FLOPS / max(flops, 1.0), LEAST_SAMPLES), MOST_SAMPLES))


def find_gradients(model: nn.Module, normalise: Normaliser, samples: Samples, loss: LossFunction) -> bool:
    """Leave in each parameter's `grad` that of the mean loss over `samples`, in training mode, as a first step would find it.

    Mode, buffers (the running statistics of batch norm) and random numbers are afterwards as before; dropout's are always the
    same. False, and no gradients, where there is no memory for them or a layer cannot go this way.
    """
    device, was_training = samples.inputs.device, model.training
    buffers = [(one, one.clone()) for one in model.buffers()]
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(0)
            model.train()
            torch.autograd.backward(loss(model(normalise(samples.inputs)), samples.targets))
    except (RuntimeError, ValueError):
        model.zero_grad(set_to_none=True)
        return False
    finally:
        model.train(was_training)
        for one, before in buffers:
            one.copy_(before)
    return True
