"""Random gestures on the real canvas, with undo and redo: what is drawn is the drawing, and nothing ever crashes.

500 in the suite; 10,000 and more by HILLOCK_GESTURES=10000.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

import pytest
from builder_person import Person
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.panels.builder import neurons_room
from app.panels.builder.command_table import COMMANDS
from app.panels.builder.panel import BuilderPanel
from app.widgets.network_items import LayerItem
from app.widgets.network_wires import WireItem
from app.workspace import Workspace
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_diagnosis import diagnose
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph, Parameter
from trainers.network_groups import folded_away

GESTURES = int(os.environ.get("HILLOCK_GESTURES", "500"))
IN_ONE_LIFE = 45
START = load_preset("playground")
ASIDE = {"edit", "rename", "add", "at_work", "neurons"}  # these lead to other widgets and pages
NUMBERS = st.integers(0, 10_000)
NAMES = ["fc1", "conv", "new", "class", "2nd", "with space", "forward", "image", ""]
VALUES: list[Parameter] = [0, 1, 2, 3, 64, -1, 10**9, 0.5, True, None, "same", "", (3, 3), (1, 28, 28), (0,)]
MODIFIERS = st.sampled_from(
    [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier]
)


class Machine(RuleBasedStateMachine):
    """One life of the canvas: what a person may do, in any order."""

    person: Person  # set by the test: one panel for all lives
    workspace: Workspace
    wait: Callable[[Callable[[], bool]], None]

    def __init__(self) -> None:
        super().__init__()
        self.person.panel.resize(1280, 800)
        self.document = self.workspace.document
        self.board = self.person.board
        self.board.choose_wire(None)
        self.document.set_drawing(START)  # every life begins alike
        self.document.undo_stack.clear()
        QGuiApplication.clipboard().clear()
        self.person.panel.view.map.is_wanted = True
        self.board.fit()
        self.person.settle()

    def teardown(self) -> None:
        del self.document, self.board

    def name(self, number: int) -> str:
        names = self.board.reading_order()
        return names[number % len(names)]

    @property
    def has_cards(self) -> bool:
        return bool(self.board.placement.boxes)

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, modifier=MODIFIERS)
    def click_a_card(self, number: int, modifier: Qt.KeyboardModifier) -> None:
        self.person.click(self.person.at(self.name(number)), modifier)

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, x=st.integers(-300, 300), y=st.integers(-300, 300), modifier=MODIFIERS)
    def drag_a_card(self, number: int, x: int, y: int, modifier: Qt.KeyboardModifier) -> None:
        start = self.person.at(self.name(number))
        self.person.drag(start, start + QPoint(x, y), modifier)

    @precondition(lambda self: self.has_cards)
    @rule(one=NUMBERS, other=NUMBERS, is_output=st.booleans())
    def draw_a_wire(self, one: int, other: int, is_output: bool) -> None:
        start = self.person.port(self.name(one), is_output=is_output)
        self.person.drag(start, self.person.at(self.name(other)))

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, x=st.integers(-300, 300), y=st.integers(-300, 300))
    def leave_a_drag(self, number: int, x: int, y: int) -> None:
        start = self.person.at(self.name(number))
        self.person.drag(start, start + QPoint(x, y), is_released=False)
        self.person.key(Qt.Key.Key_Escape)

    @rule(x=st.integers(0, 700), y=st.integers(0, 600), dx=st.integers(-300, 300), dy=st.integers(-300, 300))
    def drag_anywhere(self, x: int, y: int, dx: int, dy: int) -> None:
        self.person.drag(QPoint(x, y), QPoint(x + dx, y + dy))

    @rule(x=st.integers(0, 700), y=st.integers(0, 600), kind=st.sampled_from(sorted(LAYER_KINDS)))
    def drop_a_kind(self, x: int, y: int, kind: str) -> None:
        self.person.drop_kind(kind, QPoint(x, y))

    @rule(kind=st.sampled_from(sorted(LAYER_KINDS)))
    def add_a_kind(self, kind: str) -> None:
        self.person.panel.palette_pane.kind_chosen.emit(kind, {})
        self.person.settle()

    @rule(name=st.sampled_from([command.name for command in COMMANDS if command.name not in ASIDE]))
    def command(self, name: str) -> None:
        self.person.panel.view.commands.run(name)
        self.board.leave_gesture()
        self.person.settle()

    @rule(key=st.sampled_from([Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down]), modifier=MODIFIERS)
    def arrow(self, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
        self.person.key(key, modifier)

    # --- layers, one by one -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, name=st.sampled_from(NAMES))
    def rename(self, number: int, name: str) -> None:
        panel = self.person.panel
        self.board.choose_layer(self.name(number))
        panel.rename_layer()
        if panel.form.layer is not None:
            QTest.keyClicks(panel.form.name, name)
            QTest.keyClick(panel.form.name, Qt.Key.Key_Return)
        self.person.settle()

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, which=NUMBERS, value=st.sampled_from(VALUES))
    def set_a_parameter(self, number: int, which: int, value: Parameter) -> None:
        form = self.person.panel.form
        self.board.choose_layer(self.name(number))
        if form.layer is not None and form.fields:
            names = list(form.fields)
            form.parameter_changed.emit(form.layer.name, names[which % len(names)], value)
        self.person.settle()

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS)
    def choose_a_row(self, number: int) -> None:
        rows = self.person.panel.table.layers.rows
        if rows:
            self.person.panel.table.choose_layer(rows[number % len(rows)].name)
        self.person.settle()

    @precondition(lambda self: not self.document.is_faulty)
    @rule(number=NUMBERS, value=st.integers(0, 40))
    def change_the_source(self, number: int, value: int) -> None:
        panel = self.person.panel
        panel.tabs.setCurrentIndex(1)
        self.wait(lambda: not panel.source.is_busy)
        numbers = list(re.finditer(r"(?<=[(=, ])\d+(?=[,)])", panel.source.text))
        if numbers:
            found, cursor = numbers[number % len(numbers)], panel.source.edit.textCursor()
            cursor.setPosition(found.start())
            cursor.setPosition(found.end(), QTextCursor.MoveMode.KeepAnchor)
            panel.source.edit.setTextCursor(cursor)
            QTest.keyClicks(panel.source.edit, str(value))
            self.wait(lambda: not panel.source.is_busy)
        panel.tabs.setCurrentIndex(0)
        self.person.settle()

    # --- wires --------------------------------------------------------------------------------------------------------

    def wire(self, number: int) -> tuple[str, str]:
        keys = sorted(self.board.placement.wires)
        return keys[number % len(keys)][:2]

    @precondition(lambda self: self.board.placement.wires)
    @rule(number=NUMBERS, kind=st.sampled_from(sorted(LAYER_KINDS)))
    def drop_a_kind_on_a_wire(self, number: int, kind: str) -> None:
        self.person.drop_kind(kind, self.person.middle_of_wire(*self.wire(number)))

    @precondition(lambda self: self.board.placement.wires)
    @rule(number=NUMBERS, key=st.sampled_from([Qt.Key.Key_Delete, Qt.Key.Key_Escape]))
    def choose_a_wire(self, number: int, key: Qt.Key) -> None:
        self.person.click(self.person.middle_of_wire(*self.wire(number)))
        self.person.key(key)

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, x=st.integers(-300, 300), y=st.integers(-300, 300))
    def pull_a_wire_into_the_open(self, number: int, x: int, y: int) -> None:
        start = self.person.port(self.name(number), is_output=x % 2 == 0)
        self.person.drag(start, start + QPoint(x, y))
        self.person.panel.palette_pane.kind_chosen.emit("relu", {})
        self.person.settle()

    @precondition(lambda self: self.has_cards)
    @rule(number=NUMBERS, steps=st.integers(0, 4), key=st.sampled_from([Qt.Key.Key_Return, Qt.Key.Key_Escape]))
    def draw_a_wire_by_keys(self, number: int, steps: int, key: Qt.Key) -> None:
        self.board.choose_layer(self.name(number))
        for pressed in (Qt.Key.Key_W, *[Qt.Key.Key_Right] * steps, key):
            self.person.key(pressed)
        self.person.key(Qt.Key.Key_Escape)

    # --- how it is looked at ------------------------------------------------------------------------------------------

    @rule(x=st.integers(0, 700), y=st.integers(0, 600), turn=st.sampled_from([-480, -120, 120, 480]))
    def zoom(self, x: int, y: int, turn: int) -> None:
        at, none = QPointF(x, y), Qt.KeyboardModifier.NoModifier
        phase, button = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
        turned = QWheelEvent(at, at, QPoint(), QPoint(0, turn), button, none, phase, False)
        QApplication.sendEvent(self.board.viewport(), turned)
        QApplication.processEvents()  # paints

    @rule(dx=st.integers(-300, 300), dy=st.integers(-300, 300))
    def pan(self, dx: int, dy: int) -> None:
        self.person.drag(QPoint(300, 300), QPoint(300 + dx, 300 + dy), button=Qt.MouseButton.MiddleButton)

    @precondition(lambda self: self.person.panel.view.map.isVisible())
    @rule(x=st.integers(0, 170), y=st.integers(0, 108))
    def look_by_the_map(self, x: int, y: int) -> None:
        QTest.mouseClick(self.person.panel.view.map, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        QApplication.processEvents()

    @rule(size=st.sampled_from([(1280, 800), (700, 500), (1100, 900)]))
    def change_the_size(self, size: tuple[int, int]) -> None:
        self.person.panel.resize(*size)
        QApplication.processEvents()
        self.person.settle()

    @rule()
    def put_the_state_back(self) -> None:
        panel = self.person.panel
        state = panel.state()
        panel.apply(state)
        self.person.settle()
        assert panel.state() == state

    # --- what was wrong, and back -------------------------------------------------------------------------------------

    @precondition(lambda self: self.person.panel.view.problem.buttons and self.document.is_faulty)
    @rule(number=NUMBERS)
    def mend(self, number: int) -> None:
        buttons = self.person.panel.view.problem.buttons
        buttons[number % len(buttons)].click()
        self.person.settle()

    @rule(steps=st.integers(1, 6))
    def undo(self, steps: int) -> None:
        before = self.document.drawing
        stack = self.document.undo_stack
        steps = min(steps, stack.index())
        for _ in range(steps):
            stack.undo()
        for _ in range(steps):
            stack.redo()
        assert self.document.drawing == before
        for _ in range(steps):
            stack.undo()
        self.person.settle()

    @rule()
    def redo(self) -> None:
        self.document.undo_stack.redo()
        self.person.settle()

    @invariant()
    def scene_and_graph_are_equal(self) -> None:
        drawing, board = self.document.drawing, self.board
        hidden = folded_away(drawing)
        cards = {hidden.get(layer.name, layer.name) for layer in drawing.layers}
        items = board.scene().items()
        assert {item.layer.name for item in items if isinstance(item, LayerItem)} == cards == set(board.placement.boxes)
        links = {(hidden.get(link.source, link.source), hidden.get(link.target, link.target)) for link in drawing.links}
        wires = {(item.source, item.target) for item in items if isinstance(item, WireItem)}
        assert wires == {(source, target) for source, target in links if source != target}
        for name, box in board.placement.boxes.items():
            assert board.layer_item(name).pos().toTuple() == pytest.approx((box.x, box.y)), name
        for layer in drawing.layers:
            if layer.position is not None and layer.name not in hidden:
                assert layer.position == pytest.approx(tuple(board.placement.boxes[layer.name][:2]))
        assert board.chosen <= cards
        assert board.gesture is None

    @invariant()
    def diagnosis_and_network_are_right(self) -> None:
        document = self.document
        fresh = diagnose(document.drawing)
        assert [problem.place for problem in document.diagnosis.problems] == [p.place for p in fresh.problems]
        assert document.is_faulty == bool(fresh.problems)
        assert document.diagnosis.facts == fresh.facts
        faulty = {name for name in self.board.placement.boxes if self.board.layer_item(name).is_faulty}
        hidden = folded_away(document.drawing)
        assert faulty == {hidden.get(problem.layer, problem.layer) for problem in fresh.problems} - {""}


@pytest.fixture
def machine(
    show: Callable[..., BuilderPanel], workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[type[Machine]]:
    monkeypatch.setattr(neurons_room, "OPENING_ZOOM", math.inf)  # so near, neurons would take the canvas's place
    person = Person(show(1280, 800))
    person.panel.source.rest.setInterval(0)
    wait = staticmethod(partial(qtbot.waitUntil, timeout=60_000))
    played: Any = type("PlayedMachine", (Machine,), {"person": person, "workspace": workspace, "wait": wait})
    yield cast(type[Machine], played)
    del played.person, played.workspace, played.wait  # hypothesis keeps the class until Qt is gone


@pytest.mark.timeout(0 if GESTURES > 1000 else 120)  # 10,000 gestures take some minutes
def test_random_gestures_leave_scene_and_graph_equal(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=-(-GESTURES // IN_ONE_LIFE),
            stateful_step_count=IN_ONE_LIFE,
            deadline=None,
            derandomize=GESTURES <= 1000,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_two_hundred_steps_are_undone(person: Person, workspace: Workspace) -> None:
    document = workspace.document
    graphs: list[NetworkGraph] = [document.drawing]
    person.board.choose_layer("")
    for number in range(211):
        person.board.edits.set_parameters(f"fc{1 + number % 2}", {"units": 100 + number})  # in turn: these do not merge
        graphs.append(document.drawing)
    for graph in reversed(graphs):
        assert document.drawing == graph
        document.undo_stack.undo()
    assert len(set(map(id, graphs))) == 212
