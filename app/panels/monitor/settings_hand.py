"""What a person does in the settings form: values entered, the program copied. Lays nothing out; imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from app.panels.monitor.pytorch_lines import snippet
from app.widgets.message_bar import Message
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.panels.monitor.data_view import DataView
    from app.panels.monitor.settings_form import SettingsForm
    from app.workspace import Workspace


class SettingsHand(QObject):
    """Takes to the training what is entered, and shows what then holds."""

    def __init__(self, workspace: Workspace, form: SettingsForm, data: DataView, parent: QObject) -> None:
        """data: what is learned from, which decides on the loss."""
        super().__init__(parent)
        self._workspace, self._form, self._data = workspace, form, data
        form.entered.connect(self._on_setting_entered)
        form.copy_all_asked.connect(self._on_copy_all_asked)
        workspace.training.value_refused.connect(form.refuse)

    def show(self) -> None:
        """Show the settings in force."""
        spec = self._data.spec
        self._form.show_settings(self._workspace.training.settings, spec.task if spec is not None else "classification")

    @Slot(str, object)
    def _on_setting_entered(self, name: str, value: object) -> None:
        try:
            self._workspace.training.set_setting(name, value)  # type: ignore[arg-type]
        except BadInput as error:
            self._form.refuse(name, error.sentence)
            return
        self.show()

    @Slot()
    def _on_copy_all_asked(self) -> None:
        document = self._workspace.document
        outputs = document.analysis.output_shape[0]
        text = snippet(document.graph, self._workspace.training.settings, self._data.spec, outputs)
        QGuiApplication.clipboard().setText(text)
        lines = text.count("\n")
        self._workspace.message_posted.emit(Message(f"A PyTorch program of {lines} lines is on the clipboard."))
