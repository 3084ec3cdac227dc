"""What the tests of training share: plans on small data, drivers, and reading events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from trainers.classifier import train
from trainers.commands import AnyCommand
from trainers.events import AnyEvent, EpochReport, StepReport
from trainers.network_files import load_network
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan

Kind = TypeVar("Kind")


def plan_for(
    network: str | NetworkGraph = "playground",
    data: str = "circle",
    runs: Path | None = None,
    pictures: bool = False,
    resume: str | None = None,
    choice: dict[str, Any] | None = None,
    **settings: Any,
) -> TrainingPlan:
    """A plan with one thread; the planar sets have 200 points."""
    graph = load_network(network) if isinstance(network, str) else network
    chosen = ClassifierSettings(**{"threads": 1, "epochs": 3, "batch_size": 16, "learning_rate": 0.01, **settings})
    data_choice = DataChoice(name=data, **{"samples": 200, **(choice or {})})
    return TrainingPlan(graph, data_choice, chosen, str(runs) if runs else None, resume, pictures)


def chain(name: str, *layers: Layer) -> NetworkGraph:
    """A network of layers one after the other."""
    links = tuple(Link(a.name, b.name) for a, b in pairwise(layers))
    return NetworkGraph(name, layers, links)


def dropout_network() -> NetworkGraph:
    """2-16-1 with dropout and batch normalisation: it draws numbers in training, and keeps statistics."""
    return chain(
        "noisy",
        Layer("input", "input", {"shape": (2,)}),
        Layer("fc1", "dense", {"units": 16}),
        Layer("norm1", "batch_norm"),
        Layer("act1", "tanh"),
        Layer("drop1", "dropout", {"p": 0.3}),
        Layer("fc2", "dense", {"units": 1}),
    )


def drive(
    plan: TrainingPlan, between: Callable[[Any, AnyEvent | None], Iterable[AnyCommand]] | None = None
) -> list[AnyEvent]:
    """All events of a run; `between(job, event)` may name commands to be sent after each yield."""
    events: list[AnyEvent] = []
    job = train(plan)
    event = next(job)
    while True:
        if event is not None:
            events.append(event)
        commands = list(between(job, event)) if between else []
        for command in commands:
            answer = job.send(command)
            if answer is not None:
                events.append(answer)
        try:
            event = next(job)
        except StopIteration:
            return events


def of_kind(events: Iterable[AnyEvent], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def losses_of(events: Iterable[AnyEvent]) -> list[tuple[int, float]]:
    """Every (step, loss) in the order in which they were told."""
    return [pair for report in of_kind(events, StepReport) for pair in report.losses]


def begun(plan: TrainingPlan, steps: int = 0) -> Any:
    """A job that has taken so many steps and is asked for nothing."""
    job = train(plan)
    taken = 0
    for event in job:
        taken += event is None or isinstance(event, StepReport)
        if (not steps and isinstance(event, EpochReport)) or (steps and taken == steps):
            return job
    raise AssertionError("the run ended before")
