"""PanelStates: what each panel showed when the window was last closed, in one JSON file. Imports no panel but their base."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from app.panel import Panel, PanelSpec, State, StateError
from app.resource_paths import read_or_put_aside, write_atomically

_MOST_BYTES = 1 << 20  # of one panel's state: what is larger (a long drawing, many sweeps) would slow every opening


class PanelStates:
    """Read once, at opening; `give_back` puts a panel to where it stood, `keep` writes at closing.

    What belongs to the work and not to the panel (PanelSpec.not_remembered) is left as it is. trouble: one sentence about a file
    that could not be read or written, or None.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        kept, self.trouble = read_or_put_aside(file, dict[str, State], "What the panels showed last")
        self._kept = kept or {}

    def give_back(self, panel: Panel, spec: PanelSpec) -> str:
        """Let `panel`, fresh, show what it showed; one sentence where that cannot be, and it stays fresh; else ""."""
        kept = self._kept.get(spec.name)
        if kept is None:
            return ""
        try:
            panel.apply({**panel.state(), **_remembered(kept, spec)})
        except StateError as error:
            return f"{spec.title} opens afresh: what it showed last cannot be shown any more. {error.sentence}"
        return ""

    def keep(self, panels: Iterable[tuple[PanelSpec, Panel]]) -> None:
        """Write what `panels` show; of panels that were not opened what stands is kept."""
        for spec, panel in panels:
            state = _remembered(panel.state(), spec)
            if state == _remembered(panel.opened_state or {}, spec):
                self._kept.pop(spec.name, None)  # as it opens anyway
            elif len(msgspec.json.encode(state)) <= _MOST_BYTES:
                self._kept[spec.name] = state
        if not self._kept and not self._file.exists():
            return
        try:
            write_atomically(self._file, msgspec.json.format(msgspec.json.encode(self._kept)))
        except OSError as error:
            self.trouble = f"What the panels show could not be written to {self._file}: {error.strerror}."


def _remembered(state: State, spec: PanelSpec) -> State:
    """`state` without what the spec leaves out: "key", or "key.entry" of a table within it."""
    kept = dict(state)
    for key in spec.not_remembered:
        name, _, entry = key.partition(".")
        table = kept.pop(name, None) if not entry else kept.get(name)
        if entry and isinstance(table, dict):
            kept[name] = {other: value for other, value in table.items() if other != entry}
    return kept
