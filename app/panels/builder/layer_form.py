"""LayerForm: the chosen layer to be edited: its name, its parameters with their ranges, its line of PyTorch. Edits through what it says."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.panels.builder.folding import GROUP
from app.panels.builder.parameter_field import ParameterField
from app.widgets.theme import Theme
from trainers.layer_catalog import LAYER_KINDS, LayerFacts
from trainers.network_graph import Group, Layer, NetworkGraph, Parameter
from trainers.network_groups import shown
from trainers.pytorch_source import layer_source

NETWORK = "network"  # stands where a layer's kind does


class LayerForm(QWidget):
    """Where no layer is chosen, the network's title. A value that cannot be is refused elsewhere, and the old one stands here again."""

    renamed = Signal(str, str)  # old, new; of the network itself "", its new title
    parameter_changed = Signal(str, str, object)  # layer, parameter, value
    left = Signal()  # Esc

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.layer: Layer | None = None
        self._called = ""  # the name, or a group's title, as it is shown
        self.name = QLineEdit(self)
        self.name.setAccessibleName("The layer's name")
        self.name.setToolTip("The layer's name, a Python identifier: in PyTorch it is the attribute (F2)")
        self.name.editingFinished.connect(self._on_name_edited)
        self.kind = QLabel(self)
        self.source = QLabel(self)
        self.source.setWordWrap(True)
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.source.setToolTip("The layer in PyTorch")
        self.source.setAccessibleDescription("The layer in PyTorch")
        self.more = QToolButton(self)
        self.more.setCheckable(True)
        self.more.setText("More")
        self.more.setToolTip("Show the parameters that are mostly left alone")
        self.more.setAccessibleName("More parameters")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.toggled.connect(self._on_more_toggled)
        self.fields: dict[str, ParameterField] = {}
        self._labels: dict[str, QLabel] = {}
        self._grid = QGridLayout()
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._grid)
        self._layout.addWidget(self.more)
        self._layout.addWidget(self.source)
        theme.changed.connect(self._on_theme_changed)
        self._grid.addWidget(self.kind, 0, 0)
        self._grid.addWidget(self.name, 0, 1)
        self._grid.setColumnStretch(1, 1)
        self._on_theme_changed()
        self.hide()

    def show_layer(self, layer: Layer | None, facts: Mapping[str, LayerFacts]) -> None:
        """Show a layer, None for none."""
        kind = LAYER_KINDS.get(layer.kind) if layer is not None else None
        if layer is None or kind is None:
            self.layer = None
            self.hide()
            return
        if self.layer is None or self.layer.kind != layer.kind:
            self._build(layer.kind)
        self.layer = layer
        self._call(layer.name)
        self.kind.setText(kind.title)
        self.kind.setToolTip(kind.tooltip)
        known = facts.get(layer.name)
        for name, field in self.fields.items():
            automatic = known.values.get(name) if known is not None else None
            if automatic is None and name == "inputs" and known is not None and known.input_shapes:
                automatic = known.input_shapes[0][0 if layer.kind == "conv2d" else -1]
            if automatic is None and name == "stride" and "kernel" in layer.parameters:
                automatic = layer.parameters["kernel"]
            field.show_value(layer.parameters.get(name, field.spec.default), automatic)
        self._on_more_toggled(self.more.isChecked())
        text = layer_source(known, facts) if known is not None else ""
        self.source.setText(text)
        self.source.setVisible(bool(text))
        self.show()

    def show_group(self, group: Group) -> None:
        """Show a group of layers, whose title can be changed; an empty one leaves its name."""
        self._show_title(Layer(group.name, GROUP), shown(group), "Group", "Layers that are drawn as one card")

    def show_network(self, graph: NetworkGraph) -> None:
        """Show the network as a whole, whose title can be changed: in PyTorch it is the name of the class."""
        tip = "The network; in PyTorch its name is that of the class"
        self._show_title(Layer("", NETWORK), graph.title or graph.name, "Network", tip)

    def _show_title(self, stands_for: Layer, title: str, kind: str, tip: str) -> None:
        """Only a title to change: of what is no layer."""
        if self.layer is None or self.layer.kind != stands_for.kind:
            self._build("")
        self.layer = stands_for
        self._call(title)
        self.kind.setText(kind)
        self.kind.setToolTip(tip)
        self.more.hide()
        self.source.hide()
        self.show()

    def begin_edit(self) -> None:
        """Take the keyboard: to the first parameter, or to the name where there is none."""
        first = next((field for field in self.fields.values() if not field.isHidden()), None)
        target = first.parts[0] if first is not None else self.name
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if hasattr(target, "selectAll"):
            target.selectAll()

    def begin_rename(self) -> None:
        """Take the keyboard for a new name."""
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    def _build(self, kind: str) -> None:
        for field in self.fields.values():
            field.hide()
            field.deleteLater()
        for label in self._labels.values():
            label.hide()
            label.deleteLater()
        self.fields, self._labels = {}, {}
        specs = LAYER_KINDS[kind].parameters if kind else ()
        for row, spec in enumerate(specs, start=1):
            field = ParameterField(self._theme, kind, spec, self)
            field.changed.connect(self._on_field_changed)
            label = QLabel(spec.title, self)
            label.setBuddy(field)
            label.setToolTip(field.tip)
            label.setFont(self._theme.font("small"))
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1)
            field.setFont(self._theme.font("small"))
            self.fields[spec.name] = field
            self._labels[spec.name] = label
        self._order_keyboard()

    def _order_keyboard(self) -> None:
        """Tab goes through the form as one reads it; fields that came later would be behind all else of the window."""
        before: QWidget = self.name
        for field in self.fields.values():
            for part in field.stops:
                self.setTabOrder(before, part)
                before = part
        self.setTabOrder(before, self.more)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.key() == Qt.Key.Key_Escape and self.layer is not None:
                with QSignalBlocker(self.name):
                    self.name.setText(self._called)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot(bool)
    def _on_more_toggled(self, is_open: bool) -> None:
        """Parameters that a layer need not state, and does not, are shown on request."""
        given = self.layer.parameters if self.layer is not None else {}
        rare = {
            name
            for name, field in self.fields.items()
            if not (field.is_usual or given.get(name) not in (None, field.spec.default))
        }
        for name, label in self._labels.items():
            is_shown = is_open or name not in rare
            label.setVisible(is_shown)
            self.fields[name].setVisible(is_shown)
        self.more.setVisible(bool(rare))

    @Slot()
    def _on_name_edited(self) -> None:
        called = self.name.text().strip()
        if self.layer is not None and called != self._called:
            old, before = self.layer, self._called
            self._called = called  # Return is heard once more when the keyboard leaves
            self.renamed.emit(old.name, called)
            if self.layer is old:  # it was refused
                self._call(before)

    def _call(self, name: str) -> None:
        """Let the name stand in its line; a caret that is there keeps its place."""
        self._called = name
        if self.name.text() != name:
            self.name.setText(name)

    @Slot(str, object)
    def _on_field_changed(self, name: str, value: Parameter) -> None:
        if self.layer is not None:
            self.parameter_changed.emit(self.layer.name, name, value)

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(4)
        self._layout.setContentsMargins(2 * gap, gap, gap, gap)
        self._layout.setSpacing(gap)
        self._grid.setSpacing(gap)
        self.kind.setFont(self._theme.font("heading"))
        self.name.setFont(self._theme.font("body"))
        self.source.setFont(self._theme.font("code"))
        for part in (*self._labels.values(), *self.fields.values(), self.more):
            part.setFont(self._theme.font("small"))
