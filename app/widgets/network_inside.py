"""Arrays from within a network as pictures: shades, scales, where tiles and cells go. QImage only; knows no panel and no scene."""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from app.widgets.number_words import power, readable
from app.widgets.theme import Theme

_LEAST_CELL = 4.0  # px: smaller cells of a column are set side by side
_LEAST_TILE = 6.0  # px: of tiles that would be smaller only the first are drawn
NUMBER_ROOM = (38.0, 15.0)  # px at scale 1 that a number takes
_WIDEST_CELL = 4.0  # times its height
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)  # of a scale, times a power of ten
_NOTHING = 0x00000000


class Shades:
    """Blue over neutral to orange in 255 steps, made once for a theme: uint32 (256,) of 0xAARRGGBB, the last one for no number."""

    def __init__(self, theme: Theme) -> None:
        ends = [theme.color(token) for token in ("negative", "neutral", "positive")]
        levels = np.array([(color.red(), color.green(), color.blue()) for color in ends], np.float64)
        place = np.linspace(0.0, 2.0, 255)
        mixed = np.stack([np.interp(place, [0, 1, 2], levels[:, channel]) for channel in range(3)], axis=1)
        table = mixed.round().astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
        self.table = np.append(table | np.uint32(0xFF000000), np.uint32(_NOTHING)).astype(np.uint32)
        self.is_bright = np.append(mixed @ np.array([0.299, 0.587, 0.114]) > 128.0, True)

    def image(self, numbers: np.ndarray, scale: float) -> QImage:
        """float (rows, columns) as an image of one pixel a number: -scale blue, scale orange; NaN is transparent."""
        return _image(self.table[self.places(numbers, scale)], QImage.Format.Format_ARGB32_Premultiplied)

    def places(self, numbers: np.ndarray, scale: float) -> np.ndarray:
        """uint8 of the same shape: where in the table each number's colour stands."""
        # in place from here on: a look has a dozen small arrays, and each call counts
        place = np.divide(numbers, scale)
        place *= 127.0
        np.rint(place, out=place)
        place += 127.0
        place.clip(0.0, 254.0, out=place)
        is_missing = np.isnan(place)
        if is_missing.any():
            place[is_missing] = 255.0
        shades: np.ndarray = place.astype(np.uint8)
        return shades


def gray_image(picture: np.ndarray) -> QImage:
    """float32 (channels, rows, columns), 0 to 1, as an image: grey for one channel, colours for three, the first of others."""
    levels = (np.clip(np.nan_to_num(picture), 0.0, 1.0) * 255.0).astype(np.uint32)
    red, green, blue = levels[:3] if len(levels) == 3 else (levels[0],) * 3
    return _image(np.uint32(0xFF000000) | red << 16 | green << 8 | blue, QImage.Format.Format_RGB32)


def _image(pixels: np.ndarray, form: QImage.Format) -> QImage:
    if not pixels.size:
        return QImage()  # Qt reads beyond an array that has nothing
    rows, columns = pixels.shape
    held = np.ascontiguousarray(pixels)
    return QImage(held.data, columns, rows, 4 * columns, form).copy()


def round_scale(numbers: np.ndarray) -> float:
    """The first of few round numbers that no magnitude exceeds: a scale that does not flicker."""
    most = float(np.abs(numbers).max()) if numbers.size else 0.0
    if not math.isfinite(most):
        finite = numbers[np.isfinite(numbers)]
        most = float(np.abs(finite).max()) if finite.size else 0.0
    if most <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return float(next((step * power for step in _STEPS if most <= step * power * (1 + 1e-6)), 10.0 * power))


class Picture:
    """One array within a layer. tiles: float32 (groups, tiles in a group, rows, columns); a vector is (1, 1, n, 1) and may be
    set in several columns. whole: how many groups there are where fewer were sent."""

    def __init__(self, title: str, numbers: np.ndarray, whole: int | None = None) -> None:
        self.title = title
        self.tiles = _as_tiles(numbers)
        self.is_vector = numbers.ndim == 1
        self.whole = whole if whole is not None else (len(numbers) if numbers.ndim else 1)
        self.sent = len(numbers) if numbers.ndim else 1
        self._images: dict[tuple[int, int], QImage] = {}

    @cached_property
    def scale(self) -> float:
        """The magnitude at which the colours end."""
        return round_scale(self.tiles)

    @cached_property
    def exponent(self) -> int:
        """The power of ten in which its numbers are written."""
        return 0 if 0.1 <= self.scale < 1000 else 3 * math.floor(math.log10(self.scale) / 3)

    def number_text(self, value: float) -> str:
        """One of its numbers, as short as it can be read."""
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
        value /= 10.0**self.exponent
        digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
        text = f"{value:.{digits}f}"
        return "0" if float(text) == 0 else text.replace("-", "−")

    def whole_text(self, value: float) -> str:
        """One of its numbers, its power of ten with it: where no caption says in which they are written."""
        return self.number_text(value) if not self.exponent else readable(value, 2, least=0.0)

    def captions(self, shown: int) -> tuple[str, ...]:
        """What is drawn, and its scale, from long to short. shown: groups of several that are."""
        least = min(shown, self.sent) if len(self.tiles) > 1 else self.sent
        part = "" if least >= self.whole else f" · {least} of {self.whole}"
        scale = f"±{scale_text(self.scale)}"
        return f"{self.title} {scale}{part}", f"{self.title} {scale}", scale

    def cells(self, index: int, rows: int = 0, columns: int = 0) -> np.ndarray:
        """float32 (rows, columns): the numbers of one tile as it is drawn; NaN where a vector's last column has none."""
        if not rows:
            group, tile = divmod(index, self.tiles.shape[1])
            return np.asarray(self.tiles[group, tile])
        padded = np.full(rows * columns, np.nan, np.float32)
        padded[: self.tiles.size] = self.tiles.ravel()
        return padded.reshape(columns, rows).T

    def image(self, shades: Shades, rows: int = 0, columns: int = 0) -> QImage:
        """All tiles one below the other, made once. rows, columns: of a vector that is set in several columns."""
        key = (rows, columns)
        if key not in self._images:
            flat = self.cells(0, rows, columns) if rows else self.tiles.reshape(-1, self.tiles.shape[3])
            self._images[key] = shades.image(flat, self.scale)
        return self._images[key]


