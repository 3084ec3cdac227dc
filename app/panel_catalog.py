"""PANELS: one line per panel, its class named as "module:Class" and imported when the panel is first shown. Imports no panel."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import Qt

from app.panel import Panel, PanelSpec
from app.workspace import Workspace
from trainers.errors import BadInput

PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("monitor", "Training monitor", "app.panels.monitor.panel:MonitorPanel", "monitor", "Choose data, network and settings, and watch the training.", "Ctrl+1", "app.panels.monitor.panel_commands:monitor_commands", not_remembered=("network", "data", "settings", "curves.x_range", "curves.follow", "curves.crosshair", "output.strokes"), keys="app.panels.monitor.panel_commands:monitor_keys"),
    PanelSpec("builder", "Network", "app.panels.builder.panel:BuilderPanel", "builder", "Build the network: draw it, and read its shapes, counts and PyTorch source.", "Ctrl+2", "app.panels.builder.panel_commands:builder_commands", not_remembered=("network", "drawing", "layer", "chosen", "look", "neurons", "convolution.is_playing"), keys="app.panels.builder.panel_commands:builder_keys"),
    PanelSpec("hardware", "Hardware", "app.panels.hardware.panel:HardwarePanel", "hardware", "See what the training asks of this machine.", "Ctrl+3", "app.panels.hardware.panel_commands:hardware_commands", ("is_held",), "app.panels.hardware.panel_commands:hardware_keys"),
    PanelSpec("neuron", "Neuron", "app.panels.neuron.panel:NeuronPanel", "neuron", "A living nerve cell: fire its inputs, look closer, and try how it learns.", "Ctrl+4", "app.panels.neuron.panel_commands:neuron_commands", ("start_plan", "script", "shown_ms", "is_playing"), keys="app.panels.neuron.panel_commands:neuron_keys"),
    PanelSpec("activation", "Activation functions", "app.panels.activation.panel:ActivationPanel", "activation", "Lay activation functions over one another, and see what they do to a deep network.", "Ctrl+5", "app.panels.activation.panel_commands:activation_commands", keys="app.panels.activation.panel_commands:activation_keys"),
)  # fmt: skip


def panel_names() -> tuple[str, ...]:
    """The names of all panels, for ever the same."""
    return tuple(spec.name for spec in PANELS)


def find_panel(name: str) -> PanelSpec:
    """The panel called `name`; BadInput, with the nearest names, where there is none."""
    for spec in PANELS:
        if spec.name == name:
            return spec
    raise BadInput(f"There is no panel '{name}': choose one of {', '.join(panel_names())}.")


def build_panel(spec: PanelSpec, workspace: Workspace) -> Panel:
    """Import the panel's class and build it; its opened state is the one that it stands in then."""
    module, _, name = spec.panel_class.partition(":")
    panel: Panel = getattr(import_module(module), name)(workspace)
    panel.setObjectName(spec.name)
    panel.setProperty("is_panel", True)
    panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # a subclass of QWidget draws no background of its own
    panel.setAccessibleName(spec.title)
    panel.setAccessibleDescription(spec.description)
    if panel.opened_state is None:
        panel.opened_state = panel.state()
    return panel
