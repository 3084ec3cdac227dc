"""What a hand does on the drawn cell, and what the cell's view says to it. Not collected by pytest."""

from __future__ import annotations

from typing import Any

from drawn_cell import CELL, NODES, frame
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.panels.neuron.cell_view import CellView
from app.panels.neuron.probes import Probe
from app.simulation.biology.stage import StagePlan
from app.widgets.theme import Theme

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


class Heard:
    """All that the view has said, by name."""

    def __init__(self, view: CellView) -> None:
        self.said: list[tuple[Any, ...]] = []
        for name in (
            "inputs_fired", "inputs_selected", "electrode_pressed", "electrode_released", "electrode_moved", "probe_moved",
            "place_hovered",
        ):  # fmt: skip
            getattr(view, name).connect(lambda *args, name=name: self.said.append((name, *args)))

    def of(self, name: str) -> list[tuple[Any, ...]]:
        return [item[1:] for item in self.said if item[0] == name]


def shown_cell(theme: Theme, qtbot: QtBot) -> CellView:
    """A view on show, with two probes."""
    view = CellView(theme)
    qtbot.addWidget(view)
    view.resize(1000, 420)
    view.show_frame(frame(), (), StagePlan())
    view.set_probes((Probe(CELL.compartment("soma"), 0), Probe(NODES[9], 1)))
    theme.put_on_stylesheet()
    view.show()
    qtbot.waitExposed(view)
    return view


def synapse(view: CellView, number: int) -> QPoint:
    return view.scene.cell.site_px(view.picture, number).toPoint()


def spot(view: CellView, compartment: int) -> QPoint:
    return view.picture.projection.point(view.picture.anatomy.center[compartment]).toPoint()


def drag(view: CellView, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT, modifier: Any = None) -> None:
    modifier = modifier if modifier is not None else Qt.KeyboardModifier.NoModifier
    QTest.mousePress(view, button, modifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
    QTest.mouseRelease(view, button, modifier, end)


def turn_wheel(view: CellView, at: QPoint, notches: int) -> None:
    for _ in range(abs(notches)):
        step = QPoint(0, 120 if notches > 0 else -120)
        event = QWheelEvent(
            QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), step, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)
