"""Paints the board of "One convolution": the grids with their numbers, the window over them, the scale. Works nothing out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.panels.builder.convolution_numbers import coarse_text, number_text, short_text, weight_text
from app.panels.builder.convolution_places import Grid, Places
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_state import ALL
from app.simulation.convolution import Floats
from app.widgets.color_mixing import mixed
from app.widgets.theme import Theme

_LEAST_TYPE = 8.0  # px: smaller numbers are left out
_SHADES = 64
_CENTER = int(Qt.AlignmentFlag.AlignCenter)
_WELL_READ = 11.0  # px at scale 1: smaller, and a shorter way of writing is taken
_WORTH = 1.15  # how much larger type has to become for digits to be left out
Ways = tuple[Callable[[float], str], ...]
_LONG: Ways = (number_text, short_text)
_SHORT: Ways = (short_text, coarse_text)


class Inks:
    """The theme's colours for values, made once a theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        panel = theme.color("panel")
        self._shades = {
            sign: [mixed(panel, theme.color(token), level / _SHADES) for level in range(_SHADES + 1)]
            for sign, token in ((1, "positive"), (-1, "negative"))
        }
        text = theme.color("text")
        self._types = {
            sign: [_readable(shade, text, panel) for shade in shades] for sign, shades in self._shades.items()
        }
        self.name = (theme.name, theme.scale)

    def ground(self, scene: Scene, value: float) -> QColor:
        """The colour of a cell that holds `value`."""
        return self._shades[-1 if value < 0 else 1][round(scene.strength(value) * _SHADES)]

    def type(self, scene: Scene, value: float) -> QColor:
        """What its number is written in."""
        return self._types[-1 if value < 0 else 1][round(scene.strength(value) * _SHADES)]


def _luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    shares = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4) for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(ground: QColor, one: QColor, other: QColor) -> QColor:
    """Whichever of two colours stands out more against `ground`."""
    light = _luminance(ground)

    def contrast(ink: QColor) -> float:
        low, high = sorted((light, _luminance(ink)))
        return (high + 0.05) / (low + 0.05)

    return one if contrast(one) >= contrast(other) else other


