"""NumberField: a spin box that reads and writes numbers as people do (0.001, 1e-5), with a point in every country."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

_PARTIAL = re.compile(r"[+-]?\d*[.,]?\d*([eE][+-]?\d*)?")


class NumberField(QDoubleSpinBox):
    """A number between two limits. Steps are 1 for whole numbers, tenfold halves (1, 2, 5, 10) where the scale is logarithmic."""

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
        self.setLocale(QLocale(QLocale.Language.C))
        self.setKeyboardTracking(False)
        self.setCorrectionMode(QDoubleSpinBox.CorrectionMode.CorrectToNearestValue)
        self.setDecimals(0 if is_whole else 12)  # how a number is written is textFromValue's affair
        self.setRange(minimum, maximum)
        self.setSingleStep(step if step is not None else (1.0 if is_whole else (maximum - minimum) / 100))
        self.setSuffix(f" {unit}" if unit else "")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setValue(value)

    def textFromValue(self, value: float) -> str:
        if self._is_whole:
            return str(round(value))
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        try:
            return float(self._bare(text).replace(",", "."))
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        bare = self._bare(text)
        if not _PARTIAL.fullmatch(bare):
            return QValidator.State.Invalid, text, position
        try:
            value = float(bare.replace(",", "."))
        except ValueError:
            return QValidator.State.Intermediate, text, position
        is_inside = self.minimum() <= value <= self.maximum() and not (self._is_whole and value % 1)
        return (QValidator.State.Acceptable if is_inside else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:  # PySide takes the text that it returns
        """What Enter makes of `text` that is no value of the field: the nearest that is, or the last one where it is no number."""
        try:
            value = float(self._bare(text).replace(",", "."))
        except ValueError:
            value = self.value()
        value = min(max(value, self.minimum()), self.maximum())  # 1e400 is infinite
        return str(round(value)) if self._is_whole else repr(value)

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

    def _bare(self, text: str) -> str:
        suffix = self.suffix()
        return (text[: -len(suffix)] if suffix and text.endswith(suffix) else text).strip()
