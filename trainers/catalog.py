"""The recipes by name, with what a form needs to know of them. Imports no torch: a recipe is named, and loaded by the worker."""

from __future__ import annotations

import msgspec

from trainers.training_plan import ClassifierSettings


class TrainerSpec(msgspec.Struct, frozen=True):
    """title: for a person; settings: the struct of its hyperparameters; job and answer: "module:function"."""

    title: str
    settings: type[ClassifierSettings]
    job: str
    answer: str
    tasks: tuple[str, ...]


TRAINERS: dict[str, TrainerSpec] = {
    "classifier": TrainerSpec(
        title="Classification and regression",
        settings=ClassifierSettings,
        job="trainers.classifier:train",
        answer="trainers.classifier:answer",
        tasks=("classification", "regression"),
    ),
}
