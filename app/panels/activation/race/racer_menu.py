"""What a racer can become: activations that are known, a person's own below them, as entries of a card's menu. Knows no race."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.panels.activation.race.words import title_of
from trainers.activation_lab import ActivationChoice
from trainers.activation_lab_checks import usable_kinds
from trainers.errors import BadInput
from trainers.own_functions import OwnFunctions

FIRST_OFFERED = ("leaky_relu", "elu", "relu", "maxout")  # before all the others


def known_kinds() -> list[str]:
    """Every kind that can race by its name alone, by title."""
    kinds = [kind for kind in usable_kinds() if kind not in ("formula", "drawn")]
    return sorted(kinds, key=lambda kind: title_of(ActivationChoice(kind)).lower())


def kept_choices() -> tuple[ActivationChoice, ...]:
    """A person's own functions as they stand in their file now; none where it cannot be read: the view of curves says why."""
    try:
        return tuple(ActivationChoice(one.kind, dict(one.layer_parameters)) for one in OwnFunctions().all())
    except BadInput:
        return ()


def racer_menu(
    card: QWidget, title: str, racer: ActivationChoice, kept: tuple[ActivationChoice, ...], *, may_remove: bool
) -> QMenu:
    """Owned by `card`, gone when it is closed. kept: a person's own functions. An entry's data are the choice that it leads to,
    None to remove.
    """
    menu = QMenu(card)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    offered = [kind for kind in FIRST_OFFERED if kind != racer.kind]
    for kind in offered:
        menu.addAction(f"Turn into {title_of(ActivationChoice(kind))}").setData(ActivationChoice(kind))
    others = menu.addMenu("Turn into …")
    for kind in known_kinds():
        if kind not in offered and kind != racer.kind:
            others.addAction(title_of(ActivationChoice(kind))).setData(ActivationChoice(kind))
    others.addSeparator()
    for choice in kept:
        if title_of(choice) != title_of(racer):
            others.addAction(title_of(choice)).setData(choice)
    menu.addSeparator()
    remove = menu.addAction(f"Remove {title} (begins a new race)")
    remove.setEnabled(may_remove)
    return menu
