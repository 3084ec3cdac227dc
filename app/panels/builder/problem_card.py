"""ProblemCard: what is wrong at a layer, in a sentence beside it, with what would mend it to click. Computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout

from app.panels.builder.board import DrawingBoard
from app.widgets.icons import icon
from app.widgets.theme import Theme

_WIDTH = 300  # px at scale 1
_AWAY = 10  # px between the card and its layer


class ProblemCard(QFrame):
    """Stands beside the layer concerned, inside the view."""

    fix_chosen = Signal(int)  # its number
    closed = Signal()

    def __init__(self, theme: Theme, board: DrawingBoard) -> None:
        super().__init__(board.viewport())
        self._theme = theme
        self._board = board
        self._layer = ""
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
        if [button.text() for button in self.buttons] != list(fixes):
            for button in self.buttons:
                button.hide()
                button.deleteLater()
            self.buttons = [self._button(number, text) for number, text in enumerate(fixes)]
        self.setVisible(bool(sentence))
        self.place()

    def _button(self, number: int, text: str) -> QPushButton:
        button = QPushButton(text.rstrip("."), self)
        button.setToolTip(f"{text} Undo takes it back.")
        button.setAccessibleName(text)
        button.setFont(self._theme.font("small"))
        button.clicked.connect(partial(self._choose, number))
        self._layout.addWidget(button)
        button.show()
        return button

    def _choose(self, number: int, _checked: bool = False) -> None:
        self.fix_chosen.emit(number)

    @Slot()
    def place(self) -> None:
        """Below, above, right or left of the layer, wherever it hides it least."""
        if self.isHidden():
            return
        room = self._board.viewport().rect().adjusted(4, 4, -4, -4)
        width = min(self._theme.px(_WIDTH), max(room.width(), 80))
        self.setFixedWidth(width)
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
            corner = self._board.mapFromScene(box.x, box.y)
            other = self._board.mapFromScene(box.right, box.y + box.height)
            card = QRect(corner, other).adjusted(-_AWAY, -_AWAY, _AWAY, _AWAY)
            own = self._beside(card, room)
        self.move(own.topLeft())
        self.raise_()

    def _beside(self, card: QRect, room: QRect) -> QRect:
        width, height, middle = self.width(), self.height(), card.center()
        corners = (
            QPoint(middle.x() - width // 2, card.bottom() + 1),
            QPoint(middle.x() - width // 2, card.top() - height),
            QPoint(card.right() + 1, middle.y() - height // 2),
            QPoint(card.left() - width, middle.y() - height // 2),
        )
        kept = []
        for corner in corners:
            x = max(min(corner.x(), room.right() - width), room.left())
            y = max(min(corner.y(), room.bottom() - height), room.top())
            kept.append(QRect(QPoint(x, y), self.size()))
        return next((place for place in kept if not place.intersects(card)), kept[0])

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.sentence.setFont(theme.font("small"))
        for button in self.buttons:
            button.setFont(theme.font("small"))
        self._layout.setContentsMargins(*[theme.gap(8)] * 4)
        self._layout.setSpacing(theme.gap(6))
        self.setStyleSheet(
            f"QFrame#problem_card {{ background: {theme.hex('raised')}; border: 1px solid {theme.hex('bad')};"
            f" border-left: 4px solid {theme.hex('bad')}; border-radius: 4px; }}"
        )
        self.place()
