"""What parts the cell from its curves: most of the height is the cell's, and where a person puts it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.panel import StateError
from app.panels.neuron.panel import NeuronPanel


@pytest.fixture
def panel(show_panel: Callable[..., NeuronPanel]) -> NeuronPanel:
    return show_panel()


def drag(panel: NeuronPanel, by: int) -> None:
    handle = panel.page.splitter.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseMove(handle, middle + QPoint(0, by))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle + QPoint(0, by))


@pytest.mark.parametrize("theme_name", ["paper", "projector"])
def test_most_of_the_height_is_the_cell_s(panel: NeuronPanel, theme_name: str) -> None:
    panel.workspace.theme.set_name(theme_name)
    panel.resize(1280, 700)
    cell, curves = panel.page.splitter.sizes()
    assert curves >= panel.page.traces.minimumHeight()
    assert cell > 1.5 * curves


def test_where_a_person_parts_them_is_kept_and_home_puts_it_back(panel: NeuronPanel) -> None:
    panel.resize(1280, 800)
    before = panel.page.splitter.sizes()
    drag(panel, -120)
    moved = panel.page.splitter.sizes()
    assert moved[1] == before[1] + 120
    state = json.loads(json.dumps(panel.state()))
    panel.resize(1280, 1000)
    panel.resize(1280, 800)
    assert panel.page.splitter.sizes() == pytest.approx(moved, abs=2), "a window that is resized forgets nothing"
    panel.reset()
    assert panel.page.splitter.sizes() == before
    panel.apply(state)
    assert panel.page.splitter.sizes() == pytest.approx(moved, abs=2)
    assert panel.state()["traces_share"] == state["traces_share"]


def test_a_share_that_cannot_be_is_refused(panel: NeuronPanel) -> None:
    state = panel.state()
    with pytest.raises(StateError) as refused:
        panel.apply({**state, "traces_share": 1.5})
    assert refused.value.key == "traces_share"
    assert panel.state() == state


def test_benches_that_are_not_in_front_take_no_room(panel: NeuronPanel) -> None:
    panel.workspace.theme.set_name("projector")
    before = panel.minimumSizeHint()
    for bench in ("timing", "excitability", "unit"):
        panel.show_bench(bench)
    assert panel.minimumSizeHint().height() > before.height(), "one of them is higher than the cell"
    panel.show_bench("cell")
    assert panel.minimumSizeHint().height() <= before.height(), "the clock would be cut off"
    assert panel.minimumSizeHint().width() <= before.width()


def test_no_bench_pushes_the_clock_below_the_edge_of_a_low_window(panel: NeuronPanel) -> None:
    panel.workspace.theme.set_name("projector")
    for bench in ("timing", "unit", "cell"):
        panel.show_bench(bench)
        layout = panel.layout()
        assert layout is not None
        layout.activate()  # a dock gives what is asked for now, and takes none of it back
        assert panel.minimumHeight() <= 552, f"{bench}: so much leave menus, tools and status bar of 720 px"
