"""Brings what is written in pixels of the design to the zoom in force: sizes, margins, fonts.

Widgets set their sizes as the design has them, in their constructors. The style fits each one
when Qt first polishes it, and all of them again when the zoom changes. What is drawn or computed
later asks `zoom.px`; a size that changes later is set with the functions below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QBoxLayout,
    QGridLayout,
    QLayout,
    QLineEdit,
    QProxyStyle,
    QSpacerItem,
    QStackedLayout,
    QWidget,
)

from callconsole.ui import fonts
from callconsole.ui.zoom import px, zoom

_UNLIMITED = 16777215  # Qt's QWIDGETSIZE_MAX
_KEPT = "callconsole_fitted"
_WIDEST = "callconsole_widest"
_FACTOR = "callconsole_factor"


class FittingStyle(QProxyStyle):
    """Fusion that fits every widget before it is first shown."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, what: QWidget | QApplication | QPalette) -> None:  # type: ignore[override]
        """Fit a widget, then let Fusion do its part."""
        # Qt polishes again with each change of the style sheet; once is enough.
        if isinstance(what, QWidget) and what.property(_FACTOR) != zoom.factor:
            fit(what)
        super().polish(what)


def set_zoom(app: QApplication, percent: int, system: float | None = None) -> None:
    """Draw everything at this percentage from now on, and tell all who keep sizes."""
    if not zoom.take(percent, system):
        return
    fonts.renew()
    app.setFont(fonts.font(13))
    for widget in app.allWidgets():
        fit(widget)
    zoom.changed.emit()
    for widget in app.allWidgets():
        if isinstance(widget, QAbstractItemView):
            widget.scheduleDelayedItemsLayout()
        widget.updateGeometry()
        widget.update()


def fit(widget: QWidget) -> None:
    """Bring one widget, its font and its layouts to the zoom in force."""
    widget.setProperty(_FACTOR, zoom.factor)
    if (resized := fonts.resized(widget.font())) is not None:
        widget.setFont(resized)
    # A window's own limits belong to the screen it is on.
    if not widget.isWindow():
        _settle(widget, _limits(widget), lambda sizes: _set_limits(widget, sizes))
    margins = widget.contentsMargins()
    sides = [margins.left(), margins.top(), margins.right(), margins.bottom()]
    if any(sides) or widget.property(f"{_KEPT}_margins"):
        _settle(widget, sides, lambda fitted: widget.setContentsMargins(*fitted), "_margins")
    if isinstance(widget, QLineEdit):
        _fit_text_margins(widget)
    _fit_to_text(widget)
    layout = widget.layout()
    if layout is not None:
        _fit_layout(layout)


def fix_height(widget: QWidget, design: int) -> None:
    """Give a widget this height of the design, now and at every zoom."""
    low, high = widget.minimumWidth(), widget.maximumWidth()
    widget.setFixedHeight(px(design))
    base = _base(widget, [low, 0, high, 0])
    _keep(widget, [base[0], design, base[2], design], _limits(widget))


def fix_width(widget: QWidget, design: int) -> None:
    """Give a widget this width of the design, now and at every zoom."""
    low, high = widget.minimumHeight(), widget.maximumHeight()
    widget.setFixedWidth(px(design))
    base = _base(widget, [0, low, 0, high])
    _keep(widget, [design, base[1], design, base[3]], _limits(widget))


def fix_to_text(widget: QWidget, widest: str, room: int = 4, *, fixed: bool = True) -> None:
    """Keep room for this text in the widget's font, and so many pixels of the design more."""
    widget.setProperty(_WIDEST, [widest, room, fixed])
    _fit_to_text(widget)


def hold_width(widget: QWidget, width: int, *, fixed: bool = True) -> None:
    """Keep this many pixels of the screen for a text; to be called again when the zoom changes."""
    before = _limits(widget)
    widget.setMinimumWidth(width)
    if fixed:
        widget.setMaximumWidth(width)
    base = _base(widget, before)
    base[0] = width / zoom.factor
    base[2] = base[0] if fixed else base[2]
    _keep(widget, base, _limits(widget))


def hold_least(widget: QWidget, width: int, height: int) -> None:
    """Keep at least so many pixels of the screen; to be called again when the zoom changes."""
    before = _limits(widget)
    widget.setMinimumSize(width, height)
    base = _base(widget, before)
    base[:2] = width / zoom.factor, height / zoom.factor
    _keep(widget, base, _limits(widget))


def set_margins(target: QWidget | QLayout, *sides: int) -> None:
    """Left, top, right and bottom margins of the design, now and at every zoom."""
    fitted = [px(side) for side in sides]
    target.setContentsMargins(*fitted)
    if isinstance(target, QWidget):
        _keep(target, list(sides), fitted, "_margins")
    else:
        spacings = _layout_sizes(target)[4:]
        base = _base(target, [*fitted, *spacings])
        _keep(target, [*sides, *base[4:]], [*fitted, *spacings])


