"""InsideRoom: what trains is drawn within the layers on the canvas, as far as it is in sight. Asks through the session's InsideWatch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot

from app.inside_watch import InsideWatch
from app.panel import Panel
from app.panels.builder.inside_bar import InsideBar
from app.panels.builder.inside_looks import answer_text, layer_inside, wanted_text
from app.run_questions import RunQuestions
from app.widgets.network_inside_ink import InsideInk
from app.widgets.network_inside_items import InsideItem, level_at
from app.workspace import Workspace
from trainers.datasets import DATASETS
from trainers.events import NetworkInside
from trainers.network_graph import Layer

if TYPE_CHECKING:
    from app.panels.builder.building_view import BuildingView

WHO = "network panel"
_REST = 120  # ms after the last movement until what is asked for follows
# Of the canvas, for type of scale 1 and at most: the numbers of every picture that is sent can be read, be it 8 maps of 64 x 64 on the
# narrowest card or 400 weights in a row. Looked at up to 700: cells and numbers stand where they should, Qt clips what is beyond.
_READING_ZOOM, _LARGEST_ZOOM = 320.0, 640.0
_MOST_OUTPUTS, _MOST_SHOWN = 48, 80  # layers
_UNSEEN = {  # by state, while nothing within is known
    "idle": "Train, and see inside each layer.",
    "failed": "The training failed before there was anything to draw on the layers.",
}
_HINTS = {  # in the line, and what its tooltip adds
    "strips": (
        "bars: gradient, size, rest",
        "The bars below a layer: the norm of its gradient (10⁻⁶ to 10²) and the mean size of its outputs (10⁻⁴ to 10²), both"
        " logarithmic, and for an activation the share of outputs that are at rest or saturated. Nearer: its outputs.",
    ),
    "outputs": (
        "colours: − blue, + orange",
        "Each layer's outputs for this sample: orange above 0, blue below, each on its own scale. Below it the norm of its"
        " gradient and the mean size of its outputs, both logarithmic, and the share at rest. Nearer: scales, kernels, gradients.",
    ),
    "layers": (
        "colours: − blue, + orange",
        "Weights, their gradient, and the outputs for this sample: orange above 0, blue below, each on the scale"
        " that it states. Nearer: the numbers.",
    ),
}


class InsideRoom(QObject):
    """Follows the view: only layers in sight and large enough are asked for, and each look is painted once. Sleeps while hidden."""

    changed = Signal()  # what it draws was switched on or off, or another sample chosen

    def __init__(self, workspace: Workspace, view: BuildingView, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._theme, self._document, self._turns = workspace.theme, workspace.document, workspace.turns
        training = workspace.training
        known = isinstance(training, RunQuestions)  # a stand-in cannot be asked
        self._training: RunQuestions | None = training if known else None
        self._watch = self._training.inside if self._training is not None else InsideWatch(_nobody_hears, self)
        self._board = view.board
        self._ink = InsideInk(self._theme)
        self._items: dict[str, InsideItem] = {}
        self._shown: dict[str, Layer] = {}  # layers in sight, by name
        self._level = ""
        self._is_awake = False
        self.is_wanted = True
        self.bar = InsideBar(self._theme, view)
        layout = view.layout()
        assert layout is not None
        layout.insertWidget(1, self.bar)  # type: ignore[attr-defined]  # a QVBoxLayout
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.follow)
        self._board.largest_zoom = _largest_zoom(self._theme.scale)
        self._board.moved.connect(self._on_view_moved)
        self._board.zoomed.connect(self._on_view_moved)
        self._watch.looked.connect(self._on_looked)
        self._watch.forgotten.connect(self._on_forgotten)
        self._watch.sample_changed.connect(self._on_sample_changed)
        self._document.drawing_changed.connect(self._on_view_moved)
        if self._training is not None:
            self._training.state_changed.connect(self._on_state_changed)
        self._theme.changed.connect(self._on_theme_changed)
        self.bar.sample_chosen.connect(self._watch.choose_sample)
        self.bar.drawn_toggled.connect(self._on_drawn_toggled)
        self.bar.look_asked.connect(self._on_look_asked)
        self.bar.toggled.connect(self.set_wanted)
        view.commands.inside_asked.connect(self._on_inside_asked)
        view.commands.sample_asked.connect(self.step_sample)
        self._board.installEventFilter(self)
        panel.awake_changed.connect(self._on_awake_changed)
        self._say()

    # --- what a person does -------------------------------------------------------------------------------------------

    @property
    def sample(self) -> int:
        """The test sample whose way is shown."""
        return self._watch.sample

    @Slot(bool)
    def set_wanted(self, is_wanted: bool) -> None:
        """Draw what is within, or leave the drawing as it is."""
        if is_wanted == self.is_wanted:
            return
        self.is_wanted = is_wanted
        self.bar.show_on(is_wanted)
        self._show_choice()
        self.follow()
        self.changed.emit()

    @Slot(int)
    def step_sample(self, count: int) -> None:
        """So many samples on."""
        if self._watch.newest is not None:
            self._watch.choose_sample(self._watch.sample + count)

    def show_wanted(self, is_wanted: bool, sample: int) -> None:
        """As a state has it."""
        self.set_wanted(is_wanted)
        self._watch.choose_sample(sample)

    def close(self) -> None:
        """Ask for nothing any more."""
        self.is_wanted = False
        self.follow()

    @Slot()
    def _on_inside_asked(self) -> None:
        self.set_wanted(not self.is_wanted)

    @Slot()
    def _on_sample_changed(self) -> None:
        self._show_choice()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A canvas out of sight asks for nothing."""
        if watched is self._board and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._on_awake_changed()
        return super().eventFilter(watched, event)

    @Slot()
    def _on_awake_changed(self) -> None:
        """Behind another panel's tab the canvas counts as visible: Qt moves it out of sight and hides nothing."""
        is_awake = self._panel.is_awake and self._board.isVisible()
        if is_awake != self._is_awake:
            self._is_awake = is_awake
            self.follow()

    @Slot()
    def _on_look_asked(self) -> None:
        if self._training is not None:
            self._training.look_inside()

    @Slot(bool)
    def _on_drawn_toggled(self, is_drawn: bool) -> None:
        self._watch.show_drawn(self._watch.pad if is_drawn else None)

    # --- what is in sight ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_view_moved(self) -> None:
        if not (self.is_wanted and self._is_awake):
            return
        if self._level == "layers":
            for item in self._items.values():
                item.update()  # its captions stay in sight, so they do not move along
        if not self._rest.isActive():
            self._rest.start()

    @Slot()
    def follow(self) -> None:
        """Ask for what is in sight now, and draw what is known of it."""
        self._rest.stop()
        shown = self._shown = self._in_sight() if self.is_wanted and self._is_awake else {}
        for name in [name for name in self._items if name not in shown]:
            self._drop(name)
        self._level = level_at(self._board.zoom, self._theme.scale)
        names = tuple(shown)
        count = 0 if self._level in ("", "strips") else _MOST_OUTPUTS
        main, rest = names[:count], names[count:]
        if self._level == "layers":
            self._watch.want(WHO, main, strips=rest)
        else:
            self._watch.want(WHO, outputs=main, strips=rest)
        event = self._watch.newest
        if event is not None:
            self._draw(event)
        self._say()

    def _in_sight(self) -> dict[str, Layer]:
        """Cards in sight of layers that are the same in the network that trains."""
        board = self._board
        if not level_at(board.zoom, self._theme.scale):
            return {}
        seen = board.mapToScene(board.viewport().rect()).boundingRect()
        unchanged = _unchanged(board.cards.layers, self._document.graph.layers)
        return {name: unchanged[name] for name in board.layers_in(seen)[:_MOST_SHOWN] if name in unchanged}

    def _drop(self, name: str) -> None:
        self._items.pop(name).leave_card()

    def _item(self, name: str) -> InsideItem:
        """The item on a layer's card, made where there is none, or where the card is another one by now."""
        card = self._board.layer_item(name)
        item = self._items.get(name)
        if item is not None and item.card is not card:
            self._drop(name)
            item = None
        if item is None:
            item = self._items[name] = InsideItem(card, self._ink)
        item.fit_card()
        return item

    # --- what is drawn ------------------------------------------------------------------------------------------------

    def _draw(self, event: NetworkInside) -> None:
        classes, last = self._classes(), self._document.analysis.order[-1]
        for name, layer in self._shown.items():
            if self._board.box_of(name) is not None:
                self._item(name).show_inside(layer_inside(event, layer, classes, name == last))

    def _classes(self) -> tuple[str, ...]:
        if self._training is None:
            return ()
        run, data = self._training.run, DATASETS.get(self._training.data.name)
        return run.classes if run is not None else data.classes if data is not None else ()

    @Slot(object)
    def _on_looked(self, _event: NetworkInside) -> None:
        self._turns.ask(self, "look", self._show_newest)

    def _show_newest(self) -> None:
        """The last look, when its turn has come."""
        if self._watch.newest is not None and self.is_wanted and self._is_awake:
            self._draw(self._watch.newest)
            self._show_choice()
            self._say()

    @Slot()
    def _on_forgotten(self) -> None:
        for name in list(self._items):
            self._drop(name)
        self._show_choice()
        self._say()

    @Slot()
    def _show_choice(self) -> None:
        watch = self._watch
        samples = watch.newest.samples if watch.newest is not None else 0
        samples = samples if self.is_wanted else 0
        self.bar.show_choice(
            watch.sample, samples, has_drawing=watch.pad is not None and samples > 0, is_drawn=watch.drawn is not None
        )

    @Slot(str)
    def _on_state_changed(self, _state: str) -> None:
        self._say()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._ink = InsideInk(self._theme)
        self._board.largest_zoom = _largest_zoom(self._theme.scale)
        for name in list(self._items):
            self._drop(name)
        self.follow()

    def _say(self) -> None:
        """One line: what is drawn, of which step and sample, and whether it is this drawing that trains."""
        if not self._is_awake:
            return
        if not self.is_wanted:
            self.bar.say("The layers alone: the eye draws what is within them while they train.", "", may_look=False)
            return
        event, classes = self._watch.newest, self._classes()
        if not self._document.drawing.layers:
            self.bar.say("There is nothing to look into yet.", "", may_look=False)
            return
        if event is None:
            state = self._training.state if self._training is not None else "idle"
            told = _UNSEEN.get(state, "The network is being prepared.")
            self.bar.say(told, "", may_look=state == "idle")
            return
        wanted, said = wanted_text(event, classes), answer_text(event, classes)
        who = "your drawing" if event.sample is None else f"test {event.sample}"
        told = f"{who} ({wanted})" if wanted else who
        hint, more = _HINTS.get(
            self._level, ("nearer: what is within", "Zoom in, and what is within a layer is drawn on it.")
        )
        parts = [f"Step {event.step:,}", f"{told}: network says {said}", hint]
        if self._document.is_faulty:
            parts.insert(0, "What trains is the network before the last changes")
        self.bar.say(" · ".join(parts), more, may_look=False)


def _unchanged(drawn: Iterable[Layer], trained: Iterable[Layer]) -> dict[str, Layer]:
    """Of the layers drawn those that train as they are drawn, by name."""
    known = {layer.name: (layer.kind, layer.parameters) for layer in trained}
    return {layer.name: layer for layer in drawn if known.get(layer.name) == (layer.kind, layer.parameters)}


def _largest_zoom(scale: float) -> float:
    """How near one may go with type of that scale: near enough to read numbers."""
    return min(_READING_ZOOM * scale, _LARGEST_ZOOM)


def _nobody_hears(_wish: object) -> bool:
    """Where there is no training that could be looked into."""
    return False
