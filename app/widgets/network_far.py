"""FarWires and FarCards: what a drawn network is made of while it is so far away that hundreds are in sight. Qt only; edits nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from app.widgets.network_ink import TINY, Ink

if TYPE_CHECKING:
    from app.widgets.network_items import LayerItem
    from app.widgets.network_wires import WireItem


_EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)  # to follow what stands in here costs more than being asked for nothing
_MANY = 60  # that have changed since the last paint: then all is painted, rather than each found by itself


class FarWires(QGraphicsRectItem):
    """One line drawing of all wires that are not marked: each painted by itself, 570 of them took 5 ms of a repaint's 11.

    The wires stay where they are, to be pointed at; those in here paint nothing themselves.
    """

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.setRect(_EVERYWHERE)
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(-1)
        self._ink = ink
        self._path: QPainterPath | None = None  # put together when it is painted
        self._wires: dict[WireItem, None] = {}  # those in here
        self._changes = 0  # since the last paint
        self.is_far = False

    def look(self, zoom: float, wires: Iterable[WireItem]) -> None:
        """Take `wires` in, or let them paint themselves, as `zoom` asks for."""
        is_far = self._ink.seen_at(zoom) < TINY
        if is_far != self.is_far:
            self.is_far = is_far
            for wire in wires:
                wire.stand_aside()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self.update()

    def take(self, wire: WireItem) -> None:
        """Draw `wire` as it stands now."""
        self._wires[wire] = None
        self.draw_again(wire)

    def leave(self, wire: WireItem) -> None:
        """Draw `wire` no more."""
        if wire in self._wires:
            del self._wires[wire]
            self.draw_again(wire)

    def draw_again(self, wire: WireItem) -> None:
        """A wire leaves where it runs, or has come there."""
        self._path = None
        self._changes += 1
        if self._changes < _MANY:
            self.update(wire.rect())
        elif self._changes == _MANY:
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._changes = 0
        if not self._wires:
            return
        if self._path is None:
            self._path = path = QPainterPath()
            for wire in self._wires:
                (x, y), *corners = wire.points
                path.moveTo(x, y)
                for x, y in corners:
                    path.lineTo(x, y)
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._ink.wire_pen(zoom, is_lit=False, is_bad=False))
        painter.drawPath(self._path)


class FarCards(QGraphicsRectItem):
    """All cards that are not marked, painted at once from pictures that many share: each called by Qt, 500 took 5 ms of a
    repaint's 8.

    The cards stay where they are, to be pointed at; those in here paint nothing themselves.
    """

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.setRect(_EVERYWHERE)
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # says which part is painted
        self.setZValue(1)  # among the cards, and made before them: one that is marked lies above
        self._ink = ink
        self._cards: dict[LayerItem, None] = {}  # those in here
        self._changes = 0  # since the last paint
        self._pieces: list[tuple[float, float, QPixmap]] | None = (
            None  # corners in the scene; put together when painted
        )
        self._seen = (0.0, 0.0)  # zoom and device pixel ratio of the pieces
        self.is_far = False

    def look(self, zoom: float, cards: Iterable[LayerItem]) -> None:
        """Take `cards` in, or let them paint themselves, as `zoom` asks for."""
        is_far = self._ink.seen_at(zoom) < TINY
        if is_far != self.is_far:
            self.is_far = is_far
            for card in cards:
                card.stand_aside()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self._pieces = None
        self.update()

    def take(self, card: LayerItem) -> None:
        """Paint `card` as it looks now."""
        self._cards[card] = None
        self.paint_again(card)

    def leave(self, card: LayerItem) -> None:
        """Paint `card` no more."""
        if card in self._cards:
            del self._cards[card]
            self.paint_again(card)

    def paint_again(self, card: LayerItem) -> None:
        """A card looks other than before, leaves where it stands, or has come there."""
        self._pieces = None
        self._changes += 1
        if self._changes < _MANY:
            self.update(card.rect().translated(card.pos()))
        elif self._changes == _MANY:
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._changes = 0
        if not self._cards:
            return
        transform, area = painter.worldTransform(), option.exposedRect
        scale, ratio = transform.m11(), painter.device().devicePixelRatio()
        if self._pieces is None or self._seen != (scale, ratio):
            self._seen = (scale, ratio)
            self._pieces = [card.far_piece(scale, ratio) for card in self._cards]
        left, top, right, bottom = area.left() - 200.0, area.top() - 200.0, area.right(), area.bottom()
        dx, dy, draw = transform.dx() + 0.5, transform.dy() + 0.5, painter.drawPixmap
        painter.setWorldMatrixEnabled(False)
        for x, y, picture in self._pieces:
            if left <= x <= right and top <= y <= bottom:
                draw(math.floor(x * scale + dx), math.floor(y * scale + dy), picture)
        painter.setWorldMatrixEnabled(True)
