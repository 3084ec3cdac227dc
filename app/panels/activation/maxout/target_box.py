"""TargetBox: a function that the lines are to come near to, how many lines, and how near they are. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.panels.activation.maxout.error_plot import ErrorPlot
from app.panels.activation.maxout.line_scene import LineScene, TargetWork
from app.panels.activation.maxout.lines import MOST_LINES, unit
from app.panels.activation.maxout.state import MaxoutState
from app.panels.activation.maxout.targets import LONGEST, TARGETS, title_of
from app.widgets.number_field import NumberField
from app.widgets.number_words import readable
from app.widgets.steady_box import SteadyBox
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_NONE = "No target"
_EQUAL = (
    "Best lines: in each piece the chord lowered by half its gap, the pieces such that all gaps are equal. "
    "No other lines have a smaller largest error."
)


class TargetBox(QWidget):
    """target_wanted: text of a formula ("" for none). interval_wanted: from, to. pieces_moved, fit_asked: best lines, so many."""

    target_wanted = Signal(str)
    interval_wanted = Signal(float, float)
    pieces_moved = Signal(int)
    pieces_settled = Signal()
    fit_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_following = False
        self.picker = SteadyBox(self)
        self.picker.setEditable(True)
        self.picker.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.picker.addItem(_NONE, "")
        for target in TARGETS:
            self.picker.addItem(target.title, target.text)
        self.picker.setAccessibleName("Target")
        self.picker.setToolTip(
            "A function that the lines are to come near to: choose one, or type a formula such as x^4 - x"
        )
        line = self.picker.lineEdit()
        assert line is not None
        line.setMaxLength(LONGEST)
        self.picker.setMinimumContentsLength(8)
        self.picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.low, self.high = (self._field(name) for name in ("From x", "To x"))
        self.pieces = ValueSlider(
            theme,
            "Lines k",
            1,
            MOST_LINES,
            4,
            is_whole=True,
            tooltip="How many lines are laid to the target; of each unit where a second is subtracted",
            parent=self,
        )
        self.fit_button = QPushButton("Best lines", self)
        self.fit_button.setToolTip(_EQUAL)
        self.verdict = QLabel(self)
        self.verdict.setWordWrap(True)
        self.plot = ErrorPlot(theme, self)
        self._complaint = QLabel(self)
        self._complaint.setObjectName("refusal")
        self._complaint.setWordWrap(True)
        self._complaint.hide()
        self._lay_out()
        self.picker.activated.connect(self._on_picked)
        line.returnPressed.connect(self._on_typed)
        self.pieces.value_changed.connect(self._on_pieces_moved)
        self.pieces.value_settled.connect(self._on_pieces_settled)
        self.fit_button.clicked.connect(self.fit_asked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _field(self, name: str) -> NumberField:
        field = NumberField(-100.0, 100.0, 0.0, step=0.5, parent=self)
        field.setAccessibleName(name)
        field.setToolTip(f"{name}: the stretch on which the error is looked at")
        field.valueChanged.connect(self._on_interval_changed)
        return field

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._title = QLabel("Come near to a target", self)
        self._title.setObjectName("heading")
        self._stretch = QHBoxLayout()
        self._to = QLabel("to", self)
        self._from = QLabel("x from", self)
        for widget in (self._from, self.low, self._to, self.high):
            self._stretch.addWidget(widget, 1 if widget in (self.low, self.high) else 0)
        self._column.addWidget(self._title)
        self._column.addWidget(self.picker)
        self._column.addWidget(self._complaint)
        self._column.addLayout(self._stretch)
        self._column.addWidget(self.pieces)
        self._column.addWidget(self.fit_button)
        self._column.addWidget(self.verdict)
        self._column.addWidget(self.plot)

    # --- what is shown --------------------------------------------------------------------------------------------------

    def show_state(self, state: MaxoutState, scene: LineScene, work: TargetWork) -> None:
        """Put everything where `state` has it; tells nobody."""
        self._is_following = True
        line = self.picker.lineEdit()
        title = title_of(state.target) if state.target else _NONE
        if line is not None and not line.hasFocus() and self.picker.currentText() != title:
            self.picker.setEditText(title)
        self.low.setValue(state.interval[0])
        self.high.setValue(state.interval[1])
        if not self.pieces.slider.isSliderDown():
            self.pieces.set_value(state.pieces)
        has_target = scene.target is not None
        for widget in (
            self._from,
            self._to,
            self.low,
            self.high,
            self.pieces,
            self.fit_button,
            self.verdict,
            self.plot,
        ):
            if widget.isHidden() == has_target:
                widget.setVisible(has_target)
        self._is_following = False
        if scene.target is None:
            return
        words = self._verdict(state, scene, work)
        if self.verdict.text() != words:
            self.verdict.setText(words)
        size, _ = work.dent(state)
        count = max(len(unit(state.lines)), len(unit(state.lines, True)))
        self.plot.show_errors(
            work.errors(state), 0.0 if state.has_second else size / 2, (count, scene.target.error) if count else None
        )

    def _verdict(self, state: MaxoutState, scene: LineScene, work: TargetWork) -> str:
        target = scene.target
        if target is None:
            return ""
        first = "There are no lines." if not scene.lines else f"Largest error {readable(target.error)}"
        if scene.lines:
            first += f" at x = {readable(target.place)}." if target.error else ": these lines are the target."
            best = work.errors(state)[state.pieces - 1]
            each = " each" if state.has_second else ""
            first += (
                f" The best {state.pieces}{each}: {readable(best)}."
                if state.pieces > 1
                else f" The best one{each}: {readable(best)}."
            )
        size, place = work.dent(state)
        if size and not state.has_second:
            first += (
                f" {target.title} is not convex (at x = {readable(place)} it stands {readable(size)} above its convex hull): "
                f"one unit's error stays above {readable(size / 2)}, however many lines it has."
            )
        return first

    def complain(self, sentence: str) -> None:
        """Say beneath the target what does not fit; "" says nothing."""
        self._complaint.setText(sentence)
        self._complaint.setVisible(bool(sentence))

    # --- what happens ---------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_picked(self, index: int) -> None:
        if not self._is_following:
            self.target_wanted.emit(str(self.picker.itemData(index) or ""))

    @Slot()
    def _on_typed(self) -> None:
        text = self.picker.currentText().strip()
        known = next((target.text for target in TARGETS if target.title.lower() == text.lower()), text)
        self.target_wanted.emit("" if text in ("", _NONE) else known)

    @Slot()
    def _on_interval_changed(self) -> None:
        if not self._is_following:
            self.interval_wanted.emit(self.low.value(), self.high.value())

    @Slot(float)
    def _on_pieces_moved(self, value: float) -> None:
        self.pieces_moved.emit(round(value))

    @Slot(float)
    def _on_pieces_settled(self, _value: float) -> None:
        self.pieces_settled.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._column.setSpacing(theme.gap(6))
        self._stretch.setSpacing(theme.gap(6))
        self._title.setFont(theme.font("heading"))
        self.verdict.setFont(theme.font("small"))
