"""Hostile formulas: each is answered at once by one sentence, and nothing of it is ever run."""

import contextlib
import re
import sys
import time
from pathlib import Path

import numpy as np
from hostile_formulas import MARK, hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from trainers.errors import BadInput
from trainers.formula import BadFormula, read_constants, read_formula


def complaint(sentence: str) -> str:
    """What is wrong with an answer; nothing where it is one sentence that can be shown."""
    if sentence[-1] not in ".?" or re.search(r"[.?!] [A-Z]", sentence):
        return "not one sentence"
    if not sentence.isprintable():  # half of a surrogate pair is not printable either
        return "a line feed or a control letter"
    return "" if len(sentence) < 250 else "too long"


def test_each_is_refused_in_one_sentence_and_never_run(tmp_path: Path) -> None:
    texts = hostile()
    assert len(set(texts)) == len(texts) > 200
    mark = tmp_path / "mark"
    modules = set(sys.modules)
    found = []
    for text in texts:
        tried = text.replace(MARK, str(mark))
        try:
            found.append((text[:60], f"taken as {read_formula(tried)}"))
        except BadFormula as error:
            said = complaint(error.sentence) or ("" if 0 <= error.position <= len(tried) else "no such place")
            found += [(text[:60], said, error.sentence)] if said else []
        assert not mark.exists(), text[:60]
    assert found == []
    assert set(sys.modules) == modules


def test_each_takes_far_less_than_a_tenth_of_a_second() -> None:
    """0.14 ms were measured for the slowest; the best of three leaves out what else the machine does."""
    slowest = 0.0
    for text in hostile():
        best = 1.0
        for _ in range(3):
            start = time.thread_time()
            with contextlib.suppress(BadFormula):
                read_formula(text)
            best = min(best, time.thread_time() - start)
        slowest = max(slowest, best)
    assert slowest < 0.1


def answer_to_constants(text: str) -> str:
    """The refusal, or nothing where the text sets nothing."""
    formula = read_formula("x*sigmoid(x)")
    try:
        numbers = formula.numbers(read_constants(text))
    except BadInput as error:
        return error.sentence
    return "" if numbers == {} and not text.strip() else "taken"


def test_as_constants_they_set_nothing_either() -> None:
    for text in hostile():
        said = answer_to_constants(text)
        assert said == "" or complaint(said) == "", (text[:60], said)


@settings(max_examples=1000, derandomize=True, deadline=None, database=None)
@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from(
                [*"x12.,()|+-*/^<>=a", "**", "sin", "max", "where", " if ", " else ", " not ", " and ", "0.5", "exp("]
            ),
            max_size=20,
        ).map("".join),
    )
)
def test_noise_is_read_or_refused(text: str) -> None:
    refusal = ""
    try:
        formula = read_formula(text)
        assert formula.value(np.zeros(3)).shape == (3,)
        assert formula.latex
    except BadFormula as error:
        refusal = error.sentence
    assert refusal == "" or complaint(refusal) == "", refusal
