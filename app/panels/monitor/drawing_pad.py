"""The drawing pad: draw a digit, see what the network sees of it, and its answer as bars, live. Imports no trainer that names torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.panels.monitor.ink import Ink, Stroke, ink_pen
from app.panels.monitor.probability_bars import ProbabilityBars
from app.widgets.color_mixing import rgb
from app.widgets.small_controls import ThemedLabel, text_button
from trainers.data_split import DrawnLike

if TYPE_CHECKING:
    from app.widgets.theme import Theme


HINT = "Draw a digit here"
_TIP = (
    "Draw a digit with the mouse, a finger or a pen: the bars show the network's answer while you draw.\n"
    "Backspace takes the last stroke back, Delete clears, T puts a test digit here."
)
# Of the 179 sevens of the bundled digits all but some twenty have a bar through the stem. A LeNet-5 that learned them takes
# a drawn 7 with the bar for a 7 in 0.94 of all cases, without it in 0.3: mostly for a 3. The preparation is the data's own.
_CUSTOMS: dict[DrawnLike, str] = {"digits": "Put a bar through your 7, as these writers did"}


class InkCanvas(QWidget):
    """A square to draw on, by mouse, finger or stylus. Backspace takes the last stroke back, Delete clears."""

    ink_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.ink = Ink()
        self._is_drawing = False
        self._hint = HINT
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Drawing pad")
        self.setAccessibleDescription("Draw a digit; with the keyboard, press T for one of the test digits.")
        self.set_custom("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_custom(self, custom: str) -> None:
        """custom: how the writers of the data did it, one sentence, where that is not as everybody does."""
        self._hint = "\n".join(filter(None, (HINT, custom)))
        self.setToolTip("\n".join(filter(None, (_TIP, custom))))
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
        self._tell()

    def _go_on(self, at: QPointF) -> None:
        if self._is_drawing:
            square = self.square()
            self.ink.go_on((at.x() - square.x()) / square.width(), (at.y() - square.y()) / square.height())
            self._tell()

    def _tell(self) -> None:
        self.update()
        self.ink_changed.emit()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self.ink.undo():
            self._tell()

    def clear(self) -> None:
        """Empty the pad."""
        if not self.ink.is_empty:
            self.ink.clear()
            self._tell()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_drawing = False
        event.accept()

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self._begin(event.position())
        elif event.type() == QEvent.Type.TabletMove:
            self._go_on(event.position())
        else:
            self._is_drawing = False
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
                self._is_drawing = False
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
            painter.drawImage(square, _ink_image(self.ink.picture, self._theme))
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


class SeenPicture(QWidget):
    """The 28 x 28 pixels that the network gets."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.pixels: np.ndarray | None = None
        self.setAccessibleName("What the network sees")
        self.setToolTip(
            "The drawing as the network gets it: cropped, centred, scaled and blurred as its training data were."
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        side = 28 * max(2, round(2.0 * self._theme.scale)) + 2
        return QSize(side, side)

    def show_pixels(self, pixels: np.ndarray | None) -> None:
        """float32 (28, 28), 0 to 1, or None for an empty pad."""
        self.pixels = pixels
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillRect(frame, self._theme.color("panel"))
        if self.pixels is not None:
            painter.drawImage(frame.adjusted(0.5, 0.5, -0.5, -0.5), _ink_image(self.pixels, self._theme))
        painter.setPen(self._theme.color("border"))
        painter.drawRect(frame)


class DrawingPad(QWidget):
    """Canvas, what the network sees, and its answer. Emits `asked` with the network's input; takes the answer back."""

    asked = Signal(object)  # float32 (1, 28, 28), 0 to 1
    test_digit_wanted = Signal()
    drawing_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.canvas = InkCanvas(theme)
        self.seen = SeenPicture(theme)
        self.bars = ProbabilityBars(theme)
        self.answer = ThemedLabel(theme, "", "heading", wraps=True)
        self.answer.setAccessibleName("The network's answer")
        self.clear_button = text_button("Clear", "Empties the pad", key="")
        self.undo_button = text_button("Undo stroke", "Takes the last stroke back")
        self.test_button = text_button(
            "Test digit", "Puts one of the test digits on the pad, picked at random", key="T"
        )
        self._may_ask = False
        self._like: DrawnLike = "mnist"
        self._build()
        self.canvas.ink_changed.connect(self._on_ink_changed)
        self.clear_button.clicked.connect(self.canvas.clear)
        self.undo_button.clicked.connect(self.canvas.undo)
        self.test_button.clicked.connect(self.test_digit_wanted)
        self._on_ink_changed()
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def _build(self) -> None:
        self._side = QVBoxLayout()
        seen_row = QHBoxLayout()
        seen_row.addWidget(self.seen)
        seen_row.addWidget(self.answer, 1)
        self._side.addLayout(seen_row)
        self._side.addWidget(self.bars, 1)
        buttons = QHBoxLayout()
        for button in (self.clear_button, self.undo_button, self.test_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.canvas, 0, 0)
        self._grid.addLayout(self._side, 0, 1)
        self._grid.addLayout(buttons, 1, 0, 1, 2)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        self._grid.setRowStretch(0, 1)

    @property
    def like(self) -> DrawnLike:
        """How the data that the network learns were prepared."""
        return self._like

    @like.setter
    def like(self, like: DrawnLike) -> None:
        self._like = like
        self.canvas.set_custom(_CUSTOMS.get(like, ""))

    @property
    def strokes(self) -> list[Stroke]:
        """The drawing, as points from 0 to 1."""
        return [list(stroke) for stroke in self.canvas.ink.strokes]

    def set_strokes(self, strokes: list[Stroke]) -> None:
        """Put a drawing there."""
        self.canvas.ink.clear()
        self.canvas.ink.strokes = [list(stroke) for stroke in strokes if stroke]
        self.canvas._tell()

    def set_picture(self, picture: np.ndarray) -> None:
        """Put a digit of the data there: uint8 or float32 (28, 28); it goes to the network as it is."""
        pixels = np.asarray(picture, np.float32)
        self.canvas.ink.clear()
        self.canvas.ink.picture = pixels / 255.0 if picture.dtype == np.uint8 else pixels
        self.canvas._tell()

    def set_may_ask(self, may_ask: bool) -> None:
        """Whether there is a network that can answer; a drawing that stands there is asked about at once."""
        if may_ask != self._may_ask:
            self._may_ask = may_ask
            self.ask()

    def inputs(self) -> np.ndarray | None:
        """What the network gets: float32 (28, 28), 0 to 1, or None for an empty pad."""
        ink = self.canvas.ink
        if ink.is_empty:
            return None
        if not ink.strokes:
            return ink.picture
        from trainers.digit_pad import prepare_digit  # brings Pillow along: not before somebody draws

        return prepare_digit(ink.raster(), self.like)

    @Slot()
    def ask(self) -> None:
        """Ask about what is on the pad (again: the network may have learned)."""
        pixels = self.seen.pixels
        if pixels is None:
            self.bars.show_outputs(None)
            self.answer.setText("The pixels that the network sees")
            self.answer.set_token("muted")
        elif not self._may_ask:
            self.bars.show_outputs(None)
            self.answer.setText("Press Space to train: then it answers")
            self.answer.set_token("muted")
        else:
            self.asked.emit(pixels[np.newaxis])

    def show_answer(self, outputs: np.ndarray) -> None:
        """float32 (classes,): probabilities."""
        if self.seen.pixels is None:
            return
        self.bars.show_outputs(outputs)
        best = int(np.argmax(outputs))
        self.answer.setText(f"{self.bars.label(best)}: {100.0 * float(outputs[best]):.0f} %")
        self.answer.set_token("text")

    @Slot()
    def _on_ink_changed(self) -> None:
        is_empty = self.canvas.ink.is_empty
        self.clear_button.setEnabled(not is_empty)
        self.undo_button.setEnabled(not is_empty)
        self.seen.show_pixels(self.inputs())
        self.ask()
        self.drawing_changed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._grid.setSpacing(self._theme.px(8))
        self._side.setSpacing(self._theme.px(6))
        for button in (self.clear_button, self.undo_button, self.test_button):
            button.setFont(self._theme.font("small"))


def _ink_image(pixels: np.ndarray, theme: Theme) -> QImage:
    """Ink from 0 (panel) to 1 (text colour) as an image; row 0 on top."""
    paper = np.array(rgb(theme.color("panel")), np.float32)
    ink = np.array(rgb(theme.color("text")), np.float32)
    share = np.clip(pixels, 0.0, 1.0)[..., np.newaxis]
    colors = np.ascontiguousarray(paper + (ink - paper) * share, dtype=np.float32).astype(np.uint8)
    height, width = pixels.shape
    return QImage(colors.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
