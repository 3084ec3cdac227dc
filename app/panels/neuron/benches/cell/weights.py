"""WeightBars: the weights of all inputs side by side; the number under the pointer, a click selects. Knows no session."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.simulation.biology.stage import INPUTS, StagePlan
from app.widgets.theme import Theme

LEAST_NS = 2.0  # the axis reaches at least so far


class WeightBars(QWidget):
    """Bars upward, orange for excitatory inputs and blue, hatched, for inhibitory ones. Emits the inputs that a click selects."""

    selected = Signal(tuple)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plan = StagePlan()
        self._marked: frozenset[int] = frozenset()
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Weights of all inputs")
        self.setToolTip("The weight of each of the 30 inputs; click one to select it, Shift adds")
        theme.changed.connect(self._on_theme_changed)

    def show_plan(self, plan: StagePlan, marked: tuple[int, ...]) -> None:
        """Show the weights of `plan`, with these inputs selected."""
        if plan != self._plan or frozenset(marked) != self._marked:
            self._plan, self._marked = plan, frozenset(marked)
            self.update()

    @property
    def text(self) -> str:
        """The line above the bars: the input under the pointer, or all."""
        weights = self._plan.weights_nS
        if self._hovered is not None:
            kind = {"ampa": "AMPA", "nmda": "NMDA", "gaba_a": "GABA-A"}[self._plan.receptors[self._hovered]]
            return f"Input {self._hovered + 1}: {weights[self._hovered]:.2f} nS, {kind}"
        return f"Mean {sum(weights) / INPUTS:.2f} nS, from {min(weights):.2f} to {max(weights):.2f}"

    def bar_at(self, x: float) -> int | None:
        """The input whose bar stands at pixel x."""
        left, wide = self._left(), self._step()
        number = int((x - left) // wide)
        return number if 0 <= number < INPUTS else None

    def _left(self) -> float:
        return QFontMetricsF(self._theme.font("small")).horizontalAdvance("00") + self._theme.gap(6)

    def _step(self) -> float:
        return (self.width() - self._left() - 2) / INPUTS

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        metrics = QFontMetricsF(theme.font("small"))
        painter.setPen(theme.color("text"))
        painter.drawText(QPointF(self._left(), metrics.ascent()), self.text)
        most = max(LEAST_NS, *self._plan.weights_nS)
        top, bottom = 1.6 * metrics.height(), self.height() - 0.5 * metrics.height()
        painter.setPen(theme.color("muted"))
        for value in (0.0, most):
            text = f"{value:.2g}"
            y = bottom - (bottom - top) * value / most
            at = QPointF(self._left() - metrics.horizontalAdvance(text) - theme.gap(4), y + metrics.ascent() / 2 - 1)
            painter.drawText(at, text)
        wide = self._step()
        for number, weight in enumerate(self._plan.weights_nS):
            is_inhibitory = self._plan.receptors[number] == "gaba_a"
            tall = (bottom - top) * weight / most
            bar = QRectF(self._left() + number * wide + 1, bottom - tall, max(wide - 2, 1.5), max(tall, 1.0))
            color = theme.color("negative" if is_inhibitory else "positive")
            painter.fillRect(bar, color)
            if is_inhibitory:
                painter.fillRect(bar.adjusted(wide * 0.3, 1, -wide * 0.3, -1), theme.color("panel"))
            if number in self._marked or number == self._hovered:
                painter.setPen(QPen(theme.color("text"), 2 if number in self._marked else 1))
                painter.drawRect(bar.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(theme.color("border")))
        painter.drawLine(QPointF(self._left(), bottom + 0.5), QPointF(self.width() - 1, bottom + 0.5))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.bar_at(event.position().x())
        if number is None:
            self.selected.emit(())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.selected.emit(tuple(sorted(self._marked ^ {number})))
        else:
            self.selected.emit((number,))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self.bar_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton and hovered is not None and hovered not in self._marked:
            self.selected.emit(tuple(sorted(self._marked | {hovered})))
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
            return
        last = max(self._marked, default=-1 if by > 0 else INPUTS)
        number = (last + by) % INPUTS
        self._hovered = number
        self.selected.emit((number,))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(260), self._theme.px(84))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
