"""Pages keep a width that can be read, however wide the window is."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QWidget
from pytestqt.qtbot import QtBot

from callconsole.ui.fitting import set_zoom
from callconsole.ui.guide_body import READING_WIDTH
from callconsole.ui.kit.measure import PROSE_WIDTH, TEXT_WIDTH, WORK_WIDTH, MeasureLayout, measured
from callconsole.ui.main_window import MainWindow
from fakes.scenes import STATES, build

LARGE = QSize(3840, 2160)


@pytest.fixture(autouse=True)
def usual(dressed: QApplication) -> Iterator[None]:
    """At 100 % again after each test."""
    yield
    set_zoom(dressed, 100)


def placed(part: QWidget, width: int, *, middle: bool) -> QRect:
    """Where the part stands in a measure of 400 that has this width."""
    around = QWidget()
    column = measured(around, 400, middle=middle)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(part)
    around.resize(width, 100)
    layout_of(around).activate()
    place = part.geometry()
    part.setParent(None)
    around.deleteLater()
    return place


def layout_of(around: QWidget) -> QLayout:
    layout = around.layout()
    assert layout is not None
    return layout


@pytest.mark.parametrize(
    ("width", "middle", "left", "wide"),
    [(300, True, 0, 300), (400, True, 0, 400), (1001, True, 300, 400), (1001, False, 0, 400)],
)
def test_the_part_has_all_the_room_up_to_the_measure(
    qtbot: QtBot, width: int, middle: bool, left: int, wide: int
) -> None:
    part = QWidget()
    qtbot.addWidget(part)
    assert placed(part, width, middle=middle) == QRect(left, 0, wide, 100)


def test_the_measure_grows_with_the_zoom(qtbot: QtBot, qapp: QApplication) -> None:
    set_zoom(qapp, 125)
    part = QWidget()
    qtbot.addWidget(part)
    assert placed(part, 1000, middle=True) == QRect(250, 0, 500, 100)


def test_wrapped_words_are_as_high_as_at_their_own_width(qtbot: QtBot) -> None:
    words = QLabel("word " * 200)
    words.setWordWrap(True)
    around = QWidget()
    qtbot.addWidget(around)
    layout = MeasureLayout(400, parent=around)
    layout.addWidget(words)
    assert layout.heightForWidth(2000) == words.heightForWidth(400)
    assert layout.heightForWidth(300) == words.heightForWidth(300)


def test_a_measure_needs_what_its_part_needs_and_its_margins(qtbot: QtBot) -> None:
    part = QWidget()
    part.setMinimumSize(120, 30)
    around = QWidget()
    qtbot.addWidget(around)
    layout = MeasureLayout(400, parent=around)
    layout.setContentsMargins(1, 2, 3, 4)
    layout.addWidget(part)
    assert layout.minimumSize() == QSize(124, 36)
    around.resize(200, 100)
    layout.activate()
    assert part.geometry() == QRect(1, 2, 196, 94)


def test_a_measure_holds_one_part(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    layout = MeasureLayout(400, parent=around)
    layout.addWidget(QWidget())
    with pytest.raises(ValueError, match="one part"):
        layout.addItem(layout.itemAt(0))
    assert layout.count() == 1


def settings_row(window: MainWindow) -> QWidget:
    assert window.pages.settings is not None
    return window.pages.settings.rows["twilio_account_sid"]


def guide_button(window: MainWindow) -> QWidget:
    assert window.pages.guide is not None
    return window.pages.guide.main


# A state of the window, a widget of its page, and how far right of its page that may reach.
REACHES: list[tuple[str, Callable[[MainWindow], QWidget], int]] = [
    ("idle_recents", lambda window: window.calls.idle.recents, WORK_WIDTH),
    ("in_call", lambda window: window.calls.call.transcript, WORK_WIDTH),
    ("in_call", lambda window: window.calls.call.header.hang_up, WORK_WIDTH),
    ("deciding", lambda window: window.calls.call.answer, WORK_WIDTH),
    ("failed", lambda window: window.calls.call.failure, WORK_WIDTH),
    ("history", lambda window: window.history.record.transcript, WORK_WIDTH),
    ("checkup_red", lambda window: window.pages.checkup.lead, WORK_WIDTH),
    ("prompts", lambda window: window.pages.prompts.editor, PROSE_WIDTH),
    ("settings", settings_row, TEXT_WIDTH),
    ("guide_twilio", guide_button, READING_WIDTH),
]


@pytest.mark.parametrize(
    ("name", "part", "widest"), REACHES, ids=[f"{place}-{reach[0]}" for place, reach in
                                              enumerate(REACHES)]
)  # fmt: skip
async def test_a_page_is_no_wider_than_one_can_read(
    qtbot: QtBot, name: str, part: Callable[[MainWindow], QWidget], widest: int
) -> None:
    scene = build(name)
    scene.window.resize(LARGE)
    scene.window.show()
    await STATES[name](scene)
    await settle()
    try:
        shown = part(scene.window)
        assert shown.isVisible()
        assert shown.width() <= widest
        assert scene.window.size() == LARGE
    finally:
        scene.close()


async def test_a_page_that_was_wide_is_narrow_again(qtbot: QtBot) -> None:
    scene = build("settings")
    scene.window.resize(LARGE)
    scene.window.show()
    await STATES["settings"](scene)
    await settle()
    scene.window.resize(1280, 800)
    await settle()
    row = settings_row(scene.window)
    try:
        assert row.width() < TEXT_WIDTH
        assert row.visibleRegion().boundingRect().width() == row.width()
    finally:
        scene.close()


async def settle() -> None:
    """Let layouts answer one another."""
    for _ in range(3):
        await asyncio.sleep(0.005)
        QApplication.sendPostedEvents()
