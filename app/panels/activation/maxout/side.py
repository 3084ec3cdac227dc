"""MaxoutSide: the left column: the lines or planes as numbers, what they can become, and the target. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from app.panels.activation.icon_button import IconButton
from app.panels.activation.maxout.line_scene import LineScene, TargetWork
from app.panels.activation.maxout.lines import HIGHEST, MOST_LINES, SHAPES, STEEPEST, unit, where_text
from app.panels.activation.maxout.map_layer import SurfaceScene
from app.panels.activation.maxout.number_rows import NumberRow, NumberRows
from app.panels.activation.maxout.planes import SURFACES
from app.panels.activation.maxout.state import MaxoutState
from app.panels.activation.maxout.target_box import TargetBox
from app.panels.activation.side_column import SideColumn
from app.widgets.theme import Theme

_SOURCE = "Goodfellow, Warde-Farley, Mirza, Courville & Bengio 2013"
_CONVEX = (
    f"The largest of straight lines is convex, and of enough lines any convex function, as near as one likes. "
    f"One unit cannot bend downwards; the difference of two can come near to any continuous function ({_SOURCE})."
)
_CONVEX_2 = f"The largest of planes is a convex surface; its cells are convex polygons ({_SOURCE})."


class MaxoutSide(SideColumn):
    """Tells what a person does; show_state puts everything where a state has it and tells nobody."""

    chosen = Signal(int)
    number_changed = Signal(int, int, float)
    add_asked = Signal()
    remove_asked = Signal()
    shape_asked = Signal(str)
    second_asked = Signal(bool)
    overlay_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, (320, 285), parent)
        self.title = QLabel(self)
        self.title.setObjectName("heading")
        self.add_button = IconButton(theme, "plus", "Add a line (double-click in the plot puts one there)", self)
        self.remove_button = IconButton(theme, "trash", "Remove the chosen line (Delete)", self)
        self.lines = NumberRows(theme, (("w", "slope w", STEEPEST), ("b", "height b at x = 0", HIGHEST)), "Lines", self)
        self.planes = NumberRows(
            theme,
            (("w₁", "slope along x₁", STEEPEST), ("w₂", "slope along x₂", STEEPEST), ("b", "height b at 0", HIGHEST)),
            "Planes",
            self,
        )
        self.planes.set_note_head("of the map")
        self.second_box = QCheckBox("Subtract a second unit", self)
        self.second_box.setToolTip(
            "Take the largest of other lines away: the difference of two units need not be convex"
        )
        self.become = QLabel("Become", self)
        self.become.setObjectName("heading")
        self.shapes = {
            key: self._shape(key, title, f"Make it {title}, of {len(lines)} {'line' if len(lines) == 1 else 'lines'}")
            for key, (title, lines) in SHAPES.items()
        }
        self.surfaces = {key: self._shape(key, title, words) for key, (title, words, _) in SURFACES.items()}
        self.overlay_button = QPushButton("Lay over the other functions", self)
        self.overlay_button.setToolTip("Show this Maxout among the lecture's functions, in the view of curves")
        self.target = TargetBox(theme, self)
        self.caption = QLabel(self)
        self.caption.setObjectName("caption")
        self.caption.setWordWrap(True)
        self._lay_out()
        self.lines.chosen.connect(self.chosen)
        self.planes.chosen.connect(self.chosen)
        self.lines.changed.connect(self.number_changed)
        self.planes.changed.connect(self.number_changed)
        self.add_button.clicked.connect(self.add_asked)
        self.remove_button.clicked.connect(self.remove_asked)
        self.second_box.clicked.connect(self.second_asked)
        self.overlay_button.clicked.connect(self.overlay_asked)

    def _shape(self, key: str, title: str, words: str) -> QPushButton:
        button = QPushButton(title, self)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setProperty("shape", key)
        button.clicked.connect(self._on_shape_clicked)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        self._grid = QGridLayout()
        for buttons in (self.shapes, self.surfaces):
            for number, button in enumerate(buttons.values()):
                self._grid.addWidget(button, number // 2 + (0 if buttons is self.shapes else 2), number % 2)
        self.lines.tab_after = self.planes.tab_after = self.remove_button
        self._column.addLayout(head)
        for upper in (self.lines, self.planes, self.second_box, self.become):
            self._column.addWidget(upper)
        self._column.addLayout(self._grid)
        for lower in (self.overlay_button, self.target, self.caption):
            self._column.addWidget(lower)
        self._column.addStretch(1)
        self._begin()

    # --- what is shown --------------------------------------------------------------------------------------------------

    def show_lines(self, state: MaxoutState, scene: LineScene, work: TargetWork, *, is_held: bool = False) -> None:
        """Put everything of one input where `state` has it. is_held: a line is dragged; the target's words and plot wait."""
        self._show_kind(1)
        rows = []
        for number, line in enumerate(state.lines):
            own = unit(state.lines, line.is_subtracted).index(number) + 1
            name = f"line {own} of the second unit" if line.is_subtracted else f"line {own}"
            note = ("2nd: " if line.is_subtracted else "") + where_text(state.lines, number)
            rows.append(NumberRow(name, scene.color_of(number), (line.w, line.b), note, number not in scene.winners))
        self.lines.show_rows(rows, state.selected)
        self._write(self.title, f"{len(rows)} {'line' if len(rows) == 1 else 'lines'}" if rows else "No lines yet")
        chosen_unit = bool(rows) and state.lines[state.selected].is_subtracted
        self.add_button.setEnabled(len(unit(state.lines, chosen_unit)) < MOST_LINES)
        self.remove_button.setEnabled(bool(rows))
        self.second_box.setChecked(state.has_second)
        self.second_box.setEnabled(bool(rows))
        self.overlay_button.setEnabled(len(scene.first) == 2 and not scene.second)
        if not is_held:  # the plot says the error meanwhile
            self.target.show_state(state, scene, work)

    def show_planes(self, state: MaxoutState, scene: SurfaceScene) -> None:
        """Put everything of two inputs where `state` has it."""
        self._show_kind(2)
        rows = []
        for number, plane in enumerate(state.planes):
            share = scene.shares[number]
            note = "never" if not share else f"{100 * share:.0f} %"
            rows.append(NumberRow(f"plane {number + 1}", number, (plane.w1, plane.w2, plane.b), note, not share))
        self.planes.show_rows(rows, state.selected_plane)
        self._write(self.title, f"{len(rows)} {'plane' if len(rows) == 1 else 'planes'}" if rows else "No planes yet")
        self.add_button.setEnabled(len(rows) < MOST_LINES)
        self.remove_button.setEnabled(bool(rows))

    def _show_kind(self, inputs: int) -> None:
        for widget in (self.lines, self.second_box, self.overlay_button, self.target, *self.shapes.values()):
            if widget.isHidden() == (inputs == 1):
                widget.setVisible(inputs == 1)
        for widget in (self.planes, *self.surfaces.values()):
            if widget.isHidden() == (inputs == 2):
                widget.setVisible(inputs == 2)
        self._write(self.caption, _CONVEX if inputs == 1 else _CONVEX_2)
        what = "line" if inputs == 1 else "plane"
        self.add_button.setToolTip(f"Add a {what} (double-click in the plot puts one there)")
        self.add_button.setAccessibleName(f"Add a {what}")
        self.remove_button.setToolTip(f"Remove the chosen {what} (Delete)")
        self.remove_button.setAccessibleName(f"Remove the chosen {what}")

    @staticmethod
    def _write(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    @Slot()
    def _on_shape_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.shape_asked.emit(str(button.property("shape")))

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        theme = self._theme
        self._grid.setSpacing(theme.gap(6))
        for label in (self.title, self.become):
            label.setFont(theme.font("heading"))
        self.caption.setFont(theme.font("small"))
