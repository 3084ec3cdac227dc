"""PictureWriter: packs a painted picture into a PNG beside the window: a ResNet-152's takes 2 s, of which Qt holds no Python."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter

from trainers.errors import BadInput
from trainers.network_files import write_bytes


def png_bytes(image: QImage) -> bytes:
    """The picture as a PNG file's content. Raises BadInput for one that Qt cannot hold or pack."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise BadInput("The picture is too large for PNG: export SVG or PDF, or a part of the drawing.")
    return bytes(buffer.data().data())


class PictureWriter(QThread):
    """One picture at a time. `written` brings its path, `refused` a sentence; either comes when the next may begin."""

    written = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._path = Path()
        self._trouble = ""
        self.is_busy = False
        self.finished.connect(self._on_finished)

    def begin(self, image: QImage, path: Path) -> bool:
        """Write `image`, which nobody paints on any more, to `path`; False while another is being written."""
        if self.is_busy:
            return False
        self.is_busy = True
        self._image, self._path, self._trouble = image, path, ""
        self.start(QThread.Priority.LowPriority)
        return True

    def run(self) -> None:
        try:
            write_bytes(png_bytes(self._image), self._path)
        except BadInput as error:
            self._trouble = error.sentence

    @Slot()
    def _on_finished(self) -> None:
        self._image, self.is_busy = QImage(), False
        if self._trouble:
            self.refused.emit(self._trouble)
        else:
            self.written.emit(str(self._path))
