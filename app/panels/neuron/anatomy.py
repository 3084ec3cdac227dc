"""Where the parts of the lecture neuron lie on the drawing board, schematically or in true proportions. Imports neither Qt nor numba.

The board is 1000 units wide. All that is drawn, pointed at or labelled takes its place from here, compartment by compartment;
the order of compartments is the morphology's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from app.panels.neuron.membrane_patches import MembranePatches
from app.simulation.biology.lecture_neuron import DENDRITES, INTERNODES, input_site, lecture_neuron
from app.simulation.biology.morphology import Morphology
from app.simulation.biology.stage import INPUTS

Array = np.ndarray
WIDTH, HEIGHT = 1000.0, 400.0
WHOLE = 60  # points of a smooth outline
_NEXT_CELL, _BASE, _NECK, _SQUEEZED = 1.18, 1.5, 1.75, 0.87  # radii of the bouton: how the spine comes to meet it
_SPINE_TIP = _NEXT_CELL + _BASE - _NECK * _SQUEEZED


@dataclass(frozen=True)
class Board:
    """How the parts are spread out: schematic so that all can be seen, or true to scale.

    unit: size of what is looked at closely (synapse, patch of membrane); um: units per micrometre, None where not to scale.
    """

    soma: tuple[float, float]
    soma_radii: tuple[float, float]
    dendrite_ends: tuple[tuple[float, float], ...]
    dendrite_bends: tuple[float, ...]
    dendrite_half: tuple[float, float]
    hillock: tuple[float, float, float]  # length, half width at both ends
    ais: tuple[float, float]  # length, half width at its end
    internode: tuple[float, float]
    node: tuple[float, float]
    bouton: float  # radius
    wave: float  # of the axon
    myelin: float  # thickness of 100 wraps
    ribbon: float  # height of the ribbon at +50 mV
    halo: float
    disc: float  # radius of a synapse of 1 nS
    fibre: float  # length of a presynaptic fibre
    unit: float
    um: float | None


SCHEMATIC = Board(
    soma=(284.0, 200.0),
    soma_radii=(40.0, 36.0),
    dendrite_ends=((158.0, 34.0), (58.0, 96.0), (40.0, 200.0), (58.0, 304.0), (158.0, 366.0)),
    dendrite_bends=(-16.0, 12.0, -10.0, -12.0, 16.0),
    dendrite_half=(6.0, 2.4),
    hillock=(34.0, 21.0, 5.0),
    ais=(44.0, 3.6),
    internode=(20.0, 3.6),
    node=(6.0, 3.6),
    bouton=14.0,
    wave=11.0,
    myelin=5.6,
    ribbon=58.0,
    halo=9.0,
    disc=5.4,
    fibre=27.0,
    unit=1.0,
    um=None,
)
_UM = 0.2
_RAYS = tuple(math.radians(angle) for angle in (118, 149, 180, 211, 242))
TRUE_SCALE = Board(
    soma=(112.0, 200.0),
    soma_radii=(10 * _UM, 10 * _UM),
    dendrite_ends=tuple((112.0 + 410 * _UM * math.cos(ray), 200.0 - 410 * _UM * math.sin(ray)) for ray in _RAYS),
    dendrite_bends=(0.0,) * 5,
    dendrite_half=(0.5 * _UM, 0.5 * _UM),
    hillock=(10 * _UM, 1.5 * _UM, 0.75 * _UM),
    ais=(25 * _UM, 0.75 * _UM),
    internode=(200 * _UM, 0.75 * _UM),
    node=(2 * _UM, 0.75 * _UM),
    bouton=2 * _UM,
    wave=0.0,
    myelin=0.4 * _UM,  # a lamella is about 17 nm thick
    ribbon=70.0,
    halo=7.0,
    disc=0.3 * _UM,
    fibre=12.0,
    unit=0.7 * _UM / 1.2,
    um=_UM,
)


@dataclass(frozen=True, eq=False)
class Anatomy:
    """The drawing board's geometry; arrays in units.

    ends: (n, 2, 2), both ends of each compartment's middle line; half: (n, 2), half widths there; center, normal: (n, 2), the
    normal points up, or to the left of a dendrite's way outwards; anchor: (n, 2), a point on each compartment's membrane, and
    angle (n,), degrees that the membrane is turned there. chains: runs of compartments whose ribbon is one. inputs: sites
    (INPUTS, 2) on the membrane, and outward (INPUTS, 2), the way to the presynaptic cell; fibres: (INPUTS, k, 2), from far to
    the terminal. twigs: compartment and polygon (4, 2). next_cell: outline (k, 2). bouton: (x, y, radius).
    """

    board: Board
    ends: Array
    half: Array
    center: Array
    normal: Array
    anchor: Array
    angle: Array
    dendrites: tuple[range, ...]
    axon: tuple[int, ...]
    internodes: tuple[range, ...]
    nodes: tuple[int, ...]
    soma: int
    hillock: int
    ais: range
    bouton: int
    bouton_at: tuple[float, float, float]
    sites: Array
    outward: Array
    fibres: Array
    twigs: tuple[tuple[int, Array], ...]
    next_cell: Array
    input_compartments: tuple[int, ...]

    @cached_property
    def end_normals(self) -> Array:
        """(n, 2, 2): unit normals at both ends; neighbours in a chain share theirs."""
        normals = np.repeat(self.normal[:, None, :], 2, axis=1)
        for chain in (*self.dendrites, self.axon):
            run = np.asarray(chain)
            shared = self.normal[run[:-1]] + self.normal[run[1:]]
            shared /= np.linalg.norm(shared, axis=1, keepdims=True)
            normals[run[:-1], 1] = shared
            normals[run[1:], 0] = shared
        return normals

    @cached_property
    def patches(self) -> MembranePatches:
        """Where its membrane can be looked at from near."""
        return MembranePatches.of(self)

    @cached_property
    def synapses(self) -> tuple[Array, Array]:
        """Those that can be looked into, the inputs' and at TERMINAL the bouton's: site, way to the presynaptic side, (INPUTS + 1, 2)."""
        x, y, radius = self.bouton_at
        tip, way = (x + radius * _SPINE_TIP, y), (-1.0, 0.0)
        return np.concatenate([self.sites, [tip]]), np.concatenate([self.outward, [way]])

    @cached_property
    def soma_outline(self) -> Array:
        """The soma: rounded, drawn out a little towards its dendrites and the hillock. (k, 2)"""
        board = self.board
        turn = np.linspace(0.0, 2 * math.pi, 181)
        swell = np.ones_like(turn)
        if board.um is None:
            for run in self.dendrites:
                x, y = self.ends[run.start, 0]
                swell += 0.05 * _hump(turn, math.atan2(y - board.soma[1], x - board.soma[0]), 0.24)
            swell += 0.04 * _hump(turn, 0.0, 0.5)
        unit = np.stack([np.cos(turn) * board.soma_radii[0], np.sin(turn) * board.soma_radii[1]], axis=1)
        return np.asarray(unit * swell[:, None] + board.soma)

    @cached_property
    def cone(self) -> Array:
        """The hillock's outline, drawn in like a funnel. (k, 2)"""
        (x0, y0), (x1, y1) = self.ends[self.hillock]
        wide, narrow = self.half[self.hillock]
        t = np.linspace(0.0, 1.04, 24)  # a little into the initial segment, so that no seam is left
        half = narrow + (wide - narrow) * np.maximum(1.0 - t, 0.0) ** 2.1
        line = np.stack([x0 + (x1 - x0) * t, y0 + (y1 - y0) * t], axis=1)
        lift = np.stack([np.zeros_like(t), half], axis=1)
        return np.concatenate([line - lift, (line + lift)[::-1]])

    def wrap_thickness(self, wraps: int) -> float:
        """Of the myelin on an internode: grows with its wraps, less than in proportion so that 400 still fit."""
        return float(self.board.myelin * (wraps / 100.0) ** 0.7)

    def nearest(self, x: float, y: float) -> tuple[int, float]:
        """The compartment nearest to a point, and its distance from the middle line less its half width (negative inside)."""
        a, b = self.ends[:, 0], self.ends[:, 1]
        along = b - a
        share = np.clip(((np.array([x, y]) - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12), 0.0, 1.0)
        gap = np.hypot(*(a + along * share[:, None] - (x, y)).T)
        gap -= self.half[:, 0] + (self.half[:, 1] - self.half[:, 0]) * share
        sx, sy = self.board.soma
        rx, ry = self.board.soma_radii
        gap[self.soma] = (math.hypot((x - sx) / rx, (y - sy) / ry) - 1.0) * min(rx, ry)
        bx, by, radius = self.bouton_at
        gap[self.bouton] = math.hypot(x - bx, y - by) - radius
        number = int(np.argmin(gap))
        return number, float(gap[number])


@cache
def lecture_anatomy(*, is_true_scale: bool = False) -> Anatomy:
    """The lecture neuron's, laid out once for all who draw it: their arrays are only read."""
    return build_anatomy(lecture_neuron(), is_true_scale=is_true_scale)


def build_anatomy(cell: Morphology, *, is_true_scale: bool = False) -> Anatomy:
    """Lay the cell out on the board."""
    board = TRUE_SCALE if is_true_scale else SCHEMATIC
    count = cell.compartments
    ends, half = np.zeros((count, 2, 2)), np.zeros((count, 2))
    dendrites = tuple(cell.compartments_of(f"dendrite {number}") for number in range(DENDRITES))
    for number, run in enumerate(dendrites):
        points = _dendrite(board, number, len(run) + 1)
        ends[run.start : run.stop] = np.stack([points[:-1], points[1:]], axis=1)
        half[run.start : run.stop] = _taper(board.dendrite_half, len(run), is_flared=not is_true_scale)
    axon = _lay_axon(board, cell, ends, half)
    soma, bouton = cell.compartment("soma"), cell.compartment("bouton")
    x, y = board.soma
    ends[soma] = [[x - board.soma_radii[0], y], [x + board.soma_radii[0], y]]
    half[soma] = 0.0
    last = ends[axon[-1], 1]
    bouton_at = (float(last[0] + board.bouton * 0.86), float(last[1]), board.bouton)
    ends[bouton] = [last, [bouton_at[0] + board.bouton, last[1]]]
    along = ends[:, 1] - ends[:, 0]
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.linalg.norm(along, axis=1), 1e-12)[:, None]
    center = ends.mean(axis=1)
    center[bouton] = bouton_at[:2]
    normal[normal[:, 1] > 0] *= -1.0  # up, so that ribbons stand above
    anchor = center + normal * half.mean(axis=1)[:, None]
    anchor[soma] = (x, y - board.soma_radii[1])
    hillock = cell.compartment("hillock")
    anchor[hillock] = center[hillock] - (0.0, half[hillock, 1] + (half[hillock, 0] - half[hillock, 1]) * 0.5**2.1)
    anchor[bouton] = (bouton_at[0], bouton_at[1] - board.bouton)
    compartments = tuple(cell.compartment(*input_site(number)) for number in range(INPUTS))
    sites, outward, fibres = _lay_inputs(board, compartments, ends, half, normal, cell)
    return Anatomy(
        board,
        ends,
        half,
        center,
        normal,
        anchor,
        np.degrees(np.arctan2(normal[:, 0], -normal[:, 1])),
        dendrites,
        axon,
        tuple(cell.compartments_of(f"internode {number}") for number in range(INTERNODES)),
        tuple(cell.compartment(f"node {number}") for number in range(INTERNODES)),
        soma,
        cell.compartment("hillock"),
        cell.compartments_of("ais"),
        bouton,
        bouton_at,
        sites,
        outward,
        fibres,
        () if is_true_scale else _twigs(dendrites, ends, half, normal),
        _next_cell(bouton_at, board.unit),
        compartments,
    )


