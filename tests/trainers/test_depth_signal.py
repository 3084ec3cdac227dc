"""What depth does to a signal: against plain autograd, against the laws of variance, and at the ends of single precision."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trainers import depth_signal_steps
from trainers.activation_lab import ActivationChoice, DepthAnswer, DepthQuestion
from trainers.activation_lab_checks import usable_kinds
from trainers.activation_lab_modules import write_value_and_derivative
from trainers.depth_signal import DepthLab
from trainers.errors import BadInput
from trainers.layer_catalog import LAYER_KINDS
from trainers.network_graph import Parameter
from trainers.torch_network import Maxout


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As in the worker: with more, small products wait seconds for a core that another test has."""
    torch.set_num_threads(1)


SMALL = DepthQuestion(layers=12, width=32, signals=40, seed=3, weight_gradients=True)
MODULES: dict[str, Any] = {
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.1),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "gelu": nn.GELU(),
    "mish": nn.Mish(),
    "softshrink": nn.Softshrink(),
    "prelu": nn.PReLU(),
    "identity": nn.Identity(),
}


class Reference:
    """A deep nn.Sequential of nn.Linear with the weights that torch draws from the seed, and what autograd says of it."""

    def __init__(
        self, question: DepthQuestion, deviation: float, activation: nn.Module | None, pieces: int = 1
    ) -> None:
        chance = torch.Generator().manual_seed(question.seed)
        width, layers = question.width, []
        for _ in range(question.layers):
            weights = torch.randn(width * pieces, width, generator=chance) * deviation
            linear = nn.Linear(width, width, bias=False) if pieces == 1 else Maxout(width, width, pieces, bias=False)
            linear.weight = nn.Parameter(weights)
            layers.append(nn.Sequential(linear, activation) if activation else nn.Sequential(linear))
        self.net = nn.Sequential(*layers)
        chance = torch.Generator().manual_seed(question.seed + 1)
        signal = torch.randn(question.signals, width, generator=chance).requires_grad_()
        self.rows = [signal]
        for layer in self.net:
            self.rows.append(layer(self.rows[-1]))
            self.rows[-1].retain_grad()
        chance = torch.Generator().manual_seed(question.seed + 2)
        self.rows[-1].backward(torch.randn(question.signals, width, generator=chance))

    @property
    def gradients(self) -> list[Tensor]:
        return [row.grad for row in self.rows if row.grad is not None]

    @property
    def weight_norms(self) -> list[float]:
        return [float(torch.linalg.matrix_norm(layer[0].weight.grad)) for layer in self.net]


def ask(question: DepthQuestion, **changes: Any) -> DepthAnswer:
    return DepthLab().answer(1, msgspec.structs.replace(question, **changes))


