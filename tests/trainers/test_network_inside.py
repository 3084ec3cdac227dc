"""What is within a network while it trains: true to the module's own numbers, and invisible to the training."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from training_tools import begun, chain, drive, dropout_network, losses_of, of_kind, plan_for

from trainers.batches import Normaliser, Samples
from trainers.checkpoints import load_checkpoint
from trainers.classifier import answer
from trainers.commands import AnyCommand, Predict, Save, SetWeight, Stop, WatchNetwork
from trainers.datasets import load
from trainers.events import (
    AnyEvent,
    CheckpointSaved,
    NetworkInside,
    Prediction,
    RunFinished,
    StepReport,
    ValueRefused,
    ValueSet,
)
from trainers.found_gradients import MOST_SAMPLES, find_gradients, samples_for
from trainers.layer_catalog import analyse
from trainers.network_files import load_network
from trainers.network_graph import Layer
from trainers.network_inside import InsideView
from trainers.network_inside_job import look_inside
from trainers.network_inside_numbers import LARGEST_MAP, MOST_OUTPUTS, MOST_OUTPUTS_FAR, MOST_WEIGHTS
from trainers.optimization import loss_function
from trainers.torch_network import build
from trainers.training_plan import AnswerPlan
from trainers.worker_protocol import Decoding, encode

CPU = torch.device("cpu")
LENET_LAYERS = tuple(layer.name for layer in load_network("lenet5").layers[1:])


def looked(job: Any, wish: WatchNetwork) -> NetworkInside:
    """The answer of a job to a wish."""
    told = job.send(wish)
    assert isinstance(told, NetworkInside)
    return told


def test_what_is_told_is_what_the_network_holds(tmp_path: Path) -> None:
    """Weights as the checkpoint has them, each layer's output as the module gives it, gradients as backward leaves them."""
    plan = plan_for("lenet5", "digits", tmp_path, batch_size=32)
    job = begun(plan, 3)
    told = looked(job, WatchNetwork(LENET_LAYERS, sample=7))
    saved = job.send(Save())
    assert isinstance(saved, CheckpointSaved)
    checkpoint = load_checkpoint(Path(saved.path))
    split = load(plan.data)
    model = build(plan.network)
    model.load_state_dict(checkpoint.model)
    model.eval()
    images = torch.from_numpy(split.train_inputs).float()
    values = (torch.from_numpy(split.test_inputs[7:8]).float() - images.mean()) / images.std(correction=0)
    assert (told.step, told.sample, told.samples) == (3, 7, len(split.test_inputs))
    assert told.wanted == split.test_targets[7]
    np.testing.assert_allclose(told.inputs, split.test_inputs[7] / 255, atol=1e-6)
    for name, module in model.named_children():
        values = module(values)
        np.testing.assert_allclose(told.activations[name], values[0].detach().numpy(), atol=2e-5, err_msg=name)
        mean, size, still = told.summaries[name]
        np.testing.assert_allclose((mean, size), (values.mean().item(), values.abs().mean().item()), atol=2e-5)
        if type(module).__name__ == "ReLU":
            np.testing.assert_allclose(still, np.mean(told.activations[name] == 0), atol=1e-6)
    np.testing.assert_allclose(told.outputs, values.softmax(1)[0].detach().numpy(), atol=1e-5)
    for name, kept in checkpoint.model.items():
        rows = len(told.weights[name])
        np.testing.assert_array_equal(told.weights[name], kept[:rows].numpy(), err_msg=name)
        assert told.gradients[name].shape == told.weights[name].shape
        assert (rows == len(kept)) == (name not in told.whole_shapes), name
        assert told.weights[name].size <= MOST_WEIGHTS
    assert told.whole_shapes["fc1.weight"] == (120, 400)
    both = [told.gradients["conv1.weight"].ravel(), told.gradients["conv1.bias"].ravel()]
    np.testing.assert_allclose(told.gradient_norms["conv1"], np.linalg.norm(np.concatenate(both)), rtol=1e-5)
    assert set(told.gradient_norms) == {name for name, one in model.named_children() if [*one.parameters()]}
    job.close()


