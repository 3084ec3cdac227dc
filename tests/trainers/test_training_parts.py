"""The parts of a step, each against an independent reckoning: schedules, penalties, normalisation, batches, PyTorch lines."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from training_tools import chain, drive, losses_of, of_kind, plan_for

from trainers.batches import Batches, Normaliser, Samples
from trainers.catalog import TRAINERS
from trainers.events import EpochReport, RunFailed, RunFinished, StepReport
from trainers.journal import TIMING_SECONDS, Journal
from trainers.network_graph import Layer
from trainers.optimization import add_l1_gradient, adjust_optimizer, learning_rate_at, make_optimizer
from trainers.setting_limits import pytorch_line, setting_limits, with_setting
from trainers.training_plan import ClassifierSettings

STEPS = 60
SCHEDULERS: dict[str, Any] = {
    "step": lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, STEPS // 3, gamma=0.1),
    "cosine": lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS),
    "exponential": lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.01 ** (1 / STEPS)),
    "constant": lambda optimizer: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
}


@pytest.mark.parametrize("schedule", SCHEDULERS)
def test_schedules_are_those_of_pytorch(schedule: Any) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.2)
    scheduler = SCHEDULERS[schedule](optimizer)
    settings = ClassifierSettings(learning_rate=0.2, schedule=schedule)
    for step in range(STEPS):
        assert learning_rate_at(settings, step / STEPS) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6)
        optimizer.step()
        scheduler.step()


def test_one_cycle_rises_and_falls_between_pytorchs_values() -> None:
    settings = ClassifierSettings(learning_rate=0.2, schedule="one_cycle")
    rates = [learning_rate_at(settings, share / 100) for share in range(101)]
    assert rates[0] == pytest.approx(0.2 / 25)
    assert rates[30] == pytest.approx(0.2)
    assert rates[100] == pytest.approx(0.2 / 25 / 1e4)
    assert rates[:31] == sorted(rates[:31])
    assert rates[30:] == sorted(rates[30:], reverse=True)


def test_one_cycle_falls_as_half_a_cosine_over_all_that_is_left() -> None:
    settings = ClassifierSettings(learning_rate=0.2, schedule="one_cycle")
    assert learning_rate_at(settings, 0.15) == pytest.approx(0.5 * (0.2 + 0.2 / 25))
    assert learning_rate_at(settings, 0.65) == pytest.approx(0.5 * (0.2 + 0.2 / 25 / 1e4))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
def test_a_running_optimiser_takes_changed_settings(optimizer: Any) -> None:
    made = make_optimizer(ClassifierSettings(optimizer=optimizer), [nn.Parameter(torch.zeros(1))])
    adjust_optimizer(made, ClassifierSettings(optimizer=optimizer, weight_decay=0.25, momentum=0.5))
    (group,) = made.param_groups
    assert group["weight_decay"] == 0.25
    assert group.get("momentum", 0.5) == 0.5


def test_a_run_tells_the_rates_of_its_schedule() -> None:
    reports = of_kind(drive(plan_for(epochs=2, schedule="cosine", learning_rate=0.2)), StepReport)
    for report in reports:
        assert report.learning_rate == pytest.approx(0.1 * (1 + math.cos(math.pi * (report.step - 1) / 20)))


def test_the_l1_gradient_is_that_of_the_penalty() -> None:
    torch.manual_seed(1)
    net = nn.Linear(5, 3)
    inputs = torch.randn(7, 5)
    (net(inputs).square().mean() + 0.3 * sum(p.abs().sum() for p in net.parameters())).backward()
    wanted = [p.grad.clone() for p in net.parameters() if p.grad is not None]
    net.zero_grad()
    net(inputs).square().mean().backward()
    add_l1_gradient(list(net.parameters()), 0.3)
    for parameter, gradient in zip(net.parameters(), wanted, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


def test_penalties_and_clipping_change_what_is_learnt() -> None:
    plain = losses_of(drive(plan_for(epochs=2, optimizer="sgd")))
    for change in ({"l1": 0.1}, {"weight_decay": 0.5}, {"clip_norm": 0.01}, {"momentum": 0.0}):
        changed = losses_of(drive(plan_for(epochs=2, optimizer="sgd", **change)))
        assert changed[0] == plain[0]  # the loss itself is told without the penalty
        assert changed[-1] != plain[-1]


@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_brought_to_mean_0_and_deviation_1(channels: int) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 200, (5000, channels, 4, 4), dtype=np.uint8)
    raw = torch.from_numpy(images)
    values = Normaliser.of(raw)(raw).numpy()
    assert values.dtype == np.float32
    np.testing.assert_allclose(values.mean(axis=(0, 2, 3), dtype=np.float64), 0, atol=1e-5)
    np.testing.assert_allclose(values.std(axis=(0, 2, 3), dtype=np.float64), 1, atol=1e-5)
    by_hand = (images - images.mean(axis=(0, 2, 3), keepdims=True)) / images.std(axis=(0, 2, 3), keepdims=True)
    np.testing.assert_allclose(values, by_hand, atol=1e-4)


def test_blank_images_and_points_pass() -> None:
    blank = torch.zeros((3, 1, 2, 2), dtype=torch.uint8)
    assert torch.isfinite(Normaliser.of(blank)(blank)).all()
    points = torch.randn(4, 2)
    assert Normaliser.of(points)(points) is points


def batches(augment: bool, seed: int = 0) -> Batches:
    images = np.zeros((6, 1, 28, 28), np.uint8)
    images[:, :, 8:20, 12:16] = 200  # an upright bar
    samples = Samples.of(images, np.arange(6), torch.device("cpu"), binary=False)
    return Batches(samples, Normaliser.of(samples.inputs), seed, augment)


def first_six(some: Batches) -> tuple[torch.Tensor, torch.Tensor]:
    return some.take(some.rows(0, 6))


def test_every_sample_comes_once_an_epoch_in_a_new_order() -> None:
    some = batches(augment=False)
    orders = []
    for _ in range(3):
        orders.append([int(goal) for start in (0, 4) for goal in some.take(some.rows(start, 4))[1]])
        some.begin_epoch()
    assert all(sorted(order) == list(range(6)) for order in orders)
    assert orders[0] != orders[1]


def test_augmentation_moves_images_a_little_and_keeps_what_they_show() -> None:
    plain, _ = first_six(batches(augment=False))
    moved, goals = first_six(batches(augment=True))
    again, _ = first_six(batches(augment=True))
    other, _ = first_six(batches(augment=True, seed=1))
    assert sorted(goals.tolist()) == list(range(6))
    assert torch.equal(moved, again)
    assert not torch.equal(moved, other)
    low = plain.min()
    ink = (plain - low).sum((1, 2, 3))
    torch.testing.assert_close((moved - low).sum((1, 2, 3)), ink, rtol=0.05, atol=0.0)
    columns = torch.arange(28.0)
    rows = (moved - low).sum((1, 3))
    middle = (rows * columns).sum(1) / rows.sum(1)
    assert (middle - 13.5).abs().max() <= 28 * 0.08 + 0.5
    assert len({round(float(m), 3) for m in middle}) > 1


def test_augmentation_turns_without_bending_and_shifts_each_way_by_itself() -> None:
    ramps = np.zeros((400, 1, 20, 40), np.uint8)  # wide: a turn that forgot it would shear
    ramps[:] = 3 * np.arange(40)
    samples = Samples.of(ramps, np.arange(400), torch.device("cpu"), binary=False)
    some = Batches(samples, Normaliser(is_image=True), 0, augment=True)
    moved = some.take(some.rows(0, 400))[0][:, 0, 6:14, 12:28].double()  # where no border comes in
    across = (moved[:, :, -1] - moved[:, :, 0]).mean(1) / 15
    down = (moved[:, -1] - moved[:, 0]).mean(1) / 7
    np.testing.assert_allclose(torch.hypot(across, down), 3, rtol=1e-3)
    upright = moved.mean((1, 2)) / 3 - 19.5
    ramps[:] = 3 * np.arange(20)[:, None]
    samples = Samples.of(ramps, np.arange(400), torch.device("cpu"), binary=False)
    same = Batches(samples, Normaliser(is_image=True), 0, augment=True)
    lying = same.take(same.rows(0, 400))[0][:, 0, 6:14, 12:28].double().mean((1, 2)) / 3 - 9.5
    assert 2.5 < upright.abs().max() <= 3.5
    assert 1.2 < lying.abs().max() <= 2.0
    assert abs(np.corrcoef(upright, lying)[0, 1]) < 0.2


def test_one_sample_is_never_left_over_for_a_batch_normalisation() -> None:
    layers = (
        Layer("input", "input", {"shape": (2,)}),
        Layer("norm", "batch_norm"),
        Layer("out", "dense", {"units": 1}),
    )
    end = drive(plan_for(chain("normed", *layers), batch_size=53, epochs=2))[-1]  # 160 = 3 * 53 + 1
    assert isinstance(end, RunFinished)
    assert end.step == 6


def test_a_batch_larger_than_the_data_is_the_data() -> None:
    end = drive(plan_for(batch_size=65_536, epochs=2))[-1]
    assert isinstance(end, RunFinished)
    assert end.step == 2


def test_every_setting_has_what_a_form_shows() -> None:
    for name, limits in setting_limits().items():
        assert limits.title
        assert limits.tooltip.endswith(".")
        assert limits.range_text
        assert with_setting(ClassifierSettings(), name, limits.default) == ClassifierSettings()
        assert pytorch_line(ClassifierSettings(), name)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("schedule", ["step", "cosine", "one_cycle", "exponential"])
def test_the_pytorch_lines_run(optimizer: Any, schedule: Any) -> None:
    settings = ClassifierSettings(optimizer=optimizer, schedule=schedule, weight_decay=0.1)
    names: dict[str, Any] = {"torch": torch, "nn": nn, "model": nn.Linear(2, 1), "epochs": 3, "loader": range(4)}
    for name in ("optimizer", "schedule", "loss", "device"):
        exec(pytorch_line(settings, name), names)
    assert type(names["optimizer"]).__name__.lower() == optimizer
    assert names["optimizer"].param_groups[0]["weight_decay"] == 0.1


def test_the_catalogue_names_functions_that_are_there() -> None:
    from importlib import import_module

    for spec in TRAINERS.values():
        for name in (spec.job, spec.answer):
            module, _, function = name.partition(":")
            assert callable(getattr(import_module(module), function))


def test_an_infinite_penalty_is_told_too() -> None:
    """Weights that run away in a step whose loss was still finite are found at the next, with their layer."""
    end = drive(plan_for(epochs=30, optimizer="sgd", learning_rate=100.0, weight_decay=10.0))[-1]
    assert isinstance(end, RunFailed)
    assert "weights of layer" in end.reason or "output of layer" in end.reason


def test_epoch_reports_are_of_the_whole_test_set() -> None:
    report = of_kind(drive(plan_for(epochs=1)), EpochReport)[-1]
    assert report.test_accuracy is not None
    assert report.test_accuracy * 40 == pytest.approx(round(report.test_accuracy * 40))


def test_on_a_gpu_a_step_is_timed_now_and_then_and_never_the_first() -> None:
    """The first ones load what is still missing on the card: one showed 57 ms where others take 0.4."""
    on_gpu, on_cpu = (Journal(torch.device(kind), classes=True, binary=False) for kind in ("cuda", "cpu"))
    times = [10.0, 10.01, 10.2, 10.0 + TIMING_SECONDS, 10.01 + TIMING_SECONDS, 10.0 + 2 * TIMING_SECONDS]
    assert [on_gpu.wants_timing(now) for now in times] == [False, False, False, True, False, True]
    assert all(on_cpu.wants_timing(now) for now in times)
