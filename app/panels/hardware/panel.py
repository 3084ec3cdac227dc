"""The hardware panel: what the training asks of this machine, now and over the last minute. Samples nothing itself."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panel import Panel, State
from app.panels.hardware.panel_commands import hardware_keys
from app.panels.hardware.readings import LastMinute, StripSpec, machine_in_words, strips_for
from app.panels.hardware.state import HardwareState, from_json, to_json
from app.panels.hardware.step_phases import PHASES, StepPhases
from app.panels.hardware.strip import Strip
from app.widgets.icons import icon
from app.workspace import Workspace
from trainers.events import AnyEvent, RunStarted, StepReport
from trainers.hardware import HardwareSample

_CURVES_EVERY = 3  # samples: figures change ten times a second, a curve (1.5 ms to draw) three times


class HardwarePanel(Panel):
    """Figures in large type beside their last minute, on one time axis; below, how one training step spends its time.

    Asks the monitor to sample while it is shown, and only then.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._minute = LastMinute()
        self._gpu = 0
        self._device_memory: int | None = None
        self._turn = 0
        self._column_count = 0
        self._specs: tuple[StripSpec, ...] = ()
        self.strips: list[Strip] = []
        self.headline = QLabel("Looking at this machine …", self)
        self.headline.setWordWrap(True)
        self.gpu_choice = QComboBox(self)
        self.gpu_choice.setAccessibleName("Graphics card")
        self.gpu_choice.setToolTip("Choose the graphics card whose figures and curves are shown")
        self.gpu_choice.hide()
        self.hold_button = QToolButton(self)
        self.hold_button.setCheckable(True)
        self.hold_button.setIcon(icon(workspace.theme, "pause"))
        self.hold_button.setAccessibleName("Hold the curves")
        self.hold_button.setToolTip("Hold figures and curves still to read them (H); sampling goes on behind")
        self.hold_button.setShortcut("H")
        self._head = QHBoxLayout()
        self._head.addWidget(self.headline, 1)
        self._head.addWidget(self.gpu_choice)
        self._head.addWidget(self.hold_button, 0, Qt.AlignmentFlag.AlignTop)
        self.phases = StepPhases(workspace.theme, self)
        self._grid_widget = QWidget(self)
        self._grid = QGridLayout(self._grid_widget)
        self._scroll = QScrollArea(self)
        self._scroll.setAccessibleName("Figures and curves")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._grid_widget)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._head)
        self._layout.addWidget(self._scroll, 1)
        self._layout.addWidget(self.phases)
        self._build_strips(strips_for(has_gpu=False))
        self.phases.due.connect(self._on_phases_due)
        self.gpu_choice.activated.connect(self._on_gpu_chosen)
        self.hold_button.toggled.connect(self._on_hold_toggled)
        workspace.hardware.sampled.connect(self._on_sampled)
        workspace.training.events_arrived.connect(self._on_events_arrived)
        workspace.theme.changed.connect(self._on_theme_changed)
        self.awake_changed.connect(self._on_awake_changed)
        self._on_theme_changed()
        if workspace.hardware.latest is not None:
            self._take(workspace.hardware.latest)
        self._take_up_run()

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        return to_json(HardwareState(self._gpu, self.hold_button.isChecked()))

    def apply(self, state: State) -> None:
        wanted = from_json(state)
        self._choose_gpu(wanted.gpu)
        self.gpu_choice.setCurrentIndex(min(wanted.gpu, self.gpu_choice.count() - 1))
        self.hold_button.setChecked(wanted.is_held)
        self._show_all()

    def key_rows(self) -> list[tuple[str, str]]:
        return hardware_keys()

    def close_panel(self) -> None:
        self.workspace.hardware.unwatch(self)
        self.workspace.turns.forget(self)

    def _choose_gpu(self, index: int) -> None:
        self._gpu = index
        self._minute.choose_gpu(index)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def _take(self, sample: HardwareSample) -> None:
        self._minute.append(sample, self._device_memory)
        if not self._is_following:
            return
        self._turn = (self._turn + 1) % _CURVES_EVERY
        turns = self.workspace.turns
        turns.ask(self, "figures", self._show_figures, is_light=True)
        for number in range(self._turn, len(self.strips), _CURVES_EVERY):
            is_light = len(self.strips[number].keys) == 1
            turns.ask(self, number, partial(self._show_curve, number), is_light=is_light)

    def _show_figures(self) -> None:
        """The newest figures, in a turn of their own."""
        sample = self._minute.latest
        if sample is not None and self._is_following:
            self._show_machine(sample)
            self._show_values()

    def _show_curve(self, number: int) -> None:
        """The last minute of one strip, in a turn of its own."""
        if self._is_following:
            self._show_curves(self.strips[number : number + 1])

    def _show_phases(self) -> None:
        """How the last steps were shared out, in a turn of its own: it met the curves in one frame in ten."""
        if self._is_following:
            self.phases.refresh()

    @property
    def _is_following(self) -> bool:
        return self.is_awake and not self.hold_button.isChecked()

    def _show_all(self) -> None:
        """Everything at once: after a while asleep or held, or with another card."""
        sample = self._minute.latest
        self.phases.refresh()
        if sample is None:
            return
        self._show_machine(sample)
        self._show_values()
        self._show_curves(self.strips)

    def _show_values(self) -> None:
        values = self._minute.values
        for strip in self.strips:
            strip.show_values(values)

    def _show_curves(self, strips: list[Strip]) -> None:
        values = self._minute.values
        x, curves = self._minute.curves(tuple(key for strip in strips for key in strip.keys))
        now = self._minute.latest.time if self._minute.latest is not None else 0.0
        for strip in strips:
            strip.show_curves(x, curves, values.get(strip.spec.total), now, self._minute.known_s)

    def _show_machine(self, sample: HardwareSample) -> None:
        """The headline, the choice of cards, and the strips that this machine has."""
        names = [f"GPU {gpu.index}" for gpu in sample.gpus]  # which one it is, the headline says
        if [self.gpu_choice.itemText(number) for number in range(self.gpu_choice.count())] != names:
            self.gpu_choice.clear()
            self.gpu_choice.addItems(names)
            self._choose_gpu(min(self._gpu, max(len(names) - 1, 0)))
            self.gpu_choice.setCurrentIndex(self._gpu)
            self.gpu_choice.setVisible(len(names) > 1)
        run = self.workspace.training.run
        text = machine_in_words(sample, self._gpu, "" if run is None else run.device)
        if self.headline.text() != text:
            self.headline.setText(text)
        self._build_strips(strips_for(bool(sample.gpus)))

    def _build_strips(self, specs: tuple[StripSpec, ...]) -> None:
        if specs == self._specs:
            return
        self._specs = specs
        for strip in self.strips:
            self._grid.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        self.strips = [Strip(self.workspace.theme, spec, self._grid_widget) for spec in specs]
        self._column_count = 0
        self._arrange()

    def _arrange(self) -> None:
        """One column, sharing one time axis; two where the panel is too low for one and wide enough."""
        theme = self.workspace.theme
        width = self.width() - theme.px(12) - 2 * theme.gap(8)
        needed = sum(strip.least_height() + self._grid.verticalSpacing() for strip in self.strips) + theme.px(44)
        room = self.height() - self.phases.sizeHint().height() - theme.px(48)
        columns = 2 if needed > room and width >= theme.px(620) else 1
        rows = -(-len(self.strips) // columns)
        is_stacked = width // columns < max(strip.figures_width() for strip in self.strips) + theme.px(210)
        # of an odd number the first, the processor's, is as wide as both columns: no corner stays empty
        is_wide = columns == 2 and len(self.strips) % 2 == 1
        if columns != self._column_count:
            self._column_count = columns
            for number, strip in enumerate(self.strips):
                if not is_wide:
                    self._grid.addWidget(strip, number % rows, number // rows)
                elif number == 0:
                    self._grid.addWidget(strip, 0, 0, 1, 2)
                else:
                    self._grid.addWidget(strip, (number + 1) // 2, (number + 1) % 2)
                strip.show()
            for column in range(2):
                self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for number, strip in enumerate(self.strips):
            strip.set_stacked(is_stacked)
            strip.show_axis(number >= len(self.strips) - columns if is_wide else number % rows == rows - 1)
            strip.setMinimumHeight(strip.least_height())
        for row in range(len(self.strips)):
            self._grid.setRowStretch(row, 1 if row < rows else 0)

    # --- what happened ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot(object)
    def _on_sampled(self, sample: HardwareSample) -> None:
        self._take(sample)

    @Slot(list)
    def _on_events_arrived(self, events: list[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, RunStarted):
                self._device_memory = None
                self.phases.begin(has_waits=event.device == "cuda")
            elif isinstance(event, StepReport):
                if event.device_memory is not None:
                    self._device_memory = event.device_memory
                self.phases.take(event.phases, self._seconds_per_step(event))
        if self._is_following:
            self.phases.refresh_soon()

    def _take_up_run(self) -> None:
        """What is known of the run on show, which began before this panel was opened."""
        run, history = self.workspace.training.run, self.workspace.training.history
        if run is not None:
            self.phases.begin(has_waits=run.device == "cuda", is_new=False)
            known = {key: history.last(key) for key, _, _ in PHASES}
            self.phases.take({key: seconds for key, seconds in known.items() if seconds is not None})
            self.phases.refresh()

    def _seconds_per_step(self, event: StepReport) -> float | None:
        """Of the steps that were reported, timed ones among them; None where that is not known."""
        batch = self.workspace.training.in_effect.get("batch_size")
        return batch / event.samples_per_second if batch and event.samples_per_second > 0 else None

    @Slot()
    def _on_phases_due(self) -> None:
        self.workspace.turns.ask(self, "phases", self._show_phases)

    @Slot(int)
    def _on_gpu_chosen(self, index: int) -> None:
        self._choose_gpu(max(index, 0))
        self._show_all()
        self.state_changed.emit()

    @Slot(bool)
    def _on_hold_toggled(self, is_held: bool) -> None:
        if not is_held:
            self._show_all()
        self.state_changed.emit()

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        if is_awake:
            self.workspace.hardware.watch(self)
            self.workspace.hardware.start()
            self._show_all()
        else:
            self.workspace.hardware.unwatch(self)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.workspace.theme
        gap = theme.gap(8)
        self.headline.setFont(theme.font("heading"))
        self.hold_button.setIconSize(QSize(theme.px(18), theme.px(18)))
        self._layout.setContentsMargins(gap, gap, gap, gap)
        self._layout.setSpacing(gap)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap)
        self._grid.setHorizontalSpacing(2 * gap)
        self._arrange()
        self._show_all()
