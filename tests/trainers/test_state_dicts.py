"""Weights from files: what fits by name and shape is taken, what does not is said, and nothing in a file is run."""

import itertools
import pickle
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from training_tools import plan_for

from trainers.datasets import load
from trainers.errors import BadInput
from trainers.first_weights import first_weights, weight_shapes
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.state_dicts import match_weights, read_state_dict
from trainers.torch_network import build
from trainers.train_options import unmatched
from trainers.training_run import TrainingRun

LENET = load_preset("lenet5")
SEQUENCES = NetworkGraph(
    "sequences",
    (
        Layer("words", "input", {"shape": (6,)}),
        Layer("embedding", "embedding", {"vocabulary": 9, "features": 8}),
        Layer("positions", "positions"),
        Layer("attention", "self_attention", {"heads": 2}),
        Layer("unbiased", "self_attention", {"heads": 2, "bias": False}),
        Layer("norm", "layer_norm"),
        Layer("lstm", "lstm", {"hidden": 5, "layers": 2, "bidirectional": True, "output": "sequence"}),
        Layer("gru", "gru", {"hidden": 4, "output": "sequence", "bias": False}),
        Layer("rnn", "recurrent", {"hidden": 3}),
        Layer("prelu", "prelu", {"init": 0.5}),
        Layer("maxout", "maxout", {"units": 3, "pieces": 4}),
        Layer("plain", "batch_norm", {"affine": False}),
        Layer("out", "dense", {"units": 2}),
    ),
    tuple(
        Link(one, two)
        for one, two in itertools.pairwise(
            (
                "words",
                "embedding",
                "positions",
                "attention",
                "unbiased",
                "norm",
                "lstm",
                "gru",
                "rnn",
                "prelu",
                "maxout",
                "plain",
                "out",
            )
        )
    ),
)


def test_names_shapes_and_spread_are_those_of_torch() -> None:
    for graph in (*(load_preset(name) for name in preset_names() if name != "alexnet"), SEQUENCES):
        torch.manual_seed(0)
        theirs, ours = build(graph).state_dict(), first_weights(analyse(graph))
        assert list(ours) == list(theirs) == list(weight_shapes(analyse(graph)))
        for name, value in theirs.items():
            assert ours[name].shape == tuple(value.shape) == weight_shapes(analyse(graph))[name], name
            assert torch.from_numpy(np.asarray(ours[name])).dtype == value.dtype, name
            if value.numel() > 100:
                assert float(ours[name].std()) == pytest.approx(float(value.std()), rel=0.3), name
                assert float(abs(ours[name]).max()) == pytest.approx(float(value.abs().max()), rel=0.4), name


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_weights_are_read_and_matched(suffix: str, tmp_path: Path) -> None:
    torch.manual_seed(3)
    state = build(LENET).state_dict()
    path = tmp_path / f"weights{suffix}"
    if suffix == ".pt":
        torch.save({"epoch": 3, "state_dict": {f"module.{name}": value for name, value in state.items()}}, path)
    else:
        save_file(state, path)
    matched = match_weights(weight_shapes(analyse(LENET)), read_state_dict(path), str(path))
    assert matched.sentences() == ()
    assert set(matched.weights) == set(state)
    assert all(np.array_equal(matched.weights[name], value.numpy()) for name, value in state.items())


def test_what_does_not_match_is_said() -> None:
    given = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(analyse(LENET)).items()}
    given["conv1.weight"] = np.zeros((6, 3, 5, 5), np.float32)
    given["head.scale"] = given.pop("fc3.bias")
    matched = match_weights(weight_shapes(analyse(LENET)), given, "w.pt")
    assert len(matched.weights) == 8
    assert matched.sentences() == (
        "Of another shape, so not taken: conv1.weight is 6×1×5×5 here, 6×3×5×5 in the file.",
        "Not in the file, so as at first: fc3.bias.",
        "In the file, but not in the network: head.scale.",
    )
    with pytest.raises(BadInput, match=r"Nothing of w\.pt fits the network"):
        match_weights({"a.weight": (2, 3)}, given, "w.pt")


def test_names_are_matched_as_far_as_there_is_no_doubt() -> None:
    ones = np.ones(1, np.float32)
    wanted = dict.fromkeys(["layer1_0_bn.weight", "layer10_bn.weight", "block_norm1.weight"], (1,))
    given = {"layer1.0.bn.weight": ones, "block.norm.1.weight": ones, "layer.10.bn.weight": 2 * ones}
    matched = match_weights(wanted, given, "f")
    assert set(matched.weights) == set(wanted)
    assert float(matched.weights["layer10_bn.weight"][0]) == 2
    doubtful = match_weights({**wanted, "ab_c.weight": (1,), "a_bc.weight": (1,)}, {**given, "a.b.c.weight": ones}, "f")
    assert {"ab_c.weight", "a_bc.weight"} == set(doubtful.lacking)


