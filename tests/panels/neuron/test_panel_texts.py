"""No text of any bench is cut off, in any theme, in a window of 1280 x 720 or larger."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parents[2] / "app" / "window"))

from clipped_text import clipped_texts
from played_engine import PlayedLine

from app.panels.neuron.bench import BENCHES, bench_names
from app.panels.neuron.panel import NeuronPanel
from app.widgets.theme import THEME_NAMES, Theme

PROJECTED = 1024  # px: as wide as an old projector
SMALL, LARGE = (1264, 560), (1900, 900)  # what windows of 1280 x 720 and 1920 x 1080 leave


@pytest.mark.parametrize(("theme_name", "size"), [*((name, SMALL) for name in THEME_NAMES), ("projector", LARGE)])
def test_no_text_of_a_bench_is_clipped_and_no_card_is_wider_than_its_room(
    show_panel: Callable[..., NeuronPanel],
    line: PlayedLine,
    theme: Theme,
    qapp: QApplication,
    qtbot: QtBot,
    theme_name: str,
    size: tuple[int, int],
) -> None:
    line.answers_models = False
    theme.set_name(theme_name)
    panel = show_panel(*size)
    assert (panel.width(), panel.height()) == size
    found, cards = {}, 0
    for name in bench_names():
        panel.show_bench(name)
        qtbot.wait(50)
        clipped = clipped_texts(panel)
        if clipped:
            found[name] = clipped
        bench = panel.stage.built(name)
        assert panel.minimumSizeHint().width() <= PROJECTED, name
        if bench.keeps_cell:
            cards += 1
            room = bench.parentWidget()
            assert room is not None
            qtbot.waitUntil(lambda bench=bench, room=room: bench.width() <= room.width())  # type: ignore[misc]
    assert found == {}
    assert cards >= 2


def test_each_bench_has_its_tab_with_a_sentence(show_panel: Callable[..., NeuronPanel], line: PlayedLine) -> None:
    line.answers_models = False
    panel = show_panel()
    assert [panel.strip.tabText(number) for number in range(panel.strip.count())] == [spec.title for spec in BENCHES]
    for number, spec in enumerate(BENCHES):
        assert spec.description in panel.strip.tabToolTip(number)
        panel.strip.setCurrentIndex(number)
        assert panel.stage.name == spec.name
        bench = panel.stage.built(spec.name)
        assert panel.clock_bar.isVisible() == (bench.keeps_cell or bench.keeps_clock)
