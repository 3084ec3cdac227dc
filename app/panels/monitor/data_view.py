"""The data column: which network, which data, how they are made, and what they look like. Proposes; the panel changes."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app import data_fitting as fitting
from app.panels.monitor import choices
from app.panels.monitor.data_notice import DataNotice
from app.panels.monitor.planar_controls import PlanarControls
from app.panels.monitor.preview_loader import SHOWN, Preview, PreviewLoader, read_preview
from app.panels.monitor.thumbnails import Thumbnails
from app.widgets.planar_plot import PlanarPlot
from app.widgets.small_controls import Switch, ThemedLabel
from trainers import datasets
from trainers.data_split import DatasetSpec, DataSplit
from trainers.errors import HillockError
from trainers.events import Progress
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from app.widgets.theme import Theme
    from trainers.layer_catalog import NetworkAnalysis

LOW = 330  # px of the design: below it the description goes into the tooltip


class DataView(QWidget):
    """Choosing and previewing. What a person wants comes by signals; `show_choice` shows what is in force."""

    network_picked = Signal(str)  # a preset's name, or choices.FILE
    data_picked = Signal(str)  # a catalogue name, choices.FOLDER or choices.TABLE
    data_changed = Signal(object)  # DataChoice: the same data made otherwise
    fetch_wanted = Signal()
    network_wanted = Signal()
    cancel_wanted = Signal()
    page_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._choice: DataChoice | None = None
        self._loaded: tuple[DataChoice, tuple[int, ...]] | None = None
        self._is_awake = False
        self.spec: DatasetSpec | None = None
        self.network_box = choices.ChoiceBox(
            "Network", "Chooses the network that is trained; data that do not fit it are changed along"
        )
        self.data_box = choices.ChoiceBox(
            "Data", "Chooses what the network learns from; a network that does not fit is changed along"
        )
        self.network_label = ThemedLabel(theme, "Network", "small", "muted")
        self.data_label = ThemedLabel(theme, "Data", "small", "muted")
        self.description = ThemedLabel(theme, "", "small", "muted", wraps=True)
        self.notice = DataNotice(theme)
        self.page_switch = Switch(
            theme,
            (
                ("preview", "Preview", "Shows what the data look like"),
                (
                    "points",
                    "Points",
                    "Sets how many points there are, their noise, their seed and the share for testing",
                ),
            ),
            "Page",
        )
        self.controls = PlanarControls(theme)
        self.thumbnails = Thumbnails(theme)
        self.words = ThemedLabel(theme, "", "body", "muted", wraps=True)
        self.loader = PreviewLoader(self)
        self._build()

    def _build(self) -> None:
        self.network_label.setBuddy(self.network_box)
        self.data_label.setBuddy(self.data_box)
        self.preview = QStackedWidget()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for page in (self.words, self.thumbnails):
            self.preview.addWidget(page)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.controls)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.preview)
        self.pages.addWidget(self._scroll)
        self.pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(2)
        for widget in (
            self.network_label,
            self.network_box,
            self.data_label,
            self.data_box,
            self.description,
            self.notice,
        ):
            self._column.addWidget(widget)
        self._column.addWidget(self.page_switch)
        self._column.addWidget(self.pages, 1)
        self.network_box.picked.connect(self.network_picked)
        self.data_box.picked.connect(self.data_picked)
        self.controls.changed.connect(self.data_changed)
        self.notice.fetch_wanted.connect(self.fetch_wanted)
        self.notice.network_wanted.connect(self.network_wanted)
        self.notice.cancel_wanted.connect(self.cancel_wanted)
        self.notice.data_picked.connect(self.data_picked)
        self.page_switch.chosen.connect(self._on_page_chosen)
        self.loader.read.connect(self._on_preview_read)
        self._theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @cached_property
    def planar(self) -> PlanarPlot:
        """The preview of points, built when the first are chosen."""
        plot = PlanarPlot(self._theme, "Preview of the data", is_preview=True)
        self.preview.addWidget(plot)
        return plot

    @property
    def page(self) -> str:
        """ "preview" or "points"."""
        return self.page_switch.choice

    def set_page(self, page: str) -> None:
        """Show a page; data without points have the preview only."""
        self.page_switch.set_choice(page)
        self._show_page()

    def set_awake(self, is_awake: bool) -> None:
        """A hidden view reads no data."""
        self._is_awake = is_awake
        self._read_preview()

    def show_choice(self, data: DataChoice, graph: NetworkGraph, analysis: NetworkAnalysis) -> None:
        """Show what is in force."""
        items, current = choices.network_items(graph, data)
        self.network_box.fill(items, current)
        self.data_box.fill(*choices.data_items(data, analysis))
        self._choice = data
        self._shape = analysis.input_shape
        self.spec, trouble = None, ""
        words = f"{Path(data.name).name} is not read yet."  # a large table is a worker's to read, see app.table_watch
        try:
            if datasets.is_described(data):
                self.spec = datasets.describe(data, analysis.input_shape)
                words, trouble = self.spec.description, fitting.why_not(self.spec, analysis)
        except HillockError as error:
            words, trouble = "", error.sentence
        self.description.setText(words)
        self.data_box.setToolTip(f"Chooses what the network learns from.\n{self.description.text()}")
        is_missing = self.spec is not None and self.spec.needs_download and not datasets.is_present(data)
        may_make = self.spec is not None and fitting.network_for(self.spec) is not None
        self.notice.show_trouble(trouble, self.spec if is_missing and not data.download else None, may_make=may_make)
        self.controls.show_choice(data)
        self._show_page()
        self._read_preview()

    def show_progress(self, progress: Progress | None, now: float) -> None:
        """How far fetching or a test has come, now: seconds of any clock; None: there is nothing to wait for."""
        self.notice.show_progress(progress, now)

    @property
    def has_points(self) -> bool:
        """Whether the data in force are points that are made here."""
        return self.spec is not None and self.spec.kind == "planar"

    def _show_page(self) -> None:
        self.page_switch.setVisible(self.has_points)
        is_points = self.has_points and self.page == "points"
        self.pages.setCurrentWidget(self._scroll if is_points else self.preview)

    def _read_preview(self) -> None:
        if not self._is_awake or self._choice is None or self._loaded == (self._choice, self._shape):
            return
        self._loaded = (self._choice, self._shape)
        if self.has_points:
            self._show_preview(read_preview(self._choice, None))
        else:
            self.loader.ask(self._choice, self._shape if len(self._shape) == 3 else None)

    @Slot(object)
    def _on_preview_read(self, preview: Preview) -> None:
        if preview.choice == self._choice:
            self._show_preview(preview)

    def _show_preview(self, preview: Preview) -> None:
        split = preview.split
        if split is None or not len(split.train_inputs):
            words = preview.sentence or "The pictures are shown here once the data are on this machine."
            if self.spec is not None and self.spec.needs_download and datasets.is_present(preview.choice):
                words = "The data are on this machine: train to see them."
            self._show_words(words)
        elif split.train_inputs.ndim == 4:
            self._show_pictures(split)
        elif split.train_inputs.shape[1] == 2:
            self._show_points(split)
        else:
            count, features = split.train_inputs.shape
            self._show_words(f"A table of {count + len(split.test_inputs):,} rows with {features} numbers each.")

    def _show_words(self, text: str) -> None:
        self.words.setText(text)
        self.preview.setCurrentWidget(self.words)

    def _show_points(self, split: DataSplit) -> None:
        points = np.concatenate([split.train_inputs, split.test_inputs])
        targets = np.concatenate([split.train_targets.reshape(-1), split.test_targets.reshape(-1)])
        is_test = np.arange(len(points)) >= len(split.train_inputs)
        self.planar.set_points(points, targets, is_test, split.classes)
        self.preview.setCurrentWidget(self.planar)

    def _show_pictures(self, split: DataSplit) -> None:
        names = [split.classes[int(target)] for target in split.train_targets[:SHOWN]]
        self.thumbnails.set_pictures(split.train_inputs[:SHOWN], names)
        self.preview.setCurrentWidget(self.thumbnails)

    @Slot(str)
    def _on_page_chosen(self, _page: str) -> None:
        self._show_page()
        self.page_changed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(8)
        self._column.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self._fit_description()

    def _fit_description(self) -> None:
        self.description.setVisible(self.height() >= self._theme.px(LOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_description()

    def close_view(self) -> None:
        """Let go of the thread."""
        self.loader.close()
