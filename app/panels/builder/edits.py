"""DrawingEdits: what a person does to the drawing, each one step to undo; what cannot be done is said in a sentence. Draws nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.network_document import NetworkDocument
from app.panels.builder.folding import unfolded
from app.widgets.layer_style import short_label
from app.widgets.network_items import CARD, card_size
from app.widgets.network_layout import GAP, Box, Point
from app.widgets.network_positions import ROOMY, free_place, make_room, nearest_free
from trainers import network_edits
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_graph import Layer, Link, NetworkGraph, NetworkInputError, Parameter
from trainers.network_groups import folded_away, retitle_group

if TYPE_CHECKING:
    from app.panels.builder.board import DrawingBoard

Parameters = Mapping[str, Parameter]


class DrawingEdits(QObject):
    """The verbs. They act on what is chosen on the board, and choose what they have made."""

    refused = Signal(str)  # one sentence

    def __init__(self, document: NetworkDocument, board: DrawingBoard) -> None:
        super().__init__(board)
        self._document = document
        self._board = board

    @property
    def _graph(self) -> NetworkGraph:
        return self._document.drawing

    def draw(self, text: str, make: Callable[[], NetworkGraph], merge_key: str = "") -> bool:
        """Let the drawing be what `make` gives; False, and the reason is said, where it raises NetworkInputError."""
        try:
            after = make()
        except NetworkInputError as error:
            self.refused.emit(error.sentence)
            return False
        self._document.draw(text, after, merge_key)
        return True

    # --- layers and wires ---------------------------------------------------------------------------------------------

    def add(self, kind: str, parameters: Parameters | None = None, *, after: str | None = None) -> str:
        """A layer behind `after` (None: behind the chosen one, or else at the end), on its wire where it has one; its name.

        A kind that joins takes all that is chosen. "" where it cannot be.
        """
        made: list[str] = []
        is_done = self.draw(f"Add {_title(kind)}", lambda: self._added(kind, parameters, after, made))
        return self._choose_made(made if is_done else [])

    def add_at(self, kind: str, parameters: Parameters | None, at: Point, *, after: str = "") -> str:
        """A layer with its middle at `at` (scene units), or as near as there is room, linked from `after` where that is given."""
        made: list[str] = []

        def make() -> NetworkGraph:
            width, height = card_size(Layer("", kind))
            wished = Box(at[0] - width / 2, at[1] - height / 2, width, height)
            across, down = nearest_free(self._board.placement.boxes.values(), [wished])
            place = (wished.x + across, wished.y + down)
            self._board.hold_still()
            graph = self.pinned() if self._graph.layers else self._graph
            graph, name = network_edits.add_layer(graph, kind, after=after, position=place, parameters=parameters)
            made.append(name)
            return graph

        is_done = self.draw(f"Add {_title(kind)}", make)
        return self._choose_made(made if is_done else [])

    def insert(self, link: Link, kind: str, parameters: Parameters | None = None) -> str:
        """A new layer in the middle of `link`."""
        made: list[str] = []

        def make() -> NetworkGraph:
            graph, name = network_edits.insert_on_link(self._graph, link, kind, parameters=parameters)
            made.append(name)
            return self._with_room(graph, name, link.source)

        is_done = self.draw(f"Add {_title(kind)}", make)
        return self._choose_made(made if is_done else [])

    def insert_layer(self, link: Link, name: str) -> None:
        """A loose layer of the drawing in the middle of `link`."""

        def make() -> NetworkGraph:
            graph = network_edits.move_layers(self._graph, {name: None})
            graph = network_edits.redirect(graph, link, source=name)  # keeps its place among the target's inputs
            graph = network_edits.connect(graph, link.source, name)
            return self._with_room(graph, name, link.source)

        self.draw(f"Insert {name}", make)

    def link(self, source: str, target: str) -> None:
        """A wire; a layer that takes one input, and has it, takes this one instead."""
        kind = next((LAYER_KINDS.get(layer.kind) for layer in self._graph.layers if layer.name == target), None)
        is_single = kind is not None and kind.inputs[1] == 1
        self.draw(
            f"Link {source} to {target}",
            lambda: network_edits.connect(self._graph, source, target, replace=is_single),
        )

    def unlink(self, link: Link) -> None:
        """Take a wire away."""
        self.draw(f"Unlink {link.source} from {link.target}", lambda: network_edits.disconnect(self._graph, link))

    def redirect(self, link: Link, target: str) -> None:
        """Lead a wire into another layer; into one that takes one input, instead of what it has."""

        def make() -> NetworkGraph:
            graph = network_edits.disconnect(self._graph, link)
            kind = next((LAYER_KINDS.get(layer.kind) for layer in graph.layers if layer.name == target), None)
            is_single = kind is not None and kind.inputs[1] == 1
            return network_edits.connect(graph, link.source, target, replace=is_single)

        self.draw(f"Link {link.source} to {target}", make)

    def remove(self) -> None:
        """Take the chosen layers away, their neighbours bridged; or the chosen wire."""
        link = self._board.chosen_link
        if link is not None:
            self._board.choose_wire(None)
            self.unlink(link)
            return
        names = self._board.chosen_in_order()
        if not names:
            return
        behind = next((link.source for link in self._graph.links if link.target == names[0]), "")
        if self.draw(f"Delete {_listed(names)}", lambda: network_edits.remove_layers(self._graph, names)):
            self._board.choose_layer(behind)

    # --- one layer ----------------------------------------------------------------------------------------------------

    def set_parameters(self, name: str, changes: Parameters) -> bool:
        """Other values for some parameters of a layer; turning one number on is one step to undo."""
        key = f"{name}.{'.'.join(changes)}" if len(changes) == 1 else ""
        text = f"Set {name}'s {', '.join(changes)}"
        return self.draw(text, lambda: network_edits.set_parameters(self._graph, name, changes), key)

    def rename(self, old: str, new: str) -> bool:
        """Another name for a layer, another title for a group or (old: "") for the network."""
        if not old:
            return self.draw(f"Call the network {new}", lambda: network_edits.retitle(self._graph, new))
        if any(group.name == old for group in self._graph.groups):
            return self.draw(f"Call {old} {new}", lambda: retitle_group(self._graph, old, new))
        is_done = self.draw(f"Rename {old} to {new}", lambda: network_edits.rename_layer(self._graph, old, new))
        if is_done:
            self._board.choose_layer(new)
        return is_done

    def mend(self, text: str, graph: NetworkGraph) -> None:
        """What a fix makes of the drawing."""
        self._document.draw(text, graph)

    # --- places -------------------------------------------------------------------------------------------------------

    def move(self, places: Mapping[str, Point], merge_key: str = "") -> None:
        """Put cards at `places`; all others stay where they are drawn now. A folded group takes its layers along."""
        pins, boxes = self.pins(), self._board.placement.boxes
        self._board.hold_still()
        for name, (x, y) in places.items():
            box = boxes[name]
            for member in unfolded(self._graph, {name}):
                px, py = pins[member]
                pins[member] = (round(px + x - box.x, 1), round(py + y - box.y, 1))
        text = f"Move {_listed(list(places))}"
        self.draw(text, lambda: self._placed(self._graph, pins), merge_key)

    def lay_out(self) -> None:
        """Let all cards go where the automatic layout wants them."""
        self._board.fit()
        nowhere = dict.fromkeys(layer.name for layer in self._graph.layers)
        self.draw("Lay out", lambda: network_edits.move_layers(self._graph, nowhere))

    def pins(self) -> dict[str, Point]:
        """Where every layer stands: those in a folded group at their own places, or in a row from the group's on."""
        boxes, hidden = self._board.placement.boxes, folded_away(self._graph)
        places: dict[str, Point] = {}
        within: Counter[str] = Counter()
        for layer in self._graph.layers:
            card = hidden.get(layer.name)
            x, y, _, _ = boxes[layer.name if card is None else card]
            if card is None:
                places[layer.name] = (round(x, 1), round(y, 1))
            elif layer.position is not None:
                places[layer.name] = layer.position
            else:
                places[layer.name] = (round(x + within[card] * (CARD[0] + GAP + ROOMY), 1), round(y, 1))
                within[card] += 1
        return places

    @property
    def is_pinned(self) -> bool:
        """Whether cards have places of their own."""
        return any(layer.position is not None for layer in self._graph.layers)

    def pinned(self) -> NetworkGraph:
        """The drawing, every layer with its place."""
        return self._placed(self._graph, self.pins())

    @staticmethod
    def _placed(graph: NetworkGraph, places: Mapping[str, Point]) -> NetworkGraph:
        """Layers that stand there already are left as they are: what is drawn of them need not be looked at again."""
        stand = {layer.name: layer.position for layer in graph.layers}
        return network_edits.move_layers(graph, {name: at for name, at in places.items() if stand.get(name) != at})

    # --- how ----------------------------------------------------------------------------------------------------------

    def _added(self, kind: str, parameters: Parameters | None, after: str | None, made: list[str]) -> NetworkGraph:
        graph, wants = self._graph, LAYER_KINDS[kind].inputs if kind in LAYER_KINDS else (1, 1)
        sources = [after] if after is not None else self._board.chosen_in_order() or self._loose_ends()
        sources = [source for source in sources if source] if wants[1] else []
        source = sources[-1] if sources else ""
        onward = [link for link in graph.links if link.source == source]
        if wants[0] > 1 and len(sources) > 1:
            graph, name = network_edits.add_layer(graph, kind, after=sources[0], parameters=parameters)
            for other in sources[1:]:
                graph = network_edits.connect(graph, other, name)
        elif source and len(onward) == 1 and wants[0] == 1:
            graph, name = network_edits.insert_on_link(graph, onward[0], kind, parameters=parameters)
        else:
            graph, name = network_edits.add_layer(graph, kind, after=source, parameters=parameters)
        made.append(name)
        return self._with_room(graph, name, source)

    def _loose_ends(self) -> list[str]:
        """The one layer that leads nowhere; none where there are several."""
        leading = {link.source for link in self._graph.links}
        ends = [layer.name for layer in self._graph.layers if layer.name not in leading]
        return ends if len(ends) == 1 else []

    def _with_room(self, graph: NetworkGraph, name: str, source: str) -> NetworkGraph:
        """Where cards have places of their own, the new one stands right of its source, and what stood there makes room."""
        if not self.is_pinned:
            return graph
        boxes = {other: box for other, box in self._board.placement.boxes.items() if other != name}
        width, height = card_size(next(layer for layer in graph.layers if layer.name == name))
        before = boxes.get(source)
        if before is None:
            new = free_place(boxes.values(), Box(0.0, 0.0, width, height))
            places: dict[str, Point] = {}
        else:
            new = Box(before.right + GAP + ROOMY, before.center_y - height / 2, width, height)
            is_inserted = any(link.source == name for link in graph.links)
            places = make_room(boxes, new) if is_inserted else {}
            new = new if is_inserted else free_place(boxes.values(), new)
        pins = {other: place for other, place in self.pins().items() if other != name}
        moved = {
            member: (pins[member][0] + x - boxes[card].x, pins[member][1])
            for card, (x, _) in places.items()
            for member in unfolded(graph, {card})
        }
        return self._placed(graph, {**pins, **moved, name: (new.x, new.y)})

    def _choose_made(self, made: Collection[str]) -> str:
        if not made:
            return ""
        names = list(made)
        self._board.choose(set(names), names[-1])
        return names[-1]


def _title(kind: str) -> str:
    return short_label(Layer("", kind)) if kind in LAYER_KINDS else kind


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} layers"
