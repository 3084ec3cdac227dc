"""What it costs a training to be looked into: steps per CPU second watched and not, in neighbouring slices of one run. Prints one JSON line.

    python tests/benchmarks/network_inside.py [--pairs 80] [--seconds 0.3] [--data-dir DIR] [--device cpu|cuda]

LeNet-5 on digits (and on MNIST, where DIR has it) with every layer's weights, gradients and outputs asked for as often as the window asks,
and the small net of the plane with its neurons' responses. `value` is the worst of the medians of the pairs' ratios, `looks` the
least looks a second by the clock. Packing the events counts as the training's: in a worker a second thread does it, of the same
process and with the same interpreter lock. Reports are left as they are; tests and checkpoints fall outside what is timed. Many
short slices: a busy machine changes its speed within seconds, and the median of 80 pairs is half as uncertain as that of 20.
`look_ms` is what one look takes, packed, by the median of all; `free_core` the ratio that follows from it at so many looks a second
where the training has a core to itself: where a busy machine gives it a fifth of one, ten looks a second by the clock are fifty
a second of its own time.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

from trainers.classifier import train
from trainers.commands import WatchNetwork
from trainers.events import NetworkInside, StepReport
from trainers.network_files import load_network
from trainers.network_inside import InsideView
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan
from trainers.worker_protocol import encode

NAME, BUDGET, LEAST_LOOKS, PER_SECOND = "network_inside", 0.95, 10.0, 12.0  # as app.inside_watch has it, without Qt
WARM_UP = 30  # steps
take = InsideView.take


class Found(NamedTuple):
    """ratios: one a pair; looks: a second by the clock; look_s: seconds that one look costs."""

    ratios: list[float]
    looks: float
    look_s: float


def slices(plan: TrainingPlan, wish: WatchNetwork, count: int, seconds: float) -> Found:
    """Ratios of steps per CPU second (per second on a GPU) in `count` pairs of neighbouring slices of one run, watched to not, and
    looks per second while watched."""
    clock = process_time if plan.settings.device == "cpu" else perf_counter
    taking: list[float] = []

    def timed(view: InsideView, step: int) -> NetworkInside:
        began = clock()
        event = take(view, step)
        taking.append(clock() - began)
        return event

    InsideView.take = timed  # type: ignore[assignment,method-assign]  # where a look begins and ends
    job: Any = train(plan)
    steps = 0
    for event in job:
        steps = counted(steps, event)
        if steps >= WARM_UP:
            break
    ratios: list[float] = []
    looks, watched_seconds, rates = 0, 0.0, [0.0, 0.0]
    packing: list[float] = []
    for number in range(2 * count):
        is_watched = number % 4 in (1, 2)  # not, watched, watched, not: a machine that slows down is fair to both
        job.send(wish if is_watched else WatchNetwork(()))
        first, spent, began = steps, 0.0, perf_counter()
        while perf_counter() - began < seconds:
            asked = clock()
            event = next(job)
            given = clock()
            if event is not None:
                encode([event])
            took = clock() - asked
            steps = counted(steps, event)
            if event is None or isinstance(event, StepReport | NetworkInside):  # tests and checkpoints are neither
                spent += took
                looks += isinstance(event, NetworkInside)
            if isinstance(event, NetworkInside):
                packing.append(asked + took - given)
        watched_seconds += (perf_counter() - began) * is_watched
        rates[is_watched] = (steps - first) / spent
        if number % 2:
            ratios.append(rates[True] / rates[False])
    job.close()
    return Found(ratios, looks / watched_seconds, statistics.median(taking) + statistics.median(packing))


def counted(steps: int, event: Any) -> int:
    """Steps done after `event`, as trainers.job_driver counts: a None is a step, an event says at which one it stands."""
    return steps + 1 if event is None else max(steps, getattr(event, "step", 0))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=80)
    parser.add_argument("--seconds", type=float, default=0.3)
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
        one = slices(plan, wish, options.pairs, options.seconds)
        found[title] = {"ratio": round(statistics.median(one.ratios), 3), "looks": round(one.looks, 1)}
        found[title]["quartiles"] = [round(value, 3) for value in statistics.quantiles(one.ratios)]
        found[title]["look_ms"] = round(1e3 * one.look_s, 2)
        found[title]["free_core"] = round(1 - PER_SECOND * one.look_s, 3)
    value, looks_a_second = (min(case[key] for case in found.values()) for key in ("ratio", "looks"))
    is_ok = value >= BUDGET and looks_a_second >= LEAST_LOOKS
    figures = {"looks": looks_a_second, "least_looks": LEAST_LOOKS, "device": options.device, "cases": found}
    print(json.dumps({"name": NAME, "value": value, "budget": BUDGET, "ok": is_ok, **figures}))
    return 0 if is_ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
