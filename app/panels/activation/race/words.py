"""What is said of a race: names of racers, ranking, who died, who diverged, what a change did. Imports no Qt and no torch."""

from __future__ import annotations

import math

from app.panels.activation.race.record import RacerChange, RaceRecord, RateChange
from app.simulation.activation_functions import ACTIVATIONS
from app.widgets.number_words import readable
from trainers.activation_lab import ActivationChoice
from trainers.layer_catalog import LAYER_KINDS

SMALLEST_LOSS = 1e-7  # about the last digit of a number near 1 in single precision: below, losses differ by chance
MOST_BREVITY = 2
WORTH_TELLING = 3  # units: fewer deaths are told on the card alone


def title_of(choice: ActivationChoice) -> str:
    """What an activation is called on screen, with the numbers that are not those which it has by itself."""
    given = choice.parameters
    if given.get("title"):
        return str(given["title"])
    if given.get("text"):
        return f"{given['text']}; {given['constants']}" if given.get("constants") else str(given["text"])
    if choice.kind in ACTIVATIONS:
        activation = ACTIVATIONS[choice.kind]
        usual = {one.name: one.default for one in activation.parameters}
        numbers = [value for name, value in given.items() if name in usual and value != usual[name]]
        return " ".join([activation.title, *(f"{n:.3g}" if isinstance(n, float) else str(n) for n in numbers)])
    kind = LAYER_KINDS.get(choice.kind)
    return kind.title if kind is not None else choice.kind


def names_of(record: RaceRecord) -> list[str]:
    """A name for each racer that no other has: its activation, of what kind it was before, or its number."""
    names = [
        title_of(now) if now.kind == first.kind else f"{title_of(now)}, was {title_of(first)}"
        for now, first in zip(record.plan.racers, record.started.plan.racers, strict=True)
    ]
    return [f"{name} ({number})" if names.count(name) > 1 else name for number, name in enumerate(names, 1)]


def figure(value: float) -> str:
    """A loss or a rate with three digits: 0.693, 0.0012, 4.5·10⁻⁶, 1,230; – where it is no number."""
    if 999.5 <= value < 99_950:
        return f"{float(f'{value:.3g}'):,.0f}"
    return readable(value, least=0.0)


def loss_figure(value: float) -> str:
    """A loss with three digits; one too small to tell from 0 in single precision says so."""
    return f"< {readable(SMALLEST_LOSS)}" if value < SMALLEST_LOSS else figure(value)


def moving_loss(value: float) -> str:
    """As `loss_figure`, beside others that change as well: 0.0656, 0.9500, 12.34, all of one length down to 0.001."""
    return f"{value:.{4 if value < 9.99995 else 2}f}" if 0.001 <= value < 99.995 else loss_figure(value)


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
        f"loss {moving_loss(float(frame.train_loss[racer]))} · test {percent(float(frame.test_accuracy[racer]))}",
        f"{record.dead_now[racer]} of {record.units} dead",
    )


def ranking_parts(record: RaceRecord) -> list[tuple[int, str]]:
    """(racer, "1. ReLU 0.012") from the least training loss to the largest; before the first step in their order, without a place."""
    names = names_of(record)
    if not record.done:
        return [
            (racer, f"{name}  {moving_loss(loss)}")
            for racer, (name, loss) in enumerate(zip(names, record.frame.train_loss.tolist(), strict=True))
        ]
    parts = []
    for place, racer in enumerate(record.ranking, 1):
        step = record.frame.diverged[racer]
        what = f"diverged at {step:,}" if step is not None else moving_loss(float(record.frame.train_loss[racer]))
        parts.append((racer, f"{place}. {names[racer]}  {what}"))
    return parts


