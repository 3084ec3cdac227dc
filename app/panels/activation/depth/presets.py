"""What one click shows: well-known pairs of activation and initialisation, as data. Imports no widget.

Xavier: Glorot and Bengio, AISTATS 2010; He: He et al., ICCV 2015; LeCun with SELU: Klambauer et al., NeurIPS 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.panels.activation.depth.state import Setting
from trainers.activation_lab import ActivationChoice


@dataclass(frozen=True)
class Preset:
    """title: on its button. description: one sentence: what is set, and what to look at."""

    title: str
    setting: Setting
    description: str


PRESETS: tuple[Preset, ...] = (
    Preset(
        "Sigmoid dies",
        Setting(ActivationChoice("sigmoid"), "normal", deviation=0.01),
        "Sigmoid with weights from N(0, 0.01): its slope is at most 1/4, and each layer shrinks the gradient",
    ),
    Preset(
        "ReLU + He lives",
        Setting(ActivationChoice("relu"), "he"),
        "ReLU with He weights, variance 2/n: what ReLU cuts away the weights give back",
    ),
    Preset(
        "tanh + Xavier",
        Setting(ActivationChoice("tanh"), "xavier"),
        "tanh with Xavier weights, variance 2/(n in + n out): it fades slowly, both ways",
    ),
    Preset(
        "SELU keeps itself",
        Setting(ActivationChoice("selu"), "lecun"),
        "SELU with LeCun weights, variance 1/n: mean 0 and spread 1 come back by themselves",
    ),
    Preset(
        "N(0, 1) explodes",
        Setting(ActivationChoice("relu"), "normal", deviation=1.0),
        "ReLU with weights from N(0, 1): each layer multiplies the signal, and the gradient as well",
    ),
)
