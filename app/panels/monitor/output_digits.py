"""Test samples with the network's prediction, the wrong ones first in an order that does not flicker. Asks nobody for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QStaticText,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.monitor.thumbnails import image_of
from app.widgets.quiet_room import QuietRoom
from app.widgets.small_controls import ThemedLabel, text_button

if TYPE_CHECKING:
    from app.widgets.theme import Theme

MOST_WORDS = 600  # kept laid out: ten classes need 200
REORDER_SECONDS = 2.0  # while it trains, tiles keep their places this long: at 10 pictures a second they would dance
_Index = QModelIndex | QPersistentModelIndex


class DigitModel(QAbstractListModel):
    """The test samples shown: pictures once, predictions again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: tuple[str, ...] = ()
        self.images: list[QImage] = []
        self.pixels: np.ndarray | None = None
        self.sample = np.zeros(0, np.int64)
        self.wanted = np.zeros(0, np.int64)
        self.predicted = np.zeros(0, np.int64)
        self.confidence = np.zeros(0, np.float32)
        self.order = np.zeros(0, np.int64)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.order)

    def set_images(self, pixels: np.ndarray, sample: np.ndarray) -> None:
        """pixels: uint8 (n, channels, height, width); sample: their numbers in the test set."""
        self.beginResetModel()
        self.pixels = pixels
        self.sample = np.asarray(sample)
        self.images = [image_of(picture) for picture in pixels]
        self.wanted = np.full(len(pixels), -1)
        self.predicted = np.full(len(pixels), -1)
        self.confidence = np.zeros(len(pixels), np.float32)
        self.order = np.arange(len(pixels))
        self.endResetModel()

    def set_answers(self, predicted: np.ndarray, wanted: np.ndarray, confidence: np.ndarray, reorders: bool) -> None:
        """Answers in the order of the pictures; `reorders` sorts wrong ones first, each half by its number in the set."""
        count = len(self.images)
        if not (len(predicted) == len(wanted) == len(confidence) == count):
            return
        is_other = (
            (predicted != self.predicted)
            | (wanted != self.wanted)
            | (np.rint(100 * confidence) != np.rint(100 * self.confidence))
        )
        self.predicted, self.wanted, self.confidence = predicted, wanted, confidence
        if reorders:
            order = np.lexsort((np.arange(count), predicted == wanted))
            if not np.array_equal(order, self.order):
                self.layoutAboutToBeChanged.emit()
                self.order = order
                self.layoutChanged.emit()
        rows = np.flatnonzero(is_other[self.order])
        if len(rows) > count // 4:
            self.dataChanged.emit(self.createIndex(0, 0), self.createIndex(count - 1, 0))
        else:  # a tile at a time: a range of them has all of the tiles painted anew
            for row in rows.tolist():
                place = self.createIndex(row, 0)  # `index` asks how many rows there are, each time
                self.dataChanged.emit(place, place)

    @property
    def wrong(self) -> int:
        """How many of the samples shown are wrong."""
        return int(np.count_nonzero(self.predicted != self.wanted))

    def name(self, number: int) -> str:
        """Name of a class."""
        return self.classes[number] if 0 <= number < len(self.classes) else str(number)

    def is_right(self, item: int) -> bool:
        """Whether the answer to picture `item` is the wanted one."""
        return bool(self.predicted[item] == self.wanted[item])

    def sentence(self, item: int) -> str:
        """What a tooltip and a screen reader say of picture `item`."""
        who = f"Test sample {int(self.sample[item])}"
        if self.predicted[item] < 0:
            return f"{who}: no answer yet."
        said = f"{who}: the network says {self.name(int(self.predicted[item]))}, {self.confidence[item]:.0%} sure"
        return (
            f"{said}; right." if self.is_right(item) else f"{said}; wrong, it is {self.name(int(self.wanted[item]))}."
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = int(self.order[index.row()])
        if role == Qt.ItemDataRole.UserRole:
            return item
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.sentence(item) + "\nEnter or a double click puts it on the drawing pad."
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self.sentence(item)
        return None


class DigitDelegate(QStyledItemDelegate):
    """Paints one tile: picture, prediction, confidence; a wrong one has a cross and the wanted class, not colour alone."""

    def __init__(self, theme: Theme, model: DigitModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._pixmaps: dict[int, QPixmap] = {}
        self.forget_sizes()

    def forget_sizes(self) -> None:
        """Measure anew: the theme or the classes changed."""
        theme = self._theme
        self._font = theme.font("small")
        self._inks = {token: theme.color(token) for token in ("text", "muted", "bad", "accent")}
        self._words: dict[str, QStaticText] = {}
        metrics = QFontMetricsF(self._font)
        names = max((metrics.horizontalAdvance(name) for name in self._model.classes), default=0.0)
        is_short = all(len(name) <= 2 for name in self._model.classes)
        self._stacked = not is_short
        text = metrics.horizontalAdvance("✗ ") + names if self._stacked else metrics.horizontalAdvance("✗ 8, is 88")
        self._picture = theme.px(44)
        self._line = metrics.height()
        width = max(self._picture, text, metrics.horizontalAdvance("100 %")) + theme.px(10)
        self._size = QSize(round(width), round(self._picture + 2 * self._line + theme.px(10)))
        self._pixmaps.clear()

    def tile(self) -> QSize:
        """Size of every tile."""
        return self._size

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self._size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, model, inks = self._theme, self._model, self._inks
        item = int(model.order[index.row()])
        box = QRectF(option.rect)
        state = option.state
        frame = box.adjusted(1.5, 1.5, -1.5, -1.5)
        has_answer = model.predicted[item] >= 0
        right = model.is_right(item)
        painter.save()
        if has_answer and not right:
            painter.setPen(QPen(inks["bad"], max(1.5, theme.line_width * 0.7)))
            painter.drawRect(frame)
        if state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected):
            painter.setPen(QPen(inks["accent"], 2.0))
            painter.drawRect(frame.adjusted(2, 2, -2, -2))
        side = self._picture
        painter.drawPixmap(round(box.center().x() - side / 2.0), round(box.y() + theme.px(4)), self._pixmap(item))
        if has_answer:
            painter.setFont(self._font)
            top, (says, sure) = box.y() + side + theme.px(5), self.texts(item)
            painter.setPen(inks["text" if right else "bad"])
            self._write(painter, says, box, top)
            painter.setPen(inks["muted" if right else "text"])
            self._write(painter, sure, box, top + self._line)
        painter.restore()

    def _write(self, painter: QPainter, text: str, box: QRectF, top: float) -> None:
        """`text` in the middle of `box`; laid out once: they are few, and forty of them at each look cost 2 ms."""
        found = self._words.get(text)
        if found is None:
            if len(self._words) >= MOST_WORDS:
                self._words.clear()
            found = self._words[text] = QStaticText(text)
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.prepare(font=self._font)
        painter.drawStaticText(round(box.center().x() - found.size().width() / 2.0), round(top), found)

    def texts(self, item: int) -> tuple[str, str]:
        """The two lines below a picture."""
        model = self._model
        said, sure = model.name(int(model.predicted[item])), f"{100.0 * float(model.confidence[item]):.0f} %"
        if model.is_right(item):
            return said, sure
        wanted = model.name(int(model.wanted[item]))
        return (f"✗ {said}", f"is {wanted}") if self._stacked else (f"✗ {said}, is {wanted}", sure)

    def _pixmap(self, item: int) -> QPixmap:
        found = self._pixmaps.get(item)
        if found is None:
            side = self._picture
            image = self._model.images[item]
            found = QPixmap.fromImage(
                image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
            self._pixmaps[item] = found
        return found


class TileView(QListView):
    """Tiles that change ten times a second: it paints its own ground, or all that lies behind were painted with each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("panel"))
        painter.end()
        super().paintEvent(event)


class DigitGrid(QWidget):
    """The grid with its headline. Emits `picked` with the pixels of the sample chosen for the drawing pad."""

    picked = Signal(object)  # uint8 (channels, height, width)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model = DigitModel()
        self.headline = ThemedLabel(theme, "", "body", wraps=True)
        self.headline.setAccessibleName("How many test samples are wrong")
        self._headline_room = QuietRoom(self.headline, self)
        self.pad_button = text_button("To the pad", "Puts the chosen test sample on the drawing pad")
        self.view = TileView(theme)
        self.view.setModel(self.model)
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("Test samples, the wrong ones first")
        self.view.setToolTip(
            "Test samples with the network's prediction and how sure it is; wrong ones come first, with a cross."
        )
        self.delegate = DigitDelegate(theme, self.model, self.view)
        self.view.setItemDelegate(self.delegate)
        self.view.installEventFilter(self)
        self._ordered_at = -REORDER_SECONDS
        top = QHBoxLayout()
        top.addWidget(self._headline_room, 1)
        top.addWidget(self.pad_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        self.view.activated.connect(self._on_sample_activated)
        self.pad_button.clicked.connect(self._on_pad_clicked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_classes(self, classes: tuple[str, ...]) -> None:
        """Names of the classes."""
        if classes != self.model.classes:
            self.model.classes = classes
            self._on_theme_changed()

    def set_images(self, pixels: np.ndarray, sample: np.ndarray) -> None:
        """The pictures of a run; uint8 (n, channels, height, width)."""
        self.delegate.forget_sizes()
        self.model.set_images(pixels, sample)
        self._ordered_at = -REORDER_SECONDS
        self.headline.setText(f"{len(pixels)} test samples")
        self._headline_room.fit()

    def set_answers(
        self, predicted: np.ndarray, wanted: np.ndarray, confidence: np.ndarray, now: float, settles: bool = False
    ) -> None:
        """Answers to the pictures; `now` in seconds of any clock; `settles` (paused, ended) puts them in order at once."""
        reorders = settles or now - self._ordered_at >= REORDER_SECONDS
        if reorders:
            self._ordered_at = now
        self.model.set_answers(predicted, wanted, confidence, reorders)
        count = len(self.model.images)
        self.headline.setText(f"{self.model.wrong} of {count} wrong" if count else "")
        self._headline_room.fit()

    def random_picture(self, generator: np.random.Generator) -> np.ndarray | None:
        """One of the pictures, uint8 (channels, height, width); None before there are any."""
        if self.model.pixels is None or not len(self.model.pixels):
            return None
        return np.asarray(self.model.pixels[int(generator.integers(len(self.model.pixels)))])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.ignore()  # Space trains, also with a sample in focus
            return True
        return super().eventFilter(watched, event)

    @Slot(QModelIndex)
    def _on_sample_activated(self, index: QModelIndex) -> None:
        if self.model.pixels is not None and index.isValid():
            self.picked.emit(self.model.pixels[int(self.model.order[index.row()])])

    @Slot()
    def _on_pad_clicked(self) -> None:
        index = self.view.currentIndex()
        self._on_sample_activated(index if index.isValid() else self.model.index(0))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.pad_button.setFont(self._theme.font("small"))
        self.delegate.forget_sizes()
        self._spread()

    def _spread(self) -> None:
        """As many tiles in a row as fit, over the whole width."""
        tile = self.delegate.tile()
        width = max(tile.width(), self.view.viewport().width() - 2)
        self.view.setGridSize(QSize(width // max(1, width // tile.width()), tile.height()))
        self.view.doItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()