def scale_text(scale: float) -> str:
    """A scale as a person reads it: 0.02, 5, 2·10⁻⁶."""
    if 1e-3 <= scale < 1e5:
        return f"{scale:g}"
    exponent = math.floor(math.log10(scale) + 1e-9)
    return f"{scale / 10.0**exponent:.2g}·{power(exponent)}"


def _as_tiles(numbers: np.ndarray) -> np.ndarray:
    values = np.asarray(numbers, np.float32)
    match values.ndim:
        case 0 | 1:
            return values.reshape(1, 1, -1, 1)
        case 2:
            return values[None, None]
        case 3:
            return values[:, None]
        case _:
            return values.reshape(values.shape[0], values.shape[1], values.shape[2], -1)


class Arrangement(NamedTuple):
    """Where tiles go within an area, relative to its corner: x, y of each, their size, how many groups have a place, the size of
    one cell; rows and columns of a vector that is set in several columns (0: no vector)."""

    places: tuple[tuple[float, float], ...]
    width: float
    height: float
    groups: int
    cell: tuple[float, float]
    rows: int = 0
    columns: int = 0

    def rects(self, area: QRectF) -> list[QRectF]:
        """The tiles in `area`, in their order."""
        left, top, width, height = area.x(), area.y(), self.width, self.height
        return [QRectF(left + x, top + y, width, height) for x, y in self.places]


@lru_cache(maxsize=512)
def arrange(
    shape: tuple[int, int, int, int], is_vector: bool, width: float, height: float, number_room: tuple[float, float]
) -> Arrangement:
    """Tiles of that shape in an area of so many pixels, as large as they can be; kept, since it is asked at each paint."""
    groups, inner, rows, columns = shape
    if is_vector:
        return _columns(rows, width, height, number_room)
    if groups == inner == 1:
        return _one(rows, columns, width, height)
    gap = max(2.0, min(width, height) / 50)
    aspect = columns / rows
    across_in, down_in = _grid(inner, aspect, 1.0, 1.0)
    shown = groups
    while True:
        across, down = _grid(shown, aspect * across_in / down_in, width, height)
        block = ((width - gap * (across - 1)) / across, (height - gap * (down - 1)) / down)
        inner_gap = 1.0 if inner > 1 else 0.0
        tile = (
            (block[0] - inner_gap * (across_in - 1)) / across_in,
            (block[1] - inner_gap * (down_in - 1)) / down_in,
        )
        size = min(tile[0] / columns, tile[1] / rows)
        if size * min(rows, columns) >= min(_LEAST_TILE, 2.0 * min(rows, columns)) or shown == 1:
            break
        shown = max(1, shown // 2)
    tile_width, tile_height = max(size * columns, 1.0), max(size * rows, 1.0)
    step = (
        across_in * (tile_width + inner_gap) - inner_gap + gap,
        down_in * (tile_height + inner_gap) - inner_gap + gap,
    )
    left, top = (width - across * step[0] + gap) / 2, (height - down * step[1] + gap) / 2
    places = tuple(
        (
            left + group % across * step[0] + tile_number % across_in * (tile_width + inner_gap),
            top + group // across * step[1] + tile_number // across_in * (tile_height + inner_gap),
        )
        for group in range(shown)
        for tile_number in range(inner)
    )
    return Arrangement(places, tile_width, tile_height, shown, (size, size))


def _grid(count: int, aspect: float, width: float, height: float) -> tuple[int, int]:
    """How many tiles of that aspect stand side by side, and how many rows of them, for the largest tiles."""
    best = max(range(1, count + 1), key=lambda across: min(width / across, height / math.ceil(count / across) * aspect))
    return best, math.ceil(count / best)


def _one(rows: int, columns: int, width: float, height: float) -> Arrangement:
    """One matrix: its cells need not be square."""
    cell_width, cell_height = width / columns, height / rows
    cell_width = min(cell_width, _WIDEST_CELL * cell_height)
    cell_height = min(cell_height, _WIDEST_CELL * cell_width)
    size = (cell_width * columns, cell_height * rows)
    place = ((width - size[0]) / 2, (height - size[1]) / 2)
    return Arrangement((place,), *size, 1, (cell_width, cell_height))


def _columns(count: int, width: float, height: float, number_room: tuple[float, float]) -> Arrangement:
    """A column of cells; where they would be too flat, several, each read downwards."""
    has_room = (height // number_room[1]) * (width // number_room[0]) >= count
    least = number_room[1] if has_room else _LEAST_CELL
    most = max(1, int(height // least))
    columns = math.ceil(count / most)
    if width / columns < least / 2:
        columns = max(1, math.ceil(math.sqrt(count * width / max(height, 1.0))))
    rows = math.ceil(count / columns)
    cell_height = height / rows
    cell_width = min(width / columns, _WIDEST_CELL * max(cell_height, number_room[1] if has_room else 0.0))
    size = (cell_width * columns, cell_height * rows)
    place = ((width - size[0]) / 2, 0.0)
    return Arrangement((place,), *size, 1, (cell_width, cell_height), rows, columns)
