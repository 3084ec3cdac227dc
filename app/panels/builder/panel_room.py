"""PanelRoom: the line between the canvas and what stands beside it, drawn as the panel's shape wants it. Knows no network."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from app.widgets.theme import Theme

_FLAT = 420  # px at scale 1 of the panel's height below which all stands side by side
_LONG = 2.6  # times as wide as high, at least, is such a dock
_LEAST_SIDE = 200  # px of what stands beside the canvas, where the panel is docked narrow


class PanelRoom(QSplitter):
    """Side by side where it is wide, one above the other where it is narrow, until a person has drawn the line elsewhere."""

    def __init__(self, theme: Theme, canvas: QWidget, side: QWidget, inner: QSplitter, parent: QWidget) -> None:
        """inner: what is split once more within `side`."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._inner = inner
        self._has_own_sizes = self._is_arranged = False
        self._is_source = False
        side.setMinimumWidth(_LEAST_SIDE)
        self.addWidget(canvas)
        self.addWidget(side)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._on_splitter_moved)

    def arrange(self, width: int, height: int) -> None:
        """For a panel of that size."""
        is_wide = width > 1.25 * height or width > self._theme.px(900)
        outer = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if outer != self.orientation() or not self._is_arranged:
            self._is_arranged = True
            self.setOrientation(outer)
            self._has_own_sizes = False
        inner = Qt.Orientation.Horizontal if self._is_flat(width, height) else Qt.Orientation.Vertical
        if inner != self._inner.orientation():
            self._inner.setOrientation(inner)
            self._inner.setSizes([500, 500])
        self.share(width, height, self._is_source)

    def share(self, width: int, height: int, is_source: bool) -> None:
        """A third for the layers, half for the source (its lines are long)."""
        self._is_source = is_source
        if self._has_own_sizes:
            return
        is_wide = self.orientation() == Qt.Orientation.Horizontal
        room = self.width() if is_wide else height
        least = self._theme.px(640 if is_source or self._is_flat(width, height) else 380)
        side = min(max(round(width * 0.34), least), round(width * 0.56)) if is_wide else room // 2
        self.setSizes([room - side, side])

    def _is_flat(self, width: int, height: int) -> bool:
        """Docked along the bottom, not a projector's whole screen: what is split within the side stands side by side too."""
        is_low = height < self._theme.px(_FLAT) and width > _LONG * height
        return self.orientation() == Qt.Orientation.Horizontal and is_low

    @Slot(int, int)
    def _on_splitter_moved(self, _position: int, _index: int) -> None:
        self._has_own_sizes = True
