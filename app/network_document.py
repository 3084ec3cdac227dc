"""NetworkDocument: the network on the table and the undo stack of everything that a person changes. Imports no torch."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from trainers.network_graph import NetworkGraph

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis


class GraphEdit(msgspec.Struct, frozen=True):
    """One edit: `text` says what it does, `before` and `after` are whole graphs; edits with one `merge_key` become one."""

    text: str
    before: NetworkGraph
    after: NetworkGraph
    merge_key: str = ""


class _EditCommand(QUndoCommand):
    """A GraphEdit on the undo stack. Never given a parent: that crashes in PySide6."""

    def __init__(self, document: NetworkDocument, edit: GraphEdit) -> None:
        super().__init__(edit.text)
        # a strong reference closes a ring through the stack: the collector then frees commands that the stack frees again
        self._document = weakref.ref(document)
        self.edit = edit

    def redo(self) -> None:
        self._take(self.edit.after)

    def undo(self) -> None:
        self._take(self.edit.before)

    def _take(self, graph: NetworkGraph) -> None:
        document = self._document()
        if document is not None:
            document.take(graph)

    def id(self) -> int:
        return hash(self.edit.merge_key) & 0x3FFFFFFF if self.edit.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _EditCommand) or other.edit.merge_key != self.edit.merge_key:
            return False
        self.edit = GraphEdit(self.edit.text, self.edit.before, other.edit.after, self.edit.merge_key)
        return True


class NetworkDocument(QObject):
    """The current network. Panels draw `graph` and `analysis`; whoever edits pushes a GraphEdit."""

    graph_changed = Signal()
    path_changed = Signal()

    def __init__(self, graph: NetworkGraph, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._graph = graph
        self._analysis: NetworkAnalysis | None = None
        self._path: str | None = None

    @property
    def graph(self) -> NetworkGraph:
        """The network as it stands; always valid."""
        return self._graph

    @property
    def analysis(self) -> NetworkAnalysis:
        """Its shapes, parameters and FLOPs, worked out when first asked for."""
        if self._analysis is None:
            from trainers.layer_catalog import analyse

            self._analysis = analyse(self._graph)
        return self._analysis

    @property
    def path(self) -> str | None:
        """The file that it was opened from or saved to; None for a preset."""
        return self._path

    def set_path(self, path: str | None) -> None:
        """Remember the file that holds the network; the undo stack is clean at this point."""
        self._path = path
        self.undo_stack.setClean()
        self.path_changed.emit()

    def set_graph(self, graph: NetworkGraph, text: str = "Choose network") -> None:
        """Put another network on the table, undoably. Raises NetworkError, and changes nothing, where it cannot be."""
        if graph != self._graph:
            self.push(GraphEdit(text, self._graph, graph))

    def push(self, edit: GraphEdit) -> None:
        """Do `edit`, undoably. Raises NetworkError, and changes nothing, where its `after` cannot be."""
        from trainers.layer_catalog import analyse

        analyse(edit.after)
        self.undo_stack.push(_EditCommand(self, edit))

    def close(self) -> None:
        """Let go of all edits, before the window is gone."""
        self.undo_stack.clear()

    def take(self, graph: NetworkGraph) -> None:
        """What an edit's doing and undoing call: `graph` is already validated. Everybody else pushes a GraphEdit."""
        self._graph = graph
        self._analysis = None
        self.graph_changed.emit()