def set_spacing(layout: QBoxLayout, design: int) -> None:
    """Spacing of the design, now and at every zoom."""
    layout.setSpacing(px(design))
    sizes = _layout_sizes(layout)
    base = _base(layout, sizes)
    _keep(layout, [*base[:4], design], sizes)


def set_row_gap(grid: QGridLayout, design: int) -> None:
    """Gap of the design between the rows, now and at every zoom."""
    grid.setVerticalSpacing(px(design))
    sizes = _layout_sizes(grid)
    base = _base(grid, sizes)
    _keep(grid, [*base[:5], design], sizes)


# What was set, and what became of it --------------------------------------------------------


def _settle(
    target: QObject, now: list[int], apply: Callable[[list[int]], None], kind: str = ""
) -> None:
    """Fit sizes; one that is not what was fitted last was set anew, in the design's pixels."""
    base = _base(target, now, kind)
    fitted = [px(size) if size < _UNLIMITED else _UNLIMITED for size in base]
    if fitted != now:
        apply(fitted)
    _keep(target, base, fitted, kind)


def _base(target: QObject, now: Sequence[int], kind: str = "") -> list[float]:
    """The design's sizes behind those of now."""
    kept = target.property(_KEPT + kind)
    if kept is None or len(kept) != 2 * len(now):
        return list(now)
    half = len(now)
    return [kept[place] if size == kept[half + place] else size for place, size in enumerate(now)]


def _keep(target: QObject, base: Sequence[float], fitted: Sequence[int], kind: str = "") -> None:
    target.setProperty(_KEPT + kind, [*base, *fitted])


def _limits(widget: QWidget) -> list[int]:
    low, high = widget.minimumSize(), widget.maximumSize()
    return [low.width(), low.height(), high.width(), high.height()]


def _set_limits(widget: QWidget, sizes: list[int]) -> None:
    widget.setMinimumSize(sizes[0], sizes[1])
    widget.setMaximumSize(sizes[2], sizes[3])


def _fit_text_margins(field: QLineEdit) -> None:
    margins = field.textMargins()
    sides = [margins.left(), margins.top(), margins.right(), margins.bottom()]
    _settle(field, sides, lambda fitted: field.setTextMargins(*fitted), "_text")


def _fit_to_text(widget: QWidget) -> None:
    wish = widget.property(_WIDEST)
    if wish is None:
        return
    text, room, fixed = wish
    width = QFontMetrics(widget.font()).horizontalAdvance(text) + px(room)
    hold_width(widget, width, fixed=fixed)


# Layouts ------------------------------------------------------------------------------------


def _fit_layout(layout: QLayout) -> None:
    if not isinstance(layout, QStackedLayout):
        _settle(layout, _layout_sizes(layout), lambda sizes: _set_layout_sizes(layout, sizes))
    if isinstance(layout, QGridLayout):
        _fit_rows(layout)
    spacers = []
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        inner, spacer = item.layout(), item.spacerItem()
        if inner is not None:
            _fit_layout(inner)
        elif spacer is not None:
            spacers.append(spacer)
    if spacers:
        _fit_spacers(layout, spacers)


def _layout_sizes(layout: QLayout) -> list[int]:
    margins = layout.contentsMargins()
    sides = [margins.left(), margins.top(), margins.right(), margins.bottom()]
    if isinstance(layout, QGridLayout):
        return [*sides, layout.horizontalSpacing(), layout.verticalSpacing()]
    return [*sides, layout.spacing()]


def _set_layout_sizes(layout: QLayout, sizes: list[int]) -> None:
    layout.setContentsMargins(*sizes[:4])
    if isinstance(layout, QGridLayout):
        layout.setHorizontalSpacing(sizes[4])
        layout.setVerticalSpacing(sizes[5])
    else:
        layout.setSpacing(sizes[4])


def _fit_rows(grid: QGridLayout) -> None:
    def apply(heights: list[int]) -> None:
        for row, height in enumerate(heights):
            grid.setRowMinimumHeight(row, height)

    now = [grid.rowMinimumHeight(row) for row in range(grid.rowCount())]
    if any(now):
        _settle(grid, now, apply, "_rows")


def _fit_spacers(layout: QLayout, spacers: list[QSpacerItem]) -> None:
    """Fit the gaps between the parts; they move when parts are added, so all count together."""

    def apply(sizes: list[int]) -> None:
        for place, spacer in enumerate(spacers):
            policy = spacer.sizePolicy()
            spacer.changeSize(
                sizes[2 * place], sizes[2 * place + 1],
                policy.horizontalPolicy(), policy.verticalPolicy(),
            )  # fmt: skip
        layout.invalidate()

    now = [
        side
        for spacer in spacers
        for side in (spacer.sizeHint().width(), spacer.sizeHint().height())
    ]
    _settle(layout, now, apply, "_gaps")
