"""ConvolutionHost: opens the page "One convolution" in place of the drawing, and keeps its state and its steps to undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.panel import Panel
from app.panel_change import PanelChange
from app.panels.builder.convolution_opening import (
    Trained,
    first_kernel,
    is_kernel_of,
    is_shown,
    of_layer,
    trained_kernel,
    with_trained,
)
from app.panels.builder.convolution_state import ConvolutionState, changed, settled
from app.run_questions import RunQuestions
from app.workspace import Workspace
from trainers.events import NetworkInside
from trainers.network_graph import Layer

if TYPE_CHECKING:
    from app.panels.builder.convolution_page import ConvolutionPage

_THING = "builder.convolution"
_WHO = "one convolution"  # asks the run


class ConvolutionHost(QObject):
    """The page is built when it is first wanted. Hidden, it keeps what it showed."""

    state_changed = Signal()

    brought = Signal()  # the page stands in front, or the drawing again
    uncovered = Signal()  # the drawing is seen for the first time: the page stood there when the panel was shown

    def __init__(self, workspace: Workspace, panel: Panel) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._panel = panel
        self._covered: list[QWidget] = []  # what of the panel the page stands in the place of
        self._stretches: list[int] = []  # of the panel's layout while the drawing is in front
        self._is_open = self._was_unseen = False
        self._followed: Layer | None = None  # whose kernel the run tells of
        self._trained: Trained | None = None  # that kernel, as it was last told
        self._page: ConvolutionPage | None = None
        self._proxy: QWidget | None = None  # what has the panel's keys while the drawing is in front

    @property
    def page(self) -> ConvolutionPage:
        """The page, built now if it was not."""
        if self._page is None:
            from app.panels.builder.convolution_page import ConvolutionPage

            self._page = page = ConvolutionPage(self._workspace.theme, self._push, self._panel)
            page.put(changed(page.state, is_open=False))
            page.back_asked.connect(self.leave)
            if isinstance(self._workspace.training, RunQuestions):
                self._workspace.training.inside.looked.connect(self._on_run_looked)
            page.said.connect(self._workspace.message_posted)
            page.state_changed.connect(self.state_changed)
            page.state_changed.connect(self._offer_again)
            page.shown.connect(self._on_page_shown)
            page.bar.again_asked.connect(self._on_again_asked)
            self._panel.awake_changed.connect(page.set_awake)
            page.set_awake(self._panel.is_awake)
            page.hide()
            layout = self._panel.layout()
            assert isinstance(layout, QBoxLayout)
            layout.addWidget(page, 1)
        return self._page

    @property
    def is_open(self) -> bool:
        """Whether the page stands in front."""
        return self._is_open

    @property
    def state(self) -> ConvolutionState | None:
        """What the page shows, or would; None where it is as it begins, and not in front."""
        if self._page is None or self._page.state == _CLOSED:
            return None
        return self._page.state

    def put(self, state: ConvolutionState | None) -> None:
        """Show `state`, which has been checked; None: the drawing, and the page as it begins."""
        if state is None and self._page is None:
            return
        self.page.put(_CLOSED if state is None else settled(state))
        self._bring(self.page.state.is_open)

    @Slot()
    def open(self) -> None:
        """The page, with what it last showed."""
        page = self.page
        page.put(changed(page.state, is_open=True))
        self._bring(True)
        self.state_changed.emit()

    def open_layer(self, name: str) -> None:
        """The page with the window of the drawing's layer `name`, and with its first kernel where that was trained; one step to undo.

        With what it last showed where the layer is no convolution and no pooling.
        """
        document = self._workspace.document
        layer = next((one for one in document.drawing.layers if one.name == name), None)
        if layer is not None and is_shown(layer):
            page, before = self.page, self.page.state
            trained = trained_kernel(self._workspace, document.graph, layer)
            after = of_layer(before, layer, trained)
            page.put(after)
            self._push(f"See {name} at work", before, after)
            self._ask_run(layer, trained)
        self.open()

    @Slot()
    def leave(self) -> None:
        """Back to the drawing."""
        self._stop_asking()
        if self._page is not None:
            self._page.put(changed(self._page.state, is_open=False, is_playing=False))
            self._bring(False)
            self.state_changed.emit()

    # --- the kernel of a run ------------------------------------------------------------------------------------------

    def _ask_run(self, layer: Layer, trained: Trained | None) -> None:
        """Let the run, now or later, tell of the layer's kernel for as long as the page is seen. trained: the last that is known."""
        training = self._workspace.training
        self._stop_asking()
        if layer.kind == "conv2d" and isinstance(training, RunQuestions):
            self._followed, self._trained = layer, trained
            self._on_page_shown(self.page.is_seen)

    def _stop_asking(self) -> None:
        self._on_page_shown(False)
        self._followed = self._trained = None
        if self._page is not None:
            self._page.bar.offer_again("")

    @Slot(bool)
    def _on_page_shown(self, is_shown: bool) -> None:
        training = self._workspace.training
        if self._followed is not None and isinstance(training, RunQuestions):
            training.inside.want(_WHO, (self._followed.name,) if is_shown else ())

    @Slot(object)
    def _on_run_looked(self, look: NetworkInside) -> None:
        layer = self._followed
        trained = None if layer is None else first_kernel(look.weights, layer.name, look.step)
        if layer is None or trained is None:
            return
        self._trained = trained
        state = self.page.state
        if is_kernel_of(state, layer) and trained[0].shape == state.windows.convolution.sides:
            self.page.follow(with_trained(state, layer, trained))
        self._offer_again()

    @Slot()
    def _offer_again(self) -> None:
        """Numbers of one's own stay as they are; those of the run can be taken in their place."""
        layer, page = self._followed, self.page
        is_own = layer is not None and self._trained is not None and page.state.mode == "convolution"
        page.bar.offer_again(layer.name if layer is not None and is_own and not is_kernel_of(page.state, layer) else "")

    @Slot()
    def _on_again_asked(self) -> None:
        layer, before = self._followed, self.page.state
        if layer is not None and self._trained is not None:
            after = of_layer(before, layer, self._trained)
            self.page.put(after)
            self._push(f"Take the kernel of {layer.name}", before, after)
            self._offer_again()

    def reset(self) -> None:
        """The page in front as it begins; can be undone."""
        page, before = self.page, self.page.state
        page.put(ConvolutionState())
        if page.state != before:
            self._push("Reset the convolution", before, page.state)
        self.state_changed.emit()

    def _bring(self, is_page: bool) -> None:
        """Page or drawing in front, the keys with it."""
        page = self._page
        if page is None or is_page == self.is_open:
            return
        self._is_open = is_page
        layout = self._panel.layout()
        assert isinstance(layout, QBoxLayout)
        layout.setEnabled(False)  # until all is there: room given to a part for a moment would shift its inner lines
        if is_page:
            self._proxy = self._panel.focusProxy()
            self._panel.setFocusProxy(page)
            only_here = Qt.FindChildOption.FindDirectChildrenOnly
            parts = self._panel.findChildren(QWidget, options=only_here)
            self._covered = [part for part in parts if not (part is page or part.isHidden() or part.isWindow())]
        elif self._proxy is not None:
            self._panel.setFocusProxy(self._proxy)
        for part in self._covered:
            part.setVisible(not is_page)
        page.setVisible(is_page)
        self.brought.emit()
        own = layout.indexOf(page)
        if is_page:
            self._stretches = [layout.stretch(index) for index in range(own)]
        for index, stretch in enumerate(self._stretches):
            layout.setStretch(index, 0 if is_page else stretch)  # a row of hidden parts would keep its share
        layout.setEnabled(True)
        layout.activate()
        if is_page:
            self._was_unseen = not self._panel.isVisible()
        elif self._was_unseen:
            self._was_unseen = False
            self.uncovered.emit()
        if self._panel.isVisible():
            self._panel.setFocus()

    def advance(self, seconds: float) -> None:
        """Turn the page's clock, from now on by hand."""
        if self._page is not None:
            self._page.is_clock_by_hand = True
            self._page.advance(seconds)

    @property
    def is_busy(self) -> bool:
        """Whether the page in front is still being set."""
        return self.is_open and self.page.is_busy

    def close(self) -> None:
        """Let go of the page's timer and thread."""
        self._stop_asking()
        if self._page is not None:
            self._page.close_page()

    # --- undo ---------------------------------------------------------------------------------------------------------

    def _push(self, text: str, before: ConvolutionState, after: ConvolutionState) -> None:
        change = PanelChange(text, _THING, before, after, self._take, merges=False)
        self._workspace.document.undo_stack.push(change)

    def _take(self, _thing: str, state: ConvolutionState) -> None:
        """Undo or redo: what was made stands again, and can be seen."""
        self.page.take(state)
        self.open()
        self._offer_again()


_CLOSED = changed(ConvolutionState(), is_open=False)
