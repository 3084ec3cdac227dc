"""Which networks and data go together: what is proposed for each preset and each set, and the sentence where they do not."""

from __future__ import annotations

import pytest

from app.data_fitting import data_for, known_spec, preset_analysis, preset_for, preset_for_spec, why_not
from trainers import datasets
from trainers.data_split import DatasetSpec
from trainers.datasets import DATASETS
from trainers.network_files import load_preset, preset_names
from trainers.training_plan import DataChoice


def own_table(columns: int) -> DatasetSpec:
    """A person's own CSV of two classes."""
    return DatasetSpec(
        name="/mine.csv",
        title="mine.csv",
        task="classification",
        kind="csv",
        sample_shape=(columns,),
        classes=("a", "b"),
        targets=0,
        description="mine",
        source="/mine.csv",
    )


@pytest.mark.parametrize("name", preset_names())
def test_each_preset_comes_with_data_that_fit_it_and_are_at_hand_where_any_are(name: str) -> None:
    data = data_for(name)
    fitting = [key for key, spec in DATASETS.items() if not why_not(spec, preset_analysis(name))]
    assert (data is None) == (not fitting)
    if data is not None:
        assert data in fitting
        assert not DATASETS[data].needs_download or all(DATASETS[key].needs_download for key in fitting)


def test_what_learns_a_set_best_is_proposed_for_it() -> None:
    assert (data_for("perceptron"), data_for("xor-mlp")) == ("gauss", "xor")
    assert data_for("lenet5") == "digits"
    assert {data: preset_for(data) for data in ("circle", "digits", "mnist", "cifar10")} == {
        "circle": "playground",
        "digits": "lenet5",
        "mnist": "lenet5",
        "cifar10": "resnet18-cifar",
    }
    assert preset_for_spec(own_table(77)) is None


def test_data_at_hand_come_before_data_to_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "DATASETS", {"mnist": DATASETS["mnist"], **DATASETS})
    assert next(iter(datasets.DATASETS)) == "mnist"
    assert data_for("lenet5") == "digits"


def test_the_sentence_names_at_most_three_sets_and_a_network_by_its_title() -> None:
    assert why_not(DATASETS["digits"], preset_analysis("lenet5")) == ""
    said = why_not(DATASETS["digits"], preset_analysis("playground"))
    proposed = said.partition("choose ")[2].partition(" as data")[0]
    assert sum(spec.title in proposed for spec in DATASETS.values()) == 3, said
    assert said.endswith(f"or take the network {load_preset('lenet5').title}.")


def test_beside_data_of_ones_own_it_is_the_network_that_gives_way() -> None:
    said = why_not(own_table(2), preset_analysis("lenet5"))
    assert " as data" not in said
    assert said.endswith(f" take the network {load_preset('playground').title}.")
    said = why_not(own_table(77), preset_analysis("lenet5"))
    assert "choose" not in said
    assert "take the network" not in said
    assert said.endswith(".")


def test_data_that_cannot_be_read_are_no_data() -> None:
    assert known_spec(DataChoice("moons")) == DATASETS["moons"]
    assert known_spec(DataChoice("/nowhere/mine.csv")) is None
