"""The Settings page without widgets: found, checked while typed, saved, applied, carried away."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.settings_catalogue import Group
from callconsole.settings_layers import Layers
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.settings_page import SettingsPage
from callconsole.viewmodels.voice_choice import VoiceChoice
from fakes.desk import FakeDesk, FakePrompts
from fakes.player import FakePlayer
from fakes.settings import GIVEN, SettingsDesk

SECRET = "tok-s3cret"


class Seat:
    """A page over an empty folder."""

    def __init__(self, folder: Path, layers: Layers) -> None:
        self.desk = FakeDesk()
        self.outside = SettingsDesk(folder, layers)
        self.player = FakePlayer()
        self.models = Models(
            self.desk, FakePrompts(), player=self.player, settings=self.outside.access
        )
        assert self.models.settings is not None
        assert self.models.voices is not None
        self.page: SettingsPage = self.models.settings
        self.voices: VoiceChoice = self.models.voices
        self.asked: list[str] = []
        self.page.asked.connect(self.asked.append)

    def kept(self) -> dict[str, object]:
        return tomllib.loads(self.outside.file())


@pytest.fixture
async def sit(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Callable[..., Seat]]:
    seats: list[Seat] = []

    def make(layers: Layers | None = None) -> Seat:
        seats.append(Seat(tmp_path, layers or Layers()))
        return seats[-1]

    yield make
    for seat in seats:
        await seat.models.finish()
        seat.models.close()
        seat.models.deleteLater()


async def test_what_is_typed_is_saved_and_applied(sit: Callable[..., Seat]) -> None:
    seat = sit()
    seat.page.edit("ring_s", "40")
    assert seat.page.row("ring_s").saving
    assert seat.outside.file() == ""
    await seat.page.finish()
    assert seat.kept() == {"ring_s": 40}
    assert seat.outside.program.settings.ring_s == 40
    row = seat.page.row("ring_s")
    assert (row.text, row.source, row.saving, row.can_reset) == ("40", "set here", False, True)


async def test_the_clock_saves_by_itself(sit: Callable[..., Seat]) -> None:
    seat = sit()
    saved = asyncio.Event()
    seat.page.applied.connect(saved.set)
    seat.page.edit("prompt", "order_status")
    await saved.wait()
    assert seat.kept() == {"prompt": "order_status"}


async def test_what_is_wrong_is_said_at_once_and_never_saved(sit: Callable[..., Seat]) -> None:
    seat = sit()
    for name, text, words in (
        ("ring_s", "4", "The least is 5."),
        ("ring_s", "soon", "This has to be a whole number."),
        ("server_base_url", "http://x", "The address has to begin with https://."),
        ("gemini_model", "", "This cannot be empty; reset it for the default."),
    ):
        seat.page.edit(name, text)
        assert seat.page.row(name).wrong == words
        assert seat.page.row(name).text == text
    await seat.page.finish()
    assert seat.outside.file() == ""
    seat.page.edit("ring_s", "41")
    await seat.page.finish()
    assert seat.kept() == {"ring_s": 41}


async def test_an_emptied_field_is_not_set_any_more(sit: Callable[..., Seat]) -> None:
    seat = sit()
    seat.page.choose("ngrok_domain", "mine.ngrok-free.app")
    await seat.page.finish()
    seat.page.edit("ngrok_domain", "  ")
    await seat.page.finish()
    assert seat.kept() == {}
    assert seat.page.row("ngrok_domain").source == "not set"


async def test_a_choice_counts_at_once_and_its_default_is_a_reset(
    sit: Callable[..., Seat],
) -> None:
    seat = sit()
    seat.page.choose("early_barge_in", "off")
    await seat.page.finish()
    assert seat.kept() == {"early_barge_in": False}
    seat.page.choose("early_barge_in", "")
    await seat.page.finish()
    assert seat.kept() == {}
    seat.page.choose("record", "off")
    seat.page.choose("gate", "strict")
    await seat.page.finish()
    assert seat.kept() == {"record": False, "gate": "strict"}
    seat.page.choose("amd", "off")
    assert "CALLCONSOLE_AMD=on" in seat.page.row("amd").wrong
    seat.page.reset("amd")
    seat.page.reset("gate")
    await seat.page.finish()
    assert seat.kept() == {"record": False}


async def test_what_is_set_outside_is_locked_with_its_reason(sit: Callable[..., Seat]) -> None:
    seat = sit(GIVEN)
    row = seat.page.row("record")
    assert row.locked == "CALLCONSOLE_RECORD is set in the environment, which wins."
    assert (row.text, row.source, row.symbol) == ("off", "from the environment", "lock-simple")
    assert not row.can_reset
    secret = seat.page.row("twilio_auth_token")
    assert (secret.text, secret.kept) == ("", True)
    assert "the file .env" in secret.locked
    seat.page.choose("record", "on")
    await seat.page.finish()
    assert seat.page.row("record").text == "off"
    assert seat.outside.file() == ""


async def test_a_secret_is_kept_in_the_keychain_and_never_shown(sit: Callable[..., Seat]) -> None:
    seat = sit()
    seat.page.edit("api_token", SECRET)
    await seat.page.finish()
    assert seat.outside.keychain.kept == {}
    saved: list[str] = []
    seat.page.secret_saved.connect(saved.append)
    seat.page.save_secret("api_token", f" {SECRET} ")
    await seat.page.finish()
    assert seat.outside.keychain.kept == {"api_token": SECRET}
    assert saved == ["api_token"]
    row = seat.page.row("api_token")
    assert (row.text, row.kept, row.source) == ("", True, "in the keychain")
    assert SECRET not in seat.outside.file() + repr(row)
    seat.page.reset("api_token")
    await seat.page.finish()
    assert seat.outside.keychain.kept == {}
    assert not seat.page.row("api_token").kept


async def test_without_a_keychain_a_person_is_asked_once(sit: Callable[..., Seat]) -> None:
    seat = sit()
    seat.outside.keychain.remove()
    seat.page.save_secret("api_token", SECRET)
    await seat.page.finish()
    assert seat.asked == ["api_token"]
    assert "no keychain" in seat.page.keychain_words
    assert not Path(seat.page.secrets_place).exists()
    seat.page.refuse_file()
    seat.page.allow_file()
    await seat.page.finish()
    assert not Path(seat.page.secrets_place).exists()
    seat.page.save_secret("api_token", SECRET)
    await seat.page.finish()
    seat.page.allow_file()
    await seat.page.finish()
    assert seat.page.row("api_token").source == "in a file of yours"
    seat.page.save_secret("gemini_api_key", "another")
    await seat.page.finish()
    assert seat.asked == ["api_token", "api_token"]
    assert seat.page.row("gemini_api_key").kept


async def test_what_belongs_to_the_line_waits_for_it_and_not_under_a_call(
    sit: Callable[..., Seat],
) -> None:
    seat = sit()
    seat.page.choose("gemini_voice", "Kore")
    await seat.page.finish()
    assert seat.page.waiting_labels == ["Voice"]
    assert seat.page.row("gemini_voice").note == "Counts from the next start of the line."
    call = await seat.desk.place_call("+14155550101")
    assert seat.page.reconnect_reason == "A call is in progress."
    seat.page.reconnect()
    await seat.page.finish()
    assert seat.outside.program.reconnects == 0
    seat.desk.ring(call.sid)
    seat.desk.answer(call.sid)
    seat.desk.end(call.sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert seat.page.reconnect_reason == ""
    seat.page.edit("server_port", "9000")
    seat.page.reconnect()
    assert seat.page.reconnect_reason == "The line is being opened."
    await seat.page.finish()
    assert seat.outside.program.reconnects == 1
    assert seat.outside.program.opened.server_port == 9000
    assert seat.page.waiting_labels == []


async def test_a_search_finds_by_every_word(sit: Callable[..., Seat]) -> None:
    seat = sit()
    changes: list[None] = []
    seat.page.found_changed.connect(lambda: changes.append(None))
    seat.page.search("twilio BESIDE")
    assert {group: [i.name for i in infos] for group, infos in seat.page.found().items()} == {
        Group.TWILIO: ["twilio_auth_token"]
    }
    seat.page.search("  twilio BESIDE ")
    assert len(changes) == 1
    seat.page.search("")
    assert list(seat.page.found()) == list(Group)


async def test_export_and_import(sit: Callable[..., Seat], tmp_path: Path) -> None:
    seat = sit(GIVEN)
    seat.page.choose("ring_s", "40")
    await seat.page.finish()
    seat.page.export_to(tmp_path / "out.toml")
    await seat.page.finish()
    text = (tmp_path / "out.toml").read_text()
    assert tomllib.loads(text)["ring_s"] == 40
    assert "not-shown" not in text
    (tmp_path / "in.toml").write_text("ring_s = 50\nrecord = true\nmax_calls = 2\n")
    seat.page.plan_import(tmp_path / "in.toml")
    await seat.page.finish()
    assert seat.page.plan is not None
    assert [(c.name, c.before, c.after, c.locked) for c in seat.page.plan.changes] == [
        ("ring_s", "40 s", "50 s", False),
        ("record", "off", "on", True),
        ("max_calls", "10", "2", False),
    ]
    assert seat.kept() == {"ring_s": 40}
    seat.page.finish_import(take=True)
    await seat.page.finish()
    assert seat.kept() == {"ring_s": 50, "max_calls": 2}
    assert seat.page.plan is None


async def test_an_import_that_is_wrong_changes_nothing_and_says_where(
    sit: Callable[..., Seat], tmp_path: Path
) -> None:
    seat = sit()
    (tmp_path / "in.toml").write_text("ring_s = 50\nteapot = true\n")
    seat.page.plan_import(tmp_path / "in.toml")
    await seat.page.finish()
    assert seat.page.problem is not None
    assert "in.toml: line 2" in seat.page.problem.cause
    assert seat.page.plan is None
    seat.page.export_to(tmp_path)
    await seat.page.finish()
    assert seat.page.problem.title == "Nothing was exported"
    seat.page.choose("ring_s", "31")
    await seat.page.finish()
    assert seat.page.problem is None


async def test_a_file_that_cannot_be_written_is_told_and_what_was_typed_stays(
    sit: Callable[..., Seat],
) -> None:
    seat = sit()
    seat.outside.folder.write_text("in the way")
    seat.page.choose("ring_s", "31")
    await seat.page.finish()
    assert seat.page.problem is not None
    assert seat.page.problem.code == "settings.not_saved"
    assert seat.page.row("ring_s").text == "31"
    assert seat.outside.program.settings.ring_s == 25


async def test_a_switch_that_the_model_lacks_says_so(sit: Callable[..., Seat]) -> None:
    seat = sit()
    assert seat.page.row("affective_dialog").locked == ("The model gemini-3.8-live cannot do this.")
    seat.page.choose("gemini_model", "gemini-2.5-flash-native-audio-preview-12-2025")
    await seat.page.finish()
    assert seat.page.row("affective_dialog").locked == ""
    seat.page.choose("affective_dialog", "off")
    seat.page.choose("gemini_model", "gemini-9-live")
    await seat.page.finish()
    assert "is not known to do this" in seat.page.row("affective_dialog").locked
    assert seat.page.row("record").locked == ""


async def test_models_are_the_accounts_or_ours(sit: Callable[..., Seat]) -> None:
    seat = sit()
    assert "gemini-3.8-live" in seat.voices.models
    seat.outside.offers.gate.clear()
    changed = asyncio.Event()
    seat.voices.ask()
    assert "Asking" in seat.voices.models_words
    seat.voices.models_changed.connect(changed.set)
    seat.outside.offers.gate.set()
    await changed.wait()
    assert seat.voices.models == ("gemini-3.8-live", "gemini-4-live-preview")
    assert "of your account" in seat.voices.models_words


async def test_a_list_that_fails_leaves_ours(sit: Callable[..., Seat]) -> None:
    seat = sit()
    seat.outside.offers.problem = Problem("agent.key_refused", "The key was refused", "", "")
    changed = asyncio.Event()
    seat.voices.ask()
    seat.voices.models_changed.connect(changed.set)
    await changed.wait()
    assert "The key was refused" in seat.voices.models_words
    assert "gemini-3.8-live" in seat.voices.models


async def test_a_voice_is_heard_and_a_failure_told(
    sit: Callable[..., Seat], tmp_path: Path
) -> None:
    seat = sit()
    changed = asyncio.Event()
    seat.voices.hear("Kore")
    assert seat.voices.sampling
    assert "Kore is being asked" in seat.voices.sample_words
    seat.voices.hear("Puck")
    seat.voices.sample_changed.connect(changed.set)
    await changed.wait()
    assert seat.outside.offers.sampled == ["Kore"]
    assert seat.models.playback.path == str(tmp_path / "Kore.wav")
    assert seat.voices.sample_words == ""
    seat.outside.offers.problem = Problem("x", "The voice was not heard", "Why.", "Do.")
    seat.voices.hear("Puck")
    changed.clear()
    await changed.wait()
    assert seat.voices.sample_words == "The voice was not heard. Why. Do."
