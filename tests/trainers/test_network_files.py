"""Networks on disk: what is written is read again, and what cannot be read is refused in one sentence."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trainers import network_files
from trainers.errors import BadInput
from trainers.network_files import (
    MAX_FILE_BYTES,
    NetworkFileError,
    from_json,
    load_network,
    load_preset,
    preset_names,
    save_network,
    to_json,
)
from trainers.network_graph import Group, Layer, Link, NetworkGraph
from trainers.network_opening import open_network

SMALL = NetworkGraph(
    "small", (Layer("i", "input", {"shape": (2,)}, (1.5, -2.0)), Layer("r", "relu")), (Link("i", "r"),)
)


def sentence(error: BadInput) -> str:
    text = error.sentence
    assert text[-1] in ".?"
    assert len(text.splitlines()) == 1
    return text


@pytest.mark.parametrize("name", preset_names())
def test_json_round_trip(name: str) -> None:
    graph = load_preset(name)
    assert from_json(to_json(graph)) == graph
    assert from_json(b"\xef\xbb\xbf" + to_json(graph)) == graph  # as some editors save it


def test_groups_are_kept_and_a_file_from_before_there_were_any_still_opens() -> None:
    graph = msgspec.structs.replace(
        SMALL, groups=(Group("inner", ("r",), "Inner", True), Group("outer", ("i", "r")), Group("third", ("i",)))
    )
    assert from_json(to_json(graph)) == graph
    old = to_json(SMALL).replace(b'"schema": 2', b'"schema": 1')
    assert b'"schema": 1' in old
    assert from_json(old) == SMALL
    assert to_json(from_json(old)) == to_json(SMALL)


def test_saved_and_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    save_network(SMALL, path)
    assert load_network(str(path)) == SMALL
    assert [file.name for file in tmp_path.iterdir()] == ["mine.json"]


def test_saving_over_a_file_leaves_the_old_one_where_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.json"
    save_network(SMALL, path)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput) as caught:
        save_network(load_preset("lenet5"), path)
    assert "No space left on device" in sentence(caught.value)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["mine.json"]


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    save_network(SMALL, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert from_json((tmp_path / "real.json").read_bytes()) == SMALL


@pytest.mark.parametrize("name", ["pipe", "ring", "folder", "new/"])
def test_what_is_no_place_for_a_file_is_refused(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadInput) as caught:
        save_network(SMALL, f"{tmp_path}/{name}")
    assert "cannot be written" in sentence(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("value", [float("nan"), float("inf"), (1.0, float("-inf"))])
def test_numbers_that_json_cannot_hold_are_refused(value: Any, tmp_path: Path) -> None:
    graph = NetworkGraph("bad", (Layer("drop", "dropout", {"p": value}),), ())
    with pytest.raises(BadInput) as caught:
        save_network(graph, tmp_path / "bad.json")
    assert "drop's p is" in sentence(caught.value)
    assert not list(tmp_path.iterdir())
    with pytest.raises(BadInput):
        to_json(NetworkGraph("bad", (Layer("i", "input", {}, (float("nan"), 0.0)),), ()))


def test_every_torn_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    whole = to_json(load_preset("xor-mlp"))
    for length in range(0, len(whole) - 2, 7):
        with pytest.raises(NetworkFileError) as caught:
            from_json(whole[:length], "torn.json")
        assert "torn.json is not complete JSON" in sentence(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "holds no network but a list:"),
        ("null", "holds no network but null:"),
        ("1.5", "holds no network but a number:"),
        ('{"layers": []}', "is not a network"),
        ('{"name": "a", "layers": [{"name": 1, "kind": "relu"}], "links": []}', "is not a network"),
        ('{"name": "a", "layers": [], "links": [], "colour": 1}', "colour"),
        ('{"schema": 99, "name": "a", "layers": [], "links": []}', "newer Hillock (schema 99"),
        ('{"schema": "one"}', "no schema number"),
        ('{"schema": 0}', "no schema number"),
        ('{"schema": true}', "no schema number"),
        ('{"name": "a", "x": NaN}', "not complete JSON"),
        ("[" * 100_000, "not complete JSON"),
        ("\x00\x01", "not complete JSON"),
    ],
)
def test_what_is_no_network_is_refused(text: str, said: str) -> None:
    with pytest.raises(NetworkFileError) as caught:
        from_json(text.encode(), "x.json")
    assert said in sentence(caught.value)
    assert len(sentence(caught.value)) < 400


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(NetworkFileError):
        from_json(b'{"name": "\xff\xfe"}')


def test_a_file_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(50 * MAX_FILE_BYTES)
    with pytest.raises(NetworkFileError) as caught:
        load_network(str(path))
    assert "at most 4 MB" in sentence(caught.value)


def test_an_older_schema_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def second(plain: dict[str, Any]) -> dict[str, Any]:
        wires = plain.pop("wires")
        return {**plain, "links": wires, "title": f"{plain['title']}, second"}

    monkeypatch.setattr(network_files, "SCHEMA", 3)
    monkeypatch.setattr(
        network_files,
        "MIGRATIONS",
        {1: second, 2: lambda plain: {**plain, "title": f"{plain['title']}, third"}},
    )
    old = b'{"schema": 1, "name": "old", "title": "first", "layers": [{"name": "i", "kind": "input"}], "wires": []}'
    graph = from_json(old)
    assert (graph.schema, graph.title, graph.links) == (3, "first, second, third", ())
    with pytest.raises(NetworkFileError, match="is not a network of schema 1"):
        from_json(b'{"schema": 1, "name": "old"}')


def test_there_is_a_migration_from_every_older_schema() -> None:
    assert set(network_files.MIGRATIONS) == set(range(1, network_files.SCHEMA))


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("lenet", "did you mean lenet5"),
        ("zzz", "presets are perceptron"),
        ("model.py", "There is no file model.py"),
        ("MODEL.PY:Net", "There is no file MODEL.PY"),
        ("model.ipynb", "model.ipynb is not a saved network: give a .json file, or a .py file with a class"),
        ("a\x00b.py", "There is no file"),
        ("x" * 5000 + ".py", "There is no file"),
        ("torchvision:resnet", "did you mean resnet"),
        ("torchvision:" + "x" * 5000, "known are alexnet"),
        ("nowhere/net.json", "There is no file nowhere/net.json"),
        ("a\x00b", "There is no network"),
        ("x" * 5000, "There is no network"),
        ("", "There is no network"),
    ],
)
def test_references_that_lead_nowhere(reference: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_network(reference)
    assert said in sentence(caught.value)
    assert len(sentence(caught.value)) < 400


def test_a_folder_and_a_pipe_are_no_networks(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        load_network(str(tmp_path))
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(BadInput, match="not a plain file"):
        load_network(str(tmp_path / "pipe.json"))


def test_a_preset_that_is_not_there() -> None:
    with pytest.raises(BadInput, match="no network called 'alexnett'"):
        load_preset("alexnett")


def test_json_is_never_written_over_python_source(tmp_path: Path) -> None:
    source = tmp_path / "net.py"
    source.write_text("class Net: pass")
    with pytest.raises(BadInput, match=r"net\.py would be replaced by JSON"):
        save_network(SMALL, source)
    assert source.read_text() == "class Net: pass"


def test_only_networks_that_do_not_state_it_take_an_input_shape() -> None:
    with pytest.raises(BadInput, match="lenet5 states its own input"):
        open_network("lenet5", (1, 28, 28))
    graph = open_network("torchvision:alexnet", (3, 227, 227)).graph
    assert graph.layers[0].parameters["shape"] == (3, 227, 227)
