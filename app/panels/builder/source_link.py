"""SourceLink: the source beside the drawing: written while it is looked at, and what is edited in it goes to the document. Draws nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QTabWidget

from app.network_document import GraphEdit, NetworkDocument
from app.panels.builder.source_pane import SourcePane
from trainers.network_graph import NetworkGraph


class SourceLink(QObject):
    """Between the document and the source's page, one of several in `tabs`."""

    def __init__(self, document: NetworkDocument, source: SourcePane, tabs: QTabWidget) -> None:
        super().__init__(source)
        self._document = document
        self._source = source
        self._tabs = tabs
        source.graph_edited.connect(self._on_source_edited)
        source.undo_asked.connect(document.undo_stack.undo)
        source.redo_asked.connect(document.undo_stack.redo)

    def show(self, chosen: str) -> None:
        """Write the source, with the line of the chosen layer: it costs some milliseconds, so only while it is looked at."""
        if self._tabs.currentWidget() is not self._source:
            return
        document = self._document
        if document.is_faulty:
            self._source.show_unfinished(document.diagnosis.problems[0].sentence)
        else:
            self._source.show_graph(document.graph)
        self._source.choose_layer(chosen)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """A Python file was opened: its own text is shown beside the drawing that it becomes."""
        self._tabs.setCurrentWidget(self._source)
        self._source.open_path(path)

    @Slot()
    def paste(self) -> None:
        """A class lies on the clipboard: it takes the place of the source, and is drawn."""
        self._tabs.setCurrentWidget(self._source)
        self._source.paste()

    @Slot(object, str, str)
    def _on_source_edited(self, graph: NetworkGraph, words: str, merge_key: str) -> None:
        """The source says another network: the one on the table changed, or one that takes its place."""
        document = self._document
        if merge_key:
            document.push(GraphEdit(words, document.graph, graph, merge_key))
        else:
            document.set_graph(graph, words)
