"""`hillock train`: a run without the window, with a progress bar or as JSON lines. Imports torch only when the options are checked.

Names neither Qt nor the window: `python -m trainers train ...` works with both uninstalled.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import msgspec

from trainers.commands import AnyCommand, SetValue, Stop
from trainers.data_split import LoadingCancelled
from trainers.errors import BadInput, RunStopped
from trainers.events import AnyEvent, CheckpointSaved, RunFailed, RunStarted, ValueRefused
from trainers.network_graph import NetworkGraph
from trainers.setting_limits import FIXED, with_setting
from trainers.train_options import Options, parse
from trainers.training_plan import DataChoice, TrainingPlan
from trainers.whole_output import forget_output

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
Show = Callable[[AnyEvent], None]


def main(argv: Sequence[str]) -> int:
    """Run `hillock train` with the arguments after its name. Returns the exit status; errors are one sentence on stderr."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be ended by a system is to be interrupted
    try:
        options = parse(list(argv))
        for note in options.notes:
            print(note, file=sys.stderr)
        with _view(options.is_json) as show:
            return _run(options, show)
    except BadInput as error:
        print(error.sentence, file=sys.stderr)
        return BAD_INPUT
    except RunStopped as error:
        print(error.sentence, file=sys.stderr)
        if isinstance(error.__cause__, OSError):
            forget_output()
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted: nothing was saved beyond the last checkpoint.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the lines has gone
        forget_output()
        return FAILED
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(options: Options, show: Show) -> int:
    """Drive the job, as any driver does: it is asked for the next step, or sent a command."""
    plan, changes = _plan_and_changes(options)

    from trainers.classifier import train  # torch: 1 to 3 s

    job = train(plan)
    failure: RunFailed | None = None
    kept = _Kept()
    event = next(job)
    with _interruption() as interrupted:
        is_stopping = has_started = False
        try:
            while True:
                if event is not None:
                    _show(show, event)
                    kept.note(event)
                    failure = event if isinstance(event, RunFailed) else failure
                    has_started = has_started or isinstance(event, RunStarted)
                command: AnyCommand | None = changes.pop(0) if changes and has_started else None
                if interrupted and not is_stopping:
                    command, is_stopping = Stop(), True
                event = job.send(command)
        except StopIteration:
            pass
        except LoadingCancelled as cancelled:  # Ctrl+C while the data were being fetched
            print(cancelled.sentence, file=sys.stderr)
        finally:
            job.close()
    if failure is not None:
        print(failure.reason, file=sys.stderr)
        return FAILED
    if kept.refusals:
        print(kept.refusals[-1], file=sys.stderr)
        return FAILED
    if is_stopping:
        print(kept.sentence(), file=sys.stderr)
        return INTERRUPTED
    return DONE


class _Kept:
    """What of the run is on the disk. refusals: sentences about what could not be written, and was not made good later."""

    def __init__(self) -> None:
        self._checkpoint: CheckpointSaved | None = None
        self._lost: dict[str, str] = {}

    def note(self, event: AnyEvent) -> None:
        if isinstance(event, CheckpointSaved):
            self._checkpoint = event
            self._lost.pop("checkpoint", None)
        elif isinstance(event, ValueRefused) and event.name in ("checkpoint", "metrics"):
            self._lost[event.name] = event.reason

    @property
    def refusals(self) -> list[str]:
        return list(self._lost.values())

    def sentence(self) -> str:
        """For a run that was interrupted."""
        if self._checkpoint is None:
            return "Interrupted before there was anything to save."
        return f"Interrupted at step {self._checkpoint.step:,}, and saved: --resume {self._checkpoint.path} goes on."


def _show(show: Show, event: AnyEvent) -> None:
    """Raises RunStopped where the output takes no more, BrokenPipeError where nobody reads it."""
    try:
        show(event)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise RunStopped(f"The output cannot be written ({error.strerror}), so the run ends here; --resume goes on from its last checkpoint.") from error  # fmt: skip


def _plan_and_changes(options: Options) -> tuple[TrainingPlan, list[AnyCommand]]:
    """A new run's plan; or that of a checkpoint, with the settings named on the command line as changes to it."""
    if options.checkpoint is None:
        assert options.plan is not None
        return options.plan, []

    from trainers.checkpoints import read_state

    state = read_state(options.checkpoint)
    fields = {name: value for name, value in options.data.items() if name in ("directory", "download")}
    if set(options.data) - set(fields):
        name = sorted(set(options.data) - set(fields))[0]
        option = "data-seed" if name == "seed" else name.replace("_", "-")
        raise BadInput(f"A resumed run keeps its data: leave out --{option}, or start a new run.")
    settings = state.settings
    changes: list[AnyCommand] = []
    for name, value in options.given.items():
        if name == "seed":
            raise BadInput("A resumed run keeps its seed: leave out --seed, or start a new run.")
        if name == "epochs" and int(str(value)) < state.epoch + (1 if state.position else 0):
            raise BadInput(f"The run has done {state.epoch} epochs already, so --epochs {value} is too few.")
        if name in FIXED:
            settings = with_setting(settings, name, value)
        else:
            with_setting(settings, name, value)
            changes.append(SetValue(name, value))
    network: NetworkGraph = state.network
    data: DataChoice = msgspec.structs.replace(state.data, **fields)
    plan = TrainingPlan(network, data, settings, str(options.runs_folder), str(options.checkpoint))
    return plan, changes


@contextmanager
def _interruption() -> Iterator[list[int]]:
    """A list that Ctrl+C and SIGTERM make non-empty, so that the step under way is finished first; the second one ends at once."""
    caught: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        for each in before:
            signal.signal(each, signal.default_int_handler)

    before = {each: signal.signal(each, note) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _view(is_json: bool) -> Iterator[Show]:
    """How events are shown."""
    if is_json:
        yield _print_json
        return
    from trainers.progress_view import ProgressView

    with ProgressView() as view:
        yield view.show


def _print_json(event: AnyEvent) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
    sys.stdout.buffer.flush()
