"""Lanes of one block of a drawn network: which layers stand above one another, and how long wires pass them. Imports no Qt."""

from __future__ import annotations

from collections.abc import Sequence


def lanes_of(
    widths: tuple[int, ...], edges: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, ...], dict[tuple[int, int], int]]:
    """Lane of each layer (0: the longest way through, negative: above) and of each wire that passes a column.

    widths: layers in each column, numbered through.
    """
    rank: list[int] = [column for column, width in enumerate(widths) for _ in range(width)]
    lanes = [0] * len(rank)
    if max(widths, default=0) > 1:
        order = _ordered_columns(rank, edges)
        spine = _longest_way(rank, edges)
        for column, members in enumerate(order):
            middle = members.index(spine[column]) if column in spine else 0
            for position, vertex in enumerate(members):
                lanes[vertex] = position - middle
        if sum(lanes) < 0:  # cards below the main line, bare wires above it
            lanes = [-lane for lane in lanes]
    taken = {(rank[vertex], lane) for vertex, lane in enumerate(lanes)}
    long_lanes: dict[tuple[int, int], int] = {}
    for source, target in sorted(edges, key=lambda edge: rank[edge[1]] - rank[edge[0]]):
        passed = range(rank[source] + 1, rank[target])
        if not passed:
            continue
        wished = lanes[source] if lanes[source] == lanes[target] else max(lanes[source], lanes[target], key=abs)
        tries = [wished, *(side * step for step in range(1, len(rank) + 1) for side in (-1, 1))]
        lane = next(lane for lane in tries if lane <= max(0, wished) and all((r, lane) not in taken for r in passed))
        taken.update((r, lane) for r in passed)
        long_lanes[source, target] = lane
    return tuple(lanes), long_lanes


def _ordered_columns(rank: list[int], edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Order within each column with few crossings, by grandalf's layered layout; loaded only for networks with branches."""
    from grandalf.graphs import Edge as GraphEdge
    from grandalf.graphs import Graph, Vertex
    from grandalf.layouts import SugiyamaLayout, VertexViewer

    class NumberedEdge(GraphEdge):  # type: ignore[misc]
        """grandalf goes through a set of edges: hashed by their places in memory, one network was drawn in several ways."""

        def __hash__(self) -> int:
            return int(self.data)

    vertices = [Vertex(number) for number in range(len(rank))]
    for vertex in vertices:
        vertex.view = VertexViewer(w=10, h=10)
    onward = [(a, b) for a, b in edges if rank[a] < rank[b]]
    graph = Graph(vertices, [NumberedEdge(vertices[a], vertices[b], data=n) for n, (a, b) in enumerate(onward)])
    order: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    for component in graph.C:
        layout = SugiyamaLayout(component)
        layout.init_all()
        for _ in layout.ordering_step(oneway=False):
            pass
        for layer in layout.layers:
            for vertex in layer:
                if isinstance(vertex, Vertex):  # the others stand for wires that pass the column
                    order[rank[vertex.data]].append(vertex.data)
    return order


def _longest_way(rank: list[int], edges: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Column -> the layer on the main line: the way from the last column back that passes every column."""
    before: dict[int, list[int]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
    vertex = rank.index(max(rank))
    way = {rank[vertex]: vertex}
    while before.get(vertex):
        vertex = max(before[vertex], key=lambda source: rank[source] if rank[source] < rank[vertex] else -1)
        if rank[vertex] in way:
            break
        way[rank[vertex]] = vertex
    return way
