"""Camera: where the cell is looked at from, and how it travels there. A clock turns it; it draws nothing and knows no anatomy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

TRAVEL_S = 0.9
FARTHEST = 0.6  # of the zoom at which all is in sight


@dataclass(frozen=True)
class View:
    """A way to look: the world's point in the middle, and the zoom (1: the whole cell fills the view)."""

    x: float
    y: float
    zoom: float = 1.0


def smooth(low: float, high: float, value: float) -> float:
    """0 up to `low`, 1 from `high` on, smooth between."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


class Camera:
    """The view in force. `world`: what is in sight at zoom 1; `room`: the widget's size in px."""

    def __init__(self, world: QRectF, room: QSizeF) -> None:
        self.world = world
        self.room = room
        self.nearest = 1e5
        self.view = View(world.center().x(), world.center().y())
        self._from: View | None = None
        self._to: View | None = None
        self._passed = 0.0

    # --- mapping --------------------------------------------------------------------------------------------------------

    @property
    def fit(self) -> float:
        """px per world unit at zoom 1."""
        return max(min(self.room.width() / self.world.width(), self.room.height() / self.world.height()), 1e-6)

    @property
    def scale(self) -> float:
        """px per world unit."""
        return self.fit * self.view.zoom

    def to_world(self, at: QPointF) -> QPointF:
        """A point of the widget in the world."""
        scale, view = self.scale, self.view
        return QPointF(
            (at.x() - self.room.width() / 2) / scale + view.x, (at.y() - self.room.height() / 2) / scale + view.y
        )

    # --- moving ---------------------------------------------------------------------------------------------------------

    def look(self, view: View) -> None:
        """Stand there at once."""
        self._to = None
        self.view = self._kept(view)

    def zoom_about(self, factor: float, at: QPointF) -> None:
        """Zoom so that what is under `at` (px) stays there."""
        under = self.to_world(at)
        zoom = min(max(self.view.zoom * factor, FARTHEST), self.nearest)
        share = self.view.zoom / zoom
        self.look(
            View(under.x() + (self.view.x - under.x()) * share, under.y() + (self.view.y - under.y()) * share, zoom)
        )

    def pan(self, dx: float, dy: float) -> None:
        """Move what is seen by (dx, dy) px."""
        self.look(View(self.view.x - dx / self.scale, self.view.y - dy / self.scale, self.view.zoom))

    def _kept(self, view: View) -> View:
        world = self.world
        zoom = min(max(view.zoom, FARTHEST), self.nearest)
        return View(min(max(view.x, world.left()), world.right()), min(max(view.y, world.top()), world.bottom()), zoom)

    # --- travelling -----------------------------------------------------------------------------------------------------

    @property
    def is_travelling(self) -> bool:
        """Whether it is on its way somewhere."""
        return self._to is not None

    @property
    def goal(self) -> View:
        """Where it will stand when it has arrived."""
        return self._to if self._to is not None else self.view

    def travel(self, goal: View) -> None:
        """Set out for `goal`; `turn` moves on."""
        self._from, self._to, self._passed = self.view, self._kept(goal), 0.0

    def arrive(self) -> None:
        """Be there now."""
        if self._to is not None:
            self.look(self._to)

    def turn(self, seconds: float) -> bool:
        """Move on by `seconds`; whether anything moved."""
        if self._to is None or self._from is None or seconds <= 0:
            return False
        octaves = abs(math.log2(self._to.zoom / self._from.zoom))
        self._passed += seconds / (TRAVEL_S + 0.08 * octaves)
        if self._passed >= 1.0:
            self.look(self._to)
            return True
        self.view = between(self._from, self._to, smooth(0.0, 1.0, self._passed))
        return True


def between(a: View, b: View, share: float) -> View:
    """On the way from `a` to `b`: zoom even in octaves, and the goal kept in sight (as seen by the nearer of the two)."""
    zoom = a.zoom * (b.zoom / a.zoom) ** share
    is_level = abs(b.zoom / a.zoom - 1.0) < 1e-3  # else the goal moves over the screen evenly: linear in 1/zoom
    along = share if is_level else (1 / zoom - 1 / a.zoom) / (1 / b.zoom - 1 / a.zoom)
    return View(a.x + (b.x - a.x) * along, a.y + (b.y - a.y) * along, zoom)
