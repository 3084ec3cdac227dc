"""Turning: the way from the cell on stage to the unit and back, by button, slider or clock. Draws nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.panels.neuron.benches.unit.page import NOTCHES, UnitPage
from app.user_settings import UserSettings

MORPH_SECONDS = 1.5  # from one end to the other


class Turning(QObject):
    """morph: 0 the cell, 1 the unit. begun: the clock is needed. moved: another morph, by a hand or the clock; settled: and it stays."""

    begun = Signal()
    moved = Signal(float)
    settled = Signal()

    def __init__(self, page: UnitPage, settings: UserSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._settings = settings
        self._morph = 0.0
        self._goal: float | None = None  # where it is on its way to
        page.morph_button.clicked.connect(self.turn)
        page.morph_slider.valueChanged.connect(self._on_dragged)
        page.morph_slider.sliderReleased.connect(self.settled)

    @property
    def is_moving(self) -> bool:
        """Whether the clock takes it on."""
        return self._goal is not None

    def show(self, morph: float) -> None:
        """`morph` is on show; tells nobody."""
        self._morph = morph
        self._page.show_morph(morph, morph if self._goal is None else self._goal)

    def stop(self) -> None:
        """It stays where it is."""
        self._goal = None

    @Slot()
    def turn(self) -> None:
        """To the other end, or back from the way there; at once where a person wants little motion."""
        heading = self._morph if self._goal is None else self._goal
        goal = 0.0 if heading > 0.5 else 1.0
        if self._settings.values.reduced_motion:
            self._move(goal)
            self.settled.emit()
        else:
            self._goal = goal
            self.show(self._morph)
            self.begun.emit()

    def tick(self, seconds: float) -> None:
        """Time passes."""
        if self._goal is None:
            return
        way, step = self._goal - self._morph, seconds / MORPH_SECONDS
        if abs(way) <= step:
            goal, self._goal = self._goal, None
            self._move(goal)
            self.settled.emit()
        else:
            self._move(self._morph + (step if way > 0 else -step))

    @Slot(int)
    def _on_dragged(self, notch: int) -> None:
        self._goal = None
        self._move(notch / NOTCHES)
        if not self._page.morph_slider.isSliderDown():
            self.settled.emit()

    def _move(self, morph: float) -> None:
        self.show(morph)
        self.moved.emit(morph)
