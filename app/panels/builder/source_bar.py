"""What stands around the source: which class is read, how large the input is where that must be asked for, what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.panels.builder.source_page import Remark
from app.widgets.theme import Theme
from trainers.network_graph import Shape

_SHOWN = 3  # sentences below the source; the others stand at their lines
_LARGEST = 10_000_000
_TRACE = (
    "The source alone is not understood. A file that you trust can be run, after a question, and followed by torch.fx."
)
_STOP = "End the process in which the file runs; the drawing stays as it is."
_SIZES = re.compile(r"\s*\d{1,8}(?:\s*[x×*, ]\s*\d{1,8}){0,2}\s*", re.IGNORECASE)


def shape_in(text: str) -> Shape | None:
    """(1, 28, 28) of "1x28x28", "1 × 28 × 28" or "1, 28, 28"; None where it is no shape of one to three sizes."""
    if not _SIZES.fullmatch(text):
        return None
    sizes = tuple(int(size) for size in re.findall(r"\d+", text))
    return sizes if all(0 < size <= _LARGEST for size in sizes) else None


class SourceBar(QWidget):
    """Above the source; hidden while there is nothing to ask."""

    class_chosen = Signal(str)
    shape_given = Signal(object)  # Shape

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.classes = QComboBox(self)
        self.classes.setAccessibleName("Class that is drawn")
        self.classes.setToolTip("The source has several classes: choose the one that becomes the drawing.")
        self.classes.textActivated.connect(self.class_chosen)
        self.question = QLabel(self)
        self.question.setWordWrap(True)
        self.shape = QLineEdit(self)
        self.shape.setAccessibleName("Shape of the input")
        self.shape.setToolTip(
            "The shape of one sample: channels × height × width for pictures, one number for plain features."
        )
        self.shape.returnPressed.connect(self._on_shape_entered)
        self.draw_button = QPushButton("Draw it", self)
        self.draw_button.setToolTip("Draw the network for an input of this shape")
        self.draw_button.clicked.connect(self._on_shape_entered)
        row = QHBoxLayout()
        row.addWidget(self.shape, 1)
        row.addWidget(self.draw_button)
        self._layout = layout = QVBoxLayout(self)
        layout.addWidget(self.classes)
        layout.addWidget(self.question)
        layout.addLayout(row)
        self.show_names((), None)
        self.ask(None)

    def show_names(self, names: Sequence[str], name: str | None) -> None:
        """Offer these classes where there are several; `name` is the one that is drawn."""
        if [self.classes.itemText(number) for number in range(self.classes.count())] != list(names):
            self.classes.clear()
            self.classes.addItems(list(names))
        if name in names:
            self.classes.setCurrentText(str(name))
        self.classes.setVisible(len(names) > 1)
        self._show()

    def ask(self, example: Shape | None, sentence: str = "") -> None:
        """Ask how large the input is, beginning with `example`; None: there is nothing to ask."""
        is_asking = example is not None
        if example is not None:
            self.question.setText(sentence)
            if self.shape.isHidden():
                self.shape.setText("×".join(str(size) for size in example))
        self._refuse("")
        for part in (self.question, self.shape, self.draw_button):
            part.setVisible(is_asking)
        self._show()

    @property
    def is_asking(self) -> bool:
        """Whether the shape is asked for."""
        return not self.shape.isHidden()

    def _show(self) -> None:
        self.setVisible(self.is_asking or self.classes.count() > 1)

    def _refuse(self, sentence: str) -> None:
        if bool(self.shape.property("refused")) != bool(sentence):
            self.shape.setProperty("refused", "true" if sentence else None)
            self.shape.style().unpolish(self.shape)
            self.shape.style().polish(self.shape)
        if sentence:
            self.question.setText(sentence)

    @Slot()
    def _on_shape_entered(self) -> None:
        shape = shape_in(self.shape.text())
        if shape is None:
            self._refuse(f"“{self.shape.text()[:40]}” is no shape: write sizes with × between them, such as 1×28×28.")
        else:
            self.shape_given.emit(shape)

    def take_theme(self) -> None:
        """Use the theme's distances from now on."""
        gap = self._theme.gap(8)
        self._layout.setContentsMargins(gap, gap, gap, gap)
        self._layout.setSpacing(self._theme.gap(4))


class SourceSayings(QWidget):
    """Below the source: what is wrong and what is to be known, whole, each leading to its line; and what one click mends."""

    line_chosen = Signal(int)
    fit_asked = Signal()
    trace_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._remarks: tuple[Remark, ...] = ()
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.label.setAccessibleName("What is said about the source")
        self.label.linkActivated.connect(self._on_link_activated)
        self.fit_button = QPushButton("Fit the sizes", self)
        self.fit_button.setToolTip(
            "Let each layer take what comes in: only the numbers that no longer fit are written anew."
        )
        self.fit_button.clicked.connect(self.fit_asked)
        self.trace_button = QPushButton(self)
        self.trace_button.clicked.connect(self.trace_asked)
        self._layout = layout = QHBoxLayout(self)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.fit_button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.trace_button, 0, Qt.AlignmentFlag.AlignTop)
        self.say((), is_fitting=False, is_traceable=False, is_tracing=False)

    def say(self, remarks: Sequence[Remark], *, is_fitting: bool, is_traceable: bool, is_tracing: bool) -> None:
        """Say these, what is wrong first (line 0: about the whole); offer to make the sizes fit, to trace the file or to stop that."""
        self._remarks = tuple(sorted(remarks, key=lambda one: (one.tone != "bad", one.line)))
        self.fit_button.setVisible(is_fitting)
        self.trace_button.setText("Stop tracing" if is_tracing else "Trace it…")
        self.trace_button.setToolTip(_STOP if is_tracing else _TRACE)
        self.trace_button.setVisible(is_tracing or (is_traceable and not is_fitting))
        self._write()
        self.setVisible(bool(self._remarks))

    @property
    def text(self) -> str:
        """What is said, a sentence a line."""
        return "\n".join(f"Line {one.line}: {one.sentence}" if one.line else one.sentence for one in self._remarks)

    def _write(self) -> None:
        rows = []
        for one in self._remarks[:_SHOWN]:
            color = self._theme.hex(one.tone if one.tone == "bad" else "text")
            place = f"<a style='color:{self._theme.hex('accent')}' href='{one.line}'>Line {one.line}</a>: " * bool(
                one.line
            )
            rows.append(f"{place}<span style='color:{color}'>{escape(one.sentence)}</span>")
        more = len(self._remarks) - _SHOWN
        if more > 0:
            rows.append(f"{more} more at the lines with a dot.")
        self.label.setText("<br>".join(rows))

    @Slot(str)
    def _on_link_activated(self, link: str) -> None:
        self.line_chosen.emit(int(link))

    def take_theme(self) -> None:
        """Use the theme's colours and distances from now on."""
        gap = self._theme.gap(8)
        self._layout.setContentsMargins(gap, self._theme.gap(4), gap, self._theme.gap(4))
        self._write()
