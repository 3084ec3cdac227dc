"""How the time of one training step is shared out, drawn and explained."""

from collections.abc import Callable

import pytest
from played_machine import report, started
from PySide6.QtCore import QPoint

from app.panels.hardware.panel import HardwarePanel
from app.panels.hardware.step_phases import duration_text, meaning_of, waits_of
from app.workspace import Workspace


def test_before_a_run_the_bar_says_what_it_will_show(show: Callable[..., HardwarePanel]) -> None:
    panel = show()
    assert panel.phases.sentence.text().startswith("Train, and this bar")


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        ({"data": 0.006, "forward": 0.001, "backward": 0.002, "optimizer": 0.001}, "waits for the data"),
        ({"data": 0.001, "forward": 0.003, "backward": 0.005, "optimizer": 0.001}, "as it should"),
        ({"data": 0.001, "forward": 0.006, "backward": 0.002, "optimizer": 0.001}, "way forward"),
        ({"data": 0.001, "forward": 0.002, "backward": 0.002, "optimizer": 0.005}, "larger batch"),
    ],
)
def test_a_step_is_shared_out_and_explained(
    show: Callable[..., HardwarePanel], workspace: Workspace, phases: dict[str, float], said: str
) -> None:
    panel = show(300, 800)
    workspace.training.events_arrived.emit([started(), report(phases), report({})])
    assert panel.phases.title.text() == "One training step: 10.00 ms"
    assert said in panel.phases.sentence.text()
    for name, key in (("data", "data"), ("forward", "forward"), ("backward", "backward"), ("optimiser", "optimizer")):
        assert f"{name}&nbsp;{100.0 * phases[key] / 0.01:.0f}&nbsp;%" in panel.phases.legend.text()
    assert panel.phases.legend.isVisible()
    workspace.training.events_arrived.emit([started()])
    assert panel.phases.sentence.text().startswith("Train, and this bar")


def test_on_a_gpu_it_says_how_long_a_step_takes_that_is_not_timed(
    show: Callable[..., HardwarePanel], workspace: Workspace
) -> None:
    """A step in parts waits for the GPU after each, and is not replayed from a record: ten times as long as the others."""
    panel = show(300, 800)
    heights = set()
    parts = {"data": 0.001, "forward": 0.001, "backward": 0.001, "optimizer": 0.001}
    cold, timed, others = (
        report(phases, samples_per_second=rate) for phases, rate in (({}, 100.0), (parts, 140_000.0), ({}, 160_000.0))
    )
    workspace.training.events_arrived.emit([started("cuda"), cold, timed])
    assert panel.phases.title.text() == "One training step: 4.00 ms"
    assert panel.phases.sentence.text() == meaning_of(parts), (
        "no report without a timed step has come, but for the first"
    )
    workspace.training.events_arrived.emit([others])
    panel.phases.refresh()
    assert panel.phases.title.text() == "One training step: 4.00 ms"
    assert panel.phases.sentence.text().endswith("a step without takes 400 µs.")
    for longest in parts:
        panel.phases.begin(has_waits=True)
        for phases in ({}, {**parts, longest: 0.01}, {}):
            panel.phases.take(phases, 6.4e-3)
        panel.phases.refresh()
        assert panel.phases.sentence.text() == meaning_of({longest: 1.0}) + waits_of(6.4e-3)
        assert panel.phases.sentence.height() >= panel.phases.sentence.heightForWidth(panel.phases.sentence.width())
        heights.add(panel.phases.sentence.parentWidget().height())
    assert len(heights) == 1
    workspace.training.events_arrived.emit([started("cpu"), report(parts), others, others])
    panel.phases.refresh()
    assert panel.phases.sentence.text() == meaning_of(parts), "on the processor the timed step is one like the others"


def test_opened_in_mid_run_it_knows_the_last_step_that_was_timed(
    show: Callable[..., HardwarePanel], workspace: Workspace
) -> None:
    training = workspace.training
    training.run = started("cuda")
    parts = {"data": 0.001, "forward": 0.002, "backward": 0.006, "optimizer": 0.001}
    for event in (training.run, report(parts), report({})):
        training.history.append(event)
    panel = show()
    assert panel.phases.title.text() == "One training step: 10.00 ms"
    assert panel.phases.sentence.text() == meaning_of(parts)
    training.events_arrived.emit([report({}, samples_per_second=160_000.0)])
    panel.phases.refresh()
    assert panel.phases.sentence.text() == meaning_of(parts) + waits_of(400e-6)


def test_opened_before_any_step_was_timed_it_shows_none(
    show: Callable[..., HardwarePanel], workspace: Workspace
) -> None:
    workspace.training.run = started()
    assert show().phases.title.text() == "One training step"


def test_a_legend_that_was_needed_once_stays(show: Callable[..., HardwarePanel], workspace: Workspace) -> None:
    """With one that came and went, the curves above it changed their height several times a second."""
    panel = show(700, 800)
    even = {"data": 0.0025, "forward": 0.0025, "backward": 0.0025, "optimizer": 0.0025}
    workspace.training.events_arrived.emit([started(), report(even)])
    assert not panel.phases.legend.isVisible()  # the bar has room for every name
    for _ in range(30):
        panel.phases.take({**even, "data": 0.0003})
    panel.phases.refresh()
    assert panel.phases.legend.isVisible()
    for _ in range(60):
        panel.phases.take(even)
    panel.phases.refresh()
    assert panel.phases.bar.names_all
    assert panel.phases.legend.isVisible()
    workspace.training.events_arrived.emit([started()])
    assert not panel.phases.legend.isVisible()


@pytest.mark.parametrize("width", [300, 520])
def test_a_longer_sentence_moves_nothing(show: Callable[..., HardwarePanel], workspace: Workspace, width: int) -> None:
    """What takes longest changes with each measurement of a small network: the curves above stay as high as they are."""
    panel = show(width, 800)
    workspace.training.events_arrived.emit([started()])
    seen = set()
    for longest in ("data", "forward", "backward", "optimizer"):
        for _ in range(30):
            panel.phases.take({**dict.fromkeys(("data", "forward", "backward", "optimizer"), 0.002), longest: 0.004})
        panel.phases.refresh()
        sentence = panel.phases.sentence
        assert sentence.text() == meaning_of({longest: 1.0})
        assert sentence.height() >= sentence.heightForWidth(sentence.width())  # not cut
        seen.add((panel.phases.sentence.parentWidget().height(), panel.phases.sentence.mapTo(panel, QPoint()).y()))
    assert len(seen) == 1


def test_the_bar_is_drawn_in_proportion(show: Callable[..., HardwarePanel], workspace: Workspace) -> None:
    panel = show()
    phases = {"data": 0.001, "forward": 0.002, "backward": 0.006, "optimizer": 0.001}
    workspace.training.events_arrived.emit([started(), report(phases)])
    bar = panel.phases.bar
    picture = bar.grab().toImage()
    backward = workspace.theme.hex("series_3")
    line = [picture.pixelColor(x, 3).name() for x in range(picture.width())]
    assert line.count(backward) / len(line) == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(("seconds", "text"), [(0.0032, "3.20 ms"), (0.00085, "850 µs"), (1.234, "1.23 s")])
def test_times_are_written_in_their_unit(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_nothing_measured_means_nothing() -> None:
    assert meaning_of({}) == meaning_of({"data": 0.0})
