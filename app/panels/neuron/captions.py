"""Cards of text on the picture of the cell: what is counted where one looks closely, and what is read under the pointer. Counts nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QStaticText

from app.panels.neuron.cell_painter import faded
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import (
    CHANNEL_PS,
    RECEPTOR_NS,
    MembraneCounts,
    Place,
    SynapseCounts,
    minus,
    reading,
)
from app.simulation.biology.stage import NEXT_CELL_NS, TERMINAL
from app.simulation.biology.synapse import RELEASE_SITES
from app.widgets.theme import Theme

MOST_KEPT = 16
_BREAKS = ("; ", " = ", ", ")  # where a line of a card may be parted, the best first
FEW_PX = 46.0  # of a slot: from here on one looks at single channels, and room is short
SPIKE_FACT = (
    "One spike lets in about 4 pmol of Na⁺ per cm² (18.5 °C): 0.1 mM in a bare axon of 1.5 µm, where some 10 mM are. "
    "Concentrations hardly change; the pump makes up for it, slowly, in the background."
)
SYNAPSE_FACT = (
    "The presynaptic spike ends here. What the next cell gets is a graded potential: it sums with others, and may be too small "
    "to make a spike."
)


@dataclass(frozen=True)
class Caption:
    """A card: a title, lines with figures, and a sentence below."""

    title: str
    lines: tuple[str, ...]
    fact: str = ""


def membrane_caption(picture: CellPicture, counts: MembraneCounts | None) -> Caption:
    """What the patch of membrane under the camera holds."""
    compartment = picture.focus
    voltage = minus(f"{float(picture.voltage_mV[compartment]):.1f} mV")
    title = f"{picture.guide.names[compartment]} · V {voltage}"
    if counts is None:
        return Caption(title, (), "")
    if picture.guide.gate_row(compartment) is None:
        return Caption(title, _passive_lines(picture, compartment), "")
    m, h, n = counts.gates
    area = f"{counts.area_um2:.2g} µm²"
    lines = (
        f"{area} of its membrane, each channel {CHANNEL_PS:.0f} pS",
        f"Na⁺: {counts.sodium} channels, {counts.sodium_open} open, {counts.sodium_inactivated} inactivated",
        f"K⁺: {counts.potassium} channels, {counts.potassium_open} open",
        f"m {m:.2f}   h {h:.2f}   n {n:.2f}   open: Na⁺ m³h, K⁺ n⁴",
    )
    return Caption(title, lines, SPIKE_FACT if picture.slot_px < FEW_PX else "")


def _passive_lines(picture: CellPicture, compartment: int) -> tuple[str, ...]:
    cell = picture.guide.morphology
    name = cell.sections[int(cell.section_of[compartment])].name
    if name.startswith("internode"):
        wraps = picture.plan.wraps[int(name.split()[1])]
        return (
            f"{wraps} wraps of myelin are {2 * wraps + 1} membranes in series:",
            "little leaks out, and little charge is needed.",
        )
    return ("No gated channels in this membrane:", "what comes in here spreads passively, and leaks.")


def synapse_caption(picture: CellPicture, number: int, counts: SynapseCounts) -> Caption:
    """What the synapse under the camera holds."""
    voltage = minus(f"{picture.receiving_mV(number):.1f} mV")
    sides: tuple[str, ...]
    if number == TERMINAL:
        title, weight_nS = "The terminal's synapse · excitatory, AMPA", NEXT_CELL_NS
        bouton = minus(f"{float(picture.voltage_mV[picture.anatomy.bouton]):.1f} mV")
        sides = (f"V of the terminal {bouton}", f"V of the next cell {voltage}")
    else:
        place = picture.guide.input_place(number, picture.plan)
        title, weight_nS = (
            f"{place.name} · {place.description.partition(', weight')[0]}",
            picture.plan.weights_nS[number],
        )
        sides = (f"V of the dendrite here {voltage}",)
    weight = f"Weight {weight_nS:.2f} nS = {counts.receptors} receptors of {RECEPTOR_NS:g} nS"
    lines = (weight, open_text(counts), vesicles_text(counts, picture.time_ms), *sides)
    return Caption(title, lines, SYNAPSE_FACT)


def open_text(counts: SynapseCounts) -> str:
    """The open receptors; their conductance is the simulation's, which has no single receptors: their number is rounded."""
    together = f"{counts.conductance_nS:.2f} nS"
    if counts.receptors_open:
        return f"Open: about {counts.receptors_open}, together {together}"
    return "Open: none" if together == "0.00 nS" else f"Open: less than one, together {together}"


def vesicles_text(counts: SynapseCounts, time_ms: float) -> str:
    """What the vesicles have done, how long ago, and whether their sites are full again, as they are drawn."""
    if counts.arrival is None:
        return f"Vesicles: {RELEASE_SITES} docked"
    since = time_ms - counts.arrival.onset_ms
    if since < 0.0:
        return "A spike has come: calcium flows in"
    ago, released = f"{since:.1f} ms ago" if since < 100.0 else f"{since:.0f} ms ago", counts.arrival.vesicles
    if not released:
        return f"No vesicle fused {ago}: a failure"
    refilled = "" if counts.fused else "; refilled"
    return f"Vesicles: {released} of {RELEASE_SITES} fused {ago}{refilled}"


