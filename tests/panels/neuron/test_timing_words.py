"""The timing bench's words and curves, without a window."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from app.panels.neuron.benches.timing.curve import rule_curve
from app.panels.neuron.benches.timing.state import TimingState
from app.panels.neuron.benches.timing.words import (
    disagreement_text,
    formula_text,
    interval_text,
    laws,
    question_text,
    result_text,
    verdict,
)
from app.simulation.biology.spike_timing import TIMING_RULES, window_of_pairs
from app.widgets.formula_view import set_formula


def test_formulas_show_their_numbers() -> None:
    assert formula_text("pair", 10.0) == "+0.01 · exp(−10/20) = +0.00607"
    assert formula_text("pair", -10.0) == "−0.0105 · exp(−10/20) = −0.00637"
    assert formula_text("pair_hard", 20.0) == "0 < 20 ≤ 20: +0.0100 = +0.0100"
    assert formula_text("pair_hard", 20.1) == "outside 20 ms = 0"
    assert formula_text("pair", 0.0) == "at the same time, no change = 0"
    assert interval_text(-0.3) == "−0.3 ms"
    assert question_text(0.0).startswith("Both fire at the same time")
    assert [verdict(dw) for dw in (0.1, -0.1, 0.0)] == [0, 1, 2]


def test_a_lonely_pair_of_the_triplet_rule_is_explained() -> None:
    assert "lonely pair" in disagreement_text(TimingState(rule="triplet_visual", pairs=1))
    assert disagreement_text(TimingState()) == ""
    state = TimingState().with_run(TimingState(pairs=1), 0.25, 1.25)
    assert result_text(state.runs[0]) == "1 pair: Δw +0.250 nS"


def test_an_answer_belongs_to_the_interval_that_was_asked_for() -> None:
    asked = TimingState(asked_ms=10.0)
    assert asked.with_run(asked, 0.3, 1.3).answer_dw == 0.3
    assert asked.with_run(msgspec.structs.replace(asked, post_ms=12.0), 0.3, 1.3).answer_dw is None


@pytest.mark.parametrize("rule", list(TIMING_RULES))
def test_the_curve_holds_the_rule_at_its_places_and_jumps_upright(rule: Any) -> None:
    s, dw = rule_curve(rule, 60, 40.0, "all")
    assert (np.diff(s) > 0).all()
    assert {-100.0, -10.0, 0.0, 10.0, 100.0} <= set(s.tolist())
    chosen = np.flatnonzero(np.isin(s, [-50.0, -10.0, 10.0, 50.0]))
    again = window_of_pairs(TIMING_RULES[rule], s[chosen], 60, 40.0, "all")
    assert np.array_equal(dw[chosen], again)
    assert np.diff(s[np.abs(np.abs(s) - 20.0) < 0.01]).min() <= 2e-3


def test_each_rule_has_its_law_on_both_sides() -> None:
    assert laws("triplet_visual") == laws("triplet_hippocampal")
    both = [law for rule in ("pair", "pair_hard", "triplet_visual") for law in laws(rule)]
    assert len(set(both)) == 6
    drawn = [set_formula(law) for law in both]
    assert all(drawing.startswith(b"<svg") for drawing in drawn)  # none is left as LaTeX
