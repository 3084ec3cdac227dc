"""RacerParameters: the parameters of one racer in its card's menu, to drag or to type. Knows no race."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget, QWidgetAction

from app.panels.activation.functions import resolve
from app.panels.activation.parameter_box import ParameterBox
from app.widgets.theme import Theme
from trainers.activation_lab import ActivationChoice
from trainers.activation_lab_checks import checked_racer
from trainers.errors import BadInput


class RacerParameters(QWidgetAction):
    """`chosen`: the racer's activation with other numbers, at the end of a gesture: each is a change that the race tells of."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, racer: ActivationChoice, parent: QWidget) -> None:
        super().__init__(parent)
        self._standing = self._wanted = racer
        self.box = ParameterBox(theme)
        gap = theme.gap(10)
        self.box.setContentsMargins(gap, gap, gap, gap)
        self.box.setMinimumWidth(theme.px(260))
        self.box.show_function(resolve(racer))
        self.box.changed.connect(self._on_changed)
        self.box.settled.connect(self._on_settled)
        self.setDefaultWidget(self.box)

    @Slot(str, object)
    def _on_changed(self, name: str, value: object) -> None:
        try:
            self._wanted = checked_racer(resolve(self._wanted).with_number(name, value))
            resolve(self._wanted)
        except BadInput as error:
            self._wanted = self._standing
            self.box.complain(error.sentence)
        else:
            self.box.complain("")

    @Slot()
    def _on_settled(self) -> None:
        if self._wanted != self._standing:
            self._standing = self._wanted
            self.chosen.emit(self._wanted)


def has_parameters(racer: ActivationChoice) -> bool:
    """Whether there is anything to set: a racer's Maxout learns its lines, and has always two."""
    try:
        return racer.kind != "maxout" and bool(resolve(racer).parameters)
    except BadInput:
        return False
