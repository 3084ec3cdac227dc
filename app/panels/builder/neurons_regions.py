"""RegionCount: the linear regions of the network as it stands, counted again while it trains, and what is said of them. No widget."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.region_counting import RegionCounting
from trainers.layer_catalog import NetworkAnalysis
from trainers.linear_regions import Rectangle, regions_at_least, regions_at_most
from trainers.network_graph import NetworkInputError
from trainers.region_network import dense_layers, hidden_widths
from trainers.regions_job import RegionsCounted

_PAUSE = 500  # ms between two counts while it trains
_CHEAP = (
    0.25  # s of a processor; what takes longer is counted only where the training stands, and at the end of an epoch
)
SOURCE = "Montúfar and others 2014"


class RegionCount(QObject):
    """Told of weights by `note`; `changed` says that count, borders or the reason why there are none are others."""

    changed = Signal()

    def __init__(self, counting: RegionCounting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counting = counting
        counting.counted.connect(self._on_counted)
        counting.refused.connect(self._on_refused)
        self._analysis: NetworkAnalysis | None = None
        self._bounds = ""
        self._waiting: tuple[Mapping[str, np.ndarray], int, Rectangle] | None = None
        self._asked: dict[int, tuple[int, Rectangle]] = {}  # token -> step, rectangle
        self._token = 0
        self._seconds = 0.0
        self._is_settled = False  # the training has come to rest, or to an epoch's end, since the last question
        self.reason = ""  # why there is nothing to count
        self._refusal = ""  # why the last weights could not be counted
        self.count: int | None = None
        self.step = 0
        self.rectangle: Rectangle | None = None
        self.borders = np.zeros((0, 4), np.float32)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._on_pause_over)

    @property
    def may_count(self) -> bool:
        """Whether the network has two inputs and bends the plane in straight lines alone."""
        return self._analysis is not None and not self.reason

    @property
    def is_counting(self) -> bool:
        """Whether an answer is on its way or will be asked for."""
        return self._is_out or (self._waiting is not None and self._pause.isActive())

    def begin(self, analysis: NetworkAnalysis | None) -> None:
        """Another network, or none: what was counted holds no longer."""
        self._analysis = analysis
        self._waiting, self._token = None, 0
        self._asked.clear()
        self._pause.stop()
        self.count, self.rectangle, self._seconds = None, None, 0.0
        self.borders = np.zeros((0, 4), np.float32)
        self.reason, self._refusal, self._bounds = "", "", ""
        if analysis is not None:
            try:
                dense_layers(analysis, None)
                self._bounds = bounds_text(analysis)
            except NetworkInputError as error:
                self.reason = error.sentence
        self.changed.emit()

    def note(
        self, weights: Mapping[str, np.ndarray], step: int, rectangle: Rectangle, *, is_standing: bool = False
    ) -> None:
        """The weights as they are at `step`, and where regions are counted; is_standing: they stay so for a while."""
        if not self.may_count:
            return
        self._waiting = (weights, step, rectangle)
        if is_standing:
            self.settle(True)
        else:
            self._ask_if_cheap()

    @Slot(bool)
    def settle(self, is_standing: bool) -> None:
        """An epoch has ended: count whatever it takes, as soon as the pause is over; or the training stands: count now."""
        self._is_settled = True
        if is_standing:
            self._pause.stop()
        self._ask_if_cheap()

    def sentence(self) -> str:
        """What is known, in words."""
        if self.reason:
            return f"Linear regions: {self.reason}"
        if self._refusal:
            return f"Linear regions: {self._refusal}"
        if self.count is None:
            return f"Linear regions are counted when the weights are known. {self._bounds}".strip()
        when = "before training" if self.step == 0 else f"at step {self.step:,}"
        return f"{region_text(self.count)} {_where(self.rectangle)}, {when}. {self._bounds}".strip()

    def fact(self) -> tuple[str, str] | None:
        """A row for a table of facts; None where nothing is counted."""
        if not self.may_count or self.count is None:
            return None
        when = "before training" if self.step == 0 else f"at step {self.step:,}"
        return "Linear regions", f"{self.count:,} {_where(self.rectangle)}, {when}. {self._bounds}".strip()

    @property
    def _is_out(self) -> bool:
        return self._token in self._asked

    def _ask_if_cheap(self) -> None:
        """One at a time: were it asked again before it is answered, a dear count would never be seen."""
        may_take_long = self._seconds > _CHEAP and not self._is_settled
        if self._waiting is not None and not (self._is_out or self._pause.isActive() or may_take_long):
            self._ask()

    def _ask(self) -> None:
        if self._waiting is None or self._analysis is None:
            return
        (weights, step, rectangle), self._waiting = self._waiting, None
        try:
            layers = dense_layers(self._analysis, weights)
        except NetworkInputError:  # a look at another network that crossed with an edit
            return
        self._is_settled = False
        self._pause.start()
        self._token = self._counting.ask(layers, rectangle)
        self._asked = {self._token: (step, rectangle)}

    @Slot(object)
    def _on_counted(self, answer: RegionsCounted) -> None:
        asked = self._asked.pop(answer.token, None)
        if asked is None or answer.token != self._token:
            return
        self.step, self.rectangle = asked
        self.count, self.borders, self._seconds = answer.count, answer.borders, answer.seconds
        self._refusal = ""
        self.changed.emit()
        self._ask_if_cheap()

    @Slot(int, str)
    def _on_refused(self, token: int, reason: str) -> None:
        if self._asked.pop(token, None) is not None and token == self._token:
            self._refusal, self.count, self.borders = reason, None, np.zeros((0, 4), np.float32)
            self.changed.emit()
            self._ask_if_cheap()

    @Slot()
    def _on_pause_over(self) -> None:
        self._ask_if_cheap()


def region_text(count: int) -> str:
    """ "1 linear region", "17 linear regions"."""
    return f"{count:,} linear region{'s'[: count != 1]}"


def bounds_text(analysis: NetworkAnalysis) -> str:
    """How many regions a network of these layers can have; "" where neither bound holds. Raises NetworkInputError."""
    try:
        widths = hidden_widths(analysis)
    except NetworkInputError:
        return ""
    if not widths:
        return "Without a ReLU there is one."
    layers = "-".join(map(str, widths))
    most = f"none has more than {regions_at_most(2, widths):,}"
    if min(widths) < 2:
        return f"Of networks with hidden layers {layers}, {most}."
    return (
        f"The best network with hidden layers {layers} has {regions_at_least(2, widths):,} or more ({SOURCE}); {most}."
    )


def _where(rectangle: Rectangle | None) -> str:
    if rectangle is None:
        return ""
    x_min, x_max, y_min, y_max = (f"{value:.3g}".replace("-", "−") for value in rectangle)
    if (x_min, x_max) == (y_min, y_max):
        return f"in the square from {x_min} to {x_max}"
    return f"for x₁ from {x_min} to {x_max} and x₂ from {y_min} to {y_max}"
