"""Colours of Python source in the theme's tones: words of the language, layers of torch, numbers, texts, comments."""

from __future__ import annotations

import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.widgets.theme import Theme

_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
    |(?P<text>[rbfuRBFU]{0,2}(?:\"\"\"|'''|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?))
    |(?P<word>\b(?:import|from|as|class|def|return|if|elif|else|for|while|in|is|not|and|or|lambda|with|pass|assert|del|global
        |raise|try|except|finally|yield|None|True|False)\b)
    |(?P<own>\b(?:self|super)\b)
    |(?P<layer>\b(?:nn|F|torch)(?:\.\w+)+)
    |(?P<name>\b[^\W\d]\w*)
    |(?P<number>\b(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?))""",
    re.VERBOSE,
)
_TONES = {"comment": "muted", "text": "series_2", "word": "accent", "own": "muted", "layer": "series_0", "number": "series_3"}  # fmt: skip
_OPEN = {"": 0, '"""': 1, "'''": 2}


class SourceColors(QSyntaxHighlighter):
    """Calm enough to read on a projector. A block's state says which long text is still open at its end."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._formats: dict[str, QTextCharFormat] = {}
        self.take_theme()

    def take_theme(self) -> None:
        """Use the theme's colours from now on."""
        for kind, token in _TONES.items():
            style = QTextCharFormat()
            style.setForeground(self._theme.color(token))
            if kind == "word":
                style.setFontWeight(QFont.Weight.Medium)
            self._formats[kind] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        still = next((mark for mark, number in _OPEN.items() if number == self.previousBlockState()), "")
        start = self._close(text, 0, still) if still else 0
        while start >= 0 and (found := _TOKEN.search(text, start)):
            kind, start = str(found.lastgroup), found.end()
            mark = found[0].lstrip("rbfuRBFU")
            if kind == "text" and mark in ('"""', "'''"):
                start = self._close(text, start, mark, found.start())
            elif kind in self._formats:
                self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])
        if start >= 0:
            self.setCurrentBlockState(0)

    def _close(self, text: str, start: int, mark: str, begun: int = 0) -> int:
        """Colour a long text up to its end; -1 where it goes on in the next line."""
        end = text.find(mark, start)
        stop = len(text) if end < 0 else end + 3
        self.setFormat(begun, stop - begun, self._formats["text"])
        self.setCurrentBlockState(_OPEN[mark] if end < 0 else 0)
        return -1 if end < 0 else stop
