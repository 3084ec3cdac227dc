"""The network as PyTorch beside its drawing, live both ways: what is typed becomes the drawing, what is drawn changes its lines.

Source is parsed in a thread of its own and never run.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.panels.builder.source_bar import SourceBar, SourceSayings
from app.panels.builder.source_buttons import SourceButtons
from app.panels.builder.source_edit import SourceEdit
from app.panels.builder.source_follower import SourceFollower
from app.panels.builder.source_page import Remark
from app.panels.builder.source_saving import SOURCE_FILES, saved
from app.panels.builder.source_tracing import SourceTracer
from app.widgets.theme import Theme
from trainers.errors import BadInput
from trainers.network_graph import NetworkGraph
from trainers.source_opening import python_text
from trainers.source_places import layer_at, lines_of
from trainers.tracing import SourceTraced


class SourcePane(QWidget):
    """An editor with what is asked and said around it. Shows nothing before `show_graph`; `close_pane` ends its thread.

    graph_edited: the network that the source says now, what was done in a few words, and the merge key of its edit; "" where
    another network takes the place of the one before. layer_chosen: the caret went to a line of this layer. said: a sentence
    for the message bar, "info" or "error".
    """

    graph_edited = Signal(object, str, str)
    layer_chosen = Signal(str)
    undo_asked = Signal()
    redo_asked = Signal()
    said = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layer = ""
        self._has_chosen = False  # the caret chooses a layer just now
        self._remarks: tuple[Remark, ...] = ()
        self._aside = ""
        self.bar = SourceBar(theme, self)
        self.edit = SourceEdit(theme, self)
        self.sayings = SourceSayings(theme, self)
        self.follower = SourceFollower(self)
        self.tracer = SourceTracer(self)
        self._opened = ("", "")  # path and text of the file that was opened last
        self.rest = QTimer(self)  # between the last key and reading
        self.rest.setSingleShot(True)
        self.rest.setInterval(250)
        self.buttons = SourceButtons(theme, self)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bar)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.sayings)
        layout.addWidget(self.buttons)
        self._connect()
        self._on_theme_changed()

    def _connect(self) -> None:
        self.buttons.copy_button.clicked.connect(self._on_copy_clicked)
        self.buttons.paste_button.clicked.connect(self.paste)
        self.buttons.open_button.clicked.connect(self._on_open_clicked)
        self.buttons.save_button.clicked.connect(self._on_save_clicked)
        self.edit.typed.connect(self._on_typed)
        self.edit.caret_moved.connect(self._on_caret_moved)
        self.edit.undo_asked.connect(self.undo_asked)
        self.edit.redo_asked.connect(self.redo_asked)
        self.edit.file_dropped.connect(self.open_path)
        self.edit.class_pasted.connect(self._on_class_pasted)
        self.rest.timeout.connect(self._on_rested)
        self.bar.class_chosen.connect(self.follower.choose_class)
        self.bar.shape_given.connect(self.follower.give_shape)
        self.sayings.line_chosen.connect(self.edit.go_to)
        self.sayings.fit_asked.connect(self.follower.fit)
        self.sayings.fit_asked.connect(self.edit.setFocus)  # the button is gone in a moment
        self.sayings.trace_asked.connect(self._on_trace_asked)
        self.tracer.answered.connect(self._on_traced)
        self.tracer.failed.connect(self._on_trace_refused)
        self.follower.written.connect(self._on_written)
        self.follower.understood.connect(self._on_understood)
        self.follower.answered.connect(self._on_answered)
        self._theme.changed.connect(self._on_theme_changed)

    # --- from the drawing ---------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The source as it stands."""
        return self.edit.toPlainText()

    @property
    def is_busy(self) -> bool:
        """Whether something typed or drawn has not yet been followed."""
        return self.rest.isActive() or self.follower.is_busy or self.tracer.is_busy

    def show_graph(self, graph: NetworkGraph) -> None:
        """Let the source say `graph`: only the lines concerned change."""
        if self._aside:
            self.show_unfinished("")
        self.follower.show_graph(graph, self.text)

    def choose_layer(self, name: str) -> None:
        """Let the layer's lines stand out, and bring them into sight; "" for none. The caret stays where it is."""
        self._layer = name
        self._light(goes_there=not self._has_chosen)

    def show_unfinished(self, sentence: str) -> None:
        """Say that the drawing is no network yet, and why, so that the source stays as it was; "" once it is one again."""
        if sentence:
            self.follower.leave_drawing()
        self._aside = f"The drawing is unfinished, so the source stays as it was. {sentence}" if sentence else ""
        self._say()

    def close_pane(self) -> None:
        """End the timer and the thread."""
        self.rest.stop()
        self.tracer.shutdown()
        self.follower.close()

    def _light(self, *, goes_there: bool) -> None:
        lines = lines_of(self._layer, self.text, self.follower.lines) if self._layer else frozenset()
        self.edit.light(lines, goes_there=goes_there)

    @Slot(str, bool)
    def _on_written(self, text: str, is_own: bool) -> None:
        """The follower wrote the source anew; is_own: as it is written for a drawing, nobody's work."""
        self.edit.show_text(text)
        self.edit.is_replaced_by_paste = is_own
        self._light(goes_there=False)

    # --- from a person ------------------------------------------------------------------------------------------------

    @Slot()
    def _on_typed(self) -> None:
        self.edit.is_replaced_by_paste = not self.text.strip()
        self.follower.touch(self.edit.textCursor().blockNumber(), self.text)
        self._light(goes_there=False)
        self.rest.start()

    @Slot()
    def _on_rested(self) -> None:
        self.follower.read(self.text)

    @Slot(int, int)
    def _on_caret_moved(self, line: int, column: int) -> None:
        graph = self.follower.graph
        if graph is None or not self.edit.hasFocus() or not self.follower.is_in_step(self.text):
            return
        text = self.edit.document().findBlockByNumber(line - 1).text()
        name = layer_at(line, column, text, graph, self.follower.lines, self._layer)
        if name and name != self._layer:
            self._has_chosen = True
            self.layer_chosen.emit(name)
            self._has_chosen = False

    @Slot(str)
    def _on_class_pasted(self, text: str) -> None:
        self._replace(text, "Paste source")

    def _replace(self, text: str, words: str) -> None:
        """Another source in the place of this one."""
        self.rest.stop()
        self.edit.show_text(text)
        self.edit.is_replaced_by_paste = False
        self.edit.moveCursor(self.edit.textCursor().MoveOperation.Start)
        self.follower.read(text, words)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.said.emit("The PyTorch source is on the clipboard.", "info")

    @Slot()
    def paste(self) -> None:
        """Let the text on the clipboard take the place of the source."""
        text = QGuiApplication.clipboard().text().replace("\r\n", "\n").replace("\r", "\n")
        if text.strip():
            self._replace(text, "Paste source")
        else:
            self.said.emit("There is no text on the clipboard: copy a class first.", "error")

    @Slot()
    def _on_open_clicked(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open source", "", SOURCE_FILES)
        if path:
            self.open_path(path)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Let the source of a Python file take the place of this one; what cannot be opened is said."""
        try:
            text = python_text(path)
        except BadInput as error:
            self.said.emit(error.sentence, "error")
            return
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._opened = (path, text)
        self._replace(text, f"Open {Path(path).name}")

    @Slot()
    def _on_trace_asked(self) -> None:
        if self.tracer.is_busy:
            self.tracer.stop()
            self._aside = ""
            self._say()
        elif self._may_trace() and self.tracer.ask(self._opened[0], self.follower.name_read):
            self._aside = f"{Path(self._opened[0]).name} runs in a process of its own and is being traced."
            self._say()

    @Slot(object)
    def _on_traced(self, traced: SourceTraced) -> None:
        self._aside = ""
        self._replace(traced.text, f"Trace {Path(self._opened[0]).name}")

    @Slot(str)
    def _on_trace_refused(self, sentence: str) -> None:
        self._aside = ""
        self._say()
        self.said.emit(sentence, "error")

    def _may_trace(self) -> bool:
        """Whether what stands here is a file that was opened, has a class, and is not understood as text alone."""
        is_refused = any(one.tone == "bad" for one in self._remarks)
        return is_refused and self.text == self._opened[1] and bool(self.follower.name_read) and not self.tracer.is_busy

    @Slot()
    def _on_save_clicked(self) -> None:
        graph = self.follower.graph
        name = graph.name.replace("-", "_") if graph else "network"
        sentence, tone = saved(self.text, name, self)
        if sentence:
            self.said.emit(sentence, tone)

    # --- what came of it ----------------------------------------------------------------------------------------------

    @Slot(object, str, str)
    def _on_understood(self, graph: NetworkGraph, words: str, merge_key: str) -> None:
        self.edit.forget_typing()
        self.graph_edited.emit(graph, words, merge_key)

    @Slot()
    def _on_answered(self) -> None:
        """Show what is said of the source, ask what has to be asked."""
        follower = self.follower
        self.bar.show_names(follower.names, follower.name_read)
        question = (
            "" if follower.asks is None else "The source does not say how large its input is. How large is one sample?"
        )
        self.bar.ask(follower.asks, question)
        self._remarks = follower.remarks
        self._say()
        self._light(goes_there=False)

    def _say(self) -> None:
        self.edit.show_remarks([one for one in self._remarks if one.line])
        aside = (Remark(0, self._aside),) if self._aside else ()
        self.sayings.say(
            (*aside, *self._remarks),
            is_fitting=self.follower.may_fit,
            is_traceable=self._may_trace(),
            is_tracing=self.tracer.is_busy,
        )

    @Slot()
    def _on_theme_changed(self) -> None:
        for part in (self.bar, self.edit, self.sayings):
            part.take_theme()
        self.buttons.arrange()
        self._layout.setContentsMargins(0, 0, 0, self._theme.gap(4))
