"""FarWires and FarCards: what a drawn network is made of while it is so far away that hundreds are in sight. Qt only; edits nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from app.widgets.network_ink import TINY, Ink

if TYPE_CHECKING:
    from app.widgets.network_items import LayerItem
    from app.widgets.network_wires import WireItem


_EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)  # to follow what stands in here costs more than being asked for nothing
_PART = 48  # wires in one line drawing: after an edit few of these have to be put together anew
_MANY = 60  # that have changed since the last paint: then all is painted, rather than each found by itself


class Far(Protocol):
    """A card or a wire that can leave its painting to one item."""

    def stand_aside(self) -> None:
        """Leave it, or take it back, as `FarItems.is_far` and its own marks ask for."""


class FarItems(QGraphicsRectItem):
    """What many far items are painted by at once. They stay where they are, to be pointed at; those in here paint nothing themselves."""

    def __init__(self, ink: Ink, z: float) -> None:
        super().__init__()
        self.setRect(_EVERYWHERE)
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(z)
        self._ink = ink
        self._changes = 0  # since the last paint
        self.is_far = False

    def look(self, zoom: float, items: Iterable[Far]) -> None:
        """Take `items` in, or let them paint themselves, as `zoom` asks for."""
        is_far = self._ink.seen_at(zoom) < TINY
        if is_far != self.is_far:
            self.is_far = is_far
            for item in items:
                item.stand_aside()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self.update()

    def _update_at(self, area: QRectF) -> None:
        """Paint `area` (scene) again, or all of it where too much has changed."""
        self._changes += 1
        if self._changes < _MANY:
            self.update(area)
        elif self._changes == _MANY:
            self.update()


class FarWires(FarItems):
    """One line drawing of all wires that are not marked: each painted by itself, 570 of them took 5 ms of a repaint's 11."""

    def __init__(self, ink: Ink) -> None:
        super().__init__(ink, -1)
        self._parts: list[set[WireItem]] = []  # those in here, some in each
        self._paths: list[QPainterPath | None] = []  # the lines of each part; put together when painted
        self._part_of: dict[WireItem, int] = {}

    def take(self, wire: WireItem) -> None:
        """Draw `wire` as it stands now."""
        if wire not in self._part_of:
            part = next((number for number, wires in enumerate(self._parts) if len(wires) < _PART), len(self._parts))
            if part == len(self._parts):
                self._parts.append(set())
                self._paths.append(None)
            self._parts[part].add(wire)
            self._part_of[wire] = part
        self.draw_again(wire)

    def leave(self, wire: WireItem) -> None:
        """Draw `wire` no more."""
        if wire in self._part_of:
            self.draw_again(wire)
            self._parts[self._part_of.pop(wire)].discard(wire)

    def draw_again(self, wire: WireItem) -> None:
        """A wire leaves where it runs, or has come there."""
        self._paths[self._part_of[wire]] = None
        self._update_at(wire.area())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._changes = 0
        if not self._part_of:
            return
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._ink.wire_pen(zoom, is_lit=False, is_bad=False))
        for part, wires in enumerate(self._parts):
            path = self._paths[part]
            if path is None:
                path = self._paths[part] = _lines(wires)
            painter.drawPath(path)


def _lines(wires: Iterable[WireItem]) -> QPainterPath:
    path = QPainterPath()
    for wire in wires:
        (x, y), *corners = wire.points
        path.moveTo(x, y)
        for x, y in corners:
            path.lineTo(x, y)
    return path


class FarCards(FarItems):
    """All cards that are not marked, from pictures that many share: each called by Qt, 500 took 5 ms of a repaint's 8."""

    def __init__(self, ink: Ink) -> None:
        super().__init__(ink, 1)  # among the cards, and made before them: one that is marked lies above
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # says which part is painted
        self._cards: dict[LayerItem, None] = {}  # those in here
        self._pieces: dict[LayerItem, tuple[float, float, QPixmap]] = {}  # corners in the scene; filled when painted
        self._seen = (0.0, 0.0)  # zoom and device pixel ratio of the pieces

    def set_ink(self, ink: Ink) -> None:
        self._pieces.clear()
        super().set_ink(ink)

    def take(self, card: LayerItem) -> None:
        """Paint `card` as it looks now."""
        self._cards[card] = None
        self.draw_again(card)

    def leave(self, card: LayerItem) -> None:
        """Paint `card` no more."""
        if card in self._cards:
            del self._cards[card]
            self.draw_again(card)

    def draw_again(self, card: LayerItem) -> None:
        """A card looks other than before, leaves where it stands, or has come there."""
        self._pieces.pop(card, None)
        self._update_at(card.rect().translated(card.pos()))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._changes = 0
        if not self._cards:
            return
        transform, area = painter.worldTransform(), option.exposedRect
        scale, ratio = transform.m11(), painter.device().devicePixelRatio()
        if self._seen != (scale, ratio):
            self._seen = (scale, ratio)
            self._pieces.clear()
        if len(self._pieces) < len(self._cards):
            for card in self._cards:
                if card not in self._pieces:
                    self._pieces[card] = card.far_piece(scale, ratio)
        left, top, right, bottom = area.left() - 200.0, area.top() - 200.0, area.right(), area.bottom()
        dx, dy, draw = transform.dx() + 0.5, transform.dy() + 0.5, painter.drawPixmap
        painter.setWorldMatrixEnabled(False)
        for x, y, picture in self._pieces.values():
            if left <= x <= right and top <= y <= bottom:
                draw(math.floor(x * scale + dx), math.floor(y * scale + dy), picture)
        painter.setWorldMatrixEnabled(True)
