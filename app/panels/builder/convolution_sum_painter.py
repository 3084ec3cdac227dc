"""Paints the words of the board of "One convolution": titles, the sum and where it goes, or why there is no map, the scale. Works nothing out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QLinearGradient, QPainter, QPen

from app.panels.builder.convolution_numbers import number_text, sum_text
from app.panels.builder.convolution_painter import Inks
from app.panels.builder.convolution_places import Grid, Places
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_state import ALL
from app.simulation.convolution_kernels import KERNELS

_CENTER = int(Qt.AlignmentFlag.AlignCenter)
_WRAPPED = _CENTER | int(Qt.TextFlag.TextWordWrap)


def kernel_title(scene: Scene) -> str:
    """What stands above the kernel."""
    state = scene.state
    name = next((one.title for one in KERNELS if one.key == state.kernel_name), "")
    return f"Kernel{f' {name}' if name else ''}{', turned 180°' if state.is_flipped else ''}"


def workings(scene: Scene) -> tuple[str, str]:
    """How the outcome comes about: what it is, and the arithmetic up to its equals sign."""
    state, here = scene.state, scene.here
    if here is None:
        return "", ""
    count = here.terms.size
    if state.terms != ALL:
        what = "Largest" if state.mode == "max" else "Sum"
        counted = scene.shown_terms
        so_far = number_text(scene.so_far) if counted else "nothing yet"
        return f"{what} so far, {counted} of {count}", so_far
    if state.mode == "max":
        return f"The largest of {count}", "max =" if not state.is_rectified else "ReLU(max) ="
    if state.mode == "average":
        text = f"{number_text(here.total)} / {count} ="
        return f"Sum of {count}, divided by {count}", text
    total = number_text(here.total)
    text = total
    if state.bias:
        bias = number_text(state.bias)
        text += f" − {bias[1:]}" if bias.startswith("−") else f" + {bias}"
    said = f"Sum of {count} products" if count > 1 else "The product"
    said += " + bias" if state.bias else ""
    if state.is_rectified:
        return f"{said}, then ReLU", f"max(0, {text}) ="
    return said, f"{text} =" if state.bias else "="


class WordPainter:
    """Titles, sum and notice of one scene at its places."""

    def __init__(self, painter: QPainter, scene: Scene, places: Places, inks: Inks) -> None:
        self._painter = painter
        self._scene = scene
        self._places = places
        self._inks = inks
        self._theme = inks.theme

    def paint_titles(self) -> None:
        """What each grid is."""
        scene, places = self._scene, self._places
        state = scene.state
        side, (high, wide) = state.side, scene.padded.shape
        around = f", padded to {high}×{wide}" if (high, wide) != (side, side) else ""
        self._title(places.input, "heading", f"Input: {scene.title}, {side}×{side}{around}")
        if places.map is not None:
            after = ", after ReLU" if state.is_rectified else ""
            self._title(places.map, "heading", f"Feature map: {state.map_shape[0]}×{state.map_shape[1]}{after}")
        if places.window is not None:
            self._title(places.window, "small", "Under the window", "Window")
        if places.kernel is not None:
            self._title(places.kernel, "small", kernel_title(scene), "Kernel")
            if places.window is not None:
                gap = QRectF(
                    places.window.rect.right(), places.window.top,
                    places.kernel.left - places.window.rect.right(), places.window.rect.height(),
                )  # fmt: skip
                self._sign(gap, "×")
        if places.terms is not None:
            count = state.sliding.count
            self._title(places.terms, "small", f"{count} products" if count > 1 else "The product", "Products")
            if places.kernel is not None and places.terms.top < places.kernel.rect.bottom():  # beside each other
                gap = QRectF(
                    places.kernel.rect.right(), places.kernel.top,
                    places.terms.left - places.kernel.rect.right(), places.kernel.rect.height(),
                )  # fmt: skip
                self._sign(gap, "=")

    def _title(self, grid: Grid, role: str, *texts: str) -> None:
        """texts: the first that has room is written, or the last in smaller type."""
        font = self._theme.font(role)
        metrics = QFontMetricsF(font)
        rect = grid.rect
        height = metrics.height()
        room = max(rect.width() + 1.2 * self._places.line, metrics.horizontalAdvance("Kernel"))
        if grid is self._places.window and self._places.kernel is None:  # it stands alone
            room = self._places.sum.width()
        text = next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])
        if metrics.horizontalAdvance(text) > room:
            font.setPixelSize(max(9, int(font.pixelSize() * room / metrics.horizontalAdvance(text))))
        self._painter.setFont(font)
        self._painter.setPen(self._theme.color("text" if role == "heading" else "muted"))
        place = QRectF(rect.center().x() - room, rect.top() - height - 3, 2 * room, height)
        self._painter.drawText(place, _CENTER, text)

    def _sign(self, place: QRectF, sign: str) -> None:
        self._painter.setFont(self._theme.font("title"))
        self._painter.setPen(self._theme.color("text"))
        self._painter.drawText(place, _CENTER, sign)

    def paint_sum(self) -> None:
        """The terms added up, the outcome in its colour, and the way into the map."""
        scene, places, theme = self._scene, self._places, self._theme
        if scene.here is None:
            return
        said, text = workings(scene)
        top, line = places.sum.top(), places.line
        if places.has_terms and places.kernel is not None:
            top += self._terms_line(top)
        font = QFont(theme.font("small"))
        wide = QFontMetricsF(font).horizontalAdvance(said)
        if wide > places.sum.width():
            font.setPixelSize(max(9, int(font.pixelSize() * places.sum.width() / wide)))
        self._painter.setFont(font)
        self._painter.setPen(theme.color("muted"))
        self._painter.drawText(QRectF(places.sum.left(), top, places.sum.width(), 1.2 * line), _CENTER, said)
        self._outcome(top + 1.5 * line, text)

    def _terms_line(self, top: float) -> float:
        """The sum written out; how high it is."""
        scene, places = self._scene, self._places
        if scene.here is None:
            return 0.0
        terms = scene.here.terms.ravel()[: scene.shown_terms].tolist()
        font = self._theme.font("body")
        self._painter.setFont(font)
        self._painter.setPen(self._theme.color("text"))
        height = 2.05 * QFontMetricsF(font).height()
        place = QRectF(places.sum.left(), top, places.sum.width(), height)
        self._painter.drawText(place, _WRAPPED, sum_text(terms) if terms else "")
        return height + 0.3 * places.line

    def _outcome(self, top: float, text: str) -> None:
        scene, places, painter, theme = self._scene, self._places, self._painter, self._theme
        if scene.here is None:
            return
        font = QFont(theme.font("title"))
        outcome = number_text(scene.here.outcome)
        is_done = scene.state.terms == ALL
        metrics = QFontMetricsF(font)
        box_width = max(metrics.horizontalAdvance(outcome) + 1.4 * places.line, 4.2 * places.line)
        needed = metrics.horizontalAdvance(text) + 0.6 * places.line + (box_width if is_done else 0.0)
        if needed > places.sum.width():
            font.setPixelSize(max(10, int(font.pixelSize() * places.sum.width() / needed)))
            metrics = QFontMetricsF(font)
            needed = metrics.horizontalAdvance(text) + 0.6 * places.line + (box_width if is_done else 0.0)
        height = 1.5 * metrics.height()
        left = places.sum.center().x() - needed / 2
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        wide = metrics.horizontalAdvance(text) + 2
        painter.drawText(QRectF(left, top, wide, height), _CENTER, text)
        if not is_done:
            return
        box = QRectF(left + needed - box_width, top, box_width, height)
        painter.fillRect(box, self._inks.ground(scene, scene.here.outcome))
        painter.setPen(self._inks.type(scene, scene.here.outcome))
        painter.drawText(box, _CENTER, outcome)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), max(2.0, theme.line_width * 1.2)))
        painter.drawRect(box)
        self._way(box)

    def _way(self, box: QRectF) -> None:
        """From the outcome to its cell of the map, there between the rows, so that no number is struck out."""
        places, state = self._places, self._scene.state
        if places.map is None or not places.is_wide:
            return
        cell, start = places.map.cell(state.row, state.column), QPointF(box.right(), box.center().y())
        accent = self._theme.color("accent")
        accent.setAlphaF(0.6)
        self._painter.setPen(QPen(accent, 1.2))
        corner = cell.bottomLeft() if start.y() > cell.center().y() else cell.topLeft()
        turn, edge = QPointF(places.sum.right(), start.y()), QPointF(places.map.rect.left(), corner.y())
        self._painter.drawPolyline([start, turn, edge, corner])

    def paint_notice(self, sentence: str) -> None:
        """Why there is no map, where it would be."""
        area = self._places.map_area
        self._painter.setPen(QPen(self._theme.color("border"), 1.0, Qt.PenStyle.DashLine))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(area)
        self._painter.setFont(self._theme.font("heading"))
        self._painter.setPen(self._theme.color("bad"))
        self._painter.drawText(area.adjusted(12, 12, -12, -12), _WRAPPED, sentence)

    # --- the scale ----------------------------------------------------------------------------------------------------

    def paint_scale(self) -> None:
        """The one scale of all colours on the board, and what it says."""
        painter, theme, scene = self._painter, self._theme, self._scene
        area, line = self._places.legend, self._places.line
        font = theme.font("small")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        said = "One scale for every cell: orange above 0, blue below, paler towards 0"
        width = min(14 * line, area.width() * 0.4)
        room = metrics.horizontalAdvance(said) + 2 * line
        total = width + room if width + room <= area.width() else width
        bar = QRectF(area.center().x() - total / 2, area.top() + 0.1 * line, width, 0.55 * line)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(33):
            share = step / 32
            gradient.setColorAt(share, self._inks.ground(scene, (2 * share - 1) * scene.limit))
        painter.fillRect(bar, gradient)
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.setPen(theme.color("text"))
        for share, value in ((0.0, -scene.limit), (0.5, 0.0), (1.0, scene.limit)):
            x = bar.left() + share * bar.width()
            painter.drawText(QRectF(x - 3 * line, bar.bottom(), 6 * line, 1.1 * line), _CENTER, number_text(value))
        if total > width:
            painter.setPen(theme.color("muted"))
            place = QRectF(bar.right() + 1.6 * line, bar.top() - 0.3 * line, room, 1.2 * line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), said)
