"""What a figure for a paper is made of: polygons, lines, circles and texts in points, y downwards. Plain data.

Colours are tints that stay apart in grey and for colour-blind eyes; black lines carry the form.
"""

from __future__ import annotations

import msgspec

Point = tuple[float, float]

INK, FAINT, PAPER = "#1a1a1a", "#6b6b6b", "#ffffff"
TINTS = {
    "input": "#ececec",
    "convolution": "#bfe3dc",
    "pooling": "#f3c8cf",
    "dense": "#d8cfee",
    "activation": "#ece5b5",
    "sequence": "#d3eab9",
    "shape": "#f4f4f4",
    "merge": "#ffffff",
    "frame": "#fafafa",
}
LETTER = 0.56  # mean width of a letter, in sizes; measured on Inter


class Polygon(msgspec.Struct, frozen=True):
    """A closed outline. fill: a colour, or "" for none."""

    points: tuple[Point, ...]
    fill: str = PAPER
    stroke: str = INK
    width: float = 0.6


class Circle(msgspec.Struct, frozen=True):
    """A disc with an outline."""

    center: Point
    radius: float
    fill: str = PAPER
    width: float = 0.6


class Line(msgspec.Struct, frozen=True):
    """A line through points; has_arrow: a head at its end."""

    points: tuple[Point, ...]
    stroke: str = INK
    width: float = 0.6
    has_arrow: bool = False


class Text(msgspec.Struct, frozen=True):
    """One line of text; (x, y) is the middle of its height, at its middle or its start."""

    position: Point
    text: str
    size: float = 8.0
    is_centered: bool = True
    color: str = INK


Shape = Polygon | Circle | Line | Text


class Figure(msgspec.Struct, frozen=True):
    """Shapes in the order in which they are painted. width, height: points."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str


def rectangle(x: float, y: float, width: float, height: float, fill: str = PAPER, stroke: str = INK) -> Polygon:
    """An upright rectangle from its corner at the top left."""
    return Polygon(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), fill, stroke)


def text_width(text: str, size: float = 8.0) -> float:
    """About how wide a text is set."""
    return LETTER * size * len(text)


def framed(shapes: list[Shape], title: str, margin: float = 8.0) -> Figure:
    """The shapes moved so that all of them, and a margin, lie within the figure."""
    boxes = [_extent(shape) for shape in shapes]
    left, top = min(box[0] for box in boxes) - margin, min(box[1] for box in boxes) - margin
    right, bottom = max(box[2] for box in boxes) + margin, max(box[3] for box in boxes) + margin
    moved = tuple(_moved(shape, -left, -top) for shape in shapes)
    return Figure(right - left, bottom - top, moved, title)


def _extent(shape: Shape) -> tuple[float, float, float, float]:
    if isinstance(shape, Circle):
        (x, y), r = shape.center, shape.radius
        return x - r, y - r, x + r, y + r
    if isinstance(shape, Text):
        (x, y), wide = shape.position, text_width(shape.text, shape.size)
        start = x - wide / 2 if shape.is_centered else x
        return start, y - shape.size * 0.7, start + wide, y + shape.size * 0.7
    xs, ys = zip(*shape.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _moved(shape: Shape, dx: float, dy: float) -> Shape:
    if isinstance(shape, Circle):
        return msgspec.structs.replace(shape, center=(shape.center[0] + dx, shape.center[1] + dy))
    if isinstance(shape, Text):
        return msgspec.structs.replace(shape, position=(shape.position[0] + dx, shape.position[1] + dy))
    return msgspec.structs.replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points))
