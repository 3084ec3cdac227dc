"""What is typed to find a layer kind, and the numbers behind its name."""

import pytest

from app.panels.builder.palette_query import find, parts_of
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_edits import new_layer
from trainers.network_graph import NetworkGraph, Parameter

EMPTY = NetworkGraph("empty", (), ())


@pytest.mark.parametrize(
    ("typed", "kind", "parameters"),
    [
        ("conv 6 5 padding=2", "conv2d", {"channels": 6, "kernel": 5, "padding": 2}),
        ("conv 6 5 pad 2 stride 2", "conv2d", {"channels": 6, "kernel": 5, "padding": 2, "stride": 2}),
        ("conv 6 5 pad", "conv2d", {"channels": 6, "kernel": 5}),  # the number is still to come
        ("pool 2 max", "max_pool", {"kernel": 2}),
        ("Conv2d 16 3x5 stride=2", "conv2d", {"channels": 16, "kernel": (3, 5), "stride": 2}),
        ("dense 120", "dense", {"units": 120}),
        ("Linear 10 bias=no", "dense", {"units": 10, "bias": False}),
        ("input 1 28 28", "input", {"shape": (1, 28, 28)}),
        ("input 3×224×224", "input", {"shape": (3, 224, 224)}),
        ("max", "max_pool", {}),
        ("maxpool2d 3 2", "max_pool", {"kernel": 3, "stride": 2}),
        ("dropout 0.25", "dropout", {"p": 0.25}),
        ("relu", "relu", {}),
        ("cat", "concatenate", {}),
        ("residual", "add", {}),
        ("batch", "batch_norm", {}),
        ("flat", "flatten", {}),
        ("swish", "silu", {}),
        ("conv 6 window=5", "conv2d", {"channels": 6, "kernel": 5}),
        ("nn.Conv2d(1, 6, 5, padding=2)", "conv2d", {"channels": 6, "kernel": 5, "padding": 2}),
        ("self.conv1 = nn.Conv2d(1, 6, kernel_size=(3, 5))", "conv2d", {"channels": 6, "kernel": (3, 5)}),
        ("nn.Linear(16, 120", "dense", {"units": 120}),
        ("MaxPool2d(2, 2)", "max_pool", {"kernel": 2, "stride": 2}),
        ("nn.ReLU()", "relu", {}),
    ],
)
def test_a_name_and_its_numbers(typed: str, kind: str, parameters: dict[str, Parameter]) -> None:
    first = find(typed)[0]
    assert (first.kind.key, first.parameters) == (kind, parameters)
    assert new_layer(EMPTY, kind, parameters=parameters).parameters.items() >= parameters.items()


def test_every_kind_is_found_by_its_title_and_its_key() -> None:
    assert [found.kind.key for found in find("")] == list(LAYER_KINDS)
    for key, kind in LAYER_KINDS.items():
        assert find(kind.title)[0].kind.key == key
        assert find(key)[0].kind.key == key
    assert find("no such layer") == []


def test_what_cannot_be_is_left_for_the_edit_to_refuse() -> None:
    assert find("dense twelve") == find("conv 6 5 relu") == []
    assert find("dense -3")[0].parameters == {"units": -3}
    assert find("relu 3")[0].parameters == {}


def test_what_a_kind_does_not_take_is_said() -> None:
    assert find("conv 6 5 depth=3")[0].told == "channels 6, kernel 5; it takes no depth=3"
    assert find("relu 3")[0].told == "it takes no 3"
    assert find("dense 10")[0].told == "units 10"


def test_several_layers_are_parted_by_commas_but_not_their_numbers() -> None:
    assert parts_of("conv 6 5 padding=2, relu,max,flatten") == ["conv 6 5 padding=2", "relu", "max", "flatten"]
    assert parts_of("input 1,28,28, nn.Conv2d(1, 6, 5, padding=2), ") == [
        "input 1,28,28",
        "nn.Conv2d(1, 6, 5, padding=2)",
    ]
    assert parts_of("relu,") == ["relu"]
    assert parts_of(" , ") == []
