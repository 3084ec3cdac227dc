"""EquationsDialog: the equations behind the cell, with the numbers of a place at the moment shown. Changes nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.cell_recording import CellFrame
from app.neuron_session import NeuronSession
from app.panels.neuron.cell_reading import CellGuide, currents
from app.panels.neuron.probes import ProbeList
from app.panels.neuron.trace_data import TraceData
from app.panels.neuron.trace_painter import number_text
from app.simulation.biology.stage import StagePlan
from app.widgets.theme import Theme

BADGE = "Simulated: Hodgkin-Huxley + cable, dt 0.01 ms, checked against NEURON"


def equations_text(frame: CellFrame | None, compartment: int, guide: CellGuide, plan: StagePlan) -> str:
    """The equations, each followed by its numbers at a place with channels."""
    lines = [
        "Membrane (Hodgkin & Huxley 1952)",
        "  C dV/dt = I_axial + I_synapses + I_electrode \N{MINUS SIGN} (iNa + iK + iL)",
        "  iNa = gNa m³ h (V \N{MINUS SIGN} 50 mV)     iK = gK n⁴ (V + 77 mV)     iL = gL (V + 54.387 mV)",
        "  dx/dt = φ (α(V) (1 \N{MINUS SIGN} x) \N{MINUS SIGN} β(V) x),  x = m, h, n",
        f"  φ = 3^((T \N{MINUS SIGN} 6.3 °C)/10) = {3.0 ** ((plan.temperature_C - 6.3) / 10):.2f}",
        "Cable: C ∂V/∂t = (d / 4 Ra) ∂²V/∂x² \N{MINUS SIGN} i,  Ra = 100 Ω cm, 333 compartments",
        "Synapse: I = w g(t) (V \N{MINUS SIGN} E),  g = (e^(\N{MINUS SIGN}t/d) \N{MINUS SIGN} e^(\N{MINUS SIGN}t/r)) / peak",
        "  AMPA 0.5 and 3 ms, 0 mV; NMDA 2 and 80 ms, 0 mV, × 1/(1 + [Mg]/3.57 e^(\N{MINUS SIGN}0.062 V)); GABA-A 1 and 10 ms, \N{MINUS SIGN}75 mV",
        f"Solved with a staggered Crank-Nicolson scheme, dt = {plan.dt_ms:g} ms, in O(n)",
    ]
    row = guide.gate_row(compartment)
    if frame is None or row is None:
        return "\n".join(lines)
    m, h, n = (float(gate) for gate in frame.gates[row])
    sodium, potassium, leak = currents(frame, compartment, guide, plan)
    density = guide.density(compartment)
    voltage = number_text(float(frame.voltage_mV[compartment]))
    lines += [
        "",
        f"{guide.names[compartment]} at {frame.time_ms:.2f} ms (channels × {density:g})",
        f"  V = {voltage} mV    m = {m:.3f}    h = {h:.3f}    n = {n:.3f}",
        f"  m³h = {m**3 * h:.4f}    n⁴ = {n**4:.4f}",
        f"  iNa = {number_text(sodium)}    iK = {number_text(potassium)}    iL = {number_text(leak)} µA/cm²",
    ]
    return "\n".join(lines)


class EquationsDialog(QDialog):
    """Stays open beside the cell and follows it."""

    def __init__(
        self, theme: Theme, session: NeuronSession, guide: CellGuide, probes: ProbeList, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("equations")
        self.setWindowTitle("What is computed here")
        self._session = session
        self._guide = guide
        self._probes = probes
        self._text = QLabel(self)
        self._text.setFont(theme.font("code"))
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName("Equations with their present numbers")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.gap(16),) * 4)
        layout.addWidget(self._text)
        layout.addWidget(buttons)
        session.frame_changed.connect(self.refresh)
        probes.changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the numbers of the moment shown; closed, it does nothing."""
        if not self.isVisible() and self._text.text():
            return
        probes = tuple((probe.compartment, probe.color) for probe in self._probes.probes)
        focus = TraceData(self._guide).focus(probes)
        place = focus if focus is not None else self._guide.morphology.compartment("soma")
        text = equations_text(self._session.frame(), place, self._guide, self._session.shown_plan)
        if text != self._text.text():
            self._text.setText(text)
