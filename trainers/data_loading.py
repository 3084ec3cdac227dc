"""Loading a plan's data inside a job: progress as events, a Stop that cancels. Imports neither torch nor Qt."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from typing import Any

from trainers.commands import AnyCommand, Stop
from trainers.data_split import DatasetSpec, DataSplit, LoadingCancelled
from trainers.datasets import check_files, check_fits, describe, is_present, load
from trainers.events import Progress
from trainers.layer_catalog import analyse
from trainers.network_graph import Shape
from trainers.training_plan import DataChoice, TrainingPlan

_SECONDS_BETWEEN = 0.1  # two signs of progress; what comes faster is merged


def check_plan(plan: TrainingPlan) -> tuple[DatasetSpec, Shape]:
    """What the data are, and the shape of the network's input. Raises BadInput where they do not go together or are not here."""
    analysis = analyse(plan.network)
    spec = describe(plan.data, analysis.input_shape)
    check_fits(spec, analysis)
    if spec.needs_download and not plan.data.download and not is_present(plan.data):
        load(plan.data)  # says in one sentence what is missing and what to do
    check_files(plan.data)
    return spec, analysis.input_shape


def load_data(plan: TrainingPlan) -> Generator[Progress, AnyCommand | None, DataSplit]:
    """The data of the plan. Raises BadInput where they do not fit the network, before anything is fetched or read."""
    spec, shape = check_plan(plan)
    if spec.kind == "folder" or not is_present(plan.data):
        return (yield from _load_beside(plan.data, shape))
    return load(plan.data, shape=shape)


def _load_beside(choice: DataChoice, shape: Shape) -> Generator[Progress, AnyCommand | None, DataSplit]:
    """What may take minutes is loaded in a thread, so that the job tells how far it is and hears a Stop."""
    signs: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
    result: dict[str, Any] = {}
    cancelled = threading.Event()

    def note(sign: Progress) -> bool:
        signs.put(sign)
        return not cancelled.is_set()

    def work() -> None:
        try:
            result["split"] = load(choice, note, shape)
        except Exception as error:  # noqa: BLE001  the edge of a thread: raised again below
            result["error"] = error
        signs.put(None)

    thread = threading.Thread(target=work, name="hillock-data", daemon=True)
    thread.start()
    try:
        while (sign := _latest(signs)) is not None:
            command = yield sign
            while command is not None:
                if isinstance(command, Stop):
                    cancelled.set()
                command = yield sign
    finally:
        cancelled.set()
        thread.join()
    if "error" in result:
        raise result["error"]
    if cancelled.is_set() and "split" not in result:
        raise LoadingCancelled("Loading was cancelled.")
    split: DataSplit = result["split"]
    return split


def _latest(signs: queue.SimpleQueue[Progress | None]) -> Progress | None:
    """The newest sign; None once the thread has ended."""
    sign = signs.get()
    while sign is not None:
        try:
            sign = signs.get(timeout=_SECONDS_BETWEEN) if signs.empty() else signs.get()
        except queue.Empty:
            return sign
    return None