def test_it_goes_through_the_pipe_whole() -> None:
    job = begun(plan_for(), 2)
    told = looked(job, WatchNetwork(("hidden1",), responses=True))
    job.close()
    back = Decoding(AnyEvent)(encode(told))
    assert isinstance(back, NetworkInside)
    assert back.weights.keys() == told.weights.keys()
    np.testing.assert_array_equal(back.responses["hidden1"], told.responses["hidden1"])
    assert back.summaries == told.summaries


def test_who_is_watched_learns_the_same_to_the_last_bit(tmp_path: Path) -> None:
    """Dropout, batch normalisation and all: losses and the last weights are those of a run that nobody watches."""
    layers = tuple(layer.name for layer in dropout_network().layers[1:])
    ends = []
    for is_watched in (False, True):
        state = {"sent": not is_watched}

        def between(_job: Any, _event: AnyEvent | None, state: dict[str, bool] = state) -> list[AnyCommand]:
            is_first, state["sent"] = not state["sent"], True
            return [WatchNetwork(layers, 3, responses=True, per_second=60.0)] if is_first else []

        events = drive(plan_for(dropout_network(), "spiral", tmp_path / str(is_watched)), between)
        looks = of_kind(events, NetworkInside)
        assert bool(looks) == is_watched
        if looks:  # the last one tells how the run ended
            assert looks[-1].step == of_kind(events, RunFinished)[0].step
            assert looks[-1].gradients
        last = load_checkpoint(Path(of_kind(events, CheckpointSaved)[-1].path))
        ends.append((losses_of(events), last))
    assert ends[0][0] == ends[1][0]
    for name, value in ends[0][1].model.items():
        assert torch.equal(value, ends[1][1].model[name]), name
    assert torch.equal(ends[0][1].generators["torch"], ends[1][1].generators["torch"])


def test_looks_follow_one_another_while_it_trains_and_end_when_nothing_is_wanted() -> None:
    job = begun(plan_for(epochs=5000), 1)
    first = looked(job, WatchNetwork(("hidden1",), per_second=60.0, outputs=("output",), strips=("tanh1",)))
    assert first.weights.keys() == {"hidden1.weight", "hidden1.bias"}
    assert first.activations.keys() == {"hidden1", "output"}
    assert first.summaries.keys() == {"hidden1", "output", "tanh1"}
    looks, counted = [], 1  # as trainers.job_driver counts: a None is a step, an event says its own
    for _ in range(600):
        event = next(job)
        counted = counted + 1 if event is None else max(counted, event.step)
        if isinstance(event, NetworkInside | StepReport):
            assert event.step == counted, event
        if isinstance(event, NetworkInside):
            looks.append(event)
    assert looks
    assert [look.step for look in looks] == sorted({look.step for look in looks})
    assert job.send(WatchNetwork(())) is None
    assert not any(isinstance(next(job), NetworkInside) for _ in range(200))
    job.close()


def test_responses_lie_over_the_plane_as_the_surface_does() -> None:
    job = begun(plan_for(pictures=True, learning_rate=0.05), 20)
    told = looked(job, WatchNetwork(("point", "hidden1", "tanh1"), responses=True))
    assert told.extent == (-6.0, 6.0, -6.0, 6.0)
    x, y = told.responses["point"]
    assert (x[0, 0], y[0, 0], x[0, -1], y[-1, 0]) == (-6, -6, 6, 6)
    weight, bias = told.weights["hidden1.weight"], told.weights["hidden1.bias"]
    wanted = np.einsum("ni,irc->nrc", weight, np.stack([x, y])) + bias[:, None, None]
    np.testing.assert_allclose(told.responses["hidden1"], wanted, atol=1e-4)
    np.testing.assert_allclose(told.responses["tanh1"], np.tanh(wanted), atol=1e-4)
    job.close()


