"""Paints a network's figure (trainers.network_figure) as SVG, PNG or PDF. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
    QPen,
    QPolygonF,
)
from PySide6.QtSvg import QSvgGenerator

from app.widgets.theme import TYPEFACE, load_typeface
from trainers.figure_shapes import Circle, Figure, Line, Polygon, Shape, Text

FORMATS = ("svg", "png", "pdf")
_PNG_SCALE = 300 / 72  # pixels for a point: 300 to the inch, as journals ask
_LARGEST_SIDE = 16_000  # px
_PDF_DOTS = 1200  # to the inch
_HEAD = (4.0, 1.8)  # length and half width of an arrow's head, points


def figure_bytes(figure: Figure, form: str) -> bytes:
    """The figure as a file's content. form: one of FORMATS. Needs a QGuiApplication."""
    load_typeface()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    {"svg": _write_svg, "png": _write_png, "pdf": _write_pdf}[form](figure, buffer)
    return bytes(buffer.data().data())


def _write_svg(figure: Figure, buffer: QBuffer) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(72)
    generator.setSize(QSizeF(figure.width, figure.height).toSize())
    generator.setViewBox(QRectF(0, 0, figure.width, figure.height))
    generator.setTitle(figure.title)
    _paint(figure, generator, 1.0)


def _write_png(figure: Figure, buffer: QBuffer) -> None:
    scale = min(_PNG_SCALE, _LARGEST_SIDE / max(figure.width, figure.height))
    image = QImage(QSize(round(figure.width * scale), round(figure.height * scale)), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(scale * 72 / 0.0254))
    image.setDotsPerMeterY(round(scale * 72 / 0.0254))
    image.fill(Qt.GlobalColor.white)
    _paint(figure, image, scale)
    QImageWriter(buffer, QByteArray(b"png")).write(image)


def _write_pdf(figure: Figure, buffer: QBuffer) -> None:
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DOTS)
    writer.setTitle(figure.title)
    writer.setCreator("Hillock")
    size = QPageSize(
        QSizeF(figure.width, figure.height), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch
    )
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    _paint(figure, writer, _PDF_DOTS / 72)


def _paint(figure: Figure, device: QPaintDevice, scale: float) -> None:
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    for shape in figure.shapes:
        _paint_shape(painter, shape)
    painter.end()


def _paint_shape(painter: QPainter, shape: Shape) -> None:
    if isinstance(shape, Text):
        _paint_text(painter, shape)
        return
    stroke = "#1a1a1a" if isinstance(shape, Circle) else shape.stroke
    pen = QPen(QColor(stroke), shape.width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    if isinstance(shape, Line):
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in shape.points]))
        if shape.has_arrow:
            _paint_head(painter, shape)
        return
    painter.setBrush(QColor(shape.fill) if shape.fill else Qt.BrushStyle.NoBrush)
    if isinstance(shape, Polygon):
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in shape.points]))
    else:
        painter.drawEllipse(QPointF(*shape.center), shape.radius, shape.radius)


def _paint_head(painter: QPainter, line: Line) -> None:
    end = QPointF(*line.points[-1])
    along = end - QPointF(*line.points[-2])
    length = max((along.x() ** 2 + along.y() ** 2) ** 0.5, 1e-6)
    along /= length
    across = QPointF(-along.y(), along.x())
    back = end - along * _HEAD[0]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(line.stroke))
    painter.drawPolygon(QPolygonF([end, back + across * _HEAD[1], back - across * _HEAD[1]]))


def _paint_text(painter: QPainter, text: Text) -> None:
    font = QFont(TYPEFACE)
    font.setPixelSize(100)  # laid out large and scaled: whole pixels would round the letters of a small size
    painter.save()
    painter.translate(*text.position)
    painter.scale(text.size / 100, text.size / 100)
    painter.setFont(font)
    painter.setPen(QColor(text.color))
    flags = Qt.AlignmentFlag.AlignVCenter | (
        Qt.AlignmentFlag.AlignHCenter if text.is_centered else Qt.AlignmentFlag.AlignLeft
    )
    left = -5000 if text.is_centered else 0
    painter.drawText(QRectF(left, -100, 10000, 200), flags | Qt.TextFlag.TextDontClip, text.text)
    painter.restore()
