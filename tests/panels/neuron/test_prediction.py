from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from bench_hands import draw_over
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import ChoiceQuestion, NumberQuestion, Prediction, SketchQuestion
from app.panels.neuron.prediction_sketch import COLUMNS, SketchLayer
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme


@pytest.fixture
def look(qapp: Any) -> Iterator[Theme]:
    theme = Theme("paper")
    theme.install(qapp)
    yield theme
    qapp.setStyleSheet("")


def shown(box: PredictionBox, qtbot: QtBot) -> PredictionBox:
    box.resize(330, 260)
    qtbot.addWidget(box)
    box.show()
    qtbot.waitExposed(box)
    return box


def press(box: PredictionBox, text: str) -> None:
    button = next(button for button in box.findChildren(QPushButton) if button.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def number_box(look: Theme, qtbot: QtBot) -> PredictionBox:
    return shown(PredictionBox(look, "How many must fire together?", NumberQuestion(1, 20, 5)), qtbot)


@pytest.fixture
def choice_box(look: Theme, qtbot: QtBot) -> PredictionBox:
    kind = ChoiceQuestion(("on the same dendrite", "spread over five dendrites", "no difference"))
    return shown(PredictionBox(look, "Where do ten inputs do more?", kind), qtbot)


def test_a_number_is_said_by_enter_and_both_stay_visible(number_box: PredictionBox, qtbot: QtBot) -> None:
    assert not number_box.is_ready
    field = number_box.field
    assert field is not None
    field.setFocus()
    field.selectAll()
    with qtbot.waitSignal(number_box.changed):
        QTest.keyClicks(field, "8")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert number_box.is_ready
    assert number_box.prediction == Prediction(number=8.0)
    assert number_box.verdict.text() == "You said: 8. Now run it."
    number_box.show_result("10")
    assert number_box.verdict.isVisible()
    assert number_box.verdict.text() == "You said: 8. The cell: 10."


def test_the_field_alone_is_no_prediction(number_box: PredictionBox) -> None:
    assert number_box.field is not None
    number_box.field.stepBy(3)
    assert not number_box.is_ready
    press(number_box, "Predict")
    assert number_box.prediction.number == 8.0


def test_free_play_needs_no_prediction(number_box: PredictionBox, qtbot: QtBot) -> None:
    with qtbot.waitSignal(number_box.changed):
        number_box.switch.click()
    assert number_box.is_ready
    assert not number_box.question.isVisible()
    number_box.show_result("10")
    assert not number_box.verdict.isVisible()


def test_a_choice_is_marked_and_cannot_be_changed_afterwards(choice_box: PredictionBox) -> None:
    press(choice_box, "no difference")
    assert choice_box.prediction.choice == 2
    press(choice_box, "on the same dendrite")
    assert choice_box.prediction.choice == 0
    choice_box.show_result("spread over five dendrites", right=1)
    press(choice_box, "spread over five dendrites")
    assert choice_box.prediction.choice == 0
    assert choice_box.verdict.text() == "You said: on the same dendrite. The cell: spread over five dendrites."
    right = [button for button in choice_box.findChildren(QPushButton) if not button.icon().isNull()]
    assert [button.text() for button in right] == ["spread over five dendrites"]


def test_predicting_again_forgets_both(choice_box: PredictionBox) -> None:
    press(choice_box, "no difference")
    choice_box.show_result("spread over five dendrites", right=1)
    choice_box.again.click()
    assert choice_box.prediction == Prediction()
    assert not choice_box.is_ready
    assert not choice_box.verdict.isVisible()
    assert not any(button.isChecked() for button in choice_box.findChildren(QPushButton))


def test_a_prediction_goes_through_json(choice_box: PredictionBox) -> None:
    press(choice_box, "no difference")
    raw = msgspec.json.decode(msgspec.json.encode(choice_box.prediction))
    choice_box.again.click()
    told: list[bool] = []
    choice_box.changed.connect(lambda: told.append(True))
    choice_box.set_prediction(msgspec.convert(raw, Prediction))
    assert choice_box.said_text == "no difference"
    assert not told


def test_another_question_takes_the_place_of_the_first(choice_box: PredictionBox) -> None:
    press(choice_box, "no difference")
    choice_box.set_question("How many?", NumberQuestion(1, 9, 4))
    assert not choice_box.is_answered
    assert choice_box.field is not None
    press(choice_box, "Predict")
    assert choice_box.said_text == "4"
    choice_box.set_prediction(Prediction(choice=1))
    assert not choice_box.is_answered


@pytest.fixture
def sketch(look: Theme, qtbot: QtBot) -> tuple[PredictionBox, StyledPlot]:
    frame = QWidget()
    plot = StyledPlot(look, "current", "nA", "rate", "Hz")
    plot.setXRange(0.0, 10.0, padding=0)
    plot.setYRange(0.0, 100.0, padding=0)
    box = PredictionBox(look, "Draw the curve.", SketchQuestion(SketchLayer(plot, (0.0, 10.0), (0.0, 100.0))))
    column = QVBoxLayout(frame)
    column.addWidget(plot, 1)
    column.addWidget(box)
    frame.resize(600, 500)
    qtbot.addWidget(frame)
    frame.show()
    qtbot.waitExposed(frame)
    box.frame = frame  # type: ignore[attr-defined]  # keeps it alive
    return box, plot


def drawn_points(plot: StyledPlot) -> int:
    """In how many columns the sketch on show has a point."""
    _, y = plot.curve_data()["your sketch"]
    return int(np.isfinite(np.asarray(y)).sum())


def test_a_curve_is_drawn_with_the_mouse(sketch: tuple[PredictionBox, StyledPlot]) -> None:
    box, plot = sketch
    draw_over(plot, (1.0, 20.0), (9.0, 60.0))
    assert box.is_ready
    curve = box.prediction.curve
    assert curve is not None
    assert curve == tuple(sorted(curve))
    middle = min(curve, key=lambda point: abs(point[0] - 5.0))
    assert middle[1] == pytest.approx(40.0, abs=2.0)
    name, (x, y) = next(iter(plot.curve_data().items()))
    assert name == "your sketch"
    assert len(x) == len(y) == COLUMNS


def test_a_short_stroke_is_no_curve_and_a_second_one_completes_it(sketch: tuple[PredictionBox, StyledPlot]) -> None:
    box, plot = sketch
    draw_over(plot, (1.0, 20.0), (4.0, 20.0))
    assert not box.is_ready
    assert any(said.text().startswith("Draw on:") for said in box.findChildren(QLabel))
    draw_over(plot, (4.0, 20.0), (9.0, 80.0))
    assert box.is_ready
    assert not any(said.text().startswith("Draw on:") for said in box.findChildren(QLabel))


def test_a_stroke_that_is_no_curve_yet_outlives_a_change_of_theme(
    look: Theme, sketch: tuple[PredictionBox, StyledPlot]
) -> None:
    box, plot = sketch
    draw_over(plot, (1.0, 20.0), (4.0, 20.0))
    before = drawn_points(plot)
    assert before > 10
    look.set_name("night")
    assert drawn_points(plot) == before
    draw_over(plot, (4.0, 20.0), (9.0, 80.0))
    assert box.is_ready
    assert box.prediction.curve is not None
    assert box.prediction.curve[0][0] == pytest.approx(1.0, abs=0.2)


def test_a_stroke_that_is_no_curve_yet_goes_with_the_state(sketch: tuple[PredictionBox, StyledPlot]) -> None:
    box, plot = sketch
    draw_over(plot, (1.0, 20.0), (4.0, 20.0))
    box.set_prediction(Prediction())
    assert drawn_points(plot) == 0
    draw_over(plot, (1.0, 20.0), (4.0, 20.0))
    box.switch.click()  # free play: nothing is asked any more
    assert drawn_points(plot) == 0


def test_predicting_again_takes_a_curve_of_few_points_away(sketch: tuple[PredictionBox, StyledPlot]) -> None:
    box, plot = sketch
    box.set_prediction(Prediction(curve=((1.0, 20.0), (2.0, 30.0))))
    assert drawn_points(plot) == 2
    box.again.click()
    assert drawn_points(plot) == 0


def test_a_sketch_cannot_be_changed_after_the_result(sketch: tuple[PredictionBox, StyledPlot]) -> None:
    box, plot = sketch
    draw_over(plot, (0.0, 10.0), (10.0, 10.0))
    said = box.prediction
    box.show_result("it jumps at 6")
    draw_over(plot, (0.0, 90.0), (10.0, 90.0))
    assert box.prediction == said
    assert box.verdict.text() == "You said: the dashed curve. The cell: it jumps at 6."


def test_what_leaves_the_axes_is_kept_on_them(sketch: tuple[PredictionBox, StyledPlot]) -> None:
    box, plot = sketch
    draw_over(plot, (0.0, 50.0), (10.0, 130.0))
    curve = box.prediction.curve
    assert curve is not None
    assert max(y for _, y in curve) == 100.0


def test_a_logarithmic_axis_has_its_columns_where_the_pen_was(look: Theme, qtbot: QtBot) -> None:
    plot = StyledPlot(look, "frequency", "Hz", "change", "")
    qtbot.addWidget(plot)
    plot.setLogMode(x=True, y=False)
    plot.setXRange(0.0, 2.0, padding=0.0)
    plot.setYRange(0.0, 1.0, padding=0.0)
    plot.resize(600, 400)
    plot.show()
    qtbot.waitExposed(plot)
    layer = SketchLayer(plot, (1.0, 100.0), (0.0, 1.0), is_log_x=True)
    layer.set_armed(True)
    draw_over(plot, (0.0, 0.0), (2.0, 1.0))  # as the plot places them: 1 and 100 Hz
    x, y = np.array(layer.points).T
    assert len(x) == COLUMNS
    assert np.allclose(np.log10(x), 2.0 * y, atol=0.02)
    again = SketchLayer(plot, (1.0, 100.0), (0.0, 1.0), is_log_x=True)
    again.set_points(layer.points)
    assert again.points == layer.points
