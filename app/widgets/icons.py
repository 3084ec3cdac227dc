"""Icons by what they mean: the one module that knows glyph names. Imports neither workspace nor panels.

The glyphs are Material Design Icons as qtawesome brings them. The package itself is not imported: it costs 60 to 90 ms of the
window's start, its font file 4 ms. A test holds every code point against qtawesome's own table.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from app.widgets.theme import Theme

FONT_FILE = "materialdesignicons6-webfont-6.9.96.ttf"

# our name -> (Material Design name, code point)
ICONS: dict[str, tuple[str, int]] = {
    "about": ("information-outline", 0xF02FD),
    "activation": ("chart-bell-curve-cumulative", 0xF0FA7),
    "arrangement": ("view-dashboard-outline", 0xF0A1D),
    "arrow_left": ("arrow-left", 0xF004D),
    "back": ("skip-previous-outline", 0xF0F28),
    "batch": ("skip-next-outline", 0xF0F27),
    "builder": ("sitemap-outline", 0xF199C),
    "check": ("check", 0xF012C),
    "clear": ("eraser", 0xF01FE),
    "close": ("close", 0xF0156),
    "close_up": ("arrow-expand-vertical", 0xF084F),
    "command": ("magnify", 0xF0349),
    "convolution": ("grid", 0xF02C1),
    "copy": ("content-copy", 0xF018F),
    "curves": ("chart-line", 0xF012A),
    "data": ("database-outline", 0xF1632),
    "device": ("chip", 0xF061A),
    "dice": ("dice-multiple-outline", 0xF1156),
    "download": ("download-outline", 0xF0B8F),
    "epoch": ("fast-forward", 0xF0211),
    "error": ("alert-circle-outline", 0xF05D6),
    "export": ("export-variant", 0xF0B93),
    "fit": ("fit-to-page-outline", 0xF0EF6),
    "full_screen": ("fullscreen", 0xF0293),
    "hardware": ("speedometer", 0xF04C5),
    "history": ("history", 0xF02DA),
    "home": ("home-outline", 0xF06A1),
    "image": ("image-outline", 0xF0976),
    "layers": ("layers-plus", 0xF0E4D),
    "inside": ("eye-outline", 0xF06D0),
    "keys": ("keyboard-outline", 0xF097B),
    "linked": ("link-variant", 0xF0339),
    "locked": ("lock-outline", 0xF0341),
    "memory": ("memory", 0xF035B),
    "minus": ("minus", 0xF0374),
    "monitor": ("chart-line", 0xF012A),
    "more": ("dots-vertical", 0xF01D9),
    "neurons": ("graph-outline", 0xF104A),
    "neuron": ("pulse", 0xF0430),
    "new": ("file-plus-outline", 0xF0EED),
    "open": ("folder-open-outline", 0xF0DCF),
    "pause": ("pause", 0xF03E4),
    "pen": ("brush", 0xF00E3),
    "play": ("play", 0xF040A),
    "plus": ("plus", 0xF0415),
    "power": ("power-settings", 0xF0426),
    "preferences": ("cog-outline", 0xF08BB),
    "redo": ("redo", 0xF044E),
    "refresh": ("refresh", 0xF0450),
    "report": ("bug-outline", 0xF0A30),
    "reset": ("backup-restore", 0xF006F),
    "resume": ("restart", 0xF0709),
    "save": ("content-save-outline", 0xF0818),
    "settings": ("tune", 0xF062E),
    "sound": ("volume-high", 0xF057E),
    "speed": ("play-speed", 0xF08FF),
    "stop": ("stop", 0xF04DB),
    "temperature": ("thermometer", 0xF050F),
    "theme": ("theme-light-dark", 0xF050E),
    "trash": ("trash-can-outline", 0xF0A7A),
    "undo": ("undo", 0xF054C),
    "unlinked": ("link-variant-off", 0xF033A),
    "warning": ("alert-outline", 0xF002A),
}

_family: list[str] = []  # filled once: the family's name as Qt knows it


def icon_font_path() -> Path | None:
    """Where qtawesome keeps the icon font; None where it is not installed (then icons are empty, and labels still stand)."""
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "fonts" / FONT_FILE
    return path if path.exists() else None


def _icon_family() -> str:
    if not _family:
        path = icon_font_path()
        number = QFontDatabase.addApplicationFont(str(path)) if path else -1
        _family.append(QFontDatabase.applicationFontFamilies(number)[0] if number >= 0 else "")
    return _family[0]


class _GlyphEngine(QIconEngine):
    """Draws one glyph in a colour that it asks of the theme at each painting: a change of theme needs no new icons."""

    def __init__(self, theme: Theme, glyph: str, token: str) -> None:
        super().__init__()
        self._theme = theme
        self._glyph = glyph
        self._token = token

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._theme, self._glyph, self._token)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        family = _icon_family()
        if not family:
            return
        font = QFont(family)
        font.setPixelSize(max(8, min(rect.width(), rect.height())))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font)
        painter.setPen(self._theme.color("disabled" if mode == QIcon.Mode.Disabled else self._token))
        painter.drawText(QRectF(rect), int(Qt.AlignmentFlag.AlignCenter), self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, _scale: float) -> QPixmap:
        # `size` is already in device pixels here
        if size.isEmpty():  # a button that is squeezed to nothing: there would be nothing to paint on
            return QPixmap()
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def icon(theme: Theme, name: str, token: str = "text") -> QIcon:
    """The icon for `name` (a key of ICONS; KeyError otherwise) in the theme's colour `token`, at any size and in any theme."""
    return QIcon(_GlyphEngine(theme, chr(ICONS[name][1]), token))
