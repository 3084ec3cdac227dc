"""What trains is drawn within the layers: asked for as far as it is in sight, painted as it is told, let go when it is over."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from builder_person import Person
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from app.network_document import NetworkDocument
from app.panels.builder.inside_looks import answer_text
from app.panels.builder.panel import BuilderPanel
from app.training_session import TrainingSession
from app.widgets.network_inside import NUMBER_ROOM, Picture, Shades, arrange, round_scale, scale_text
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.commands import AnyCommand, WatchNetwork
from trainers.events import NetworkInside, RunStarted
from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph

DIGITS = tuple("0123456789")


class PlayedTraining(TrainingSession):
    """A session without a worker: it keeps what is asked of it, and tells what a test says."""

    def __init__(self, document: NetworkDocument) -> None:
        super().__init__(document, "nowhere", document, warm_up=None)
        self.sent: list[AnyCommand] = []

    def _send(self, command: AnyCommand) -> bool:
        if self._state in ("running", "paused"):
            self.sent.append(command)
        return self._state in ("running", "paused")

    def begin(self) -> None:
        self._record.note(RunStarted("", "lenet5", "digits", {}, "cpu", 1, 1, classes=DIGITS))
        self._set_state("running")
        self.inside.ask()

    @property
    def wish(self) -> WatchNetwork:
        """What was asked for last."""
        return next(one for one in reversed(self.sent) if isinstance(one, WatchNetwork))


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(PlayedTraining)


@pytest.fixture
def training(workspace: Workspace) -> PlayedTraining:
    assert isinstance(workspace.training, PlayedTraining)
    return workspace.training


@pytest.fixture
def person(show: Callable[..., BuilderPanel], training: PlayedTraining) -> Person:
    """A person in front of LeNet-5 that trains, all of it in sight."""
    person = Person(show(1280, 800))
    training.begin()
    rest(person)
    return person


def rest(person: Person) -> None:
    """What the room waits for when a hand moves the view is over."""
    person.panel.inside.follow()


def look_into(graph: NetworkGraph, wish: WatchNetwork, **changes: Any) -> NetworkInside:
    """An answer to `wish` in which all weights are 0.5, all gradients -0.0017 and all outputs 2."""
    facts = analyse(graph).layers
    shapes = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (40, 400), "fc2": (84, 120), "fc3": (10, 84)}
    weights = {
        f"{name}.weight": np.full(shape, 0.5, np.float32) for name, shape in shapes.items() if name in wish.layers
    }
    told = NetworkInside(
        step=1234,
        sample=wish.sample,
        samples=359,
        inputs=np.zeros((1, 28, 28), np.float32),
        outputs=np.eye(10, dtype=np.float32)[7],
        wanted=7.0,
        weights=weights,
        gradients={name: np.full_like(value, -0.0017) for name, value in weights.items()},
        gradient_norms=dict.fromkeys(shapes, 1e-2),
        activations={name: np.full(facts[name].output_shape, 2, np.float32) for name in (*wish.layers, *wish.outputs)},
        summaries=dict.fromkeys((*wish.layers, *wish.outputs, *wish.strips), (2.0, 2.0, 0.25)),
        whole_shapes={"fc1.weight": (120, 400)} if "fc1" in wish.layers else {},
    )
    return msgspec.structs.replace(told, **changes)


def seen(person: Person) -> set[str]:
    """The colours on the canvas."""
    image = person.board.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return {f"#{pixel & 0xFFFFFF:06x}" for pixel in np.unique(pixels).tolist()}


def test_what_is_in_sight_is_asked_for_the_more_the_nearer_one_is(person: Person, training: PlayedTraining) -> None:
    everything = {layer.name for layer in person.board.drawing.layers}
    assert set(training.wish.outputs) == everything
    assert not training.wish.layers
    person.click(person.at("conv1"))
    person.panel.board.look_at(6.0, *centre(person, "conv1"))
    rest(person)
    assert "conv1" in training.wish.layers
    assert len(training.wish.layers) < 4
    assert not training.wish.outputs
    person.panel.board.look_at(0.4, 0.0, 0.0)
    rest(person)
    assert set(training.wish.strips) == everything
    person.panel.board.look_at(0.1, 0.0, 0.0)
    rest(person)
    assert training.wish.is_empty
    person.panel.view.fit()
    rest(person)
    assert not training.wish.is_empty
    person.panel.hide()
    assert training.wish.is_empty
    asked = len(training.sent)
    training.inside.note(look_into(person.board.drawing, WatchNetwork(("conv1",), 0)))
    assert len(training.sent) == asked
    person.panel.show()
    assert not training.wish.is_empty
    person.panel.set_awake(False)  # behind another panel's tab, where Qt hides nothing
    assert training.wish.is_empty
    person.panel.set_awake(True)
    assert not training.wish.is_empty
    QTest.keyClick(person.board, Qt.Key.Key_I)
    assert training.wish.is_empty
    assert not person.panel.inside.bar.eye.isChecked()
    person.panel.inside.bar.eye.click()
    assert not training.wish.is_empty


def centre(person: Person, name: str) -> tuple[float, float]:
    box = person.board.placement.boxes[name]
    return box.center_x, box.center_y


def test_outputs_weights_and_gradients_are_seen_in_their_colours(
    person: Person, training: PlayedTraining, workspace: Workspace
) -> None:
    graph, theme = person.board.drawing, workspace.theme
    orange, blue = theme.hex("positive"), theme.hex("negative")
    assert not {orange, blue} & seen(person)
    training.inside.note(look_into(graph, training.wish))
    assert orange in seen(person)
    assert blue not in seen(person)  # all outputs are above 0, and gradients are not drawn so far away
    bar = person.panel.inside.bar
    assert bar.sentence.startswith("Step 1,234 · test 0 (7): network says 7, 100\N{NO-BREAK SPACE}% sure")
    for width in range(900, 300, -60):
        bar.setFixedWidth(width)
        bar.layout().activate()
        assert bar.sentence.startswith(bar.label.text())  # where there is no room for all, whole parts are left out
    assert bar.label.text() != bar.sentence
    person.panel.board.look_at(6.0, *centre(person, "conv1"))
    rest(person)
    training.inside.note(look_into(graph, training.wish))
    assert {orange, theme.color("negative").name()} & seen(person) == {orange}
    told = look_into(graph, training.wish)
    training.inside.note(
        msgspec.structs.replace(
            told, gradients={name: np.full_like(value, -0.003) for name, value in told.gradients.items()}
        )
    )
    assert {orange, blue} <= seen(person)
    theme.set_name("night")
    assert theme.hex("positive") in seen(person)
    training.inside.forget()
    assert theme.hex("positive") not in seen(person)
    assert "prepared" in bar.sentence


def test_an_edit_that_is_no_network_yet_is_told_from_what_trains(person: Person, training: PlayedTraining) -> None:
    training.inside.note(look_into(person.board.drawing, training.wish))
    person.panel.board.edits.set_parameters("conv1", {"kernel": 40})
    rest(person)
    assert "conv1" not in training.wish.outputs
    assert "relu1" in training.wish.outputs
    training.inside.note(look_into(training._document.graph, training.wish))
    assert person.panel.inside.bar.sentence.startswith("What trains is the network before the last changes")
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    training._document.undo_stack.undo()
    rest(person)
    assert "conv1" in training.wish.outputs
    person.panel.board.edits.remove()
    training._document.set_drawing(NetworkGraph("network", (), ()))
    rest(person)
    assert training.wish.is_empty


def test_samples_are_stepped_through_by_key_and_a_drawing_takes_their_place(
    person: Person, training: PlayedTraining
) -> None:
    bar, room = person.panel.inside.bar, person.panel.inside
    QTest.keyClick(person.board, Qt.Key.Key_Period)
    assert training.wish.sample == 0  # nothing is known of the samples yet
    training.inside.note(look_into(person.board.drawing, training.wish))
    assert bar.sample.isVisible()
    assert not bar.pad_button.isVisible()
    QTest.keyClick(person.board, Qt.Key.Key_Period)
    assert training.wish.sample == 1
    QTest.keyClick(person.board, Qt.Key.Key_Comma)
    QTest.keyClick(person.board, Qt.Key.Key_Comma)
    assert training.wish.sample == 358
    bar.sample.setValue(17)
    assert (training.wish.sample, room.sample) == (17, 17)
    drawn = np.ones((1, 28, 28), np.float32)
    training.predict(drawn)
    training.inside.note(look_into(person.board.drawing, training.wish))
    bar.pad_button.click()
    assert training.wish.inputs is not None
    assert not bar.sample.isEnabled()
    training.inside.note(look_into(person.board.drawing, training.wish, sample=None, wanted=None))
    assert "your drawing: network says 7" in bar.sentence
    training.predict(0.5 * drawn)
    assert training.wish.inputs.max() == 0.5
    bar.pad_button.click()
    assert training.wish.inputs is None
    state = person.panel.state()
    assert (state["inside"], state["sample"]) == (True, 17)
    person.panel.apply({**state, "inside": False, "sample": 3})
    assert training.wish.is_empty
    assert room.sample == 3


def test_an_empty_canvas_says_that_there_is_nothing_to_look_into(person: Person, training: PlayedTraining) -> None:
    training._set_state("finished")
    person.panel.new_network()
    rest(person)
    assert person.panel.inside.bar.sentence == "There is nothing to look into yet."
    person.type_layer("input")
    rest(person)
    assert "nothing" not in person.panel.inside.bar.sentence


def test_a_network_that_does_not_train_is_looked_into_when_asked(
    show: Callable[..., BuilderPanel], training: PlayedTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show()
    asked = []
    assert not training.sent
    assert panel.inside.bar.sentence.startswith("Train, and see")
    training._set_state("failed")  # before anything of it was seen, as on data that do not fit
    assert "failed" in panel.inside.bar.sentence
    assert not panel.inside.bar.look_button.isVisible()
    training._set_state("idle")
    monkeypatch.setattr(PlayedTraining, "_prepare_run", lambda _: asked.append("run"))
    monkeypatch.setattr(type(training._line), "worker", property(lambda _: Starter(asked)))
    panel.inside.bar.look_button.click()
    assert asked == ["trainers.network_inside_job:look_inside"]
    training._answer_job = 0


class Starter:
    """A worker that starts nothing."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def start_job(self, function: str, _plan: object, paused: bool) -> int:
        assert paused
        self.asked.append(function)
        return 5


