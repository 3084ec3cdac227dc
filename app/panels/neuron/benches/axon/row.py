"""AxonRow: one axon with what is measured on it, its profile over its anatomy, and its space-time picture beside. Runs nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.panels.neuron.benches.axon.pixels import VoltagePixels
from app.panels.neuron.benches.axon.profile import ProfilePlot
from app.panels.neuron.benches.axon.recording import STIMULUS_LASTS_MS, STIMULUS_MS, AxonPicture, PairRecording
from app.panels.neuron.benches.axon.runs import RunsPlot
from app.panels.neuron.benches.axon.space_time import SpaceTimePlot
from app.panels.neuron.benches.axon.state import AxonState
from app.panels.neuron.benches.axon.strip import AxonStrip
from app.panels.neuron.benches.axon.words import (
    bare_verdict,
    live_text,
    myelinated_verdict,
    velocity_text,
)
from app.widgets.theme import Theme

_SIDE_TITLES = {"picture": "V(x, t): slope = velocity", "runs": "Velocities of your own runs"}

LOW = 190  # px of a row, below which names of axes would leave too little of its curves


class AxonRow(QWidget):
    """name: "myelinated" or "bare". Everything drawn is the recording at the time of the last `show_moment`."""

    def __init__(self, theme: Theme, name: str, pixels: VoltagePixels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name = name
        self._is_myelinated = name == "myelinated"
        self._recording: PairRecording | None = None
        self._state = AxonState()
        title = "Myelinated axon" if self._is_myelinated else "Bare axon"
        self.title = _line(title, "heading")
        self.velocity = _line("–", "title")
        self.velocity.setAccessibleName(f"Velocity, {title.lower()}")
        self.velocity.setToolTip(
            "Measured: the slope of a straight line through place over time of arrival, from node 10 to node 30; "
            "harm nearer to the ends shows in the delay alone"
            if self._is_myelinated
            else "Measured: the slope of a straight line through place over time of arrival"
        )
        self.verdict = _line("", "body")
        if self._is_myelinated:
            self.verdict.setToolTip("ms: how much later than in the unharmed axon the impulse comes to the last node")
        self.live = _line("", "body")
        self.live.setAccessibleName(f"Where the impulse is, {title.lower()}")
        self.profile = ProfilePlot(theme, f"V along the {title.lower()}", pixels)
        self.strip = AxonStrip(theme, pixels, is_myelinated=self._is_myelinated)
        self.picture = SpaceTimePlot(theme, f"V(x, t) of the {title.lower()}", pixels)
        self.side_title = _line(_SIDE_TITLES["picture"], "body")
        for plot in (self.profile, self.picture):
            plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.side = QStackedWidget()
        self.runs = RunsPlot(theme, name)
        self.side.addWidget(self.picture)
        self.side.addWidget(self.runs)
        self._build()
        self.strip.pointed.connect(self.profile.say)
        self.profile.plotItem.vb.sigResized.connect(self._on_plot_laid_out)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build(self) -> None:
        self._head = QHBoxLayout()
        for label in (self.title, self.velocity):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self._head.addWidget(label)
        self._head.addWidget(self.verdict, 1)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, parts in ((left, (self.live, self.profile, self.strip)), (right, (self.side_title, self.side))):
            column.setSpacing(0)
            for part in parts:
                column.addWidget(part, 1 if part in (self.profile, self.side) else 0)
            column.insertSpacing(1, self._theme.gap(4))
        self._body = QHBoxLayout()
        self._body.addLayout(left, 19)
        self._body.addLayout(right, 11)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._column.addLayout(self._body, 1)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def set_state(self, state: AxonState) -> None:
        """What the recording shown was made with; before there is one, what it will be made with."""
        self._state = state
        self.strip.set_state(state)
        self.runs.show_runs(state)
        if self._recording is None:
            self.profile.set_length(self.strip.length_mm)
            self._place_strip()
            _put(self.live, "waiting for the simulation …")

    def set_recording(self, recording: PairRecording, state: AxonState) -> None:
        """Another answer of the model, and what it was asked with."""
        self.set_state(state)
        self._recording = recording
        picture = self._picture
        self.profile.set_picture(picture, self.strip.length_mm)
        self.picture.set_recording(
            picture,
            recording.times_ms,
            recording.length_mm,
            recording.places_mm,
            has_slope=not (self._is_myelinated and recording.intact is not None),
        )

    @property
    def _picture(self) -> AxonPicture:
        assert self._recording is not None
        return self._recording.myelinated if self._is_myelinated else self._recording.bare

    def show_moment(self, shown_ms: float, *, is_hidden: bool = False, is_owed: bool = False) -> None:
        """Both axons at `shown_ms`.

        is_hidden: what is measured waits until it has happened before one's eyes; is_owed: a prediction comes first.
        """
        recording = self._recording
        if recording is None:
            return
        self._place_strip()
        frame = recording.frame(shown_ms)
        picture = self._picture
        v_mV = frame.myelinated if self._is_myelinated else frame.bare
        front = picture.front_mm(v_mV)
        ghost, intact_front = None, None
        if self._is_myelinated and recording.intact is not None and frame.intact is not None:
            ghost = (recording.intact.x_mm, frame.intact)
            intact_front = recording.intact.front_mm(frame.intact)
        self.profile.show_voltage(v_mV, front, ghost)
        self.strip.show_voltage(
            picture.x_mm,
            v_mV,
            picture.stretches_mm(v_mV),
            intact_front=intact_front,
            is_stimulated=_is_stimulated(shown_ms, self._state.second_ms),
        )
        self.picture.show_until(shown_ms)
        _put(self.live, live_text(picture, v_mV, shown_ms, is_owed))
        _put(self.velocity, velocity_text(recording, self.name, is_hidden, shown_ms))
        is_told = not is_hidden or shown_ms >= recording.all_measured_ms
        verdict = myelinated_verdict if self._is_myelinated else bare_verdict
        _put(self.verdict, verdict(recording, self._state) if is_told else "")

    def show_side(self, view: str) -> None:
        """Beside the axon: "picture", V(x, t), or "runs", the velocities measured so far."""
        self.side.setCurrentWidget(self.runs if view == "runs" else self.picture)
        _put(self.side_title, _SIDE_TITLES[view])

    # --- layout -------------------------------------------------------------------------------------------------------

    def _place_strip(self) -> None:
        """The strip under its profile, place for place."""
        self.strip.set_span(*self.profile.span())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.set_room(self.height())
        self._name_axes()

    def _name_axes(self) -> None:
        """The axes of both rows are the same: the lower one's are named, where that leaves the curves enough room."""
        has_room = self.height() >= self._theme.px(LOW)
        self.profile.show_place_label(has_room and not self._is_myelinated)
        self.picture.show_time_label(has_room and not self._is_myelinated)

    @Slot()
    def _on_plot_laid_out(self) -> None:
        self._place_strip()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._head.setSpacing(theme.gap(16))
        self._body.setSpacing(theme.gap(12))
        for label in (self.verdict, self.live, self.side_title):
            font = theme.font("body")
            font.setPixelSize(theme.px(14))
            label.setFont(font)
        self._name_axes()


def _is_stimulated(shown_ms: float, second_ms: float | None) -> bool:
    starts = [STIMULUS_MS] if second_ms is None else [STIMULUS_MS, STIMULUS_MS + second_ms]
    return any(start <= shown_ms < start + STIMULUS_LASTS_MS for start in starts)


def _line(text: str, role: str) -> QLabel:
    """A line that asks nobody for a new layout when its text changes."""
    label = QLabel(text)
    label.setObjectName(role)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label


def _put(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
