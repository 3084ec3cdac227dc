"""ConvolutionBoard: shows a scene, and says what a hand does upon it. Changes no state itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.panels.builder.convolution_editor import KernelEditor
from app.panels.builder.convolution_numbers import weight_text
from app.panels.builder.convolution_painter import BoardPainter, Inks
from app.panels.builder.convolution_places import Grid, Places, Shape, arrange
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_sum_painter import WordPainter
from app.panels.builder.convolution_words import spoken, told_at
from app.widgets.plot_export import is_drawing
from app.widgets.theme import Theme


class ConvolutionBoard(QWidget):
    """Input, window, kernel, products, sum and map.

    position_asked: the window is dragged over the input, or a cell of the map was pressed; weight_given: (row, column) of the
    kernel as it lies there, and its new number.
    """

    position_asked = Signal(int, int)
    weight_given = Signal(int, int, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._inks = Inks(theme)
        self._scene: Scene | None = None
        self._places: Places | None = None
        self._held = ""  # "input" or "map" while a hand drags there
        self.pointed: int | None = None  # the term under the pointer
        self._kept: tuple[object, QPixmap] | None = None  # the input as painted last: it stands still under the window
        self._source: object = None  # the pixels that it was painted of
        self.editor = KernelEditor(self)
        self.read_out = QLabel(self)
        self.read_out.setObjectName("read_out")
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("One convolution at work")
        self.editor.given.connect(self.weight_given)
        self.editor.moved.connect(self._on_editor_moved)
        self.editor.left.connect(self._on_editor_left)
        theme.changed.connect(self._on_theme_changed)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Show `scene`."""
        before = self._scene.state.sliding if self._scene is not None else None
        self._scene = scene
        self._arrange()
        if self.pointed is not None and self.pointed >= scene.state.sliding.kernel**2:
            self.pointed = None
        if self.editor.isVisible() and before is not None and before.kernel != scene.state.sliding.kernel:
            self.editor.hide()
        self.setAccessibleDescription(spoken(scene))
        self.update()

    @property
    def has_scene(self) -> bool:
        """Whether there is anything to show yet."""
        return self._scene is not None

    @property
    def scene(self) -> Scene:
        """What is shown."""
        assert self._scene is not None
        return self._scene

    @property
    def places(self) -> Places:
        """Where everything lies."""
        assert self._places is not None
        return self._places

    def _arrange(self) -> None:
        if self._scene is None:
            return
        state = self._scene.state
        padded = state.side + 2 * state.sliding.padding
        shape = Shape(padded, state.positions, state.sliding.kernel, state.mode == "convolution")
        line = QFontMetricsF(self._theme.font("small")).height()
        self._places = arrange(float(self.width()), float(self.height()), line, shape)
        self._place_editor()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(320), self._theme.px(200))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(900), self._theme.px(480))

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter)
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """All of it, on the screen or in a file."""
        painter.fillRect(self.rect(), self._theme.color("panel"))
        if self._scene is None or self._places is None:
            return
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        scene, places = self._scene, self._places
        cells = BoardPainter(painter, scene, places, self._inks)
        words = WordPainter(painter, scene, places, self._inks)
        self._paint_input(painter, cells)
        cells.paint_map()
        cells.paint_arithmetic()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        counted = scene.shown_terms - 1 if scene.state.terms > 0 else None
        cells.paint_window(counted if self.pointed is None else self.pointed)
        words.paint_titles()
        words.paint_sum()
        if scene.map is None:
            words.paint_notice(scene.state.refusal)
        cells.paint_scale()
        if self.hasFocus() and not is_drawing(painter):
            painter.setPen(self._theme.color("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_input(self, painter: QPainter, cells: BoardPainter) -> None:
        """From a picture of it: up to 2,500 cells do not change while the window moves."""
        scene, grid = self.scene, self.places.input
        if is_drawing(painter):
            cells.paint_input()
            return
        ratio = self.devicePixelRatioF()
        key = (scene.limit, grid, self._inks.name, ratio)
        if self._kept is None or self._kept[0] != key or self._source is not scene.padded:
            area = grid.rect.toAlignedRect().adjusted(-2, -2, 2, 2)
            picture = QPixmap(area.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(self._theme.color("panel"))
            inner = QPainter(picture)
            inner.translate(-area.topLeft())
            BoardPainter(inner, scene, self.places, self._inks).paint_input()
            inner.end()
            self._kept, self._source = (key, picture), scene.padded
        painter.drawPixmap(grid.rect.toAlignedRect().adjusted(-2, -2, 2, 2).topLeft(), self._kept[1])

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
        self.read_out.hide()
        self._light(None)

    def _point_at(self, at: QPointF) -> None:
        """Tell what lies under the pointer, and light the term that it is."""
        text, term, can_be_taken = told_at(self.scene, self.places, at)
        self._light(None if self._held else term)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_be_taken else Qt.CursorShape.ArrowCursor)
        self.read_out.setVisible(bool(text))
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
        side = self.scene.state.sliding.kernel
        row, column = self.editor.cell
        self.edit(*divmod((row * side + column + steps) % side**2, side))

    @Slot()
    def _on_editor_left(self) -> None:
        self.editor.hide()
        self.setFocus()

    # --- the rest -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._inks = Inks(self._theme)
        self._arrange()
        self.update()


def _cell_beside(grid: Grid, at: QPointF) -> tuple[float, float]:
    """(row, column) with fractions under `at`, the nearest of the grid where it is beside it."""
    row, column = (at.y() - grid.top) / grid.height, (at.x() - grid.left) / grid.width
    return min(max(row, 0.0), grid.rows - 0.01), min(max(column, 0.0), grid.columns - 0.01)
