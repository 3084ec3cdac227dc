"""ColumnHead: what stands above a column of neurons: how many there are, buttons for one more and one fewer, and what bends their sums."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.builder.neurons_chain import MOST_NEURONS, NeuronColumn
from app.panels.builder.neurons_edits import FUNCTIONS
from app.widgets.icons import icon
from app.widgets.small_controls import ThemedLabel, open_menu_by
from app.widgets.theme import Theme
from trainers.layer_catalog import LAYER_KINDS

NOTHING = "no function"
_NARROW = 84  # px at scale 1 of a column


def function_title(kind: str) -> str:
    """How a function is called; of "", that there is none."""
    return LAYER_KINDS[kind].title if kind in LAYER_KINDS else NOTHING


class ColumnHead(QWidget):
    """Says what is asked for; the view does it. place: of its column, 0 is the first behind the inputs."""

    units_asked = Signal(int, int)  # place, how many
    function_asked = Signal(int, str)  # place, kind or ""

    def __init__(self, theme: Theme, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place = place
        self._units = 0
        self._function = ""
        self.fewer = self._button("minus", "One neuron fewer")
        self.fewer.clicked.connect(self._on_fewer_clicked)
        self.more = self._button("plus", "One neuron more")
        self.more.clicked.connect(self._on_more_clicked)
        self.title = ThemedLabel(theme, "", "value")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.function = QToolButton(self)
        self.function.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.function.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._menu = QMenu(self)
        for kind in FUNCTIONS:
            action = self._menu.addAction(function_title(kind))
            action.setData(kind)
            action.setCheckable(True)
        self._menu.triggered.connect(self._on_function_chosen)
        open_menu_by(self.function, self._menu)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.fewer)
        row.addWidget(self.title, 1)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.function)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_column(self, column: NeuronColumn, *, is_output: bool) -> None:
        """A hidden column, or the output: that has as many neurons as the data want, and no buttons."""
        self._units, self._function = column.units, function_title(column.kind)
        self.title.setText(str(column.units) if not is_output else "output")
        self.title.setToolTip(f"{column.dense}: {column.units} neuron{'s'[: column.units != 1]}")
        self.title.setAccessibleName(self.title.toolTip())
        for button, what in ((self.fewer, "One neuron fewer"), (self.more, "One neuron more")):
            button.setVisible(not is_output)
            button.setAccessibleName(f"{what} in {column.dense}")
            button.setToolTip(f"{what} in {column.dense}; its run begins anew, Undo brings the old network back")
        self.fewer.setEnabled(column.units > 1)
        self.more.setEnabled(column.units < MOST_NEURONS)
        self.function.setVisible(not is_output or bool(column.kind))
        self.function.setEnabled(not is_output)
        self.function.setAccessibleName(f"Function behind {column.dense}: {self._function}")
        self.function.setToolTip(f"{column.dense}: {self._function}. Choose what bends this layer's sums")
        for action in self._menu.actions():
            action.setChecked(action.data() == column.kind)
        self._fit_text()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit_text()

    def _fit_text(self) -> None:
        """Where columns are narrow, buttons are as well; and of the function's name stands what there is room for."""
        theme, is_narrow = self._theme, self.width() < self._theme.px(_NARROW)
        side = theme.px(16 if is_narrow else 24)
        for button in (self.fewer, self.more):
            button.setFixedSize(side, theme.px(24))
        self.title.setFont(theme.font("small" if is_narrow else "value"))
        room = max(self.width() - theme.gap(14 if is_narrow else 36), theme.px(12))
        text = QFontMetrics(self.function.font()).elidedText(self._function, Qt.TextElideMode.ElideRight, room)
        self.function.setText(f"{text} ▾" if self.function.isEnabled() and not is_narrow else text)

    def _button(self, glyph: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, glyph))
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # or the next Space would press it again
        return button

    @Slot()
    def _on_fewer_clicked(self) -> None:
        self.units_asked.emit(self._place, self._units - 1)

    @Slot()
    def _on_more_clicked(self) -> None:
        self.units_asked.emit(self._place, self._units + 1)

    @Slot(QAction)
    def _on_function_chosen(self, action: QAction) -> None:
        self.function_asked.emit(self._place, str(action.data()))

    @Slot()
    def _on_theme_changed(self) -> None:
        side = self._theme.px(16)
        for button in (self.fewer, self.more):
            button.setIconSize(QSize(side, side))
            button.setStyleSheet("QToolButton { padding: 0; }")
        self.title.setFixedHeight(self._theme.px(24))
        self.function.setFont(self._theme.font("small"))
        self._fit_text()
