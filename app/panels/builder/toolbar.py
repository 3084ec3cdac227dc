"""The line above the drawing: choose a preset, open, save, export. Knows files and names, no drawing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.small_controls import open_menu_by
from app.widgets.theme import Theme
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import NetworkGraph
from trainers.torchvision_networks import (
    PREFIX,
    network_name,
    torchvision_names,
    torchvision_network,
    torchvision_titles,
)

EXPORTS = {
    "png": "Drawing as PNG…",
    "svg": "Drawing as SVG…",
    "py": "PyTorch source…",
    "onnx": "ONNX with weights…",
    "figure-pdf": "Figure for a paper as PDF…",
    "figure-svg": "Figure for a paper as SVG…",
    "figure-png": "Figure for a paper as PNG…",
    "tikz": "Figure for a paper as TikZ…",
}  # what can be asked for, with its entry


class BuilderToolbar(QWidget):
    """Says what is asked for; the panel does it."""

    preset_chosen = Signal(str)
    palette_toggled = Signal(bool)
    at_work_asked = Signal()
    neurons_toggled = Signal()
    new_asked = Signal()
    open_asked = Signal()
    save_asked = Signal()
    export_asked = Signal(str)  # one of EXPORTS

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.presets = QComboBox(self)
        self.presets.setObjectName("long_list")  # scrolled below the field: as a menu its first line had no room
        self.presets.setMaxVisibleItems(20)
        self.presets.setAccessibleName("Network")
        self.presets.setToolTip(
            "Choose the network that is drawn here and trained next; what was there comes back with Undo."
        )
        self.presets.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.presets.setMaximumWidth(420)
        self.presets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.presets.setMinimumContentsLength(3)
        for name in preset_names():
            self.presets.addItem(load_preset(name).title or name, name)
        self.presets.insertSeparator(self.presets.count())
        for name, title in torchvision_titles().items():
            self.presets.addItem(f"{title}, torchvision", f"{PREFIX}{name}")
        self.presets.activated.connect(self._on_preset_activated)
        self.palette_button = self._button(
            "layers", "Add layer", "Show or hide the list of layers (A: type what to add)"
        )
        self.palette_button.setCheckable(True)
        self.palette_button.clicked.connect(self.palette_toggled)
        self.at_work_button = self._button(
            "convolution", "A convolution at work", "See a convolution or a pooling at work on what you draw (V)"
        )
        self.at_work_button.clicked.connect(self.at_work_asked)
        self.neurons_button = self._button(
            "neurons", "Neurons", "Open a small network into its neurons and weights, or show its layers again (N)"
        )
        self.neurons_button.setCheckable(True)
        self.neurons_button.hide()
        self.neurons_button.clicked.connect(self.neurons_toggled)
        self.new_button = self._button(
            "new", "New network", "Begin with an empty canvas; Undo brings this network back"
        )
        self.new_button.clicked.connect(self.new_asked)
        self.open_button = self._button("open", "Open network", "Open a network from a JSON, Python or ONNX file")
        self.open_button.clicked.connect(self.open_asked)
        self.save_button = self._button("save", "Save network", "Save the network as a JSON file")
        self.save_button.clicked.connect(self.save_asked)
        self.export_button = self._button(
            "export",
            "Export",
            "Save the drawing as a picture or a figure for a paper, or the network as PyTorch source or ONNX",
        )
        self.export_menu = QMenu(self)
        for form, text in EXPORTS.items():
            if form in ("py", "figure-pdf"):  # pictures as on screen, what other programs read, figures for print
                self.export_menu.addSeparator()
            self.export_menu.addAction(text).setData(form)
        self.export_menu.triggered.connect(self._on_export_chosen)
        open_menu_by(self.export_button, self.export_menu)
        self._layout = layout = QHBoxLayout(self)
        layout.addWidget(self.palette_button)
        layout.addWidget(self.presets, 1)
        layout.addWidget(self.at_work_button)
        layout.addWidget(self.neurons_button)
        for button in (self.new_button, self.open_button, self.save_button, self.export_button):
            layout.addWidget(button)
        layout.addStretch(0)
        self.setTabOrder(self.palette_button, self.presets)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_graph(self, graph: NetworkGraph) -> None:
        """Let the list stand at the network's preset, or at an entry of its own where it is none."""
        own = self.presets.findData("")
        name = _reference_of(graph)
        if name:
            if own >= 0:
                self.presets.removeItem(own)
            self.presets.setCurrentIndex(self.presets.findData(name))
            return
        title = graph.title or graph.name
        if own < 0:
            self.presets.insertItem(0, title, "")
            own = 0
        self.presets.setItemText(own, f"{title} (own)")
        self.presets.setCurrentIndex(own)

    def show_palette_open(self, is_open: bool) -> None:
        """Let the button say whether the list of layers is open."""
        self.palette_button.setChecked(is_open)

    def show_neurons_open(self, is_open: bool) -> None:
        """Let the button say whether neurons are on show."""
        self.neurons_button.setChecked(is_open)

    def offer_neurons(self, is_offered: bool) -> None:
        """Show the button only beside a network that it opens."""
        self.neurons_button.setVisible(is_offered)

    def _button(self, glyph: str, name: str, tooltip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, glyph))
        button.setAccessibleName(name)
        button.setToolTip(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot(int)
    def _on_preset_activated(self, index: int) -> None:
        name = self.presets.itemData(index)
        if name:
            self.preset_chosen.emit(name)

    @Slot(QAction)
    def _on_export_chosen(self, action: QAction) -> None:
        self.export_asked.emit(action.data())

    @Slot()
    def _on_theme_changed(self) -> None:
        gap, size = self._theme.gap(8), self._theme.px(18)
        self._layout.setContentsMargins(gap, gap, gap, gap // 2)
        self._layout.setSpacing(self._theme.gap(4))
        for button in self.findChildren(QToolButton):
            button.setIconSize(QSize(size, size))


def _reference_of(graph: NetworkGraph) -> str:
    """The entry that the network is, unchanged; "" for one's own."""
    if graph.name in preset_names():
        return graph.name if graph == load_preset(graph.name) else ""
    known = next((name for name in torchvision_names() if network_name(name) == graph.name), None)
    return f"{PREFIX}{known}" if known is not None and graph == torchvision_network(known) else ""
