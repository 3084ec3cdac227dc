"""The data column: choosing, making and previewing; what does not fit brings its partner along, in one undoable step."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from app.panels.monitor import choices
from trainers import table_data
from trainers.events import EpochReport, Progress, RunStarted, StepReport
from trainers.network_files import load_preset, save_network
from trainers.training_plan import DataChoice


def pick(box: Any, key: str) -> None:
    """A person opens the box and clicks an item."""
    index = box.findData(key)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_items_say_what_they_bring_along(panel: Any) -> None:
    box = panel.data.data_box
    assert box.itemText(box.findData("digits")) == "Handwritten digits"
    assert "with Playground 2-4-2-1" in box.itemText(box.findData("circle"))
    network = panel.data.network_box
    assert "with Circle" in network.itemText(network.findData("playground"))
    assert "with Exclusive or" in network.itemText(network.findData("xor-mlp"))


def test_choosing_circle_brings_playground_and_undo_takes_both_back(panel: Any, training: Any, workspace: Any) -> None:
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)

    pick(panel.data.data_box, "circle")

    assert workspace.document.graph.name == "playground"
    assert training.data.name == "circle"
    assert training.settings.epochs > 100  # ten epochs of a hundred points are over before one looks
    assert messages[0].text.startswith("Circle came with Playground 2-4-2-1, learning rate 0.02")
    assert panel.data.notice.isHidden()
    assert panel.data.network_box.currentText() == "Playground 2-4-2-1"
    messages[0].action()
    assert (workspace.document.graph.name, training.data.name) == ("lenet5", "digits")
    assert training.settings.epochs == 10


def test_settings_that_a_person_chose_stay(panel: Any, training: Any) -> None:
    training.set_setting("learning_rate", 0.3)
    pick(panel.data.data_box, "circle")
    assert training.settings.learning_rate == 0.3


def test_choosing_a_network_brings_its_data(panel: Any, training: Any, workspace: Any) -> None:
    pick(panel.data.network_box, "xor-mlp")
    assert training.data.name == "xor"
    pick(panel.data.network_box, "playground")
    assert training.data.name == "xor"  # it fits: it stays


def test_the_preview_shows_points_before_any_run(panel: Any, training: Any, qtbot: Any) -> None:
    pick(panel.data.data_box, "moons")
    assert panel.data.planar.isVisible()
    drawn = sum(len(item.data) for item in panel.data.planar._scatters)
    assert drawn == training.data.samples
    assert "blue" in panel.data.planar.legend.text()


def test_the_points_change_as_the_sliders_do(panel: Any, training: Any, workspace: Any) -> None:
    pick(panel.data.data_box, "circle")
    panel.data.page_switch.button("points").click()
    assert panel.data.controls.isVisible()
    panel.data.controls.noise.slider.setValue(500)
    assert training.data.noise == pytest.approx(0.5)
    panel.data.controls.another.click()
    assert training.data.seed == 1
    panel.data.page_switch.button("preview").click()
    assert panel.data.planar.isVisible()
    workspace.document.undo_stack.undo()
    assert training.data.name == "circle"
    assert panel.data.controls.noise.value() != pytest.approx(0.5)


def test_digits_have_thumbnails(panel: Any, qtbot: Any) -> None:
    qtbot.waitUntil(panel.data.thumbnails.isVisible)
    assert panel.data.thumbnails.count == 60
    assert len(panel.data.thumbnails.cells()) >= 10
    assert "1,797" in panel.data.description.text()


def test_data_that_are_not_here_are_offered_with_their_size(panel: Any, training: Any) -> None:
    pick(panel.data.data_box, "mnist")
    notice = panel.data.notice
    assert notice.isVisible()
    assert "Download 12 MB?" in notice.text.text()

    notice.fetch_button.click()
    assert training.data == DataChoice("mnist", download=True)
    assert training.calls == ["start"]

    training.play(Progress("Fetching MNIST", 3.0, 12.0, "MB"))
    assert "3 of 12 MB" in notice.text.text()
    assert notice.bar.isVisible()
    notice.cancel_button.click()
    assert training.calls == ["start", "stop"]
    training.play(RunStarted("run", "lenet5", "mnist", {}, "cpu", 1, 61706))
    assert not notice.bar.isVisible()


def test_how_far_a_test_has_come_goes_when_the_run_goes_on(panel: Any, training: Any) -> None:
    notice = panel.data.notice
    for goes_on in (EpochReport(0, 2.3, 0.1, 2.3, 0.1), StepReport(1, 0, ((1, 2.3),), 0.01, 1.0, 100.0, {})):
        training.play(Progress("Untrained network", 255.0, 1000.0, "samples"))
        assert notice.isHidden()  # it may be over in a moment
        panel.advance(1.5)
        training.play(Progress("Untrained network", 510.0, 1000.0, "samples"))
        assert notice.isVisible()
        assert "510 of 1,000 samples" in notice.text.text()
        training.play(goes_on)
        assert notice.isHidden()


def test_instead_of_fetching_one_may_take_the_digits(panel: Any, training: Any) -> None:
    pick(panel.data.data_box, "mnist")
    panel.data.notice.digits_button.click()
    assert training.data.name == "digits"
    assert panel.data.notice.isHidden()


def test_a_folder_of_pictures_is_opened(
    panel: Any, training: Any, tmp_path: Path, monkeypatch: Any, qtbot: Any
) -> None:
    for name in "0123456789":
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(3):
            pixels = np.full((28, 28), 20 * int(name) + number, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{number}.png")
    monkeypatch.setattr(
        "app.panels.monitor.choosing.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path / "pictures")
    )
    pick(panel.data.data_box, choices.FOLDER)
    assert training.data.name == str(tmp_path / "pictures")
    assert panel.data.data_box.currentText() == "pictures"
    assert panel.data.notice.isHidden()
    qtbot.waitUntil(panel.data.thumbnails.isVisible)


def test_a_table_that_no_network_fits_says_so_and_one_is_made(
    panel: Any, workspace: Any, training: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    file = tmp_path / "table.csv"
    file.write_text("a,b,c,label\n" + "".join(f"{i},{i * 2},{i % 7},{'yes' if i % 2 else 'no'}\n" for i in range(40)))
    monkeypatch.setattr("app.panels.monitor.choosing.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    pick(panel.data.data_box, choices.TABLE)
    assert training.data.name == str(file)
    assert panel.data.notice.isVisible()
    said = panel.data.notice.text.text()
    assert "The network takes" in said
    assert "give the network an input of 3 numbers and 1 or 2 outputs" in said, "and no other data: these are one's own"
    before = workspace.document.graph
    panel.data.notice.network_button.click()
    assert workspace.document.analysis.output_shape == (2,)
    assert not panel.data.notice.isVisible()
    workspace.document.undo_stack.undo()
    assert workspace.document.graph == before
    assert panel.data.notice.network_button.isVisible()


def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    panel: Any, training: Any, workspace: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    file = tmp_path / "torn.csv"
    file.write_bytes(b"\x00\xff\x00\xff")
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    monkeypatch.setattr("app.panels.monitor.choosing.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    pick(panel.data.data_box, choices.TABLE)
    assert training.data.name == "digits"
    assert messages[0].kind == "error"
    assert panel.data.data_box.currentText() == "Handwritten digits"


def test_an_opened_network_has_its_file_and_a_broken_one_changes_nothing(
    panel: Any, workspace: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, broken = tmp_path / "own.json", tmp_path / "broken.json"
    graph = load_preset("lenet5")
    save_network(msgspec.structs.replace(graph, name="own"), own)
    save_network(msgspec.structs.replace(graph, name="broken", links=graph.links[:-1]), broken)
    answers = iter([str(own), str(broken)])
    monkeypatch.setattr("app.document_files.QFileDialog.getOpenFileName", lambda *_: (next(answers), ""))
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)

    pick(panel.data.network_box, choices.FILE)
    assert (workspace.document.graph.name, workspace.document.path) == ("own", str(own))
    assert panel.data.network_box.currentText() == graph.title

    pick(panel.data.network_box, choices.FILE)  # it is drawn with its faults, and the one before trains
    assert workspace.document.graph.name == "own"
    assert messages[-1].kind == "error"
    assert "broken.json is not a network that can be trained" in messages[-1].text


def test_a_large_table_that_somebody_writes_to_is_read_by_a_worker(
    panel: Any, training: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    """In the window's thread 10 MB hold everything still for 2.7 s."""
    file = tmp_path / "flowers.csv"
    file.write_text("a,b,kind\n" + "".join(f"{i},{i % 5},{i % 2}\n" for i in range(60)), encoding="utf-8")
    monkeypatch.setattr("trainers.datasets.QUICK_TABLE", 5)
    read_here: list[bool] = []
    read = table_data.describe_table

    def watched(*arguments: Any) -> Any:
        read_here.append(threading.current_thread() is threading.main_thread())
        return read(*arguments)

    monkeypatch.setattr("trainers.table_data.describe_table", watched)
    monkeypatch.setattr("app.panels.monitor.choosing.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    pick(panel.data.data_box, choices.TABLE)
    qtbot.waitUntil(lambda: training.data.name == str(file), timeout=30_000)
    assert panel.data.spec.sample_shape == (2,)

    file.write_text("a,b,c,kind\n" + "".join(f"{i},{i % 5},1,{i % 2}\n" for i in range(60)), encoding="utf-8")
    training.set_setting("learning_rate", 0.0123)
    qtbot.waitUntil(lambda: panel.data.spec is not None and panel.data.spec.sample_shape == (3,), timeout=30_000)
    assert not any(read_here)
