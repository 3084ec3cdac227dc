"""The small pictures that the membrane is stamped with: ions, signs, channels, their gates and balls. Knows no cell."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPixmap

from app.panels.neuron.channel_shapes import (
    BALL_AT,
    ball_way,
    draw_ball,
    draw_bar,
    draw_body,
    draw_gate,
    draw_ion,
    draw_sign,
    pore_gap,
)
from app.panels.neuron.sprites import Sprites
from app.widgets.theme import Theme

NARROW = 0.76  # of a channel in its slot: lipids are seen between
DETAIL_PX = 46.0  # of a slot, from which on channels are drawn one by one with their gates


class MembraneSprites:
    """Pictures in the theme's colours. slot: px of the room of one channel; ratio: device pixels a px."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._sprites = Sprites()

    def forget(self) -> None:
        """The theme has changed."""
        self._sprites.forget()

    @property
    def sodium_color(self) -> QColor:
        """Of sodium, its channels and its ions."""
        return self.theme.color("series_2")

    @property
    def potassium_color(self) -> QColor:
        """Of potassium."""
        return self.theme.color("series_3")

    def prepare(self, slot: float, ratio: float) -> None:
        """Draw the bodies of channels before their gates move: one of them takes some ms."""
        for is_sodium in (True, False):
            for share in (0.0, 0.25, 0.5, 0.75, 1.0):
                self.channel(is_sodium, "closed", pore_gap("closed", share), slot, ratio)
            self.channel(is_sodium, "open", pore_gap("open", 1.0), slot, ratio)

    def ion(self, is_sodium: bool, slot: float, ratio: float) -> QPixmap:
        """Sodium is round, potassium a diamond; both carry a plus."""
        radius = min(max(0.2 * slot, 2.4), 15.0)

        def draw(painter: QPainter) -> None:
            draw_ion(
                painter,
                self.theme,
                self.sodium_color if is_sodium else self.potassium_color,
                radius,
                is_round=is_sodium,
            )

        return self._sprites.get(("ion", is_sodium), 2 * radius + 3, 2 * radius + 3, ratio, draw)

    def sign(self, is_plus: bool, slot: float, ratio: float) -> QPixmap:
        """A plus or a minus."""
        arm = min(max(0.17 * slot, 2.2), 13.0)

        def draw(painter: QPainter) -> None:
            draw_sign(painter, self.theme, arm, is_plus=is_plus)

        return self._sprites.get(("sign", is_plus), 2 * arm + 3, 2 * arm + 3, ratio, draw)

    def channel(self, is_sodium: bool, state: str, gap: float, slot: float, ratio: float) -> QPixmap:
        """A channel's body; from afar with its ball and a bar for its gates."""
        color = self.sodium_color if is_sodium else self.potassium_color
        is_detailed = slot >= DETAIL_PX
        look = "shut" if is_detailed and state in ("closed", "inactivated") else state

        def draw(painter: QPainter) -> None:
            painter.scale(slot * NARROW, slot)
            draw_body(painter, self.theme, color, state, gap)
            if not is_detailed:
                if state != "open":
                    draw_bar(painter, self.theme)
                if is_sodium:
                    draw_ball(painter, self.theme, color, ball_way(state, 0.75))

        return self._sprites.get(("channel", is_sodium, look, gap), 1.1 * slot, 4.6 * slot, ratio, draw)

    def ball(self, state: str, h: float, slot: float, ratio: float) -> QPixmap:
        """The ball on its chain, in 40 places between far and in the pore."""
        way = round(ball_way(state, h) * 40) / 40

        def draw(painter: QPainter) -> None:
            painter.scale(slot * NARROW, slot)
            painter.translate(0, -BALL_AT)
            draw_ball(painter, self.theme, self.sodium_color, way)

        return self._sprites.get(("ball", way), 1.6 * slot, 1.6 * slot, ratio, draw)

    def gate(self, slot: float, ratio: float) -> QPixmap:
        """One gate of a channel."""

        def draw(painter: QPainter) -> None:
            painter.scale(slot * NARROW, slot)
            draw_gate(painter, self.theme)

        return self._sprites.get("gate", 0.4 * slot, 0.3 * slot, ratio, draw)
