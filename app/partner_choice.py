"""A choice of network or data together with what must go with it, as one step on the undo stack. Imports no panel, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.data_fitting import fitting_data, known_spec
from app.training_recipes import settings_with
from app.widgets.message_bar import Message
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from app.workspace import Workspace


def choose_preset(workspace: Workspace, key: str) -> None:
    """Put a preset on the table; data that do not fit it give way to some that do, where there are any. Raises HillockError."""
    graph = load_preset(key)
    take_together(workspace, graph.title or graph.name, graph, fitting_data(workspace.training.data, key))


def take_together(workspace: Workspace, chosen: str, graph: NetworkGraph, data: DataChoice) -> None:
    """Network, data, and the settings that come with other data; what came along is told, with a way back.

    chosen: the title of the one that a person chose.
    """
    document, training = workspace.document, workspace.training
    changes = settings_with(data, training.data, training.settings)
    notes: list[str] = []
    text = f"Choose {chosen}"
    stack = document.undo_stack
    stack.beginMacro(text)
    try:
        if graph != document.graph and data != training.data:
            notes.append(graph.title or graph.name if chosen == title_of(data) else title_of(data))
        document.set_graph(graph, text)
        training.set_data(data)
        for name, value in changes.items():
            training.set_setting(name, value)
            notes.append(f"{name.replace('_', ' ')} {value:g}")
    finally:
        stack.endMacro()
    if notes:
        workspace.message_posted.emit(Message(f"{chosen} came with {', '.join(notes)}.", "info", "Undo", stack.undo))


def title_of(data: DataChoice) -> str:
    """What a person calls them."""
    spec = known_spec(data)
    return spec.title if spec is not None else Path(data.name).name
