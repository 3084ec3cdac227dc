"""Memory held against what torch keeps, the estimate of a step against figures that a person can check, and known networks."""

import math
from pathlib import Path

import msgspec
import pytest
import torch

from trainers.cost_rows import layer_cost_rows, network_cost_rows, seconds_text, training_cost_rows
from trainers.known_networks import KNOWN_NETWORKS, beside_text, standing_text
from trainers.layer_catalog import analyse
from trainers.machine_speed import (
    MachineSpeed,
    MeasurePlan,
    SpeedMeasured,
    load_speed,
    save_speed,
    speed_file,
    this_machine,
)
from trainers.network_cost import bytes_text, heaviest_layers, network_cost, training_memory
from trainers.network_edits import add_layer, set_parameters
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph, NetworkInputError, Parameter
from trainers.step_time import step_time
from trainers.torch_network import build

SPEED = MachineSpeed("cpu", 1, this_machine(), "2.14", 50e9, 40e9, 10e9, 20e9, 5e9, 50e-6, 100e-6)
LENET = load_preset("lenet5")
BATCH = 3


def kept_by_torch(graph: NetworkGraph, batch: int) -> int:
    """Bytes that autograd keeps of a batch's way there, each memory once, parameters and buffers left out."""
    module = build(graph).train()
    own = {tensor.untyped_storage().data_ptr() for tensor in (*module.parameters(), *module.buffers())}
    kept: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        where = tensor.untyped_storage().data_ptr()
        if where not in own:
            kept[where] = tensor  # held on to, so that no other takes its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        module(torch.rand(batch, *analyse(graph).input_shape))
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


def chain(shape: tuple[int, ...], *layers: tuple[str, dict[str, Parameter]]) -> NetworkGraph:
    graph, last = add_layer(NetworkGraph("test", (), ()), "input", parameters={"shape": shape})
    for kind, parameters in layers:
        graph, last = add_layer(graph, kind, after=last, parameters=parameters)
    return graph


CONV: tuple[str, dict[str, Parameter]] = ("conv2d", {"channels": 4, "kernel": 3})
DENSE: tuple[str, dict[str, Parameter]] = ("dense", {"units": 8})
NETWORKS = {
    **{name: load_preset(name) for name in ("xor-mlp", "mlp-mnist", "lenet5", "vgg-small", "resnet18-cifar")},
    "nothing is kept in front of the first weight": chain((2, 8, 8), ("relu", {}), ("max_pool", {}), CONV, ("tanh", {})),
    "what two layers keep is there once": chain((2, 8, 8), CONV, ("relu", {}), CONV, ("gelu", {}), ("sigmoid", {})),
    "masks and places": chain((2, 9, 9), CONV, ("dropout", {}), ("max_pool", {}), ("adaptive_max_pool", {"size": 2})),
    "means": chain((2, 8, 8), CONV, ("average_pool", {}), ("adaptive_average_pool", {"size": 2}), ("conv2d", {"channels": 2, "kernel": 1}), ("adaptive_average_pool", {"size": 1})),
    "vectors": chain((5,), DENSE, ("maxout", {"units": 3, "pieces": 3}), ("layer_norm", {}), ("softsign", {}), DENSE, ("glu", {}), ("softmax", {})),
    "norms": chain((2, 6, 6), CONV, ("batch_norm", {}), ("leaky_relu", {}), ("flatten", {}), DENSE, ("batch_norm", {})),
    "attention": chain((6,), ("embedding", {"vocabulary": 9, "features": 8}), ("positions", {}), ("self_attention", {"heads": 2}), ("mean_over_steps", {}), DENSE),
    "others": chain((5,), DENSE, ("tanhshrink", {}), ("logsigmoid", {}), ("formula", {"text": "x*sigmoid(x)"}), ("prelu", {}), DENSE),
}  # fmt: skip


def test_what_is_kept_for_the_way_back_is_what_torch_keeps() -> None:
    for name, graph in NETWORKS.items():
        cost = network_cost(analyse(graph))
        assert kept_by_torch(graph, BATCH) == BATCH * cost.kept + cost.kept_once, name


