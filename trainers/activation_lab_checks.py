"""What a question about depth and a race may ask for: each refusal is one sentence. Imports neither torch nor Qt.

Window and worker both ask here: the window so that a person hears at once, the worker because it trusts nobody.
"""

from __future__ import annotations

import math

import msgspec

from trainers.activation_lab import (
    INITIALISATIONS,
    MOST_LAYERS,
    MOST_RACERS,
    MOST_SIGNALS,
    MOST_WIDTH,
    ActivationChoice,
    DepthQuestion,
    RacePlan,
    Span,
)
from trainers.errors import BadInput
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_graph import Layer, Link, NetworkGraph, NetworkInputError, Parameter, near_matches
from trainers.planar_data import PLANAR_DATA

OWN_KINDS = ("step", "sine", "maxout")  # beside those of the layer catalogue
LECTURE_DEFAULTS: dict[str, dict[str, Parameter]] = {"leaky_relu": {"negative_slope": 0.1}}
MOST_PIECES = 4
LEAST_OMEGA, MOST_OMEGA = 0.01, 100.0
MOST_NUMBERS = 1 << 26  # weighted sums of all layers and signals: their derivatives take 256 MB
_MOST_SEED = 2**31 - 1


def usable_kinds() -> tuple[str, ...]:
    """Every kind that an ActivationChoice may name."""
    found = (kind.key for kind in LAYER_KINDS.values() if kind.group == "activation" and kind.is_elementwise)
    return (*found, *OWN_KINDS)


def checked_choice(choice: ActivationChoice) -> ActivationChoice:
    """The choice with the lecture's defaults filled in. Raises BadInput."""
    if choice.kind not in usable_kinds():
        raise NetworkInputError(
            f"There is no activation {choice.kind[:64]!r} that acts on each number by itself.",
            near_matches(choice.kind, usable_kinds()).strip() or "Take one such as relu, tanh or maxout.",
        )
    parameters = {**LECTURE_DEFAULTS.get(choice.kind, {}), **choice.parameters}
    if choice.kind == "maxout":
        _check_maxout(parameters)
    elif choice.kind == "sine":
        _check_sine(parameters)
    elif choice.kind in OWN_KINDS:
        if parameters:
            raise BadInput(f"{choice.kind} has no parameters, but {next(iter(parameters))!r} is given: leave it out.")
    else:
        analyse(network_of(ActivationChoice(choice.kind, parameters), 1))
    return ActivationChoice(choice.kind, parameters)


def network_of(choice: ActivationChoice, width: int) -> NetworkGraph:
    """A network of nothing but the activation, its layer named after it: what the layer catalogue knows comes for free."""
    layers = (Layer("signal", "input", {"shape": (width,)}), Layer(choice.kind, choice.kind, choice.parameters))
    return NetworkGraph("activation", layers, (Link("signal", choice.kind),))


def _check_maxout(parameters: dict[str, Parameter]) -> None:
    for name, value in parameters.items():
        if name != "pieces":
            raise BadInput(f"maxout has no parameter {name[:64]!r}: it has pieces.")
        if type(value) is not int:
            raise BadInput(f"maxout's pieces are {value!r}, but must be a whole number from 2 to {MOST_PIECES}.")
        _check_whole("The number of maxout's pieces", value, 2, MOST_PIECES)


def _check_sine(parameters: dict[str, Parameter]) -> None:
    for name, value in parameters.items():
        if name != "omega":
            raise BadInput(f"sine has no parameter {name[:64]!r}: it has omega.")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadInput(f"sine's omega is {value!r}, but must be a number from {LEAST_OMEGA:g} to {MOST_OMEGA:g}.")
        _check_number("sine's omega", value, LEAST_OMEGA, MOST_OMEGA)


