"""CellScript: what was done to the living cell since it was calm, step by step, so that it can be done again. Imports neither Qt nor numba.

The engine is deterministic: the same plan and the same commands at the same steps give the same bits. So this script is the
cell's whole state, in a file as well as after a worker has died.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec
from msgspec import Meta

from app.simulation.biology.stage import INPUTS, Change, Fire, Inject, StageCommand, StagePlan, Withdraw

LONGEST_MS = 10_000.0  # of biology that is lived through again: about 4 s of work
MOST_LINES = 2_000

Time = Annotated[float, Meta(ge=0.0, le=1e7)]
Input = Annotated[int, Meta(ge=0, lt=INPUTS)]
Current = Annotated[float, Meta(ge=-1_000.0, le=1_000.0)]


class FireLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="fire"):
    """At at_ms: a presynaptic spike at each of `inputs`, then, or at times_ms."""

    at_ms: Time
    inputs: Annotated[tuple[Input, ...], Meta(min_length=1, max_length=INPUTS)]
    times_ms: tuple[Time, ...] | None = None


class InjectLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="inject"):
    """At at_ms: a current begins; it lasts duration_ms, or until its WithdrawLine."""

    at_ms: Time
    compartment: Annotated[int, Meta(ge=0, le=100_000)]
    amplitude_nA: Current
    duration_ms: Time | None = None


class WithdrawLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="withdraw"):
    """At at_ms: the current of the InjectLine number `current` (from 0, counted among themselves) ends."""

    at_ms: Time
    current: Annotated[int, Meta(ge=0, lt=MOST_LINES)]


class ChangeLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="change"):
    """At at_ms: the cell is as `plan` says from now on."""

    at_ms: Time
    plan: StagePlan


ScriptLine = FireLine | InjectLine | WithdrawLine | ChangeLine


@dataclass(frozen=True)
class Entry:
    """One command, in effect from `step` on. target: token of the Inject that a Withdraw ends."""

    step: int
    command: StageCommand
    target: int = 0


class CellScript:
    """The plan of the calm cell and all that followed, in order. Commands keep their tokens."""

    def __init__(self, plan: StagePlan) -> None:
        self.plan = plan
        self.entries: list[Entry] = []

    @property
    def last_plan(self) -> StagePlan:
        """The plan in force after the last line."""
        changes = [entry.command.plan for entry in self.entries if isinstance(entry.command, Change)]
        return changes[-1] if changes else self.plan

    def plans(self) -> list[tuple[float, StagePlan]]:
        """Each plan with the moment (ms) from which on it was in force; the first from 0."""
        dt = self.plan.dt_ms
        changes = [(entry.step * dt, entry.command.plan) for entry in self.entries if isinstance(entry.command, Change)]
        return [(0.0, self.plan), *changes]

    def note(self, step: int, command: StageCommand, target: int = 0) -> None:
        """A command was sent. Of changes at one and the same step the last alone counts."""
        if isinstance(command, Change):
            while self.entries and self.entries[-1].step == step and isinstance(self.entries[-1].command, Change):
                self.entries.pop()
        self.entries.append(Entry(step, command, target))

    def drop(self, token: int) -> None:
        """A command was refused: it never was."""
        self.entries = [entry for entry in self.entries if entry.command.token != token]

    def holds(self, token: int) -> bool:
        """Whether the command of `token` stands here."""
        return any(entry.command.token == token for entry in self.entries)

    def cut(self, step: int) -> None:
        """The cell was put back to `step`: what came later never was."""
        self.entries = [entry for entry in self.entries if entry.step <= step]

    def lines(self) -> tuple[ScriptLine, ...]:
        """The script as JSON-able data; times in ms."""
        dt = self.plan.dt_ms
        order = [entry.command.token for entry in self.entries if isinstance(entry.command, Inject)]
        lines: list[ScriptLine] = []
        for entry in self.entries:
            at = round(entry.step * dt, 9)
            match entry.command:
                case Fire(inputs=inputs, times_ms=times):
                    lines.append(FireLine(at, inputs, times))
                case Inject(compartment=compartment, amplitude_nA=amplitude, duration_ms=duration):
                    lines.append(InjectLine(at, compartment, amplitude, duration))
                case Withdraw() if entry.target in order:
                    lines.append(WithdrawLine(at, order.index(entry.target)))
                case Change(plan=plan):
                    lines.append(ChangeLine(at, plan))
        return tuple(lines)

    def renumbered(self, first_token: int) -> CellScript:
        """The same script with tokens from `first_token` on, for a session that has given away others."""
        tokens = {entry.command.token: first_token + number for number, entry in enumerate(self.entries)}
        copy = CellScript(self.plan)
        copy.entries = [
            replace(
                entry,
                command=msgspec.structs.replace(entry.command, token=tokens[entry.command.token]),
                target=tokens.get(entry.target, 0),
            )
            for entry in self.entries
        ]
        return copy


def read_script(plan: StagePlan, lines: tuple[ScriptLine, ...]) -> CellScript:
    """A script from its lines. ValueError with one sentence for a line that cannot follow those before it."""
    script = CellScript(plan)
    injected: list[int] = []
    before = 0
    for number, line in enumerate(lines):
        step, token = round(line.at_ms / plan.dt_ms), number + 1
        if step < before:
            raise ValueError(f"line {number} stands at {line.at_ms:g} ms, before the line above it")
        before = step
        match line:
            case FireLine(inputs=inputs, times_ms=times):
                if times is not None and (len(times) != len(inputs) or min(times) < line.at_ms):
                    raise ValueError(f"line {number} needs one time for each input, none before {line.at_ms:g} ms")
                script.note(step, Fire(token, inputs, times))
            case InjectLine(compartment=compartment, amplitude_nA=amplitude, duration_ms=duration):
                injected.append(token)
                script.note(step, Inject(token, compartment, amplitude, duration))
            case WithdrawLine(current=current):
                if current >= len(injected):
                    raise ValueError(f"line {number} ends current {current}, which has not begun")
                script.note(step, Withdraw(token, 0), injected[current])
            case ChangeLine(plan=changed):
                if changed.dt_ms != plan.dt_ms:
                    raise ValueError(f"line {number} changes dt_ms, which stays as the cell began")
                script.note(step, Change(token, changed))
    return script
