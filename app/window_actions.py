"""ACTIONS: everything that the window's menus, palette and key sheet offer, declared once as data. Knows no panel."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.widgets.icons import icon
from app.widgets.theme import Theme


class ActionSpec(msgspec.Struct, frozen=True):
    """One action: its name, text, menu ("" for none), the slot of WindowCommands that it calls, its keys and its icon.

    group: name of the exclusive group whose `triggered` calls the slot instead, with this action's `name` as data.
    """

    name: str
    text: str
    menu: str
    slot: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    group: str = ""
    is_checkable: bool = False
    has_rule_before: bool = False


MENUS = ("&File", "&Edit", "&View", "&Run", "&Help")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open_network", "&Open network…", "&File", "ask_for_network", ("Ctrl+O",), "open", "Open a saved network"),
    ActionSpec("open_data", "Open &data…", "&File", "ask_for_data", ("Ctrl+D",), "data", "Train on a CSV file of your own"),
    ActionSpec("open_folder", "Open folder of &images…", "&File", "ask_for_folder", (), "image", "Train on images of your own, one folder for each class"),
    ActionSpec("last_run", "&Go on with the last run", "&File", "go_on_with_last_run", (), "play", "Resume the newest run on disk that has epochs left, with its network, data, settings and curves"),
    ActionSpec("save_network", "&Save network", "&File", "save_network", ("Ctrl+S",), "save", "Write the network to its file", has_rule_before=True),
    ActionSpec("save_network_as", "Save network &as…", "&File", "save_network_as", ("Ctrl+Shift+S",), "save", "Write the network to a new file"),
    ActionSpec("preferences", "&Preferences…", "&File", "show_preferences", ("Ctrl+,",), "preferences", "Theme, zoom, data folder and start-up", has_rule_before=True),
    ActionSpec("quit", "&Quit", "&File", "close_window", ("Ctrl+Q",), "power", "End the training and close Hillock", has_rule_before=True),
    ActionSpec("theme_system", "S&ystem theme", "&View", "choose_theme", (), "theme", "Light or dark, following the system", group="theme", is_checkable=True),
    ActionSpec("theme_paper", "&Paper theme", "&View", "choose_theme", (), "theme", "Light, for working", group="theme", is_checkable=True),
    ActionSpec("theme_night", "&Night theme", "&View", "choose_theme", (), "theme", "Dark, for a dim room", group="theme", is_checkable=True),
    ActionSpec("theme_projector", "P&rojector theme", "&View", "choose_theme", (), "theme", "High contrast, larger type and thicker lines, for the last row", group="theme", is_checkable=True),
    ActionSpec("zoom_in", "Zoom &in", "&View", "zoom_in", ("Ctrl++", "Ctrl+="), "plus", "Everything a tenth larger", has_rule_before=True),
    ActionSpec("zoom_out", "Zoom &out", "&View", "zoom_out", ("Ctrl+-",), "minus", "Everything a tenth smaller"),
    ActionSpec("zoom_reset", "&Actual size", "&View", "zoom_reset", ("Ctrl+0",), "fit", "Everything at its designed size"),
    ActionSpec("full_screen", "&Full screen", "&View", "toggle_full_screen", ("F11",), "full_screen", "The window alone on the screen, and back", is_checkable=True),
    ActionSpec("arrange_lecture", "&Lecture arrangement", "&View", "arrange", ("Ctrl+Alt+1",), "arrangement", "The training in front, the neuron behind it", group="arrangement", is_checkable=True, has_rule_before=True),
    ActionSpec("arrange_build", "&Build arrangement", "&View", "arrange", ("Ctrl+Alt+2",), "arrangement", "The network in front", group="arrangement", is_checkable=True),
    ActionSpec("arrange_train", "&Train arrangement", "&View", "arrange", ("Ctrl+Alt+3",), "arrangement", "The training in front, network and hardware behind it", group="arrangement", is_checkable=True),
    ActionSpec("save_arrangement", "Save arrangement &as…", "&View", "save_arrangement", (), "save", "Keep the panels as they are under a name of your own"),
    ActionSpec("remove_arrangement", "Re&move arrangement", "&View", "remove_arrangement", (), "close", "Forget the arrangement of your own that is in force"),
    ActionSpec("reset_arrangement", "R&eset arrangement", "&View", "reset_arrangement", (), "reset", "Every panel back to where the arrangement has it"),
    ActionSpec("float_panel", "F&loat panel", "&View", "float_panel", ("Ctrl+Shift+F",), "arrangement", "The focused panel in a window of its own, and back"),
    ActionSpec("close_panel", "&Close panel", "&View", "close_panel", ("Ctrl+W",), "close", "Close the focused panel"),
    ActionSpec("reset_panel", "Reset pa&nel", "&View", "reset_panel", (), "home", "The focused panel back to the state it was opened in; of several views, the one in front (Home)"),
    ActionSpec("key_sheet", "&Keys", "&Help", "show_key_sheet", ("F1",), "keys", "Every key on one sheet"),
    ActionSpec("command_palette", "&Commands…", "&Help", "show_command_palette", ("Ctrl+K",), "command", "Find any command by typing a part of its name"),
    ActionSpec("last_report", "Last crash &report", "&Help", "show_last_report", (), "report", "Show the newest crash report", has_rule_before=True),
    ActionSpec("about", "&About Hillock", "&Help", "show_about", (), "about", "Versions and licences"),
)  # fmt: skip


def build_actions(commands: QObject, theme: Theme) -> tuple[dict[str, QAction], list[QActionGroup]]:
    """All actions by name, connected to the bound slots of `commands`, and the groups that they are exclusive in."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in ACTIONS:
        action = QAction(spec.text, commands)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        if spec.icon:
            action.setIcon(icon(theme, spec.icon))
        action.setToolTip(f"{spec.tip} ({spec.keys[0]})" if spec.keys else spec.tip)
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.is_checkable)
        action.setIconVisibleInMenu(not spec.is_checkable)  # a menu has one place for the icon and the check
        if spec.group:
            if spec.group not in groups:
                groups[spec.group] = QActionGroup(commands)
                groups[spec.group].triggered.connect(getattr(commands, spec.slot))
            action.setData(spec.name.partition("_")[2])
            groups[spec.group].addAction(action)
        else:
            action.triggered.connect(getattr(commands, spec.slot))
        actions[spec.name] = action
    return actions, list(groups.values())
