"""CellPage: the cell above its traces, and a card beside both. Puts them beside one another; knows no session."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QWidget

from app.panels.neuron.cell_notice import CellNotice
from app.panels.neuron.cell_view import CellView
from app.panels.neuron.probes import ProbeList
from app.panels.neuron.trace_tools import TraceTools
from app.panels.neuron.traces import TracesView
from app.panels.neuron.way_back import WayBack
from app.widgets.theme import Theme

CLOSER = 1.3  # the zoom from which on a way back is offered
TRACES_SHARE = 0.3  # of the page's height, where that is enough for them


class CellPage(QWidget):
    """`view`, `card`, `traces`, `tools` and `notice`, each for its owner to fill."""

    def __init__(self, theme: Theme, probes: ProbeList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.view = CellView(theme)
        self.card = QStackedWidget()
        self.traces = TracesView(theme, self.view.guide, probes)
        self.tools = TraceTools(theme, self.view.guide, probes)
        self.notice = CellNotice(theme, self.view)
        self.way_back = WayBack(theme, self.view)
        self._covered: dict[str, QRectF | None] = {}
        self.notice.moved.connect(self._on_notice_moved)
        self.way_back.moved.connect(self._on_way_back_moved)
        self.way_back.clicked.connect(self._on_way_back_clicked)
        self.view.view_changed.connect(self._on_view_changed)
        self.view.installEventFilter(self)
        below = QWidget()
        self._below = QHBoxLayout(below)
        self._below.setSpacing(0)
        self._below.addWidget(self.traces, 1)
        self._below.addWidget(self.tools)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.view)
        self.splitter.addWidget(below)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        self.traces_share: float | None = None  # of the height, where a person has parted it
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.splitter, 1)
        row.addWidget(self.card)  # down to the clock: beside the cell alone, a card hides its lower half
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.Resize:
            self.notice.place()
            self.way_back.place()
        elif event.type() == QEvent.Type.LayoutRequest and watched is not self.view:
            self.fit_card()  # a bench was built, or dressed, or shows more
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._split()

    def part(self, traces_share: float | None) -> None:
        """Give the curves that share of the height; None: as much as they need, and most of it to the cell."""
        self.traces_share = traces_share
        self._split()

    def _split(self) -> None:
        if self.traces_share is not None:
            below = round(self.traces_share * (self.height() - self.splitter.handleWidth()))
        else:
            least, wished = self.traces.minimumHeight(), self.traces.sizeHint().height()
            below = max(least, min(wished, round(TRACES_SHARE * self.height())))
        self.splitter.setSizes([max(self.height() - below, 1), below])

    def _cover(self, what: str, where: QRectF | None) -> None:
        """No name is to stand there."""
        self._covered[what] = where
        self.view.set_shown("covered", tuple(box for box in self._covered.values() if box is not None))

    @Slot(object)
    def _on_notice_moved(self, where: QRectF | None) -> None:
        self._cover("notice", where)

    @Slot(object)
    def _on_way_back_moved(self, where: QRectF | None) -> None:
        self._cover("way back", where)

    @Slot()
    def _on_way_back_clicked(self) -> None:
        self.view.go_to("cell")
        self.view.setFocus()

    @Slot()
    def _on_view_changed(self) -> None:
        self.way_back.offer(self.view.camera.goal.zoom > CLOSER)

    @Slot(int, int)
    def _on_splitter_moved(self, _at: int, _index: int) -> None:
        cell, below = self.splitter.sizes()
        self.traces_share = round(min(max(below / max(cell + below, 1), 0.05), 0.95), 4)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap(8)
        self._below.setContentsMargins(gap // 2, 0, gap // 2, 0)
        self.fit_card()
        self._split()

    def fit_card(self) -> None:
        """As wide as the bench in front needs, and a scroll bar beside it."""
        page = self.card.currentWidget()
        bench = page.widget() if isinstance(page, QScrollArea) else None
        needed = 0
        if bench is not None:
            bench.installEventFilter(self)
            needed = max(bench.minimumSizeHint().width(), bench.minimumWidth())
        self.card.setFixedWidth(min(max(needed, self._theme.px(250)) + self._theme.px(16), self._theme.px(360)))
