"""Draws a patch of membrane: lipids, channels that are open, closed or inactivated as they are counted, ions that cross.

Lengths are in slots, the room of one channel; y runs inwards. What moves is a function of time, voltage and gates alone.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QTransform

from app.panels.neuron.cell_painter import faded, mixed
from app.panels.neuron.cell_picture import PATCH_SLOTS, CellPicture
from app.panels.neuron.cell_reading import POTASSIUM_CHANNELS, SODIUM_CHANNELS, MembraneCounts, membrane_counts
from app.panels.neuron.channel_shapes import BALL_AT, draw_pump, gate_places, pore_gap
from app.panels.neuron.membrane_sprites import DETAIL_PX, NARROW, MembraneSprites
from app.panels.neuron.sprites import Stamps, stamp
from app.panels.neuron.voltage_colors import VoltageColors
from app.simulation.biology.membrane import POTASSIUM_MV, SODIUM_MV
from app.widgets.theme import Theme

HALF = 1.0  # slots: half the thickness of the bilayer
CHANNELS = SODIUM_CHANNELS + POTASSIUM_CHANNELS
TRANSIT_MS = 0.45  # an ion's way through what is seen
STREAM = 8  # ions that are on their way through one open channel, where the driving force is largest
LARGEST_DRIVE_MV = 127.0  # between the reversal potentials
PUMP_MS = 10.0  # of one turn: 3 sodium out, 2 potassium in (about 100 a second)


def channel_kinds() -> np.ndarray:
    """bool (CHANNELS,): which of the patch's channels, from left to right, are potassium's: evenly among the others."""
    return (np.arange(CHANNELS) * POTASSIUM_CHANNELS) % CHANNELS < POTASSIUM_CHANNELS


def opening_order(count: int, stride: int, first: int) -> np.ndarray:
    """int (count,): the turn of each channel to open, the one at `first` before all; `stride` shares no factor with count."""
    return (np.arange(count) - first) * stride % count


def scatter(*seeds: np.ndarray | int) -> np.ndarray:
    """A number from 0 to 1 for each row of seeds, always the same."""
    mixed_seeds = np.zeros(np.broadcast_shapes(*(np.shape(seed) for seed in seeds)), np.float64)
    for weight, seed in zip((12.9898, 78.233, 37.719), seeds, strict=False):
        mixed_seeds = mixed_seeds + weight * np.asarray(seed, np.float64)
    return np.mod(np.sin(mixed_seeds) * 43758.5453, 1.0)


class MembranePainter:
    """The membrane of the compartment under the camera."""

    def __init__(self, theme: Theme, colors: VoltageColors) -> None:
        self.theme = theme
        self.colors = colors
        self.is_potassium = channel_kinds()
        places = np.arange(CHANNELS) - (CHANNELS - 1) / 2
        self.sodium_at, self.potassium_at = places[~self.is_potassium], places[self.is_potassium]
        self.sodium_turn = opening_order(SODIUM_CHANNELS, 11, int(np.argmin(np.abs(self.sodium_at))))
        self.potassium_turn = opening_order(POTASSIUM_CHANNELS, 4, POTASSIUM_CHANNELS // 2)
        self.sprites = MembraneSprites(theme)

    def forget(self) -> None:
        """The theme has changed."""
        self.sprites.forget()

    def counts(self, picture: CellPicture) -> MembraneCounts | None:
        """What the patch holds now; None before the cell has come to life."""
        if picture.frame is None:
            return None
        return membrane_counts(picture.frame, picture.focus, picture.guide, picture.plan)

    def _set_out(self, painter: QPainter, picture: CellPicture) -> float:
        """Put the origin onto the membrane, upright the nearer one is; px of a slot."""
        painter.setTransform(self.plane(picture), True)
        return picture.slot_px

    def plane(self, picture: CellPicture) -> QTransform:
        """From the membrane's plane, in px, to the room."""
        patches, patch = picture.anatomy.patches, picture.patch
        return picture.near_transform(picture.projection.point(patches.at[patch]), float(patches.angle[patch]))

    # --- what stands still ----------------------------------------------------------------------------------------------

    def draw_under(self, painter: QPainter, picture: CellPicture) -> None:
        """Both sides of the membrane, its lipids, and the ions that are there at rest."""
        theme, room = self.theme, picture.projection.room
        painter.fillRect(room, theme.color("panel"))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        slot = self._set_out(painter, picture)
        far = 2.0 * (room.width() + room.height())
        painter.fillRect(QRectF(-far, 0, 2 * far, far), theme.color("raised"))
        span = min(room.width() / slot / 2 + 2, 90.0)
        self._draw_wraps(painter, picture, slot, span)
        self._draw_bulk(painter, picture, slot)
        self._draw_lipids(painter, picture, slot, span)
        if slot >= DETAIL_PX:
            self.sprites.prepare(slot, picture.ratio)
        painter.restore()

    def _draw_lipids(self, painter: QPainter, picture: CellPicture, slot: float, span: float) -> None:
        view_x = self._middle(picture, slot)
        fat = mixed(self.theme.color("panel"), self.theme.color("warning"), 0.28)
        head = mixed(self.theme.color("panel"), self.theme.color("warning"), 0.62)
        painter.fillRect(
            QRectF((view_x - span) * slot, -HALF * slot, 2 * span * slot, 2 * HALF * slot), faded(fat, 0.55)
        )
        step = 0.42
        first, last = math.floor((view_x - span) / step), math.ceil((view_x + span) / step)
        tails, heads = [], []
        for number in range(first, last + 1):
            x = number * step
            for side in (-1.0, 1.0):
                sway = 0.06 * math.sin(3.1 * number + side)
                top, end = side * (HALF - 0.16) * slot, side * 0.1 * slot
                tails += [QLineF((x + leg) * slot, top, (x + leg + sway) * slot, end) for leg in (-0.07, 0.07)]
                heads.append(QPointF(x * slot, side * (HALF - 0.06) * slot))
        painter.setPen(QPen(mixed(fat, head, 0.55), max(0.8, 0.035 * slot)))
        painter.drawLines(tails)
        painter.setPen(QPen(mixed(head, self.theme.color("text"), 0.35), max(0.6, 0.025 * slot)))
        painter.setBrush(head)
        for at in heads:
            painter.drawEllipse(at, 0.185 * slot, 0.185 * slot)

    def _middle(self, picture: CellPicture, slot: float) -> float:
        """Where along the membrane the camera's middle is, slots."""
        patches, view = picture.anatomy.patches, picture.camera.view
        x, y = patches.at[picture.patch]
        way = math.radians(float(patches.angle[picture.patch]))
        along = (view.x - x) * math.cos(way) + (view.y - y) * math.sin(way)
        return float(along * picture.camera.scale / slot)

    def _draw_bulk(self, painter: QPainter, picture: CellPicture, slot: float) -> None:
        """Sodium mostly outside and potassium mostly inside, in the ratios that give their reversal potentials at 18.5 degC."""
        for is_sodium, outside, inside in ((True, 66, 9), (False, 3, 64)):  # 7.3 and 21.5 to 1
            sprite = self.sprites.ion(is_sodium, slot, picture.ratio)
            for count, side, seed in ((outside, -1.0, 1), (inside, 1.0, 2)):
                x = (scatter(np.arange(count), seed, int(is_sodium)) - 0.5) * (PATCH_SLOTS + 6)
                y = side * (3.4 + 7.0 * scatter(np.arange(count) + 50, seed, int(is_sodium) + 5))
                painter.setOpacity(0.55)
                for ion_x, ion_y in zip((x * slot).tolist(), (y * slot).tolist(), strict=True):
                    stamp(painter, sprite, ion_x, ion_y)
        painter.setOpacity(1.0)

    def _draw_wraps(self, painter: QPainter, picture: CellPicture, slot: float, span: float) -> None:
        """Over an internode: the membranes of its myelin, a line for each while they can be told apart."""
        name = picture.guide.morphology.sections[int(picture.guide.morphology.section_of[picture.focus])].name
        if not name.startswith("internode"):
            return
        wraps = picture.plan.wraps[int(name.split()[1])]
        fat = mixed(self.theme.color("panel"), self.theme.color("muted"), 0.30)
        middle = self._middle(picture, slot)
        for wrap in range(wraps):
            y = -(HALF + 0.5 + wrap * 0.5) * slot
            painter.fillRect(
                QRectF((middle - span) * slot, y - 0.34 * slot, 2 * span * slot, 0.34 * slot), faded(fat, 0.75)
            )

    # --- the moment -----------------------------------------------------------------------------------------------------

    def draw_live(self, painter: QPainter, picture: CellPicture) -> None:
        """Channels, charges and ions as they are now."""
        counts = self.counts(picture)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.membrane_share < 1.0)
        slot = self._set_out(painter, picture)
        middle, reach = self._middle(picture, slot), picture.projection.room.width() / slot / 2 + 1.5
        voltage = float(picture.voltage_mV[picture.focus])
        self._draw_sheet(painter, slot, middle, reach, voltage)
        self._draw_charges(painter, slot, middle, reach, voltage, picture.ratio)
        if counts is not None and counts.sodium + counts.potassium + counts.gates[1] > 0:
            self._draw_channels(painter, picture, counts, slot, middle, reach)
            self._draw_streams(painter, picture, voltage, counts, slot)
            self._draw_pump(painter, picture, slot)
        painter.restore()

    def _draw_sheet(self, painter: QPainter, slot: float, middle: float, reach: float, voltage: float) -> None:
        """The charge beneath the membrane: a band in the colour of its voltage, as thick as it is far from zero."""
        thick = (0.25 + 0.75 * min(abs(voltage) / 80.0, 1.2)) * slot
        color = faded(self.colors.color(voltage), 0.75)
        painter.fillRect(QRectF((middle - reach) * slot, HALF * slot, 2 * reach * slot, thick), color)

    def _draw_charges(
        self, painter: QPainter, slot: float, middle: float, reach: float, voltage: float, ratio: float
    ) -> None:
        """Plus and minus on both faces: as many as the voltage is far from 0, the signs by which side is positive."""
        share = min(abs(voltage) / 90.0, 1.0)
        first, last = math.ceil(middle - reach), math.floor(middle + reach)
        numbers = np.arange(max(first, -60), min(last, 60) + 1)
        seen = np.clip((share - scatter(numbers, 7)) * 6.0 + 0.5, 0.0, 1.0)
        outside, inside = self.sprites.sign(voltage < 0, slot, ratio), self.sprites.sign(voltage >= 0, slot, ratio)
        with Stamps(painter, ratio) as stamps:
            for number, alpha in zip(numbers.tolist(), seen.tolist(), strict=True):
                if alpha > 0.02:
                    painter.setOpacity(alpha)
                    stamps.put(outside, (number + 0.5) * slot, -1.95 * slot)
                    stamps.put(inside, (number + 0.5) * slot, 2.35 * slot)
        painter.setOpacity(1.0)

    def states(self, counts: MembraneCounts) -> tuple[np.ndarray, np.ndarray]:
        """What each channel is: sodium's "open", "inactivated", "closed" or "blocked", potassium's without the second."""
        turn = self.sodium_turn
        sodium = np.full(SODIUM_CHANNELS, "closed", object)
        sodium[turn >= SODIUM_CHANNELS - counts.sodium_inactivated - (SODIUM_CHANNELS - counts.sodium)] = "inactivated"
        sodium[turn >= counts.sodium] = "blocked"
        sodium[turn < counts.sodium_open] = "open"
        potassium = np.full(POTASSIUM_CHANNELS, "closed", object)
        potassium[self.potassium_turn >= counts.potassium] = "blocked"
        potassium[self.potassium_turn < counts.potassium_open] = "open"
        return sodium, potassium

    def _draw_channels(
        self, painter: QPainter, picture: CellPicture, counts: MembraneCounts, slot: float, middle: float, reach: float
    ) -> None:
        with Stamps(painter, picture.ratio) as stamps:
            for is_sodium, places, states in zip(
                (True, False), (self.sodium_at, self.potassium_at), self.states(counts), strict=True
            ):
                for x, state in zip(places.tolist(), states.tolist(), strict=True):
                    if abs(x - middle) < reach:
                        self._draw_channel(stamps, is_sodium, state, x * slot, slot, counts.gates, picture.ratio)

    def _draw_channel(
        self,
        stamps: Stamps,
        is_sodium: bool,
        state: str,
        x: float,
        slot: float,
        gates: tuple[float, float, float],
        ratio: float,
    ) -> None:
        m, h, n = gates
        is_detailed = slot >= DETAIL_PX
        share = m if is_sodium else n
        gap = pore_gap(state, share if is_detailed else 0.0)
        stamps.put(self.sprites.channel(is_sodium, state, gap, slot, ratio), x, 0.0)
        if is_detailed:
            gate = self.sprites.gate(slot, ratio)
            for gate_x, gate_y in gate_places(3 if is_sodium else 4, state, share):
                stamps.put(gate, x + gate_x * slot * NARROW, gate_y * slot)
            if is_sodium:
                stamps.put(self.sprites.ball(state, h, slot, ratio), x, BALL_AT * slot)

    def _draw_streams(
        self, painter: QPainter, picture: CellPicture, voltage: float, counts: MembraneCounts, slot: float
    ) -> None:
        """Ions on their way through open channels: how many is proportional to the driving force, so to the current."""
        sodium, potassium = self.states(counts)
        time_ms, ratio = picture.time_ms, picture.ratio
        for is_sodium, places, states, drive in (
            (True, self.sodium_at, sodium, voltage - SODIUM_MV),
            (False, self.potassium_at, potassium, voltage - POTASSIUM_MV),
        ):
            is_open = np.flatnonzero(states == "open")
            if not len(is_open):
                continue
            channel = np.repeat(is_open, STREAM)
            ion = channel * STREAM + np.tile(np.arange(STREAM), len(is_open))
            turn = (
                time_ms / TRANSIT_MS
                + np.tile(np.arange(STREAM), len(is_open)) / STREAM
                + scatter(channel, int(is_sodium))
            )
            way = turn - np.floor(turn)
            share = min(abs(drive) / LARGEST_DRIVE_MV, 1.0)
            alpha = np.clip((share - scatter(ion, np.floor(turn), 3)) * 8.0 + 0.5, 0.0, 1.0)
            alpha = alpha * np.clip(6.0 * np.minimum(way, 1.0 - way), 0.0, 1.0)
            y = (way - 0.5) * 6.6 * math.copysign(1.0, -drive)  # inwards where the current is
            aside = (scatter(ion, np.floor(turn), 9) - 0.5) * np.clip(np.abs(y) - 1.3, 0.0, 2.0)
            sprite = self.sprites.ion(is_sodium, slot, ratio)
            seen = np.flatnonzero(alpha > 0.02)
            x = (places[channel[seen]] + aside[seen]) * slot
            with Stamps(painter, ratio) as stamps:
                for at_x, at_y, opacity in zip(
                    x.tolist(), (y[seen] * slot).tolist(), alpha[seen].tolist(), strict=True
                ):
                    painter.setOpacity(opacity)
                    stamps.put(sprite, at_x, at_y)
        painter.setOpacity(1.0)

    def _draw_pump(self, painter: QPainter, picture: CellPicture, slot: float) -> None:
        """The sodium-potassium pump, slow beside the channels: three sodium out, then two potassium in."""
        x = (CHANNELS / 2 + 0.75) * slot
        turn, ratio = (picture.time_ms / PUMP_MS) % 1.0, picture.ratio
        painter.save()
        painter.translate(x, 0)
        painter.scale(slot, slot)
        draw_pump(painter, self.theme, turn)
        painter.restore()
        is_out = turn < 0.5
        way = (turn if is_out else turn - 0.5) * 2.0
        for number in range(3 if is_out else 2):
            y = (2.3 - 4.6 * way) * (1.0 if is_out else -1.0)
            stamp(
                painter,
                self.sprites.ion(is_out, slot, ratio),
                x + (number - 1 + (0 if is_out else 0.5)) * 0.36 * slot,
                y * slot,
            )
