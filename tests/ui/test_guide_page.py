"""The guide under the fingers: where the caret goes, what is said, how one leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from callconsole.settings_layers import Layers
from callconsole.ui.guide_page import GuidePage
from callconsole.ui.guide_twilio import TwilioBody
from callconsole.ui.pages import CALLS, GUIDE, SETTINGS
from callconsole.viewmodels.guide import Guide, Step
from callconsole.viewmodels.guide_google import BY_PROJECT
from callconsole.viewmodels.guide_step import GuideStep
from callconsole.viewmodels.guide_twilio import SID, TOKEN
from fakes.guide import FULL
from fakes.guide_scenes import REFUSED, SIGN_IN
from fakes.scenes import Scene

Open = Callable[..., Scene]


def press(scene: Scene, key: Qt.Key) -> None:
    QTest.keyClick(scene.window.focusWidget() or scene.window, key)


def type_text(scene: Scene, text: str) -> None:
    QTest.keyClicks(scene.window.focusWidget() or scene.window, text)


def opened(scene: Scene) -> tuple[Guide, GuidePage]:
    scene.window.open_page(GUIDE)
    guide, page = scene.models.guide, scene.window.pages.guide
    assert guide is not None
    assert page is not None
    return guide, page


async def settled(step: GuideStep) -> None:
    told = asyncio.Event()
    step.changed.connect(told.set)
    while step.checking:
        told.clear()
        await told.wait()
    step.changed.disconnect(told.set)


async def test_enter_leads_from_field_to_number_to_the_next_step(
    qtbot: QtBot, open_scene: Open
) -> None:
    scene = open_scene(layers=Layers())
    guide, page = opened(scene)
    body = page.bodies[Step.TWILIO]
    assert isinstance(body, TwilioBody)
    press(scene, Qt.Key.Key_Return)
    assert body.fields[SID].edit.hasFocus()
    type_text(scene, "AC" + "1" * 32)
    press(scene, Qt.Key.Key_Return)
    assert body.fields[TOKEN].edit.hasFocus()
    type_text(scene, "s3cret")
    press(scene, Qt.Key.Key_Return)
    await settled(guide.twilio)
    assert [row.number for row in body.numbers.values()] == list(FULL.numbers)
    assert body.numbers[FULL.numbers[0]].hasFocus()
    press(scene, Qt.Key.Key_Tab)
    press(scene, Qt.Key.Key_Return)
    await settled(guide.twilio)
    assert guide.twilio.number == FULL.numbers[1]
    assert page.main.hasFocus()
    press(scene, Qt.Key.Key_Return)
    assert guide.step is Step.GOOGLE
    # Nothing of it was meant for the dial pad.
    assert scene.models.dialler.text == ""


async def test_a_refusal_says_one_cure_and_opens_its_page(
    qtbot: QtBot, open_scene: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: visited.append(url.toString()))
    scene = open_scene(layers=Layers())
    scene.probes.problems["twilio"] = REFUSED
    guide, page = opened(scene)
    guide.go(Step.TWILIO)
    type_text(scene, "AC" + "1" * 32)
    press(scene, Qt.Key.Key_Return)
    type_text(scene, "s3cret")
    press(scene, Qt.Key.Key_Return)
    await settled(guide.twilio)
    result = page.bodies[Step.TWILIO].result
    assert REFUSED.cure in result.line.text()
    assert page.list.items[Step.TWILIO].accessibleName() == "Twilio, wrong"
    result.page.click()
    assert visited == [REFUSED.link]


async def test_a_missing_sign_in_offers_the_command(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    scene.probes.problems["google_project"] = SIGN_IN
    guide, page = opened(scene)
    guide.go(Step.GOOGLE)
    guide.google.choose(BY_PROJECT)
    await settled(guide.google)
    page.bodies[Step.GOOGLE].result.other.click()
    assert QGuiApplication.clipboard().text() == "gcloud auth application-default login"


async def test_esc_goes_back_to_where_it_was_opened(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    scene.window.open_page(SETTINGS)
    assert scene.window.pages.settings is not None
    scene.window.pages.settings.list.guide.click()
    assert scene.window.page == GUIDE
    press(scene, Qt.Key.Key_Escape)
    assert scene.window.page == SETTINGS
    scene.window.open_page(CALLS)
    guide, _page = opened(scene)
    guide.practise()
    assert scene.window.page == CALLS
    assert scene.models.dialler.text == "+1 415-555-0101"


async def test_a_secret_without_a_keychain_is_asked_about_on_the_page(
    qtbot: QtBot, open_scene: Open
) -> None:
    scene = open_scene()
    scene.settings.keychain.remove()
    guide, page = opened(scene)
    guide.go(Step.GOOGLE)
    asked = asyncio.Event()
    guide.keeping.asking_changed.connect(asked.set)
    type_text(scene, "a key")
    press(scene, Qt.Key.Key_Return)
    await asked.wait()
    assert page.ask.isVisible()
    assert page.keep_in_file.hasFocus()
    press(scene, Qt.Key.Key_Return)
    await settled(guide.google)
    assert guide.google.done
    assert not page.ask.isVisible()
