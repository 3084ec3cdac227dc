"""ActivationView: the base of every view of the activation panel, and what it receives. Knows no view; VIEWS names them as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from app.widgets.formula_view import FormulaSetter
    from app.widgets.theme import Theme
    from app.workspace import Workspace

ViewState = dict[str, Any]


class PushChange(Protocol):
    """Puts one step on the undo stack. merges: with the step before of the same text, as the turns of a wheel do."""

    def __call__(self, text: str, before: ViewState, after: ViewState, *, merges: bool = False) -> None: ...


@dataclass(frozen=True)
class ViewContext:
    """What a view may use.

    push_change(text, before, after): puts one step on the undo stack, from one state of the view to another; both were and
    will be given to `ActivationView.apply`. demonstrate(what): brings a demonstration to the front, in whichever view it is:
    {"view": name, ...the rest as that view's `demonstrate` reads it}. formulas: sets what a FormulaView shows; the panel closes it.
    """

    workspace: Workspace
    push_change: PushChange
    demonstrate: Callable[[dict[str, Any]], None]
    formulas: FormulaSetter

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        return self.workspace.theme


class ActivationView(QWidget):
    """One page of the panel. Everything it shows is a function of `state()` and of what a worker has answered."""

    state_changed = Signal()

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

    def _lay_out(self, side: QWidget, toolbar: QWidget, board: QWidget, *beside: QWidget) -> None:
        """Side | toolbar over board | what stands beside; the board takes the room that is left."""
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(toolbar)
        column.addWidget(board, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        layout.addLayout(column, 1)
        for widget in beside:
            layout.addWidget(widget)

    def state(self) -> ViewState:
        """All that a person has set here, JSON-able."""
        raise NotImplementedError

    def apply(self, state: ViewState) -> None:
        """Put `state` there; StateError with the key named for what is unknown or out of range, and nothing half applied."""
        raise NotImplementedError

    def start_over(self) -> None:
        """The panel was reset: what has run goes back to its start too."""

    def demonstrate(self, what: dict[str, Any]) -> ViewState:
        """The state in which the view shows `what` (the demonstration of a claim, without its "view"); ValueError for none."""
        raise NotImplementedError

    def set_shown(self, is_shown: bool) -> None:
        """The view comes to the front, or leaves it (then it lets go of what runs)."""

    def act(self) -> None:
        """The Space key: play or pause what this view plays."""

    def advance(self, seconds: float) -> None:
        """Turn the view's own clock on by `seconds`."""

    def turn_page(self, by: int) -> bool:
        """Page Down (1) and Page Up (-1): to the next of what this view goes through; False where there is none."""
        return False

    def key_rows(self) -> list[tuple[str, str]]:
        """Keys that the view takes itself: (keys, what they do)."""
        return []

    @property
    def is_busy(self) -> bool:
        """Whether something that it asked for has not come yet."""
        return False

    def close_view(self) -> None:
        """Let go of timers and connections, before the window closes."""


class ViewSpec(msgspec.Struct, frozen=True):
    """A view as data: its name for ever, its title, one sentence, its class as "module:Class"."""

    name: str
    title: str
    description: str
    view_class: str


_HERE = "app.panels.activation"
VIEWS: tuple[ViewSpec, ...] = (
    ViewSpec("curves", "Curves", "The functions, their derivatives and where they saturate, laid over one another.", f"{_HERE}.curves.view:CurvesView"),
    ViewSpec("maxout", "Maxout", "The largest of lines or planes that one drags, and what it can become.", f"{_HERE}.maxout.view:MaxoutView"),
    ViewSpec("depth", "Depth", "What becomes of a signal through many layers, and of a gradient on its way back.", f"{_HERE}.depth.view:DepthView"),
    ViewSpec("race", "Race", "The same net with up to six activations, trained at once; and a learning rate that kills ReLUs.", f"{_HERE}.race.view:RaceView"),
)  # fmt: skip


def build_view(spec: ViewSpec, context: ViewContext) -> ActivationView:
    """Import the view's class and build it. No click on a button takes the focus: the next Space is the view's."""
    module, _, name = spec.view_class.partition(":")
    view: ActivationView = getattr(import_module(module), name)(context)
    view.setObjectName(f"view_{spec.name}")
    view.setAccessibleName(spec.title)
    view.setAccessibleDescription(spec.description)
    for button in view.findChildren(QAbstractButton):
        if button.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return view
