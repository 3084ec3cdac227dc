"""The curves: rows on one time axis with one crosshair through all of them, drawn from the run's history. Knows no session."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.monitor.curve_export import CurveSheet
from app.panels.monitor.curve_rows import ROWS, CurveRow, has_data
from app.panels.monitor.curve_scale import History, RunningMean, TimeAxis, round_up, smoothing_width
from app.panels.monitor.curve_tools import CurveTools
from app.panels.monitor.empty_curves import EmptyCurves
from app.panels.monitor.small_controls import ThemedLabel
from app.panels.monitor.state import CurvesState

if TYPE_CHECKING:
    from pyqtgraph import ViewBox

    from app.widgets.theme import Theme

FRAME_MS = 16
IDLE_MS = 150  # before and between the building of rows that nobody waits for
MOST_MARKS = 200
AXIS_TITLES = {"steps": "step", "epochs": "epoch", "seconds": "seconds"}


class CurvesView(QWidget):
    """Rows, tools and crosshair. `refresh()` asks for a redraw, which comes once a frame and only while awake."""

    shown_changed = Signal()  # what state() tells has changed by a person's hand

    def __init__(self, theme: Theme, history: History) -> None:
        super().__init__()
        self._theme = theme
        self._history = history
        self._means: dict[str, RunningMean] = {}
        self.tools = CurveTools(theme)
        self.sheet = CurveSheet(theme, self)
        self.rows: dict[str, CurveRow] = {}  # built when first needed: each costs 20 ms of the window's start
        self.empty = EmptyCurves(theme)
        self.x_title = ThemedLabel(theme, "step", "small", "muted")
        self.x_title.setParent(self.sheet)
        self._shown: list[str] = []
        self._x_kind = "steps"
        self._is_following = True
        self._x_range = (0.0, 10.0)
        self._at_step: float | None = None  # the crosshair
        self._is_awake = False
        self._is_dirty = True
        self._axis = TimeAxis.of("steps", history, 0.0)
        self._last_step = 0.0
        self._marks: list[tuple[float, str, str]] = []
        self._filled: set[str] = set(ROWS)
        self._left_out: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.redraw)
        self._builder = QTimer(self)
        self._builder.setSingleShot(True)
        self._builder.setInterval(IDLE_MS)
        self._builder.timeout.connect(self._build_next_row)
        self._build()
        self.apply_state(CurvesState())

    def _build(self) -> None:
        self.setAccessibleName("Curves of the run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        stack = QVBoxLayout(self.sheet)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        self._stack = stack
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tools)
        column.addWidget(self.empty, 1)
        column.addWidget(self.sheet, 1)
        self.sheet.hide()
        self.tools.x_chosen.connect(self._on_x_chosen)
        self.tools.rows_chosen.connect(self._on_rows_chosen)
        self.tools.log_toggled.connect(self._on_log_toggled)
        self.tools.smoothing_changed.connect(self._on_smoothing_changed)
        self.tools.follow_pressed.connect(self.follow)
        self.tools.export_asked.connect(self.sheet.ask_and_save)
        self._theme.changed.connect(self._on_theme_changed)

    def _row(self, key: str) -> CurveRow:
        """The row of `key`, built now if it was not."""
        if key not in self.rows:
            row = CurveRow(self._theme, ROWS[key], self._means)
            row.set_log(key == "loss" and self.tools.is_log)
            below = [other for other in ROWS if other in self.rows and list(ROWS).index(other) < list(ROWS).index(key)]
            self._stack.insertWidget(len(below), row, ROWS[key].height)
            row.viewport().installEventFilter(self)
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys go to the curves as a whole
            row.range_taken.connect(self._on_range_taken)
            box = row.plotItem.getViewBox()
            if self.rows:
                row.plotItem.setXLink(next(iter(self.rows.values())).plotItem)
            else:
                box.setXRange(*self._x_range, padding=0.0)
            box.sigXRangeChanged.connect(self._on_x_range_changed)
            self.rows[key] = row
        return self.rows[key]

    @Slot()
    def _build_next_row(self) -> None:
        """In the first idle moments after the window has been shown: one row at a time, so that none is felt."""
        missing = [key for key in self.tools.rows() if key not in self.rows]
        if missing and self._is_awake:
            self._row(missing[0]).hide()
            self._builder.start()

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> CurvesState:
        """What is shown, without the data."""
        return CurvesState(
            x_axis=self._x_kind,  # type: ignore[arg-type]
            rows=tuple(self.tools.rows()),  # type: ignore[arg-type]
            log_loss=self.tools.is_log,
            smoothing=self.tools.smoothing,
            follow=self._is_following,
            x_range=None if self._is_following else self._x_range,
            crosshair=self._at_step,
        )

    def apply_state(self, state: CurvesState) -> None:
        """Show what `state` says."""
        self.tools.show_choices(state.x_axis, list(state.rows), state.log_loss, state.smoothing)
        self._x_kind = state.x_axis
        self._is_following = state.follow or state.x_range is None
        if state.x_range is not None and not state.follow:
            self._x_range = state.x_range
        self._at_step = state.crosshair
        if "loss" in self.rows:
            self.rows["loss"].set_log(state.log_loss)
        for row in self.rows.values():
            row.follow()
        self.x_title.setText(AXIS_TITLES[self._x_kind])
        self._arrange()
        self.refresh()

    # --- data ---------------------------------------------------------------------------------------------------------

    def set_history(self, history: History) -> None:
        """Another run's history: what was known of the old one is forgotten."""
        self._history = history
        self._means.clear()
        self._marks = []
        self.refresh()

    def set_marks(self, marks: list[tuple[float, str, str]]) -> None:
        """(step, text, kind) of what happened: "value", "pause", "checkpoint" ..., see run_history.Mark."""
        self._marks = marks[-MOST_MARKS:]

    def set_awake(self, is_awake: bool) -> None:
        """A hidden view draws nothing; shown again it draws what it missed."""
        self._is_awake = is_awake
        if is_awake:
            self._builder.start()
            if self._is_dirty:
                self.refresh()

    def close_view(self) -> None:
        """Draw no more."""
        self._is_awake = False
        self._timer.stop()
        self._builder.stop()

    def hide_rows(self, keys: set[str]) -> None:
        """Leave rows out, whatever was chosen (a picture that is to be repeatable shows no speed)."""
        self._left_out = keys
        self._arrange()
        self.redraw()

    def refresh(self) -> None:
        """Draw anew, at the next frame."""
        self._is_dirty = True
        if self._is_awake and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def redraw(self) -> None:
        """Draw now."""
        self._is_dirty = False
        is_run = has_data(ROWS["loss"], self._history)
        if is_run == self.sheet.isHidden():
            self.sheet.setVisible(is_run)
            self.empty.setVisible(not is_run)
        if not is_run:
            return
        self._last_step = float(self._history.last_step)
        filled = {key for key in ROWS if has_data(ROWS[key], self._history)}
        if filled != self._filled or not self.rows:
            self._filled = filled
            self._arrange()
        self._axis = TimeAxis.of(self._x_kind, self._history, self._last_step)
        if self._is_following:
            self._follow_end()
        marks = np.array([step for step, _, kind in self._marks if kind != "checkpoint"], np.float64)
        saved = np.array([step for step, _, kind in self._marks if kind == "checkpoint"], np.float64)
        width = smoothing_width(self.tools.smoothing)
        for key in self._shown:
            self.rows[key].draw(self._history, self._axis, self._x_range, width, marks, saved)
        self._show_crosshair()

    def _x_box(self) -> ViewBox:
        """Of the row that all the others are linked to."""
        return next(iter(self.rows.values())).plotItem.getViewBox()

    def _follow_end(self) -> None:
        end = float(self._axis.values(np.array([self._last_step]))[0])
        least = {"steps": 10.0, "epochs": 1.0, "seconds": 1.0}[self._x_kind]
        right = round_up(max(end * 1.06, least))  # the direct labels stand in what is left
        if (0.0, right) != self._x_range:
            self._x_range = (0.0, right)
            self._x_box().setXRange(0.0, right, padding=0.0)

    # --- crosshair ----------------------------------------------------------------------------------------------------

    @property
    def crosshair_step(self) -> float | None:
        """Where the crosshair stands, in steps; None where it does not."""
        return self._at_step

    def place_crosshair(self, step: float | None) -> None:
        """Put the crosshair at `step` through all rows, or take it away."""
        self._at_step = None if step is None else min(max(0.0, step), max(1.0, self._last_step))
        self._show_crosshair()
        self.shown_changed.emit()

    def _show_crosshair(self) -> None:
        step = self._at_step
        at = None if step is None else float(self._axis.values(np.array([step]))[0])
        width = smoothing_width(self.tools.smoothing)
        for index, key in enumerate(self._shown):
            text = "" if index or step is None or at is None else self._place_text(step, at)
            self.rows[key].show_values(at, self._last_step if step is None else step, self._history, text, width)
        if step is not None:
            parts = [f"{name} {value:.4g}" for key in self._shown for name, value in self.rows[key].values.items()]
            self.setAccessibleDescription(f"Step {step:.0f}: " + ", ".join(parts))

    def _place_text(self, step: float, at: float) -> str:
        text = f"step {step:,.0f}"
        if self._x_kind != "steps":
            text = f"epoch {at:.2f}, {text}" if self._x_kind == "epochs" else f"{at:.2f} s, {text}"
        near = max(1.0, 6.0 * abs(self._x_range[1] - self._x_range[0]) / max(1, self.sheet.width()))
        for mark, what, _ in self._marks:
            if abs(float(self._axis.values(np.array([mark]))[0]) - at) <= near:
                text += f", {what}"
        return text

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
            self.place_crosshair(round(float(self._axis.steps(np.array([at]))[0])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._last_step:
            edges = self._axis.steps(np.array(self._x_range))
            stride = max(1.0, round(float(edges[1] - edges[0]) / 100.0))
            step = self._last_step if self._at_step is None else self._at_step
            self.place_crosshair(step + (stride if key == Qt.Key.Key_Right else -stride))
        elif key == Qt.Key.Key_Escape and self._at_step is not None:
            self.place_crosshair(None)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self._zoom(0.8 if key == Qt.Key.Key_Plus else 1.25)
        else:
            super().keyPressEvent(event)

    def _zoom(self, factor: float) -> None:
        low, high = self._x_range
        middle = (low + high) / 2.0
        if self._at_step is not None:
            middle = float(self._axis.values(np.array([self._at_step]))[0])
        self._on_range_taken(True, False)
        bounds = (middle + (low - middle) * factor, middle + (high - middle) * factor)
        self._x_box().setXRange(*bounds, padding=0.0)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def follow(self) -> None:
        """Follow the end of the run again, on all rows."""
        self._is_following = True
        for row in self.rows.values():
            row.follow()
        self.tools.show_following(True)
        self.refresh()
        self.shown_changed.emit()

    @Slot(bool, bool)
    def _on_range_taken(self, along_x: bool, along_y: bool) -> None:
        if along_x:
            self._is_following = False
        self.tools.show_following(False)
        self.shown_changed.emit()

    @Slot(object, object)
    def _on_x_range_changed(self, _box: object, bounds: tuple[float, float]) -> None:
        if not self._is_following and all(math.isfinite(bound) for bound in bounds):
            self._x_range = (float(bounds[0]), float(bounds[1]))
            self.refresh()

    @Slot(str)
    def _on_x_chosen(self, kind: str) -> None:
        self._x_kind = kind
        self.x_title.setText(AXIS_TITLES[kind])
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

    # --- arrangement --------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Show the chosen rows, as many as are legible: the first ones of their order stay when there is no room for all."""
        theme = self._theme
        bottom = theme.px(20)
        room = self.height() - self.tools.sizeHint().height() - bottom
        chosen = self.tools.rows()
        self._shown = []
        chosen = [key for key in chosen if key in self._filled and key not in self._left_out]
        for key in chosen:
            room -= theme.px(ROWS[key].height)
            if room >= 0 or not self._shown:
                self._shown.append(key)
        self.tools.show_room(len(chosen) - len(self._shown))
        self.empty.set_rows(self._shown)
        if not has_data(ROWS["loss"], self._history):
            return
        for key in self._shown:
            self._row(key)
        for key, row in self.rows.items():
            is_last = bool(self._shown) and key == self._shown[-1]
            row.setVisible(key in self._shown)
            row.plotItem.getAxis("bottom").setStyle(showValues=is_last)
            row.plotItem.getAxis("bottom").setHeight(bottom if is_last else theme.gap(4))
            row.plotItem.getAxis("left").setWidth(theme.px(46))
        self.x_title.adjustSize()
        self.x_title.move(theme.gap(4), self.sheet.height() - self.x_title.height() - 1)
        self.x_title.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self.refresh()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._arrange()
        self.refresh()

    def all_series(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Every series that a row can show: name -> steps, values."""
        names = [line.series for row in ROWS.values() for line in row.lines]
        found = {name: self._history.rows(name) for name in names}
        return {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in found.items() if len(x)}

    def save(self, path: Path) -> None:
        """Write the curves to `path` as PNG, SVG or CSV, by its ending."""
        self.sheet.save(path)
