"""ProblemCard: what is wrong at a layer, in a sentence beside it, with what would mend it to click. Computes nothing.

Where the whole of it would hide other layers it is one line, which a press opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.builder.board import DrawingBoard
from app.panels.builder.command_table import FIX_KEY
from app.panels.builder.problem_places import distance, hidden_area, lines_beside, places_beside
from app.widgets.icons import icon
from app.widgets.network_layout import Box
from app.widgets.theme import Theme

_WIDTH = 300  # px at scale 1
_AWAY = 10  # px between the card and its layer
_NO_WIDTH = 80  # px: a view narrower than that shows no card whole


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
    """Stands beside the layer concerned, inside the view. Folded: one line, with the first fix and a button for the rest."""

    fix_chosen = Signal(int)  # its number
    closed = Signal()

    def __init__(self, theme: Theme, board: DrawingBoard) -> None:
        super().__init__(board.viewport())
        self._theme = theme
        self._board = board
        self._layer = ""
        self._broken: tuple[int, list[QPushButton]] = (0, [])  # the width and the buttons whose lines are broken
        self._side = 0  # which of the places beside the layer it has
        self._line_side = 0  # the same of the line
        self._sight: tuple[object, ...] = ()  # what that was chosen for
        self.is_folded = self._is_unfolded = False  # it has to be one line; a person has opened it nevertheless
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line = QLabel(self)
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.quick = QPushButton("Mend", self)
        self.quick.clicked.connect(partial(self._choose, 0))
        self.more_button = QToolButton(self)
        self.more_button.setIcon(icon(theme, "more"))
        self.more_button.setToolTip("Read all of it, with every way to mend it; Esc folds it again")
        self.more_button.setAccessibleName("Open the problem")
        self.more_button.clicked.connect(self.unfold)
        for folded in (self.quick, self.more_button):
            folded.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons: list[QPushButton] = []
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon(theme, "close"))
        self.close_button.setToolTip("Put this aside; the mark stays on the layer")
        self.close_button.setAccessibleName("Put the problem aside")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.sentence, 1)
        head.addWidget(self.line, 1)
        head.addWidget(self.quick)
        head.addWidget(self.more_button)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(head)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setObjectName("problem_card")
        board.moved.connect(self.place)
        QApplication.instance().focusChanged.connect(self._on_focus_moved)  # type: ignore[union-attr]
        theme.changed.connect(self._on_theme_changed)
        self.hide()
        self._on_theme_changed()

    def show_problem(self, layer: str, sentence: str, fixes: Sequence[str]) -> None:
        """Say a problem at a card of the drawing ("" for the drawing as a whole); an empty sentence hides it."""
        if (layer, sentence) != (self._layer, self.sentence.text()):
            self._is_unfolded = False
        self._layer = layer
        self.sentence.setText(sentence)
        self.line.setToolTip(sentence)
        self.setAccessibleName(sentence)
        if [button.accessibleName() for button in self.buttons] != list(fixes):
            for button in self.buttons:
                button.hide()
                button.deleteLater()
            self.buttons = [self._button(number, text) for number, text in enumerate(fixes)]
            before: QWidget = self._board
            stops: tuple[QWidget, ...] = (self.quick, self.more_button, *self.buttons, self.close_button)
            for stop in stops:  # from the canvas Tab leads to the fixes
                self.setTabOrder(before, stop)
                before = stop
            self.quick.setToolTip(self.buttons[0].toolTip() if fixes else "")
            self.quick.setAccessibleName(fixes[0] if fixes else "")
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
    def unfold(self) -> None:
        """Show all of it, until the pointer leaves it while no key is used in it, or the keys leave it (Esc, or Tab to elsewhere)."""
        by_key = self.more_button.hasFocus()
        self._is_unfolded = True
        self.place()
        if by_key and self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_folded and event.button() == Qt.MouseButton.LeftButton:
            self.unfold()
        event.accept()  # what lies under it is not meant

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self._board.setFocus()
        self._fold()
        if self.is_folded:  # the key that opened it opens it again
            self.more_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _fold(self) -> None:
        if self._is_unfolded:
            self._is_unfolded = False
            self.place()

    @Slot(QWidget, QWidget)
    def _on_focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        was_here = before is not None and self.isAncestorOf(before)
        if was_here and now is not None and not (self.isAncestorOf(now) or self.underMouse()):
            self._fold()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        focus = self.focusWidget()
        if not (focus is not None and focus.hasFocus()):
            self._fold()

    @Slot()
    def place(self) -> None:
        """Beside the layer, where it hides none of the others; there it stays while the drawing is only pulled along."""
        if self.isHidden():
            return
        room = self._board.viewport().rect().adjusted(4, 4, -4, -4)
        box = self._board.box_of(self._layer)
        card = None if box is None else self._in_view(box).adjusted(-_AWAY, -_AWAY, _AWAY, _AWAY)
        sight = (
            self._layer,
            self.accessibleName(),
            len(self.buttons),
            room,
            self._board.transform(),
            self._board.placement,
        )
        if sight != self._sight:
            self._sight, self._side, self._line_side = sight, -1, -1
        size = self._open_size(room, self._theme.px(_WIDTH))
        if card is None:
            self._stand(
                QRect(room.center().x() - size.width() // 2, room.top(), size.width(), size.height()), is_folded=False
            )
        elif (place := self._place_of_all(card, size, room)) is not None:
            self._stand(place, is_folded=False)
        else:
            self._stand(self._place_of_line(card, room), is_folded=not self._is_unfolded)
        self.raise_()

    def _stand(self, place: QRect, *, is_folded: bool) -> None:
        self.is_folded = is_folded
        for part in (self.sentence, self.close_button, *self.buttons):
            part.setVisible(not is_folded)
        for part in (self.line, self.quick, self.more_button):
            part.setVisible(is_folded)
        self.quick.setVisible(is_folded and bool(self.buttons))
        self._break_lines(place.width())
        self.setFixedSize(place.size())
        self.move(place.topLeft())
        if is_folded:
            self._layout.activate()
            self.line.setText(
                self.line.fontMetrics().elidedText(self.sentence.text(), Qt.TextElideMode.ElideRight, self.line.width())
            )

    def _open_size(self, room: QRect, width: int) -> QSize:
        """With sentence and every fix, `width` px wide."""
        width = min(width, max(room.width(), _NO_WIDTH))
        margins, gap = self._layout.contentsMargins() + self.contentsMargins(), self._layout.spacing()
        self._break_lines(width)
        inner = width - margins.left() - margins.right()
        beside = inner - self.close_button.sizeHint().width() - max(gap, 6)
        height = max(self.sentence.heightForWidth(beside), self.close_button.sizeHint().height())
        height += sum(button.sizeHint().height() + gap for button in self.buttons)
        return QSize(width, min(height + margins.top() + margins.bottom(), max(room.height(), 40)))

    def _in_view(self, box: Box) -> QRect:
        return QRect(self._board.mapFromScene(box.x, box.y), self._board.mapFromScene(box.right, box.y + box.height))

    def _others(self, room: QRect) -> list[QRect]:
        """The other cards that are in sight."""
        boxes = self._board.placement.boxes.items()
        return [
            seen for seen in (self._in_view(box) for name, box in boxes if name != self._layer) if seen.intersects(room)
        ]

    def _place_of_all(self, card: QRect, size: QSize, room: QRect) -> QRect | None:
        """Of the whole card, None where it would hide a layer wherever it stood."""
        places = places_beside(card, size, room)
        if self._side < 0 or (self._side < len(places) and places[self._side].intersects(card)):
            others = self._others(room)
            hidden = [hidden_area(place, others, card) for place in places]
            self._side = hidden.index(0.0) if 0.0 in hidden else len(places)
        return places[self._side] if self._side < len(places) else None

    def _place_of_line(self, card: QRect, room: QRect) -> QRect:
        """Of the line, or of what it opens into where a person has opened it."""
        metrics, margins = self.line.fontMetrics(), self._layout.contentsMargins() + self.contentsMargins()
        edges = margins.left() + margins.right() + self._theme.gap(24)
        beside = self.quick.sizeHint().width() + self.more_button.sizeHint().width()
        size = self._open_size(room, metrics.horizontalAdvance(self.sentence.text()) + beside + edges)
        height = max(self.quick.sizeHint().height(), metrics.height()) + margins.top() + margins.bottom()
        lines = lines_beside(card, size, height, room)
        if self._line_side < 0 or lines[self._line_side][0].intersects(card):
            others = self._others(room)
            costs = [
                (hidden_area(line, others, card) + hidden_area(opened, (), card), distance(line, card))
                for line, opened in lines
            ]
            self._line_side = costs.index(min(costs))
        line, opened = lines[self._line_side]
        return opened if self._is_unfolded else line

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        for part in (self.sentence, self.line, self.quick):
            part.setFont(theme.font("small"))
        self._broken = (0, [])
        self._layout.setContentsMargins(*[theme.gap(8)] * 4)
        self._layout.setSpacing(theme.gap(6))
        self.setStyleSheet(
            f"QFrame#problem_card {{ background: {theme.hex('raised')}; border: 1px solid {theme.hex('bad')};"
            f" border-left: 4px solid {theme.hex('bad')}; border-radius: 4px; }}"
        )
        self.place()
