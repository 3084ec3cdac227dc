"""A person's own functions: kept by name, never lost, and a file that is torn is told of and left alone."""

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainers import network_files, own_functions
from trainers.errors import BadInput
from trainers.formula import Formula
from trainers.layer_catalog import analyse
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.own_functions import FILE_NAME, OwnFunction, OwnFunctions, TornFile

BUMP = OwnFunction("Bump", "formula", {"text": "a*x*exp(-x^2)", "constants": "a = 2"})
BOARD = OwnFunction("From the board", "drawn", {"knots": (-1.0, 0.0, 0.0, 0.0, 1.0, 1.0)})


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnFunctions:
    monkeypatch.setenv("HILLOCK_DATA_DIR", str(tmp_path / "data"))
    return OwnFunctions()


def names(own: OwnFunctions) -> list[str]:
    return [function.name for function in own.all()]


def sentence(action: Any, *given: Any) -> str:
    with pytest.raises(BadInput) as caught:
        action(*given)
    said = caught.value.sentence
    assert said[-1] in ".?"
    assert not re.search(r"[.?!] [A-Z]", said), "one sentence"
    assert "\n" not in said
    return said


def test_added_listed_and_deleted(own: OwnFunctions, tmp_path: Path) -> None:
    assert own.all() == ()
    assert not own.path.exists()
    own.add(BUMP)
    own.add(BOARD)
    assert own.path == tmp_path / "data" / FILE_NAME
    assert own.get("bump") == BUMP
    assert own.get("From the board").parameters == BOARD.parameters
    assert names(OwnFunctions()) == ["Bump", "From the board"]
    own.delete("bump")
    assert names(own) == ["From the board"]
    assert sorted(os.listdir(tmp_path / "data")) == [FILE_NAME], "no part file stays behind"


def test_it_gives_values_and_a_layer_that_needs_the_file_no_longer(own: OwnFunctions) -> None:
    own.add(BUMP)
    own.add(BOARD)
    formula, numbers = own.get("Bump").function()
    assert isinstance(formula, Formula)
    assert formula.value([1.0], **numbers)[0] == pytest.approx(2 * np.exp(-1))
    drawn, nothing = own.get("From the board").function()
    assert drawn.value([0.0])[0] == 0.0  # type: ignore[call-arg]
    assert nothing == {}
    for function in own.all():
        layers = (Layer("input", "input", {"shape": (2,)}), Layer("act", function.kind, function.layer_parameters))
        facts = analyse(NetworkGraph("n", layers, (Link("input", "act"),))).layers["act"]
        assert facts.values["title"] == function.name


def test_what_cannot_be_is_refused_and_changes_nothing(own: OwnFunctions) -> None:
    own.add(BUMP)
    before = own.path.read_bytes()
    taken = sentence(own.add, OwnFunction("BUMP", "formula", {"text": "x"}))
    assert taken == "A function of yours is called Bump already: choose another name, or forget that one first."
    assert "did you mean sigmoid?" in sentence(own.add, OwnFunction("S", "formula", {"text": "sgmoid(x)"}))
    assert "1 knot" in sentence(own.add, OwnFunction("D", "drawn", {"knots": (0.0, 0.0)}))
    assert "is the name of a layer" in sentence(own.add, OwnFunction("ReLU", "formula", {"text": "x"}))
    assert "is the name of a layer" in sentence(own.add, OwnFunction("leaky_relu", "formula", {"text": "x"}))
    for name in ("", " ", " a", "a\nb", "a\x00", "a" * 41, "\u202e"):
        assert "cannot be called" in sentence(own.add, OwnFunction(name, "formula", {"text": "x"}))
    assert sentence(own.delete, "Bumb") == "There is no function 'Bumb' of your own: did you mean Bump?"
    said = "There is no function 'zzz' of your own: keep one under that name first."
    assert sentence(own.get, "zzz") == said
    assert own.path.read_bytes() == before


def test_there_is_an_end_to_how_many_are_kept(own: OwnFunctions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_functions, "MAX_FUNCTIONS", 1)
    own.add(BUMP)
    assert sentence(own.add, BOARD) == "There are 1 functions of your own already: forget one first."


def test_two_windows_see_each_others_functions(own: OwnFunctions) -> None:
    other = OwnFunctions()
    own.add(BUMP)
    other.add(BOARD)
    assert names(own) == ["Bump", "From the board"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"schema": 1, "functions": [{"name": "a", "kind": "formula", "parame',
        b"[]",
        b"null",
        b'{"schema": 1}',
        b'{"schema": 2, "functions": []}',
        b'{"schema": 1, "functions": [{"name": "a", "kind": "code", "parameters": {}}]}',
        b'{"schema": 1, "functions": [{"name": "a", "kind": "formula", "parameters": {"text": {}}}]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_torn_file_is_told_of_and_left_as_it_is(own: OwnFunctions, content: bytes) -> None:
    own.path.parent.mkdir()
    own.path.write_bytes(content)
    for action in (own.all, lambda: own.add(BUMP), lambda: own.delete("a")):
        assert str(own.path) in sentence(action)
        assert own.path.read_bytes() == content
    with pytest.raises(BadInput) as caught:
        own.all()
    assert isinstance(caught.value, TornFile) is (b'"schema": 2' not in content), "a newer Hillock's is whole"
    aside = own.set_aside()
    assert aside.read_bytes() == content
    own.add(BUMP)
    assert names(own) == ["Bump"]
    own.path.write_bytes(content)
    assert own.set_aside() != aside


def test_a_write_that_fails_leaves_the_old_file(own: OwnFunctions, monkeypatch: pytest.MonkeyPatch) -> None:
    own.add(BUMP)
    before = own.path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(network_files.os, "fsync", full)
    assert "cannot be written: No space left on device" in sentence(own.add, BOARD)
    assert own.path.read_bytes() == before
    assert sorted(os.listdir(own.path.parent)) == [FILE_NAME]


def test_a_place_that_takes_no_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    own = OwnFunctions(tmp_path / "file" / FILE_NAME)
    assert "is a file" in sentence(own.add, BUMP) or "cannot be read" in sentence(own.add, BUMP)
    folder = tmp_path / "folder.json"
    folder.mkdir()
    assert "cannot be read" in sentence(OwnFunctions(folder).all)


def test_the_file_reads_as_a_person_writes_it(own: OwnFunctions) -> None:
    own.add(BUMP)
    assert json.loads(own.path.read_text()) == {
        "schema": 1,
        "functions": [
            {"name": "Bump", "kind": "formula", "parameters": {"text": "a*x*exp(-x^2)", "constants": "a = 2"}}
        ],
    }
