"""Answers for the benches of learning: the numpy models as they are, and a cell that is easy to foresee. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from app.simulation.biology import stage
from app.simulation.biology.models import find_model, load, run_model
from trainers.errors import BadInput

Model = Callable[[Any, stage.CallModel], stage.Answer | stage.Refused]
REST_MV, PEAK_MV_PER_NS, ENOUGH_NS = -65.0, 0.68, 9.5  # 0.68 mV for each nS at the soma; 9.5 nS together make it fire
TIMES_MS = np.arange(0.0, 40.0, 0.05)


def _event(weight_nS: float) -> np.ndarray:
    """V of the soma after inputs of so many nS in all at 5 ms."""
    since = np.maximum(TIMES_MS - 5.0, 0.0)
    return np.asarray(REST_MV + PEAK_MV_PER_NS * weight_nS * since / 2.0 * np.exp(1.0 - since / 2.0))


def answer_model(cell: Any, command: stage.CallModel) -> stage.Answer | stage.Refused:
    """What the worker would answer to a bench of learning."""
    options = msgspec.json.decode(msgspec.json.encode(command.options))
    if command.model == "summation":
        total = sum(weight for _, _, weight in options["excitation"])
        values: dict[str, Any] = {"soma_peak_mV": PEAK_MV_PER_NS * total}
        return stage.Answer(cell.step, command.token, values, {"t_ms": TIMES_MS, "V_soma_mV": _event(total)})
    if command.model == "neuron":
        total = options["inputs"] * options["weight"]
        v, at = _event(total), None
        if total >= ENOUGH_NS:
            at = 8.0
            v = v + 95.0 * np.exp(-(((TIMES_MS - at + 0.5) / 0.4) ** 2))
        values = {"fires": at is not None, "first_crossing_ms": {"bouton": at}}
        return stage.Answer(cell.step, command.token, values, {"t_ms": TIMES_MS, "V_soma_mV": v})
    spec = find_model(command.model)
    try:
        result = run_model(spec, msgspec.convert(options, load(spec.request), strict=False))
    except BadInput as error:
        return stage.Refused(cell.step, command.token, error.sentence)
    return stage.Answer(cell.step, command.token, result.values, result.traces)


def refuse_model(cell: Any, command: stage.CallModel) -> stage.Refused:
    """A worker that will not."""
    return stage.Refused(cell.step, command.token, f"The model {command.model} cannot run now.")
