"""The competition bench: a film of a long run, its pace, a sketch beside the outcome. Slices are made up; one test runs the worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from bench_hands import draw_over, open_bench, refused_key
from bench_models import Changes, ModelSession, context_of
from pytestqt.qtbot import QtBot

from app.neuron_session import NeuronSession
from app.panels.neuron.bench import BenchContext
from app.panels.neuron.benches.competition.bench import CompetitionBench
from app.panels.neuron.benches.competition.state import SLICES
from app.stage_link import STARTED_ANEW
from app.widgets.plot_style import StyledPlot
from app.workspace import Workspace

FREE = {"prediction": {"first": False}}


def made_slice(number: int, seconds: float = 200.0, *, ends: float = 0.4) -> dict[str, Any]:
    """The values of slice `number` (from 1) of a made-up run, whose weights leave the middle for both ends."""
    share = number / SLICES
    even = (np.arange(1000) + 0.5) / 1000
    weights = np.where(even < share * ends, 0.02, np.where(even > 1 - share * ends, 0.98, even))
    return {
        "seconds": share * seconds,
        "mean": float(weights.mean()),
        "sd": float(weights.std()),
        "rate_Hz": 40.0 - 20.0 * share,
        "weak": float((weights < 0.1).mean()),
        "strong": float((weights > 0.9).mean()),
        "histogram": np.histogram(weights, bins=20, range=(0.0, 1.0))[0].tolist(),
        "spikes_ms": [],
        "weights": weights.tolist(),
    }


@pytest.fixture
def bench(model_context: BenchContext, qtbot: QtBot) -> Iterator[CompetitionBench]:
    bench = open_bench(CompetitionBench, model_context, qtbot)
    yield bench
    bench.close_bench()


def send(model_session: ModelSession, first: int = 1, last: int = SLICES, seconds: float = 200.0) -> None:
    for number in range(first, last + 1):
        model_session.slice(made_slice(number, seconds), number / SLICES)


def watch(bench: CompetitionBench, seconds: float) -> None:
    for _ in range(round(seconds * 10)):
        bench.tick(0.1)


def sketch(bench: CompetitionBench) -> None:
    places = [(float(x), 50 + 300 * abs(float(x) - 0.5)) for x in np.linspace(0.02, 0.98, 12)]
    draw_over(bench.stage.histogram, *places)


def test_a_sketch_comes_first_and_stands_beside_the_outcome(
    bench: CompetitionBench, model_session: ModelSession
) -> None:
    assert not bench.card.start_button.isEnabled()
    bench.act()
    assert not model_session.trainings
    assert bench.card.message.text() == "Draw first what you expect; then Start is free."
    sketch(bench)
    assert bench.card.start_button.isEnabled()
    bench.card.start_button.click()
    send(model_session)
    watch(bench, 10.2)
    assert bench.box.verdict_text == (
        "You said: the dashed curve. The cell: two heaps: 40 % below 0.1, 40 % above 0.9."
    )
    data = bench.stage.histogram.curve_data()
    assert data["synapses in each twentieth"][1].sum() == 1000
    assert len(data["your sketch"][0]) >= 32, "the sketch stays where it was drawn"


@pytest.mark.parametrize("name", ["paper", "projector"])
def test_what_a_plot_says_while_it_is_empty_stands_inside_it(bench: CompetitionBench, qtbot: QtBot, name: str) -> None:
    bench.context.theme.set_name(name)
    bench.resize(1240, 480)

    def is_inside(plot: StyledPlot) -> bool:
        word, room = plot._empty, plot.plotItem.vb.sceneBoundingRect()
        return room.adjusted(-1, -1, 1, 1).contains(word.mapRectToScene(word.boundingRect()))

    for plot in (bench.stage.histogram, bench.stage.runs):
        assert plot._empty.toPlainText()
        qtbot.waitUntil(lambda plot=plot: is_inside(plot))


def test_reset_takes_the_band_of_the_last_run_away(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full"})
    bench.card.start_button.click()
    send(model_session)
    watch(bench, 1.0)
    band = bench.stage.means._band
    assert band.path().boundingRect().width() > 190
    bench.card.reset_button.click()
    assert band.path().isEmpty()
    assert bench.stage.means.curve_data() == {}
    bench.card.start_button.click()
    send(model_session)
    watch(bench, 1.0)
    assert band.path().boundingRect().width() > 10  # at its usual pace again
    bench.apply({})
    assert band.path().isEmpty()


def test_the_run_is_asked_for_as_it_is_set(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE, "rate_Hz": 30.0, "ratio": 1.2, "seed": 5})
    bench.act()
    _, model, options = model_session.trainings[-1]
    assert model == "competition"
    assert options == {
        "seconds": 200.0, "slice": 1.0, "synapses": 1000, "rate": 30.0, "depression": 1.2, "seed": 5,
    }  # fmt: skip


def test_it_is_shown_at_its_pace_paused_and_continued(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE})
    bench.card.start_button.click()
    assert bench.card.start_button.text() == "Pause"
    send(model_session)
    watch(bench, 2.0)
    assert bench.state()["shown_s"] == pytest.approx(40.0)
    assert bench.card.progress.text() == "40 of 200 s, 8 s left"
    assert bench.card.bar.value() == 200
    bench.card.start_button.click()
    assert bench.card.start_button.text() == "Continue"
    assert not bench.is_moving
    watch(bench, 1.0)
    assert bench.state()["shown_s"] == pytest.approx(40.0)
    assert bench.card.progress.text() == "40 of 200 s, paused"
    bench.card.start_button.click()
    watch(bench, 8.2)
    assert bench.card.start_button.text() == "Watch again"
    assert bench.card.progress.text() == "All 200 s have run."
    assert len(model_session.trainings) == 1


def test_it_shows_no_more_than_has_been_computed(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full"})
    bench.act()
    bench.tick(0.1)
    assert bench.state()["shown_s"] == 0.0
    assert bench.card.progress.text() == "The cell is being prepared: the first time takes some seconds …"
    send(model_session, 1, 7)
    watch(bench, 0.4)  # a plot a frame
    assert bench.state()["shown_s"] == pytest.approx(7.0)
    assert bench.stage.figures["mean"].text() == f"{made_slice(7)['mean']:.3f}"
    assert len(bench.stage.weights.weights) == 1000


def test_every_figure_is_of_the_moment_scrubbed_to(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full"})
    bench.act()
    send(model_session)
    bench.tick(0.1)
    bench.stage.play_row.slider.setValue(250)
    assert bench.stage.play_row.label.text() == "50 of 200 s"
    assert bench.stage.histogram.counts.tolist() == made_slice(50)["histogram"]
    assert bench.stage.figures["rate"].text() == "35 Hz"
    assert bench.stage.rates.curve_data()["output rate"][0][-1] == pytest.approx(50.0)
    picture = bench.grab().toImage()
    bench.stage.play_row.slider.setValue(900)
    assert bench.grab().toImage() != picture
    bench.stage.play_row.slider.setValue(250)
    assert bench.grab().toImage() == picture


def test_sorting_is_undoable(bench: CompetitionBench, model_session: ModelSession, changes: Changes) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full"})
    bench.act()
    model_session.slice({**made_slice(200), "weights": np.random.default_rng(0).random(1000).tolist()}, 1.0)
    bench.tick(0.1)
    bench.stage.sort_button.click()
    assert (np.diff(bench.stage.weights.weights) >= 0).all()
    text, before, _ = changes[-1]
    assert text == "Sort the synapses"
    bench.apply(before)
    assert not (np.diff(bench.stage.weights.weights) >= 0).all()
    assert len(model_session.trainings) == 1, "the film is still that of these settings"


def test_whole_runs_gather_as_points(bench: CompetitionBench, model_session: ModelSession, changes: Changes) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full"})
    for rate in (15.0, 25.0):
        bench.card.rate.field.setValue(rate)
        bench.act()
        send(model_session)
        bench.tick(0.1)
    rates, outputs = bench.stage.runs.curve_data()["output Hz"]
    assert rates.tolist() == [15.0, 25.0]
    assert outputs == pytest.approx(np.mean([made_slice(k)["rate_Hz"] for k in range(181, 201)]), abs=1e-9)
    assert [text for text, _, _ in changes] == ["Change the input rate"]


def test_undo_of_a_setting_computes_the_run_again(
    bench: CompetitionBench, model_session: ModelSession, changes: Changes
) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full"})
    bench.act()
    send(model_session)
    bench.tick(0.1)
    seen = bench.stage.histogram.counts.tolist()
    bench.card.ratio.field.setValue(1.3)
    assert bench.stage.histogram.counts.sum() == 0
    assert bench.state()["reached_s"] == 0.0
    bench.apply(changes[-1][1])
    assert model_session.trainings[-1][2]["depression"] == 1.05
    send(model_session)
    assert bench.stage.histogram.counts.tolist() == seen
    assert bench.card.start_button.text() == "Watch again"


def test_cancel_ends_the_computation(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE})
    bench.act()
    send(model_session, 1, 60)
    watch(bench, 1.0)
    bench.card.cancel_button.click()
    assert model_session.stops == 1
    assert not bench.is_busy
    assert not bench.is_moving
    assert bench.state()["reached_s"] == 0.0
    assert bench.stage.histogram.counts.sum() == 0
    model_session.slice(made_slice(61), 61 / SLICES)
    assert not bench.film.moments, "what comes late is not wanted any more"


def test_a_run_that_was_left_goes_on_where_it_was(bench: CompetitionBench, model_session: ModelSession) -> None:
    """Same seed, same bits: it is computed again, and what is there already is not shown twice."""
    bench.apply({**bench.state(), **FREE})
    bench.act()
    send(model_session, 1, 60)
    watch(bench, 2.0)
    bench.set_shown(False)
    assert model_session.stops == 1
    assert not bench.is_moving
    bench.set_shown(True)
    assert len(model_session.trainings) == 1, "what has been seen is there: nothing to compute before Continue"
    bench.act()
    assert len(model_session.trainings) == 2
    send(model_session)
    watch(bench, 8.2)
    assert [moment.seconds for moment in bench.film.moments] == pytest.approx(np.arange(1.0, 201.0))
    assert bench.state()["reached_s"] == 200.0


def test_a_lost_worker_is_said_and_the_run_taken_up_again(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.apply({**bench.state(), **FREE})
    bench.act()
    send(model_session, 1, 30)
    watch(bench, 1.0)
    model_session.refuse(STARTED_ANEW)
    assert len(model_session.trainings) == 2, "begun again without a word"
    assert bench.card.message.text() == ""
    model_session.refuse("The cell's process was killed.")
    assert bench.card.message.text() == "The cell's process was killed. Continue takes the run up again."
    assert bench.card.start_button.text() == "Continue"
    bench.card.start_button.click()
    assert bench.card.message.text() == ""
    assert len(model_session.trainings) == 3


def test_reduced_motion_shows_the_end_alone(bench: CompetitionBench, model_session: ModelSession) -> None:
    bench.context.workspace.settings.change(reduced_motion=True)
    bench.apply({**bench.state(), **FREE})
    bench.act()
    send(model_session, 1, 100)
    bench.tick(0.1)
    assert bench.state()["shown_s"] == 0.0
    send(model_session, 101, SLICES)
    bench.tick(0.1)
    assert bench.state()["shown_s"] == 200.0
    assert not bench.is_moving


NONSENSE: list[tuple[str, object]] = [
    ("rate_Hz", 0.0),
    ("ratio", float("nan")),
    ("seconds", 300),
    ("shown_s", 5.0),
    ("reached_s", 900.0),
    ("pace", "x"),
    ("y", 1),
]


def test_nonsense_is_refused_whole(bench: CompetitionBench) -> None:
    for key, value in NONSENSE:
        assert refused_key(bench, seed=7, **{key: value}) == key


def test_reset_forgets_runs_and_can_be_undone(
    bench: CompetitionBench, model_session: ModelSession, changes: Changes
) -> None:
    bench.apply({**bench.state(), **FREE, "pace": "full", "seed": 4})
    bench.act()
    send(model_session)
    bench.tick(0.1)
    bench.card.reset_button.click()
    state = bench.state()
    assert state["seed"] == 0
    assert not state["runs"]
    assert state["prediction"]["first"] is False
    assert changes[-1][0] == "Reset the competition bench"
    assert len(changes[-1][1]["runs"]) == 1


@pytest.mark.parametrize("name", ["paper", "night", "projector"])
def test_it_fits_its_panel(bench: CompetitionBench, name: str) -> None:
    bench.context.theme.set_name(name)
    assert bench.minimumSizeHint().width() <= 1240
    assert bench.minimumSizeHint().height() <= 600
    stage = bench.stage
    for plot in (stage.histogram, stage.weights, stage.means, stage.rates, stage.runs):
        assert plot.accessibleName()
        assert plot.toolTip()


@pytest.mark.xdist_group("biology")
def test_a_worker_computes_it_and_the_same_seed_gives_the_same_bits(
    workspace: Workspace, one_worker: NeuronSession, qtbot: QtBot
) -> None:
    bench = open_bench(CompetitionBench, context_of(workspace, one_worker, []), qtbot)
    try:
        ends = []
        for _ in range(2):
            bench.apply({**bench.state(), **FREE, "pace": "full", "shown_s": 0.0, "reached_s": 0.0})
            bench.film.forget()
            bench.act()
            qtbot.waitUntil(lambda: bench.film.is_whole, timeout=120_000)
            bench.tick(0.1)
            ends.append(bench.film.moments[-1].weights.tobytes())
        assert ends[0] == ends[1]
        moment = bench.film.moments[-1]
        assert min(moment.weak, moment.strong) > 0.15, "bimodal (Song et al. 2000)"
        assert moment.sd > 0.33
        assert bench.stage.figures["speed"].text().startswith("200 s in ")
    finally:
        bench.close_bench()
