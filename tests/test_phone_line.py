"""The phone line as it is set up for real calls, led to the practice services by its settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callconsole.app import App
from callconsole.domain import events
from callconsole.domain.call import Outcome
from callconsole.domain.dialling import DialError
from callconsole.domain.events import Event, Service, ServiceState
from callconsole.domain.problems import ProblemError
from callconsole.practice.callees import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings
from support.phone_premises import PUBLIC, settings_for

NUMBERS = {callee.name: callee.number for callee in CALLEES}
BUSY, VOICEMAIL = NUMBERS["Busy"], NUMBERS["A voicemail"]


@pytest.fixture
async def world() -> AsyncIterator[PracticeWorld]:
    made = PracticeWorld(callees=hastened())
    await made.start()
    yield made
    await made.stop()


async def started(world: PracticeWorld, settings: Settings) -> App:
    app = App(settings)
    await app.start("phone")
    world.carrier.edge.map(PUBLIC, f"http://127.0.0.1:{app.port}")
    return app


async def outcome_of(app: App, number: str) -> Outcome:
    over = asyncio.Event()

    def watch(event: Event) -> None:
        if isinstance(event, events.CallEnded):
            over.set()

    app.console.subscribe(watch)
    call = await app.console.place_call(number)
    await over.wait()
    ended = app.console.call(call.sid)
    assert ended is not None
    assert ended.ending is not None
    return ended.ending.outcome


async def test_calls_go_out_by_the_settings_alone(world: PracticeWorld, tmp_path: Path) -> None:
    app = await started(world, settings_for(world, tmp_path))
    assert app.console.line == "phone"
    assert app.console.obstacles() == []
    details = {service.value: change.detail for service, change in app.console.services().items()}
    assert details["tunnel"] == "desk.example.com"
    assert details["agent"] == "gemini-3.8-live"
    assert await outcome_of(app, BUSY) is Outcome.BUSY
    assert await outcome_of(app, VOICEMAIL) is Outcome.VOICEMAIL
    assert list(world.carrier.alerts) == []
    await app.stop()


@pytest.mark.parametrize(
    ("change", "service", "code"),
    [
        ({"twilio_auth_token": "wrong"}, Service.CARRIER, "twilio.20003"),
        ({"gemini_api_key": "wrong"}, Service.AGENT, "agent.key_refused"),
        ({"gemini_model": "gemini-0-live"}, Service.AGENT, "agent.model_not_found"),
    ],
)
async def test_what_is_wrong_is_said_before_anybody_is_called(
    world: PracticeWorld, tmp_path: Path, change: dict[str, str], service: Service, code: str
) -> None:
    app = await started(world, settings_for(world, tmp_path, **change))
    found = app.console.services()[service]
    assert found.state is ServiceState.FAILED
    assert found.problem is not None
    assert found.problem.code == code
    assert found.problem.cure
    with pytest.raises(DialError) as caught:
        await app.console.place_call(BUSY)
    assert caught.value.problem.code == code
    assert not world.carrier.calls
    await app.stop()


async def test_a_missing_setting_is_named(world: PracticeWorld, tmp_path: Path) -> None:
    app = App(settings_for(world, tmp_path, twilio_auth_token=None))
    with pytest.raises(ProblemError) as caught:
        await app.start("phone")
    assert caught.value.problem.title == "TWILIO_AUTH_TOKEN is missing"
    await app.stop()


async def test_a_console_that_cannot_be_reached_says_so(
    world: PracticeWorld, tmp_path: Path
) -> None:
    app = App(settings_for(world, tmp_path))
    await app.start("phone")
    # Nothing leads from the public address to us: Twilio's debugger shows 11205 and 31901.
    call = await app.console.place_call(NUMBERS["A person"])
    async with asyncio.timeout(20):
        while 31901 not in world.carrier.alerts.codes:
            await asyncio.sleep(0.05)
    assert app.console.call(call.sid) is not None
    await app.stop()
