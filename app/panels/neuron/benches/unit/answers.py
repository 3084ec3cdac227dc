"""CellAnswers: what the living cell has said of the unit's weights, row by row and in the last run on stage. Asks no cell."""

from __future__ import annotations

from app.panels.neuron.benches.unit.living import LivingRun
from app.panels.neuron.benches.unit.logic import UnitState, row_x, rows
from app.panels.neuron.benches.unit.words import cell_text, run_text

Row = tuple[int, int]


class CellAnswers:
    """fires: of each row that was asked for. owed: answers that have not come. run: the last one on stage."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """The weights are others, or the cell is."""
        self.fires: dict[Row, bool] = {}
        self.owed = 0
        self.run: LivingRun | None = None

    def take_row(self, row: Row, fires: bool) -> None:
        """The answer to a question."""
        self.fires[row] = fires
        self.owed = max(0, self.owed - 1)

    def take_run(self, run: LivingRun, state: UnitState) -> None:
        """What the cell on stage did; an answer as well, where its inputs are those of a row."""
        row = (round(run.x[0]), round(run.x[1]))
        self.run = run
        if run.x == row_x(state, row) and row in rows(state):
            self.fires[row] = run.fires

    def text(self, state: UnitState, *, is_ready: bool, is_healthy: bool, is_on_the_way: bool) -> str:
        """is_ready: a prediction was made. is_healthy: the cell on stage. is_on_the_way: a run on stage is."""
        is_open = not self.owed and len(self.fires) < len(rows(state))
        if is_open and is_on_the_way:
            return "The inputs travel to the soma and add up …"
        if is_open and self.run is not None:
            return run_text(self.run)
        return cell_text(state, self.fires, bool(self.owed), is_ready, is_healthy=is_healthy)
