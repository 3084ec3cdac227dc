"""Faults of a run as sentences: numbers that are no longer finite, memory, the device, the disk, a foreign checkpoint. No torch."""

from __future__ import annotations

import errno

import msgspec

from trainers.errors import BadInput
from trainers.network_graph import NetworkGraph

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "failed to allocate")
_DEVICE = ("cuda error", "cudnn", "cublas", "mps backend", "device-side assert")


def non_finite_sentence(
    step: int, layer: str | None, has_lost_weights: bool, learning_rate: float, is_clipping: bool
) -> str:
    """layer: the first whose output is not finite; has_lost_weights: whether its own weights are not finite either."""
    if layer is None:
        place = "in the loss itself"
    elif has_lost_weights:
        place = f"first in the weights of layer {layer}"
    else:
        place = f"first in the output of layer {layer}"
    also = "" if is_clipping else ", or clip the gradient"
    return (
        f"At step {step} the numbers stopped being finite, {place}: most likely the learning rate of {learning_rate:g} is too"
        f" high, so try {learning_rate / 10:.1g}{also}."
    )


def memory_sentence(device: str, batch_size: int) -> str:
    """The device has no memory left."""
    return (
        f"The {'graphics card' if device == 'cuda' else 'machine'} ran out of memory with batches of {batch_size}: take a smaller"
        " batch size or a smaller network."
    )


def runtime_sentence(error: RuntimeError | MemoryError, device: str, batch_size: int) -> str | None:
    """A sentence for an error of PyTorch that a person can mend; None for one that is a fault of ours."""
    if _is_memory_out(error):
        return memory_sentence(device, batch_size)
    if is_device_fault(error):
        first = str(error).strip().splitlines()[0].rstrip(".")
        return f"The device {device} failed ({first}): start again from the last checkpoint, or train on the cpu."
    return None


def is_device_fault(error: RuntimeError | MemoryError) -> bool:
    """Whether the device has failed, rather than run out of memory: then nothing more can be asked of it in this process."""
    return not _is_memory_out(error) and any(words in str(error).lower() for words in _DEVICE)


def _is_memory_out(error: RuntimeError | MemoryError) -> bool:
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def disk_sentence(step: int, error: OSError) -> str:
    """A checkpoint could not be written; the run goes on."""
    what = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
    return (
        f"The checkpoint of step {step} could not be written ({what}); the run goes on and earlier checkpoints stand."
    )


def refuse_other_network(wanted: NetworkGraph, stored: NetworkGraph, checkpoint: str) -> None:
    """Raise BadInput where the checkpoint's network is not this one; names, comments and places in the drawing do not count."""
    if _essence(wanted) != _essence(stored):
        raise BadInput(
            f"The checkpoint {checkpoint} belongs to the network {stored.name} as it was then, not to {wanted.name} as it is now."
        )


def _essence(graph: NetworkGraph) -> bytes:
    layers = tuple(msgspec.structs.replace(layer, position=None) for layer in graph.layers)
    return msgspec.json.encode((layers, graph.links), order="deterministic")
