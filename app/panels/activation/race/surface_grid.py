"""SurfaceGrid: the racers' cards in as many rows as make their pictures largest. Knows no session."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.surface_card import NARROWEST, TEXT_WIDTH, SurfaceCard
from app.panels.activation.race.words import names_of
from app.widgets.theme import Theme

_WIDE_GAIN = 1.04  # how much larger pictures must get before the words move beside them


class SurfaceGrid(QWidget):
    """`change_asked`, `remove_asked`: as a card's."""

    change_asked = Signal(int, object)
    remove_asked = Signal(int)
    count_changed = Signal()  # of the cards

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.cards: list[SurfaceCard] = []
        self.notice = QLabel(self)
        self.notice.setObjectName("heading")
        self.notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setMaximumWidth(320)
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
            place = ranking.index(card.index) + 1
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
        rows, is_wide, _ = self._best(self.width(), self.height())
        columns = math.ceil(count / rows)
        width, height = self.width() / columns, self.height() / rows
        for number, card in enumerate(self.cards):
            row, column = divmod(number, columns)
            left, top = round(column * width), round(row * height)
            right, bottom = round((column + 1) * width), round((row + 1) * height)
            card.stand(QRect(left, top, right - left, bottom - top), is_wide=is_wide)

    def height_for(self, width: int, most: int) -> int:
        """Height that the cards need at `width`, at most `most`, px."""
        return self._best(width, most)[2] if self.cards else most

    def _best(self, width: int, height: int) -> tuple[int, bool, int]:
        """Rows, whether the words stand beside the pictures, and the height that is needed, for the largest pictures."""
        theme, count = self._theme, len(self.cards)
        gap = 2 * theme.gap(4)
        head, text = SurfaceCard.head_height(theme), theme.px(TEXT_WIDTH)
        best, found = (1, False, height), 0.0
        for is_wide, gain in ((False, 1.0), (True, _WIDE_GAIN)):
            for rows in range(1, count + 1):
                across, down = width / math.ceil(count / rows), height / rows
                if is_wide:
                    side = min(across - text - 1.5 * gap, down - gap)
                    needed = max(side, SurfaceCard.least_height(theme)) + gap
                else:
                    side = min(across - gap, down - head - gap / 2)
                    needed = side + head + gap / 2
                if side / gain > found and (is_wide or across > theme.px(NARROWEST)):
                    best, found = (rows, is_wide, min(height, math.ceil(rows * needed))), side / gain
        return best
