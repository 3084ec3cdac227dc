"""The cell's picture: a function of what is given, true in grey too, with names that cover nothing."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import pytest
from drawn_cell import CELL, GUIDE, frame, grey, pixels
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPolygonF
from pytestqt.qtbot import QtBot

from app.cell_recording import CellFrame
from app.panels.neuron.camera import View
from app.panels.neuron.camera_rest import REST_MS
from app.panels.neuron.cell_view import PLACES, CellView
from app.panels.neuron.probes import Probe
from app.panels.neuron.synapse_shape import SynapseShape
from app.panels.neuron.voltage_colors import LEVELS, VoltageColors, height, level, oklab, stretch
from app.simulation.biology.stage import Arrival, StagePlan
from app.widgets.theme import THEME_NAMES, Theme

PLAN = StagePlan()
ARRIVALS = (Arrival(2, 9.8, 10.3, 5, 1.0), Arrival(1, 9.6, 10.1, 3, 1.0))


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> CellView:
    """A view of the size that it has in the panel."""
    view = CellView(theme)
    qtbot.addWidget(view)
    view.resize(900, 380)
    return view


def shown(view: CellView, moment: CellFrame, plan: StagePlan = PLAN) -> np.ndarray:
    view.show_frame(moment, ARRIVALS, plan)
    return pixels(view)


@pytest.mark.parametrize("place", PLACES)
def test_the_same_moment_gives_the_same_pixels_also_after_scrubbing(
    view: CellView, theme: Theme, qtbot: QtBot, place: str
) -> None:
    view.go_to(place, animated=False)
    first = shown(view, frame(10.0, spike_at=60))
    shown(view, frame(10.6, spike_at=90, conductance={1: 0.5}))
    assert (shown(view, frame(10.0, spike_at=60)) == first).all()
    other = CellView(theme)
    qtbot.addWidget(other)
    other.resize(view.size())
    other.set_camera_state(view.camera_state())
    assert (shown(other, frame(10.0, spike_at=60)) == first).all()


@pytest.mark.parametrize("place", PLACES)
def test_a_tenth_of_a_millisecond_in_a_spike_can_be_seen_at_every_zoom(view: CellView, place: str) -> None:
    view.go_to(place, animated=False)
    one = shown(view, frame(10.0, spike_at=100, conductance={1: 0.5}, handed_nS=0.40))
    other = shown(view, frame(10.1, spike_at=106, conductance={1: 0.55}, handed_nS=0.45))
    assert (one != other).any()


@pytest.mark.parametrize("compartment", ["soma", "dendrite 2", "ais", "internode 5", "node 7", "bouton"])
def test_a_changed_voltage_changes_the_picture(view: CellView, compartment: str) -> None:
    moment = frame(10.0, spike_at=60)
    before = shown(view, moment)
    changed = frame(10.0, spike_at=60)
    changed.voltage_mV[CELL.compartment(compartment)] += 4.0
    assert (shown(view, changed) != before).any()


def test_rings_grow_with_the_conductance_and_keep_no_memory_from_near(view: CellView) -> None:
    view.go_to("soma", animated=False)
    small, large = (shown(view, frame(10.0, conductance=dict.fromkeys(range(30), value))) for value in (0.2, 0.9))
    assert (small != large).any()
    kept = [view.scene.cell.rings.pixels]
    assert kept[0] > 0, "drawn once, and stamped"
    for zoom in (10.0, 30.0, 60.0, 120.0):
        x, y = view.picture.anatomy.board.soma
        view.look(View(x, y, zoom), animated=False)
        for value in np.linspace(0.1, 0.9, 9).tolist():
            shown(view, frame(10.0, conductance=dict.fromkeys(range(30), value)))
            kept.append(view.scene.cell.rings.pixels)
    assert max(kept) < kept[0] + 1_000_000, "large ones are drawn, those out of sight are not"


def test_time_alone_moves_nothing_in_a_cell_at_rest(view: CellView) -> None:
    view.show_frame(frame(10.0), (), PLAN)
    before = pixels(view)
    view.show_frame(frame(10.7), (), PLAN)
    assert (pixels(view) == before).all()


def test_nothing_moves_between_two_frames_of_the_same_moment(view: CellView) -> None:
    view.go_to("membrane", animated=False)
    before = shown(view, frame(10.0, spike_at=60))
    view.turn(5.0)
    assert (shown(view, frame(10.0, spike_at=60)) == before).all()


def test_grey_still_shows_where_the_spike_is(view: CellView, theme: Theme) -> None:
    """Above the axon, darkness gathers where the ribbon stands: its middle is within two internodes of the peak."""
    for name in THEME_NAMES:
        theme.set_name(name)
        view.set_labels_shown(False)
        rest = grey(shown(view, frame(10.0)))
        lit = grey(shown(view, frame(10.0, spike_at=70)))
        above = np.abs(lit - rest)[: view.height() // 2]
        columns = np.flatnonzero((above > 25).sum(axis=0) > 8)
        peak = view.picture.projection.px(view.picture.anatomy.center)[CELL.compartment("hillock") + 70]
        assert len(columns) > 20, name
        assert columns.min() < peak[0] < columns.max() + 60, name
        tallest = int(np.argmax((above > 25).sum(axis=0)))
        assert abs(tallest - peak[0]) < 60, name


def test_a_small_potential_can_be_seen_in_a_dendrite(view: CellView) -> None:
    before = grey(shown(view, frame(10.0)))
    small = frame(10.0)
    small.voltage_mV[list(CELL.compartments_of("dendrite 3"))] += 2.0
    assert np.abs(grey(shown(view, small)) - before).max() > 6


def test_arrivals_travel_along_their_fibre_with_the_time_alone(view: CellView) -> None:
    pictures = []
    for time in (9.9, 10.0, 10.2):
        view.show_frame(frame(time), (Arrival(2, 9.8, 10.3, 5, 1.0),), PLAN)
        pictures.append(pixels(view))
    assert all((a != b).any() for a, b in itertools.pairwise(pictures))


def test_twice_the_weight_is_twice_the_area(view: CellView) -> None:
    plan = msgspec.structs.replace(PLAN, weights_nS=(2.0, 1.0, 0.5) + (1.0,) * 27)
    view.show_frame(frame(), (), plan)
    two, one, half = (view.scene.cell.disc_px(view.picture, number) ** 2 for number in range(3))
    assert two / one == pytest.approx(2.0)
    assert one / half == pytest.approx(2.0)


def test_inhibitory_inputs_have_another_colour_and_a_bar(view: CellView) -> None:
    blue = msgspec.structs.replace(PLAN, receptors=("gaba_a",) + ("ampa",) * 29)
    view.go_to("dendrites", animated=False)
    at = view.scene.cell.site_px(view.picture, 0).toPoint()
    orange = shown(view, frame())[at.y(), at.x()]
    barred = shown(view, frame(), blue)
    assert (barred[at.y(), at.x()] == view.theme.color("panel").getRgb()[:3]).all()  # the bar
    assert orange[0] > orange[2]
    below = barred[at.y() + 5, at.x()]
    assert below[2] > below[0]


def test_stripped_internodes_are_bare(view: CellView) -> None:
    stripped = msgspec.structs.replace(PLAN, wraps=(100,) * 9 + (0,) * 2 + (100,) * 9)
    assert (shown(view, frame(), stripped) != shown(view, frame())).any()
    anatomy = view.picture.anatomy
    assert anatomy.wrap_thickness(0) == 0
    assert anatomy.wrap_thickness(400) > 2 * anatomy.wrap_thickness(100)


# --- the scale of voltage ---------------------------------------------------------------------------------------------


def test_the_scale_is_asinh_about_rest() -> None:
    assert stretch(-65.0) == 0.0
    assert stretch(-60.0) == pytest.approx(np.arcsinh(1.0))
    assert height(-65.0) == 0.0
    assert height(50.0) == pytest.approx(1.0)
    assert height(-75.0) < 0


@pytest.mark.parametrize("name", THEME_NAMES)
def test_the_scale_is_even_to_the_eye_and_one_way_in_lightness(name: str, qtbot: QtBot) -> None:
    table = oklab(VoltageColors(Theme(name)).table)
    rest = int(level(-65.0))
    for arm in (table[rest:], table[: rest + 1]):
        # steps are so small that clipping to sRGB and the ends of an arm are left out
        steps = np.linalg.norm(np.diff(arm[:: len(arm) // 40], axis=0), axis=1)[1:-1]
        assert steps.max() / steps.min() < 1.6
        lightness = np.diff(arm[::16, 0])
        assert (lightness > -2e-3).all() or (lightness < 2e-3).all()


def test_both_a_small_potential_and_a_spike_are_told_apart() -> None:
    assert level(-64.0) - level(-65.0) > LEVELS * 0.02
    assert level(40.0) - level(0.0) > LEVELS * 0.05


# --- names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("size", [(900, 300), (1280, 480)])
@pytest.mark.parametrize("place", PLACES)
def test_names_are_legible_and_cover_neither_one_another_nor_the_instruments(
    view: CellView, theme: Theme, name: str, size: tuple[int, int], place: str
) -> None:
    theme.set_name(name)
    view.resize(*size)
    view.show_frame(frame(), (), PLAN)
    view.set_probes(
        tuple(Probe(CELL.compartment(part), number) for number, part in enumerate(("soma", "hillock", "node 9")))
    )
    view.go_to(place, animated=False)
    placed = view.scene.placed_labels(view.picture)
    boxes = [item.box for item in placed]
    assert all(not a.intersects(b) for a, b in itertools.combinations(boxes, 2))
    assert all(QRectF(view.rect()).contains(box) for box in boxes)
    assert all(not box.intersects(taken) for box in boxes for taken in view.scene.taken(view.picture))
    assert view.scene.labels.font.pixelSize() >= 14


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("size", [(880, 300), (992, 530), (1520, 525), (1632, 690)])
def test_neither_the_note_nor_the_voltage_scale_hides_a_part_of_the_whole_cell(
    view: CellView, theme: Theme, name: str, size: tuple[int, int]
) -> None:
    theme.set_name(name)
    view.resize(*size)
    view.show_frame(frame(), (), PLAN)
    view.go_to("cell", animated=False)
    picture, instruments = view.picture, view.scene.instruments
    dendrites = picture.projection.px(np.concatenate([points for _, points in picture.anatomy.twigs]))
    assert not any(instruments.ruler_box(picture).contains(*point) for point in dendrites.tolist())
    next_cell = picture.projection.outline(picture.anatomy.next_cell)
    assert not next_cell.intersects(QPolygonF(instruments.bar_box(picture)))


@pytest.mark.parametrize("name", THEME_NAMES)
def test_the_lectures_words_are_all_there_at_the_whole_cell(view: CellView, theme: Theme, name: str) -> None:
    theme.set_name(name)
    view.resize(900, 380)
    words = {item.label.text for item in view.scene.placed_labels(view.picture)}
    assert {
        "Dendrites", "Soma (cell body)", "Axon hillock", "Axon initial segment", "Myelin sheath", "Node of Ranvier",
        "Axon terminal (bouton)", "Synapses (inputs)", "Next cell",
    } <= words  # fmt: skip


def test_names_can_be_switched_off(view: CellView) -> None:
    with_names = shown(view, frame())
    view.set_labels_shown(False)
    assert (shown(view, frame()) != with_names).any()


def test_true_scale_shows_real_proportions(view: CellView) -> None:
    view.set_true_scale(True)
    anatomy = view.picture.anatomy
    length = np.linalg.norm(anatomy.ends[:, 1] - anatomy.ends[:, 0], axis=1)
    dendrite, axon = length[list(CELL.compartments_of("dendrite 2"))].sum(), length[list(anatomy.axon)].sum()
    assert axon / dendrite == pytest.approx((20 * 202 + 35) / 400, rel=0.02)
    assert length[CELL.compartment("node 3")] / length[
        list(CELL.compartments_of("internode 3"))
    ].sum() == pytest.approx(0.01)
    assert pixels(view).std() > 5


def test_every_compartment_lies_on_the_board_where_its_neighbours_are(view: CellView) -> None:
    anatomy = view.picture.anatomy
    for chain in (*anatomy.dendrites, anatomy.axon):
        run = np.asarray(chain)
        assert np.abs(anatomy.ends[run[:-1], 1] - anatomy.ends[run[1:], 0]).max() < 1e-9
    assert len({*anatomy.axon, *itertools.chain(*anatomy.dendrites), anatomy.soma, anatomy.bouton}) == CELL.compartments
    for number, compartment in enumerate(GUIDE.input_compartments):
        assert anatomy.nearest(*anatomy.center[compartment])[0] == compartment
        gap = np.hypot(*(anatomy.sites[number] - anatomy.center[compartment]))
        assert gap == pytest.approx(anatomy.half[compartment].mean(), abs=0.3)


def test_while_the_camera_moves_it_is_drawn_quickly_and_in_full_when_it_stands(view: CellView, qtbot: QtBot) -> None:
    moment = frame(10.0, spike_at=60)
    view.go_to("dendrites", animated=False)
    at_rest = shown(view, moment)
    state = view.camera_state()
    view.go_to("cell", animated=False)
    view.go_to("dendrites")
    view.turn(0.1)
    assert view.picture.is_moving
    view.turn(10.0)
    assert not view.picture.is_moving
    assert (shown(view, moment) == at_rest).all()
    view.zoom_about(1.2, view.rect().center().toPointF())
    assert view.picture.is_moving
    qtbot.waitUntil(lambda: not view.picture.is_moving)
    view.set_camera_state(state)
    assert (shown(view, moment) == at_rest).all()


@pytest.mark.parametrize("place", ["dendrites", "synapse", "channel"])
def test_what_stands_still_is_there_when_the_first_full_frame_comes(
    view: CellView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    moment = frame(10.0, spike_at=60)
    view.go_to(place, animated=False)
    at_rest = shown(view, moment)
    view.go_to("cell", animated=False)
    shown(view, moment)
    view.go_to(place)
    while view.camera.is_travelling:
        view.turn(0.016)
    assert view.picture.is_moving  # still drawn quickly
    qtbot.waitUntil(lambda: not view.picture.is_moving)
    for painter in (view.scene.cell, view.scene.synapse, view.scene.membrane):
        monkeypatch.setattr(painter, "draw_under", lambda *_: pytest.fail("the ground is drawn in the full frame"))
    assert (shown(view, moment) == at_rest).all()


def test_a_camera_that_goes_on_before_it_has_rested_stays_quick(view: CellView, qtbot: QtBot) -> None:
    shown(view, frame(10.0))
    view.zoom_about(1.5, view.rect().center().toPointF())
    view.settle()
    assert not view.picture.is_moving
    view.go_to("soma")
    view.turn(0.05)
    qtbot.wait(20)
    assert view.picture.is_moving
    view.set_reduced_motion(True)
    assert not view.picture.is_moving


def test_a_travel_that_follows_a_hand_puts_nothing_together_on_its_way(
    view: CellView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(view, frame(10.0))
    view.zoom_about(1.5, view.rect().center().toPointF())
    view.go_to("soma")
    view.turn(0.05)
    monkeypatch.setattr(view.scene, "ground", lambda *_: pytest.fail("a ground is made for a place that is passed"))
    qtbot.wait(2 * REST_MS)
    assert view.picture.is_moving


def test_the_spike_is_seen_while_the_camera_moves_too(view: CellView) -> None:
    view.go_to("axon")
    view.turn(0.2)
    assert (shown(view, frame(10.0, spike_at=60)) != shown(view, frame(10.1, spike_at=70))).any()


@pytest.mark.parametrize("is_true", [False, True])
@pytest.mark.parametrize("size", [(420, 400), (900, 380), (1800, 500)])
def test_each_level_of_the_camera_shows_one_thing(view: CellView, size: tuple[int, int], is_true: bool) -> None:
    view.resize(*size)
    view.set_true_scale(is_true)
    levels = {}
    for place in PLACES:
        view.go_to("cell", animated=False)
        view.go_to(place, animated=False)
        levels[place] = (view.picture.synapse_share, view.picture.membrane_share)
    assert levels.pop("synapse") == levels.pop("terminal") == (1.0, 0.0)
    assert levels.pop("membrane") == levels.pop("channel") == (0.0, 1.0)
    assert set(levels.values()) == {(0.0, 0.0)}


@pytest.mark.parametrize("is_true", [False, True])
@pytest.mark.parametrize("size", [(420, 400), (900, 380), (1800, 700)])
def test_the_synapse_that_is_gone_to_is_the_one_that_is_seen(
    view: CellView, size: tuple[int, int], is_true: bool
) -> None:
    view.resize(*size)
    view.set_true_scale(is_true)
    view.go_to("cell", animated=False)
    for number in range(0, 30, 1 if size[0] == 900 else 7):
        view.look(view.picture.synapse_view(number), animated=False)
        assert view.picture.near_input == number
        middle = SynapseShape.of(view.picture, number).plane.map(0.0, 0.0)
        assert 0.5 * size[0] < middle[0] < 0.8 * size[0]
        assert 0.5 * size[1] < middle[1] < 0.9 * size[1]
        view.go_to("cell", animated=False)
        view.set_marked((number,))
        view.go_to("synapse", animated=False)
        assert view.picture.near_input == number
        view.go_to("cell", animated=False)


def test_no_two_synapses_lie_on_one_another(view: CellView) -> None:
    sites = view.picture.anatomy.sites
    gaps = np.hypot(*(sites[:, None] - sites[None]).transpose(2, 0, 1))
    assert gaps[~np.eye(len(sites), dtype=bool)].min() > 2 * view.picture.anatomy.board.disc