def _dendrite(board: Board, number: int, points: int) -> Array:
    """A dendrite's middle line from the soma's surface outwards, points at equal distances. (points, 2)"""
    x0, y0 = board.soma
    x1, y1 = board.dendrite_ends[number]
    way = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / way, (y1 - y0) / way
    reach = 0.74 / math.hypot(ux / board.soma_radii[0], uy / board.soma_radii[1])
    start = np.array([x0 + ux * reach, y0 + uy * reach])
    stop = np.array([x1, y1])
    side, bend = np.array([uy, -ux]), board.dendrite_bends[number]
    t = np.linspace(0.0, 1.0, 400)[:, None]
    line = start + (stop - start) * t + side * bend * (np.sin(math.pi * t) + 0.35 * np.sin(3 * math.pi * t))
    return _even(line, points)


def _even(line: Array, points: int) -> Array:
    """`points` at equal distances along a line. (points, 2)"""
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0.0, steps[-1], points)
    return np.stack([np.interp(at, steps, line[:, axis]) for axis in range(2)], axis=1)


def _taper(half: tuple[float, float], count: int, *, is_flared: bool) -> Array:
    share = np.linspace(0.0, 1.0, count + 1)
    widths = half[0] + (half[1] - half[0]) * share**0.7
    if is_flared:
        widths = widths + half[0] * 1.5 * np.exp(-((share / 0.11) ** 1.3))
    return np.stack([widths[:-1], widths[1:]], axis=1)


