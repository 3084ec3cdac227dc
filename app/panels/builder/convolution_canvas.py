"""ConvolutionCanvas: paints a scene of "One convolution", on the screen or into a file. Takes neither mouse nor keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.builder.convolution_painter import BoardPainter, Inks
from app.panels.builder.convolution_places import Places, Shape, arrange
from app.panels.builder.convolution_scene import Scene
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
        self._kept: tuple[object, QPixmap] | None = None  # the input as painted last: it stands still under the window
        self._source: object = None  # the pixels that it was painted of
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
        if self.pointed is not None and self.pointed >= scene.state.sliding.kernel**2:
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
        padded = state.side + 2 * state.sliding.padding
        shape = Shape(padded, state.positions, state.sliding.kernel, state.mode == "convolution")
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._inks = Inks(self._theme)
        self._arrange()
        self.update()
