"""PanelNews: what the living cell's session tells, as a person sees or hears it: the notice, the message bar, a click. Changes no cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.simulation.biology.stage import Spike
from app.widgets.message_bar import Message
from trainers.events import Progress

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel

HINT = "Press 1 to 9 to fire inputs, click a synapse, or hold the electrode."

WAKING = "The cell is coming to life …"


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
            notice.say(f"{session.reason} What it did can still be looked at.", has_button=True)
            self._withdraw()
        elif session.state == "starting":
            if notice.text in ("", HINT):
                notice.say(WAKING)
        elif session.state == "ready":
            notice.say("" if self._panel.hand.has_stimulated or session.script.entries else HINT)

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
        kept = "It goes on where it stopped" if not self._panel.session.is_long else "It begins calmly"
        text = f"{reason} What the cell did can still be looked at. {kept} when it is started again."
        self._trouble = Message(text, "error", "Start the cell again", self._panel.session.recover)
        self._panel.workspace.message_posted.emit(self._trouble)

    @Slot(list)
    def take_spikes(self, spikes: list[Spike]) -> None:
        """Spikes that the moment shown has passed: the soma's are heard."""
        if self._panel.is_awake and any(spike.place == "soma" for spike in spikes):
            self._panel.sound.click()