def test_numbers_of_lenet_by_hand() -> None:
    cost = network_cost(analyse(LENET))
    assert cost.parameters == 4 * 61_706
    assert cost.layers["conv1"].output == 4 * 6 * 28 * 28
    assert cost.layers["flatten"].kept == 0  # the numbers are pool2's
    assert (
        cost.layers["pool1"].kept == 8 * 6 * 14 * 14 + 4 * 6 * 14 * 14
    )  # where maxima stood; conv2 keeps what comes in
    assert cost.largest_output == "conv1"
    assert (cost.receptive_field, cost.field_layer) == ((16, 16), "pool2")
    memory = training_memory(cost, "adam", 64)
    assert (memory.parameters, memory.gradients, memory.optimizer) == (246_824, 246_824, 493_648)
    assert memory.activations == 64 * cost.kept
    assert memory.total == 4 * 246_824 + 64 * cost.kept


def test_optimisers_carry_what_torchs_carry() -> None:
    graph = load_preset("xor-mlp")
    module = build(graph)
    parameters = list(module.parameters())
    cost = network_cost(analyse(graph))
    for name, momentum, optimizer in (
        ("sgd", 0.0, torch.optim.SGD(parameters)),
        ("sgd", 0.9, torch.optim.SGD(parameters, momentum=0.9)),
        ("adam", 0.0, torch.optim.Adam(parameters)),
        ("adamw", 0.9, torch.optim.AdamW(parameters)),
        ("rmsprop", 0.0, torch.optim.RMSprop(parameters)),
        ("rmsprop", 0.9, torch.optim.RMSprop(parameters, momentum=0.9)),
    ):
        module(torch.rand(2, *analyse(graph).input_shape)).sum().backward()
        optimizer.step()
        state = [value for kept in optimizer.state.values() for value in kept.values()]
        carried = sum(value.nbytes for value in state if isinstance(value, torch.Tensor) and value.dim() > 0)
        assert training_memory(cost, name, 1, momentum).optimizer == carried, (name, momentum)


def test_what_cannot_be_trained_is_refused() -> None:
    cost = network_cost(analyse(LENET))
    with pytest.raises(NetworkInputError, match="no optimizer 'lion'"):
        training_memory(cost, "lion", 64)
    with pytest.raises(NetworkInputError, match="batch of 0"):
        training_memory(cost, "adam", 0)


def test_bytes_in_words() -> None:
    texts = {0: "0 bytes", 999: "999 bytes", 1000: "1 kB", 246_824: "247 kB", 999_900: "1 MB", 1_700_000_000: "1.7 GB"}
    for count, text in texts.items():
        assert bytes_text(count) == text
    assert heaviest_layers(analyse(LENET))[0] == "fc1 (Dense) has 48,120 of 61,706 parameters, 78 %."


def test_a_steps_time_follows_arithmetic_memory_and_calls() -> None:
    dense = analyse(
        chain((4096,), ("dense", {"units": 4096, "bias": False}), ("dense", {"units": 4096, "bias": False}))
    )
    step = step_time(dense, SPEED, 1024)
    product = 2 * 1024 * 4096 * 4096
    assert step.arithmetic == pytest.approx((2 + 3) * product / SPEED.product)  # no gradient goes into the picture
    assert step.calling == pytest.approx(2 * SPEED.operation + SPEED.step)
    assert step.bound_by == "arithmetic"
    picture = chain((1, 64, 64), ("flatten", {}), ("dense", {"units": 4096, "bias": False}))
    first = step_time(analyse(picture), SPEED, 1024)
    assert first.arithmetic == pytest.approx(2 * product / SPEED.product)  # nor does it where the picture is flattened
    alone = step_time(dense, SPEED, 1)
    assert alone.bound_by in ("moving numbers", "the optimiser")
    assert alone.seconds == pytest.approx(alone.arithmetic + alone.moving + alone.calling + alone.optimizer)
    assert step_time(analyse(load_preset("playground")), SPEED, 10).bound_by == "calling layers"
    wide = step_time(analyse(set_parameters(LENET, "conv1", {"channels": 6})), SPEED, 64)
    faster = step_time(analyse(LENET), msgspec.structs.replace(SPEED, thin_convolution=SPEED.convolution), 64)
    assert faster.seconds < wide.seconds
    assert wide.samples_per_second == pytest.approx(64 / wide.seconds)


