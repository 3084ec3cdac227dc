"""The board of curves: rows on one time axis, drawn from the run's history once a frame at most. Knows no session, no crosshair."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.monitor.curve_rows import CurveRow
from app.panels.monitor.curve_scale import History, smoothing_width
from app.panels.monitor.curve_sheet import CurveSheet
from app.panels.monitor.curve_subject import CurveSubject
from app.panels.monitor.curve_tools import CurveTools
from app.panels.monitor.drawing_rounds import DrawingRounds
from app.panels.monitor.empty_curves import EmptyCurves
from app.panels.monitor.laid_run import LaidRun
from app.panels.monitor.row_specs import ROWS
from app.panels.monitor.run_words import LegendEntry
from app.panels.monitor.shared_range import SharedRange

if TYPE_CHECKING:
    from app.widgets.frame_turns import FrameTurns
    from app.widgets.theme import Theme

IDLE_MS = 150  # before and between the building of rows that nobody waits for
MOST_MARKS = 200
_LEGEND_SHARE = 8  # of the height; a longer legend says less of each run


class CurveBoard(QWidget):
    """Rows and tools. `refresh` and `refresh_soon` ask for a redraw, which comes while awake: one row a frame, so that none is late."""

    shown_changed = Signal()  # what state() tells has changed by a person's hand

    def __init__(self, theme: Theme, history: History, turns: FrameTurns) -> None:
        super().__init__()
        self._theme = theme
        self.subject = CurveSubject(history)
        self.tools = CurveTools(theme)
        self.sheet = CurveSheet(theme, self.subject)
        self.rows = self.sheet.rows  # built when first needed: each costs 20 ms of the window's start
        self.empty = EmptyCurves(theme)
        self._shown: list[str] = []
        self.range = SharedRange(self.rows)
        self._is_awake = False
        self._marks: list[tuple[float, str, str]] = []
        self._filled: set[str] = set(ROWS)
        self._left_out: set[str] = set()
        self.rounds = DrawingRounds(_is_small, turns, self)
        self.rounds.frame_came.connect(self._on_frame_came)
        self._builder = QTimer(self)
        self._builder.setSingleShot(True)
        self._builder.setInterval(IDLE_MS)
        self._builder.timeout.connect(self._build_next_row)
        self._build()

    def _build(self) -> None:
        self.setAccessibleName("Curves of the run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tools)
        column.addWidget(self.empty, 1)
        column.addWidget(self.sheet, 1)
        self.sheet.hide()
        self.tools.follow_pressed.connect(self.follow)
        self.tools.export_asked.connect(self.sheet.ask_and_save)
        self._theme.changed.connect(self._on_theme_changed)

    def _row(self, key: str) -> CurveRow:
        """The row of `key`, built now if it was not."""
        if key not in self.rows:
            row = CurveRow(self._theme, ROWS[key])
            row.set_log(key == "loss" and self.tools.is_log)
            self.sheet.add_row(key, row)
            row.viewport().installEventFilter(self)
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys go to the curves as a whole
            row.range_taken.connect(self._on_range_taken)
            box = row.plotItem.getViewBox()
            box.setXRange(*self.range.bounds, padding=0.0)
            box.sigXRangeChanged.connect(self._on_x_range_changed)
        return self.rows[key]

    @Slot()
    def _build_next_row(self) -> None:
        """In the first idle moments after the window has been shown: one row at a time, so that none is felt."""
        missing = [key for key in self.tools.rows() if key not in self.rows]
        if missing and self._is_awake:
            self._row(missing[0]).hide()
            self._builder.start()

    # --- data ---------------------------------------------------------------------------------------------------------

    def set_marks(self, marks: list[tuple[float, str, str]]) -> None:
        """(step, text, kind) of what happened: "value", "pause", "checkpoint" ..., see run_history.Mark."""
        self._marks = marks[-MOST_MARKS:]

    def lay(self, laid: tuple[LaidRun, ...], entries: list[LegendEntry]) -> None:
        """Draw these kept runs behind the one that stands; entries: what names each run."""
        self.subject.laid = laid
        self.sheet.legend.show_entries(entries)
        self._arrange()  # the legend may take another line
        self.refresh()

    def set_awake(self, is_awake: bool) -> None:
        """A hidden view draws nothing; shown again it draws what it missed."""
        self._is_awake = is_awake
        if is_awake:
            self._builder.start()
        self.rounds.set_awake(is_awake, self._shown)

    def close_view(self) -> None:
        """Draw no more."""
        self._is_awake = False
        self.rounds.set_awake(False, [])
        self._builder.stop()

    def hide_rows(self, keys: set[str]) -> None:
        """Leave rows out, whatever was chosen (a picture that is to be repeatable shows no speed)."""
        self._left_out = keys
        for row in self.rows.values():
            row.follow()  # a calm range depends on when it was last looked at
        self._arrange()
        self.redraw()

    def refresh(self) -> None:
        """Draw anew, at the next frame."""
        self.rounds.ask(self._shown)

    def refresh_soon(self) -> None:
        """Draw what the run has brought, at the next frame if the last time is a while ago."""
        if self.sheet.isHidden():
            self.refresh()
        else:
            self.rounds.tell()

    @Slot()
    def _on_frame_came(self) -> None:
        """Draw the row whose turn it is."""
        before = list(self._shown)
        if self.rounds.begin(before) and not self._prepare():
            self.rounds.drop()
        else:
            key = self.rounds.next_row(self._shown, before != self._shown)
            if key is not None and (not self.rounds.is_for_news or self._has_moved(key)):
                self._draw([key])
            elif key is not None:
                self._show_values([key])
                self.rounds.leave_out(key)
        self.rounds.go_on()

    def _has_moved(self, key: str) -> bool:
        """Whether a row would look otherwise: its words follow every round."""
        return self.rows[key].has_moved(self.subject.place_of(self.subject.last_step), self.range.bounds)

    @Slot()
    def redraw(self) -> None:
        """Draw all rows now."""
        self.rounds.drop()
        if self._prepare():
            self._draw(self._shown)

    def _prepare(self) -> bool:
        """What all rows share: which they are, and the range along x. False where there is nothing to draw."""
        subject = self.subject
        is_any = subject.is_any
        has_begun = is_any and self.sheet.isHidden()
        if is_any == self.sheet.isHidden():
            self.sheet.setVisible(is_any)
            self.empty.setVisible(not is_any)
        if not is_any:
            return False
        subject.look()
        filled = subject.filled()
        if filled != self._filled or has_begun:
            self._filled = filled
            self._arrange()
        if self.range.is_following and self.range.follow(subject.end, subject.kind):
            self.rounds.widen(self._shown)
        return True

    def _draw(self, keys: list[str]) -> None:
        marks = np.array([step for step, _, kind in self._marks if kind != "checkpoint"], np.float64)
        saved = np.array([step for step, _, kind in self._marks if kind == "checkpoint"], np.float64)
        width = smoothing_width(self.tools.smoothing)
        for key in keys:
            self.range.give(self.rows[key])
            self.rows[key].kept.take(self.subject.laid, self.subject.kind)
            self.rows[key].draw(self.subject.history, self.subject.axis, self.range.bounds, width, marks, saved)
        self._show_values(keys)

    def _show_values(self, keys: list[str] | None = None) -> None:
        """Write into the rows `keys`, or all, what their curves have come to."""
        width = smoothing_width(self.tools.smoothing)
        for key in self._shown if keys is None else keys:
            self.rows[key].show_values(None, self.subject.last_step, self.subject.history, "", width)

    # --- range --------------------------------------------------------------------------------------------------------

    @Slot()
    def follow(self) -> None:
        """Follow the end of the run again, on all rows."""
        self.range.is_following = True
        for row in self.rows.values():
            row.follow()
        self.tools.show_following(True)
        self.refresh()
        self.shown_changed.emit()

    @Slot(bool, bool)
    def _on_range_taken(self, along_x: bool, along_y: bool) -> None:
        if along_x:
            self.range.is_following = False
            low, high = next(iter(self.rows.values())).plotItem.getViewBox().viewRange()[0]
            self.range.bounds = (float(low), float(high))
            self.refresh()
        self.tools.show_following(False)
        self.shown_changed.emit()

    @Slot(object, object)
    def _on_x_range_changed(self, _box: object, bounds: tuple[float, float]) -> None:
        if self.range.is_setting or not all(math.isfinite(bound) for bound in bounds):
            return
        self.range.show(float(bounds[0]), float(bounds[1]))
        if not self.range.is_following:
            self.range.bounds = (float(bounds[0]), float(bounds[1]))
            self.refresh()

    # --- arrangement --------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Show the chosen rows, as many as are legible: the first ones of their order stay when there is no room for all."""
        theme = self._theme
        bottom = theme.px(20)
        legend = self.sheet.legend.fit(self.width(), self.height() // _LEGEND_SHARE)
        room = self.height() - self.tools.sizeHint().height() - legend - bottom
        chosen = self.tools.rows()
        self._shown = []
        chosen = [key for key in chosen if key in self._filled and key not in self._left_out]
        large = sum(theme.px(ROWS[key].least_height) for key in chosen if ROWS[key].is_large)
        for key in chosen:
            room -= theme.px(ROWS[key].least_height)
            # where many lines lie, twice the height
            kept = large if self.subject.laid and not ROWS[key].is_large else 0
            if room >= kept or not self._shown:
                self._shown.append(key)
        self.tools.show_room(len(chosen) - len(self._shown))
        self.empty.set_rows(self._shown)
        if not self.subject.is_any:
            return
        for key in self._shown:
            self._row(key)
        self.sheet.show_rows(self._shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self.refresh()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._arrange()
        self.refresh()

    def save(self, path: Path) -> None:
        """Write the curves to `path` as PNG, SVG or CSV, by its ending."""
        self.sheet.save(path)


def _is_small(key: str) -> bool:
    return not ROWS[key].is_large
