"""WeightStore: weights of unit variance, and orthogonal ones, kept for the next question of the same seed. Imports torch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from trainers.activation_lab_modules import draw_orthogonal

Shape = tuple[int, int]
MOST_BYTES = 256 << 20  # 50 layers of 512 units take 52 MB


class _Drawn:
    """Layers drawn one after the other from one generator: more layers leave the first ones as they are."""

    def __init__(self, seed: int, draw: Callable[[int, int, torch.Generator], Tensor]) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self._draw = draw
        self.layers: list[Tensor] = []

    def up_to(self, shapes: list[Shape]) -> list[Tensor]:
        for shape in shapes[len(self.layers) :]:
            self.layers.append(self._draw(*shape, self._generator))
        return self.layers[: len(shapes)]

    @property
    def bytes(self) -> int:
        return sum(layer.numel() * 4 for layer in self.layers)


class WeightStore:
    """The sets used last, up to MOST_BYTES; the one just asked for is always kept. Nobody may change what it gives."""

    def __init__(self) -> None:
        self._sets: OrderedDict[tuple[bool, int, Shape, int], _Drawn] = OrderedDict()

    def get(self, is_orthogonal: bool, seed: int, shapes: list[Shape], pieces: int = 1) -> list[Tensor]:
        """float32 of `shapes`, all but the first alike: of mean 0 and variance 1, or as torch.nn.init.orthogonal_ draws them.

        They are drawn as torch_network.Maxout has them, the pieces of each unit side by side, and stand here with all first pieces
        first: the largest of each unit's is then taken down whole rows, in fewer passes.
        """
        key = (is_orthogonal, seed, shapes[0], pieces)
        drawn = self._sets.pop(key, None) or _Drawn(seed, partial(_draw, is_orthogonal, pieces))
        self._sets[key] = drawn
        weights = drawn.up_to(shapes)
        while len(self._sets) > 1 and sum(kept.bytes for kept in self._sets.values()) > MOST_BYTES:
            self._sets.popitem(last=False)
        return weights


def _draw(is_orthogonal: bool, pieces: int, rows: int, columns: int, generator: torch.Generator) -> Tensor:
    drawn = (
        draw_orthogonal(rows, columns, generator) if is_orthogonal else torch.randn(rows, columns, generator=generator)
    )
    return drawn.view(-1, pieces, columns).transpose(0, 1).reshape(rows, columns) if pieces > 1 else drawn