class BoardPainter:
    """Paints one scene at its places."""

    def __init__(self, painter: QPainter, scene: Scene, places: Places, inks: Inks) -> None:
        self._painter = painter
        self._scene = scene
        self._places = places
        self._inks = inks
        self._theme = inks.theme
        self._frame = max(2.0, self._theme.line_width * 1.2)

    # --- grids --------------------------------------------------------------------------------------------------------

    def paint_input(self) -> None:
        """The padded picture with its numbers; the padding's cells are drawn paler, with what they count as."""
        scene, grid = self._scene, self._places.input
        down, across = scene.state.sliding.pair("padding")
        side = scene.state.side
        is_padding = np.ones(scene.padded.shape, bool)
        is_padding[down : down + side, across : across + side] = False
        self._cells(grid, scene.padded, ~is_padding, _SHORT)
        font = self._font_for(grid, ["−∞" if scene.state.mode == "max" else "0"])
        painter, theme = self._painter, self._theme
        ground = theme.color("raised")
        for row, column in np.argwhere(is_padding).tolist():
            cell = grid.cell(row, column)
            painter.fillRect(cell, ground)
            if font is not None:
                painter.setFont(font)
                painter.setPen(theme.color("muted"))
                painter.drawText(cell, _CENTER, number_text(float(scene.padded[row, column])))
        self._lines(grid)
        if down or across:
            painter.setPen(QPen(theme.color("border"), 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(grid.span(down, across, side, side))

    def paint_map(self) -> None:
        """The map as far as it is filled; without a map nothing."""
        scene, grid = self._scene, self._places.map
        if grid is None or scene.map is None:
            return
        self._cells(grid, scene.map, scene.is_filled, _SHORT)
        self._lines(grid)

    def paint_whole_map(self) -> None:
        """Every number of the map, whether it is filled or not."""
        scene, grid = self._scene, self._places.map
        if grid is not None and scene.map is not None:
            self._cells(grid, scene.map, np.ones(scene.map.shape, bool), _SHORT)
            self._lines(grid)

    def paint_empty_map(self) -> None:
        """Its cells alone."""
        if self._places.map is not None:
            self._lines(self._places.map)

    def paint_arithmetic(self) -> None:
        """What lies under the window, the kernel, their products."""
        scene, places = self._scene, self._places
        laid = scene.here.weights if scene.here is not None else None
        if places.kernel is not None:
            if laid is None:
                weights = scene.state.kernel
                laid = weights[::-1, ::-1] if scene.state.is_flipped else weights
            self._cells(places.kernel, laid, np.ones(laid.shape, bool), (weight_text, short_text))
            self._lines(places.kernel)
        if scene.here is None:
            return
        if places.window is not None:
            pixels = scene.here.pixels
            self._cells(places.window, pixels, np.ones(pixels.shape, bool), _LONG)
            self._lines(places.window)
        if places.terms is not None:
            shown = (np.arange(scene.here.terms.size) < scene.shown_terms).reshape(scene.here.terms.shape)
            self._products(places.terms, shown)
            self._lines(places.terms)

    def _products(self, grid: Grid, shown: np.ndarray) -> None:
        scene = self._scene
        here = scene.here
        if here is None or here.weights is None:
            return
        line = self._places.line
        if grid.width < 5.4 * line or grid.height < 2.2 * line:  # no room for the two factors
            self._cells(grid, here.terms, shown, _LONG)
            return
        self._cells(grid, here.terms, shown, _LONG, 0.52)
        painter = self._painter
        font = QFont(self._theme.font("small"))
        painter.setFont(font)
        for row, column in np.argwhere(shown).tolist():
            value, weight = float(here.pixels[row, column]), float(here.weights[row, column])
            said = weight_text(weight)
            said = f"{number_text(value)} × {f'({said})' if weight < 0 else said}"
            painter.setPen(self._inks.type(scene, float(here.terms[row, column])))
            cell = grid.cell(row, column)
            painter.drawText(QRectF(cell.x(), cell.y() + 0.06 * cell.height(), cell.width(), line * 1.1), _CENTER, said)

    def _cells(self, grid: Grid, values: Floats, shown: np.ndarray, ways: Ways, low: float = 0.0) -> None:
        """Coloured cells with their numbers, in one size of type. ways: of writing them, the first that can be read well.

        low: share of a cell's height above the number.
        """
        painter, scene, inks = self._painter, self._scene, self._inks
        numbers = values.tolist()
        places = np.argwhere(shown).tolist()
        ends = (float(values.min()), float(values.max()))  # type is as large whatever is shown so far
        for row, column in places:
            painter.fillRect(grid.cell(row, column), inks.ground(scene, numbers[row][column]))
        font: QFont | None = None
        texts: list[str] = []
        for words in ways:
            said = [words(numbers[row][column]) for row, column in places]
            longest = [words(end) for end in ends] if values.size and not shown.all() else []
            found = self._font_for(grid, [*said, *longest], 1.0 - low * 0.75)
            if found is not None and (font is None or found.pixelSize() > _WORTH * font.pixelSize()):
                font, texts = found, said
            if font is not None and font.pixelSize() >= _WELL_READ * self._theme.scale:
                break
        if font is None:
            return
        painter.setFont(font)
        faint = self._theme.color("muted")
        drop = low * grid.height * 0.72
        for (row, column), text in zip(places, texts, strict=True):
            value = numbers[row][column]
            painter.setPen(inks.type(scene, value) if value else faint)
            painter.drawText(grid.cell(row, column).adjusted(0, drop, 0, 0), _CENTER, text)

    def _font_for(self, grid: Grid, texts: Iterable[str], share: float = 1.0) -> QFont | None:
        """Type in which the longest of `texts` fits a cell; None where it would be too small to read."""
        longest = max(texts, key=len, default="0")
        font = QFont(self._theme.font("value"))
        base = font.pixelSize()
        wide = QFontMetricsF(font).horizontalAdvance(longest) / base
        size = min(0.56 * grid.height * share, 0.92 * (grid.width - 2) / max(wide, 0.6), 1.7 * base)
        if size < _LEAST_TYPE:
            return None
        font.setPixelSize(int(size))
        return font

    def _lines(self, grid: Grid) -> None:
        painter = self._painter
        painter.setPen(QPen(self._theme.color("hairline"), 1.0))
        rect = grid.rect
        if min(grid.width, grid.height) >= 5:
            for row in range(1, grid.rows):
                y = grid.top + row * grid.height
                painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            for column in range(1, grid.columns):
                x = grid.left + column * grid.width
                painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.setPen(QPen(self._theme.color("border"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    # --- the window ---------------------------------------------------------------------------------------------------

    def paint_window(self, lit: int | None) -> None:
        """The window over the input, with its holes; what leads from it to the arithmetic and from there into the map."""
        scene, places, painter = self._scene, self._places, self._painter
        if scene.here is None or places.map is None:
            self._window_too_large()
            return
        state, grid = scene.state, places.input
        sliding = state.sliding
        outer = grid.span(*scene.pixel_of(0), *sliding.reach)
        accent = self._theme.color("accent")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if places.is_wide and places.window is not None:
            self._lead(outer, places.window.rect)
        if sliding.reach != sliding.sides:  # it has holes
            painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(outer)
            painter.setPen(QPen(accent, self._frame))
            for term in range(sliding.count):
                painter.drawRect(grid.cell(*scene.pixel_of(term)).adjusted(1, 1, -1, -1))
        else:
            painter.setPen(QPen(accent, 1.0))
            for inner in range(1, sliding.sides[0]):
                y = outer.top() + inner * grid.height
                painter.drawLine(QPointF(outer.left(), y), QPointF(outer.right(), y))
            for inner in range(1, sliding.sides[1]):
                x = outer.left() + inner * grid.width
                painter.drawLine(QPointF(x, outer.top()), QPointF(x, outer.bottom()))
            painter.setPen(QPen(accent, self._frame + 1.0))
            painter.drawRect(outer)
        painter.setPen(QPen(accent, self._frame + 1.0))
        painter.drawRect(places.map.cell(state.row, state.column))
        for part in (places.window, places.kernel, places.terms):
            if part is not None:
                painter.setPen(QPen(accent, self._frame))
                painter.drawRect(part.rect)
        if scene.here.winner is not None and state.terms == ALL:
            self._ring(scene.here.winner[0] * sliding.sides[1] + scene.here.winner[1])
        if lit is not None:
            self._ring(lit)

    def _window_too_large(self) -> None:
        """Where the window does not fit: as far as it reaches over the picture."""
        grid, reach = self._places.input, self._scene.state.sliding.reach
        if reach[0] > grid.rows or reach[1] > grid.columns:
            self._painter.setPen(QPen(self._theme.color("bad"), self._frame, Qt.PenStyle.DashLine))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRect(grid.span(0, 0, *reach))

    def _lead(self, outer: QRectF, patch: QRectF) -> None:
        """From the window's right corners to what lies under it: between the input's cells, so that no number is struck out."""
        thin = self._theme.color("accent")
        thin.setAlphaF(0.6)
        self._painter.setPen(QPen(thin, 1.2))
        edge = max(self._places.input.rect.right(), outer.right())
        for corner, end in ((outer.topRight(), patch.topLeft()), (outer.bottomRight(), patch.bottomLeft())):
            self._painter.drawPolyline([corner, QPointF(edge, corner.y()), end])

    def _ring(self, term: int) -> None:
        """A frame around a term wherever it stands: in the input, under the window, in the kernel, among the products."""
        scene, places, painter = self._scene, self._places, self._painter
        row, column = divmod(term, scene.state.sliding.sides[1])
        text = self._theme.color("text")
        cells = [places.input.cell(*scene.pixel_of(term))]
        cells += [part.cell(row, column) for part in (places.window, places.kernel, places.terms) if part is not None]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell in cells:
            inset = 2 if cell.width() > 2.5 * places.line else -1  # in a small cell it would cover the point of .51
            painter.setPen(QPen(self._theme.color("panel"), self._frame + 3.0))
            painter.drawRect(cell.adjusted(inset, inset, -inset, -inset))
            painter.setPen(QPen(text, self._frame))
            painter.drawRect(cell.adjusted(inset, inset, -inset, -inset))
