"""A row of choices is no window of its own, not for a moment."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.panels.neuron.bench_controls import ChoiceRow
from app.widgets.theme import Theme


class Windows(QObject):
    """Notes each window that comes to the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(watched)
        return False


def test_its_title_does_not_flash_on_the_screen_while_it_is_built(qapp: QApplication, qtbot) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    try:
        rows = [
            ChoiceRow(Theme("paper"), title, (("a", "A", "The first"), ("b", "B", "The second")))
            for title in ("Where", "")
        ]
    finally:
        qapp.removeEventFilter(windows)
    for row in rows:
        qtbot.addWidget(row)
    assert windows.shown == []
    rows[0].show()
    rows[1].show()
    assert [row.title.isVisible() for row in rows] == [True, False]
