"""The job that measures how fast this machine trains. Imports torch, never Qt or the window."""

from __future__ import annotations

from collections.abc import Callable, Generator
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn

from trainers.commands import Report
from trainers.machine_speed import MachineSpeed, MeasurePlan, SpeedMeasured, save_speed, this_machine
from trainers.training_run import choose_device

_SIZE = 512  # of matrices: a hidden layer as people build them
_STREAM = 2_000_000  # numbers, 8 MB: more than the caches next to a core hold
_FAR_STREAM = 16_000_000  # numbers, 64 MB: more than any cache holds
_CHAIN = 16  # layers whose arithmetic is nothing, so that what is left is the calling
_LEAST_REPETITIONS = 3

Job = Generator[SpeedMeasured | None, Report | None, None]


def measure(plan: MeasurePlan) -> Job:
    """Yields None between the measurements, then SpeedMeasured; the result is kept in the cache folder.

    Raises BadInput for a device that is not there.
    """
    torch.set_num_threads(plan.threads)
    device = choose_device(plan.device)
    seconds: list[float] = []
    for make in (_product, _convolution, _thin_convolution, _streaming, _far_streaming, _operations, _step):
        seconds.append(_fastest(make(device), device, plan.seconds))
        yield None
    speed = MachineSpeed(
        device=device.type,
        threads=plan.threads,
        machine=this_machine(),
        torch=str(torch.__version__),
        product=3 * 2 * _SIZE**3 / seconds[0],
        convolution=3 * 2 * (8 * 64 * 32 * 32) * (64 * 9) / seconds[1],
        thin_convolution=2 * 2 * (64 * 6 * 28 * 28) * 25 / seconds[2],
        streaming=3 * 4 * _STREAM / seconds[3],
        far_streaming=3 * 4 * _FAR_STREAM / seconds[4],
        operation=seconds[5] / _CHAIN,
        step=max(seconds[6] - seconds[5] / _CHAIN, 1e-9),
    )
    save_speed(speed, plan.device)
    yield SpeedMeasured(speed)


def _fastest(work: Callable[[], object], device: torch.device, seconds: float) -> float:
    """Seconds that `work` takes: the median of the faster half, since what disturbs a measurement only makes it longer."""
    work()
    taken: list[float] = []
    end = perf_counter() + seconds
    while perf_counter() < end or len(taken) < _LEAST_REPETITIONS:
        _wait(device)
        began = perf_counter()
        work()
        _wait(device)
        taken.append(perf_counter() - began)
    taken.sort()
    return median(taken[: max(len(taken) // 2, 1)])


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _there_and_back(module: nn.Module, inputs: Tensor) -> Callable[[], object]:
    def work() -> None:
        module.zero_grad(set_to_none=True)
        module(inputs).sum().backward()

    return work


def _product(device: torch.device) -> Callable[[], object]:
    layer = nn.Linear(_SIZE, _SIZE, bias=False, device=device)
    return _there_and_back(layer, torch.randn(_SIZE, _SIZE, device=device, requires_grad=True))


def _convolution(device: torch.device) -> Callable[[], object]:
    layer = nn.Conv2d(64, 64, 3, padding=1, bias=False, device=device)
    return _there_and_back(layer, torch.randn(8, 64, 32, 32, device=device, requires_grad=True))


def _thin_convolution(device: torch.device) -> Callable[[], object]:
    layer = nn.Conv2d(1, 6, 5, padding=2, bias=False, device=device)
    return _there_and_back(layer, torch.randn(64, 1, 28, 28, device=device))


def _streaming(device: torch.device) -> Callable[[], object]:
    one, two = torch.randn(_STREAM, device=device), torch.randn(_STREAM, device=device)
    return lambda: torch.add(one, two, out=two)


def _far_streaming(device: torch.device) -> Callable[[], object]:
    one, two = torch.randn(_FAR_STREAM, device=device), torch.randn(_FAR_STREAM, device=device)
    return lambda: torch.add(one, two)


def _operations(device: torch.device) -> Callable[[], object]:
    layers = [nn.Linear(4, 4, device=device) if place % 2 == 0 else nn.ReLU() for place in range(_CHAIN)]
    return _there_and_back(nn.Sequential(*layers), torch.randn(4, 4, device=device))


def _step(device: torch.device) -> Callable[[], object]:
    layer = nn.Linear(4, 4, device=device)
    optimizer = torch.optim.Adam(layer.parameters(), fused=True)
    inputs, targets = torch.randn(4, 4, device=device), torch.zeros(4, dtype=torch.long, device=device)

    def work() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(layer(inputs), targets).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return work
