"""FormulaView: a formula as a book sets it; FormulaSetter: the thread that sets it. Knows no panel.

Setting takes 8 to 40 ms and its library 240 ms to load: neither may happen in the window's thread while something is dragged.
"""

from __future__ import annotations

import math
import queue
from collections import OrderedDict
from typing import cast

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QThread, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.theme import Theme

_SIZE = 24.0  # px: at which formulas are set; drawn at any other
_KEPT = 400  # formulas of about 10 kB
_LONGEST = 20  # requests waiting: older ones were overtaken


class FormulaSetter(QThread):
    """Sets formulas one after another. Starts at the first request; `close` ends it. What is set is kept in the window's thread."""

    set_came = Signal(str, bytes)  # the LaTeX, and its drawing as SVG; empty where it cannot be set
    _set = Signal(str, object)  # from the thread: the drawing, or None for a request that newer ones overtook

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._pending: set[str] = set()
        self._is_closed = False
        self._set.connect(self._on_set)

    def drawing(self, latex: str) -> bytes | None:
        """The SVG of `latex` where it has been set already; else None, and `set_came` will bring it."""
        if latex in self._kept:
            self._kept.move_to_end(latex)
            return self._kept[latex]
        if not self._is_closed and latex not in self._pending:
            self._pending.add(latex)
            self._requests.put(latex)
            if not self.isRunning():
                self.start(QThread.Priority.LowPriority)
        return None

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be set."""
        return bool(self._pending)

    def close(self) -> None:
        """End the thread and wait for it."""
        self._is_closed = True
        self._pending.clear()
        self._requests.put(None)
        self.wait()

    def run(self) -> None:
        while not self._is_closed:
            latex = self._requests.get()
            while self._requests.qsize() > _LONGEST and latex is not None:
                self._set.emit(latex, None)
                latex = self._requests.get()
            if latex is None:
                return
            self._set.emit(latex, set_formula(latex))

    @Slot(str, object)
    def _on_set(self, latex: str, drawing: bytes | None) -> None:
        self._pending.discard(latex)
        if drawing is None:
            return
        self._kept[latex] = drawing
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.set_came.emit(latex, drawing)


def set_formula(latex: str) -> bytes:
    """`latex` as an SVG of glyph outlines; empty where ziamath cannot set it, or there is nothing to set."""
    if not latex.strip():
        return b""
    import ziamath

    ziamath.config.svg2 = False  # Qt draws SVG 1.2 Tiny
    try:
        return cast(str, ziamath.Latex(latex, size=_SIZE).svg()).encode()
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):  # what it says of LaTeX beyond its subset
        return b""


class FormulaView(QWidget):
    """Shows one formula at the left, as large as `role`'s type and no wider than the widget. What cannot be set stands as text."""

    def __init__(
        self, theme: Theme, setter: FormulaSetter, *, scale: float = 1.25, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._setter = setter
        self._scale = scale
        self._latex = ""
        self._shown = ""
        self._renderer: QSvgRenderer | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        setter.set_came.connect(self._on_set_came)
        theme.changed.connect(self._on_theme_changed)

    def show_formula(self, latex: str, words: str = "") -> None:
        """Show `latex`; until it is set, the one before stays. words: the formula for a screen reader."""
        self.setAccessibleName(words or latex)
        if latex == self._latex:
            return
        self._latex = latex
        drawing = self._setter.drawing(latex)
        if drawing is not None:
            self._take(drawing)

    @property
    def is_waiting(self) -> bool:
        """Whether what is shown is not yet what was asked for."""
        return self._shown != self._latex

    @Slot(str, bytes)
    def _on_set_came(self, latex: str, drawing: bytes) -> None:
        if latex == self._latex:
            self._take(drawing)

    def _take(self, drawing: bytes) -> None:
        self._shown = self._latex
        self._renderer = QSvgRenderer(QByteArray(drawing)) if drawing else None
        self.updateGeometry()
        self.update()

    def _natural(self) -> QSize:
        factor = self._theme.font("value").pixelSize() * self._scale / _SIZE
        if self._renderer is None:
            return QSize(0, round(_SIZE * factor * 1.6))
        size = self._renderer.defaultSize()
        return QSize(math.ceil(size.width() * factor), math.ceil(size.height() * factor))

    def sizeHint(self) -> QSize:
        size = self._natural()
        return QSize(min(size.width(), self.width() or size.width()), max(size.height(), self._theme.px(28)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(40), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._theme.color("text")
        if self._renderer is None:
            painter.setPen(color)
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), self._shown)
            return
        size = self._natural()
        factor = min(1.0, self.width() / max(size.width(), 1), self.height() / max(size.height(), 1))
        width, height = size.width() * factor, size.height() * factor
        ratio = self.devicePixelRatioF()
        picture = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        inner = QPainter(picture)
        inner.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(inner, QRectF(0, 0, width, height))
        inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        inner.fillRect(QRectF(0, 0, width, height), color)
        inner.end()
        painter.drawPixmap(0, round((self.height() - height) / 2), picture)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
