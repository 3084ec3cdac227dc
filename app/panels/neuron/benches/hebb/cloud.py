"""CloudPlot: the firing of both cells against each other, and the weight vectors in it. Draws what it is given; asks nobody."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QSizePolicy

from app.panels.neuron.benches.hebb.state import LONGEST, MEAN, SD, View
from app.panels.neuron.benches.hebb.words import TITLES, signed
from app.panels.neuron.plot_dots import PlotDots, dot_pen
from app.simulation.biology.rate_rules import RateRule
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Array = np.ndarray
REACH = 2.6  # of the axes from the middle, in standard deviations
_GRASP = 18.0  # px around the handle that take it
_KEY_STEP = 0.05
_SMALL_PX = 150  # of the design, height of a cloud
RULE_TOKENS: dict[RateRule, str] = {"hebb": "series_6", "covariance": "series_4", "oja": "series_2", "bcm": "series_3"}
_ARROWS: tuple[RateRule, ...] = ("hebb", "oja", "bcm")
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class CloudPlot(StyledPlot):
    """Pair: rates of A and B, the quadrants of the covariance rule. Inputs: the cloud, its long axis, a vector for each rule.

    start_moved: the weights at the start are dragged (or moved by the arrow keys); start_settled: the gesture is over.
    """

    start_moved = Signal(float, float)
    start_settled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "A", "", "B", "", title="Firing of B against A")
        self.view: View = "pair"
        self._start = (0.0, 0.0)
        self._vectors: dict[RateRule, Array] = {}
        self._is_dragging = False
        self._shown: dict[str, object] = {}
        self._middle = 0.0
        self.leave_room()
        box = self.plotItem.vb
        box.setAspectLocked(True)
        box.setMouseEnabled(x=False, y=False)
        self.keep_axes()
        self._up = pg.ScatterPlotItem(pxMode=True, name="moments, strengthening")
        self._down = pg.ScatterPlotItem(pxMode=True, name="moments")
        self._now = PlotDots(QRectF(), is_smooth=True)
        for dots in (self._up, self._down):  # hundreds, which stand while the rest moves
            dots.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._means = [pg.InfiniteLine(0.0, angle=angle) for angle in (0, 90)]
        self._circle = self.add_curve("muted", name="length 1", width=1)
        self._axis = self.add_curve("text", name="first principal axis", is_dashed=True)
        for item in (self._down, self._up, *self._means, self._now):
            self.addItem(item, ignoreBounds=True)
        self._shafts = {rule: self.add_curve(RULE_TOKENS[rule], name=f"w {TITLES[rule]}", width=3) for rule in _ARROWS}
        self._heads = {rule: pg.ArrowItem(angle=0, pen=None) for rule in _ARROWS}
        self._names = {rule: pg.TextItem(TITLES[rule], anchor=(0.5, 0.5)) for rule in _ARROWS}
        self._handle = pg.ScatterPlotItem(pxMode=True, name="weights at the start")
        self._patterns = pg.ScatterPlotItem(pxMode=True, symbol="d", name="patterns")
        self._words = [pg.TextItem("", anchor=(0.5, 0.5)) for _ in range(4)]
        for item in (self._patterns, *self._heads.values(), *self._names.values(), self._handle, *self._words):
            item.setZValue(20)
            self.addItem(item, ignoreBounds=True)
        for rule in _ARROWS:
            self._names[rule].setZValue(15)
            self._shafts[rule].setZValue(18)
        angle = np.linspace(0, 2 * math.pi, 91)
        self._ring = (np.cos(angle), np.sin(angle))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.viewport().installEventFilter(self)
        box.sigResized.connect(self._on_resized)
        self.read_out = self.reading
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()
        self.set_view("pair")

    # --- showing ------------------------------------------------------------------------------------------------------

    def set_view(self, view: View) -> None:
        """Two cells and one synapse, or two inputs and their weights."""
        self.view = view
        is_pair = view == "pair"
        self._middle, reach = (MEAN, REACH * SD) if is_pair else (0.0, REACH)
        self._labels = {
            "bottom": ("rate of A" if is_pair else "input A, w₁", ""),
            "left": ("rate of B" if is_pair else "input B, w₂", ""),
        }
        self._write_labels()
        low, high = self._middle - reach, self._middle + reach
        if is_pair:
            low = 0.0  # a rate is never less
        self.plotItem.vb.setAspectLocked(not is_pair)  # locked, the longer side would reach below 0
        self.setRange(xRange=(low, high), yRange=(low, high), padding=0)
        self._now.set_bounds(QRectF(low - reach, low - reach, 4 * reach, 4 * reach))  # the longer side shows more
        for line in self._means:
            line.setValue(self._middle)
        self._circle.setData(*(([], []) if is_pair else self._ring))
        far = high - 0.16 * reach, low + 0.16 * reach
        for word, text, x, y in zip(self._words, "++−−", (0, 1, 0, 1), (0, 1, 1, 0), strict=True):
            word.setText(text)
            word.setPos(far[x], far[y])
            word.setVisible(is_pair)
        self.setToolTip(
            "Each dot is a moment; on an axis, a cell is silent (or chance would have its rate below 0). "
            "Right of and above the means, or left and below: the covariance rule strengthens (+)"
            if is_pair
            else "Each dot is an input. Drag the ring (or use the arrow keys): the weights at the start"
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if is_pair else Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Plot of the firing of B against A" if is_pair else "Cloud of inputs with the weights")

    def show_now(self, now: Array) -> None:
        """What fires now, (0 or 1, 2), as a dark dot."""
        place = QPolygonF([QPointF(*moment) for moment in self._in_sight(now).tolist()])
        self._now.show_groups([(pen, place) for pen in self._now_pens])

    def show_moments(self, moments: Array, *, is_signed: bool) -> None:
        """Every moment as a dot; is_signed: coloured by what the covariance rule makes of it."""
        if is_signed:
            product = (moments[:, 0] - self._middle) * (moments[:, 1] - self._middle)
            seen = self._in_sight(moments)
            self._up.setData(pos=seen[product > 0])
            self._down.setData(pos=seen[product <= 0])
        else:
            self._up.setData([], [])
            self._down.setData(pos=moments)
        self._dress_dots(is_signed)

    def _in_sight(self, moments: Array) -> Array:
        """Where moments are drawn: of two cells that fire, on the axis where chance would have a rate below 0 (one in fifty)."""
        return np.maximum(moments, 0.0) if self.view == "pair" else moments

    def show_axis(self, axis: Array) -> None:
        """The first principal axis (2,), or () for none."""
        if self._is_shown("axis", axis.tolist()):
            return
        ends = 2 * REACH * np.array([-1.0, 1.0])
        self._axis.setData(*((ends * axis[0], ends * axis[1]) if len(axis) == 2 else ([], [])))

    def show_patterns(self, patterns: Array) -> None:
        """The patterns (k, 2) that BCM chooses from, as diamonds."""
        if not self._is_shown("patterns", patterns.tolist()):
            self._patterns.setData(pos=patterns)

    def _is_shown(self, what: str, data: object) -> bool:
        """Whether `what` stands like this already: to set it again took a third of a frame's cloud."""
        is_shown = self._shown.get(what) == data
        self._shown[what] = data
        return is_shown

    def show_vectors(self, start: tuple[float, float], vectors: dict[RateRule, Array]) -> None:
        """The weights at the start, and now under each rule; a vector that leaves the picture ends at its edge."""
        self._start, self._vectors = start, vectors
        is_pair = self.view == "pair"
        if not self._is_shown("handle", (is_pair, start)):
            self._handle.setData([] if is_pair else [start[0]], [] if is_pair else [start[1]])
        taken: list[QPointF] = []
        for rule in _ARROWS:
            vector = vectors.get(rule)
            is_there = not is_pair and vector is not None and bool(np.isfinite(vector).all())
            length = float(np.hypot(*vector)) if is_there and vector is not None else 0.0
            for item in (self._heads[rule], self._names[rule]):
                item.setVisible(length > 1e-6)
            if vector is None or length <= 1e-6:
                self._shafts[rule].setData([], [])
                continue
            tip = vector * min(1.0, 0.93 * REACH / float(np.abs(vector).max()))
            self._shafts[rule].setData([0.0, tip[0]], [0.0, tip[1]])
            self._heads[rule].setPos(*tip)
            angle = round(180.0 - math.degrees(math.atan2(tip[1], tip[0])), 1)
            if not self._is_shown(f"head {rule}", angle):
                self._heads[rule].setStyle(angle=angle)
            self._names[rule].setPos(self._free_place(tip, taken, self._names[rule]))

    def _free_place(self, tip: Array, taken: list[QPointF], name: pg.TextItem) -> QPointF:
        """Beside the tip, where no other name stands, whole inside the picture."""
        way = tip / max(float(np.hypot(*tip)), 1e-9)
        side = np.array([-way[1], way[0]])
        unit = max(self.place_of(1.0, 0.0).x() - self.place_of(0.0, 0.0).x(), 1.0)  # px
        half = np.array([name.boundingRect().width(), name.boundingRect().height()]) / (2 * unit)
        room = np.maximum(REACH - half, 0.0)
        for out, along in ((0.35, 0.0), (0.1, 0.5), (0.1, -0.5), (-0.2, 0.75), (-0.2, -0.75), (0.3, 1.0), (0.3, -1.0)):
            wanted = tip + out * way + along * side
            place = np.clip(wanted, -room, room)
            is_free = all(abs(place[0] - p.x()) > 2 * half[0] or abs(place[1] - p.y()) > 1.6 * half[1] for p in taken)
            if is_free and float(np.abs(place - wanted).max()) < 0.3:
                break
        taken.append(QPointF(*place))
        return taken[-1]

    def reading(self, x: float, y: float) -> str:
        """The place under the pointer."""
        what = ("A", "B") if self.view == "pair" else ("w₁", "w₂")
        return f"{what[0]} {signed(x)}   {what[1]} {signed(y)}"

    # --- the weights at the start, by hand ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.view == "pair" or not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            away = self.place_of(*self._start) - event.position()
            self._is_dragging = math.hypot(away.x(), away.y()) <= _GRASP * self.theme.scale
            if self._is_dragging:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
            return self._is_dragging
        if kind == QEvent.Type.MouseMove and self._is_dragging:
            point = self.plotItem.vb.mapSceneToView(self.mapToScene(event.position().toPoint()))
            self._move_to(point.x(), point.y())
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._is_dragging:
            self._is_dragging = False
            self.start_settled.emit()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(Qt.Key(event.key()))
        if step is None or self.view == "pair":
            event.ignore()
            return
        self._move_to(self._start[0] + step[0] * _KEY_STEP, self._start[1] + step[1] * _KEY_STEP)
        self.start_settled.emit()

    def _move_to(self, x: float, y: float) -> None:
        x, y = (round(min(max(value, -LONGEST), LONGEST), 2) for value in (x, y))
        self.start_moved.emit(x, y)

    @Slot()
    def _on_resized(self) -> None:
        self._dress_names()
        self.show_vectors(self._start, self._vectors)

    def _dress_names(self) -> None:
        """Smaller in a small cloud, where they would stand on one another."""
        role = "heading" if self.plotItem.vb.height() >= self.theme.px(_SMALL_PX) else "small"
        for name in self._names.values():
            name.setFont(self.theme.font(role))

    # --- look ---------------------------------------------------------------------------------------------------------

    def _dress_dots(self, is_signed: bool) -> None:
        theme = self.theme
        for item, token in ((self._up, "positive"), (self._down, "negative" if is_signed else "muted")):
            color = theme.color(token)
            color.setAlphaF(0.75 if is_signed else 0.45)
            item.setBrush(color)
            item.setPen(None)
            item.setSize(theme.px(4))

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        for line in self._means:
            line.setPen(pg.mkPen(theme.color("border"), width=1))
        self._now_pens = [dot_pen(theme.color("panel"), theme.px(10) + 4), dot_pen(theme.color("text"), theme.px(10))]
        self._handle.setSize(theme.px(13))
        self._handle.setBrush(theme.color("panel"))
        self._handle.setPen(pg.mkPen(theme.color("text"), width=2))
        self._patterns.setSize(theme.px(16))
        self._patterns.setBrush(theme.color(RULE_TOKENS["bcm"]))
        self._patterns.setPen(pg.mkPen(theme.color("panel"), width=1))
        for rule in _ARROWS:
            color = theme.color(RULE_TOKENS[rule])
            self._heads[rule].setStyle(
                headLen=theme.px(13), headWidth=theme.px(11), tailLen=None, brush=color, pen=None
            )
            self._names[rule].setColor(color)
            paper = theme.color("panel")
            paper.setAlphaF(0.8)
            self._names[rule].fill = pg.mkBrush(paper)
        self._dress_names()
        for word, token in zip(self._words, ("positive", "positive", "negative", "negative"), strict=True):
            word.setFont(theme.font("title"))
            word.setColor(theme.color(token))
