"""What is said of a race: names of racers, ranking, who died, who diverged, what a change did. Imports no Qt and no torch."""

from __future__ import annotations

import math

from app.panels.activation.race.record import RacerChange, RaceRecord, RateChange
from app.simulation.activation_functions import ACTIVATIONS
from trainers.activation_lab import ActivationChoice
from trainers.layer_catalog import LAYER_KINDS

WORTH_TELLING = 3  # units: fewer deaths are told on the card alone


def title_of(choice: ActivationChoice) -> str:
    """What an activation is called on screen."""
    given = choice.parameters.get("title") or choice.parameters.get("text")
    if given:
        return str(given)
    if choice.kind in ACTIVATIONS:
        return ACTIVATIONS[choice.kind].title
    kind = LAYER_KINDS.get(choice.kind)
    return kind.title if kind is not None else choice.kind


def names_of(record: RaceRecord) -> list[str]:
    """A name for each racer that no other has: its activation, what it was before, or its number."""
    titles = [title_of(choice) for choice in record.plan.racers]
    first = [title_of(choice) for choice in record.started.plan.racers]
    names = [title if title == old else f"{title}, was {old}" for title, old in zip(titles, first, strict=True)]
    return [f"{name} ({number})" if names.count(name) > 1 else name for number, name in enumerate(names, 1)]


def figure(value: float) -> str:
    """A loss or a rate with three digits: 0.693, 0.0012, 4.5e-06; – where it is no number."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    return f"{value:.3g}"


def percent(value: float) -> str:
    """A share as whole per cent, – where there is none."""
    return "–" if math.isnan(value) else f"{value:.0%}".replace("%", " %")


def card_lines(record: RaceRecord, racer: int) -> tuple[str, str]:
    """The two lines under a racer's name: loss and test accuracy; dead units, or where it diverged."""
    frame = record.frame
    step = frame.diverged[racer]
    if step is not None:
        return "no numbers any more", f"diverged at step {step:,}"
    return (
        f"loss {figure(float(frame.train_loss[racer]))} · test {percent(float(frame.test_accuracy[racer]))}",
        f"{record.dead_now[racer]} of {record.units} dead",
    )


def ranking_parts(record: RaceRecord) -> list[tuple[int, str]]:
    """(racer, "1. ReLU 0.012") from the least training loss to the largest."""
    names = names_of(record)
    parts = []
    for place, racer in enumerate(record.ranking, 1):
        step = record.frame.diverged[racer]
        what = f"diverged at {step:,}" if step is not None else figure(float(record.frame.train_loss[racer]))
        parts.append((racer, f"{place}. {names[racer]}  {what}"))
    return parts


def news(record: RaceRecord) -> str:
    """The one sentence that matters most now: what the last change did, who diverged, who died; "" where nothing did."""
    parts = []
    change = record.changes[-1] if record.changes else None
    if isinstance(change, RacerChange):
        parts.append(_of_racer(record, change))
    elif isinstance(change, RateChange):
        parts.append(_of_rate(record, change))
    else:
        deaths = _deaths(record, tuple(0 for _ in record.dead_now))
        if deaths:
            parts.append(f"Dead, so that no gradient reaches them: {deaths}.")
    out = [
        f"{name} diverged at step {step:,}"
        for name, step in zip(names_of(record), record.frame.diverged, strict=True)
        if step is not None
    ]
    if out:
        parts.append(f"{', '.join(out)}: begin anew with a lower learning rate.")
    return " ".join(parts)


def _of_racer(record: RaceRecord, change: RacerChange) -> str:
    before, after = title_of(change.before), title_of(change.after)
    now = float(record.frame.train_loss[change.index])
    right = percent(float(record.frame.test_accuracy[change.index]))
    revived = change.dead_before - change.dead_after
    what = f"dead {change.dead_before} before, {change.dead_after} after"
    if revived > 0:
        what += f": {revived} revived"
    then = figure(change.loss)
    return f"{before} became {after} at step {change.done:,}: {what}; loss {then} then, {figure(now)} now, test {right} right."


def _of_rate(record: RaceRecord, change: RateChange) -> str:
    how = "up" if change.after > change.before else "down"
    since = f"Learning rate {how} from {figure(change.before)} to {figure(change.after)} at step {change.done:,}"
    deaths = _deaths(record, change.dead)
    if deaths:
        return f"{since}: {deaths} died since."
    return f"{since}."


def _deaths(record: RaceRecord, before: tuple[int, ...]) -> str:
    """Who lost units since `before`: "ReLU 17 of 32 units (all of layer 1: nothing of the input comes through)"."""
    names = names_of(record)
    told = []
    for racer, (then, now) in enumerate(zip(before, record.dead_now, strict=True)):
        if now - then >= WORTH_TELLING and record.frame.diverged[racer] is None:
            text = f"{names[racer]} {now - then} of {record.units} units"
            layer = _silent_layer(record, racer)
            if layer:
                text += f" (all of hidden layer {layer}: nothing of the input comes through)"
            told.append(text)
    return ", ".join(told)


def _silent_layer(record: RaceRecord, racer: int) -> int:
    """The first hidden layer of which every unit is dead, from 1; 0: none."""
    for layer, (dead, width) in enumerate(zip(record.frame.dead[racer], record.plan.hidden, strict=True), 1):
        if int(dead) >= width:
            return layer
    return 0
