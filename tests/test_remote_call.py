"""`callconsole call` against a real server: the events cross the wire and are told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import web

from callconsole.adapters.web.server import WebServer
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.dialling import DialError
from callconsole.domain.problems import Problem
from callconsole.domain.record import Note
from callconsole.domain.transcript import Speaker, Turn
from callconsole.remote import remote_call
from callconsole.settings import Settings
from callconsole.terminal import lines_of
from fakes.switchboard import AT, SID, FakeSwitchboard

TO = "+14155550120"
FACTS: tuple[events.CallEvent, ...] = (
    events.CallRinging(call_sid=SID, at=AT),
    events.CallAnswered(call_sid=SID, at=AT),
    events.AnswerJudged(
        call_sid=SID,
        at=AT,
        answered_by=AnsweredBy.PERSON,
        by=JudgedBy.EAR,
        reason="A short greeting, then a pause.",
        after_ms=1200,
        evidence=(Evidence("Short greeting", 40), Evidence("No beep", 5)),
    ),
    events.OperatorActed(call_sid=SID, at=AT, act="said: a person answered"),
    events.NoteTaken(
        call_sid=SID,
        at=AT,
        note=Note(AT, "Ask again", {"about": "the roof"}, due=AT + timedelta(days=2)),
    ),
    events.KeysPressed(call_sid=SID, at=AT, digits="1#"),
    events.StreamStarted(call_sid=SID, at=AT, stream_sid="MZ2", gap_ms=700),
    events.KeyReceived(call_sid=SID, at=AT, digit="5"),
    events.AbilityUsed(
        call_sid=SID, at=AT, ability="transfer_call", outcome="no such person", done=False
    ),
    events.AgentInterrupted(call_sid=SID, at=AT, turn_id=1, dropped_ms=300),
    events.TransferBegan(call_sid=SID, at=AT, to=TO, label="Front desk"),
    events.TransferAnswered(call_sid=SID, at=AT, to=TO),
    events.TransferEnded(call_sid=SID, at=AT, to=TO, reached=False, reason="busy"),
    events.FarewellBegan(call_sid=SID, at=AT),
    events.FarewellCalledOff(call_sid=SID, at=AT),
    events.CallEnded(call_sid=SID, at=AT, ending=Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE)),
)


async def call(switchboard: FakeSwitchboard, *facts: events.CallEvent) -> int:
    """The exit code of a call during which these events happen."""
    server = WebServer("127.0.0.1", 0, switchboard)
    await server.start()
    try:
        settings = Settings(_env_file=None, server_port=server.port)
        calling = asyncio.create_task(remote_call(settings, "+14155550100", None))
        if facts:
            await switchboard.subscribed.wait()
        for fact in facts:
            switchboard.publish(fact)
        return await calling
    finally:
        await server.stop()


async def test_every_event_with_words_is_told_as_it_would_be_here(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    turn = Turn(1, Speaker.CALLER, "Who is calling?", 1.0, final=True)
    said = events.TurnChanged(call_sid=SID, at=AT, turn=turn)
    assert await call(FakeSwitchboard(), said, *FACTS) == 6
    lines = capsys.readouterr().out.splitlines()
    expected = [line for fact in FACTS for line in lines_of(fact)]
    assert lines[-len(expected) :] == expected
    assert lines[-len(expected) - 1] == "  00:01 Callee  Who is calling?"
    assert "Who is calling" not in caplog.text
    assert "the roof" not in caplog.text


async def test_a_refusal_to_dial_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    switchboard = FakeSwitchboard()
    problem = Problem("call.limit", "Too many calls", "Ten calls are live.", "End one first.")
    switchboard.place_error = DialError(problem, ())
    assert await call(switchboard) == 2
    assert "Too many calls: Ten calls are live. End one first." in capsys.readouterr().err


def _as(status: int, text: str, kind: str = "application/json") -> web.Response:
    return web.Response(status=status, text=text, content_type=kind)


@pytest.mark.parametrize(
    "answers",
    [
        {"/health": (200, "<html>Welcome", "text/html")},
        {"/health": (200, "[1]")},
        {"/health": (200, "{")},
        {"/health": (500, "")},
        {"/health": (200, "{}"), "/place-call": (200, "{}")},
        {"/health": (200, "{}"), "/place-call": (400, '{"error": "no"}')},
    ],
)
async def test_another_server_on_the_port_is_told_as_that(
    answers: dict[str, tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return _as(*answers[request.path])  # type: ignore[arg-type]

    assert await _call_at(answer) == 2
    assert "is no callconsole" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["{", "[1]", '{"event": "CallEnded"}', '{"event": ["x"]}', ""])
async def test_a_line_that_is_no_event_of_ours_is_passed_over(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/events"):
            return _as(200, f"{line}\n")
        return _as(200, '{"callSid": "CA1"}')

    assert await _call_at(answer) == 1
    assert "before the call had ended" in capsys.readouterr().err


async def _call_at(answer: Callable[[web.Request], Awaitable[web.Response]]) -> int:
    """The exit code of a call through a server that answers like this."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        return await remote_call(Settings(_env_file=None, server_port=port), TO, None)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("host", ["localhost:80/", "a b", "host/x"])
async def test_a_host_that_is_none_is_told(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await remote_call(Settings(_env_file=None, server_host=host), TO, None) == 2
    assert "SERVER_HOST" in capsys.readouterr().err
