"""MODELS: every model that `hillock simulate` and the benches can run, as data. Imports no numba: a model is loaded when it runs.

A request is a frozen msgspec struct whose fields are the model's options (units in the field's name or docstring); a model's
function takes one and returns a `SimulationResult`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import msgspec
import numpy as np

from trainers.errors import BadInput


class ModelRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all requests: one field an option, `node_density` for `--node-density`."""


class SimulationResult(msgspec.Struct, frozen=True):
    """What a model answers.

    values: JSON-able, under the keys that the command line promises; None for what is not a number or did not happen.
    traces: columns of the CSV, header (name with unit, "V_soma_mV") -> float64 (n,); all of one length, the first is "t_ms"
      or whatever stands on the x axis.
    """

    values: dict[str, Any]
    traces: dict[str, np.ndarray]


class ModelSpec(msgspec.Struct, frozen=True):
    """A model: its name for ever, one sentence, and where its request class and its function stand ("module:name")."""

    name: str
    summary: str
    request: str
    function: str


_HERE = "app.simulation.biology"
_LONGEST_NAME = 40  # of a model that there is not, in the sentence that says so

MODELS: tuple[ModelSpec, ...] = (
    ModelSpec(
        "hh",
        "one compartment of the Hodgkin-Huxley membrane",
        f"{_HERE}.requests_point:HodgkinHuxleyRequest",
        f"{_HERE}.models_firing:run_hodgkin_huxley",
    ),
    ModelSpec(
        "fi",
        "how fast a cell fires at each of some currents",
        f"{_HERE}.requests_point:FiringRateRequest",
        f"{_HERE}.models_firing:run_firing_rates",
    ),
    ModelSpec(
        "lif", "a leaky integrate-and-fire cell", f"{_HERE}.requests_point:LifRequest", f"{_HERE}.models_point:run_lif"
    ),
    ModelSpec(
        "izhikevich",
        "Izhikevich's cell, of seven firing types",
        f"{_HERE}.requests_point:IzhikevichRequest",
        f"{_HERE}.models_firing:run_izhikevich_cell",
    ),
    ModelSpec(
        "psp",
        "one synaptic event on a passive cell",
        f"{_HERE}.requests_point:PspRequest",
        f"{_HERE}.models_point:run_psp",
    ),
    ModelSpec(
        "short-term",
        "what a tiring or warming synapse releases in a train",
        f"{_HERE}.requests_point:ShortTermRequest",
        f"{_HERE}.models_point:run_short_term",
    ),
    ModelSpec(
        "quantal",
        "vesicles released by chance",
        f"{_HERE}.requests_point:QuantalRequest",
        f"{_HERE}.models_point:run_quantal",
    ),
    ModelSpec(
        "cable",
        "what a synapse on a dendrite is worth at the soma",
        f"{_HERE}.requests_cable:CableRequest",
        f"{_HERE}.models_cable:run_cable",
    ),
    ModelSpec(
        "cable-steady",
        "a passive cable with a steady current",
        f"{_HERE}.requests_cable:SteadyCableRequest",
        f"{_HERE}.models_cable:run_steady_cable",
    ),
    ModelSpec(
        "axon",
        "a myelinated axon, whole or stripped of myelin",
        f"{_HERE}.requests_cable:AxonRequest",
        f"{_HERE}.models_cable:run_axon",
    ),
    ModelSpec(
        "axon-bare",
        "an axon of squid membrane",
        f"{_HERE}.requests_cable:BareAxonRequest",
        f"{_HERE}.models_cable:run_bare_axon",
    ),
    ModelSpec(
        "axon-pair",
        "a myelinated and a bare axon of the same size on one clock",
        f"{_HERE}.requests_axon_pair:AxonPairRequest",
        f"{_HERE}.models_axon_pair:run_axon_pair",
    ),
    ModelSpec(
        "neuron",
        "the lecture neuron and its inputs",
        f"{_HERE}.requests_cable:NeuronRequest",
        f"{_HERE}.models_cable:run_neuron",
    ),
    ModelSpec(
        "summation",
        "events at chosen places of the lecture neuron, together and each alone",
        f"{_HERE}.requests_summation:SummationRequest",
        f"{_HERE}.models_summation:run_summation",
    ),
    ModelSpec(
        "no-return",
        "how much higher the lecture neuron would have to stand to fire by itself, moment by moment",
        f"{_HERE}.requests_summation:NoReturnRequest",
        f"{_HERE}.models_no_return:run_no_return",
    ),
    ModelSpec(
        "stdp",
        "one synapse under two trains of spikes: pair, hard window and triplet rules",
        f"{_HERE}.requests_plasticity:StdpRequest",
        f"{_HERE}.models_plasticity:run_stdp",
    ),
    ModelSpec(
        "frequency-curve",
        "LTD and LTP against the frequency of a stimulation",
        f"{_HERE}.requests_plasticity:FrequencyCurveRequest",
        f"{_HERE}.models_plasticity:run_frequency_curve",
    ),
    ModelSpec(
        "calcium",
        "one synapse under the calcium rule",
        f"{_HERE}.requests_plasticity:CalciumRequest",
        f"{_HERE}.models_plasticity:run_calcium",
    ),
    ModelSpec(
        "rate-rule",
        "weights under Hebb, covariance, Oja or BCM",
        f"{_HERE}.requests_plasticity:RateRuleRequest",
        f"{_HERE}.models_plasticity:run_rate_rule",
    ),
    ModelSpec(
        "competition",
        "a thousand plastic synapses that compete for one cell",
        f"{_HERE}.requests_plasticity:CompetitionRequest",
        f"{_HERE}.competition:run_competition",
    ),
)


def find_model(name: str) -> ModelSpec:
    """The model called `name`; BadInput where there is none."""
    for spec in MODELS:
        if spec.name == name:
            return spec
    name = " ".join(name.split())
    shown = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
    raise BadInput(f"There is no model '{shown}': choose one of {', '.join(spec.name for spec in MODELS)}.")


def load(name: str) -> Any:
    """What stands under "module:name"."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def run_model(spec: ModelSpec, request: ModelRequest) -> SimulationResult:
    """Run `spec` on `request`. Raises BadInput for a request that passes its types and still makes no sense."""
    run = load(spec.function)
    with np.errstate(all="ignore"):  # what runs out of range is null in the answer
        try:
            result: SimulationResult = run(request)
        except ArithmeticError as error:
            raise BadInput(f"{spec.name} leaves the range of numbers ({error}): take smaller values.") from error
        except MemoryError:
            raise BadInput(f"{spec.name} needs more memory than there is: ask for a shorter run.") from None
    return result
