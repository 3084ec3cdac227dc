"""The bundled handwritten digits, and the one way in which their 8 x 8 grids become 28 x 28 images. Pure numpy.

Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
https://doi.org/10.24432/C50P49, CC BY 4.0; see resources/datasets/README.md.
"""

from __future__ import annotations

import zipfile
from importlib.resources import files

import numpy as np

from trainers.data_split import DatasetSpec, DataSplit
from trainers.errors import BadInput

FULL_INK = 16  # the grids count the inked pixels of 4 x 4 blocks
_FACTOR = 3
_MARGIN = 2

DIGITS = DatasetSpec(
    name="digits",
    title="Handwritten digits",
    task="classification",
    kind="image",
    sample_shape=(1, 28, 28),
    classes=tuple("0123456789"),
    description="1,797 small handwritten digits that come with Hillock: nothing to fetch, trained in seconds.",
    source="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI ML Repository, 1998, https://doi.org/10.24432/C50P49",
    licence="CC BY 4.0",
    drawn_like="digits",
)


def enlarge(grids: np.ndarray) -> np.ndarray:
    """Grids (n, 8, 8) of 0 to 16 as uint8 images (n, 28, 28): 3 times larger, bilinearly, with a margin of 2."""
    side = grids.shape[-1]
    centres = np.clip((np.arange(side * _FACTOR) + 0.5) / _FACTOR - 0.5, 0, side - 1)
    # (24, 8): a tent around each grid point
    weights = np.maximum(0.0, 1.0 - np.abs(centres[:, None] - np.arange(side)))
    images = weights @ grids.astype(np.float64) @ weights.T * (255 / FULL_INK)
    return np.pad(np.rint(images).astype(np.uint8), ((0, 0), (_MARGIN, _MARGIN), (_MARGIN, _MARGIN)))


def load_digits() -> DataSplit:
    """The 1,797 digits with their fixed, stratified split; neither seed nor test share changes it."""
    resource = files("resources") / "datasets" / "digits.npz"
    try:
        with resource.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            grids, labels, is_test = archive["grids"], archive["labels"].astype(np.int64), archive["is_test"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput(f"The bundled digits ({resource}) cannot be read ({error}): install Hillock again.") from error
    images = enlarge(grids)[:, None]
    return DataSplit(
        name=DIGITS.name,
        task=DIGITS.task,
        sample_shape=DIGITS.sample_shape,
        classes=DIGITS.classes,
        train_inputs=images[~is_test],
        train_targets=labels[~is_test],
        test_inputs=images[is_test],
        test_targets=labels[is_test],
    )
