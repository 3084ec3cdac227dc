"""PlaceEdits: what a person does to several layers at once: copies, lines, groups; each one step to undo. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.network_document import NetworkDocument
from app.widgets.network_items import CARD, card_size
from app.widgets.network_layout import Box
from app.widgets.network_positions import make_room, nearest_free
from trainers import network_edits, network_fragment, network_groups
from trainers.network_graph import NetworkGraph
from trainers.network_groups import fold_all, folded_away

if TYPE_CHECKING:
    from app.panels.builder.board import DrawingBoard

_STEP = 32.0  # scene units between a layer and its copy


class PlaceEdits(QObject):
    """The verbs of several layers. They act on what is chosen on the board, and choose what they have made."""

    def __init__(self, document: NetworkDocument, board: DrawingBoard) -> None:
        super().__init__(board)
        self._document = document
        self._board = board

    @property
    def _graph(self) -> NetworkGraph:
        return self._document.drawing

    # --- copies -------------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """The chosen layers and the links between them, onto the clipboard."""
        names = self._board.chosen_in_order()
        if names:
            text = network_fragment.to_text(network_fragment.fragment(self._board.edits.pinned(), names))
            # No QMimeData made here: Qt lets go of that one when Python is gone, and the process ends in a crash.
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """The same, and they are taken away."""
        self.copy()
        self._board.edits.remove()

    def paste(self) -> None:
        """What was copied, below and right of where it was, as near as there is room."""
        text = QGuiApplication.clipboard().text()
        self._put("Paste", lambda _graph: network_fragment.from_text(text))

    def duplicate(self) -> None:
        """The chosen layers once more."""
        names = self._board.chosen_in_order()
        if names:
            self._put("Duplicate", lambda graph: network_fragment.fragment(graph, names))

    def _put(self, text: str, part_of: Callable[[NetworkGraph], network_fragment.Fragment]) -> None:
        made: list[str] = []

        def put() -> NetworkGraph:
            drawn = self._board.edits.pinned()
            part = part_of(drawn)
            wished = [
                Box(layer.position[0] + _STEP, layer.position[1] + _STEP, *card_size(layer))
                for layer in part.layers
                if layer.position is not None
            ]
            across, down = nearest_free(self._board.placement.boxes.values(), wished)
            graph, names = network_fragment.paste(drawn, part, (_STEP + across, _STEP + down))
            made.extend(names)
            return graph

        if self._board.edits.draw(text, put):
            self._board.choose(set(made))

    # --- lines --------------------------------------------------------------------------------------------------------

    def align(self, edge: network_fragment.Edge) -> None:
        """The chosen cards in one line."""
        names = self._board.chosen
        if len(names) > 1:
            cards = self._cards()
            sizes = {layer.name: card_size(layer) for layer in cards.layers}
            self._move(network_fragment.align(cards, names, edge, sizes=sizes), names)

    def distribute(self, axis: Literal["across", "down"]) -> None:
        """The chosen cards with equal gaps."""
        names = self._board.chosen
        if len(names) > 2:
            cards = self._cards()
            sizes = {layer.name: card_size(layer) for layer in cards.layers}
            self._move(network_fragment.distribute(cards, names, axis, sizes=sizes), names)

    def _cards(self) -> NetworkGraph:
        """What is drawn, every card with its place."""
        places = {name: (box.x, box.y) for name, box in self._board.placement.boxes.items()}
        return network_edits.move_layers(self._board.cards, places)

    def _move(self, moved: NetworkGraph, names: Collection[str]) -> None:
        self._board.edits.move(
            {layer.name: layer.position for layer in moved.layers if layer.position and layer.name in names}
        )

    # --- groups -------------------------------------------------------------------------------------------------------

    def group(self) -> None:
        """The chosen layers as a group, drawn as one card."""
        names, made = self._board.chosen_in_order(), [""]

        def make() -> NetworkGraph:
            graph, made[0] = network_groups.group(self._graph, names, is_folded=True)
            return graph

        if self._board.edits.draw("Group", make):
            self._board.choose({made[0]}, made[0])

    def ungroup(self) -> None:
        """The chosen groups are none any more; their layers stay."""
        groups = self._groups()

        def make() -> NetworkGraph:
            graph = self._unfolded([name for name in groups if name in self._board.placement.boxes])
            for name in groups:
                graph = network_groups.ungroup(graph, name)
            return graph

        members = self._board.chosen_in_order()
        if groups and self._board.edits.draw("Ungroup", make):
            self._board.choose(set(members))

    def toggle_fold(self) -> None:
        """Open the chosen groups that are folded; where there are none, fold those that hold a chosen layer."""
        folded = [group.name for group in self._graph.groups if group.is_folded and group.name in self._board.chosen]
        chosen = set(self._board.chosen_in_order())
        if folded:
            members = set(self._board.chosen_in_order())
            if self._board.edits.draw("Unfold", lambda: self._unfolded(folded)):
                self._board.choose(members)
            return
        around = [group for group in self._graph.groups if chosen & set(group.layers)]
        if not around:
            self._board.edits.refused.emit("No group is chosen: choose some layers and make one of them (Ctrl+G).")
        else:
            inner = min(around, key=lambda group: len(group.layers))
            if self._board.edits.draw("Fold", lambda: network_groups.fold(self._graph, inner.name)):
                self._board.choose({inner.name}, inner.name)

    def toggle_fold_all(self) -> None:
        """Fold every group; where all are folded, open them all, those within others as well."""
        groups, chosen = self._graph.groups, self._board.chosen_in_order()
        if not groups:
            self._board.edits.refused.emit("There are no groups: choose some layers and make one of them (Ctrl+G).")
        elif all(group.is_folded for group in groups):
            cards = list(dict.fromkeys(folded_away(self._graph).values()))
            if self._board.edits.draw("Unfold all groups", lambda: self._all_unfolded(cards)):
                self._board.choose(set(chosen))
        elif self._board.edits.draw("Fold all groups", lambda: fold_all(self._graph)):
            hidden = folded_away(self._graph)
            self._board.choose({hidden.get(name, name) for name in chosen})

    def _groups(self) -> list[str]:
        """The groups that are chosen as a card, or that hold only chosen layers."""
        chosen = set(self._board.chosen_in_order())
        return [group.name for group in self._graph.groups if chosen and chosen.issuperset(group.layers)]

    def _unfolded(self, names: list[str]) -> NetworkGraph:
        """With these groups opened, and room for their layers."""
        graph = self._with_room(names)
        for name in names:
            graph = network_groups.unfold(graph, name)
        return graph

    def _all_unfolded(self, names: list[str]) -> NetworkGraph:
        """With every group opened; names: those that stand as cards now."""
        return fold_all(self._with_room(names), False)

    def _with_room(self, names: list[str]) -> NetworkGraph:
        """Where cards have places of their own, what stands right of a folded group makes room for its layers, from left to right."""
        graph = self._graph
        if not self._board.edits.is_pinned:
            return graph
        pins, boxes = self._board.edits.pins(), dict(self._board.placement.boxes)
        hidden, behind = folded_away(graph), {card: list[str]() for card in boxes}
        for layer in graph.layers:
            behind[hidden.get(layer.name, layer.name)].append(layer.name)
        for name in sorted(names, key=lambda name: boxes[name].x):
            members = behind.pop(name)
            corners = [pins[member] for member in members]
            left, top = min(x for x, _ in corners), min(y for _, y in corners)
            right, bottom = max(x for x, _ in corners) + CARD[0], max(y for _, y in corners) + CARD[1]
            del boxes[name]
            for card, (x, y) in make_room(boxes, Box(left, top, right - left, bottom - top)).items():
                box = boxes[card]
                for member in behind[card]:  # a folded group takes its layers along
                    pins[member] = (pins[member][0] + x - box.x, pins[member][1] + y - box.y)
                boxes[card] = Box(x, y, box.width, box.height)
            boxes |= {member: Box(*pins[member], *CARD) for member in members}
            behind |= {member: [member] for member in members}
        return network_edits.move_layers(graph, pins)
