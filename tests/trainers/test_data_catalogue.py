"""The catalogue: what it says, what it loads, what it refuses and in which words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from trainers import datasets
from trainers.datasets import DATASETS, check_fits, describe, is_present, load
from trainers.errors import BadInput, MissingData
from trainers.planar_data import EXTENT, PLANAR_DATA
from trainers.training_plan import DataChoice

REGRESSIONS = ("plane", "hills")
PLANAR = tuple(PLANAR_DATA)
TWO_CLASSES = tuple(name for name in PLANAR if name not in REGRESSIONS)


@dataclass(frozen=True)
class Network:
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]


def one_sentence(error: pytest.ExceptionInfo[BadInput]) -> str:
    text = error.value.sentence
    assert "\n" not in text
    assert text.rstrip().endswith((".", "?")), text
    assert len(text) < 420, text
    return text


def radii_of(name: str, label: int) -> np.ndarray:
    split = load(DataChoice(name, samples=1000, noise=0.0))
    points = np.concatenate([split.train_inputs, split.test_inputs])
    targets = np.concatenate([split.train_targets, split.test_targets])
    return np.hypot(*points[targets == label].T)


def test_points_lie_evenly_over_the_disc_and_along_the_rings() -> None:
    disc = radii_of("circle", 1)
    assert (disc < disc.max() / 2).mean() == pytest.approx(0.25, abs=0.06)  # a quarter of the area
    outer = radii_of("rings", 0)
    assert set(np.rint(outer).astype(int)) == {1, 5}
    assert (outer > 3).mean() == pytest.approx(0.75, abs=0.06)  # circumferences are 1 to 4


def test_importing_the_catalogue_loads_neither_torch_nor_qt() -> None:
    code = (
        "import sys, trainers.datasets as d, trainers.digit_pad, trainers.image_folder, trainers.table_data, trainers.download\n"
        "from trainers.training_plan import DataChoice\n"
        "d.load(DataChoice('spiral')), d.load(DataChoice('digits')), d.describe(DataChoice('cifar10'))\n"
        "d.is_present(DataChoice('mnist', directory='/nowhere'))\n"
        "try:\n    d.load(DataChoice('mnist', directory='/nowhere'))\nexcept d.MissingData: pass\n"
        "bad = {m.split('.')[0] for m in sys.modules} & {'torch', 'torchvision', 'PySide6', 'numba', 'app', 'sklearn'}\n"
        "print(sorted(bad))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", PLANAR)
def test_planar_data_have_the_size_split_and_range_asked_for(name: str) -> None:
    split = load(DataChoice(name, samples=403, test_share=0.25, noise=1.0, seed=3))
    assert split.train_inputs.dtype == np.float32
    assert split.train_inputs.shape[1:] == (2,)
    assert len(split.train_inputs) + len(split.test_inputs) == 403
    assert abs(len(split.test_inputs) - 101) <= 1
    for inputs in (split.train_inputs, split.test_inputs):
        assert np.abs(inputs).max() <= EXTENT
        assert np.isfinite(inputs).all()
    if name in REGRESSIONS:
        assert split.task == "regression"
        assert split.classes == ()
        assert split.train_targets.dtype == np.float32
        assert split.train_targets.shape == (len(split.train_inputs), 1)
    else:
        assert split.task == "classification"
        assert len(split.classes) == 2
        assert split.train_targets.dtype == np.int64
        for targets in (split.train_targets, split.test_targets):
            assert set(targets.tolist()) == {0, 1}
            assert abs(targets.mean() - 0.5) < 0.02  # stratified: both classes in both parts


@pytest.mark.parametrize("name", PLANAR)
def test_planar_data_depend_on_the_seed_and_on_nothing_else(name: str) -> None:
    first, again, other = (load(DataChoice(name, seed=seed)) for seed in (7, 7, 8))
    assert np.array_equal(first.train_inputs, again.train_inputs)
    assert np.array_equal(first.test_targets, again.test_targets)
    assert not np.array_equal(first.train_inputs, other.train_inputs)


@pytest.mark.parametrize("name", PLANAR)
def test_noise_moves_the_same_points_and_more_samples_add_to_them(name: str) -> None:
    def points(**wishes: float) -> np.ndarray:
        split = load(DataChoice(name, **wishes))  # type: ignore[arg-type]
        return np.concatenate([split.train_inputs, split.test_inputs])

    still, little = points(noise=0.0, samples=200), points(noise=0.001, samples=200)
    assert 0 < np.abs(still - little).max() < 0.02 or name in REGRESSIONS
    few, many = points(samples=100), points(samples=300)
    assert {tuple(row) for row in few.tolist()} <= {tuple(row) for row in many.tolist()}


def nearest_neighbour_accuracy(name: str, noise: float) -> float:
    split = load(DataChoice(name, samples=1500, noise=noise))
    distance = ((split.test_inputs[:, None] - split.train_inputs[None]) ** 2).sum(axis=2)
    return float((split.train_targets[distance.argmin(axis=1)] == split.test_targets).mean())


@pytest.mark.parametrize("name", TWO_CLASSES)
def test_classes_can_be_told_apart_without_noise_and_hardly_with_all_of_it(name: str) -> None:
    assert nearest_neighbour_accuracy(name, 0.0) > 0.99
    assert nearest_neighbour_accuracy(name, 0.1) > 0.9
    assert nearest_neighbour_accuracy(name, 1.0) < 0.75


def test_a_line_parts_two_clouds_but_not_the_exclusive_or() -> None:
    def linear_accuracy(name: str) -> float:
        split = load(DataChoice(name, samples=1000))
        design = np.c_[split.train_inputs, np.ones(len(split.train_inputs))]
        weights = np.linalg.lstsq(design, split.train_targets * 2.0 - 1, rcond=None)[0]
        answer = np.c_[split.test_inputs, np.ones(len(split.test_inputs))] @ weights > 0
        return float((answer == split.test_targets).mean())

    assert linear_accuracy("gauss") > 0.97
    for name in ("xor", "circle", "rings", "spiral"):
        assert linear_accuracy(name) < 0.75, name


def test_the_slope_is_linear_and_the_hills_are_not() -> None:
    def linear_error(name: str) -> float:
        split = load(DataChoice(name, samples=2000, noise=0.0))
        design = np.c_[split.train_inputs, np.ones(len(split.train_inputs))]
        weights = np.linalg.lstsq(design, split.train_targets, rcond=None)[0]
        return float(((design @ weights - split.train_targets) ** 2).mean() / split.train_targets.var())

    assert linear_error("plane") < 1e-6
    assert linear_error("hills") > 0.8


def test_digits_are_the_1797_of_the_source_with_a_fixed_split() -> None:
    split = load(DataChoice("digits"))
    assert split.train_inputs.shape == (1438, 1, 28, 28)
    assert split.test_inputs.shape == (359, 1, 28, 28)
    assert split.train_inputs.dtype == np.uint8
    assert split.train_targets.dtype == np.int64
    assert split.train_inputs.max() == 255
    everything = np.concatenate([split.train_targets, split.test_targets])
    shares = np.bincount(split.test_targets) / np.bincount(everything)
    assert np.abs(shares - 0.2).max() < 0.005
    other = load(DataChoice("digits", seed=5, test_share=0.5, samples=20))
    assert np.array_equal(split.train_inputs, other.train_inputs)


def test_digits_are_the_source_enlarged_three_times_with_a_margin_of_two() -> None:
    source = pytest.importorskip("sklearn.datasets").load_digits()
    split = load(DataChoice("digits"))
    images = np.concatenate([split.train_inputs, split.test_inputs])[:, 0]
    assert not images[:, :2].any()
    assert not images[:, -2:].any()
    assert not images[:, :, :2].any()
    assert not images[:, :, -2:].any()
    centres = images[:, 3:-2:3, 3:-2:3].astype(float)  # the middle pixel of each 3 x 3 is the grid's own value
    wanted = np.rint(source.images * 255 / 16)
    labels = np.concatenate([split.train_targets, split.test_targets])
    found = {(row.tobytes(), int(label)) for row, label in zip(centres, labels, strict=True)}
    assert found == {(row.tobytes(), int(label)) for row, label in zip(wanted, source.target, strict=True)}


def test_digits_file_is_small_and_made_byte_for_byte_by_its_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn")
    root = Path(__file__).parents[2]
    monkeypatch.syspath_prepend(str(root / "tools"))
    import make_digits

    target = tmp_path / "digits.npz"
    monkeypatch.setattr(make_digits, "TARGET", target)
    assert make_digits.main() == 0
    bundled = root / "resources" / "datasets" / "digits.npz"
    assert bundled.stat().st_size < 100_000
    with np.load(target, allow_pickle=False) as made, np.load(bundled, allow_pickle=False) as kept:
        assert sorted(made.files) == sorted(kept.files)
        for name in made.files:
            assert np.array_equal(made[name], kept[name])


@pytest.mark.parametrize(
    ("written", "name"), [("CIFAR-10", "cifar10"), ("FashionMNIST", "fashion-mnist"), ("Spiral", "spiral")]
)
def test_names_are_understood_as_people_write_them(written: str, name: str) -> None:
    assert describe(DataChoice(written)).name == name


def test_a_planar_set_written_in_capitals_keeps_its_settings() -> None:
    upper, lower = (load(DataChoice(name, samples=60, noise=0.3, seed=2)) for name in ("XOR", "xor"))
    assert np.array_equal(upper.train_inputs, lower.train_inputs)
    assert upper.name == "xor"


@pytest.mark.parametrize(
    "name", ["circel", "mnits", "no-such-data", "folder/none.csv", "none.csv", "a\0b", "x" * 5000, ""]
)
@pytest.mark.parametrize("act", [describe, load])
def test_unknown_data_are_refused_in_one_sentence(name: str, act: object) -> None:
    with pytest.raises(BadInput) as error:
        act(DataChoice(name))  # type: ignore[operator]
    sentence = error.value.sentence
    assert "\n" not in sentence
    if name == "circel":
        assert "did you mean circle" in sentence
    if name == "mnits":
        assert "mnist" in sentence


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_that_never_ends_is_not_read() -> None:
    with pytest.raises(BadInput, match="neither a file nor a folder"):
        load(DataChoice("/dev/zero"))


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar10"])
def test_missing_data_say_what_to_do_and_offer_digits(name: str, tmp_path: Path) -> None:
    choice = DataChoice(name, directory=str(tmp_path))
    assert not is_present(choice)
    with pytest.raises(MissingData) as error:
        load(choice)
    sentence = one_sentence(error)
    assert "--download" in sentence
    assert "--data-dir" in sentence
    assert "`digits`" in sentence
    assert str(tmp_path) in sentence
    assert error.value.data == name
    assert list(tmp_path.iterdir()) == []


def test_what_is_made_or_bundled_is_always_present() -> None:
    for name, spec in DATASETS.items():
        if not spec.needs_download:
            assert is_present(DataChoice(name))


def test_every_planar_set_fits_a_network_of_two_inputs_and_one_output() -> None:
    for name in PLANAR:
        check_fits(DATASETS[name], Network((2,), (1,)))


def test_digit_sets_fit_a_network_of_28_by_28_and_ten_outputs() -> None:
    for name in ("digits", "mnist", "fashion-mnist"):
        check_fits(DATASETS[name], Network((1, 28, 28), (10,)))


def test_two_classes_also_fit_two_outputs_but_a_regression_does_not() -> None:
    check_fits(DATASETS["xor"], Network((2,), (2,)))
    with pytest.raises(BadInput, match="has 1 number"):
        check_fits(DATASETS["hills"], Network((2,), (2,)))


@pytest.mark.parametrize(
    ("name", "network", "words"),
    [
        ("circle", Network((1, 28, 28), (10,)), ["2 numbers", "1×28×28", "digits", "playground"]),
        ("digits", Network((2,), (1,)), ["1×28×28", "2 numbers", "lenet5", "circle"]),
        ("cifar10", Network((1, 28, 28), (10,)), ["3×32×32", "resnet18-cifar"]),
        ("mnist", Network((1, 28, 28), (7,)), ["7 numbers", "10 classes", "lenet5"]),
        ("circle", Network((5,), (3,)), ["5 numbers", "playground"]),
    ],
)
def test_data_that_do_not_fit_are_refused_with_a_proposal(name: str, network: Network, words: list[str]) -> None:
    with pytest.raises(BadInput) as error:
        check_fits(DATASETS[name], network)
    sentence = one_sentence(error)
    assert name in sentence
    for word in words:
        assert word in sentence


def test_every_preset_is_offered_only_where_it_fits() -> None:
    from trainers.layer_catalog import analyse
    from trainers.network_files import load_network

    for (sample_shape, output_shape), preset in datasets._PRESETS.items():
        analysis = analyse(load_network(preset))
        assert (analysis.input_shape, analysis.output_shape) == (sample_shape, output_shape)


def test_every_entry_of_the_catalogue_is_complete() -> None:
    for name, spec in DATASETS.items():
        assert spec.name == name
        assert spec.title
        assert spec.description
        assert spec.source
        assert (spec.targets > 0) == (spec.task == "regression") == (spec.classes == ())
        assert spec.needs_download == (name in datasets.DATA_FILES) == (spec.megabytes > 0)