def test_a_measurement_is_kept_for_this_machine_alone(tmp_path: Path) -> None:
    assert load_speed("cpu", 1, tmp_path) is None
    save_speed(SPEED, "cpu", tmp_path / "cache")
    assert load_speed("cpu", 1, tmp_path / "cache") == SPEED
    assert load_speed("cpu", 2, tmp_path / "cache") is None
    save_speed(msgspec.structs.replace(SPEED, machine="another"), "cpu", tmp_path)
    assert load_speed("cpu", 1, tmp_path) is None
    for torn in (b"", b"{", b'{"device": 3}', msgspec.json.encode(msgspec.structs.replace(SPEED, product=0.0))):
        speed_file("cpu", 1, tmp_path).write_bytes(torn)
        assert load_speed("cpu", 1, tmp_path) is None, torn


def test_the_job_measures_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from trainers.machine_speed_job import measure

    monkeypatch.setenv("HILLOCK_CACHE_DIR", str(tmp_path))
    *pauses, event = measure(MeasurePlan("cpu", threads=1, seconds=0.0))
    assert pauses == [None] * 7
    assert isinstance(event, SpeedMeasured)
    assert load_speed("cpu", 1) == event.speed
    assert all(0 < value < math.inf for value in msgspec.structs.astuple(event.speed) if isinstance(value, float))


def test_where_a_network_stands() -> None:
    assert standing_text(61_706) == "It has about as many parameters as LeNet-5 (1998)."
    assert standing_text(61_100_840) == "It has about as many parameters as AlexNet (2012)."
    assert standing_text(600_000) == "It has 10 times the parameters of LeNet-5 (1998)."
    assert standing_text(9) == "It has 1/6,667 of the parameters of LeNet-5 (1998)."
    assert standing_text(12_000_000) == "It has 1/2.1 of the parameters of ResNet-50 (2015)."
    assert standing_text(0) == "Nothing in it learns."
    alexnet = analyse(load_preset("alexnet"))
    assert beside_text(alexnet.parameters, alexnet.flops) == (
        "LeNet-5 1,018 times and 2,095 times; AlexNet 1.0 times and 1.0 times; ResNet-50 2.4 times and 0.17 times; GPT-2 1/25 and 1/2,226"
    )
    assert beside_text(9, 0).startswith("LeNet-5 1/6,667 and none; ")
    assert [known.year for known in KNOWN_NETWORKS] == [1998, 2012, 2015, 2019]


def test_costs_in_words() -> None:
    analysis = analyse(LENET)
    cost = network_cost(analysis)
    rows = dict(network_cost_rows(analysis, cost))
    assert rows["Parameters take"] == "247 kB"
    assert rows["Activations"] == (
        "63.1 kB per sample, most of one layer in conv1 (18.8 kB); 48.1 kB are kept for the way back"
    )
    assert rows["Receptive field"] == "one number of pool2 sees 16×16 of 28×28 pixels"
    assert rows["Beside others"] == "It has about as many parameters as LeNet-5 (1998)."
    assert "Linear regions" not in rows
    training = dict(training_cost_rows(analysis, cost, optimizer="adam", batch=64, speed=SPEED))
    assert training["Training takes"] == (
        "4.06 MB: 247 kB parameters + 247 kB gradients + 494 kB optimiser + 3.08 MB activations of 64"
    )
    assert training["One step"].startswith("about 10 ms on this machine (6,")
    assert dict(layer_cost_rows(cost.layers["relu1"])) == {
        "Memory": "18.8 kB per sample, 18.8 kB kept for the way back"
    }
    plane = analyse(chain((2,), DENSE, ("relu", {}), DENSE, ("relu", {}), ("dense", {"units": 1})))
    assert dict(network_cost_rows(plane, network_cost(plane)))["Linear regions"] == (
        "the best of its kind has 592 or more (Montúfar et al. 2014), never more than 1,369"
    )
    assert [seconds_text(time) for time in (0.00058, 0.0079, 0.12, 0.99949, 2.6, 140)] == [
        "0.58 ms",
        "7.9 ms",
        "120 ms",
        "1,000 ms",
        "2.6 s",
        "140 s",
    ]
