"""The network as idiomatic PyTorch, beside its drawing: to read, copy and save; the chosen layer's lines stand out."""

from __future__ import annotations

import re

from PySide6.QtCore import QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from app.widgets.icons import icon
from app.widgets.theme import Theme
from trainers.network_graph import NetworkGraph
from trainers.pytorch_source import to_source

_KEYWORDS = r"\b(import|from|as|class|def|return|if|for|in|not|None|True|False|self)\b"


class _Highlighter(QSyntaxHighlighter):
    """Three tones: words of Python, text and numbers, comments. Calm enough to read on a projector."""

    def __init__(self, theme: Theme, edit: QPlainTextEdit) -> None:
        super().__init__(edit.document())
        self._theme = theme
        self._rules: list[tuple[QRegularExpression, QTextCharFormat]] = []
        self.take_theme()

    def take_theme(self) -> None:
        """Use the theme's colours from now on."""
        self._rules = [
            (QRegularExpression(_KEYWORDS), self._format("accent", is_bold=True)),
            (QRegularExpression(r"\b\d[\d_.e]*\b"), self._format("series_3")),
            (QRegularExpression(r"\"[^\"]*\""), self._format("series_2")),
            (QRegularExpression(r"#.*$"), self._format("muted")),
        ]
        self.rehighlight()

    def _format(self, token: str, *, is_bold: bool = False) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(QColor(self._theme.color(token)))
        if is_bold:
            style.setFontWeight(QFont.Weight.DemiBold)
        return style

    def highlightBlock(self, text: str) -> None:
        for expression, style in self._rules:
            matches = expression.globalMatch(text)
            while matches.hasNext():
                match = matches.next()
                self.setFormat(match.capturedStart(), match.capturedLength(), style)


class SourcePane(QWidget):
    """Read-only source of the network on the table; made when it is first looked at."""

    save_asked = Signal()
    copied = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._graph: NetworkGraph | None = None
        self._layer = ""
        self.edit = QPlainTextEdit(self)
        self.edit.setReadOnly(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.edit.setAccessibleName("PyTorch source of the network")
        self.edit.setToolTip(
            "The network as a PyTorch module: the same layers, the same names. The chosen layer's lines stand out."
        )
        self._highlighter = _Highlighter(theme, self.edit)
        self.copy_button = QPushButton("Copy", self)
        self.copy_button.setIcon(icon(theme, "copy"))
        self.copy_button.setToolTip("Copy the whole source, to paste it into an editor")
        self.copy_button.setAccessibleName("Copy the PyTorch source")
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.save_button = QPushButton("Save…", self)
        self.save_button.setIcon(icon(theme, "save"))
        self.save_button.setToolTip("Save the source as a Python file that runs by itself")
        self.save_button.setAccessibleName("Save the PyTorch source")
        self.save_button.clicked.connect(self.save_asked)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addLayout(buttons)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def text(self) -> str:
        """The source as it stands."""
        return self.edit.toPlainText()

    def show_graph(self, graph: NetworkGraph) -> None:
        """Write the source of `graph`, unless it is there already."""
        if graph != self._graph:
            self._graph = graph
            self.edit.setPlainText(to_source(graph))
            self._mark_lines()

    def choose_layer(self, name: str) -> None:
        """Let the lines that name the layer stand out, and bring the first into sight."""
        self._layer = name
        self._mark_lines()

    def _mark_lines(self) -> None:
        selections: list[QTextEdit.ExtraSelection] = []
        block = self.edit.document().begin()
        expression = re.compile(rf"\b{re.escape(self._layer)}\b") if self._layer else None
        while block.isValid() and expression is not None:
            if expression.search(block.text()):
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(block)
                selection.format.setBackground(self._theme.color("selection"))
                selection.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
                selections.append(selection)
            block = block.next()
        self.edit.setExtraSelections(selections)
        if selections:
            self.edit.setTextCursor(selections[0].cursor)
            self.edit.ensureCursorVisible()

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.copied.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.edit.setFont(self._theme.font("code"))
        self._highlighter.take_theme()
        self._mark_lines()
        self._layout.setContentsMargins(0, 0, 0, self._theme.gap(4))
