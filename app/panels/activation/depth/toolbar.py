"""DepthToolbar: presets, and beneath them the verdicts of what is on show. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.panels.activation.depth.drawing import Drawing
from app.panels.activation.depth.figures import FAR, fate, verdict
from app.panels.activation.depth.presets import PRESETS
from app.panels.activation.depth.slot_look import STRONG, slot_color, slot_pen
from app.panels.activation.depth.state import SLOTS
from app.panels.activation.depth.state import Slot as Place
from app.panels.activation.depth.steady_label import SteadyLabel
from app.panels.activation.icon_button import ExportButton, IconButton
from app.widgets.theme import Theme

EXPORTS: dict[str, str] = {
    "png": "Picture (PNG) …",
    "svg": "Drawing (SVG) …",
    "csv": "Numbers of each layer (CSV) …",
}
_FATE_TOOLTIP = (
    f"Explodes: spread or gradient grows more than {FAR:g} times, or overflows. Dies: one of them shrinks to less than"
    f" 1/{FAR:g}. Lives: neither."
)


def swatch(theme: Theme, slot: Place) -> QIcon:
    """A piece of the line of A or B."""
    width, height = theme.px(26), theme.px(14)
    picture = QPixmap(width, height)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(slot_pen(theme, slot, max(2.0, theme.line_width)))
    painter.drawLine(0, height // 2, width, height // 2)
    painter.end()
    return QIcon(picture)


class DepthToolbar(QWidget):
    """preset_asked: its number.  home_asked. export_asked: "png", ..."""

    preset_asked = Signal(int)
    home_asked = Signal()
    export_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.presets = [self._preset(number) for number in range(len(PRESETS))]
        self.verdicts = {slot: self._verdict() for slot in SLOTS}
        self._rooms = {slot: SteadyLabel(label, self) for slot, label in self.verdicts.items()}
        self.home_button = IconButton(
            theme,
            "home",
            "Back to the first comparison: A dies, B lives (0)",
            self,
            key="0",
            title="Back to the first comparison",
        )
        self.home_button.clicked.connect(self.home_asked)
        self.export_button = ExportButton(
            theme, "Save the board as a picture or a drawing, or the numbers of each layer", EXPORTS, self
        )
        self.export_button.chosen.connect(self.export_asked)
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _preset(self, number: int) -> QPushButton:
        preset = PRESETS[number]
        button = QPushButton(preset.title, self)
        button.setAutoDefault(False)
        button.setToolTip(f"{preset.description} ({number + 1})")
        button.setShortcut(str(number + 1))
        button.setAccessibleDescription(preset.description)
        button.setProperty("preset", number)
        button.clicked.connect(self._on_preset_clicked)
        return button

    def _verdict(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setToolTip(_FATE_TOOLTIP)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return label

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        for button in self.presets:
            self._row.addWidget(button)
        self._row.addStretch(1)
        for widget in (self.home_button, self.export_button):
            self._row.addWidget(widget)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._row)
        for room in self._rooms.values():
            self._layout.addWidget(room)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing) -> None:
        """Say of everything on show what has become of it."""
        sentences = {one.slot: (one.title, one.answer) for one in drawing.drawn}
        for slot, label in self.verdicts.items():
            self._rooms[slot].setVisible(slot in sentences)
            if slot in sentences:
                title, answer = sentences[slot]
                color = slot_color(self._theme, slot).name()
                words = verdict(answer)
                text = f'<span style="color: {color}; {STRONG}">{slot.upper()} {_escaped(title)}: {fate(answer)}.</span> {_escaped(words)}'
                if text != label.text():
                    label.setText(text)
                    label.setAccessibleName(f"{slot.upper()} {title}: {fate(answer)}. {words}")

    def spoken(self, drawing: Drawing) -> str:
        """What is written of everything on show, for a screen reader."""
        return " ".join(self.verdicts[one.slot].accessibleName() for one in drawing.drawn)

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_preset_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.preset_asked.emit(int(button.property("preset")))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._layout.setContentsMargins(theme.gap(8), theme.gap(6), theme.gap(8), 0)
        self._layout.setSpacing(theme.gap(4))
        self._row.setSpacing(theme.gap(6))
        for preset in self.presets:  # five of them beside one another, on a projector too
            pixels = theme.font("body" if theme.scale < 1.4 else "small").pixelSize()
            sides = theme.gap(8 if theme.scale < 1.4 else 5)
            preset.setStyleSheet(f"font-size: {pixels}px; padding-left: {sides}px; padding-right: {sides}px;")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
