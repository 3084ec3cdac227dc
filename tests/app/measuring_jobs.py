"""Jobs that stand in for the measurement of a machine. Loaded in a worker by name; not collected by pytest."""

from __future__ import annotations

from collections.abc import Generator

from trainers.errors import BadInput
from trainers.machine_speed import MachineSpeed, MeasurePlan, SpeedMeasured, save_speed, this_machine

Job = Generator[SpeedMeasured | None, None, None]


def measure(plan: MeasurePlan) -> Job:
    """Says at once what no machine does."""
    yield None
    speed = MachineSpeed("cpu", plan.threads, this_machine(), "none", 1e9, 1e9, 1e9, 1e9, 1e9, 1e-3, 1e-3)
    save_speed(speed, plan.device)
    yield SpeedMeasured(speed)


def refuse(plan: MeasurePlan) -> Job:
    """As where the device is not there."""
    yield None
    raise BadInput(f"The device {plan.device} is not there.")