def news(record: RaceRecord, brevity: int = 0) -> str:
    """The one sentence that matters most now: what the last change did, who diverged, who died; "" where nothing did.

    brevity: 0 says it whole; the larger it is, up to MOST_BREVITY, the more is left to the cards.
    """
    parts = []
    change = record.changes[-1] if record.changes else None
    if isinstance(change, RacerChange):
        parts.append(_of_racer(record, change, brevity))
    elif isinstance(change, RateChange):
        parts.append(_of_rate(record, change, brevity))
    else:
        deaths = _deaths(record, tuple(0 for _ in record.dead_now), brevity)
        if deaths:
            parts.append(f"Dead, so that no gradient reaches them: {deaths}.")
    out = [(name, step) for name, step in zip(names_of(record), record.frame.diverged, strict=True) if step is not None]
    if out:
        if brevity == 0:
            who = ", ".join(f"{name} diverged at step {step:,}" for name, step in out)
        elif brevity == 1:
            who = f"{', '.join(f'{name} (step {step:,})' for name, step in out)} diverged"
        else:
            who = f"{len(out)} diverged"
        parts.append(f"{who}: begin anew with a lower learning rate.")
    return " ".join(parts)


def _of_racer(record: RaceRecord, change: RacerChange, brevity: int) -> str:
    before, after = title_of(change.before), title_of(change.after)
    now = loss_figure(float(record.frame.train_loss[change.index]))
    right = percent(float(record.frame.test_accuracy[change.index]))
    revived = change.dead_before - change.dead_after
    what = f"dead {change.dead_before} before, {change.dead_after} after"
    if revived > 0:
        what += f": {revived} revived"
    if brevity == 0:
        what += f"; loss {loss_figure(change.loss)} then, {now} now, test {right} right"
    return f"{before} became {after} at step {change.done:,}: {what}."


def _of_rate(record: RaceRecord, change: RateChange, brevity: int) -> str:
    before, after, high, low = change.before, change.after, change.high, change.low
    if after == before:  # there and back in one drag
        far = high if high > before else low
        how = "up" if far > before else "down"
        when = f"between steps {change.done:,} and {change.until:,}"
        since = f"Learning rate {how} from {figure(before)} to {figure(far)} and back {when}"
    else:
        how = "up" if after > before else "down"
        since = f"Learning rate {how} from {figure(before)} to {figure(after)} at step {change.done:,}"
        if high > max(before, after):
            since += f", as high as {figure(high)} on the way"
        elif low < min(before, after):
            since += f", as low as {figure(low)} on the way"
    deaths = _deaths(record, change.dead, brevity)
    return f"{since}: {deaths} died since." if deaths else f"{since}."


def _deaths(record: RaceRecord, before: tuple[int, ...], brevity: int) -> str:
    """Who lost units since `before`: "ReLU 17 of 32 units (all of layer 1: nothing of the input comes through)"."""
    names = names_of(record)
    told, silent, whole, who = [], 0, 0, ""
    for racer, (then, now) in enumerate(zip(before, record.dead_now, strict=True)):
        if now - then < WORTH_TELLING or record.frame.diverged[racer] is not None:
            continue
        who = names[racer]
        text = f"{who} {now - then}"
        layer = _silent_layer(record, racer)
        if brevity == 0:
            text += f" of {record.units} units"
            if layer:
                text += f" (all of hidden layer {layer}: nothing of the input comes through)"
        whole += now - then
        silent += bool(layer)
        told.append(text)
    if not told or brevity == 0:
        return ", ".join(told)
    if brevity == MOST_BREVITY:
        return f"{whole} units of {who if len(told) == 1 else f'{len(told)} racers'}"
    layers = f" ({silent} with a whole layer, so that nothing of the input comes through)" if silent else ""
    return f"{', '.join(told)} of {record.units} units{layers}"


def _silent_layer(record: RaceRecord, racer: int) -> int:
    """The first hidden layer of which every unit is dead, from 1; 0: none."""
    for layer, (dead, width) in enumerate(zip(record.frame.dead[racer], record.plan.hidden, strict=True), 1):
        if int(dead) >= width:
            return layer
    return 0
