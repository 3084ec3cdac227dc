"""The confusion matrix with its numbers: rows are what it is, columns what the network says. Asks nobody for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.widgets.color_mixing import mixed, rgb
from app.widgets.small_controls import ThemedLabel

if TYPE_CHECKING:
    from app.widgets.theme import Theme


class MatrixCells(QWidget):
    """The cells. Arrow keys and the pointer choose one; `cell_chosen` tells which, (-1, -1) for none."""

    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.classes: tuple[str, ...] = ()
        self.counts: np.ndarray | None = None
        self.chosen = (-1, -1)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix")
        self.setToolTip(
            "Row: the actual class; column: the predicted class; correct predictions lie on the diagonal. Arrow keys move between cells."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(140))

    def set_counts(self, counts: np.ndarray | None, classes: tuple[str, ...]) -> None:
        """counts: int64 (classes, classes), row wanted, column predicted."""
        self.counts, self.classes = counts, classes
        self.update()

    def label(self, index: int) -> str:
        """Name of a class."""
        return self.classes[index] if index < len(self.classes) else str(index)

    def choose(self, row: int, column: int) -> None:
        """Mark one cell; (-1, -1) for none."""
        if (row, column) != self.chosen:
            self.chosen = (row, column)
            self.update()
            self.cell_chosen.emit(row, column)

    def _geometry(self) -> tuple[float, float, float, float]:
        """Left and top margin, width and height of a cell."""
        assert self.counts is not None
        metrics = QFontMetricsF(self._theme.font("small"))
        count = len(self.counts)
        names = max(metrics.horizontalAdvance(self.label(i)) for i in range(count))
        gap = self._theme.px(4)
        title = metrics.height() + gap
        left = title + min(names, self.width() * 0.3) + gap
        room = (self.width() - left) / count
        top = title + metrics.height() + gap
        return left, top, room, (self.height() - top) / count

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }.get(Qt.Key(event.key()))
        if move is None or self.counts is None:
            super().keyPressEvent(event)
            return
        last = len(self.counts) - 1
        row, column = max(0, self.chosen[0]), max(0, self.chosen[1])
        if self.chosen[0] >= 0:
            row, column = row + move[0], column + move[1]
        self.choose(min(last, max(0, row)), min(last, max(0, column)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.choose(*self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.choose(-1, -1)

    def cell_at(self, at: QPointF) -> tuple[int, int]:
        """The cell below a point of the widget, (-1, -1) for none."""
        if self.counts is None:
            return -1, -1
        left, top, width, height = self._geometry()
        column, row = int((at.x() - left) // width), int((at.y() - top) // height)
        count = len(self.counts)
        return (row, column) if 0 <= row < count and 0 <= column < count else (-1, -1)

    def writing(self, width: float, height: float) -> tuple[str, QFont | None]:
        """What fits into a cell: "counts", "shares" (per cent of the row), or "nothing"; and the type for it."""
        assert self.counts is not None
        widest = f"{int(self.counts.max(initial=0))}"
        for role in ("body", "small"):
            font = self._theme.font(role)
            metrics = QFontMetricsF(font)
            if metrics.horizontalAdvance(widest) + 4 <= width and metrics.height() * 0.9 <= height:
                return "counts", font
        font = self._theme.font("small")
        metrics = QFontMetricsF(font)
        if metrics.horizontalAdvance("100") + 2 <= width and metrics.height() * 0.85 <= height:
            return "shares", font
        return "nothing", None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.counts is None or not len(self.counts):
            return
        theme = self._theme
        painter = QPainter(self)
        left, top, width, height = self._geometry()
        count = len(self.counts)
        small = theme.font("small")
        line = QFontMetricsF(small).height()
        writing, font = self.writing(width, height)
        totals = np.maximum(1, self.counts.sum(axis=1))
        shares = self.counts / totals[:, np.newaxis]
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        unit = "" if writing == "counts" else ", % of each row"
        painter.drawText(QRectF(left, 0, count * width, line), Qt.AlignmentFlag.AlignCenter, f"predicted{unit}")
        painter.save()
        painter.translate(0.0, top + count * height)
        painter.rotate(-90.0)
        painter.drawText(QRectF(0.0, 0.0, count * height, line), Qt.AlignmentFlag.AlignCenter, "actual")
        painter.restore()
        names_fit = max(QFontMetricsF(small).horizontalAdvance(self.label(i)) for i in range(count)) <= width
        gap = theme.px(4)
        for index in range(count):
            painter.setPen(theme.color("text"))
            if line * 0.85 <= height:
                box = QRectF(line + gap, top + index * height, left - line - 2 * gap, height)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.label(index))
            if names_fit:
                box = QRectF(left + index * width, line + gap, width, line)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.label(index))
        if font is not None:
            painter.setFont(font)
        paper = theme.color("panel")
        for row in range(count):
            for column in range(count):
                cell = QRectF(left + column * width, top + row * height, width, height)
                number = int(self.counts[row, column])
                share = float(shares[row, column])
                strong = theme.color("accent" if row == column else "bad")
                ground = mixed(paper, strong, min(1.0, share**0.5) * 0.9) if number else theme.color("raised")
                painter.fillRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), ground)
                if font is None or not number:
                    continue
                painter.setPen(_readable(ground))
                text = f"{number}" if writing == "counts" else f"{100.0 * share:.0f}"
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        if self.chosen[0] >= 0:
            painter.setPen(QPen(theme.color("text"), 2.0))
            painter.drawRect(QRectF(left + self.chosen[1] * width, top + self.chosen[0] * height, width, height))


class ConfusionMatrix(QWidget):
    """The matrix with a line that reads the chosen cell aloud."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.cells = MatrixCells(theme)
        self.readout = ThemedLabel(theme, "", "small", wraps=True)
        self.readout.setAccessibleName("Chosen cell of the confusion matrix")
        self._step: int | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.readout)
        column.addWidget(self.cells, 1)
        self.cells.cell_chosen.connect(self._on_cell_chosen)

    def set_counts(self, counts: np.ndarray | None, classes: tuple[str, ...], step: int | None) -> None:
        """counts: int64 (classes, classes), row wanted, column predicted, over the test set at `step`."""
        self._step = step
        self.cells.set_counts(counts, classes)
        self._on_cell_chosen(*self.cells.chosen)

    def _on_cell_chosen(self, row: int, column: int) -> None:
        counts = self.cells.counts
        if counts is None:
            text = "Filled at the end of each epoch"
        elif row < 0 or row >= len(counts):
            total = int(counts.sum())
            wrong = total - int(np.trace(counts))
            at = f", step {self._step:,}" if self._step is not None else ""
            text = f"{wrong:,} of {total:,} test samples wrong{at}"
        else:
            number, of = int(counts[row, column]), int(counts[row].sum())
            wanted, said = self.cells.label(row), self.cells.label(column)
            text = (
                f"{wanted} taken for {said}: {number:,} of {of:,}"
                if row != column
                else f"{wanted} right: {number:,} of {of:,}"
            )
        self.readout.setText(text)
        self.cells.setAccessibleDescription(text)


def luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = [value / 255.0 for value in rgb(color)]
    linear = [part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _readable(ground: QColor) -> QColor:
    """Black or white, whichever stands out more: at least 4.58 to 1 on any colour."""
    return QColor(Qt.GlobalColor.black if luminance(ground) > 0.179 else Qt.GlobalColor.white)
