"""How the time of one training step is shared out: a stacked bar, its legend, and what it means in a sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.widgets.grounded_label import GroundedLabel
from app.widgets.quiet_room import QuietRoom
from app.widgets.theme import Theme

PHASES = (
    ("data", "data", "series_4"),
    ("forward", "forward", "series_5"),
    ("backward", "backward", "series_3"),
    ("optimizer", "optimiser", "series_2"),
)
_PAUSE_MS = 250  # between two writings: sentences that change faster cannot be read, and each lays the panel out anew
_IDLE = "Train, and this bar shows how the time of one step is shared among data, forward, backward and optimiser."
_MEANING = {
    "data": "Fetching samples takes longest: the arithmetic waits for the data.",
    "forward": "The way forward takes longest: the network computes its answers.",
    "backward": "The way back takes longest, as it should: it works out a gradient for every weight and every layer's input.",
    "optimizer": "The optimiser takes longest: the network is small for its number of steps, and a larger batch would use the time better.",
}


def shares_of(phases: dict[str, float]) -> dict[str, float]:
    """Share of each phase in one step, 0 to 1; empty where nothing was measured."""
    total = sum(phases.get(key, 0.0) for key, _, _ in PHASES)
    return {key: phases.get(key, 0.0) / total for key, _, _ in PHASES} if total > 0 else {}


def meaning_of(phases: dict[str, float]) -> str:
    """One sentence on where the time goes."""
    shares = shares_of(phases)
    if not shares:
        return _IDLE
    return _MEANING[max(shares, key=lambda key: shares[key])]


def waits_of(seconds: float) -> str:
    """What is said of a step that was timed by waiting after each part, where one without takes so many seconds."""
    return f" Timed by waiting for the GPU after each part: a step without takes {duration_text(seconds)}."


def duration_text(seconds: float) -> str:
    """3.2 ms, 850 µs, 1.2 s."""
    if seconds >= 1.0:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 999.5e-6 else f"{seconds * 1e6:.0f} µs"


class _Bar(QWidget):
    """Segments in the order of a step, each with its name where that fits, and gaps so that neighbours differ without colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shares: dict[str, float] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or all that lies behind is painted each time

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(24))

    @property
    def names_all(self) -> bool:
        """Whether every segment has room for its name, so that nothing need be written below."""
        parts = [(self._label(key, title), self.shares.get(key, 0.0) * self.width()) for key, title, _ in PHASES]
        return all(width < 1.0 or self._is_fitting(text, width) for text, width in parts)

    def _label(self, key: str, title: str) -> str:
        return f"{title} {100.0 * self.shares.get(key, 0.0):.0f} %"

    def _is_fitting(self, text: str, width: float) -> bool:
        return QFontMetricsF(self._theme.font("small")).horizontalAdvance(text) + 10 < width

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(area, 4, 4)
        painter.setFont(theme.font("small"))
        x = area.left()
        for key, title, token in PHASES:
            width = area.width() * self.shares.get(key, 0.0)
            if width >= 1.0:
                segment = QRectF(x, area.top(), max(width - 2.0, 1.0), area.height())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color(token))
                painter.drawRoundedRect(segment, 3, 3)
                text = self._label(key, title)
                if self._is_fitting(text, width):
                    painter.setPen(theme.color("panel"))
                    painter.drawText(segment, Qt.AlignmentFlag.AlignCenter, text)
            x += width
        painter.end()


