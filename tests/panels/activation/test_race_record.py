"""What a race leaves behind as arrays, and what is said of it."""

from __future__ import annotations

import csv
import io
import itertools
import tracemalloc

import msgspec
import numpy as np
import pytest
from played_race import PlayedRaces
from pytestqt.qtbot import QtBot

from app.panels.activation.race.board import RaceBoard
from app.panels.activation.race.exports import losses_text
from app.panels.activation.race.race_plot import calm_end, spread
from app.panels.activation.race.record import MOST_STRETCHES, SMOOTHED, Means, RaceRecord, Series, stepped, thinned
from app.panels.activation.race.words import MOST_BREVITY, card_lines, figure, names_of, news, ranking_parts
from app.widgets.theme import Theme
from trainers.activation_lab import ActivationChoice, RacePlan

ReLU, Leaky, Elu = (ActivationChoice(kind) for kind in ("relu", "leaky_relu", "elu"))


class Kept:
    """A played race and the record of it."""

    def __init__(self, *racers: ActivationChoice, rate: float = 0.02) -> None:
        self.races = PlayedRaces()
        self.gesture = 0
        self.races.race_moved.connect(self.take)
        self.races.start_race(RacePlan(racers, learning_rate=rate))
        self.races.answer()

    def take(self, events: list) -> None:  # type: ignore[type-arg]
        for event in events:
            if hasattr(event, "points"):
                self.record = RaceRecord(event)
            else:
                self.record.take(event, gesture=self.gesture)

    def step(self, count: int) -> RaceRecord:
        self.races.step_race(count)
        self.races.answer()
        return self.record


def test_losses_of_every_step_and_their_means() -> None:
    kept = Kept(ReLU, Leaky)
    for portion in (1, 7, 40, 3):
        kept.step(portion)
    losses = kept.record.losses.rows
    expected = np.cumprod(np.full(51, 0.99)).astype(np.float32)
    np.testing.assert_allclose(losses[:, 0], expected, rtol=1e-6)
    for step in (0, 5, 19, 20, 50):
        mean = losses[max(0, step + 1 - SMOOTHED) : step + 1].astype(np.float64).mean(0)
        np.testing.assert_allclose(kept.record.means.rows[step], mean, rtol=1e-6)


def test_a_huge_loss_takes_no_digits_of_those_after_it() -> None:
    kept = Kept(ReLU, Leaky)
    kept.races.loss[:] = 1e30
    kept.step(1)
    kept.races.loss[:] = 0.5
    record = kept.step(2 * SMOOTHED)
    last = record.losses.rows[-SMOOTHED:].astype(np.float64).mean(0)
    np.testing.assert_allclose(record.means.rows[-1], last, rtol=1e-6)


def test_who_diverges_comes_last_and_says_when() -> None:
    kept = Kept(Elu, ReLU, rate=200.0)
    record = kept.step(12)
    assert record.ranking == [1, 0]
    assert card_lines(record, 0) == ("no numbers any more", "diverged at step 1")
    assert ranking_parts(record)[-1] == (0, "2. ELU  diverged at 1")
    assert "ELU diverged at step 1: begin anew with a lower learning rate." in news(record)
    assert np.isnan(record.losses.rows[:, 0]).all()
    assert np.isfinite(record.losses.rows[:, 1]).all()


def test_the_sentence_names_who_died_since_the_rate_went_up() -> None:
    kept = Kept(ReLU, Leaky)
    kept.step(100)
    assert news(kept.record) == ""
    for rate in (0.1, 0.3, 0.5):  # a drag
        kept.races.set_learning_rate(rate)
        kept.races.answer()
    kept.step(5)
    assert news(kept.record) == "Learning rate up from 0.02 to 0.5 at step 100: ReLU 5 of 32 units died since."
    kept.step(20)
    assert "ReLU 16 of 32 units (all of hidden layer 1: nothing of the input comes through) died since" in news(
        kept.record
    )


def test_a_drag_while_it_runs_is_one_change_and_a_later_one_another() -> None:
    kept = Kept(ReLU, Leaky)
    kept.step(100)
    kept.gesture = 1
    for rate in (0.1, 0.2, 0.4):
        kept.races.set_learning_rate(rate)
        kept.step(60)
    kept.gesture = 2
    assert news(kept.record).startswith("Learning rate up from 0.02 to 0.4 at step 100: ReLU 16 of 32 units")
    kept.step(200)
    kept.races.set_learning_rate(0.01)
    kept.step(1)
    assert news(kept.record) == "Learning rate down from 0.4 to 0.01 at step 480."


