"""Which networks and data sets go together, and what to propose when they do not. Plain data; imports neither Qt nor torch."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from trainers import datasets, network_files
from trainers.data_split import DatasetSpec
from trainers.errors import HillockError
from trainers.layer_catalog import analyse
from trainers.network_drafting import NetworkDraft

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis
    from trainers.network_graph import NetworkGraph
    from trainers.training_plan import DataChoice

_FIRST_CHOICE = ("playground", "lenet5", "resnet18-cifar")  # of the presets that fit, the one that learns it best


_HIDDEN = 16  # units of a hidden layer of a network that is made for a table
_OWN_DATA = {"perceptron": "gauss", "xor-mlp": "xor"}


@cache
def preset_analysis(name: str) -> NetworkAnalysis:
    """The analysis of a preset; worked out once."""
    return analyse(network_files.load_preset(name))


def why_not(spec: DatasetSpec, analysis: NetworkAnalysis) -> str:
    """ "" where the data fit the network, else one sentence that says why not and proposes what does, by the titles on show.

    For data of somebody's own it is the network that should give way.
    """
    why = datasets.misfit(spec, analysis, spec.title)
    if not why:
        return ""
    data, presets = datasets.what_fits(spec, analysis)
    if spec.name not in datasets.DATASETS:
        data = []
    ways = [f"choose {_either([datasets.DATASETS[name].title for name in data[:3]])} as data"] if data else []
    if presets:
        ways.append(f"take the network {_preset_title(presets[0])}")
    return f"{why} {', or '.join(ways or [datasets.needed_shapes(spec)])}."


def _either(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} or {titles[-1]}"


@cache
def _preset_title(name: str) -> str:
    return network_files.load_preset(name).title


def known_spec(data: DataChoice) -> DatasetSpec | None:
    """What `data` is, or None where it cannot be read, or not at once: a large table is a worker's to read."""
    try:
        return datasets.describe(data) if datasets.is_described(data) else None
    except HillockError:
        return None


@cache
def preset_for(data: str) -> str | None:
    """The preset that a set of the catalogue is best learned by, None where none fits."""
    return preset_for_spec(datasets.DATASETS[data])


def preset_for_spec(spec: DatasetSpec) -> str | None:
    """The preset that fits `spec`, None where none does."""
    fitting = [name for name in network_files.preset_names() if not why_not(spec, preset_analysis(name))]
    return next((name for name in _FIRST_CHOICE if name in fitting), fitting[0] if fitting else None)


def data_for(name: str) -> str | None:
    """The set that a preset comes with: its own, else the first that fits it and is at hand; None where none fits."""
    if name in _OWN_DATA:
        return _OWN_DATA[name]
    fitting = [data for data, spec in datasets.DATASETS.items() if not why_not(spec, preset_analysis(name))]
    at_hand = [data for data in fitting if not datasets.DATASETS[data].needs_download]
    return next(iter(at_hand or fitting), None)


def fitting_data(data: DataChoice, preset: str) -> DataChoice:
    """These data where they fit the preset, or none do; else the set that it comes with."""
    spec, partner = known_spec(data), data_for(preset)
    if spec is None or partner is None or not why_not(spec, preset_analysis(preset)):
        return data
    return msgspec.structs.replace(data, name=partner, label=None, download=False)


def network_for(spec: DatasetSpec) -> NetworkGraph | None:
    """A small network that takes a table of somebody's own, None for other data: its numbers, two hidden layers, its classes or targets."""
    if spec.name in datasets.DATASETS or len(spec.sample_shape) != 1:
        return None
    outputs = len(spec.classes) or spec.targets
    draft = NetworkDraft("features", spec.sample_shape)
    for number in (1, 2):
        draft.put(f"hidden{number}", "dense", units=_HIDDEN)
        draft.put(f"relu{number}", "relu")
    draft.put("output", "dense", units=outputs)
    title = f"{spec.title} {spec.sample_shape[0]}-{_HIDDEN}-{_HIDDEN}-{outputs}"
    return draft.graph("table-mlp", title, f"Made for {spec.title}: two hidden layers of {_HIDDEN} ReLU units.")
