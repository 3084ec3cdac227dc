"""ProblemCard: what is wrong at a layer, in a sentence beside it, with what would mend it to click. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.builder.board import DrawingBoard
from app.panels.builder.command_table import FIX_KEY
from app.widgets.icons import icon
from app.widgets.network_layout import Box
from app.widgets.theme import Theme

_WIDTH = 300  # px at scale 1
_AWAY = 10  # px between the card and its layer


def broken(text: str, width: int, metrics: QFontMetrics) -> str:
    """The text with line ends between words, so that no line is wider than `width` px, where a word is not wider itself."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and metrics.horizontalAdvance(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


class ProblemCard(QFrame):
    """Stands beside the layer concerned, inside the view."""

    fix_chosen = Signal(int)  # its number
    closed = Signal()

    def __init__(self, theme: Theme, board: DrawingBoard) -> None:
        super().__init__(board.viewport())
        self._theme = theme
        self._board = board
        self._layer = ""
        self._broken: tuple[int, list[QPushButton]] = (0, [])  # the width and the buttons whose lines are broken
        self._side = 0  # which of the places beside the layer it has
        self._sight: tuple[object, ...] = ()  # what that was chosen for
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: list[QPushButton] = []
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon(theme, "close"))
        self.close_button.setToolTip("Put this aside; the mark stays on the layer")
        self.close_button.setAccessibleName("Put the problem aside")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.sentence, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(head)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setObjectName("problem_card")
        board.moved.connect(self.place)
        theme.changed.connect(self._on_theme_changed)
        self.hide()
        self._on_theme_changed()

    def show_problem(self, layer: str, sentence: str, fixes: Sequence[str]) -> None:
        """Say a problem at a card of the drawing ("" for the drawing as a whole); an empty sentence hides it."""
        self._layer = layer
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        if [button.accessibleName() for button in self.buttons] != list(fixes):
            for button in self.buttons:
                button.hide()
                button.deleteLater()
            self.buttons = [self._button(number, text) for number, text in enumerate(fixes)]
            before: QWidget = self._board
            stops: tuple[QWidget, ...] = (*self.buttons, self.close_button)
            for stop in stops:  # from the canvas Tab leads to the fixes
                self.setTabOrder(before, stop)
                before = stop
        self.setVisible(bool(sentence))
        self.place()

    def _button(self, number: int, text: str) -> QPushButton:
        button = QPushButton(self)
        first = f" ({FIX_KEY})" if number == 0 else ""
        button.setToolTip(f"{text} Undo takes it back.{first}")
        button.setAccessibleName(text)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(partial(self._choose, number))
        self._layout.addWidget(button)
        button.show()
        return button

    def _choose(self, number: int, _checked: bool = False) -> None:
        self.fix_chosen.emit(number)

    def _break_lines(self, width: int) -> None:
        """A button breaks no lines by itself: a fix that is longer than its button stands in several, whole."""
        if self._broken == (width, self.buttons):
            return
        self._broken = (width, list(self.buttons))
        margins = self._layout.contentsMargins()
        room = width - margins.left() - margins.right() - self._theme.gap(28)  # a button's own edges
        for button in self.buttons:
            button.setFont(self._theme.font("small"))
            button.setText(broken(button.accessibleName().rstrip("."), room, button.fontMetrics()))

    @Slot()
    def place(self) -> None:
        """Beside the layer, where it hides least of the others; there it stays while the drawing is only pulled along."""
        if self.isHidden():
            return
        room = self._board.viewport().rect().adjusted(4, 4, -4, -4)
        width = min(self._theme.px(_WIDTH), max(room.width(), 80))
        self.setFixedWidth(width)
        self._break_lines(width)
        needed = (
            self._layout.totalHeightForWidth(width) if self._layout.hasHeightForWidth() else self.sizeHint().height()
        )
        self.setFixedHeight(min(needed, max(room.height(), 40)))
        box = self._board.box_of(self._layer)
        own = self.rect()
        own.moveCenter(room.center())
        if box is None:
            own.moveTop(room.top())
        else:
            own = self._beside(self._in_view(box).adjusted(-_AWAY, -_AWAY, _AWAY, _AWAY), room)
        self.move(own.topLeft())
        self.raise_()

    def _in_view(self, box: Box) -> QRect:
        return QRect(self._board.mapFromScene(box.x, box.y), self._board.mapFromScene(box.right, box.y + box.height))

    def _beside(self, card: QRect, room: QRect) -> QRect:
        places = self._places(card, room)
        sight = (self._layer, self.size(), room, self._board.transform(), self._board.placement)
        if sight != self._sight or places[self._side].intersects(card):
            self._sight = sight
            others = [box for name, box in self._board.placement.boxes.items() if name != self._layer]
            hidden = [self._hidden_of(others, place) + place.intersects(card) * 1e9 for place in places]
            self._side = hidden.index(min(hidden))
        return places[self._side]

    def _places(self, card: QRect, room: QRect) -> list[QRect]:
        """Below, above, right and left of `card`, in its middle or flush with its edges, as far as `room` allows."""
        width, height, middle = self.width(), self.height(), card.center()
        across = (middle.x() - width // 2, card.left(), card.right() - width)
        down = (middle.y() - height // 2, card.top(), card.bottom() - height)
        corners = [(x, y) for x in across for y in (card.bottom() + 1, card.top() - height)]
        corners += [(x, y) for y in down for x in (card.right() + 1, card.left() - width)]
        return [
            QRect(
                max(min(x, room.right() - width), room.left()),
                max(min(y, room.bottom() - height), room.top()),
                width,
                height,
            )
            for x, y in corners
        ]

    def _hidden_of(self, boxes: Iterable[Box], place: QRect) -> float:
        """How much of these cards would be hidden there, in square scene units."""
        seen = self._board.mapToScene(place).boundingRect()
        left, top, right, bottom = seen.left(), seen.top(), seen.right(), seen.bottom()
        return sum(
            max(0.0, min(box.right, right) - max(box.x, left))
            * max(0.0, min(box.y + box.height, bottom) - max(box.y, top))
            for box in boxes
        )

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.sentence.setFont(theme.font("small"))
        self._broken = (0, [])
        self._layout.setContentsMargins(*[theme.gap(8)] * 4)
        self._layout.setSpacing(theme.gap(6))
        self.setStyleSheet(
            f"QFrame#problem_card {{ background: {theme.hex('raised')}; border: 1px solid {theme.hex('bad')};"
            f" border-left: 4px solid {theme.hex('bad')}; border-radius: 4px; }}"
        )
        self.place()
