"""What a worker does with files for the window: opens networks, compares weights, writes ONNX. Imports torch only for a .pt file.

Each job yields one event, or raises BadInput in one sentence. The window ends one that is cancelled by killing its worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from trainers.data_split import DatasetSpec
from trainers.errors import BadInput
from trainers.network_files import shortened, write_bytes
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

OPEN = "trainers.file_jobs:open_one"
COMPARE = "trainers.file_jobs:compare_weights"
WRITE_ONNX = "trainers.file_jobs:write_onnx"
DESCRIBE = "trainers.file_jobs:describe_table"


class OpenPlan(msgspec.Struct, frozen=True):
    """Open the network in the file at `path`."""

    path: str


class WeightsPlan(msgspec.Struct, frozen=True):
    """Compare the state dict at `path` with what `network` takes."""

    path: str
    network: NetworkGraph


class TablePlan(msgspec.Struct, frozen=True):
    """Read the table that `choice` names."""

    choice: DataChoice


class WritePlan(msgspec.Struct, frozen=True):
    """Write `network` to `path`. token: in the name of the file as long as it is not whole (network_files.part_of).

    form: of a figure; weights: of an ONNX file, a state dict or a checkpoint's folder, first ones where None.
    """

    path: str
    network: NetworkGraph
    token: str
    form: str = ""
    weights: str | None = None


class FileEvent(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what these jobs say."""


class NetworkOpened(FileEvent, frozen=True, tag=True):
    """What the file holds."""

    network: NetworkGraph


class WeightsCompared(FileEvent, frozen=True, tag=True):
    """Something of it fits; what does not, in sentences."""

    unmatched: tuple[str, ...]


class TableDescribed(FileEvent, frozen=True, tag=True):
    """What the table is. stamp: how its file stood before it was read, see datasets.table_stamp."""

    spec: DatasetSpec
    stamp: tuple[str, int, int, str | None]


class FileWritten(FileEvent, frozen=True, tag=True):
    """The file is whole."""


AnyFileEvent = NetworkOpened | WeightsCompared | TableDescribed | FileWritten


def open_one(plan: OpenPlan) -> Iterator[NetworkOpened | None]:
    """A network out of a JSON or an ONNX file."""
    yield None
    from trainers.network_opening import open_network

    with _memory_told(plan.path):
        network = open_network(plan.path).graph
    yield NetworkOpened(network)


def compare_weights(plan: WeightsPlan) -> Iterator[WeightsCompared | None]:
    """A state dict beside a network."""
    yield None
    from trainers.first_weights import weight_shapes
    from trainers.layer_catalog import analyse
    from trainers.state_dicts import match_weights, read_state_dict

    with _memory_told(plan.path):
        matched = match_weights(weight_shapes(analyse(plan.network)), read_state_dict(plan.path), plan.path)
    yield WeightsCompared(matched.sentences())


def describe_table(plan: TablePlan) -> Iterator[TableDescribed | None]:
    """A table's rows, columns and label."""
    yield None
    from trainers.datasets import describe, table_stamp

    with _memory_told(plan.choice.name):
        stamp = table_stamp(plan.choice)
        spec = describe(plan.choice)
    yield TableDescribed(spec, stamp)


def write_onnx(plan: WritePlan) -> Iterator[FileWritten | None]:
    """An ONNX file with weights."""
    yield None
    from trainers.onnx_export import to_onnx, to_onnx_with

    with _memory_told(plan.path):
        written = to_onnx(plan.network) if plan.weights is None else to_onnx_with(plan.network, plan.weights)[0]
    write_bytes(written, plan.path, plan.token)
    yield FileWritten()


@contextmanager
def _memory_told(path: str) -> Iterator[None]:
    """A lack of memory as a sentence that names the file."""
    try:
        yield
    except MemoryError as error:
        raise BadInput(
            f"The memory is too small for {shortened(Path(path).name)}: close other programs first."
        ) from error
