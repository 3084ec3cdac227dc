"""The drawing pad's preparation: held against the data themselves, through networks that learned from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from trainers.data_split import DataSplit, DrawnLike
from trainers.datasets import DATASETS, load
from trainers.digit_pad import prepare_digit
from trainers.training_plan import DataChoice

PAD = 280
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
needs_mnist = pytest.mark.skipif(
    not (SHARED / "MNIST" / "raw" / "t10k-images-idx3-ubyte").is_file(), reason=f"MNIST is not under {SHARED}"
)
Answers = Callable[[np.ndarray], np.ndarray]  # images (n, 28, 28), 0 to 1, to classes (n,)


def on_the_pad(image: np.ndarray, margin: int, generator: np.random.Generator) -> np.ndarray:
    """An image of the data as if drawn on the pad: enlarged to some size, put somewhere."""
    inner = image[margin : 28 - margin, margin : 28 - margin].astype(np.float32) / 255
    side = int(generator.integers(100, PAD))
    large = np.asarray(Image.fromarray(inner).resize((side, side), Image.Resampling.BILINEAR))
    top, left = generator.integers(0, PAD + 1 - side, 2)
    pad = np.zeros((PAD, PAD), dtype=np.float32)
    pad[top : top + side, left : left + side] = large
    return pad


def learned(split: DataSplit, epochs: int, batch_size: int) -> Answers:
    """A LeNet-5 trained on `split`, with a fixed seed."""
    torch = pytest.importorskip("torch")
    from trainers.network_files import load_network
    from trainers.torch_network import build

    torch.manual_seed(0)
    network = build(load_network("lenet5"))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    inputs, targets = torch.from_numpy(split.train_inputs), torch.from_numpy(split.train_targets)
    for _ in range(epochs):
        for batch in torch.randperm(len(inputs)).split(batch_size):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(inputs[batch].float() / 255), targets[batch]).backward()
            optimizer.step()
    network.eval()

    def answers(images: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            classes: np.ndarray = network(torch.from_numpy(images.astype(np.float32))[:, None]).argmax(dim=1).numpy()
        return classes

    return answers


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """With two, a small network crawls on a machine that is busy with other tests."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def digits() -> DataSplit:
    return load(DataChoice("digits"))


@pytest.fixture(scope="module")
def knows_digits(digits: DataSplit) -> Answers:
    return learned(digits, 15, 32)


@pytest.mark.xdist_group("digit_pad")
def test_bundled_digits_drawn_on_the_pad_are_recognised_as_before(digits: DataSplit, knows_digits: Answers) -> None:
    generator = np.random.Generator(np.random.PCG64(0))
    images, targets = digits.test_inputs[:, 0], digits.test_targets
    as_they_are = (knows_digits(images / 255) == targets).mean()
    drawn = np.stack([prepare_digit(on_the_pad(image, 2, generator), "digits") for image in images])
    through_the_pad = (knows_digits(drawn) == targets).mean()
    assert as_they_are > 0.94
    assert through_the_pad >= 0.95 * as_they_are, (through_the_pad, as_they_are)


@needs_mnist
@pytest.mark.xdist_group("digit_pad")
def test_mnist_digits_drawn_on_the_pad_are_recognised_as_before() -> None:
    split = load(DataChoice("mnist", directory=str(SHARED)))
    answers = learned(split, 2, 64)
    generator = np.random.Generator(np.random.PCG64(0))
    chosen = generator.permutation(len(split.test_inputs))[:1500]
    images, targets = split.test_inputs[chosen, 0], split.test_targets[chosen]
    as_they_are = (answers(images / 255) == targets).mean()
    drawn = np.stack([prepare_digit(on_the_pad(image, 0, generator), "mnist") for image in images])
    through_the_pad = (answers(drawn) == targets).mean()
    assert as_they_are > 0.92
    assert through_the_pad >= 0.95 * as_they_are, (through_the_pad, as_they_are)


