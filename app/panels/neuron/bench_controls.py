"""What the benches' cards are made of: a row of choices, a message that waits, the newest answer of a model. Knows no bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.neuron_session import NeuronSession
from app.panels.neuron.bench import Bench, BenchState
from app.simulation.biology.stage import Answer, Refused
from app.widgets.theme import Theme

BUSY_AFTER_MS = 200
LARGE_TYPE = 1.2  # of the theme's scale: from here on a row may take two


def label(text: str, role: str = "body") -> QLabel:
    """A label of the stylesheet's role: title, heading, value, muted, caption, refusal or body; it wraps."""
    made = QLabel(text)
    made.setObjectName(role)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def retitle(button: QAbstractButton, text: str) -> None:
    """Another text on `button`, which keeps its key: Qt takes the key away with the old text."""
    if text != button.text():
        key = button.shortcut()
        button.setText(text)
        button.setShortcut(key)


class ChoiceRow(QWidget):
    """A title beside (or above) a row of exclusive buttons, each with a key of its choice. `chosen` follows a person alone."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        title: str,
        choices: Sequence[tuple[str, str, str]],
        *,
        is_above: bool = False,
        folds: bool = False,
    ) -> None:
        """choices: (key, text, tooltip) of each; the first is down at the beginning. is_above: the title stands above.

        folds: in large type the buttons stand in two rows.
        """
        super().__init__()
        self.setAccessibleName(title)
        self._keys = [key for key, _, _ in choices]
        self._group = QButtonGroup(self)
        self._theme = theme
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.gap(4))
        for number, (_, text, tooltip) in enumerate(choices):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setToolTip(tooltip)
            button.setAccessibleName(f"{title}: {text}" if title else text)
            self._group.addButton(button, number)
        self._folds = folds
        self._lay_out()
        if folds:
            theme.changed.connect(self._lay_out)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_button_clicked)
        outer: QHBoxLayout | QVBoxLayout = QVBoxLayout(self) if is_above else QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.gap(2 if is_above else 8))
        self.title = QLabel(title)
        if not title:
            self.title.hide()  # never shown before it has a parent: it would flash as a window of its own
        outer.addWidget(self.title)
        outer.addLayout(self._grid, 1)

    @Slot()
    def _lay_out(self) -> None:
        """Put the buttons beside one another."""
        buttons = self._group.buttons()
        columns = len(buttons) // 2 if self._folds and self._theme.scale > LARGE_TYPE else len(buttons)
        for number, button in enumerate(buttons):
            self._grid.addWidget(button, number // columns, number % columns)
            self._grid.setColumnStretch(number, 1 if number < columns else 0)

    @property
    def choice(self) -> str:
        """The key of the button that is down."""
        return self._keys[self._group.checkedId()]

    def set_choice(self, key: str) -> None:
        """Press the button of `key`; emits nothing."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def button(self, key: str) -> QPushButton:
        """The button of one choice."""
        button = self._group.button(self._keys.index(key))
        assert isinstance(button, QPushButton)
        return button

    @Slot(int)
    def _on_button_clicked(self, number: int) -> None:
        self.chosen.emit(self._keys[number])


class DropDown(QComboBox):
    """A box whose list shows all that it holds. Scrolling past it chooses nothing: the card scrolls; a click leaves the panel its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def showPopup(self) -> None:
        rows = sum(self.view().sizeHintForRow(row) for row in range(self.count()))
        self.view().setMinimumHeight(rows + 2 * self.view().frameWidth())
        super().showPopup()


class CardArea(QScrollArea):
    """Controls that scroll where a card is too low for them, and take no more height than they need where it is not."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setAccessibleName("Controls")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(self._content.sizeHint().width(), self._needed())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._content.minimumSizeHint().width() + 12, min(self._needed(), 90))

    def _needed(self) -> int:
        content = self._content
        width = self.viewport().width()
        return content.heightForWidth(width) if content.hasHeightForWidth() else content.sizeHint().height()

    def _fit(self) -> None:
        needed = max(self._needed(), 1)
        if needed != self.maximumHeight():
            self.setMaximumHeight(needed)
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class ModelCalls(QObject):
    """Questions to the models, each under a name: only the newest of a name is answered, and `waited` says that one takes long."""

    waited = Signal(bool)  # True 200 ms after a question that has not been answered; False when nothing is owed
    refused = Signal(str, str)  # name, one sentence

    def __init__(self, session: NeuronSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._owed: dict[int, tuple[str, Callable[[Answer], None]]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BUSY_AFTER_MS)
        self._timer.timeout.connect(self._on_patience_ended)
        session.answered.connect(self._on_answered)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return bool(self._owed)

    def ask(self, name: str, model: str, options: dict[str, Any], take: Callable[[Answer], None]) -> None:
        """Run `model`; `take` (a bound method) gets the answer, unless `name` has been asked again by then."""
        self.forget(name)
        self._owed[self._session.call(model, options)] = (name, take)
        if not self._timer.isActive():
            self._timer.start()

    def forget(self, name: str = "") -> None:
        """Want no answer to `name` ("": to nothing) any more."""
        for token in [token for token, (owed, _) in self._owed.items() if not name or owed == name]:
            del self._owed[token]
        self._rest()

    def close(self) -> None:
        """Before the window closes."""
        self._owed.clear()
        self._timer.stop()

    def _rest(self) -> None:
        if not self._owed:
            self._timer.stop()
            self.waited.emit(False)

    @Slot(int, object)
    def _on_answered(self, token: int, item: object) -> None:
        name, take = self._owed.pop(token, ("", None))
        if take is None:
            return
        if isinstance(item, Answer):
            take(item)
        elif isinstance(item, Refused):
            self.refused.emit(name, item.reason)
        self._rest()

    @Slot()
    def _on_patience_ended(self) -> None:
        if self._owed:
            self.waited.emit(True)


class ChangeTrail(QObject):
    """Makes what a person does at a bench undoable: each `note` is one step from the state noted last to the state now."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._noted: BenchState = {}

    def begin(self) -> None:
        """The state as it stands was not a person's doing here (built, applied, undone)."""
        self._noted = self._bench.state()

    def overlook(self, **fields: Any) -> None:
        """These fields of the state (JSON-able) have changed by themselves, as a run goes on: no part of the next step."""
        self._noted = {**self._noted, **fields}

    def note(self, text: str) -> None:
        """A person has changed something; nothing happens where the state is what it was."""
        before, after = self._noted, self._bench.state()
        if before != after:
            self._noted = after
            self._bench.context.push_change(text, before, after)
            self._bench.state_changed.emit()
