"""RunComparison: which kept runs lie beside the run that stands, chosen undoably, read beside the window. Draws nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.kept_run import KeptRun, KeptRunLine
from app.panel_change import PanelChange
from app.panels.monitor.laid_run import LETTERS, LaidRun, Letter
from app.run_database import RunsInUse
from trainers.errors import HillockError

if TYPE_CHECKING:
    from app.kept_run_reader import KeptRunReader
    from app.workspace import Workspace

AGAIN_MS = 2000  # until a run that some process still trains is read again, and for each step of it
AGAIN_MS_A_STEP = 0.1
Chosen = dict[Letter, str]  # letter -> name of the run


class RunComparison(QObject):
    """`chosen` is what a person chose; `laid` of it is what has been read and does not stand in the monitor just now.

    A run that stands may be chosen, too: it stays on show when the next one begins. What cannot be read stays chosen, so that
    undoing and redoing find what they left, but its letter is free. Asleep, nothing is read again.
    """

    changed = Signal()  # what lies beside the run has
    chosen_changed = Signal()
    listed = Signal(object)  # tuple[KeptRunLine, ...], or a HillockError

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._training = workspace.training
        self.chosen: Chosen = {}
        self._read: dict[str, LaidRun] = {}
        self._asked: set[str] = set()
        self._lost: set[str] = set()  # of what is chosen: cannot be read
        self._held_up: set[str] = set()  # the database was in use when they were asked for
        self._is_awake = False
        self._present = ""
        self._reader: KeptRunReader | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._read_again)

    @property
    def laid(self) -> tuple[LaidRun, ...]:
        """The kept runs on show, by their letters."""
        return tuple(
            self._read[run] for _, run in sorted(self.chosen.items()) if run in self._read and run != self._present
        )

    @property
    def readable(self) -> Chosen:
        """What is chosen, without what cannot be read."""
        return {letter: run for letter, run in self.chosen.items() if run not in self._lost}

    @property
    def present_run(self) -> str:
        """The name of the run that stands, "" where none does."""
        return self._present

    @property
    def is_asking(self) -> bool:
        """Whether an answer is to come, or is to be asked for again."""
        return bool(self._asked) or self._again.isActive()

    def present_line(self) -> KeptRunLine | None:
        """The run that stands, in a line."""
        if not self._training.history.last_step and not self._present:
            return None
        graph = self._workspace.document.graph
        data = msgspec.structs.asdict(self._training.data)
        # what a person chooses after its end is for the next run
        settings = msgspec.structs.asdict(self._training.settings) | self._training.in_effect
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        return KeptRunLine(
            self._present, graph.title or graph.name, data, settings, now, self._training.history.last_step
        )

    # --- choosing -----------------------------------------------------------------------------------------------------

    def toggle(self, run: str, title: str) -> bool:
        """Lay `run` beside the others, or take it off, undoably; False where there are as many as can be told apart."""
        letter = self.letter_of(run)
        if letter is not None:
            self.remove(letter)
            return True
        free = [letter for letter in LETTERS if letter not in self.readable]
        if not free:
            return False
        chosen = {**self.readable, free[0]: run}
        self._lost.discard(run)  # it is in the list: it can be read again
        self._choose(f"Compare with {title}", chosen)
        return True

    @Slot(str)
    def remove(self, letter: str) -> None:
        """Take a run off, undoably."""
        if letter in self.chosen:
            left = {other: run for other, run in self.chosen.items() if other != letter}
            self._choose(f"Take run {letter} off the curves", left)

    def letter_of(self, run: str) -> Letter | None:
        """The letter of a run that is chosen, and can be read."""
        return next((letter for letter, chosen in self.readable.items() if chosen == run), None)

    def apply(self, chosen: Chosen) -> None:
        """Let these be chosen, as a state says; what could not be read before is tried again."""
        self._lost.clear()
        self._take("compared", dict(chosen))

    def _choose(self, text: str, chosen: Chosen) -> None:
        before, chosen = self.chosen, dict(sorted(chosen.items()))
        self._take("compared", chosen)
        change = PanelChange(text, "compared", before, chosen, self._take, merges=False)
        self._workspace.document.undo_stack.push(change)

    def _take(self, _name: str, chosen: Any) -> None:
        """What an undoable change does and undoes."""
        if chosen == self.chosen:
            return
        self.chosen = dict(chosen)
        self._held_up &= set(self.chosen.values())
        for run in [run for run in self._read if self._read[run].letter != self.letter_of(run)]:
            self._let_go(run)
        self._ask_for_missing()
        self.chosen_changed.emit()
        self.changed.emit()

    # --- reading ------------------------------------------------------------------------------------------------------

    def ask_list(self) -> None:
        """Which runs there are; `listed` brings them."""
        self._its_reader().ask_list(Path(self._training.runs_folder))

    @Slot()
    def follow_run(self) -> None:
        """See which run stands now: the one before may be among those chosen."""
        run = self._training.run
        saved = self._training.last_saved
        present = run.run if run is not None else Path(saved[1].path).parent.parent.name if saved is not None else ""
        if present == self._present:
            return
        self._present = present
        self._let_go(present)  # it goes on: what was read of it is not all
        self._ask_for_missing()
        self.changed.emit()

    def _ask_for_missing(self) -> None:
        for run in self.chosen.values():
            if run not in self._read and run not in self._lost and run != self._present:
                self._ask_for(run)

    def _ask_for(self, run: str) -> None:
        if run not in self._asked:
            self._asked.add(run)
            self._its_reader().ask_run(Path(self._training.runs_folder), run)

    def _its_reader(self) -> KeptRunReader:
        if self._reader is None:  # its thread starts with the first question
            from app.kept_run_reader import KeptRunReader

            self._reader = KeptRunReader(self)
            self._reader.listed.connect(self.listed)
            self._reader.run_read.connect(self._on_run_read)
        return self._reader

    @Slot(str, object)
    def _on_run_read(self, run: str, answer: object) -> None:
        self._asked.discard(run)
        letter = self.letter_of(run)
        if isinstance(answer, RunsInUse):
            self._wait_for(run, answer)
        elif isinstance(answer, HillockError):
            self._give_up(run, answer)
        elif isinstance(answer, KeptRun) and letter is not None and run != self._present:
            self._let_go(run)
            self._held_up.discard(run)
            self._read[run] = LaidRun(letter, answer)
            if answer.is_under_way:
                self._again.start(round(AGAIN_MS + AGAIN_MS_A_STEP * answer.last_step))
            self.changed.emit()
        elif isinstance(answer, KeptRun):
            answer.close()

    def _give_up(self, run: str, error: HillockError) -> None:
        letter = self.letter_of(run)
        if letter is not None:  # or it was taken off while it was read
            self._workspace.warn(error.sentence)
            self._lost.add(run)
            self._let_go(run)
            self.chosen_changed.emit()
            self.changed.emit()

    def _wait_for(self, run: str, error: RunsInUse) -> None:
        """Asked for again, as long as it takes; told once."""
        if self.letter_of(run) is None:
            return
        if not self._held_up:
            self._workspace.warn(error.sentence)
        self._held_up.add(run)
        if not self._again.isActive():
            self._again.start(AGAIN_MS)

    def set_awake(self, is_awake: bool) -> None:
        """Whether somebody looks; what has gone on meanwhile is read then."""
        self._is_awake = is_awake
        if is_awake and not self._again.isActive():
            self._read_again()

    @Slot()
    def _read_again(self) -> None:
        """A run that was still trained when it was read has gone on since, and a database that was in use may be free."""
        if not self._is_awake:
            return
        for run in self.chosen.values():
            laid = self._read.get(run)
            if run in self._held_up or (laid is not None and laid.run.is_under_way):
                self._ask_for(run)

    def _let_go(self, run: str) -> None:
        laid = self._read.pop(run, None)
        if laid is not None:
            laid.run.close()

    def close(self) -> None:
        """Give up what is being read, and let go of what was."""
        self._again.stop()
        if self._reader is not None:
            self._reader.listed.disconnect(self.listed)
            self._reader.run_read.disconnect(self._on_run_read)
            self._reader.close()
            self._reader = None
        for run in list(self._read):
            self._let_go(run)
