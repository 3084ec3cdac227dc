"""ModelBench, RunBench: what the benches share that ask models: their questions, their trail, a worker that begins anew. Know no bench."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.bench_buttons import Hint
from app.panels.neuron.bench_controls import CardArea, ChangeTrail, ModelCalls

CARD_PX = 300
_PROJECTOR_GROWTH = 1.26  # of the card there, whose letters are larger


class ModelBench(Bench):
    """A bench owns its `_state`; it begins by `_begin()` once it is built, and asks nothing while it is not shown."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._calls = ModelCalls(context.session, self)
        self._trail = ChangeTrail(self)
        self._is_shown = False
        self._calls.refused.connect(self._on_model_refused)
        context.session.state_changed.connect(self._on_cell_changed)

    def _fill(self, page: QWidget) -> None:
        """`page` takes the whole bench."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)

    def _begin(self) -> None:
        """What is there now was nobody's change: the bench is built, or another state has been applied."""
        self._show_state()
        self._trail.begin()

    def _show_state(self) -> None:
        """Everything as the state says."""
        raise NotImplementedError

    def _ask_again(self) -> None:
        """Ask for all that is on show: a fresh worker owes nothing of what went with the one before."""
        self._show_state()

    @Slot(str, str)
    def _on_model_refused(self, name: str, reason: str) -> None:
        """The model that was asked under `name` will not; reason: one sentence."""
        raise NotImplementedError

    @Slot(str)
    def _on_cell_changed(self, state: str) -> None:
        if state == "ready" and self._is_shown:
            self._ask_again()

    @property
    def is_busy(self) -> bool:
        return self._calls.is_busy

    def close_bench(self) -> None:
        self._calls.close()


class RunBench(ModelBench):
    """Figures on the left; on the right a card, a hint, Run and Reset. Space is Run. Every figure is an answer of a model."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._has_refusal = False
        self.run_button = QPushButton()
        self.run_button.setObjectName("primary")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Forget all runs; everything as at the beginning (can be undone)")
        self.hint = Hint()
        self._side = QWidget()

    def _put_together(self, figures: QWidget, card: QWidget, foot: QLayout | None = None) -> None:
        """Lay everything out and connect Run and Reset. foot: what stands under them."""
        gap = self.context.theme.gap
        self.setProperty("is_panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        buttons = QHBoxLayout()
        buttons.setSpacing(gap(4))
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.reset_button)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(gap(6))
        side.addWidget(CardArea(card), 100)
        side.addStretch(1)  # Run stays where it is, whatever is said above it
        side.addWidget(self.hint)
        side.addLayout(buttons)
        if foot is not None:
            side.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(12), gap(8), gap(12), gap(8))
        row.setSpacing(gap(16))
        row.addWidget(self._side)
        row.insertWidget(0, figures, 1)  # after the card, so that Tab comes to the question first
        self.run_button.clicked.connect(self._on_run_asked)
        self.reset_button.clicked.connect(self._on_reset_asked)
        self._calls.waited.connect(self.hint.show_waiting)
        self.context.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- what each bench says -----------------------------------------------------------------------------------------

    def _take_state(self, state: BenchState) -> None:
        """`state` is in force from now on, or StateError."""
        raise NotImplementedError

    def _show_readiness(self) -> None:
        """Whether Run may be pressed, and what the hint says."""
        raise NotImplementedError

    def _ask_figures(self) -> None:
        """Ask for every figure that the state shows."""
        raise NotImplementedError

    def _forget_run(self) -> None:
        """A run that is on its way counts no more."""
        raise NotImplementedError

    @Slot()
    def _on_run_asked(self) -> None:
        raise NotImplementedError

    @Slot()
    def _on_reset_asked(self) -> None:
        raise NotImplementedError

    # --- what is the same for all -------------------------------------------------------------------------------------

    def apply(self, state: BenchState) -> None:
        self._take_state(state)
        self._calm()
        self._begin()
        if self._is_shown:
            self._ask_again()

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._ask_again()
        else:
            self._calm()

    def act(self) -> bool:
        self._on_run_asked()
        return True

    def _calm(self) -> None:
        """Nothing is wanted any more of what was asked."""
        self._forget_run()
        self._calls.forget()

    def _ask_again(self) -> None:
        self._has_refusal = False
        self._ask_figures()

    @Slot(str, str)
    def _on_model_refused(self, _name: str, reason: str) -> None:
        self._forget_run()
        self._has_refusal = True
        self.hint.say(reason, "refusal")

    @Slot(str)
    def _on_cell_changed(self, state: str) -> None:
        if state == "ready" and self._has_refusal and self._is_shown:
            self._show_readiness()
            self._ask_again()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.context.theme
        growth = _PROJECTOR_GROWTH if theme.name == "projector" else 1.0
        self._side.setFixedWidth(round(CARD_PX * theme.zoom * growth))