def test_a_card_larger_than_the_view_is_pulled_along_and_not_moved(person: Person, training: PlayedTraining) -> None:
    before = training._document.drawing
    person.panel.board.look_at(13.0, *centre(person, "conv1"))
    middle = person.board.viewport().rect().center()
    seen_before = person.board.mapToScene(middle)
    person.drag(middle, middle - QPoint(80, 40))
    moved = person.board.mapToScene(middle) - seen_before
    assert abs(moved.x() - 80 / 13) < 0.2
    assert abs(moved.y() - 40 / 13) < 0.2
    assert training._document.drawing is before
    person.click(middle)
    assert person.board.current_layer == "conv1"


def test_tiles_and_cells_stay_within_their_room_and_apart() -> None:
    """Whatever the shape and the room; and a kernel's cells are large enough for numbers when one is near enough."""
    for shape, is_vector in (
        ((6, 1, 5, 5), False),
        ((16, 6, 5, 5), False),
        ((512, 64, 3, 3), False),
        ((64, 1, 56, 56), False),
        ((1, 1, 40, 400), False),
        ((1, 1, 10, 1), True),
        ((1, 1, 4096, 1), True),
    ):
        for width, height in ((30, 20), (110, 64), (50, 400), (1200, 900)):
            found = arrange(shape, is_vector, width, height, NUMBER_ROOM)
            name = f"{shape} in {width}×{height}"
            assert 1 <= found.groups <= shape[0], name
            if found.rows:
                assert found.rows * found.columns >= shape[2], name
            lefts = sorted({round(x, 3) for x, _ in found.places})
            if found.width < width and found.cell[0] * shape[3] >= 2:
                assert all(b - a >= found.width - 0.01 for a, b in itertools.pairwise(lefts)), name
                assert min(lefts) >= -1, name
                assert max(lefts) + found.width <= width + 1, name
    largest = arrange(
        (8, 1, 64, 64), False, 0.48 * 56 * 320, 100 * 320, NUMBER_ROOM
    )  # half the narrowest card, nearest
    assert largest.cell[0] >= NUMBER_ROOM[0]
    near = arrange((6, 1, 5, 5), False, 600, 500, NUMBER_ROOM)
    assert near.cell[0] >= NUMBER_ROOM[0]
    assert near.cell[1] >= NUMBER_ROOM[1]


