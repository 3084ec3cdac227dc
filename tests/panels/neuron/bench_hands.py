"""What a person does at any bench, and how one is put on screen for it. Not collected by pytest."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.neuron.bench import BENCHES, Bench, BenchContext, build_bench
from app.panels.neuron.prediction import PredictionBox
from app.widgets.plot_style import StyledPlot

BenchT = TypeVar("BenchT", bound=Bench)


def open_bench(kind: type[BenchT], context: BenchContext, qtbot: QtBot, width: int = 1240, height: int = 600) -> BenchT:
    """The bench of this class, built as the panel builds it, in front. Whoever asks for it closes it."""
    spec = next(spec for spec in BENCHES if spec.bench_class.endswith(f":{kind.__name__}"))
    bench = build_bench(spec, context)
    assert isinstance(bench, kind)
    qtbot.addWidget(bench)
    bench.resize(width, height)
    bench.set_shown(True)
    context.workspace.theme.put_on_stylesheet()
    bench.show()
    qtbot.waitExposed(bench)
    return bench


def wait(bench: Bench, qtbot: QtBot) -> None:
    """Until all that it asked for has come."""
    qtbot.waitUntil(lambda: not bench.is_busy)


def refused_key(bench: Bench, **fields: object) -> str:
    """The key that is named where the bench's state with these fields is refused, and left whole."""
    before = bench.state()
    with pytest.raises(StateError) as caught:
        bench.apply({**before, **fields})
    assert bench.state() == before
    return caught.value.key


def press(widget: QWidget, text: str) -> None:
    """Click the visible button that says `text`."""
    button = next(button for button in widget.findChildren(QPushButton) if button.text() == text and button.isVisible())
    assert button.isEnabled(), f"{text} cannot be pressed"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def switch_to_free_play(box: PredictionBox) -> None:
    """Click "Predict first", which is on."""
    QTest.mouseClick(box.switch, Qt.MouseButton.LeftButton, pos=QPoint(10, box.switch.height() // 2))
    assert not box.predict_first


def pressed_at(bench: Bench, side: QWidget) -> dict[str, int]:
    """How far down in the bench each button of `side` stands, in px, after all that is laid out anew."""
    for _ in range(6):  # a height asks for another one, from the label up to the card
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    buttons = [button for button in side.findChildren(QPushButton) if button.isVisible()]
    return {button.toolTip() or button.text(): button.mapTo(bench, QPoint(0, 0)).y() for button in buttons}


def type_in(field: Any, number: float) -> None:
    """Type a number over what stands in a field, and Return."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, f"{number:g}")
    QTest.keyClick(field, Qt.Key.Key_Return)


def draw_over(plot: StyledPlot, *places: tuple[float, float]) -> None:
    """Draw with the mouse from place to place, each in the plot's data coordinates."""
    viewport = plot.viewport()

    def at(x: float, y: float) -> QPoint:
        return viewport.mapFromGlobal(plot.mapToGlobal(plot.place_of(x, y).toPoint()))

    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(viewport, at(*place))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at(*places[-1]))
