"""What the View menu shows of what is in force: a check beside it, and none beside the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QMenu

from app.main_window import MainWindow
from app.widgets.theme import THEME_NAMES


def marks_before(menu: QMenu, action: QAction) -> int:
    """How many pixels left of the text of `action` differ from its ground."""
    rect = menu.actionGeometry(action)
    picture = menu.grab(rect).toImage().convertToFormat(QImage.Format.Format_RGB32)
    width = menu.style().pixelMetric(menu.style().PixelMetric.PM_SmallIconSize)
    ground = picture.pixel(picture.width() - 6, picture.height() // 2)
    columns, rows = range(2, width), range(4, picture.height() - 4)
    return sum(picture.pixel(x, y) != ground for x in columns for y in rows)


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_the_theme_and_the_arrangement_in_force_are_checked(
    build_window: Callable[..., MainWindow], theme: str
) -> None:
    window = build_window(theme)
    menu = window.menus["&View"]
    menu.ensurePolished()
    menu.adjustSize()
    actions = window.actions_by_name
    kinds = {
        f"theme_{theme}": [f"theme_{name}" for name in ("system", "paper", "night", "projector")],
        "arrange_train": ["arrange_lecture", "arrange_build", "arrange_train"],
    }
    for checked, names in kinds.items():
        marks = {name: marks_before(menu, actions[name]) for name in names}
        assert [name for name, count in marks.items() if count] == [checked], marks
    assert not actions["theme_paper"].icon().isNull(), "the palette shows it"
