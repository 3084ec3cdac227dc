"""What the page "One convolution" shows of a layer: its window, and its first kernel where the training has saved one. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from app.panels.builder.convolution_state import LARGEST, LIMITS, ConvolutionState, Windows, as_rows, changed
from app.simulation.convolution import Floats, Mode, Sliding
from app.simulation.convolution_kernels import resized
from trainers.errors import BadInput
from trainers.network_graph import Layer, NetworkGraph

if TYPE_CHECKING:
    from app.workspace import Workspace

Trained = tuple[Floats, float, int]  # a kernel (high, wide), its bias, and the step that they are of
MODES: dict[str, Mode] = {"conv2d": "convolution", "max_pool": "max", "average_pool": "average"}


def is_shown(layer: Layer) -> bool:
    """Whether the page can show this layer at work."""
    return layer.kind in MODES


def of_layer(state: ConvolutionState, layer: Layer, trained: Trained | None) -> ConvolutionState:
    """`state` with the layer's window. trained: its first kernel (high, wide), its bias, and the step that they are of.

    What the page cannot show (more than its limits, a size rounded up) is shown as near as can be, and told.
    """
    mode = MODES[layer.kind]
    values = {
        "kernel": 3 if mode == "convolution" else 2,
        "stride": None,
        "padding": 0,
        "dilation": 1,
        **layer.parameters,
    }
    if values["stride"] is None:
        values["stride"] = 1 if mode == "convolution" else values["kernel"]
    found: dict[str, Any] = {}
    is_exact = not values.get("ceil")
    for name, (least, most) in LIMITS.items():
        wanted = np.broadcast_to(np.array(values[name], int), 2)
        found[name] = tuple(np.clip(wanted, least, most).tolist())
        is_exact &= tuple(wanted.tolist()) == found[name]
    sliding = Sliding(**found)
    windows: Windows = msgspec.structs.replace(state.windows, **{mode: sliding})
    origin = layer.name if is_exact else f"{layer.name}, as near as this page comes to it"
    fields: dict[str, object] = {"mode": mode, "windows": windows}
    if mode == "convolution":
        weights = resized(state.kernel, sliding.sides)
        fields["weights"] = as_rows(weights)
    if not state.strokes and max(sliding.reach) > state.side:
        fields["side"] = 28
    state = changed(state, **fields, origin=origin, is_open=True)
    return state if trained is None or mode != "convolution" or not is_exact else with_trained(state, layer, trained)


def with_trained(state: ConvolutionState, layer: Layer, trained: Trained) -> ConvolutionState:
    """`state` with the kernel that the layer has after so many steps, which is as large as the window."""
    kernel, bias, step = trained
    weights = as_rows(np.clip(kernel, -LARGEST, LARGEST))
    bias = float(np.clip(bias, -LARGEST, LARGEST))
    return changed(state, weights=weights, bias=bias, origin=f"{layer.name}, first kernel, step {step:,}")


def is_kernel_of(state: ConvolutionState, layer: Layer) -> bool:
    """Whether what the page shows was taken from the layer and nobody has changed it since."""
    return state.mode == "convolution" and state.origin.partition(",")[0] == layer.name


def trained_kernel(workspace: Workspace, graph: NetworkGraph, layer: Layer) -> Trained | None:
    """The first kernel of `layer` for its first input channel, its bias and the step, from the last checkpoint of this network.

    None where it was not trained, or the checkpoint cannot be read any more.
    """
    last = getattr(workspace.training, "last_saved", None)  # a stand-in has none
    if last is None or last[0] != graph or layer.kind != "conv2d":
        return None
    from trainers.state_dicts import read_state_dict

    try:
        weights = read_state_dict(last[1].path)
    except BadInput:
        return None
    return first_kernel(weights, layer.name, last[1].step)


def first_kernel(weights: Mapping[str, np.ndarray], layer: str, step: int) -> Trained | None:
    """Of a state dict: the kernel from the layer's first input channel to its first output channel; None where it has none."""
    kernel, bias = weights.get(f"{layer}.weight"), weights.get(f"{layer}.bias")
    if kernel is None or kernel.ndim != 4:
        return None
    return np.array(kernel[0, 0], float), 0.0 if bias is None else float(bias[0]), step
