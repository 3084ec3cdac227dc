"""What Ctrl+K can do with the training monitor. Imports no view: it is read before the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.panel import PanelCommand

if TYPE_CHECKING:
    from app.panels.monitor.panel import MonitorPanel


def monitor_commands() -> tuple[PanelCommand, ...]:
    """Its commands."""
    return (
        PanelCommand(
            "Compare with other runs",
            "Lay the curves of other runs behind those of this one",
            "overlay curves loss accuracy earlier history runs plain residual",
            _compare,
        ),
    )


def monitor_keys() -> list[tuple[str, str]]:
    """The keys that it takes itself: (keys, what they do)."""
    return [
        ("F", "Follow the end of the run again"),
        ("C", "Compare with other runs"),
    ]


def _compare(panel: MonitorPanel) -> None:
    panel.runs.open_list()
