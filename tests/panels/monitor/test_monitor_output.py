"""The output: surfaces, test samples, confusion and the drawing pad, as a person sees and uses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from trainers.digit_pad import prepare_digit
from trainers.events import Prediction

Make = Callable[..., Any]


def order_of(panel: Any) -> list[int]:
    return [int(item) for item in panel.output.digits.model.order]


def test_before_a_run_it_says_what_to_do_and_then_that_answers_are_on_their_way(panel: Any, training: Any) -> None:
    assert panel.output.words.isVisible()
    assert "Press Space" in panel.output.words.text()
    training.start_run()
    assert panel.output.words.isVisible()
    assert "on their way" in panel.output.words.text(), "Space would pause now"


def test_wrong_samples_come_first_with_a_cross(panel: Any, training: Any, make_digits: Make) -> None:
    training.start_run()
    training.play(make_digits(wrong=(3, 7)))
    digits = panel.output.digits
    assert digits.isVisible()
    assert order_of(panel)[:3] == [3, 7, 0]
    assert digits.headline.text() == "2 of 20 wrong"
    assert digits.delegate.texts(3) == ("✗ 4, is 3", "75 %")
    assert digits.delegate.texts(0) == ("0", "75 %")
    index = digits.model.index(0)
    assert "wrong, it is 3" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "wrong, it is 3" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_tiles_keep_their_places_for_a_while_and_settle_at_a_pause(
    panel: Any, training: Any, make_digits: Make
) -> None:
    training.start_run()
    training.play(make_digits(5, wrong=(3,)))
    training.play(make_digits(6, wrong=(9,), images=False))
    assert order_of(panel)[0] == 3  # the mark moves at once, the tile does not
    assert not panel.output.digits.model.is_right(9)
    panel.advance(3.0)
    training.play(make_digits(7, wrong=(9,), images=False))
    assert order_of(panel)[0] == 9
    training.play(make_digits(8, wrong=(5,), images=False))
    training.go_to("paused")
    assert order_of(panel)[0] == 5


def test_a_sample_goes_to_the_pad_as_it_is(panel: Any, training: Any, make_digits: Make) -> None:
    training.start_run()
    training.play(make_digits())
    view = panel.output.digits.view
    view.setCurrentIndex(panel.output.digits.model.index(0))
    panel.output.digits.pad_button.click()
    assert panel.output.pad.isVisible()
    assert training.asked[-1].shape == (1, 28, 28)
    assert training.asked[-1].max() == 1.0


def test_space_on_the_grid_is_left_to_the_panel(panel: Any, training: Any, make_digits: Make, qtbot: Any) -> None:
    training.start_run()
    training.play(make_digits())
    presses: list[int] = []
    panel.keyPressEvent = lambda event: presses.append(event.key())
    QTest.keyClick(panel.output.digits.view, Qt.Key.Key_Space)
    assert presses == [Qt.Key.Key_Space]


def test_the_confusion_matrix_reads_its_cells_aloud(panel: Any, training: Any, make_digits: Make) -> None:
    training.start_run()
    training.play(make_digits(46))
    panel.output.switch.button("confusion").click()
    matrix = panel.output.confusion
    assert matrix.isVisible()
    assert matrix.readout.text() == "4 of 304 test samples wrong, step 46"
    matrix.cells.choose(3, 7)
    QTest.keyClick(matrix.cells, Qt.Key.Key_Right)
    assert matrix.readout.text() == "3 taken for 8: 4 of 34"
    assert matrix.cells.writing(40.0, 20.0)[0] == "counts"
    assert matrix.cells.writing(4.0, 20.0)[0] == "nothing"


def draw(canvas: Any, *points: tuple[float, float]) -> None:
    square = canvas.square()
    places = [
        QPoint(round(square.x() + x * square.width()), round(square.y() + y * square.height())) for x, y in points
    ]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])


@pytest.fixture
def pad(panel: Any) -> Any:
    panel.output.switch.button("pad").click()
    return panel.output.pad


def test_a_drawing_is_prepared_and_asked_about_while_it_is_drawn(pad: Any, training: Any) -> None:
    draw(pad.canvas, (0.3, 0.2), (0.7, 0.2), (0.5, 0.8))
    assert len(pad.strokes) == 1
    assert len(training.asked) >= 3  # not only at the end
    seen = training.asked[-1][0]
    assert np.array_equal(seen, prepare_digit(pad.canvas.ink.raster(), "digits"))
    assert np.array_equal(seen, pad.seen.pixels)
    assert 0.5 < seen.max() <= 1.0


def test_a_drawing_is_not_put_to_a_network_of_points(pad: Any, panel: Any, training: Any) -> None:
    draw(pad.canvas, (0.3, 0.2), (0.7, 0.8))
    box = panel.data.data_box
    box.activated.emit(box.findData("circle"))
    asked = len(training.asked)
    pad.set_may_ask(False)
    pad.set_may_ask(True)
    assert not panel.output.has_pad
    assert len(training.asked) == asked


def test_the_empty_pad_says_how_the_writers_of_the_data_drew_a_seven(pad: Any) -> None:
    assert "bar through your 7" in pad.canvas.toolTip()
    told = pad.canvas.grab().toImage()
    pad.like = "mnist"
    assert "bar" not in pad.canvas.toolTip().replace("the bars show", "")
    assert pad.canvas.grab().toImage() != told


def test_the_answer_is_shown_as_ten_bars(pad: Any, training: Any) -> None:
    draw(pad.canvas, (0.3, 0.2), (0.7, 0.8))
    outputs = np.full(10, 0.02, np.float32)
    outputs[7] = 0.82
    training.play(Prediction(3, 1, outputs))
    assert pad.answer.text() == "7: 82 %"
    assert "7: 82%" in pad.bars.accessibleDescription()
    assert len(pad.bars.rows()) == 10


def test_on_a_small_projector_the_pad_leaves_the_panel_within_the_screen(
    panel: Any, workspace: Any, training: Any
) -> None:
    training.start_run()
    workspace.theme.set_name("projector")
    panel.resize(1280, 600)  # what menus, toolbar, tabs and status bar leave of 800
    panel.output.switch.button("pad").click()
    assert panel.output.minimumSizeHint().height() <= 320  # the curves below need the rest
    pad = panel.output.pad
    draw(pad.canvas, (0.3, 0.2), (0.7, 0.8))
    outputs = np.full(10, 0.02, np.float32)
    outputs[7] = 0.82
    training.play(Prediction(3, 1, outputs))
    assert 7 in pad.bars.rows()
    assert pad.bars.rows() == sorted(pad.bars.rows())  # a digit keeps its place among the others
    assert len(pad.bars.rows()) >= 5


def test_strokes_are_taken_back_and_the_pad_is_cleared(pad: Any, training: Any) -> None:
    draw(pad.canvas, (0.3, 0.2), (0.3, 0.8))
    draw(pad.canvas, (0.6, 0.2), (0.6, 0.8))
    pad.undo_button.click()
    assert len(pad.strokes) == 1
    QTest.keyClick(pad.canvas, Qt.Key.Key_Backspace)
    assert pad.strokes == []
    assert not pad.clear_button.isEnabled()
    draw(pad.canvas, (0.3, 0.2), (0.3, 0.8))
    pad.clear_button.click()
    assert pad.seen.pixels is None
    assert pad.bars.outputs is None


def test_a_stylus_draws_too(pad: Any) -> None:
    canvas = pad.canvas
    square = canvas.square()

    def send(kind: QEvent.Type, x: float, y: float) -> None:
        at = QPointF(square.x() + x * square.width(), square.y() + y * square.height())
        event = QTabletEvent(
            kind, QPointingDevice.primaryPointingDevice(), at, QPointF(canvas.mapToGlobal(at)), 0.5, 0.0, 0.0, 0.0, 0.0,
            0.0, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
        )  # fmt: skip
        QApplication.sendEvent(canvas, event)

    send(QEvent.Type.TabletPress, 0.2, 0.2)
    send(QEvent.Type.TabletMove, 0.8, 0.8)
    send(QEvent.Type.TabletRelease, 0.8, 0.8)
    assert [len(stroke) for stroke in pad.strokes] == [2]


def test_the_keyboard_has_test_digits(panel: Any, pad: Any, training: Any, make_digits: Make) -> None:
    training.start_run()
    training.play(make_digits())
    pad.test_button.click()
    assert pad.seen.pixels is not None
    assert np.array_equal(training.asked[-1][0], pad.seen.pixels)
    assert pad.test_button.shortcut().toString() == "T"


def test_while_it_learns_the_drawing_is_asked_about_again(panel: Any, pad: Any, training: Any) -> None:
    draw(pad.canvas, (0.3, 0.2), (0.7, 0.8))
    training.start_run()
    before = len(training.asked)
    panel.advance(1.0)
    training.play_steps(1, 10)
    assert len(training.asked) == before + 1


def test_points_get_a_surface_with_a_scale_and_a_reading(panel: Any, training: Any, make_surface: Make) -> None:
    state = panel.state()
    state["network"], state["data"]["name"] = "playground", "circle"
    panel.apply(state)
    training.start_run("circle", ("blue", "orange"))
    training.play(make_surface(0, 0.25))
    surface = panel.output.surface
    assert surface.isVisible()
    assert surface.image.isVisible()
    assert surface.bar.isVisible()
    assert surface.reading(1.0, 2.0) == "x₁ 1.00, x₂ 2.00: blue 75 %"
    training.play(make_surface(1, 0.9, points=False))
    assert surface.reading(1.0, 2.0).endswith("orange 90 %")
    assert "2 train" in surface.legend.text()
    assert "2 test" in surface.legend.text()
    assert {item.opts["symbol"] for item in surface._scatters} == {"o", "s"}


def test_a_regression_is_read_as_a_number(panel: Any, training: Any, make_surface: Make) -> None:
    state = panel.state()
    state["network"], state["data"]["name"] = "playground", "hills"
    panel.apply(state)
    training.start_run("hills", ())
    training.play(make_surface(0, -0.5))
    assert panel.output.surface.reading(0.0, 0.0).endswith("-0.500")
    assert panel.output.surface.bar.low == "-1"


def test_other_data_empty_the_output(panel: Any, training: Any, make_digits: Make) -> None:
    training.start_run()
    training.play(make_digits())
    state = panel.state()
    state["network"], state["data"]["name"] = "playground", "circle"
    panel.apply(state)
    training.go_to("idle")
    assert panel.output.words.isVisible()
    assert not panel.output.switch.isVisible()


def test_with_room_pad_and_samples_stand_side_by_side(panel: Any, training: Any, make_digits: Make, qtbot: Any) -> None:
    training.start_run()
    training.play(make_digits())
    assert not panel.output.pad.isVisible()
    panel.resize(2800, 1200)
    qtbot.waitUntil(panel.output.pad.isVisible)
    assert panel.output.digits.isVisible()


def test_hidden_it_sleeps_and_shown_again_it_has_the_newest(panel: Any, training: Any, make_digits: Make) -> None:
    training.start_run()
    panel.hide()
    training.play(make_digits(5, wrong=(3,)))
    assert panel.output.digits.model.images == []
    panel.show()
    assert panel.output.digits.headline.text() == "1 of 20 wrong"


def test_only_the_tiles_that_changed_are_painted_anew(panel: Any, training: Any, make_digits: Any) -> None:
    training.start_run()
    training.play(make_digits(5))
    model = panel.output.digits.model
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    training.play(make_digits(6, images=False))
    assert changed == []
    training.play(make_digits(7, wrong=(3, 7, 12), images=False))
    (row,) = np.flatnonzero(model.order == 12)
    assert changed == [(row, row)]
    training.play(make_digits(8, wrong=tuple(range(20)), images=False))
    assert changed[1:] == [(0, 19)]
