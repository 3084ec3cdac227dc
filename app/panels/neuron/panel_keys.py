"""The keys that the neuron panel takes itself. Knows the panel by what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.panels.neuron.bench import BENCHES

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel

KEY_ROWS: tuple[tuple[str, str], ...] = (
    ("1 … 9", "So many inputs fire at once"),
    (
        "Page Down  Page Up",
        "Next part of the cell or back; in other benches, next bench",
    ),
    (",  .", "Stand, and go back or on by 0.1 ms"),
    ("Shift+,  Shift+.", "Back or on by 1 ms"),
    ("Alt+,  Alt+.", "Back or on by one step of the simulation"),
    ("End", "Show the newest moment"),
    ("Z", "Slow motion around spikes"),
    ("L", "Labels on or off"),
    ("F", "Traces follow the moment shown"),
    ("C", "Close-up of the traces"),
    ("K", "Keep this sweep: it is laid over the next"),
    ("Shift+K", "Keep every sweep"),
    ("T", "Point of no return in the traces"),
    ("Alt+1 … Alt+9", "Go to a bench"),
)
_STEPS = {  # key -> (direction, size in ms where Shift does not say)
    Qt.Key.Key_Comma: (-1.0, 0.1),
    Qt.Key.Key_Period: (1.0, 0.1),
    Qt.Key.Key_Less: (-1.0, 1.0),  # Shift+, and Shift+. on an English keyboard
    Qt.Key.Key_Greater: (1.0, 1.0),
    Qt.Key.Key_Semicolon: (-1.0, 1.0),  # and on a German one
    Qt.Key.Key_Colon: (1.0, 1.0),
}


_PAGES = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


def press_key(panel: NeuronPanel, event: QKeyEvent) -> bool:
    """Do what the key means; False where it means nothing here."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key(event.key())
    digit = key.value - Qt.Key.Key_0.value
    if modifiers == Qt.KeyboardModifier.AltModifier and 1 <= digit <= len(BENCHES):
        panel.strip.setCurrentIndex(digit - 1)
        return True
    if key in _PAGES and modifiers == Qt.KeyboardModifier.NoModifier:
        _turn_page(panel, _PAGES[key])
        return True
    if not panel.has_cell:
        return False
    if key in _STEPS:
        return _step(panel, key, modifiers)
    if modifiers == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_K:
        panel.page.tools.every_sweep_action.toggle()
        return True
    if modifiers != Qt.KeyboardModifier.NoModifier:
        return False
    if 1 <= digit <= 9:
        if not event.isAutoRepeat():
            panel.hand.fire_count(digit)
        return True
    return _press_letter(panel, key)


def _turn_page(panel: NeuronPanel, by: int) -> None:
    """The next part of the cell, or, where another bench has the panel, the next bench; none beyond the last."""
    if panel.has_cell:
        panel.view.step_place(by)
    else:
        panel.strip.setCurrentIndex(min(max(panel.strip.currentIndex() + by, 0), len(BENCHES) - 1))
        panel.setFocus()  # or the new bench's first slider would have it, and take the next key


def _step(panel: NeuronPanel, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
    way, size = _STEPS[key]
    if modifiers == Qt.KeyboardModifier.AltModifier:
        size = panel.session.plan.dt_ms
    elif modifiers == Qt.KeyboardModifier.ShiftModifier:
        size = 1.0
    elif modifiers != Qt.KeyboardModifier.NoModifier:
        return False
    panel.session.step(way * size)
    return True


def _press_letter(panel: NeuronPanel, key: Qt.Key) -> bool:
    match key:
        case Qt.Key.Key_End:
            panel.session.go_live()
        case Qt.Key.Key_Z:
            panel.clock_bar.toggle_slow_motion()
        case Qt.Key.Key_L:
            panel.hand.change("Labels", has_labels=not panel.hand.state.has_labels)
        case Qt.Key.Key_F:
            panel.page.traces.follow()
        case Qt.Key.Key_Escape if panel.export.film is not None:
            panel.export.cancel()
            panel.redraw()
        case Qt.Key.Key_C:
            panel.page.tools.close_button.toggle()
        case Qt.Key.Key_K:
            panel.desk.sweeps.keep()
        case Qt.Key.Key_T:
            panel.page.tools.no_return_action.toggle()
        case _:
            return False
    return True