def moments(rows: list[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    arrays = [row.detach().double().numpy() for row in rows]
    return np.array([row.mean() for row in arrays]), np.array([row.var() for row in arrays])


def assert_same(answer: DepthAnswer, reference: Reference) -> None:
    for figures, rows in ((answer.activations, reference.rows), (answer.gradients, reference.gradients)):
        mean, variance = moments(rows)
        deviation = np.sqrt(variance)
        np.testing.assert_allclose(figures.variance, variance, rtol=2e-5)
        np.testing.assert_array_less(np.abs(figures.mean - mean), 1e-5 * (np.abs(mean) + deviation) + 1e-30)
        for row, counts, span in zip(rows, figures.counts, figures.spans, strict=True):
            array = row.detach().numpy()
            assert span == pytest.approx([array.min(), array.max()], rel=1e-4)
            wanted, _ = np.histogram(array, bins=len(counts), range=tuple(span))
            assert (
                np.abs(np.cumsum(counts) - np.cumsum(wanted)).max() <= 3
            )  # a number on an edge may fall to either side
    assert answer.weight_gradient_norms == pytest.approx(reference.weight_norms, rel=2e-5)


@pytest.mark.parametrize("kind", MODULES)
def test_forward_and_backward_are_those_of_autograd(kind: str) -> None:
    answer = ask(SMALL, activation=ActivationChoice(kind), initialisation="he")
    assert_same(answer, Reference(SMALL, (2 / 32) ** 0.5, MODULES[kind]))


@pytest.mark.parametrize("pieces", [2, 3])
def test_maxout_is_the_networks_own(pieces: int) -> None:
    answer = ask(SMALL, activation=ActivationChoice("maxout", {"pieces": pieces}), initialisation="lecun")
    assert_same(answer, Reference(SMALL, (1 / 32) ** 0.5, None, pieces=pieces))
    assert not answer.dead.any()
    assert not answer.saturated.any()


def test_every_number_is_that_of_autograd() -> None:
    lab = DepthLab()
    question = msgspec.structs.replace(SMALL, activation=ActivationChoice("tanh"), layers=50)
    with torch.no_grad():
        passage = lab._passage(question)
    reference = Reference(question, (2 / 64) ** 0.5, nn.Tanh())
    pairs = [*zip(passage.values, reference.rows[1:], strict=True)]
    pairs += zip([passage.first_gradient, *passage.gradients], reference.gradients, strict=True)
    for ours, theirs in ((one, other.detach()) for one, other in pairs):
        size = float(theirs.abs().max())
        assert float((ours - theirs).abs().max()) <= 1e-5 * size


@pytest.mark.parametrize(("initialisation", "deviation"), [("xavier", 1.5 * (1 / 32) ** 0.5), ("normal", 0.07)])
def test_weights_have_the_spread_of_their_initialisation(initialisation: str, deviation: float) -> None:
    answer = ask(SMALL, initialisation=initialisation, gain=1.5, deviation=0.07)
    assert_same(answer, Reference(SMALL, deviation, nn.Tanh()))


def test_orthogonal_weights_keep_every_length() -> None:
    answer = ask(SMALL, initialisation="orthogonal", activation=ActivationChoice("identity"), layers=50)
    square = answer.activations.variance + answer.activations.mean**2
    assert square == pytest.approx(np.full(51, square[0]), rel=1e-4)
    wider = ask(SMALL, initialisation="orthogonal", activation=ActivationChoice("identity"), gain=2.0)
    square = wider.activations.variance + wider.activations.mean**2
    assert square[1:] / square[:-1] == pytest.approx(np.full(12, 4.0), rel=1e-4)


# --- the laws of variance -----------------------------------------------------------------------------------------------

WIDE = DepthQuestion(width=512, signals=512)


def second_moment(answer: DepthAnswer) -> np.ndarray:
    return answer.activations.variance + answer.activations.mean**2


def test_he_keeps_the_second_moment_through_relus_and_xavier_halves_it() -> None:
    relu = ActivationChoice("relu")
    growth = [
        [np.log(second_moment(ask(WIDE, activation=relu, initialisation=kind, seed=seed, signals=64, layers=12))[-1])
         for seed in range(6)]
        for kind in ("he", "xavier")
    ]  # fmt: skip
    assert np.mean(growth[0]) == pytest.approx(0.0, abs=0.35)  # E[max(0, z)^2] = 1 of z ~ N(0, 2)
    assert np.mean(growth[1]) == pytest.approx(12 * np.log(0.5), abs=0.35)


def test_tanh_under_xavier_loses_two_of_its_variance_squared() -> None:
    """tanh z = z - z^3/3: E[tanh^2] = q - 2q^2 to second order in the variance q of z, and Xavier keeps q from layer to layer."""
    q = ask(WIDE, initialisation="xavier", layers=50).activations.variance
    lost = (q[30:-1] - q[31:]).sum()
    assert lost == pytest.approx(float((2 * q[30:-1] ** 2).sum()), rel=0.5)
    assert q[50] == pytest.approx(1 / (2 * 50), rel=0.6)  # what dq/dl = -2q^2 comes to


def test_selu_with_lecun_rests_at_mean_0_and_variance_1() -> None:
    """Klambauer et al. 2017, arXiv:1706.02515."""
    answer = ask(WIDE, activation=ActivationChoice("selu"), initialisation="lecun", layers=50)
    assert np.abs(answer.activations.mean).max() < 0.1
    assert answer.activations.variance[1:] == pytest.approx(np.ones(50), abs=0.3)


def test_sigmoids_let_at_most_a_quarter_of_the_gradient_through() -> None:
    question = msgspec.structs.replace(SMALL, activation=ActivationChoice("sigmoid"), initialisation="xavier")
    answer = ask(question)
    chance = torch.Generator().manual_seed(question.seed)
    norm = np.sqrt(answer.gradients.variance + answer.gradients.mean**2)
    for layer in range(question.layers):
        weights = torch.randn(32, 32, generator=chance) * (2 / 64) ** 0.5
        assert norm[layer] <= 0.25 * float(torch.linalg.matrix_norm(weights, 2)) * norm[layer + 1]
    assert norm[0] > 0


# --- silence ------------------------------------------------------------------------------------------------------------


def test_a_unit_is_dead_that_no_signal_moves() -> None:
    one = ask(SMALL, activation=ActivationChoice("relu"), signals=1, initialisation="he", bins=1024)
    many = ask(SMALL, activation=ActivationChoice("relu"), signals=400, initialisation="he")
    assert one.dead[0] == one.saturated[0] == one.activations.counts[1][0] / 32  # the first bin begins at 0
    assert 0.3 < one.dead[0] < 0.7
    assert many.dead[0] == 0.0
    assert many.dead[-1] > 0.0  # far behind, all signals look alike
    assert ask(SMALL, activation=ActivationChoice("step")).dead.tolist() == [1.0] * 12
    assert ask(SMALL, activation=ActivationChoice("leaky_relu")).dead.tolist() == [0.0] * 12


def test_saturation_is_measured_by_the_threshold() -> None:
    weak = [ask(SMALL, activation=ActivationChoice("tanh"), initialisation="normal", deviation=1.0, saturation=t) for t in (1e-4, 0.1, 2.0)]  # fmt: skip
    assert 0.1 < weak[0].saturated[-1] < weak[1].saturated[-1] < 1.0
    assert weak[2].saturated.tolist() == [1.0] * 12


# --- chance, memory, limits ---------------------------------------------------------------------------------------------


def figures(answer: DepthAnswer, rows: int = 51) -> bytes:
    part = answer.activations
    return part.counts[:rows].tobytes() + part.spans[:rows].tobytes() + part.variance[:rows].tobytes()


def test_the_same_seed_gives_the_same_bits_whatever_was_asked_before() -> None:
    lab = DepthLab()
    first = figures(lab.answer(1, SMALL))
    for changes in ({"seed": 4}, {"width": 64}, {"layers": 20}, {"activation": ActivationChoice("maxout")}, {"initialisation": "orthogonal"}):  # fmt: skip
        other = lab.answer(2, msgspec.structs.replace(SMALL, **changes))
        assert figures(other) != first
    assert figures(lab.answer(3, SMALL)) == first == figures(ask(SMALL))


def test_more_layers_leave_the_first_ones_as_they_are() -> None:
    assert figures(ask(SMALL, layers=30), 13) == figures(ask(SMALL), 13)


def everything(answer: DepthAnswer) -> list[bytes]:
    parts = [answer.activations, answer.gradients]
    arrays = [getattr(part, name) for part in parts for name in part.__struct_fields__]
    return [one.tobytes() for one in (*arrays, answer.between, answer.dead, answer.saturated, answer.weight_gradient_norms) if one is not None]  # fmt: skip


@pytest.mark.parametrize("kind", ["tanh", "relu", "gelu", "elu", "maxout"])
def test_what_is_kept_gives_the_same_bits_as_a_fresh_start(kind: str) -> None:
    """Two settings in turn, as with both on show, and what does not touch the forward values changed in between."""
    lab = DepthLab()
    a = msgspec.structs.replace(SMALL, activation=ActivationChoice(kind), width=40, signals=31, weight_gradients=False)
    b = msgspec.structs.replace(a, activation=ActivationChoice("softplus"))
    for changes in (
        {}, {"layers": 20}, {"layers": 7}, {"layers": 1}, {"layers": 50}, {"saturation": 0.3}, {"saturation": 0.3, "layers": 5},
        {"bins": 9}, {"activation_span": "shared"}, {"gradient_span": (-0.1, 0.1)}, {"weight_gradients": True},
        {"weight_gradients": True, "layers": 13}, {"seed": 5}, {"width": 24}, {},
    ):  # fmt: skip
        for setting in (a, b):
            question = msgspec.structs.replace(setting, **changes)
            assert everything(lab.answer(1, question)) == everything(DepthLab().answer(1, question)), changes


def test_layers_that_stay_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two settings on show as well."""
    through: list[Tensor] = []

    def write(function: Any, sums: Tensor, value: Tensor, derivative: Tensor) -> None:
        through.append(value)
        write_value_and_derivative(function, sums, value, derivative)

    monkeypatch.setattr(depth_signal_steps, "write_value_and_derivative", write)
    lab = DepthLab()
    a, b = SMALL, msgspec.structs.replace(SMALL, activation=ActivationChoice("relu"))
    counts = []
    for changes in ({"layers": 20}, {"layers": 23}, {"layers": 11}, {"saturation": 0.5}, {"bins": 8}, {"deviation": 0.1, "initialisation": "normal"}):  # fmt: skip
        through.clear()
        for setting in (a, b):
            lab.answer(1, msgspec.structs.replace(setting, **changes))
        counts.append(len(through))
    assert counts == [40, 6, 0, 0, 0, 24]


def test_what_is_too_large_to_keep_is_let_go() -> None:
    lab = DepthLab()
    large = DepthQuestion(layers=40, width=512, signals=512)
    first = everything(lab.answer(1, large))
    assert not any(passage.serves(large) for passage in lab._passages)
    assert everything(lab.answer(2, large)) == first


def test_sine_has_the_frequency_that_is_asked_for() -> None:
    sine = ActivationChoice("sine", {"omega": 3.0})
    question = msgspec.structs.replace(SMALL, activation=sine, layers=8)  # each triples what rounding has done
    assert_same(ask(question), Reference(question, (2 / 64) ** 0.5, Sine(3.0)))
    slow = ask(question, activation=ActivationChoice("sine"))
    assert figures(slow) == figures(ask(question, activation=ActivationChoice("sine", {"omega": 1})))
    assert figures(slow) != figures(ask(question))


class Sine(nn.Module):
    def __init__(self, omega: float) -> None:
        super().__init__()
        self.omega = omega

    def forward(self, numbers: Tensor) -> Tensor:
        return torch.sin(self.omega * numbers)


def test_what_leaves_single_precision_is_told() -> None:
    question = msgspec.structs.replace(
        SMALL, activation=ActivationChoice("relu"), initialisation="normal", deviation=30.0, layers=50
    )
    answer = ask(question)
    assert answer.activations.non_finite[0] == 0
    assert answer.activations.non_finite[-1] == 32 * 40
    assert np.isnan(answer.activations.mean[-1])
    assert answer.activations.counts[-1].sum() == 0
    last = int(np.flatnonzero(answer.activations.non_finite == 0)[-1])
    assert answer.activations.variance[last] > 1e60  # its square has no place in single precision
    assert answer.activations.counts[last].sum() == 32 * 40


def test_a_gradient_that_dies_out_keeps_its_size() -> None:
    answer = ask(SMALL, activation=ActivationChoice("sigmoid"), layers=40, initialisation="xavier")
    steps = np.diff(np.log10(answer.gradients.variance))
    assert answer.gradients.variance[0] < 1e-45
    assert np.all(steps > 0.5)  # each layer back takes its share, also where single precision could not square it
    assert answer.gradients.counts.sum(1).tolist() == [32 * 40] * 41


def test_spans_are_each_layers_shared_or_given() -> None:
    question = msgspec.structs.replace(
        SMALL, activation=ActivationChoice("hardtanh"), initialisation="normal", deviation=0.5
    )
    own, shared = ask(question), ask(question, activation_span="shared", gradient_span="shared")
    assert np.all(shared.activations.spans == [own.activations.spans[:, 0].min(), own.activations.spans[:, 1].max()])
    assert shared.activations.counts.sum(1).tolist() == [32 * 40] * 13
    given = ask(question, activation_span=(-1.0, 1.0), bins=2)
    assert given.activations.counts[1:].sum(1).tolist() == [32 * 40] * 12  # -1 and 1 themselves are inside
    assert given.activations.counts[0].sum() < 32 * 40
    half = ask(question, activation_span=(0.5, 1.5), bins=2)
    row = torch.randn(40, 32, generator=torch.Generator().manual_seed(question.seed + 1)).numpy()
    assert half.activations.counts[0].sum() == ((row >= 0.5) & (row <= 1.5)).sum()


def test_digits_come_standardised() -> None:
    answer = ask(DepthQuestion(source="digits", layers=3, signals=1000))
    assert answer.activations.counts[0].sum() == 784_000
    assert answer.activations.mean[0] == pytest.approx(0.0, abs=0.02)
    assert answer.activations.variance[0] == pytest.approx(1.0, abs=0.05)
    assert answer.activations.counts[1].sum() == 256_000
    assert answer.gradients.counts[0].sum() == 784_000


NEEDED: dict[str, dict[str, Parameter]] = {
    kind.key: {spec.name: spec.default for spec in kind.parameters if spec.required} for kind in LAYER_KINDS.values()
}


@pytest.mark.parametrize("kind", usable_kinds())
def test_every_activation_goes_through(kind: str) -> None:
    answer = ask(SMALL, activation=ActivationChoice(kind, NEEDED.get(kind, {}) if kind != "maxout" else {}), layers=3)
    assert answer.activations.non_finite.sum() == 0
    assert np.isfinite(answer.gradients.variance).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layers": 51}, "The number of layers must be from 1 to 50, not 51."),
        ({"width": 7}, "The width must be from 8 to 512, not 7."),
        ({"signals": 0}, "The number of signals must be from 1 to 1,024, not 0."),
        ({"gain": float("nan")}, "The gain must be from 0 to 100, not nan."),
        ({"seed": -1}, "The seed must be from 0 to 2,147,483,647, not -1."),
        ({"source": "noise"}, "There is no source 'noise': take signal or digits."),
        ({"initialisation": "zero"}, "There is no initialisation 'zero': take xavier, he, lecun, orthogonal or normal."),
        ({"activation": ActivationChoice("softmax")}, "There is no activation 'softmax' that acts on each number by itself: did you mean"),
        ({"activation": ActivationChoice("relu", {"slope": 1.0})}, "relu (ReLU) has no parameter 'slope'"),
        ({"activation": ActivationChoice("elu", {"alpha": -1.0})}, "elu's alpha is -1.0"),
        ({"activation": ActivationChoice("sine", {"a": 1.0})}, "sine has no parameter 'a': it has omega."),
        ({"activation": ActivationChoice("sine", {"omega": 0.0})}, "sine's omega must be from 0.01 to 100, not 0."),
        ({"activation": ActivationChoice("sine", {"omega": True})}, "sine's omega is True, but must be a number"),
        ({"activation": ActivationChoice("maxout", {"pieces": 9})}, "must be from 2 to 4, not 9."),
        ({"activation": ActivationChoice("maxout", {"pieces": 4}), "layers": 50, "width": 512, "signals": 1024}, "take fewer signals"),
        ({"activation": ActivationChoice("formula", {"text": "x +"})}, "formula"),
        ({"activation_span": (1.0, 1.0)}, "must be two finite numbers, the lower one first, not (1.0, 1.0)"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as refusal:
        ask(SMALL, **changes)
    assert said in refusal.value.sentence
    assert refusal.value.sentence[-1] in ".?"


def test_a_sigmoid_net_forgets_its_signals_though_its_units_still_differ() -> None:
    question = DepthQuestion(ActivationChoice("sigmoid"), "normal", deviation=0.01, layers=6)
    answer = DepthLab().answer(1, question)
    assert answer.between[0] == pytest.approx(1.0, abs=0.01)
    falls = answer.between[1:4] / answer.between[:3]
    np.testing.assert_allclose(
        falls, 0.25 * 0.01 * 16, rtol=0.05
    )  # the slope at 0, times the weights' deviation, times √256
    assert answer.activations.variance[-1] > 1e-4, "what units differ by, whatever comes in"
    assert answer.between[5] < 1e-6
