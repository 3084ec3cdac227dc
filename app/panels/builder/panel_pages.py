"""PagedPanel: the drawing, and the page "One convolution" that may stand in its place. Knows no part of the drawing."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.panel import Panel
from app.panels.builder.convolution_host import ConvolutionHost
from app.panels.builder.convolution_keys import rows_at_work
from app.workspace import Workspace


class PagedPanel(Panel):
    """Hands Space, Home and its clock to the page in front."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.convolution = ConvolutionHost(workspace, self)
        self.convolution.state_changed.connect(self.state_changed)

    def act(self) -> None:
        if self.convolution.is_open:
            self.convolution.page.act()
        else:
            self.workspace.training.toggle()

    def reset(self) -> None:
        if self.convolution.is_open:
            self.convolution.reset()
        else:
            super().reset()

    def advance(self, seconds: float) -> None:
        self.convolution.advance(seconds)

    @property
    def is_busy(self) -> bool:
        return self.convolution.is_busy

    def key_rows(self) -> list[tuple[str, str]]:
        return rows_at_work()

    def close_panel(self) -> None:
        self.convolution.close()
