"""The places that the camera can be sent to, each as a view. Moves nothing."""

from __future__ import annotations

import numpy as np

from app.panels.neuron.anatomy import HEIGHT, WIDTH
from app.panels.neuron.camera import View
from app.panels.neuron.cell_picture import PATCH_SLOTS, CellPicture
from app.simulation.biology.stage import TERMINAL
from trainers.errors import BadInput

PLACES = ("cell", "dendrites", "soma", "hillock", "axon", "node", "terminal", "membrane", "channel", "synapse")
FIRST_SYNAPSE = 1  # looked into where none is marked and none is near
_INTO_SYNAPSE, _INTO_CHANNEL = 1.7, 2.5  # times nearer than their own views
_DRAWN_FROM = 0.02  # width of a patch of membrane in the view's, from where on the camera is drawn to the membrane


def view_of(place: str, picture: CellPicture) -> View:
    """The view of one of PLACES; BadInput for another name."""
    if place not in PLACES:
        raise BadInput(f"The cell has no place '{place}': go to {', '.join(PLACES)}.")
    if place in ("membrane", "channel"):
        patch = _membrane_place(picture)
        return picture.membrane_view(patch) if place == "membrane" else picture.channel_view(patch)
    if place == "terminal":
        return picture.synapse_view(TERMINAL)
    if place == "synapse":
        near = picture.near_input
        return picture.synapse_view(near if near is not None else (*picture.marked, FIRST_SYNAPSE)[0])
    anatomy, cell = picture.anatomy, picture.guide.morphology
    x, y = anatomy.board.soma
    unit = anatomy.board.unit
    spots: dict[str, tuple[float, float, float]] = {
        "cell": (WIDTH / 2, HEIGHT / 2, 1.0),
        "dendrites": (x * 0.55, y, 2.0 if unit == 1.0 else 6.0),
        "soma": (x + 20 * unit, y, 3.4 / unit),
        "hillock": (*_at(anatomy.ends[anatomy.ais.start, 0]), 8.0 / unit),
        "axon": (*_at(anatomy.center[cell.compartment("node 9")]), 1.6),
        "node": (*_at(anatomy.center[cell.compartment("node 9")]), 10.0 / unit),
    }
    return View(*spots[place])


def _at(point: np.ndarray) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _membrane_place(picture: CellPicture) -> int:
    """The patch under the camera where one looks at a part that has channels; else a node of Ranvier's."""
    is_near = picture.camera.goal.zoom * picture.anatomy.board.unit > 3.0
    has_channels = picture.guide.gate_row(picture.focus) is not None
    return picture.patch if is_near and has_channels else picture.guide.morphology.compartment("node 9")


def nearer_by(picture: CellPicture, factor: float) -> float:
    """How much of zooming in by `factor` is left: a synapse holds the camera, and nobody goes into a channel's wall."""
    near, zoom = picture.near_synapse, picture.camera.view.zoom
    if near is not None and picture.synapse_share > 0.6:
        nearest = _INTO_SYNAPSE * picture.synapse_view(near).zoom
    else:
        nearest = _INTO_CHANNEL * picture.channel_view(picture.patch).zoom
    return min(factor, max(nearest / zoom, 1.0))


def drawn_in(picture: CellPicture, factor: float) -> View:
    """The view after zooming in by `factor`: the nearer, the more the camera is drawn to the membrane, but not off a synapse.

    There is nothing to see deep inside the cell or far outside, so a wheel that is turned anywhere ends at the membrane.
    """
    view, width = picture.camera.view, picture.camera.room.width()
    is_held = picture.near_synapse is not None and picture.synapse_share > 0.6
    if is_held or picture.patch_px <= _DRAWN_FROM * width:
        return view
    goal = picture.membrane_view(picture.patch, PATCH_SLOTS * width / picture.patch_px)
    share = 1.0 - factor**-0.9
    return View(view.x + (goal.x - view.x) * share, view.y + (goal.y - view.y) * share, view.zoom)


def view_from(state: object) -> View:
    """A view from its state, {"x", "y", "zoom"}; BadInput for what is none."""
    try:
        view = View(*(float(state[key]) for key in ("x", "y", "zoom")))  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        raise BadInput(f"{state!r} is no state of the camera: it has x, y and zoom.") from None
    if not all(abs(part) < 1e9 for part in (view.x, view.y, view.zoom)) or view.zoom <= 0:
        raise BadInput(f"The camera cannot stand at {state!r}: x, y and zoom are finite, and zoom is above 0.")
    return view
