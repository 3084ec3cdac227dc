"""What stands in the way of training on the data chosen, and the buttons that lead on. Changes nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout

from app.widgets.small_controls import ThemedLabel, text_button
from trainers.data_split import DatasetSpec
from trainers.events import Progress

if TYPE_CHECKING:
    from app.widgets.theme import Theme


BRIEF_S = 1.0  # of a test: until then nobody is told how far it has come


class DataNotice(QFrame):
    """Hidden while all is well. Otherwise a sentence: data that do not fit, data to fetch, or how far fetching has come."""

    fetch_wanted = Signal()
    cancel_wanted = Signal()
    network_wanted = Signal()
    data_picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self._theme = theme
        self._trouble = ""
        self._missing: DatasetSpec | None = None
        self._may_make = False
        self._progress: Progress | None = None
        self._since: float | None = None  # it has been under way
        self.text = ThemedLabel(theme, "", "small", "text", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Done so far")
        self.fetch_button = text_button("Download", "Downloads the data from their source, then trains on them")
        self.digits_button = text_button("Use the digits", "Chooses the handwritten digits that come with Hillock")
        self.network_button = text_button(
            "Make a network for it",
            "Puts a small network on the table that takes these numbers and tells these classes",
        )
        self.cancel_button = text_button("Cancel", "Stops here; nothing incomplete stays on the disk")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(2)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        for button in self._buttons():
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.fetch_button.clicked.connect(self.fetch_wanted)
        self.digits_button.clicked.connect(self._on_digits_clicked)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.network_button.clicked.connect(self.network_wanted)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._show()

    def _buttons(self) -> tuple[QToolButton, ...]:
        return self.fetch_button, self.digits_button, self.network_button, self.cancel_button

    def show_trouble(self, sentence: str, missing: DatasetSpec | None, *, may_make: bool = False) -> None:
        """sentence: why network and data do not go together, "" where they do; missing: what would have to be fetched; may_make: a
        network can be made for them."""
        self._trouble, self._missing, self._may_make = sentence, missing, may_make
        self._show()

    def show_progress(self, progress: Progress | None, now: float) -> None:
        """How far it has come, None when it is over. now: seconds of any clock.

        A test that lasts a moment has no card: it came and went at the end of each epoch, and the panel was laid out twice.
        """
        self._since = None if progress is None else now if self._since is None else self._since
        if progress is not None and progress.unit == "samples" and now - (self._since or now) < BRIEF_S:
            progress = None
        if progress is not self._progress:
            self._progress = progress
            self._show()

    def _show(self) -> None:
        progress, missing = self._progress, self._missing
        self.setHidden(not (self._trouble or missing or progress))
        if progress is not None:
            of = f" of {progress.total:,.0f}" if progress.total else ""
            self.text.setText(f"{progress.title}: {progress.done:,.0f}{of} {progress.unit}")
            self.bar.setRange(0, 1000 if progress.total else 0)
            self.bar.setValue(round(1000 * progress.done / progress.total) if progress.total else 0)
        elif self._trouble:
            self.text.setText(self._trouble)
        elif missing is not None:
            self.text.setText(f"{missing.title} cannot be found on this computer. Download {missing.megabytes:.0f} MB?")
        self.text.set_token("bad" if self._trouble and progress is None else "text")
        self.bar.setVisible(progress is not None)
        self.cancel_button.setVisible(progress is not None)
        self.fetch_button.setVisible(progress is None and not self._trouble and missing is not None)
        self.digits_button.setVisible(self.fetch_button.isVisibleTo(self))
        self.network_button.setVisible(progress is None and bool(self._trouble) and self._may_make)

    @Slot()
    def _on_digits_clicked(self) -> None:
        self.data_picked.emit("digits")

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in self._buttons():
            button.setFont(self._theme.font("small"))
        self.bar.setFixedHeight(self._theme.px(6))