def _lay_axon(board: Board, cell: Morphology, ends: Array, half: Array) -> tuple[int, ...]:
    """Hillock, initial segment, internodes and nodes along one line; their compartments in order."""
    runs: list[tuple[range, float, float, float]] = [
        (cell.compartments_of("hillock"), *board.hillock),
        (cell.compartments_of("ais"), board.ais[0], board.hillock[2], board.ais[1]),
    ]
    for number in range(INTERNODES):
        runs.append((cell.compartments_of(f"internode {number}"), board.internode[0], *(board.internode[1],) * 2))
        runs.append((cell.compartments_of(f"node {number}"), board.node[0], *(board.node[1],) * 2))
    order: list[int] = []
    at, x0, y0 = 0.0, board.soma[0] + board.soma_radii[0] * 0.8, board.soma[1]
    whole = sum(length for _, length, _, _ in runs)
    for run, length, first, last in runs:
        cuts = at + length * np.linspace(0.0, 1.0, len(run) + 1)
        share = cuts / whole
        points = np.stack([x0 + cuts, y0 + board.wave * np.sin(2 * math.pi * share) * np.minimum(share * 6, 1)], axis=1)
        widths = first + (last - first) * np.linspace(0.0, 1.0, len(run) + 1)
        ends[run.start : run.stop] = np.stack([points[:-1], points[1:]], axis=1)
        half[run.start : run.stop] = np.stack([widths[:-1], widths[1:]], axis=1)
        order.extend(run)
        at += length
    return tuple(order)


