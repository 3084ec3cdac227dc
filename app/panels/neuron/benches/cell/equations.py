"""EquationsDialog: the equations behind the cell, typeset, each beside its numbers at the moment shown. Changes nothing."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.cell_recording import CellFrame
from app.neuron_session import NeuronSession
from app.panels.neuron.bench_controls import label
from app.panels.neuron.cell_reading import CellGuide, currents
from app.panels.neuron.probes import ProbeList
from app.panels.neuron.trace_data import TraceData
from app.panels.neuron.trace_painter import number_text
from app.simulation.biology.membrane import (
    LEAK_MS_PER_CM2,
    LEAK_MV,
    POTASSIUM_MS_PER_CM2,
    POTASSIUM_MV,
    SODIUM_MS_PER_CM2,
    SODIUM_MV,
    temperature_factor,
)
from app.simulation.biology.stage import StagePlan
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.theme import Theme

BADGE = "Simulated: Hodgkin-Huxley + cable, dt 0.01 ms, checked against NEURON"


class Equation(NamedTuple):
    """latex: as it is set; words: the same for a screen reader."""

    name: str
    latex: str
    words: str


EQUATIONS: tuple[Equation, ...] = (
    Equation(
        "membrane",
        r"C\,\frac{dV}{dt}=I_{\mathrm{axial}}+I_{\mathrm{synapses}}+I_{\mathrm{electrode}}"
        r"-(i_{\mathrm{Na}}+i_{\mathrm{K}}+i_{\mathrm{L}})",
        "C dV/dt = axial + synaptic + electrode current minus (iNa + iK + iL)",
    ),
    Equation("sodium", r"i_{\mathrm{Na}}=\bar g_{\mathrm{Na}}\,m^3h\,(V-E_{\mathrm{Na}})", "iNa = gNa m³ h (V − ENa)"),
    Equation("potassium", r"i_{\mathrm{K}}=\bar g_{\mathrm{K}}\,n^4\,(V-E_{\mathrm{K}})", "iK = gK n⁴ (V − EK)"),
    Equation("leak", r"i_{\mathrm{L}}=\bar g_{\mathrm{L}}\,(V-E_{\mathrm{L}})", "iL = gL (V − EL)"),
    Equation(
        "gates",
        r"\frac{dx}{dt}=\varphi\left(\alpha_x(V)\,(1-x)-\beta_x(V)\,x\right),\quad x=m,h,n",
        "dx/dt = φ (α(V) (1 − x) − β(V) x), x = m, h, n",
    ),
    Equation("warmth", r"\varphi=3^{(T-6.3)/10}", "φ = 3 to the power (T − 6.3 °C)/10"),
    Equation(
        "cable",
        r"C\,\frac{\partial V}{\partial t}=\frac{d}{4R_a}\,\frac{\partial^2V}{\partial x^2}-i",
        "C ∂V/∂t = d/(4 Ra) ∂²V/∂x² − i",
    ),
    Equation(
        "synapse",
        r"I=w\,g(t)\,(V-E),\quad g(t)\propto e^{-t/\tau_d}-e^{-t/\tau_r}",
        "I = w g(t) (V − E), g in proportion to e^(−t/τd) − e^(−t/τr), 1 at its peak",
    ),
    Equation(
        "nmda",
        r"g_{\mathrm{NMDA}}=\frac{g(t)}{1+\frac{[\mathrm{Mg}]}{3.57}\,e^{-0.062\,V}}",
        "NMDA: g(t) / (1 + [Mg]/3.57 e^(−0.062 V))",
    ),
)
_PLACES = ("membrane", "sodium", "potassium", "leak", "gates")  # whose numbers are those of a place


def equation_numbers(frame: CellFrame | None, compartment: int, guide: CellGuide, plan: StagePlan) -> dict[str, str]:
    """By the name of an equation: its numbers, at a place with channels where they are those of a place."""
    said = {
        "warmth": f"{plan.temperature_C:g} °C: φ = {temperature_factor(plan.temperature_C):.2f}",
        "cable": f"Ra = 100 Ω cm, {guide.morphology.compartments} compartments",
        "synapse": "AMPA τr 0.5, τd 3 ms, E 0 mV\nGABA-A τr 1, τd 10 ms, E \N{MINUS SIGN}75 mV",
        "nmda": "τr 2, τd 80 ms, E 0 mV, [Mg] in mM",
    }
    row = guide.gate_row(compartment)
    if frame is None or row is None:
        return {**said, **dict.fromkeys(_PLACES, "")}
    m, h, n = (float(gate) for gate in frame.gates[row])
    sodium, potassium, leak = (number_text(current) for current in currents(frame, compartment, guide, plan))
    density = guide.density(compartment)
    g_na, g_k = SODIUM_MS_PER_CM2 * density * plan.sodium, POTASSIUM_MS_PER_CM2 * density * plan.potassium
    return {
        **said,
        "membrane": f"V = {number_text(float(frame.voltage_mV[compartment]))} mV,  C = 1 µF/cm²",
        "sodium": f"{g_na:g} mS/cm² · {m**3 * h:.4f} · (V {_less(SODIUM_MV)} mV)\n= {sodium} µA/cm²",
        "potassium": f"{g_k:g} mS/cm² · {n**4:.4f} · (V {_less(POTASSIUM_MV)} mV)\n= {potassium} µA/cm²",
        "leak": f"{LEAK_MS_PER_CM2 * density:g} mS/cm² · (V {_less(LEAK_MV)} mV)\n= {leak} µA/cm²",
        "gates": f"m = {m:.3f},  h = {h:.3f},  n = {n:.3f}",
    }


def _less(reversal_mv: float) -> str:
    """What is taken from V: "+ 77", for a reversal below 0."""
    return f"+ {-reversal_mv:g}" if reversal_mv < 0 else f"\N{MINUS SIGN} {reversal_mv:g}"


class EquationsDialog(QDialog):
    """Stays open beside the cell and follows it."""

    def __init__(
        self,
        theme: Theme,
        session: NeuronSession,
        guide: CellGuide,
        probes: ProbeList,
        setter: FormulaSetter,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("equations")
        self.setWindowTitle("What is computed here")
        self._theme = theme
        self._session = session
        self._guide = guide
        self._probes = probes
        self.formulas = {one.name: FormulaView(theme, setter, scale=1.1) for one in EQUATIONS}
        self.numbers = {one.name: label("") for one in EQUATIONS}
        self.place = label("", "heading")
        self.solver = label("", "caption")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.gap(24))
        grid.setVerticalSpacing(theme.gap(10))
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.addWidget(label("Hodgkin & Huxley 1952; cable; synapses", "heading"), 0, 0)
        grid.addWidget(self.place, 0, 1)
        for number, one in enumerate(EQUATIONS, start=1):
            self.formulas[one.name].show_formula(one.latex, one.words)
            figures = self.numbers[one.name]
            figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            figures.setAccessibleName(f"Numbers of {one.words}")
            grid.addWidget(self.formulas[one.name], number, 0)
            grid.addWidget(figures, number, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(*(theme.gap(12),) * 4)
        column.setSpacing(theme.gap(12))
        column.addLayout(grid)
        column.addWidget(self.solver)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.gap(16),) * 4)
        layout.addWidget(self._area, 1)
        layout.addWidget(buttons)
        session.frame_changed.connect(self.refresh)
        probes.changed.connect(self.refresh)
        self.refresh()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        theme, screen = self._theme, self.screen().availableSize()
        wide, high = theme.px(570) + theme.gap(280), theme.px(390) + theme.gap(190)
        return QSize(min(wide, screen.width() - 40), min(high, screen.height() - 80))

    @property
    def text(self) -> str:
        """All figures that are to be read, a line each."""
        figures: list[QLabel] = [self.place, *self.numbers.values(), self.solver]
        return "\n".join(one.text() for one in figures)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the numbers of the moment shown; closed, it does nothing."""
        if not self.isVisible() and self.solver.text():
            return
        probes = tuple((probe.compartment, probe.color) for probe in self._probes.probes)
        focus = TraceData(self._guide).focus(probes)
        place = focus if focus is not None else self._guide.morphology.compartment("soma")
        frame, plan = self._session.frame(), self._session.shown_plan
        for name, said in equation_numbers(frame, place, self._guide, plan).items():
            _write(self.numbers[name], said)
        moment = "" if frame is None else f" at {frame.time_ms:.2f} ms"
        _write(self.place, f"{self._guide.names[place]}{moment} (channels × {self._guide.density(place):g})")
        _write(
            self.solver,
            f"Solved with a staggered Crank-Nicolson scheme, dt = {plan.dt_ms:g} ms, in O(n), checked against NEURON.",
        )


def _write(figures: QLabel, said: str) -> None:
    if said != figures.text():
        figures.setText(said)
