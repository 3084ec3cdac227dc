"""Settings that come with the data: what learns well in some seconds. Plain data; imports no Qt and no torch."""

from __future__ import annotations

from app.data_fitting import known_spec
from trainers.training_plan import ClassifierSettings, DataChoice

# Pictures need small steps and few epochs, a handful of points large ones and many.
RECIPES: dict[str, dict[str, int | float]] = {
    "image": {"learning_rate": 1e-3, "batch_size": 64, "epochs": 10},
    "planar": {"learning_rate": 0.02, "batch_size": 32, "epochs": 600},
    "csv": {"learning_rate": 0.01, "batch_size": 32, "epochs": 60},
}


def recipe_of(data: DataChoice) -> str:
    """A key of RECIPES, or another kind of data; "" where they cannot be read, or not at once."""
    spec = known_spec(data)
    if spec is None:
        return ""
    return "image" if len(spec.sample_shape) == 3 else spec.kind


def settings_with(data: DataChoice, before: DataChoice, settings: ClassifierSettings) -> dict[str, int | float]:
    """What changes in the settings when `data` take the place of `before`: what a person chose stays."""
    old, new = RECIPES.get(recipe_of(before)), RECIPES.get(recipe_of(data))
    if old is None or new is None or old == new:
        return {}
    return {name: value for name, value in new.items() if getattr(settings, name) == old[name]}
