"""What the key sheet tells of a panel: also before it is built, and of the buttons that it shows now. Imports no panel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module

from PySide6.QtWidgets import QAbstractButton

from app.panel import Panel, PanelSpec

Rows = list[tuple[str, str]]


def rows_of(spec: PanelSpec, panel: Panel | None) -> Rows:
    """(keys, what they do): those of its actions, those that it takes itself, and those of buttons that are in sight."""
    if panel is None:
        return _declared_by(spec)
    actions = [(action.shortcut().toString(), action.text().replace("&", "")) for action in panel.actions()]
    rows = [(key, text) for key, text in actions if key] + panel.key_rows()
    told = _keys_in(rows)
    for button in panel.findChildren(QAbstractButton):
        key = button.shortcut().toString()
        if key and key not in told and button.isVisibleTo(panel):
            told.add(key)
            rows.append((key, button.accessibleName() or button.text().replace("&", "")))
    return rows


def _declared_by(spec: PanelSpec) -> Rows:
    if not spec.keys:
        return []
    module, _, name = spec.keys.partition(":")
    rows: Rows = getattr(import_module(module), name)()
    return rows


def _keys_in(rows: Iterable[tuple[str, str]]) -> set[str]:
    """Each key by itself: "1  2  3" has three, and so has "Alt+1 … Alt+3"."""
    keys: set[str] = set()
    for text, _ in rows:
        ends = re.fullmatch(r"(\S*?)(\d) … \S*?(\d)", text)
        if ends:
            keys.update(f"{ends[1]}{number}" for number in range(int(ends[2]), int(ends[3]) + 1))
        keys.update(re.split(r"\s+or\s+|,?\s+", text))
    return keys
