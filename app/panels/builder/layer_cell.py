"""LayerCell: how a cell of the layer table is painted: text, the swatch of its family, the bar of its share. Edits nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.widgets.theme import Theme

if TYPE_CHECKING:
    from app.panels.builder.layer_table import LayerModel

_Index = QModelIndex | QPersistentModelIndex
_State = QStyle.StateFlag
_SPECIAL = (_State.State_Selected | _State.State_HasFocus | _State.State_MouseOver).value
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
_MARGIN, _BESIDE = 3, 6  # px that Qt leaves beside a text, and between it and its swatch
_LEAST_SHARE = 0.005  # less is not seen


class LayerCell(QStyledItemDelegate):
    """Paints an ordinary cell itself: through the style sheet a screenful takes 9 ms of an edit's 16, so 3. What is selected,
    has the keyboard or lies under the pointer is Qt's affair. Under a number a bar as long as its share of the whole."""

    def __init__(self, theme: Theme, model: LayerModel, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._heights: dict[int, int] = {}  # of a line, by the size of its type

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, column, area = index.row(), index.column(), option.rect
        if option.state.value & _SPECIAL:
            super().paint(painter, option, index)
        else:
            self._paint_plainly(painter, option, area, row, column)
        share = self._model.share(row, column)
        if share > _LEAST_SHARE:
            gap, height = self._theme.gap(6), self._theme.px(3)
            length = share * (area.width() - 2 * gap)
            right = area.x() + area.width()
            bar = QRectF(right - gap - length, area.y() + area.height() - height, length, height - 0.5)
            painter.fillRect(bar, self._theme.color(self._model.token(row)))

    def _paint_plainly(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, row: int, column: int
    ) -> None:
        text, pad = self._model.texts[row][column], self._theme.gap(6) + _MARGIN
        x, width = area.x() + pad, area.width() - 2 * pad
        if column == 0:
            swatch, height = self._theme.px(4), self._theme.px(14)
            painter.fillRect(
                x, area.y() + (area.height() - height) // 2, swatch, height, self._theme.color(self._model.token(row))
            )
            x, width = x + swatch + _BESIDE, width - swatch - _BESIDE
        font = option.font
        high = self._heights.get(font.pixelSize())
        if high is None:
            high = self._heights[font.pixelSize()] = math.ceil(QFontMetricsF(font).height())
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        painter.drawText(
            x, area.y() + area.height() // 2 - high // 2, width, high, _RIGHT if column >= 2 else _LEFT, text
        )
