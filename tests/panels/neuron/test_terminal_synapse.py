"""The bouton's own synapse, looked into from near: what it hands on to the next cell, as the engine has it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from drawn_cell import GUIDE, frame, pixels
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.cell_recording import CellFrame
from app.panels.neuron.captions import synapse_caption
from app.panels.neuron.cell_reading import FUSED_MS, RECEPTOR_NS, synapse_counts
from app.panels.neuron.cell_scene import CARD_PX
from app.panels.neuron.cell_view import CellView
from app.panels.neuron.synapse_shape import ZONE, SynapseShape
from app.simulation.biology.stage import TERMINAL, Arrival, StagePlan
from app.widgets.theme import Theme

PLAN = StagePlan()
BOUTON = GUIDE.morphology.compartment("bouton")
HANDED_ON = Arrival(TERMINAL, 9.8, 10.3, 3, 0.6)


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> CellView:
    """A view that looks into the terminal's synapse."""
    view = CellView(theme)
    qtbot.addWidget(view)
    view.resize(900, 380)
    view.go_to("terminal", animated=False)
    return view


def shown(view: CellView, moment: CellFrame) -> np.ndarray:
    view.show_frame(moment, (), PLAN, (HANDED_ON,))
    return pixels(view)


def within(view: CellView, y: float) -> QPoint:
    """A point of the view, y units of the synapse below its disc's middle."""
    shape = SynapseShape.of(view.picture, TERMINAL)
    return shape.plane.map(QPointF(0.0, y * shape.unit)).toPoint()


def color_at(picture: np.ndarray, at: QPoint) -> tuple[int, ...]:
    return tuple(picture[at.y(), at.x()].tolist())


def test_its_counts_are_those_of_the_release_model() -> None:
    times = (9.7, 9.9, 10.4, 10.3 + FUSED_MS)
    assert [synapse_counts(frame(time), TERMINAL, (HANDED_ON,), PLAN).fused for time in times] == [0, 0, 3, 0]
    counts = synapse_counts(frame(10.5, handed_nS=0.43), TERMINAL, (HANDED_ON,), PLAN)
    assert (counts.receptors, counts.receptors_open, counts.docked) == (50, round(0.43 / RECEPTOR_NS), 2)
    assert counts.conductance_nS == 0.43


def test_the_way_there_leads_into_it_and_no_input_is_meant(view: CellView, qtbot: QtBot) -> None:
    fired: list[tuple[int, ...]] = []
    view.inputs_fired.connect(fired.append)
    assert (view.picture.near_synapse, view.picture.near_input) == (TERMINAL, None)
    assert view.picture.synapse_share == 1.0
    shown(view, frame(10.0))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=within(view, 0.0))
    assert fired == []
    names = [view.place_at(QPointF(within(view, y))).name for y in (ZONE - 0.6, 0.3)]  # type: ignore[union-attr]
    assert names == ["Axon terminal (bouton)", "Next cell"]
    labels = {item.label.text for item in view.scene.placed_labels(view.picture)}
    assert {"Axon terminal", "Synaptic vesicle", "Spine of the next cell"} <= labels


def test_all_of_it_follows_from_the_state(view: CellView) -> None:
    at_rest = shown(view, frame(9.0))
    lit = frame(9.0)
    lit.voltage_mV[BOUTON] = 20.0
    assert (shown(view, lit) != at_rest).any()
    assert (shown(view, frame(10.4)) != at_rest).any()  # vesicles have fused
    assert (shown(view, frame(9.0, handed_nS=0.5)) != at_rest).any()
    assert (shown(view, frame(9.0)) == at_rest).all()
    view.show_frame(frame(10.4, handed_nS=0.5), (), PLAN, (HANDED_ON,))
    counts = view.scene.synapse.counts(view.picture)
    assert counts is not None
    card = synapse_caption(view.picture, TERMINAL, counts)
    assert "Vesicles: 3 of 5 fused 0.1 ms ago" in card.lines
    assert card.lines[-2:] == ("V of the terminal −65.0 mV", "V of the next cell −64.0 mV")


def test_a_double_click_on_the_next_cell_or_twice_on_the_bouton_looks_into_it(view: CellView) -> None:
    anatomy = view.picture.anatomy
    x, y, radius = anatomy.bouton_at
    for zoom, spot in ((1.0, (x + 2.6 * radius, y)), (5.0, (x, y))):
        view.go_to("cell", animated=False)
        view.set_camera_state({"x": x, "y": y, "zoom": zoom})
        at = view.picture.projection.point(spot).toPoint()
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at)
        view.turn(10.0)
        assert view.picture.near_synapse == TERMINAL
        assert view.picture.synapse_share == 1.0


def test_from_afar_it_is_a_disc_in_the_spine_with_a_ring_as_wide_as_what_is_open(view: CellView) -> None:
    view.set_camera_state({"x": 930.0, "y": 200.0, "zoom": 4.0})
    assert view.picture.near_synapse is None or view.picture.synapse_share == 0.0
    closed, small, large = (shown(view, frame(9.0, handed_nS=value)) for value in (0.0, 0.2, 0.9))
    changed = [int((other != closed).any(axis=2).sum()) for other in (small, large)]
    assert 0 < changed[0] < changed[1]
    at = view.scene.cell.site_px(view.picture, TERMINAL).toPoint()
    tone = view.theme.color("positive")
    orange = (tone.red(), tone.green(), tone.blue())
    assert color_at(closed, at) == orange
    blocked = msgspec.structs.replace(PLAN, receptors=("gaba_a",) * 30)  # of its inputs: its own stays excitatory
    view.show_frame(frame(9.0), (), blocked)
    assert color_at(pixels(view), at) == orange


def test_the_card_stands_beside_the_terminal_also_in_a_small_room_and_large_type(view: CellView, theme: Theme) -> None:
    theme.set_name("projector")
    view.resize(620, 235)
    view.go_to("terminal", animated=False)
    shown(view, frame())
    scene, picture = view.scene, view.picture
    card = scene.caption(picture)
    assert card is not None
    assert "= 50 receptors of 0.02 nS" in card.lines, "what is wide stands in two lines"
    width, _, _ = scene.captions.size(card, scene._widest(picture))
    shape = SynapseShape.of(picture, TERMINAL)
    left = shape.plane.map(QPointF(-shape.reach * shape.unit, ZONE * shape.unit)).x()
    assert CARD_PX + width <= left
