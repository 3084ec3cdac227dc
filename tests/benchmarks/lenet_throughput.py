"""LeNet-5's samples per second: Hillock's job against the loop of PyTorch's MNIST example, side by side. Prints one JSON line.

    python tests/benchmarks/lenet_throughput.py [--data-dir DIR] [--pairs 5] [--steps 140] [--threads 2] [--device cpu|cuda]

Both train the same network from the same start with Adam and batches of 64. The example's loop reads MNIST through torchvision
and a DataLoader without worker processes, turning each digit into a tensor and normalising it one by one; Hillock's job is run
as the command line runs it, metrics kept, without pictures. Without MNIST both take the bundled digits, and `note` says so.
The figures come from alternating pairs, and `value` is the median of the pairs' ratios. On a GPU both loops end with a
wait for its work, and the budget is another.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import datasets, transforms

from trainers.classifier import train
from trainers.datasets import load
from trainers.events import StepReport
from trainers.network_files import load_network
from trainers.torch_network import build
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan

NAME, BATCH, WARM_UP = "lenet_throughput", 64, 10
BUDGETS = {"cpu": 1.7, "cuda": 20.0}
MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST, as usual


class Pictures(Dataset[Any]):
    """The bundled digits as torchvision's MNIST gives its own: one PIL image at a time, then the transform."""

    def __init__(self, inputs: np.ndarray, targets: np.ndarray, transform: Any) -> None:
        self.inputs, self.targets, self.transform = inputs, targets, transform

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        return self.transform(Image.fromarray(self.inputs[index, 0])), int(self.targets[index])


def settled_time(device: str) -> float:
    """Seconds on the clock when the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()
    return perf_counter()


def example_loop(data: Dataset[Any], steps: int, kind: str) -> float:
    """Samples per second of a plain loop over a DataLoader, on the device `kind`."""
    loader = DataLoader(data, batch_size=BATCH, shuffle=True, num_workers=0)
    torch.manual_seed(0)
    device = torch.device(kind)
    model = build(load_network("lenet5")).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model.train()
    done, began = 0, 0.0
    while True:
        for batch, (raw, goals) in enumerate(loader):
            inputs, targets = raw.to(device), goals.to(device)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
            if batch % 10 == 0:
                loss.item()
            done += 1
            if done == WARM_UP:
                began = settled_time(kind)
            if done == WARM_UP + steps:
                return steps * BATCH / (settled_time(kind) - began)


def hillock_job(data: DataChoice, steps: int, threads: int, device: Literal["cpu", "cuda"]) -> float:
    """Samples per second of trainers.classifier:train, driven bare: of its steps and their reports, not of its tests."""
    settings = ClassifierSettings(
        epochs=1000,
        batch_size=BATCH,
        optimizer="adam",
        schedule="constant",
        device=device,
        threads=threads,
        checkpoint_every=0,
    )
    with tempfile.TemporaryDirectory() as runs:
        job = train(TrainingPlan(load_network("lenet5"), data, settings, runs))
        spent, done = 0.0, 0
        while done < WARM_UP + steps:
            began = perf_counter()
            event = next(job)
            took = perf_counter() - began
            if event is None or isinstance(event, StepReport):
                done += 1
                if done == WARM_UP:
                    settled_time(device)
                if done > WARM_UP:
                    spent += took
        began = perf_counter()
        spent += settled_time(device) - began
        job.close()
    return steps * BATCH / spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Path(__file__).resolve().parents[3] / "shared" / "data")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=140)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=tuple(BUDGETS), default="cpu")
    options = parser.parse_args()
    device, budget = options.device, BUDGETS[options.device]
    torch.set_num_threads(options.threads)
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (DEVIATION,))])
    if (options.data_dir / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
        choice = DataChoice("mnist", directory=str(options.data_dir))
        example: Any = datasets.MNIST(str(options.data_dir), train=True, download=False, transform=transform)
        note = "MNIST"
    else:
        choice = DataChoice("digits")
        split = load(choice)
        example = Pictures(split.train_inputs, split.train_targets, transform)
        note = f"no MNIST in {options.data_dir}: the bundled digits instead"
    example_loop(example, 5, device)
    hillock_job(choice, 5, options.threads, device)
    pairs = []
    for number in range(options.pairs):
        first_is_example = number % 2 == 0
        rates: dict[str, float] = {}
        for is_example in (first_is_example, not first_is_example):
            rate = (
                example_loop(example, options.steps, device)
                if is_example
                else hillock_job(choice, options.steps, options.threads, device)
            )
            rates["example" if is_example else "hillock"] = round(rate, 1)
        pairs.append(rates)
    value = statistics.median(pair["hillock"] / pair["example"] for pair in pairs)
    print(
        json.dumps(
            {
                "name": NAME,
                "value": round(value, 3),
                "budget": budget,
                "ok": value >= budget,
                "unit": "ratio of samples per second, at least",
                "note": note,
                "device": torch.cuda.get_device_name() if device == "cuda" else device,
                "threads": options.threads,
                "batch_size": BATCH,
                "steps": options.steps,
                "pairs": pairs,
            }
        )
    )
    return 0 if value >= budget else 1


if __name__ == "__main__":
    raise SystemExit(main())
