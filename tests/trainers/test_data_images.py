"""Folders of images as people have them: unified, split, and refused with the file named."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainers import image_folder
from trainers.datasets import LoadingCancelled, describe, load
from trainers.errors import BadInput
from trainers.events import Progress
from trainers.training_plan import DataChoice


def picture(
    path: Path, colour: object = 200, size: tuple[int, int] = (12, 10), mode: str = "L", **options: object
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, **options)  # type: ignore[arg-type]
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pets"
    for number in range(10):
        picture(root / "cat" / f"{number}.png", 10 + number)
        picture(root / "dog" / f"{number}.png", 200 + number)
    return root


def refusal(path: Path, act: object = load) -> str:
    with pytest.raises(BadInput) as error:
        act(DataChoice(str(path)))  # type: ignore[operator]
    sentence = error.value.sentence
    assert "\n" not in sentence
    assert sentence.endswith("."), sentence
    return sentence


def test_each_subfolder_is_a_class(folder: Path) -> None:
    spec, split = describe(DataChoice(str(folder))), load(DataChoice(str(folder)))
    assert spec.classes == split.classes == ("cat", "dog")
    assert spec.kind == "folder"
    assert spec.title == "pets"
    assert spec.sample_shape == split.sample_shape == (1, 10, 12)
    assert split.train_inputs.dtype == np.uint8
    assert split.train_inputs.shape == (16, 1, 10, 12)
    assert split.test_inputs.shape == (4, 1, 10, 12)
    for inputs, targets in ((split.train_inputs, split.train_targets), (split.test_inputs, split.test_targets)):
        assert targets.dtype == np.int64
        assert np.array_equal(inputs[:, 0, 0, 0] >= 200, targets == 1)  # every image kept its own class
        assert targets.mean() == 0.5
    brightness = sorted(np.concatenate([split.train_inputs, split.test_inputs])[:, 0, 0, 0].tolist())
    assert brightness == [*range(10, 20), *range(200, 210)]  # each image once


def test_the_split_depends_on_the_seed(folder: Path) -> None:
    one, again, other = (load(DataChoice(str(folder), seed=seed)).test_inputs for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_images_are_unified_to_what_the_network_takes(folder: Path) -> None:
    for shape in ((1, 28, 28), (3, 32, 32)):
        assert describe(DataChoice(str(folder)), shape).sample_shape == shape
        split = load(DataChoice(str(folder)), shape=shape)
        assert split.train_inputs.shape[1:] == shape
        assert set(split.train_inputs[0].ravel().tolist()) == {int(split.train_inputs[0, 0, 0, 0])}


def test_different_sizes_become_the_commonest_and_keep_their_proportions(folder: Path) -> None:
    wide = Image.new("L", (40, 10), 0)
    wide.paste(255, (14, 0, 26, 10))  # white middle of 12 x 10 on black
    wide.save(folder / "cat" / "wide.png")
    picture(folder / "dog" / "large.png", 255, (240, 200))
    split = load(DataChoice(str(folder)))
    assert split.sample_shape == (1, 10, 12)
    everything = np.concatenate([split.train_inputs, split.test_inputs])
    assert (
        everything.reshape(len(everything), -1).min(axis=1) == 255
    ).sum() == 2  # cut around the middle, not squeezed


def test_one_colour_image_makes_all_colour(folder: Path) -> None:
    picture(folder / "cat" / "red.png", (255, 0, 0), mode="RGB")
    split = load(DataChoice(str(folder)))
    assert split.sample_shape == (3, 10, 12)
    everything = np.concatenate([split.train_inputs, split.test_inputs])
    assert any(image[:, 0, 0].tolist() == [255, 0, 0] for image in everything)


def test_every_common_kind_of_image_is_read(folder: Path) -> None:
    cats = folder / "cat"
    picture(cats / "a.jpg", (90, 90, 90), mode="RGB", quality=95)
    picture(cats / "b.JPEG", 90)
    picture(cats / "c.bmp", 90)
    picture(cats / "d.gif", 90)
    picture(cats / "e.tif", 90)
    picture(cats / "f.webp", (90, 90, 90), mode="RGB", lossless=True)
    picture(cats / "g.png", 90 * 257, mode="I;16")
    picture(cats / "h.png", (90, 255), mode="LA")
    picture(cats / "i.png", (90, 90, 90, 255), mode="RGBA")
    split = load(DataChoice(str(folder)), shape=(1, 8, 8))
    values = np.concatenate([split.train_inputs, split.test_inputs])[:, 0, 4, 4].tolist()
    assert sum(abs(value - 90) <= 2 for value in values) == 9


def test_transparent_parts_are_white(folder: Path) -> None:
    picture(folder / "cat" / "clear.png", (0, 0, 0, 0), mode="RGBA")
    split = load(DataChoice(str(folder)), shape=(1, 8, 8))
    values = np.concatenate([split.train_inputs, split.test_inputs])[:, 0, 4, 4]
    assert (values == 255).sum() == 1


def test_a_photograph_taken_upright_is_turned(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for number in range(3):
            exif = Image.Exif()
            exif[0x0112] = 6
            picture(tmp_path / name / f"{number}.jpg", 100, (30, 20), exif=exif)
    assert load(DataChoice(str(tmp_path))).sample_shape == (1, 30, 20)


def test_large_images_are_brought_down(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for number in range(2):
            picture(tmp_path / name / f"{number}.png", 100, (600, 300))
    assert load(DataChoice(str(tmp_path))).sample_shape == (1, 112, 224)


def test_hidden_and_other_files_are_left_alone(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    (folder / "cat" / ".hidden.png").write_bytes(b"x")
    (folder / "cat" / "Thumbs.db").write_bytes(b"x")
    (folder / ".git").mkdir()
    split = load(DataChoice(str(folder)))
    assert split.classes == ("cat", "dog")
    assert len(split.train_inputs) + len(split.test_inputs) == 20


@pytest.mark.skipif(os.name == "nt", reason="making links needs a privilege on Windows")
def test_links_that_lead_out_are_not_followed_and_those_inside_are(folder: Path, tmp_path: Path) -> None:
    secret = picture(tmp_path / "outside" / "0.png", 99)
    (folder / "cat" / "link.png").symlink_to(secret)
    (folder / "cat" / "same.png").symlink_to(folder / "cat" / "0.png")
    (folder / "fish").symlink_to(secret.parent, target_is_directory=True)
    (folder / "cat" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "cat" / "dead.png").symlink_to(tmp_path / "nowhere.png")
    (folder / "cat" / "round.png").symlink_to(folder / "cat" / "round.png")
    (folder / "round").symlink_to(folder / "round")
    split = load(DataChoice(str(folder)))
    assert split.classes == ("cat", "dog")
    everything = np.concatenate([split.train_inputs, split.test_inputs])
    assert len(everything) == 21
    assert 99 not in everything


@pytest.mark.parametrize("act", [describe, load])
def test_a_torn_image_is_named(folder: Path, act: object) -> None:
    for number in range(10):
        (folder / "dog" / f"{number}.png").unlink()
    (folder / "dog" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    (folder / "dog" / "torn too.png").write_bytes(b"this is no image")
    sentence = refusal(folder, act)
    assert str(folder / "dog" / "torn") in sentence
    assert "delete it" in sentence


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "tif", "webp"])
def test_an_image_cut_short_is_named(folder: Path, suffix: str) -> None:
    whole = picture(folder / "dog" / f"cut.{suffix}", 0)
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(whole)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2])
    assert f"cut.{suffix}" in refusal(folder)


def test_an_image_of_too_many_pixels_is_named_and_not_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_folder, "MOST_PIXELS", 1_000_000)
    picture(folder / "dog" / "bomb.png", 0, (2000, 1000))
    sentence = refusal(folder)
    assert "bomb.png" in sentence
    assert "2000 × 1000" in sentence


def test_more_than_memory_holds_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_folder, "MOST_BYTES", 1000)
    assert "20 images" in refusal(folder)
    monkeypatch.setattr(image_folder, "MOST_IMAGES", 15)
    assert "more than 15 images" in refusal(folder)


def test_folders_of_another_make_are_refused_with_the_way_out(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no subfolders" in refusal(empty)
    picture(tmp_path / "flat" / "0.png")
    assert "no subfolders" in refusal(tmp_path / "flat")
    picture(tmp_path / "single" / "cat" / "0.png")
    assert "single class, 'cat'" in refusal(tmp_path / "single")
    picture(tmp_path / "few" / "cat" / "0.png")
    picture(tmp_path / "few" / "dog" / "0.png")
    assert "2 images for 2 classes" in refusal(tmp_path / "few")
    picture(tmp_path / "nested" / "train" / "cat" / "0.png")
    picture(tmp_path / "nested" / "test" / "cat" / "0.png")
    assert f"give {tmp_path / 'nested' / 'test'} itself" in refusal(tmp_path / "nested")
    (folder / "fish").mkdir()
    assert str(folder / "fish") in refusal(folder)


def test_reading_tells_how_far_it_is_and_can_be_cancelled(folder: Path) -> None:
    told: list[Progress] = []
    load(DataChoice(str(folder)), told.append)
    assert told
    assert told[0].total == 20
    with pytest.raises(LoadingCancelled, match="cancelled"):
        load(DataChoice(str(folder)), lambda progress: False)
