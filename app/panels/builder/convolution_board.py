"""ConvolutionBoard: shows a scene, and says what a hand does upon it. Changes no state itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.panels.builder.convolution_canvas import ConvolutionCanvas
from app.panels.builder.convolution_editor import KernelEditor
from app.panels.builder.convolution_numbers import weight_text
from app.panels.builder.convolution_places import Grid
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_words import told_at
from app.widgets.theme import Theme


class ConvolutionBoard(ConvolutionCanvas):
    """position_asked: the window is dragged over the input, or a cell of the map was pressed; weight_given: (row, column) of the
    kernel as it lies there, and its new number.
    """

    position_asked = Signal(int, int)
    weight_given = Signal(int, int, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._held = ""  # "input" or "map" while a hand drags there
        self._pointer: QPointF | None = None  # where it stands over the board
        self.editor = KernelEditor(self)
        self.read_out = QLabel(self)
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.hide()
        self.setMouseTracking(True)
        self.editor.given.connect(self.weight_given)
        self.editor.moved.connect(self._on_editor_moved)
        self.editor.left.connect(self._on_editor_left)
        theme.changed.connect(self._dress_read_out)
        self._dress_read_out()

    def show_scene(self, scene: Scene) -> None:
        """Show `scene`."""
        sides = self.scene.state.sliding.sides if self.has_scene else None
        super().show_scene(scene)
        if sides != scene.state.sliding.sides:
            self.editor.hide()
        if self._pointer is not None:  # what lies under it may be another number now
            self._point_at(self._pointer)

    def _arrange(self) -> None:
        super()._arrange()
        self._place_editor()

    # --- hand ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._places is None:
            return
        at = event.position()
        places = self._places
        self.setFocus()
        if places.kernel is not None and (cell := places.kernel.at(at)) is not None:
            self.edit(*cell)
        elif places.map is not None and places.map.rect.contains(at):
            self._held = "map"
        elif places.map is not None and places.input.rect.contains(at):
            self._held = "input"
        self._drag(at)

    def _drag(self, at: QPointF) -> None:
        places = self.places
        if self._held == "map" and places.map is not None:
            row, column = _cell_beside(places.map, at)
            self.position_asked.emit(int(row), int(column))
        elif self._held == "input":
            row, column = _cell_beside(places.input, at)
            self.position_asked.emit(*self.scene.nearest_position(row, column))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._places is None:
            return
        if self._held:
            self._drag(event.position())
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = ""
            self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self.read_out.hide()
        self._light(None)

    def _point_at(self, at: QPointF) -> None:
        """Tell what lies under the pointer, and light the term that it is."""
        self._pointer = at
        text, term, can_be_taken = told_at(self.scene, self.places, at)
        self._light(None if self._held else term)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_be_taken else Qt.CursorShape.ArrowCursor)
        self.read_out.setVisible(bool(text) and not self.editor.isVisible())
        if not text:
            return
        self.read_out.setText(text)
        self.read_out.adjustSize()
        beside = at.toPoint() + QPoint(16, 16)
        x = beside.x() if beside.x() + self.read_out.width() < self.width() else beside.x() - self.read_out.width() - 24
        y = (
            beside.y()
            if beside.y() + self.read_out.height() < self.height()
            else beside.y() - self.read_out.height() - 24
        )
        self.read_out.move(max(x, 0), max(y, 0))

    def _light(self, term: int | None) -> None:
        if term != self.pointed:
            self.pointed = term
            self.update()

    # --- the kernel's numbers -----------------------------------------------------------------------------------------

    def edit(self, row: int, column: int) -> None:
        """Open the field over a number of the kernel as it lies there."""
        grid = self.places.kernel
        if grid is None:
            return
        self.read_out.hide()
        weights = self.scene.state.kernel
        laid = weights[::-1, ::-1] if self.scene.state.is_flipped else weights
        self.editor.open_at((row, column), weight_text(float(laid[row, column])).replace("−", "-"))
        self._place_editor()

    def _place_editor(self) -> None:
        grid = self._places.kernel if self._places is not None else None
        if not self.editor.isVisible():
            return
        if grid is None:
            self.editor.hide()
            return
        cell = grid.cell(*self.editor.cell)
        least = self._theme.px(56), self._theme.px(30)
        area = cell.adjusted(2, 2, -2, -2)
        area.setSize(area.size().expandedTo(QSize(*least).toSizeF()))
        area.moveCenter(cell.center())
        self.editor.setGeometry(area.toRect())
        self.editor.setFont(self._theme.font("value"))

    @Slot(int)
    def _on_editor_moved(self, steps: int) -> None:
        sliding = self.scene.state.sliding
        row, column = self.editor.cell
        self.edit(*divmod((row * sliding.sides[1] + column + steps) % sliding.count, sliding.sides[1]))

    @Slot()
    def _on_editor_left(self) -> None:
        self.editor.hide()
        self.setFocus()

    @Slot()
    def _dress_read_out(self) -> None:
        theme = self._theme
        self.read_out.setFont(theme.font("small"))
        self.read_out.setStyleSheet(
            f"background: {theme.hex('raised')}; color: {theme.hex('text')}; border: 1px solid {theme.hex('border')};"
            f" border-radius: 4px; padding: {theme.gap(3)}px {theme.gap(6)}px;"
        )


def _cell_beside(grid: Grid, at: QPointF) -> tuple[float, float]:
    """(row, column) with fractions under `at`, the nearest of the grid where it is beside it."""
    row, column = (at.y() - grid.top) / grid.height, (at.x() - grid.left) / grid.width
    return min(max(row, 0.0), grid.rows - 0.01), min(max(column, 0.0), grid.columns - 0.01)
