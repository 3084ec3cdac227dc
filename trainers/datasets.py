"""The data catalogue: what there is, what it looks like, and loading it. Imports neither torch nor torchvision nor Qt, at any depth.

What torchvision reads is called by name (`module:function`), so that the window may import this module.
"""

from __future__ import annotations

import importlib
import os
from collections import OrderedDict
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from trainers.cifar_files import check_cifar_files
from trainers.data_split import (
    DatasetSpec,
    DataSplit,
    DrawnLike,
    Kind,
    LoadingCancelled,
    ProgressCallback,
    Task,
)
from trainers.digit_images import DIGITS, load_digits
from trainers.errors import BadInput, MissingData
from trainers.idx_files import check_idx_files
from trainers.network_graph import Shape
from trainers.planar_data import PLANAR_DATA, make_planar
from trainers.training_plan import DataChoice
from trainers.user_folders import fetched_data_folder

__all__ = [
    "DATASETS",
    "DataSplit",
    "DatasetSpec",
    "DrawnLike",
    "Kind",
    "LoadingCancelled",
    "ProgressCallback",
    "Task",
    "check_files",
    "check_fits",
    "describe",
    "is_described",
    "is_present",
    "load",
    "misfit",
    "needed_shapes",
    "remember",
    "table_stamp",
    "what_fits",
]


def _fetched(
    name: str, title: str, classes: tuple[str, ...], shape: Shape, megabytes: float, description: str, source: str
) -> DatasetSpec:
    return DatasetSpec(
        name=name,
        title=title,
        task="classification",
        kind="image",
        sample_shape=shape,
        classes=classes,
        description=description,
        source=source,
        needs_download=True,
        megabytes=megabytes,
        drawn_like="mnist" if name == "mnist" else None,
    )


