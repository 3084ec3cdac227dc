"""SurfaceCard: one racer, its decision surface over the points, its place, loss, accuracy and dead units. Asks nobody."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QContextMenuEvent, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from app.panels.activation.race.card_words import CardText, Shape, paint_words
from app.panels.activation.race.racer_menu import kept_choices, racer_menu
from app.panels.activation.race.racer_parameters import RacerParameters, has_parameters
from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.surface_picture import (
    LARGEST,
    color_table,
    draw_surface,
    points_layer,
    surface_image,
)
from app.panels.activation.race.words import WORTH_TELLING, card_lines
from app.widgets.icons import icon
from app.widgets.theme import Theme
from trainers.activation_lab import ActivationChoice, RaceFrame

NARROWEST = 92  # px of the design: below, the words above a picture have no room
TEXT_WIDTH = 136  # px of the design: of the column beside the picture, where it stands beside it

_HEAD_WIDTH = 176  # px of the design: of the words above a picture, where it is smaller


class SurfaceCard(QWidget):
    """`change_asked`: (racer, ActivationChoice) in the middle of the race; `remove_asked`: the racer is to go."""

    change_asked = Signal(int, object)
    remove_asked = Signal(int)

    def __init__(self, theme: Theme, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.index = index
        self._stands: Shape = "above"
        self.text = CardText(index)
        self._record: RaceRecord | None = None
        self._frame: RaceFrame | None = None
        self._image: QImage | None = None
        self._colors = color_table(theme)
        self._points: QPixmap | None = None
        self._points_side = (0, 0.0)  # px, and px of the screen to each
        self._may_remove = True
        self.menu_button = QToolButton(self)
        self.menu_button.setIcon(icon(theme, "more"))
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu_button.setStyleSheet("padding: 0px")  # or the icon shrinks where the line beside the name is low
        self.menu_button.clicked.connect(self._on_menu_asked)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._on_theme_changed)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_racer(
        self, record: RaceRecord, name: str, place: int, *, may_remove: bool, are_words_due: bool = True
    ) -> None:
        """Show how this racer stands. place: its rank by loss, 1 is the best, 0 none yet. are_words_due: False leaves the words as they are."""
        is_same = record is self._record and name == self.text.title
        if record is not self._record:
            self._points = None
        if record.frame is not self._frame:
            self._image = None
        self._record, self._frame = record, record.frame
        if is_same and not are_words_due:
            self.update(self._picture_place().toAlignedRect())
            return
        self._may_remove = may_remove
        if name != self.text.title:
            self.setAccessibleName(f"Racer {name}")
            self.menu_button.setToolTip(f"Set the parameters of {name}, turn it into another activation, or remove it")
            self.menu_button.setAccessibleName(self.menu_button.toolTip())
            self.setToolTip(
                f"{name}: what it takes each place for, orange or blue, and the line where it is undecided; "
                "discs and squares are the points, hollow ones were kept for the test"
            )
        dead = record.dead_now[self.index] / max(1, record.units)
        is_bad = record.dead_now[self.index] >= WORTH_TELLING
        self.text = CardText(self.index, name, place, card_lines(record, self.index), dead, is_bad, self.has_diverged)
        self.update()

    @property
    def has_diverged(self) -> bool:
        """Whether its numbers are none any more."""
        return self._record is not None and self._record.frame.diverged[self.index] is not None

    def describe(self) -> None:
        """Tell a screen reader the figures: not thirty times a second."""
        self.setAccessibleDescription(
            ", ".join((*((f"place {self.text.place}",) if self.text.place else ()), *self.text.lines))
        )

    def stand(self, place: QRect, shape: Shape) -> None:
        """Stand there. shape: where the words stand; above the picture they find out by themselves how much room they have."""
        self._stands = shape
        self.setGeometry(place)
        self._place_button()
        self.update()

    # --- places -------------------------------------------------------------------------------------------------------

    @staticmethod
    def head_height(theme: Theme) -> int:
        """Height of the words above the picture, px."""
        heading, small = (QFontMetricsF(theme.font(role)).height() for role in ("heading", "small"))
        return round(heading + 2 * small) + theme.gap(8)

    @staticmethod
    def least_height(theme: Theme) -> int:
        """Height of the words beside the picture, px."""
        heading, small = (QFontMetricsF(theme.font(role)).height() for role in ("heading", "small"))
        return round(heading + 3 * small)

    @property
    def shape(self) -> Shape:
        """Where the words stand."""
        if self._stands != "above":
            return self._stands
        return "narrow" if self.width() < self._theme.px(TEXT_WIDTH + 16) else "above"

    def _picture_place(self) -> QRectF:
        theme = self._theme
        gap = theme.gap(4)
        if self._stands == "over":
            side = min(self.width(), self.height()) - 2 * gap
            return QRectF((self.width() - side) // 2, gap, side, side)
        if self._stands == "wide":
            side = min(self.width() - theme.px(TEXT_WIDTH) - 3 * gap, self.height() - 2 * gap)
            return QRectF(gap, (self.height() - side) // 2, side, side)
        head = self.head_height(theme)
        side = min(self.width() - 2 * gap, self.height() - head - gap)
        return QRectF((self.width() - side) // 2, head, side, side)

    def _words_place(self, picture: QRectF) -> QRectF:
        gap = self._theme.gap(4)
        if self._stands == "over":
            return picture
        if self._stands == "wide":
            left = picture.right() + 2 * gap
            return QRectF(left, picture.top(), self.width() - left - gap, picture.height())
        left = max(gap, min(picture.left(), (self.width() - self._theme.px(_HEAD_WIDTH)) / 2))
        return QRectF(left, gap, self.width() - 2 * left, self.head_height(self._theme) - gap)

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        record = self._record
        if record is None:
            return
        place = self._picture_place()
        if place.width() >= 16:
            self._paint_picture(painter, record, place)
        words = self._words_place(place)
        if words.intersects(QRectF(event.rect()).adjusted(1, 1, -1, -1)):
            paint_words(painter, theme, self.text, words, place, self.shape, self._button_room(place))

    def _button_room(self, picture: QRectF) -> float:
        """What the menu's button takes of the first line, px."""
        return 0.0 if self.shape == "over" else self.menu_button.width() + 2.0

    def _paint_picture(self, painter: QPainter, record: RaceRecord, place: QRectF) -> None:
        theme = self._theme
        if self.has_diverged:
            painter.fillRect(place, theme.color("raised"))
            painter.fillRect(place, QBrush(theme.color("hairline"), Qt.BrushStyle.BDiagPattern))
        else:
            draw_surface(painter, self._kept_image(round(place.width() * self.devicePixelRatioF())), place)
        painter.drawPixmap(place.topLeft(), self._kept_points(record, round(place.width())))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        if self.has_diverged:
            self._paint_plate(painter, place, self.text.lines[1])

    def _paint_plate(self, painter: QPainter, place: QRectF, text: str) -> None:
        """`text` on a ground of its own in the middle of `place`."""
        theme = self._theme
        font = theme.font("body")
        metrics = QFontMetricsF(font)
        width = min(metrics.horizontalAdvance(text) + 12, place.width())
        box = QRectF(0, 0, width, metrics.height() + 6)
        box.moveCenter(place.center())
        painter.fillRect(box, theme.color("panel"))
        painter.setFont(font)
        painter.setPen(theme.color("bad"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _kept_image(self, pixels: int) -> QImage:
        """The surface of the frame on show, made once."""
        assert self._frame is not None
        pixels = min(pixels, LARGEST)
        if self._image is None or self._image.width() != pixels:
            self._image = surface_image(self._frame.surfaces[self.index], self._colors, pixels)
        return self._image

    def _kept_points(self, record: RaceRecord, side: int) -> QPixmap:
        """The points, drawn once for each size."""
        wanted = side, self.devicePixelRatioF()
        if self._points is None or wanted != self._points_side:
            self._points_side = wanted
            self._points = points_layer(record.started, self._theme, *wanted)
        return self._points

    def resizeEvent(self, _event: object) -> None:
        self._place_button()

    def _place_button(self) -> None:
        size = self._theme.px(18)
        self.menu_button.setIconSize(QSize(size, size))
        hint = self.menu_button.sizeHint()
        if self.shape == "above":  # beside the name, and over nothing of the figures below it
            hint.setHeight(min(hint.height(), round(QFontMetricsF(self._theme.font("heading")).height()) + 2))
        self.menu_button.resize(hint)
        words = self._words_place(self._picture_place())
        right = self.width() - self._theme.gap(2) if self._stands == "wide" else words.right()
        top = self._theme.gap(2)
        if self.shape in ("narrow", "over"):  # no room beside the name: over the picture's corner
            picture = self._picture_place()
            free = self.width() - picture.right() if self.shape == "over" else 0.0  # beside it, where there is room
            right, top = picture.right() + min(free, self.menu_button.width()), round(picture.top())
            if (
                self.shape == "over" and free < self.menu_button.width()
            ):  # below the name, which has the whole first line
                top += round(QFontMetricsF(self._theme.font("small")).height()) + 1
        self.menu_button.move(round(right) - self.menu_button.width(), top)

    # --- the menu -----------------------------------------------------------------------------------------------------

    def build_menu(self) -> QMenu:
        """What one can do with this racer. Owned by the card, gone when it is closed."""
        racer = self._record.plan.racers[self.index] if self._record is not None else ActivationChoice("")
        menu = racer_menu(self, self.text.title, racer, kept_choices(), may_remove=self._may_remove)
        menu.triggered.connect(self._on_action_chosen)
        if has_parameters(racer):
            parameters = RacerParameters(self._theme, racer, menu)
            parameters.chosen.connect(self._on_parameters_chosen)
            menu.insertAction(menu.actions()[0], parameters)
            menu.insertSeparator(menu.actions()[1])
        return menu

    @Slot()
    def _on_menu_asked(self) -> None:
        self.build_menu().popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.build_menu().popup(event.globalPos())

    @Slot(object)
    def _on_parameters_chosen(self, choice: object) -> None:
        self.change_asked.emit(self.index, choice)

    @Slot(object)
    def _on_action_chosen(self, action: object) -> None:
        if isinstance(action, RacerParameters):
            return  # Enter in one of its fields
        choice = action.data()  # type: ignore[attr-defined]
        if choice is not None:
            self.change_asked.emit(self.index, choice)
        else:
            self.remove_asked.emit(self.index)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._colors = color_table(self._theme)
        self._points = None
        self._image = None
        self._place_button()
        self.update()
