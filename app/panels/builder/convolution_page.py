"""The page "One convolution": a window slides over a picture that one draws, with its arithmetic. Knows neither panel nor network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.panels.builder.convolution_export import save_board
from app.panels.builder.convolution_keys import deed_of
from app.panels.builder.convolution_played import PlayedPage, Push
from app.panels.builder.convolution_state import (
    ConvolutionState,
    at,
    begun_anew,
    changed,
    next_term,
    stepped,
    swept,
    with_kernel,
    with_link,
    with_weight,
    with_window,
)
from app.panels.builder.convolution_words import pytorch_line
from app.widgets.message_bar import Message
from app.widgets.theme import Theme

_DIGITS = 359  # bundled test digits


class ConvolutionPage(PlayedPage):
    """What a person does on it, by hand and by key."""

    back_asked = Signal()
    said = Signal(object)  # app.widgets.message_bar.Message

    def __init__(self, theme: Theme, push: Push, parent: QWidget | None = None) -> None:
        super().__init__(theme, push, parent)
        self._connect()

    def _connect(self) -> None:
        bar, controls = self.bar, self.controls
        bar.back_asked.connect(self.back_asked)
        bar.mode_asked.connect(self.choose_mode)
        bar.deed_asked.connect(self.do)
        bar.speed_asked.connect(self._on_speed_asked)
        bar.export_asked.connect(self._on_export_asked)
        self.telling.copy_asked.connect(self.copy_line)
        self.board.position_asked.connect(self._on_position_asked)
        self.board.weight_given.connect(self._on_weight_given)
        controls.picture_asked.connect(self._on_picture_asked)
        controls.digit_asked.connect(self.another_digit)
        controls.side_asked.connect(self._on_side_asked)
        controls.window_numbers.moved.connect(self._on_window_moved)
        controls.window_numbers.settled.connect(self._on_window_settled)
        controls.window_numbers.link_asked.connect(self._on_link_asked)
        controls.kernel_asked.connect(self._on_kernel_asked)
        controls.bias_moved.connect(self._on_bias_moved)
        controls.bias_settled.connect(self._on_bias_settled)
        controls.flip_asked.connect(self._on_flip_asked)
        controls.relu_asked.connect(self._on_relu_asked)
        controls.pad.ink_changed.connect(self._on_ink_changed)
        controls.pad.ink_settled.connect(self._on_ink_settled)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(str)
    def do(self, name: str) -> None:
        """A deed of the bar, or of a key."""
        rows, columns = self._state.map_shape
        looks: dict[str, Callable[[], ConvolutionState]] = {
            "back": lambda: stepped(self._state, -1),
            "on": lambda: stepped(self._state, 1),
            "up": lambda: stepped(self._state, -columns) if self._state.row else self._state,
            "down": lambda: stepped(self._state, columns) if self._state.row < rows - 1 else self._state,
            "term": lambda: next_term(self._state),
            "sweep": lambda: swept(self._state),
            "anew": lambda: begun_anew(self._state),
        }
        deeds: dict[str, Callable[[], Any]] = {
            "play": self.act,
            "digit": self.another_digit,
            "edit": lambda: self.board.edit(0, 0),
            "flip": lambda: self._on_flip_asked(not self._state.is_flipped),
            "relu": lambda: self._on_relu_asked(not self._state.is_rectified),
            "link": lambda: self._on_link_asked(not self._state.sliding.is_linked),
            "copy": self.copy_line,
            "leave": self.back_asked.emit,
        }
        if name in looks:
            self._look(changed(looks[name](), is_playing=False))
            self.state_changed.emit()
        else:
            deeds.get(name, lambda: self.choose_mode(name))()

    @Slot(str)
    def choose_mode(self, mode: str) -> None:
        """convolution, max or average."""
        self._do(changed(self._state, mode=mode), "Another mode")

    @Slot()
    def another_digit(self) -> None:
        """The next of the bundled digits, alone on the pad."""
        number = (self._state.number + 1) % _DIGITS if self._state.picture == "digit" else self._state.number
        self._state = changed(self._state, picture="digit", number=number, strokes=())
        self._show_ink()
        self._do(self._state, "Another digit")

    @Slot()
    def copy_line(self) -> None:
        """The PyTorch line to the clipboard."""
        line = pytorch_line(self._state)
        QGuiApplication.clipboard().setText(line)
        self.said.emit(Message(f"Copied: {line}", "info"))

    @Slot(float)
    def _on_speed_asked(self, speed: float) -> None:
        self._look(changed(self._state, speed=speed))

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        message = save_board(self.board, kind, self.board.scene)
        if message is not None:
            self.said.emit(message)

    @Slot(int, int)
    def _on_position_asked(self, row: int, column: int) -> None:
        self._look(at(changed(self._state, is_playing=False), row, column))
        self.state_changed.emit()

    @Slot(int, int, float)
    def _on_weight_given(self, row: int, column: int, value: float) -> None:
        self._do(with_weight(self._state, row, column, value), "Change a number of the kernel")

    @Slot(str)
    def _on_picture_asked(self, picture: str) -> None:
        self._state = changed(self._state, picture=picture, strokes=())
        self._show_ink()
        self._do(self._state, "Another picture")
        self.board.setFocus()

    @Slot(int)
    def _on_side_asked(self, side: int) -> None:
        self._do(changed(self._state, side=side), f"{side}×{side} pixels")

    @Slot(str, int, object)
    def _on_window_moved(self, name: str, value: int, axis: int | None) -> None:
        self._change(with_window(self._noted, name, value, axis))

    @Slot(str)
    def _on_window_settled(self, title: str) -> None:
        self._note(title)

    @Slot(bool)
    def _on_link_asked(self, is_linked: bool) -> None:
        self._do(with_link(self._state, is_linked), f"Height and width {'together' if is_linked else 'apart'}")

    @Slot(str)
    def _on_kernel_asked(self, key: str) -> None:
        self._do(with_kernel(self._state, key), "Another kernel")
        self.board.setFocus()

    @Slot(float)
    def _on_bias_moved(self, value: float) -> None:
        self._change(changed(self._state, bias=value, origin=""))

    @Slot()
    def _on_bias_settled(self) -> None:
        self._note("Bias")

    @Slot(bool)
    def _on_flip_asked(self, is_flipped: bool) -> None:
        self._do(changed(self._state, is_flipped=is_flipped), "Flip kernel")

    @Slot(bool)
    def _on_relu_asked(self, is_rectified: bool) -> None:
        self._do(changed(self._state, is_rectified=is_rectified), "ReLU after")

    @Slot()
    def _on_ink_changed(self) -> None:
        ink = self.controls.pad.ink
        picture = self._state.picture if ink.picture is not None else "blank"
        strokes = tuple(tuple(stroke) for stroke in ink.strokes)
        self._change(changed(self._state, picture=picture, strokes=strokes))

    @Slot()
    def _on_ink_settled(self) -> None:
        self._note("Draw")

    # --- keys ---------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and deed_of(event):
            event.accept()  # the window's and the canvas's own letters wait while this page is in front
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = deed_of(event)
        if name:
            self.do(name)
        else:
            super().keyPressEvent(event)
