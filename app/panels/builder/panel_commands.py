"""What Ctrl+K can do with the network panel: everything on its canvas by name, and the layer kinds. Imports no widget."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.panel import PanelCommand
from app.panels.builder.command_table import COMMANDS
from trainers.layer_catalog import LAYER_KINDS

if TYPE_CHECKING:
    from app.panels.builder.panel import BuilderPanel


def builder_commands() -> tuple[PanelCommand, ...]:
    """An empty canvas, the canvas's commands in their order, then a command for each layer kind but the activations."""
    new = PanelCommand("Network: new", "Begin with an empty canvas", "empty clear build", _begin_anew)
    commands = [
        PanelCommand(
            f"Network: {command.text.rstrip('…')[0].lower()}{command.text.rstrip('…')[1:]}",
            command.tip,
            "canvas drawing layer",
            partial(_run, command.name),
        )
        for command in COMMANDS
    ]
    kinds = [
        PanelCommand(
            f"Network: add {kind.title}", kind.tooltip, f"layer {kind.key.replace('_', ' ')}", partial(_add, key)
        )
        for key, kind in LAYER_KINDS.items()
        if kind.group != "activation"  # a function's name leads to its plot
    ]
    return (new, *commands, *kinds)


def _begin_anew(panel: BuilderPanel) -> None:
    panel.new_network()


def _run(name: str, panel: BuilderPanel) -> None:
    panel.view.commands.run(name)


def _add(kind: str, panel: BuilderPanel) -> None:
    panel.view.add(kind, {})
