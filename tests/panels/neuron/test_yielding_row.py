"""A row whose lesser parts give way."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.panels.neuron.yielding_row import YieldingRow


def test_what_yields_is_there_as_soon_as_all_fits(qtbot: QtBot) -> None:
    room, row = QWidget(), YieldingRow(10)
    qtbot.addWidget(room)
    row.setParent(room)
    must, may = QLabel("what must stay"), QLabel("what may go")
    row.add(must)
    row.add(may, yields=True)
    narrowest = row.minimumSizeHint().width()
    whole = narrowest + may.sizeHint().width() + 10
    assert narrowest == must.sizeHint().width()
    row.resize(whole - 1, 30)
    room.show()
    assert (must.isHidden(), may.isHidden()) == (False, True)
    assert row.minimumSizeHint().width() == narrowest  # it may be as narrow as before
    row.resize(whole, 30)
    qtbot.waitUntil(lambda: not may.isHidden())
    row.resize(whole - 1, 30)
    qtbot.waitUntil(may.isHidden)
