"""MNIST, Fashion-MNIST and CIFAR-10 through torchvision: fetched after a yes, read as numpy arrays. Names torch; no Qt.

Called by name from trainers.datasets. CIFAR-10 comes as pickles; torchvision opens them only after their MD5 has proved to
be that of the published files, so what is unpickled is never a file of unknown origin.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torchvision.datasets import CIFAR10, MNIST, FashionMNIST
from torchvision.datasets.utils import check_integrity

from trainers.data_split import DatasetSpec, DataSplit, ProgressCallback
from trainers.datasets import DATA_FILES
from trainers.download import Counter, FetchError, RemoteFile, building_site, fetch, publish, unpack_gzip, unpack_tar
from trainers.errors import MissingData
from trainers.events import Progress
from trainers.idx_files import check_idx_files, torn

_IDX_SETS = {"mnist": MNIST, "fashion-mnist": FashionMNIST}


def load(spec: DatasetSpec, folder: Path, is_to_be_fetched: bool, progress: ProgressCallback | None) -> DataSplit:
    """The data set `spec.name` under `folder`: uint8 images (n, channels, height, width), int64 targets.

    Raises MissingData (offline), BadInput (torn files, a folder that cannot be written), LoadingCancelled.
    """
    if is_to_be_fetched:
        _fetch(spec, folder, progress)
    if progress is not None:
        progress(Progress(f"Reading {spec.title}", 0.0, None, ""))
    arrays = _read_idx(spec, folder) if spec.name in _IDX_SETS else _read_cifar(spec, folder)
    train_inputs, train_targets, test_inputs, test_targets = arrays
    return DataSplit(
        name=spec.name,
        task=spec.task,
        sample_shape=spec.sample_shape,
        classes=spec.classes,
        train_inputs=train_inputs,
        train_targets=train_targets,
        test_inputs=test_inputs,
        test_targets=test_targets,
    )


Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _read_idx(spec: DatasetSpec, folder: Path) -> Arrays:
    files = [folder / file for file in DATA_FILES[spec.name]]
    check_idx_files(spec, files)
    found: list[np.ndarray] = []
    for is_train in (True, False):
        try:
            data = _IDX_SETS[spec.name](str(folder), train=is_train, download=False)
            images, targets = data.data.numpy(), data.targets.numpy()
        except (RuntimeError, ValueError, TypeError, KeyError, IndexError, AssertionError, OSError) as error:
            raise torn(spec, files[0 if is_train else 2].parent, str(error) or type(error).__name__) from error
        if images.shape[1:] != spec.sample_shape[1:] or targets.max() >= len(spec.classes) or targets.min() < 0:
            raise torn(spec, files[0 if is_train else 2], "not images of 28 × 28 with labels from 0 to 9")
        found += [np.ascontiguousarray(images[:, None], dtype=np.uint8), targets.astype(np.int64)]
    return found[0], found[1], found[2], found[3]


def _read_cifar(spec: DatasetSpec, folder: Path) -> Arrays:
    found: list[np.ndarray] = []
    for is_train in (True, False):
        try:
            data = CIFAR10(str(folder), train=is_train, download=False)
        except (RuntimeError, OSError) as error:
            digests = dict([*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])])
            for name, digest in digests.items():
                file = folder / CIFAR10.base_folder / name
                if not check_integrity(file, digest):
                    raise torn(spec, file, "its MD5 is not that of the published file") from error
            raise torn(spec, folder / CIFAR10.base_folder, str(error)) from error
        images = np.ascontiguousarray(data.data.transpose(0, 3, 1, 2), dtype=np.uint8)
        found += [images, np.asarray(data.targets, dtype=np.int64)]
    return found[0], found[1], found[2], found[3]


def _fetch(spec: DatasetSpec, folder: Path, progress: ProgressCallback | None) -> None:
    """Fetch, check, unpack in a temporary folder, and only then put into place."""
    counter = Counter(f"Fetching {spec.title}", spec.megabytes, progress)
    target = (folder / DATA_FILES[spec.name][0]).parent
    try:
        with building_site(folder) as site:
            finished = site / target.name
            if spec.name in _IDX_SETS:
                finished.mkdir()
                source = _IDX_SETS[spec.name]
                for name, digest in source.resources:
                    addresses = tuple(mirror + name for mirror in source.mirrors)
                    archive = fetch(RemoteFile(addresses, name, digest), site, counter)
                    unpack_gzip(archive, finished / name.removesuffix(".gz"))
            else:
                archive = fetch(RemoteFile((CIFAR10.url,), CIFAR10.filename, CIFAR10.tgz_md5), site, counter)
                unpack_tar(archive, site, DATA_FILES[spec.name])
            publish(finished, target)
    except FetchError as error:
        raise MissingData(
            f"{spec.title} could not be fetched ({error});",
            data=spec.name,
            fix="see to the network and try again, say where the data lie (--data-dir), or take the bundled `digits`.",
        ) from error
