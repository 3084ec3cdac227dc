"""What the view of depth shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.activation.functions import resolve
from trainers.activation_lab import (
    MOST_LAYERS,
    MOST_SIGNALS,
    MOST_WIDTH,
    ActivationChoice,
    DepthQuestion,
    Initialisation,
)
from trainers.activation_lab_checks import checked_question
from trainers.errors import BadInput

SCHEMA = 1
LEAST_WIDTH = 8
MOST_SEED = 2**31 - 1
BINS = 48  # of each histogram: on the board one is some 100 px high

Slot = Literal["a", "b"]
SLOTS: tuple[Slot, ...] = ("a", "b")
Scale = Literal["shared", "own"]

INITIALISATION_TITLES: dict[Initialisation, str] = {
    "xavier": "Xavier",
    "he": "He",
    "lecun": "LeCun",
    "orthogonal": "orthogonal",
    "normal": "N(0, s)",
}
WITH_GAIN: tuple[Initialisation, ...] = ("xavier", "orthogonal")


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two that are compared. gain concerns xavier and orthogonal alone, deviation (s) normal alone."""

    activation: ActivationChoice = ActivationChoice("relu")
    initialisation: Initialisation = "he"
    gain: Annotated[float, Meta(ge=0, le=100)] = 1.0
    deviation: Annotated[float, Meta(ge=0, le=100)] = 0.01

    @property
    def title(self) -> str:
        """As it is called on screen: "Sigmoid, N(0, 0.01)"."""
        name = function_title(self.activation)
        if self.initialisation == "normal":
            return f"{name}, N(0, {self.deviation:g})"
        if self.initialisation in WITH_GAIN and self.gain != 1.0:
            return f"{name}, {INITIALISATION_TITLES[self.initialisation]} × {self.gain:g}"
        return f"{name}, {INITIALISATION_TITLES[self.initialisation]}"


class DepthState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """a, b: what is compared; shown: which of them are drawn; edited: which of them the controls set.

    The next seven are those of a DepthQuestion. scale: whether all histograms have one axis or each its own. layer: whose
    histograms are shown large (0: the signal itself), None: nobody's; the last one where there are fewer layers by now.
    """

    a: Setting = Setting(ActivationChoice("sigmoid"), "normal")
    b: Setting = Setting()
    shown: tuple[Slot, ...] = SLOTS
    edited: Slot = "a"
    layers: Annotated[int, Meta(ge=1, le=MOST_LAYERS)] = 20
    width: Annotated[int, Meta(ge=LEAST_WIDTH, le=MOST_WIDTH)] = 256
    signals: Annotated[int, Meta(ge=1, le=MOST_SIGNALS)] = 256
    source: Literal["signal", "digits"] = "signal"
    seed: Annotated[int, Meta(ge=0, le=MOST_SEED)] = 0
    saturation: Annotated[float, Meta(ge=0, le=100)] = 0.01
    scale: Scale = "shared"
    layer: Annotated[int, Meta(ge=0, le=MOST_LAYERS)] | None = None
    schema: Annotated[int, Meta(ge=1)] = SCHEMA

    def setting(self, slot: Slot) -> Setting:
        """What stands in `slot`."""
        return self.a if slot == "a" else self.b

    @property
    def chosen_layer(self) -> int | None:
        """The layer whose histograms are shown large: one that there is."""
        return None if self.layer is None else min(self.layer, self.layers)

    def with_setting(self, slot: Slot, setting: Setting) -> DepthState:
        """The same with `setting` in `slot`, and seen."""
        shown = tuple(one for one in SLOTS if one == slot or one in self.shown)
        return msgspec.structs.replace(self, **{slot: setting}, shown=shown)

    def question(self, slot: Slot) -> DepthQuestion:
        """What is to be asked for `slot`."""
        setting = self.setting(slot)
        return DepthQuestion(
            activation=setting.activation,
            initialisation=setting.initialisation,
            gain=setting.gain,
            deviation=setting.deviation,
            layers=self.layers,
            width=self.width,
            signals=self.signals,
            source=self.source,
            seed=self.seed,
            saturation=self.saturation,
            bins=BINS,
        )


def pieces_of(choice: ActivationChoice) -> int:
    """Linear pieces of a Maxout unit; 1 of any other."""
    pieces = choice.parameters.get("pieces", 2) if choice.kind == "maxout" else 1
    return pieces if isinstance(pieces, int) else 2


def function_title(choice: ActivationChoice) -> str:
    """What the activation is called; Maxout with its pieces."""
    if choice.kind == "maxout":
        return f"Maxout of {pieces_of(choice)}"
    return resolve(choice).title


def to_json(state: DepthState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> DepthState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, DepthState, "The view of depth", SCHEMA)
    if not state.shown or len(set(state.shown)) != len(state.shown):
        raise StateError("shown names neither a nor b, or one of them twice.", "shown")
    check(state)
    return state


def check(state: DepthState) -> None:
    """Whether both settings can be computed together with what they share; StateError with the key named."""
    for slot in SLOTS:
        try:
            checked_question(state.question(slot))  # and with it the choice
            function_title(state.setting(slot).activation)
        except BadInput as error:
            raise StateError(error.sentence, f"{slot}.activation") from error
