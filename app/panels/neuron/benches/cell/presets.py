"""PRESETS: conditions of the living cell, each stating which parameter it changes. Imports no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from app.simulation.biology.lecture_neuron import INTERNODES
from app.simulation.biology.stage import StagePlan

BARE = range(8, 11)  # internodes that lose their myelin: 9 to 11 as they are counted on screen

_NUMBERS = (
    ("temperature_C", "temperature ", " °C"),
    ("sodium", "sodium channels × ", ""),
    ("potassium", "potassium channels × ", ""),
)


@dataclass(frozen=True)
class Preset:
    """A condition: its name, and one sentence with the parameters that it changes."""

    name: str
    title: str
    sentence: str


PRESETS: tuple[Preset, ...] = (
    Preset("healthy", "Healthy", "Channels × 1, 100 wraps, 18.5 °C, every input excitatory at 1 nS."),
    Preset("ms", "Multiple sclerosis", "Internodes 9 to 11 lose their myelin: wraps 100 → 0. Does the impulse get past?"),
    Preset("anaesthetic", "Local anaesthetic", "Sodium conductance × 0, as under lidocaine: inputs still sum, nothing fires."),
    Preset("ttx", "TTX (puffer fish)", "Sodium conductance × 0: tetrodotoxin plugs every sodium channel."),
    Preset("tea", "TEA", "Potassium conductance × 0: tetraethylammonium. One spike, and the potential does not come back."),
    Preset("cold", "Cold", "Temperature 18.5 → 6.3 °C: gates are 3.8 times slower, the spike is wider and later."),
    Preset("epilepsy", "Epilepsy-like drive", "Potassium conductance × 0.5: the cell fires by itself, some 200 times a second."),
)  # fmt: skip


def put(preset: str, plan: StagePlan) -> StagePlan:
    """`plan` under the condition `preset`; seed, delay and dt stay. KeyError for a name that is none."""
    healthy = StagePlan(seed=plan.seed, delay_ms=plan.delay_ms, dt_ms=plan.dt_ms)
    wraps = tuple(0 if number in BARE else 100 for number in range(INTERNODES))
    changes: dict[str, dict[str, Any]] = {
        "healthy": {},
        "ms": {"wraps": wraps},
        "anaesthetic": {"sodium": 0.0},
        "ttx": {"sodium": 0.0},
        "tea": {"potassium": 0.0},
        "cold": {"temperature_C": 6.3},
        "epilepsy": {"potassium": 0.5},
    }
    # weights and receptors that a person set are no part of a condition, but health takes them back too
    kept = {} if preset == "healthy" else {"weights_nS": plan.weights_nS, "receptors": plan.receptors}
    return msgspec.structs.replace(healthy, **{**kept, **changes[preset]})


def changed_by_hand(preset: str, plan: StagePlan) -> tuple[str, ...]:
    """In what `plan` differs from the condition `preset`, each as "from → to"; () where it is that condition."""
    usual, said = put(preset, plan), []
    for field, name, unit in _NUMBERS:
        before, now = getattr(usual, field), getattr(plan, field)
        if now != before:
            said.append(f"{name}{before:.3g} → {now:.3g}{unit}")
    bare = [
        number + 1 for number, (was, is_now) in enumerate(zip(usual.wraps, plan.wraps, strict=True)) if was != is_now
    ]
    if bare:
        said.append(f"myelin of internode{'s' * (len(bare) > 1)} {', '.join(str(number) for number in bare)}")
    for field, name in (("weights_nS", "weights"), ("receptors", "receptors"), ("release", "release of vesicles")):
        if getattr(plan, field) != getattr(usual, field):
            said.append(name)
    return tuple(said)
