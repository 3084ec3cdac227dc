"""AboutCard: facts, PyTorch line and page of the chosen function. Every number comes from the function itself."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.activation.curves.claim_row import ClaimRow
from app.panels.activation.functions import PlottedFunction
from app.simulation.activation_kind import Activation, Moments, moments_of
from app.widgets.icons import icon
from app.widgets.number_words import readable
from app.widgets.theme import Theme
from trainers.formula_source import drawn_source, formula_source

_LOOKED_AT = 10.0  # of x, on both sides of 0
_CHAPTERS = (("purpose", "What it is for"), ("cost", "What it costs"), ("failure", "Where it fails"))

_MOST_LINES = 8  # of code; a drawn function has some thirty


class AboutCard(QFrame):
    """`demonstration_asked`: a claim is to be shown, as a table. `use_asked`: the function is to go into the network."""

    demonstration_asked = Signal(object)
    use_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: PlottedFunction | None = None
        self._kind = ""
        self._code = ""
        self.title = QLabel(self)
        self.title.setObjectName("title")
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = QWidget(self)
        self._grid = QGridLayout(self.facts)
        self.code = QLabel(self)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setWordWrap(True)
        self.copy_button = QToolButton(self)
        self.copy_button.setIcon(icon(theme, "copy"))
        self.copy_button.setToolTip("Copy the line of PyTorch")
        self.copy_button.setAccessibleName("Copy the line of PyTorch")
        self.copy_button.clicked.connect(self._on_copy_asked)
        self.use_button = QPushButton("Use in the network", self)
        self.use_button.setToolTip("Put this function in the place of every activation of the network on the table")
        self.use_button.clicked.connect(self.use_asked)
        self._claims = QVBoxLayout()
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _lay_out(self) -> None:
        content = QWidget(self)
        self._column = QVBoxLayout(content)
        line = QHBoxLayout()
        line.addWidget(self.code, 1)
        line.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(self.title)
        self._column.addLayout(line)
        self._column.addWidget(self.use_button)
        self._column.addWidget(self.facts)
        self._column.addLayout(self._claims)
        self._column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def show_function(self, function: PlottedFunction | None) -> None:
        """Say all of `function`; nothing is done twice."""
        if function is self._shown:
            return
        self._shown = function
        self.setEnabled(function is not None)
        if function is None:
            self.title.setText("No function")
            return
        if self.title.text() != function.title:
            self.title.setText(function.title)
        code = code_of(function)
        self.code.setText(_opening(re.sub(r"([(,.=])(?!\d)", "\\1\u200b", code)))  # places at which a line may break
        self._code = code
        self.code.setVisible(bool(code))
        self.copy_button.setVisible(bool(code))
        self._show_facts(facts_of(function))
        kind = function.choice.kind
        if kind != self._kind:
            self._kind = kind
            self._show_claims(function.activation)

    def _show_facts(self, rows: list[tuple[str, str]]) -> None:
        """Captions and texts under one another; labels are kept, a slider changes their words alone."""
        while self._grid.count() > 2 * len(rows):
            item = self._grid.takeAt(self._grid.count() - 1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = self._grid.itemAtPosition(number, column)
                label = item.widget() if item is not None else None
                if not isinstance(label, QLabel):
                    label = QLabel(self.facts)
                    label.setObjectName("caption" if column == 0 else "")
                    label.setWordWrap(column == 1)
                    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                    self._grid.addWidget(label, number, column, Qt.AlignmentFlag.AlignTop)
                if label.text() != text:
                    label.setText(text)
        self._grid.setColumnStretch(1, 1)

    def _show_claims(self, activation: Activation | None) -> None:
        while (item := self._claims.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if activation is None:
            return
        for chapter, words in _CHAPTERS:
            claims = getattr(activation.page, chapter)
            if claims:
                head = QLabel(words, self)
                head.setObjectName("heading")
                self._claims.addWidget(head)
            for claim in claims:
                row = ClaimRow(self._theme, claim, self)
                row.asked.connect(self.demonstration_asked)
                self._claims.addWidget(row)

    @Slot()
    def _on_copy_asked(self) -> None:
        QGuiApplication.clipboard().setText(self._code)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap(8)
        self.code.setFont(theme.font("code"))
        self._column.setContentsMargins(2 * gap, gap, 2 * gap, gap)
        self._column.setSpacing(gap)
        self._claims.setSpacing(gap)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gap)
        self._grid.setVerticalSpacing(theme.gap(4))


def _opening(code: str) -> str:
    """So much of it that what stands below is still in sight."""
    lines = code.splitlines()
    if len(lines) <= _MOST_LINES:
        return code
    return "\n".join([*lines[:_MOST_LINES], f"… {len(lines) - _MOST_LINES} more lines, which the button copies"])


def code_of(function: PlottedFunction) -> str:
    """A line of PyTorch, or a function where it is one's own."""
    if function.activation is not None:
        return function.activation.code(**function.numbers)
    if function.formula is not None:
        return formula_source("activation", function.formula.bound(**function.numbers), "")
    return drawn_source("activation", function.drawn, "") if function.drawn is not None else ""