_FIRST_SIDES = (1.0, 1.0, 1.0, -1.0, -1.0)  # of each dendrite's innermost input: none faces its neighbour's


def _lay_inputs(
    board: Board, compartments: tuple[int, ...], ends: Array, half: Array, normal: Array, cell: Morphology
) -> tuple[Array, Array, Array]:
    sites, outward, fibres = np.zeros((INPUTS, 2)), np.zeros((INPUTS, 2)), np.zeros((INPUTS, 16, 2))
    for number, compartment in enumerate(compartments):
        along = ends[compartment, 1] - ends[compartment, 0]
        along = along / np.linalg.norm(along)
        side = _FIRST_SIDES[number % DENDRITES] * (1.0 if (number // DENDRITES) % 2 == 0 else -1.0)
        across = normal[compartment] * side
        sites[number] = ends[compartment].mean(axis=0) + across * half[compartment].mean()
        outward[number] = across
        t = np.linspace(1.0, 0.0, 16)[:, None]
        reach = board.fibre * (1.0 + 0.16 * math.sin(2.4 * number))
        bend = along * (0.35 * board.fibre)
        fibres[number] = sites[number] + across * (reach * t + board.disc * 0.5) + bend * t**2
    return sites, outward, fibres


_TWIGS = (  # where it leaves (share of the dendrite), side, length, lean in rad, how it bends
    (1.0, 1.0, 30.0, 0.42, -0.5),
    (1.0, -1.0, 26.0, 0.5, 0.45),
    (0.84, 1.0, 22.0, 0.8, -0.5),
    (0.74, -1.0, 20.0, 0.85, 0.5),
)


def _twigs(dendrites: tuple[range, ...], ends: Array, half: Array, normal: Array) -> tuple[tuple[int, Array], ...]:
    """Side branches: they show that a dendrite branches, and have the voltage of the compartment that they leave."""
    found = []
    for number, run in enumerate(dendrites):
        for turn, (share, side, length, lean, bend) in enumerate(_TWIGS):
            compartment = run[min(int(share * len(run)), len(run) - 1)]
            along = ends[compartment, 1] - ends[compartment, 0]
            along = along / np.linalg.norm(along)
            flank = normal[compartment] * side * (1.0 if number < 3 else -1.0)
            reach = length * (1.0 + 0.14 * math.sin(2.0 * number + 3.0 * turn))
            t = np.linspace(0.0, 1.0, 9)[:, None]
            turned = lean + bend * side * 0.0 + bend * t
            line = ends[compartment, 1] - along * 2.0 + reach * t * (along * np.cos(turned) + flank * np.sin(turned))
            way = np.gradient(line, axis=0)
            way /= np.linalg.norm(way, axis=1, keepdims=True)
            across = np.stack([way[:, 1], -way[:, 0]], axis=1)
            wide = float(half[compartment, 1]) * (0.86 - 0.62 * t)
            found.append((compartment, np.concatenate([line + across * wide, (line - across * wide)[::-1]])))
    return tuple(found)


def _next_cell(bouton_at: tuple[float, float, float], unit: float) -> Array:
    """The outline of the dendrite that the axon ends on, with a spine that comes to meet the bouton."""
    x, y, radius = bouton_at
    left, reach = x + radius * _NEXT_CELL, radius
    t = np.linspace(-1.0, 1.0, 3 * WHOLE)
    t = np.sign(t) * np.abs(t) ** 1.8  # the spine is narrow: most points are there
    lean = 0.5 * reach * np.sin(2.2 * t)
    spine = (_NECK - 0.5) * reach * np.exp(-((t / 0.062) ** 4)) + 0.5 * reach * np.exp(-((t / 0.13) ** 2))
    edge = np.stack([left + _BASE * reach - spine * _SQUEEZED + lean, y + t * radius * 17.0], axis=1)
    wall = np.stack([left + 3.0 * reach - lean[::-1] * 0.2, y - t * radius * 17.0], axis=1)
    return np.concatenate([edge, wall])


def _hump(turn: Array, at: float, width: float) -> Array:
    return np.asarray(np.exp(-((((turn - at + math.pi) % (2 * math.pi) - math.pi) / width) ** 2)))
