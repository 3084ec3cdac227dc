"""Finds text that does not fit: walks every visible widget and compares what its text needs with the room that it has."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QRadioButton,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)

SLACK = 1  # px: a rounded metric is no clipped letter


def clipped_texts(root: QWidget) -> list[str]:
    """One line for each text under `root` that is cut off or elided as it is shown now."""
    found = []
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisible() or widget.window() is not root.window() or _is_scrolled_away(widget):
            continue
        for text, need, room in _needs(widget):
            if need.width() > room.width() + SLACK or need.height() > room.height() + SLACK:
                name = widget.objectName() or widget.accessibleName() or type(widget).__name__
                found.append(
                    f"{name}: {text!r} needs {need.width()}x{need.height()}, has {room.width()}x{room.height()}"
                )
    return found


def _is_scrolled_away(widget: QWidget) -> bool:
    """Whether a scroll area hides it: what can be scrolled to is not clipped, unless sideways."""
    return widget.visibleRegion().isEmpty()


def _needs(widget: QWidget) -> list[tuple[str, QSize, QSize]]:
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel):
        return _label(widget, metrics)
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        return [(widget.currentText(), QSize(metrics.horizontalAdvance(widget.currentText()), 1), field.size())]
    if isinstance(widget, QTabBar):
        return [
            (
                widget.tabText(index),
                QSize(metrics.horizontalAdvance(_plain(widget.tabText(index))), metrics.height()),
                widget.tabRect(index).intersected(widget.rect()).size(),
            )
            for index in range(widget.count())
        ]
    if (
        isinstance(widget, QHeaderView)
        and widget.orientation() == Qt.Orientation.Horizontal
        and widget.model() is not None
    ):
        return _header(widget, metrics)
    if isinstance(widget, QToolButton) and widget.objectName() == "qt_toolbar_ext_button":
        bar = widget.parentWidget()
        name = bar.windowTitle() if isinstance(bar, QToolBar) else ""
        return [(f"toolbar {name} overflows", QSize(10**6, 0), widget.size())]
    if isinstance(widget, QAbstractButton):
        return _button(widget, metrics)
    return []


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _label(label: QLabel, metrics: QFontMetrics) -> list[tuple[str, QSize, QSize]]:
    text = label.text()
    if not text:
        return []
    room = label.contentsRect().size()
    is_rich = label.textFormat() == Qt.TextFormat.RichText or (
        label.textFormat() == Qt.TextFormat.AutoText and "<" in text and ">" in text
    )
    if is_rich:
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setDocumentMargin(0)
        document.setHtml(text)
        if label.wordWrap():
            document.setTextWidth(room.width())
        return [(document.toPlainText(), document.size().toSize(), room)]
    shown = _plain(text) if label.buddy() is not None else text
    if not label.wordWrap():
        return [(shown, metrics.boundingRect(QRect(0, 0, 10**5, 10**5), 0, shown).size(), room)]
    wrapped = metrics.boundingRect(QRect(0, 0, room.width(), 10**5), int(Qt.TextFlag.TextWordWrap), shown)
    return [(shown, wrapped.size(), room)]


def _header(header: QHeaderView, metrics: QFontMetrics) -> list[tuple[str, QSize, QSize]]:
    needs = []
    for section in range(header.count()):
        text = header.model().headerData(section, header.orientation())
        if text and not header.isSectionHidden(section):
            size = QSize(header.sectionSize(section), header.height())
            needs.append((str(text), QSize(metrics.horizontalAdvance(str(text)), metrics.height()), size))
    return needs


def _button(button: QAbstractButton, metrics: QFontMetrics) -> list[tuple[str, QSize, QSize]]:
    text = _plain(button.text())
    if not text:
        return []
    if (
        isinstance(button, QToolButton)
        and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        and not button.icon().isNull()
    ):
        return []
    width = metrics.horizontalAdvance(text)
    if isinstance(button, QCheckBox | QRadioButton):
        width += button.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, button)
    elif not button.icon().isNull():
        width += button.iconSize().width()
    return [(text, QSize(width, metrics.height()), button.size())]
