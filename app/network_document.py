"""NetworkDocument: what is drawn, the network that it last was, and the undo stack of everything that a person changes. Imports no torch."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from trainers.network_graph import NetworkGraph

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis
    from trainers.network_diagnosis import Diagnosis


class GraphEdit(msgspec.Struct, frozen=True):
    """One edit: `text` says what it does, `before` and `after` are whole drawings; edits with one `merge_key` become one."""

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
        self._network = self._network_after = document.graph  # what trains while this side of the edit cannot
        self.edit = edit

    def redo(self) -> None:
        self._take(self.edit.after, self._network_after)

    def undo(self) -> None:
        self._take(self.edit.before, self._network)

    def _take(self, drawing: NetworkGraph, network: NetworkGraph) -> None:
        document = self._document()
        if document is not None:
            document.take(drawing, network)

    def id(self) -> int:
        return hash(self.edit.merge_key) & 0x3FFFFFFF if self.edit.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _EditCommand) or other.edit.merge_key != self.edit.merge_key:
            return False
        self.edit = GraphEdit(self.edit.text, self.edit.before, other.edit.after, self.edit.merge_key)
        self._network_after = other._network_after
        return True


class _ReplaceCommand(_EditCommand):
    """Another network in the place of the one before: its file, or none, comes and goes with it, so that saving after an undo
    does not write one network over the file of another."""

    def __init__(self, document: NetworkDocument, edit: GraphEdit, file: NetworkFile | None) -> None:
        super().__init__(document, edit)
        self._other_file = file  # the one that is not in force

    def _take(self, drawing: NetworkGraph, network: NetworkGraph) -> None:
        document = self._document()
        if document is not None:
            self._other_file = document.exchange_file(self._other_file)
            document.take(drawing, network)


class NetworkDocument(QObject):
    """The current network. `drawing` is what is on the canvas, perhaps unfinished; `graph`, which is what trains, is the last
    drawing that was a network, and the same object as the drawing as long as that is one."""

    drawing_changed = Signal()
    graph_changed = Signal()
    path_changed = Signal()
    training_refused = Signal(str)  # one sentence

    def __init__(self, graph: NetworkGraph, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)  # keeps every step: edits share what they have in common
        self._drawing = self._graph = graph
        self._analysis: NetworkAnalysis | None = None
        self._diagnosis: Diagnosis | None = None
        self._file: NetworkFile | None = None

    @property
    def drawing(self) -> NetworkGraph:
        """What is drawn: layers may be loose, and sizes may not fit."""
        return self._drawing

    @property
    def diagnosis(self) -> Diagnosis:
        """What is known of the drawing, and what is wrong with it; worked out when first asked for."""
        if self._diagnosis is None:
            from trainers.network_diagnosis import diagnose

            self._diagnosis = diagnose(self._drawing)
        return self._diagnosis

    @property
    def is_faulty(self) -> bool:
        """Whether the drawing is no network, or none yet."""
        return self._drawing is not self._graph

    @property
    def graph(self) -> NetworkGraph:
        """The last network that was drawn; always valid."""
        return self._graph

    @property
    def analysis(self) -> NetworkAnalysis:
        """Its shapes, parameters and FLOPs, worked out when first asked for."""
        if self._analysis is None:
            from trainers.layer_catalog import analyse

            self._analysis = analyse(self._graph)
        return self._analysis

    def may_train(self) -> bool:
        """Whether what is drawn can be trained; where it cannot, `training_refused` says why."""
        if not self.is_faulty:
            return True
        reason = self.diagnosis.problems[0].sentence
        self.training_refused.emit(f"The drawing cannot be trained yet: {reason}")
        return False

    @property
    def path(self) -> str | None:
        """The file that it was opened from or saved to; None for a preset."""
        return self._file.path if self._file is not None else None

    @property
    def is_modified(self) -> bool:
        """Whether the drawing differs from what its file holds; never without a file."""
        return self._file is not None and self._file.graph != self._drawing

    def set_path(self, path: str) -> None:
        """Remember that the file `path` holds the drawing as it stands."""
        self.exchange_file(NetworkFile(path, self._drawing))

    def set_graph(self, graph: NetworkGraph, text: str = "Choose network", path: str | None = None) -> None:
        """Put another network on the table, undoably; `path`: the file that holds it, None for a preset.

        Raises NetworkError, and changes nothing, where the network cannot be.
        """
        if graph != self._drawing:
            from trainers.layer_catalog import analyse

            analyse(graph)
        self.set_drawing(graph, text, path)

    def set_drawing(self, drawing: NetworkGraph, text: str = "Choose network", path: str | None = None) -> None:
        """Put another drawing on the table, undoably, whether it is a network or not; `path` as in `set_graph`."""
        if drawing != self._drawing:
            file = None if path is None else NetworkFile(path, drawing)
            self.undo_stack.push(_ReplaceCommand(self, GraphEdit(text, self._drawing, drawing), file))
        elif path is not None:
            self.set_path(path)

    def push(self, edit: GraphEdit) -> None:
        """Do `edit`, undoably. Raises NetworkError, and changes nothing, where its `after` cannot be a network."""
        from trainers.layer_catalog import analyse

        analyse(edit.after)
        self.draw(edit.text, edit.after, edit.merge_key)

    def draw(self, text: str, after: NetworkGraph, merge_key: str = "") -> None:
        """Let the drawing be `after`, undoably, whether it is a network or not; edits in a row with one `merge_key` become one."""
        if after != self._drawing:
            self.undo_stack.push(_EditCommand(self, GraphEdit(text, self._drawing, after, merge_key)))

    def close(self) -> None:
        """Let go of all edits, before the window is gone."""
        self.undo_stack.clear()

    def exchange_file(self, file: NetworkFile | None) -> NetworkFile | None:
        """Put `file` in the place of the present one, which is returned."""
        before, self._file = self._file, file
        self.path_changed.emit()
        return before

    def take(self, drawing: NetworkGraph, network: NetworkGraph) -> None:
        """What an edit's doing and undoing call; `network` trains where `drawing` cannot. Everybody else draws."""
        from trainers.network_diagnosis import diagnose

        self._diagnosis = diagnose(drawing, self._diagnosis)
        analysis, before = self._diagnosis.analysis, self._graph
        self._drawing = drawing
        self._graph = network if analysis is None else drawing
        if analysis is not None or self._graph is not before:
            self._analysis = analysis
        self.drawing_changed.emit()
        if self._graph != before:
            self.graph_changed.emit()
