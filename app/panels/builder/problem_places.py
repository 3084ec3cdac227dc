"""Where the card of a problem may stand beside its layer, and which place hides least. Plain geometry in px; knows no widget."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize

_ON_LAYER = 1e9  # px²: worse than all that could be hidden elsewhere


def places_beside(card: QRect, size: QSize, room: QRect) -> list[QRect]:
    """Below, above, right and left of `card`, in its middle or flush with its edges, as far as `room` allows."""
    width, height, middle = size.width(), size.height(), card.center()
    across = (middle.x() - width // 2, card.left(), card.right() - width)
    down = (middle.y() - height // 2, card.top(), card.bottom() - height)
    corners = [(x, y) for x in across for y in (card.bottom() + 1, card.top() - height)]
    corners += [(x, y) for y in down for x in (card.right() + 1, card.left() - width)]
    return [kept_inside(QRect(x, y, width, height), room) for x, y in corners]


def lines_beside(card: QRect, open_size: QSize, height: int, room: QRect) -> list[tuple[QRect, QRect]]:
    """Places of a card that is folded to one line `height` high, each with the place that it opens into: the line is the upper or
    the lower end of that, so that it opens away from the layer; also along the upper and the lower edge of `room`."""
    opened = places_beside(card, open_size, room)
    middle = card.center().x() - open_size.width() // 2
    for y in (room.top(), room.bottom() + 1 - open_size.height()):
        opened.append(kept_inside(QRect(middle, y, open_size.width(), open_size.height()), room))
    found = []
    for place in opened:
        low = QRect(place.left(), place.bottom() + 1 - height, place.width(), height)
        found += [(QRect(place.left(), place.top(), place.width(), height), place), (low, place)]
    return found


def hidden_area(place: QRect, others: Sequence[QRect], card: QRect) -> float:
    """How much of the other cards lies under `place`, px²; very much where it lies on the layer concerned itself."""
    parts = (place.intersected(other) for other in others)
    area = sum(part.width() * part.height() for part in parts if not part.isEmpty())
    return area + (_ON_LAYER if place.intersects(card) else 0.0)


def distance(place: QRect, card: QRect) -> int:
    """px between two rectangles, across and down together."""
    across = max(card.left() - place.right(), place.left() - card.right(), 0)
    down = max(card.top() - place.bottom(), place.top() - card.bottom(), 0)
    return across + down


def kept_inside(place: QRect, room: QRect) -> QRect:
    """`place` moved into `room`."""
    x = max(min(place.left(), room.right() - place.width()), room.left())
    y = max(min(place.top(), room.bottom() - place.height()), room.top())
    return QRect(x, y, place.width(), place.height())
