"""What a hand does on the cell: clicks, brushes, drags and holds."""

from __future__ import annotations

import pytest
from cell_hands import LEFT, RIGHT, Heard, drag, spot, synapse
from drawn_cell import CELL, NODES, frame, pixels
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panels.neuron.cell_reading import reading
from app.panels.neuron.cell_view import CellView

SHIFT = Qt.KeyboardModifier.ShiftModifier


# --- synapses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 7, 14, 29])
def test_a_click_on_a_synapse_fires_it(view: CellView, heard: Heard, number: int) -> None:
    QTest.mouseClick(view, LEFT, pos=synapse(view, number))
    assert heard.of("inputs_fired") == [((number,),)]


def test_a_click_on_one_of_the_group_fires_the_group(view: CellView, heard: Heard) -> None:
    view.set_marked((2, 7, 9))
    QTest.mouseClick(view, LEFT, pos=synapse(view, 7))
    QTest.mouseClick(view, LEFT, pos=synapse(view, 8))
    assert heard.of("inputs_fired") == [((2, 7, 9),), ((8,),)]


def test_a_click_beside_the_cell_lets_go_of_the_group(view: CellView, heard: Heard) -> None:
    view.set_marked((2, 7))
    QTest.mouseClick(view, LEFT, pos=QPoint(600, 60))
    assert heard.of("inputs_selected") == [((),)]
    assert not heard.of("inputs_fired")


def test_a_rubber_band_selects_the_synapses_in_it(view: CellView, heard: Heard) -> None:
    upper = synapse(view, 0), synapse(view, 25)  # the first dendrite
    box = (
        QPoint(min(p.x() for p in upper) - 14, min(p.y() for p in upper) - 14),
        QPoint(*(max(c) + 14 for c in zip(*(p.toTuple() for p in upper), strict=True))),
    )
    drag(view, *box)
    ((chosen,),) = heard.of("inputs_selected")
    assert {0, 25} <= set(chosen)
    assert not set(chosen) & {4, 9, 14}  # the last dendrite
    view.set_marked((4,))
    drag(view, *box, modifier=SHIFT)
    assert set(heard.of("inputs_selected")[-1][0]) == {4, *chosen}
    assert view.picture.brush is None


def test_the_right_button_selects_also_where_one_has_zoomed_in(view: CellView, heard: Heard) -> None:
    view.go_to("dendrites", animated=False)
    before = view.camera_state()
    drag(view, QPoint(5, 5), QPoint(995, 415), RIGHT)
    assert len(heard.of("inputs_selected")[0][0]) > 3
    assert view.camera_state() == before


def test_shift_click_takes_a_synapse_into_the_group_and_out(view: CellView, heard: Heard) -> None:
    view.set_marked((3,))
    QTest.mouseClick(view, LEFT, SHIFT, synapse(view, 8))
    QTest.mouseClick(view, LEFT, SHIFT, synapse(view, 3))
    assert heard.of("inputs_selected") == [((3, 8),), ((),)]


# --- electrode and probes -----------------------------------------------------------------------------------------------


def test_the_electrodes_button_injects_while_it_is_held(view: CellView, heard: Heard) -> None:
    knob = view.scene.instruments.knob(view.picture).toPoint()
    before = pixels(view)
    QTest.mousePress(view, LEFT, pos=knob)
    assert heard.of("electrode_pressed") == [(CELL.compartment("soma"),)]
    assert (pixels(view) != before).any()
    assert not heard.of("electrode_released")
    QTest.mouseRelease(view, LEFT, pos=knob)
    assert heard.of("electrode_released") == [()]
    assert (pixels(view) == before).all()


