"""What the view of the race shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from trainers.activation_lab import INITIALISATIONS, MOST_RACERS, ActivationChoice, Initialisation, RacePlan
from trainers.activation_lab_checks import checked_race, checked_racer
from trainers.errors import BadInput

SCHEMA = 1
FEWEST_RACERS = 2
MOST_SEED = 2**31 - 1
LEARNING_RATES = (1e-4, 10.0)  # that the slider spans

Data = Literal["circle", "xor", "gauss", "spiral", "moons", "rings"]
DATA: tuple[Data, ...] = get_args(Data)
Optimizer = Literal["sgd", "adam"]
GuideStage = Literal[0, 1, 2, 3, 4]

LECTURE = tuple(ActivationChoice(kind) for kind in ("sigmoid", "tanh", "relu", "leaky_relu", "maxout", "elu"))
RELU, LEAKY = ActivationChoice("relu"), ActivationChoice("leaky_relu")


class RaceState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is set: the plan of the race, how fast it is shown, and how far the guided demonstration has come.

    racers: 2 to 6. hidden: width of each hidden layer. batch_size: 0 takes all training points in each step. speed: steps a second
    at most, 0 for as many as there can be. guide: 0 not begun, 1 both learn, 2 the learning rate is up, 3 it is down again,
    4 ReLU was replaced.
    plays: the race starts as soon as this state is on show; a state that is read back never has it.
    """

    racers: tuple[ActivationChoice, ...] = LECTURE
    data: Data = "spiral"
    samples: Annotated[int, Meta(ge=20, le=5_000)] = 500
    noise: Annotated[float, Meta(ge=0, le=1)] = 0.1
    data_seed: Annotated[int, Meta(ge=0, le=MOST_SEED)] = 0
    hidden: tuple[Annotated[int, Meta(ge=1, le=128)], ...] = (16, 16)
    initialisation: Initialisation = "he"
    optimizer: Optimizer = "adam"
    learning_rate: Annotated[float, Meta(gt=0, le=1000)] = 0.02
    momentum: Annotated[float, Meta(ge=0, lt=1)] = 0.9
    batch_size: Annotated[int, Meta(ge=0, le=5_000)] = 64
    seed: Annotated[int, Meta(ge=0, le=MOST_SEED)] = 0
    speed: Annotated[float, Meta(ge=0, le=10_000)] = 240.0
    guide: GuideStage = 0
    plays: bool = False
    schema: Annotated[int, Meta(ge=1)] = SCHEMA

    @property
    def plan(self) -> RacePlan:
        """What the worker is asked for."""
        return RacePlan(**{name: getattr(self, name) for name in RacePlan.__struct_fields__})

    @property
    def units(self) -> int:
        """Hidden units of each racer."""
        return sum(self.hidden)


# Found by trial over a dozen seeds: at the high rate all ReLU units of the first layer die within a second, Leaky ReLU goes on.
KILL = RaceState(
    racers=(RELU, LEAKY), data="circle", samples=300, optimizer="adam", learning_rate=0.01, guide=1, plays=True
)
KILLING_RATE = 0.5


def needs_new_race(before: RacePlan, after: RacePlan) -> bool:
    """Whether one leads to the other only by beginning anew: learning rate and activations can change while it runs."""
    alike = {"learning_rate": before.learning_rate}
    if len(before.racers) == len(after.racers):
        alike["racers"] = before.racers  # type: ignore[assignment]
    return msgspec.structs.replace(after, **alike) != before


def to_json(state: RaceState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(state, plays=False))
    return plain


def from_json(raw: object) -> RaceState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, RaceState, "The view of the race", SCHEMA)
    count = len(state.racers)
    if not FEWEST_RACERS <= count <= MOST_RACERS:
        raise StateError(f"racers has {count} entries; a race has {FEWEST_RACERS} to {MOST_RACERS}.", "racers")
    racers = []
    for number, choice in enumerate(state.racers):
        try:
            racers.append(checked_racer(choice))
        except BadInput as error:
            raise StateError(error.sentence, f"racers[{number}]") from error
    if not 1 <= len(state.hidden) <= 8:
        raise StateError(f"hidden has {len(state.hidden)} entries; a racer has 1 to 8 hidden layers.", "hidden")
    try:
        checked_race(state.plan)
    except BadInput as error:
        raise StateError(error.sentence, "") from error
    return msgspec.structs.replace(state, racers=tuple(racers))


def demonstration(what: dict[str, Any]) -> RaceState:
    """The state that shows `what`: {"activations": [...], "learning_rate": ..., any other field of a state}; StateError for none.

    It is that of the guided demonstration but for what is named, and plays.
    """
    fields = dict(what)
    kinds = fields.pop("activations", ())
    if not isinstance(kinds, list | tuple):
        raise StateError(f"activations is a list of names, not {kinds!r}.", "activations")
    racers = [{"kind": kind} if isinstance(kind, str) else kind for kind in kinds]
    base = {**msgspec.to_builtins(KILL), "guide": 0, "plays": True}
    return from_json({**base, **fields, **({"racers": racers} if racers else {})})


__all__ = [
    "DATA", "FEWEST_RACERS", "INITIALISATIONS", "KILL", "KILLING_RATE", "LEAKY", "LEARNING_RATES", "LECTURE", "MOST_RACERS",
    "RELU", "Data", "GuideStage", "Optimizer", "RaceState", "demonstration", "from_json", "needs_new_race", "to_json",
]  # fmt: skip
