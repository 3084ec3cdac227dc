"""PanelDock: the dock of one panel, which is built when it is first seen. Knows panels by their spec alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QStyle, QStyleOptionDockWidget, QStyleOptionFrame, QStylePainter, QWidget

from app.panel import Panel, PanelSpec
from app.panel_catalog import build_panel
from app.widgets.icons import icon
from app.workspace import Workspace

_KEYS_UP_MS = 400  # a window manager gives the keys to no window that asked before the last of them was let go


def panel_around(widget: QWidget | None) -> Panel | None:
    """The panel that `widget` is or lies in."""
    while widget is not None and not isinstance(widget, Panel):
        widget = widget.parentWidget()
    return widget


class PanelDock(QDockWidget):
    """Holds the panel of `spec`. Keys that nothing in the panel wants are handed on, also from a floating dock."""

    key_pressed = Signal(object)  # QKeyEvent that nobody inside wanted
    panel_built = Signal(object)  # Panel

    def __init__(self, spec: PanelSpec, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(spec.title, parent)
        self.spec = spec
        self.panel: Panel | None = None
        self._workspace = workspace
        self._around = parent
        self.setObjectName(f"dock_{spec.name}")
        self.setAccessibleName(spec.title)
        self.setWindowIcon(icon(workspace.theme, spec.icon))
        self.visibilityChanged.connect(self._on_visibility_changed)
        self.topLevelChanged.connect(self._on_top_level_changed)

    def build(self) -> Panel:
        """The panel, built now if it was not."""
        if self.panel is None:
            self.panel = build_panel(self.spec, self._workspace)
            self.setWidget(self.panel)
            self.panel_built.emit(self.panel)
        return self.panel

    def show_title(self, is_shown: bool) -> None:
        """Whether the dock has a title bar of its own; a tab that bears the title makes it needless."""
        if is_shown != (self.titleBarWidget() is None):
            before = self.titleBarWidget()
            self.setTitleBarWidget(None if is_shown else QWidget(self))  # type: ignore[arg-type]
            if before is not None:
                before.deleteLater()

    @Slot(bool)
    def _on_visibility_changed(self, is_visible: bool) -> None:
        if is_visible:
            self.build()
        if self.panel is not None:  # Qt hides nothing behind a tab: it moves it out of sight
            self.panel.set_awake(is_visible and self.panel.isVisible())

    @Slot(bool)
    def _on_top_level_changed(self, is_floating: bool) -> None:
        if is_floating:
            self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
            self.show()
        else:
            self.raise_()  # among tabs it would come back behind the one in front

    def float_or_lie(self) -> None:
        """Into a window of its own or back into its place; the panel has the keys there as well."""
        self.leave_keys()
        self.setFloating(not self.isFloating())
        if self.isFloating():  # Qt leaves it where it lay: it would cover the panels that one puts it beside
            around = self._around.geometry()
            size = QSize(around.width() * 3 // 4, around.height() * 2 // 3).expandedTo(self.minimumSizeHint())
            self.resize(size.boundedTo(self.size()))
            self.move(around.right() - self.width(), around.bottom() - self.height())
        self.take_keys()
        QTimer.singleShot(_KEYS_UP_MS, self._ask_again)

    @Slot()
    def _ask_again(self) -> None:
        if self.isFloating() and self._around.focusWidget() is self._around:  # nobody has gone elsewhere meanwhile
            self.take_keys()

    def leave_keys(self) -> None:
        """To the window, which gives them to the panel in front; else the next control had them: Train, or Start again."""
        self._around.setFocus()

    @Slot()
    def take_keys(self) -> None:
        """Have the panel at the keys, in whichever window it is."""
        if not self.isActiveWindow():
            self.activateWindow()
        self.build().setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.titleBarWidget() is not None:
            super().paintEvent(event)
            return
        # Qt writes the title in the type that was in force when the dock was made, also after a change of theme or zoom
        option = QStyleOptionDockWidget()
        self.initStyleOption(option)
        if option.rect.isEmpty():  # the desktop frames the window, and bears the title
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        if self.isFloating():
            frame = QStyleOptionFrame()
            frame.initFrom(self)
            painter.drawPrimitive(QStyle.PrimitiveElement.PE_FrameDockWidget, frame)
        painter.drawControl(QStyle.ControlElement.CE_DockWidgetTitle, option)

    def sizeHint(self) -> QSize:
        return QSize(640, 480) if self.panel is None else super().sizeHint()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.leave_keys()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.isFloating():
            self.key_pressed.emit(event)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:  # on its title: it floats, or lies down again
            self.leave_keys()
        # docked, it hears of the main window's activation too, and would take the focus from the panel in front
        is_activated = event.type() == QEvent.Type.WindowActivate and self.isFloating()
        if is_activated and self.panel is not None and self.focusWidget() is None:
            self.panel.setFocus()
        return super().event(event)
