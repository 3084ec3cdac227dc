"""AfterPainting: does something once what is to be painted now has been. A timer of 0 ms comes before the painting on some platforms."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

_KIND = QEvent.Type(QEvent.registerEventType())
_LAST = Qt.EventPriority.LowEventPriority.value - 1  # painting is asked for at LowEventPriority


class AfterPainting(QObject):
    """`came` follows on `ask`, once, behind all that is posted by then."""

    came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_asked = False

    def ask(self) -> None:
        """Have `came` emitted, where it is not on its way."""
        if not self.is_asked:
            self.is_asked = True
            QCoreApplication.postEvent(self, QEvent(_KIND), _LAST)

    def cancel(self) -> None:
        """It no longer comes."""
        self.is_asked = False
        QCoreApplication.removePostedEvents(self, _KIND.value)

    def event(self, event: QEvent) -> bool:
        if event.type() != _KIND:
            return super().event(event)
        self.is_asked = False
        self.came.emit()
        return True