class StepPhases(QWidget):
    """Shows the newest measured step, smoothed over the last ones so that it can be read. `due` tells that `refresh` is to come."""

    due = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._phases: dict[str, float] = {}
        self._has_waits = self._is_cold = False
        self._ordinary: float | None = None
        self.title = GroundedLabel(theme, "panel", "One training step")
        self._title_room = QuietRoom(self.title, self)
        self.bar = _Bar(theme, self)
        self.legend = GroundedLabel(theme, "panel")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self._legend_room = QuietRoom(self.legend, self)
        self.sentence = QLabel(_IDLE, self)
        self.sentence.setWordWrap(True)
        self.sentence.setObjectName("muted")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        # a small network's sentence changes with each measurement: one of two lines moved all strips above, 40 ms a time
        self._sentence_room = QuietRoom(self.sentence, self, (_IDLE, *_MEANING.values()))
        self.setToolTip("Where the time of one optimiser step goes, measured now and then during the training.")
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._title_room, self.bar, self._legend_room, self._sentence_room):
            layout.addWidget(widget)
        self._is_due = self._needs_legend = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._on_pause_over)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def phases(self) -> dict[str, float]:
        """Seconds by phase, as they are on show."""
        return dict(self._phases)

    def begin(self, has_waits: bool, is_new: bool = True) -> None:
        """A run of which nothing has been told. has_waits: a step is timed by waiting after each part, as on a GPU. is_new: its
        first steps are still to come."""
        self._phases, self._ordinary, self._needs_legend = {}, None, False
        self._is_cold = is_new
        if has_waits != self._has_waits:
            self._has_waits = has_waits
            more = waits_of(8.888e-3) if has_waits else ""
            self._sentence_room.expect((_IDLE, *(meaning + more for meaning in _MEANING.values())))
        self._write()

    def take(self, phases: dict[str, float], seconds_per_step: float | None = None) -> None:
        """Take in a report: seconds by phase of its timed step, if it has one, and seconds per step.

        What a step without waits takes is told by reports that have none; the run's first one holds its cold steps.
        """
        if self._has_waits and not self._is_cold and seconds_per_step is not None and not phases:
            self._ordinary = 0.7 * (self._ordinary or seconds_per_step) + 0.3 * seconds_per_step
        self._is_cold = False
        if not shares_of(phases):
            return
        old = self._phases or phases
        self._phases = {key: 0.7 * old.get(key, 0.0) + 0.3 * phases.get(key, 0.0) for key, _, _ in PHASES}

    def refresh(self) -> None:
        """Write what was taken in."""
        self._write()

    def refresh_soon(self) -> None:
        """Have what was taken in written, now if nothing was written for a while, else when that while is over."""
        self._is_due = True
        if not self._pause.isActive():
            self._on_pause_over()

    @Slot()
    def _on_pause_over(self) -> None:
        if self._is_due:
            self._is_due = False
            self._pause.start()
            self.due.emit()

    def _write(self) -> None:
        shares = shares_of(self._phases)
        if shares != self.bar.shares:
            self.bar.shares = shares
            self.bar.update()
        total = sum(self._phases.values())
        title = f"One training step: {duration_text(total)}" if shares else "One training step"
        marks = [
            f"<span style='color:{self._theme.hex(token)}'>■</span>&nbsp;{name}&nbsp;{100.0 * shares[key]:.0f}&nbsp;%"
            for key, name, token in PHASES
            if key in shares
        ]
        # once a part was too narrow for its name, the legend stays: with it the strips above would come and go in height
        self._needs_legend = self._needs_legend or not self.bar.names_all
        is_legend_due = bool(marks) and self._needs_legend
        for label, text, room in (
            (self.title, title, self._title_room),
            # rich text takes 2 ms to be laid out: not where the bar names its parts itself
            (self.legend, " &nbsp; ".join(marks) if is_legend_due else "", self._legend_room),
            (self.sentence, self._meaning(), self._sentence_room),
        ):
            if label.text() != text:
                label.setText(text)
                room.fit()
        self._legend_room.setVisible(is_legend_due)
        self.setAccessibleName(f"{title}. {self._meaning()}")

    def _meaning(self) -> str:
        ordinary = waits_of(self._ordinary) if self._ordinary is not None and self._phases else ""
        return meaning_of(self._phases) + ordinary

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._needs_legend = False
        self._write()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.title.setFont(self._theme.font("heading"))
        for label in (self.legend, self.sentence):
            label.setFont(self._theme.font("small"))
        for room in (self._title_room, self._legend_room, self._sentence_room):
            room.fit()
        self._layout.setSpacing(self._theme.gap(4))
        self.bar.updateGeometry()
        self._write()
