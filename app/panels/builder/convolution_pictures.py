"""The pictures that the page "One convolution" looks at: simple ones, bundled digits, and what is drawn. No widgets."""

from __future__ import annotations

import numpy as np

from app.panels.builder.convolution_state import ConvolutionState
from app.simulation.convolution import Floats
from app.widgets.ink import Ink

FULL = 28  # pixels along the side of a whole picture
TITLES = {
    "digit": "A digit",
    "blank": "Empty: draw",
    "edge": "Edge",
    "cross": "Cross",
    "ring": "Ring",
    "gradient": "Gradient",
}


def simple_picture(name: str) -> np.ndarray:
    """float32 (FULL, FULL), 0 to 1; KeyError for a name that is none of them."""
    across, down = np.meshgrid(np.arange(FULL), np.arange(FULL))
    nearer, farther = np.minimum(across, down), np.maximum(across, down)
    is_bar = (abs(across - 13.5) < 2) | (abs(down - 13.5) < 2)
    pictures = {
        "blank": np.zeros((FULL, FULL)),
        "edge": across >= FULL // 2,
        "cross": is_bar & (nearer >= 4) & (farther < 24),
        "gradient": across / (FULL - 1.0),
        "ring": np.clip(2.5 - np.abs(np.hypot(across - 13.5, down - 13.5) - 8.5), 0.0, 1.0),
    }
    found: np.ndarray = pictures[name].astype(np.float32)
    return found


class PictureShelf:
    """Gives pictures by name; the bundled digits are read when the first of them is wanted (75 ms)."""

    def __init__(self) -> None:
        self._digits: np.ndarray | None = None
        self._classes: np.ndarray | None = None

    def base(self, state: ConvolutionState) -> np.ndarray | None:
        """What lies under the strokes: float32 (FULL, FULL); None where nothing does."""
        if state.picture == "blank":
            return None
        if state.picture != "digit":
            return simple_picture(state.picture)
        if self._digits is None:
            from trainers.digit_images import load_digits

            digits = load_digits()
            self._digits, self._classes = digits.test_inputs[:, 0], digits.test_targets
        digit: np.ndarray = self._digits[state.number].astype(np.float32) / np.float32(255)
        return digit

    def title(self, state: ConvolutionState) -> str:
        """What the picture is called beside its size: "a 7", "a drawing"."""
        if state.strokes:
            return "a drawing"
        if state.picture == "digit":
            self.base(state)
            return f"a {int(self._classes[state.number])}" if self._classes is not None else "a digit"
        return {"blank": "empty", "edge": "an edge", "cross": "a cross", "gradient": "a gradient"}.get(
            state.picture, f"a {state.picture}"
        )

    def pixels(self, state: ConvolutionState) -> Floats:
        """The picture with its strokes, (side, side), in hundredths: the numbers on show are those that are counted with."""
        ink = Ink()
        ink.picture = self.base(state)
        ink.strokes = [list(stroke) for stroke in state.strokes]
        if ink.strokes:
            whole = ink.raster().astype(float)
        else:
            whole = np.zeros((FULL, FULL)) if ink.picture is None else ink.picture.astype(float)
        block = whole.shape[0] // state.side
        means: Floats = whole.reshape(state.side, block, state.side, block).mean(axis=(1, 3))
        return np.round(means, 2)
