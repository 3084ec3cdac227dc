"""The metrics of a run, by the names that curves, files and the database share. Plain data; imports neither torch nor Qt."""

from __future__ import annotations

# of every StepReport, of every EpochReport; each name is that of the event's field
REPORT_METRICS = ("learning_rate", "gradient_norm", "samples_per_second", "device_memory")
EPOCH_METRICS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
PHASES = ("data", "forward", "backward", "optimizer")  # of one optimiser step, in their order