def test_a_rate_that_is_typed_soon_after_another_does_not_take_its_deaths() -> None:
    kept = Kept(ReLU, Leaky)
    kept.step(178)
    kept.races.set_learning_rate(1000.0)
    kept.step(20)
    assert news(kept.record).startswith("Learning rate up from 0.02 to 1,000 at step 178: ReLU 16 of 32 units")
    kept.races.set_learning_rate(1e-4)
    kept.step(1)
    assert news(kept.record) == "Learning rate down from 1,000 to 0.0001 at step 198."
    assert [(change.done, change.after) for change in kept.record.changes] == [(178, 1000.0), (198, 1e-4)]


def test_there_and_back_says_what_was() -> None:
    kept = Kept(ReLU, Leaky)
    kept.step(100)
    for gesture, rates in ((0, (1000.0, 0.02)), (1, (5.0, 0.02))):
        kept.gesture = gesture
        for rate in rates:
            kept.races.set_learning_rate(rate)
            kept.step(4)
        if not gesture:
            assert news(kept.record) == "Learning rate down from 1,000 to 0.02 at step 104."
    assert news(kept.record) == (
        "Learning rate up from 0.02 to 5 and back between steps 108 and 112: ReLU 4 of 32 units died since."
    )


def test_a_drag_says_how_high_it_was_on_the_way() -> None:
    kept = Kept(ReLU, Leaky)
    kept.step(100)
    kept.gesture = 1
    for rate in (3.0, 0.1):
        kept.races.set_learning_rate(rate)
        kept.step(8)
    assert news(kept.record) == (
        "Learning rate up from 0.02 to 0.1 at step 100, as high as 3 on the way: ReLU 8 of 32 units died since."
    )


def test_what_is_changed_back_before_a_step_is_no_change() -> None:
    kept = Kept(ReLU, Leaky)
    kept.step(100)
    for rate in (1000.0, 0.02):
        kept.races.set_learning_rate(rate)
        kept.races.answer()
    assert kept.record.changes == []


def test_shorter_news_name_the_same_dead_and_lost() -> None:
    kept = Kept(ReLU, ReLU, ReLU, Leaky, Elu, Elu)
    kept.races.set_learning_rate(1000.0)
    record = kept.step(20)
    whole, shorter, shortest = (news(record, brevity) for brevity in range(MOST_BREVITY + 1))
    assert len(whole) > len(shorter) > len(shortest)
    assert "ReLU (1) 16, ReLU (2) 16, ReLU (3) 16 of 32 units" in shorter
    assert "3 with a whole layer" in shorter
    assert "ELU (5) (step 1), ELU (6) (step 1) diverged: begin anew" in shorter
    assert "48 units of 3 racers died since. 2 diverged: begin anew" in shortest


def test_the_shortest_news_name_a_racer_that_alone_has_lost_units() -> None:
    kept = Kept(ReLU, Leaky)
    kept.races.set_learning_rate(1000.0)
    assert "16 units of ReLU died since." in news(kept.step(20), MOST_BREVITY)


def test_there_is_no_place_before_the_first_step() -> None:
    kept = Kept(ReLU, Leaky)
    assert ranking_parts(kept.record) == [(0, "ReLU  1.0000"), (1, "Leaky ReLU  1.0000")]
    assert ranking_parts(kept.step(1))[0] == (1, "1. Leaky ReLU  0.9890")


def test_a_loss_too_small_to_tell_says_so() -> None:
    kept = Kept(ReLU, Leaky)
    kept.races.loss[:] = 0.0
    record = kept.step(1)
    assert card_lines(record, 0)[0] == "loss < 10⁻⁷ · test 100 %"
    assert ranking_parts(record)[0] == (0, "1. ReLU  < 10⁻⁷")
    assert [figure(value) for value in (0.0123, 999.0, 1000.0, 45_678.0, 1e6)] == [
        "0.0123", "999", "1,000", "45,700", "10⁶",
    ]  # fmt: skip


def test_before_and_after_a_change_of_activation() -> None:
    kept = Kept(ReLU, Leaky, rate=0.5)
    kept.step(9)
    kept.races.change_racer(0, Leaky)
    kept.races.answer()
    record = kept.step(50)
    words = news(record)
    assert words.startswith("ReLU became Leaky ReLU at step 9: dead 9 before, 0 after: 9 revived; loss 0.914 then, ")
    assert names_of(record) == ["Leaky ReLU, was ReLU", "Leaky ReLU"]


def test_two_of_a_kind_are_numbered() -> None:
    assert names_of(Kept(ReLU, ReLU).record) == ["ReLU (1)", "ReLU (2)"]


def test_the_table_of_losses_has_every_step_and_ends_where_a_racer_does() -> None:
    kept = Kept(Elu, ReLU, rate=200.0)
    rows = list(csv.reader(io.StringIO(losses_text(kept.step(12)).decode())))
    assert rows[0] == ["step", "ELU", "ReLU"]
    assert [row[0] for row in rows[1:]] == [str(step) for step in range(1, 13)]
    assert all(row[1] == "" for row in rows[1:])
    assert float(rows[1][2]) == float(kept.record.losses.rows[0, 1])