def place_caption(picture: CellPicture, place: Place) -> Caption:
    """What is read under the pointer."""
    if picture.frame is None:
        return Caption(place.name, (place.description,))
    rows = reading(place, picture.frame, picture.guide, picture.plan)
    lines = tuple(minus(f"{caption}  {value}") for caption, value in rows[1:])
    return Caption(place.name, (*lines, place.description))


class CaptionPainter:
    """Draws cards; text is at least 14 px."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._facts: dict[tuple[str, float], QStaticText] = {}
        self._type: dict[str, tuple[QFont, QFontMetricsF]] = {}
        self._sizes: dict[tuple[Caption, float], tuple[float, float, float]] = {}

    def forget(self) -> None:
        """The theme has changed."""
        for kept in (self._facts, self._type, self._sizes):
            kept.clear()

    def _type_of(self, role: str) -> tuple[QFont, QFontMetricsF]:
        """Type of a card, and its measures."""
        if role not in self._type:
            font = self.theme.font(role)
            font.setPixelSize(max(14, min(font.pixelSize(), 18)))
            self._type[role] = (font, QFontMetricsF(font))
        return self._type[role]

    def broken(self, lines: tuple[str, ...], widest: float) -> tuple[str, ...]:
        """The lines, and in two those that are wider than `widest` px and have a place for it."""
        _, body = self._type_of("body")
        parts: list[str] = []
        for line in lines:
            mark = next((mark for mark in _BREAKS if mark in line), "")
            if mark and body.horizontalAdvance(line) > widest:
                head, _, tail = line.partition(mark)
                parts += [head, f"{mark.strip()} {tail}" if mark == " = " else tail]
            else:
                parts.append(line)
        return tuple(parts)

    def size(self, caption: Caption, widest: float) -> tuple[float, float, float]:
        """Width and height of a card, and the height of its sentence; `widest`: at most, px."""
        key = (caption, widest)
        if key not in self._sizes:  # asked three times a frame
            if len(self._sizes) > MOST_KEPT:
                self._sizes.clear()
            self._sizes[key] = self._sized(caption, widest)
        return self._sizes[key]

    def _sized(self, caption: Caption, widest: float) -> tuple[float, float, float]:
        (_, heading), (_, body) = self._type_of("heading"), self._type_of("body")
        width = max(
            [heading.horizontalAdvance(caption.title), *(body.horizontalAdvance(line) for line in caption.lines)]
        )
        width = min(max(width, widest if caption.fact else 0.0), widest - 24.0)
        fact = 0.0
        if caption.fact:
            fact = self._fact(caption.fact, width).size().height() + 8.0
        height = heading.height() + len(caption.lines) * body.height() * 1.12 + fact
        return width + 24.0, height + 20.0, fact

    def draw(self, painter: QPainter, caption: Caption, at: QPointF, widest: float) -> QRectF:
        """Draw a card with its top left corner at `at`; where it lies."""
        theme = self.theme
        width, height, fact = self.size(caption, widest)
        box = QRectF(at.x(), at.y(), width, height)
        painter.setPen(QPen(theme.color("hairline"), 1.0))
        painter.setBrush(faded(theme.color("panel"), 0.94))
        painter.drawRoundedRect(box, 6, 6)
        (heading_font, heading), (body_font, body) = self._type_of("heading"), self._type_of("body")
        y = box.top() + 10.0
        painter.setPen(theme.color("text"))
        painter.setFont(heading_font)
        title = heading.elidedText(caption.title, Qt.TextElideMode.ElideRight, width - 20.0)
        painter.drawText(QPointF(box.left() + 12, y + heading.ascent()), title)
        y += heading.height() + 2.0
        painter.setFont(body_font)
        for line in caption.lines:
            text = body.elidedText(line, Qt.TextElideMode.ElideRight, width - 20.0)
            painter.drawText(QPointF(box.left() + 12, y + body.ascent()), text)
            y += body.height() * 1.12
        if fact:
            painter.setPen(theme.color("muted"))
            painter.drawStaticText(QPointF(box.left() + 12, y + 2.0), self._fact(caption.fact, width - 24.0))
        return box

    def _fact(self, text: str, width: float) -> QStaticText:
        """A sentence in lines of `width` px: breaking it anew took a tenth of each frame."""
        key = (text, width)
        if key not in self._facts:
            if len(self._facts) > MOST_KEPT:  # a window that is made wider and wider
                self._facts.clear()
            broken = QStaticText(text)
            broken.setTextFormat(Qt.TextFormat.PlainText)
            broken.setTextWidth(width)
            broken.prepare(font=self._type_of("body")[0])
            self._facts[key] = broken
        return self._facts[key]
