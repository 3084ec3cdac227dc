"""The layers of a scene, built one by one before its next full frame. Draws nothing that is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtGui import QPainter

from app.panels.neuron.cell_picture import NEAR, CellPicture
from app.panels.neuron.cell_scene import CellScene
from app.panels.neuron.kept_layers import blank


def rest_layers(scene: CellScene, picture: CellPicture) -> Iterator[None]:
    """Build what the next full frame needs, a layer a step, while the picture is drawn quickly; it ends where the camera goes on."""
    key = picture.projection.key
    for build in _parts(scene, picture):
        if picture.projection.key != key:
            return
        picture.is_moving = False
        build()
        picture.is_moving = True
        yield


def _parts(scene: CellScene, picture: CellPicture) -> tuple[Callable[[], object], ...]:
    def rehearse() -> None:
        """A frame that nobody sees: signs, edges, what lies on free ground."""
        sheet = blank(picture.camera.room, picture.ratio)
        painter = QPainter(sheet)
        scene.draw(painter, picture, picture.ratio)
        painter.end()

    if picture.is_near:
        near = scene.membrane if picture.membrane_share > NEAR else scene.synapse
        return (lambda: scene.near_under(near, picture)), (lambda: scene.names(picture)), rehearse
    return (
        lambda: scene.ground(picture),
        lambda: scene.over(picture),
        lambda: scene.names(picture),
        lambda: scene.voltage_layer(picture),
        lambda: scene.voltage_layer(picture).index(),
        rehearse,
    )
