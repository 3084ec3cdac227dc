"""What stands between board and controls of "One convolution": the size's formula, one sentence, the PyTorch line. Changes nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.builder.convolution_state import ConvolutionState
from app.panels.builder.convolution_words import explanation, pytorch_line, size_formula
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.icons import icon
from app.widgets.theme import Theme


class ConvolutionTelling(QWidget):
    """Formula at the left, words at the right."""

    copy_asked = Signal()

    def __init__(self, theme: Theme, setter: FormulaSetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.formula = FormulaView(theme, setter, scale=1.1, parent=self)
        self.formula.setToolTip(
            "How many places the window has along each side: n pixels, padding p, dilation d, kernel k, stride s"
        )
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.line = QLabel(self)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line.setWordWrap(True)
        self.line.setAccessibleName("The layer in PyTorch")
        self.copy = QToolButton(self)
        self.copy.setIcon(icon(theme, "copy"))
        self.copy.setToolTip("Copy the PyTorch line (C)")
        self.copy.setAccessibleName("Copy the PyTorch line")
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(self.copy_asked)
        code = QHBoxLayout()
        code.setSpacing(4)
        code.addWidget(self.copy)
        code.addWidget(self.line, 1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.sentence)
        words.addLayout(code)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.addWidget(self.formula, 5)
        self._row.addLayout(words, 6)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_stacked(self, is_stacked: bool) -> None:
        """The formula above the words, or beside them."""
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(down if is_stacked else across)

    def show_state(self, state: ConvolutionState) -> None:
        """Say what is true of `state`."""
        self.formula.show_formula(*size_formula(state))
        self.sentence.setText(explanation(state))
        self.line.setText(pytorch_line(state))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._row.setContentsMargins(theme.gap(16), theme.gap(4), theme.gap(16), 0)
        self._row.setSpacing(theme.gap(24))
        self.line.setFont(theme.font("code"))
        side = theme.px(16)
        self.copy.setIconSize(QSize(side, side))
        self.setMinimumHeight(theme.px(56))
