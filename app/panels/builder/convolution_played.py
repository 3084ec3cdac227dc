"""PlayedPage: the parts of the page "One convolution" over one state, its steps to undo, and its clock. Does nothing by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.panels.builder.convolution_bar import ConvolutionBar
from app.panels.builder.convolution_board import ConvolutionBoard
from app.panels.builder.convolution_clock import advanced, toggled
from app.panels.builder.convolution_controls import ConvolutionControls
from app.panels.builder.convolution_pictures import PictureShelf
from app.panels.builder.convolution_scene import Scene
from app.panels.builder.convolution_state import ConvolutionState, looking_as
from app.panels.builder.convolution_telling import ConvolutionTelling
from app.widgets.formula_view import FormulaSetter
from app.widgets.theme import Theme

_FRAME = 16  # ms
_FLAT = 480  # px of the design: a page less high than this has its controls beside the board
Push = Callable[[str, ConvolutionState, ConvolutionState], None]


class PlayedPage(QWidget):
    """Bar, board, words, controls over one state. `push` gets every step that can be undone; what is looked at is none.

    The page's clock is turned by `advance`; shown, a timer does it.
    """

    state_changed = Signal()
    shown = Signal(bool)  # it is seen, or no longer

    def __init__(self, theme: Theme, push: Push, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._push = push
        self._theme = theme
        self._is_flat = False
        self._is_awake = True
        self._shelf = PictureShelf()
        self._state = self._noted = ConvolutionState()
        self._phase = 0.0
        self.is_clock_by_hand = False
        self.formulas = FormulaSetter(self)
        self.bar = ConvolutionBar(theme, self)
        self.board = ConvolutionBoard(theme, self)
        self.telling = ConvolutionTelling(theme, self.formulas, self)
        self.controls = ConvolutionControls(theme, self)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._on_frame)
        self._since = QElapsedTimer()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        below = QVBoxLayout()
        below.addWidget(self.telling)
        below.addWidget(self.controls, 1)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.addWidget(self.board, 1)
        self._body.addLayout(below)
        column.addLayout(self._body, 1)
        self.setFocusProxy(self.board)
        self.put(self._state)

    # --- state --------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> ConvolutionState:
        """What is shown."""
        return self._state

    def put(self, state: ConvolutionState) -> None:
        """Show `state`, which has been checked; no step to undo."""
        self._state = self._noted = state
        self._phase = 0.0
        self._show_ink()
        self._show()

    def take(self, state: ConvolutionState) -> None:
        """Undo or redo: `state`, looked at as now."""
        self.put(looking_as(state, self._state))

    def follow(self, state: ConvolutionState) -> None:
        """Show other numbers of the kernel, which come from elsewhere: no step to undo. Not while a hand is at work on it."""
        if looking_as(self._noted, self._state) == self._state and not self.board.editor.isVisible():
            self._state = state
            self._noted = looking_as(state, self._noted)
            self._show()

    def _show_ink(self) -> None:
        """Let the pad hold what the state says."""
        ink, state = self.controls.pad.ink, self._state
        ink.picture = self._shelf.base(state)
        ink.strokes = [list(stroke) for stroke in state.strokes]
        self.controls.pad.update()

    def _show(self) -> None:
        state = self._state
        before = self.board.scene if self.board.has_scene else None
        same = before is not None and _pictured(before.state) == _pictured(state)
        picture = before.picture if before is not None and same else self._shelf.pixels(state)
        self.board.show_scene(Scene(state, picture, self._shelf.title(state), before if same else None))
        self.bar.show_state(state)
        if before is None or looking_as(before.state, state) != state:
            self.controls.show_state(state)
            self.telling.show_state(state)
        self._run()

    def _change(self, state: ConvolutionState) -> None:
        """What a hand is doing: shown at once, a step to undo once it is settled."""
        self._state = state
        self._show()

    def _note(self, text: str) -> None:
        """What has been done since the last step becomes one that can be undone."""
        before, self._noted = self._noted, self._state
        if looking_as(before, self._state) != self._state:
            self._push(text, before, self._state)
        self.state_changed.emit()

    def _do(self, state: ConvolutionState, text: str) -> None:
        self._change(state)
        self._note(text)

    def _look(self, state: ConvolutionState) -> None:
        """Another look at the same thing: no step of its own."""
        self._state = state
        self._noted = looking_as(self._noted, state)
        self._show()

    # --- clock --------------------------------------------------------------------------------------------------------

    def act(self) -> None:
        """The Space key: let the window slide, or stand."""
        self._phase = 0.0
        self._look(toggled(self._state))
        self.state_changed.emit()

    def advance(self, seconds: float) -> None:
        """Turn the clock on."""
        if not self._state.is_playing:
            return
        state, self._phase = advanced(self._state, self._phase, seconds)
        if state != self._state:
            self._look(state)
            if not state.is_playing:
                self.state_changed.emit()

    @Slot(bool)
    def set_awake(self, is_awake: bool) -> None:
        """Whether the panel is in sight: behind another one's tab Qt moves it away, and hides nothing."""
        if is_awake != self._is_awake:
            self._is_awake = is_awake
            self._run()
            self.shown.emit(self.is_seen)

    @property
    def is_seen(self) -> bool:
        """Whether somebody can look at it."""
        return self._is_awake and self.isVisible()

    def _run(self) -> None:
        is_wanted = self._state.is_playing and self.is_seen and not self.is_clock_by_hand
        if is_wanted and not self._timer.isActive():
            self._since.start()
            self._timer.start()
        elif not is_wanted:
            self._timer.stop()

    @Slot()
    def _on_frame(self) -> None:
        self.advance(min(self._since.restart() / 1000.0, 0.25))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is not high, words and controls stand beside the board."""
        super().resizeEvent(event)
        size = event.size()
        is_flat = size.height() < self._theme.px(_FLAT) and size.width() > 1.6 * size.height()
        if is_flat != self._is_flat:
            self._is_flat = is_flat
            down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            self._body.setDirection(across if is_flat else down)
            self.telling.set_stacked(is_flat)
            self.controls.set_stacked(is_flat)

    def minimumSizeHint(self) -> QSize:
        bar = self.bar.minimumSizeHint()
        return QSize(bar.width(), bar.height() + self.board.minimumSizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()
        self.shown.emit(self.is_seen)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.shown.emit(False)

    @property
    def is_busy(self) -> bool:
        """Whether the formula is still to be set."""
        return self.formulas.is_busy

    def close_page(self) -> None:
        """Let go of timer and thread."""
        self._timer.stop()
        self.formulas.close()


def _pictured(state: ConvolutionState) -> tuple[object, ...]:
    """What the pixels depend on."""
    return state.picture, state.number, state.strokes, state.side
