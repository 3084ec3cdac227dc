"""Make resources/datasets/digits.npz from scikit-learn's copy of the UCI digits: `uv run python tools/make_digits.py`."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[1] / "resources" / "datasets" / "digits.npz"
TEST_SHARE = 0.2


def split(labels: np.ndarray) -> np.ndarray:
    """Which digits are for testing: a fifth of each class, drawn once and for all."""
    generator = np.random.Generator(np.random.PCG64(0))
    is_test = np.zeros(len(labels), dtype=bool)
    for digit in range(10):
        members = np.flatnonzero(labels == digit)
        is_test[generator.permutation(members)[: round(TEST_SHARE * len(members))]] = True
    return is_test


def write(path: Path, **arrays: np.ndarray) -> None:
    """An npz with a fixed date in it, so that the same arrays give the same bytes (numpy.savez writes the time of day)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1998, 7, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue())


def main() -> int:
    """Write the file and say what is in it."""
    digits = load_digits()
    grids, labels = digits.images.astype(np.uint8), digits.target.astype(np.uint8)
    is_test = split(labels)
    write(TARGET, grids=grids, labels=labels, is_test=is_test)
    print(f"{len(labels)} digits, {is_test.sum()} for testing, {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
