"""Which moments of a run must be kept so that straight lines between them hold, compiled. Loads numba: for workers only.

Over `length` steps a line departs by at most length^2 / 8 times the largest second difference between its ends.
"""

from __future__ import annotations

from app.simulation.biology.compiled import compiled


@compiled
def note_bends(values, tolerance, bends):  # type: ignore[no-untyped-def]
    """Raise `bends` (n,) to the second differences of `values` (n, columns) in units of `tolerance`; its ends stay."""
    for row in range(1, values.shape[0] - 1):
        largest = 0.0
        for column in range(values.shape[1]):
            bend = abs(values[row - 1, column] - 2.0 * values[row, column] + values[row + 1, column])
            largest = max(largest, bend)
        bends[row] = max(bends[row], largest / tolerance)


@compiled
def choose_rows(bends, longest, kept):  # type: ignore[no-untyped-def]
    """Mark in `kept` (n,) row 1, the last, and as few between them as keep each line within 1 and `longest` steps."""
    last = bends.shape[0] - 1
    kept[1] = True
    kept[last] = True
    begin, largest = 1, 0.0
    for row in range(2, last + 1):
        if row - begin > 1:
            largest = max(largest, bends[row - 1])
        length = row - begin
        if length > longest or length * length * largest > 8.0:
            kept[row - 1] = True
            begin, largest = row - 1, 0.0
