"""ConvolutionCanvas: paints a scene of "One convolution", on the screen or into a file. Takes neither mouse nor keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.builder.convolution_painter import BoardPainter, Inks
from app.panels.builder.convolution_places import Grid, Places, Shape, arrange
from app.panels.builder.convolution_scene import Scene, filled_runs
from app.panels.builder.convolution_sum_painter import WordPainter
from app.panels.builder.convolution_words import spoken
from app.widgets.plot_export import is_drawing
from app.widgets.theme import Theme


class ConvolutionCanvas(QWidget):
    """Input, window, kernel, products, sum and map. pointed: the term that is lit, None for none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._inks = Inks(theme)
        self._scene: Scene | None = None
        self._places: Places | None = None
        self.pointed: int | None = None
        # pictures of what stands still while the window moves: what they depend on, the numbers they are of, the picture
        self._kept: dict[str, tuple[object, object, QPixmap]] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("One convolution at work")
        theme.changed.connect(self._on_theme_changed)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Show `scene`."""
        self._scene = scene
        self._arrange()
        if self.pointed is not None and self.pointed >= scene.state.sliding.count:
            self.pointed = None
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
        shape = Shape(self._scene.padded.shape, state.map_shape, state.sliding.sides, state.mode == "convolution")
        line = QFontMetricsF(self._theme.font("small")).height()
        self._places = arrange(float(self.width()), float(self.height()), line, shape)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(200))

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
        self._paint_map(painter, cells)
        cells.paint_arithmetic()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        counted = scene.shown_terms - 1 if scene.state.terms > 0 else None
        cells.paint_window(counted if self.pointed is None else self.pointed)
        words.paint_titles()
        words.paint_sum()
        if scene.map is None:
            words.paint_notice(scene.state.refusal)
        words.paint_scale()
        if self.hasFocus() and not is_drawing(painter):
            painter.setPen(self._theme.color("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_input(self, painter: QPainter, cells: BoardPainter) -> None:
        """From a picture of it: up to 2,500 cells do not change while the window moves."""
        if is_drawing(painter):
            cells.paint_input()
            return
        scene, area = self.scene, _around(self.places.input)
        painter.drawPixmap(area.topLeft(), self._picture("input", area, scene.padded, BoardPainter.paint_input))

    def _paint_map(self, painter: QPainter, cells: BoardPainter) -> None:
        """As much of a picture of the whole map as is filled: 784 numbers took 17 ms of each frame."""
        scene, grid = self.scene, self.places.map
        if is_drawing(painter) or grid is None:
            cells.paint_map()
            return
        area = _around(grid)
        whole = self._picture("map", area, scene.map, BoardPainter.paint_whole_map)
        ratio = whole.devicePixelRatioF()
        cells.paint_empty_map()
        for row, first, last in filled_runs(scene.is_filled):
            part = grid.span(row, first, 1, last - first)
            source = part.translated(-area.x(), -area.y())
            corners = QRectF(source.x() * ratio, source.y() * ratio, source.width() * ratio, source.height() * ratio)
            painter.drawPixmap(part, whole, corners)

    def _picture(self, name: str, area: QRect, values: object, paint: Callable[[BoardPainter], None]) -> QPixmap:
        """What `paint` makes of `values` within `area`, kept as long as all looks the same."""
        ratio = self.devicePixelRatioF()
        key = (self.scene.limit, self.scene.state.mode, area, self._inks.name, ratio)
        kept = self._kept.get(name)
        if kept is not None and kept[0] == key and kept[1] is values:
            return kept[2]
        picture = QPixmap(area.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.color("panel"))
        inner = QPainter(picture)
        inner.translate(-area.topLeft())
        paint(BoardPainter(inner, self.scene, self.places, self._inks))
        inner.end()
        self._kept[name] = (key, values, picture)
        return picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._inks = Inks(self._theme)
        self._arrange()
        self.update()


def _around(grid: Grid) -> QRect:
    """A grid with its frame, in whole pixels."""
    return grid.rect.toAlignedRect().adjusted(-2, -2, 2, 2)
