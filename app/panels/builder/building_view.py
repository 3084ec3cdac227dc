"""BuildingView: the canvas with all that stands on it: the map, what is wrong, what to do first. Edits through its board."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.network_document import NetworkDocument
from app.panels.builder.board import DrawingBoard
from app.panels.builder.commands import BoardCommands
from app.panels.builder.minimap import MiniMap
from app.panels.builder.problem_card import ProblemCard
from app.widgets.layer_facts_text import totals_sentences
from app.widgets.layer_style import counted
from app.widgets.network_view import NetworkView
from app.widgets.theme import Theme
from trainers.network_diagnosis import Problem
from trainers.network_fixes import Fix, fixes_of
from trainers.network_graph import Parameter
from trainers.network_groups import folded_away

EMPTY = (
    "An empty canvas.\n\nPress A and type layers, such as\ninput, conv 6 5, relu, max, flatten, dense 10\nor take them from the"
    " list.\n\nA known network is chosen above; a file can be dropped here."
)

_REST = 50  # ms


class BuildingView(NetworkView):
    """Draws the document's drawing, with the first problem, or that of the chosen layer, beside the layer concerned."""

    def __init__(self, theme: Theme, document: NetworkDocument, parent: QWidget | None = None) -> None:
        self.board = DrawingBoard(theme, document)
        super().__init__(theme, parent, self.board)
        self.tells_facts = False
        self._document = document
        self.commands = BoardCommands(self.board)
        self.map = MiniMap(theme, self.board)
        self.problem = ProblemCard(theme, self.board)
        self.problem.fix_chosen.connect(self._on_fix_chosen)
        self.problem.closed.connect(self._on_problem_closed)
        self._fixes: tuple[Fix, ...] = ()
        self._shown: Problem | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST)  # fixes are sought when the hand rests
        self._rest.timeout.connect(self.find_fixes)
        self._aside: tuple[object, ...] = ()  # the place of a problem that was put aside
        # a wire that was drawn into the open, until a layer is chosen for it
        self._link: tuple[str, QPointF] | None = None
        self.empty = QLabel(EMPTY, self.board.viewport())
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.commands.map_asked.connect(self.map.toggle)
        self.commands.mend_asked.connect(self.mend)
        self.board.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(self._place_empty)

    def show_document(self) -> None:
        """Draw what has changed of the document's drawing."""
        document, drawing = self._document, self._document.drawing
        diagnosis = document.diagnosis
        self.board.show_drawing(drawing, diagnosis.facts)
        hidden = folded_away(drawing)
        self.board.mark_faults({hidden.get(problem.layer, problem.layer) for problem in diagnosis.problems} - {""})
        links = [problem.link for problem in diagnosis.problems if problem.link is not None]
        ends = {(hidden.get(link.source, link.source), hidden.get(link.target, link.target)) for link in links}
        self.board.mark_faulty_wires(ends)
        title, count = drawing.title or drawing.name, len(drawing.layers)
        if not drawing.layers:
            self.say_totals((f"{title} · nothing drawn yet", "nothing drawn yet"))
        elif diagnosis.analysis is not None:
            self.say_totals(totals_sentences(title, count, diagnosis.analysis.parameters, diagnosis.analysis.flops))
        else:
            known = sum(facts.parameters for facts in diagnosis.facts.values())
            faults, so_far = counted(len(diagnosis.problems), "fault"), f"{counted(known, 'parameter')} so far"
            cards = counted(count, "layer")
            self.say_totals((f"{title} · {cards} · {faults} · {so_far}", f"{faults} · {so_far}", faults))
        self._show_problem()
        self._place_empty()
        self.map.place()

    @Slot(str, dict)
    def add(self, kind: str, parameters: dict[str, Parameter]) -> None:
        """Put a layer behind the chosen one, or where a wire was drawn into the open."""
        link, self._link = self._link, None
        if link is not None:
            self.board.edits.add_at(kind, parameters, (link[1].x(), link[1].y()), after=link[0])
        else:
            self.board.edits.add(kind, parameters)

    def remember_wire(self, source: str, at: QPointF) -> None:
        """The next layer goes to `at`, linked from `source`."""
        self._link = (source, at)

    def where_next(self) -> str:
        """Where the next layer goes, in words."""
        if self._link is not None:
            return f"Goes to the end of the new wire from {self._link[0]}."
        chosen = self.board.chosen_in_order()
        if len(chosen) > 1:
            return f"Goes behind {chosen[-1]}; one that joins takes all {len(chosen)}."
        if chosen:
            return f"Goes behind {chosen[0]}."
        return "Goes to the end, or where you drop it."

    # --- what is wrong ------------------------------------------------------------------------------------------------

    def _show_problem(self) -> None:
        """The chosen card's problem, or else the first one: also what an edit here has done elsewhere."""
        diagnosis, drawing = self._document.diagnosis, self._document.drawing
        hidden = folded_away(drawing) if drawing.groups else {}
        current = self.board.current_layer
        at_current = [one for one in diagnosis.problems if hidden.get(one.layer, one.layer) == current]
        problems = (*at_current, *diagnosis.problems) if current else diagnosis.problems
        found = problems[0] if problems and drawing.layers else None
        if found is not None and found.place == self._aside:
            found = None
        elif not any(one.place == self._aside for one in diagnosis.problems):
            self._aside = ()
        self.commands.has_fault = found is not None
        if found is None:
            self._shown, self._fixes = None, ()
            self._rest.stop()
            self.problem.show_problem("", "", ())
            return
        if found is not self._shown:
            self._shown, self._fixes = found, ()
            self._rest.start()
        card = hidden.get(found.layer, found.layer)
        self.problem.show_problem(card, found.sentence, [fix.text for fix in self._fixes])

    def catch_up(self) -> None:
        """Show now what waits until the hand rests."""
        self.find_fixes()
        self.map.catch_up()

    @Slot()
    def find_fixes(self) -> None:
        """Work out now what would mend the problem on show: each fix is tried, which takes longer than a frame."""
        if self._rest.isActive() or self.sender() is self._rest:
            self._rest.stop()
            if self._shown is not None:
                self._fixes = fixes_of(self._document.drawing, self._shown, self._document.diagnosis)
                self._show_problem()

    @Slot()
    def mend(self) -> None:
        """Do what the first button beside the fault says, where one stands there."""
        self.find_fixes()
        if self._fixes:
            self._on_fix_chosen(0)

    @Slot(int)
    def _on_fix_chosen(self, number: int) -> None:
        if number < len(self._fixes):
            fix = self._fixes[number]
            self.board.edits.mend(fix.text.rstrip("."), fix.graph)
            self.board.setFocus()

    @Slot()
    def _on_problem_closed(self) -> None:
        """Put aside until it is mended, or another comes up."""
        if self._shown is not None:
            self._aside = self._shown.place
            self._show_problem()
            self.board.setFocus()

    @Slot()
    def _on_selection_changed(self) -> None:
        self._link = None
        self._show_problem()

    # --- the rest -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_empty()
        self.problem.place()
        self.map.place()

    @Slot()
    def _place_empty(self) -> None:
        """Only where it is seen: a style sheet that is set again costs a millisecond at each edit."""
        self.empty.setVisible(not self._document.drawing.layers)
        if self.empty.isHidden():
            return
        self.empty.setFont(self._theme.font("body"))
        self.empty.setStyleSheet(f"color: {self._theme.hex('muted')};")
        self.empty.setGeometry(self.board.viewport().rect())
