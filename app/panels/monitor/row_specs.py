"""What the rows of the curves show: series, titles, units. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.panels.monitor.curve_scale import History
from app.widgets.number_words import readable


@dataclass(frozen=True)
class Line:
    """One series of a row. kind: "raw" (faint, with its running mean on top), "points" (line with markers), "plain"."""

    series: str
    label: str
    token: str
    kind: str = "plain"


@dataclass(frozen=True)
class RowSpec:
    """A row by what it shows; factor: what values are multiplied with for the axis' unit."""

    key: str
    title: str
    unit: str
    lines: tuple[Line, ...]
    factor: float = 1.0
    is_large: bool = False
    is_from_zero: bool = True
    top: float | None = None
    reads_below: bool = False  # its values stand in the lower corner, since its curves end at the top
    tooltip: str = ""

    @property
    def label(self) -> str:
        """Title with its unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    @property
    def height(self) -> int:
        """Its share of the room."""
        return 58 if self.is_large else 36

    @property
    def least_height(self) -> int:
        """px of the design below which a tick and the words in the corner no longer find room."""
        return 46 if self.is_large else 30


ROWS: dict[str, RowSpec] = {
    row.key: row
    for row in (
        RowSpec(
            "loss", "Loss", "",
            (Line("loss", "train", "train", "raw"), Line("test_loss", "test", "test", "points")),
            is_large=True, tooltip="The loss of every batch (faint), its running mean, and the loss on the test data after each epoch",
        ),
        RowSpec(
            "accuracy", "Accuracy", "%",
            (Line("batch_accuracy", "train", "train", "raw"), Line("test_accuracy", "test", "test", "points")),
            factor=100.0, is_large=True, is_from_zero=False, top=100.0, reads_below=True,
            tooltip="The share of right answers in every batch (faint), its running mean, and on the test data after each epoch",
        ),
        RowSpec(
            "learning_rate", "Learning rate", "", (Line("learning_rate", "", "series_4"),),
            tooltip="How far one step goes along the gradient",
        ),
        RowSpec(
            "speed", "Samples per second", "1/s", (Line("samples_per_second", "", "series_5"),),
            tooltip="How many training samples are worked through in a second",
        ),
        RowSpec(
            "hardware", "Processors busy", "%",
            (Line("gpu_utilisation", "GPU", "series_3"), Line("cpu_utilisation", "CPU", "series_7")),
            top=100.0, tooltip="How busy this machine's processor and its graphics processor are",
        ),
    )
}  # fmt: skip


def has_data(spec: RowSpec, history: History) -> bool:
    """Whether there is a number to draw (a regression has no accuracy, a machine without a graphics processor none of it)."""
    for line in spec.lines:
        count = history.count(line.series)
        if count and np.isfinite(history.rows(line.series, count - 1, count)[1]).any():
            return True
    return False


def short_figure(value: float) -> str:
    """A value for a read-out: three figures, thousands apart; 1.07·10⁻⁸ for what is very small."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else readable(value, least=0.0)
