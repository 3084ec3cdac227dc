"""torchvision's own source, as it is installed, read as text: shapes and parameters are those that torchvision states."""

import importlib.util
from pathlib import Path

import pytest

from trainers.layer_catalog import analyse
from trainers.network_graph import BadInput
from trainers.source_opening import load_source


def models() -> Path:
    spec = importlib.util.find_spec("torchvision")  # finds it without importing it
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "models"


# Parameters as torchvision's documentation states them (num_params of each model's weights).
COUNTS = {
    "alexnet.py": 61_100_840,
    "alexnet.py:alexnet": 61_100_840,
    "vgg.py:vgg11": 132_863_336,
    "vgg.py:vgg13_bn": 133_053_736,
    "vgg.py:vgg16": 138_357_544,
    "vgg.py:vgg19_bn": 143_678_248,
    "resnet.py:resnet18": 11_689_512,
    "resnet.py:resnet34": 21_797_672,
    "resnet.py:resnet50": 25_557_032,
    "resnet.py:resnet101": 44_549_160,
    "resnet.py:resnet152": 60_192_808,
    "squeezenet.py:squeezenet1_0": 1_248_424,
    "squeezenet.py:squeezenet1_1": 1_235_496,
    "densenet.py:densenet121": 7_978_856,
}


@pytest.mark.parametrize("name", COUNTS)
def test_torchvisions_models_are_read(name: str) -> None:
    analysis = analyse(load_source(str(models() / name), (3, 224, 224)).graph)
    assert analysis.parameters == COUNTS[name]
    assert analysis.output_shape == (1000,)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vgg.py", "__init__ does not get its features"),
        ("mobilenetv2.py", "Conv2dNormActivation comes from another file, which is not read"),
        ("resnet.py:resnext50_32x4d", "_ovewrite_named_param comes from another file"),
    ],
)
def test_what_cannot_be_read_is_said(name: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_source(str(models() / name), (3, 224, 224))
    assert said in caught.value.sentence
    assert name.partition(":")[0] in caught.value.sentence