_MNIST = _fetched(
    "mnist",
    "MNIST digits",
    tuple("0123456789"),
    (1, 28, 28),
    11.6,
    "70,000 handwritten digits, the data on which LeNet-5 learned to read cheques.",
    "Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits, 1998",
)
_FASHION = _fetched(
    "fashion-mnist",
    "Fashion-MNIST",
    ("T-shirt", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    (1, 28, 28),
    30.9,
    "70,000 small pictures of clothes, shaped like MNIST and harder.",
    "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, 2017, https://arxiv.org/abs/1708.07747",
)
_CIFAR10 = _fetched(
    "cifar10",
    "CIFAR-10",
    ("Aeroplane", "Car", "Bird", "Cat", "Deer", "Dog", "Frog", "Horse", "Ship", "Lorry"),
    (3, 32, 32),
    170.5,
    "60,000 small colour photographs of ten things.",
    "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009",
)

DATASETS: dict[str, DatasetSpec] = {
    **PLANAR_DATA,
    **{spec.name: spec for spec in (DIGITS, _MNIST, _FASHION, _CIFAR10)},
}

# What has to lie under the data folder, as torchvision lays it out; looked for without importing torchvision (4.5 s).
_IDX_FILES = tuple(f"{part}-{what}-ubyte" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1"))
DATA_FILES: dict[str, tuple[str, ...]] = {
    "mnist": tuple(f"MNIST/raw/{file}" for file in _IDX_FILES),
    "fashion-mnist": tuple(f"FashionMNIST/raw/{file}" for file in _IDX_FILES),
    "cifar10": tuple(
        f"cifar-10-batches-py/{file}"
        for file in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta")
    ),
}
_TORCHVISION = "trainers.torchvision_data:load"
QUICK_TABLE = 100_000  # bytes of a CSV that is read in 30 ms
_KEPT_TABLES = 32


class NetworkFacts(Protocol):
    """What check_fits needs of a NetworkAnalysis: shapes of one sample, without the batch."""

    @property
    def input_shape(self) -> Shape: ...

    @property
    def output_shape(self) -> Shape: ...


def is_present(choice: DataChoice) -> bool:
    """Whether `choice` can be loaded without fetching anything (whether its files are there, not whether they are whole)."""
    name = catalogue_name(choice.name)
    if name is None:
        return os.path.exists(choice.name)
    folder = Path(choice.directory) if choice.directory else fetched_data_folder()
    return all(os.path.isfile(folder / file) for file in DATA_FILES.get(name, ()))


def check_files(choice: DataChoice) -> None:
    """Raise BadInput where fetched data are there but torn, as far as can be seen without torchvision."""
    name = catalogue_name(choice.name)
    if name not in DATA_FILES or not is_present(choice):
        return
    folder = Path(choice.directory) if choice.directory else fetched_data_folder()
    if name == "cifar10":
        check_cifar_files(DATASETS[name], (folder / DATA_FILES[name][0]).parent)
    else:
        check_idx_files(DATASETS[name], [folder / file for file in DATA_FILES[name]])


def describe(choice: DataChoice, shape: Shape | None = None) -> DatasetSpec:
    """What `choice` is, without loading it (a CSV is read, a folder's file names and some headers).

    shape: what the network takes; a folder of images is unified to it. Data that are to be fetched are described whether
    they are there or not; ask `is_present`. Raises BadInput.
    """
    name = catalogue_name(choice.name)
    if name is not None:
        return DATASETS[name]
    path = _path(choice)
    if path.is_dir():
        from trainers.image_folder import describe_folder  # Pillow: not before it is needed

        return describe_folder(path, shape)
    stamp = table_stamp(choice)
    if stamp not in _described:
        from trainers.table_data import describe_table

        remember(stamp, describe_table(path, choice))  # as it was before: who writes to it meanwhile makes it another
    return _described[stamp]


TableStamp = tuple[str, int, int, str | None]  # path, when it was last written (ns), bytes, label column
_described: OrderedDict[TableStamp, DatasetSpec] = OrderedDict()  # tables as they stood when read


def is_described(choice: DataChoice) -> bool:
    """Whether `describe` answers at once: a table of 10 MB takes 2.7 s to read."""
    name = catalogue_name(choice.name)
    if name is not None:
        return True
    path = _path(choice)
    return path.is_dir() or _stat(path, choice).st_size <= QUICK_TABLE or table_stamp(choice) in _described


def remember(stamp: TableStamp, spec: DatasetSpec) -> None:
    """Let `describe` answer with what another process has read of a table that was as `stamp` says before it was read."""
    _described[stamp] = spec
    while len(_described) > _KEPT_TABLES:
        _described.popitem(last=False)


def table_stamp(choice: DataChoice) -> TableStamp:
    """Which table `choice` names, and how its file stands: another one once somebody has written to it. Raises BadInput."""
    path = _path(choice)
    state = _stat(path, choice)
    return str(path), state.st_mtime_ns, state.st_size, choice.label


def load(choice: DataChoice, progress: ProgressCallback | None = None, shape: Shape | None = None) -> DataSplit:
    """The data of `choice`, split for training and testing.

    progress is told how far a long load has come and cancels it (LoadingCancelled); shape as in `describe`. Raises BadInput
    for what cannot be read and MissingData where something would have to be fetched and `choice.download` is not set.
    """
    name = catalogue_name(choice.name)
    if name is None:
        path = _path(choice)
        if path.is_dir():
            from trainers.image_folder import load_folder

            return load_folder(path, choice, progress, shape)
        from trainers.table_data import load_table

        return load_table(path, choice)
    if name in PLANAR_DATA:
        return make_planar(_renamed(choice, name))
    if name == DIGITS.name:
        return load_digits()
    folder = Path(choice.directory) if choice.directory else fetched_data_folder()
    missing = [file for file in DATA_FILES[name] if not os.path.isfile(folder / file)]
    if missing and not choice.download:
        raise missing_data(name, folder / missing[0])
    module, _, function = _TORCHVISION.partition(":")
    split: DataSplit = getattr(importlib.import_module(module), function)(
        DATASETS[name], folder, bool(missing), progress
    )
    return split


def missing_data(name: str, file: Path) -> MissingData:
    """The one sentence for data that are not here, with the ways out. file: one that was looked for."""
    spec = DATASETS[name]
    return MissingData(
        f"{spec.title} cannot be found on this computer (no file {file}):",
        data=name,
        fix=f"--download fetches it ({spec.megabytes:.0f} MB), --data-dir says where it lies, and `digits` is there without either.",
    )


def check_fits(spec: DatasetSpec, network: NetworkFacts) -> None:
    """Raise BadInput, in one sentence that proposes what does fit, unless the network takes these samples and answers them.

    A network answers k classes with k outputs; two classes also with one output (the logit of class 1), and a regression
    with as many outputs as there are targets.
    """
    if why := misfit(spec, network, spec.name):
        raise BadInput(why, fix=_proposal(spec, network))


def misfit(spec: DatasetSpec, network: NetworkFacts, called: str) -> str:
    """Why the network cannot learn these data, up to the semicolon; "" where it can. called: how the data are named to the reader."""
    if network.input_shape != spec.sample_shape:
        return (
            f"The network takes {_words(network.input_shape)}, but a sample of {called} is {_words(spec.sample_shape)};"
        )
    wanted = _outputs(spec)
    if network.output_shape not in wanted:
        need = f"{len(spec.classes)} classes" if spec.classes else f"{spec.targets} number{'s'[: spec.targets != 1]}"
        widths = " or ".join(str(shape[0]) for shape in wanted)
        return f"The network's output is {_words(network.output_shape)}, but {called} has {need} and needs {widths};"
    return ""


def catalogue_name(name: str) -> str | None:
    """The catalogue's name for what somebody wrote ("CIFAR-10", "FashionMNIST"), None for anything else."""
    if name in DATASETS:
        return name
    plain = {_plain(key): key for key in DATASETS}
    return plain.get(_plain(name))


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _renamed(choice: DataChoice, name: str) -> DataChoice:
    return (
        choice
        if choice.name == name
        else type(choice)(
            name=name, samples=choice.samples, noise=choice.noise, test_share=choice.test_share, seed=choice.seed
        )
    )


def _path(choice: DataChoice) -> Path:
    """The existing file or folder that a choice outside the catalogue names."""
    path = Path(choice.name).expanduser()
    try:
        if path.is_file() or path.is_dir():
            return path
        if path.exists():  # a device or a pipe, which might never end
            raise BadInput(
                f"{choice.name!r} is neither a file nor a folder: give the path of a CSV or of a folder of images."
            )
    except (OSError, ValueError):  # too long, or a zero byte in it
        pass
    if os.sep in choice.name or "/" in choice.name or path.suffix:
        raise BadInput(f"There is no file or folder {choice.name!r}: give the path of a CSV or of a folder of images.")
    near = get_close_matches(choice.name.lower(), DATASETS, n=3, cutoff=0.6)
    hint = f"did you mean {_listed(near)}?" if near else f"there are {_listed(list(DATASETS))}, or a path."
    raise BadInput(f"There is no data set {choice.name!r}: {hint}")


def _stat(path: Path, choice: DataChoice) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:  # it has gone since it was looked for
        raise BadInput(f"{choice.name!r} can no longer be read ({error.strerror}): choose the data again.") from error


def _outputs(spec: DatasetSpec) -> tuple[Shape, ...]:
    if spec.task == "regression":
        return ((spec.targets,),)
    return ((1,), (2,)) if len(spec.classes) == 2 else ((len(spec.classes),),)


_PRESETS: dict[tuple[Shape, Shape], str] = {
    ((2,), (1,)): "playground",
    ((1, 28, 28), (10,)): "lenet5",
    ((3, 32, 32), (10,)): "resnet18-cifar",
}


def what_fits(spec: DatasetSpec, network: NetworkFacts) -> tuple[list[str], list[str]]:
    """Names of the sets that this network could learn, and of the presets that could learn these data."""
    data = [
        name
        for name, other in DATASETS.items()
        if other.sample_shape == network.input_shape and network.output_shape in _outputs(other)
    ]
    return data, [_PRESETS[spec.sample_shape, out] for out in _outputs(spec) if (spec.sample_shape, out) in _PRESETS]


def needed_shapes(spec: DatasetSpec) -> str:
    """What a network needs for these data: "give the network an input of 3 numbers and 1 or 2 outputs"."""
    outputs = " or ".join(str(shape[0]) for shape in _outputs(spec))
    return f"give the network an input of {_words(spec.sample_shape)} and {outputs} outputs"


def _proposal(spec: DatasetSpec, network: NetworkFacts) -> str:
    """What fits this network, and which preset fits these data."""
    data, presets = what_fits(spec, network)
    ways = [f"train it on {_listed(data, limit=3)}"] if data else []
    if presets:
        ways.append(f"take the network {presets[0]}")
    return ", or ".join(ways or [needed_shapes(spec)]) + "."


def _words(shape: Shape) -> str:
    if len(shape) == 1:
        return f"{shape[0]} number{'s'[: shape[0] != 1]}"
    return "×".join(map(str, shape))


def _listed(names: list[str], limit: int | None = None) -> str:
    names = names[:limit] if limit else names
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
