"""The output: what the network answers, as a surface, as test samples with a confusion matrix, or to a drawing. Asks by signals."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.panels.monitor.confusion_matrix import ConfusionMatrix
from app.panels.monitor.drawing_pad import DrawingPad
from app.panels.monitor.output_digits import DigitGrid
from app.panels.monitor.state import OutputState
from app.widgets.planar_plot import PlanarPlot
from app.widgets.small_controls import Switch, ThemedLabel
from trainers.data_split import DatasetSpec
from trainers.events import Prediction, Snapshot

if TYPE_CHECKING:
    from app.widgets.theme import Theme

_WAIT = "The first answers are on their way."
WIDE = 820  # px of the design: from here on the drawing pad stands beside the test samples


class OutputView(QWidget):
    """One view for points, another for pictures; it follows the data in force."""

    asked = Signal(object)  # float32, one input of the data's sample shape, for the drawing pad
    view_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._spec: DatasetSpec | None = None
        self._generator = np.random.default_rng()
        self._snapshot: Snapshot | None = None
        self._is_under_way = False
        self.digits = DigitGrid(theme)
        self.confusion = ConfusionMatrix(theme)
        self.pad = DrawingPad(theme)
        self.words = ThemedLabel(theme, "", "body", "muted", wraps=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.switch = Switch(
            theme,
            (
                ("digits", "Test samples", "Shows test samples with the network's answer, the wrong ones first"),
                ("confusion", "Confusion", "Shows which classes are taken for which others"),
                ("pad", "Draw", "Lets you draw a digit and shows the network's answer to it"),
            ),
            "Output",
        )
        self._build()

    def _build(self) -> None:
        self._lists = QStackedWidget()
        self._lists.addWidget(self.digits)
        self._lists.addWidget(self.confusion)
        self._pictures = QWidget()
        self._beside = QHBoxLayout(self._pictures)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.addWidget(self._lists, 3)
        self._beside.addWidget(self.pad, 2)
        self.pages = QStackedWidget()
        for page in (self.words, self._pictures):
            self.pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        self._column.addWidget(self.switch)
        self._column.addWidget(self.pages, 1)
        self.switch.chosen.connect(self._on_view_chosen)
        self.pad.asked.connect(self._on_pad_asked)
        self.pad.test_digit_wanted.connect(self._on_test_digit_wanted)
        self.digits.picked.connect(self._on_sample_picked)
        self._theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @cached_property
    def surface(self) -> PlanarPlot:
        """The decision surface, built for the first points."""
        plot = PlanarPlot(self._theme, "Decision surface")
        self.pages.addWidget(plot)
        return plot

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_data(self, spec: DatasetSpec | None) -> None:
        """Turn to data of another kind; whatever was shown of the old ones goes."""
        if spec == self._spec:
            return
        self._spec = spec
        self.clear()
        classes = spec.classes if spec is not None else ()
        self.digits.set_classes(classes)
        self.pad.bars.set_classes(classes)
        self.pad.like = (spec.drawn_like if spec is not None else None) or "mnist"
        self.switch.set_offered("pad", self.has_pad)
        if not self.has_pad and self.switch.choice == "pad":
            self.switch.set_choice("digits")
        self._arrange()

    def clear(self) -> None:
        """A new run: nothing has been answered yet."""
        self._snapshot = None
        if "surface" in self.__dict__:
            self.surface.set_surface(None, None)
        self.digits.set_images(np.zeros((0, 1, 1, 1), np.uint8), np.zeros(0, np.int32))
        self.confusion.set_counts(None, (), None)
        self._arrange()

    def set_under_way(self, is_under_way: bool) -> None:
        """Whether a run has begun: what is empty then only waits for its first answers."""
        if is_under_way != self._is_under_way:
            self._is_under_way = is_under_way
            self._arrange()

    @property
    def has_pad(self) -> bool:
        """Whether a drawing can be an input of these data."""
        return self._spec is not None and self._spec.drawn_like is not None

    @property
    def has_pictures(self) -> bool:
        """Whether the data are pictures with classes."""
        return self._spec is not None and len(self._spec.sample_shape) == 3 and bool(self._spec.classes)

    @property
    def has_points(self) -> bool:
        """Whether the data are points in a plane."""
        return self._spec is not None and self._spec.sample_shape == (2,)

    def show_snapshot(self, snapshot: Snapshot, now: float, settles: bool) -> None:
        """Show what a snapshot brings; now: seconds of any clock; settles: the run stands, so wrong samples come first at once."""
        classes = self._spec.classes if self._spec is not None else ()
        had_nothing = self._snapshot is None
        self._snapshot = snapshot
        if self.has_points:
            if (
                snapshot.points is not None
                and snapshot.point_targets is not None
                and snapshot.point_is_test is not None
            ):
                self.surface.set_points(snapshot.points, snapshot.point_targets, snapshot.point_is_test, classes)
            if snapshot.surface is not None:
                self.surface.set_surface(snapshot.surface, snapshot.surface_extent)
        elif self.has_pictures:
            if snapshot.images is not None and snapshot.sample_index is not None:
                self.digits.set_images(snapshot.images, snapshot.sample_index)
            if snapshot.predicted is not None and snapshot.wanted is not None and snapshot.confidence is not None:
                self.digits.set_answers(snapshot.predicted, snapshot.wanted, snapshot.confidence, now, settles)
            if snapshot.confusion is not None:
                self.confusion.set_counts(snapshot.confusion, classes, snapshot.confusion_step)
        if had_nothing:
            self._arrange()

    def show_prediction(self, prediction: Prediction) -> None:
        """The answer to a drawing."""
        self.pad.show_answer(prediction.outputs)

    def state(self) -> OutputState:
        """What is shown."""
        strokes = tuple(tuple(stroke) for stroke in self.pad.strokes)
        return OutputState(view=self.switch.choice, strokes=strokes)  # type: ignore[arg-type]

    def apply_state(self, state: OutputState) -> None:
        """Show what `state` says."""
        self.switch.set_choice(state.view)
        if list(state.strokes) != [tuple(stroke) for stroke in self.pad.strokes]:
            self.pad.set_strokes([list(stroke) for stroke in state.strokes])
        self._arrange()

    # --- arrangement --------------------------------------------------------------------------------------------------

    @property
    def is_wide(self) -> bool:
        """Whether there is room for samples and pad side by side."""
        return self.width() >= self._theme.px(WIDE)

    def _arrange(self) -> None:
        view = self.switch.choice
        self.switch.setVisible(self.has_pictures)
        if self.has_points:
            hint = "Press Space to train: the network's answer to every point appears here."
            self.words.setText(_WAIT if self._is_under_way else hint)
            self.pages.setCurrentWidget(self.surface if self._snapshot is not None else self.words)
        elif self.has_pictures:
            both = self.is_wide and self.has_pad
            self.pad.setVisible(self.has_pad and (view == "pad" or both))
            self._lists.setVisible(view != "pad" or both)
            self._lists.setCurrentWidget(self.confusion if view == "confusion" else self.digits)
            hint = "Press Space to train: test samples with the network's answers appear here."
            self.words.setText(_WAIT if self._is_under_way else hint)
            is_empty = self._snapshot is None and not self.pad.isVisibleTo(self._pictures)
            self.pages.setCurrentWidget(self.words if is_empty else self._pictures)
        else:
            self.words.setText("These data have no picture of the answers: watch the curves below.")
            self.pages.setCurrentWidget(self.words)

    @Slot(str)
    def _on_view_chosen(self, _view: str) -> None:
        self._arrange()
        self.view_changed.emit()

    @Slot(object)
    def _on_pad_asked(self, inputs: np.ndarray) -> None:
        if self.has_pad:  # a drawing left from other data is nothing to ask a network of points about
            self.asked.emit(inputs)

    @Slot()
    def _on_test_digit_wanted(self) -> None:
        picture = self.digits.random_picture(self._generator)
        if picture is not None:
            self.pad.set_picture(picture[0])

    @Slot(object)
    def _on_sample_picked(self, pixels: np.ndarray) -> None:
        if self.has_pad:
            self.pad.set_picture(pixels[0])
            if not self.is_wide:
                self.switch.set_choice("pad")
            self._arrange()
            self.view_changed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(8)
        self._column.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self._beside.setSpacing(2 * gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
