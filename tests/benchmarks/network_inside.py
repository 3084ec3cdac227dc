"""What it costs a training to be looked into: steps per CPU second watched and not, in alternating pairs. Prints one JSON line.

    python tests/benchmarks/network_inside.py [--pairs 5] [--seconds 3] [--data-dir DIR] [--device cpu|cuda]

LeNet-5 on digits (and on MNIST, where DIR has it) with every layer's weights, gradients and outputs asked for 15 times a second,
and the small net of the plane with its neurons' responses. `value` is the worst of the medians of the pairs' ratios, `looks` the
least looks a second by the clock. Reports are left as they are; tests and checkpoints fall outside what is timed.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from trainers.classifier import train
from trainers.commands import WatchNetwork
from trainers.events import NetworkInside, StepReport
from trainers.network_files import load_network
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan

NAME, BUDGET, LEAST_LOOKS, PER_SECOND = "network_inside", 0.95, 10.0, 15.0
WARM_UP = 30  # steps


def steps_and_looks(plan: TrainingPlan, wish: WatchNetwork, seconds: float) -> tuple[float, float]:
    """Steps per CPU second (per second on a GPU) and looks per second of a job driven bare for `seconds`."""
    clock = process_time if plan.settings.device == "cpu" else perf_counter
    job: Any = train(plan)
    steps = 0
    for event in job:
        steps += event is None or isinstance(event, StepReport)
        if steps == WARM_UP:
            break
    job.send(wish)
    done = looks = 0
    spent, began = 0.0, perf_counter()
    while perf_counter() - began < seconds:
        asked = clock()
        event = next(job)
        took = clock() - asked
        if event is None or isinstance(event, StepReport):
            done += 1
            spent += took
        elif isinstance(event, NetworkInside):
            looks += 1
            spent += took
    elapsed = perf_counter() - began
    job.close()
    return done / spent, looks / elapsed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options = parser.parse_args()
    cases = {
        "lenet5 digits": ("lenet5", DataChoice("digits")),
        "playground circle": ("playground", DataChoice("circle")),
    }
    if options.data_dir is not None:
        cases["lenet5 mnist"] = ("lenet5", DataChoice("mnist", directory=str(options.data_dir)))
    found: dict[str, dict[str, Any]] = {}
    for title, (name, data) in cases.items():
        network = load_network(name)
        settings = ClassifierSettings(epochs=100_000, device=options.device, threads=1, checkpoint_every=0)
        plan = TrainingPlan(network, data, settings)
        names = tuple(layer.name for layer in network.layers)
        wish = WatchNetwork(names, responses=True, per_second=PER_SECOND)
        ratios, looks = [], []
        for _ in range(options.pairs):
            bare, _none = steps_and_looks(plan, WatchNetwork(()), options.seconds)
            watched, per_second = steps_and_looks(plan, wish, options.seconds)
            ratios.append(watched / bare)
            looks.append(per_second)
        found[title] = {"ratio": round(statistics.median(ratios), 3), "looks": round(statistics.median(looks), 1)}
        found[title]["pairs"] = [round(ratio, 3) for ratio in ratios]
    value, looks_a_second = (min(case[key] for case in found.values()) for key in ("ratio", "looks"))
    is_within = value >= BUDGET and looks_a_second >= LEAST_LOOKS
    told = {"benchmark": NAME, "value": value, "budget": BUDGET, "looks": looks_a_second, "least_looks": LEAST_LOOKS}
    print(json.dumps({**told, "is_within_budget": is_within, "device": options.device, "cases": found}))


if __name__ == "__main__":
    main()
