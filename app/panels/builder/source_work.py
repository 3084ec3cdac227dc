"""SourceWork: the thread that reads source and writes it anew. Reading LeNet takes 2 to 16 ms, what is refused up to a second.

The source is parsed, never run. Imports no widget.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, QThread, Signal, Slot

from trainers.errors import HillockError
from trainers.network_graph import NetworkGraph, Shape
from trainers.source_matching import taken_over
from trainers.source_network import ShapeAsked, network_names, read_source
from trainers.source_recorder import SourceLines
from trainers.source_rewriting import rewritten, told_anew, with_sizes_fitted
from trainers.source_text import Note, SourceError, SourceLimit


class Wish(msgspec.Struct, frozen=True):
    """Read `text`, as a change of `drawn`; or, where `wanted` is given, change `text`, which says `drawn`, to say `wanted`.

    drawn: None where no network has been drawn yet; name: which class; shape: of the input, as a person gave it; drawn_shape: taken where the source leaves a choice.
    """

    text: str
    drawn: NetworkGraph | None
    wanted: NetworkGraph | None = None
    name: str | None = None
    shape: Shape | None = None
    drawn_shape: Shape | None = None


class Answer(msgspec.Struct, frozen=True):
    """What came of a wish. text: where it was written anew, with what was `lost`; graph: what was read, None where refused.

    refused: one sentence at `line` (None: about the whole); asks: a shape to begin with, where the input's has to be asked for;
    names: the classes to choose from, and the `name` of the one that was read; is_own: nobody's work is in the text; fitted: the text with its sizes made to fit, where that is all that is wrong.
    """

    wish: Wish
    graph: NetworkGraph | None = None
    lines: dict[str, SourceLines] = {}
    notes: tuple[Note, ...] = ()
    names: tuple[str, ...] = ()
    name: str = ""
    refused: str = ""
    line: int | None = None
    asks: Shape | None = None
    fitted: str | None = None
    text: str | None = None
    lost: str = ""
    is_own: bool = False


def answer(wish: Wish) -> Answer:
    """Do what is wished; what cannot be is said in the answer."""
    try:
        if wish.wanted is not None and wish.drawn is not None:
            made = rewritten(wish.text, wish.drawn, wish.wanted)
            return Answer(wish, text=made.text, lost=made.lost, is_own=made.is_own)
        return _read(wish)
    except HillockError as error:
        return Answer(wish, refused=error.sentence)
    except Exception as error:  # noqa: BLE001  # the thread's edge: source that the reader was not made for must not end it
        return Answer(wish, refused=f"This source cannot be read ({type(error).__name__}); write it more plainly.")


def _read(wish: Wish) -> Answer:
    names, chosen = network_names(wish.text)
    name = wish.name if wish.name in names else None
    shown = name or chosen
    try:
        read = read_source(wish.text, wish.shape, name, drawn_shape=wish.drawn_shape)
    except ShapeAsked as asked:
        return Answer(wish, names=names, name=shown, asks=asked.example, notes=asked.notes)
    except SourceError as error:
        fitted = None
        shape = wish.shape or wish.drawn_shape
        if shape is not None and wish.drawn is not None and not isinstance(error, SourceLimit):
            fitted = with_sizes_fitted(wish.text, wish.drawn, shape, name)
        problem = error.problem if error.problem.endswith(("?", "!")) else f"{error.problem}."
        parts = [problem, error.way_out or ""]
        sentence = " ".join(_begun_large(part) for part in parts if part)
        return Answer(
            wish, names=names, name=shown, refused=sentence, line=error.line, notes=error.notes, fitted=fitted
        )
    if wish.drawn is None:
        return Answer(wish, read.graph, read.lines, read.notes, names, shown)
    graph = taken_over(wish.drawn, read.graph)
    return Answer(wish, graph, read.lines, read.notes, names, shown, text=told_anew(wish.text, wish.drawn, graph))


def _begun_large(text: str) -> str:
    """A sentence with a capital, unless it begins with a name of the source, such as conv2."""
    return f"{text[0].upper()}{text[1:]}" if text.split()[0].isalpha() else text


class SourceWork(QThread):
    """One wish at a time; of several that wait only the newest is kept. `answered` brings an Answer."""

    answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: Wish | None = None
        self._next: Wish | None = None
        self._is_closed = False
        self.finished.connect(self._on_finished)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._wish is not None

    def ask(self, wish: Wish) -> None:
        """Do this, now or after what is being done."""
        if self._is_closed:
            return
        if self._wish is not None:
            self._next = wish
        else:
            self._wish = wish
            self.start(QThread.Priority.LowPriority)

    def run(self) -> None:
        wish = self._wish
        if wish is not None:
            self.answered.emit(answer(wish))

    @Slot()
    def _on_finished(self) -> None:
        self._wish, wish = None, self._next
        self._next = None
        if wish is not None:
            self.ask(wish)

    def close(self) -> None:
        """Do no more, and wait for what is being done: at most about a second."""
        self._is_closed = True
        self._next = None
        self.wait()
