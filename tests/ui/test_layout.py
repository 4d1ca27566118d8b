"""Every state fits its window: nothing is cut off, nothing widens the window."""

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from callconsole.ui import fonts, theme
from fakes.scenes import STATES, build

SIZES = [QSize(1280, 800), QSize(994, 560)]
DRESSES = [("light", "Inter"), ("dark", "DejaVu Sans")]


@pytest.fixture(params=DRESSES, ids=["light-inter", "dark-dejavu"])
def dress(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    scheme, family = request.param
    fonts.use(family)
    theme.apply(qapp, scheme)
    yield
    fonts.forget()
    theme.apply(qapp, "light")


def shown(window: QWidget) -> list[QWidget]:
    return [child for child in window.findChildren(QWidget) if child.isVisible()]


def scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return parent is not None and isinstance(parent.parentWidget(), QAbstractScrollArea)


def cut_labels(window: QWidget) -> list[str]:
    return [
        f"{label.text()!r} has {label.width()} of {label.sizeHint().width()}"
        for label in shown(window)
        if isinstance(label, QLabel) and label.text() and not label.wordWrap()
        and label.width() < label.sizeHint().width()
    ]  # fmt: skip


def cut_paragraphs(window: QWidget) -> list[str]:
    return [
        f"{label.text()!r} has {label.height()} of {label.heightForWidth(label.width())} high"
        for label in shown(window)
        if isinstance(label, QLabel) and label.wordWrap()
        and label.height() < label.heightForWidth(label.width())
    ]  # fmt: skip


def squeezed_buttons(window: QWidget) -> list[str]:
    return [
        f"{button.text()!r} has {button.width()} of {button.minimumSizeHint().width()}"
        for button in shown(window)
        if isinstance(button, QAbstractButton) and button.width() < button.minimumSizeHint().width()
    ]


def outside_parent(window: QWidget) -> list[str]:
    found = []
    for child in shown(window):
        parent = child.parentWidget()
        if parent is None or child.isWindow() or scrolls(child):
            continue
        if isinstance(parent, QAbstractScrollArea) or isinstance(child, QScrollBar):
            continue
        if not parent.rect().contains(child.geometry()) and child.width() and child.height():
            found.append(
                f"{type(child).__name__} {child.accessibleName()!r} {child.geometry()} in "
                f"{type(parent).__name__} {parent.rect()}"
            )
    return found


def overlapping(window: QWidget) -> list[str]:
    """Controls of one parent that lie on one another."""
    found = []
    controls = [c for c in shown(window) if isinstance(c, QAbstractButton | QComboBox | QLineEdit)]
    for index, one in enumerate(controls):
        for other in controls[index + 1 :]:
            if one.parentWidget() is other.parentWidget() and one.geometry().intersects(
                other.geometry()
            ):
                found.append(f"{one.accessibleName()!r} on {other.accessibleName()!r}")
    return found


def nameless(window: QWidget) -> list[str]:
    kinds = QAbstractButton | QComboBox | QLineEdit | QAbstractSlider
    return [
        f"{type(control).__name__} at {control.mapTo(window, QPoint(0, 0))}"
        for control in shown(window)
        if isinstance(control, kinds) and not isinstance(control, QScrollBar)
        and not control.accessibleName()
    ]  # fmt: skip


def too_small(window: QWidget) -> list[str]:
    """Pointer targets below 24 by 24 (WCAG 2.2, 2.5.8)."""
    return [
        f"{button.accessibleName()!r} is {button.width()}x{button.height()}"
        for button in shown(window)
        if isinstance(button, QAbstractButton) and min(button.width(), button.height()) < 24
    ]


@pytest.mark.parametrize("size", SIZES, ids=["1280x800", "994x560"])
@pytest.mark.parametrize("name", STATES)
async def test_everything_fits(qtbot: QtBot, dress: None, name: str, size: QSize) -> None:
    scene = build(name)
    window = scene.window
    window.resize(size)
    window.show()
    qtbot.waitExposed(window)
    await STATES[name](scene)
    await asyncio.sleep(0.01)
    QApplication.sendPostedEvents()
    try:
        assert window.size() == size
        assert QRect(QPoint(0, 0), size).contains(window.centralWidget().geometry())
        faults = [
            *cut_labels(window),
            *cut_paragraphs(window),
            *squeezed_buttons(window),
            *outside_parent(window),
            *overlapping(window),
            *nameless(window),
            *too_small(window),
        ]
        assert faults == []
    finally:
        scene.close()