def test_a_drawn_input_takes_the_sample_s_place_and_another_shape_is_refused() -> None:
    job = begun(plan_for("lenet5", "digits"))
    drawn = np.zeros((1, 28, 28), np.float32)
    drawn[0, 5:20, 14] = 1
    told = looked(job, WatchNetwork(("conv1",), inputs=drawn))
    said = job.send(Predict(1, drawn))
    assert isinstance(said, Prediction)
    assert (told.sample, told.wanted) == (None, None)
    np.testing.assert_allclose(told.outputs, said.outputs, atol=1e-6)
    refused = job.send(WatchNetwork(("conv1",), inputs=np.zeros(3, np.float32)))
    assert isinstance(refused, ValueRefused)
    assert "(1, 28, 28)" in refused.reason
    counted_round = looked(job, WatchNetwork(("conv1",), sample=-1))
    assert counted_round.sample == counted_round.samples - 1
    assert not counted_round.gradients
    job.close()


def test_what_is_large_is_sent_in_part_and_says_so() -> None:
    graph = chain(
        "large",
        Layer("input", "input", {"shape": (3, 150, 100)}),
        Layer("conv1", "conv2d", {"channels": 40, "kernel": 3, "padding": 1}),
        Layer("flat", "flatten"),
        Layer("out", "dense", {"units": 3}),
    )
    rng = np.random.default_rng(1)
    images = rng.integers(0, 255, (4, 3, 150, 100)).astype(np.uint8)
    samples = Samples.of(images, np.array([0, 1, 2, 0]), torch.device("cpu"), False)
    view = InsideView(build(graph), samples, samples, Normaliser.of(samples.inputs), 3, False)
    view.watch(WatchNetwork(("conv1", "flat", "out")))
    told = view.take(0)
    assert told.whole_shapes["conv1"] == (40, 150, 100)
    assert max(told.activations["conv1"].shape[1:]) <= LARGEST_MAP
    assert told.activations["conv1"].size <= MOST_OUTPUTS
    view.watch(WatchNetwork((), outputs=("conv1",)))
    far = view.take(0).activations["conv1"]
    assert len(far) == 40  # far away all maps are seen, and thinner
    assert far.size <= MOST_OUTPUTS_FAR
    assert told.activations["flat"].shape == (MOST_OUTPUTS,)
    assert told.whole_shapes["out.weight"] == (3, 600_000)
    assert told.weights["out.weight"].shape == (1, MOST_WEIGHTS)


def test_a_weight_set_by_hand_holds_and_a_resumed_run_begins_behind_it(tmp_path: Path) -> None:
    plan = plan_for(runs=tmp_path, epochs=2)
    job = begun(plan, 5)
    done = job.send(SetWeight("hidden1.weight", (2, 1), 0.75))
    assert done == ValueSet(5, "hidden1.weight[2, 1]", 0.75)
    told = looked(job, WatchNetwork(("hidden1",)))
    assert told.weights["hidden1.weight"][2, 1] == 0.75
    job.send(WatchNetwork(()))
    rest = list(job)
    saved = of_kind(rest, CheckpointSaved)[0]
    assert saved.step == 5
    resumed = drive(msgspec.structs.replace(plan, resume=saved.path))
    assert losses_of(resumed) == [pair for pair in losses_of(rest) if pair[0] > 5]
    assert of_kind(resumed, RunFinished)[0].test_loss == of_kind(rest, RunFinished)[0].test_loss


def test_a_weight_that_cannot_be_is_refused_and_changes_nothing() -> None:
    job = begun(plan_for(), 1)
    before = looked(job, WatchNetwork(("hidden1",))).weights["hidden1.weight"]
    for command, word in (
        (SetWeight("fc9.weight", (0, 0), 1.0), "fc9.weight"),
        (SetWeight("hidden1.weight", (0,), 1.0), "(0,)"),
        (SetWeight("hidden1.weight", (0, 2), 1.0), "(0, 2)"),
        (SetWeight("hidden1.weight", (-1, 0), 1.0), "(-1, 0)"),
        (SetWeight("hidden1.weight", (0, 0), float("inf")), "inf"),
        (SetWeight("hidden1.weight", (0, 0), 1e39), "1e+39"),
    ):
        refused = job.send(command)
        assert isinstance(refused, ValueRefused), command
        assert word in refused.reason
    np.testing.assert_array_equal(looked(job, WatchNetwork(("hidden1",))).weights["hidden1.weight"], before)
    job.close()


