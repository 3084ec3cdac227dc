"""FarWires: the wires of a drawn network while it is so far away that each is a thin line. Qt only; edits nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from app.widgets.network_ink import TINY, Ink

if TYPE_CHECKING:
    from app.widgets.network_wires import WireItem


class FarWires(QGraphicsRectItem):
    """One line drawing of all wires that are not marked: each painted by itself, 570 of them took 5 ms of a repaint's 11.

    The wires stay where they are, to be pointed at; those in here paint nothing themselves.
    """

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(-1)
        self._ink = ink
        self._path: QPainterPath | None = None  # put together when it is painted
        self._wires: dict[WireItem, None] = {}  # those in here
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
        self._draw_again(wire.rect())

    def leave(self, wire: WireItem) -> None:
        """Draw `wire` no more."""
        if wire in self._wires:
            del self._wires[wire]
            self._draw_again(wire.rect())

    def _draw_again(self, area: QRectF) -> None:
        self._path = None
        if not self.rect().contains(area):
            self.setRect(self.rect().united(area))
        self.update(area)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._wires:
            return
        if self._path is None:
            self._path = QPainterPath()
            for wire in self._wires:
                self._path.addPolygon(wire.line())
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._ink.wire_pen(zoom, is_lit=False, is_bad=False))
        painter.drawPath(self._path)
