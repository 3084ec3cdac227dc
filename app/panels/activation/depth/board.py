"""DepthBoard: the painted board with what the pointer shows of it; a click or the arrow keys choose a layer. Computes nothing."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.panels.activation.depth.board_painter import BoardPainter
from app.panels.activation.depth.drawing import Drawing, axes_of, frame_of, headings
from app.panels.activation.depth.figures import station_rows
from app.panels.activation.depth.geometry import Frame
from app.panels.activation.depth.ground_painter import GroundPainter
from app.panels.activation.depth.slot_look import STRONG, slot_color
from app.widgets.theme import Theme


def station_title(station: int) -> str:
    """What a station is called."""
    return f"Layer {station}" if station else "The signal itself"


class DepthBoard(QWidget):
    """What is drawn is kept as a picture until it changes: a pointer that moves paints one column over it.

    layer_chosen: a station (0: the signal), or None: none any more.
    """

    layer_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._drawing = Drawing()
        self._picture: QPixmap | None = None
        self._ground: QPixmap | None = None
        self._ground_key: object = None
        self._frame: Frame | None = None
        self._frame_key = (0, 0, 0)
        self._chosen: int | None = None
        self._pointed: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Signal and gradient, layer by layer")
        self.read_out = QLabel(self)
        self.read_out.setObjectName("read_out")
        self.read_out.setTextFormat(Qt.TextFormat.RichText)
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.hide()
        self.busy = QLabel("computing …", self)
        self.busy.setObjectName("caption")
        self.busy.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.busy.hide()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- what is shown ------------------------------------------------------------------------------------------------

    @property
    def drawing(self) -> Drawing:
        """What is on show."""
        return self._drawing

    @property
    def pointed(self) -> int | None:
        """The station under the pointer."""
        return self._pointed

    def show_drawing(self, drawing: Drawing, chosen: int | None) -> None:
        """Draw this from now on; `chosen`: the layer that is marked."""
        is_same = drawing.shows_what(self._drawing)
        if is_same and chosen == self._chosen:
            return
        self._drawing, self._chosen = drawing, chosen
        if not is_same:
            self._picture = None
            self._point_at(self._pointed if self._pointed is not None and self._pointed <= drawing.layers else None)
        self.update()

    @Slot(bool)
    def set_busy(self, is_busy: bool) -> None:
        """Say, above the board, that an answer is on its way."""
        self.busy.setVisible(is_busy)
        self._place_busy()

    def _place_busy(self) -> None:
        self.busy.adjustSize()
        self.busy.move(self.width() - self.busy.width() - self._theme.gap(12), self._theme.gap(2))

    def frame(self) -> Frame:
        """Where everything lies now, px."""
        key = self.width(), self.height(), self._drawing.layers
        if self._frame is None or self._frame_key != key:
            self._frame_key = key
            self._frame = frame_of(self._theme, (float(self.width()), float(self.height())), self._drawing.layers)
        return self._frame

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(600), self._theme.px(480))

    # --- painting -----------------------------------------------------------------------------------------------------

    def paint_on(self, painter: QPainter) -> None:
        """Ground and all that is drawn, for the screen, a picture or a drawing."""
        painter.fillRect(self.rect(), self._theme.color("panel"))
        if self._drawing.drawn:
            GroundPainter(self._theme, painter, self.frame(), self._drawing).paint()
            self._paint_answers(painter)

    def _paint_answers(self, painter: QPainter) -> None:
        frame = self.frame()
        axes = axes_of(frame, self._drawing)
        GroundPainter(self._theme, painter, frame, self._drawing).paint_axes(axes)
        BoardPainter(self._theme, painter, frame, self._drawing, axes).paint()

    def _paint_picture(self) -> QPixmap:
        """As `paint_on` does; the ground is kept, and most answers leave it as it is."""
        if not self._drawing.drawn:
            return self._empty_picture()
        key = self.size(), self.devicePixelRatioF(), self.frame(), headings(self._drawing)
        if self._ground is None or self._ground_key != key:
            self._ground, self._ground_key = self._empty_picture(), key
            painter = QPainter(self._ground)
            GroundPainter(self._theme, painter, self.frame(), self._drawing).paint()
            painter.end()
        picture = self._ground.copy()
        painter = QPainter(picture)
        self._paint_answers(painter)
        painter.end()
        return picture

    def _empty_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.color("panel"))
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None or self._picture.deviceIndependentSize().toSize() != self.size():
            self._picture = self._paint_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._drawing.drawn:
            self._paint_marks(painter)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        """The column of the chosen layer, and of the one under the pointer."""
        frame, theme = self.frame(), self._theme
        for station, token, opacity in ((self._pointed, "muted", 36), (self._chosen, "accent", 44)):
            if station is None or station > frame.layers:
                continue
            place = QRectF(
                frame.left + station * frame.pitch,
                frame.rows[0].top,
                frame.pitch,
                frame.rows[-1].bottom - frame.rows[0].top,
            )
            color = theme.color(token)
            color.setAlpha(opacity)
            painter.fillRect(place, color)
            if token == "accent":
                painter.setPen(QPen(theme.color(token), 1.5))
                painter.drawRect(place)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 1.0))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    # --- the pointer --------------------------------------------------------------------------------------------------

    def _point_at(self, station: int | None) -> None:
        if station is None or not self._drawing.drawn:
            self._pointed = None
            self.read_out.hide()
            self.update()
            return
        self._pointed = station
        self.read_out.setText(self._words(station))
        self.read_out.adjustSize()
        frame, gap = self.frame(), self._theme.gap(8)
        x = frame.center(station) + frame.pitch / 2 + gap
        if x + self.read_out.width() > frame.right:
            x = frame.center(station) - frame.pitch / 2 - gap - self.read_out.width()
        self.read_out.move(max(round(x), 0), round(frame.rows[0].top) + gap)
        self.read_out.show()
        self.update()

    def _words(self, station: int) -> str:
        """A small table: one line for each number, one column for each setting."""
        drawn = [one for one in self._drawing.drawn if station <= one.answer.question.layers]
        columns = [dict(station_rows(one.answer, station)) for one in drawn]
        names = list(dict.fromkeys(name for column in columns for name in column))
        head = "".join(
            f'<td align="right" style="color: {slot_color(self._theme, one.slot).name()}; {STRONG}">{one.slot.upper()}</td>'
            for one in drawn
        )
        lines = [f'<tr><td style="{STRONG}">{station_title(station)}&nbsp;&nbsp;</td>{head}</tr>']
        for name in names:
            cells = "".join(
                f'<td align="right">&nbsp;&nbsp;{html.escape(column.get(name, ""))}</td>' for column in columns
            )
            lines.append(f"<tr><td>{html.escape(name)}</td>{cells}</tr>")
        return f'<table cellspacing="0" cellpadding="1">{"".join(lines)}</table>'

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        station = self._station_at(event.position())
        if station != self._pointed:
            self._point_at(station)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        station = self._station_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and station is not None and self._drawing.drawn:
            self.layer_chosen.emit(None if station == self._chosen else station)
        else:
            super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def _station_at(self, place: QPointF) -> int | None:
        frame = self.frame()
        if not frame.rows[0].top <= place.y() <= frame.rows[-1].bottom:
            return None
        return frame.station_at(place.x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and self._drawing.drawn:
            layers = self._drawing.layers
            begin = self._chosen if self._chosen is not None else (0 if event.key() == Qt.Key.Key_Right else layers + 1)
            self.layer_chosen.emit(min(max(begin + steps[Qt.Key(event.key())], 0), layers))
        elif event.key() == Qt.Key.Key_Escape and self._chosen is not None:
            self.layer_chosen.emit(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.read_out.hide()
        self._pointed = None
        self._place_busy()
        super().resizeEvent(event)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._picture = self._ground = self._frame = None
        self.setMinimumSize(theme.gap(320), theme.gap(280))
        self.read_out.setFont(theme.font("small"))
        self._place_busy()
        self.read_out.setStyleSheet(
            f"background: {theme.hex('raised')}; color: {theme.hex('text')}; border: 1px solid {theme.hex('border')};"
            f" border-radius: 4px; padding: {theme.gap(4)}px {theme.gap(6)}px;"
        )
        self.update()
