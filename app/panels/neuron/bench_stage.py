"""BenchStage: builds benches when they are first wanted, brings one to the front, and keeps their states. Knows benches by their spec."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget

from app.panel import StateError
from app.panels.neuron.bench import BENCHES, Bench, BenchContext, BenchState, build_bench


class BenchStage(QObject):
    """`card`: where benches beside the cell stand; `whole`: the panel's stack, whose page 0 is the cell's.

    state_changed: something was set at a bench. pushed: (name, text, before, after), a bench's change that can be undone.
    """

    state_changed = Signal()
    pushed = Signal(str, str, object, object)

    def __init__(self, context: BenchContext, card: QStackedWidget, whole: QStackedWidget) -> None:
        super().__init__(whole)
        self._context = context
        self._card = card
        self._whole = whole
        self._pages: dict[str, QScrollArea] = {}
        self._first: dict[str, BenchState] = {}  # of each, as it was built
        self.benches: dict[str, Bench] = {}
        self.name = ""

    @property
    def front(self) -> Bench | None:
        """The bench that is shown."""
        return self.benches.get(self.name)

    def built(self, name: str) -> Bench:
        """The bench `name`, built now if it was not."""
        if name not in self.benches:
            spec = next(spec for spec in BENCHES if spec.name == name)
            trail = _Trail(name, self)
            context = BenchContext(
                self._context.workspace,
                self._context.session,
                self._context.cell_view,
                self._context.probes,
                trail.push,
                self._context.hand,
            )
            bench = build_bench(spec, context)
            self.benches[name] = bench
            self._first[name] = bench.state()
            bench.state_changed.connect(self.state_changed)
            if bench.keeps_cell:
                page = QScrollArea()
                page.setWidgetResizable(True)
                page.setFrameShape(QFrame.Shape.NoFrame)
                page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
                page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                page.setWidget(bench)
                self._pages[name] = page
                self._card.addWidget(page)
            else:
                self._whole.addWidget(bench)
        return self.benches[name]

    def show(self, name: str) -> Bench:
        """Bring the bench `name` to the front."""
        bench = self.built(name)
        before = self.front
        if before is not bench:
            if before is not None:
                before.set_shown(False)
            self.name = name
            if bench.keeps_cell:
                self._card.setCurrentWidget(self._pages[name])
                self._whole.setCurrentIndex(0)
            else:
                self._whole.setCurrentWidget(bench)
            bench.set_shown(True)
        return bench

    def states(self) -> dict[str, BenchState]:
        """The states of the benches that were looked at."""
        return {name: bench.state() for name, bench in self.benches.items()}

    def apply(self, states: dict[str, BenchState]) -> None:
        """Put the benches into `states`: all, or, where one refuses, none of them (StateError, its key named).

        A bench that is not named was never looked at: it is as at the beginning.
        """
        before: dict[str, BenchState] = {}
        for name, wanted in {**self._first, **states}.items():
            bench = self.built(name)
            before[name] = bench.state()
            try:
                bench.apply(wanted)
            except StateError as error:
                del before[name]
                for other, kept in before.items():
                    self.benches[other].apply(kept)
                key = f"benches.{name}.{error.key}" if error.key else f"benches.{name}"
                raise StateError(error.sentence, key) from error

    def close(self) -> None:
        """Let go of all timers and connections."""
        for bench in self.benches.values():
            bench.close_bench()


class _Trail:
    """What one bench calls to make a change undoable."""

    def __init__(self, name: str, stage: BenchStage) -> None:
        self._name = name
        self._stage = stage

    def push(self, text: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """As BenchContext.push_change."""
        self._stage.pushed.emit(self._name, text, before, after)
