"""The tools beside the traces: which rows, which probes, close-up, follow, save. Knows no recording."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QMenu, QToolButton, QWidget

from app.panels.neuron.cell_reading import CellGuide
from app.panels.neuron.probes import MOST_PROBES, ProbeList
from app.panels.neuron.state import TraceState
from app.panels.neuron.trace_data import ROWS
from app.panels.neuron.trace_no_return import NAME
from app.panels.neuron.trace_sweeps import MOST_SWEEPS
from app.widgets.icons import icon
from app.widgets.theme import Theme

EXPORTS = {
    "png": "Traces as a picture (PNG)…",
    "svg": "Traces as a drawing (SVG)…",
    "csv": "Probes as numbers (CSV)…",
    "gif": "The cell's last moments as a film (GIF)…",
    "text": "Copy the cell's parameters as text",
}


SPARE_PLACES = (  # (section, fraction): where a new probe stands, the first that has none; from there it is dragged
    ("hillock", 0.5),
    ("node 9", 0.5),
    ("dendrite 2", 0.6),
    ("dendrite 0", 0.1),
    ("node 0", 0.5),
    ("dendrite 4", 0.9),
    ("node 18", 0.5),
    ("dendrite 3", 0.3),
)


class TraceTools(QWidget):
    """A column of buttons; each tells what a person chose."""

    chosen = Signal(object)  # TraceState
    probes_chosen = Signal(str, object)  # "Add a probe" or "Take a probe away", all compartments then
    follow_pressed = Signal()
    export_asked = Signal(str)  # key of EXPORTS
    sweep_kept = Signal()
    sweeps_forgotten = Signal()

    def __init__(self, theme: Theme, guide: CellGuide, probes: ProbeList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._guide = guide
        self._probes = probes
        self._state = TraceState()
        self.rows_button = self._button(
            "curves", "Choose which curves are drawn: gates, currents, conductances, the point of no return …", "Rows"
        )
        self.probes_button = self._button("plus", "Add a probe, or take one away", "Probes")
        self.probes_menu = QMenu(self.probes_button)
        self.sweeps_button = self._button(
            "history", "Keep what this stimulus did, and lay it over what the next one does (K)", "Sweeps"
        )
        self.sweeps_menu = QMenu(self.sweeps_button)
        self.close_button = self._button(
            "close_up", "Close-up: the potential's range fits what is seen (C)", "Close-up"
        )
        self.close_button.setCheckable(True)
        self.follow_button = self._button("epoch", "Follow the moment shown again (F)", "Follow")
        self.export_button = self._button("export", "Save or copy what is seen", "Save")
        self.row_actions: dict[str, QAction] = {}
        self.export_actions: dict[str, QAction] = {}
        self._build()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _button(self, symbol: str, tip: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, symbol))
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _build(self) -> None:
        rows, exports = QMenu(self.rows_button), QMenu(self.export_button)
        for key, spec in ROWS.items():
            action = rows.addAction(f"{spec.title} ({spec.unit})" if spec.unit else spec.title)
            action.setCheckable(True)
            action.setToolTip(spec.description)
            action.triggered.connect(self._on_row_triggered)
            self.row_actions[key] = action
        rows.addSeparator()
        self.no_return_action = rows.addAction(f"{NAME} (T)")
        self.no_return_action.setCheckable(True)
        self.no_return_action.setToolTip(
            "Dotted: from there the cell would fire by itself. It moves with the channels' gates, so it is no fixed line; "
            "looked for while the cell stands. Out of reach: neither +40 mV nor a rise to −10 mV at the initial segment would do, "
            "as just after a spike"
        )
        self.no_return_action.toggled.connect(self._on_no_return_toggled)
        rows.setToolTipsVisible(True)
        for key, text in EXPORTS.items():
            action = exports.addAction(text)
            action.setData(key)
            action.triggered.connect(self._on_export_triggered)
            self.export_actions[key] = action
        self._fill_sweeps_menu()
        self.probes_menu.aboutToShow.connect(self._fill_probes_menu)
        self._fill_probes_menu()
        menus = (
            (self.rows_button, rows),
            (self.probes_button, self.probes_menu),
            (self.sweeps_button, self.sweeps_menu),
            (self.export_button, exports),
        )
        for button, menu in menus:
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setSizeConstraint(
            QLayout.SizeConstraint.SetNoConstraint
        )  # or it would ask for the height of one column
        self._rows = 0
        self.close_button.toggled.connect(self._on_close_toggled)
        self.follow_button.clicked.connect(self.follow_pressed)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        side = self.rows_button.sizeHint()
        return QSize(side.width(), 3 * side.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """One column where there is height for it, else as many as are needed: the curves must not be high for their tools."""
        buttons = self._all_buttons()
        side = buttons[0].sizeHint()
        rows = min(max(self.height() // max(side.height(), 1), 1), len(buttons))
        columns = -(-len(buttons) // rows)
        rows = -(-len(buttons) // columns)
        self.setFixedWidth(columns * side.width())
        if rows != self._rows:
            self._rows = rows
            for number, button in enumerate(buttons):
                self._grid.addWidget(button, number % rows, number // rows)
            for row in range(len(buttons) + 1):
                self._grid.setRowStretch(row, 1 if row == rows else 0)

    def _all_buttons(self) -> tuple[QToolButton, ...]:
        first = (self.rows_button, self.probes_button, self.sweeps_button)
        return (*first, self.close_button, self.follow_button, self.export_button)

    def show_state(self, state: TraceState, *, is_following: bool) -> None:
        """Put every tool in its place, without a signal."""
        self._state = state
        for key, action in self.row_actions.items():
            action.setChecked(key in state.rows)
        self.no_return_action.blockSignals(True)
        self.no_return_action.setChecked(state.has_no_return)
        self.no_return_action.blockSignals(False)
        self.every_sweep_action.blockSignals(True)
        self.every_sweep_action.setChecked(state.keeps_sweeps)
        self.every_sweep_action.blockSignals(False)
        self.forget_sweeps_action.setEnabled(bool(state.sweeps))
        self.close_button.blockSignals(True)
        self.close_button.setChecked(state.is_close)
        self.close_button.blockSignals(False)
        self.follow_button.setEnabled(not is_following)

    def _fill_sweeps_menu(self) -> None:
        menu = self.sweeps_menu
        menu.setToolTipsVisible(True)
        self.keep_sweep_action = menu.addAction("Keep this sweep (K)")
        self.keep_sweep_action.setToolTip("From the first stimulus to the moment shown, at each probe")
        self.keep_sweep_action.triggered.connect(self.sweep_kept)
        self.every_sweep_action = menu.addAction(f"Keep every sweep, the last {MOST_SWEEPS} (Shift+K)")
        self.every_sweep_action.setToolTip("When the next stimulus, or another run, begins")
        self.every_sweep_action.setCheckable(True)
        self.every_sweep_action.toggled.connect(self._on_every_sweep_toggled)
        menu.addSeparator()
        self.forget_sweeps_action = menu.addAction("Forget the kept sweeps")
        self.forget_sweeps_action.triggered.connect(self.sweeps_forgotten)

    @Slot(bool)
    def _on_every_sweep_toggled(self, keeps: bool) -> None:
        self.chosen.emit(msgspec.structs.replace(self._state, keeps_sweeps=keeps))

    @Slot()
    def _fill_probes_menu(self) -> None:
        menu, compartments = self.probes_menu, [probe.compartment for probe in self._probes.probes]
        menu.clear()
        add = menu.addAction("Add a probe, then drag its flag anywhere")
        add.setEnabled(len(compartments) < MOST_PROBES)
        add.triggered.connect(self._on_probe_added)
        menu.addSeparator()
        for number, compartment in enumerate(compartments):
            action = menu.addAction(f"Take away {number + 1}: {self._guide.names[compartment]}")
            action.setData(number)
            action.setEnabled(len(compartments) > 1)  # or there would be nothing to see
            action.triggered.connect(self._on_probe_taken)

    @Slot()
    def _on_probe_added(self) -> None:
        compartments = tuple(probe.compartment for probe in self._probes.probes)
        places = [self._guide.morphology.compartment(*place) for place in SPARE_PLACES]
        free = [place for place in places if place not in compartments]
        self.probes_chosen.emit("Add a probe", (*compartments, free[0]))

    @Slot()
    def _on_probe_taken(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            compartments = [probe.compartment for probe in self._probes.probes]
            del compartments[int(action.data())]
            self.probes_chosen.emit("Take a probe away", tuple(compartments))

    @Slot()
    def _on_row_triggered(self) -> None:
        rows = tuple(key for key, action in self.row_actions.items() if action.isChecked())
        if not rows:
            self.row_actions["voltage"].setChecked(True)  # at least one, or there would be nothing to see
        self.chosen.emit(msgspec.structs.replace(self._state, rows=rows or ("voltage",)))

    @Slot(bool)
    def _on_close_toggled(self, is_close: bool) -> None:
        self.chosen.emit(msgspec.structs.replace(self._state, is_close=is_close))

    @Slot(bool)
    def _on_no_return_toggled(self, is_shown: bool) -> None:
        self.chosen.emit(msgspec.structs.replace(self._state, has_no_return=is_shown))

    @Slot()
    def _on_export_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_asked.emit(str(action.data()))

    @Slot()
    def _on_theme_changed(self) -> None:
        side = self._theme.px(16)
        for button in self._all_buttons():
            button.setIconSize(QSize(side, side))
        self._lay_out()
