"""The File menu: source is read beside the drawing, and what is not saved is asked for before the window closes."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox

from trainers.network_edits import rename_layer
from trainers.network_files import load_network

SOURCE = """
class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)
"""


def test_source_is_opened_beside_the_drawing_that_it_becomes(build_window, qtbot, tmp_path: Path, monkeypatch) -> None:
    window = build_window()
    document, file = window.workspace.document, tmp_path / "small.py"
    file.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    assert window.docks["builder"].panel is None
    window.actions_by_name["open_network"].trigger()
    qtbot.waitUntil(lambda: document.drawing.name == "Small")
    panel = window.docks["builder"].panel
    assert window.front_panel() is panel
    assert panel.source.isVisible()
    assert panel.source.text == SOURCE
    assert window.workspace.settings.values.recent_files == (str(file),)
    assert document.path is None


def test_what_is_not_saved_is_asked_for_before_the_window_closes(build_window, tmp_path: Path, monkeypatch) -> None:
    window = build_window(show=False)
    document, asked = window.workspace.document, []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Save]
    monkeypatch.setattr(QMessageBox, "question", lambda *texts: asked.append(texts[2]) or answers.pop(0))
    assert window.commands.may_close()  # a preset can be had again
    window.actions_by_name["save_network"].trigger()
    assert document.path == str(tmp_path / "mine.json")
    assert window.commands.may_close()
    document.draw("Rename", rename_layer(document.drawing, "fc3", "answers"))
    assert not window.commands.may_close()
    assert window.commands.may_close()
    assert asked == ["mine.json has changes that are not saved."] * 2
    assert load_network(document.path).layers[-1].name == "answers"
