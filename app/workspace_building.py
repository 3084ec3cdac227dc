"""Builds the Workspace that the window, a shot and the doctor hand to the panels. Imports no panel."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.data_fitting import fitting_data
from app.hardware_monitor import HardwareMonitor
from app.network_document import NetworkDocument
from app.training_recipes import settings_with
from app.training_session import TrainingSession
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.errors import HillockError
from trainers.network_files import load_network, preset_names
from trainers.network_opening import open_network
from trainers.training_plan import ClassifierSettings, DataChoice

FALLBACK_NETWORK = "lenet5"


def build_workspace(
    settings: UserSettings,
    theme: Theme,
    *,
    network: str | None = None,
    data: str | None = None,
    runs_folder: Path | None = None,
    classifier: ClassifierSettings | None = None,
) -> Workspace:
    """A workspace with `network` on the table (else the preferred one) and `data` (else the preferred, or where a preset is named that
    they do not fit, its own). Raises HillockError."""
    preferred = settings.values
    try:
        graph = open_network(network or preferred.network).graph
    except HillockError:
        if network is not None:
            raise
        graph = load_network(FALLBACK_NETWORK)  # a preference that no longer holds must not keep the window shut
    document = NetworkDocument(graph)
    training = TrainingSession(document, runs_folder)
    choice = DataChoice(name=data or preferred.data, directory=preferred.data_directory)
    fitting = choice if data or network not in preset_names() else fitting_data(choice, network)
    training.set_data(fitting)
    chosen = classifier or ClassifierSettings(device=preferred.device, seed=preferred.seed)  # type: ignore[arg-type]
    values = {**msgspec.structs.asdict(chosen), **settings_with(fitting, choice, chosen)}
    for name, value in values.items():
        training.set_setting(name, value)
    document.undo_stack.clear()  # nothing of this is the person's doing
    workspace = Workspace(document, training, HardwareMonitor(training), settings, theme)
    training.complained.connect(workspace.warn)
    return workspace
