"""The Check-up page by mouse and by keyboard."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from callconsole.domain.checkup import Action, ActionKind
from callconsole.domain.events import Service, ServiceState
from callconsole.ui.pages import CALLS, CHECKUP, PROMPTS
from fakes.examiner import CHECKS, KEY, NO_PROMPT, RED, bad
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]
LEFT = Qt.MouseButton.LeftButton


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)
        QApplication.sendPostedEvents()
    await asyncio.sleep(0.01)


async def test_it_opens_by_rail_and_key_and_checks_what_was_never_checked(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    window = scene.window
    QTest.mouseClick(window.rail.item(CHECKUP), LEFT)
    await settle()
    assert window.page == CHECKUP
    assert scene.examiner.runs == [False]
    page = window.pages.checkup
    assert page.lead.title() == "The practice line is ready"
    assert page.line("twilio.balance").detail.text() == "18.42 USD"
    window.open_page(CALLS)
    QTest.keyClick(window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    await settle()
    assert window.page == CHECKUP
    assert len(scene.examiner.runs) == 1
    QTest.keyClick(window, Qt.Key.Key_F5)
    await settle()
    assert scene.examiner.runs == [False, True]
    QTest.mouseClick(page.again, LEFT)
    await settle()
    assert scene.examiner.runs == [False, True, True]
    # Elsewhere the key only leads here.
    window.open_page(CALLS)
    QTest.keyClick(window, Qt.Key.Key_F5)
    await settle()
    assert window.page == CHECKUP
    assert len(scene.examiner.runs) == 3


async def test_while_it_runs_the_rows_turn_and_the_buttons_wait(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.examiner.gate.clear()
    scene.examiner.first = 2
    scene.window.open_page(CHECKUP)
    await settle()
    page = scene.window.pages.checkup
    assert page.lead.title() == "Checking…"
    assert not page.again.isEnabled()
    assert not page.save.isEnabled()
    assert page.line("gemini.speech").accessibleName() == "Speech: checking…"
    assert page.line("gemini.speech").mark._timer.isActive()
    assert page.line("computer.python").accessibleName() == "Python: all is well"
    assert not page.line("computer.python").mark._timer.isActive()
    scene.window.open_page(CALLS)
    assert not page.line("gemini.speech").mark._timer.isActive()
    scene.examiner.gate.set()
    await settle()
    assert page.again.isEnabled()


async def test_a_part_on_the_top_bar_leads_to_its_row(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    scene.examiner.odd = RED
    scene.desk.report(Service.AGENT, ServiceState.FAILED, "", KEY)
    window = scene.window
    gemini = window.top_bar.items[3]
    QTest.mouseClick(gemini, LEFT)
    await settle()
    line = window.pages.checkup.line("gemini.session")
    assert window.page == CHECKUP
    assert line.hasFocus()
    assert not line.visibleRegion().isEmpty()
    assert line.accessibleName() == "Session: to be mended"
    for item, name in zip(
        window.top_bar.items,
        ("computer.port", "address.public", "twilio.account", "gemini.session", "sound.output"),
        strict=True,
    ):
        item.setFocus()
        QTest.keyClick(item, Qt.Key.Key_Return)
        await settle()
        assert window.pages.checkup.line(name).hasFocus()


async def test_a_dark_call_button_says_why_and_leads_there(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene(line="phone")
    dial = scene.window.calls.dial
    scene.examiner.odd = RED
    assert dial.why.isHidden()
    scene.models.checkup.line_opened()
    await settle()
    assert not dial.call.isEnabled()
    assert dial.reason.text() == "Gemini refused the API key."
    assert dial.call.toolTip() == f"{KEY.cause} {KEY.cure}"
    QTest.mouseClick(dial.why, LEFT)
    await settle()
    assert scene.window.page == CHECKUP
    assert scene.window.pages.checkup.line("gemini.session").hasFocus()
    scene.examiner.odd = {}
    scene.models.checkup.start()
    await settle()
    assert dial.call.isEnabled()
    assert dial.why.isHidden()
    scene.window.open_page(CALLS)
    scene.models.dialler.call_number("+14155550101")
    await settle()
    assert scene.desk.orders


async def test_cures_open_a_page_copy_a_command_or_lead_to_the_prompts(
    qtbot: QtBot, open_scene: OpenScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    scene = open_scene()
    lead = Action(ActionKind.PROMPTS, "Open prompts")
    prompt = bad("computer.prompt", NO_PROMPT)
    scene.examiner.odd = {**RED, "computer.prompt": type(prompt)(
        prompt.check, prompt.status, "", prompt.problem, lead
    )}  # fmt: skip
    scene.window.open_page(CHECKUP)
    await settle()
    page = scene.window.pages.checkup
    page.line("gemini.session").button.click()
    assert [url.toString() for url in opened] == [KEY.link]
    copy = page.line("sound.output").button
    assert copy.text() == "Copy command"
    copy.click()
    assert QGuiApplication.clipboard().text() == "sudo apt install libportaudio2"
    assert copy.text() == "Copied"
    assert page.line("computer.python").button.isHidden()
    page.line("computer.prompt").button.click()
    assert scene.window.page == PROMPTS


async def test_a_bundle_is_asked_for_and_saved_without_a_standstill(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.window.open_page(CHECKUP)
    await settle()
    page = scene.window.pages.checkup
    QTest.mouseClick(page.save, LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit("somewhere.zip")
    dialog.close()
    await settle()
    assert [path.name for path in scene.examiner.bundles] == ["somewhere.zip"]
    assert page.told.text() == "Saved: somewhere.zip. Secrets and phone numbers are left out."
    scene.examiner.refusal = KEY
    scene.models.checkup.save_bundle("b.zip")
    await settle()
    assert page.told.text() == KEY.sentence()


async def test_every_row_can_be_reached_and_read_by_keyboard(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.window.open_page(CHECKUP)
    await settle()
    for name, check in CHECKS.items():
        line = scene.window.pages.checkup.line(name)
        assert line.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert line.accessibleName().startswith(f"{check.title}: ")
        assert line.accessibleDescription()
