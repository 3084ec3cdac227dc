"""What is seen of a network's neurons: lines, pictures, biases, the answer, what does not fit; and that nothing is cut."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from neurons_person import Person, PlayedTraining, warmth
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.widgets.neuron_net_layout import NeuronLayout, Spot, Wire
from app.widgets.neuron_net_telling import tell_neuron
from app.widgets.theme import THEME_NAMES, Theme
from trainers.commands import WatchNetwork
from trainers.first_weights import first_weights
from trainers.network_files import load_preset
from trainers.training_plan import DataChoice

# --- what is seen -------------------------------------------------------------------------------------------------------


def test_lines_pictures_and_biases_are_seen_as_they_are_told(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("playground"))
    canvas = person.view.canvas
    asked = training.inside.wish
    assert set(asked.layers) == {layer.name for layer in person.document.graph.layers}
    assert asked.responses
    assert asked.per_second >= 10
    weights = {name: np.zeros_like(one) for name, one in first_weights(person.document.analysis).items()}
    weights["hidden2.weight"][0, 0], weights["hidden2.weight"][1, 3] = 2.0, -2.0
    weights["hidden2.weight"][0, 2] = 0.4
    training.show(step=3, weights=weights, value=1.0)
    picture = person.picture()

    def ink(wire: Wire) -> list[int]:
        """How warm each pixel across the line is, where it is not the ground."""
        at = canvas.place_of(wire).toPoint()
        column = [picture.pixelColor(at + QPoint(0, offset)) for offset in range(-8, 9)]
        return [warmth(color) for color in column if abs(warmth(color)) > 60]

    strong, weak = ink(Wire(2, 0, 0)), ink(Wire(2, 0, 2))
    assert min(strong) > 0
    assert len(strong) > len(weak)
    assert max(ink(Wire(2, 1, 3))) < 0
    for spot, is_warm in ((Spot(1, 1), True), (Spot(2, 0), True)):
        assert (warmth(picture.pixelColor(canvas.place_of(spot).toPoint())) > 60) == is_warm
    left = canvas.place_of(Spot(0, 0)).toPoint()
    reach = round(canvas.layout_shown.side / 3)
    assert (
        warmth(picture.pixelColor(left - QPoint(reach, 0)))
        < -60
        < 60
        < warmth(picture.pixelColor(left + QPoint(reach, 0)))
    )
    training.show(step=4, weights=weights, value=-1.0)
    assert warmth(person.picture().pixelColor(canvas.place_of(Spot(1, 1)).toPoint())) < -60
    assert "the thickest line is a weight of 2" in person.view.legend.text()


def test_on_a_projector_a_neurons_numbers_do_not_cover_each_other(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("xor-mlp"))
    training.show(value=0.25)
    theme, values = Theme("projector"), person.view.canvas.values
    layout = NeuronLayout((2, 4, 1), 390, 420, top=90)  # as in half of a window of 1280x800
    painter = QPainter(picture := QImage(390, 420, QImage.Format.Format_RGB32))
    for unit in range(4):
        chips = tell_neuron(painter, theme, layout, values, Spot(1, unit), QRectF(picture.rect()))
        assert len(chips) == 3
        assert not any(one.intersects(other) for one, other in combinations(chips, 2)), unit
    painter.end()


def test_a_neuron_that_is_pointed_at_is_enlarged_with_its_numbers(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("playground"))
    training.show(value=0.25)
    view = person.view
    before = person.picture()
    person.point(view.canvas.place_of(Spot(1, 2)))
    assert view.output.title.text() == "Hidden: neuron 3 of hidden1, behind tanh"
    assert view.output.plot.reading(1.0, 2.0).endswith("0.250")
    assert person.picture() != before
    person.point(QPointF(2, view.canvas.height() - 2))
    assert view.output.title.text() == "The network's answer"
    assert view.output.plot.reading(1.0, 2.0).endswith("orange 56 %")  # 1 / (1 + e^-0.25)


def test_the_output_neurons_picture_is_the_answer_beside_it(person: Person, training: PlayedTraining) -> None:
    """Also after another choice of data was taken back: a value of the plane, a class, and pictures that do not fit at all."""

    def colors(classes: tuple[str, ...]) -> tuple[int, int]:
        """How warm the output neuron and the answer are."""
        view = person.view
        picture = view.canvas.grab().toImage()
        last = len(view.canvas.layout_shown.counts) - 1
        assert view.output.plot.classes == classes
        image = view.output.plot.image
        image.render()
        return (
            warmth(picture.pixelColor(view.canvas.place_of(Spot(last, 0)).toPoint())),
            warmth(QColor(image.qimage.pixel(8, 8))),
        )

    def is_near(pair: tuple[int, int]) -> bool:
        return abs(pair[0] - pair[1]) < 12

    person.open(load_preset("playground"))
    training.show(value=0.25)
    assert is_near(colors(("blue", "orange")))
    view, stack = person.view, person.document.undo_stack
    stack.clear()
    training.set_data(DataChoice("digits"))
    assert view.output.plot.classes == tuple("0123456789")
    assert not view.output.plot.image.isVisible()
    assert view.canvas.values.responses[-1] is None
    stack.undo()
    training.set_data(DataChoice("plane"))
    training.show(value=-0.5)
    assert is_near(pair := colors(()))
    assert pair[0] < -30
    stack.undo()
    training.show(value=2.0)
    assert is_near(pair := colors(("blue", "orange")))
    assert pair[0] > 60


def test_inputs_other_than_two_have_no_pictures_and_that_is_said(person: Person, training: PlayedTraining) -> None:
    training.set_data(DataChoice("digits"))
    person.open(load_preset("mlp-mnist"))
    training.show(step=1, value=0.8)
    view = person.view
    assert "its value for test sample 0" in view.legend.text()
    assert warmth(person.picture().pixelColor(view.canvas.place_of(Spot(2, 4)).toPoint())) > 60
    assert "784 inputs" in view.output.why.text()
    assert not view.output.plot.isVisible()
    assert view.canvas.values.weights[1] is None  # 784 lines into each neuron are one bundle
    assert view.canvas.values.weight(Wire(2, 3, 5)) is not None
    assert not view.output.borders.isEnabled()
    assert view.output.told.text().startswith("Linear regions: Regions are counted in a plane")
    assert person.picture().size() == view.canvas.size()


def test_data_that_do_not_fit_are_said_and_chosen_anew(person: Person, training: PlayedTraining, theme: Theme) -> None:
    training.set_data(DataChoice("digits"))
    person.open(load_preset("xor-mlp"))
    view = person.view
    assert "The network takes" in view.notice.words.text()
    assert view.notice.take.text() == "Learn exclusive or"
    theme.set_name("night")
    words = view.notice.words.grab().toImage()
    lightest = max(words.pixelColor(x, y).lightness() for x in range(200) for y in range(words.height()))
    assert lightest > 180  # read on a dark ground
    assert training.looks == 0
    view.bar.data.setCurrentIndex(view.bar.data.findData("circle"))
    view.bar.data.activated.emit(view.bar.data.currentIndex())
    assert training.data.name == "circle"
    assert "The network takes" not in view.notice.words.text()
    assert (training.settings.epochs, training.settings.learning_rate) == (
        600,
        0.02,
    )  # ten epochs would be over at once
    person.document.undo_stack.undo()
    assert (training.data.name, training.settings.epochs) == ("digits", 10)
    QTest.mouseClick(view.notice.take, Qt.MouseButton.LeftButton)
    assert training.data.name == "xor"
    view.link.look()
    assert training.looks == 1
    training.show()
    assert not view.notice.isVisible()


def test_nothing_is_asked_while_nobody_looks(person: Person, training: PlayedTraining) -> None:
    person.open(load_preset("xor-mlp"))
    assert training.inside.wish.layers
    person.view.bar.back.click()
    assert not training.inside.wish.responses
    training.go("running")
    person.press(person.panel.toolbar.neurons_button)
    assert any(isinstance(one, WatchNetwork) and one.responses for one in training.sent)
    person.panel.set_awake(False)  # behind another panel's tab, where Qt hides nothing
    assert not training.inside.wish.responses
    person.panel.set_awake(True)
    assert training.inside.wish.responses
    state = person.panel.state()
    person.view.bar.back.click()
    person.panel.set_awake(False)
    person.panel.apply(state)  # a cue's, behind another panel's tab
    assert person.view.isVisible()
    assert not training.inside.wish.responses
    person.panel.set_awake(True)
    assert training.inside.wish.responses


# --- looks --------------------------------------------------------------------------------------------------------------


def test_columns_of_any_size_stand_apart_inside_the_room() -> None:
    for widths in ((2, 1), (2, 4, 2, 1), (2, *(16,) * 7, 1), (16, 16, 10)):
        for size in ((380.0, 260.0), (900.0, 640.0)):
            layout = NeuronLayout(widths, *size, top=60.0, bottom=10.0)
            for column, number in enumerate(widths):
                places = [layout.center(Spot(column, unit)) for unit in range(number)]
                assert all(y - layout.side / 2 >= 60 and y + layout.side / 2 <= size[1] - 9 for _, y in places), widths
                assert all(other[1] - one[1] >= layout.side for one, other in pairwise(places)), widths
                assert all(layout.neuron_at(*place) == Spot(column, unit) for unit, place in enumerate(places)), widths
            assert layout.column_pitch > layout.side
            for wire in layout.wires[:: max(1, len(layout.wires) // 40)]:
                found = layout.wire_at(*layout.wire_point(wire, 0.97), reach=4.0)
                assert found is not None, (widths, size, wire)
                assert found.column == wire.column, (widths, size, wire)


def test_no_button_is_cut_in_any_theme_and_size(
    person: Person, theme: Theme, training: PlayedTraining, qtbot: QtBot
) -> None:
    person.open(load_preset("playground"))
    training.show(value=0.5)
    view = person.view
    for name in THEME_NAMES:
        theme.set_name(name)
        for size in ((1280, 800), (1920, 1080), (560, 800)):
            person.panel.resize(*size)
            fits = lambda: view.legend.height() >= view.legend.heightForWidth(view.legend.width()) - 1  # noqa: E731
            qtbot.waitUntil(fits)
            for head in view.heads:
                place = head.geometry()
                assert view.canvas.rect().contains(place), (name, size)
                assert place.bottom() <= view.canvas.place_of(Spot(1, 0)).y() - view.canvas.layout_shown.side / 2
            assert all(not one.geometry().intersects(other.geometry()) for one, other in pairwise(view.heads))
            assert view.output.plot.height() >= theme.px(120), (name, size)
            assert view.canvas.layout_shown.side >= theme.px(12), (name, size)
