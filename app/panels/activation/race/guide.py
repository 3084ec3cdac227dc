"""GuideCard: "Kill the ReLUs" in four clicks. What it says it reads off the race; nothing is scripted but what the clicks set."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.panels.activation.race.record import RacerChange, RaceRecord, RateChange
from app.panels.activation.race.state import KILL, KILLING_RATE, GuideStage
from app.panels.activation.race.words import loss_figure, percent
from app.widgets.theme import Theme

_BUTTONS: tuple[str, ...] = (
    "1  Train both",
    f"2  Learning rate up to {KILLING_RATE:g}",
    f"3  Learning rate back to {KILL.learning_rate:g}",
    "4  Turn ReLU into Leaky ReLU",
    "Once more",
)


class GuideCard(QFrame):
    """`asked`: the next click of the demonstration was made."""

    asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("card")
        self.title = QLabel("Kill the ReLUs", self)
        self.title.setObjectName("heading")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setObjectName("small")
        self.button = QPushButton(self)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # the column's width is given
        self.button.clicked.connect(self.asked)
        self._column = QVBoxLayout(self)
        for widget in (self.title, self.text, self.button):
            self._column.addWidget(widget)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_stage(self, stage: GuideStage, record: RaceRecord | None) -> None:
        """Say where the demonstration stands, with the figures of the race on show."""
        words = guide_text(stage, record)
        if words != self.text.text():
            self.text.setText(words)
        if self.button.text() != _BUTTONS[stage]:
            self.button.setText(_BUTTONS[stage])
            self.button.setAccessibleName(f"Kill the ReLUs: {_BUTTONS[stage].lstrip('1234 ')}")
            self.button.setToolTip("The next click of the demonstration (can be undone)")

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap
        self._column.setContentsMargins(gap(8), gap(6), gap(8), gap(8))
        self._column.setSpacing(gap(4))
        self.text.setMinimumHeight(self._theme.px(66))


def guide_text(stage: GuideStage, record: RaceRecord | None) -> str:
    """What there is to see now."""
    if stage == 0 or record is None:
        return "ReLU beside Leaky ReLU: too high a learning rate pushes ReLUs to where their slope is 0. Four clicks."
    dead, units = record.dead_now[0], record.units
    right = percent(float(record.frame.test_accuracy[0]))
    other = percent(float(record.frame.test_accuracy[1])) if len(record.dead_now) > 1 else "–"
    if stage == 1:
        return f"Both learn: {right} and {other} of the test points are right. Let them come far, then click."
    if stage == 2:
        return f"ReLU: {dead} of {units} units dead, {right} right. Leaky ReLU under the same rate: {other}."
    wanted = RateChange if stage == 3 else RacerChange
    change = next((one for one in reversed(record.changes) if isinstance(one, wanted)), None)
    if change is None:
        return f"The race has begun anew since: {dead} of {units} units dead, {right} right."
    if isinstance(change, RateChange):
        return (
            f"Only the rate is low again. ReLU: {change.dead[0]} dead then, {dead} now, {right} right: "
            "where the slope is 0, no rate helps."
        )
    now = loss_figure(float(record.frame.train_loss[0]))
    return (
        f"Same weights, same rate: {change.dead_before} dead before, {dead} dead now. "
        f"They learn again: loss {now}, {right} right."
    )
