"""What a hand does on the page of one convolution. Not collected by pytest."""

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.panels.builder.convolution_board import ConvolutionBoard
from app.panels.builder.convolution_page import ConvolutionPage
from app.panels.builder.panel import BuilderPanel


def with_page_in_front(panel: BuilderPanel) -> BuilderPanel:
    """The network panel with the page in front, its clock turned by hand."""
    panel.advance(0.0)
    press(panel.view.board, Qt.Key.Key_V)
    panel.advance(0.0)
    return panel


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, modifier)


def page_of(panel: BuilderPanel) -> ConvolutionPage:
    assert panel.convolution.is_open
    return panel.convolution.page


def middle(area: QRectF) -> QPoint:
    return area.center().toPoint()


def click(board: ConvolutionBoard, area: QRectF) -> None:
    QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=middle(area))


def drag(widget: QWidget, *points: QPoint) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(widget, point)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=points[-1])


def undo(panel: BuilderPanel) -> None:
    panel.workspace.document.undo_stack.undo()
