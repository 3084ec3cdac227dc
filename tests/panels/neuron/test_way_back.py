"""The way back to the whole cell: there while one looks closer, and in nobody's way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from app.panels.neuron.panel import NeuronPanel

ShowPanel = Callable[..., NeuronPanel]


def test_it_is_offered_to_whoever_has_zoomed_in_and_leads_back(show_panel: ShowPanel) -> None:
    panel = show_panel()
    view, button = panel.view, panel.page.way_back
    assert button.isHidden()
    middle = QPointF(view.width() / 2, view.height() / 2)
    for _ in range(8):
        view.zoom_about(1.25, middle)
    assert button.isVisibleTo(view)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    panel.view.turn(5.0)
    assert view.camera.view.zoom == pytest.approx(1.0)
    assert button.isHidden()


def test_no_name_stands_beneath_it(show_panel: ShowPanel) -> None:
    panel = show_panel()
    button = panel.page.way_back
    for width, place in product((900, 1600), ("soma", "node", "membrane", "channel", "synapse")):
        panel.resize(width, 700)
        panel.view.go_to(place, animated=False)
        assert button.isVisibleTo(panel.view)
        assert panel.view.rect().contains(button.geometry())
        names = panel.view.scene.placed_labels(panel.view.picture)
        assert names
        assert not [name.label.text for name in names if name.box.intersects(QRectF(button.geometry()))], (width, place)
