"""The guide's probes against the practice services, through the unmodified SDKs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from callconsole.app import App
from callconsole.checkup.first_start import FirstStart
from callconsole.domain.problems import ProblemError
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings
from support import standin_ngrok
from support.phone_premises import premises, settings_for
from support.tls_edge import tls_edge


@pytest.fixture
async def world() -> AsyncIterator[PracticeWorld]:
    made = PracticeWorld()
    await made.start()
    yield made
    await made.stop()


def probes(app: App) -> FirstStart:
    return FirstStart(app, app.doors.try_address, app.doors.look_from_outside)


def of(settings: Settings) -> FirstStart:
    return probes(App(settings))


async def test_an_account_tells_its_balance_and_its_numbers(
    world: PracticeWorld, tmp_path: Path
) -> None:
    settings = settings_for(world, tmp_path)
    asked = of(settings)
    found = await asked.twilio(settings)
    assert (found.name, found.trial, found.numbers) == ("Practice line", False, (world.number,))
    assert found.balance.endswith(" USD")
    state = world.carrier.faults.account
    state.trial, state.verified, state.no_voice = True, ("+14155552671",), True
    found = await asked.twilio(settings)
    assert (found.trial, found.numbers, found.others) == (True, (), 1)
    assert found.verified == ("+14155552671",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"twilio_auth_token": "wrong"}, "twilio.20003"),
        ({"twilio_account_sid": "AC" + "0" * 32}, "twilio.20003"),
    ],
)
async def test_a_wrong_account_is_refused(
    world: PracticeWorld, tmp_path: Path, change: dict[str, str], code: str
) -> None:
    settings = settings_for(world, tmp_path, **change)
    with pytest.raises(ProblemError) as caught:
        await of(settings).twilio(settings)
    assert caught.value.problem.code == code


async def test_a_key_opens_a_session_and_a_word_is_heard(
    world: PracticeWorld, tmp_path: Path
) -> None:
    settings = settings_for(world, tmp_path)
    assert "first sound after" in await of(settings).google(settings)
    wrong = settings_for(world, tmp_path, gemini_api_key="wrong")
    with pytest.raises(ProblemError) as caught:
        await of(wrong).google(wrong)
    assert caught.value.problem.code == "agent.key_refused"


async def test_a_computer_without_a_sign_in_is_told_the_command(
    world: PracticeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(ProblemError) as caught:
        await of(settings_for(world, tmp_path)).google_project()
    assert "gcloud auth application-default login" in caught.value.problem.cure


async def test_ngrok_is_tried_on_the_practice_line_and_closed_again(
    world: PracticeWorld, tmp_path: Path
) -> None:
    program = standin_ngrok.write(tmp_path / "ngrok")
    async with tls_edge(tmp_path / "edge") as edge:
        settings = settings_for(
            world,
            tmp_path / "data",
            server_base_url=None,
            ngrok_authtoken="token",
            ngrok_domain=edge.address.removeprefix("https://"),
            ngrok_path=program,
            ssl_cert_file=edge.ca_file,
        )
        app = App(settings)
        await app.open_line("practice")
        try:
            server = app.doors.server
            assert server is not None
            edge.target = server.public_port
            assert "leads here" in await probes(app).address(settings)
            # The agent is gone again: its next start would find the address in use.
            assert not (tmp_path / "data" / "ngrok" / "ngrok.yml").exists()
            standin_ngrok.behave(program, create_error="320")
            with pytest.raises(ProblemError) as caught:
                await probes(app).address(settings)
            assert caught.value.problem.code == "ngrok.320"
        finally:
            await app.stop()


async def test_the_phone_lines_own_tunnel_is_looked_through(
    world: PracticeWorld, tmp_path: Path
) -> None:
    async with tls_edge(tmp_path / "edge") as edge:
        both = tmp_path / "both.pem"
        both.write_bytes(edge.ca_file.read_bytes() + world.agent.ca_file.read_bytes())
        settings = settings_for(world, tmp_path, server_base_url=edge.address, ssl_cert_file=both)
        async with premises(settings) as app:
            edge.target = app.port
            assert "leads here" in await probes(app).address(settings)
            edge.upgrades = False
            with pytest.raises(ProblemError):
                await probes(app).address(settings)


@pytest.mark.usefixtures("pulse")
async def test_a_tone_is_played_and_the_microphone_gives_levels(
    world: PracticeWorld, tmp_path: Path
) -> None:
    asked = of(settings_for(world, tmp_path))
    assert (await asked.tone(None, None)).speaker
    levels = asked.levels(None)
    async with aclosing(levels):
        assert -90.0 <= await anext(levels) <= 0.0
