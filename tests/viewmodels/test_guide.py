"""The guide's steps over the fake outside: tried first, kept once good, left and resumed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from callconsole.adapters.tunnel.problems import by_code, program_missing
from callconsole.domain.problems import Problem
from callconsole.settings_layers import Layers
from callconsole.viewmodels.guide import Guide, Step
from callconsole.viewmodels.guide_desk import AccountFound, ToneHeard
from callconsole.viewmodels.guide_google import BY_KEY, BY_PROJECT, KEY, LOCATION, PROJECT
from callconsole.viewmodels.guide_ready import NUMBER, Stage
from callconsole.viewmodels.guide_step import GuideStep, StepState
from callconsole.viewmodels.guide_tunnel import ADDRESS, BY_ADDRESS, DOMAIN, TOKEN
from callconsole.viewmodels.guide_twilio import SID
from callconsole.viewmodels.guide_twilio import TOKEN as TWILIO_TOKEN
from callconsole.viewmodels.models import Models
from fakes.desk import CALLEES, FakeDesk, FakePrompts
from fakes.examiner import RED, FakeExaminer
from fakes.guide import FULL, TRIAL, FakeProbes
from fakes.settings import GIVEN, SettingsDesk, with_given

ACCOUNT = "AC" + "5" * 32
REFUSED = Problem("twilio.20003", "Twilio refused the sign-in", "No.", "Copy both again.")


class Seat:
    """A guide over fakes, with nothing set unless layers say so."""

    def __init__(self, folder: Path, layers: Layers) -> None:
        self.desk = FakeDesk("practice")
        self.desk.all_ready()
        self.probes = FakeProbes()
        self.examiner = FakeExaminer()
        self.settings = SettingsDesk(folder, layers)
        self.lines: list[str] = []
        self.models = Models(
            self.desk,
            FakePrompts(),
            callees=CALLEES,
            choose_line=self.lines.append,
            examiner=self.examiner,
            settings=self.settings.access,
            probes=self.probes,
        )
        assert self.models.guide is not None
        self.guide: Guide = self.models.guide

    async def settled(self, step: GuideStep) -> None:
        await self.until(lambda: not step.checking)

    async def until(self, true: Callable[[], bool]) -> None:
        told = asyncio.Event()
        self.guide.changed.connect(told.set)
        self.guide.keeping.asking_changed.connect(told.set)
        while not true():
            told.clear()
            await told.wait()
        self.guide.changed.disconnect(told.set)
        self.guide.keeping.asking_changed.disconnect(told.set)

    def asked(self) -> list[str]:
        return [name for name, _ in self.probes.asked]

    async def fill_in(self) -> None:
        """Everything that real calls need."""
        await self.sign_in()
        self.guide.twilio.choose_number(FULL.numbers[0])
        await self.settled(self.guide.twilio)
        self.guide.google.edit(KEY, "a key")
        self.guide.google.check()
        await self.settled(self.guide.google)
        self.guide.tunnel.edit(TOKEN, "a token")
        self.guide.tunnel.check()
        await self.settled(self.guide.tunnel)

    async def sign_in(self) -> None:
        self.guide.twilio.edit(SID, ACCOUNT)
        self.guide.twilio.edit(TWILIO_TOKEN, "s3cret")
        self.guide.twilio.check()
        await self.settled(self.guide.twilio)


@asynccontextmanager
async def seat(folder: Path, layers: Layers | None = None) -> AsyncIterator[Seat]:
    made = Seat(folder, layers or Layers())
    try:
        yield made
    finally:
        await made.models.finish()
        made.models.close()


async def test_the_first_start_wants_it_until_something_is_set(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seat(tmp_path / "new") as made:
        assert made.guide.wanted
        made.guide.leave()
        assert not made.guide.wanted
    async with seat(tmp_path / "old", GIVEN) as made:
        assert not made.guide.wanted


async def test_an_account_is_kept_only_once_it_has_answered(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        twilio, store = made.guide.twilio, made.settings.store
        made.probes.problems["twilio"] = REFUSED
        await made.sign_in()
        assert (twilio.state, twilio.problem) == (StepState.WRONG, REFUSED)
        assert store.settings.twilio_account_sid is None
        assert twilio.row(SID).text == ACCOUNT
        del made.probes.problems["twilio"]
        twilio.check()
        await made.settled(twilio)
        assert twilio.state is StepState.TODO
        assert twilio.account == FULL
        assert store.settings.twilio_account_sid == ACCOUNT
        assert made.settings.keychain.kept == {"twilio_auth_token": "s3cret"}
        twilio.choose_number("+15005550006")
        assert not twilio.checking
        twilio.choose_number(FULL.numbers[1])
        await made.settled(twilio)
        assert twilio.state is StepState.DONE
        assert store.settings.twilio_phone_number == FULL.numbers[1]


@pytest.mark.parametrize(
    ("sid", "words"),
    [
        ("SK" + "1" * 32, "API key"),
        ("AC123", "32 digits"),
        ("AC" + "g" * 32, "32 digits"),
    ],
)
async def test_a_sid_of_another_form_is_not_asked_about(
    qtbot: QtBot, tmp_path: Path, sid: str, words: str
) -> None:
    async with seat(tmp_path) as made:
        twilio = made.guide.twilio
        twilio.edit(SID, sid)
        assert twilio.wrong(SID) == ""
        twilio.leave_field(SID)
        assert words in twilio.wrong(SID)
        twilio.edit(TWILIO_TOKEN, "s3cret")
        twilio.leave_field(TWILIO_TOKEN)
        twilio.check()
        assert not twilio.checking
        assert made.probes.asked == []


async def test_leaving_the_last_field_checks_once(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        twilio = made.guide.twilio
        twilio.edit(SID, ACCOUNT)
        twilio.leave_field(SID)
        assert twilio.lacks == "Enter the auth token."
        twilio.edit(TWILIO_TOKEN, "s3cret")
        twilio.leave_field(TWILIO_TOKEN)
        twilio.leave_field(TWILIO_TOKEN)
        await made.settled(twilio)
        assert made.asked() == ["twilio"]


async def test_typing_while_a_check_runs_lets_it_go(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        twilio = made.guide.twilio
        made.probes.gate.clear()
        twilio.edit(SID, ACCOUNT)
        twilio.edit(TWILIO_TOKEN, "old")
        twilio.check()
        await asyncio.sleep(0)
        twilio.edit(TWILIO_TOKEN, "new")
        assert twilio.state is StepState.TODO
        made.probes.gate.set()
        twilio.check()
        await made.settled(twilio)
        assert made.settings.keychain.kept == {"twilio_auth_token": "new"}


@pytest.mark.parametrize(("others", "code"), [(2, "guide.no_voice"), (0, "guide.no_number")])
async def test_an_account_without_a_number_for_calls(
    qtbot: QtBot, tmp_path: Path, others: int, code: str
) -> None:
    async with seat(tmp_path) as made:
        made.probes.account = AccountFound("Mute", False, "1.00 USD", (), others)
        await made.sign_in()
        problem = made.guide.twilio.problem
        assert problem is not None
        assert (problem.code, bool(problem.link)) == (code, True)


async def test_an_only_number_is_taken_and_a_trial_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        made.probes.account = TRIAL
        await made.sign_in()
        twilio = made.guide.twilio
        assert (twilio.state, twilio.number) == (StepState.DONE, TRIAL.numbers[0])
        assert "+1 415-555-2671" in twilio.limits
        assert ("Account", "Trying out, a trial") in twilio.facts


async def test_what_is_set_outside_is_locked_and_checked_on_entering(
    qtbot: QtBot, tmp_path: Path
) -> None:
    layers = with_given(GIVEN, twilio_phone_number="+16285550100")
    async with seat(tmp_path, layers) as made:
        guide = made.guide
        guide.show_step()
        guide.go(Step.TWILIO)
        await made.settled(guide.twilio)
        assert guide.twilio.state is StepState.DONE
        guide.twilio.edit(SID, ACCOUNT)
        assert guide.twilio.row(SID).text != ACCOUNT
        assert "TWILIO_ACCOUNT_SID" in guide.twilio.row(SID).locked
        guide.twilio.choose_number(FULL.numbers[1])
        assert not guide.twilio.checking


async def test_a_key_takes_the_place_of_a_project(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        google, store = made.guide.google, made.settings.store
        google.choose(BY_PROJECT)
        await made.settled(google)
        # The sign-in names a project, which is tried at once.
        assert store.settings.vertex_project_id == "bayside-calls"
        assert google.state is StepState.DONE
        google.edit(LOCATION, "europe-west4")
        google.check()
        await made.settled(google)
        assert store.settings.vertex_location == "europe-west4"
        google.choose(BY_KEY)
        google.edit(KEY, "a key")
        google.check()
        await made.settled(google)
        assert store.settings.backend == "api key"
        tried = made.probes.asked[-1][1]
        assert tried is not None
        assert tried.vertex_project_id is None


async def test_a_sign_in_that_names_no_project_proves_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        google = made.guide.google
        made.probes.project = None
        google.choose(BY_PROJECT)
        await made.settled(google)
        assert google.state is StepState.TODO
        assert google.sign_in
        assert google.lacks == "Enter the Vertex AI project."
        google.edit(PROJECT, "mine")
        google.leave_field(PROJECT)
        await made.settled(google)
        assert google.state is StepState.DONE


async def test_no_keychain_asks_and_no_keeps_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        made.settings.keychain.remove()
        google, keeping = made.guide.google, made.guide.keeping
        google.edit(KEY, "a key")
        google.check()
        await made.until(lambda: keeping.asking)
        assert "secrets.toml" in keeping.question
        keeping.answer(file=False)
        await made.settled(google)
        assert google.problem is not None
        assert google.problem.code == "guide.not_kept"
        google.check()
        await made.until(lambda: keeping.asking)
        keeping.answer(file=True)
        await made.settled(google)
        assert google.state is StepState.DONE
        assert 'gemini_api_key = "a key"' in made.settings.store.secrets_path.read_text("utf-8")
        assert "a key" not in made.settings.file()


async def test_the_program_is_downloaded_only_when_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        tunnel = made.guide.tunnel
        made.probes.problems["address"] = program_missing("10.1 MB")
        tunnel.edit(TOKEN, "a token")
        tunnel.check()
        await made.settled(tunnel)
        assert "download" not in made.asked()
        assert tunnel.button == ("Download ngrok", True)
        made.probes.gate.clear()
        tunnel.press()
        await made.until(lambda: tunnel.progress == "4.2 MB of 10.1 MB")
        tunnel.stop_download()
        assert (tunnel.checking, tunnel.progress) == (False, "")
        made.probes.gate.set()
        tunnel.check()
        await made.settled(tunnel)
        tunnel.press()
        await made.settled(tunnel)
        assert tunnel.state is StepState.DONE
        assert made.settings.keychain.kept == {"ngrok_authtoken": "a token"}


async def test_a_domain_of_others_is_not_kept(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        tunnel = made.guide.tunnel
        made.probes.problems["address"] = by_code("320")
        tunnel.edit(TOKEN, "a token")
        tunnel.edit(DOMAIN, "theirs.ngrok.app")
        tunnel.check()
        await made.settled(tunnel)
        assert tunnel.state is StepState.WRONG
        assert made.settings.store.settings.ngrok_domain is None


async def test_an_own_address_in_place_of_ngrok_and_back(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        tunnel, store = made.guide.tunnel, made.settings.store
        tunnel.choose(BY_ADDRESS)
        tunnel.edit(ADDRESS, "http://calls.example.com")
        tunnel.leave_field(ADDRESS)
        assert "https://" in tunnel.wrong(ADDRESS)
        tunnel.edit(ADDRESS, "https://calls.example.com/")
        tunnel.leave_field(ADDRESS)
        await made.settled(tunnel)
        assert store.settings.server_base_url == "https://calls.example.com"
        tunnel.choose("ngrok")
        tunnel.edit(TOKEN, "a token")
        tunnel.check()
        await made.settled(tunnel)
        assert store.settings.server_base_url is None


async def test_the_open_phone_line_takes_an_address_before_it_is_tried(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seat(tmp_path) as made:
        made.desk.line = "phone"
        tunnel = made.guide.tunnel
        tunnel.choose(BY_ADDRESS)
        tunnel.edit(ADDRESS, "https://calls.example.com")
        tunnel.check()
        await made.settled(tunnel)
        assert made.settings.program.reconnects == 1
        assert made.asked() == ["address"]


async def test_a_tone_that_no_microphone_hears_is_asked_about(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        guide, sound = made.guide, made.guide.sound
        levels: list[float] = []
        sound.level_changed.connect(levels.append)
        guide.show_step()
        guide.go(Step.SOUND)
        guide.press()
        await made.settled(sound)
        assert sound.asks
        assert levels == made.probes.levels_dbfs
        sound.say_heard(False)
        assert sound.state is StepState.WRONG
        made.probes.heard = ToneHeard("Speakers", "Webcam")
        guide.press()
        await made.settled(sound)
        assert sound.state is StepState.DONE
        assert "Webcam" in sound.found


async def test_steps_are_skipped_and_the_last_one_leads_back(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        guide = made.guide
        guide.show_step()
        guide.press()
        for _ in range(4):
            guide.skip()
        assert guide.step is Step.READY
        assert guide.twilio.state is StepState.SKIPPED
        assert guide.ready.stage is Stage.LACKING
        assert not guide.can_skip
        guide.press()
        assert guide.step is Step.TWILIO
        guide.back()
        assert guide.first


async def test_everything_filled_in_leads_to_the_phone_line_and_a_call(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seat(tmp_path) as made:
        guide, ready = made.guide, made.guide.ready
        await made.fill_in()
        guide.go(Step.READY)
        assert ready.stage is Stage.PRACTISING
        guide.press()
        assert made.lines == ["phone"]
        assert ready.stage is Stage.BUSY
        made.settings.program.opened = made.settings.store.settings
        made.examiner.odd = RED
        made.desk.line = "phone"
        made.models.checkup.line_opened()
        await made.until(lambda: ready.stage is Stage.BLOCKED)
        assert any(row.tone == "danger" for row in ready.rows())
        made.examiner.odd = {}
        guide.press()
        await made.until(lambda: ready.stage is Stage.READY)
        assert ready.button == ("Call my phone", False)
        ready.edit(NUMBER, "12")
        ready.leave_field(NUMBER)
        assert ready.wrong(NUMBER)
        ready.edit(NUMBER, "+1 415 555 2671")
        left = asyncio.Event()
        guide.left.connect(left.set)
        guide.press()
        await left.wait()
        assert [call.other for call in made.desk.live_calls()] == ["+14155552671"]
        assert ready.stage is Stage.CALLED
        assert made.settings.store.settings.test_phone_number == "+14155552671"


async def test_practising_asks_for_the_first_callee(qtbot: QtBot, tmp_path: Path) -> None:
    async with seat(tmp_path) as made:
        numbers: list[str] = []
        made.guide.practice_asked.connect(numbers.append)
        made.guide.practise()
        assert numbers == [CALLEES[0].number]
        assert made.guide.dismissed


async def test_what_the_last_start_left_is_resumed_and_nonsense_is_not(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with seat(tmp_path) as made:
        made.guide.resume("google", dismissed=True)
        assert (made.guide.step, made.guide.dismissed) == (Step.GOOGLE, True)
        made.guide.resume("teapot", dismissed=False)
        assert made.guide.step is Step.GOOGLE
