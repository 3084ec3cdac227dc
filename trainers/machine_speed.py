"""How fast this machine trains, measured once by a worker and kept in the cache folder. Imports neither torch nor the window."""

from __future__ import annotations

import math
import os
import platform
from pathlib import Path

import msgspec

from trainers.errors import BadInput
from trainers.network_files import write_bytes
from trainers.user_folders import user_cache_folder

JOB = "trainers.machine_speed_job:measure"
SCHEMA = 1


class MachineSpeed(msgspec.Struct, frozen=True):
    """What one device did in a measurement of some two seconds, forward and backward taken together.

    product: FLOP/s of matrix products of 512; convolution: FLOP/s of 3×3 windows over 64 channels (576 multiply-adds a
    number); thin_convolution: of 5×5 windows over one channel (25); streaming: bytes/s read and written by element-wise work on
    8 MB; far_streaming: the same on 64 MB; operation: seconds that one layer of next to no work takes, there and back; step: of
    what comes to a step beside its layers, the loss and the optimiser.
    """

    device: str
    threads: int
    machine: str
    torch: str
    product: float
    convolution: float
    thin_convolution: float
    streaming: float
    far_streaming: float
    operation: float
    step: float
    schema: int = SCHEMA


class MeasurePlan(msgspec.Struct, frozen=True):
    """What the job takes: a device ("auto", "cpu", "cuda", "mps") and how many threads a training will have."""

    device: str = "auto"
    threads: int = 1
    seconds: float = 0.25  # for each of seven measurements


class SpeedEvent(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what the job says."""


class SpeedMeasured(SpeedEvent, frozen=True, tag=True):
    """The one event of the job."""

    speed: MachineSpeed


def speed_file(device: str, threads: int, folder: Path | None = None) -> Path:
    """Where a measurement is kept."""
    return (folder or user_cache_folder()) / f"speed-{device}-{threads}.json"


def load_speed(device: str, threads: int, folder: Path | None = None) -> MachineSpeed | None:
    """What was measured for this device and so many threads; None where nothing was, where it is torn, or of another machine."""
    try:
        speed = msgspec.json.decode(speed_file(device, threads, folder).read_bytes(), type=MachineSpeed)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    rates = [value for value in msgspec.structs.astuple(speed) if isinstance(value, float)]
    if speed.schema != SCHEMA or speed.machine != this_machine() or not all(0 < rate < math.inf for rate in rates):
        return None
    return speed


def save_speed(speed: MachineSpeed, device: str, folder: Path | None = None) -> None:
    """Keep a measurement under the device's name as it was asked for, in one stroke; raises BadInput where that cannot be."""
    file = speed_file(device, speed.threads, folder)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"The folder {file.parent} cannot be made ({error.strerror or error}): choose another."
        ) from error
    write_bytes(msgspec.json.encode(speed), file)


def this_machine() -> str:
    """What tells one machine from another, as far as a measurement goes."""
    return f"{platform.system()} {platform.machine()} {platform.processor()} {os.cpu_count()}"
