"""A large table in force is read by a worker, also where that has to wait for another file."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.table_watch import TableWatch
from trainers.training_plan import DataChoice


class Files(QObject):
    """Notes what it is to look into."""

    table_known = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.is_busy = True
        self.asked: list[DataChoice] = []

    def look_into(self, data: DataChoice) -> None:
        self.asked.append(data)


class Training(QObject):
    """Holds the data in force."""

    choice_changed = Signal()

    def __init__(self, data: DataChoice) -> None:
        super().__init__()
        self.data = data


class PlayedWorkspace(QObject):
    """As much of a workspace as a watch sees."""

    def __init__(self, data: DataChoice) -> None:
        super().__init__()
        self.training, self.files = Training(data), Files()


def test_a_table_waits_until_another_file_has_been_read(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.datasets.QUICK_TABLE", 5)
    monkeypatch.setattr("app.table_watch.AGAIN_MS", 1)
    file = tmp_path / "flowers.csv"
    file.write_text("a,b,kind\n1,2,0\n3,4,1\n", encoding="utf-8")
    workspace: Any = PlayedWorkspace(DataChoice(str(file)))
    watch = TableWatch(workspace)
    workspace.training.choice_changed.emit()
    assert workspace.files.asked == []
    workspace.files.is_busy = False
    qtbot.waitUntil(lambda: workspace.files.asked == [workspace.training.data])
    workspace.training.choice_changed.emit()
    assert len(workspace.files.asked) == 1, "each state of a file is read once"
    assert watch.parent() is workspace


@pytest.fixture
def flowers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataChoice:
    """A table that is too large to be read at once."""
    monkeypatch.setattr("trainers.datasets.QUICK_TABLE", 5)
    file = tmp_path / "flowers.csv"
    file.write_text("a,b,kind\n1,2,0\n3,4,1\n", encoding="utf-8")
    return DataChoice(str(file))


def test_who_shows_the_data_hears_nothing_of_another_table(qapp: Any, flowers: DataChoice) -> None:
    workspace: Any = PlayedWorkspace(flowers)
    workspace.files.is_busy = False
    watch = TableWatch(workspace)
    workspace.training.choice_changed.emit()
    assert workspace.files.asked == [flowers]
    told: list[int] = []
    workspace.training.choice_changed.connect(lambda: told.append(1))
    workspace.training.data = DataChoice("somebody else's")
    workspace.files.table_known.emit(workspace.training.data)
    assert told == []
    assert watch.parent() is workspace


def test_a_table_that_has_been_left_meanwhile_tells_nobody(qapp: Any, flowers: DataChoice) -> None:
    for left_for, count in ((DataChoice("moons"), 0), (flowers, 1)):
        workspace: Any = PlayedWorkspace(flowers)
        workspace.files.is_busy = False
        TableWatch(workspace)
        workspace.training.choice_changed.emit()
        workspace.training.data = left_for
        told: list[int] = []
        workspace.training.choice_changed.connect(lambda told=told: told.append(1))
        workspace.files.table_known.emit(flowers)
        workspace.files.table_known.emit(flowers)
        assert len(told) == count


def test_what_is_read_at_once_is_left_to_those_who_show_it(qapp: Any, tmp_path: Path) -> None:
    file = tmp_path / "small.csv"
    file.write_text("a,b,kind\n1,2,0\n3,4,1\n", encoding="utf-8")
    for data in (DataChoice(str(file)), DataChoice("moons"), DataChoice(str(tmp_path / "nowhere.csv"))):
        workspace: Any = PlayedWorkspace(data)
        workspace.files.is_busy = False
        TableWatch(workspace)
        workspace.training.choice_changed.emit()
        assert workspace.files.asked == []
