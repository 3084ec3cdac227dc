"""The IDX files of MNIST and Fashion-MNIST: whether they are whole, without reading them. Imports neither torch nor Qt."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Sequence
from pathlib import Path

from trainers.data_split import DatasetSpec
from trainers.errors import BadInput


def torn(spec: DatasetSpec, file: Path, what: str) -> BadInput:
    """The one sentence for a file that is not whole."""
    return BadInput(
        f"{file} of {spec.title} is torn ({what}):",
        fix="delete it and fetch the data again (--download), or take the bundled `digits`.",
    )


def check_idx_files(spec: DatasetSpec, files: Sequence[Path]) -> None:
    """files: images and labels of training, then of test. Raises BadInput where one is torn or they do not agree."""
    counts = [_idx_count(spec, file) for file in files]
    for part in (0, 2):
        if counts[part] != counts[part + 1]:
            raise torn(spec, files[part + 1], f"{counts[part]} images but {counts[part + 1]} labels")


def _idx_count(spec: DatasetSpec, file: Path) -> int:
    """How many items an IDX file says it has. Raises BadInput where its length says otherwise.

    The format: two zero bytes, the type (8 is uint8), the number of dimensions, each dimension as a big-endian uint32, data.
    """
    try:
        with open(file, "rb") as stream:
            head = stream.read(16)
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        raise BadInput(f"{file} of {spec.title} cannot be read ({error.strerror}): see to its permissions.") from error
    dimensions = head[3] if len(head) >= 8 else 0
    if head[:3] != b"\0\0\x08" or not 1 <= dimensions <= 3 or len(head) < 4 + 4 * min(dimensions, 3):
        raise torn(spec, file, "its first bytes are not those of an IDX file of uint8")
    shape = struct.unpack(f">{dimensions}I", head[4:].ljust(12, b"\0")[: 4 * dimensions])
    wanted = 4 + 4 * dimensions + math.prod(shape)
    if size != wanted or shape[0] == 0:
        raise torn(spec, file, f"{size} bytes instead of {wanted}")
    return int(shape[0])
