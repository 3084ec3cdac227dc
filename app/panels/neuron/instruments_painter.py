"""Draws what a person holds to the cell: the glass electrode, the probes' flags, the rubber band, and the bar of the scale."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from app.panels.neuron.cell_painter import faded, mixed
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.voltage_colors import TICKS_MV, VoltageColors, place_on_bar
from app.widgets.theme import Theme

LEAN = 26.0  # degrees that the electrode leans to the right of upright
GLASS_PX, KNOB_PX = 92.0, 11.0
NOT_TO_SCALE = "Not to scale"
_RULER_UM = (0.01, 0.1, 0.5, 1, 5, 10, 50, 100, 500, 1000)
_END = "+40 mV"  # the last figure on the voltage scale, with its unit


class InstrumentsPainter:
    """Electrode and probes stand where they are put, in px: they do not grow with the zoom."""

    def __init__(self, theme: Theme, colors: VoltageColors) -> None:
        self.theme = theme
        self.colors = colors

    # --- electrode ------------------------------------------------------------------------------------------------------

    def tip(self, picture: CellPicture) -> QPointF:
        """Where the electrode's tip is, px."""
        return picture.projection.point(picture.anatomy.anchor[picture.electrode])

    def knob(self, picture: CellPicture) -> QPointF:
        """Middle of the electrode's button, px."""
        reach = (GLASS_PX + KNOB_PX * 0.8) * self._size
        lean = math.radians(LEAN)
        return self.tip(picture) + QPointF(reach * math.sin(lean), -reach * math.cos(lean))

    @property
    def _size(self) -> float:
        return max(self.theme.zoom, 0.8) * (1.15 if self.theme.line_width > 2.5 else 1.0)

    def is_on_knob(self, picture: CellPicture, at: QPointF) -> bool:
        """Whether `at` is on the electrode's button."""
        gap = at - self.knob(picture)
        return math.hypot(gap.x(), gap.y()) <= (KNOB_PX + 4.0) * self._size

    def is_on_electrode(self, picture: CellPicture, at: QPointF) -> bool:
        """Whether `at` is on glass or button."""
        tip, knob = self.tip(picture), self.knob(picture)
        way = knob - tip
        share = ((at.x() - tip.x()) * way.x() + (at.y() - tip.y()) * way.y()) / (way.x() ** 2 + way.y() ** 2)
        gap = at - (tip + way * min(max(share, 0.0), 1.0))
        return self.is_on_knob(picture, at) or (0.12 < share < 1.0 and math.hypot(gap.x(), gap.y()) <= 8.0 * self._size)

    def is_held_at(self, picture: CellPicture, at: QPointF) -> bool:
        """Whether an instrument is under `at`."""
        if picture.is_near:
            return False
        return self.is_on_electrode(picture, at) or self.flag_at(picture, at) is not None

    def flag_at(self, picture: CellPicture, at: QPointF) -> int | None:
        """The probe whose flag is under `at`."""
        for number in reversed(range(len(picture.probes))):
            if self.flag(picture, number).contains(at):
                return number
        return None

    def draw_electrode(self, painter: QPainter, picture: CellPicture) -> None:
        """A glass pipette; its button is lit while current flows."""
        theme, size = self.theme, self._size
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(QTransform().translate(*self.tip(picture).toTuple()).rotate(LEAN).scale(size, size), True)
        glass = QPainterPath()
        glass.moveTo(-0.6, 0)
        glass.cubicTo(-2.4, -26, -6.5, -34, -6.5, -52)
        glass.lineTo(-6.5, -GLASS_PX)
        glass.lineTo(6.5, -GLASS_PX)
        glass.lineTo(6.5, -52)
        glass.cubicTo(6.5, -34, 2.4, -26, 0.6, 0)
        glass.closeSubpath()
        shine = QLinearGradient(-6.5, 0, 6.5, 0)
        tone = mixed(theme.color("panel"), theme.color("negative"), 0.22)
        for at, alpha in ((0.0, 0.85), (0.3, 0.35), (0.55, 0.55), (1.0, 0.85)):
            shine.setColorAt(at, faded(tone, alpha))
        painter.setBrush(QBrush(shine))
        painter.setPen(QPen(theme.color("muted"), 1.2))
        painter.drawPath(glass)
        painter.setPen(QPen(theme.color("muted"), 1.4))
        painter.drawLine(QPointF(0, -30), QPointF(0, -GLASS_PX))
        lit = theme.color("accent") if picture.is_injecting else theme.color("raised")
        painter.setBrush(lit)
        painter.setPen(QPen(theme.color("accent"), 2.0))
        painter.drawEllipse(QPointF(0, -GLASS_PX - KNOB_PX * 0.8), KNOB_PX, KNOB_PX)
        painter.translate(0, -GLASS_PX - KNOB_PX * 0.8)
        painter.rotate(-LEAN)
        bolt = QPolygonF(
            [
                QPointF(1.5, -7),
                QPointF(-4, 1.2),
                QPointF(-0.4, 1.2),
                QPointF(-1.5, 7),
                QPointF(4, -1.6),
                QPointF(0.5, -1.6),
            ]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_text") if picture.is_injecting else theme.color("accent"))
        painter.drawPolygon(bolt)
        painter.restore()

    # --- probes ---------------------------------------------------------------------------------------------------------

    def flag(self, picture: CellPicture, number: int) -> QRectF:
        """The flag of probe `number`, px: below its place, beside those on the same place."""
        probe = picture.probes[number]
        before = sum(1 for other in picture.probes[:number] if other.compartment == probe.compartment)
        size = max(20.0, QFontMetricsF(self.theme.font("small")).height() + 4.0)
        foot = self._foot(picture, number)
        return QRectF(foot.x() - size / 2 + before * (size + 2), foot.y() + size * 0.9, size, size)

    def _foot(self, picture: CellPicture, number: int) -> QPointF:
        compartment = picture.probes[number].compartment
        anatomy = picture.anatomy
        return picture.projection.point(2 * anatomy.center[compartment] - anatomy.anchor[compartment])

    def draw_probes(self, painter: QPainter, picture: CellPicture) -> None:
        """Numbered flags in the colours of their traces."""
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        for number, probe in enumerate(picture.probes):
            box, foot, color = self.flag(picture, number), self._foot(picture, number), theme.series(probe.color)
            painter.setPen(QPen(color, 1.6))
            painter.drawLine(foot, QPointF(box.center().x(), box.top()))
            painter.setBrush(color)
            painter.drawEllipse(foot, 2.6, 2.6)
            painter.setPen(QPen(theme.color("panel"), 1.5))
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(theme.color("panel"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number + 1))

    # --- the rest -------------------------------------------------------------------------------------------------------

    def draw_brush(self, painter: QPainter, picture: CellPicture) -> None:
        """The rubber band."""
        if picture.brush is not None:
            painter.setPen(QPen(self.theme.color("accent"), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(faded(self.theme.color("accent"), 0.10))
            painter.drawRect(picture.brush)

    def bar(self, picture: CellPicture) -> QRectF:
        """The bar of the voltage scale, px; left of the next cell where the whole of this one is shown."""
        metrics = QFontMetricsF(self.theme.font("small"))
        room, line = picture.projection.room, metrics.height()
        width = min(max(room.width() * 0.34, 240.0), 420.0) * min(self.theme.scale, 1.25)
        right = min(
            room.width() * 0.915 - 36.0 * self.theme.scale, room.width() * 0.89 - metrics.horizontalAdvance(_END)
        )
        return QRectF(right - width, room.height() - line - 22.0, width, 10.0)

    def bar_box(self, picture: CellPicture) -> QRectF:
        """The bar with its ticks and their figures, px."""
        bar, metrics = self.bar(picture), QFontMetricsF(self.theme.font("small"))
        unit = metrics.horizontalAdvance(_END)
        return bar.adjusted(-14.0, -15.0, unit, 6.0 + metrics.height())

    def draw_bar(self, painter: QPainter, picture: CellPicture) -> None:
        """The scale of voltage, with its ticks; it stands still."""
        theme, bar = self.theme, self.bar(picture)
        metrics = QFontMetricsF(theme.font("small"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme.color("panel"), 0.85))
        painter.drawRoundedRect(self.bar_box(picture), 5, 5)
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(QBrush(self.colors.gradient(bar.left(), 0, bar.right(), 0)))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setFont(theme.font("small"))
        right = -1e9
        for tick in TICKS_MV:
            x = bar.left() + place_on_bar(tick) * bar.width()
            text = f"{tick:+d}" if tick > 0 else f"{tick}".replace("-", "−")
            width = metrics.horizontalAdvance(text)
            if tick == -65:
                painter.setPen(QPen(theme.color("text"), 2.0))
                painter.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 3))
            painter.setPen(QPen(theme.color("muted"), 1.0))
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 4))
            if x - width / 2 > right + 4:
                painter.drawText(QPointF(x - width / 2, bar.bottom() + 4 + metrics.ascent()), text)
                right = x + width / 2
        painter.drawText(QPointF(right + 6, bar.bottom() + 4 + metrics.ascent()), "mV")

    def draw_ruler(self, painter: QPainter, picture: CellPicture) -> None:
        """How long things are: a bar in true proportions, else a word that they are not kept."""
        theme, um = self.theme, picture.anatomy.board.um
        metrics = QFontMetricsF(theme.font("small"))
        y = picture.projection.room.height() - 12.0
        if um is None:
            length, text = 0.0, self._scale_note(picture)
        else:
            px = um * picture.projection.scale
            micrometres = next(size for size in _RULER_UM if size * px >= 40.0 or size == _RULER_UM[-1])
            length = micrometres * px
            text = f"{micrometres / 1000:g} mm" if micrometres >= 1000 else f"{micrometres:g} µm"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme.color("panel"), 0.85))
        plate = metrics.horizontalAdvance(text) + (length + 8.0 if length else 0.0)
        painter.drawRoundedRect(QRectF(10.0, y - metrics.ascent() - 3.0, plate + 12.0, metrics.height() + 6.0), 5, 5)
        painter.setPen(QPen(theme.color("text"), 2.0))
        if length:
            painter.drawLine(
                QPointF(16.0, y - metrics.ascent() / 2 + 1), QPointF(16.0 + length, y - metrics.ascent() / 2 + 1)
            )
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.font("small"))
        painter.drawText(QPointF(16.0 + (length + 8.0 if length else 0.0), y), text)

    def _scale_note(self, picture: CellPicture) -> str:
        """That the drawing is not to scale; how long its parts are where there is room for it below the dendrites, left of the bar."""
        whole = f"{NOT_TO_SCALE}: dendrites 0.4 mm, axon 4 mm"
        metrics = QFontMetricsF(self.theme.font("small"))
        right = 16.0 + metrics.horizontalAdvance(whole) + 12.0
        top = picture.projection.room.height() - 18.0 - metrics.height()
        ends = picture.projection.px(np.array([points for _, points in picture.anatomy.twigs]).reshape(-1, 2))
        is_free = not bool(np.any((ends[:, 0] < right) & (ends[:, 1] > top)))
        return whole if is_free and right < self.bar_box(picture).left() else NOT_TO_SCALE

    def ruler_box(self, picture: CellPicture) -> QRectF:
        """Where the ruler stands, px."""
        metrics = QFontMetricsF(self.theme.font("small"))
        width = metrics.horizontalAdvance(self._scale_note(picture))
        return QRectF(
            12.0, picture.projection.room.height() - 14.0 - metrics.height(), width + 12.0, metrics.height() + 8.0
        )

    def draw_marker(self, painter: QPainter, picture: CellPicture) -> None:
        """On the bar: where the place under the pointer, or from near the place under the camera, stands now."""
        if picture.hovered is None and picture.camera.view.zoom < 3.0:
            return
        bar = self.bar(picture)
        compartment = picture.focus if picture.hovered is None else picture.hovered.compartment
        x = bar.left() + place_on_bar(float(picture.voltage_mV[compartment])) * bar.width()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.color("panel"), 1.0))
        painter.setBrush(self.theme.color("text"))
        top = bar.top() - 1
        painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x - 6, top - 10), QPointF(x + 6, top - 10)]))
