import os
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from trainers.hardware import HardwareSampler


class NVMLError(Exception):
    pass


class FakeCards:
    """Stands in for pynvml: two cards, the second without power sensor and clock."""

    NVMLError = NVMLError

    def __init__(self, has_driver: bool = True, cards: int = 2) -> None:
        self.has_driver = has_driver
        self.cards = cards
        self.is_open = False

    def nvmlInit(self) -> None:
        if not self.has_driver:
            raise NVMLError("driver not loaded")
        self.is_open = True

    def nvmlShutdown(self) -> None:
        self.is_open = False

    def nvmlDeviceGetCount(self) -> int:
        return self.cards

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> str | bytes:
        return b"Old Card" if handle else "New Card"

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> SimpleNamespace:
        return SimpleNamespace(gpu=37, memory=5)

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> SimpleNamespace:
        return SimpleNamespace(total=8 * 2**30, used=2**30, free=7 * 2**30)

    def nvmlDeviceGetTemperature(self, handle: int, sensor: int) -> int:
        return 61

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        if handle:
            raise NVMLError("not supported")
        return 143_500

    def nvmlDeviceGetClockInfo(self, handle: int, kind: int) -> int:
        if handle:
            raise NVMLError("not supported")
        return 1410


def test_each_metric_of_a_card_is_there_or_missing_by_itself() -> None:
    cards = FakeCards()
    sampler = HardwareSampler(nvml=cards)
    first, second = sampler.sample().gpus
    assert first.name == "New Card"
    assert (first.utilisation, first.temperature, first.power, first.clock) == (37.0, 61.0, 143.5, 1410.0)
    assert (first.memory_used, first.memory_total) == (2**30, 8 * 2**30)
    assert second.name == "Old Card"
    assert second.utilisation == 37.0
    assert second.power is None
    assert second.clock is None
    sampler.close()
    assert not cards.is_open
    assert sampler.sample().gpus == ()


@pytest.mark.parametrize(
    ("cards", "words"), [(FakeCards(has_driver=False), "no NVIDIA driver"), (FakeCards(cards=0), "no graphics card")]
)
def test_without_a_card_the_reason_is_given_and_the_rest_is_there(cards: FakeCards, words: str) -> None:
    sample = HardwareSampler(nvml=cards).sample()
    assert sample.gpus == ()
    assert sample.gpu_reason is not None
    assert words in sample.gpu_reason
    assert sample.memory_total == psutil.virtual_memory().total


def test_the_machine_and_its_processes() -> None:
    sampler = HardwareSampler(os.getpid(), nvml=FakeCards(has_driver=False))
    sampler.sample()
    sum(number * number for number in range(2_000_000))  # work that the next sample has to show
    sample = sampler.sample()
    assert sample.cores is not None
    assert len(sample.cores) == psutil.cpu_count()
    assert sample.cpu is not None
    assert 0 < sample.cpu <= 100
    assert sample.memory_used is not None
    assert sample.memory_total is not None
    assert 0 < sample.memory_used < sample.memory_total
    assert sample.window is not None
    assert sample.window.cpu is not None
    assert sample.window.cpu > 10
    assert sample.window.memory is not None
    assert sample.window.memory > 10 * 2**20


def test_a_worker_that_ends_turns_into_missing_numbers() -> None:
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    sampler = HardwareSampler(nvml=FakeCards(has_driver=False))
    sampler.worker_pids = (worker.pid,)
    (alive,) = sampler.sample().workers
    assert alive.pid == worker.pid
    assert alive.memory is not None
    worker.communicate(b"\n")
    (gone,) = sampler.sample().workers
    assert (gone.cpu, gone.memory) == (None, None)
    sampler.worker_pids = ()
    assert sampler.sample().workers == ()