def test_thinned_lines_keep_their_ends_and_gaps() -> None:
    x = np.arange(10_000.0)
    y = np.sin(x / 500)
    y[3_000:3_400] = np.nan
    at, line = thinned(x, y, 200)
    assert len(at) == 200
    assert at[-1] == x[-1]
    assert line[-1] == y[-1]
    finite = np.isfinite(line)
    np.testing.assert_allclose(line[finite], np.interp(at[finite], x, np.sin(x / 500)), atol=2e-3)
    assert not finite[(at > 3_100) & (at < 3_300)].any()
    assert stepped(x, y[:, None], 50)[0][-1] == x[-1]


@pytest.mark.parametrize(
    "portions", [(1,) * 70, (8,) * 900, (40_000, 1, 3), (MOST_STRETCHES,), (MOST_STRETCHES + 1, 7)]
)
def test_what_is_drawn_are_means_of_stretches_however_the_steps_came(portions: tuple[int, ...]) -> None:
    count = sum(portions)
    rows = np.stack([np.sin(np.arange(count) / 300), np.arange(count) % 7], axis=1)
    means, taken = Means(2), 0
    for portion in portions:
        means.append(rows[taken : taken + portion])
        taken += portion
    middles, drawn = means.rows
    assert len(middles) <= MOST_STRETCHES + 1
    size = round(2 * middles[0] - 1)
    starts = np.arange(0, count, size)
    sizes = np.diff(starts, append=count)
    np.testing.assert_allclose(drawn, np.add.reduceat(rows, starts) / sizes[:, None], atol=1e-12)
    np.testing.assert_allclose(middles, starts + (sizes + 1) / 2)


def test_a_stretch_with_no_number_stays_a_gap() -> None:
    means = Means(1)
    rows = np.ones((3 * MOST_STRETCHES, 1))
    rows[5_000:] = np.nan
    means.append(rows)
    middles, drawn = means.rows
    assert np.isfinite(drawn[middles < 4_990]).all()
    assert np.isnan(drawn[middles > 5_010]).all()


def long_race(steps: int) -> RaceRecord:
    """A race of so many steps, played in one frame."""
    record = Kept(ReLU, Leaky).record
    losses = np.exp(-np.arange(steps) / steps)[:, None].repeat(2, 1).astype(np.float32)
    record.take(msgspec.structs.replace(record.frame, done=steps, losses=losses))
    return record


def test_a_picture_of_a_million_steps_copies_none_of_them(theme: Theme, qtbot: QtBot) -> None:
    board = RaceBoard(theme)
    qtbot.addWidget(board)
    board.resize(1200, 800)
    record = long_race(1_000_000)
    board.show_race(record, is_running=False)
    tracemalloc.start()
    board.show_race(record, is_running=False)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000  # bytes; a copy of one racer's losses is 8,000,000
    line = board.losses.layer.drawing.lines[0]
    assert line.x[-1] == 1_000_000
    np.testing.assert_allclose(10**line.y, np.exp(-line.x / 1_000_000), rtol=1e-3)
    steps, values = board.losses.curve_data()["ReLU"]
    assert len(steps) == len(values) == 1_000_000  # but who asks has them all
    assert board.losses.read_out(500_000.0, 0.0) == "step 500,000:  ReLU 0.607   Leaky ReLU 0.607"


def test_a_series_is_read_at_the_step_under_the_pointer() -> None:
    rows = np.array([[1.0], [2.0], [3.0]], np.float32)
    each = Series(("a",), rows)
    assert [each.at(step) for step in (0.5, 1.0, 1.2, 3.0, 3.1)] == [{}, {"a": 1.0}, {"a": 2.0}, {"a": 3.0}, {}]
    seldom = Series(("a",), rows, np.array([0, 8, 16], np.float32))
    assert [seldom.at(step) for step in (0.0, 3.0, 8.0, 16.0, 17.0)] == [
        {"a": 1.0},
        {"a": 2.0},
        {"a": 2.0},
        {"a": 3.0},
        {},
    ]
    assert seldom.all()["a"][0].tolist() == [0.0, 8.0, 16.0]
    assert Series().at(1.0) == {}


def test_labels_never_lie_over_one_another() -> None:
    tops = spread([5.0, 6.0, 6.5, 90.0, 99.0], 12.0, 0.0, 100.0)
    assert all(after - before >= 12.0 for before, after in itertools.pairwise(tops))
    assert tops[0] >= 0
    assert tops[-1] <= 88.0


def test_the_range_of_steps_is_calm() -> None:
    assert calm_end(0) == 50
    assert calm_end(51) == 60
    assert calm_end(1001) == 1200
