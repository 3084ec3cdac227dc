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


class NetworkFile(msgspec.Struct, frozen=True):
    """A file that holds a network, and the network as it stands in it."""

    path: str
    graph: NetworkGraph


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


class _ReplaceCommand(_EditCommand):
    """Another network in the place of the one before: its file, or none, comes and goes with it, so that saving after an undo
    does not write one network over the file of another."""

    def __init__(self, document: NetworkDocument, edit: GraphEdit, file: NetworkFile | None) -> None:
        super().__init__(document, edit)
        self._other_file = file  # the one that is not in force

    def _take(self, graph: NetworkGraph) -> None:
        document = self._document()
        if document is not None:
            self._other_file = document.exchange_file(self._other_file)
            document.take(graph)


class NetworkDocument(QObject):
    """The current network. Panels draw `graph` and `analysis`; whoever edits pushes a GraphEdit."""

    graph_changed = Signal()
    path_changed = Signal()

    def __init__(self, graph: NetworkGraph, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._graph = graph
        self._analysis: NetworkAnalysis | None = None
        self._file: NetworkFile | None = None

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
        return self._file.path if self._file is not None else None

    @property
    def is_modified(self) -> bool:
        """Whether the network differs from what its file holds; never without a file."""
        return self._file is not None and self._file.graph != self._graph

    def set_path(self, path: str) -> None:
        """Remember that the file `path` holds the network as it stands."""
        self.exchange_file(NetworkFile(path, self._graph))

    def set_graph(self, graph: NetworkGraph, text: str = "Choose network", path: str | None = None) -> None:
        """Put another network on the table, undoably; `path`: the file that holds it, None for a preset.

        Raises NetworkError, and changes nothing, where the network cannot be.
        """
        if graph != self._graph:
            from trainers.layer_catalog import analyse

            analyse(graph)
            file = None if path is None else NetworkFile(path, graph)
            self.undo_stack.push(_ReplaceCommand(self, GraphEdit(text, self._graph, graph), file))
        elif path is not None:
            self.set_path(path)

    def push(self, edit: GraphEdit) -> None:
        """Do `edit`, undoably. Raises NetworkError, and changes nothing, where its `after` cannot be."""
        from trainers.layer_catalog import analyse

        analyse(edit.after)
        self.undo_stack.push(_EditCommand(self, edit))

    def close(self) -> None:
        """Let go of all edits, before the window is gone."""
        self.undo_stack.clear()

    def exchange_file(self, file: NetworkFile | None) -> NetworkFile | None:
        """Put `file` in the place of the present one, which is returned."""
        before, self._file = self._file, file
        self.path_changed.emit()
        return before

    def take(self, graph: NetworkGraph) -> None:
        """What an edit's doing and undoing call: `graph` is already validated. Everybody else pushes a GraphEdit."""
        self._graph = graph
        self._analysis = None
        self.graph_changed.emit()
