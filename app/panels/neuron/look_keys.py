"""The keys with which one looks around the cell: arrows, plus, minus, 0; page keys are the panel's. Moves nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.panels.neuron.cell_view import CellView

STEP = 1.25  # of the zoom, for one key press
SHARE = 0.12  # of the view's width, for one arrow key
_ARROWS = {
    Qt.Key.Key_Left: (1.0, 0.0),
    Qt.Key.Key_Right: (-1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
_ZOOMS = {Qt.Key.Key_Plus: STEP, Qt.Key.Key_Equal: STEP, Qt.Key.Key_Minus: 1 / STEP}


def press_key(view: CellView, event: QKeyEvent) -> bool:
    """Act on a key; False where it is none of these."""
    key = Qt.Key(event.key())
    if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
        return False
    if key in _ARROWS:
        x, y = _ARROWS[key]
        far = SHARE * view.width()
        view.pan(QPointF(x * far, y * far))
    elif key in _ZOOMS:
        view.zoom_about(_ZOOMS[key], QPointF(view.width() / 2, view.height() / 2))
    elif key == Qt.Key.Key_0:
        view.go_to("cell")
    else:
        return False
    return True
