"""The Cell bench: a card beside the living cell with all that one can do to it. Fires and changes through the panel's CellHand."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.panel import StateError, state_from
from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.benches.cell.equations import BADGE, EquationsDialog
from app.panels.neuron.benches.cell.presets import PRESETS
from app.panels.neuron.benches.cell.sections import (
    ElectrodeSection,
    FireSection,
    LookSection,
    MembraneSection,
    Section,
    SynapseSection,
)
from app.simulation.biology.stage import INPUTS
from app.widgets.formula_view import FormulaSetter

SCHEMA = 1


class CellBenchState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """count: what the large button fires; preset: the condition that was picked last. The rest is the panel's."""

    count: Annotated[int, Meta(ge=1, le=INPUTS)] = 10
    preset: str = "healthy"
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA


def read(raw: BenchState) -> CellBenchState:
    """`raw` as a state; StateError with the key named for what cannot be."""
    state = state_from(raw, CellBenchState, "The Cell bench", SCHEMA)
    names = [preset.name for preset in PRESETS]
    if state.preset not in names:
        raise StateError(f"preset is '{state.preset}', which is none of {', '.join(names)}.", "preset")
    return state


class CellBench(Bench):
    """Sections one below the other; what they show follows the cell and the hand."""

    keeps_cell = True

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        assert context.hand is not None
        self._state = CellBenchState()
        self.fire = FireSection(context)
        self.electrode = ElectrodeSection(context)
        self.synapses = SynapseSection(context)
        self.membrane = MembraneSection(context)
        self.look = LookSection(context)
        self.badge = QPushButton("How it is computed …")
        self.badge.setAutoDefault(False)
        self.badge.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.badge.setToolTip(f"{BADGE}: show the equations with their present numbers")
        self.badge.setAccessibleName(BADGE)
        self._plan = context.session.shown_plan
        self._dialog: EquationsDialog | None = None
        self._setter = FormulaSetter(self)
        self._column = QVBoxLayout(self)
        parts: tuple[Section, ...] = (self.fire, self.synapses, self.electrode, self.membrane, self.look)
        for number, part in enumerate(parts):
            if number:
                self._column.addWidget(_rule())
            self._column.addWidget(part)
        self._column.addWidget(_rule())
        self._column.addWidget(self.badge)
        self._column.addStretch(1)
        self.fire.counted.connect(self._on_counted)
        self.membrane.picked.connect(self._on_picked)
        self.badge.clicked.connect(self.show_equations)
        context.hand.changed.connect(self.refresh)
        context.session.plan_changed.connect(self.refresh)
        context.session.frame_changed.connect(self._on_frame_changed)
        context.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.refresh()

    def state(self) -> BenchState:
        plain: BenchState = msgspec.to_builtins(self._state)
        return plain

    def apply(self, state: BenchState) -> None:
        self._state = read(state)
        self.fire.set_count(self._state.count)
        self.refresh()

    def close_bench(self) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self._setter.close()

    @Slot()
    def refresh(self) -> None:
        """Show the hand as it stands, and the plan of the moment shown."""
        self._plan = self.context.session.shown_plan
        self.fire.refresh()
        self.electrode.refresh()
        self.synapses.refresh()
        self.membrane.refresh(self._state.preset)
        self.look.refresh()

    @Slot()
    def show_equations(self) -> None:
        """The equations, with the numbers of the moment shown."""
        context = self.context
        if self._dialog is None:
            guide, session = context.cell_view.guide, context.session
            self._dialog = EquationsDialog(context.theme, session, guide, context.probes, self._setter, self.window())
        self._dialog.show()
        self._dialog.raise_()

    @Slot()
    def _on_frame_changed(self) -> None:
        if self.context.session.shown_plan is not self._plan:
            self.refresh()

    @Slot(int)
    def _on_counted(self, count: int) -> None:
        self._note("How many inputs fire", msgspec.structs.replace(self._state, count=count))

    @Slot(str)
    def _on_picked(self, preset: str) -> None:
        self._note("Condition", msgspec.structs.replace(self._state, preset=preset))

    def _note(self, text: str, state: CellBenchState) -> None:
        before, self._state = self.state(), state
        self.context.push_change(text, before, self.state())
        self.state_changed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self.context.theme.gap(8)
        self._column.setContentsMargins(gap, gap, gap, gap)
        self._column.setSpacing(gap)


def _rule() -> QFrame:
    rule = QFrame()
    rule.setObjectName("rule")
    return rule