def facts_of(function: PlottedFunction) -> list[tuple[str, str]]:
    """What is known of it with these parameters: caption and text."""
    activation = function.activation
    if activation is None:
        return _own_facts(function)
    numbers = function.numbers
    rows = [
        ("Range", activation.range(**numbers).text),
        ("Lipschitz", readable(activation.lipschitz(**numbers), 4, least=0.0)),
        ("Monotone", "yes" if activation.is_monotone(**numbers) else "no: it rises and falls"),
        ("f′ far out", _far_out(activation.saturates(**numbers))),
        ("N(0, 1) in", _moments(activation.moments(**numbers))),
        ("Kinks", activation.kinks),
    ]
    if activation.torch_nan:
        rows.append(("PyTorch", _nan_words(activation.torch_nan)))
    if activation.torch_differs:
        rows.append(("PyTorch", activation.torch_differs))
    since = f"{activation.inventor}, {activation.year}" if activation.year and activation.inventor else ""
    rows.append(("First", since or "origin unclear"))
    rows.append(("Source", activation.source))
    return rows


def _far_out(ends: tuple[bool, bool]) -> str:
    words: dict[tuple[bool, bool], str] = {
        (True, True): "goes to 0 on both sides",
        (True, False): "goes to 0 on the left alone",
        (False, True): "goes to 0 on the right alone",
        (False, False): "stays away from 0 on both sides",
    }
    return words[ends]


def _own_facts(function: PlottedFunction) -> list[tuple[str, str]]:
    """Of one's own function, all by looking: on a stretch of x, and for a normal input."""
    x = np.linspace(-_LOOKED_AT, _LOOKED_AT, 4001)
    y, slope = function.evaluate("value", x), np.abs(function.evaluate("derivative", x))
    stretch = f"On −{_LOOKED_AT:g} … {_LOOKED_AT:g}"
    seen = y[np.isfinite(y)]
    rows = [
        (
            "Origin",
            "drawn by hand: smooth between its knots, straight on beyond"
            if function.drawn
            else "typed; its derivative is exact",
        )
    ]
    if len(seen):
        rows.append((stretch, f"from {readable(float(seen.min()), 4)} to {readable(float(seen.max()), 4)}"))
        steep = slope[np.isfinite(slope)]
        rows.append(("Steepest there", f"|f′| = {readable(float(steep.max()), 4)}" if len(steep) else "no slope"))
    if len(seen) < len(y):
        rows.append(("Gaps", f"no finite value at {1 - len(seen) / len(y):.0%} of that stretch".replace("%", " %")))
    else:
        value, derivative = partial(function.evaluate, "value"), partial(function.evaluate, "derivative")
        rows.append(("N(0, 1) in", _moments(moments_of(value, derivative))))
    return rows


def _moments(moments: Moments) -> str:
    return (
        f"mean {moments.mean:.3f}, variance {moments.variance:.3f} out; "
        f"a gradient's variance × {moments.squared_slope:.3f}"
    ).replace("-", "−")


def _nan_words(places: tuple[tuple[str, float], ...]) -> str:
    named: dict[str, list[str]] = {}
    for what, where in places:
        named.setdefault(what, []).append("∞" if where > 0 else "−∞")
    parts = [f"{what} at {' and '.join(ends)}" for what, ends in named.items()]
    return f"gives NaN for the {', the '.join(parts)}; here stands the limit"
