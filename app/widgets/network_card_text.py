"""What a drawn layer's card says, line by line, by how near it is. Knows type and colours, paints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QColor, QFont

from app.widgets.layer_style import family_of, shape_text, short_count, short_label
from app.widgets.network_ink import Ink, has_room, text_width
from trainers.network_graph import Layer

if TYPE_CHECKING:
    from trainers.layer_catalog import LayerFacts

_BOLD, _PLAIN = QFont.Weight.DemiBold, QFont.Weight.Normal


class Line(NamedTuple):
    """A line of a card; pixels: of its type where it fits; height: scene units that it takes."""

    text: str
    pixels: float
    height: float
    weight: QFont.Weight
    color: QColor


def near_lines(layer: Layer, facts: LayerFacts | None, ink: Ink, room: float) -> list[Line]:
    """Name, kind, shape and parameters; room: width for the text, scene units."""
    name, word = _title(layer, ink, 12.5, room), short_label(layer)
    lines = [Line(name, 12.5, 15.0, _BOLD, ink.text)]
    if name == layer.name and word.lower().replace(" ", "_") != name.lower():
        lines.append(Line(word, 11.5, 14.0, _PLAIN, ink.muted))
    if facts is not None:
        lines.append(Line(shape_text(facts.output_shape), 12.0, 15.0, _PLAIN, ink.text))
        if facts.parameters:
            lines.append(Line(_count(layer, facts, ink, 11.5, room), 11.5, 14.0, _PLAIN, ink.muted))
    return lines


def middle_lines(layer: Layer, facts: LayerFacts | None, ink: Ink, room: float, *, may_count: bool) -> list[Line]:
    """Name and shape, and parameters where there is room for a third line."""
    is_slim = family_of(layer.kind).is_slim
    lines = [Line(_title(layer, ink, 18.0, room), 18.0, 24.0, _BOLD, ink.text)]
    if facts is not None and not (is_slim and facts.output_shape in facts.input_shapes):
        lines.append(Line(shape_text(facts.output_shape), 17.0, 19.0 if may_count else 22.0, _PLAIN, ink.text))
    if may_count and facts is not None and facts.parameters and not is_slim:
        lines[0] = lines[0]._replace(pixels=17.0, height=21.0)
        lines.append(Line(_count(layer, facts, ink, 14.0, room), 14.0, 16.0, _PLAIN, ink.muted))
    return lines


def far_line(layer: Layer, ink: Ink, room: float) -> Line:
    """One word."""
    is_slim = family_of(layer.kind).is_slim
    word = short_label(layer).split()[0] if is_slim else _title(layer, ink, 25.0, room)
    return Line(word, 25.0, 30.0, _BOLD, ink.text)


def _count(layer: Layer, facts: LayerFacts, ink: Ink, pixels: float, room: float) -> str:
    """The parameters; the unit is left to the tooltip before the figure is made smaller."""
    count = short_count(facts.parameters)
    with_unit = f"{count} params"
    is_fitting = text_width(ink.family[0], with_unit, pixels) <= room
    return with_unit if is_fitting and not family_of(layer.kind).is_slim else count


def _title(layer: Layer, ink: Ink, pixels: float, room: float) -> str:
    """The layer's name where it can be read at that size, else what it does; the tooltip has both."""
    return layer.name if has_room(ink.family[0], layer.name, pixels, room) else short_label(layer)
