"""A race: each racer is the network that PyTorch would train alone, nobody disturbs anybody, and the dead are counted and revived."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from trainers.activation_lab import (
    ActivationChoice,
    AnyLabEvent,
    AskDepth,
    ChangeRacer,
    DepthAnswer,
    DepthQuestion,
    LabPlan,
    LabRefused,
    LabStarted,
    LearningRateSet,
    RaceFrame,
    RacePlan,
    RacerChanged,
    RaceStarted,
    SetFrames,
    SetLearningRate,
    StartRace,
)
from trainers.activation_lab_job import Job, run
from trainers.activation_race import Race
from trainers.batches import Batches, Normaliser, Samples
from trainers.commands import Report
from trainers.planar_data import make_planar
from trainers.torch_network import Maxout
from trainers.training_plan import DataChoice


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As in the worker: with more, small products wait seconds for a core that another test has."""
    torch.set_num_threads(1)


SIX = tuple(ActivationChoice(kind) for kind in ("relu", "tanh", "sigmoid", "maxout", "prelu", "gelu"))
PLAN = RacePlan(SIX, samples=200)


def losses_of(plan: RacePlan, steps: int) -> np.ndarray:
    """float32 (steps, racers)."""
    race = Race(1, plan)
    frames = [race.take_step() for _ in range(steps)]
    frames.append(race.report())
    return np.concatenate([frame.losses for frame in frames if frame is not None])


def begin(plan: RacePlan) -> tuple[Job, RaceStarted]:
    job = run(LabPlan())
    assert next(job) == LabStarted(1)
    started = job.send(StartRace(7, plan))
    assert isinstance(started, RaceStarted)
    return job, started


def advance(job: Job, steps: int) -> list[RaceFrame]:
    """Frames, the last one of the last step."""
    events: list[AnyLabEvent | None] = [next(job) for _ in range(steps)]
    events.append(job.send(Report()))
    return [event for event in events if isinstance(event, RaceFrame)]


