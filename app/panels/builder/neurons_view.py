"""NeuronsView: a small network opened into neurons and weights, to be changed, trained and set by hand. Edits through DrawingEdits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.panels.builder.edits import DrawingEdits
from app.panels.builder.neurons_bar import NeuronsBar
from app.panels.builder.neurons_chain import NeuronNet, neuron_net
from app.panels.builder.neurons_field import NumberEntry
from app.panels.builder.neurons_hands import NeuronsHands
from app.panels.builder.neurons_heads import ColumnHead
from app.panels.builder.neurons_link import NeuronsLink
from app.panels.builder.neurons_notice import NeuronsNotice
from app.panels.builder.neurons_number import input_names
from app.panels.builder.neurons_output import NeuronsOutput
from app.panels.builder.neurons_regions import RegionCount
from app.panels.builder.neurons_surface import NeuronsSurface
from app.panels.builder.neurons_values import is_bundled, values_of
from app.panels.builder.neurons_words import legend, no_pictures, no_values
from app.widgets.neuron_net_canvas import NeuronNetCanvas
from app.widgets.neuron_net_layout import Spot
from app.widgets.neuron_net_painting import NetValues
from app.widgets.small_controls import ThemedLabel
from app.workspace import Workspace
from trainers.network_graph import NetworkInputError

_NARROW = 430  # px at scale 1: below, the answer stands under the neurons
_LEAVING = 240  # of a wheel, two notches: that far out, and one sees layers again


class NeuronsView(QWidget):
    """Shows the document's network while it can be opened, or says why it cannot."""

    left = Signal()

    def __init__(self, workspace: Workspace, edits: DrawingEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = self._theme = workspace.theme
        self._document = workspace.document
        self.net: NeuronNet | None = None
        self._wheel = 0
        self.link = NeuronsLink(workspace, self)
        self.regions = RegionCount(workspace.regions, self)
        self.bar = NeuronsBar(theme, self)
        self.canvas = NeuronNetCanvas(theme, self)
        self.heads: list[ColumnHead] = []
        self.entry = NumberEntry(theme, self.canvas)
        self.hands = NeuronsHands(workspace.document, edits, self.link, self.bar, self.canvas, self.entry)
        self.output = NeuronsOutput(theme, self.regions, self)
        self.surface = NeuronsSurface(self.link, self.canvas, self.output)
        self.legend = ThemedLabel(theme, "", "small", "muted", wraps=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.notice = NeuronsNotice(theme, self)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.canvas, 1)
        left.addWidget(self.legend)
        self._room = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._room.addLayout(left, 13)
        self._room.addWidget(self.output, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addLayout(self._room, 1)
        column.addStretch(0)  # where no neurons can be shown, bar and words stay at the top
        self.setFocusProxy(self.canvas)
        self._connect()
        self._on_theme_changed()

    def _connect(self) -> None:
        self.bar.left.connect(self.left)
        self.bar.data_asked.connect(self.link.set_data)
        self.notice.data_asked.connect(self.link.set_data)
        self.canvas.laid_out.connect(self._place_heads)
        self.canvas.neuron_pointed.connect(self._on_neuron_pointed)
        self.canvas.wheel_turned.connect(self._on_wheel_turned)
        self.output.wheel_turned.connect(self._on_wheel_turned)
        self.link.looked.connect(self._on_looked)
        self.link.data_changed.connect(self._on_data_changed)
        self.link.settled.connect(self.regions.settle)
        self._theme.changed.connect(self._on_theme_changed)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_document(self) -> None:
        """Draw the network on the table, where it can be opened."""
        document = self._document
        reason = ""
        before, self.net = self.net, None
        try:
            if document.is_faulty:
                reason = document.diagnosis.problems[0].sentence
            else:
                self.net = neuron_net(document.analysis)
        except NetworkInputError as error:
            reason = error.sentence
        self.hands.net = self.net
        for part in (self.canvas, self.output, self.legend):
            part.setVisible(self.net is not None)
        self.bar.show_net(self.net)
        self.link.watch(self.net if self.isVisible() else None)
        if self.net is None:
            self.entry.leave()
            self.regions.begin(None)
            self.bar.back.setFocus()
            self.notice.say(f"This network cannot be opened into neurons: {reason}")
            return
        if self.net != before:
            self._show_net(self.net)
        self._on_data_changed()

    @property
    def is_busy(self) -> bool:
        """Whether numbers or regions have still to come."""
        if self.net is None or self.link.misfit or self.link.state == "failed":
            return False
        return self.link.inside is None or self.regions.is_counting

    def _show_net(self, net: NeuronNet) -> None:
        self.entry.leave()
        for head in self.heads[len(net.columns) :]:
            head.hide()
            head.deleteLater()
        del self.heads[len(net.columns) :]
        while len(self.heads) < len(net.columns):
            head = ColumnHead(self._theme, len(self.heads), self.canvas)
            self.hands.take_head(head)
            self.heads.append(head)
        for head, column in zip(self.heads, net.columns, strict=True):
            head.show_column(column, is_output=column is net.output)
            head.show()
        bundle = (f"{net.inputs:,}",) if is_bundled(net) else input_names(net)
        self.canvas.show_net(
            net.widths, bundled=is_bundled(net), input_names=bundle, output_names=self._output_names(net)
        )
        self.regions.begin(self._document.analysis)
        self._turn_room()

    def _output_names(self, net: NeuronNet) -> tuple[str, ...]:
        classes = self.link.spec.classes if self.link.spec is not None else ()
        return classes if len(classes) == net.output.units else ()

    @Slot()
    def _place_heads(self) -> None:
        """Above its column each, as wide as there is room for."""
        layout, gap = self.canvas.layout_shown, self._theme.gap(2)
        width = round(min(layout.column_pitch - 2 * gap, self._theme.px(120)))
        for place, head in enumerate(self.heads):
            height = head.sizeHint().height()
            head.setGeometry(round(layout.column_x(place + 1) - width / 2), gap, width, height)

    @Slot()
    def _on_looked(self) -> None:
        """Other numbers, or none yet."""
        net, inside = self.net, self.link.inside
        if net is None:
            return
        values = self.surface.with_answer(net, values_of(net, inside))
        self.canvas.show_values(values)
        self._tell(net, values)
        self.surface.show_answer(net)
        if inside is not None and inside.extent is not None:
            self.regions.note(inside.weights, inside.step, inside.extent, is_standing=self.link.is_standing)

    def _tell(self, net: NeuronNet, values: NetValues) -> None:
        """How it is to be read, or why there is nothing to read."""
        inside = self.link.inside
        sample = inside.sample if inside is not None and not net.is_planar else None
        told = legend(self._theme, values, has_pictures=net.is_planar, sample=sample)
        self.legend.setText(told if inside is not None else "")
        is_lacking = inside is None or bool(self.link.misfit)
        words = no_values(self.link.misfit, self.link.state) if is_lacking else ""
        self.notice.say(words, self.link.fitting_points())

    @Slot(object)
    def _on_neuron_pointed(self, _spot: Spot | None) -> None:
        if self.net is not None:
            self.surface.show_answer(self.net)

    @Slot()
    def _on_data_changed(self) -> None:
        net, link = self.net, self.link
        title = link.spec.title if link.spec is not None else link.data.name
        self.bar.show_data(link.data.name, title)
        if net is None:
            return
        self.output.show_reason(no_pictures(net), has_plane=net.is_planar)
        self.surface.show_data()
        self._on_looked()

    # --- the rest -----------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_wheel_turned(self, angle: int) -> None:
        """Two notches out, and one sees the layers."""
        self._wheel = min(self._wheel + angle, 0)
        if self._wheel <= -_LEAVING:
            self._wheel = 0
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N, wherever one is among the neurons; what else is left over is the window's."""
        if event.key() == Qt.Key.Key_N and not event.modifiers() and self.entry.isHidden():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wheel = 0
        self.show_document()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.entry.leave()
        self.link.watch(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn_room()

    def _turn_room(self) -> None:
        is_narrow = self.width() < self._theme.px(_NARROW) and self.height() > self.width() * 0.7
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._room.setDirection(down if is_narrow else across)
        self.output.set_flat(is_narrow)
        is_planar = self.net is None or self.net.is_planar
        shares = (3, 1) if not is_planar else (13, 8) if self.width() >= self._theme.px(700) else (11, 9)
        self._room.setStretch(0, shares[0])
        self._room.setStretch(1, shares[1])

    @Slot()
    def _on_theme_changed(self) -> None:
        theme, gap = self._theme, self._theme.gap(8)
        self.canvas.heading = theme.px(24) + theme.px(26) + theme.gap(14)
        self.canvas.footing = theme.gap(12)
        self.legend.setContentsMargins(gap, gap // 2, gap, gap // 2)
        if self.net is not None:
            self._tell(self.net, self.canvas.values)
        self._turn_room()
