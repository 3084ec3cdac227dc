"""What a person types into a number field, in and out of its range."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.number_field import NumberField
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider


def enter(qtbot: QtBot, field: NumberField, typed: str) -> str:
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    return field.text()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9999", "40 °C"),
        ("1e9", "40 °C"),
        ("1e400", "40 °C"),
        ("40.001", "40 °C"),
        ("-3", "−2.5 °C"),
        ("-1e400", "−2.5 °C"),
        ("", "6.3 °C"),
        ("-", "6.3 °C"),
        ("1e", "6.3 °C"),
        ("39,5", "39.5 °C"),
    ],
)
def test_a_number_beyond_the_range_becomes_the_nearest_limit(qtbot: QtBot, typed: str, shown: str) -> None:
    field = NumberField(-2.5, 40.0, 6.3, unit="°C")
    qtbot.addWidget(field)
    assert enter(qtbot, field, typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"), [("2000000000000", "2147483647"), ("0", "1"), ("2.6", "3"), ("1e400", "2147483647")]
)
def test_a_whole_number_too(qtbot: QtBot, typed: str, shown: str) -> None:
    field = NumberField(1, 2_147_483_647, 7, is_whole=True)
    qtbot.addWidget(field)
    assert enter(qtbot, field, typed) == shown


@pytest.mark.parametrize(
    ("limits", "typed", "value"),
    [
        ((200, 3000), "1,000", 1000.0),
        ((200, 3000), "1,500.5", 1500.5),
        ((200, 3000), "12,000", 3000.0),
        ((200, 3000), "1,5", 200.0),
        ((0, 2), "1,250", 1.25),
        ((0, 2), "0,125", 0.125),
        ((0, 5_000_000), "1,234,567", 1_234_567.0),
        ((-3000, 3000), "-1,000", -1000.0),
    ],
)
def test_a_comma_before_three_digits_groups_them_where_that_lies_within_the_limits(
    qtbot: QtBot, limits: tuple[float, float], typed: str, value: float
) -> None:
    field = NumberField(*limits, limits[1] / 2)
    qtbot.addWidget(field)
    enter(qtbot, field, typed)
    assert field.value() == value


def test_a_limit_of_many_digits_is_kept_whole(qtbot: QtBot) -> None:
    field = NumberField(0.0, 1234567.25, 1.0)
    qtbot.addWidget(field)
    enter(qtbot, field, "9999999")
    assert field.value() == 1234567.25


def test_a_negative_number_has_a_true_minus_sign_and_is_read_with_either(qtbot: QtBot) -> None:
    field = NumberField(-90.0, 40.0, -0.8, unit="mV")
    qtbot.addWidget(field)
    assert field.text() == "−0.8 mV"
    for typed in ("-65", "−65"):
        field.setValue(1.0)
        field.selectAll()
        field.lineEdit().insert(typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert field.text() == "−65 mV"
        assert field.value() == -65.0


def test_a_slider_goes_to_its_end_with_the_field_and_settles_once(qtbot: QtBot) -> None:
    slider = ValueSlider(Theme("paper"), "Rate", 1e-5, 10.0, 1e-3, is_log=True)
    qtbot.addWidget(slider)
    settled: list[float] = []
    slider.value_settled.connect(settled.append)
    enter(qtbot, slider.field, "1e9")
    assert settled == [10.0]
    assert slider.slider.value() == slider.slider.maximum()


def test_a_wheel_turns_the_number_only_while_one_is_typing_there(qtbot: QtBot) -> None:
    column = QWidget()
    qtbot.addWidget(column)
    field, other = NumberField(0.0, 10.0, 5.0, step=1.0, parent=column), NumberField(0.0, 1.0, 0.0, parent=column)
    column.show()
    qtbot.waitExposed(column)
    column.activateWindow()
    for typed, value in ((other, 5.0), (field, 4.0)):
        typed.setFocus()
        qtbot.waitUntil(typed.hasFocus)
        middle = QPointF(field.rect().center())
        turn = QWheelEvent(
            middle, field.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, turn)
        assert field.value() == value