@needs_mnist
@pytest.mark.xdist_group("digit_pad")
def test_other_hands_are_recognised_by_a_network_that_learned_the_bundled_digits(knows_digits: Answers) -> None:
    """What happens on stage: somebody who is not in the data draws. MNIST's writers are such people."""
    split = load(DataChoice("mnist", directory=str(SHARED)))
    generator = np.random.Generator(np.random.PCG64(0))
    images, targets = split.test_inputs[:800, 0], split.test_targets[:800]
    pads = [on_the_pad(image, 0, generator) for image in images]
    right = {
        like: (knows_digits(np.stack([prepare_digit(pad, like) for pad in pads])) == targets).mean()
        for like in ("digits", "mnist")
    }
    assert right["digits"] > 0.7
    assert right["digits"] > right["mnist"] + 0.1  # the matching preparation is worth having


STROKES: dict[int, list[list[tuple[float, float]]]] = {
    0: [[(0.5, 0.15), (0.35, 0.25), (0.3, 0.5), (0.35, 0.75), (0.5, 0.85), (0.65, 0.75), (0.7, 0.5), (0.65, 0.25), (0.5, 0.15)]],
    1: [[(0.38, 0.3), (0.52, 0.15), (0.52, 0.85)]],
    2: [[(0.32, 0.3), (0.4, 0.17), (0.55, 0.15), (0.66, 0.27), (0.6, 0.45), (0.32, 0.83), (0.7, 0.83)]],
    3: [[(0.33, 0.2), (0.5, 0.14), (0.65, 0.25), (0.6, 0.42), (0.45, 0.48), (0.63, 0.55), (0.67, 0.7), (0.52, 0.85), (0.32, 0.78)]],
    4: [[(0.45, 0.15), (0.3, 0.55), (0.72, 0.55)], [(0.6, 0.35), (0.58, 0.88)]],
    5: [[(0.68, 0.16), (0.38, 0.16), (0.35, 0.45), (0.55, 0.42), (0.68, 0.58), (0.6, 0.8), (0.34, 0.82)]],
    6: [[(0.6, 0.14), (0.42, 0.35), (0.34, 0.62), (0.42, 0.82), (0.6, 0.8), (0.66, 0.64), (0.52, 0.54), (0.38, 0.62)]],
    7: [[(0.3, 0.18), (0.7, 0.18), (0.48, 0.86)]],
    8: [[(0.62, 0.25), (0.5, 0.15), (0.38, 0.25), (0.42, 0.42), (0.6, 0.55), (0.66, 0.72), (0.5, 0.86), (0.34, 0.72), (0.42, 0.54), (0.58, 0.42), (0.62, 0.25)]],
    9: [[(0.64, 0.3), (0.5, 0.16), (0.36, 0.28), (0.4, 0.46), (0.55, 0.48), (0.65, 0.3), (0.62, 0.6), (0.55, 0.86)]],
}  # fmt: skip


