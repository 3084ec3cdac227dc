"""SourceFollower: keeps a person's source and the drawing in step; knows which text says which network. Draws nothing."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from app.panels.builder.source_page import Remark
from app.panels.builder.source_work import Answer, SourceWork, Wish
from trainers.network_graph import NetworkGraph, Shape
from trainers.pytorch_source import to_source
from trainers.source_matching import said_alike
from trainers.source_merging import merged
from trainers.source_recorder import SourceLines

_SHORT = 100  # layers whose source is written in a few ms, in the window's thread
_KEPT = 200  # texts of networks that an undo may bring back, as many as the undo stack keeps at least

_OVERWRITTEN = "The drawing changed lines that were being typed, so they are written anew."


def _input_shape(graph: NetworkGraph) -> Shape | None:
    """The shape of one sample as the input layer states it; analysing a network of 500 layers would take 10 ms."""
    stated = next(layer.parameters.get("shape") for layer in graph.layers if layer.kind == "input")
    return tuple(int(size) for size in stated) if isinstance(stated, tuple | list) else None


class _Kept(NamedTuple):
    """Text that says `graph`. name: the class of it that a person chose."""

    graph: NetworkGraph
    text: str
    is_own: bool
    name: str | None


class SourceFollower(QObject):
    """`written`: the text that says the drawing now, and whether it is nobody's work. `understood`: what a person's text says,
    where that is another network. `answered`: names, asks, remarks and lines are those of the text that was read.
    """

    written = Signal(str, bool)
    understood = Signal(object, str, str)  # NetworkGraph, words, merge key
    answered = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work = SourceWork(self)
        self._work.answered.connect(self._on_answered)
        self._texts: OrderedDict[int, _Kept] = OrderedDict()  # by identity: an undo brings the same
        self._text = ""  # says _said
        self._said: NetworkGraph | None = None
        self._is_own = True
        self._typed = ""  # as it was last seen
        self._shape: Shape | None = None  # of the input, as a person gave it for this text
        self._is_other = False  # the text took the place of another one
        self._words = ""
        self._is_rewriting = False  # the thread brings what is drawn into the text
        self._is_astray = False  # what is drawn is no network: not even the one that the text says
        self._gesture = 0
        self._line = -1
        self.graph: NetworkGraph | None = None  # the last that was drawn
        self.lines: dict[str, SourceLines] = {}
        self.remarks: tuple[Remark, ...] = ()
        self.names: tuple[str, ...] = ()
        self.name: str | None = None  # of the class, where a person chose one
        self.name_read = ""
        self.asks: Shape | None = None
        self._fitted: str | None = None

    def close(self) -> None:
        """End the thread."""
        self._work.close()

    @property
    def is_busy(self) -> bool:
        """Whether the thread is at work."""
        return self._work.is_busy

    @property
    def may_fit(self) -> bool:
        """Whether sizes that do not fit are all that is wrong."""
        return self._fitted is not None

    def is_in_step(self, text: str) -> bool:
        """Whether `text` says what is drawn."""
        return text == self._text and self._said is self.graph

    # --- the drawing changes ------------------------------------------------------------------------------------------

    def show_graph(self, graph: NetworkGraph, text: str) -> None:
        """The drawing is `graph` now; `text` is what stands in the editor."""
        self._is_astray = False
        if graph is self.graph:
            return
        self.graph = graph
        self._typed = text
        self._gesture += 1
        kept = self._texts.get(id(graph))
        if kept is not None:
            self._write(kept.text, is_own=kept.is_own, name=kept.name)
        elif self._said is not None and said_alike(self._said, graph):
            self._remember(self._text, is_own=self._is_own)
        elif self._said is None or (self._is_own and len(graph.layers) <= _SHORT):
            self._write(to_source(graph), is_own=True)
        else:
            self._is_rewriting = True
            self._work.ask(Wish(self._text, self._said, wanted=graph))

    def leave_drawing(self) -> None:
        """What is drawn is no network any more; the text stays."""
        self._is_astray = True

    def _write(self, text: str, *, is_own: bool, lost: str = "", name: str | None = None) -> None:
        """Let `text` say the drawing, with what a person has typed meanwhile where that is elsewhere in it."""
        shown = text
        self._is_rewriting = False
        if self._typed != self._text and self._said is not None:
            lines = merged(self._text.split("\n"), self._typed.split("\n"), text.split("\n"))
            shown = "\n".join(lines) if lines is not None else text
            lost = lost if lines is not None else _OVERWRITTEN
        self.name, self._is_other = name, False
        self._remember(text, is_own=is_own)
        self.lines, self._fitted, self.asks = {}, None, None
        kept = tuple(
            one for one in self.remarks if one.line and one.tone != "bad"
        )  # or what stands below would flicker
        self.remarks = (*((Remark(0, lost),) if lost else ()), *(kept if not is_own else ()))
        self._typed = shown
        self.written.emit(shown, is_own and shown == text)
        self.answered.emit()
        self._ask()

    def _remember(self, text: str, *, is_own: bool) -> None:
        """This text says the drawing as it stands."""
        assert self.graph is not None
        self._text, self._said, self._is_own = text, self.graph, is_own
        self._texts[id(self.graph)] = _Kept(self.graph, text, is_own, self.name)
        self._texts.move_to_end(id(self.graph))
        while len(self._texts) > _KEPT:
            self._texts.popitem(last=False)

    # --- a person changes the text ------------------------------------------------------------------------------------

    def touch(self, line: int, text: str) -> None:
        """A person types in this line (from 0): another one is another edit. What was read of the text before is overtaken."""
        self._typed, self.lines = text, {}
        if abs(line - self._line) > 1:
            self._gesture += 1
        self._line = line

    def read(self, text: str, words: str = "") -> None:
        """Read what stands in the editor; words: what was done, where the text took the place of another one."""
        if words:
            self._is_other, self._shape, self.name = True, None, None
            self._gesture += 1
            self._words = words
        self._typed = text
        self._ask()

    @Slot(str)
    def choose_class(self, name: str) -> None:
        """Read another class of the text."""
        self.name, self._shape = name, None
        self._is_other, self._words = True, f"Choose {name}"
        self._ask()

    @Slot(object)
    def give_shape(self, shape: Shape) -> None:
        """Read the text for an input of this shape."""
        self._shape = shape
        self._ask()

    @Slot()
    def fit(self) -> None:
        """Let the sizes fit that do not."""
        if self._fitted is not None:
            self._typed = self._fitted
            self.written.emit(self._fitted, False)
            self._ask()

    def _ask(self) -> None:
        if self._is_rewriting:  # which asks when it is done
            return
        drawn = None if self._is_other or self.graph is None else _input_shape(self.graph)
        self._work.ask(Wish(self._typed, self.graph, None, self.name, self._shape, drawn))

    # --- the thread answers -------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        wish = answer.wish
        if wish.wanted is not None:
            if wish.wanted is self.graph and self._is_rewriting and answer.text is not None:
                self._write(answer.text, is_own=answer.is_own, lost=answer.lost, name=self.name)
            return
        if wish.text != self._typed or (wish.name, wish.shape) != (self.name, self._shape):
            return  # overtaken; what overtook it has asked by itself
        if wish.drawn is not self.graph:
            self._ask()
            return
        self.names, self.name_read = answer.names, answer.name
        self.asks, self._fitted = answer.asks, answer.fitted
        if answer.refused:
            self.asks = self._shape  # so that one can give another
        is_own = self._is_own and wish.text == self._text
        told = [one for one in answer.notes if not one.is_plain and not is_own and one.line != answer.line]
        notes = tuple(Remark(one.line, one.sentence) for one in told)
        lost = tuple(one for one in self.remarks if not one.line and one.tone != "bad")
        refused = (Remark(answer.line or 0, answer.refused, "bad"),) if answer.refused else ()
        self.remarks = refused + lost * (wish.text == self._text) + notes
        if answer.graph is not None:
            self._understand(answer, answer.graph)
        self.answered.emit()

    def _understand(self, answer: Answer, graph: NetworkGraph) -> None:
        self.lines = answer.lines
        if answer.wish.text == self._text and not self._is_other and self._shape is None:
            return  # what the drawing says already
        is_other, words = self._is_other, self._words or "Edit the source"
        self._is_other, self._words, self._shape = False, "", None
        is_drawn = not (is_other and self._is_astray)  # another text takes the place of what is no network
        if is_drawn and self.graph is not None and said_alike(self.graph, graph):
            self._remember(answer.wish.text, is_own=False)
            return
        self.graph = graph
        self._remember(answer.wish.text, is_own=False)
        self.understood.emit(graph, words, "" if is_other else f"source {self._gesture}")
        if answer.text is not None and answer.text != answer.wish.text and self.graph is graph:
            self._remember(answer.text, is_own=False)
            self._typed = answer.text
            self.written.emit(answer.text, False)
