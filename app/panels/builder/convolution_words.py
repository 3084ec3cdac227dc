"""What the page "One convolution" says in words: formula, PyTorch line, sentences, read-out. Paints nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from app.panels.builder.convolution_numbers import number_text, weight_text
from app.panels.builder.convolution_places import Places
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_state import ALL, ConvolutionState
from app.simulation.convolution import WINDOW

MODES: tuple[tuple[str, str, str], ...] = (
    ("convolution", "Convolution", "Pixels under the window times the kernel's numbers, added up (1)"),
    ("max", "Max pooling", "The largest pixel under the window (2)"),
    ("average", "Average pooling", "The mean of the pixels under the window (3)"),
)


def size_formula(state: ConvolutionState) -> tuple[str, str]:
    """The output's size as LaTeX with this case's numbers, and in words."""
    names = r"\left\lfloor \frac{n + 2p - d(k-1) - 1}{s} \right\rfloor + 1"
    said = "Output size: n + 2p − d(k − 1) − 1, divided by s and rounded down, + 1: "
    (latex, words), across = (_size_along(state, axis) for axis in (0, 1))
    if (latex, words) == across:
        return f"{names} = {latex}", f"{said}{words}"
    return rf"{latex} \quad\times\quad {across[0]}", f"{said}{words} down; {across[1]} across"


def _size_along(state: ConvolutionState, axis: int) -> tuple[str, str]:
    """The output's size along one axis with its numbers, as LaTeX and in words."""
    side, count = state.side, state.sliding.map_shape(state.side)[axis]
    kernel, stride, padding, dilation = (state.sliding.pair(name)[axis] for name in WINDOW)
    latex = rf"\left\lfloor \frac{{{side} + 2\cdot{padding} - {dilation}\cdot({kernel}-1) - 1}}{{{stride}}} \right\rfloor + 1"
    words = f"{side} + 2·{padding} − {dilation}·({kernel} − 1) − 1, divided by {stride}, + 1"
    if count < 1:
        return rf"{latex} = \text{{no place}}", f"{words}, which leaves no place for the window"
    return f"{latex} = {count}", f"{words} = {count}"


def pytorch_line(state: ConvolutionState) -> str:
    """The layer in PyTorch."""
    sliding = state.sliding
    slid = f"stride={sliding.stride}, padding={sliding.padding}"
    if state.mode == "average":
        return f"nn.AvgPool2d({sliding.kernel}, {slid})"
    if state.mode == "max":
        return f"nn.MaxPool2d({sliding.kernel}, {slid}, dilation={sliding.dilation})"
    return f"nn.Conv2d(1, 1, {sliding.kernel}, {slid}, dilation={sliding.dilation})"


def explanation(state: ConvolutionState) -> str:
    """One sentence on what is seen."""
    if state.mode == "max":
        return "Max pooling keeps the largest pixel under the window; where it pads, the padding counts as −∞ and never wins."
    if state.mode == "average":
        return "Average pooling takes the mean; zeros of the padding count in it, as in PyTorch unless count_include_pad is off."
    if state.is_flipped:
        return "This is convolution as mathematics defines it: the kernel is turned by 180° before it slides. A network learns its numbers either way."
    return "What deep learning calls convolution is cross-correlation: the kernel slides as it stands, not flipped as mathematics has it."


def spoken(scene: Scene) -> str:
    """What a screen reader tells of the board."""
    state = scene.state
    if scene.here is None:
        return state.refusal
    place = f"Window at row {state.row + 1}, column {state.column + 1} of {state.map_shape[0]} by {state.map_shape[1]}"
    if state.terms != ALL:
        return f"{place}; {scene.shown_terms} of {scene.here.terms.size} terms so far: {number_text(scene.so_far)}."
    return f"{place}; the number that goes into the map is {number_text(scene.here.outcome)}."


def told_at(scene: Scene, places: Places, at: QPointF) -> tuple[str, int | None, bool]:
    """What the read-out says at a place, the number of the term that lies there, and whether a press does something there."""
    state = scene.state
    if places.map is not None and scene.map is not None and (cell := places.map.at(at)) is not None:
        value = number_text(float(scene.map[cell])) if scene.is_filled[cell] else "not there yet; press to go there"
        return f"Map, row {cell[0] + 1}, column {cell[1] + 1}: {value}", None, True
    if (cell := places.input.at(at)) is not None:
        return _told_of_pixel(scene, cell)
    for part in (places.window, places.kernel, places.terms):
        if part is not None and (cell := part.at(at)) is not None:
            is_kernel = part is places.kernel
            term = cell[0] * state.sliding.sides[1] + cell[1]
            text = term_text(scene, term)
            return f"{text}\nPress to change the number (K)" if is_kernel else text, term, is_kernel
    return "", None, False


def _told_of_pixel(scene: Scene, cell: tuple[int, int]) -> tuple[str, int | None, bool]:
    sliding, side = scene.state.sliding, scene.state.side
    row, column = (place - padding for place, padding in zip(cell, sliding.pair("padding"), strict=True))
    is_picture = 0 <= row < side and 0 <= column < side
    value = number_text(float(scene.padded[cell]))
    what = f"Input, row {row + 1}, column {column + 1}: {value}" if is_picture else f"Padding: counts as {value}"
    if scene.here is None:
        return what, None, False
    count = range(sliding.count)
    term = next((number for number in count if scene.pixel_of(number) == cell), None)
    return (f"{what}\n{term_text(scene, term)}" if term is not None else what), term, True


def term_text(scene: Scene, term: int) -> str:
    """ "Term 4: 0.35 × (−1) = −0.35"."""
    count = scene.state.sliding.count
    at = divmod(term, scene.state.sliding.sides[1])
    if scene.here is None:
        return f"Kernel: {weight_text(float(scene.state.kernel[at]))}"
    pixel = number_text(float(scene.here.pixels[at]))
    if scene.here.weights is None:
        return f"Pixel {term + 1} of {count}: {pixel}" + (
            ", the largest" if at == scene.here.winner and scene.state.terms == ALL else ""
        )
    weight = float(scene.here.weights[at])
    said = f"({weight_text(weight)})" if weight < 0 else weight_text(weight)
    return f"Term {term + 1} of {count}: {pixel} × {said} = {number_text(float(scene.here.terms[at]))}"
