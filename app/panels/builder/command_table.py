"""Everything that can be done on the canvas by name: one table for keys, context menu, key sheet and command palette. Imports no Qt."""

from __future__ import annotations

from typing import NamedTuple

FIX_KEY = "Ctrl+."  # as in editors of source
NEEDS = {
    "layer": "choose a layer first.",
    "layers": "choose two layers or more first.",
    "any": "choose a layer or a wire first.",
    "fault": "nothing is told as wrong.",
}  # why a command does nothing


class BoardCommand(NamedTuple):
    """name: for ever; keys: those that run it while the canvas has the focus; needs: what must be chosen ("", "layer", "layers", "any"), or told ("fault")."""

    name: str
    text: str
    keys: tuple[str, ...]
    tip: str
    needs: str = ""
    has_rule_before: bool = False
    submenu: str = ""  # of the context menu, which must have room on a projector's screen


COMMANDS: tuple[BoardCommand, ...] = (
    BoardCommand("add", "Add layer…", ("A", "/"), "Find a kind of layer by its name; it goes behind the chosen one"),
    BoardCommand("edit", "Edit parameters", ("Return", "Enter"), "Go to the chosen layer's fields", "layer"),
    BoardCommand("rename", "Rename", ("F2",), "Give the chosen layer another name", "layer"),
    BoardCommand("wire", "Draw a wire", ("W",), "From the chosen layer: arrow keys go through those that fit, Return links", "layer"),
    BoardCommand("mend", "Take the first fix", (FIX_KEY,), "Mend the fault that is told as its first button says", "fault"),
    BoardCommand("remove", "Delete", ("Del", "Backspace"), "Take what is chosen away; its neighbours are linked", "any", True),
    BoardCommand("cut", "Cut", ("Ctrl+X",), "Take the chosen layers away and keep them on the clipboard", "layer"),
    BoardCommand("copy", "Copy", ("Ctrl+C",), "Put the chosen layers on the clipboard", "layer"),
    BoardCommand("paste", "Paste", ("Ctrl+V",), "Put in the layers, or draw the class, that lie on the clipboard"),
    BoardCommand("duplicate", "Duplicate", ("Ctrl+D",), "The chosen layers once more", "layer"),
    BoardCommand("choose_all", "Choose all", ("Ctrl+A",), "Choose every layer"),
    BoardCommand("group", "Group and fold", ("Ctrl+G",), "Draw the chosen layers as one card", "layer", True, submenu="Groups"),
    BoardCommand("ungroup", "Ungroup", ("Ctrl+Shift+G",), "Take the group away, its layers stay", "layer", submenu="Groups"),
    BoardCommand("fold", "Fold or unfold", ("E",), "Open the chosen group, or close the one that the chosen layer is in", "layer", submenu="Groups"),
    BoardCommand("fold_all", "Fold or unfold all", ("Shift+E",), "Every group as one card; where all are, open them all", submenu="Groups"),
    BoardCommand("align_rows", "Align in a row", ("R",), "The chosen layers at one height", "layers", True, submenu="Align"),
    BoardCommand("align_columns", "Align in a column", ("C",), "The chosen layers one below the other", "layers", submenu="Align"),
    BoardCommand("distribute_across", "Distribute across", ("Shift+R",), "Equal gaps from left to right", "layers", submenu="Align"),
    BoardCommand("distribute_down", "Distribute down", ("Shift+C",), "Equal gaps from top to bottom", "layers", submenu="Align"),
    BoardCommand("lay_out", "Lay out", ("L",), "Let every layer go where the data flow wants it"),
    BoardCommand("look_at", "Zoom to the layer", ("Z",), "Show the chosen layer with all its numbers", "layer", True),
    BoardCommand("fit", "Show all", ("F", "0"), "Show the whole network"),
    BoardCommand("at_work", "See a convolution at work", ("V",), "A window slides over what you draw, with its arithmetic; a chosen convolution or pooling is taken as it is"),
    BoardCommand("neurons", "Open into neurons", ("N",), "Show a small network's neurons and weights; N again shows the layers"),
    BoardCommand("inside", "Look inside", ("I",), "Draw on each layer what is within it while it trains, or the layers alone", submenu="Within the layers"),
    BoardCommand("gradients", "Gradient through depth", ("G",), "Draw how large the gradient of each layer's weights is, from the first layer to the last, beside the network before", submenu="Within the layers"),
    BoardCommand("sample_on", "Next sample", (".",), "Send the next test sample through the network, while one looks inside", submenu="Within the layers"),
    BoardCommand("sample_back", "Sample before", (",",), "Send the test sample before through the network", submenu="Within the layers"),
    BoardCommand("map", "Map", ("M",), "Show or hide the small map of the whole network"),
)  # fmt: skip


def key_rows() -> list[tuple[str, str]]:
    """(keys, what they do) for the key sheet; a row without keys heads those that follow."""
    rows = [("  or  ".join(command.keys), f"{command.text.rstrip('…')}: {command.tip}") for command in COMMANDS]
    return [
        *rows,
        ("Alt + arrow keys", "Move what is chosen"),
        ("Shift + arrow keys", "Choose more"),
        ("Esc", "Leave a gesture, or choose nothing"),
        ("", "Among neurons"),
        ("←  →  ↑  ↓", "The next neuron"),
        (",  .", "Its lines, one after the other"),
        ("Return", "Set the number"),
        ("N", "Back to the layers, as two notches of the wheel outwards"),
    ]
