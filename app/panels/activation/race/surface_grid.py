"""SurfaceGrid: the racers' cards in as many rows as make their pictures largest. Knows no session."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from app.panels.activation.race.card_words import Shape
from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.surface_card import NARROWEST, TEXT_WIDTH, SurfaceCard
from app.panels.activation.race.words import names_of
from app.widgets.theme import Theme

# How much larger pictures must get before the words move beside them, or into their corners, where they hide something.
_GAINS: dict[Shape, float] = {"above": 1.0, "wide": 1.04, "over": 1.15}
_LARGE = 160  # px of the design: a picture as large as that need not be hidden by any word


@dataclass(frozen=True)
class Arrangement:
    """shape: where the cards' words stand. side: of a picture, px. height: that all rows need, px."""

    rows: int = 1
    shape: Shape = "above"
    side: float = 0.0
    height: int = 0


def _worth(found: Arrangement) -> float:
    return found.side / _GAINS[found.shape]


class SurfaceGrid(QWidget):
    """`change_asked`, `remove_asked`: as a card's."""

    change_asked = Signal(int, object)
    remove_asked = Signal(int)
    count_changed = Signal()  # of the cards

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.cards: list[SurfaceCard] = []
        self._shape: Shape = "above"
        self.notice = QLabel(self)
        self.notice.setObjectName("heading")
        self.notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setMaximumWidth(320)
        self.bar.setFixedHeight(theme.px(6))
        self.bar.setAccessibleName("Something is being prepared")
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.notice)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setAccessibleName("Decision surfaces")
        theme.changed.connect(self._arrange)
        self.show_notice("", is_busy=False)

    def show_notice(self, text: str, *, is_busy: bool) -> None:
        """Say `text` where there are no pictures yet; "" says nothing."""
        if text != self.notice.text():
            self.notice.setText(text)
        self.notice.setVisible(bool(text))
        if self.bar.isHidden() == is_busy:
            self.bar.setRange(0, 0 if is_busy else 1)  # a bar that is not seen need not move
            self.bar.setVisible(is_busy)

    def show_race(self, record: RaceRecord | None, *, are_words_due: bool = True) -> None:
        """A card for each racer; None: there is no race. are_words_due: False leaves all words as they are."""
        count = len(record.plan.racers) if record is not None else 0
        if count != len(self.cards):
            self._make_cards(count)
        if record is None:
            return
        names, ranking = names_of(record), record.ranking
        for card in self.cards:
            place = ranking.index(card.index) + 1 if record.done else 0
            card.show_racer(record, names[card.index], place, may_remove=count > 2, are_words_due=are_words_due)

    def describe(self) -> None:
        """Tell a screen reader the figures of every card."""
        for card in self.cards:
            card.describe()

    def _make_cards(self, count: int) -> None:
        while len(self.cards) > count:
            card = self.cards.pop()
            card.hide()
            card.deleteLater()
        while len(self.cards) < count:
            card = SurfaceCard(self._theme, len(self.cards), self)
            card.change_asked.connect(self.change_asked)
            card.remove_asked.connect(self.remove_asked)
            card.show()
            self.cards.append(card)
        self._arrange()
        self.count_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        count = len(self.cards)
        if not count:
            return
        rows = self._rows(self._shape, self.width(), self.height()).rows
        columns = math.ceil(count / rows)
        width, height = self.width() / columns, self.height() / rows
        for number, card in enumerate(self.cards):
            row, column = divmod(number, columns)
            left, top = round(column * width), round(row * height)
            right, bottom = round((column + 1) * width), round((row + 1) * height)
            card.stand(QRect(left, top, right - left, bottom - top), self._shape)

    def fit(self, width: int, most: int, most_over: int, *, is_dear: bool = False) -> Arrangement:
        """Take the shape that makes the pictures largest at `width`, in at most `most` px of height.

        most_over: the same where the words stand in the pictures' corners. is_dear: there they stand, whatever is gained.
        """
        shapes: tuple[Shape, ...] = ("above", "wide")
        best = max((self._rows(shape, width, most) for shape in shapes), key=_worth)
        if is_dear:
            best = self._rows("over", width, most_over)
        elif best.side < self._theme.px(_LARGE):
            best = max(best, self._rows("over", width, most_over), key=_worth)
        self._shape = best.shape
        self._arrange()
        return best

    def _rows(self, shape: Shape, width: int, height: int) -> Arrangement:
        """As many rows as make the pictures largest with the words there."""
        theme, count = self._theme, len(self.cards)
        gap = 2 * theme.gap(4)
        head, text = SurfaceCard.head_height(theme), theme.px(TEXT_WIDTH)
        best = Arrangement(1, shape, 0.0, height)
        for rows in range(1, count + 1):
            across, down = width / math.ceil(count / rows), height / rows
            if shape == "wide":
                side = min(across - text - 1.5 * gap, down - gap)
                needed = max(side, SurfaceCard.least_height(theme)) + gap
            elif shape == "above":
                side = min(across - gap, down - head - gap / 2)
                needed = side + head + gap / 2
            else:
                side = min(across, down) - gap
                needed = side + gap
            if side > best.side and (shape == "wide" or across > theme.px(NARROWEST)):
                best = Arrangement(rows, shape, side, min(height, math.ceil(rows * needed)))
        return best