def checked_question(question: DepthQuestion) -> DepthQuestion:
    """The question with its activation's defaults filled in. Raises BadInput."""
    _check_whole("The number of layers", question.layers, 1, MOST_LAYERS)
    _check_whole("The width", question.width, 8, MOST_WIDTH)
    _check_whole("The number of signals", question.signals, 1, MOST_SIGNALS)
    _check_whole("The seed", question.seed, 0, _MOST_SEED)
    _check_whole("The number of bins", question.bins, 2, 1024)
    _check_among("source", question.source, ("signal", "digits"))
    _check_among("initialisation", question.initialisation, INITIALISATIONS)
    _check_number("The gain", question.gain, 0.0, 100.0)
    _check_number("The standard deviation of the weights", question.deviation, 0.0, 100.0)
    _check_number("The threshold of saturation", question.saturation, 0.0, 100.0)
    _check_span("activations", question.activation_span)
    _check_span("gradients", question.gradient_span)
    activation = checked_choice(question.activation)
    pieces = activation.parameters.get("pieces", 2) if activation.kind == "maxout" else 1
    assert isinstance(pieces, int)
    if question.layers * question.width * question.signals * pieces > MOST_NUMBERS:
        raise BadInput(
            f"{question.layers} layers of {question.width} units with {pieces} pieces are too much for {question.signals:,} signals:"
            " take fewer signals."
        )
    return msgspec.structs.replace(question, activation=activation)


def checked_race(plan: RacePlan) -> RacePlan:
    """The plan with its activations' defaults filled in. Raises BadInput."""
    if not 1 <= len(plan.racers) <= MOST_RACERS:
        raise BadInput(f"A race has 1 to {MOST_RACERS} racers, not {len(plan.racers)}.")
    if plan.data not in PLANAR_DATA:
        raise NetworkInputError(
            f"There are no two-dimensional data {plan.data[:64]!r}.",
            near_matches(plan.data, PLANAR_DATA).strip() or f"There are {', '.join(PLANAR_DATA)}.",
        )
    if not 1 <= len(plan.hidden) <= 8:
        raise BadInput(f"A racer has 1 to 8 hidden layers, not {len(plan.hidden)}.")
    for width in plan.hidden:
        _check_whole("The width of a hidden layer", width, 1, 128)
    _check_whole("The number of samples", plan.samples, 20, 5_000)
    _check_number("The noise", plan.noise, 0.0, 1.0)
    _check_whole("The seed of the data", plan.data_seed, 0, _MOST_SEED)
    _check_whole("The seed", plan.seed, 0, _MOST_SEED)
    _check_whole("The batch size", plan.batch_size, 0, 5_000)
    _check_among("initialisation", plan.initialisation, INITIALISATIONS)
    _check_among("optimiser", plan.optimizer, ("sgd", "adam"))
    check_learning_rate(plan.learning_rate)
    if not 0.0 <= plan.momentum < 1.0:
        raise BadInput(f"The momentum must be at least 0 and below 1, not {plan.momentum:g}.")
    return msgspec.structs.replace(plan, racers=tuple(checked_racer(racer) for racer in plan.racers))


def checked_racer(choice: ActivationChoice) -> ActivationChoice:
    """The choice with its defaults filled in; a racer's Maxout has two pieces. Raises BadInput."""
    checked = checked_choice(choice)
    if checked.kind == "maxout" and checked.parameters.get("pieces", 2) != 2:
        raise BadInput(f"In a race Maxout has 2 pieces, not {checked.parameters['pieces']}.")
    return checked


def check_learning_rate(value: float) -> None:
    """Raises BadInput."""
    if not 0.0 < value <= 1000.0:
        raise BadInput(f"The learning rate must be above 0 and at most 1000, not {value:g}.")


def _check_whole(what: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadInput(f"{what} must be from {low} to {high:,}, not {value:,}.")


def _check_number(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # NaN fails here
        raise BadInput(f"{what} must be from {low:g} to {high:g}, not {value:g}.")


def _check_among(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadInput(f"There is no {what} {value[:64]!r}: take {', '.join(known[:-1])} or {known[-1]}.")


def _check_span(what: str, span: Span) -> None:
    if isinstance(span, str):
        _check_among(f"span of the {what}", span, ("layer", "shared"))
    elif not (len(span) == 2 and all(math.isfinite(edge) for edge in span) and span[0] < span[1]):
        raise BadInput(f"The span of the {what} must be two finite numbers, the lower one first, not {span!r}.")
