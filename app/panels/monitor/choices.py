"""The two boxes in which network and data are chosen; what does not fit says which partner it brings along. Changes nothing itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from app import data_fitting as fitting
from trainers import datasets, network_files
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis

FOLDER, TABLE, FILE = "\0folder", "\0table", "\0file"


class ChoiceBox(QComboBox):
    """A box whose items carry a key; `picked` tells the key that a person chose."""

    picked = Signal(str)

    def __init__(self, name: str, tooltip: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space belongs to the panel
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)
        self.setMaxVisibleItems(24)
        self.activated.connect(self._on_activated)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for what it shows: a title that is cut cannot be read from the last row."""
        hint = super().minimumSizeHint()
        frame = hint.width() - self.fontMetrics().horizontalAdvance("X") * self.minimumContentsLength()
        return QSize(max(frame, 0) + self.fontMetrics().horizontalAdvance(self.currentText()) + 12, hint.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling past must not choose another network

    def fill(self, items: list[tuple[str, str, str]], current: str) -> None:
        """items: (key, text, tooltip); current: the key shown."""
        self.blockSignals(True)
        self.clear()
        for key, text, tooltip in items:
            self.addItem(text, key)
            self.setItemData(self.count() - 1, tooltip, Qt.ItemDataRole.ToolTipRole)
        self._current = current
        self.setCurrentIndex(max(0, self.findData(current)))
        self.blockSignals(False)
        self.setAccessibleDescription(self.currentText())
        self._fit_list()

    def _fit_list(self) -> None:
        """The list may be wider than the box: its texts are longer than what the box shows."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(i)) for i in range(self.count())), default=0)
        self.view().setMinimumWidth(widest + 4 * metrics.averageCharWidth() + 16)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        key = self.itemData(index)
        self.setCurrentIndex(max(0, self.findData(self._current)))  # what is shown follows what was accepted
        if isinstance(key, str) and key != self._current:
            self.picked.emit(key)


def network_items(graph: NetworkGraph, data: DataChoice) -> tuple[list[tuple[str, str, str]], str]:
    """Items of the network box, and the key of the one in force."""
    items = []
    current = ""
    spec = fitting.known_spec(data)
    for name in network_files.preset_names():
        preset = network_files.load_preset(name)
        text = preset.title or name
        if preset == graph:
            current = name
        elif spec is not None and fitting.why_not(spec, fitting.preset_analysis(name)):
            partner = fitting.data_for(name)
            text += f"  (with {datasets.DATASETS[partner].title})" if partner else "  (needs a folder of images)"
        items.append((name, text, preset.comment))
    if not current:
        current = "\0own"
        items.insert(0, (current, graph.title or graph.name, graph.comment or "The network on the table"))
    items.append((FILE, "Open a network…", "Opens a saved network: JSON, Python or ONNX"))
    return items, current


def data_items(data: DataChoice, analysis: NetworkAnalysis) -> tuple[list[tuple[str, str, str]], str]:
    """Items of the data box, and the key of the one in force."""
    items = []
    current = datasets.catalogue_name(data.name) or data.name
    for name, spec in datasets.DATASETS.items():
        text = spec.title
        if name != current and fitting.why_not(spec, analysis):
            partner = fitting.preset_for(name)
            if partner:
                text += f"  (with {network_files.load_preset(partner).title})"
        items.append((name, text, spec.description))
    if current not in datasets.DATASETS:
        items.insert(0, (current, Path(current).name or current, current))
    items.append((FOLDER, "Open a folder of images…", "One folder of pictures for each class"))
    items.append((TABLE, "Open a table (CSV)…", "One row for each sample, its label in the last column"))
    return items, current
