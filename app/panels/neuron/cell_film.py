"""CellFilm: the cell's last moments as a GIF, one picture a turn of the event loop. Imports Pillow when it begins.

The pictures are drawn by a second, hidden view: the one on show stands where a person left it.
"""

from __future__ import annotations

import io
import math
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from app.cell_clock import speed_text
from app.cell_recording import CellRecording
from app.panels.neuron.cell_view import CellView
from app.resource_paths import write_atomically
from app.simulation.biology.stage import StagePlan
from app.widgets.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

PICTURES = 80
PICTURE_MS = 50  # each
WIDEST = 720  # px
_TOKENS = (
    "accent",
    "text",
    "positive",
    "negative",
    *(f"series_{number}" for number in range(8)),
)  # flags and electrode
_SWATCH = 60  # px of each, so that the palette holds it


class CellFilm(QObject):
    """`begin`, then `progressed` and at last `finished` or `failed`; `cancel` leaves nothing behind."""

    progressed = Signal(int, int)
    finished = Signal(object)  # Path
    failed = Signal(str)  # one sentence

    def __init__(
        self,
        view: CellView,
        recording: CellRecording,
        plan: StagePlan,
        window: tuple[float, float],
        is_true_scale: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recording = recording
        self._plan = plan
        self._window = window
        self._view = CellView(view.theme)
        self._view.resize(view.size())
        self._view.set_true_scale(is_true_scale)
        self._view.set_labels_shown(view.picture.has_labels)
        self._view.set_probes(view.picture.probes)
        self._view.set_marked(view.picture.marked)
        self._view.set_electrode(view.picture.electrode)
        self._view.set_camera_state(view.camera_state())
        colors = [view.theme.color(token) for token in _TOKENS]
        self._tokens = [(color.red(), color.green(), color.blue()) for color in colors]
        self._pictures: list[bytes] = []
        self._size = (0, 0)
        self._thread: threading.Thread | None = None
        self._outcome: bytes | str | None = None
        self._path = Path()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_turn_came)

    def begin(self, path: Path) -> None:
        """Draw and write to `path`."""
        self._path = path
        self._timer.start(0)

    def cancel(self) -> None:
        """Give up."""
        self._timer.stop()
        self._pictures.clear()
        if self._thread is not None:
            self._thread.join()
        self._view.deleteLater()
        self.deleteLater()

    @Slot()
    def _on_turn_came(self) -> None:
        if self._thread is not None:
            self._look_for_outcome()
        elif len(self._pictures) < PICTURES:
            self._draw_next()
        else:
            self._thread = threading.Thread(target=self._encode, name="film", daemon=True)
            self._thread.start()
            self._timer.start(30)

    def _draw_next(self) -> None:
        begin, end = self._window
        number = len(self._pictures)
        frame = self._recording.frame(begin + (end - begin) * number / (PICTURES - 1))
        self._view.show_frame(frame, self._recording.arrivals, self._plan, self._recording.handed_on)
        image = self._view.grab().toImage()
        if image.width() > WIDEST:
            image = image.scaledToWidth(WIDEST, Qt.TransformationMode.SmoothTransformation)
        speed = (end - begin) / (PICTURES * PICTURE_MS * 1e-3)
        image = _with_clock(image, self._view.theme, f"{frame.time_ms:.2f} ms", speed_text(speed) if speed > 0 else "")
        self._size = (image.width(), image.height())
        line = image.bytesPerLine()
        rows = memoryview(image.constBits()).cast("B")
        self._pictures.append(
            b"".join(bytes(rows[y * line : y * line + 3 * image.width()]) for y in range(image.height()))
        )
        self.progressed.emit(number + 1, PICTURES)

    def _encode(self) -> None:
        """In a thread: 80 pictures take about a second."""
        try:
            self._outcome = _gif(self._pictures, self._size, self._tokens)
        except (OSError, ValueError, MemoryError, ImportError) as error:
            self._outcome = f"The film could not be made ({error})."

    def _look_for_outcome(self) -> None:
        if self._outcome is None:
            return
        self._timer.stop()
        outcome = self._outcome
        if isinstance(outcome, bytes):
            try:
                write_atomically(self._path, outcome)
                self.finished.emit(self._path)
            except OSError as error:
                self.failed.emit(f"{self._path} cannot be written ({error.strerror}): choose another folder.")
        else:
            self.failed.emit(outcome)
        self.cancel()


def _with_clock(image: QImage, theme: Theme, time: str, speed: str) -> QImage:
    """The picture above a line with the moment and the speed: without them a film says nothing of time."""
    metrics = QFontMetricsF(theme.font("value"))
    below, gap = math.ceil(metrics.height() * 1.2), theme.gap(8)
    whole = QImage(image.width(), image.height() + below, QImage.Format.Format_RGB888)
    whole.fill(theme.color("panel"))
    painter = QPainter(whole)
    image.setDevicePixelRatio(1.0)
    painter.drawImage(0, 0, image)
    painter.setFont(theme.font("value"))
    painter.setPen(theme.color("text"))
    y = image.height() + metrics.ascent()
    painter.drawText(QPointF(gap, y), time)
    painter.drawText(QPointF(image.width() - gap - metrics.horizontalAdvance(speed), y), speed)
    painter.end()
    return whole


def _gif(pictures: Sequence[bytes], size: tuple[int, int], tokens: Sequence[tuple[int, int, int]]) -> bytes:
    """All pictures with one palette, so that nothing flickers. tokens: colours that it has to hold, however little is painted in them."""
    from PIL import Image

    images: list[Any] = [Image.frombytes("RGB", size, picture) for picture in pictures]
    wide, tall = size
    several = Image.new("RGB", (wide, 4 * tall + _SWATCH))  # of the whole film, not of one moment
    for place in range(4):
        several.paste(images[place * (len(images) - 1) // 3], (0, place * tall))
    for number, token in enumerate(tokens):
        left = number * wide // len(tokens)
        several.paste(token, (left, 4 * tall, left + wide // len(tokens), 4 * tall + _SWATCH))
    palette = several.quantize(255, dither=Image.Dither.NONE)
    frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=PICTURE_MS, loop=0, optimize=False)
    return buffer.getvalue()
