"""NumberField: a spin box that reads and writes numbers as people do (0.001, 1e-5), with a point in every country."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

_ASIDE = 1e-9  # of several values' mean: that it is typed in must be a change
_MINUS = "\N{MINUS SIGN}"  # as numbers are written everywhere else; a typed hyphen is taken too
_PARTIAL = re.compile(r"[+-]?(\d*[.,]?|[1-9]\d{0,2}(,\d{3})+[.,]?)\d*([eE][+-]?\d*)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")


class NumberField(QDoubleSpinBox):
    """A number between two limits, which a wheel changes only where it has the focus. Steps are 1 for whole numbers, tenfold halves (1, 2, 5, 10) where the scale is logarithmic."""

    def __init__(
        self,
        minimum: float,
        maximum: float,
        value: float,
        *,
        unit: str = "",
        is_whole: bool = False,
        is_log: bool = False,
        step: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_whole = is_whole
        self._is_log = is_log
        self._unit = f" {unit}" if unit else ""
        self._mixed: float | None = None  # the value that stands for several
        self.setLocale(QLocale(QLocale.Language.C))
        self.setKeyboardTracking(False)
        self.setCorrectionMode(QDoubleSpinBox.CorrectionMode.CorrectToNearestValue)
        self.setDecimals(0 if is_whole else 12)  # how a number is written is textFromValue's affair
        self.setRange(minimum, maximum)
        self.setSingleStep(step if step is not None else (1.0 if is_whole else (maximum - minimum) / 100))
        self.setSuffix(self._unit)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # a wheel gives it none
        self.setValue(value)

    def show_mixed(self, mean: float) -> None:
        """Show that the values differ: the field is empty but for "mixed", until a number is given. mean: where steps begin."""
        if self.is_mixed and abs(self.value() - mean - _ASIDE) < 0.1 * _ASIDE:
            return  # or what is being typed would go
        self._mixed = mean + _ASIDE
        self.lineEdit().setPlaceholderText("mixed")
        self.setSuffix("")  # or the field would not be empty
        self.setValue(self._mixed)
        self._mixed = self.value()
        self.setSuffix("")  # what stands there is written anew

    def show_one(self, value: float) -> None:
        """Show `value`, of one or of all."""
        if self._mixed is not None:
            self._mixed = None
            self.setSuffix(self._unit)
        self.setValue(value)

    @property
    def is_mixed(self) -> bool:
        """Whether it was last told that the values differ."""
        return self._mixed is not None

    def textFromValue(self, value: float) -> str:
        if value == self._mixed:
            return ""
        if self._is_whole:
            return _signed(str(round(value)))
        return _signed(f"{value:.6g}")

    def valueFromText(self, text: str) -> float:
        try:
            return self._number(text)
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if not _PARTIAL.fullmatch(self._bare(text)):
            return QValidator.State.Invalid, text, position
        try:
            value = self._number(text)
        except ValueError:
            return QValidator.State.Intermediate, text, position
        is_inside = self.minimum() <= value <= self.maximum() and not (self._is_whole and value % 1)
        return (QValidator.State.Acceptable if is_inside else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:  # PySide takes the text that it returns
        """What Enter makes of `text` that is no value of the field: the nearest that is, or the last one where it is no number."""
        try:
            value = self._number(text)
        except ValueError:
            value = self.value()
        value = min(max(value, self.minimum()), self.maximum())  # 1e400 is infinite
        return str(round(value)) if self._is_whole else repr(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """It turns the number only while one is typing there: scrolling past changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def stepBy(self, steps: int) -> None:
        if not self._is_log or self.value() <= 0:
            super().stepBy(steps)
            return
        ladder = (1.0, 2.0, 5.0)
        for _ in range(abs(steps)):
            value = self.value()
            exponent = math.floor(math.log10(value) + 1e-9)
            rungs = [rung * 10.0**power for power in (exponent - 1, exponent, exponent + 1) for rung in ladder]
            if steps > 0:
                self.setValue(min(rung for rung in rungs if rung > value * (1 + 1e-9)))
            else:
                self.setValue(max(rung for rung in rungs if rung < value * (1 - 1e-9)))

    def _number(self, text: str) -> float:
        """What `text` says; ValueError where it is no number. A comma before exactly three digits groups them, as in 1,000, unless
        only as a decimal comma it lies within the limits, as 1,250 does between 0 and 2; every other comma is a decimal comma."""
        bare = self._bare(text)
        grouped = float(bare.replace(",", "")) if _GROUPED.fullmatch(bare) else None
        if grouped is not None and (self.minimum() <= grouped <= self.maximum() or bare.count(",") > 1 or "." in bare):
            return grouped
        value = float(bare.replace(",", "."))
        return value if grouped is None or self.minimum() <= value <= self.maximum() else grouped

    def _bare(self, text: str) -> str:
        suffix = self.suffix()
        return (text[: -len(suffix)] if suffix and text.endswith(suffix) else text).strip().replace(_MINUS, "-")


def _signed(text: str) -> str:
    return _MINUS + text[1:] if text.startswith("-") else text