def test_numbers_and_scales_read_as_a_person_writes_them() -> None:
    assert [round_scale(np.array([value, 0.0])) for value in (0.0, 0.37, -1.4, 7.9, 9.0, np.nan)] == [
        1.0, pytest.approx(0.4), 1.5, 8.0, 10.0, 1.0,
    ]  # fmt: skip
    assert [scale_text(value) for value in (0.02, 15.0, 3e-6)] == ["0.02", "15", "3·10⁻⁶"]
    small = Picture("gradient", np.array([[2e-4, -1.5e-4]]))
    assert small.exponent == -6
    assert [small.number_text(value) for value in (2e-4, -1.5e-4, 0.0, float("nan"))] == ["200", "−150", "0", "NaN"]
    part = Picture("weights", np.zeros((40, 400)), whole=120)
    assert part.captions(1) == ("weights ±1 · 40 of 120", "weights ±1", "±1")
    kernels = Picture("weights", np.full((16, 6, 5, 5), 0.2))
    assert kernels.captions(8)[0] == "weights ±0.2 · 8 of 16"


def test_numbers_of_any_size_have_their_colours_and_what_is_none_is_said(theme: Theme) -> None:
    shades, nothing = Shades(theme), np.full(10, np.nan, np.float32)
    for most in (1e-40, 1e-6, 3e38):  # a gradient that has all but vanished is still told from none
        numbers = np.array([0.0, most, -most], np.float32)
        middle, high, low = shades.places(numbers, round_scale(numbers)).tolist()
        assert (middle, high > 200, low < 54) == (127, True, True), most
    for classes in (DIGITS, ()):
        look = NetworkInside(9, 0, 100, nothing, nothing)
        assert answer_text(look, classes) == "no number any more: it has diverged"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Numbers as they are painted, with the title of what they belong to."""
    found: list[tuple[str, str]] = []
    before = Picture.number_text
    monkeypatch.setattr(
        Picture, "number_text", lambda part, value: found.append((part.title, before(part, value))) or found[-1][1]
    )
    return found


def test_numbers_are_written_into_kernels_when_one_is_near(
    person: Person, training: PlayedTraining, written: list[tuple[str, str]]
) -> None:
    for layer, zoom in (("conv1", 13.0), ("relu4", 5.0)):
        person.panel.board.look_at(zoom, *centre(person, layer))
        rest(person)
        training.inside.note(look_into(person.board.drawing, training.wish))
        person.board.viewport().grab()
    assert written.count(("weights", "0.50")) >= 25
    assert written.count(("output", "2.00")) == 84
    assert {text for _, text in written} <= {"0.50", "2.00", "−1.70"}


@pytest.mark.parametrize("name", ["paper", "night", "projector"])
def test_the_numbers_of_maps_and_kernels_are_read_when_one_is_as_near_as_can_be(
    person: Person, training: PlayedTraining, workspace: Workspace, written: list[tuple[str, str]], name: str
) -> None:
    workspace.theme.set_name(name)
    board = person.panel.board
    for layer, right, down, title, number in (
        ("conv1", 20, 0, "output", "2.00"),
        ("conv2", -20, 0, "weights", "0.50"),
        ("relu1", 4, 0, "output", "2.00"),
        ("fc1", -20, -25, "weights", "0.50"),  # 40 rows of 400
    ):
        x, y = centre(person, layer)
        board.look_at(20.0, x + right, y + down)
        zoom = 0.0
        while board.zoom > zoom:
            zoom = board.zoom
            board.zoom_in()
        rest(person)
        written.clear()
        training.inside.note(look_into(board.drawing, training.wish))
        board.viewport().grab()
        assert (title, number) in written, layer
