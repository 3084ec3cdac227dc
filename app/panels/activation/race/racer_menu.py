"""The menu of a racer's card: turn it into another activation, or remove it. Knows no race."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.panels.activation.race.words import title_of
from trainers.activation_lab import ActivationChoice
from trainers.activation_lab_checks import usable_kinds

FIRST_OFFERED = ("leaky_relu", "elu", "relu", "maxout")  # before all the others


def racer_menu(card: QWidget, title: str, own: str, *, may_remove: bool) -> QMenu:
    """Owned by `card`, gone when it is closed. own: the racer's kind. An entry's data are the kind that it leads to, "" to remove."""
    menu = QMenu(card)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    offered = [kind for kind in FIRST_OFFERED if kind != own]
    for kind in offered:
        menu.addAction(f"Turn into {title_of(ActivationChoice(kind))}").setData(kind)
    others = menu.addMenu("Turn into …")
    kinds = {kind: title_of(ActivationChoice(kind)) for kind in usable_kinds() if kind not in ("formula", "drawn")}
    for kind in sorted(kinds, key=lambda kind: kinds[kind].lower()):
        if kind not in offered and kind != own:
            others.addAction(kinds[kind]).setData(kind)
    menu.addSeparator()
    remove = menu.addAction(f"Remove {title} (begins a new race)")
    remove.setData("")
    remove.setEnabled(may_remove)
    return menu