class Alone:
    """One racer as an nn.Sequential with a torch.optim of its own, from the same first weights."""

    def __init__(self, plan: RacePlan, racer: int) -> None:
        stacked = Race(1, plan)._network
        layers: list[nn.Module] = []
        for number, (weights, biases) in enumerate(zip(stacked.weights, stacked.biases, strict=True)):
            linear: nn.Module
            if number < len(plan.hidden) and plan.racers[racer].kind == "maxout":
                linear = Maxout(weights.shape[2], weights.shape[1], 2)
                second = stacked.seconds[number]
                rows = [torch.stack([first[racer].detach(), other[racer].detach()], dim=axis)
                        for first, other, axis in ((weights, second[0], 1), (biases, second[1], 2))]  # fmt: skip
                linear.weight = nn.Parameter(rows[0].flatten(0, 1))
                linear.bias = nn.Parameter(rows[1].flatten())
            else:
                linear = nn.Linear(weights.shape[2], weights.shape[1])
                linear.weight = nn.Parameter(weights[racer].detach().clone())
                linear.bias = nn.Parameter(biases[racer, 0].detach().clone())
            layers.append(linear)
            if number < len(plan.hidden):
                names = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "prelu": nn.PReLU, "gelu": nn.GELU}
                layers.append(names.get(plan.racers[racer].kind, nn.Identity)())
        self.net = nn.Sequential(*layers)
        self.plan = plan
        split = make_planar(DataChoice(plan.data, samples=plan.samples, noise=plan.noise, seed=plan.data_seed))
        self.is_binary = bool(split.classes)
        targets = torch.from_numpy(split.train_targets).float().view(-1)
        self.samples = Samples(torch.from_numpy(split.train_inputs), targets)

    def losses(self, steps: int) -> list[float]:
        plan, found = self.plan, []
        batches = Batches(self.samples, Normaliser(), plan.seed, augment=False)
        optimizer: torch.optim.Optimizer
        if plan.optimizer == "sgd":
            optimizer = torch.optim.SGD(self.net.parameters(), lr=plan.learning_rate, momentum=plan.momentum)
        else:
            optimizer = torch.optim.Adam(self.net.parameters(), lr=plan.learning_rate)
        size, position = plan.batch_size or len(self.samples), 0
        for _ in range(steps):
            if position >= len(self.samples):
                batches.begin_epoch()
                position = 0
            inputs, targets = batches.take(batches.rows(position, size))
            position += size
            outputs = self.net(inputs).view(-1)
            loss = (
                F.binary_cross_entropy_with_logits(outputs, targets) if self.is_binary else F.mse_loss(outputs, targets)
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            found.append(loss.item())
        return found


@pytest.mark.parametrize(
    "changes",
    [{}, {"optimizer": "adam", "learning_rate": 0.01}, {"momentum": 0.0, "batch_size": 0}, {"data": "hills", "hidden": (8, 12, 4), "learning_rate": 0.001}],
)  # fmt: skip
def test_each_racer_is_what_torch_trains_alone(changes: dict[str, Any]) -> None:
    plan = msgspec.structs.replace(PLAN, **changes)
    raced = losses_of(plan, 50)
    for racer in range(len(SIX)):
        assert raced[:, racer] == pytest.approx(Alone(plan, racer).losses(50), rel=1e-5)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_racer_runs_the_same_alone_and_among_six(optimizer: str) -> None:
    plan = msgspec.structs.replace(PLAN, optimizer=optimizer)
    together = losses_of(plan, 30)
    for racer, choice in enumerate(SIX):
        alone = losses_of(msgspec.structs.replace(plan, racers=(choice,)), 30)
        np.testing.assert_allclose(alone[:, 0], together[:, racer], rtol=1e-6)  # products of six are rounded otherwise


def test_one_that_diverges_is_told_and_leaves_the_others_as_they_are() -> None:
    wild = msgspec.structs.replace(PLAN, data="hills", learning_rate=0.5, hidden=(16, 16, 16), momentum=0.0)
    wild = msgspec.structs.replace(wild, racers=(ActivationChoice("identity"), ActivationChoice("sigmoid")))
    job, started = begin(wild)
    frames = advance(job, 120)
    losses = np.concatenate([frame.losses for frame in frames])
    fallen = frames[-1].diverged[0]
    assert fallen is not None
    assert frames[-1].diverged[1] is None
    assert np.isfinite(losses[: fallen - 1, 0]).all()
    assert np.isnan(losses[fallen - 1 :, 0]).all()
    calm = losses_of(msgspec.structs.replace(wild, racers=wild.racers[1:]), 120)
    np.testing.assert_allclose(losses[:, 1], calm[:, 0], rtol=1e-5)
    assert np.isfinite(frames[-1].surfaces[1]).all()
    refusal = job.send(ChangeRacer(8, 0, ActivationChoice("tanh")))
    assert isinstance(refusal, LabRefused)
    assert f"Racer 1 diverged at step {fallen}" in refusal.reason
    assert started.first.diverged == (None, None)


def test_a_large_learning_rate_kills_relus_and_a_leak_revives_them() -> None:
    kinds = ("relu", "relu", "relu", "tanh")
    plan = RacePlan(tuple(ActivationChoice(kind) for kind in kinds), data="circle", momentum=0.0)
    job, started = begin(plan)
    alive = started.first.dead[0].sum()
    assert alive <= 2
    assert job.send(SetLearningRate(8, 5.0)) == LearningRateSet(7, 0, 5.0)
    advance(job, 10)
    job.send(SetLearningRate(9, 0.05))
    killed = advance(job, 200)[-1]
    assert killed.learning_rate == 0.05
    dead = killed.dead.sum(1)
    assert dead[0] == dead[1] == dead[2] >= alive + 5  # of 32, and 200 calm steps have not brought them back
    assert dead[3] == 0
    for racer, kind in ((1, "leaky_relu"), (2, "elu")):
        changed = job.send(ChangeRacer(10, racer, ActivationChoice(kind)))
        assert isinstance(changed, RacerChanged)
        assert (changed.race, changed.done, changed.index) == (7, 210, racer)
        assert sum(changed.dead_before) == dead[racer]
        assert sum(changed.dead_after) == 0
    job.send(SetLearningRate(9, 0.1))
    advance(job, 600)
    job.send(ChangeRacer(11, 1, ActivationChoice("relu")))
    back = advance(job, 1)[-1]
    assert back.dead[0].sum() >= dead[0] - 2  # nothing moves the weights of a dead ReLU; only what comes in may change
    assert back.dead[1].sum() < back.dead[0].sum()  # what leaked through has moved them


def test_a_changed_racer_keeps_its_weights() -> None:
    plan = RacePlan((ActivationChoice("relu"), ActivationChoice("relu")), samples=200)
    job, _ = begin(plan)
    advance(job, 30)
    before = job.send(ChangeRacer(8, 0, ActivationChoice("leaky_relu", {"negative_slope": 0.0})))
    assert isinstance(before, RacerChanged)
    frames = advance(job, 30)
    losses = np.concatenate([frame.losses for frame in frames])
    np.testing.assert_allclose(losses[:, 0], losses[:, 1], rtol=1e-6)  # the same function under another name
    job.send(ChangeRacer(9, 0, ActivationChoice("maxout")))
    job.send(ChangeRacer(10, 1, ActivationChoice("prelu")))
    losses = np.concatenate([frame.losses for frame in advance(job, 30)])
    assert np.isfinite(losses).all()


def test_no_loss_is_dropped_and_frames_say_where_they_stand() -> None:
    job, started = begin(PLAN)
    frames = advance(job, 400)
    assert len(frames) >= 2
    done = 0
    for frame in frames:
        assert frame.done == done + len(frame.losses)
        assert frame.race == 7
        assert frame.steps_per_second > 0
        done = frame.done
    assert done == 400
    assert job.send(Report()) is None  # nothing new
    assert started.first.done == 0
    assert started.first.losses.shape == (0, 6)


def test_a_race_shows_itself_as_seldom_as_it_is_asked_to() -> None:
    job, _ = begin(PLAN)
    assert job.send(SetFrames(1, 1e-6)) is None
    assert len(advance(job, 50)) <= 2  # the first one, and how it stands in the end
    assert job.send(SetFrames(2, 1e9)) is None
    assert len(advance(job, 5)) == 5
    assert job.send(SetFrames(3, 1e-6)) is None
    assert isinstance(job.send(StartRace(8, PLAN)), RaceStarted)
    assert len(advance(job, 50)) <= 2, "a race that follows is as seldom"


def test_the_same_seed_gives_the_same_race_and_another_another() -> None:
    first = losses_of(PLAN, 40)
    assert losses_of(PLAN, 40).tobytes() == first.tobytes()
    assert not np.array_equal(losses_of(msgspec.structs.replace(PLAN, seed=1), 40), first)
    assert not np.array_equal(losses_of(msgspec.structs.replace(PLAN, data_seed=1), 40), first)


def test_a_frame_shows_what_each_network_answers() -> None:
    plan = msgspec.structs.replace(PLAN, racers=(ActivationChoice("tanh"), ActivationChoice("relu")), batch_size=0)
    job, started = begin(plan)
    alone = Alone(plan, 0)
    alone.losses(25)
    frame = advance(job, 25)[-1]
    x_min, x_max, y_min, y_max = started.extent
    side = frame.surfaces.shape[1]
    for row, column in ((0, 0), (3, 40), (side - 1, 5), (20, side - 1)):
        point = (x_min + (x_max - x_min) * column / (side - 1), y_min + (y_max - y_min) * row / (side - 1))
        wanted = float(torch.sigmoid(alone.net(torch.tensor([point]))).detach())
        assert frame.surfaces[0, row, column] == pytest.approx(wanted, abs=1e-5)
    for mask, accuracy, loss in (
        (~started.is_test, frame.train_accuracy, frame.train_loss),
        (started.is_test, frame.test_accuracy, frame.test_loss),
    ):
        outputs = alone.net(torch.from_numpy(started.points[mask])).detach().view(-1).numpy()
        targets = started.targets[mask]
        assert accuracy[0] == np.mean((outputs > 0) == (targets > 0.5))
        chance = 1 / (1 + np.exp(-outputs.astype(float)))
        assert loss[0] == pytest.approx(-np.mean(np.log(np.where(targets > 0.5, chance, 1 - chance))), rel=1e-4)
    assert started.parameters == (2 * 16 + 16 + 16 * 16 + 16 + 17,) * 2
    assert started.classes == ("blue", "orange")
    assert started.is_test.sum() == 40


def test_dead_units_are_those_that_no_training_point_moves() -> None:
    plan = msgspec.structs.replace(
        PLAN, racers=(ActivationChoice("relu"), ActivationChoice("maxout"), ActivationChoice("step"))
    )
    race = Race(1, plan)
    network = race._network
    with torch.no_grad():
        for biases, silent in zip(network.biases, (5, 2), strict=False):
            biases[0, 0] = 1e3
            biases[0, 0, :silent] = -1e6
    started = race.started()
    assert started.first.dead.tolist() == [[5, 2], [0, 0], [16, 16]]


def test_every_planar_set_can_be_raced_on() -> None:
    for data in ("circle", "xor", "gauss", "spiral", "moons", "rings", "plane", "hills"):
        race = Race(1, msgspec.structs.replace(PLAN, data=data))
        first = race.started().first
        assert np.isnan(first.train_accuracy).all() == (data in ("plane", "hills"))
        race.take_step()
        frame = race.report()
        assert frame is None or np.isfinite(frame.surfaces).all()


def test_a_typed_formula_races_as_the_function_that_it_is() -> None:
    choices = (ActivationChoice("formula", {"text": "max(x, 0)"}), ActivationChoice("relu"))
    raced = losses_of(msgspec.structs.replace(PLAN, racers=choices), 30)
    np.testing.assert_allclose(raced[:, 0], raced[:, 1], rtol=1e-6)


def test_somebody_learns_the_circle() -> None:
    job, started = begin(RacePlan(SIX, data="circle"))
    last = advance(job, 600)[-1]
    assert last.test_accuracy.max() > 0.9
    assert np.nanmin(last.train_loss) < 0.5 * np.nanmin(started.first.train_loss)


def test_the_job_answers_about_depth_while_a_race_stands_and_refuses_what_cannot_be() -> None:
    job = run(LabPlan())
    next(job)
    assert job.send(SetLearningRate(1, 0.1)) == LabRefused(1, "There is no race: start one first.")
    assert next(job) is None
    assert job.send(Report()) is None
    started = job.send(StartRace(2, PLAN))
    assert isinstance(started, RaceStarted)
    answer = job.send(AskDepth(3, DepthQuestion(layers=2, width=8, signals=8)))
    assert isinstance(answer, DepthAnswer)
    assert answer.token == 3
    for command, said in (
        (AskDepth(4, DepthQuestion(layers=0)), "The number of layers must be from 1 to 50, not 0."),
        (StartRace(4, RacePlan(())), "A race has 1 to 6 racers, not 0."),
        (StartRace(4, RacePlan(SIX, data="digits")), "There are no two-dimensional data 'digits'"),
        (StartRace(4, RacePlan(SIX, hidden=())), "A racer has 1 to 8 hidden layers, not 0."),
        (StartRace(4, RacePlan(SIX, momentum=1.0)), "The momentum must be at least 0 and below 1, not 1."),
        (SetLearningRate(4, math.nan), "The learning rate must be above 0 and at most 1000, not nan."),
        (ChangeRacer(4, 6, ActivationChoice("relu")), "There is no racer 7: there are 6."),
        (ChangeRacer(4, 0, ActivationChoice("maxout", {"pieces": 3})), "In a race Maxout has 2 pieces, not 3."),
    ):
        refusal = job.send(command)
        assert isinstance(refusal, LabRefused)
        assert said in refusal.reason
    assert [frame.done for frame in advance(job, 1)] == [1]  # and the race is where it was
    job.close()
