"""Events as a progress bar in a terminal. Imports neither torch nor Qt."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from trainers import events
from trainers.events import AnyEvent


class ProgressView:
    """A bar over the epochs, and one line for each thing worth keeping."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task: TaskID | None = None
        self._loading: TaskID | None = None
        self._figures = ""
        self._has_begun = False
        self._test = ""
        self._folder = ""

    def __enter__(self) -> ProgressView:
        return self  # the bar starts with the first event: a plan that cannot be leaves the terminal as it was

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._has_begun:  # stopping what has not begun prints an empty line
            with suppress(OSError):  # the output may be what has failed
                self._progress.stop()

    def show(self, event: AnyEvent) -> None:
        """Bring the terminal up to date."""
        if not self._has_begun:
            self._has_begun = True
            self._progress.start()
        match event:
            case events.Progress():
                self._show_loading(event)
            case events.RunStarted():
                self._show_start(event)
            case events.StepReport():
                self._show_steps(event)
            case events.EpochReport():
                self._test = f"  test loss {event.test_loss:.4f}{_percent(event.test_accuracy)}"
                self._update(completed=event.epoch)
            case events.ValueSet() if event.name == "epochs" and self._task is not None:
                self._progress.update(self._task, total=float(str(event.value)))
            case events.ValueRefused():
                self._console.print(event.reason)
            case events.CheckpointSaved():
                self._folder = event.path
            case events.RunFinished():
                self._show_end(event)

    def _show_loading(self, event: events.Progress) -> None:
        if self._task is not None:
            return
        if self._loading is None:
            self._loading = self._progress.add_task(event.title, figures="")
        self._progress.update(self._loading, description=event.title, completed=event.done, total=event.total)

    def _show_start(self, event: events.RunStarted) -> None:
        if self._loading is not None:
            self._progress.remove_task(self._loading)
        self._console.print(
            f"{event.network} on {event.data}: {event.parameters:,} parameters, {event.train_samples:,} training and"
            f" {event.test_samples:,} test samples, {event.device}, {event.threads} thread{'s' if event.threads > 1 else ''}."
        )
        epochs = int(str(event.settings["epochs"]))
        self._task = self._progress.add_task(
            f"Epoch {event.epoch + 1}", total=epochs, completed=event.epoch, figures=""
        )

    def _show_steps(self, event: events.StepReport) -> None:
        loss = event.losses[-1][1]
        rate = f"{event.samples_per_second:,.0f} samples/s"
        self._update(f"loss {loss:.4f}{self._test}  {rate}", completed=event.epoch, epoch=event.epoch)

    def _update(
        self,
        figures: str | None = None,
        completed: float | None = None,
        epoch: int | None = None,
    ) -> None:
        if self._task is None:
            return
        if figures is not None:
            self._figures = figures
        description = None if epoch is None else f"Epoch {epoch + 1}"
        self._progress.update(self._task, completed=completed, description=description, figures=self._figures)

    def _show_end(self, event: events.RunFinished) -> None:
        self._progress.stop()
        self._console.print(
            f"Done after {event.step:,} steps and {event.seconds:.1f} s of training ({event.steps_per_second:,.0f} steps/s):"
            f" test loss {event.test_loss:.4f}{_percent(event.test_accuracy)}."
        )
        if self._folder:
            self._console.print(f"Last checkpoint: {self._folder}", soft_wrap=True)


def _percent(share: float | None) -> str:
    return "" if share is None else f", {100 * share:.2f} % right"
