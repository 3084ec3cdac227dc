"""tab_in_order: Tab goes through controls as they stand, not as they were made. Knows widgets only."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_in_order(*parts: QWidget) -> None:
    """Let Tab go from each part to the next; a part that takes no focus itself stands for the controls within, as they were made."""
    stops = [stop for part in parts for stop in _stops(part)]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


def _stops(part: QWidget) -> list[QWidget]:
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return [part]
    children = part.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [stop for child in children if not child.isWindow() for stop in _stops(child)]
