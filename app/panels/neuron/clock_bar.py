"""ClockBar: play, pause, step, scrub and speed of anything that plays along an axis of milliseconds. Knows no cell.

What it drives has the few members of Playback: the living cell's session has them, and so has a bench's recorded answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from app.cell_clock import FASTEST, SLOWEST, SPEED_PRESETS, CellClock, speed_text
from app.panels.neuron.scrub_bar import ScrubBar
from app.widgets.grounded_label import GroundedLabel
from app.widgets.icons import icon
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme

_NOTCHES = 200
DT_MS = 0.01


class Playback(Protocol):
    """What a ClockBar drives. Times in ms; all members return at once."""

    @property
    def clock(self) -> CellClock:
        """Its speed, whether it plays, slow motion."""

    @property
    def shown_ms(self) -> float:
        """The moment shown."""

    @property
    def first_ms(self) -> float:
        """The earliest moment that can be shown."""

    @property
    def last_ms(self) -> float:
        """The newest moment that can be shown."""

    @property
    def is_live(self) -> bool:
        """Whether the moment shown is the newest."""

    @property
    def spikes_ms(self) -> Sequence[float]:
        """Where the scrub bar has its ticks."""

    @property
    def branch_ms(self) -> float | None:
        """Where this run left an earlier one, if it did."""

    def toggle(self) -> None:
        """Play or pause."""

    def step(self, span_ms: float) -> None:
        """Stand, and go on by span_ms, or back where it is negative."""

    def show_moment(self, time_ms: float) -> None:
        """Show this moment."""

    def go_live(self) -> None:
        """Show the newest moment."""

    def restart(self) -> None:
        """Back to the calm beginning."""


class ClockBar(QWidget):
    """One bar for one Playback. Call `refresh` whenever the playback's moment, speed or extent has changed.

    speed_changed: a person chose another speed or switched slow motion. step_ms: the smallest step. end_word: what the button
    that goes to the newest moment is called; only a living cell goes on from there.
    """

    speed_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        playback: Playback,
        parent: QWidget | None = None,
        *,
        step_ms: float = DT_MS,
        end_word: str = "Live",
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.playback = playback
        self._buttons: list[QToolButton] = []
        self._has_steps = True  # room for the buttons that step; their keys work without
        self.restart_button = self._button("reset", "Back to the calm state at 0 ms", "Restart")
        self.play_button = self._button("play", "Play or pause (Space)", "Play or pause")
        self.play_button.setObjectName("primary")
        self.step_buttons = {span: self._step_button(span) for span in (-1.0, -0.1, -step_ms, step_ms, 0.1, 1.0)}
        self.time_label = GroundedLabel(theme, "panel", "0.00 ms", self)
        self.time_label.setAccessibleName("Time shown")
        self.time_label.setToolTip("The moment shown, in ms of biology since the calm state")
        self.scrub = ScrubBar(theme, self)
        self.live_button = self._button("epoch", "Show the newest moment (End)", "Go to the newest moment")
        self.live_button.setText(end_word)
        self.live_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.speed_label = GroundedLabel(theme, "panel", "", self)
        self.speed_label.setAccessibleName("Speed")
        self.speed_label.setToolTip("How much time before your eyes one millisecond of biology takes, at this moment")
        self.speed_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.speed_slider.setRange(0, _NOTCHES)
        self.speed_slider.setAccessibleName("Speed, slider")
        self.speed_slider.setToolTip("Slower to the left (1 ms = 5 s), faster to the right (1 s = 1 s)")
        self.speed_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.preset_button = self._button("speed", "Speeds made for one thing to look at", "Speed presets")
        self.preset_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.slow_button = self._button(
            "", "Slows down by itself while a spike is in flight (Z)", "Slow motion around spikes"
        )
        self.slow_button.setText("Slow spikes")
        self.slow_button.setCheckable(True)
        self._build()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.refresh()

    # --- building -----------------------------------------------------------------------------------------------------

    def _button(self, symbol: str, tip: str, name: str) -> QToolButton:
        button = QToolButton(self)
        if symbol:
            button.setIcon(icon(self._theme, symbol))
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space and the digits from the panel
        self._buttons.append(button)
        return button

    def _step_button(self, span: float) -> QToolButton:
        keys = {1.0: "Shift+", 0.1: ""}.get(abs(span), "Alt+")
        key = f"{keys}{'.' if span > 0 else ','}"
        way = "on" if span > 0 else "back"
        button = self._button("", f"Stand, and go {way} by {abs(span):g} ms ({key})", f"{abs(span):g} ms {way}")
        button.setText(f"{'+' if span > 0 else '−'}{abs(span):g}")
        button.setProperty("span", span)
        button.setAutoRepeat(True)
        button.clicked.connect(self._on_step_clicked)
        return button

    def _build(self) -> None:
        menu = QMenu(self.preset_button)
        menu.setToolTipsVisible(True)
        for name, (speed, purpose) in SPEED_PRESETS.items():
            action = menu.addAction(f"{name.capitalize()}: {purpose}")
            action.setData(speed)
            action.triggered.connect(self._on_preset_triggered)
        self.preset_button.setMenu(menu)
        self._row = QHBoxLayout()
        spans = list(self.step_buttons)
        buttons = (
            self.restart_button,
            *(self.step_buttons[span] for span in spans[:3]),
            self.play_button,
            *(self.step_buttons[span] for span in spans[3:]),
        )
        for button in buttons:
            self._row.addWidget(button)
        tab_in_order(self.scrub, self.live_button, *buttons, self.preset_button, self.speed_slider, self.slow_button)
        self._row.addWidget(self.time_label)
        self._row.addStretch(1)
        for control in (self.speed_label, self.preset_button, self.speed_slider, self.slow_button):
            self._row.addWidget(control)
        self._grid = QGridLayout(self)
        self._grid.addWidget(self.scrub, 0, 0)
        self._grid.addWidget(self.live_button, 0, 1)
        self._grid.addLayout(self._row, 1, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restart_button.clicked.connect(self._on_restart_clicked)
        self.play_button.clicked.connect(self._on_play_clicked)
        self.live_button.clicked.connect(self._on_live_clicked)
        self.scrub.moved.connect(self._on_scrubbed)
        self.speed_slider.valueChanged.connect(self._on_speed_moved)
        self.slow_button.toggled.connect(self._on_slow_toggled)

    def add_tool(self, widget: QWidget) -> None:
        """Put another small control at the bar's right end."""
        self._row.addWidget(widget)

    def set_usable(self, is_usable: bool) -> None:
        """Whether there is anything to play."""
        for part in (self.play_button, self.scrub, *self.step_buttons.values()):
            part.setEnabled(is_usable)

    def _width_of_steps(self) -> int:
        steps = self.step_buttons.values()
        return sum(button.minimumSizeHint().width() + self._row.spacing() for button in steps)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width() - self._width_of_steps(), hint.height()) if self._has_steps else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        has_steps = self.width() >= self.minimumSizeHint().width() + self._width_of_steps()
        if has_steps != self._has_steps:
            self._has_steps = has_steps
            for button in self.step_buttons.values():
                button.setVisible(has_steps)
            self._row.invalidate()  # or the hint counts them until the next turn of the event loop
            self._grid.invalidate()

    # --- showing ------------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Show the playback as it stands."""
        playback, clock = self.playback, self.playback.clock
        self.time_label.show_text(f"{playback.shown_ms:.2f} ms")
        speed = clock.current if clock.is_playing else clock.speed
        self.speed_label.show_text(speed_text(speed))
        notch = round(_NOTCHES * math.log(clock.speed / SLOWEST) / math.log(FASTEST / SLOWEST))
        if notch != self.speed_slider.value():
            self.speed_slider.blockSignals(True)
            self.speed_slider.setValue(notch)
            self.speed_slider.blockSignals(False)
        if self.slow_button.isChecked() != clock.has_slow_motion:
            self.slow_button.blockSignals(True)
            self.slow_button.setChecked(clock.has_slow_motion)
            self.slow_button.blockSignals(False)
        if self.play_button.property("plays") != clock.is_playing:
            self.play_button.setProperty("plays", clock.is_playing)
            self.play_button.setIcon(icon(self._theme, "pause" if clock.is_playing else "play", "accent_text"))
        self.live_button.setEnabled(not playback.is_live)
        self.scrub.show_times(
            playback.first_ms, playback.last_ms, playback.shown_ms, playback.spikes_ms, playback.branch_ms
        )

    def toggle_slow_motion(self) -> None:
        """As the switch."""
        self.slow_button.toggle()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_play_clicked(self) -> None:
        self.playback.toggle()
        self.refresh()

    @Slot()
    def _on_restart_clicked(self) -> None:
        self.playback.restart()
        self.refresh()

    @Slot()
    def _on_live_clicked(self) -> None:
        self.playback.go_live()
        self.refresh()

    @Slot()
    def _on_step_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.playback.step(float(button.property("span")))
            self.refresh()

    @Slot(float)
    def _on_scrubbed(self, time_ms: float) -> None:
        self.playback.clock.is_playing = False
        self.playback.show_moment(time_ms)
        self.refresh()

    @Slot(int)
    def _on_speed_moved(self, notch: int) -> None:
        speed = SLOWEST * (FASTEST / SLOWEST) ** (notch / _NOTCHES)
        self.playback.clock.set_speed(float(f"{speed:.2g}"))
        self.refresh()
        self.speed_changed.emit()

    @Slot()
    def _on_preset_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.playback.clock.set_speed(float(action.data()))
            self.refresh()
            self.speed_changed.emit()

    @Slot(bool)
    def _on_slow_toggled(self, is_on: bool) -> None:
        self.playback.clock.has_slow_motion = is_on
        self.refresh()
        self.speed_changed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap(8)
        self._grid.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self._grid.setHorizontalSpacing(gap)
        self._grid.setVerticalSpacing(gap // 2)
        self._row.setSpacing(gap // 4)
        side = theme.px(16)
        for button in self._buttons:
            button.setIconSize(QSize(side, side))
            button.setFont(theme.font("small"))
        for label, widest in ((self.time_label, "99999.99 ms"), (self.speed_label, "999 ms = 1 s")):
            metrics = QFontMetricsF(theme.font("value"))
            label.setFont(theme.font("value"))
            # of a fixed size: another one has the bar laid out anew in each frame that plays
            label.setFixedSize(math.ceil(metrics.horizontalAdvance(widest)) + gap, math.ceil(metrics.height()) + 2)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.speed_slider.setFixedWidth(theme.px(110))
        self.play_button.setProperty("plays", None)
        self.refresh()