class Marker:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("marker"),)  # type: ignore[return-value]


def test_hostile_and_torn_files_are_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("evil.pt").write_bytes(pickle.dumps({"conv1.weight": Marker()}))
    torch.save({"w": Marker()}, "evil2.pt")
    torch.save(nn.Linear(2, 2), "module.pt")
    torch.save([1, 2], "list.pt")
    torch.save({"a": 1}, "none.pt")
    torch.save({"a": torch.tensor([float("nan")])}, "nan.pt")
    Path("torn.pt").write_bytes(Path("list.pt").read_bytes()[:200])
    Path("empty.pt").write_bytes(b"")
    Path("torn.safetensors").write_bytes(b"\xff" * 40)
    save_file({"a": torch.zeros(2, dtype=torch.bfloat16)}, "half.safetensors")
    for name, module in (("bytes.pt", b"builtins"), ("older.pt", b"__builtin__")):  # 2 GB out of 50 bytes
        table = b"\x80\x02}X\x01\x00\x00\x00ac" + module + b"\nbytearray\nJ\xff\xff\xff\x7f\x85Rs."
        with ZipFile(name, "w") as parts:
            parts.writestr("a/data.pkl", table)
            parts.writestr("a/version", "3\n")
    with ZipFile("bomb.pt", "w", ZIP_DEFLATED) as parts:
        torch.save({"a": torch.zeros(3)}, "kept.pt")
        with ZipFile("kept.pt") as kept:
            for entry in kept.infolist():
                parts.writestr(entry.filename, kept.read(entry))
        parts.writestr("kept/data/9", bytes(1_000_000))
    lie = Path("bomb.pt").read_bytes()
    at = lie.rindex(b"PK\x01\x02")
    Path("bomb.pt").write_bytes(lie[: at + 24] + (2**31).to_bytes(4, "little") + lie[at + 28 :])
    monkeypatch.setattr("trainers.pickled_weights.MOST_PICKLED", 100_000)
    with ZipFile("long.pt", "w", ZIP_DEFLATED) as parts:
        parts.writestr("a/data.pkl", b"\x80\x02" + b"]" * 100_000 + b".")
    torch.save({"a": torch.zeros(1).expand(2**15, 2**15)}, "wide.pt")
    with open("sparse.safetensors", "wb") as sparse:
        sparse.truncate(2**31 + 1)
    said = {
        "bytes.pt": "bytes.pt makes bytes, not tensors",
        "older.pt": "older.pt makes bytes, not tensors",
        "bomb.pt": "bomb.pt unpacks to more than the 2 GB that are read",
        "long.pt": "(it lists more than can be tensors)",
        "wide.pt": "wide.pt unpacks to more than the 2 GB that are read",
        "sparse.safetensors": "is larger than the 2 GB that are read",
        "evil.pt": "no state dict that can be loaded safely",
        "evil2.pt": "no state dict that can be loaded safely",
        "module.pt": "no state dict that can be loaded safely",
        "list.pt": "holds a list, not a state dict",
        "none.pt": "holds no weights",
        "nan.pt": "holds NaN or infinity in a",
        "torn.pt": "no state dict",
        "empty.pt": "no state dict",
        "torn.safetensors": "is no whole safetensors file",
        "missing.pt": "There is no file missing.pt",
        "a\x00b": "",
        ".": "There is no file",
    }
    for name, words in said.items():
        with pytest.raises(BadInput) as caught:
            read_state_dict(name)
        assert words in caught.value.sentence, name
        assert len(caught.value.sentence.splitlines()) == 1, name
        assert len(caught.value.sentence) < 400, name
    assert not Path("marker").exists()


def test_a_run_begins_with_the_weights_of_a_file(tmp_path: Path) -> None:
    torch.manual_seed(5)
    state = build(load_preset("playground")).state_dict()
    first = next(iter(state))
    save_file({name: value for name, value in state.items() if name != first}, tmp_path / "some.safetensors")
    plan = msgspec.structs.replace(plan_for(), weights=str(tmp_path / "some.safetensors"))
    run = TrainingRun(plan, load(plan.data))
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, state[name]) == (name != first), name
    assert unmatched(plan.network, str(plan.weights)) == (f"Not in the file, so as at first: {first}.",)
