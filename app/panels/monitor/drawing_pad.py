"""The drawing pad: draw a digit, see what the network sees of it, and its answer as bars, live. Imports no trainer that names torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.panels.monitor.probability_bars import ProbabilityBars
from app.widgets.ink import Stroke
from app.widgets.ink_canvas import InkCanvas, ink_image
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
            painter.drawImage(frame.adjusted(0.5, 0.5, -0.5, -0.5), ink_image(self.pixels, self._theme))
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
        self.canvas = InkCanvas(
            theme, HINT, _TIP, "Draw a digit; with the keyboard, press T for one of the test digits."
        )
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
        self.canvas.tell()

    def set_picture(self, picture: np.ndarray) -> None:
        """Put a digit of the data there: uint8 or float32 (28, 28); it goes to the network as it is."""
        pixels = np.asarray(picture, np.float32)
        self.canvas.ink.clear()
        self.canvas.ink.picture = pixels / 255.0 if picture.dtype == np.uint8 else pixels
        self.canvas.tell()

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
            self.answer.setText("What the network sees")
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
