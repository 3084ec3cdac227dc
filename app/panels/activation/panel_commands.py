"""What Ctrl+K can do with the activation panel: its views, and every function by name. Imports no view: it is read before the panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.panel import PanelCommand
from app.panels.activation.view import VIEWS
from app.simulation.activation_functions import ACTIVATIONS

if TYPE_CHECKING:
    from app.panels.activation.panel import ActivationPanel

CURVE_ROWS = (
    ("1  2  3", "Value, derivative, second derivative"),
    ("0", "The whole view of the axes"),
    ("P", "About the chosen function"),
    ("Ctrl+Shift+D", "Duplicate the chosen function"),
    ("Delete", "Remove the chosen function"),
)
_VIEW_WORDS = {
    "curves": "plot function derivative tangent saturation overlay compare",
    "maxout": "lines envelope convex piecewise linear planes",
    "depth": "layers gradient vanish explode initialisation Xavier He histogram",
    "race": "compare train dead dying ReLU decision surface",
}


def activation_keys() -> list[tuple[str, str]]:
    """The keys of the panel with the view in front that it begins with: (keys, what they do)."""
    return [*panel_rows(), *CURVE_ROWS]


def panel_rows() -> list[tuple[str, str]]:
    """The keys that lead from view to view."""
    page = "To the next function or back; past the last one, to the next view (a presenter's remote has these keys)"
    return [
        (f"Alt+1 … Alt+{len(VIEWS)}", "Go to a view"),
        ("Page Down  Page Up", page),
        ("Home", "Put the view in front back to how it was opened; the other views stay as they are"),
    ]


def activation_commands() -> tuple[PanelCommand, ...]:
    """The views in their order, then a command for each function."""
    views = [
        PanelCommand(
            f"Activation: {spec.title}", spec.description, _VIEW_WORDS.get(spec.name, ""), partial(_open, number)
        )
        for number, spec in enumerate(VIEWS)
    ]
    functions = [
        PanelCommand(
            f"Activation: plot {activation.title}",
            "Lay its curve over the others",
            key.replace("_", " "),
            partial(_plot, key),
        )
        for key, activation in ACTIVATIONS.items()
    ]
    return (*views, *functions)


def _open(number: int, panel: ActivationPanel) -> None:
    panel.strip.setCurrentIndex(number)


def _plot(key: str, panel: ActivationPanel) -> None:
    panel.show_view("curves")
    panel.curves.hand.add_named(key)
