"""NeuronNetCanvas: a small network as neurons and lines, to point at, to go through by keys, and to click. Knows no network and no run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.widgets.neuron_net_layout import NeuronLayout, Spot, Wire
from app.widgets.neuron_net_painting import (
    NetValues,
    bias_radius,
    paint_bias,
    paint_neuron,
    paint_wires,
    response_pictures,
    shade_table,
)
from app.widgets.neuron_net_telling import mark_wire, name_ends, tell_neuron, tell_wire
from app.widgets.theme import Theme

_LINES_A_FRAME = 150  # painted anew at once, some 3 ms where they are straight; the other columns' lines have their turn at the next values
_FINE_NEURONS = 60  # painted with soft edges; of more, small as they are, nobody sees that, and it takes twice the time
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OWN_KEYS = (*_STEPS, Qt.Key.Key_Comma, Qt.Key.Key_Period)  # which the window's shortcuts must leave to it


class NeuronNetCanvas(QWidget):
    """Draws what it is shown. Arrows go from neuron to neuron, comma and full stop through the lines into the chosen one."""

    weight_asked = Signal(object)  # Wire: clicked, or Return
    bias_asked = Signal(object)  # Spot
    neuron_pointed = Signal(object)  # Spot, or None: under the pointer, else the one that the keys chose
    laid_out = Signal()
    wheel_turned = Signal(int)  # as QWheelEvent.angleDelta().y()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._widths: tuple[int, ...] = (1, 1)
        self._is_bundled = False
        self._input_names: Sequence[str] = ()
        self._output_names: Sequence[str] = ()
        self.values = NetValues.unknown(2)
        self.heading = self.footing = 0  # px left above and below the neurons
        self._wires: list[tuple[float, QPixmap] | None] = []  # for each column but the inputs, with its left edge
        self._stale: list[int] = []  # columns whose lines are older than the values
        self._pictures: list[list[QImage]] = []
        self._shades = shade_table(theme)
        self.pointed: Spot | Wire | None = None
        self._is_bias = False
        self.chosen: Spot | Wire | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Neurons and weights of the network")
        self.setMinimumSize(200, 140)
        self.layout_shown = self._laid_out()
        theme.changed.connect(self._on_theme_changed)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_net(
        self, widths: Sequence[int], *, bundled: bool, input_names: Sequence[str] = (), output_names: Sequence[str] = ()
    ) -> None:
        """Draw another network: neurons of each column, the inputs first; its numbers are not known yet."""
        if (tuple(widths), bundled) != (self._widths, self._is_bundled):
            self.pointed = self.chosen = None
        self._widths, self._is_bundled = tuple(widths), bundled
        self._input_names, self._output_names = input_names, output_names
        self.values = NetValues.unknown(len(widths))
        self._pictures = [[] for _ in widths]
        self._arrange()

    def show_values(self, values: NetValues) -> None:
        """Draw other numbers of the same network."""
        self.values = values
        self._pictures = [
            [] if responses is None else response_pictures(responses, scale, self._shades)
            for responses, scale in zip(values.responses, values.scales, strict=True)
        ]
        if values.answer is not None:
            self._pictures[-1] = response_pictures(values.answer[None], 1.0, self._shades)
        self._stale += [column for column in range(1, len(self._widths)) if column not in self._stale]
        self._paint_some()
        self.update()

    def choose(self, what: Spot | Wire | None) -> None:
        """Choose a neuron or a line, as keys do."""
        if what != self.chosen:
            self.chosen = what
            self._tell_pointed()
            self.update()

    def place_of(self, what: Spot | Wire) -> QPointF:
        """Where a neuron or a line can be clicked, px."""
        layout = self.layout_shown
        return QPointF(*(layout.center(what) if isinstance(what, Spot) else layout.wire_point(what, 0.5)))

    def bias_place(self, spot: Spot) -> QPointF:
        """Where a neuron's bias can be clicked, px."""
        return QPointF(*self.layout_shown.bias_place(spot))

    def _laid_out(self) -> NeuronLayout:
        theme = self._theme
        return NeuronLayout(
            self._widths,
            float(self.width()),
            float(self.height()),
            bundled=self._is_bundled,
            top=float(self.heading),
            bottom=float(self.footing),
            largest=float(theme.px(96)),
            smallest=float(theme.px(12)),
        )

    def _arrange(self) -> None:
        self.layout_shown = self._laid_out()
        self._wires = [None] * len(self._widths)
        self._stale = list(range(1, len(self._widths)))
        self._paint_some(everything=True)
        self.laid_out.emit()
        self.update()

    def _paint_some(self, *, everything: bool = False) -> None:
        """Paint the lines of as many columns anew as a frame may take."""
        layout, lines = self.layout_shown, 0
        while self._stale and (everything or lines < _LINES_A_FRAME):
            column = self._stale.pop(0)
            lines += layout.counts[column] * layout.counts[column - 1]
            self._wires[column] = paint_wires(self._theme, layout, self.values, column, self.height())

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, layout = self._theme, self.layout_shown
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        for lines in self._wires:
            if lines is not None:
                painter.drawPixmap(QPointF(lines[0], 0.0), lines[1])
        fine = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHints(fine)
        marked = self.pointed or self.chosen
        if isinstance(marked, Wire):
            mark_wire(painter, theme, layout, marked)
        painter.setRenderHints(fine, sum(layout.counts) <= _FINE_NEURONS)
        for column, count in enumerate(layout.counts):
            pictures = self._pictures[column]
            for unit in range(count):
                spot = Spot(column, unit)
                picture = pictures[unit] if unit < len(pictures) else None
                paint_neuron(painter, theme, layout, spot, picture, is_chosen=spot in (self.pointed, self.chosen))
                if column and self.values.biases[column] is not None:
                    paint_bias(painter, theme, layout, spot, self.values.bias(spot))
        painter.setRenderHints(fine)
        name_ends(painter, theme, layout, self._input_names, self._output_names)
        if isinstance(marked, Wire):
            tell_wire(painter, theme, layout, self.values, marked, QRectF(self.rect()))
        elif isinstance(marked, Spot):
            tell_neuron(painter, theme, layout, self.values, marked, QRectF(self.rect()))
        painter.end()

    # --- pointer and keys ---------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton:
            return
        what = self.pointed
        self.choose(what)
        if isinstance(what, Wire) and self.values.weight(what) is not None:
            self.weight_asked.emit(what)
        elif isinstance(what, Spot) and self._is_bias and self.values.bias(what) is not None:
            self.bias_asked.emit(what)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_pointed(None, is_bias=False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(event.angleDelta().y())
        event.accept()

    def _point_at(self, at: QPointF) -> None:
        layout, x, y = self.layout_shown, at.x(), at.y()
        spot = layout.bias_at(x, y, bias_radius(self._theme, layout) + 2)
        if spot is not None and self.values.biases[spot.column] is not None:
            self._set_pointed(spot, is_bias=True)
            return
        self._set_pointed(layout.neuron_at(x, y) or layout.wire_at(x, y, self._theme.px(5)), is_bias=False)

    def _set_pointed(self, what: Spot | Wire | None, *, is_bias: bool) -> None:
        self._is_bias = is_bias
        may_edit = is_bias or (isinstance(what, Wire) and self.values.weight(what) is not None)
        self.setCursor(Qt.CursorShape.PointingHandCursor if may_edit else Qt.CursorShape.ArrowCursor)
        if what != self.pointed:
            self.pointed = what
            self._tell_pointed()
            self.update()

    def _tell_pointed(self) -> None:
        found = self.pointed if isinstance(self.pointed, Spot) else self.chosen
        self.neuron_pointed.emit(found if isinstance(found, Spot) else None)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(*_STEPS[key])
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            self._turn(-1 if key == Qt.Key.Key_Comma else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            if isinstance(self.chosen, Wire) and self.values.weight(self.chosen) is not None:
                self.weight_asked.emit(self.chosen)
            elif isinstance(self.chosen, Spot) and self.values.bias(self.chosen) is not None:
                self.bias_asked.emit(self.chosen)
        elif key == Qt.Key.Key_Escape and self.chosen is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def _step(self, across: int, down: int) -> None:
        """On to the next neuron; from a line, from the neuron into which it leads."""
        counts, now = self.layout_shown.counts, self.chosen
        if now is None:
            self.choose(Spot(0, 0))
            return
        column = min(max(now.column + across, 0), len(counts) - 1)
        self.choose(Spot(column, min(max(now.unit + down, 0), counts[column] - 1)))

    def _turn(self, way: int) -> None:
        """On to the next line into the chosen neuron."""
        now, layout = self.chosen, self.layout_shown
        if now is None or now.column == 0 or (layout.is_bundled and now.column == 1):
            return
        count = layout.counts[now.column - 1]
        source = (now.source + way) % count if isinstance(now, Wire) else (0 if way > 0 else count - 1)
        self.choose(Wire(now.column, now.unit, source))

    # --- the rest -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._shades = shade_table(self._theme)
        self.show_values(self.values)
        self._arrange()
