"""Reads the first pictures of a data set in a thread of its own, for the preview. Imports no torch and calls nothing that does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal, Slot

from trainers import datasets
from trainers.data_split import DatasetSpec, DataSplit
from trainers.errors import HillockError
from trainers.network_graph import Shape
from trainers.training_plan import DataChoice
from trainers.user_folders import fetched_data_folder

SHOWN = 60  # pictures in a preview
_SIDE = 28


class Preview:
    """What a preview shows of one choice: planar points or pictures, or a sentence."""

    def __init__(
        self, choice: DataChoice, spec: DatasetSpec | None, split: DataSplit | None, sentence: str = ""
    ) -> None:
        self.choice, self.spec, self.split, self.sentence = choice, spec, split, sentence


def read_preview(choice: DataChoice, shape: Shape | None) -> Preview:
    """Read what the preview of `choice` needs. Never raises for what a person can mend: the sentence is in the answer."""
    try:
        spec = datasets.describe(choice, shape)
        if spec.needs_download:
            return Preview(choice, spec, _first_pictures(choice, spec))
        return Preview(choice, spec, datasets.load(choice, shape=shape))
    except HillockError as error:
        return Preview(choice, None, None, error.sentence)


def _first_pictures(choice: DataChoice, spec: DatasetSpec) -> DataSplit | None:
    """The first pictures of MNIST and its kind, straight from their files: loading them all needs torchvision."""
    if not datasets.is_present(choice):
        return None
    folder = Path(choice.directory) if choice.directory else fetched_data_folder()
    files = {Path(name).name: folder / name for name in datasets.DATA_FILES[spec.name]}
    pictures, labels = files.get("train-images-idx3-ubyte"), files.get("train-labels-idx1-ubyte")
    if pictures is None or labels is None:
        return None
    try:
        pixels = np.fromfile(pictures, np.uint8, SHOWN * _SIDE * _SIDE, offset=16)
        targets = np.fromfile(labels, np.uint8, SHOWN, offset=8).astype(np.int64)
    except OSError:
        return None
    count = min(len(targets), len(pixels) // (_SIDE * _SIDE))  # a file that was cut off holds fewer
    pixels, targets = pixels[: count * _SIDE * _SIDE].reshape(-1, 1, _SIDE, _SIDE), targets[:count]
    empty = pixels[:0]
    return DataSplit(spec.name, spec.task, spec.sample_shape, spec.classes, pixels, targets, empty, targets[:0])


class PreviewLoader(QThread):
    """One reading at a time; of several wishes only the newest is kept. `read` brings a Preview."""

    read = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: tuple[DataChoice, Shape | None] | None = None
        self._next: tuple[DataChoice, Shape | None] | None = None
        self._is_closed = False
        self.finished.connect(self._on_finished)

    def ask(self, choice: DataChoice, shape: Shape | None) -> None:
        """Read `choice`, now or after what is being read."""
        if self._is_closed:
            return
        if self.isRunning() or self._wish is not None:
            self._next = (choice, shape)
        else:
            self._wish = (choice, shape)
            self.start(QThread.Priority.LowPriority)

    def run(self) -> None:
        wish = self._wish
        if wish is None:
            return
        self.read.emit(read_preview(*wish))

    @Slot()
    def _on_finished(self) -> None:
        self._wish, wish = None, self._next
        self._next = None
        if wish is not None:
            self.ask(*wish)

    def close(self) -> None:
        """Read no more, and wait for what is being read."""
        self._is_closed = True
        self._next = None
        self.wait()
