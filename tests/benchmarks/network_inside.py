"""What it costs a training to be looked into: of its processor time, what is left to it. Prints one JSON line.

    python tests/benchmarks/network_inside.py [--pairs 80] [--seconds 0.3] [--data-dir DIR] [--device cpu|cuda]

LeNet-5 on digits (and on MNIST, where DIR has it) with every layer's weights, gradients and outputs asked for as often as the window asks,
and the small net of the plane with its neurons' responses. Slices of one run follow one another, watched and not.
`value`, the worst of `kept`: of the process's time in the watched slices (on a GPU: of the time), what is not spent on looks, on packing
them, and on what a step that follows a look takes longer than others do, all three measured within the same slices: a machine that is
given to others for a while slows down all of them alike. `looks`: the least looks a second by the clock, `core` the share of one core
that the training had. `ratio` compares steps per CPU second of neighbouring slices, watched to not, by the median of the pairs: it
holds all that a look may cost and depends on no reckoning, but on a busy machine, which changes its speed within a slice, it is
uncertain by `error` (two standard errors): `ok` asks that it does not say less than the budget by more than that. Packing counts as
the training's: in a worker a second thread does it, of the same process and with the same interpreter lock. Reports are left as they
are; tests and checkpoints fall outside what is timed.
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
from trainers.network_inside import InsideView
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan
from trainers.worker_protocol import encode_events

NAME, BUDGET, LEAST_LOOKS, PER_SECOND = "network_inside", 0.95, 10.0, 12.0  # as app.inside_watch has it, without Qt
WARM_UP = 30  # steps
take = InsideView.take


class Slices:
    """What slices of one run took. taking, packing: seconds of each look; after, plain: of each step that follows a look, and of others,
    while watched; spent, clock: seconds of all watched slices by the process and by the clock; ratios: one a pair."""

    def __init__(self) -> None:
        self.taking: list[float] = []
        self.packing: list[float] = []
        self.after: list[float] = []
        self.plain: list[float] = []
        self.spent = self.clock = 0.0
        self.ratios: list[float] = []

    @property
    def kept(self) -> float:
        """The share of the training's time that looks leave to it."""
        longer = max(statistics.median(self.after) - statistics.median(self.plain), 0.0)
        return 1 - (sum(self.taking) + sum(self.packing) + len(self.packing) * longer) / self.spent

    def told(self) -> dict[str, Any]:
        """Its figures, rounded."""
        error = 2 * 1.25 * statistics.stdev(self.ratios) / len(self.ratios) ** 0.5
        return {
            "kept": round(self.kept, 3),
            "looks": round(len(self.packing) / self.clock, 1),
            "core": round(self.spent / self.clock, 2),
            "look_ms": round(1e3 * statistics.median(self.taking), 2),
            "packing_ms": round(1e3 * statistics.median(self.packing), 2),
            "longer_ms": round(1e3 * (statistics.median(self.after) - statistics.median(self.plain)), 2),
            "ratio": round(statistics.median(self.ratios), 3),
            "error": round(error, 3),
        }


def slices(plan: TrainingPlan, wish: WatchNetwork, count: int, seconds: float) -> Slices:
    """`count` pairs of neighbouring slices of one run, watched and not."""
    clock = process_time if plan.settings.device == "cpu" else perf_counter
    found = Slices()

    def timed(view: InsideView, step: int) -> NetworkInside:
        began = clock()
        event = take(view, step)
        found.taking.append(clock() - began)
        return event

    job: Any = train(plan)
    steps = 0
    for event in job:
        steps = counted(steps, event)
        if steps >= WARM_UP:
            break
    rates = [0.0, 0.0]
    for number in range(2 * count):
        is_watched = number % 4 in (1, 2)  # not, watched, watched, not: a machine that slows down is fair to both
        InsideView.take = take  # type: ignore[method-assign]  # the answer to a wish is no part of the slice
        job.send(wish if is_watched else WatchNetwork(()))
        InsideView.take = timed  # type: ignore[assignment,method-assign]  # where a look begins and ends
        first, spent, began, follows = steps, 0.0, perf_counter(), False
        while perf_counter() - began < seconds:
            asked = clock()
            event = next(job)
            given = clock()
            steps = counted(steps, event)
            is_look = isinstance(event, NetworkInside)
            if event is not None and not isinstance(event, StepReport | NetworkInside):
                continue  # tests and checkpoints are neither
            if event is not None:
                encode_events(1, [event])
            took = clock() - asked
            spent += took
            if is_look:
                found.packing.append(asked + took - given)
            elif is_watched and event is None:
                (found.after if follows else found.plain).append(took)
            follows = is_look
        if is_watched:
            found.spent, found.clock = found.spent + spent, found.clock + perf_counter() - began
        rates[is_watched] = (steps - first) / spent
        if number % 2:
            found.ratios.append(rates[True] / rates[False])
    job.close()
    InsideView.take = take  # type: ignore[method-assign]
    return found


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
        found[title] = slices(plan, wish, options.pairs, options.seconds).told()
    value, looks_a_second = (min(case[key] for case in found.values()) for key in ("kept", "looks"))
    is_held = all(case["ratio"] + case["error"] >= BUDGET for case in found.values())  # the steps do not say otherwise
    is_ok = value >= BUDGET and looks_a_second >= LEAST_LOOKS and is_held
    figures = {"looks": looks_a_second, "least_looks": LEAST_LOOKS, "device": options.device, "cases": found}
    print(json.dumps({"name": NAME, "value": value, "budget": BUDGET, "ok": is_ok, **figures}))
    return 0 if is_ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
