"""Ctrl+K finds what a panel can do before that panel was ever opened, and does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panel_catalog import PANELS
from app.panel_commands import declared_by
from app.panels.activation.panel import ActivationPanel
from app.panels.neuron.bench import BENCHES
from app.panels.neuron.cell_travel import PLACES, view_of
from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.panel_commands import EXPORT_WORDS, PLACE_WORDS
from app.panels.neuron.trace_tools import EXPORTS


def search(window: MainWindow, qtbot: QtBot, words: str) -> list[str]:
    window.commands.show_command_palette()
    palette = window.findChildren(QDialog, "commands")[-1]
    qtbot.keyClicks(palette.line, words)
    found: list[str] = palette.titles()
    return found


def choose(window: MainWindow, qtbot: QtBot, title: str) -> NeuronPanel:
    assert search(window, qtbot, title)[0] == title
    palette = window.findChildren(QDialog, "commands")[-1]
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    panel = window.front_panel()
    assert isinstance(panel, NeuronPanel)
    return panel


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("axon", "Neuron: Axon"),
        ("hebb", "Neuron: Hebb"),
        ("summation", "Neuron: Summation"),
        ("spike timing", "Neuron: Spike timing"),
        ("synapse", "Neuron: look at a synapse"),
        ("export", "Neuron: save the traces as a picture (PNG)"),
        ("stdp", "Neuron: Spike timing"),
        ("soma", "Neuron: look at the soma"),
        ("gelu", "Activation: plot GELU"),
        ("leaky", "Activation: plot Leaky ReLU"),
    ],
)
def test_words_of_the_lecture_find_a_command(
    build_window: Callable[..., MainWindow], qtbot: QtBot, words: str, title: str
) -> None:
    window = build_window()
    assert title in search(window, qtbot, words)[:3]
    assert window.docks["neuron"].panel is None, "nothing is built to be found"


def test_every_bench_place_and_export_is_on_the_list(build_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = build_window()
    titles = search(window, qtbot, "neuron")
    assert [f"Neuron: {spec.title}" for spec in BENCHES] == [
        title for title in titles if title[8:] in {spec.title for spec in BENCHES}
    ]
    assert tuple(PLACE_WORDS) == PLACES
    assert list(EXPORT_WORDS) == list(EXPORTS)
    declared = {spec.name: [command.title for command in declared_by(spec)] for spec in PANELS}
    assert set(declared["neuron"]) <= set(titles)
    assert set(declared["activation"]) <= set(search(window, qtbot, "activation"))
    everything = [title for titles in declared.values() for title in titles]
    assert len(everything) == len(set(everything))


def test_a_command_opens_the_panel_and_the_bench_and_the_next_one_leads_back_to_the_cell(
    build_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = build_window()
    panel = choose(window, qtbot, "Neuron: Axon")
    assert panel.stage.name == "axon"
    assert not panel.has_cell
    assert choose(window, qtbot, "Neuron: look at a synapse") is panel
    assert panel.stage.name == "cell"
    assert panel.view.camera.goal == view_of("synapse", panel.view.picture)
    choose(window, qtbot, "Neuron: Hebb")
    asked: list[str] = []

    def ask(_parent: object, _title: str, name: str, _filter: str) -> tuple[str, str]:
        asked.append(name)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    choose(window, qtbot, "Neuron: save the probes as numbers (CSV)")
    assert asked == ["probes.csv"]
    had_labels, had_no_return = panel.hand.state.has_labels, panel.page.tools.no_return_action.isChecked()
    choose(window, qtbot, "Neuron: labels")
    assert panel.hand.state.has_labels != had_labels
    for title in ("slow motion around spikes", "point of no return", "keep this sweep", "newest moment"):
        choose(window, qtbot, f"Neuron: {title}")
    assert panel.page.tools.no_return_action.isChecked() != had_no_return


def test_a_function_found_by_its_name_is_plotted(build_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = build_window()
    assert search(window, qtbot, "mish")[0] == "Activation: plot Mish"
    qtbot.keyClick(window.findChildren(QDialog, "commands")[-1].line, Qt.Key.Key_Return)
    panel = window.front_panel()
    assert isinstance(panel, ActivationPanel)
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert "Mish" in panel.curves.board.plots["value"].curve_data()
