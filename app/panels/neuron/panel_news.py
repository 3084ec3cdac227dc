"""PanelNews: what the living cell's session tells, as a person sees or hears it: the notice, the message bar, a click. Changes no cell."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.cell_script import CellScript
from app.neuron_session import NeuronSession
from app.simulation.biology.stage import Fire, Inject, Spike
from app.widgets.message_bar import Message
from trainers.events import Progress

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel

HINT = "Press 1 to 9 to fire inputs, click a synapse, or hold the electrode."

WAKING = "The cell is coming to life …"
REST_MS = 30.0  # after ten inputs of 1 nS it takes some 25 ms until ten are again enough
TOGETHER_MS = 3.0  # stimuli that are nearer to one another are meant to sum
SAID_MS = 10.0  # for so long after a stimulus
_ON = "A fresh worker lives through all that was done to the cell: it goes on where it stopped"
_CALM = "A fresh cell begins at rest at 0 ms, with the same weights and channels; the record of the old one goes"


def said_of_rest(script: CellScript, shown_ms: float) -> str:
    """That the newest stimulus at `shown_ms` came before the cell was at rest again; "" where it did not."""
    dt = script.plan.dt_ms
    stimuli = (entry.step * dt for entry in reversed(script.entries) if isinstance(entry.command, Fire | Inject))
    last = list(islice((at for at in stimuli if at <= shown_ms), 2))
    if len(last) < 2 or shown_ms - last[0] > SAID_MS or not TOGETHER_MS < last[0] - last[1] < REST_MS:
        return ""
    return f"{last[0] - last[1]:.0f} ms after the last stimulus the cell is not at rest yet: it may answer otherwise."


def _fate(session: NeuronSession) -> str:
    """What becomes of the cell when it is started again, as a sentence with a space before it."""
    if session.is_long:
        return " It has lived too long to be led through all of it again: started again, it begins at rest."
    return " Started again, it goes on where it stopped."


class PanelNews(QObject):
    """One for the panel."""

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._trouble: Message | None = None

    def show_notice(self) -> None:
        """Say over the cell what is to be said now."""
        session, notice = self._panel.session, self._panel.page.notice
        if session.state == "failed":
            fate = _fate(session) if session.is_long else ""
            notice.say(f"{session.reason} What it did can still be looked at.{fate}", has_button=True)
            notice.button.setToolTip(_CALM if session.is_long else _ON)
            self._withdraw()
        elif session.state == "starting":
            if notice.text in ("", HINT):
                notice.say(WAKING)
        elif session.state == "ready":
            notice.say(self._said_of_a_living_cell())

    def _said_of_a_living_cell(self) -> str:
        session, panel = self._panel.session, self._panel
        if panel.view.picture.is_near:
            return ""  # it would cover what is looked at
        if panel.hand.has_stimulated or session.script.entries:
            return said_of_rest(session.script, session.shown_ms)
        return HINT

    @Slot(str)
    def take_state(self, state: str) -> None:
        """The session has another state."""
        if state == "starting":
            self._panel.page.notice.say(WAKING)
            self._withdraw()  # whoever asked for the next run has started the cell again
        self._panel.redraw()

    def _withdraw(self) -> None:
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            self._panel.workspace.message_withdrawn.emit(trouble)

    @Slot(object)
    def take_progress(self, progress: Progress) -> None:
        """How far the start has come."""
        if self._panel.session.state == "starting":
            share = f" ({progress.done:.0f} of {progress.total:.0f})" if progress.total else ""
            self._panel.page.notice.say(f"{progress.title}{share} …")

    @Slot(str)
    def take_failure(self, reason: str) -> None:
        """The worker is gone. It is said once: over the cell, by the bench that waited for an answer, or else in the message bar."""
        panel = self._panel
        if panel.is_awake and (panel.has_cell or panel.session.is_failure_told):
            return
        text = f"{reason} What the cell did can still be looked at.{_fate(panel.session)}"
        self._trouble = Message(text, "error", "Start the cell again", self._panel.session.recover)
        self._panel.workspace.message_posted.emit(self._trouble)

    @Slot(list)
    def take_spikes(self, spikes: list[Spike]) -> None:
        """Spikes that the moment shown has passed: the soma's are heard."""
        if self._panel.is_awake and any(spike.place == "soma" for spike in spikes):
            self._panel.sound.click()
