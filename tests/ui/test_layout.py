"""Every state fits its window: nothing is cut off, nothing widens the window."""

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QScrollBar,
    QTableView,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from callconsole.ui import fonts, theme
from callconsole.ui.fitting import set_zoom
from callconsole.ui.kit.surfaces import Room
from callconsole.ui.main_window import MainWindow
from callconsole.ui.zoom import px
from fakes.scenes import STATES, Scene, build

USUAL_SIZE, LAPTOP, SMALLEST = QSize(1280, 800), QSize(1100, 640), QSize(994, 560)
MADE_AT = [(80, SMALLEST), (160, USUAL_SIZE)]
# Popovers, drawers, cards, rows and bands that come to a window which is zoomed already.
MADE_LATE = [
    "checkup_red",
    "drawer",
    "history_delete",
    "history_starred",
    "incoming_in_call",
    "muted",
    "prompts_drawer",
    "replaying",
    "settings_google",
    "settings_import",
    "several_drawer",
    "sheet",
    "speaking_elsewhere",
    "taken_over",
    "transferring",
    "transferring_wrong",
]


@pytest.fixture
def zoomable(dressed: QApplication) -> Iterator[QApplication]:
    """The application in light and in Inter, back at 100 % after the test."""
    fonts.use("Inter")
    theme.apply(dressed, "light")
    yield dressed
    set_zoom(dressed, 100)


@pytest.fixture
def wider(dressed: QApplication) -> Iterator[QApplication]:
    """The same in dark and in a font that is wider and has fewer weights."""
    fonts.use("DejaVu Sans")
    theme.apply(dressed, "dark")
    yield dressed
    set_zoom(dressed, 100)
    fonts.forget()
    theme.apply(dressed, "light")


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
    """What the keyboard reaches, or a person presses, and a screen reader cannot name."""
    kinds = QAbstractButton | QComboBox | QLineEdit | QAbstractSlider
    return [
        f"{type(control).__name__} at {control.mapTo(window, QPoint(0, 0))}"
        for control in shown(window)
        if (isinstance(control, kinds) or control.focusPolicy() != Qt.FocusPolicy.NoFocus)
        and not isinstance(control, QScrollBar)
        and not control.accessibleName()
    ]  # fmt: skip


def of_another_kind(window: QWidget) -> list[str]:
    """What a screen reader would call by the name of another kind of control."""
    found = []
    for control in shown(window):
        if control.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(control, QScrollBar):
            continue
        told = QAccessible.queryAccessibleInterface(control).role()
        if told is not role_of(control):
            found.append(f"{type(control).__name__} {control.accessibleName()!r} is a {told.name}")
    return found


def role_of(control: QWidget) -> QAccessible.Role:
    if isinstance(control, QAbstractButton):
        if control.autoExclusive():
            return QAccessible.Role.RadioButton
        return QAccessible.Role.CheckBox if control.isCheckable() else QAccessible.Role.Button
    for kind, role in (
        (QComboBox, QAccessible.Role.ComboBox),
        (QLineEdit | QTextEdit, QAccessible.Role.EditableText),
        (QAbstractSlider, QAccessible.Role.Slider),
        (QListView, QAccessible.Role.List),
        (QTableView, QAccessible.Role.Table),
    ):
        if isinstance(control, kind):
            return role
    # A page, a card or a row that is read as a whole.
    return QAccessible.Role.Client


def too_small(window: QWidget) -> list[str]:
    """Pointer targets below 24 by 24 (WCAG 2.2, 2.5.8), or of what the operator made smaller."""
    least = min(24, px(24))
    return [
        f"{button.accessibleName()!r} is {button.width()}x{button.height()}"
        for button in shown(window)
        if isinstance(button, QAbstractButton) and min(button.width(), button.height()) < least
    ]


@pytest.mark.parametrize("name", STATES)
async def test_everything_fits(qtbot: QtBot, zoomable: QApplication, name: str) -> None:
    """Light and in Inter: made in the usual window, then made smaller, larger and zoomed."""
    scene = build(name)
    window = scene.window
    window.resize(USUAL_SIZE)
    await arrive(qtbot, scene, name)
    try:
        assert whole(window, USUAL_SIZE) == []
        for size in (LAPTOP, SMALLEST):
            window.resize(size)
            await settled(window)
            assert whole(window, size) == []
        set_zoom(zoomable, 80)
        await settled(window)
        assert zoomed(window, SMALLEST) == []
        set_zoom(zoomable, 125)
        window.resize(USUAL_SIZE)
        await settled(window)
        assert zoomed(window, USUAL_SIZE) == []
    finally:
        scene.close()


@pytest.mark.parametrize("name", STATES)
async def test_everything_fits_with_a_wider_font(
    qtbot: QtBot, wider: QApplication, name: str
) -> None:
    """Dark and in DejaVu Sans: made in the smallest window, then at its largest and larger."""
    scene = build(name)
    window = scene.window
    window.resize(SMALLEST)
    await arrive(qtbot, scene, name)
    try:
        assert whole(window, SMALLEST) == []
        window.resize(USUAL_SIZE)
        await settled(window)
        assert whole(window, USUAL_SIZE) == []
        set_zoom(wider, 160)
        await settled(window)
        assert zoomed(window, USUAL_SIZE) == []
    finally:
        scene.close()


