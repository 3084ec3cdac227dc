"""Theme: the one source of colours, type and sizes. Tokens come from resources/themes; imports neither workspace nor panels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.resource_paths import resource_path
from trainers.errors import BadInput

if TYPE_CHECKING:
    import pyqtgraph as pg

THEME_NAMES = ("paper", "night", "projector")
ZOOM_RANGE = (0.7, 2.0)
GRID = 8  # px: distances are multiples of it, or half of it
TYPEFACE = "Inter"
_FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
_CODE_FILE = "JetBrainsMono-Regular.ttf"
_CODE_FAMILIES = ["JetBrains Mono", "SF Mono", "Consolas", "Menlo", "DejaVu Sans Mono", "Liberation Mono", TYPEFACE]
# role -> (pixels at scale 1, weight)
_ROLES: dict[str, tuple[float, QFont.Weight]] = {
    "title": (20, QFont.Weight.DemiBold),
    "heading": (14, QFont.Weight.DemiBold),
    "body": (13, QFont.Weight.Normal),
    "small": (12, QFont.Weight.Normal),
    "value": (14, QFont.Weight.Medium),
    "code": (12, QFont.Weight.Normal),
}


class ThemeTokens(msgspec.Struct, frozen=True):
    """One theme as data: its colours by token, how much larger its type is, and how thick its curves are (px)."""

    name: str
    title: str
    dark: bool
    scale: float
    line_width: float
    colors: dict[str, str]
    schema: int = 1


def load_tokens(name: str) -> ThemeTokens:
    """The tokens of theme `name`; BadInput for a name that is none."""
    if name not in THEME_NAMES:
        raise BadInput(f"There is no theme '{name}': choose one of {', '.join(THEME_NAMES)}.")
    return msgspec.json.decode(resource_path(f"themes/{name}.json").read_bytes(), type=ThemeTokens)


def load_typeface() -> None:
    """Register Inter with Qt: PySide6 brings no font, and a bare machine would draw boxes. Does nothing a second time."""
    if TYPEFACE not in QFontDatabase.families():
        for file in _FONT_FILES:
            QFontDatabase.addApplicationFont(str(resource_path(f"fonts/{file}")))


class Theme(QObject):
    """The theme in force. `changed` follows every change of theme, zoom or, while following it, of the system's choice."""

    changed = Signal()

    def __init__(self, name: str = "system", zoom: float = 1.0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        load_typeface()
        self._application: QApplication | None = None
        self._fonts: dict[tuple[str, int], QFont] = {}
        self._is_waiting = False
        self._choice = name
        self._zoom = min(max(zoom, ZOOM_RANGE[0]), ZOOM_RANGE[1])
        self._tokens = load_tokens(self._resolved(name))
        self._colors = {token: QColor(value) for token, value in self._tokens.colors.items()}
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    # --- what panels read -------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The theme in force: "paper", "night" or "projector"."""
        return self._tokens.name

    @property
    def choice(self) -> str:
        """What was chosen: a theme's name, or "system"."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """Whether text is light on dark."""
        return self._tokens.dark

    @property
    def zoom(self) -> float:
        """The person's zoom of the whole interface, 1.0 as designed."""
        return self._zoom

    @property
    def scale(self) -> float:
        """How much larger than designed everything is: 1.0, or 1.5 for the projector, times the zoom."""
        return self._tokens.scale * self._zoom

    @property
    def line_width(self) -> float:
        """Thickness of a curve in px."""
        return self._tokens.line_width

    def px(self, pixels: float) -> int:
        """`pixels` of the design, scaled; at least 1 where it was not 0. Distances on the 8 px grid grow half as fast as type.

        The type of the projector theme is 1.5 times larger; were the white space as well, two panels would not fit beside
        each other at 1280 x 800.
        """
        scaled = round(pixels * self.scale)
        return max(1, scaled) if pixels > 0 else scaled

    def gap(self, pixels: float) -> int:
        """White space of `pixels` in the design: follows the zoom, not the projector's larger type."""
        return max(1, round(pixels * self._zoom)) if pixels > 0 else 0

    def color(self, token: str) -> QColor:
        """The colour of `token` (a copy: changing it changes nothing here). KeyError for an unknown one."""
        return QColor(self._colors[token])

    def hex(self, token: str) -> str:
        """The colour of `token` as "#rrggbb"."""
        return self._tokens.colors[token]

    def font(self, role: str) -> QFont:
        """Type for `role`: title, heading, body, small, value or code; all with tabular figures, so that numbers stand still."""
        pixels, weight = _ROLES[role]
        size = max(8, round(pixels * self.scale))
        if (role, size) not in self._fonts:  # made once: 35 µs each, and painters ask a hundred times a second
            if role == "code" and _CODE_FAMILIES[0] not in QFontDatabase.families():  # 2 to 7 ms, not at the start
                QFontDatabase.addApplicationFont(str(resource_path(f"fonts/{_CODE_FILE}")))
            font = QFont()
            font.setFamilies(_CODE_FAMILIES if role == "code" else [TYPEFACE])
            font.setPixelSize(size)
            font.setWeight(weight)
            font.setFeature(QFont.Tag("tnum"), 1)
            if role == "code":
                font.setFeature(QFont.Tag("calt"), 0)  # each sign as it is typed: != stays two
            self._fonts[role, size] = font
        return QFont(self._fonts[role, size])

    def series(self, index: int) -> QColor:
        """Colour of the curve number `index`, in turn."""
        return self.color(f"series_{index % 8}")

    @property
    def diverging(self) -> pg.ColorMap:
        """Blue over neutral to orange, for weights and decision surfaces: positions 0 (negative), 0.5, 1 (positive)."""
        import pyqtgraph as pg

        return pg.ColorMap(
            [0.0, 0.5, 1.0], [self._rgb("negative"), self._rgb("neutral"), self._rgb("positive")], name="hillock"
        )

    def _rgb(self, token: str) -> tuple[int, int, int]:
        color = self._colors[token]
        return color.red(), color.green(), color.blue()

    # --- what changes it ----------------------------------------------------------------------------------------------

    @Slot(str)
    def set_name(self, name: str) -> None:
        """Choose a theme, or "system" to follow the system's choice of light and dark. BadInput for another name."""
        tokens = load_tokens(self._resolved(name))
        self._choice = name
        if tokens != self._tokens:
            self._tokens = tokens
            self._colors = {token: QColor(value) for token, value in tokens.colors.items()}
            self._refresh()

    @Slot(float)
    def set_zoom(self, zoom: float) -> None:
        """Zoom the whole interface; kept between 0.7 and 2."""
        zoom = round(min(max(zoom, ZOOM_RANGE[0]), ZOOM_RANGE[1]), 2)
        if zoom != self._zoom:
            self._zoom = zoom
            self._refresh()

    def install(self, application: QApplication, *, may_wait: bool = False) -> None:
        """Dress `application` in this theme, now and after every change.

        may_wait: the stylesheet waits for `put_on_stylesheet`. A widget that is built under a stylesheet is polished again
        each time it is put into another: 60 of the 100 ms that building the window's first panel took.
        """
        self._application = application
        self._is_waiting = may_wait
        application.setStyle("Fusion")
        self._dress(application)

    def put_on_stylesheet(self) -> None:
        """Put on the stylesheet that waited, before the first window is shown."""
        if self._is_waiting and self._application is not None:
            self._is_waiting = False
            self._application.setStyleSheet(self.style_sheet())

    def style_sheet(self) -> str:
        """The one stylesheet, made from the tokens: in its source @token, @px(n), @gap(n) and @image(name) are replaced."""
        source = resource_path("themes/hillock.qss").read_text(encoding="utf-8")
        images = resource_path(f"themes/{self.name}").as_posix()
        replace: dict[str, Any] = {"px": lambda n: f"{self.px(float(n))}px", "gap": lambda n: f"{self.gap(float(n))}px"}
        replace["image"] = lambda name: f'url("{images}/{name}.svg")'
        source = re.sub(r"@(px|gap|image)\(([^)]*)\)", lambda match: replace[match[1]](match[2]), source)
        return re.sub(r"@([a-z_0-9]+)", lambda match: self.hex(match[1]), source)

    def palette(self) -> QPalette:
        """What Fusion draws with."""
        palette = QPalette()
        role = QPalette.ColorRole
        for which, token in {
            role.Window: "window",
            role.WindowText: "text",
            role.Base: "panel",
            role.AlternateBase: "raised",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text",
            role.Text: "text",
            role.Button: "raised",
            role.ButtonText: "text",
            role.BrightText: "bad",
            role.Highlight: "accent",
            role.HighlightedText: "accent_text",
            role.Accent: "accent",
            role.Link: "accent",
            role.LinkVisited: "accent",
            role.PlaceholderText: "muted",
            role.Light: "raised",
            role.Midlight: "hover",
            role.Mid: "border",
            role.Dark: "border",
            role.Shadow: "text",
        }.items():
            palette.setColor(which, self.color(token))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.color("disabled"))
        return palette

    def _refresh(self) -> None:
        if self._application is not None:
            self._dress(self._application)
        self.changed.emit()

    def _dress(self, application: QApplication) -> None:
        application.setPalette(self.palette())
        application.setFont(self.font("body"))
        sheet = "" if self._is_waiting else self.style_sheet()
        if sheet != application.styleSheet():
            # In place of another, Qt dresses each widget once for itself and once for each that it lies in: 12,000 times for
            # 1,250 widgets, 0.9 s of the thread. Where there was none, once: with the taking off 0.2 s.
            application.setStyleSheet("")
            application.setStyleSheet(sheet)

    @staticmethod
    def _resolved(name: str) -> str:
        if name != "system":
            return name
        is_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "night" if is_dark else "paper"

    @Slot(Qt.ColorScheme)
    def _on_color_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self.set_name("system")