def test_a_network_that_has_not_begun_is_the_one_that_a_run_begins_with(tmp_path: Path) -> None:
    plan = plan_for(runs=tmp_path, seed=5)
    job = look_inside(plan)
    assert next(job) is None
    told = looked(job, WatchNetwork(("hidden1", "output"), sample=4))
    assert told.gradient_samples == MOST_SAMPLES  # of no step: of what a run would begin with
    assert set(told.gradient_norms) == {"hidden1", "hidden2", "output"}
    assert isinstance(job.send(SetWeight("hidden1.weight", (0, 0), 1.0)), ValueRefused)
    job.close()
    assert not list(tmp_path.iterdir())
    run = begun(plan)
    begins = looked(run, WatchNetwork(("hidden1", "output"), sample=4))
    run.close()
    for name, value in told.weights.items():
        np.testing.assert_array_equal(value, begins.weights[name])
    np.testing.assert_array_equal(told.outputs, begins.outputs)
    assert told.inputs.tolist() == begins.inputs.tolist()


def test_a_run_that_ended_can_be_looked_into(tmp_path: Path) -> None:
    plan = plan_for(runs=tmp_path, epochs=1)
    job = begun(plan, 4)
    last = looked(job, WatchNetwork(("hidden1",), 2))
    job.send(WatchNetwork(()))
    stopped = [job.send(Stop()), *job]
    saved = of_kind(stopped, CheckpointSaved)[-1]
    assert any(isinstance(event, StepReport | RunFinished) for event in stopped)
    ended = answer(AnswerPlan(saved.path, plan.data, plan.network))
    next(ended)
    told = looked(ended, WatchNetwork(("hidden1",), 2))
    np.testing.assert_array_equal(told.weights["hidden1.weight"], last.weights["hidden1.weight"])
    np.testing.assert_allclose(told.activations["hidden1"], last.activations["hidden1"], atol=1e-6)
    assert isinstance(ended.send(SetWeight("hidden1.weight", (0, 0), 1.0)), ValueRefused)
    ended.close()


@pytest.mark.parametrize("name", ["plain-20", "resnet18-cifar"])
def test_gradients_before_a_run_are_those_that_its_first_step_finds(name: str) -> None:
    """Batch norm in evaluation mode normalises nothing before a run: the first layer's came out a hundred million times too small."""
    network = load_network(name)
    shape = analyse(network).input_shape
    torch.manual_seed(0)
    model = build(network)
    kept = {key: value.clone() for key, value in model.state_dict().items()}
    samples = Samples.of(np.random.default_rng(0).random((8, *shape), np.float32), np.arange(8) % 10, CPU, False)
    normalise, loss = Normaliser.of(samples.inputs), loss_function("auto", "classification", False)
    model.eval()
    chance = torch.get_rng_state()
    assert find_gradients(model, normalise, samples, loss)
    assert not model.training
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(value, kept[key]) for key, value in model.state_dict().items())
    found = {key: one.grad.clone() for key, one in model.named_parameters() if one.grad is not None}
    model.zero_grad()
    model.train()
    loss(model(normalise(samples.inputs)), samples.targets).backward()
    for key, one in model.named_parameters():
        torch.testing.assert_close(found[key], one.grad, msg=key)


