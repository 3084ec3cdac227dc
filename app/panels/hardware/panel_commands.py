"""What Ctrl+K can do with the hardware panel, and its keys. Imports no view: it is read before the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.panel import PanelCommand

if TYPE_CHECKING:
    from app.panels.hardware.panel import HardwarePanel


def hardware_commands() -> tuple[PanelCommand, ...]:
    """Its one command."""
    description = "Figures and curves stand still to be read, or go on"
    return (PanelCommand("Hardware: hold the curves", description, "pause freeze still", _hold),)


def hardware_keys() -> list[tuple[str, str]]:
    """The keys that it takes itself: (keys, what they do)."""
    return [("H", "Hold figures and curves still to read them, or let them go on")]


def _hold(panel: HardwarePanel) -> None:
    panel.hold_button.toggle()
