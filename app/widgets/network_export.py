"""Writes a drawn network to a file, as a picture (PNG) or a drawing (SVG). Knows no panel."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from app.picture_writer import png_bytes
from app.resource_paths import write_atomically
from app.widgets.network_canvas import NetworkCanvas
from app.widgets.theme import Theme

_LARGEST_SIDE = 16_000  # px of a PNG


def write_drawing(canvas: NetworkCanvas, path: Path, theme: Theme) -> None:
    """Write all of `canvas` to `path`, atomically; OSError where it cannot be written."""
    if path.suffix.lower() == ".svg":
        area, buffer = canvas.area(), QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(area.size().toSize())
        generator.setViewBox(QRectF(0, 0, area.width(), area.height()))
        generator.setTitle(canvas.accessibleName())
        painter = QPainter(generator)
        painter.fillRect(QRectF(0, 0, area.width(), area.height()), theme.color("panel"))
        canvas.paint_whole(painter, QRectF(0, 0, area.width(), area.height()))
        painter.end()
        content = bytes(buffer.data().data())
    else:
        content = png_bytes(drawing_picture(canvas, theme))
    write_atomically(path, content)


def drawing_picture(canvas: NetworkCanvas, theme: Theme) -> QImage:
    """All of `canvas` at twice its size, as far as a picture's sides allow."""
    area = canvas.area()
    scale = min(2.0, _LARGEST_SIDE / max(area.width(), area.height(), 1.0))
    image = QImage(QSize(round(area.width() * scale), round(area.height() * scale)), QImage.Format.Format_RGB32)
    image.fill(theme.color("panel"))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    canvas.paint_whole(painter, QRectF(image.rect()))
    painter.end()
    return image