def test_dropout_has_the_same_gradients_each_time_and_what_cannot_go_back_has_none() -> None:
    samples = Samples.of(np.ones((4, 3), np.float32), np.array([0, 1, 0, 1]), CPU, False)
    normalise, loss = Normaliser.of(samples.inputs), loss_function("auto", "classification", False)
    model = torch.nn.Sequential(torch.nn.Linear(3, 50), torch.nn.Dropout(0.5), torch.nn.Linear(50, 2))
    norms = []
    for _ in range(2):
        model.zero_grad()
        assert find_gradients(model, normalise, samples, loss)
        norms.append([float(one.grad.norm()) for one in model.parameters()])
    assert norms[0] == norms[1]
    for error in (RuntimeError, ValueError):

        def refuse(*_values: Any, error: type[Exception] = error) -> Any:
            raise error("no memory, or no way back")

        assert not find_gradients(model, normalise, samples, refuse)
        assert all(one.grad is None for one in model.parameters())


def test_of_a_run_that_ended_the_gradients_are_those_of_its_first_training_samples(tmp_path: Path) -> None:
    """No checkpoint holds the last step's: they are found anew, and the look says over how many samples."""
    plan = plan_for("lenet5", "digits", tmp_path, batch_size=32)
    job = begun(plan, 2)
    saved = job.send(Save())
    assert isinstance(saved, CheckpointSaved)
    ended = answer(AnswerPlan(saved.path, plan.data, plan.network))
    next(ended)
    told = looked(ended, WatchNetwork(("fc3",), 0))
    again = looked(ended, WatchNetwork(("fc3", "conv1"), 1))
    ended.close()
    split = load(plan.data)
    model = build(plan.network)
    model.load_state_dict(load_checkpoint(Path(saved.path)).model)
    images = torch.from_numpy(split.train_inputs).float()
    count = told.gradient_samples
    assert count == 64
    values = (images[:count] - images.mean()) / images.std(correction=0)
    torch.nn.functional.cross_entropy(model(values), torch.from_numpy(split.train_targets[:count]).long()).backward()
    for name, layer in model.named_children():
        squares = [one.grad.double().square().sum() for one in layer.parameters() if one.grad is not None]
        if squares:
            assert told.gradient_norms[name] == pytest.approx(float(sum(squares)) ** 0.5, rel=1e-4), name
    assert again.gradient_norms == told.gradient_norms  # not added up with each look
    np.testing.assert_allclose(told.gradients["fc3.weight"], model.fc3.weight.grad.numpy(), atol=1e-6)


@pytest.mark.parametrize(("flops", "samples"), [(0, 64), (833_040, 64), (2e8, 10), (7e9, 2)])
def test_a_large_network_is_not_waited_for(flops: float, samples: int) -> None:
    assert samples_for(flops) == samples


def test_looks_take_a_small_share_of_the_training_s_own_time_and_ten_a_second_where_it_has_a_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a machine that gives the training a tenth of a core looks become rarer, not dearer."""
    took, step = 0.0015, 0.005  # seconds of the processor
    for core, least in ((1.0, 11.0), (0.1, 0.5)):
        clocks = {"own": 0.0, "wall": 0.0}

        def work(seconds: float, core: float = core, clocks: dict[str, float] = clocks) -> None:
            clocks["own"] += seconds
            clocks["wall"] += seconds / core

        monkeypatch.setattr("trainers.network_inside.thread_time", lambda clocks=clocks: clocks["own"])
        monkeypatch.setattr("trainers.network_inside.perf_counter", lambda clocks=clocks: clocks["wall"])
        monkeypatch.setattr(InsideView, "_look", lambda _self, _step, work=work: work(took))
        samples = Samples.of(np.zeros((2, 2), np.float32), np.array([0, 1]), torch.device("cpu"), False)
        view = InsideView(torch.nn.Linear(2, 2), samples, samples, Normaliser.of(samples.inputs), 2, False)
        view.watch(WatchNetwork(("a",), per_second=12.0))
        looks = 0
        while clocks["wall"] < 60.0:
            work(step)
            if view.is_due(clocks["wall"]):
                view.take(1)
                looks += 1
        assert looks / 60.0 >= least
        assert looks * took / clocks["own"] <= 0.04
