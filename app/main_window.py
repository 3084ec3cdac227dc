"""MainWindow: docks, menus, toolbar, status bar and message bar put together; no feature code, and no panel is imported."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QTabBar, QTabWidget, QWidget

from app.arrangements import apply_arrangement, remember_arrangement, remembered_arrangement
from app.empty_window import EmptyWindow
from app.own_arrangements import OwnArrangements
from app.panel import Panel
from app.panel_catalog import PANELS, find_panel
from app.panel_dock import PanelDock, panel_around
from app.panel_states import PanelStates
from app.run_actions import RunActions
from app.run_failure_notice import RunFailureNotice
from app.run_toolbar import RunToolbar, StateLabel
from app.tab_pulling import TabPulling
from app.widgets.message_bar import Message, MessageBar
from app.window_actions import build_actions
from app.window_commands import WindowCommands
from app.window_menus import build_menus
from app.window_place import FirstPlacing, restore_place, take_first_size
from app.workspace import Workspace


class MainWindow(QMainWindow):
    """The window. `painted` is emitted once, after the first paint: what may wait (the warm worker) waits for it."""

    painted = Signal()

    def __init__(self, workspace: Workspace, *, may_remember: bool = True) -> None:
        super().__init__()
        self.workspace = workspace
        self.may_remember = may_remember
        self.is_presentation = False  # full screen and arranged for a lecture: no way to come back the next time
        self.docks: dict[str, PanelDock] = {}
        self.arrangement = ""
        self._last_panel: Panel | None = None
        self._panel_states = PanelStates(workspace.settings.panel_states_file) if may_remember else None
        self._tidy_timer = QTimer(self)
        self._tidy_timer.setSingleShot(True)
        self._tidy_timer.timeout.connect(self._tidy_docks)
        self._has_painted = False
        self.commands = WindowCommands(self)
        self.actions_by_name, self._groups = build_actions(self.commands, workspace.theme)
        self.run_actions = RunActions(workspace, self)
        self.toolbar = RunToolbar(workspace, self.run_actions, self)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.toolbar)
        self.message_bar = MessageBar(workspace.theme, self)
        self._empty = EmptyWindow(workspace.theme, self.actions_by_name["reset_arrangement"], self)
        self._set_up_docks()
        self.menus, self.recent_menu = build_menus(self)
        arrangements = self.actions_by_name["arrange_train"].actionGroup()
        self.own_arrangements = OwnArrangements(self, arrangements)
        self._set_up_status_bar()
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 400)
        workspace.turns.follow(self)
        workspace.message_posted.connect(self.message_bar.post)
        workspace.message_withdrawn.connect(self.message_bar.withdraw)
        self.message_bar.shown.connect(self._on_message_shown)
        self._failure_notice = RunFailureNotice(workspace, self)
        workspace.document.drawing_changed.connect(self._on_document_changed)
        workspace.document.path_changed.connect(self._on_document_changed)
        workspace.theme.changed.connect(self._on_theme_changed)
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]
        self._on_document_changed()
        self._on_theme_changed()
        for trouble in (workspace.settings.trouble, self._panel_states.trouble if self._panel_states else None):
            if trouble:
                workspace.message_posted.emit(Message(trouble, "warning"))

    @Slot(object)
    def _on_panel_built(self, panel: Panel) -> None:
        """As it was when the window was last closed; one that cannot be shown any more is told of, and opens afresh."""
        if self._panel_states is not None:
            sentence = self._panel_states.give_back(panel, find_panel(panel.objectName()))
            if sentence:
                self.workspace.warn(sentence)

    # --- putting together ---------------------------------------------------------------------------------------------

    def _set_up_docks(self) -> None:
        self.setDockNestingEnabled(True)
        self._tab_pulling = TabPulling(self.docks, self)
        # no GroupedDragging: docks that float together lie in a window of Qt's own, through which a key does not come here,
        # and a program that allowed it crashed when they were merged (https://github.com/qgis/QGIS/pull/65055)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for spec in PANELS:
            dock = PanelDock(spec, self.workspace, self)
            dock.key_pressed.connect(self._on_key_left_over)
            dock.panel_built.connect(self._on_panel_built)
            dock.dockLocationChanged.connect(self._on_docks_moved)
            dock.visibilityChanged.connect(self._on_docks_moved)
            self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            dock.hide()
            self.workspace.turns.follow(dock)  # which floats in a window of its own
            self.docks[spec.name] = dock

    def _set_up_status_bar(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(8, 0, 8, 0)
        bar.addWidget(StateLabel(self.workspace, bar), 1)
        hint = QLabel("Ctrl+K commands    F1 keys", bar)
        hint.setObjectName("muted")
        bar.addPermanentWidget(hint)

    # --- panels -------------------------------------------------------------------------------------------------------

    def arrange(self, name: str, *, is_fresh: bool = False) -> None:
        """Put the docks where arrangement `name` has them; what a person changed in the last one is kept under its name."""
        if self.arrangement and self.may_remember and not is_fresh:
            remember_arrangement(self, self.arrangement)
        self.arrangement = name
        self.setFocus()  # or, its panel gone, a button of the toolbar would take Space: Start again
        apply_arrangement(self, name, is_fresh=is_fresh)
        self.actions_by_name[f"arrange_{name}"].setChecked(True)
        self._tidy_docks()

    def open_remembered(self) -> None:
        """Size, place and arrangement as they were when the window was last closed."""
        if not restore_place(self, self.workspace.settings.geometry):
            take_first_size(self)
            self.painted.connect(FirstPlacing(self).begin)
        self.arrange(remembered_arrangement(self))

    def show_panel(self, name: str) -> Panel:
        """Bring the panel `name` to the front, built now if it was not, and give it the focus. BadInput if there is none."""
        dock = self.docks[find_panel(name).name]
        panel = dock.build()
        if dock not in [other for other in self.docks.values() if not other.isHidden()]:
            dock.show()
        dock.raise_()
        dock.take_keys()
        self._last_panel = panel
        return panel

    def front_panel(self) -> Panel | None:
        """The panel that keys act on: the focused one, or the one last focused, or the first that can be seen."""
        focused = panel_around(QApplication.focusWidget())
        if focused is not None and focused.is_awake:  # a panel behind another one's tab keeps the focus
            return focused
        if self._last_panel is not None and self._last_panel.is_awake:
            return self._last_panel
        seen = [dock.panel for dock in self.docks.values() if dock.panel is not None and dock.panel.is_awake]
        return seen[0] if seen else None

    def front_dock(self) -> PanelDock | None:
        """The dock of the panel that keys act on."""
        panel = self.front_panel()
        return next((dock for dock in self.docks.values() if dock.panel is panel), None) if panel else None

    def act(self) -> None:
        """The Space key: the focused panel's clock, or, where it has none, the training."""
        panel = self.front_panel()
        if panel is None or type(panel).act is Panel.act:
            self.workspace.training.toggle()
        else:
            panel.act()

    @Slot()
    def _tidy_docks(self) -> None:
        """Tabs and a lone panel need no title of their own: the room is the panel's."""
        lying = [dock for dock in self.docks.values() if not dock.isHidden() and not dock.isFloating()]
        self._empty.show_while(is_empty=not lying)
        behind = panel_around(self.focusWidget())
        if self.focusWidget() is self or (behind is not None and not behind.is_awake):
            (self.front_panel() or self).setFocus()
        for dock in self.docks.values():
            dock.show_title(dock.isFloating() or (len(lying) > 1 and not self.tabifiedDockWidgets(dock)))
        side = self.workspace.theme.px(16)
        for bar in self.findChildren(QTabBar):
            if bar.parentWidget() is self:  # Qt has made it
                bar.setAccessibleName("Panels")
                self._tab_pulling.watch(bar)
            bar.setDocumentMode(True)
            bar.setDrawBase(False)
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setIconSize(QSize(side, side))

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        self._last_panel = panel_around(now) or self._last_panel

    @Slot()
    def _on_docks_moved(self) -> None:
        self._tidy_timer.start()  # after the drag that moves them

    @Slot()
    def _on_document_changed(self) -> None:
        document = self.workspace.document
        self.setWindowTitle(f"{document.drawing.title or document.drawing.name}[*] – Hillock")
        self.setWindowModified(document.is_modified)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.workspace.theme
        self.actions_by_name[f"theme_{theme.choice}"].setChecked(True)
        self._place_message_bar()
        self._tidy_docks()

    @Slot(str)
    def _on_message_shown(self, _text: str) -> None:
        self._place_message_bar()
        self.message_bar.raise_()

    def _place_message_bar(self) -> None:
        menus, free = self.menuBar(), QRect()
        if menus.isVisible() and not menus.isNativeMenuBar() and menus.actions():
            free = menus.geometry()
            free.setLeft(menus.x() + menus.actionGeometry(menus.actions()[-1]).right())
        self.message_bar.place(self.rect(), free)

    @Slot(object)
    def _on_key_left_over(self, event: QKeyEvent) -> None:
        self.keyPressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.act()
        elif event.key() == Qt.Key.Key_Home:
            self.commands.reset_panel()
        elif event.key() == Qt.Key.Key_Escape:
            self.message_bar.dismiss()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.commands.open_path(url.toLocalFile())
                return

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_message_bar()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.commands.may_close():
            event.ignore()
            return
        if self.may_remember and self.arrangement:
            remember_arrangement(self, self.arrangement)
        if self._panel_states is not None:
            opened = [(dock.spec, dock.panel) for dock in self.docks.values() if dock.panel is not None]
            self._panel_states.keep(opened)
        # jobs, threads, timers, scenes, window: in this order
        self.workspace.shut_down_jobs()
        self.commands.close()
        for dock in self.docks.values():
            if dock.panel is not None:
                dock.panel.close_panel()
        self.workspace.document.close()
        super().closeEvent(event)