@pytest.mark.parametrize(("percent", "size"), MADE_AT, ids=[f"{z}%" for z, _ in MADE_AT])
@pytest.mark.parametrize("name", MADE_LATE)
async def test_what_is_made_late_fits_the_zoom_of_then(
    qtbot: QtBot, zoomable: QApplication, name: str, percent: int, size: QSize
) -> None:
    scene = build(name)
    window = scene.window
    window.resize(size)
    window.show()
    set_zoom(zoomable, percent)
    await arrive(qtbot, scene, name)
    try:
        assert zoomed(window, size) == []
    finally:
        scene.close()


@pytest.mark.parametrize("name", ["in_call", "taken_over", "deciding", "incoming_in_call"])
async def test_a_zoomed_call_has_not_to_be_scrolled_to(
    qtbot: QtBot, zoomable: QApplication, name: str
) -> None:
    """At the largest zoom in the usual window, what one does in a call is in view."""
    scene = build(name)
    window = scene.window
    window.resize(USUAL_SIZE)
    set_zoom(zoomable, 160)
    await arrive(qtbot, scene, name)
    try:
        assert whole(window, USUAL_SIZE) == []
        call = window.calls.call
        deeds = {"deciding": call.answer, "taken_over": call.bar.hand_back}
        deed = deeds.get(name, call.bar.take_over)
        assert deed.visibleRegion().boundingRect() == deed.rect()
    finally:
        scene.close()


@pytest.mark.parametrize("size", [LAPTOP, SMALLEST], ids=["laptop", "smallest"])
async def test_the_drawer_leaves_hang_up_in_view(
    qtbot: QtBot, zoomable: QApplication, size: QSize
) -> None:
    scene = build("several_drawer")
    window = scene.window
    window.resize(size)
    await arrive(qtbot, scene, "several_drawer")
    try:
        assert window.calls.drawer_open
        header = window.calls.call.header
        for part in (header.hang_up, header):
            assert part.visibleRegion().boundingRect() == part.rect()
    finally:
        scene.close()


async def test_zooming_back_leaves_nothing_changed(qtbot: QtBot, zoomable: QApplication) -> None:
    scene = build("in_call")
    await arrive(qtbot, scene, "in_call")
    before = await settled(scene.window)
    for percent in (160, 80, 125, 90, 100):
        set_zoom(zoomable, percent)
    try:
        assert await settled(scene.window) == before
    finally:
        scene.close()


async def test_a_window_made_zoomed_is_as_one_that_was_zoomed(
    qtbot: QtBot, zoomable: QApplication
) -> None:
    scene = build("in_call")
    await arrive(qtbot, scene, "in_call")
    set_zoom(zoomable, 125)
    zoomed = await settled(scene.window)
    scene.close()
    scene = build("in_call")
    await arrive(qtbot, scene, "in_call")
    try:
        assert await settled(scene.window) == zoomed
    finally:
        scene.close()


def places(window: QWidget) -> dict[str, tuple[int, int, int, int]]:
    """Where every named control and every text stands in the window."""
    found = {}
    for child in shown(window):
        words = child.text() if isinstance(child, QLabel) else child.accessibleName()
        # Clocks go on meanwhile.
        if words and not any(sign.isdigit() for sign in words):
            corner = child.mapTo(window, QPoint(0, 0))
            key = f"{type(child).__name__} {words}"
            found[key] = (corner.x(), corner.y(), child.width(), child.height())
    return found


async def settled(window: QWidget) -> dict[str, tuple[int, int, int, int]]:
    """The places once they stay the same; layouts answer one another for a few rounds."""
    async with asyncio.timeout(30):
        before: dict[str, tuple[int, int, int, int]] = {}
        while (now := places(window)) != before:
            before = now
            await settle()
    return before


async def settle() -> None:
    """Let layouts answer one another."""
    for _ in range(3):
        await asyncio.sleep(0.005)
        QApplication.sendPostedEvents()


async def arrive(qtbot: QtBot, scene: Scene, name: str) -> None:
    """Show the window and bring it into the state."""
    scene.window.show()
    qtbot.waitExposed(scene.window)
    await STATES[name](scene)
    await settled(scene.window)


def whole(window: MainWindow, size: QSize) -> list[str]:
    """What is wrong in a window of this size, which nothing may widen or make scroll."""
    room = window.centralWidget()
    assert isinstance(room, Room)
    assert window.size() == size
    assert (room.horizontalScrollBar().maximum(), room.verticalScrollBar().maximum()) == (0, 0)
    return faults(window)


def zoomed(window: MainWindow, size: QSize) -> list[str]:
    """The same where the window may scroll; Hang up stays where it is seen."""
    assert window.size() == size
    hang_up = window.calls.call.header.hang_up
    if hang_up.isVisible():
        at = hang_up.mapTo(window, hang_up.rect().center())
        assert window.rect().contains(at), "Hang up has to be scrolled to"
    return faults(window)


def faults(window: QWidget) -> list[str]:
    return [
        *cut_labels(window),
        *cut_paragraphs(window),
        *squeezed_buttons(window),
        *outside_parent(window),
        *overlapping(window),
        *nameless(window),
        *of_another_kind(window),
        *too_small(window),
    ]
