"""A folder of images as data, one subfolder a class: decoded once by Pillow, unified in size and colour. No torch, no Qt."""

from __future__ import annotations

import math
import os
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from trainers.data_split import DatasetSpec, DataSplit, LoadingCancelled, ProgressCallback, choose_test
from trainers.errors import BadInput
from trainers.events import Progress
from trainers.network_graph import Shape
from trainers.training_plan import DataChoice

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm"})
MOST_IMAGES = 100_000
MOST_PIXELS = 50_000_000  # of one image as it lies on the disk
MOST_BYTES = 2_000_000_000  # of all images as they stand in memory
LONGEST_SIDE = 224  # of the unified size, where no network says otherwise
_PROBED = 200  # headers read to choose size and colour; opening them all would hold a window up
_GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, Image.DecompressionBombError)


@dataclass(frozen=True)
class ImageFolder:
    """What lies in a folder: class names in order, and every image with its class number."""

    classes: tuple[str, ...]
    files: tuple[tuple[Path, int], ...]


def describe_folder(path: Path, shape: Shape | None = None) -> DatasetSpec:
    """What the folder is; `shape` (channels, height, width) is what its images are unified to, None: their commonest size.

    Raises BadInput in one sentence that names the folder or file.
    """
    folder = _listed(path)
    shape = shape if shape is not None and len(shape) == 3 and shape[0] in (1, 3) else _commonest_shape(folder)
    colour = "grey" if shape[0] == 1 else "colour"
    return DatasetSpec(
        name=str(path),
        title=path.resolve().name,
        task="classification",
        kind="folder",
        sample_shape=shape,
        classes=folder.classes,
        description=f"{len(folder.files)} images in {len(folder.classes)} classes, as {shape[2]} × {shape[1]} in {colour}.",
        source=str(path),
    )


def load_folder(
    path: Path, choice: DataChoice, progress: ProgressCallback | None = None, shape: Shape | None = None
) -> DataSplit:
    """Every image of the folder as uint8 (n, channels, height, width), split by `choice.seed` and `choice.test_share`.

    Raises BadInput naming the first image that cannot be read, LoadingCancelled.
    """
    folder = _listed(path)
    spec = describe_folder(path, shape)
    count = len(folder.files)
    size = count * math.prod(spec.sample_shape)
    if size > MOST_BYTES:
        raise BadInput(
            f"The {count} images of {path} take {size / 1e9:.1f} GB at {spec.sample_shape[2]} × {spec.sample_shape[1]}, and at"
            f" most {MOST_BYTES / 1e9:.0f} GB can be held: take fewer or smaller ones."
        )
    images = np.empty((count, *spec.sample_shape), dtype=np.uint8)
    for number, (file, _) in enumerate(folder.files):
        images[number] = _decoded(file, spec.sample_shape)
        if progress is not None and number % 64 == 0:
            report = Progress(f"Reading {spec.title}", float(number), float(count), "images")
            if progress(report) is False:
                raise LoadingCancelled(f"Reading {spec.title} was cancelled.")
    targets = np.array([number for _, number in folder.files], dtype=np.int64)
    is_test = choose_test(targets, choice.test_share, choice.seed, stratified=True)
    return DataSplit(
        name=spec.name,
        task=spec.task,
        sample_shape=spec.sample_shape,
        classes=spec.classes,
        train_inputs=images[~is_test],
        train_targets=targets[~is_test],
        test_inputs=images[is_test],
        test_targets=targets[is_test],
    )


