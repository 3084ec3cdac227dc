"""BenchStrip: the benches as tabs along the panel's upper edge. Knows benches by their spec alone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QTabBar, QWidget

from app.panels.neuron.bench import BENCHES
from app.widgets.theme import Theme


class BenchStrip(QTabBar):
    """Emits `chosen` with a bench's name when a person picks its tab."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_following = False
        self.setDocumentMode(True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Benches")
        for number, spec in enumerate(BENCHES):
            self.addTab(spec.title)
            key = f" (Alt+{number + 1})" if number < 9 else ""
            self.setTabToolTip(number, spec.description + key)
            self.setAccessibleTabName(number, spec.title)
        self.currentChanged.connect(self._on_current_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_bench(self, name: str) -> None:
        """Mark the tab of bench `name`; tells nobody."""
        self._is_following = True
        self.setCurrentIndex(next(number for number, spec in enumerate(BENCHES) if spec.name == name))
        self._is_following = False

    @Slot(int)
    def _on_current_changed(self, index: int) -> None:
        if not self._is_following and 0 <= index < len(BENCHES):
            self.chosen.emit(BENCHES[index].name)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.font("body"))
