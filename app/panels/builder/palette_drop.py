"""What is dropped onto the canvas: a layer kind from the palette (a gesture like the others), or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt

from app.panels.builder.gestures import Gesture, Pointer
from app.widgets.network_items import card_size
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_graph import Layer, Link

if TYPE_CHECKING:
    from app.panels.builder.board import DrawingBoard

KIND_TYPE = "application/x-hillock-layer-kind"


def kind_data(kind: str) -> QMimeData:
    """A layer kind to be dragged."""
    data = QMimeData()
    data.setData(KIND_TYPE, kind.encode())
    return data


def file_of(data: QMimeData) -> str:
    """The first local file that is being dragged, "" for none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")


class PaletteDrop(Gesture):
    """A kind is carried over the canvas: on a wire it goes into it, on a card behind that, anywhere else it stands by itself."""

    @classmethod
    def begin_with(cls, board: DrawingBoard, data: QMimeData) -> PaletteDrop | None:
        """The gesture, where a known kind is carried."""
        kind = bytes(data.data(KIND_TYPE).data()).decode("utf-8", "replace") if data.hasFormat(KIND_TYPE) else ""
        return cls(board, kind) if kind in LAYER_KINDS else None

    def __init__(self, board: DrawingBoard, kind: str) -> None:
        nowhere = Pointer(QPointF(), QPoint(), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
        super().__init__(board, nowhere)
        self.kind = kind
        self._size = card_size(Layer("", kind))
        self._can_be_behind = LAYER_KINDS[kind].inputs[1] > 0

    def drag(self, pointer: Pointer) -> None:
        self.board.show_ghost(self._size, pointer.scene)
        self.board.highlight_wire(self._link(pointer))

    def release(self, pointer: Pointer) -> None:
        edits, link, card = self.board.edits, self._link(pointer), self.board.layer_at(pointer.scene)
        if card and self._can_be_behind:
            edits.add(self.kind, after=self.board.exit_of(card))
        elif link is not None:
            edits.insert(link, self.kind)
        else:
            edits.add_at(self.kind, None, (pointer.scene.x(), pointer.scene.y()))

    def _link(self, pointer: Pointer) -> Link | None:
        return self.board.link_at(pointer.scene) if self._can_be_behind else None

    def clear(self) -> None:
        self.board.hide_rubber()
        self.board.highlight_wire(None)
