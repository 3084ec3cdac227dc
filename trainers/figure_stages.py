"""A network as a paper shows it: each layer with weights, pooling or merging is a stage, what follows it only a word of its label.

Plain Python; imports neither torch nor Qt.
"""

from __future__ import annotations

from typing import Any

import msgspec

from trainers.figure_shapes import TINTS
from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis
from trainers.network_graph import Shape

_WITHOUT_WORD = ("flatten", "identity")
_FOLLOWING = ("batch_norm", "layer_norm", "dropout", *_WITHOUT_WORD)
_WORDS = {"batch_norm": "BN", "layer_norm": "LN", "dropout": "dropout"}


class Stage(msgspec.Struct):
    """One thing in the figure. name: of its first layer; label: what it does; extras: what is done behind it; sources: stages."""

    name: str
    kind: str
    label: str
    shape: Shape
    sources: tuple[str, ...]
    window: tuple[int, int] | None
    extras: list[str] = []

    @property
    def tint(self) -> str:
        """Its colour, by what kind of layer it begins with."""
        return TINTS[_family(self.kind)]

    @property
    def text(self) -> str:
        """The label with what is done behind it: "conv 3×3, 64 · BN · ReLU"."""
        return " · ".join([self.label, *self.extras])


def stages_of(analysis: NetworkAnalysis) -> dict[str, Stage]:
    """The stages in the order in which they run, by name."""
    uses = dict.fromkeys(analysis.order, 0)
    for facts in analysis.layers.values():
        for source in facts.sources:
            uses[source] += 1
    owner: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    for name, facts in analysis.layers.items():
        before = stages.get(owner[facts.sources[0]]) if len(facts.sources) == 1 else None
        if before is not None and _follows(facts, before) and uses[facts.sources[0]] == 1:
            owner[name] = before.name
            if facts.kind not in _WITHOUT_WORD:
                before.extras.append(_WORDS.get(facts.kind, LAYER_KINDS[facts.kind].title))
            continue
        owner[name] = name
        sources = tuple(owner[source] for source in facts.sources)
        stages[name] = Stage(name, facts.kind, _label(facts), facts.output_shape, sources, facts.values.get("kernel"))
    return stages


def shape_words(shape: Shape) -> str:
    """6@28×28, as LeCun's figures write it; 120; 7×32."""
    sizes = [str(size) for size in shape]
    return f"{sizes[0]}@{'×'.join(sizes[1:])}" if len(shape) == 3 else "×".join(sizes)


def _follows(facts: LayerFacts, before: Stage) -> bool:
    kind = LAYER_KINDS[facts.kind]
    is_word = kind.group == "activation" or facts.kind in _FOLLOWING
    return is_word and (before.kind != "input" or facts.kind in _WITHOUT_WORD)


def _label(facts: LayerFacts) -> str:
    values = facts.values
    if facts.kind == "conv2d":
        depthwise = values["groups"] > 1 and values["groups"] == values["channels"]
        what = "depthwise" if depthwise else "conv"
        return f"{what} {_pair(values['kernel'])}, {values['channels']}{_stride(values['stride'])}"
    if facts.kind in ("max_pool", "average_pool"):
        what = "max pool" if facts.kind == "max_pool" else "mean pool"
        stride = values["stride"] or values["kernel"]
        return f"{what} {_pair(values['kernel'])}{_stride(stride)}"
    if facts.kind.startswith("adaptive"):
        what = "max pool" if facts.kind == "adaptive_max_pool" else "mean pool"
        return f"global {what}" if values["size"] == (1, 1) else f"{what} to {_pair(values['size'])}"
    words = {
        "input": f"input {shape_words(facts.output_shape)}",
        "dense": f"dense {values.get('units')}",
        "maxout": f"maxout {values.get('units')}",
        "add": "+",
        "concatenate": "concat",
        "embedding": f"embedding {values.get('features')}",
        "self_attention": f"{values.get('heads')}-head attention",
    }
    hidden = f" {values['hidden']}" if "hidden" in values else ""
    return words.get(facts.kind, f"{LAYER_KINDS[facts.kind].title}{hidden}")


def _pair(size: Any) -> str:
    return f"{size[0]}×{size[1]}"


def _stride(stride: Any) -> str:
    return "" if stride == (1, 1) else f" /{stride[0] if stride[0] == stride[1] else _pair(stride)}"


def _family(kind: str) -> str:
    names = {"conv2d": "convolution", "dense": "dense", "maxout": "dense", "input": "input"}
    if kind in names:
        return names[kind]
    if "pool" in kind or kind == "mean_over_steps":
        return "pooling"
    group = LAYER_KINDS[kind].group
    return {"sequence": "sequence", "merge": "merge", "shape": "shape"}.get(group, "activation")
