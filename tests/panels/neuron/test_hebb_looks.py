"""How the Hebb bench looks: its picture of the moment, what is exported, what fits, what was said drawn beside the rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from bench_models import ModelSession
from hebb_hands import answer, opened, play, put
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QPaintEvent
from pytestqt.qtbot import QtBot

from app.panels.neuron.bench import BenchContext
from app.panels.neuron.benches.hebb.bench import HebbBench
from app.panels.neuron.benches.hebb.state import DURATION, MOMENTS
from app.widgets.plot_export import export


@pytest.fixture
def bench(model_context: BenchContext, model_session: ModelSession, qtbot: QtBot) -> Iterator[HebbBench]:
    yield from opened(model_context, model_session, qtbot)


def test_the_picture_is_that_of_the_moment(bench: HebbBench, model_session: ModelSession) -> None:
    put(bench, model_session, view="inputs", rule="oja", prediction={"first": False}, shown=3.0)
    at_three = bench.grab().toImage()
    bench.stage.play_row.slider.setValue(800)
    other = bench.grab().toImage()
    bench.stage.play_row.slider.setValue(300)
    assert other != at_three
    assert bench.grab().toImage() == at_three


def test_rates_are_shown_from_zero(bench: HebbBench, model_session: ModelSession, qtbot: QtBot) -> None:
    cloud = bench.stage.cloud
    for width in (1240, 900):
        bench.resize(width, 600)
        qtbot.waitUntil(lambda width=width: bench.width() == width)
        for low, high in cloud.plotItem.vb.viewRange():
            assert low == 0.0
            assert high == pytest.approx(2.3)
    for word in cloud._words:
        assert word.pos().x() > 0.1
        assert word.pos().y() > 0.1
    put(bench, model_session, view="inputs", rule="oja")
    ranges = cloud.plotItem.vb.viewRange()
    assert all(low <= -2.6 < 2.6 <= high for low, high in ranges)
    box = cloud.plotItem.vb.screenGeometry()
    spans = [high - low for low, high in ranges]
    assert spans[0] / spans[1] == pytest.approx(box.width() / box.height(), rel=0.02)
    put(bench, model_session, view="pair", rule="hebb")
    assert [low for low, _ in cloud.plotItem.vb.viewRange()] == [0.0, 0.0]


def test_no_moment_of_two_cells_is_hidden_below_0(bench: HebbBench, model_session: ModelSession) -> None:
    put(bench, model_session, view="pair", rule="covariance", prediction={"first": False}, shown=DURATION)
    cloud = bench.stage.cloud
    moments = bench.stage._moments
    assert (moments < 0.0).any()  # chance has the rate of a cell below 0 now and then
    assert moments.shape == (MOMENTS, 2)
    seen = np.concatenate([np.stack(dots.getData(), axis=1) for dots in (cloud._up, cloud._down)])
    assert len(seen) == MOMENTS
    assert seen.min() == 0.0
    kept = seen[(seen > 0.0).all(axis=1)]
    assert {tuple(row) for row in kept.tolist()} == {
        tuple(row) for row in moments[(moments > 0.0).all(axis=1)].tolist()
    }


def test_plots_are_exported_with_their_points(bench: HebbBench, model_session: ModelSession, tmp_path: Path) -> None:
    put(bench, model_session, view="inputs", rule="bcm", prediction={"first": False}, shown=DURATION)
    for number, plot in enumerate([bench.stage.cloud, *(column.plot for column in bench.stage.columns)]):
        export(plot, tmp_path / f"{number}.csv")
    cloud = (tmp_path / "0.csv").read_text()
    assert cloud.count("\nmoments,") == MOMENTS
    assert cloud.count("\npatterns,") == 2
    assert "\nθ," in (tmp_path / "3.csv").read_text()


def test_a_drawing_has_its_axes_as_letters_though_the_screen_keeps_them_as_pictures(
    bench: HebbBench, model_session: ModelSession, tmp_path: Path
) -> None:
    put(bench, model_session, view="inputs", rule="bcm", prediction={"first": False}, shown=DURATION)
    plot = bench.stage.columns[1].plot
    before = plot.grab().toImage()
    export(plot, tmp_path / "oja.svg")
    drawing = (tmp_path / "oja.svg").read_text()
    assert "<image" not in drawing
    assert drawing.count("<text") > 8
    assert plot.grab().toImage() == before


def test_no_caption_answers_the_question(bench: HebbBench) -> None:
    lesson = "counts every coincidence"
    assert lesson not in bench.card.caption.text()
    answer(bench, "unchanged")
    play(bench, 2.0)
    assert bench.box.verdict_text == "You said: unchanged."  # nobody is told to run what runs
    assert lesson not in bench.card.caption.text()
    play(bench, 0.1)
    play(bench)
    assert lesson in bench.card.caption.text()


@pytest.mark.parametrize("name", ["paper", "night", "projector"])
@pytest.mark.parametrize("view", ["pair", "inputs"])
def test_it_fits_its_panel(bench: HebbBench, model_session: ModelSession, name: str, view: str) -> None:
    bench.context.theme.set_name(name)
    put(bench, model_session, view=view, rule="oja")
    assert bench.minimumSizeHint().width() <= 1240
    assert bench.minimumSizeHint().height() <= 600
    widths = {column.width() for column in bench.stage.columns}
    assert max(widths) - min(widths) <= 1
    for name_of in (bench.stage.cloud, bench.stage.firing, *(column.plot for column in bench.stage.columns)):
        assert name_of.accessibleName()
        assert name_of.toolTip()


@pytest.mark.parametrize(
    ("view", "said", "ends"),
    [
        ("pair", "stronger", [1.4]),
        ("pair", "weaker", [0.6]),
        ("inputs", "they settle on the long axis", [0.85]),
        ("inputs", "one wins, one goes to 0", [0.0, 0.9]),
    ],
)
def test_what_was_said_is_drawn_beside_the_rule_that_is_asked_about(
    bench: HebbBench, model_session: ModelSession, view: str, said: str, ends: list[float]
) -> None:
    bench.controls.view.button(view).click()
    model_session.answer()
    asked = 0 if view == "pair" else 1  # Hebb, Oja
    assert not any("your prediction" in column.plot.curve_data() for column in bench.stage.columns)
    answer(bench, said)
    shown = ["your prediction" in column.plot.curve_data() for column in bench.stage.columns]
    assert [number for number, is_there in enumerate(shown) if is_there] == [asked]
    drawn = bench.stage.columns[asked].plot.curve_data()["your prediction"][1]
    gaps = np.flatnonzero(np.isnan(drawn))
    assert [float(part[-1]) for part in np.split(drawn, gaps)] == pytest.approx(ends)
    play(bench)
    assert "your prediction" in bench.stage.columns[asked].plot.curve_data()
    bench.box.again.click()
    assert "your prediction" not in bench.stage.columns[asked].plot.curve_data()


class PaintWatch(QObject):
    """Keeps the rectangle of each paint of what it is installed on."""

    def __init__(self) -> None:
        super().__init__()
        self.rects: list[QRect] = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect())
        return False


def test_a_frame_between_two_moments_paints_the_strip_alone(bench: HebbBench, qtbot: QtBot) -> None:
    bench.box.switch.click()
    bench.act()
    bench.tick(0.1)  # two and a half moments
    picture, watch = bench.stage.firing, PaintWatch()
    qtbot.waitExposed(bench)
    picture.installEventFilter(watch)
    picture.repaint()
    assert watch.rects == [picture.rect()]
    for seconds, painted in ((0.004, picture.strip_rect()), (0.03, picture.rect())):  # within a moment, into the next
        watch.rects.clear()
        bench.tick(seconds)
        qtbot.waitUntil(lambda: bool(watch.rects))
        assert watch.rects == [painted]
