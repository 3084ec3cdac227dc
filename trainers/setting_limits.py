"""The range of every hyperparameter, read from ClassifierSettings, and changing one with a sentence if it cannot be. No torch."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from trainers.commands import Scalar
from trainers.errors import BadInput
from trainers.training_plan import ClassifierSettings

FIXED = ("seed", "device", "threads")  # they make the run what it is; everything else changes while it runs


class SettingLimits(msgspec.Struct, frozen=True):
    """What a form shows and a check needs. kind: "int", "float", "bool" or "choice"; is_open: the minimum itself is excluded."""

    name: str
    title: str
    unit: str
    tooltip: str
    pytorch: str
    kind: str
    default: Scalar
    minimum: float | None = None
    maximum: float | None = None
    is_open: bool = False
    is_open_above: bool = False
    choices: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        """What the value must be, to follow "must be"."""
        if self.kind == "choice":
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        if self.kind == "bool":
            return "true or false"
        low = f"above {self.minimum:g}" if self.is_open else f"at least {self.minimum:g}"
        high = f"below {self.maximum:g}" if self.is_open_above else f"at most {_plain(self.maximum)}"
        return f"{'a whole number, ' if self.kind == 'int' else ''}{low} and {high}"


@cache
def setting_limits() -> dict[str, SettingLimits]:
    """By name, in the order of the form."""
    hints = get_type_hints(ClassifierSettings, include_extras=True)
    return {name: _limits(name, hints[name]) for name in ClassifierSettings.__struct_fields__}


def with_setting(settings: ClassifierSettings, name: str, value: Scalar) -> ClassifierSettings:
    """The settings with one of them changed. Raises BadInput: one sentence with the name, the range and the value."""
    limits = setting_limits().get(name)
    if limits is None:
        raise BadInput(f"There is no setting {name}: there are {', '.join(setting_limits())}.")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not math.isfinite(float(value)):  # type: ignore[arg-type]
        raise BadInput(f"{limits.title} must be {limits.range_text}, not {value}.")
    try:
        given = {**msgspec.structs.asdict(settings), name: value}
        return msgspec.convert(given, ClassifierSettings)
    except (msgspec.ValidationError, OverflowError) as error:
        raise BadInput(f"{limits.title} must be {limits.range_text}, not {_shown(value)}.") from error


def pytorch_line(settings: ClassifierSettings, name: str, task: str = "classification") -> str:
    """The line of a PyTorch program that the setting becomes."""
    value = getattr(settings, name)
    if name == "optimizer":
        return _optimizer_line(settings)
    if name == "schedule":
        return _schedule_line(settings)
    if name == "loss":
        return _loss_line(settings.loss, task)
    if name == "device" and value == "auto":
        return 'model.to("cuda" if torch.cuda.is_available() else "cpu")'
    if name == "threads" and value == 0:
        return "torch.set_num_threads(max(1, os.cpu_count() - 1))"
    return setting_limits()[name].pytorch.replace("{value}", str(value))


def _optimizer_line(settings: ClassifierSettings) -> str:
    name = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}[settings.optimizer]
    arguments = [f"lr={settings.learning_rate!r}"]
    if settings.optimizer in ("sgd", "rmsprop"):
        arguments.append(f"momentum={settings.momentum!r}")
    if settings.weight_decay or settings.optimizer == "adamw":  # AdamW's own default is not 0
        arguments.append(f"weight_decay={settings.weight_decay!r}")
    return f"optimizer = torch.optim.{name}(model.parameters(), {', '.join(arguments)})"


def _schedule_line(settings: ClassifierSettings) -> str:
    steps = "epochs * len(loader)"
    schedulers = "torch.optim.lr_scheduler"
    return {
        "constant": "# the learning rate stays as it is",
        "step": f"scheduler = {schedulers}.StepLR(optimizer, step_size={steps} // 3, gamma=0.1)",
        "cosine": f"scheduler = {schedulers}.CosineAnnealingLR(optimizer, T_max={steps})",
        "one_cycle": f"scheduler = {schedulers}.OneCycleLR(optimizer, max_lr={settings.learning_rate!r}, total_steps={steps})",
        "exponential": f"scheduler = {schedulers}.ExponentialLR(optimizer, gamma=0.01 ** (1 / ({steps})))",
    }[settings.schedule]


def _loss_line(loss: str, task: str) -> str:
    if loss == "auto":
        loss = "cross_entropy" if task == "classification" else "mse"
    name = {"cross_entropy": "CrossEntropyLoss", "mse": "MSELoss", "l1": "L1Loss", "huber": "HuberLoss"}[loss]
    return f"loss_function = nn.{name}()"


def _limits(name: str, hint: Any) -> SettingLimits:
    kind, meta = get_args(hint)
    assert isinstance(meta, Meta)
    extra = meta.extra or {}
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    low = meta.gt if meta.gt is not None else meta.ge
    high = meta.lt if meta.lt is not None else meta.le
    return SettingLimits(
        name=name,
        title=meta.title or name,
        unit=str(extra.get("unit", "")),
        tooltip=meta.description or "",
        pytorch=str(extra.get("pytorch", "")),
        kind="choice" if choices else kind.__name__,
        default=getattr(ClassifierSettings(), name),
        minimum=None if low is None else float(low),
        maximum=None if high is None else float(high),
        is_open=meta.gt is not None,
        is_open_above=meta.lt is not None,
        choices=tuple(choices),
    )


def _plain(number: float | None) -> str:
    return "any" if number is None else f"{number:,.0f}" if number == int(number) else f"{number:g}"


def _shown(value: Scalar) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
