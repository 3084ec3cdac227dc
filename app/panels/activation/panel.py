"""The activation panel: curves, Maxout, depth and race, one view in front. Puts them together; imports no other panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from app.panel import Panel, State, StateError
from app.panel_change import PanelChange
from app.panels.activation.panel_commands import panel_rows
from app.panels.activation.state import SCHEMA, ActivationState, from_json, to_json
from app.panels.activation.view import VIEWS, ActivationView, ViewContext, ViewState, build_view
from app.widgets.formula_view import FormulaSetter
from app.widgets.page_stack import PageStack
from app.widgets.tab_strip import TabStrip
from app.workspace import Workspace

if TYPE_CHECKING:
    from app.panels.activation.curves.view import CurvesView


_PAGES = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class ActivationPanel(Panel):
    """A strip of tabs over the view in front; views are built when first wanted."""

    schema = SCHEMA
    first_view = VIEWS[0].name  # in front until another is chosen

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.views: dict[str, ActivationView] = {}
        self._first: dict[str, ViewState] = {}  # of each, as it was built
        self.name = ""
        self.formulas = FormulaSetter(self)
        self._keys: dict[str, list[QShortcut]] = {}  # of each view that was built
        self.strip = TabStrip(
            workspace.theme, "Views", [(spec.name, spec.title, spec.description) for spec in VIEWS], self
        )
        self.pages = PageStack(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.pages, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for number, spec in enumerate(VIEWS):  # as shortcuts: a field that is typed into would take the digit
            shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setProperty("view", spec.name)
            shortcut.activated.connect(self._on_view_key_pressed)
        self.strip.chosen.connect(self._on_view_chosen)
        self.awake_changed.connect(self._on_awake_changed)
        self.show_view(self.first_view)

    # --- views --------------------------------------------------------------------------------------------------------

    @property
    def front(self) -> ActivationView:
        """The view that is shown."""
        return self.views[self.name]

    def built(self, name: str) -> ActivationView:
        """The view `name`, built now if it was not."""
        if name not in self.views:
            spec = next(spec for spec in VIEWS if spec.name == name)
            context = ViewContext(self.workspace, partial(self._push, name), self.demonstrate, self.formulas)
            view = build_view(spec, context)
            self.views[name] = view
            self._first[name] = view.state()
            view.state_changed.connect(self.state_changed)
            self._keys[name] = self._take_keys(view)
            self.pages.addWidget(view)
        return self.views[name]

    def _take_keys(self, view: ActivationView) -> list[QShortcut]:
        """The keys of a view's buttons, as keys of this panel alone.

        A button's own shortcut holds in the whole window: with the neuron beside, 1 would fire no input any more.
        """
        shortcuts = []
        for button in view.findChildren(QAbstractButton):
            key = button.shortcut()
            if not key.isEmpty():
                button.setShortcut(QKeySequence())
                shortcut = QShortcut(key, self)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.setEnabled(False)  # until the view comes to the front
                shortcut.activated.connect(button.click)
                shortcuts.append(shortcut)
        return shortcuts

    @property
    def curves(self) -> CurvesView:
        """The view of curves, built if it was not."""
        view = self.built("curves")
        return cast("CurvesView", view)

    def show_view(self, name: str) -> None:
        """Bring the view `name` to the front."""
        view = self.built(name)
        if name != self.name:
            if self.name:
                self.front.set_shown(False)
            for other, shortcuts in self._keys.items():
                for shortcut in shortcuts:
                    shortcut.setEnabled(other == name)
            self.name = name
            self.pages.setCurrentWidget(view)
            self.strip.show_page(name)
            view.set_shown(self.is_awake)

    def demonstrate(self, what: dict[str, Any]) -> None:
        """Show a demonstration in the view that it names, as one step that can be undone."""
        rest = dict(what)
        name = str(rest.pop("view", ""))
        if name not in [spec.name for spec in VIEWS]:
            self.workspace.warn(f"This demonstration is for the view '{name}', which is not there.")
            return
        before = self.state()
        view = self.built(name)
        try:
            view.apply(view.demonstrate(rest))
        except (StateError, ValueError) as error:
            reason = error.sentence if isinstance(error, StateError) else str(error)
            self.workspace.warn(f"The demonstration cannot be shown: {reason}")
            return
        self.show_view(name)
        self._push_change("panel", "Show a demonstration", before, self.state())

    def _push(self, name: str, text: str, before: ViewState, after: ViewState, *, merges: bool = False) -> None:
        self._push_change(f"view.{name}", text, before, after, merges=merges)

    def _push_change(self, thing: str, text: str, before: object, after: object, *, merges: bool = False) -> None:
        change = PanelChange(text, f"activation.{thing}", before, after, self._take, merges=merges)
        self.workspace.document.undo_stack.push(change)
        self.state_changed.emit()

    def _take(self, thing: str, value: Any) -> None:
        """Undo or redo: `value` is to stand."""
        kind, _, name = thing.removeprefix("activation.").partition(".")
        if kind == "view":
            self.built(name).apply(value)
            self.show_view(name)
        else:
            self.apply(value)
        self.state_changed.emit()

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        return to_json(ActivationState(self.name, {name: view.state() for name, view in self.views.items()}))

    def apply(self, state: State) -> None:
        wanted = from_json(state)
        before: dict[str, ViewState] = {}
        for name, part in {**self._first, **wanted.views}.items():
            view = self.built(name)
            before[name] = view.state()
            try:
                view.apply(part)
            except StateError as error:
                del before[name]
                for other, kept in before.items():
                    self.views[other].apply(kept)
                key = f"views.{name}.{error.key}" if error.key else f"views.{name}"
                raise StateError(error.sentence, key) from error
        self.show_view(wanted.view)

    def reset(self) -> None:
        """The view in front as it was opened; the others stay as they are. Can be undone."""
        opened = (self.opened_state or {}).get("views", {})
        before = self.front.state()
        self.front.apply(opened.get(self.name, self._first[self.name]))
        self.front.start_over()
        if self.front.state() != before:
            title = next(spec.title for spec in VIEWS if spec.name == self.name)
            self._push(self.name, f"Reset {title}", before, self.front.state())

    # --- what others ask of it ----------------------------------------------------------------------------------------

    def act(self) -> None:
        self.front.act()

    def advance(self, seconds: float) -> None:
        self.front.advance(seconds)

    @property
    def is_busy(self) -> bool:
        return self.front.is_busy or self.formulas.is_busy

    def key_rows(self) -> list[tuple[str, str]]:
        return [*panel_rows(), *self.front.key_rows()]

    def close_panel(self) -> None:
        for view in self.views.values():
            view.close_view()
        self.formulas.close()

    # --- what happens -------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing within has taken: a slider and a list turn pages of their own."""
        by = _PAGES.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self._turn_page(by)

    def _turn_page(self, by: int) -> None:
        if self.front.turn_page(by):
            return
        names = [spec.name for spec in VIEWS]
        number = names.index(self.name) + by
        if 0 <= number < len(names):
            self._on_view_chosen(names[number])
            self.setFocus()  # or the new view's first field would have it, and take the next key

    @Slot(str)
    def _on_view_chosen(self, name: str) -> None:
        self.show_view(name)
        self.state_changed.emit()

    @Slot()
    def _on_view_key_pressed(self) -> None:
        shortcut = self.sender()
        if isinstance(shortcut, QShortcut):
            self._on_view_chosen(str(shortcut.property("view")))

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        self.front.set_shown(is_awake)
