"""The linear regions of a small network: counted beside the bound, drawn, and waited for where they are dear."""

from __future__ import annotations

import numpy as np
from neurons_person import CountedAtOnce, Person, PlayedTraining, relu_net

from trainers.events import EpochReport
from trainers.network_files import load_preset
from trainers.regions_job import RegionsCounted


def test_regions_are_counted_beside_the_bound_and_drawn(
    person: Person, training: PlayedTraining, regions: CountedAtOnce
) -> None:
    person.open(relu_net())
    view = person.view
    training.show(step=0)
    regions.answer()
    counted = view.regions.count
    assert counted is not None
    assert view.output.told.text().startswith(f"{counted} linear region")
    assert "in the square from −6 to 6, before training" in view.output.told.text()
    assert "hidden layers 4-2 has 16 or more (Montúfar" in view.output.told.text()
    assert f"{counted} in the square" in person.panel.facts.toPlainText()
    assert person.panel.facts.toPlainText().count("Linear regions") == 1
    assert len(view.output.plot.borders.xData) == 0
    view.output.borders.click()
    assert len(view.output.plot.borders.xData) == 2 * len(view.regions.borders) > 0

    training.go("running")
    training.show(step=5)
    asked = regions.asked
    training.show(step=6)  # within half a second of the last count
    assert regions.asked == asked
    view.regions._pause.stop()
    view.regions._pause.timeout.emit()
    regions.answer()
    assert "at step 6" in view.output.told.text()

    regions.refused.emit(regions.asked, "never asked")
    training.go("paused")
    training.show(step=7)
    regions.refused.emit(regions.asked, "Layer 1 has weights that are not finite: start the training again.")
    assert "not finite" in view.output.told.text()
    training.show(step=8)
    regions.answer()
    assert "at step 8" in view.output.told.text()
    person.view.bar.back.click()
    assert "in the square" not in person.panel.facts.toPlainText()


def test_a_count_that_is_dear_waits_until_the_training_stands(
    person: Person, training: PlayedTraining, regions: CountedAtOnce
) -> None:
    person.open(relu_net())
    training.go("running")
    training.show(step=1)
    person.view.regions._pause.stop()
    training.show(step=2)
    assert regions.asked == 1  # not again before it is answered
    regions.counted.emit(RegionsCounted(regions.asked, 7, np.zeros((0, 4), np.float32), 3.0))
    assert person.view.output.told.text().startswith("7 linear regions")
    training.show(step=3)
    assert regions.asked == 1
    training.events_arrived.emit([EpochReport(1, 0.1, 1.0, 0.1, 1.0, 3)])
    assert regions.asked == 2
    regions.counted.emit(RegionsCounted(2, 8, np.zeros((0, 4), np.float32), 3.0))
    training.show(step=4)
    training.events_arrived.emit([EpochReport(2, 0.1, 1.0, 0.1, 1.0, 4)])
    assert regions.asked == 2  # epochs may be short
    training.go("paused")
    assert regions.asked == 3
    regions.counted.emit(RegionsCounted(3, 9, np.zeros((0, 4), np.float32), 3.0))
    training.show(step=5)  # the look at the step where it stands
    assert regions.asked == 4


def test_what_bends_otherwise_has_no_regions(person: Person, training: PlayedTraining, regions: CountedAtOnce) -> None:
    person.open(load_preset("playground"))
    training.show()
    assert regions.asked == 0
    assert not person.view.output.borders.isEnabled()
    assert "tanh1 (tanh) does not leave the plane in flat pieces" in person.view.output.told.text()
