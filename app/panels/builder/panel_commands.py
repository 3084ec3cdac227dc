"""What Ctrl+K can do with the network panel: everything on its canvas by name, the layer kinds, the known networks. Imports no widget."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.panel import PanelCommand
from app.panels.builder.command_table import COMMANDS, key_rows
from app.panels.builder.convolution_keys import rows_at_work
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_files import load_preset, preset_names
from trainers.torchvision_networks import PREFIX, torchvision_titles

if TYPE_CHECKING:
    from app.panels.builder.panel import BuilderPanel

_OPENS = "Draw this network, which is then trained next; Undo brings back what was there"


def builder_keys() -> list[tuple[str, str]]:
    """The keys that it takes itself, on its canvas and with a convolution at work: (keys, what they do)."""
    return [*key_rows(), *rows_at_work()]


def builder_commands() -> tuple[PanelCommand, ...]:
    """An empty canvas, the canvas's commands in their order, then a command for each layer kind but the activations, and for each known network."""
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
    networks = {name: load_preset(name).title or name for name in preset_names()}
    networks |= {f"{PREFIX}{name}": f"{title}, torchvision" for name, title in torchvision_titles().items()}
    opens = [
        PanelCommand(f"Network: open {title}", _OPENS, f"preset model {name}", partial(_open, name))
        for name, title in networks.items()
    ]
    return (new, *commands, *kinds, *opens)


def _open(name: str, panel: BuilderPanel) -> None:
    panel.toolbar.preset_chosen.emit(name)


def _begin_anew(panel: BuilderPanel) -> None:
    panel.new_network()


def _run(name: str, panel: BuilderPanel) -> None:
    panel.view.commands.run(name, says_why_not=True)


def _add(kind: str, panel: BuilderPanel) -> None:
    panel.view.add(kind, {})
