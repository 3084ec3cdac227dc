"""Writing a NetworkGraph down layer by layer, as a person would dictate it. Plain Python; shapes are in layer_catalog."""

from __future__ import annotations

from trainers.network_graph import Group, Layer, Link, NetworkGraph, Parameter, Shape


class NetworkDraft:
    """A network to be: `put` adds a layer behind the last one, or behind those that are named. last: its name."""

    def __init__(self, input_name: str, shape: Shape) -> None:
        self._layers = [Layer(input_name, "input", {"shape": shape})]
        self._links: list[Link] = []
        self._groups: list[Group] = []
        self.last = input_name

    def put(self, name: str, kind: str, *after: str, **parameters: Parameter) -> str:
        """Add a layer; returns its name. after: what feeds it, in this order."""
        self._layers.append(Layer(name, kind, parameters))
        self._links += [Link(source, name) for source in after or (self.last,)]
        self.last = name
        return name

    @property
    def size(self) -> int:
        """How many layers there are so far."""
        return len(self._layers)

    def group(self, name: str, title: str, begun: int, *, is_folded: bool = False) -> None:
        """Make one of all layers since there were `begun`."""
        self._groups.append(Group(name, tuple(layer.name for layer in self._layers[begun:]), title, is_folded))

    def graph(self, name: str, title: str, comment: str) -> NetworkGraph:
        """What has been put down; nothing is checked."""
        return NetworkGraph(name, tuple(self._layers), tuple(self._links), title, comment, tuple(self._groups))
