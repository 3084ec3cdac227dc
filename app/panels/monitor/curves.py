"""The curves as a person uses them: one crosshair through all rows, the tools, the keys, the state. Knows no session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.panels.monitor.curve_board import CurveBoard
from app.panels.monitor.curve_rows import CurveRow
from app.panels.monitor.curve_scale import History, smoothing_width
from app.panels.monitor.state import CurvesState

if TYPE_CHECKING:
    from app.widgets.frame_turns import FrameTurns
    from app.widgets.theme import Theme

AXIS_TITLES = {"steps": "step", "epochs": "epoch", "seconds": "seconds"}


class CurvesView(CurveBoard):
    """The board with its crosshair; what a person does to it is told by `shown_changed`."""

    def __init__(self, theme: Theme, history: History, turns: FrameTurns) -> None:
        self._at_step: float | None = None  # the crosshair
        super().__init__(theme, history, turns)
        self.tools.x_chosen.connect(self._on_x_chosen)
        self.tools.rows_chosen.connect(self._on_rows_chosen)
        self.tools.log_toggled.connect(self._on_log_toggled)
        self.tools.smoothing_changed.connect(self._on_smoothing_changed)
        self.apply_state(CurvesState())

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> CurvesState:
        """What is shown, without the data."""
        return CurvesState(
            x_axis=self.subject.kind,  # type: ignore[arg-type]
            rows=tuple(self.tools.rows()),  # type: ignore[arg-type]
            log_loss=self.tools.is_log,
            smoothing=self.tools.smoothing,
            follow=self.range.is_following,
            x_range=None if self.range.is_following else self.range.bounds,
            crosshair=self._at_step,
        )

    def apply_state(self, state: CurvesState) -> None:
        """Show what `state` says."""
        self.tools.show_choices(state.x_axis, list(state.rows), state.log_loss, state.smoothing)
        self.subject.kind = state.x_axis
        self.range.is_following = state.follow or state.x_range is None
        if state.x_range is not None and not state.follow:
            self.range.bounds = state.x_range
            self.range.show(*state.x_range)
        self._at_step = state.crosshair
        self.tools.show_following(self.range.is_following)
        if "loss" in self.rows:
            self.rows["loss"].set_log(state.log_loss)
        for row in self.rows.values():
            row.follow()
        self.sheet.show_x_title(AXIS_TITLES[self.subject.kind])
        self._arrange()
        self.refresh()

    # --- crosshair ----------------------------------------------------------------------------------------------------

    @property
    def crosshair_step(self) -> float | None:
        """Where the crosshair stands, in steps; None where it does not."""
        return self._at_step

    def place_crosshair(self, step: float | None) -> None:
        """Put the crosshair at `step` through all rows, or take it away."""
        self._at_step = None if step is None else min(max(0.0, step), max(1.0, self.subject.end_step))
        self._show_values()
        self.shown_changed.emit()

    def _show_values(self, keys: list[str] | None = None) -> None:
        step = self._at_step
        at = None if step is None else self.subject.place_of(step)
        width = smoothing_width(self.tools.smoothing)
        for index, key in enumerate(self._shown):
            if keys is not None and key not in keys:
                continue
            text = "" if index or step is None or at is None else self._place_text(step, at)
            shown = self.subject.last_step if step is None else step
            self.rows[key].show_values(at, shown, self.subject.history, text, width)
        if step is not None:
            parts = [f"{name} {value:.4g}" for key in self._shown for name, value in self.rows[key].values.items()]
            self.setAccessibleDescription(f"Step {step:.0f}: " + ", ".join(parts))

    def _place_text(self, step: float, at: float) -> str:
        text = f"step {step:,.0f}"
        if self.subject.kind != "steps":
            text = f"epoch {at:.2f}, {text}" if self.subject.kind == "epochs" else f"{at:.2f} s, {text}"
        near = 6.0 * abs(self.range.bounds[1] - self.range.bounds[0]) / max(1, self.sheet.width())
        marks = (what for mark, what, _ in self._marks if abs(self.subject.place_of(mark) - at) <= near)
        return ", ".join([text, *dict.fromkeys(marks)])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and not event.buttons():
            row = next((row for row in self.rows.values() if row.viewport() is watched), None)
            if row is not None:
                self._follow_pointer(row, event.position())
        elif event.type() == QEvent.Type.Leave and any(row.viewport() is watched for row in self.rows.values()):
            self.place_crosshair(None)
        return super().eventFilter(watched, event)

    def _follow_pointer(self, row: CurveRow, position: QPointF) -> None:
        box = row.plotItem.getViewBox()
        scene = row.mapToScene(position.toPoint())
        if box.sceneBoundingRect().left() <= scene.x() <= box.sceneBoundingRect().right():
            at = box.mapSceneToView(QPointF(scene)).x()
            self.place_crosshair(round(float(self.subject.axis.steps(np.array([at]))[0])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.subject.end_step:
            edges = self.subject.axis.steps(np.array(self.range.bounds))
            stride = max(1.0, round(float(edges[1] - edges[0]) / 100.0))
            step = self.subject.last_step if self._at_step is None else self._at_step
            self.place_crosshair(step + (stride if key == Qt.Key.Key_Right else -stride))
        elif key == Qt.Key.Key_Escape and self._at_step is not None:
            self.place_crosshair(None)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self._zoom(0.8 if key == Qt.Key.Key_Plus else 1.25)
        else:
            super().keyPressEvent(event)

    def _zoom(self, factor: float) -> None:
        low, high = self.range.bounds
        middle = (low + high) / 2.0
        if self._at_step is not None:
            middle = self.subject.place_of(self._at_step)
        self._on_range_taken(True, False)
        bounds = (middle + (low - middle) * factor, middle + (high - middle) * factor)
        self.range.bounds = bounds
        self.range.show(*bounds)
        self.refresh()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_x_chosen(self, kind: str) -> None:
        self.subject.kind = kind
        self.sheet.show_x_title(AXIS_TITLES[kind])
        self.follow()

    @Slot(list)
    def _on_rows_chosen(self, _rows: list[str]) -> None:
        self._arrange()
        self.refresh()
        self.shown_changed.emit()

    @Slot(bool)
    def _on_log_toggled(self, is_log: bool) -> None:
        if "loss" in self.rows:
            self.rows["loss"].set_log(is_log)
        self.refresh()
        self.shown_changed.emit()

    @Slot(int)
    def _on_smoothing_changed(self, _notch: int) -> None:
        self.refresh()
        self.shown_changed.emit()
