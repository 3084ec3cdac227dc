"""One strip: a figure in large type, its companions in small, and their last minute. Knows no sampler."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QBoxLayout, QGraphicsItem, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.panels.hardware.figure_lines import FigureLine, FigureLines
from app.panels.hardware.readings import SPANS, Figure, Floats, StripSpec, axis_top, reading
from app.widgets.grounded_label import GroundedLabel
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

_WIDEST = "8,888 MHz"
_WIDEST_DETAIL = "━ training 88,888 MB"


class Strip(QWidget):
    """Draws one StripSpec. Beside each other where there is room, else the figures stand above their curve."""

    def __init__(self, theme: Theme, spec: StripSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.spec = spec
        self._is_axis_shown = True
        self._top = 0.0
        self.setToolTip(spec.tooltip)
        self.setAccessibleName(spec.title)
        self._title = QLabel(spec.title, self)
        self._title.setObjectName("muted")
        self.value = GroundedLabel(theme, "panel", "n/a", self)
        self.value.setAccessibleName(spec.title)
        self.details = FigureLines(theme, self)
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._title)
        head.addWidget(self.value)
        head.addStretch(1)
        self._figures = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._figures.setSpacing(0)
        self._figures.addLayout(head)
        self._figures.addWidget(self.details, 0, Qt.AlignmentFlag.AlignTop)
        self._figures.addStretch(1)
        self.plot = StyledPlot(theme, "time", "s", spec.unit, title=spec.title)
        self.plot.setToolTip(spec.tooltip)
        self.plot.setMouseEnabled(x=False, y=False)
        self._span = 0.0
        self._set_span(SPANS[0])
        self._set_top(spec.top or axis_top(0.0))
        self.plot.setMinimumSize(1, 1)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.plot.read_out = self._read_out
        for side in ("left", "bottom"):  # ticks and grid stand still: painted once, they cost half of every frame
            self.plot.plotItem.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._curves = {
            figure.key: self.plot.add_live_curve(figure.token, name=figure.title, is_dashed=figure.is_dashed)
            for figure in spec.figures
        }
        self._x: Floats = np.empty(0)
        self._y: dict[str, Floats] = {}
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._figures)
        self._layout.addWidget(self.plot, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that are drawn."""
        return tuple(self._curves)

    def show_values(self, values: dict[str, float]) -> None:
        """Write the current figures; "n/a" for one that is missing."""
        spec = self.spec
        first = spec.figures[0]
        self.value.show_text(reading(values.get(first.key), spec.unit, spec.digits))
        lines = []
        if spec.total and spec.total in values:
            lines.append(FigureLine(f"of {reading(values[spec.total], spec.unit, spec.digits)}"))
        elif len(spec.figures) > 1:
            lines.append(_line_of(first, first.title))
        for figure in spec.figures[1:]:
            text = reading(values.get(figure.key), spec.unit, spec.digits)
            lines.append(_line_of(figure, f"{figure.title} {text}"))
        self.details.show_lines(tuple(lines))

    def show_curves(
        self, x: Floats, curves: dict[str, Floats], total: float | None, now: float, known_s: float
    ) -> None:
        """Draw the last minute. total: end of the axis where the figure is a part of something; now: s, when x was 0, by any clock;
        known_s: how far back there is something to see."""
        self._x, self._y = x, curves
        self._set_span(next((span for span in SPANS if span >= known_s), SPANS[-1]))
        highest = 0.0
        for key, curve in self._curves.items():
            y = curves[key]
            curve.dash_origin = -now  # dashes go along with what they are part of
            curve.show_data(x, y)
            if np.isfinite(y).any():
                highest = max(highest, float(np.nanmax(y)))
        self._set_top(total or self.spec.top or axis_top(highest))

    def _set_span(self, span: float) -> None:
        """As far back as there is something to see, in a few steps: a minute of which two seconds are known is an empty plot."""
        if span != self._span:
            self._span = span
            self.plot.setXRange(-span, 0.0, padding=0.0)

    def _set_top(self, top: float) -> None:
        if top != self._top:
            self._top = top
            self.plot.setYRange(0.0, top, padding=0.08)  # room for the words 0 and 100 at the ends, also in large type

    def show_axis(self, is_shown: bool) -> None:
        """Whether the time axis is written here: the strips of a column share the one of the lowest."""
        self._is_axis_shown = is_shown
        self._dress_axis()

    def set_stacked(self, is_stacked: bool) -> None:
        """Figures above their curve, or beside it."""
        direction = QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight
        self._layout.setDirection(direction)
        self._figures.setDirection(QBoxLayout.Direction.LeftToRight if is_stacked else QBoxLayout.Direction.TopToBottom)
        self._set_widths()

    def least_height(self) -> int:
        """Pixels below which the figures would be cut, or the curve be too low to read."""
        spec = self.spec
        lines = len(spec.figures) if spec.total or len(spec.figures) > 1 else 0
        small = round(lines * QFontMetricsF(self._theme.font("small")).lineSpacing()) + 4
        head = self._title.sizeHint().height() + self.value.sizeHint().height()
        plot = self._theme.px(50) + (self._theme.px(44) if self._is_axis_shown else 0)
        return max(head, small) + plot + self._layout.spacing() if self._is_stacked else max(head + small, plot)

    def figures_width(self) -> int:
        """Pixels that the figures take beside their curve."""
        metrics, small = QFontMetricsF(self.value.font()), QFontMetricsF(self._theme.font("small"))
        return round(max(metrics.horizontalAdvance(_WIDEST), small.horizontalAdvance(_WIDEST_DETAIL))) + 8

    @property
    def _is_stacked(self) -> bool:
        return self._layout.direction() == QBoxLayout.Direction.TopToBottom

    def _set_widths(self) -> None:
        """Figures of a fixed width: they change ten times a second, and nothing beside them may move."""
        width = self.figures_width()
        self._title.setFixedWidth(width)
        self.value.setFixedSize(width, self.value.sizeHint().height())
        self.details.set_width(width)

    def _read_out(self, x: float, _y: float) -> str:
        """The figures at the pointer's time."""
        if not len(self._x):
            return ""
        nearest = int(np.argmin(np.abs(self._x - x)))
        if abs(self._x[nearest] - x) > 1.0:
            return ""
        parts = [f"{-self._x[nearest]:.1f} s ago"]
        for figure in self.spec.figures:
            value = float(self._y[figure.key][nearest])
            if np.isfinite(value):
                parts.append(f"{figure.title} {reading(value, self.spec.unit, self.spec.digits)}")
        return "   ".join(parts)

    def _dress_axis(self) -> None:
        theme, axis = self._theme, self.plot.plotItem.getAxis("bottom")
        axis.setStyle(showValues=self._is_axis_shown)
        axis.showLabel(self._is_axis_shown)
        axis.setHeight(theme.px(44) if self._is_axis_shown else theme.px(6))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._title.setFont(theme.font("small"))
        large = theme.font("title")
        large.setPixelSize(theme.px(24))
        large.setFeature(QFont.Tag("tnum"), 1)
        self.value.setFont(large)
        self._layout.setSpacing(theme.gap(8))
        self._set_widths()
        self._dress_axis()


def _line_of(figure: Figure, text: str) -> FigureLine:
    """`text` behind a piece of the figure's curve, as in a legend."""
    return FigureLine(text, "╌" if figure.is_dashed else "━", figure.token)