def test_the_glass_held_still_injects_too(view: CellView, heard: Heard, qtbot: QtBot) -> None:
    instruments = view.scene.instruments
    glass = ((instruments.knob(view.picture) + instruments.tip(view.picture)) / 2).toPoint()
    with qtbot.waitSignal(view.electrode_pressed):
        QTest.mousePress(view, LEFT, pos=glass)
    QTest.mouseRelease(view, LEFT, pos=glass)
    assert heard.of("electrode_released") == [()]
    assert not heard.of("electrode_moved")


def test_the_electrode_is_dragged_onto_another_place(view: CellView, heard: Heard) -> None:
    instruments = view.scene.instruments
    tip = instruments.tip(view.picture).toPoint()
    glass = ((instruments.knob(view.picture) + instruments.tip(view.picture)) / 2).toPoint()
    goal = spot(view, NODES[4])
    drag(view, glass, glass + (goal - tip))
    ((compartment,),) = heard.of("electrode_moved")
    assert compartment in range(NODES[4] - 1, NODES[4] + 2)
    assert not heard.of("electrode_pressed")
    assert (instruments.tip(view.picture).toPoint() - goal).manhattanLength() < 12


def test_a_probe_is_dragged_onto_another_place(view: CellView, heard: Heard) -> None:
    flag = view.scene.instruments.flag(view.picture, 1).center().toPoint()
    drag(view, flag, spot(view, CELL.compartment("dendrite 2", 0.5)))
    ((number, compartment),) = heard.of("probe_moved")
    assert number == 1
    assert compartment in CELL.compartments_of("dendrite 2")
    assert view.picture.probes[1].compartment == NODES[9]  # until its owner has moved it


def test_the_hand_taken_away_ends_the_current(view: CellView, heard: Heard) -> None:
    QTest.mousePress(view, LEFT, pos=view.scene.instruments.knob(view.picture).toPoint())
    view.hide()
    assert heard.of("electrode_released") == [()]


def test_escape_gives_up_a_drag(view: CellView, heard: Heard) -> None:
    flag = view.scene.instruments.flag(view.picture, 1).center().toPoint()
    QTest.mousePress(view, LEFT, pos=flag)
    QTest.mouseMove(view, flag + QPoint(-60, -20))
    QTest.mouseMove(view, flag + QPoint(-200, -20))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, pos=flag + QPoint(-200, -20))
    assert not heard.of("probe_moved")
    assert view.picture.probes[1].compartment == NODES[9]


# --- reading ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "name"),
    [("soma", "Soma"), ("hillock", "Axon hillock"), ("ais", "Axon initial segment"), ("bouton", "Axon terminal (bouton)"),
     ("node 12", "Node of Ranvier 13"), ("internode 3", "Internode 4")],
)  # fmt: skip
def test_each_part_is_found_under_the_pointer(view: CellView, part: str, name: str) -> None:
    if part.startswith("node"):
        view.go_to("axon", animated=False)
    place = view.place_at(QPointF(spot(view, CELL.compartment(part))))
    assert place is not None
    assert place.name == name
    assert place.description


def test_hovering_says_what_is_there_and_shows_its_figures(view: CellView, heard: Heard) -> None:
    before = pixels(view)
    QTest.mouseMove(view, spot(view, CELL.compartment("bouton")))
    assert heard.of("place_hovered")[-1][0].name == "Axon terminal (bouton)"
    assert (pixels(view) != before).any()
    QTest.mouseMove(view, QPoint(620, 40))
    assert heard.of("place_hovered")[-1] == (None,)


def test_the_next_cell_is_a_place_with_its_own_voltage(view: CellView) -> None:
    anatomy = view.picture.anatomy
    at = view.picture.projection.point((anatomy.bouton_at[0] + 3.0 * anatomy.bouton_at[2], 60.0))
    place = view.place_at(at)
    assert place is not None
    assert place.name == "Next cell"
    assert dict(reading(place, frame(), view.guide, view.picture.plan))["V"] == "-64.0 mV"


def test_free_ground_is_no_place(view: CellView) -> None:
    assert view.place_at(QPointF(620, 40)) is None
