"""The handles between the monitor's parts: a row on top, a row below, each part as wide as designed until a person moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme

SHARES = {"rows": (52, 48), "top": (26, 42, 32), "bottom": (66, 34)}  # of the room, in per cent


class Splitters(QSplitter):
    """Two rows of parts, named "top" and "bottom"; "rows" is the handle between them."""

    moved = Signal()  # by a person

    def __init__(self, theme: Theme, top: Sequence[QWidget], bottom: Sequence[QWidget]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._theme = theme
        self._moved: set[str] = set()
        self._top, self._bottom = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Horizontal)
        for row, parts in ((self._top, top), (self._bottom, bottom)):
            for part in parts:
                row.addWidget(part)
            self.addWidget(row)
        for name, splitter in self._named().items():
            splitter.setObjectName(name)
            splitter.setChildrenCollapsible(False)
            splitter.splitterMoved.connect(self._on_splitter_moved)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def moved_sizes(self) -> dict[str, tuple[int, ...]]:
        """Sizes in px of what a person has moved, by name."""
        return {name: tuple(splitter.sizes()) for name, splitter in self._named().items() if name in self._moved}

    def apply_sizes(self, sizes: Mapping[str, Sequence[int]]) -> None:
        """Take over what `moved_sizes` gave; the others go back to their shares."""
        self._moved = set(sizes)
        self.lay_out()
        for name, lengths in sizes.items():
            self._named()[name].setSizes(list(lengths))

    def lay_out(self) -> None:
        """Give everything that nobody has moved its share."""
        for name, splitter in self._named().items():
            if name not in self._moved:
                splitter.setSizes([share * 20 for share in SHARES[name]])

    def _named(self) -> dict[str, QSplitter]:
        return {"rows": self, "top": self._top, "bottom": self._bottom}

    @Slot(int, int)
    def _on_splitter_moved(self, _position: int, _index: int) -> None:
        splitter = self.sender()
        if isinstance(splitter, QSplitter):
            self._moved.add(splitter.objectName())
            self.moved.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        for splitter in self._named().values():
            splitter.setHandleWidth(self._theme.gap(5))
