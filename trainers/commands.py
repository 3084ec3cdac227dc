"""What a driver sends into a job as the value of its `yield`. Plain data; imports neither torch nor Qt.

A job that is sent a command answers the command (with an event or None) and takes no step; asked with None, it takes one.
So a paused job still answers: `job.send(Predict(...))` gives a `Prediction` and the training stands where it stood.
"""

from __future__ import annotations

import msgspec
import numpy as np

Scalar = bool | int | float | str | None


class Command(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of all commands."""


class SetValue(Command, frozen=True, tag=True):
    """Change a hyperparameter or a stimulus from the next step on. The job answers `ValueSet`, or `ValueRefused`."""

    name: str
    value: Scalar


class Save(Command, frozen=True, tag=True):
    """Write a checkpoint now. The job answers `CheckpointSaved`."""


class Stop(Command, frozen=True, tag=True):
    """Save and finish: the job answers with its last events, the final one `RunFinished`. `close()` only abandons."""


class Predict(Command, frozen=True, tag=True):
    """Ask the network for its answer to one input as it was drawn or picked.

    inputs: float32 of the data's sample shape, in the data's own range before normalisation (images: 0 to 1, shape
    (channels, height, width)). The job answers `Prediction` with the same `token`.
    """

    token: int
    inputs: np.ndarray


class Look(Command, frozen=True, tag=True):
    """Ask for a fresh `Snapshot` now, with the parts named ("surface", "predictions", "confusion")."""

    parts: tuple[str, ...]


class Report(Command, frozen=True, tag=True):
    """Ask for what has been kept back since the last report. The job answers `StepReport`, or None where there is nothing.

    The driver sends it when it pauses a job, so that the numbers on screen stand at the very step that was done last.
    """


class WatchNetwork(Command, frozen=True, tag=True):
    """Ask for what is within the network, now and from now on at most `per_second` times a second while it trains.

    layers: those whose weights, gradients and outputs are wanted, outputs: those whose outputs alone are, strips: those of which
    a summary is enough; with none of them, nothing is sent any more. sample: a number in the test set, counted round (-1 is the
    last), whose way through the network is told; inputs: as in `Predict`, what was drawn, in its place. responses: each neuron's
    value over the plane of 2-D data too.
    The job answers `NetworkInside`, None where nothing is wanted, or `ValueRefused` under "inputs".
    """

    layers: tuple[str, ...]
    sample: int | None = None
    responses: bool = False
    per_second: float = 12.0
    outputs: tuple[str, ...] = ()
    strips: tuple[str, ...] = ()
    inputs: np.ndarray | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted."""
        return not (self.layers or self.outputs or self.strips)


class SetWeight(Command, frozen=True, tag=True):
    """Change one number of a parameter, named as in the state dict, from the next step on.

    The job answers `ValueSet` (name "fc1.weight[0, 2]"), or `ValueRefused` under "weight". Before its next step it writes a
    checkpoint, so that a run that is resumed begins after the change: where a hand drags a number, send the last one.
    """

    parameter: str
    index: tuple[int, ...]
    value: float


AnyCommand = SetValue | Save | Stop | Predict | Look | Report | WatchNetwork | SetWeight
