import itertools
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.resource_paths import resource_path
from app.widgets.icons import FONT_FILE, ICONS, icon, icon_font_path
from app.widgets.theme import THEME_NAMES, Theme, load_tokens
from trainers.errors import BadInput

SURFACES = ("window", "panel", "raised", "hover")
TEXTS = ("text", "muted", "good", "warning", "bad", "positive", "negative")
STROKES = ("border", "accent", "focus", "train", "test", *(f"series_{number}" for number in range(8)))


def luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira, Fernandes: A physiologically-based model for simulation of color vision deficiency, 2009, severity 1
DEFICIENCIES = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def lab(color: str, deficiency: str | None) -> tuple[float, float, float]:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    rgb = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    if deficiency:
        rgb = [
            min(max(sum(w * c for w, c in zip(row, rgb, strict=True)), 0.0), 1.0) for row in DEFICIENCIES[deficiency]
        ]
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(w * c for w, c in zip(row, rgb, strict=True)) for row in matrix]
    x, y, z = (
        (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116) for v in (xyz[0] / 0.95047, xyz[1], xyz[2] / 1.08883)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, other: str, deficiency: str | None) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one, deficiency), lab(other, deficiency), strict=True)) ** 0.5


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_text_reads_on_every_surface(name: str) -> None:
    colors = load_tokens(name).colors
    pairs = list(itertools.product(TEXTS, SURFACES))
    pairs += [
        ("accent_text", "accent"),
        ("accent_text", "accent_hover"),
        ("selection_text", "selection"),
        ("text", "pressed"),
    ]
    pairs += [("accent", "window"), ("accent", "panel"), ("text", "selection")]
    weak = {(t, s): round(contrast(colors[t], colors[s]), 2) for t, s in pairs if contrast(colors[t], colors[s]) < 4.5}
    assert not weak


@pytest.mark.parametrize("name", THEME_NAMES)
def test_strokes_stand_out_on_every_surface_they_are_drawn_on(name: str) -> None:
    colors = load_tokens(name).colors
    pairs = [(s, surface) for s in STROKES for surface in ("panel", "raised", "window")]
    weak = {(t, s): round(contrast(colors[t], colors[s]), 2) for t, s in pairs if contrast(colors[t], colors[s]) < 3.0}
    assert not weak


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("deficiency", [None, "protan", "deutan", "tritan"])
def test_meaning_is_safe_for_colour_blind_eyes(name: str, deficiency: str | None) -> None:
    colors = load_tokens(name).colors
    for one, other in (("positive", "negative"), ("train", "test"), ("positive", "neutral"), ("negative", "neutral")):
        assert difference(colors[one], colors[other], deficiency) > 20, (one, other)


def test_all_themes_have_the_same_tokens() -> None:
    paper, *others = (set(load_tokens(name).colors) for name in THEME_NAMES)
    assert all(other == paper for other in others)


def test_positive_is_orange_and_negative_blue_in_every_theme() -> None:
    for name in THEME_NAMES:
        colors = load_tokens(name).colors
        assert 10 <= QColor(colors["positive"]).hslHue() <= 45
        assert 200 <= QColor(colors["negative"]).hslHue() <= 230


def test_an_unknown_theme_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="nigth"):
        load_tokens("nigth")


def test_the_projector_has_larger_type_and_thicker_lines(qapp: QApplication) -> None:
    theme = Theme("paper")
    body = theme.font("body").pixelSize()
    theme.set_name("projector")
    assert theme.font("body").pixelSize() == pytest.approx(1.5 * body, abs=1)
    assert theme.line_width == 3
    assert theme.scale == 1.5


def test_text_is_drawn_in_the_typeface_that_is_brought_along(qapp: QApplication) -> None:
    for role in ("title", "heading", "body", "small", "value"):
        assert QFontInfo(Theme("paper").font(role)).family() == "Inter"


def test_figures_have_one_width(qapp: QApplication) -> None:
    metrics = QFontMetrics(Theme("paper").font("value"))
    assert metrics.horizontalAdvance("1111111") == metrics.horizontalAdvance("0000000")


def test_zoom_is_kept_within_reason_and_makes_type_larger(qapp: QApplication) -> None:
    theme = Theme("paper")
    before = theme.font("body").pixelSize()
    theme.set_zoom(1.5)
    assert theme.font("body").pixelSize() > before
    theme.set_zoom(99)
    assert theme.zoom == 2.0


def test_a_change_of_theme_dresses_the_application_and_is_told(qapp: QApplication, qtbot) -> None:
    theme = Theme("paper")
    theme.install(qapp)
    with qtbot.waitSignal(theme.changed):
        theme.set_name("night")
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.color("window")
    assert theme.hex("panel") in qapp.styleSheet()
    theme.set_name("paper")


def test_system_follows_the_system(qapp: QApplication) -> None:
    assert Theme("system").name in ("paper", "night")


@pytest.mark.parametrize("name", THEME_NAMES)
def test_the_stylesheet_has_no_token_left_and_no_missing_picture(qapp: QApplication, name: str) -> None:
    sheet = Theme(name).style_sheet()
    assert "@" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    for picture in pictures:
        text = Path(picture).read_text(encoding="utf-8")
        color = re.search(r'(?:stroke|fill)="(#[0-9a-f]{6})"', text)
        assert color is not None
        assert color[1] in load_tokens(name).colors.values()


def test_a_label_keeps_the_size_of_its_role_when_the_theme_changes(qapp: QApplication, qtbot) -> None:
    theme = Theme("paper")
    theme.install(qapp)
    label = QLabel("1.5 times")
    label.setObjectName("title")
    qtbot.addWidget(label)
    label.show()
    small = label.fontMetrics().height()
    theme.set_name("projector")
    qtbot.waitUntil(lambda: label.fontMetrics().height() > 1.4 * small)
    theme.set_name("paper")


def test_icons_name_glyphs_that_qtawesome_brings() -> None:
    import json

    path = icon_font_path()
    assert path is not None
    charmap = json.loads(
        (path.parent / FONT_FILE.replace(".ttf", ".json").replace("webfont", "webfont-charmap")).read_text()
    )
    for meaning, (glyph, point) in ICONS.items():
        assert int(charmap[glyph], 16) == point, meaning


def test_an_icon_is_drawn_in_the_colour_of_the_theme_in_force(qapp: QApplication) -> None:
    theme = Theme("paper")
    play = icon(theme, "play")

    def darkest() -> int:
        image = play.pixmap(QSize(32, 32)).toImage()
        pixels = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
        return min(pixel.lightness() for pixel in pixels if pixel.alpha() > 200)

    assert darkest() < 60
    theme.set_name("night")
    assert darkest() > 180


def test_the_licences_of_all_typefaces_are_told() -> None:
    notice = resource_path("NOTICE").read_text(encoding="utf-8")
    for work in ("Inter", "STIX Two Math", "DejaVu", "ziafont (MIT)", "latex2mathml (MIT"):
        assert work in notice


def test_buttons_grow_with_the_zoom(qapp: QApplication, qtbot) -> None:
    theme = Theme("paper")
    theme.install(qapp)
    button = QPushButton("Train")
    qtbot.addWidget(button)
    button.show()
    before = button.sizeHint().height()
    theme.set_zoom(1.6)
    qtbot.waitUntil(lambda: button.sizeHint().height() > before)
    theme.set_zoom(1.0)
    assert theme.font("body").weight() == QFont.Weight.Normal
