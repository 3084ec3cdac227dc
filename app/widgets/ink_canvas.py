"""InkCanvas: a square to draw on, by mouse, finger or stylus. Knows no panel and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.color_mixing import rgb
from app.widgets.ink import Ink, ink_pen

if TYPE_CHECKING:
    from app.widgets.theme import Theme


class InkCanvas(QWidget):
    """Backspace takes the last stroke back, Delete clears. `ink_settled` follows the end of each of a person's strokes and deeds."""

    ink_changed = Signal()
    ink_settled = Signal()

    def __init__(self, theme: Theme, hint: str, tip: str, spoken: str) -> None:
        """hint: what stands on the empty square; tip: its tooltip; spoken: what a screen reader tells of it."""
        super().__init__()
        self._theme = theme
        self.ink = Ink()
        self._is_drawing = False
        self._words = (hint, tip)
        self._hint = hint
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Drawing pad")
        self.setAccessibleDescription(spoken)
        self.set_custom("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_custom(self, custom: str) -> None:
        """custom: how the writers of the data did it, one sentence, where that is not as everybody does."""
        hint, tip = self._words
        self._hint = "\n".join(filter(None, (hint, custom)))
        self.setToolTip("\n".join(filter(None, (tip, custom))))
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(112), self._theme.px(112))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(224), self._theme.px(224))

    def square(self) -> QRectF:
        """The part of the widget that is the pad, in its pixels."""
        side = float(min(self.width(), self.height())) - 2.0
        return QRectF((self.width() - side) / 2.0, 1.0, side, side)

    def _begin(self, at: QPointF) -> None:
        square = self.square()
        if not square.contains(at):
            return
        self._is_drawing = True
        self.ink.begin((at.x() - square.x()) / square.width(), (at.y() - square.y()) / square.height())
        self.tell()

    def _go_on(self, at: QPointF) -> None:
        if self._is_drawing:
            square = self.square()
            self.ink.go_on((at.x() - square.x()) / square.width(), (at.y() - square.y()) / square.height())
            self.tell()

    def _end(self) -> None:
        if self._is_drawing:
            self._is_drawing = False
            self.ink_settled.emit()

    def tell(self) -> None:
        """What is on the pad was changed from outside: show it, and say so."""
        self.update()
        self.ink_changed.emit()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self.ink.undo():
            self.tell()
            self.ink_settled.emit()

    def clear(self) -> None:
        """Empty the pad."""
        if not self.ink.is_empty:
            self.ink.clear()
            self.tell()
            self.ink_settled.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()
        event.accept()

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self._begin(event.position())
        elif event.type() == QEvent.Type.TabletMove:
            self._go_on(event.position())
        else:
            self._end()
        event.accept()  # or Qt makes a mouse event of it, and each stroke is drawn twice

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            points = event.points()  # type: ignore[attr-defined]
            if kind == QEvent.Type.TouchBegin and points:
                self._begin(points[0].position())
            elif kind == QEvent.Type.TouchUpdate and points:
                self._go_on(points[0].position())
            else:
                self._end()
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.undo()
        elif event.key() == Qt.Key.Key_Delete:
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        square = self.square()
        painter.fillRect(square, self._theme.color("panel"))
        if self.ink.picture is not None:
            painter.drawImage(square, ink_image(self.ink.picture, self._theme))
        painter.save()
        painter.setClipRect(square)
        painter.translate(square.topLeft())
        painter.setPen(ink_pen(self._theme.color("text"), square.width()))
        painter.drawPath(self.ink.path(square.width()))
        painter.restore()
        is_focused = self.hasFocus()
        painter.setPen(QPen(self._theme.color("accent" if is_focused else "border"), 2.0 if is_focused else 1.0))
        painter.drawRect(square)
        if self.ink.is_empty:
            painter.setFont(self._theme.font("body"))
            painter.setPen(self._theme.color("muted"))
            inner = square.adjusted(8.0, 0.0, -8.0, 0.0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)


def ink_image(pixels: np.ndarray, theme: Theme) -> QImage:
    """Ink from 0 (panel) to 1 (text colour) as an image; row 0 on top."""
    paper = np.array(rgb(theme.color("panel")), np.float32)
    ink = np.array(rgb(theme.color("text")), np.float32)
    share = np.clip(pixels, 0.0, 1.0)[..., np.newaxis]
    colors = np.ascontiguousarray(paper + (ink - paper) * share, dtype=np.float32).astype(np.uint8)
    height, width = pixels.shape
    return QImage(colors.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