def _listed(path: Path) -> ImageFolder:
    """Classes and files in alphabetical order. Links that lead out of the folder are not followed, hidden names not read."""
    root = path.resolve()
    subfolders = [entry for entry in _entries(path) if entry.is_dir() and _is_inside(entry, root)]
    if not subfolders:
        raise BadInput(
            f"{path} has no subfolders: put the images of each class into a folder of its own, named after it."
        )
    files: list[tuple[Path, int]] = []
    for number, subfolder in enumerate(subfolders):
        inside = _entries(Path(subfolder.path))
        found = [
            Path(entry.path)
            for entry in inside
            if Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file() and _is_inside(entry, root)
        ]
        if not found:
            deeper = any(entry.is_dir() for entry in inside)
            hint = f"give {subfolder.path} itself" if deeper else "put its images there, or delete it"
            raise BadInput(
                f"The class folder {subfolder.path} holds no image (PNG, JPEG, BMP, GIF, TIFF, WebP): {hint}."
            )
        files += [(file, number) for file in found]
        if len(files) > MOST_IMAGES:
            raise BadInput(f"{path} holds more than {MOST_IMAGES} images, more than can be held in memory: take fewer.")
    if len(subfolders) < 2:
        raise BadInput(f"{path} has a single class, {subfolders[0].name!r}: at least two are needed.")
    if len(files) < 2 * len(subfolders):
        raise BadInput(
            f"{path} has {len(files)} images for {len(subfolders)} classes: at least two for each are needed."
        )
    return ImageFolder(tuple(entry.name for entry in subfolders), tuple(files))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".") and _leads_somewhere(entry)]
            return sorted(shown, key=lambda entry: entry.name)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be read ({error.strerror or error}).") from error


def _leads_somewhere(entry: os.DirEntry[str]) -> bool:
    """False for a link that leads to itself, of which nothing can be asked."""
    try:
        entry.is_dir()
    except OSError:
        return False
    return True


def _is_inside(entry: os.DirEntry[str], root: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)


def _commonest_shape(folder: ImageFolder) -> Shape:
    """The commonest size among up to 200 images spread over the folder, at most 224 long; colour if any of them has it."""
    chosen = sorted({round(place) for place in np.linspace(0, len(folder.files) - 1, _PROBED)})
    sizes: Counter[tuple[int, int]] = Counter()
    is_grey = True
    for number in chosen:
        file = folder.files[number][0]
        try:
            with _opened(file) as image:
                is_turned = image.getexif().get(0x0112, 1) >= 5  # orientation: the camera was held upright
                sizes[image.size[::-1] if is_turned else image.size] += 1
                is_grey = is_grey and _is_grey(image)
        except _UNREADABLE as error:
            raise _corrupt(file, error) from error
    (width, height), _ = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    factor = min(1.0, LONGEST_SIDE / max(width, height))
    return (1 if is_grey else 3, max(1, round(height * factor)), max(1, round(width * factor)))


def _is_grey(image: Image.Image) -> bool:
    if image.mode == "P":
        palette = np.array(image.getpalette() or [0, 0, 0]).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in _GREY_MODES


def _opened(file: Path) -> Image.Image:
    """The image with only its header read; one with more pixels than MOST_PIXELS is refused before it is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST_PIXELS is stricter
        image = Image.open(file)
    width, height = image.size
    if width * height > MOST_PIXELS:
        image.close()
        raise BadInput(
            f"The image {file} has {width} × {height} pixels: at most {MOST_PIXELS // 1_000_000} million can be read."
        )
    return image


def _decoded(file: Path, shape: Shape) -> np.ndarray:
    """One image as uint8 `shape`: upright, cut to the shape's proportions around its middle, scaled; transparent is white."""
    channels, height, width = shape
    try:
        with _opened(file) as image:
            if image.mode not in _GREY_MODES:
                image.draft("RGB", (2 * width, 2 * height))  # lets JPEG decode at a fraction of its size
            upright = ImageOps.exif_transpose(image)
            plain = _plain(upright, "L" if channels == 1 else "RGB")
        fitted = ImageOps.fit(plain, (width, height), Image.Resampling.BILINEAR)
    except _UNREADABLE as error:
        raise _corrupt(file, error) from error
    pixels = np.asarray(fitted, dtype=np.uint8)
    return pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)


def _plain(image: Image.Image, mode: str) -> Image.Image:
    """`image` in `mode` ("L" or "RGB"), without transparency, and 16-bit greys brought down to 8."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        values = np.nan_to_num(np.asarray(image, dtype=np.float64))
        most = values.max(initial=0)
        brightest = 1.0 if image.mode == "F" and most <= 1 else 255.0 if most <= 255 else 65535.0
        image = Image.fromarray(np.clip(values / brightest * 255, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        solid = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", solid.size, "white"), solid)
    return image.convert(mode)


def _corrupt(file: Path, error: BaseException) -> BadInput:
    reason = (
        "it is no image that Pillow knows" if isinstance(error, UnidentifiedImageError) else str(error) or "it is torn"
    )
    return BadInput(f"The image {file} cannot be read ({reason}): mend it or delete it.")
