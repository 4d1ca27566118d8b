"""The Settings page under the fingers: keys, fields, what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.settings_catalogue import CATALOGUE, Group, Kind
from callconsole.ui.agent_fields import ModelField, VoiceField
from callconsole.ui.pages import SETTINGS
from callconsole.ui.secret_field import SecretField
from callconsole.ui.setting_fields import ChoiceField, SwitchField, TextField
from callconsole.ui.settings_view import SettingsView
from callconsole.viewmodels.settings_page import SettingsPage
from fakes.scenes import Scene

Open = Callable[..., Scene]


def press(
    scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    # The offscreen platform takes the window's activity away now and then, not its focus.
    QTest.keyClick(scene.window.focusWidget() or scene.window, key, modifier)


def type_text(scene: Scene, text: str) -> None:
    QTest.keyClicks(scene.window.focusWidget() or scene.window, text)


def opened(scene: Scene) -> tuple[SettingsView, SettingsPage]:
    """The page, opened by its key."""
    press(scene, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    view, page = scene.window.pages.settings, scene.models.settings
    assert scene.window.page == SETTINGS
    assert view is not None
    assert page is not None
    return view, page


def text_of(view: SettingsView, name: str) -> QLineEdit:
    field = view.rows[name].field
    assert isinstance(field, TextField | SecretField)
    return field.edit


async def test_it_opens_by_key_and_the_search_has_the_caret(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    view, page = opened(scene)
    assert scene.window.focusWidget() is view.list.search
    assert scene.window.rail.item(SETTINGS).isChecked()
    type_text(scene, "CALLCONSOLE_RING")
    assert [name for name, row in view.rows.items() if row.isVisible()] == ["ring_s"]
    assert view.title.text() == "Found"
    # A digit typed here is not meant for the dial pad.
    assert scene.models.dialler.text == ""
    await page.finish()


async def test_a_number_is_checked_while_it_is_typed_and_saved_with_enter(
    qtbot: QtBot, open_scene: Open
) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("ring_s")
    edit, row = text_of(view, "ring_s"), view.rows["ring_s"]
    await asyncio.sleep(0)
    await page.finish()
    assert (
        view.rows_scroll.viewport()
        .rect()
        .intersects(
            edit.rect().translated(edit.mapTo(view.rows_scroll.viewport(), edit.rect().topLeft()))
        )
    )
    assert scene.window.focusWidget() is edit
    edit.selectAll()
    type_text(scene, "4")
    assert row.foot.text() == "The least is 5."
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert scene.settings.file() == ""
    type_text(scene, "0")
    assert row.foot.text() == "Default: 25 s. From 5 to 600."
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert scene.settings.file().endswith("ring_s = 40\n")
    assert row.source.text() == "set here"
    assert row.reset.isEnabled()
    row.reset.click()
    await page.finish()
    assert edit.text() == "25"
    assert row.source.text() == "default"


async def test_a_prompt_made_meanwhile_can_be_chosen(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("prompt")
    press(scene, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert scene.window.focusWidget() is view.list.search
    scene.prompts.texts["brand_new"] = "Say hello."
    scene.models.dialler.set_prompts([("brand_new", "Brand new")])
    scene.window.open_page(SETTINGS)
    field = view.rows["prompt"].field
    assert isinstance(field, ChoiceField)
    assert field.combo.findData("brand_new") == 0
    # What is set stays shown, although there is no such prompt any more.
    assert field.combo.currentData() == "appointment_reminder"
    await page.finish()


async def test_a_switch_and_a_choice_count_at_once(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("amd")
    press(scene, Qt.Key.Key_Space)
    await page.finish()
    assert scene.settings.store.settings.amd is False
    field = view.rows["amd"].field
    assert isinstance(field, SwitchField)
    assert field.switch.text() == "Off"
    view.open_setting("undecided")
    press(scene, Qt.Key.Key_Down)
    await page.finish()
    choice = view.rows["undecided"].field
    assert isinstance(choice, ChoiceField)
    choice.combo.activated.emit(choice.combo.findData("hang-up"))
    await page.finish()
    assert scene.settings.store.settings.undecided.value == "hang-up"


async def test_what_is_set_outside_is_locked(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_group(Group.PRIVACY)
    row = view.rows["record"]
    field = row.field
    assert isinstance(field, SwitchField)
    assert not field.switch.isEnabled()
    assert row.foot.text() == "CALLCONSOLE_RECORD is set in the environment, which wins."
    assert row.source.text() == "from the environment"
    assert not row.reset.isEnabled()
    view.open_group(Group.TWILIO)
    secret = text_of(view, "twilio_auth_token")
    assert not secret.isEnabled()
    assert "not-shown" not in secret.text() + secret.placeholderText()
    await page.finish()


async def test_a_secret_is_typed_behind_dots_revealed_and_saved(
    qtbot: QtBot, open_scene: Open
) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("gemini_api_key")
    field = view.rows["gemini_api_key"].field
    assert isinstance(field, SecretField)
    assert not field.save.isEnabled()
    type_text(scene, "s3cret-key")
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    field.reveal.click()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Normal
    field.reveal.click()
    await page.finish()
    assert scene.settings.keychain.kept == {}
    field.edit.setFocus()
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert scene.settings.keychain.kept == {"gemini_api_key": "s3cret-key"}
    assert field.edit.text() == ""
    assert field.edit.placeholderText() == "Saved in the keychain; type to replace it"
    seen = [w.text() for w in view.findChildren(QLineEdit)]
    assert not [text for text in seen if "s3cret" in text]


async def test_without_a_keychain_the_page_asks_before_a_file_is_made(
    qtbot: QtBot, open_scene: Open
) -> None:
    scene = open_scene()
    scene.settings.keychain.remove()
    view, page = opened(scene)
    view.open_setting("api_token")
    type_text(scene, "s3cret-key")
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert view.ask_band.isVisible()
    assert "no keychain" in view.ask_band.line.text()
    assert "secrets.toml" in view.ask_band.line.text()
    assert text_of(view, "api_token").text() == "s3cret-key"
    assert scene.window.focusWidget() is view.keep_in_file
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert not view.ask_band.isVisible()
    assert view.rows["api_token"].source.text() == "in a file of yours"
    assert text_of(view, "api_token").text() == ""


async def test_the_line_is_opened_again_only_when_asked_and_without_calls(
    qtbot: QtBot, open_scene: Open
) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("server_port")
    edit = text_of(view, "server_port")
    edit.selectAll()
    type_text(scene, "9000")
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert view.line_band.isVisible()
    assert view.line_band.line.text() == "Port: counts once the line is opened again."
    await scene.dial()
    assert not view.reconnect.isEnabled()
    assert view.reconnect.toolTip() == "A call is in progress."
    scene.desk.end(scene.desk.live_sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    await asyncio.sleep(0)
    assert view.reconnect.isEnabled()
    view.reconnect.click()
    await page.finish()
    assert scene.settings.program.reconnects == 1
    assert not view.line_band.isVisible()


async def test_a_model_is_chosen_from_the_list_or_typed(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("gemini_model")
    field = view.rows["gemini_model"].field
    assert isinstance(field, ModelField)
    heard = asyncio.Event()
    assert scene.models.voices is not None
    scene.models.voices.models_changed.connect(heard.set)
    if "of your account" not in field.where.text():
        await heard.wait()
    names = [action.text() for action in field.menu.actions()]
    assert names == ["gemini-3.8-live", "gemini-4-live-preview"]
    field.menu.actions()[1].trigger()
    await page.finish()
    assert scene.settings.store.settings.gemini_model == "gemini-4-live-preview"
    assert "does not know this model" in field.warning.text()
    field.text.edit.selectAll()
    type_text(scene, "gemini-3.8-live")
    await page.finish()
    assert not field.warning.isVisible()


async def test_a_voice_can_be_heard_before_it_is_taken(qtbot: QtBot, open_scene: Open) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_setting("gemini_voice")
    field = view.rows["gemini_voice"].field
    assert isinstance(field, VoiceField)
    assert field.combo.count() == 30
    assert field.combo.currentData() == "Aoede"
    assert scene.models.voices is not None
    done = asyncio.Event()
    field.hear.click()
    assert not field.hear.isEnabled()
    assert "Aoede is being asked to speak…" in field.words.text()
    scene.models.voices.sample_changed.connect(done.set)
    await done.wait()
    assert field.hear.isEnabled()
    assert not field.words.isVisible()
    await page.finish()


async def test_an_import_is_shown_before_it_is_taken(
    qtbot: QtBot, open_scene: Open, tmp_path: Path
) -> None:
    scene = open_scene()
    view, page = opened(scene)
    path = tmp_path / "desk.toml"
    path.write_text("ring_s = 40\n")
    view.list.take.click()
    dialog = view.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    await page.finish()
    assert view.plan_band.title.text() == "Importing changes 1 setting"
    assert view.plan_band.line.text() == "Ring for: 25 s → 40 s"
    assert scene.window.focusWidget() is view.take
    press(scene, Qt.Key.Key_Return)
    await page.finish()
    assert scene.settings.store.settings.ring_s == 40
    assert not view.plan_band.isVisible()


@pytest.mark.parametrize("group", list(Group))
async def test_every_setting_has_a_field_that_keys_reach(
    qtbot: QtBot, open_scene: Open, group: Group
) -> None:
    scene = open_scene()
    view, page = opened(scene)
    view.open_group(group)
    for info in CATALOGUE:
        if info.group is not group:
            continue
        field = view.rows[info.name].field
        target: QWidget | None = field
        while target is not None and target.focusProxy() is not None:
            target = target.focusProxy()
        assert target is not None
        assert target.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert target.accessibleName() == info.label
        if info.kind is Kind.NUMBER:
            assert isinstance(field, TextField)
    await page.finish()


async def test_a_row_that_comes_again_can_grow(qtbot: QtBot, open_scene: Open) -> None:
    view, _page = opened(open_scene())
    content = view.rows_scroll.widget()
    for words in ("to", "tok", "toke", "token"):
        view.list.search.setText(words)
        row = view.rows["twilio_auth_token"]
        assert row.isVisible()
        row.foot.setText("")
        QApplication.sendPostedEvents()
        before = content.heightForWidth(600)
        row.foot.setText(f"Somebody has to read all of this, {words}. " * 20)
        QApplication.sendPostedEvents()
        assert content.heightForWidth(600) > before + 100, words
