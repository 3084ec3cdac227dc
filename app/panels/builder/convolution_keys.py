"""Keys of the page "One convolution": what each does, and how the key sheet tells it. Does nothing itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_KEYS: dict[int, str] = {
    Qt.Key.Key_Left: "back", Qt.Key.Key_Right: "on", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
    Qt.Key.Key_T: "term", Qt.Key.Key_S: "sweep", Qt.Key.Key_N: "anew", Qt.Key.Key_D: "digit", Qt.Key.Key_K: "edit",
    Qt.Key.Key_F: "flip", Qt.Key.Key_R: "relu", Qt.Key.Key_L: "link", Qt.Key.Key_C: "copy", Qt.Key.Key_Escape: "leave",
    Qt.Key.Key_1: "convolution", Qt.Key.Key_2: "max", Qt.Key.Key_3: "average",
}  # fmt: skip

KEY_ROWS: list[tuple[str, str]] = [
    ("Space", "Let the window slide, or stand"),
    ("←  →  ↑  ↓", "The window one place on, back, up, down"),
    ("T", "Count one term more"),
    ("S", "Fill the whole map at once"),
    ("N", "Empty the map and begin anew"),
    ("1  2  3", "Convolution, max pooling, average pooling"),
    ("K", "Change the kernel's numbers: Tab goes on, Return takes, up and down by one"),
    ("F", "Flip the kernel, or let it stand as it is"),
    ("R", "ReLU after, or not"),
    ("L", "Height and width of the window together, or each by itself"),
    ("D", "Another digit"),
    ("C", "Copy the PyTorch line"),
    ("Esc", "Back to the drawing of the network"),
]


def rows_at_work() -> list[tuple[str, str]]:
    """KEY_ROWS under a heading, among those of the panel."""
    return [("", "A convolution at work"), *KEY_ROWS]


def deed_of(event: QKeyEvent) -> str:
    """What a key does on the page, "" for nothing."""
    plain = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return _KEYS.get(event.key(), "") if event.modifiers() in plain else ""