def drawn(digit: int, pen: float, scale: float, angle: float) -> np.ndarray:
    """A digit as somebody draws it: round pen of `pen` of the pad's side, smaller by `scale`, leaning by `angle` degrees."""
    side = 2 * PAD
    image = Image.new("L", (side, side))
    brush = ImageDraw.Draw(image)
    radius = pen * side / 2
    for stroke in STROKES[digit]:
        points = [(side * (0.5 + (x - 0.5) * scale), side * (0.5 + (y - 0.5) * scale)) for x, y in stroke]
        brush.line(points, fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            brush.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return np.asarray(image.rotate(angle).resize((PAD, PAD), Image.Resampling.BOX), dtype=np.float32) / 255


@pytest.mark.xdist_group("digit_pad")
def test_digits_drawn_with_thin_and_thick_pens_small_and_leaning_are_recognised(knows_digits: Answers) -> None:
    ways = [
        (pen, scale, angle) for pen in (0.05, 0.085, 0.1) for scale, angle in ((1.0, 0.0), (0.7, 6.0), (0.9, -12.0))
    ]
    images = np.stack([prepare_digit(drawn(digit, *way), "digits") for way in ways for digit in range(10)])
    right = (knows_digits(images).reshape(len(ways), 10) == np.arange(10)).mean()
    assert right >= 0.8, right


def test_each_image_data_set_says_how_a_drawing_is_prepared_for_it() -> None:
    assert DATASETS["digits"].drawn_like == "digits"
    assert DATASETS["mnist"].drawn_like == "mnist"
    for name in ("fashion-mnist", "cifar10", "circle"):
        assert DATASETS[name].drawn_like is None


def a_stroke(width: int, slant: float = 0.0, top: int = 60, height: int = 160) -> np.ndarray:
    pad = np.zeros((PAD, PAD), dtype=np.float32)
    for row in range(top, top + height):
        left = round(130 - slant * (row - top))
        pad[row, left : left + width] = 1.0
    return pad


def test_like_mnist_the_longer_side_is_twenty_and_the_centre_of_mass_is_the_middle() -> None:
    generator = np.random.Generator(np.random.PCG64(2))
    for _ in range(20):
        pad = np.zeros((PAD, PAD), dtype=np.float32)
        top, left = generator.integers(0, 180, 2)
        pad[top : top + 100, left : left + 14] = 1
        pad[top + 86 : top + 100, left : left + 60] = 1  # an L: its centre of mass is not its box's
        image = prepare_digit(pad)
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert len(rows) == 20
        assert len(columns) == 12  # 60 x 100 keeps its proportions
        mass = image.sum()
        assert abs(image.sum(axis=1) @ np.arange(28) / mass - 14) <= 0.51
        assert abs(image.sum(axis=0) @ np.arange(28) / mass - 14) <= 0.51
        assert image.max() == pytest.approx(1.0)


def test_the_edges_are_grey_as_in_mnist() -> None:
    image = prepare_digit(a_stroke(21, slant=0.4))
    assert ((image > 0.05) & (image < 0.95)).sum() > 10


def test_where_and_how_large_it_is_drawn_does_not_matter() -> None:
    for like in ("mnist", "digits"):
        one = prepare_digit(a_stroke(18), like)
        np.testing.assert_array_equal(one, prepare_digit(np.roll(a_stroke(18), (40, -70), axis=(0, 1)), like))
        large = np.kron(a_stroke(18), np.ones((3, 3), dtype=np.float32))
        assert np.abs(one - prepare_digit(large, like)).max() < 0.12
        np.testing.assert_allclose(one, prepare_digit(a_stroke(18) * 0.4, like), atol=1e-6)  # a pale pen


def test_like_digits_slanted_strokes_stand_upright_and_thin_pens_write_as_thick_ones() -> None:
    upright, slanted = prepare_digit(a_stroke(16), "digits"), prepare_digit(a_stroke(16, slant=0.4), "digits")
    assert np.abs(upright - slanted).mean() < 0.03
    thin, thick = (prepare_digit(a_stroke(width), "digits").sum() for width in (4, 26))
    assert 0.75 < thin / thick < 1.34


@pytest.mark.parametrize("like", ["mnist", "digits"])
def test_an_empty_pad_gives_an_empty_image(like: DrawnLike) -> None:
    for pad in (np.zeros((PAD, PAD)), np.zeros((0, 5)), -np.ones((4, 4))):
        image = prepare_digit(pad, like)
        assert image.shape == (28, 28)
        assert not image.any()


@pytest.mark.parametrize("like", ["mnist", "digits"])
@pytest.mark.parametrize(
    "ink",
    [np.ones((1, 1)), np.ones((300, 1)), np.ones((1, 300)), np.eye(280), np.ones((1500, 900)), np.full((5, 5), 1e-30)],
    ids=["dot", "line", "dash", "diagonal", "all", "faint"],
)
def test_whatever_is_drawn_gives_an_image_in_range(ink: np.ndarray, like: DrawnLike) -> None:
    image = prepare_digit(ink, like)
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= 0
    assert 0.2 < image.max() <= 1


@pytest.mark.parametrize(
    "ink", [np.zeros(28), np.zeros((2, 28, 28)), np.full((28, 28), np.nan), np.full((28, 28), np.inf)]
)
def test_what_is_no_drawing_is_refused(ink: np.ndarray) -> None:
    with pytest.raises(ValueError, match="rows and columns"):
        prepare_digit(ink)
