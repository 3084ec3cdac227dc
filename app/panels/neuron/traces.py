"""TracesView: the potentials at the probes, and what else was recorded, scrolling with the moment shown. Knows no session."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.cell_recording import CellRecording
from app.cell_script import CellScript
from app.panels.neuron.cell_reading import CellGuide
from app.panels.neuron.probes import ProbeList
from app.panels.neuron.state import SPAN_RANGE, TraceState
from app.panels.neuron.trace_legend import Legend
from app.panels.neuron.trace_painter import TracePainter, number_text
from app.panels.neuron.trace_rows import Cell, TraceRows
from app.widgets.theme import Theme

AHEAD = 0.12  # of the span lies after the moment shown


class TracesView(QWidget):
    """Wheel: longer or shorter span; drag: earlier or later; double click or F: follow again; pointer: values at its moment.

    state_changed: a person chose other rows or another span. moment_picked: a person clicked on a moment (ms).
    window_moved: a person looks at another stretch of time.
    """

    state_changed = Signal()
    window_moved = Signal()
    moment_picked = Signal(float)

    def __init__(self, theme: Theme, guide: CellGuide, probes: ProbeList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows = TraceRows(guide)
        self._guide = guide
        self._probes = probes
        self._recording: CellRecording | None = None
        self._script: CellScript | None = None
        self._state = TraceState()
        self._panned_ms: float | None = None  # where the window begins, unless it follows
        self._drawn_ms = 0.0
        self._press: tuple[QPoint, float] | None = None
        self._has_dragged = False
        self.painter = TracePainter(theme)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Traces at the probes")
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._on_theme_changed)
        probes.changed.connect(self.update)
        self._on_theme_changed()

    # --- state --------------------------------------------------------------------------------------------------------

    @property
    def trace_state(self) -> TraceState:
        """Rows, span and range as chosen."""
        return self._state

    def set_trace_state(self, state: TraceState) -> None:
        """Show other rows or another span; tells nobody."""
        if state != self._state:
            self._state = state
            self.rows.forget_ranges()
            self._on_theme_changed()

    @property
    def is_following(self) -> bool:
        """Whether the window of time moves with the moment shown."""
        return self._panned_ms is None

    def follow(self) -> None:
        """The window of time moves with the moment shown again."""
        self._panned_ms = None
        self.update()
        self.window_moved.emit()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_recording(
        self, recording: CellRecording | None, script: CellScript, shown_ms: float, *, is_playing: bool = False
    ) -> None:
        """Draw `recording` around `shown_ms`; called once a frame.

        While it plays, a frame in which nothing moves by a pixel is left out: in slow motion three in four are.
        """
        is_same = recording is self._recording and script is self._script
        self._recording, self._script = recording, script
        self.painter.shown_ms = shown_ms
        pixel_ms = self._state.span_ms / max(self.width() - self.painter.left, 1.0)
        low, high = self.window_ms
        if is_playing and not low <= shown_ms <= high:
            self._panned_ms = None  # what plays is looked at
        if not (is_playing and is_same and abs(shown_ms - self._drawn_ms) < pixel_ms):
            self._drawn_ms = shown_ms
            self.update()

    @property
    def window_ms(self) -> tuple[float, float]:
        """The stretch of time on show, ms."""
        span = self._state.span_ms
        if self._panned_ms is not None:
            return self._panned_ms, self._panned_ms + span
        end = self.painter.shown_ms + AHEAD * span
        return max(0.0, end - span), max(0.0, end - span) + span

    def values_at(self, time_ms: float) -> list[float]:
        """The potential at each probe at `time_ms`, mV: what the line of names says."""
        if self._recording is None:
            return []
        frame = self._recording.frame(time_ms)
        return [float(frame.voltage_mV[probe.compartment]) for probe in self._probes.probes]

    def paint(self, painter: QPainter, size: QSize, *, is_vector: bool = False) -> None:
        """Draw at `size`, on screen or into a file."""
        self.painter.is_vector = is_vector
        self._prepare(size)
        self.painter.draw(painter, size.width(), size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self.paint(painter, self.size())
        finally:
            painter.end()  # one that is left open brings the window down

    def _prepare(self, size: QSize) -> None:
        picture = self.painter
        picture.window = self.window_ms
        probes = tuple((probe.compartment, probe.color) for probe in self._probes.probes)
        columns = max(size.width() - int(picture.left), 50)
        cell = None if self._script is None else Cell(self._recording, self._script, picture.shown_ms)
        picture.rows = self.rows.rows(cell, self._state, probes, picture.window, columns, is_file=picture.is_vector)
        picture.lay_out(size.width(), size.height())
        at = picture.pointer_ms
        if at is None or (self._recording is not None and at > self._recording.last_ms):
            at = picture.shown_ms
        values = self.values_at(at)
        picture.legend = [
            Legend(
                str(number + 1),
                f"series_{probe.color % 8}",
                _short(self._guide.names[probe.compartment]),
                f"{number_text(values[number])} mV" if values else "",
            )
            for number, probe in enumerate(self._probes.probes)
        ]

    # --- what a person does -------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120.0
        if not self.painter.rows or not turns:
            return
        at = self.painter.time_at(event.position().x())
        self.zoom(0.8**turns, at)
        event.accept()

    def zoom(self, factor: float, at_ms: float | None = None) -> None:
        """Make the span `factor` times as long; a window that does not follow keeps `at_ms` in its place."""
        before = self._state.span_ms
        span = min(max(before * factor, SPAN_RANGE[0]), SPAN_RANGE[1])
        if self._panned_ms is not None and at_ms is not None:
            self._panned_ms = max(0.0, at_ms - (at_ms - self._panned_ms) * span / before)
        self._state = msgspec.structs.replace(self._state, span_ms=float(f"{span:.4g}"))
        self.update()
        self.state_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.painter.rows:
            self._press = (event.position().toPoint(), self.window_ms[0])
            self._has_dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.painter.rows:
            return
        if self._press is not None:
            start, window = self._press
            moved = event.position().x() - start.x()
            if self._has_dragged or abs(moved) > 4:
                self._has_dragged = True
                low, high = self.painter.window
                self._panned_ms = max(0.0, window - moved * (high - low) / self.painter.rows[0].rect.width())
                self.window_moved.emit()
        self.painter.pointer_x = event.position().x()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and not self._has_dragged and event.position().x() >= self.painter.left:
            self.moment_picked.emit(self.painter.time_at(event.position().x()))
        self._press = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.follow()

    def leaveEvent(self, event: QEvent) -> None:
        self.painter.pointer_x = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.follow()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.8, self.painter.shown_ms)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1.25, self.painter.shown_ms)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(600, self.minimumHeight() + self._theme.px(40))

    @Slot()
    def _on_theme_changed(self) -> None:
        extra = len(self._state.rows) - 1
        self.setMinimumHeight(self._theme.px(112) + extra * self._theme.px(46))
        self.updateGeometry()
        self.update()


def _short(name: str) -> str:
    """A place's name with room for its value beside it."""
    return {"Axon initial segment": "Initial segment", "Axon terminal (bouton)": "Bouton"}.get(
        name, name.partition(" from")[0]
    )
