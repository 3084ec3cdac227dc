"""The sentence over the cell: that a stimulus came before the cell was at rest, and that it hides no name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF

from app.panels.neuron.cell_view import PLACES
from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.panel_news import HINT
from app.widgets.theme import THEME_NAMES

ShowPanel = Callable[..., NeuronPanel]
Live = Callable[[NeuronPanel, float], None]


@pytest.fixture
def live(play: Callable[[NeuronPanel, float], None]) -> Live:
    """live(panel, ms): the cell lives so long."""

    def run(panel: NeuronPanel, span_ms: float) -> None:
        panel.session.clock.has_slow_motion = False
        panel.session.clock.set_speed(10.0)
        panel.session.clock.is_playing = True
        for _ in range(-(-round(span_ms) // 5)):  # in parts, each of which is soon computed
            play(panel, min(5.0, span_ms) / 10.0)
            span_ms -= 5.0

    return run


def said(panel: NeuronPanel) -> str:
    panel.news.show_notice()
    return panel.page.notice.text


def test_a_stimulus_before_the_cell_is_at_rest_is_said_so(show_panel: ShowPanel, live: Live) -> None:
    panel = show_panel()
    panel.hand.fire_count(9)
    live(panel, 12.0)
    assert said(panel) == "", "the first one finds it at rest"
    panel.hand.fire_count(10)
    live(panel, 1.0)
    first, second = (line.at_ms for line in panel.session.script_lines())
    sentence = f"{second - first:.0f} ms after the last stimulus"
    assert 10.0 < second - first < 20.0
    assert said(panel).startswith(sentence)
    live(panel, 12.0)
    assert said(panel) == "", "only for a while"
    panel.session.show_moment(second + 2.0)
    assert said(panel).startswith(sentence), "and again where it is scrubbed to"
    panel.session.show_moment(second - 2.0)
    assert said(panel) == ""


def test_stimuli_that_are_meant_to_sum_and_those_long_after_are_not_spoken_of(
    show_panel: ShowPanel, live: Live
) -> None:
    panel = show_panel()
    panel.hand.fire_count(4)
    live(panel, 2.0)
    panel.hand.fire_count(4)
    live(panel, 1.0)
    assert said(panel) == ""
    live(panel, 32.0)
    panel.hand.fire_count(4)
    live(panel, 1.0)
    assert said(panel) == ""


@pytest.mark.parametrize("theme_name", THEME_NAMES)
def test_no_name_stands_where_the_sentence_is(show_panel: ShowPanel, theme_name: str) -> None:
    panel = show_panel()
    panel.workspace.theme.set_name(theme_name)
    panel.resize(1280, 640)
    assert said(panel) == HINT
    notice = QRectF(panel.page.notice.geometry())
    names = panel.view.scene.placed_labels(panel.view.picture)
    assert len(names) >= 5
    assert not [name.label.text for name in names if name.box.intersects(notice)]
    panel.resize(1024, 560)
    assert panel.page.notice.geometry().left() > 0.4 * panel.view.width()  # dendrites and electrode stay in sight


def test_the_first_hint_does_not_cover_what_is_looked_at_closely(show_panel: ShowPanel) -> None:
    panel = show_panel()
    assert "channel" in PLACES
    panel.view.go_to("channel", animated=False)
    assert said(panel) == ""
    panel.view.go_to("cell", animated=False)
    assert said(panel) == HINT


def test_from_near_nothing_is_said_of_a_cell_that_is_not_at_rest(show_panel: ShowPanel, live: Live) -> None:
    panel = show_panel()
    panel.hand.fire_count(4)
    live(panel, 12.0)
    panel.hand.fire_count(4)
    live(panel, 1.0)
    assert "not at rest" in said(panel)
    panel.view.go_to("terminal", animated=False)
    assert said(panel) == ""
