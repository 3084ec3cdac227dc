"""CurvesSide: the left column of the view of curves: add, choose, remove, parameters, zones, the living cell. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from app.panels.activation.curves.formula_entry import FormulaEntry
from app.panels.activation.curves.function_table import FunctionTable
from app.panels.activation.curves.living_curve import SCALE_WORDS, LivingCurve
from app.panels.activation.curves.own_box import OwnBox
from app.panels.activation.curves.samples import Samples
from app.panels.activation.curves.state import LECTURE, CurvesState
from app.panels.activation.functions import PlottedFunction
from app.panels.activation.icon_button import IconButton
from app.panels.activation.parameter_box import ParameterBox
from app.panels.activation.side_column import SideColumn
from app.simulation.activation_functions import ACTIVATIONS
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.number_field import NumberField
from app.widgets.steady_box import SteadyBox
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

REST_MS = 120  # that a hand stands still, before the formula follows it
_INVITATION = "Add a function …"


class CurvesSide(SideColumn):
    """Tells what a person does; `show_state` puts everything where a state has it and tells nobody."""

    added = Signal(str)  # a key, or the name of a function of one's own
    zones_changed = Signal(bool, float)  # whether they are marked, and the threshold
    living_changed = Signal(object)  # factor on the sodium conductance, or None
    living_settled = Signal()

    def __init__(self, theme: Theme, setter: FormulaSetter, parent: QWidget | None = None) -> None:
        super().__init__(theme, (304, 250), parent)
        self._own_names: frozenset[str] = frozenset()
        self._own_count = 0
        self._latex = ("", "")
        self._rest = QTimer(
            self
        )  # setting a formula is 10 to 40 ms of Python beside the window's: not in every frame of a drag
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._show_formulas)
        self.picker = self._build_picker()
        self.table = FunctionTable(theme, self)
        self.copy_button = IconButton(
            theme,
            "copy",
            "Duplicate the chosen function (Ctrl+Shift+D), to compare two of its parameters",
            self,
            key="Ctrl+Shift+D",
        )
        self.remove_button = IconButton(theme, "trash", "Remove the chosen function (Delete)", self)
        self.entry = FormulaEntry(theme, self)
        self.parameters = ParameterBox(theme, self)
        self.own = OwnBox(theme, self)
        self.formulas = (FormulaView(theme, setter, parent=self), FormulaView(theme, setter, parent=self))
        self.zones_box = QCheckBox("Mark |f′| below", self)
        self.zones_box.setToolTip(
            "Shade where the chosen function passes almost no gradient (saturated) or none at all (dead)"
        )
        self.threshold = NumberField(0.0001, 1.0, 0.05, is_log=True, parent=self)
        self.threshold.setAccessibleName("Threshold of saturation")
        self.threshold.setToolTip("Below this slope a function counts as saturated")
        self.living_box = QCheckBox("Living cell (f-I curve)", self)
        self.living_box.setToolTip(
            "Lay over the functions how often a simulated nerve cell (Hodgkin and Huxley 1952) fires for a current"
        )
        self.sodium = ValueSlider(
            theme,
            "Sodium conductance",
            0.0,
            2.0,
            1.0,
            unit="×",
            tooltip="Of the living cell; 0 as under TTX",
            parent=self,
        )
        self.living_note = QLabel(self)
        self.living_note.setWordWrap(True)
        self.living_note.setObjectName("caption")
        self._lay_out()
        self.zones_box.toggled.connect(self._on_zones_changed)
        self.threshold.valueChanged.connect(self._on_zones_changed)
        self.living_box.toggled.connect(self._on_living_toggled)
        self.sodium.value_changed.connect(self._on_sodium_changed)
        self.sodium.value_settled.connect(self._on_sodium_settled)

    def _build_picker(self) -> QComboBox:
        """All functions, the lecture's first; typing finds one by any part of its name."""
        box = SteadyBox(self)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        others = sorted(
            (key for key in ACTIVATIONS if key not in LECTURE), key=lambda key: ACTIVATIONS[key].title.lower()
        )
        for key in (*LECTURE, *others):
            box.addItem(ACTIVATIONS[key].title, key)
        box.insertSeparator(len(LECTURE))
        completer = QCompleter(box.model(), box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        box.setCompleter(completer)
        box.setCurrentIndex(-1)
        line = box.lineEdit()
        assert line is not None
        line.setPlaceholderText(_INVITATION)
        box.setAccessibleName("Add a function")
        box.setToolTip("Choose a function to lay it over the others, or type a part of its name")
        line.installEventFilter(self)  # a click on the empty line shows what there is
        box.setMaxVisibleItems(20)
        box.setMinimumContentsLength(8)  # or the longest name would say how wide the column is
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(self._on_picked)
        line.returnPressed.connect(self._on_name_entered)
        return box

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.picker, 1)
        head.addWidget(self.copy_button)
        head.addWidget(self.remove_button)
        zones = QHBoxLayout()
        zones.addWidget(self.zones_box, 1)
        zones.addWidget(self.threshold)
        tab_in_order(self.picker, self.copy_button, self.remove_button, self.entry, self.table)
        self._column.addLayout(head)
        self._column.addWidget(self.entry)
        self._column.addWidget(self.table)
        for formula in self.formulas:
            self._column.addWidget(formula)
        self._column.addWidget(self.parameters)
        self._column.addWidget(self.own)
        self._column.addLayout(zones)
        self._column.addWidget(self.living_box)
        self._column.addWidget(self.sodium)
        self._column.addWidget(self.living_note)
        self._column.addStretch(1)
        self._begin()

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_state(
        self, state: CurvesState, functions: tuple[PlottedFunction, ...], samples: Samples, *, is_held: bool = False
    ) -> None:
        """Put everything where `state` has it."""
        self.table.show_state(state, functions, samples)
        selected = functions[state.selected] if functions else None
        self.parameters.show_function(selected)
        self.own.show_function(selected, self._own_names)
        self._latex = selected.latex if selected is not None else ("", "")
        if is_held:
            self._rest.start()
        else:
            self._show_formulas()
        for widget in (self.zones_box, self.threshold, self.living_box):
            widget.blockSignals(True)
        self.zones_box.setChecked(state.has_zones)
        self.threshold.setValue(state.threshold)
        for control in (self.zones_box, self.living_box, self.sodium):
            control.setEnabled(state.is_overlaid)  # each in a plot of its own shows neither
        self.threshold.setEnabled(state.has_zones and state.is_overlaid)
        self.living_box.setChecked(state.sodium is not None)
        for widget in (self.zones_box, self.threshold, self.living_box):
            widget.blockSignals(False)
        self.sodium.setVisible(state.sodium is not None)
        self.living_note.setVisible(state.sodium is not None)
        if state.sodium is not None and not self.sodium.slider.isSliderDown():
            self.sodium.set_value(state.sodium)
        self.copy_button.setEnabled(bool(functions))
        self.remove_button.setEnabled(bool(functions))

    @Slot()
    def _show_formulas(self) -> None:
        self._rest.stop()
        for view, latex in zip(self.formulas, self._latex, strict=True):
            view.setVisible(bool(latex))
            if latex:
                view.show_formula(latex)

    def rest(self) -> None:
        """Before the window closes: nothing follows any more."""
        self._rest.stop()

    @property
    def is_waiting(self) -> bool:
        """Whether a formula on show is still being set."""
        return self._rest.isActive() or any(formula.is_waiting for formula in self.formulas if not formula.isHidden())

    def show_own(self, names: tuple[str, ...]) -> None:
        """Functions of one's own stand first in the list of what can be added."""
        for _ in range(self._own_count):
            self.picker.removeItem(0)
        for place, name in enumerate(names):
            self.picker.insertItem(place, name, name)
        if names:
            self.picker.insertSeparator(len(names))
        self._own_count = len(names) + bool(names)
        self._own_names = frozenset(name.casefold() for name in names)
        self.picker.setCurrentIndex(-1)
        self.picker.clearEditText()

    def show_living(self, living: LivingCurve) -> None:
        """What the living cell's curve means, or why there is none."""
        words = living.complaint or ("The cell is being run …" if living.is_busy else SCALE_WORDS)
        if not living.complaint and not living.is_busy and living.is_silent:
            words = f"The cell stays silent: with so little sodium no spike rises through 0 mV. {SCALE_WORDS.partition('. ')[0]}."
        if words != self.living_note.text():
            self.living_note.setText(words)

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_picked(self, index: int) -> None:
        key = self.picker.itemData(index)
        self.picker.setCurrentIndex(-1)
        self.picker.clearEditText()
        if key:
            self.added.emit(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        line = self.picker.lineEdit()
        is_click = event.type() == QEvent.Type.MouseButtonRelease
        if is_click and watched is line and not self.picker.currentText():
            self.picker.showPopup()
        return super().eventFilter(watched, event)

    @Slot()
    def _on_name_entered(self) -> None:
        """Enter on a part of a name takes the first function that has it."""
        text = self.picker.currentText().strip().lower()
        found = [index for index in range(self.picker.count()) if text and text in self.picker.itemText(index).lower()]
        if found:
            self._on_picked(found[0])

    @Slot()
    def _on_zones_changed(self) -> None:
        self.zones_changed.emit(self.zones_box.isChecked(), self.threshold.value())

    @Slot(bool)
    def _on_living_toggled(self, is_on: bool) -> None:
        self.living_changed.emit(self.sodium.value() if is_on else None)
        self.living_settled.emit()

    @Slot(float)
    def _on_sodium_changed(self, sodium: float) -> None:
        self.living_changed.emit(sodium)

    @Slot(float)
    def _on_sodium_settled(self, _value: float) -> None:
        self.living_settled.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        theme = self._theme
        self.threshold.setFixedWidth(theme.px(92))
        self.living_note.setFont(theme.font("small"))
